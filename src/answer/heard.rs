//! What a chat asks of an answerer besides answers.

use std::time::Duration;

use super::{Answer, Answerer, withheld};
use crate::corpus::{Level, Question};
use crate::language;
use crate::triage::Urgent;

/// How long an author's messages are looked at together for warning signs.
pub const REMEMBERED: Duration = Duration::from_secs(15 * 60);
/// How many of them are.
pub const TOGETHER: usize = 8;

impl Answerer {
    /// The most urgent sign in an author's messages, the oldest first: in the last one alone, or in all of
    /// them together. Together they can hide what one of them says, so both are looked at.
    #[must_use]
    pub fn check(&self, messages: &[&str]) -> Option<Urgent<'_>> {
        let (alone, together) = self.signs(messages);
        graver(alone, together)
    }

    /// Answers the last of an author's messages, looked at for warning signs as `check` does, and together with
    /// `previous`, the question that it may follow up. `None` where it is empty.
    #[must_use]
    pub fn answer_last(&self, messages: &[&str], previous: Option<&str>) -> Option<Answer<'_>> {
        let (alone, together) = self.signs(messages);
        let gravest = graver(alone.clone(), together);
        if gravest.as_ref().is_some_and(|urgent| urgent.level.cannot_wait()) {
            // Who mistyped, or has got help by now, is to know why.
            let notice = alone.is_none().then(|| self.corpus.settings.earlier.clone());
            return Some(Answer { notice, ..withheld(gravest) });
        }
        let question = Question::new(messages.last()?).ok()?;
        let previous = previous.filter(|_| self.message(question.text()).says_something());
        let previous = previous.and_then(|text| Question::new(text).ok());
        let urgent = match &previous {
            Some(previous) => graver(alone, self.triage.check(&[previous.text(), question.text()])),
            None => alone,
        };
        Some(self.answer_judged(&question, previous.as_ref(), urgent))
    }

    /// The sign in the last of these messages alone, and the one in all of them together.
    fn signs(&self, messages: &[&str]) -> (Option<Urgent<'_>>, Option<Urgent<'_>>) {
        let Some(last) = messages.last() else { return (None, None) };
        let together = if messages.len() > 1 { self.triage.check(messages) } else { None };
        (self.triage.check(&[last]), together)
    }

    /// What an author went on about before their last message: of the ones before, the oldest first, the last that has a
    /// matter and does not itself point back.
    #[must_use]
    pub fn topic<'m>(&self, before: &[&'m str]) -> Option<&'m str> {
        let read = before.iter().rev().map(|&text| (text, self.message(text)));
        let mut matters = read.filter(|(_, message)| message.says_something()).peekable();
        let newest = matters.peek().map(|(text, _)| *text);
        matters.find(|(_, message)| !message.points_back()).map(|(text, _)| text).or(newest)
    }

    /// The advice of a flag at a level, where the corpus (still) has it.
    #[must_use]
    pub fn advice(&self, flag: &str, level: Level) -> Option<Urgent<'_>> {
        self.triage.advice(flag, level)
    }

    /// Whether a message asks something.
    #[must_use]
    pub fn is_question(&self, message: &str) -> bool {
        self.message(message).is_question()
    }

    /// Whether a text touches what people do not want to talk about in public: the corpus's words.
    #[must_use]
    pub fn is_sensitive(&self, text: &str) -> bool {
        let folded = language::fold(text);
        language::words(&folded).any(|word| self.corpus.settings.sensitive.iter().any(|listed| listed.fits(word)))
    }

    /// The corpus's own questions that hold every word typed so far, in its order; all where nothing is typed.
    pub fn questions<'a>(&'a self, typed: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let typed = language::words_of(typed);
        let fits = move |question: &&str| {
            let folded = language::fold(question);
            typed.iter().all(|word| language::words(&folded).any(|of| of.starts_with(word.as_str())))
        };
        self.corpus.passages().flat_map(|(_, _, section)| section.questions.iter().map(String::as_str)).filter(fits)
    }
}

/// The more urgent of two signs; the first where they are equal.
fn graver<'a>(one: Option<Urgent<'a>>, other: Option<Urgent<'a>>) -> Option<Urgent<'a>> {
    match (one, other) {
        (Some(one), Some(other)) if other.level > one.level => Some(other),
        (one, other) => one.or(other),
    }
}
