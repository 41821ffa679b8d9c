//! What a person typed.

/// A message that may hold a question: trimmed, not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question(String);

/// There was nothing in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the question is empty; type it after the command, for example: sacrum ask \"why does it hurt?\"")]
pub struct EmptyQuestion;

impl Question {
    /// Takes what a person typed.
    ///
    /// # Errors
    /// Where nothing is left without white space.
    pub fn new(text: &str) -> Result<Self, EmptyQuestion> {
        let text = text.trim();
        if text.is_empty() { Err(EmptyQuestion) } else { Ok(Self(text.to_owned())) }
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}
