// Draws what the bot sends as Discord shows it, on a phone and on a desk, dark and light.
//
//   cargo test --release -- --ignored messages_to_draw
//   npm install --no-save --prefix target/draw @skyra/discord-components-core playwright-core esbuild
//   node docs/pictures/draw.mjs
//
// takes the messages that the test left in the target folder, leaves a picture of each in target/draw, and puts those
// that the README shows beside this file. It wants a Chromium: /usr/bin/chromium, or the one that CHROMIUM names.
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "target/draw");
const require = createRequire(join(folder, "node_modules/"));
const { chromium } = require("playwright-core");
const components = require("esbuild").buildSync({
  stdin: { contents: 'import "@skyra/discord-components-core"', resolveDir: folder },
  bundle: true, format: "iife", minify: true, write: false,
}).outputFiles[0].text;

const safe = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

// The Markdown that Discord reads, as far as the bot writes it; a backslash takes a mark its meaning.
function inline(text) {
  const kept = [];
  const keep = (mark) => `\0${kept.push(safe(mark)) - 1}\0`;
  return safe(text.replace(/\\([^\p{L}\p{N}\s])/gu, (_, mark) => keep(mark)))
    .replace(/\[([^\]]+)\]\(&lt;([^)]+)>\)/g, '<a href="$2">$1</a>')
    .replace(/\*\*(.+?)\*\*/g, "<b>$1</b>")
    .replace(/\*(.+?)\*/g, "<i>$1</i>")
    .replace(/\0(\d+)\0/g, (_, at) => kept[at]);
}

function markdown(text) {
  const block = (line) => {
    if (line.startsWith("-# ")) return `<small>${inline(line.slice(3))}</small>`;
    if (line.startsWith("> ")) return `<blockquote>${inline(line.slice(2))}</blockquote>`;
    if (line.startsWith("- ")) return `<li>${inline(line.slice(2))}</li>`;
    return `${inline(line)}<br>`;
  };
  return (text ?? "").split("\n").map(block).join("").replace(/(<br>)+$/, "");
}

function part(of) {
  if (of.type === 3) return `<div class="menu">${safe(of.placeholder)}<span>⌄</span></div>`;
  const link = of.url ? `url="${safe(of.url)}"` : "";
  return `<discord-button type="${of.style === 1 ? "primary" : "secondary"}" ${link}>${safe(of.label)}</discord-button>`;
}

function embed(of, files) {
  const file = files.find((file) => of.image?.url.endsWith(file.name));
  const picture = file ? `image="data:image/png;base64,${file.png}"` : "";
  const title = of.title ? `embed-title="${safe(of.title.replace(/\\(.)/g, "$1"))}"` : "";
  const footer = of.footer ? `<discord-embed-footer slot="footer">${safe(of.footer.text)}</discord-embed-footer>` : "";
  return `<discord-embed slot="embeds" color="#${of.color.toString(16).padStart(6, "0")}" ${title} ${picture}>
    <discord-embed-description slot="description">${markdown(of.description)}</discord-embed-description>${footer}
  </discord-embed>`;
}

const face = (colour, letter) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="${colour}"/><text x="20" y="27" font-family="sans-serif" font-size="20" fill="#fff" text-anchor="middle">${letter}</text></svg>`)}`;
const mia = `author="mia" avatar="${face("#8a6a4a", "m")}"`;

function page({ asked, command, message, files }, light) {
  const question = asked ? `<discord-message ${mia}>${safe(asked)}</discord-message>` : "";
  const above = asked
    ? `<discord-reply slot="reply" ${mia}>${safe(asked.length > 34 ? `${asked.slice(0, 33)}…` : asked)}</discord-reply>`
    : `<discord-command slot="reply" ${mia} command="${safe(command)}"></discord-command>`;
  const rows = (message.components ?? []).map((row) => `<discord-action-row>${row.components.map(part).join("")}</discord-action-row>`);
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; }
    discord-messages { border: 0 !important; padding: 8px 0; }
    discord-message { padding-right: 12px; }
    discord-embed-description { grid-column: 1 / 3; }
    small { display: block; font-size: 0.8125em; line-height: 1.4; opacity: 0.75; }
    blockquote { margin: 0; padding-left: 10px; border-left: 4px solid #8886; }
    li { margin-left: 1em; }
    a { color: ${light ? "#006ce7" : "#00a8fc"}; text-decoration: none; }
    discord-action-row { flex-wrap: wrap; }
    .menu { border: 1px solid #8886; border-radius: 4px; margin: 4px 0; padding: 8px 12px; width: min(400px, 100%); }
    .menu span { float: right; }
  </style><body><discord-messages ${light ? "light-theme" : ""}>${question}
  <discord-message author="sacrum" avatar="${face("#2a7f8e", "s")}" bot ${message.flags === 64 ? "ephemeral" : ""}>
    ${above}${markdown(message.content)}${message.embeds.map((of) => embed(of, files)).join("")}
    <discord-attachments slot="components">${rows.join("")}</discord-attachments>
  </discord-message></discord-messages></body>`;
}

mkdirSync(folder, { recursive: true });
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const messages = JSON.parse(readFileSync(join(target, "tmp/messages.json"), "utf8"));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [place, width] of [["phone", 400], ["desk", 720]]) {
  const tab = await browser.newPage({ viewport: { width, height: 400 }, deviceScaleFactor: place === "phone" ? 1.25 : 1 });
  for (const one of messages) {
    for (const light of [false, true]) {
      await tab.setContent(page(one, light));
      await tab.addScriptTag({ content: components });
      await tab.waitForTimeout(150);
      const path = join(folder, `${one.name}-${place}-${light ? "light" : "dark"}.png`);
      await tab.locator("discord-messages").screenshot({ path });
    }
  }
}
await browser.close();
for (const name of ["answer-phone-dark.png", "emergency-phone-light.png"]) {
  copyFileSync(join(folder, name), join(root, "docs/pictures", name));
}
