//! A text file into paragraphs.

use super::letters::line;
use super::paragraphs;
use crate::corpus::{OriginalText, TextPart};

/// A longer first line is no title.
const TITLE_CHARS: usize = 120;

/// Reads a text: paragraphs have empty lines between them; lines within one were cut to fit.
pub(super) fn read(text: &str) -> OriginalText {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut paragraphs: Vec<String> = vec![String::new()];
    for row in text.lines().map(line) {
        match paragraphs.last_mut() {
            Some(open) if !row.is_empty() && item(&row).is_none() => open.push_str(&format!(" {row}")),
            _ => paragraphs.push(row),
        }
    }
    paragraphs.iter_mut().for_each(|paragraph| *paragraph = line(paragraph));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let has_title =
        paragraphs.first().is_some_and(|first| first.chars().count() <= TITLE_CHARS) && paragraphs.len() > 1;
    let title = if has_title { paragraphs.remove(0) } else { String::new() };
    let part = TextPart { heading: String::new(), text: joined(&paragraphs) };
    OriginalText { title, published: None, parts: vec![part] }
}

/// What an item of a list says, without its mark; `None` where a paragraph is none.
fn item(paragraph: &str) -> Option<&str> {
    ["- ", "* ", "• ", "– ", "· "].into_iter().find_map(|mark| paragraph.strip_prefix(mark))
}

/// Paragraphs, with items put to what introduces them.
fn joined(paragraphs: &[String]) -> String {
    let mut text = String::new();
    for run in paragraphs.chunk_by(|one, next| item(one).is_some() && item(next).is_some()) {
        let items: Vec<String> = run.iter().filter_map(|of| item(of)).map(str::to_owned).collect();
        if text.ends_with(':') && !items.is_empty() {
            paragraphs::push_list(&mut text, &items);
        } else {
            run.iter().for_each(|of| paragraphs::push(&mut text, item(of).unwrap_or(of)));
        }
    }
    paragraphs::settle(&mut text);
    text
}

/// Reads Markdown, whose headings and paragraphs the corpus's own parser knows.
pub(super) fn read_markdown(text: &str) -> OriginalText {
    let (title, parts) = crate::corpus::markdown_parts(text);
    let clean = |text: &str| {
        let paragraphs = text.split("\n\n").map(line).filter(|paragraph| !paragraph.is_empty());
        joined(&paragraphs.collect::<Vec<_>>())
    };
    let parts = parts.into_iter().map(|part| TextPart { heading: line(&part.heading), text: clean(&part.text) });
    OriginalText { title: line(&title), published: None, parts: parts.filter(|part| !part.text.is_empty()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stay_with_what_introduces_them() {
        for (markdown, read) in [
            ("Text it is.\n\n- Salt it well.\n- Stir it.", "Text it is.\n\nSalt it well.\n\nStir it."),
            (
                "Never do:\n\n- Salt it well.\n- Stir it.\n\nMore of it.",
                "Never do: Salt it well; Stir it.\n\nMore of it.",
            ),
            ("Text. Never do:\n\n- Salt it well. It burns.\n- Stir it.\n\nMore.", "Text.\n\nMore."),
            ("Text. Never do:\n\n- Salt it well.\n\n  It burns.\n\n- Stir it.\n\nMore.", "Text.\n\nMore."),
            ("A myth is:\n\nSalt it well.\n\nMore.", "A myth is: Salt it well.\n\nMore."),
            ("Text.\n\n| Myth | Fact |\n|---|---|\n| Salt it well. | Do not. |\n", "Text."),
            ("Never do:\n\n# Salt\n\nStir it.", "Stir it."),
        ] {
            let text = read_markdown(&format!("# T\n\n{markdown}"));
            let parts: Vec<&str> = text.parts.iter().map(|part| part.text.as_str()).collect();
            assert_eq!(parts, [read], "{markdown}");
        }
        let text = super::read("Title\n\nNever do:\n- Salt it\n  well.\n- Stir it.\n\nMore of it.");
        assert_eq!(text.parts[0].text, "Never do: Salt it well; Stir it.\n\nMore of it.");
    }
}
