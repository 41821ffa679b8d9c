//! What somebody calls a muscle, to the muscle: names, filters and what is said of each.
//!
//! Deliberately absent: drawing (`picture`) and any reading of files.

mod complete;
mod described;
mod finder;
mod likeness;
mod list;
mod mentions;
mod parts;

pub use complete::Choice;
pub(crate) use described::Descriptions;
pub use finder::{Finder, Found};
pub use list::{Filter, Unknown, list, named, named_like, named_so_far};
pub(crate) use mentions::Mentions;
pub use parts::parts;
