//! The terms of a corpus: stems with numbers and how many passages hold them.

use rustc_hash::FxHashMap;

use crate::corpus::Lexicon;
use crate::language::{self, Language, Spelling, WordReader};

/// A term's number.
pub(super) type Term = u32;
/// Most words in a lexicon term.
const LONGEST: usize = 6;
/// What a synonym counts against the word itself.
const SYNONYM: f32 = 0.9;
/// What a one-way meaning counts.
const MEANING: f32 = 0.8;

/// One thing that a question asks about: a word or a fixed phrase, with all that says the same.
#[derive(Debug, Clone)]
pub struct Unit {
    /// How much it tells: its inverse document frequency, as in BM25.
    pub(super) idf: f32,
    /// Whether any passage has it.
    pub(super) known: bool,
    /// Terms that must stand together, and what they count.
    pub(super) ways: Vec<(Vec<Term>, f32)>,
}

/// Stems, numbered, with how many passages hold each.
#[derive(Clone)]
pub(super) struct Terms {
    numbers: FxHashMap<String, Term>,
    names: Vec<String>,
    held_by: Vec<u32>,
    passages: u32,
    synonyms: FxHashMap<String, Vec<(Vec<Term>, f32)>>,
    fixed: FxHashMap<String, String>,
    spelling: Spelling,
    language: Language,
    reader: WordReader,
}

impl Terms {
    pub(super) fn new(language: &Language) -> Self {
        Self {
            numbers: FxHashMap::default(),
            names: Vec::new(),
            held_by: Vec::new(),
            passages: 0,
            synonyms: FxHashMap::default(),
            fixed: FxHashMap::default(),
            spelling: Spelling::default(),
            language: language.clone(),
            reader: language.reader(),
        }
    }

    /// The content terms of a text of the corpus, in order; unseen ones get a number.
    pub(super) fn read(&mut self, text: &str) -> Vec<Term> {
        let folded = language::fold(text);
        let mut terms = Vec::new();
        for word in language::words(&folded) {
            if !self.language.is_stop_word(word) {
                terms.push(self.number(word));
            }
        }
        terms
    }

    fn number(&mut self, word: &str) -> Term {
        let stem = self.reader.stem(word);
        if let Some(&term) = self.numbers.get(&stem) {
            return term;
        }
        let term = Term::try_from(self.names.len()).unwrap_or(Term::MAX);
        self.names.push(stem.clone());
        self.held_by.push(0);
        self.numbers.insert(stem, term);
        term
    }

    pub(super) fn name(&self, term: Term) -> &str {
        &self.names[term as usize]
    }

    /// Counts a passage that holds these distinct terms.
    pub(super) fn count(&mut self, distinct: &[Term]) {
        self.passages += 1;
        for &term in distinct {
            self.held_by[term as usize] += 1;
        }
    }

    /// Learns the lexicon and, for spelling, the words of the corpus.
    pub(super) fn learn(&mut self, lexicon: &Lexicon, words: &[String]) {
        let terms_of: Vec<&str> = lexicon
            .same
            .iter()
            .flat_map(|group| &group.terms)
            .chain(lexicon.means.iter().flat_map(|means| means.say.iter().chain(&means.find)))
            .map(String::as_str)
            .collect();
        let folded: Vec<String> = terms_of.iter().map(|term| language::fold(term).into_owned()).collect();
        let all = words.iter().map(String::as_str).chain(folded.iter().flat_map(|term| language::words(term)));
        self.spelling = Spelling::new(all);
        for (wrong, right) in &lexicon.spelling {
            let key = language::fold(wrong).split_whitespace().collect::<Vec<_>>().join(" ");
            self.fixed.insert(key, language::fold(right).into_owned());
        }
        let mut synonyms: FxHashMap<String, Vec<(Vec<Term>, f32)>> = FxHashMap::default();
        for group in &lexicon.same {
            for said in &group.terms {
                let ways = synonyms.entry(self.key(said)).or_default();
                for other in group.terms.iter().filter(|other| *other != said) {
                    ways.push((self.read_all(other), SYNONYM));
                }
            }
        }
        for means in &lexicon.means {
            for said in &means.say {
                let ways = synonyms.entry(self.key(said)).or_default();
                for found in &means.find {
                    ways.push((self.read_all(found), MEANING));
                }
            }
        }
        self.synonyms = synonyms;
    }

