//! What a message asks about: its words, with synonyms, mended spelling and weights.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::terms::{Collected, Term, Terms, content};
use crate::corpus::Lexicon;
use crate::generation::{Generation, GenerationError, Table};
use crate::language::{self, Language, Spelling};

/// What a synonym counts against the word itself.
const SYNONYM: f32 = 0.9;
/// What a one-way meaning counts.
const MEANING: f32 = 0.8;
/// A word that the corpus has never heard of weighs this share of the most that a word can.
const UNHEARD: f32 = 0.6;
/// What a word that is mostly talk counts.
const CHATTY: f32 = 0.3;
/// What a thing counts each time that it is asked for again, against the first time.
const AGAIN: f32 = 0.5;
/// Words beyond these are not mended, so that a wall of noise stays cheap.
const MOST_MENDED: usize = 400;

/// One thing that a message asks about: a word or a fixed phrase, with all that says the same.
#[derive(Debug, Clone)]
pub struct Unit {
    /// How much it tells among the passages.
    pub(super) weight: f32,
    /// How much it tells among the questions that passages answer.
    pub(super) label_weight: f32,
    /// How much it tells among titles and headings.
    pub(super) title_weight: f32,
    /// Whether it is mostly talk.
    is_talk: bool,
    /// 1 where it was asked for, less where it was carried over.
    pub(super) share: f32,
    /// What says it; none where no passage does.
    pub(super) ways: Vec<Way>,
}

/// Terms that must stand together, and what they count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Way {
    pub(super) terms: Vec<Term>,
    pub(super) worth: f32,
}

/// What a message asks about.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// The stems of all its words, mended, in order.
    pub(super) stems: Vec<String>,
    /// Words and phrases with content.
    pub(super) units: Vec<Unit>,
    /// The other words: they count in questions only.
    pub(super) function: Vec<Term>,
}

/// The words after the first of a wrong spelling, and the words that are meant.
type Fixed = (Vec<String>, Vec<String>);
/// The terms of a lexicon entry, and what says the same.
type Listed = (Vec<Term>, Vec<Way>);

/// The files of a reader.
const NAME: &str = "queries";
const FIXED: &str = "fixed";
const LEXICON: &str = "lexicon";

/// Reads messages into queries.
#[derive(Clone)]
pub(super) struct Reader {
    language: Language,
    spelling: Spelling,
    /// Spellings that no guess finds, by their first word; the longest first.
    fixed: Table<Vec<Fixed>>,
    /// The lexicon's entries, by their first term; the longest first.
    lexicon: Table<Vec<Listed>>,
}

impl Reader {
    /// Learns the lexicon and, for spelling, the words of the corpus.
    pub(super) fn build(
        language: &Language,
        lexicon: &Lexicon,
        words: &[String],
        terms: &mut Collected,
        generation: &Generation,
    ) -> Result<Self, GenerationError> {
        let same = lexicon.same.iter().flat_map(|group| &group.terms);
        let means = lexicon.means.iter().flat_map(|means| means.say.iter().chain(&means.find));
        let listed: Vec<String> = same.chain(means).map(|term| language::fold(term).into_owned()).collect();
        let words = words.iter().map(String::as_str).chain(listed.iter().flat_map(|term| language::words(term)));
        let spelling = Spelling::new(words.chain(language.stop_words()));
        let mut fixed: FxHashMap<String, Vec<Fixed>> = FxHashMap::default();
        for (wrong, right) in &lexicon.spelling {
            let mut wrong = split(wrong).into_iter();
            let Some(first) = wrong.next() else { continue };
            fixed.entry(first).or_default().push((wrong.collect(), split(right)));
        }
        fixed.values_mut().for_each(|all| all.sort_by_key(|(rest, _)| usize::MAX - rest.len()));
        generation.put_table(FIXED, fixed)?;
        let mut listed: FxHashMap<Term, Vec<Listed>> = FxHashMap::default();
        let mut read = |text: &String| terms.read(language, text);
        let mut learn = |said: &String, find: &mut dyn Iterator<Item = &String>, worth| {
            let ways = find.map(|text| Way { terms: content_or_all(&read(text)), worth }).collect::<Vec<_>>();
            let said: Vec<Term> = read(said).into_iter().map(|(term, _)| term).collect();
            let Some(first) = said.first() else { return };
            let known = listed.entry(*first).or_default();
            match known.iter_mut().find(|(other, _)| *other == said) {
                Some((_, all)) => all.extend(ways),
                None => known.push((said, ways)),
            }
        };
        for group in &lexicon.same {
            for said in &group.terms {
                learn(said, &mut group.terms.iter().filter(|other| *other != said), SYNONYM);
            }
        }
        for means in &lexicon.means {
            for said in &means.say {
                learn(said, &mut means.find.iter(), MEANING);
            }
        }
        listed.values_mut().for_each(|all| all.sort_by_key(|(said, _)| usize::MAX - said.len()));
        generation.put_table(LEXICON, listed.into_iter().map(|(first, all)| (first.to_be_bytes(), all)))?;
        Self::with(language.clone(), spelling, generation)
    }

