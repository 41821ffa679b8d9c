//! Pictures in terminals that can show them.

use std::io::{self, IsTerminal, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How wide a picture is shown, in cells; its height follows.
const CELLS: u8 = 64;
/// The kitty protocol takes no more in one piece.
const PIECE: usize = 4096;

/// A way of sending pictures to a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Graphics {
    /// <https://sw.kovidgoyal.net/kitty/graphics-protocol/>: kitty, Ghostty, Konsole.
    Kitty,
    /// <https://iterm2.com/documentation-images.html>: iTerm2, WezTerm, mintty.
    Iterm,
    /// <https://vt100.net/docs/vt3xx-gp/chapter14.html>: foot, contour, mlterm.
    Sixel,
}

impl Graphics {
    /// What standard output's terminal takes; `None` where it is none, or takes no pictures.
    #[must_use]
    pub fn of_stdout() -> Option<Self> {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        if io::stdout().is_terminal() { Self::told_by(variable) } else { None }
    }

    /// What the terminal's own variables tell. A multiplexer between us and it swallows pictures.
    fn told_by(variable: impl Fn(&str) -> String) -> Option<Self> {
        let term = variable("TERM");
        if term.starts_with("screen") || term.starts_with("tmux") || !variable("TMUX").is_empty() {
            return None;
        }
        if !variable("KITTY_WINDOW_ID").is_empty() || ["xterm-kitty", "xterm-ghostty"].contains(&term.as_str()) {
            return Some(Self::Kitty);
        }
        if ["iTerm.app", "WezTerm", "mintty"].contains(&variable("TERM_PROGRAM").as_str()) {
            return Some(Self::Iterm);
        }
        ["foot", "contour", "mlterm"].iter().any(|name| term.starts_with(name)).then_some(Self::Sixel)
    }

    /// Shows a PNG where the cursor is.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn show(self, out: &mut impl Write, png: &[u8]) -> io::Result<()> {
        let text = || STANDARD.encode(png);
        match self {
            Self::Kitty => {
                let text = text();
                let mut pieces = text.as_bytes().chunks(PIECE).peekable();
                let mut keys = format!("a=T,f=100,c={CELLS},");
                while let Some(piece) = pieces.next() {
                    write!(out, "\x1b_G{keys}m={};", u8::from(pieces.peek().is_some()))?;
                    out.write_all(piece)?;
                    write!(out, "\x1b\\")?;
                    keys.clear();
                }
            }
            Self::Iterm => write!(out, "\x1b]1337;File=inline=1;size={};width={CELLS}:{}\x07", png.len(), text())?,
            Self::Sixel => sixel(out, png)?,
        }
        writeln!(out, "\n")
    }
}

/// An indexed PNG, as ours are, in bands of six rows: in each, one colour after the other. No crate does that:
/// `icy_sixel`, the one in Rust that is well kept and small, takes true colours, so it would choose and dither a palette
/// anew where there is one, and brings 14 crates to do it; `a-sixel` brings more, and the others need the C of libsixel.
fn sixel(out: &mut impl Write, png: &[u8]) -> io::Result<()> {
    let mut reader = png::Decoder::new(io::Cursor::new(png)).read_info().map_err(io::Error::other)?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or(0)];
    reader.next_frame(&mut pixels).map_err(io::Error::other)?;
    let info = reader.info();
    let (width, height) = (info.width as usize, info.height as usize);
    write!(out, "\x1bP0;1q\"1;1;{width};{height}")?;
    for (colour, rgb) in info.palette.as_deref().unwrap_or_default().chunks(3).enumerate() {
        let [red, green, blue] = [0, 1, 2].map(|part| u32::from(rgb[part]) * 100 / 255);
        write!(out, "#{colour};2;{red};{green};{blue}")?;
    }
    for band in pixels.chunks(6 * width) {
        for colour in (0..=255).filter(|colour| band.contains(colour)) {
            // A column of six is a letter: its bits say where it has this colour.
            let bits = |x: usize| {
                let set = band.chunks(width).enumerate().filter(|(_, row)| row[x] == colour);
                set.map(|(row, _)| 1_u8 << row).sum::<u8>()
            };
            write!(out, "#{colour}")?;
            for run in (0..width).map(bits).collect::<Vec<u8>>().chunk_by(u8::eq) {
                write!(out, "!{}{}", run.len(), char::from(b'?' + run[0]))?;
            }
            write!(out, "$")?;
        }
        write!(out, "-")?;
    }
    write!(out, "\x1b\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_pictures_only_in_a_form_that_it_says_it_knows() {
        for (variables, expected) in [
            (&[("TERM", "xterm-kitty")][..], Some(Graphics::Kitty)),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Some(Graphics::Iterm)),
            (&[("TERM", "foot-extra")], Some(Graphics::Sixel)),
            (&[("TERM", "xterm-256color")], None),
            (&[("TERM", "tmux-256color"), ("KITTY_WINDOW_ID", "1")], None),
        ] {
            let variable =
                |name: &str| variables.iter().find(|of| of.0 == name).map_or(String::new(), |of| of.1.to_owned());
            assert_eq!(Graphics::told_by(variable), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_large_picture_is_sent_in_pieces() {
        let mut out = Vec::new();
        Graphics::Kitty.show(&mut out, &[7; 7000]).unwrap();
        let sent = String::from_utf8(out).unwrap();
        assert!(sent.starts_with("\x1b_Ga=T,f=100,c=64,m=1;"));
        assert_eq!(sent.matches("\x1b_G").count(), 3);
        assert_eq!(sent.matches("m=0;").count(), 1);
    }

    #[test]
    fn sixels_go_down_in_bands_of_six_rows() {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 3, 7);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(vec![0, 0, 0, 255, 0, 51]);
        let mut pixels = [0_u8; 21];
        (pixels[0], pixels[20]) = (1, 1);
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
        let mut out = Vec::new();
        Graphics::Sixel.show(&mut out, &file).unwrap();
        let bands = "#0!1}!2~$#1!1@!2?$-#0!2@!1?$#1!2?!1@$-";
        let expected = format!("\x1bP0;1q\"1;1;3;7#0;2;0;0;0#1;2;100;0;20{bands}\x1b\\\n\n");
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
