//! Finds what somebody means, by any name, spelt or heard in any way.

use rustc_hash::{FxHashMap, FxHashSet};

use super::described::Descriptions;
use super::likeness::{Form, Word, likeness, part, ratio};
use crate::corpus::{Corpus, Group, Muscle, Thing};
use crate::generation::{Generation, GenerationError};
use crate::language::{Language, fold, sound, words};

/// From this score on a name is taken. Chosen on tests/questions/muscles.jsonl, as are the others.
const TAKEN: f32 = 0.8;
/// The same for a part of what was typed: "gluten" is near a name, and none.
const PART_TAKEN: f32 = 0.95;
/// So far the best must be ahead of the next one that means something else.
const AHEAD: f32 = 0.03;
/// From this score on a name is offered where none is taken.
const OFFERED: f32 = 0.6;
/// How many are offered.
const OFFERS: usize = 5;
/// So likely one is that is described, to be taken.
const DESCRIBED: f32 = 0.35;
/// The same in few words, or although one of them is a name.
const DESCRIBED_WELL: f32 = 0.6;
/// So many words that carry something are enough for a description ...
const FEW_WORDS: usize = 3;
/// ... and so many for one in which a name may be beside the point: "what the sciatic nerve runs under".
const MANY_WORDS: usize = 4;
/// So likely one is that is offered.
const LIKELY: f32 = 0.05;
/// So many letters of what was typed are looked at.
const LONGEST: usize = 100;
/// So many words of what was typed are looked at one by one.
const MOST_WORDS: usize = 12;
/// Shorter ones tell nothing.
const SHORTEST: usize = 3;
/// So many of them together may be a name.
const LONGEST_PART: usize = 3;
/// What the words count that carry nothing else, where all the rest is equal.
const WHOLE: f32 = 0.08;
/// What ordinary words have to score by their letters: they are hardly ever a misspelt name.
const ORDINARY: f32 = 0.9;

