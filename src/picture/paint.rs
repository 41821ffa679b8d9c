//! SVG to PNG, the same on every machine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use resvg::tiny_skia::{Pixmap, PixmapMut, Transform};
use resvg::usvg::{self, Options, Tree, fontdb::Database};
use sha2::{Digest, Sha256};

use super::{Drawing, palette};

/// Inter, by the Inter Project Authors; its terms (OFL-1.1) stand in font/Inter.LICENSE.
const FONTS: [&[u8]; 2] = [include_bytes!("font/Inter-Regular.otf"), include_bytes!("font/Inter-SemiBold.otf")];
/// So many painted pictures are kept; a corpus has some fifty.
const KEPT: usize = 128;

/// Why a picture could not be painted.
#[derive(Debug, thiserror::Error)]
pub enum PaintError {
    /// The figure is no SVG that we can read.
    #[error("the figure \"{view}\" cannot be drawn: {source}")]
    Svg {
        /// The figure.
        view: String,
        /// What is wrong with it.
        source: usvg::Error,
    },
    /// It has no size, or a huge one.
    #[error("the figure \"{0}\" has a size that cannot be painted; give it width=\"1000\" height=\"750\"")]
    Size(String),
    /// The pixels could not be packed.
    #[error("the picture cannot be written as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// Paints drawings, and keeps what it has painted.
#[derive(Debug)]
pub struct Painter {
    fonts: Arc<Database>,
    painted: Mutex<HashMap<[u8; 32], Arc<[u8]>>>,
}

impl Default for Painter {
    fn default() -> Self {
        let mut fonts = Database::new();
        FONTS.iter().for_each(|font| fonts.load_font_data(font.to_vec()));
        fonts.set_sans_serif_family("Inter");
        Self { fonts: Arc::new(fonts), painted: Mutex::default() }
    }
}

impl Painter {
    /// The picture as PNG.
    ///
    /// # Errors
    /// Where the figure cannot be drawn.
    pub fn png(&self, drawing: &Drawing) -> Result<Arc<[u8]>, PaintError> {
        let key: [u8; 32] = Sha256::digest(&drawing.svg).into();
        let kept = |painter: &Self| painter.painted.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(png) = kept(self) {
            return Ok(png);
        }
        let png: Arc<[u8]> = palette::png(&self.pixels(drawing, 1.0)?)?.into();
        let mut painted = self.painted.lock().unwrap_or_else(PoisonError::into_inner);
        if painted.len() >= KEPT {
            painted.clear();
        }
        painted.insert(key, Arc::clone(&png));
        Ok(png)
    }

    /// The drawing's elements with their places, as they are painted.
    ///
    /// # Errors
    /// Where the figure cannot be drawn.
    pub fn tree(&self, drawing: &Drawing) -> Result<Tree, PaintError> {
        let options =
            Options { fontdb: Arc::clone(&self.fonts), font_family: "Inter".to_owned(), ..Options::default() };
        Tree::from_str(&drawing.svg, &options).map_err(|source| PaintError::Svg { view: drawing.view.clone(), source })
    }

    /// The drawing's pixels at a scale.
    ///
    /// # Errors
    /// Where the figure cannot be drawn.
    pub fn pixels(&self, drawing: &Drawing, scale: f32) -> Result<Pixmap, PaintError> {
        let tree = self.tree(drawing)?;
        let size = tree.size().to_int_size().scale_by(scale);
        let pixmap = size.filter(|size| size.width().max(size.height()) <= 4000);
        let mut pixmap = pixmap
            .and_then(|size| Pixmap::new(size.width(), size.height()))
            .ok_or_else(|| PaintError::Size(drawing.view.clone()))?;
        let (width, half) = (pixmap.width(), pixmap.height() / 2);
        let paint = |pixels: &mut [u8], top: u32, rows: u32| {
            if let Some(mut part) = PixmapMut::from_bytes(pixels, width, rows) {
                let moved = Transform::from_scale(scale, scale).post_translate(0.0, -(top as f32));
                resvg::render(&tree, moved, &mut part);
            }
        };
        let (rest, rows) = (pixmap.height() - half, width as usize * half as usize * 4);
        let (upper, lower) = pixmap.data_mut().split_at_mut(rows);
        // Painting is what takes long, so both halves are painted at once.
        std::thread::scope(|scope| {
            scope.spawn(|| paint(upper, 0, half));
            paint(lower, half, rest);
        });
        Ok(pixmap)
    }
}
