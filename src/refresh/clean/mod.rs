//! A page into the text that can be quoted: headings and sentences, and nothing that nobody sees.
//!
//! Pages come from strangers. They are read in a process of their own ([`Worker`]) that has little time
//! and memory, so that a hostile one costs only itself. Nothing on a page is run.

mod charset;
mod date;
mod error;
mod hidden;
mod html;
mod letters;
mod paragraphs;
mod pdf;
mod plain;
mod wall;
mod worker;

pub use error::CleanError;
pub(super) use letters::title;
pub use worker::{COMMAND, Worker, serve};

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::corpus::{OriginalText, TextPart, sentences};

/// The most bytes that the text of a page may have: a long book. All of it is compiled, and held in memory meanwhile.
const MOST_TEXT: usize = 2 << 20;

/// A longer sentence is none that people would read, and no excerpt that is short.
const MOST_SENTENCE: usize = 1_000;

/// A text that a moderator wrote, under its title: they can be trusted, so it is read here.
pub(super) fn written(title: &str, text: &str) -> OriginalText {
    let title = letters::title(title);
    let read = plain::read_markdown(text);
    let parts = read.parts.into_iter().map(|part| match part.heading.is_empty() {
        true => TextPart { heading: title.clone(), ..part },
        false => part,
    });
    OriginalText { parts: parts.collect(), title, published: None }
}

/// What was made of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleaned {
    /// Its text.
    pub text: OriginalText,
    /// The language that it says it is in, by its code of two letters.
    pub language: Option<String>,
    /// What it may be instead of the page; too little to refuse it, and enough to look twice where another text was
    /// good.
    pub doubt: Option<CleanError>,
}

impl From<OriginalText> for Cleaned {
    fn from(text: OriginalText) -> Self {
        Self { text, language: None, doubt: None }
    }
}

/// Reads a page into what may be kept of it; the type is what the site said, and may be empty or wrong.
fn clean(bytes: &[u8], content_type: &str, path: &str) -> Result<Cleaned, CleanError> {
    let mut cleaned = read(bytes, content_type, path)?;
    cleaned.text.title = title(&cleaned.text.title);
    for part in &mut cleaned.text.parts {
        part.heading = title(&part.heading);
        part.text = readable(&part.text);
    }
    cleaned.text.parts.retain(|part| !part.text.is_empty());
    match (cleaned.text.words(), cleaned.text.bytes()) {
        (0, _) => Err(CleanError::Empty),
        (_, bytes) if bytes > MOST_TEXT => Err(CleanError::Large),
        _ => Ok(cleaned),
    }
}

/// A text without the paragraphs in which a sentence does not come to an end.
fn readable(text: &str) -> String {
    let ends = |paragraph: &&str| {
        let chars = |of: Range<usize>| paragraph[of].chars().count();
        sentences(paragraph).into_iter().all(|of| chars(of) <= MOST_SENTENCE)
    };
    text.split("\n\n").filter(ends).collect::<Vec<_>>().join("\n\n")
}

fn read(bytes: &[u8], content_type: &str, path: &str) -> Result<Cleaned, CleanError> {
    if pdf::is_pdf(bytes) {
        return pdf::read(bytes).map(Cleaned::from);
    }
    let said = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_text = said.is_empty()
        || said.starts_with("text/")
        || matches!(said.as_str(), "application/xhtml+xml" | "application/xml" | "application/octet-stream");
    if !is_text {
        return Err(CleanError::NotText(said));
    }
    let text = charset::decode(bytes, content_type);
    if text.contains('\0') {
        return Err(CleanError::NotText("a file that is not text".to_owned()));
    }
    let is_markup = said.contains("html") || said.contains("xml") || text.trim_start().starts_with('<');
    let is_markdown = said == "text/markdown" || path.ends_with(".md") || path.ends_with(".markdown");
    if is_markup {
        html::read(&text)
    } else if is_markdown {
        Ok(plain::read_markdown(&text).into())
    } else {
        Ok(plain::read(&text).into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pieces that pages are made of, and broken.
    const PIECES: &str = "(<(p|h1|h2|table|tr|td|li|ul|article|script|style|nav|div|title|pre|svg|template|/p|/table|/h2|!--|!\\[CDATA\\[)( [a-z]{1,5}=\"?[a-z<&]{0,4})?>?|&(amp|#x[0-9a-f]{1,6}|nbsp);?|([.#]?[a-z]{1,3}|[*>+:@,]|\\[[a-z]=\"?)|\\{?(display:none|opacity ?:0 ?!important|/[*])[;}]?|[A-Z][a-z ]{3,20}[.] |\\PC{1,4}|\n|# |```|---)";

    fn kind() -> impl Strategy<Value = &'static str> {
        prop_oneof![
            Just(""),
            Just("text/html"),
            Just("text/html; charset=utf-16"),
            Just("text/plain; charset=shift_jis"),
            Just("text/markdown"),
            Just("application/pdf"),
            Just("application/xhtml+xml"),
        ]
    }

    #[test]
    fn a_sentence_without_an_end_is_not_quoted() {
        let page = |words: usize| {
            let html =
                format!("<h1>T</h1><p>Salt it well.</p><p>Stir {}on. Taste it then.</p>", "on and ".repeat(words));
            let text = clean(html.as_bytes(), "text/html", "/").unwrap().text;
            text.parts[0].text.clone()
        };
        assert!(page(100).contains("Stir on"));
        assert_eq!(page(1_000), "Salt it well.");
        let endless = clean("a".repeat(5_000).as_bytes(), "text/plain", "/");
        assert_eq!(endless, Err(CleanError::Empty));
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_make_it_panic(bytes: Vec<u8>, kind in kind()) {
            let _ = clean(&bytes, kind, "/page");
        }

        #[test]
        fn no_page_however_broken_makes_it_panic_or_shows_what_is_hidden(
            pieces in prop::collection::vec(PIECES, 0..60), kind in kind(),
        ) {
            if let Ok(Cleaned { text, .. }) = clean(pieces.concat().as_bytes(), kind, "/page.md") {
                for part in &text.parts {
                    let hides = part.text.contains(['\u{202e}', '\u{200b}', '\0']);
                    prop_assert!(!hides, "{}", part.text);
                }
            }
        }

        #[test]
        fn no_pdf_however_broken_makes_it_panic(bytes: Vec<u8>) {
            let _ = clean(&[b"%PDF-1.7\n", &*bytes].concat(), "application/pdf", "/page");
        }
    }
}
