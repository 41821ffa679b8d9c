//! All the names there are, and how well each fits what was typed.

use rustc_hash::{FxHashMap, FxHashSet};

use super::likeness::{Form, Word, likeness, part, ratio};
use super::target::{Target, targets};
use super::words::{Query, Words, spaced};
use crate::corpus::{Corpus, Muscle};

/// What the words count that carry nothing else, where all the rest is equal. Chosen on
/// tests/questions/muscles.jsonl, as are the others here.
const WHOLE: f32 = 0.08;
/// What a single word has to score next to a name of ordinary words: many words are near one of those.
const NEAR_ORDINARY: f32 = 0.85;
/// What ordinary words have to score by their letters: they are hardly ever a misspelt name.
const ORDINARY: f32 = 0.9;
/// How much of a name has to be typed, next to how much of what was typed has to stand in it: names are often cut short.
const RECALL: f32 = 0.25;
/// What a word weighs that stands in no name.
const STRANGE: f32 = 2.0;
/// So far the best must be ahead of the next one that means something else.
const AHEAD: f32 = 0.03;

/// A name in the forms in which it is compared.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) target: Target,
    pub(super) written: String,
    pub(super) folded: String,
    pub(super) form: Form,
}

/// The names of a corpus's muscles, of its groups, and of what is no muscle.
#[derive(Clone)]
pub(super) struct Names {
    pub(super) all: Vec<Name>,
    exact: FxHashMap<String, Target>,
    /// By their words in the order of the alphabet.
    turned: FxHashMap<String, Target>,
    weights: FxHashMap<String, f32>,
    /// The things that are no muscles.
    no_muscles: FxHashSet<usize>,
    pub(super) words: Words,
}

impl Names {
    pub(super) fn new(corpus: &Corpus) -> Self {
        let muscles = &corpus.muscles;
        let things = muscles.things.iter().enumerate();
        let mut names = Self {
            all: Vec::new(),
            exact: FxHashMap::default(),
            turned: FxHashMap::default(),
            weights: FxHashMap::default(),
            no_muscles: things.filter(|(_, thing)| !thing.is_muscle).map(|(at, _)| at).collect(),
            words: Words::new(corpus),
        };
        for target in targets(corpus) {
            match target {
                Target::Muscle(at) => names.learn(target, of_muscle(&muscles.list[at])),
                Target::Group(at) => names.learn(target, called(&muscles.groups[at].name, &muscles.groups[at].terms)),
                Target::Thing(at) => names.learn(target, called(&muscles.things[at].name, &muscles.things[at].terms)),
            }
        }
        names.weigh();
        names
    }

