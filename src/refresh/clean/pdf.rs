//! A PDF into paragraphs.

use pdf_extract::{Document, Object, OutputError, PlainTextOutput, output_doc_page};

use super::CleanError;
use super::letters::{is_sentence, line};
use crate::corpus::{OriginalText, TextPart};

/// The most pages that are read.
pub(super) const MOST_PAGES: usize = 200;
/// With fewer words a page, they are pictures.
const SCANNED_WORDS: usize = 5;

/// Whether it is a PDF, by its first bytes.
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(1024)].windows(5).any(|window| window == b"%PDF-")
}

/// Reads a PDF.
pub(super) fn read(bytes: &[u8]) -> Result<OriginalText, CleanError> {
    let mut pdf = Document::load_mem(bytes).map_err(|error| CleanError::Broken(error.to_string()))?;
    if pdf.is_encrypted() && pdf.decrypt("").is_err() {
        return Err(CleanError::Locked);
    }
    let pages = pdf.get_pages().len();
    if pages > MOST_PAGES {
        return Err(CleanError::TooLong(pages));
    }
    let mut raw = String::new();
    let broken = |error: OutputError| CleanError::Broken(error.to_string());
    // One by one: what begins a page is no part of the line that ends the one before.
    for number in pdf.get_pages().into_keys() {
        output_doc_page(&pdf, &mut PlainTextOutput::new(&mut raw), number).map_err(broken)?;
        raw.push('\n');
    }
    let paragraphs = paragraphs(&raw);
    let text = paragraphs.iter().filter(|paragraph| is_sentence(paragraph)).cloned().collect::<Vec<_>>().join("\n\n");
    let part = TextPart { heading: String::new(), text };
    let title = title(&pdf).or_else(|| paragraphs.first().cloned()).unwrap_or_default();
    let text = OriginalText { title, published: None, parts: vec![part] };
    match text.words() {
        words if words < SCANNED_WORDS * pages.max(1) => Err(CleanError::Scanned),
        _ => Ok(text),
    }
}

/// Lines that belong together, joined; a word that was cut at the end of a line is made whole.
fn paragraphs(raw: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut open = String::new();
    for row in raw.lines().chain([""]) {
        let row = line(row);
        if !row.is_empty() {
            match open.strip_suffix('-') {
                Some(whole) if row.starts_with(char::is_lowercase) => open = whole.to_owned(),
                _ if !open.is_empty() => open.push(' '),
                _ => {}
            }
            open.push_str(&row);
        } else if is_sentence(&open) || !open.is_empty() && !open.ends_with([',', '-']) {
            paragraphs.push(std::mem::take(&mut open));
        }
    }
    paragraphs
}

/// The title that the PDF says it has.
fn title(pdf: &Document) -> Option<String> {
    let info = pdf.trailer.get(b"Info").ok()?;
    let info = info.as_reference().map_or(Some(info), |id| pdf.get_object(id).ok())?;
    let Object::String(bytes, _) = info.as_dict().ok()?.get(b"Title").ok()? else { return None };
    let text = match bytes.strip_prefix(b"\xfe\xff") {
        Some(wide) => encoding_rs::UTF_16BE.decode(wide).0,
        None => encoding_rs::WINDOWS_1252.decode(bytes).0,
    };
    Some(line(&text)).filter(|title| !title.is_empty())
}
