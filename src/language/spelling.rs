//! Misspelt words to the nearest known one.

use std::cmp::Ordering;

use rapidfuzz::distance::osa;
use rustc_hash::FxHashMap;
use tantivy::directory::OwnedBytes;

use super::{Language, sound};
use crate::generation::{Generation, GenerationError, Numbers, cut_off};

/// Shorter words are near too many others.
const SHORTEST: usize = 4;
/// A word that is only heard right has so many letters, or too many sound like it.
const SHORTEST_HEARD: usize = 6;
/// Each half of a word has so many letters at least, if it is no stop word: shorter words are found in too many by chance.
pub(crate) const SHORTEST_HALF: usize = 3;
/// Longer ones are no words.
const LONGEST: usize = 24;
/// So many words are compared by their letters at once.
const BLOCK: usize = 16;

/// The words that a misspelling may have meant, with how often each stands in the texts: thousands, read where they lie.
#[derive(Clone)]
pub struct Spelling {
    /// One straight after another: the shorter ones first, and those of one length in bytes sorted.
    text: OwnedBytes,
    /// How often each stands in the texts.
    counts: Numbers,
    /// Which letters each is made of, a bit for each.
    letters: Numbers,
    /// How many are shorter than each length, from none on; then how many there are.
    shorter: Numbers,
}

/// Words of one length.
#[derive(Clone, Copy)]
struct Words<'a> {
    text: &'a [u8],
    length: usize,
    counts: &'a [u32],
    letters: &'a [u32],
}