    fn learn<'a>(&mut self, target: Target, names: impl Iterator<Item = &'a str>) {
        for name in names {
            let folded = spaced(name);
            let form = self.words.form(&folded);
            self.exact.entry(folded.clone()).or_insert(target);
            self.exact.entry(folded.replace(' ', "")).or_insert(target);
            self.turned.entry(turned(&folded)).or_insert(target);
            self.all.push(Name { target, written: name.to_owned(), folded, form });
        }
    }

    /// A word that few entries have tells more than one that many have.
    fn weigh(&mut self) {
        let mut owners: FxHashMap<&str, FxHashSet<Target>> = FxHashMap::default();
        for name in &self.all {
            for word in &name.form.words {
                owners.entry(&word.stem).or_default().insert(name.target);
            }
        }
        let all = self.all.iter().map(|name| name.target).collect::<FxHashSet<_>>().len();
        self.weights = owners.into_iter().map(|(stem, of)| (stem.to_owned(), weight(all, of.len()))).collect();
    }

    /// Reads what was typed, and whom it names as a neighbour.
    pub(super) fn read(&self, typed: &str) -> Query {
        let query = self.words.read(typed);
        Query { beside: self.neighbour(&query), ..query }
    }

    /// Whether something can be meant: who says that it is a muscle means none of the things that are not, and who
    /// names a muscle as a neighbour means another one.
    pub(super) fn may_be(&self, target: Target, query: &Query) -> bool {
        match target {
            Target::Thing(at) => !query.form.says_muscle || !self.no_muscles.contains(&at),
            Target::Muscle(_) | Target::Group(_) => query.beside != Some(target),
        }
    }

    /// Whether it is a muscle, or several, without a card.
    pub(super) fn is_muscle_elsewhere(&self, target: Target) -> bool {
        matches!(target, Target::Thing(at) if !self.no_muscles.contains(&at))
    }

    /// Whether these words are a name as the corpus spells it, with no other word beside it.
    pub(super) fn holds(&self, words: &str) -> bool {
        self.exact.contains_key(&spaced(words))
    }

    /// Whether a word stands in a name, in any of its forms.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.weights.contains_key(&*self.words.language.stem(word))
    }

    /// The name as it stands, or without the words that carry nothing, or as a plural, or its words in another order.
    pub(super) fn exactly(&self, query: &Query) -> Option<Target> {
        let Query { folded, form, .. } = query;
        let kept = form.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        // "it band pain" has an "it" that carries something, and "sore pelvic muscles" a word that tells it from a bone.
        let is_said = |word: &&str| !self.words.is_skipped(word) || self.words.says_muscle(word);
        let not_skipped = folded.split(' ').filter(is_said).collect::<Vec<_>>().join(" ");
        let forms = [folded.clone(), not_skipped, kept, folded.replace(' ', ""), form.joined.text.clone()];
        let singular = |name: &String| name.strip_suffix('s').map(str::to_owned);
        // Its own name may have such a word in it, and names what it names.
        let found = |name: &String| {
            let target = self.exact.get(name).copied()?;
            (name == folded || self.may_be(target, query)).then_some(target)
        };
        forms
            .iter()
            .find_map(found)
            .or_else(|| {
                let others = forms.iter().filter_map(singular).chain(forms.iter().map(|name| format!("{name}s")));
                others.filter(|name| name.len() >= 2).find_map(|name| found(&name))
            })
            .or_else(|| {
                let target =
                    [&forms[1], &forms[2]].into_iter().find_map(|name| self.turned.get(&turned(name)).copied());
                target.filter(|target| self.may_be(*target, query))
            })
    }

    /// Every entry with the score of its best name, best first.
    pub(super) fn ranked(&self, query: &Query) -> Vec<(f32, Target)> {
        let mut best: FxHashMap<Target, f32> = FxHashMap::default();
        for name in &self.all {
            let score = self.score(&query.form, &name.form);
            let entry = best.entry(name.target).or_default();
            *entry = entry.max(score);
        }
        best.retain(|target, _| self.may_be(*target, query));
        let mut ranked: Vec<(f32, Target)> = best.into_iter().map(|(target, score)| (score, target)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
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

    /// How much of what was typed stands in the name, and how much of the name was typed.
    fn shared(&self, query: &Form, name: &Form, ordinary: bool) -> f32 {
        let weigh = |word: &Word| self.weights.get(&word.stem).copied().unwrap_or(STRANGE);
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
        let more = if ordinary { 1.0 } else { RECALL };
        ratio(((1.0 + more) * precision * recall, more * precision + recall))
    }
}

/// The first of those ranked, where it has such a score and is well ahead.
pub(super) fn clear(ranked: &[(f32, Target)], least: f32) -> Option<Target> {
    let (&(best, target), rest) = ranked.split_first()?;
    let ahead = rest.first().is_none_or(|next| best - next.0 >= AHEAD);
    (best >= least && ahead).then_some(target)
}

/// All names of a muscle, its own first.
pub(super) fn of_muscle(muscle: &Muscle) -> impl Iterator<Item = &str> {
    let latin = muscle.latin.split([',', ';', ':']).map(|part| part.trim().trim_start_matches("also "));
    std::iter::once(muscle.name.as_str()).chain(latin).chain(muscle.aliases.iter().map(String::as_str))
}

fn called<'a>(name: &'a str, others: &'a [String]) -> impl Iterator<Item = &'a str> {
    std::iter::once(name).chain(others.iter().map(String::as_str))
}

/// Words in the order of the alphabet, so that "max glute" is "glute max".
fn turned(folded: &str) -> String {
    let mut words: Vec<&str> = folded.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

#[allow(clippy::cast_precision_loss)] // entries are few
fn weight(all: usize, owners: usize) -> f32 {
    (1.0 + all as f32 / owners.max(1) as f32).ln()
}
