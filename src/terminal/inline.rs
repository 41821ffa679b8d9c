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
        ["iTerm.app", "WezTerm", "mintty"].contains(&variable("TERM_PROGRAM").as_str()).then_some(Self::Iterm)
    }

    /// Shows a PNG where the cursor is.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn show(self, out: &mut impl Write, png: &[u8]) -> io::Result<()> {
        let text = STANDARD.encode(png);
        match self {
            Self::Kitty => {
                let mut pieces = text.as_bytes().chunks(PIECE).peekable();
                let mut keys = format!("a=T,f=100,c={CELLS},");
                while let Some(piece) = pieces.next() {
                    write!(out, "\x1b_G{keys}m={};", u8::from(pieces.peek().is_some()))?;
                    out.write_all(piece)?;
                    write!(out, "\x1b\\")?;
                    keys.clear();
                }
            }
            Self::Iterm => write!(out, "\x1b]1337;File=inline=1;size={};width={CELLS}:{text}\x07", png.len())?,
        }
        writeln!(out, "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_pictures_only_in_a_form_that_it_says_it_knows() {
        for (variables, expected) in [
            (&[("TERM", "xterm-kitty")][..], Some(Graphics::Kitty)),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Some(Graphics::Iterm)),
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
}
