//! What somebody says of themselves before or behind a matter: "34 year old male, ...", "(im in the UK)".

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use super::Language;
use super::asides::{End, is_loose, key};
use super::fold::may_have_link;
use super::list::List;

/// At these ages how old somebody is tells no more than who they are: the young and the old are another matter.
const GROWN_UP: RangeInclusive<u32> = 18..=64;
/// An age has no more words than this: "i am # years old".
const MOST_OF_AN_AGE: usize = 5;
/// Nobody says more words of themselves; and a wall of them stays cheap.
const MOST: usize = 32;

/// The words of which such a clause is made; `#` for any number.
#[derive(Debug)]
pub(super) struct Introductions {
    /// They tell who somebody is, or where: "nurse", "uk".
    pub(super) who: List,
    /// They only stand beside those: "based", "from". No word that tells or denies something is among them.
    pub(super) beside: List,
    /// They tell how old somebody is: "# years old".
    pub(super) ages: List,
    /// What such a clause begins with that needs no mark at its other end, as it may with an age: "im a nurse how do i".
    pub(super) first: List,
}

/// A word that may stand in such a clause.
struct Word<'t> {
    key: Cow<'t, str>,
    place: Range<usize>,
    /// Whether it tells who somebody is.
    tells: bool,
}

impl Introductions {
    pub(super) const NONE: Self = Self { who: List::EMPTY, beside: List::EMPTY, ages: List::EMPTY, first: List::EMPTY };

    /// Finds the ages among words.
    fn find_ages(&self, words: &mut [Word<'_>]) {
        let numbers: Vec<usize> = (0..words.len()).filter(|&at| words[at].key == "#").collect();
        for at in numbers {
            let starts = at.saturating_sub(MOST_OF_AN_AGE - 1)..=at;
            let windows = starts.flat_map(|start| (at + 1..=start + MOST_OF_AN_AGE).map(move |end| start..end));
            for window in windows.filter(|window| window.len() > 1 && window.end <= words.len()).collect::<Vec<_>>() {
                let keys: Vec<&str> = words[window.clone()].iter().map(|word| word.key.as_ref()).collect();
                if self.ages.has(&keys.join(" ")) {
                    words[window].iter_mut().for_each(|word| word.tells = true);
                }
            }
        }
    }
}

impl Language {
    /// What somebody says of themselves before the matter of a message, the matter, and what they say of themselves behind
    /// it. All is the matter where a link stands in it, and where nothing else is said.
    #[must_use]
    pub fn introduced<'t>(&self, message: &'t str) -> (&'t str, &'t str, &'t str) {
        if self.lists.introductions.who.is_empty() || may_have_link(message) {
            return ("", message, "");
        }
        let (before, rest) = message.split_at(self.end_of_first(message));
        let (matter, behind) = rest.split_at(self.start_of_last(rest));
        if matter.contains(char::is_alphanumeric) { (before, matter, behind) } else { ("", message, "") }
    }

    /// Where the clauses end that stand first and only tell who somebody is.
    fn end_of_first(&self, text: &str) -> usize {
        let words = self.words_of_who(text, End::First);
        if words.first().is_none_or(|begun| self.asks([begun.key.as_ref()])) {
            return 0;
        }
        let (mut end, mut clause) = (0, 0);
        for at in 1..=words.len() {
            let behind = words[at - 1].place.end;
            let gap = text[behind..].find(char::is_alphanumeric).map_or(text.len(), |gap| behind + gap);
            let joint = words.get(at).filter(|word| self.joins(&word.key));
            // "Nurse here, 41."
            let is_number = clause > 0 && words[clause..at].iter().all(|word| word.key == "#");
            let tells = is_number || words[clause..at].iter().any(|word| word.tells);
            if tells && (joint.is_some() || is_mark(&text[behind..gap])) {
                (end, clause) = joint.map_or((gap, at), |joint| (joint.place.end, at + 1));
            }
        }
        let told = self.end_of_unmarked(text, &words[clause..]).unwrap_or(end);
        text.len() - text[told..].trim_start().len()
    }

    /// Where the last clause ends that tells who somebody is, if it needs no mark behind it.
    fn end_of_unmarked(&self, text: &str, clause: &[Word<'_>]) -> Option<usize> {
        let begun = clause.first().map(|word| word.key.as_ref())?;
        let needs_no_mark = self.lists.introductions.first.has(begun) || begun.starts_with('#');
        let last = clause.iter().rfind(|word| word.tells).filter(|_| needs_no_mark)?;
        // "im 34 is it bad", but "im 34 weeks along" and "34 year old mattress".
        let next = End::First.take(&text[last.place.end..]).map(|taken| key(taken.word))?;
        let is_who = self.lists.introductions.who.has(last.key.as_ref());
        (is_who || self.is_stop_word(&next) || self.asks([next.as_ref()])).then_some(last.place.end)
    }

    /// Where the clauses begin that stand last and only tell who somebody is.
    fn start_of_last(&self, text: &str) -> usize {
        let words = self.words_of_who(text, End::Last);
        let (mut start, mut clause) = (text.len(), words.len());
        for at in (0..words.len()).rev() {
            let before = &text[..words[at].place.start];
            let gap = before.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
            if is_mark(&before[gap..]) && words[at..clause].iter().any(|word| word.tells) {
                (start, clause) = (before.trim_end_matches(is_loose).len(), at);
            }
        }
        // "is bed rest ok im 52"
        let first = |word: &Word<'_>| self.lists.introductions.first.has(word.key.as_ref());
        let age = words[..clause].iter().rposition(first).filter(|&at| words[at..clause].iter().all(|word| word.tells));
        age.map_or(start, |at| text[..words[at].place.start].trim_end().len())
    }

    /// The words at one end of a text that may stand in such clauses, in the order of the text.
    fn words_of_who<'t>(&self, text: &'t str, end: End) -> Vec<Word<'t>> {
        let Introductions { who, beside, .. } = &self.lists.introductions;
        let (mut words, mut rest) = (Vec::new(), text);
        while let Some(taken) = end.take(rest).filter(|taken| taken.passed.chars().all(is_plain)) {
            let start = match end {
                End::First => text.len() - taken.rest.len() - taken.word.len(),
                End::Last => taken.rest.len(),
            };
            let (key, place) = (key(taken.word), start..start + taken.word.len());
            let is_number = key.contains('#');
            let tells = who.has(key.as_ref());
            let may_stand = tells || key == "#" || beside.has(key.as_ref()) || self.joins(&key);
            if words.len() == MOST || !may_stand || is_number && !(is_an_age(taken.word) && stands_alone(text, &place))
            {
                break;
            }
            words.push(Word { key, place, tells });
            rest = taken.rest;
        }
        if matches!(end, End::Last) {
            words.reverse();
        }
        self.lists.introductions.find_ages(&mut words);
        words
    }
}

