//! Where somebody asks, and where a sentence breaks off to ask or to tell.

use super::{Language, Lists};

/// So many words behind a word that asks its auxiliary comes.
const AUXILIARY_WITHIN: usize = 4;
/// So many words behind the first two of a question comes what weighs it: "is yoga good for backs".
const WEIGHED_WITHIN: usize = 3;
/// So many words behind "my" comes the auxiliary of what is told.
const OWNED_WITHIN: usize = 3;

impl Language {
    /// Whether these folded words ask something; they do where we know no word that asks. An auxiliary
    /// behind its subject asks nothing: "i will", "mine is".
    pub fn asks<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        let Lists { questions, auxiliaries, .. } = self.lists;
        let mut is_subject = false;
        let mut asks = |word: &str| {
            let word = self.spelt(word);
            let tells = std::mem::replace(&mut is_subject, self.is_subject(word));
            questions.has(word) && !(tells && auxiliaries.has(word))
        };
        questions.is_empty() || words.into_iter().take(60).any(&mut asks)
    }

    /// Whether a folded word can be what an auxiliary behind it is said of: "i will", "this is".
    fn is_subject(&self, word: &str) -> bool {
        self.lists.telling.has(word) || self.lists.pointing.has(word)
    }

    /// Whether these folded words begin a question that stands by itself ("is bed rest ok", "which mattress should i buy");
    /// not "when i sit" nor "is getting worse".
    #[must_use]
    pub fn opens_question(&self, words: &[&str]) -> bool {
        let [first, next, rest @ ..] = words else { return false };
        let Lists { auxiliaries, telling_on, questions, asking_pairs, asking_alone, asking, telling, .. } = self.lists;
        let (first, is_auxiliary) = (self.spelt_first(first), |word: &str| auxiliaries.has(self.spelt(word)));
        if is_auxiliary(first) {
            return !telling_on.has(next) && !is_auxiliary(next);
        }
        let mut behind = rest.iter().take(AUXILIARY_WITHIN);
        is_auxiliary(next) && questions.has(first)
            || asking_pairs.pairs(first, next)
            || asking_alone.has(first)
            || asking.has(first) && !telling.has(next) && behind.any(|word| is_auxiliary(word))
    }

    /// Whether these folded words go on with a question ("and does massage help", "but which stretch helps").
    #[must_use]
    pub fn turns_to_ask(&self, words: &[&str]) -> bool {
        let [joint, rest @ ..] = words else { return false };
        let asks = || rest.first().is_some_and(|first| self.lists.asking.has(first));
        self.joins(joint) && (asks() || self.opens_question(rest))
    }

    /// Whether a question begins with these folded words in the middle of a sentence, without a mark where a word stands
    /// before them ("my back hurts does massage help", "which pillow helps"); not "my back is bad".
    #[must_use]
    pub fn breaks_off_to_ask(&self, before: Option<&str>, words: &[&str]) -> bool {
        let Lists { auxiliaries, inverting, weighing, questions, asking, .. } = self.lists;
        let [first, next, rest @ ..] = words else { return false };
        if before.is_some_and(|before| questions.has(before) || self.is_subject(before)) {
            return false;
        }
        let first = self.spelt(first);
        if !auxiliaries.has(first) {
            let names = asking.has(first) && !self.is_subject(next) && !auxiliaries.has(next);
            return names || self.opens_question(words);
        }
        let weighs = || rest.iter().take(WEIGHED_WITHIN).any(|word| weighing.has(word));
        inverting.has(first) && (self.is_subject(next) || weighs()) && self.opens_question(words)
    }

    /// Whether somebody begins to tell with these folded words in the middle of a question, without a mark where a word
    /// stands before them ("does massage help i cant feel my leg", "is heat ok because ..."); not "what can i do", "if my leg
    /// is numb".
    #[must_use]
    pub fn breaks_off_to_tell(&self, before: Option<&str>, words: &[&str]) -> bool {
        let Lists { auxiliaries, subjects, owning, turning, subordinating, asking, .. } = self.lists;
        let [first, rest @ ..] = words else { return false };
        let goes_on_behind = |before: &str| {
            let before = self.spelt(before);
            auxiliaries.has(before) || asking.has(before) || subordinating.has(before)
        };
        let first = self.spelt(first);
        let mut owned = rest.iter().take(OWNED_WITHIN);
        let tells = subjects.has(first) || owning.has(first) && owned.any(|word| auxiliaries.has(self.spelt(word)));
        turning.has(first) || tells && !before.is_some_and(goes_on_behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of the place between two texts in English.
    fn at_break(before: &str, behind: &str, says: impl Fn(&Language, Option<&str>, &[&str]) -> bool) -> bool {
        let behind: Vec<&str> = behind.split(' ').collect();
        says(&Language::new("en"), before.split(' ').next_back(), &behind)
    }

    #[test]
    fn a_sentence_breaks_off_to_ask_where_it_does_not_go_on() {
        for (told, asked, breaks_off) in [
            ("my back hurts", "does massage help", true),
            ("im numb", "is it normal", true),
            ("im numb", "is yoga good for backs", true),
            ("cant pee", "what stretch helps", true),
            ("cant pee", "how long will it last", true),
            ("", "can i walk", true),
            ("my back", "is bad", false),
            ("my foot", "is getting worse", false),
            ("i dont know", "why my leg hurts", false),
            ("it", "does hurt", false),
            ("what", "does it mean", false),
            ("my back", "was ruled out", false),
            ("my 6 year old", "did my makeup", false),
        ] {
            assert_eq!(at_break(told, asked, Language::breaks_off_to_ask), breaks_off, "{told} | {asked}");
        }
    }

    #[test]
    fn a_question_breaks_off_to_tell_where_it_does_not_go_on() {
        for (asked, told, breaks_off) in [
            ("does massage help", "i cant feel my leg", true),
            ("is heat ok", "ive a fever", true),
            ("can kids do planks", "my girl is 11", true),
            ("which pillow", "also my leg is numb", true),
            ("is heat ok", "coz my leg is numb", true),
            ("what can", "i do", false),
            ("what", "i do", false),
            ("is it bad if", "my leg is numb", false),
            ("how do i stretch", "my leg", false),
            ("is it ok when", "i sit", false),
        ] {
            assert_eq!(at_break(asked, told, Language::breaks_off_to_tell), breaks_off, "{asked} | {told}");
        }
    }
}