    fn with(language: Language, spelling: Spelling, generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self { language, spelling, fixed: generation.table(FIXED)?, lexicon: generation.table(LEXICON)? })
    }

    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        let (language, spelling) = generation.get(NAME)?;
        Self::with(language, spelling, generation)
    }

    /// Writes what may differ from one generation to the next: the lexicon is of the folder alone.
    pub(super) fn put(&self, generation: &Generation) -> Result<(), GenerationError> {
        generation.put(NAME, &(&self.language, &self.spelling))
    }

    /// Learns that words came into the texts, and that others went.
    pub(super) fn learn_words(&mut self, came: &[String], went: &[String]) {
        let mut counts = self.spelling.counts();
        for word in came {
            *counts.entry(word.clone()).or_default() += 1;
        }
        for word in went {
            if let Some(count) = counts.get_mut(word) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(word);
                }
            }
        }
        self.spelling = Spelling::counted(counts);
    }

    /// The terms of the lexicon.
    pub(super) fn lexicon_terms(&self) -> FxHashSet<Term> {
        let listed = self.lexicon.values().flatten();
        listed.flat_map(|(said, ways)| said.into_iter().chain(ways.into_iter().flat_map(|way| way.terms))).collect()
    }

    /// What a message asks about.
    pub(super) fn read(&self, terms: &Terms, text: &str) -> Query {
        let folded = language::fold(text);
        let words = self.mended(&folded);
        let stems: Vec<String> = words.iter().map(|word| self.language.stem(word).into_owned()).collect();
        let numbers: Vec<Option<Term>> = stems.iter().map(|stem| terms.of_stem(stem)).collect();
        let mut query = Query { stems, ..Query::default() };
        let mut at = 0;
        while at < words.len() {
            let (length, more) = self.listed(&numbers[at..]).unwrap_or((1, Vec::new()));
            let here = at..at + length;
            at += length;
            let own: Vec<Term> = here
                .clone()
                .filter(|&word| !self.language.is_stop_word(&words[word]))
                .filter_map(|word| numbers[word])
                .collect();
            if here.clone().all(|word| self.language.is_stop_word(&words[word])) && more.is_empty() {
                query.function.extend(here.filter_map(|word| numbers[word]));
                continue;
            }
            let mut ways = Vec::with_capacity(more.len() + 1);
            if !own.is_empty() {
                ways.push(Way { terms: own, worth: 1.0 });
            }
            ways.extend(more);
            let mut unit = Unit::new(terms, ways);
            if length == 1 && self.language.is_chatty(&words[here.start]) {
                unit.is_talk = true;
                unit.weight *= CHATTY;
                unit.title_weight *= CHATTY;
            }
            match query.units.iter_mut().find(|other| !unit.ways.is_empty() && other.ways == unit.ways) {
                Some(other) => other.weight += AGAIN * unit.weight,
                None => query.units.push(unit),
            }
        }
        query.function.sort_unstable();
        query.function.dedup();
        query
    }

    /// Whether a folded word stands in the texts or the lexicon; what people ask may be in any language.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.spelling.knows(word)
    }

    /// The longest term of the lexicon that these begin with: its length, and what says the same.
    fn listed(&self, numbers: &[Option<Term>]) -> Option<(usize, Vec<Way>)> {
        let first = (*numbers.first()?)?;
        let (said, ways) = self.lexicon.get(first.to_be_bytes())?.into_iter().find(|(said, _)| {
            said.len() <= numbers.len() && said.iter().zip(numbers).all(|(wanted, found)| Some(*wanted) == *found)
        })?;
        Some((said.len(), ways))
    }

    fn mended<'a>(&'a self, folded: &'a str) -> Vec<Cow<'a, str>> {
        let typed: Vec<&str> = language::words(folded).collect();
        let mut words = Vec::with_capacity(typed.len());
        let mut at = 0;
        while at < typed.len() {
            let after = &typed[at + 1..];
            let fixed = self.fixed.get(typed[at]).and_then(|all| {
                all.into_iter().find(|(rest, _)| {
                    rest.len() <= after.len() && rest.iter().zip(after).all(|(wanted, found)| wanted == found)
                })
            });
            if let Some((rest, right)) = fixed {
                words.extend(right.into_iter().map(Cow::Owned));
                at += 1 + rest.len();
                continue;
            }
            let language = &self.language;
            let word = if at == 0 { language.spelt_first(typed[at]) } else { language.spelt(typed[at]) };
            let right = if words.len() < MOST_MENDED { self.spelling.correct(&self.language, word) } else { None };
            words.push(Cow::Borrowed(right.unwrap_or(word)));
            at += 1;
        }
        words
    }
}