/// What a name turned out to mean.
#[derive(Debug, Clone)]
pub enum Found<'a> {
    /// One muscle.
    Muscle(&'a Muscle),
    /// Several: whoever asked has to choose.
    Group(&'a Group),
    /// None, but something that we know.
    Thing(&'a Thing),
    /// Nothing that we know; what comes nearest, best first.
    Nothing(Vec<&'a Muscle>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    Muscle(usize),
    Group(usize),
    Thing(usize),
}

/// A name in the forms in which it is compared.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) target: Target,
    pub(super) written: String,
    pub(super) folded: String,
    pub(super) form: Form,
}

/// All the names of a corpus's muscles, ready to be looked up.
#[derive(Clone)]
pub struct Finder {
    pub(super) names: Vec<Name>,
    exact: FxHashMap<String, Target>,
    weights: FxHashMap<String, f32>,
    skip: FxHashSet<String>,
    language: Language,
    descriptions: Descriptions,
}

impl Finder {
    /// Learns names and descriptions, in memory.
    ///
    /// # Errors
    /// Where what was learnt cannot be read again.
    pub fn new(corpus: &Corpus) -> Result<Self, GenerationError> {
        let generation = Generation::in_memory();
        Descriptions::build(corpus, &generation)?;
        Ok(Self::with(corpus, Descriptions::open(&generation)?))
    }

    /// Learns the names; the descriptions were.
    pub(crate) fn with(corpus: &Corpus, descriptions: Descriptions) -> Self {
        let muscles = &corpus.muscles;
        let skip: FxHashSet<String> = muscles.skip.iter().map(|word| fold(word).into_owned()).collect();
        let language = corpus.language.clone();
        let mut finder = Self {
            names: Vec::new(),
            exact: FxHashMap::default(),
            weights: FxHashMap::default(),
            skip,
            language,
            descriptions,
        };
        for (at, muscle) in muscles.list.iter().enumerate() {
            finder.learn(Target::Muscle(at), names(muscle));
        }
        for (at, group) in muscles.groups.iter().enumerate() {
            finder.learn(Target::Group(at), std::iter::once(&group.name).chain(&group.terms).map(String::as_str));
        }
        for (at, thing) in muscles.things.iter().enumerate() {
            finder.learn(Target::Thing(at), std::iter::once(&thing.name).chain(&thing.terms).map(String::as_str));
        }
        finder.weigh();
        finder
    }

    fn learn<'a>(&mut self, target: Target, names: impl Iterator<Item = &'a str>) {
        for name in names {
            let folded = spaced(name);
            let form = self.form(&folded);
            self.exact.entry(folded.clone()).or_insert(target);
            self.exact.entry(folded.replace(' ', "")).or_insert(target);
            self.names.push(Name { target, written: name.to_owned(), folded, form });
        }
    }

    /// A word that few entries have tells more than one that many have.
    fn weigh(&mut self) {
        let mut owners: FxHashMap<&str, FxHashSet<Target>> = FxHashMap::default();
        for name in &self.names {
            for word in &name.form.words {
                owners.entry(&word.stem).or_default().insert(name.target);
            }
        }
        let all = self.names.iter().map(|name| name.target).collect::<FxHashSet<_>>().len();
        self.weights = owners.into_iter().map(|(stem, of)| (stem.to_owned(), weight(all, of.len()))).collect();
    }

    pub(super) fn form(&self, folded: &str) -> Form {
        let mut kept: Vec<&str> = folded.split(' ').filter(|word| self.carries(word)).collect();
        let says_something = !kept.is_empty();
        if !says_something {
            kept = folded.split(' ').filter(|word| !word.is_empty()).collect();
        }
        let word = |text: &str| Word {
            text: text.to_owned(),
            stem: self.language.stem(text).into_owned(),
            sound: sound(text),
        };
        Form {
            words: kept.iter().map(|text| word(text)).collect(),
            joined: word(&kept.concat()),
            whole: word(&folded.replace(' ', "")),
            ordinary: says_something && kept.iter().all(|text| self.language.is_known(text)),
        }
    }

    /// What a name means.
    #[must_use]
    pub fn find<'a>(&self, corpus: &'a Corpus, query: &str) -> Found<'a> {
        let folded = asked(query);
        if let Some(target) = self.exactly(&folded) {
            return found(corpus, target);
        }
        let ranked = self.ranked(&folded);
        let words = folded.split(' ').filter(|word| self.carries(word)).count();
        // One word is a name, or nothing.
        let described = if words > 1 { self.descriptions.whose(corpus, &folded) } else { Vec::new() };
        let told = |least: f32| described.first().filter(|(likely, _)| *likely >= least).map(|(_, target)| *target);
        let told_at_length = if words >= MANY_WORDS { told(DESCRIBED_WELL) } else { None };
        let told_alone = || told(if words >= FEW_WORDS { DESCRIBED } else { DESCRIBED_WELL });
        match clear(&ranked, TAKEN).or(told_at_length).or_else(|| self.within(&folded)).or_else(told_alone) {
            Some(target) => found(corpus, target),
            None => Found::Nothing(offers(corpus, &described, &ranked)),
        }
    }

    /// Whether these words are a name as the corpus spells it, with no other word beside it.
    #[must_use]
    pub fn is_name(&self, words: &str) -> bool {
        self.exact.contains_key(&spaced(words))
    }

    /// Whether a word carries something.
    fn carries(&self, word: &str) -> bool {
        !word.is_empty() && !self.skip.contains(word) && !self.language.is_stop_word(word)
    }

    /// The one thing that is named among other words ("my lats from pullups"), by a word that is no ordinary one
    /// or by several neighbours. Beside it stands no other such word: "obliquus capitis" names something else.
    fn within(&self, folded: &str) -> Option<Target> {
        let words: Vec<&str> = folded.split(' ').take(MOST_WORDS).collect();
        let is_telling =
            |word: &&str| word.len() >= SHORTEST && !self.skip.contains(*word) && !self.language.is_known(word);
        let mut named: Option<Target> = None;
        // All words together were looked up already.
        for length in (1..=LONGEST_PART.min(words.len().saturating_sub(1))).rev() {
            for (at, part) in words.windows(length).enumerate() {
                let beside = [at.checked_sub(1), Some(at + length)].into_iter().flatten();
                let goes_on = beside.filter_map(|at| words.get(at)).any(is_telling);
                if goes_on || !part.iter().any(is_telling) {
                    continue;
                }
                let part = part.join(" ");
                let target = self.exactly(&part).or_else(|| clear(&self.ranked(&part), PART_TAKEN));
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

    /// The name as it stands, or without the words that carry nothing, or as a plural.
    fn exactly(&self, folded: &str) -> Option<Target> {
        let form = self.form(folded);
        let kept = form.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let forms = [folded.to_owned(), kept, folded.replace(' ', ""), form.joined.text];
        let singular = |name: &String| name.strip_suffix('s').map(str::to_owned);
        let found = |name: &String| self.exact.get(name).copied();
        forms.iter().find_map(found).or_else(|| {
            let others = forms.iter().filter_map(singular).chain(forms.iter().map(|name| format!("{name}s")));
            others.filter(|name| name.len() > 2).find_map(|name| found(&name))
        })
    }

    /// Every entry with the score of its best name, best first.
    fn ranked(&self, folded: &str) -> Vec<(f32, Target)> {
        let form = self.form(folded);
        let mut best: FxHashMap<Target, f32> = FxHashMap::default();
        for name in &self.names {
            let score = self.score(&form, &name.form);
            let entry = best.entry(name.target).or_default();
            *entry = entry.max(score);
        }
        let mut ranked: Vec<(f32, Target)> = best.into_iter().map(|(target, score)| (score, target)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| order(a.1).cmp(&order(b.1))));
        ranked
    }

    pub(super) fn score(&self, query: &Form, name: &Form) -> f32 {
        let whole = likeness(&query.whole, &name.whole);
        let joined = likeness(&query.joined, &name.joined).max(whole);
        let joined = if query.ordinary && joined < ORDINARY { 0.0 } else { joined };
        joined.max(self.shared(query, name)) + WHOLE * whole
    }

    /// How much of what was typed stands in the name, and how much of the name was typed; the first
    /// counts more, as names are often cut short.
    fn shared(&self, query: &Form, name: &Form) -> f32 {
        let weigh = |word: &Word| self.weights.get(&word.stem).copied().unwrap_or(2.0);
        let (mut typed, mut named) = ((0.0, 0.0), (0.0, 0.0));
        for word in &query.words {
            let best = name
                .words
                .iter()
                .map(|of| (part(word, of, query.ordinary), weigh(of)))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let (likeness, weight) = best.filter(|(likeness, _)| *likeness > 0.0).unwrap_or((0.0, weigh(word)));
            typed = (typed.0 + likeness * weight, typed.1 + weight);
        }
        for of in &name.words {
            let likeness = query.words.iter().map(|word| part(word, of, query.ordinary)).fold(0.0, f32::max);
            named = (named.0 + likeness * weigh(of), named.1 + weigh(of));
        }
        let (precision, recall) = (ratio(typed), ratio(named));
        if precision + recall == 0.0 { 0.0 } else { 1.25 * precision * recall / (0.25 * precision + recall) }
    }
}

/// What may be meant: what is described so, then what is called like that.
fn offers<'a>(corpus: &'a Corpus, described: &[(f32, Target)], called: &[(f32, Target)]) -> Vec<&'a Muscle> {
    let likely = described.iter().take_while(|(likely, _)| *likely >= LIKELY);
    let called = called.iter().take_while(|(score, _)| *score >= OFFERED);
    let mut offers: Vec<&Muscle> = Vec::new();
    for (_, target) in likely.chain(called) {
        let muscles: Vec<&Muscle> = match found(corpus, *target) {
            Found::Muscle(muscle) => vec![muscle],
            Found::Group(group) => corpus.muscles.of(&group.muscles).collect(),
            Found::Thing(_) | Found::Nothing(_) => Vec::new(),
        };
        for muscle in muscles {
            if offers.len() < OFFERS && !offers.iter().any(|of| of.id == muscle.id) {
                offers.push(muscle);
            }
        }
    }
    offers
}

