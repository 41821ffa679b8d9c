//! A name among other words: one that is meant, and one that makes part of another name.

use super::names::{Names, clear};
use super::target::Target;
use super::words::Query;

/// From this score on a part of what was typed is a name: "gluten" is near one, and none. Chosen on
/// tests/questions/next-muscles.jsonl.
const TAKEN: f32 = 0.95;
/// From this score on one word is the neighbour of what is meant: whoever writes "under the medius" does not mean it.
const NEIGHBOUR: f32 = 0.8;
/// So many words of what was typed are looked at one by one: a name stands at the beginning of a story, or is not meant.
const MOST_WORDS: usize = 12;
/// So many of them together may be a name: few have more words, "tensor fasciae latae" has three.
const LONGEST_PART: usize = 3;
/// A word with which a name may go on and name something else has at most so many others beside it: "psoas sign".
const COMPOUND_WORDS: usize = 3;

impl Names {
    /// The one thing that is named among other words ("my lats from pullups"), by a word that is no ordinary one
    /// or by several neighbours. Beside it stands no other such word: "obliquus capitis" names something else.
    pub(super) fn within(&self, query: &Query) -> Option<Target> {
        let words: Vec<&str> = query.folded.split(' ').take(MOST_WORDS).collect();
        let is_telling = |word: &&str| self.words.is_telling(word);
        let mut named: Option<Target> = None;
        // All words together were looked up already.
        for length in (1..=LONGEST_PART.min(words.len().saturating_sub(1))).rev() {
            for (at, part) in words.windows(length).enumerate() {
                let beside = [at.checked_sub(1), Some(at + length)].into_iter().flatten();
                let goes_on = beside.filter_map(|at| words.get(at)).any(is_telling);
                if goes_on || !part.iter().any(is_telling) {
                    continue;
                }
                let part = self.words.read(&part.join(" "));
                let target = self.exactly(&part).or_else(|| clear(&self.ranked(&part), TAKEN));
                let before = at.checked_sub(1).map(|at| words[at]);
                let target =
                    target.map(|target| before.and_then(|word| self.elsewhere(target, word)).unwrap_or(target));
                let target = target.filter(|target| self.may_be(*target, query));
                match (named, target) {
                    (Some(before), Some(now)) if before != now => return None,
                    _ => named = named.or(target),
                }
            }
            if named.is_some() {
                break;
            }
        }
        named
    }

    /// What a word of several muscles means after that of a part of the body whose muscles have no cards: "flexors" after
    /// "forearm".
    fn elsewhere(&self, target: Target, before: &str) -> Option<Target> {
        let part = self.exactly(&self.words.read(before)).filter(|part| self.is_muscle_elsewhere(*part));
        part.filter(|_| matches!(target, Target::Group(_)))
    }

    /// What is named as a neighbour of what is meant, and so is not meant itself: "the muscle under the glute med".
    pub(super) fn neighbour(&self, query: &Query) -> Option<Target> {
        let behind = self.words.behind(&query.folded)?;
        // "the side glute" is called "side glute".
        let start =
            behind.split(' ').take_while(|word| self.words.language.is_stop_word(word)).map(|word| word.len() + 1);
        let named = self.words.read(behind.get(start.sum::<usize>()..)?);
        let least = if named.carrying == 1 { NEIGHBOUR } else { TAKEN };
        self.exactly(&named).or_else(|| clear(&self.ranked(&named), least))
    }

    /// Whether a name goes on with an ordinary word and so names something else: "psoas sign", "tensor lamp". Who tells
    /// of a muscle ("my psoas hates me") uses words that carry nothing as well.
    pub(super) fn is_compound(&self, query: &Query) -> bool {
        let words: Vec<&str> = query.folded.split(' ').collect();
        let [names @ .., last] = words.as_slice() else { return false };
        !names.is_empty()
            && words.len() <= COMPOUND_WORDS
            && words.len() == query.carrying
            && self.words.language.is_known(last)
            && !self.knows(last)
            && names.iter().any(|word| !self.words.language.is_known(word))
            && self.is_about_one(&self.words.read(&names.join(" ")))
    }

    /// Whether words name a muscle or several, alone or among others.
    fn is_about_one(&self, query: &Query) -> bool {
        let target = self.exactly(query).or_else(|| self.within(query));
        matches!(target, Some(Target::Muscle(_) | Target::Group(_)))
    }
}
