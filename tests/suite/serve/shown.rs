//! How replies look, as files in tests/snapshots: a change to them is seen in review. `UPDATE=1 cargo test`
//! writes them anew.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::discord::{FakeDiscord, File, GENERAL, Press, bot_with};
use crate::support::root;

/// A message as text: what is read, and what can be pressed.
fn shown(message: &Value) -> String {
    let mut text = String::new();
    if message["flags"] == 64 {
        text.push_str("(only you can see this)\n");
    }
    let mut line = |value: &Value, mark: &str| {
        for line in value.as_str().unwrap_or_default().lines() {
            text.push_str(format!("{mark}{line}").trim_end());
            text.push('\n');
        }
    };
    line(&message["content"], "");
    for embed in message["embeds"].as_array().into_iter().flatten() {
        line(&format!("┌ {:06x}", embed["color"].as_u64().unwrap()).into(), "");
        line(&embed["title"], "│ # ");
        line(&embed["description"], "│ ");
        if let Some(picture) = embed["image"]["url"].as_str() {
            let files = message["attachments"].as_array().unwrap();
            let file = files.iter().find(|file| picture.ends_with(file["filename"].as_str().unwrap())).unwrap();
            line(&file["description"], "│ picture: ");
        }
        line(&embed["footer"]["text"], "└ ");
    }
    for row in message["components"].as_array().into_iter().flatten() {
        for part in row["components"].as_array().unwrap() {
            match part["type"].as_u64() {
                Some(3) => {
                    text.push_str(&format!("<{}>\n", part["placeholder"].as_str().unwrap()));
                    for option in part["options"].as_array().unwrap() {
                        text.push_str(&format!("  {}\n", option["label"].as_str().unwrap()));
                    }
                }
                _ => match part["url"].as_str() {
                    Some(url) => text.push_str(&format!("[{} -> {url}]\n", part["label"].as_str().unwrap())),
                    None => text.push_str(&format!("[{}]\n", part["label"].as_str().unwrap())),
                },
            }
        }
    }
    text
}

/// Compares a message with its snapshot.
pub(super) fn compare(name: &str, message: &Value) {
    let path = root(&format!("tests/snapshots/{name}.txt"));
    let now = shown(message);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let then = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(now, then, "{name} looks different; if that is meant, run UPDATE=1 cargo test shown");
}

#[test]
fn replies_look_as_they_did() {
    let corpus = root("tests/corpora/garden");
    bot_with(
        &[("SACRUM_CORPUS", corpus.to_str().unwrap())],
        |_| {},
        async |discord: &mut FakeDiscord| {
            for (name, question) in [
                ("answered", "when should i water my roses?"),
                ("corrected", "should roses be pruned in autumn?"),
                ("not-covered", "who was the first to prune roses in france?"),
                ("small-talk", "hello"),
                ("emergency", "a thorn went into my eye"),
                ("private", "is horse manure good for roses?"),
            ] {
                // Each asks as somebody else: what one says is judged together.
                let answer = discord.answer(discord.ask(name, GENERAL, question)).await;
                compare(name, &answer);
                if name == "private" {
                    let shown = discord.presses("ann", GENERAL, &answer, &Press::Button("Show it to me"));
                    compare("private-shown", &discord.answer(shown).await);
                }
                if name == "answered" {
                    let more = discord.presses("ann", GENERAL, &answer, &Press::Button("More"));
                    compare("more", &discord.answer(more).await);
                }
            }
            let soon = discord.says("soon", GENERAL, "@bot a thorn is stuck in my thumb, how do i prune a rose bush?");
            compare("soon", &discord.reply(soon).await);
            let today = discord.says("today", GENERAL, "@bot there is manure in the cut on my hand");
            compare("today", &discord.reply(today).await);
            let question = discord.says("asker", GENERAL, "when do i prune roses?");
            compare("found", &discord.answer(discord.finds("helper", GENERAL, question)).await);
            for name in ["sources", "topics", "help", "privacy", "about"] {
                compare(name, &discord.answer(discord.slash("ann", GENERAL, name)).await);
            }
            compare("setup", &discord.answer(discord.setup("owner", "show", json!([]))).await);
        },
    );
}

/// What docs/pictures/draw.mjs draws: answers from the built-in corpus, as they were sent, with their files.
#[test]
#[ignore = "its messages are for drawing, and nothing else looks at them"]
fn messages_to_draw() {
    bot_with(
        &[("SACRUM_CORPUS", "")],
        |_| {},
        async |discord: &mut FakeDiscord| {
            let mut drawn: Vec<Value> = Vec::new();
            for (name, asked) in [
                ("answer", "how long does sciatica last?"),
                ("corrected", "do discs slip?"),
                ("two", "should i stretch my piriformis? and does sitting make it worse?"),
                ("not-covered", "which mattress is the best?"),
                ("emergency", "i can't feel my groin and i can't pee since yesterday"),
                ("private", "why do i leak when i sneeze?"),
            ] {
                let message = discord.reply(discord.says(name, GENERAL, &format!("@bot {asked}"))).await;
                drawn.push(json!({"name": name, "asked": asked, "message": message, "files": []}));
                if name == "answer" {
                    let more = discord.presses("ann", GENERAL, &message, &Press::Button("More"));
                    let message = discord.answer(more).await;
                    drawn.push(json!({"name": "more", "command": "More", "message": message, "files": []}));
                }
            }
            for (name, command, words) in [
                ("ask", "ask", &[("question", "is walking good for lower back pain?")][..]),
                ("muscle", "muscle", &[("name", "piriformis")]),
                ("compare", "muscle", &[("name", "piriformis"), ("compare", "psoas")]),
                ("group", "muscle", &[("name", "hip flexors")]),
                ("place", "where", &[("region", "buttock")]),
                ("muscles", "muscles", &[]),
                ("sources", "sources", &[]),
                ("topics", "topics", &[]),
                ("help", "help", &[]),
                ("privacy", "privacy", &[]),
                ("about", "about", &[]),
            ] {
                let called = discord.slash_with(name, GENERAL, command, words);
                let message = discord.answer(called).await;
                let png = |file: &File| json!({"name": file.name, "png": STANDARD.encode(&file.bytes)});
                let files: Vec<Value> = discord.files(called).iter().map(png).collect();
                let command = format!("/{command}");
                drawn.push(json!({"name": name, "command": command, "message": message, "files": files}));
            }
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("messages.json");
            std::fs::write(file, Value::from(drawn).to_string()).unwrap();
        },
    );
}