impl<'a> Words<'a> {
    fn get(self, at: usize) -> &'a [u8] {
        &self.text[at * self.length..][..self.length]
    }

    /// Each that is made of these letters but for so many, and how often it stands in the texts.
    fn near(self, letters: u32, but: u32) -> impl Iterator<Item = (&'a [u8], u32)> {
        let (blocks, rest) = self.letters.as_chunks::<BLOCK>();
        let last = (blocks.len(), rest);
        // Hardly any is near: a processor looks at several at once where all are looked at.
        let may_have_one = move |(_, block): &(usize, &[u32; BLOCK])| {
            let mut others = block.map(|theirs| theirs ^ letters);
            (0..but).for_each(|_| others = others.map(|letters| letters & letters.wrapping_sub(1)));
            others.contains(&0)
        };
        let blocks = blocks.iter().enumerate().filter(may_have_one).map(|(at, block)| (at, block.as_slice()));
        blocks.chain([last]).flat_map(move |(block, words)| {
            let each = (block * BLOCK..).zip(words).filter(move |(_, theirs)| (*theirs ^ letters).count_ones() <= but);
            each.map(move |(at, _)| (self.get(at), self.counts[at]))
        })
    }

    /// Each, and how often it stands in the texts.
    fn each(self) -> impl Iterator<Item = (&'a [u8], u32)> {
        self.counts.iter().enumerate().map(move |(at, &count)| (self.get(at), count))
    }
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
        words.sort_unstable_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
        let lengths = words.last().map_or(0, |(longest, _)| longest.len());
        let shorter = (0..=lengths + 1).map(|length| words.partition_point(|(word, _)| word.len() < length));
        Self {
            shorter: shorter.map(|count| u32::try_from(count).unwrap_or(u32::MAX)).collect(),
            counts: words.iter().map(|(_, count)| *count).collect(),
            letters: words.iter().map(|(word, _)| letters(word)).collect(),
            text: OwnedBytes::new(words.into_iter().map(|(word, _)| word).collect::<String>().into_bytes()),
        }
    }

    /// Opens what was written.
    ///
    /// # Errors
    /// Where it is damaged.
    pub(crate) fn open(name: &str, generation: &Generation) -> Result<Self, GenerationError> {
        let [shorter, counts, letters, text] = generation.parts(name)?;
        let opened = Self { text, counts: counts.into(), letters: letters.into(), shorter: shorter.into() };
        let count = opened.shorter.last().map_or(0, |&count| count as usize);
        let is_whole = opened.shorter.is_sorted()
            && [opened.counts.len(), opened.letters.len()] == [count; 2]
            && opened.starts_at(opened.lengths()) == opened.text.len();
        if is_whole { Ok(opened) } else { Err(cut_off(name)) }
    }

    pub(crate) fn put(&self, name: &str, generation: &Generation) {
        let [shorter, counts, letters] = [&self.shorter, &self.counts, &self.letters].map(|numbers| numbers.as_bytes());
        generation.put_parts(name, [shorter, counts, letters, &self.text]);
    }

    /// How many words are shorter than this.
    fn shorter(&self, length: usize) -> Option<usize> {
        self.shorter.get(length).map(|&count| count as usize)
    }

    /// Where the words of a length begin in the text: behind all shorter ones.
    fn starts_at(&self, length: usize) -> usize {
        let of_length = |length| Some((self.shorter(length + 1)? - self.shorter(length)?) * length);
        (0..length).filter_map(of_length).sum()
    }

    /// The words of one length.
    fn of_length(&self, length: usize) -> Words<'_> {
        let here = self.shorter(length).zip(self.shorter(length + 1)).map_or(0..0, |(start, end)| start..end);
        let text = &self.text[self.starts_at(length)..][..here.len() * length];
        Words { text, length, counts: &self.counts[here.clone()], letters: &self.letters[here] }
    }

    /// One more than the longest has letters.
    fn lengths(&self) -> usize {
        self.shorter.len().saturating_sub(1)
    }

    /// Every word that it has learnt, and how often each stands in the texts.
    #[must_use]
    pub fn counts(&self) -> FxHashMap<String, u32> {
        let all = (0..self.lengths()).flat_map(|length| self.of_length(length).each());
        all.map(|(word, count)| (String::from_utf8_lossy(word).into_owned(), count)).collect()
    }

    /// Whether it has learnt this word.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.count(word) > 0
    }

    /// How often a word stands in the texts.
    #[must_use]
    pub fn count(&self, word: &str) -> u32 {
        let words = self.of_length(word.len());
        let (mut low, mut high) = (0, words.counts.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match words.get(middle).cmp(word.as_bytes()) {
                Ordering::Equal => return words.counts[middle],
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        0
    }

    /// The learnt word that this one was meant to be: one slip away, two in words of eight letters or
    /// more, and one more where it sounds the same. `None` for words of the language, short words, and where
    /// nothing is near.
    #[must_use]
    pub fn correct(&self, language: &Language, word: &str) -> Option<&str> {
        let length = word.chars().count();
        let worth_it = (SHORTEST..=LONGEST).contains(&length)
            && word.chars().all(char::is_alphabetic)
            && !self.knows(word)
            && !language.is_known(word);
        if !worth_it {
            return None;
        }
        let slips = if length >= 8 { 2 } else { 1 };
        if let Some(root) = known_root(language, word) {
            // A form of a known word stands as it is, unless the texts spell that very form otherwise ("sliped").
            let root = language.stem(root);
            return self.nearest(word, slips, |candidate| language.stem(candidate) == root);
        }
        self.nearest(word, slips, |_| true).or_else(|| {
            let heard = (length >= SHORTEST_HEARD).then(|| sound(word))?;
            self.within(word, slips + 1, |candidate| sound(candidate) == heard)
        })
    }

    /// The two learnt words that were typed as this one, which is no word.
    #[must_use]
    pub fn apart<'a>(&self, language: &Language, word: &'a str) -> Option<(&'a str, &'a str)> {
        if word.len() > LONGEST || self.knows(word) || language.is_known(word) {
            return None;
        }
        let is_learnt = |half: &str| half.len() >= SHORTEST_HALF && self.knows(half);
        let is_word = |half: &str| {
            language.is_stop_word(half) || is_learnt(half) || half.len() >= SHORTEST_HALF && language.is_known(half)
        };
        let of_the_subject = |half: &str| is_learnt(half) && !language.is_talk(half);
        halves(word, of_the_subject)
            .or_else(|| halves(word, is_word).filter(|(one, other)| one.len().max(other.len()) >= SHORTEST))
    }

    /// The learnt word that is the fewest slips away, and no more than so many. Most misspellings are one slip, and far fewer
    /// words are that near.
    fn nearest(&self, word: &str, slips: usize, fits: impl Fn(&str) -> bool) -> Option<&str> {
        (1..=slips).find_map(|slips| self.within(word, slips, &fits))
    }

    /// The same, where all that are so near are looked at.
    fn within(&self, word: &str, slips: usize, fits: impl Fn(&str) -> bool) -> Option<&str> {
        let scorer = osa::BatchComparator::new(word.chars());
        let arguments = osa::Args::default().score_cutoff(slips);
        let mine = letters(word);
        let first = word.chars().next();
        let mut best: Option<(usize, bool, u32, &str)> = None;
        // A letter is a byte or several.
        let bytes = if word.is_ascii() { slips } else { slips * 4 };
        let near = word.len().saturating_sub(bytes)..=word.len() + bytes;
        // A slip takes one letter away, brings one, or both.
        let but = 2 * u32::try_from(slips).unwrap_or(u32::MAX / 2);
        // Not `for`, which asks at each step where in the nested iterators it is: most words are passed over.
        near.flat_map(|length| self.of_length(length).near(mine, but)).for_each(|(candidate, count)| {
            let Ok(candidate) = std::str::from_utf8(candidate) else { return };
            let is_word = candidate.chars().all(|c| !c.is_ascii_digit()) && candidate.chars().count() >= SHORTEST;
            if !is_word {
                return;
            }
            let Some(distance) = scorer.distance_with_args(candidate.chars(), &arguments) else { return };
            let key = (distance, candidate.chars().next() != first, u32::MAX - count, candidate);
            if best.is_none_or(|best| key < best) && fits(candidate) {
                best = Some(key);
            }
        });
        best.map(|(_, _, _, word)| word)
    }
}

