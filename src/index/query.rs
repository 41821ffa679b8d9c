//! What a message asks about: its words, with synonyms, mended spelling and weights.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::compound::Compound;
use super::terms::{Collected, Term, Terms, content};
use crate::corpus::Lexicon;
use crate::generation::{Generation, GenerationError, Table, key_of};
use crate::language::{self, Language, Spelling};

/// What a compound counts that is typed otherwise than the texts write it.
const SAME_WORD: f32 = 1.0;
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

/// The terms of a lexicon entry, and what says the same.
type Listed = (Vec<Term>, Vec<Way>);

/// Its files.
const LANGUAGE: &str = "queries.language";
const SPELLING: &str = "queries.spelling";
const FIXED: &str = "fixed";
const LEXICON: &str = "lexicon";

/// Reads messages into queries.
#[derive(Clone)]
pub(super) struct Queries {
    language: Language,
    spelling: Spelling,
    /// The words that are meant, by those of a spelling that no guess finds.
    fixed: Table<Vec<String>>,
    /// The lexicon's entries, by their terms.
    lexicon: Table<Listed>,
}

impl Queries {
    /// Learns the lexicon, the compounds and, for spelling, the words of the corpus.
    pub(super) fn build(
        language: &Language,
        lexicon: &Lexicon,
        compounds: &[Compound],
        words: &[String],
        terms: &mut Collected,
        generation: &Generation,
    ) -> Result<Self, GenerationError> {
        let same = lexicon.same.iter().flat_map(|group| &group.terms);
        let means = lexicon.means.iter().flat_map(|means| means.say.iter().chain(&means.find));
        let typed = compounds.iter().map(|compound| &compound.typed);
        let listed: Vec<String> =
            same.chain(means).chain(typed).map(|term| language::fold(term).into_owned()).collect();
        let words = words.iter().map(String::as_str).chain(listed.iter().flat_map(|term| language::words(term)));
        let spelling = Spelling::new(words.chain(language.stop_words()));
        let mut fixed: FxHashMap<Vec<u8>, Vec<String>> = FxHashMap::default();
        for (wrong, right) in &lexicon.spelling {
            fixed.entry(key_of(language::words_of(wrong))).or_insert_with(|| language::words_of(right));
        }
        generation.put_table(FIXED, fixed)?;
        let mut listed: FxHashMap<Vec<Term>, Vec<Way>> = FxHashMap::default();
        let mut read = |text: &String| terms.read(language, text);
        let mut learn = |said: &String, find: &mut dyn Iterator<Item = &String>, worth| {
            let ways = find.map(|text| Way { terms: content_or_all(&read(text)), worth }).collect::<Vec<_>>();
            listed.entry(read(said).into_iter().map(|(term, _)| term).collect()).or_default().extend(ways);
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
        for Compound { typed, written } in compounds {
            learn(typed, &mut std::iter::once(written), SAME_WORD);
        }
        let by_terms = |entry: Listed| (key_of(entry.0.iter().map(|term| term.to_be_bytes())), entry);
        generation.put_table(LEXICON, listed.into_iter().map(by_terms))?;
        Self::with(language.clone(), spelling, generation)
    }

    fn with(language: Language, spelling: Spelling, generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self { language, spelling, fixed: generation.table(FIXED)?, lexicon: generation.table(LEXICON)? })
    }

    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Self::with(generation.get(LANGUAGE)?, Spelling::open(SPELLING, generation)?, generation)
    }

    /// Writes what may differ from one generation to the next: the lexicon is of the folder alone.
    pub(super) fn put(&self, generation: &Generation) -> Result<(), GenerationError> {
        self.spelling.put(SPELLING, generation);
        generation.put(LANGUAGE, &self.language)
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
        let listed = self.lexicon.values();
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
            let known = numbers[at..].iter().map_while(|number| *number);
            let listed = self.lexicon.longest(known.map(u32::to_be_bytes));
            let (length, more) = listed.map_or((1, Vec::new()), |(length, (_, ways))| (length, ways));
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

    /// The words that tell what a message asks about, the same for messages that ask the same: mended, without what is
    /// mostly talk, each by its stem, and what the lexicon takes for the same by one name.
    pub(super) fn telling(&self, terms: &Terms, text: &str) -> Vec<String> {
        let folded = language::fold(text);
        let words = self.mended(&folded);
        let stems: Vec<Cow<'_, str>> = words.iter().map(|word| self.language.stem(word)).collect();
        let numbers: Vec<Option<Term>> = stems.iter().map(|stem| terms.of_stem(stem)).collect();
        let (mut telling, mut at) = (Vec::new(), 0);
        while at < words.len() {
            let known: Vec<Term> = numbers[at..].iter().map_while(|number| *number).collect();
            if let Some((length, names)) = self.names(&known) {
                telling.extend(names);
                at += length;
                continue;
            }
            if !self.language.is_talk(&words[at]) {
                telling.push(numbers[at].map_or_else(|| stems[at].to_string(), |number| name(&[number])));
            }
            at += 1;
        }
        telling
    }

    /// By which names the lexicon's entry goes that these terms begin with, and how many of them it has.
    fn names(&self, terms: &[Term]) -> Option<(usize, Vec<String>)> {
        let (length, (_, ways)) = self.lexicon.longest(terms.iter().map(|term| term.to_be_bytes()))?;
        let same = ways.iter().filter(|way| way.worth >= SYNONYM).map(|way| way.terms.as_slice());
        if let Some(first) = same.clone().min() {
            return Some((length, vec![name(first.min(&terms[..length]))]));
        }
        // What people say is called what the corpus calls it.
        let means = ways.first().map_or(&terms[..length], |way| &way.terms);
        let of_same = |means: &[Term]| {
            let (length, (_, ways)) = self.lexicon.longest(means.iter().map(|term| term.to_be_bytes()))?;
            let same = ways.iter().filter(|way| length == means.len() && way.worth >= SYNONYM);
            same.map(|way| way.terms.as_slice()).chain([means]).min().map(name)
        };
        let names = of_same(means).map_or_else(|| means.iter().map(|term| name(&[*term])).collect(), |name| vec![name]);
        Some((length, names))
    }

    /// Whether a folded word stands in the texts or the lexicon; what people ask may be in any language.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.spelling.knows(word)
    }

    fn mended<'a>(&'a self, folded: &'a str) -> Vec<Cow<'a, str>> {
        let typed: Vec<&str> = language::words(folded).filter(|word| !self.language.is_filler(word)).collect();
        let mut words = Vec::with_capacity(typed.len());
        let mut at = 0;
        while at < typed.len() {
            if let Some((length, right)) = self.fixed.longest(&typed[at..]) {
                words.extend(right.into_iter().map(Cow::Owned));
                at += length;
                continue;
            }
            let language = &self.language;
            let word = if at == 0 { language.spelt_first(typed[at]) } else { language.spelt(typed[at]) };
            at += 1;
            if words.len() >= MOST_MENDED {
                words.push(Cow::Borrowed(word));
            } else if let Some(right) = self.spelling.correct(language, word) {
                words.push(Cow::Borrowed(right));
            } else if let Some((one, other)) = self.spelling.apart(language, word) {
                words.extend([Cow::Borrowed(one), Cow::Borrowed(other)]);
            } else {
                words.push(Cow::Borrowed(word));
            }
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
            return Self { weight, label_weight, title_weight: label_weight, is_talk: false, ways };
        };
        let in_label = |way: &Way| way.terms.iter().map(|&term| terms.label_idf(term)).sum::<f32>();
        let label_weight = ways.first().map_or(0.0, in_label);
        Self { weight: terms.idf(most), label_weight, title_weight: label_weight, is_talk: false, ways }
    }

    /// How much it tells.
    pub(crate) fn weight(&self) -> f32 {
        self.weight
    }

    /// Whether any passage has it.
    pub(crate) fn is_known(&self) -> bool {
        !self.ways.is_empty()
    }

    /// Whether it is mostly talk.
    pub(crate) fn is_talk(&self) -> bool {
        self.is_talk
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

    /// Takes over what another one, from before, asks about besides, telling less.
    pub(crate) fn carry_over(&mut self, other: &Self, by: f32) {
        self.stems.splice(..0, other.stems.iter().cloned());
        let own = self.units.len();
        for unit in &other.units {
            if unit.ways.is_empty() || self.units[..own].iter().all(|own| own.ways != unit.ways) {
                self.units.push(Unit {
                    weight: unit.weight * by,
                    label_weight: unit.label_weight * by,
                    title_weight: unit.title_weight * by,
                    ..unit.clone()
                });
            }
        }
    }
}

/// The terms with content, or all where none has.
fn content_or_all(read: &[(Term, bool)]) -> Vec<Term> {
    let content: Vec<Term> = content(read).collect();
    if content.is_empty() { read.iter().map(|&(term, _)| term).collect() } else { content }
}

/// A name for terms that stand together.
fn name(terms: &[Term]) -> String {
    terms.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
