//! What is said around what one has to say: "hi all, quick question", "thanks in advance", "lol", and links.

use std::borrow::Cow;

use super::list::List;
use super::{fold, is_link};

/// More than so many are not taken off: nobody says more, and a wall of them stays cheap.
const MOST: usize = 32;

/// No word of a phrase has more bytes than this.
const LONGEST_WORD: usize = 24;

/// Phrases that say nothing of a matter where a message begins or ends with them: folded, `#` for any number.
#[derive(Debug)]
pub(super) struct Asides {
    /// What a message begins with, by their first words.
    pub(super) openings: &'static [List],
    /// What it ends with, by their last words.
    pub(super) closings: &'static [List],
    /// Whether no word too much may go: a longer greeting only before a mark ("hi all, ..." and not "hi all i need"), and
    /// none with a picture before it.
    pub(super) strict: bool,
}

/// One end of a text.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    First,
    Last,
}

impl Asides {
    pub(super) const NONE: Self = Self { openings: &[], closings: &[], strict: false };

    /// A message without what stands around it; the whole where it says nothing else.
    pub(super) fn without<'t>(&self, text: &'t str) -> &'t str {
        let mut said = text.trim();
        for _ in 0..MOST {
            let Some(less) = self.less(said).filter(|less| less.contains(char::is_alphanumeric)) else { break };
            said = less;
        }
        said
    }

    /// It without the first thing that stands before or behind it, if any does.
    fn less<'t>(&self, text: &'t str) -> Option<&'t str> {
        let at_start = text.split_once(char::is_whitespace).filter(|(first, _)| is_link(first) || is_call(first));
        let at_end = || text.rsplit_once(char::is_whitespace).filter(|(_, last)| is_link(last));
        if let Some(rest) = at_start.map(|(_, rest)| rest).or_else(|| at_end().map(|(rest, _)| rest)) {
            return Some(rest.trim());
        }
        let before = self.without_phrase(text, End::First).map(|rest| rest.trim_start_matches(is_between));
        before.or_else(|| self.without_phrase(text, End::Last).map(|rest| rest.trim_end_matches(is_loose)))
    }

    /// What is left of a text without the longest phrase at one of its ends, all in one sentence.
    fn without_phrase<'t>(&self, text: &'t str, end: End) -> Option<&'t str> {
        let taken = end.take(text).filter(|taken| taken.word.len() <= LONGEST_WORD)?;
        if self.strict && !taken.passed.chars().all(is_between) {
            return None;
        }
        let lists = match end {
            End::First => self.openings,
            End::Last => self.closings,
        };
        let word = key(taken.word);
        let phrases = lists.iter().flat_map(|list| list.lines_of(&word));
        let in_a_sentence =
            |taken: &Taken<'_>| taken.word.len() <= LONGEST_WORD && !taken.passed.contains(['.', '!', '?', '\n']);
        let rest_of = |phrase: &'static str| {
            let rest = end.words(phrase).skip(1).try_fold(taken.rest, |text, listed| {
                end.take(text).filter(|taken| in_a_sentence(taken) && key(taken.word) == listed).map(|taken| taken.rest)
            })?;
            let is_marked = phrase.ends_with(" but") || !rest.starts_with([' ', '\t']);
            let may_go_on = matches!(end, End::Last) || !phrase.contains(' ') || is_marked;
            (may_go_on || !self.strict).then_some(rest)
        };
        phrases.filter_map(rest_of).min_by_key(|rest| rest.len())
    }
}

impl End {
    /// The words of a phrase, from this end on.
    fn words(self, phrase: &str) -> impl Iterator<Item = &str> {
        let (mut words, mut from_last) = (phrase.split(' '), phrase.rsplit(' '));
        std::iter::from_fn(move || match self {
            Self::First => words.next(),
            Self::Last => from_last.next(),
        })
    }

    /// Takes the word at this end off.
    pub(super) fn take(self, text: &str) -> Option<Taken<'_>> {
        match self {
            Self::First => {
                let (passed, text) = text.split_at(text.find(char::is_alphanumeric)?);
                let (word, rest) = text.split_at(text.find(|c| !is_of_word(c)).unwrap_or(text.len()));
                Some(Taken { word, passed, rest })
            }
            Self::Last => {
                let text_end = text.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
                let (text, passed) = text.split_at_checked(text_end).filter(|(text, _)| !text.is_empty())?;
                let (rest, word) = text.split_at(text.trim_end_matches(is_of_word).len());
                Some(Taken { word, passed, rest })
            }
        }
    }
}

