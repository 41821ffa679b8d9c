//! A contact sheet: many pictures on one.

use resvg::tiny_skia::{Color, Pixmap, PixmapPaint, Transform};

use super::paint::{PaintError, Painter};
use super::{Drawing, palette};

const COLUMNS: u16 = 6;
/// The size of a picture on the sheet, next to its own.
const SCALE: f32 = 0.26;
const GAP: u16 = 6;

/// The drawings in rows, as PNG.
///
/// # Errors
/// Where one of them cannot be drawn.
pub fn sheet(painter: &Painter, drawings: &[Drawing]) -> Result<Vec<u8>, PaintError> {
    let tiles: Vec<Pixmap> = drawings.iter().map(|drawing| painter.pixels(drawing, SCALE)).collect::<Result<_, _>>()?;
    let (width, height) = tiles.first().map_or((1, 1), |tile| (tile.width(), tile.height()));
    let (column, row) = (width + u32::from(GAP), height + u32::from(GAP));
    let rows = u32::try_from(tiles.len()).unwrap_or(0).div_ceil(u32::from(COLUMNS)).max(1);
    let mut sheet = Pixmap::new(column * u32::from(COLUMNS) + u32::from(GAP), row * rows + u32::from(GAP))
        .ok_or_else(|| PaintError::Size("sheet".to_owned()))?;
    sheet.fill(Color::from_rgba8(120, 120, 124, 255));
    for (at, tile) in (0_u32..).zip(&tiles) {
        let (x, y) = (at % u32::from(COLUMNS) * column, at / u32::from(COLUMNS) * row);
        let place = |at: u32| i32::try_from(at).unwrap_or(0) + i32::from(GAP);
        sheet.draw_pixmap(place(x), place(y), tile.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    }
    Ok(palette::png(&sheet)?)
}
