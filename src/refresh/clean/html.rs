//! An HTML page into headings and paragraphs.
//!
//! `dom_smoothie`, a port of the readability of browsers, finds the main text and drops navigation,
//! comments and notices. Where it finds next to nothing (short pages), all of the body is taken but for what
//! stands outside the text by its element's name.

use dom_smoothie::Readability;
use scraper::{ElementRef, Html, Selector};

use super::letters::{is_sentence, line};
use super::{CleanError, Cleaned, date, hidden, paragraphs, wall};
use crate::corpus::{OriginalText, TextPart, sentences};

/// With fewer words, the readability crate has missed the text.
const TOO_FEW_WORDS: usize = 25;
/// A paragraph with fewer words and no full stop is a label: a button, a date, a caption.
const LABEL_WORDS: usize = 8;

/// Elements whose text is not the page's.
const OUTSIDE: [&str; 14] = [
    "nav", "header", "footer", "aside", "script", "style", "form", "template", "noscript", "svg", "iframe", "button",
    "dialog", "math",
];

/// Reads a page.
pub(super) fn read(html: &str) -> Result<Cleaned, CleanError> {
    let mut page = Html::parse_document(html);
    hidden::take_out(&mut page);
    let has = |selector: &str| Selector::parse(selector).is_ok_and(|selector| page.select(&selector).next().is_some());
    let mut text = article(&page.html());
    if text.words() < TOO_FEW_WORDS {
        let body = OriginalText { parts: parts(&page), ..text.clone() };
        if body.words() > text.words() {
            text = body;
        }
    }
    if let Some(heading) = first(&page, "h1") {
        text.title = heading;
    } else if text.title.is_empty() {
        text.title = first(&page, "title").unwrap_or_default();
    }
    text.published = text.published.or_else(|| date::of(&page));
    let title = text.title.clone();
    text.parts.iter_mut().filter(|part| part.heading == title).for_each(|part| part.heading.clear());
    let doubt = wall::check(&text, has("input[type=password]"))?;
    match text.words() {
        0 if has("script") => Err(CleanError::Script),
        0 => Err(CleanError::Empty),
        _ => Ok(Cleaned { text, language: language(&page), doubt }),
    }
}

