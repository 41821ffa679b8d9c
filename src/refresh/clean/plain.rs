//! A text file into paragraphs.

use super::letters::line;
use crate::corpus::{OriginalText, TextPart};

/// A longer first line is no title.
const TITLE_CHARS: usize = 120;

/// Reads a text: paragraphs have empty lines between them; lines within one were cut to fit.
pub(super) fn read(text: &str) -> OriginalText {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let rows: Vec<String> = text.lines().map(line).collect();
    let mut paragraphs: Vec<String> =
        rows.split(String::is_empty).map(|rows| rows.join(" ")).filter(|paragraph| !paragraph.is_empty()).collect();
    let has_title =
        paragraphs.first().is_some_and(|first| first.chars().count() <= TITLE_CHARS) && paragraphs.len() > 1;
    let title = if has_title { paragraphs.remove(0) } else { String::new() };
    OriginalText {
        title,
        published: None,
        parts: vec![TextPart { heading: String::new(), text: paragraphs.join("\n\n") }],
    }
}

/// Reads Markdown, whose headings and paragraphs the corpus's own parser knows.
pub(super) fn read_markdown(text: &str) -> OriginalText {
    let (title, parts) = crate::corpus::markdown_parts(text);
    let clean = |text: &str| {
        let paragraphs = text.split("\n\n").map(line).filter(|paragraph| !paragraph.is_empty());
        paragraphs.collect::<Vec<_>>().join("\n\n")
    };
    let parts = parts.into_iter().map(|part| TextPart { heading: line(&part.heading), text: clean(&part.text) });
    OriginalText { title: line(&title), published: None, parts: parts.filter(|part| !part.text.is_empty()).collect() }
}