impl Unit {
    fn new(terms: &Terms, mut ways: Vec<Way>) -> Self {
        ways.retain(|way| !way.terms.is_empty() && way.terms.iter().all(|&term| terms.held_by(term) > 0));
        let held = |way: &Way| way.terms.iter().map(|&term| terms.held_by(term)).min().unwrap_or(0);
        let Some(most) = ways.iter().map(held).max() else {
            let (weight, label_weight) = (UNHEARD * terms.idf(0), UNHEARD * terms.unheard_idf());
            return Self { weight, label_weight, title_weight: label_weight, is_talk: false, share: 1.0, ways };
        };
        let in_label = |way: &Way| way.terms.iter().map(|&term| terms.label_idf(term)).sum::<f32>();
        let label_weight = ways.first().map_or(0.0, in_label);
        Self { weight: terms.idf(most), label_weight, title_weight: label_weight, is_talk: false, share: 1.0, ways }
    }

    /// How much it tells.
    pub(crate) fn weight(&self) -> f32 {
        self.weight
    }

    /// Whether any passage has it.
    pub(crate) fn is_known(&self) -> bool {
        !self.ways.is_empty()
    }

    /// Whether it is a thing that the corpus speaks of, rather than talk.
    pub(crate) fn is_a_thing(&self) -> bool {
        self.is_known() && !self.is_talk
    }
}

impl Query {
    /// The stems of all its words, mended, in order.
    pub(crate) fn stems(&self) -> &[String] {
        &self.stems
    }

    /// How much all that is asked about tells.
    pub(crate) fn weight(&self) -> f32 {
        self.units.iter().map(Unit::weight).sum()
    }

    /// What is asked about.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// Takes over what another one, from before, asks about, telling less.
    pub(crate) fn carry_over(&mut self, other: Self, by: f32) {
        self.stems.splice(..0, other.stems);
        self.units.extend(other.units.into_iter().map(|unit| Unit {
            weight: unit.weight * by,
            label_weight: unit.label_weight * by,
            title_weight: unit.title_weight * by,
            share: unit.share * by,
            ..unit
        }));
    }
}

/// The terms with content, or all where none has.
fn content_or_all(read: &[(Term, bool)]) -> Vec<Term> {
    let content: Vec<Term> = content(read).collect();
    if content.is_empty() { read.iter().map(|&(term, _)| term).collect() } else { content }
}

fn split(text: &str) -> Vec<String> {
    language::words(&language::fold(text)).map(str::to_owned).collect()
}
