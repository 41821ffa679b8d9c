//! Phrases of concepts, and all places in a message where they stand.

use rustc_hash::FxHashMap;

/// Finds many phrases at once, word by word, in one pass over a message.
///
/// Each step follows the phrases that are still open; their length is bounded, so the time is linear
/// in the message.
#[derive(Debug, Clone, Default)]
pub(super) struct Phrases {
    elements: FxHashMap<Box<str>, u32>,
    /// The elements that end in `*`, without it.
    prefixes: FxHashMap<Box<str>, u32>,
    /// How many elements there are.
    count: u32,
    edges: FxHashMap<(u32, u32), u32>,
    ends: Vec<Vec<u32>>,
    longest_prefix: usize,
}

/// Where a phrase stands: positions in the list of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) what: u32,
    pub(super) start: usize,
    pub(super) end: usize,
}

const ANY: &str = "_";

impl Phrases {
    /// Adds one phrase, already expanded: words, `word*`, `2#`, `_`.
    pub(super) fn add(&mut self, words: &[String], what: u32) {
        if words.is_empty() {
            return;
        }
        if self.ends.is_empty() {
            self.ends.push(Vec::new());
        }
        let mut node = 0;
        for word in words {
            let element = self.element(word);
            let next_node = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
            node = *self.edges.entry((node, element)).or_insert(next_node);
            if node == next_node {
                self.ends.push(Vec::new());
            }
        }
        let ends = &mut self.ends[node as usize];
        if !ends.contains(&what) {
            ends.push(what);
        }
    }

    /// The number of an element, a new one where it is new.
    fn element(&mut self, word: &str) -> u32 {
        let (map, key) = match word.strip_suffix('*') {
            Some(prefix) => {
                self.longest_prefix = self.longest_prefix.max(prefix.len());
                (&mut self.prefixes, prefix)
            }
            None => (&mut self.elements, word),
        };
        if let Some(&element) = map.get(key) {
            return element;
        }
        let element = self.count;
        self.count += 1;
        map.insert(key.into(), element);
        element
    }

    /// Every place where a phrase stands.
    pub(super) fn find(&self, words: &[&str]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut open: Vec<(u32, usize)> = Vec::new();
        let mut next: Vec<(u32, usize)> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            open.push((0, at));
            let matching = self.matching(word);
            next.clear();
            for &(node, start) in &open {
                for &element in &matching {
                    let Some(&to) = self.edges.get(&(node, element)) else { continue };
                    if !next.contains(&(to, start)) {
                        next.push((to, start));
                        let ends = self.ends[to as usize].iter();
                        found.extend(ends.map(|&what| Found { what, start, end: at + 1 }));
                    }
                }
            }
            std::mem::swap(&mut open, &mut next);
        }
        found
    }

    /// The elements that a word satisfies.
    fn matching(&self, word: &str) -> Vec<u32> {
        let mut matching: Vec<u32> = Vec::with_capacity(4);
        matching.extend(self.elements.get(word));
        matching.extend(self.elements.get(ANY));
        for (at, c) in word.char_indices() {
            let end = at + c.len_utf8();
            if end > self.longest_prefix {
                break;
            }
            matching.extend(self.prefixes.get(&word[..end]));
        }
        if word.len() <= 12 && word.bytes().any(|b| b.is_ascii_digit()) {
            for mask in digit_masks(word) {
                matching.extend(self.elements.get(mask.as_str()));
            }
        }
        matching
    }
}

/// The word with some of its digits replaced by `#`: all, all but the first, all but the first two.
fn digit_masks(word: &str) -> impl Iterator<Item = String> + '_ {
    (0..3).map(|keep| {
        let mut digits = 0;
        word.chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    digits += 1;
                    if digits > keep { '#' } else { c }
                } else {
                    c
                }
            })
            .collect()
    })
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
        let mut phrases = Phrases::default();
        for (what, phrase) in (0..).zip(["(cant|dont) feel (my)? leg*", "lost _ feeling", "in 20##", "no"]) {
            for words in expand(phrase).unwrap() {
                phrases.add(&words, what);
            }
        }
        let found = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            phrases.find(&words).into_iter().map(|f| (f.what, f.start, f.end)).collect::<Vec<_>>()
        };
        assert_eq!(found("i cant feel my legs"), [(0, 1, 5)]);
        assert_eq!(found("dont feel leg"), [(0, 0, 3)]);
        assert_eq!(found("lost all feeling in 2019 no"), [(1, 0, 3), (2, 3, 5), (3, 5, 6)]);
        assert_eq!(found("feel fine"), []);
        assert!(expand("(a|b").is_err());
        assert!(expand("a)").is_err());
    }
}
