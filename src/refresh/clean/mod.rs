//! A page into the text that can be quoted: headings and sentences, and nothing that nobody sees.
//!
//! Pages come from strangers. They are read in a process of their own ([`Worker`]) that has little time
//! and memory, so that a hostile one costs only itself. Nothing on a page is run.

mod charset;
mod error;
mod html;
mod letters;
mod pdf;
mod plain;
mod wall;
mod worker;

pub use error::CleanError;
pub use worker::{COMMAND, Worker, serve};

use crate::corpus::{OriginalText, TextPart};

/// A text that a moderator wrote, under its title: they can be trusted, so it is read here.
pub(super) fn written(title: &str, text: &str) -> OriginalText {
    let title = letters::line(title);
    let read = plain::read_markdown(text);
    let parts = read.parts.into_iter().map(|part| match part.heading.is_empty() {
        true => TextPart { heading: title.clone(), ..part },
        false => part,
    });
    OriginalText { parts: parts.collect(), title, published: None }
}

/// Reads a page; the type is what the site said, and may be empty or wrong.
fn clean(bytes: &[u8], content_type: &str, path: &str) -> Result<OriginalText, CleanError> {
    if pdf::is_pdf(bytes) {
        return pdf::read(bytes);
    }
    let said = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_text = said.is_empty()
        || said.starts_with("text/")
        || matches!(said.as_str(), "application/xhtml+xml" | "application/xml" | "application/octet-stream");
    if !is_text {
        return Err(CleanError::NotText(said));
    }
    let text = charset::decode(bytes, content_type);
    if text.contains('\0') {
        return Err(CleanError::NotText("a file that is not text".to_owned()));
    }
    let is_markup = said.contains("html") || said.contains("xml") || text.trim_start().starts_with('<');
    let is_markdown = said == "text/markdown" || path.ends_with(".md") || path.ends_with(".markdown");
    let read = if is_markup {
        html::read(&text)?
    } else if is_markdown {
        plain::read_markdown(&text)
    } else {
        plain::read(&text)
    };
    if read.words() == 0 { Err(CleanError::Empty) } else { Ok(read) }
}
