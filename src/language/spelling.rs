//! Misspelt words to the nearest known one.

use rapidfuzz::distance::osa;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::Language;

/// The words that a misspelling may have meant, with how often each stands in the texts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Spelling {
    /// By length in letters: the words, sorted, each on a line, and how often each stands there.
    by_length: Vec<(String, Vec<u32>)>,
}

impl Spelling {
    /// Learns these folded words.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut counts: FxHashMap<String, u32> = FxHashMap::default();
        for word in words {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
        Self::counted(counts)
    }

    /// Learns folded words that were counted already.
    #[must_use]
    pub fn counted(counts: FxHashMap<String, u32>) -> Self {
        let mut words: Vec<(String, u32)> = counts.into_iter().collect();
        words.sort_unstable();
        let mut by_length: Vec<(String, Vec<u32>)> = Vec::new();
        for (word, count) in words {
            let length = word.chars().count();
            if by_length.len() <= length {
                by_length.resize(length + 1, (String::new(), Vec::new()));
            }
            let (lines, counts) = &mut by_length[length];
            if !lines.is_empty() {
                lines.push('\n');
            }
            lines.push_str(&word);
            counts.push(count);
        }
        Self { by_length }
    }

    /// Every word that it has learnt, and how often each stands in the texts.
    #[must_use]
    pub fn counts(&self) -> FxHashMap<String, u32> {
        let all = self.by_length.iter().flat_map(|(lines, counts)| lines.lines().zip(counts));
        all.map(|(word, &count)| (word.to_owned(), count)).collect()
    }

    /// Whether it has learnt this word.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        let lines = self.by_length.get(word.chars().count());
        lines.is_some_and(|(lines, _)| super::in_sorted_lines(lines, word))
    }

    /// The learnt word that this one was meant to be: one slip away, two in words of eight letters or
    /// more. `None` for words of the language, short words, and where nothing is near.
    #[must_use]
    pub fn correct(&self, language: &Language, word: &str) -> Option<&str> {
        let length = word.chars().count();
        let worth_it = (4..=24).contains(&length)
            && word.chars().all(char::is_alphabetic)
            && !self.knows(word)
            && !language.is_known(word)
            && !is_ending_of_known(language, word);
        if !worth_it {
            return None;
        }
        let slips = if length >= 8 { 2 } else { 1 };
        let scorer = osa::BatchComparator::new(word.chars());
        let arguments = osa::Args::default().score_cutoff(slips);
        let mut best: Option<(usize, bool, u32, &str)> = None;
        let shortest = length.saturating_sub(slips).max(4);
        for (lines, counts) in self.by_length.iter().take(length + slips + 1).skip(shortest) {
            for (candidate, count) in lines.lines().zip(counts) {
                if candidate.chars().any(|c| c.is_ascii_digit()) {
                    continue;
                }
                let Some(distance) = scorer.distance_with_args(candidate.chars(), &arguments) else { continue };
                let other_start = candidate.chars().next() != word.chars().next();
                let key = (distance, other_start, u32::MAX - count, candidate);
                if best.is_none_or(|best| key < best) {
                    best = Some(key);
                }
            }
        }
        best.map(|(_, _, _, word)| word)
    }
}

/// Whether taking a common ending off leaves a known word: "reclining" need not be in the list.
fn is_ending_of_known(language: &Language, word: &str) -> bool {
    ["s", "es", "ed", "d", "ing", "er", "ers", "ly", "ness"]
        .iter()
        .any(|ending| word.strip_suffix(ending).is_some_and(|stem| stem.len() > 3 && language.is_known(stem)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_mended_and_words_are_left_alone() {
        let language = Language::new("en");
        let spelling = Spelling::new(["piriformis", "forearm", "sciatica", "numb", "scar"]);
        for (typed, meant) in [
            ("pirifomis", Some("piriformis")),
            ("siatica", Some("sciatica")),
            ("nubm", Some("numb")),
            ("form", None),
            ("car", None),
            ("xqzzvw", None),
        ] {
            assert_eq!(spelling.correct(&language, typed), meant, "{typed}");
        }
    }
}