/// The two words that a word is made of, where these are some: those that are most alike in length.
pub fn halves(word: &str, is_word: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let cuts = (1..word.len()).filter(|&at| word.is_char_boundary(at)).map(|at| word.split_at(at));
    cuts.filter(|(one, other)| is_word(one) && is_word(other)).max_by_key(|(one, other)| one.len().min(other.len()))
}

/// The letters that a word is made of; those of other scripts share the bits.
fn letters(word: &str) -> u32 {
    word.chars().fold(0, |letters, c| letters | 1 << (u32::from(c) & 31))
}

/// The known word that is left without a common ending: "reclining" need not be in the list.
fn known_root<'a>(language: &Language, word: &'a str) -> Option<&'a str> {
    ["s", "es", "ed", "d", "ing", "er", "ers", "ly", "ness"]
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|root| root.len() > SHORTEST && language.is_known(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_mended_and_words_are_left_alone() {
        let language = Language::new("en");
        let spelling = Spelling::new(["piriformis", "forearm", "sciatica", "numb", "scar", "insoles", "slipped"]);
        for (typed, meant) in [
            ("pirifomis", Some("piriformis")),
            ("siatica", Some("sciatica")),
            ("nubm", Some("numb")),
            ("form", None),
            ("car", None),
            ("xqzzvw", None),
            ("sliped", Some("slipped")),
            ("slips", None),
            ("insoals", Some("insoles")),
        ] {
            assert_eq!(spelling.correct(&language, typed), meant, "{typed}");
        }
    }

    #[test]
    fn a_word_is_found_among_many_of_its_length() {
        let language = Language::new("en");
        let words: Vec<String> =
            (b'a'..=b'z').flat_map(|a| (b'a'..=b'z').map(move |b| format!("qx{}{}zv", a as char, b as char))).collect();
        let spelling = Spelling::new(words.iter().map(String::as_str));
        for word in &words {
            assert_eq!(spelling.correct(&language, &format!("{word}k")), Some(word.as_str()));
        }
    }

    #[test]
    fn two_words_that_were_typed_as_one_come_apart() {
        let language = Language::new("en");
        let spelling = Spelling::new(["numb", "scar", "insoles", "the", "rapist"]);
        for (typed, meant) in [
            ("numbscar", Some(("numb", "scar"))),
            ("scarinsoles", Some(("scar", "insoles"))),
            ("therapist", None),
            ("thescar", Some(("the", "scar"))),
            ("mynumb", Some(("my", "numb"))),
            ("amongst", None),
            ("numbof", Some(("numb", "of"))),
            ("insoleska", None),
            ("numb", None),
            ("numbxq", None),
        ] {
            assert_eq!(spelling.apart(&language, typed), meant, "{typed}");
        }
    }

    #[test]
    fn what_is_damaged_is_said_to_be_or_does_no_harm() {
        let language = Language::new("en");
        let generation = Generation::in_memory();
        Spelling::new(["numb", "scar", "insoles", "piriformis"]).put("words", &generation);
        let whole = generation.bytes("words").unwrap().to_vec();
        assert!(Spelling::open("words", &generation).is_ok_and(|spelling| spelling.knows("insoles")));
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x41;
            generation.put_bytes("words", damaged);
            if let Ok(spelling) = Spelling::open("words", &generation) {
                std::hint::black_box((spelling.correct(&language, "insoals"), spelling.counts()));
            }
        }
    }
}