/// Whether what stands between two words divides them; not as in "29 y/o" and "39.4".
fn is_mark(between: &str) -> bool {
    between.contains('\n') || between.contains([' ', '\t']) && !between.trim_matches([' ', '\t', '/']).is_empty()
}

/// Whether a character between words says nothing by itself, as a picture does.
fn is_plain(c: char) -> bool {
    c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '–' | '—' | '…' | '’')
}

/// Whether the number in a word may be the age of a grown-up.
fn is_an_age(word: &str) -> bool {
    let number: String = word.chars().filter(char::is_ascii_digit).collect();
    number.parse().is_ok_and(|age| GROWN_UP.contains(&age))
}

/// Whether a number is no part of a longer one, nor a share or a temperature: "39.4", "18/64", "40 %".
fn stands_alone(text: &str, number: &Range<usize>) -> bool {
    let (mut behind, mut before) = (text[number.end..].chars(), text[..number.start].chars().rev());
    let goes_on = |at: Option<char>, next: Option<char>| match at {
        Some('%' | '°') => true,
        Some(' ') => matches!(next, Some('%' | '°')),
        Some('.' | ',' | ':' | '/' | '-') => next.is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    };
    !goes_on(behind.next(), behind.next()) && !goes_on(before.next(), before.next())
}

#[cfg(test)]
mod tests {
    use super::super::Language;

    #[test]
    fn who_somebody_is_stands_around_a_matter() {
        let language = Language::new("en");
        for (before, matter, behind) in [
            ("34 year old male, ", "is bed rest ok?", ""),
            ("im 34 and ", "i sit a lot", ""),
            ("im 34 ", "is it bad", ""),
            ("I'm a 29 y/o nurse from Ohio. ", "my back hurts", ""),
            ("as a 50 year old woman ", "how do i lift", ""),
            ("35-year-old male - ", "my back hurts", ""),
            ("M42, teacher, ", "what is L5", ""),
            ("", "is bed rest ok?", " (28F, UK)"),
            ("", "is bed rest ok", " im 52"),
            ("", "is bed rest ok", " i am 52 years old"),
            ("", "is bed rest ok", "\nF 36, Leeds"),
            ("student here - ", "is bed rest ok?", " Im in the uk"),
            ("truck driver, 51, Texas: ", "is bed rest ok?", ""),
            ("retired builder here, 63. ", "is bed rest ok?", ""),
            ("", "i will not be here 34m", ""),
            ("34m ", "how should a nurse lift?", ""),
            ("im a nurse and ", "i have chest pain", ""),
            ("34m ", "self harm and my back", ""),
            ("34M ", "middle back pain", ""),
            ("", "I'm 15, is bed rest ok", ""),
            ("", "i am 78, is bed rest ok", ""),
            ("", "im pregnant, is bed rest ok", ""),
            ("", "im 34 weeks and my back hurts", ""),
            ("", "50 year old mattress, is it bad", ""),
            ("", "2, 3 or 40 squats", ""),
            ("", "i am on 20 mg daily", ""),
            ("", "i have 18/64 of them lined up", ""),
            ("34m ", "39.4 and shivering", ""),
            ("", "im 39.4 and shivering", ""),
            ("", "i have chills, it was 39", ""),
            ("", "it was im 38.5", ""),
            ("", "numb down there, F34 🍑", ""),
            ("", "it is numb and i cant have it 34", ""),
            ("", "- fever? no", ""),
            ("", "see https://a.example/living-in-the-uk 34M", ""),
            ("", "are women more often ill", ""),
            ("", "can a 50 year old woman lift", ""),
            ("", "my back hurts, i am a sore nurse", ""),
            ("", "im a nurse from the uk", ""),
            ("", "", ""),
        ] {
            assert_eq!(language.introduced(&format!("{before}{matter}{behind}")), (before, matter, behind));
        }
        assert_eq!(Language::new("nl").introduced("nurse here, is rust goed"), ("", "nurse here, is rust goed", ""));
    }

    #[test]
    fn each_word_of_an_age_may_stand_in_a_clause_of_who_somebody_is() {
        let super::Introductions { who, beside, ages, .. } = Language::new("en").lists.introductions;
        for word in ages.lines().flat_map(|age| age.split(' ')) {
            assert!(who.has(word) || beside.has(word), "{word} stands in introducing_ages.txt alone");
        }
    }

    #[test]
    fn a_wall_of_who_somebody_is_is_cheap() {
        let wall = "nurse 34 ".repeat(12_500) + "is bed rest ok";
        assert!(Language::new("en").introduced(&wall).1.len() > wall.len() - 1_000);
    }
}
