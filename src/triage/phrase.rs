//! Phrases of concepts, and all places in a message where they stand.

use fst::MapBuilder;
use fst::raw::{CompiledAddr, Fst, Node};
use tantivy::directory::OwnedBytes;

use crate::generation::{Generation, GenerationError, Numbers, automaton, count};

/// Between the elements of a phrase.
const GAP: u8 = b' ';
/// Any one word.
const ANY: u8 = b'_';
/// The end of a word that may go on.
const MORE: u8 = b'*';
/// Any one digit.
const DIGIT: u8 = b'#';

/// Phrases while they are being collected.
#[derive(Debug, Default)]
pub(super) struct Collected(Vec<(String, u32)>);

impl Collected {
    /// Adds one phrase, already expanded: words, `word*`, `2#`, `_`.
    pub(super) fn add(&mut self, words: &[String], what: u32) {
        if !words.is_empty() {
            self.0.push((words.join(" "), what));
        }
    }

    /// Writes them: an automaton of the phrases, and which lists each stands in.
    pub(super) fn put(mut self, name: &str, generation: &Generation) {
        self.0.sort_unstable();
        self.0.dedup();
        let mut lists: Vec<u32> = Vec::new();
        let mut builder = MapBuilder::memory();
        for run in self.0.chunk_by(|a, b| a.0 == b.0) {
            let _ = builder.insert(&run[0].0, lists.len() as u64);
            lists.push(count(run.len()));
            lists.extend(run.iter().map(|(_, what)| what));
        }
        generation.put_bytes(name, builder.into_inner().unwrap_or_default());
        generation.put_numbers(&lists_of(name), &lists);
    }
}

/// Finds many phrases at once, word by word, in one pass over a message.
///
/// Each step follows the phrases that are still open; their length is bounded, so the time is linear
/// in the message.
#[derive(Clone)]
pub(super) struct Phrases {
    automaton: Fst<OwnedBytes>,
    lists: Numbers,
}

/// Where a phrase stands: positions in the list of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) what: u32,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A phrase that is still open: where in the automaton, and what it gave so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    at: CompiledAddr,
    output: u64,
    start: usize,
}

impl Phrases {
    pub(super) fn open(name: &str, generation: &Generation) -> Result<Self, GenerationError> {
        let automaton = Fst::new(generation.bytes(name)?).map_err(|error| automaton(name, error))?;
        Ok(Self { automaton, lists: generation.numbers(&lists_of(name))? })
    }

    /// Every place where a phrase stands.
    pub(super) fn find(&self, words: &[&str]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        let mut next: Vec<Open> = Vec::new();
        let root = self.automaton.root().addr();
        for (at, word) in words.iter().enumerate() {
            open.push(Open { at: root, output: 0, start: at });
            next.clear();
            for state in &open {
                self.follow(*state, word.as_bytes(), true, &mut |ended| {
                    let node = self.automaton.node(ended.at);
                    if node.is_final() {
                        let list = (ended.output + node.final_output().value()) as usize;
                        let length = self.lists[list] as usize;
                        let lists = &self.lists[list + 1..=list + length];
                        found.extend(lists.iter().map(|&what| Found { what, start: ended.start, end: at + 1 }));
                    }
                    if let Some(gap) = ended.step(&node, GAP)
                        && !next.contains(&gap)
                    {
                        next.push(gap);
                    }
                });
            }
            std::mem::swap(&mut open, &mut next);
        }
        found
    }

    /// Follows one word from a state; tells each state in which an element that the word satisfies ends.
    fn follow(&self, mut state: Open, word: &[u8], first: bool, ended: &mut impl FnMut(Open)) {
        let mut node = self.automaton.node(state.at);
        if first && let Some(any) = state.step(&node, ANY) {
            ended(any);
        }
        for (at, &byte) in word.iter().enumerate() {
            if (at > 0 || !first)
                && let Some(more) = state.step(&node, MORE)
            {
                ended(more);
            }
            if byte.is_ascii_digit()
                && let Some(digit) = state.step(&node, DIGIT)
            {
                self.follow(digit, &word[at + 1..], false, ended);
            }
            let Some(next) = state.step(&node, byte) else { return };
            (state, node) = (next, self.automaton.node(next.at));
        }
        if let Some(more) = state.step(&node, MORE) {
            ended(more);
        }
        ended(state);
    }
}

impl Open {
    /// The state behind a byte; `node` is the one where it is.
    fn step(self, node: &Node<'_>, byte: u8) -> Option<Self> {
        let transition = node.transition(node.find_input(byte)?);
        Some(Self { at: transition.addr, output: self.output + transition.out.value(), ..self })
    }
}

fn lists_of(name: &str) -> String {
    format!("{name}.lists")
}

/// Writes a phrase with `(a|b c)`, `( )?` out into lists of words.
///
/// # Errors
/// What is wrong with the phrase.
pub(super) fn expand(phrase: &str) -> Result<Vec<Vec<String>>, String> {
    let mut rest = phrase;
    let all = sequence(&mut rest, phrase)?;
    if !rest.is_empty() {
        return Err(format!("\"{phrase}\" closes a bracket that it never opened"));
    }
    if all.len() > 4000 {
        return Err(format!("\"{phrase}\" stands for {} phrases; write it as several", all.len()));
    }
    if all.iter().all(Vec::is_empty) {
        return Err(format!("\"{phrase}\" is empty"));
    }
    Ok(all)
}

fn sequence(rest: &mut &str, phrase: &str) -> Result<Vec<Vec<String>>, String> {
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    loop {
        *rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Ok(all) };
        let choices = match first {
            '|' | ')' => return Ok(all),
            '(' => {
                *rest = &rest[1..];
                let mut choices = Vec::new();
                loop {
                    choices.extend(sequence(rest, phrase)?);
                    match rest.chars().next() {
                        Some('|') => *rest = &rest[1..],
                        Some(')') => break,
                        _ => return Err(format!("\"{phrase}\" opens a bracket and does not close it")),
                    }
                }
                *rest = &rest[1..];
                if let Some(after) = rest.strip_prefix('?') {
                    *rest = after;
                    choices.push(Vec::new());
                }
                choices
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "()|".contains(c)).unwrap_or(rest.len());
                let word = &rest[..end];
                *rest = &rest[end..];
                vec![super::normalise::fold_element(word)]
            }
        };
        all = all
            .iter()
            .flat_map(|before| choices.iter().map(move |choice| [before.as_slice(), choice.as_slice()].concat()))
            .collect();
        if all.len() > 20_000 {
            return Err(format!("\"{phrase}\" stands for too many phrases; write it as several"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_expand_and_are_found() {
        let mut phrases = Collected::default();
        for (what, phrase) in (0..).zip(["(cant|dont) feel (my)? leg*", "lost _ feeling", "in 20##", "no", "leg"]) {
            for words in expand(phrase).unwrap() {
                phrases.add(&words, what);
            }
        }
        let generation = Generation::in_memory();
        phrases.put("phrases", &generation);
        let phrases = Phrases::open("phrases", &generation).unwrap();
        let found = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            phrases.find(&words).into_iter().map(|f| (f.what, f.start, f.end)).collect::<Vec<_>>()
        };
        assert_eq!(found("i cant feel my legs"), [(0, 1, 5)]);
        assert_eq!(found("dont feel leg"), [(0, 0, 3), (4, 2, 3)]);
        assert_eq!(found("lost all feeling in 2019 no"), [(1, 0, 3), (2, 3, 5), (3, 5, 6)]);
        assert_eq!(found("feel fine"), []);
        assert!(expand("(a|b").is_err());
        assert!(expand("a)").is_err());
    }
}
