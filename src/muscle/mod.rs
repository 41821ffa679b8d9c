//! What somebody calls a muscle, to the muscle: names, filters and what is said of each.
//!
//! Deliberately absent: drawing (`picture`) and any reading of files.

mod complete;
mod described;
mod finder;
mod heads;
mod likeness;
mod list;
mod mentions;
mod names;
mod parts;
mod target;
mod within;
mod words;

pub use complete::Choice;
pub(crate) use described::Descriptions;
pub use finder::Finder;
pub use list::{Filter, Unknown, list, named, named_like, named_so_far};
pub(crate) use mentions::Mentions;
pub use parts::{SOURCES_OF_A_LIST, parts};
pub use target::Found;
