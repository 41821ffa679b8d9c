//! Paragraphs, and lists put to what introduces them.
//!
//! "Never do this:" and its items must not part: quoted alone, an item would say the opposite of what the page
//! says. So what stands after a colon finishes that sentence, or is left out with it.

use super::letters::is_sentence;
use crate::corpus::sentences;

/// Longer lists are no sentence.
const LIST_WORDS: usize = 60;

/// Adds a paragraph. One after a colon is what that introduces.
pub(super) fn push(text: &mut String, paragraph: &str) {
    match paragraph {
        "" => {}
        _ if text.ends_with(':') => text.push_str(&format!(" {paragraph}")),
        _ if text.is_empty() => text.push_str(paragraph),
        _ => text.push_str(&format!("\n\n{paragraph}")),
    }
}

/// Takes a sentence back that introduces something which did not come.
pub(super) fn settle(text: &mut String) {
    if text.ends_with(':') {
        let start = sentences(text).last().map_or(0, |last| last.start);
        text.truncate(text[..start].trim_end().len());
    }
}

/// Adds the items of a list: they finish the sentence that introduces them, if they can. Without one, those that are
/// sentences become paragraphs; others say nothing alone.
pub(super) fn push_list(text: &mut String, items: &[String]) {
    if !text.ends_with(':') {
        if items.iter().all(|item| is_sentence(item)) {
            items.iter().for_each(|item| push(text, item));
        }
        return;
    }
    let joined = items.iter().map(|item| item.trim_end_matches(['.', ';', ','])).collect::<Vec<_>>().join("; ");
    let is_one = sentences(&joined).len() == 1 && joined.split(' ').count() <= LIST_WORDS;
    if is_one {
        push(text, &format!("{joined}."));
    } else {
        settle(text);
    }
}