/// The first of those ranked, where it has such a score and is well ahead.
fn clear(ranked: &[(f32, Target)], least: f32) -> Option<Target> {
    let (&(best, target), rest) = ranked.split_first()?;
    let ahead = rest.first().is_none_or(|next| best - next.0 >= AHEAD);
    (best >= least && ahead).then_some(target)
}

pub(super) fn found(corpus: &Corpus, target: Target) -> Found<'_> {
    match target {
        Target::Muscle(at) => Found::Muscle(&corpus.muscles.list[at]),
        Target::Group(at) => Found::Group(&corpus.muscles.groups[at]),
        Target::Thing(at) => Found::Thing(&corpus.muscles.things[at]),
    }
}

pub(super) fn order(target: Target) -> (usize, usize) {
    match target {
        Target::Muscle(at) => (0, at),
        Target::Group(at) => (1, at),
        Target::Thing(at) => (2, at),
    }
}

/// What was typed as folded words; of a whole story only the beginning, as no name is longer.
pub(super) fn asked(query: &str) -> String {
    let end = query.char_indices().nth(LONGEST).map_or(query.len(), |(at, _)| at);
    spaced(&query[..end])
}

/// All names of a muscle, its own first.
pub(super) fn names(muscle: &Muscle) -> impl Iterator<Item = &str> {
    let latin = muscle.latin.split([',', ';', ':']).map(|part| part.trim().trim_start_matches("also "));
    std::iter::once(muscle.name.as_str()).chain(latin).chain(muscle.aliases.iter().map(String::as_str))
}

/// Folded words with one space between them.
pub(super) fn spaced(text: &str) -> String {
    words(&fold(text)).collect::<Vec<_>>().join(" ")
}

#[allow(clippy::cast_precision_loss)] // entries are few
fn weight(all: usize, owners: usize) -> f32 {
    (1.0 + all as f32 / owners.max(1) as f32).ln()
}
