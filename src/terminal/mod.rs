//! Answers for people and for programs. Thin: everything was decided before.

pub mod card;
pub mod card_json;
pub mod inline;
pub mod json;
pub mod text;
