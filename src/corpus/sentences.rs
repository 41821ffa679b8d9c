//! Where a sentence ends.

use std::ops::Range;

const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "etc", "vs", "dr", "mr", "mrs", "ms", "prof", "st", "no", "fig", "approx", "cf", "al", "ca", "inc",
    "jr",
];

/// No word before a stop is looked at further back than so many letters.
const LONGEST_WORD: usize = 24;

/// The sentences of a text as byte ranges, without the white space around them.
///
/// A sentence ends at `.`, `!`, `?` or `…` (with closing quotes or brackets) before white space, unless
/// a common abbreviation or a single letter stands before the stop, or the next word begins in lower
/// case; and at `。`, `！`, `？` anywhere. A blank line always ends one.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    split(text, false)
}

/// The same of what people type on a phone: each line ends a sentence, and so does a stop before a word in lower case or
/// without a space behind it ("since 6 hours.What helps").
#[must_use]
pub fn typed_sentences(text: &str) -> Vec<Range<usize>> {
    split(text, true)
}

fn split(text: &str, typed: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let ends = match c {
            '。' | '！' | '？' => true,
            '\n' => typed || text[end..].starts_with('\n'),
            '.' | '!' | '?' | '…' => {
                let mut after = end;
                while let Some(&(next, closing)) = chars.peek() {
                    if !matches!(closing, '"' | '”' | '’' | '\'' | ')' | ']' | '.' | '!' | '?') {
                        break;
                    }
                    after = next + closing.len_utf8();
                    chars.next();
                }
                if stops(text, start, at, c, after, typed) {
                    push(&mut found, text, start..after);
                    start = after;
                }
                false
            }
            _ => false,
        };
        if ends {
            push(&mut found, text, start..end);
            start = end;
        }
    }
    push(&mut found, text, start..text.len());
    found
}

fn stops(text: &str, start: usize, at: usize, mark: char, after: usize, typed: bool) -> bool {
    let rest = &text[after..];
    let is_apart = rest.is_empty() || rest.starts_with(char::is_whitespace);
    let goes_on = if mark == '.' { char::is_uppercase } else { char::is_alphabetic };
    if !(is_apart || typed && rest.starts_with(goes_on)) {
        return false;
    }
    let start = text[start..at].char_indices().rev().nth(LONGEST_WORD).map_or(start, |(before, _)| start + before);
    let last_word = text[start..at].rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("").to_lowercase();
    let initial = last_word.chars().count() == 1 && last_word.chars().all(char::is_alphabetic) && last_word != "i";
    let is_short = initial || ABBREVIATIONS.contains(&last_word.as_str());
    if !is_apart {
        return !is_short && !last_word.contains('.');
    }
    if mark != '.' {
        return true;
    }
    if is_short {
        return rest.trim_start().is_empty();
    }
    typed || !rest.trim_start().starts_with(char::is_lowercase)
}

fn push(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    let end = range.end - (piece.len() - piece.trim_end().len());
    if start < end {
        found.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_would_end_them() {
        for (text, expected) in [
            ("One. Two! Three?", vec!["One.", "Two!", "Three?"]),
            ("About 0.7 to 4.5 in 100. Next.", vec!["About 0.7 to 4.5 in 100.", "Next."]),
            ("Ask Dr. Smith, e.g. today. Then go.", vec!["Ask Dr. Smith, e.g. today.", "Then go."]),
            ("He said \"stop.\" Then left.", vec!["He said \"stop.\"", "Then left."]),
            ("No end\n\nNew paragraph", vec!["No end", "New paragraph"]),
            ("L5. S1 follows.", vec!["L5.", "S1 follows."]),
            ("", vec![]),
        ] {
            let got: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn who_types_on_a_phone_ends_sentences_otherwise() {
        for (text, expected) in [
            ("it hurts. what helps?asking for dad", vec!["it hurts.", "what helps?", "asking for dad"]),
            ("6 hours away.What helps", vec!["6 hours away.", "What helps"]),
            ("see dr. smith e.g. at nhs.uk or in the U.S.A.", vec!["see dr. smith e.g. at nhs.uk or in the U.S.A."]),
            ("0.5 mg\nor more", vec!["0.5 mg", "or more"]),
        ] {
            let got: Vec<&str> = typed_sentences(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(got, expected);
        }
    }
}
