//! Answers for people and for programs. Thin: everything was decided before.

pub mod json;
pub mod text;
