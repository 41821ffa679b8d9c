//! The common words of a language.

/// The letters, and a place for the end of a word.
const LETTERS: usize = 27;
/// Where the words of a sorted list begin whose first two letters are a pair, and behind it those of the next pair.
type Starts = [u32; LETTERS * LETTERS + 1];

const ENGLISH: &str = include_str!("en/known.txt");
static ENGLISH_STARTS: Starts = starts(ENGLISH.as_bytes());
static NO_STARTS: Starts = starts(b"");

/// The common words of a language, sorted, one in each line: asked of every word of every message, so the long list is
/// never searched as a whole.
#[derive(Debug)]
pub(super) struct Known {
    words: &'static str,
    starts: &'static Starts,
}

impl Known {
    pub(super) const ENGLISH: Self = Self { words: ENGLISH, starts: &ENGLISH_STARTS };
    pub(super) const NONE: Self = Self { words: "", starts: &NO_STARTS };

    pub(super) fn has(&self, word: &str) -> bool {
        let rank_of = |at: usize| word.as_bytes().get(at).map_or(Some(0), |&byte| rank(byte));
        let (Some(first), Some(second)) = (rank_of(0), rank_of(1)) else { return false };
        let pair = first * LETTERS + second;
        let (start, end) = (self.starts[pair] as usize, self.starts[pair + 1] as usize);
        in_sorted_lines(&self.words[start..end], word)
    }
}

#[allow(long_running_const_eval)] // once, by the compiler
#[allow(clippy::cast_possible_truncation)] // the list is small
const fn starts(lines: &[u8]) -> Starts {
    let mut starts = [lines.len() as u32; LETTERS * LETTERS + 1];
    let (mut at, mut next) = (0, 0);
    while at < lines.len() {
        let (Some(first), Some(second)) = (rank(lines[at]), rank(lines[at + 1])) else {
            panic!("known.txt has a word with something else than letters");
        };
        while next <= first * LETTERS + second {
            starts[next] = at as u32;
            next += 1;
        }
        while lines[at] != b'\n' {
            at += 1;
        }
        at += 1;
    }
    starts
}

/// The place of a letter in the alphabet, of a line's end before them all.
const fn rank(byte: u8) -> Option<usize> {
    match byte {
        b'\n' => Some(0),
        b'a'..=b'z' => Some((byte - b'a') as usize + 1),
        _ => None,
    }
}

fn in_sorted_lines(lines: &str, word: &str) -> bool {
    let bytes = lines.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bytes[..middle].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let end = bytes[middle..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |at| middle + at);
        match bytes[start..end].cmp(word.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::Language;

    #[test]
    fn known_words_are_found_at_both_ends_and_in_the_middle() {
        let language = Language::new("en");
        for word in ["a", "form", "zoom", "back", "pelvis"] {
            assert!(language.is_known(word), "{word}");
        }
        for word in ["pirifomis", "", "zzzz", "0"] {
            assert!(!language.is_known(word), "{word}");
        }
    }
}
