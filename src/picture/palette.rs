//! Pixels to PNG with few colours: drawings need no more, and become a third of the size.

use resvg::tiny_skia::Pixmap;

/// Five bits of each of red, green and blue: colours are told apart no finer than this.
const CELLS: usize = 1 << 15;
/// As many as an indexed PNG can hold.
const COLOURS: usize = 256;
/// Flate's level: the higher ones save a twentieth, and take as long as painting does.
const LEVEL: u8 = 3;

/// The colours of one cell, summed.
#[derive(Clone, Copy, Default)]
struct Cell {
    index: usize,
    count: u64,
    sum: [u64; 3],
}

/// The pixels as an indexed PNG; what is transparent shows white.
pub(super) fn png(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut cells = vec![Cell::default(); CELLS];
    let solid: Vec<[u8; 3]> = pixels.pixels().iter().map(|pixel| over_white(*pixel)).collect();
    for colour in &solid {
        let cell = &mut cells[index(*colour)];
        cell.count += 1;
        for (sum, part) in cell.sum.iter_mut().zip(colour) {
            *sum += u64::from(*part);
        }
    }
    cells.iter_mut().enumerate().for_each(|(at, cell)| cell.index = at);
    let painted = cells.into_iter().filter(|cell| cell.count > 0).collect::<Vec<_>>();
    let mut boxes = vec![(spread(&painted), painted)];
    while boxes.len() < COLOURS {
        let Some((widest, cells)) = boxes.iter_mut().max_by_key(|of| of.0).filter(|of| of.0 > 0) else { break };
        let half = cut(cells);
        *widest = spread(cells);
        boxes.push((spread(&half), half));
    }
    let mut palette = Vec::with_capacity(boxes.len() * 3);
    let mut entry_of = vec![0_u8; CELLS];
    for (entry, (_, cells)) in (0_u8..=255).zip(&boxes) {
        let count: u64 = cells.iter().map(|cell| cell.count).sum();
        for part in 0..3 {
            let sum: u64 = cells.iter().map(|cell| cell.sum[part]).sum();
            palette.push(u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
        }
        cells.iter().for_each(|cell| entry_of[cell.index] = entry);
    }
    let bytes: Vec<u8> = solid.iter().map(|colour| entry_of[index(*colour)]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette);
    encoder.set_deflate_compression(png::DeflateCompression::Level(LEVEL));
    // Neighbours in the palette are not alike, so their differences pack worse than they do.
    encoder.set_filter(png::Filter::NoFilter);
    encoder.write_header()?.write_image_data(&bytes)?;
    Ok(file)
}

fn over_white(pixel: resvg::tiny_skia::PremultipliedColorU8) -> [u8; 3] {
    let rest = u8::MAX - pixel.alpha();
    [pixel.red() + rest, pixel.green() + rest, pixel.blue() + rest]
}

fn index([red, green, blue]: [u8; 3]) -> usize {
    let five = |part: u8| usize::from(part >> 3);
    five(red) << 10 | five(green) << 5 | five(blue)
}

fn part(cell: &Cell, of: usize) -> usize {
    cell.index >> (10 - 5 * of) & 31
}

/// The part that differs most in a box, and by how much, weighed by how much is painted with it.
fn widest(cells: &[Cell]) -> (usize, usize) {
    let range = |of: usize| {
        let parts = || cells.iter().map(|cell| part(cell, of));
        parts().max().unwrap_or(0) - parts().min().unwrap_or(0)
    };
    (0..3).map(|of| (range(of), of)).max().unwrap_or_default()
}

fn spread(cells: &[Cell]) -> u64 {
    let painted: u64 = cells.iter().map(|cell| cell.count).sum();
    let (range, _) = widest(cells);
    (range as u64).pow(2) * painted.isqrt()
}

/// Cuts a box in two where half of what is painted lies on either side; gives the upper half.
fn cut(cells: &mut Vec<Cell>) -> Vec<Cell> {
    let (_, of) = widest(cells);
    cells.sort_by_key(|cell| part(cell, of));
    let whole: u64 = cells.iter().map(|cell| cell.count).sum();
    let mut painted = 0;
    let middle = cells.iter().position(|cell| {
        painted += cell.count;
        painted * 2 >= whole
    });
    let middle = middle.map_or(1, |at| at + 1).clamp(1, cells.len() - 1);
    cells.split_off(middle)
}
