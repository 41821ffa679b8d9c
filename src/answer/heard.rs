//! What a chat asks of an answerer besides answers.

use super::Answerer;
use crate::corpus::Level;
use crate::language;
use crate::triage::Urgent;

impl Answerer {
    /// The most urgent sign in an author's messages, the oldest first: in the last one alone, or in all of
    /// them together. Together they can hide what one of them says, so both are looked at.
    #[must_use]
    pub fn check(&self, messages: &[&str]) -> Option<Urgent<'_>> {
        let last = messages.last()?;
        let alone = self.triage.check(&[last]);
        if messages.len() == 1 {
            return alone;
        }
        let together = self.triage.check(messages);
        match (alone, together) {
            (Some(alone), Some(together)) if together.level > alone.level => Some(together),
            (alone, together) => alone.or(together),
        }
    }

    /// The advice of a flag at a level, where the corpus (still) has it.
    #[must_use]
    pub fn advice(&self, flag: &str, level: Level) -> Option<Urgent<'_>> {
        self.triage.advice(flag, level)
    }

    /// Whether a message asks something.
    #[must_use]
    pub fn is_question(&self, message: &str) -> bool {
        message.contains('?') || self.corpus.language.asks(language::words(&language::fold(message)))
    }

    /// Whether a text touches what people do not want to talk about in public: the corpus's words.
    #[must_use]
    pub fn is_sensitive(&self, text: &str) -> bool {
        let folded = language::fold(text);
        language::words(&folded).any(|word| {
            self.corpus.settings.sensitive.iter().any(|listed| match listed.strip_suffix('*') {
                Some(beginning) => word.starts_with(beginning),
                None => word == listed,
            })
        })
    }

    /// The corpus's own questions that hold every word typed so far, in its order; all where nothing is typed.
    pub fn questions<'a>(&'a self, typed: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let typed: Vec<String> = language::words(&language::fold(typed)).map(str::to_owned).collect();
        let fits = move |question: &&str| {
            let folded = language::fold(question);
            typed.iter().all(|word| language::words(&folded).any(|of| of.starts_with(word.as_str())))
        };
        self.corpus.passages().flat_map(|(_, _, section)| section.questions.iter().map(String::as_str)).filter(fits)
    }
}