/// The language that a page says it is in.
fn language(page: &Html) -> Option<String> {
    let said = page.root_element().attr("lang")?.split(['-', '_']).next()?.trim().to_ascii_lowercase();
    (said.len() == 2 && said.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(said)
}

/// What the readability crate takes for the page's text.
fn article(html: &str) -> OriginalText {
    let article = Readability::new(html, None, None).and_then(|mut page| page.parse());
    let Ok(article) = article else { return OriginalText::default() };
    OriginalText {
        title: line(&article.title),
        published: article.published_time.as_deref().and_then(date::read),
        parts: parts(&Html::parse_fragment(&article.content)),
    }
}

fn first(page: &Html, element: &str) -> Option<String> {
    let selector = Selector::parse(element).ok()?;
    page.select(&selector).map(words).find(|text| !text.is_empty())
}

/// The headings and paragraphs of a tree.
fn parts(page: &Html) -> Vec<TextPart> {
    let mut reader = Reader { parts: vec![TextPart::default()], loose: String::new(), after_label: false };
    reader.walk(page.root_element());
    reader.flush();
    reader.settle();
    reader.parts.retain(|part| !part.text.is_empty());
    reader.parts
}

/// Walks a tree in the order of reading.
struct Reader {
    parts: Vec<TextPart>,
    /// Text that stands in no paragraph of its own.
    loose: String,
    /// Whether the last thing that was read is a label that was left out.
    after_label: bool,
}

impl Reader {
    fn walk(&mut self, element: ElementRef<'_>) {
        // By hand, as a hostile page may be nested more deeply than the stack is.
        let mut open = vec![element.children()];
        while let Some(children) = open.last_mut() {
            let Some(child) = children.next() else {
                open.pop();
                self.flush();
                continue;
            };
            if let Some(text) = child.value().as_text() {
                self.loose.push_str(text);
                continue;
            }
            let Some(element) = ElementRef::wrap(child) else { continue };
            match element.value().name() {
                name if OUTSIDE.contains(&name) => {}
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                    self.flush();
                    self.settle();
                    self.parts.push(TextPart { heading: words(element), ..TextPart::default() });
                    self.after_label = false;
                }
                "ul" | "ol" => {
                    self.flush();
                    self.list(element);
                }
                "td" | "th" | "caption" | "figcaption" | "dt" => {
                    self.flush();
                    let text = whole(element);
                    let reads = sentences(&text).into_iter().all(|range| is_sentence(&text[range]));
                    if reads && !is_under_a_header(element) || text.ends_with(':') && is(element, "dt") {
                        self.push(&text);
                    }
                }
                "pre" | "br" => {
                    self.loose.push('\n');
                    if element.value().name() == "pre" {
                        self.push(&words(element));
                    }
                }
                "a" | "abbr" | "b" | "bdi" | "bdo" | "cite" | "code" | "data" | "dfn" | "em" | "i" | "ins" | "kbd"
                | "mark" | "q" | "s" | "samp" | "small" | "span" | "strong" | "sub" | "time" | "u" | "var" | "font" => {
                    self.loose.push_str(&words_kept(element));
                }
                // A mark of a footnote.
                "sup" | "del" => {}
                _ => {
                    self.flush();
                    open.push(element.children());
                }
            }
        }
    }

    /// Ends a paragraph; labels are left out.
    fn flush(&mut self) {
        let text = line(&std::mem::take(&mut self.loose));
        let is_text = text.split(' ').count() >= LABEL_WORDS && !text.contains([':', '|', '©']);
        if is_sentence(&text) || text.ends_with(':') || is_text {
            self.push(&text);
        } else if !text.is_empty() {
            self.after_label = true;
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(part) = self.parts.last_mut() {
            paragraphs::push(&mut part.text, text);
        }
        self.after_label &= text.is_empty();
    }

    fn settle(&mut self) {
        if let Some(part) = self.parts.last_mut() {
            paragraphs::settle(&mut part.text);
        }
    }

    /// A list under a label that was left out is left out, too: the label may be "Mistakes to avoid".
    fn list(&mut self, list: ElementRef<'_>) {
        let items: Vec<String> = list.child_elements().map(whole).filter(|item| !item.is_empty()).collect();
        if let Some(part) = self.parts.last_mut().filter(|_| !std::mem::take(&mut self.after_label)) {
            paragraphs::push_list(&mut part.text, &items);
        }
    }
}

fn is(element: ElementRef<'_>, name: &str) -> bool {
    element.value().name() == name
}

/// Whether it is a cell of a table whose header says what the cell means: "Myth", say.
fn is_under_a_header(cell: ElementRef<'_>) -> bool {
    let table = cell.ancestors().filter_map(ElementRef::wrap).find(|up| is(*up, "table"));
    is(cell, "td") && table.is_some_and(|table| table.descendent_elements().any(|of| is(of, "th")))
}

/// The text of an element, if it does not part: with a list in it that is no sentence of its own, it is left out.
fn whole(element: ElementRef<'_>) -> String {
    let text = words(element);
    let has_list = element.descendent_elements().any(|of| is(of, "ul") || is(of, "ol"));
    if has_list && sentences(&text).len() > 1 { String::new() } else { text }
}

/// All text of an element that can be seen, in a line.
fn words(element: ElementRef<'_>) -> String {
    line(&words_kept(element))
}

/// All text of an element that can be seen, with its white space.
fn words_kept(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    let mut open = vec![element.children()];
    while let Some(children) = open.last_mut() {
        let Some(child) = children.next() else {
            open.pop();
            continue;
        };
        if let Some(piece) = child.value().as_text() {
            text.push_str(piece);
        } else if let Some(inner) = ElementRef::wrap(child) {
            let name = inner.value().name();
            if OUTSIDE.contains(&name) || name == "sup" {
                continue;
            }
            if matches!(name, "br" | "p" | "div" | "li" | "td" | "th") {
                text.push(' ');
            }
            open.push(inner.children());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(html: &str) -> String {
        let Cleaned { text, .. } = read(html).unwrap();
        let parts: Vec<String> = text.parts.iter().map(|part| format!("{}|{}", part.heading, part.text)).collect();
        format!("{}: {}", text.title, parts.join(" § ")).replace("\n\n", " ¶ ")
    }

    #[test]
    fn what_is_read_are_headings_and_sentences() {
        for (html, read) in [
            ("<title>T - Site</title><h1>T</h1><p>One <b>bold</b> word&nbsp;here.", "T: |One bold word here."),
            ("<h1>T</h1><h2>H</h2><p>Text that<br>goes on.<p>More of it.", "T: H|Text that goes on. ¶ More of it."),
            (
                "<h1>T</h1><nav><p>Go home now.</nav><p>Text it is.<footer><p>All rights are ours.</footer>",
                "T: |Text it is.",
            ),
            ("<h1>T</h1><p>Take:<ul><li>salt<li>pepper</ul>", "T: |Take: salt; pepper."),
            (
                "<h1>T</h1><p>Text it is.<ul><li>Salt it well.<li>Stir it well.</ul>",
                "T: |Text it is. ¶ Salt it well. ¶ Stir it well.",
            ),
            ("<h1>T</h1><p>Text it is.<ul><li><a>Home</a><li><a>About</a></ul>", "T: |Text it is."),
            (
                "<h1>T</h1><p>Never do:<ul><li>Salt it well.<li>Stir it well.</ul><p>More of it.",
                "T: |Never do: Salt it well; Stir it well. ¶ More of it.",
            ),
            (
                "<h1>T</h1><p>A myth is that:<p>Salt it well.<p>More of it.",
                "T: |A myth is that: Salt it well. ¶ More of it.",
            ),
            ("<h1>T</h1><p>Text it is. Never do:<ul><li>Salt it well. Stir it too.</ul>", "T: |Text it is."),
            (
                "<h1>T</h1><p>Text it is.<p>Mistakes to avoid<ul><li>Salt it well.</ul><p>More of it.",
                "T: |Text it is. ¶ More of it.",
            ),
            (
                "<h1>T</h1><ul><li>Text it is.<li>Never do:<ul><li>Salt it well.<li>Stir it well.</ul></ul>",
                "T: |Text it is.",
            ),
            (
                "<h1>T</h1><p>Text it is.<dl><dt>A myth:<dd>Salt it well.</dl>",
                "T: |Text it is. ¶ A myth: Salt it well.",
            ),
            ("<h1>T</h1><p>Text it is.<table><caption>Table 1. Doses.</caption><tr><td>3 g</table>", "T: |Text it is."),
            ("<h1>T</h1><p>Text it is.<table><tr><th>Myth<tr><td>Salt it every day.</table>", "T: |Text it is."),
            (
                "<h1>T</h1><p>Text it is.<table><tr><td>Salt it every day.</table>",
                "T: |Text it is. ¶ Salt it every day.",
            ),
            ("<h1>T</h1><p>Text it is. Do this:<h2>H</h2><p>More of it.", "T: |Text it is. § H|More of it."),
            ("<h1>T</h1><p>Text it is.<p>Page last reviewed: 5 April 2023 by some of us", "T: |Text it is."),
            ("<h1>T</h1><p>Text it is.<table><tr><th>Salt<td>3 g</table>", "T: |Text it is."),
            (
                "<h1>T</h1><p>Text<sup>[1]</sup> it <span hidden>never</span>is.<script>alert(1)</script>",
                "T: |Text it is.",
            ),
            ("<h1>T</h1><p>A &lt;b&gt; is @everyone's \u{202e}mark\u{200b}.", "T: |A <b> is @everyone's mark."),
        ] {
            assert_eq!(flat(html), read, "{html}");
        }
    }

    #[test]
    fn what_nobody_sees_is_left_out_and_nothing_else() {
        for (style, is_seen) in [
            ("display: none", false),
            ("color:red;DISPLAY:NONE !important", false),
            ("visibility:hidden;", false),
            ("opacity:0", false),
            ("opacity: 0.0;", false),
            ("font-size: 0px", false),
            ("position:absolute; left: -9999px", false),
            ("text-indent:-999em", false),
            ("position:relative; left:-4px", true),
            ("font-size:0.9em", true),
            ("opacity:0.8;", true),
            ("display:block; font-size:90%", true),
        ] {
            let filler = "Stir it well, and let it rest for an hour or two. ".repeat(9);
            for filler in ["", &filler] {
                let page = format!("<h1>T</h1><p>Text it is. {filler}<span style='{style}'>Salt it well.</span>");
                let text = flat(&page);
                assert_eq!(text.contains("Salt"), is_seen, "{style}: {text}");
            }
        }
    }

    #[test]
    fn what_a_style_sheet_of_the_page_hides_is_left_out_and_nothing_else() {
        for (head, class, is_seen) in [
            ("<style>.x { display: none }</style>", "class=x", false),
            ("<style>p { color: red } #x, .y { VISIBILITY: Hidden }</style>", "id=x", false),
            ("<style><!-- span.x{position:absolute;left:-9999px} --></style>", "class='a x'", false),
            ("<style>.a{font-size:12px}</style><style>p > .x{font-size:0}</style>", "class=x", false),
            ("<style>.x{display:none !important} .x.y{display:inline}</style>", "class='x y'", false),
            ("<style>.x{display:none !important}</style>", "class=x style='display:inline'", false),
            ("<style>.x{display:none} @media print { .x { display: inline } }</style>", "class=x", false),
            ("<style>.x{display:none}</style>", "class=X-ray", true),
            ("<style>.x{display:none}</style>", "class=x style='display:inline'", true),
            ("<style>.x{display:none} span.x{display:inline}</style>", "class=x", true),
            ("<style>.x.y{display:none}</style>", "class=x", true),
            ("<style>.x:hover, .x::before{display:none}</style>", "class=x", true),
            ("<style>@media print { .x { display: none } }</style>", "class=x", true),
            ("<style media=print>.x{display:none}</style>", "class=x", true),
            // What comes into view, and what a script shows when it has begun.
            ("<style>.x{opacity:0; transition:opacity 1s}</style>", "class=x", true),
            ("<style>head, body, html{display:none}</style>", "class=x", true),
        ] {
            let page = format!("<head>{head}</head><h1>T</h1><p>Text it is. <span {class}>Salt it well.</span>");
            let text = flat(&page);
            assert!(text.starts_with("T: |Text it is."), "{head} {class}: {text}");
            assert_eq!(text.contains("Salt"), is_seen, "{head} {class}: {text}");
        }
    }

    #[test]
    fn what_stands_in_place_of_a_text_is_told_apart() {
        for (html, error) in [
            ("<div id=root></div><script src=a.js></script>", CleanError::Script),
            ("<p></p>", CleanError::Empty),
            (
                "<title>404 Not Found</title><h1>Not Found</h1><p>The page was not found on this server.",
                CleanError::ErrorPage("not found".into()),
            ),
            (
                "<h1>Welcome</h1><p>Please log in to read this article.<form><input type=password></form>",
                CleanError::Login,
            ),
            (
                "<h1>Before you go on</h1><p>We use cookies and share data with 812 partners.<p>Accept all cookies to go on.",
                CleanError::CookieWall,
            ),
            ("<title>Just a moment...</title><p>Checking that you are a person, please wait.", CleanError::Robot),
        ] {
            assert_eq!(read(html).unwrap_err(), error, "{html}");
        }
    }

    #[test]
    fn a_page_that_is_nested_deeply_is_read() {
        let html = format!("<h1>T</h1>{}<p>Text it is.", "<div>".repeat(1_000));
        assert_eq!(read(&html).map(|of| of.text.words()), Ok(3));
    }
}