/// A word as the lists have it: folded, with a mark for each number.
pub(super) fn key(word: &str) -> Cow<'_, str> {
    let folded = fold(word);
    if !folded.contains(|c: char| c.is_ascii_digit()) {
        return folded;
    }
    let is_digit = |c: char| c.is_ascii_digit();
    let mut key = String::with_capacity(folded.len());
    for (at, c) in folded.char_indices() {
        match is_digit(c) {
            true if folded[..at].ends_with(is_digit) => {}
            true => key.push('#'),
            false => key.push(c),
        }
    }
    Cow::Owned(key)
}

/// A word at one end of a text.
pub(super) struct Taken<'t> {
    pub(super) word: &'t str,
    /// What stands between it and that end.
    pub(super) passed: &'t str,
    pub(super) rest: &'t str,
}

/// Whether what stands between white space calls somebody by name.
fn is_call(written: &str) -> bool {
    written.strip_prefix('@').is_some_and(|name| name.starts_with(char::is_alphabetic))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | '`' | '´')
}

/// What stands between a greeting and what comes after it.
fn is_between(c: char) -> bool {
    c.is_whitespace() || c.is_ascii_punctuation() && !matches!(c, '(' | '@')
}

/// What stands between a matter and the thanks behind it, and ends no sentence.
pub(super) fn is_loose(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–' | '(' | '&' | '/')
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::{Asides, End, MOST, key};

    #[test]
    fn what_stands_around_a_matter_is_left_out() {
        let language = Language::new("en");
        for (written, said) in [
            ("hi all, quick question: is bed rest ok? Thanks in advance!!", "is bed rest ok?"),
            ("Hi everyone! My back hurts.", "My back hurts."),
            ("lol i sneezed and now im stuck haha", "i sneezed and now im stuck"),
            ("Does anyone know if heat helps? 😭 thanks 🙏", "if heat helps? 😭"),
            ("my wife asks: can I (52m) run, cheers", "can I (52m) run"),
            ("eli12 pls: what is L5", "what is L5"),
            ("https://a.example/?b i pulled this. www.b.example", "i pulled this."),
            ("@sacrum @ home or gym", "@ home or gym"),
            ("hi @sacrum, is rest ok", "is rest ok"),
            ("thankful for rest", "thankful for rest"),
            ("thanks so much, that was kind", "thanks so much, that was kind"),
            ("i said hello", "i said hello"),
            ("thanks in advance", "thanks in advance"),
            ("Hello", "Hello"),
            ("hi lol", "hi lol"),
            ("", ""),
            ("???", "???"),
        ] {
            assert_eq!(language.matter(written, true), said, "{written}");
        }
        assert_eq!(Language::new("nl").matter("hello there, is rust goed", true), "hello there, is rust goed");
    }

    #[test]
    fn what_may_be_a_sign_stays_with_what_is_told() {
        let language = Language::new("en");
        for (written, told) in [
            ("Hi everyone, quick question: i cant pee, thanks in advance", "i cant pee"),
            ("ive made my decision. thank you all", "ive made my decision. thank you all"),
            ("asking for my nan, she fell", "asking for my nan, she fell"),
            ("numb since the run, thanks 🍑", "numb since the run, thanks 🍑"),
            ("slipped on ice, 78 yo", "slipped on ice, 78 yo"),
            ("Hi. All my pills are gone", "All my pills are gone"),
            ("Hey, all my pills are gone", "all my pills are gone"),
            ("hi all i need is on the table", "all i need is on the table"),
            ("hi all, i cant pee", "i cant pee"),
            ("sorry if wrong channel but i cant pee", "i cant pee"),
            ("asking for a friend, is a numb crotch bad", "asking for a friend, is a numb crotch bad"),
            ("i cant pee.https://a.example", "i cant pee.https://a.example"),
            ("this makes me want to die lol", "this makes me want to die lol"),
            ("does anyone know what saddle numbness means", "does anyone know what saddle numbness means"),
        ] {
            assert_eq!(language.told(written), told, "{written}");
        }
    }

    #[test]
    fn the_phrases_of_a_word_stand_together_and_are_folded() {
        let Asides { openings, closings, .. } = Language::new("en").lists.asides;
        for (end, lists) in [(End::First, openings), (End::Last, closings)] {
            for list in lists {
                let words: Vec<&str> = list.lines().filter_map(|phrase| end.words(phrase).next()).collect();
                let late = words.windows(2).find(|pair| pair[0] > pair[1]);
                assert_eq!(late, None, "the second comes before the first ({end:?} words)");
                assert!(words.len() > 50 && list.lines().all(|phrase| phrase.split(' ').all(|word| key(word) == word)));
            }
        }
    }

    #[test]
    fn a_wall_of_asides_is_cheap() {
        let wall = "É".repeat(25_000) + &" lol".repeat(12_500);
        assert_eq!(Language::new("en").matter(&wall, true).matches("lol").count(), 12_500 - MOST);
    }
}
