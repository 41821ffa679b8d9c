//! The form in which words are compared: folded, and cut into words.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// How a link begins that names no scheme.
const WWW: &[u8; 4] = b"www.";

/// Lower case, without accents, apostrophes, links and what nobody sees: the form in which words are compared.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' ') {
        return Cow::Borrowed(text);
    }
    if may_have_link(text) && text.split_whitespace().any(|written| before_link(written).is_some()) {
        let words = text.split_inclusive(char::is_whitespace).flat_map(|written| match before_link(written) {
            Some(before) => [before, "\n"],
            None => [written, ""],
        });
        return Cow::Owned(fold_letters(&words.collect::<String>()).into_owned());
    }
    fold_letters(text)
}

/// Whether what stands between white space is a link, and says nothing.
pub(crate) fn is_link(written: &str) -> bool {
    before_link(written).is_some_and(|before| !before.contains(char::is_alphanumeric))
}

/// Whether what begins or stands in every link is somewhere in a text: seldom, and told faster than where its words end.
pub(super) fn may_have_link(text: &str) -> bool {
    let ends_www = |dot: usize| {
        text.as_bytes()[..=dot].last_chunk::<{ WWW.len() }>().is_some_and(|end| WWW.eq_ignore_ascii_case(end))
    };
    text.contains("://") || text.match_indices('.').any(|(at, _)| ends_www(at))
}

/// What stands straight before a link ("it hurts.https://…"); `None` where there is none.
fn before_link(written: &str) -> Option<&str> {
    let www = || {
        written
            .as_bytes()
            .first_chunk::<{ WWW.len() }>()
            .is_some_and(|start| WWW.eq_ignore_ascii_case(start))
            .then_some("")
    };
    let at = written.find("://").map(|at| written[..at].trim_end_matches(|c: char| c.is_ascii_alphabetic()));
    at.or_else(www)
}

/// Whether a character is not seen, or turns the order of those that are.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn fold_letters(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        let mut kept = text.to_ascii_lowercase();
        if kept.contains('\'') || kept.contains('`') {
            kept.retain(|c| !matches!(c, '\'' | '`'));
        }
        return Cow::Owned(kept);
    }
    Cow::Owned(
        text.nfkd()
            .filter(|&c| !matches!(c, '\u{300}'..='\u{36f}' | '\'' | '’' | '‘' | '`' | '´') && !is_hidden(c))
            .flat_map(char::to_lowercase)
            .collect(),
    )
}

/// The folded words of a text.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    words(&fold(text)).map(str::to_owned).collect()
}

/// The words of a folded text: runs of letters and digits.
pub fn words(folded: &str) -> impl Iterator<Item = &str> + Clone {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_takes_case_accents_and_apostrophes_away() {
        assert_eq!(fold("I CAN’T Feel façade"), "i cant feel facade");
        assert_eq!(fold("I can't pee.https://a.example/?b now Www.b.example"), "i cant pee.\nnow \n");
        assert_eq!(fold("num\u{ad}b"), "numb");
    }
}
