//! Finds what somebody means, by any name, spelt or heard in any way.

use rustc_hash::{FxHashMap, FxHashSet};

use super::described::Descriptions;
use super::likeness::{Form, Word, likeness, part, ratio};
use crate::corpus::{Corpus, Group, Muscle, Thing};
use crate::generation::{Generation, GenerationError};
use crate::language::{Language, fold, sound, words};

/// From this score on a name is taken. Chosen on tests/questions/muscles.jsonl, as are the others.
const TAKEN: f32 = 0.8;
/// The same for a single word that may mean a thing: they have many names, and most are ordinary words.
const THING_TAKEN: f32 = 0.88;
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
/// A word with which a name may go on and name something else has at most so many others beside it: "psoas sign".
const COMPOUND_WORDS: usize = 3;
/// What a single word has to score next to a name of ordinary words: many words are near one of those.
const NEAR_ORDINARY: f32 = 0.85;
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
    /// Those that are skipped and say that a muscle is meant.
    muscle_words: FxHashSet<String>,
    no_names: FxHashSet<String>,
    /// What a phrase means that ends in this word.
    heads: FxHashMap<String, usize>,
    /// The things that are no muscles.
    no_muscles: FxHashSet<usize>,
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
        let set = |words: &[String]| words.iter().map(|word| spaced(word)).collect::<FxHashSet<String>>();
        let muscle_words = set(&muscles.muscle_words);
        let skip = &set(&muscles.skip) | &muscle_words;
        let things = || muscles.things.iter().enumerate();
        let heads = things().flat_map(|(at, thing)| thing.heads.iter().map(move |word| (spaced(word), at)));
        let language = corpus.language.clone();
        let mut finder = Self {
            names: Vec::new(),
            exact: FxHashMap::default(),
            weights: FxHashMap::default(),
            skip,
            muscle_words,
            no_names: set(&muscles.no_names),
            heads: heads.collect(),
            no_muscles: things().filter(|(_, thing)| !thing.is_muscle).map(|(at, _)| at).collect(),
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
            let words = || folded.split(' ').filter(|word| !word.is_empty());
            kept = words().filter(|word| !self.skip.contains(*word)).collect();
            if kept.is_empty() {
                kept = words().collect();
            }
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
            says_muscle: self.says_muscle(folded),
        }
    }

    /// What a name means.
    #[must_use]
    pub fn find<'a>(&self, corpus: &'a Corpus, query: &str) -> Found<'a> {
        let folded = asked(query);
        if self.no_names.contains(&folded) {
            return Found::Nothing(Vec::new());
        }
        if let Some(target) = self.exactly(&folded) {
            return found(corpus, target);
        }
        let ranked = self.ranked(&folded);
        let words = folded.split(' ').filter(|word| self.carries(word)).count();
        // One word is a name, or nothing.
        let mut described = if words > 1 { self.descriptions.whose(corpus, &folded) } else { Vec::new() };
        described.retain(|(_, target)| self.may_be(*target, &folded));
        let is_thing = matches!(ranked.first(), Some((_, Target::Thing(_))));
        let least = if words == 1 && is_thing { THING_TAKEN } else { TAKEN };
        let called = clear(&ranked, least);
        let meant = called.or_else(|| self.told(&folded, words, &described));
        // A thing that has a name of its own is told before the kind of thing that it is.
        let head = self.head(&folded).filter(|_| words < MANY_WORDS && !matches!(meant, Some(Target::Thing(_))));
        match head.or(meant) {
            Some(target) => found(corpus, target),
            None => Found::Nothing(offers(corpus, &described, &ranked)),
        }
    }

    /// What is meant by words that are like no name: one among others, or what is described so.
    fn told(&self, folded: &str, words: usize, described: &[(f32, Target)]) -> Option<Target> {
        if self.is_compound(folded) {
            return None;
        }
        let told = |least: f32| described.first().filter(|(likely, _)| *likely >= least).map(|(_, target)| *target);
        let at_length = if words >= MANY_WORDS { told(DESCRIBED_WELL) } else { None };
        let alone = || told(if words >= FEW_WORDS { DESCRIBED } else { DESCRIBED_WELL });
        at_length.or_else(|| self.within(folded)).or_else(alone)
    }

    /// Whether something can be meant: who says that it is a muscle means none of the things that are not.
    fn may_be(&self, target: Target, folded: &str) -> bool {
        !matches!(target, Target::Thing(at) if self.no_muscles.contains(&at)) || !self.says_muscle(folded)
    }

    fn says_muscle(&self, folded: &str) -> bool {
        folded.split(' ').any(|word| self.muscle_words.contains(word))
    }

    /// The kind of thing that a word makes of whatever stands before it ("psoas abscess"), or of what is said of it
    /// ("artery of the hip").
    fn head(&self, folded: &str) -> Option<Target> {
        let words: Vec<&str> = folded.split(' ').collect();
        let last = words.iter().rposition(|word| self.carries(word))?;
        let first = words.iter().position(|word| self.carries(word))?;
        let goes_on = words.get(first + 1).is_some_and(|word| self.language.is_stop_word(word));
        let places = [Some(last), goes_on.then_some(first)].into_iter().flatten();
        let is_its_own = |at: usize| at > 0 && self.muscle_words.contains(words[at - 1]);
        let head = |at: usize| self.heads.get(words[at]).filter(|_| is_its_own(at) || !self.says_muscle(folded));
        places.filter_map(head).map(|thing| Target::Thing(*thing)).next()
    }

    /// Whether a name goes on with an ordinary word and so names something else: "psoas sign", "tensor lamp". Who tells
    /// of a muscle ("my psoas hates me") uses words that carry nothing as well.
    fn is_compound(&self, folded: &str) -> bool {
        let words: Vec<&str> = folded.split(' ').collect();
        let [names @ .., last] = words.as_slice() else { return false };
        !names.is_empty()
            && words.len() <= COMPOUND_WORDS
            && words.iter().all(|word| self.carries(word))
            && self.language.is_known(last)
            && !self.weights.contains_key(&*self.language.stem(last))
            && names.iter().any(|word| !self.language.is_known(word))
            && self.is_about_one(&names.join(" "))
    }

    /// Whether words name a muscle or several, alone or among others.
    fn is_about_one(&self, folded: &str) -> bool {
        let target = self.exactly(folded).or_else(|| self.within(folded));
        matches!(target, Some(Target::Muscle(_) | Target::Group(_)))
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
                let target = target.filter(|target| self.may_be(*target, folded));
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
        // "it band pain" has an "it" that carries something, and "sore pelvic muscles" a word that tells it from a bone.
        let is_said = |word: &&str| !self.skip.contains(*word) || self.muscle_words.contains(*word);
        let not_skipped = folded.split(' ').filter(is_said).collect::<Vec<_>>().join(" ");
        let forms = [folded.to_owned(), not_skipped, kept, folded.replace(' ', ""), form.joined.text];
        let singular = |name: &String| name.strip_suffix('s').map(str::to_owned);
        // Its own name may have such a word in it, and names what it names.
        let found = |name: &String| {
            let target = self.exact.get(name).copied()?;
            (name == folded || self.may_be(target, folded)).then_some(target)
        };
        forms.iter().find_map(found).or_else(|| {
            let others = forms.iter().filter_map(singular).chain(forms.iter().map(|name| format!("{name}s")));
            others.filter(|name| name.len() >= 2).find_map(|name| found(&name))
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
        best.retain(|target, _| self.may_be(*target, folded));
        let mut ranked: Vec<(f32, Target)> = best.into_iter().map(|(target, score)| (score, target)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| order(a.1).cmp(&order(b.1))));
        ranked
    }

    pub(super) fn score(&self, query: &Form, name: &Form) -> f32 {
        let is_single = query.words.len() == 1;
        // "bathroom" is no name of the bathroom muscles.
        if is_single && query.ordinary && name.ordinary && name.says_muscle && !query.says_muscle {
            return 0.0;
        }
        let whole = likeness(&query.whole, &name.whole);
        let joined = likeness(&query.joined, &name.joined).max(whole);
        let is_ordinary = query.ordinary || (is_single && name.ordinary);
        let least = if query.ordinary { ORDINARY } else { NEAR_ORDINARY };
        if is_ordinary && joined < least {
            return self.shared(query, name, is_ordinary);
        }
        joined.max(self.shared(query, name, is_ordinary)) + WHOLE * whole
    }

    /// How much of what was typed stands in the name, and how much of the name was typed; the first
    /// counts more, as names are often cut short.
    fn shared(&self, query: &Form, name: &Form, ordinary: bool) -> f32 {
        let weigh = |word: &Word| self.weights.get(&word.stem).copied().unwrap_or(2.0);
        let (mut typed, mut named) = ((0.0, 0.0), (0.0, 0.0));
        for word in &query.words {
            let best =
                name.words.iter().map(|of| (part(word, of, ordinary), weigh(of))).max_by(|a, b| a.0.total_cmp(&b.0));
            let (likeness, weight) = best.filter(|(likeness, _)| *likeness > 0.0).unwrap_or((0.0, weigh(word)));
            typed = (typed.0 + likeness * weight, typed.1 + weight);
        }
        for of in &name.words {
            let likeness = query.words.iter().map(|word| part(word, of, ordinary)).fold(0.0, f32::max);
            named = (named.0 + likeness * weigh(of), named.1 + weigh(of));
        }
        let (precision, recall) = (ratio(typed), ratio(named));
        // Ordinary words are no name cut short: "medium", "bottom".
        let more = if ordinary { 1.0 } else { 0.25 };
        ratio(((1.0 + more) * precision * recall, more * precision + recall))
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
