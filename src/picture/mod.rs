//! Pictures of muscles: a figure of the corpus with some of its parts brought out and named.
//!
//! [`Drawing`] composes an SVG and needs nothing; [`Painter`] turns it into pixels, with the font that is
//! built in, so that every machine paints the same. Deliberately absent: anything that knows what is drawn.

mod draw;
mod labels;
mod paint;
mod palette;
mod sheet;

pub use draw::Drawing;
pub use paint::{PaintError, Painter};
pub use sheet::sheet;
