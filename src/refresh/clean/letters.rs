//! Text without characters that nobody sees.

/// A longer title is cut: it stands in lists and above excerpts, and is quoted nowhere.
const TITLE_CHARS: usize = 300;

/// Whether a character is there to be read.
///
/// Left out are controls, what has no width, what turns the direction of writing, tags, and what is no
/// character at all: with them a page could show one thing and be quoted as another.
fn is_read(c: char) -> bool {
    !(c.is_control() && !c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{ffff}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}'))
}

/// No letter of any language has more marks above and below than this.
const MARKS: usize = 4;

/// Whether a character is a mark on the letter before it. Hundreds of them cover the lines above and below.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A line of text: what can be read of it, with single spaces.
pub(super) fn line(text: &str) -> String {
    let mut marks = 0;
    let mut is_told = |c: char| {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        is_read(c) && marks <= MARKS
    };
    let read: String = text.chars().filter(|&c| is_told(c)).collect();
    read.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A title: a line of text that is not too long.
pub(in crate::refresh) fn title(text: &str) -> String {
    let mut title = line(text);
    if let Some((end, _)) = title.char_indices().nth(TITLE_CHARS) {
        title.truncate(end);
        title.push('…');
    }
    title
}

/// Whether a line ends like a sentence.
pub(super) fn is_sentence(line: &str) -> bool {
    let bare = line.trim_end_matches(['"', '”', '’', '\'', ')', ']', '»']);
    bare.ends_with(['.', '!', '?', '…', '。', '！', '？']) && line.split(' ').nth(2).is_some()
        || bare.ends_with(['。', '！', '？'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_left_out() {
        for (text, read) in [
            ("a\u{200b}b \u{202e}c\u{202c}\u{a0}\n d", "ab c d"),
            ("soft\u{ad}ly\0 e\u{301}", "softly e\u{301}"),
            ("a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}b", "a\u{301}\u{301}\u{301}\u{301}b"),
            ("x\u{e0041}\u{e007f}y\u{feff}\u{2066}z", "xyz"),
        ] {
            assert_eq!(line(text), read);
        }
    }
}
