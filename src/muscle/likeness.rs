//! How alike two names are: as they are written, and as they are heard.

use rapidfuzz::distance::osa;

/// What a word with the same stem counts, next to the same word: Latin has many words of one stem.
const SAME_STEM: f32 = 0.93;
/// What a word counts that was not typed to its end.
const CUT_SHORT: f32 = 0.9;
/// Words that are less alike than this are others.
const ALIKE: f32 = 0.65;
/// What a name counts that sounds the same from end to end, however it is written ("peer of armies") ...
const HEARD: f32 = 0.92;
/// ... where it has so many sounds.
const HEARD_SOUNDS: usize = 6;
/// Shorter words are compared letter by letter only: everything is near a short word.
const FUZZY_LETTERS: usize = 4;

#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    /// The words that carry something.
    pub(super) words: Vec<Word>,
    /// They without spaces between them.
    pub(super) joined: Word,
    /// All words without spaces.
    pub(super) whole: Word,
    /// Whether every word is an ordinary one of the language, and so hardly ever a misspelt name.
    pub(super) ordinary: bool,
    /// Whether it says that it is a muscle, and is nothing without that: "bathroom muscles".
    pub(super) says_muscle: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) stem: String,
    pub(super) sound: String,
}

/// How like two words are, 0 to 1: as written, and as heard.
pub(super) fn likeness(a: &Word, b: &Word) -> f32 {
    let written = similarity(&a.text, &b.text);
    if a.text.chars().count().min(b.text.chars().count()) < FUZZY_LETTERS {
        return if written >= 1.0 { 1.0 } else { 0.0 };
    }
    let heard = a.sound == b.sound && a.sound.len() >= HEARD_SOUNDS;
    written.max(if heard { HEARD } else { 0.45 * written + 0.55 * similarity(&a.sound, &b.sound) })
}

/// How well a word of what was typed fits a word of a name.
pub(super) fn part(typed: &Word, of: &Word, ordinary: bool) -> f32 {
    if typed.text == of.text {
        return 1.0;
    }
    let kin = if typed.stem == of.stem { SAME_STEM } else { 0.0 };
    if ordinary {
        return kin;
    }
    let cut_short = typed.text.chars().count() >= 3 && of.text.starts_with(&typed.text);
    let likeness = likeness(typed, of).max(if cut_short { CUT_SHORT } else { kin });
    if likeness < ALIKE { 0.0 } else { likeness }
}

pub(super) fn similarity(a: &str, b: &str) -> f32 {
    let longest = a.chars().count().max(b.chars().count());
    let same = longest - osa::distance(a.chars(), b.chars()).min(longest);
    #[allow(clippy::cast_precision_loss)] // names are short
    ratio((same as f32, longest as f32))
}

pub(super) fn ratio((part, whole): (f32, f32)) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