    /// Content terms, or all of them where there is nothing but stop words.
    fn read_all(&mut self, text: &str) -> Vec<Term> {
        let content = self.read(text);
        if !content.is_empty() {
            return content;
        }
        let folded = language::fold(text);
        language::words(&folded).map(|word| self.number(word)).collect()
    }

    /// Stems with a space between: how a lexicon term is looked up.
    fn key(&mut self, text: &str) -> String {
        let folded = language::fold(text);
        let stems: Vec<String> = language::words(&folded).map(|word| self.reader.stem(word)).collect();
        stems.join(" ")
    }

    /// What a message asks about.
    pub(super) fn units(&self, text: &str) -> Vec<Unit> {
        let mut reader = self.reader.clone();
        let folded = language::fold(text);
        let words = self.mended(&folded);
        let stems: Vec<String> = words.iter().map(|word| reader.stem(word)).collect();
        let mut units: Vec<Unit> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = (1..=LONGEST.min(words.len() - at))
                .rev()
                .find_map(|length| self.synonyms.get(&stems[at..at + length].join(" ")).map(|ways| (length, ways)));
            let (length, more) = longest.map_or((1, &[] as &[_]), |(length, ways)| (length, ways.as_slice()));
            let own: Vec<Term> = (at..at + length)
                .filter(|&word| !self.language.is_stop_word(&words[word]))
                .filter_map(|word| self.numbers.get(&stems[word]).copied())
                .collect();
            let content = (at..at + length).any(|word| !self.language.is_stop_word(&words[word]));
            if content || length > 1 || !more.is_empty() {
                let mut ways = Vec::with_capacity(more.len() + 1);
                if !own.is_empty() {
                    ways.push((own, 1.0));
                }
                ways.extend(more.iter().cloned());
                let unit = self.unit(ways);
                if !units.iter().any(|other| other.known && unit.known && other.ways == unit.ways) {
                    units.push(unit);
                }
            }
            at += length;
        }
        units
    }

    fn mended(&self, folded: &str) -> Vec<String> {
        let typed: Vec<&str> = language::words(folded).collect();
        let mut words = Vec::with_capacity(typed.len());
        let mut at = 0;
        while at < typed.len() {
            let fixed = (1..=3.min(typed.len() - at))
                .rev()
                .find_map(|length| self.fixed.get(&typed[at..at + length].join(" ")).map(|right| (length, right)));
            if let Some((length, right)) = fixed {
                words.extend(language::words(right).map(str::to_owned));
                at += length;
                continue;
            }
            let word = typed[at];
            let right = if words.len() < 400 { self.spelling.correct(&self.language, word) } else { None };
            words.push(right.unwrap_or(word).to_owned());
            at += 1;
        }
        words
    }

    fn unit(&self, mut ways: Vec<(Vec<Term>, f32)>) -> Unit {
        let held = |term: &Term| self.held_by.get(*term as usize).copied().unwrap_or(0);
        ways.retain(|(terms, _)| !terms.is_empty() && terms.iter().all(|term| held(term) > 0));
        let most = ways.iter().map(|(terms, _)| terms.iter().map(held).min().unwrap_or(0)).max().unwrap_or(0);
        Unit { idf: self.idf(most), known: !ways.is_empty(), ways }
    }

    #[allow(clippy::cast_precision_loss)]
    fn idf(&self, held: u32) -> f32 {
        let (n, df) = (self.passages as f32, held as f32);
        (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
    }
}

impl Unit {
    /// How much it tells.
    pub(crate) fn weight(&self) -> f32 {
        self.idf
    }

    /// Whether any passage has it.
    pub(crate) fn is_known(&self) -> bool {
        self.known
    }

    /// The same, telling less.
    pub(crate) fn weighed(mut self, by: f32) -> Self {
        self.idf *= by;
        self.ways.iter_mut().for_each(|(_, weight)| *weight *= by);
        self
    }
}
