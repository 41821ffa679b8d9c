//! Black-box tests: each runs the real program, or reads the tree. tests/suite/README.md tells how to
//! add a case.

#![allow(clippy::unwrap_used)] // a test may panic: that is how it fails

mod ask;
mod care;
mod cli;
mod corpus;
mod fetch;
mod kept;
mod muscle;
mod orders;
mod picture;
mod promise;
mod refresh;
mod refresh_keeps;
mod serve;
mod support;
mod tidy;
