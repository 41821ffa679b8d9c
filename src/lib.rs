//! Answers questions with short, cited excerpts of a corpus; says so when it has none; and looks for
//! warning signs before anything else.
//!
//! In reading order: a [`generation`] keeps what is compiled in files, `learn` makes linear models of texts, and
//! [`secret`] is text that is never printed. [`language`] knows words and nothing of a subject. [`corpus`] reads the
//! folder that holds the domain. [`muscle`] finds muscles by any name
//! and [`picture`] draws them. [`triage`] finds red flags in a message, [`index`] finds passages, and [`answer`]
//! makes an answer of both, without any I/O. [`store`] keeps what must last, and [`refresh`] downloads the
//! originals of sources. [`terminal`] and [`discord`] show answers, and [`cli`] wires it all together.

pub mod answer;
pub mod cli;
pub mod corpus;
pub mod discord;
pub mod generation;
pub mod index;
pub mod language;
mod learn;
pub mod muscle;
pub mod picture;
pub mod refresh;
pub mod secret;
pub mod store;
pub mod terminal;
pub mod triage;
