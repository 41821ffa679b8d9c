//! Bytes into text, as browsers do: a byte order mark, what the site says, what the page says, a guess.

use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use regex::bytes::Regex;

/// So far a browser looks for what the page says of itself.
const SNIFFED: usize = 1024;

#[expect(clippy::expect_used, reason = "the pattern is written here")]
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:.-]+)"#)
        .expect("a pattern that is right")
});

/// The text of a page, and the encoding it was in.
pub(super) fn decode(bytes: &[u8], content_type: &str) -> String {
    let said = content_type
        .split(';')
        .filter_map(|parameter| parameter.trim().split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .and_then(|(_, name)| Encoding::for_label(name.trim().trim_matches(['"', '\'']).as_bytes()));
    let encoding = said.or_else(|| on_page(bytes)).unwrap_or_else(|| guess(bytes));
    // A byte order mark wins over all of it.
    encoding.decode(bytes).0.into_owned()
}

fn on_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let name = SAID.captures(&bytes[..bytes.len().min(SNIFFED)])?.get(1)?;
    // A page that can be read so far is not in UTF-16, whatever it says.
    Encoding::for_label(name.as_bytes()).map(Encoding::output_encoding)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_its_own_letters() {
        for (bytes, content_type) in [
            ("Größe – “naïve”".as_bytes().to_vec(), "text/html"),
            (b"Gr\xf6\xdfe \x96 \x93na\xefve\x94".to_vec(), "text/html; charset=ISO-8859-1"),
            (b"<meta charset='windows-1252'>Gr\xf6\xdfe \x96 \x93na\xefve\x94".to_vec(), "text/html"),
            (b"<?xml version='1.0' encoding=\"latin1\"?>Gr\xf6\xdfe \x96 \x93na\xefve\x94".to_vec(), ""),
            (b"<meta charset=utf-16><p>".iter().copied().chain("Größe – “naïve”".bytes()).collect(), "text/html"),
            ("\u{feff}Größe – “naïve”".as_bytes().to_vec(), "text/html; charset=latin1"),
            (
                b"\xff\xfe"
                    .iter()
                    .copied()
                    .chain("Größe – “naïve”".encode_utf16().flat_map(u16::to_le_bytes))
                    .collect(),
                "",
            ),
        ] {
            let text = decode(&bytes, content_type);
            assert!(text.ends_with("Größe – “naïve”"), "{content_type}: {text}");
        }
        assert_eq!(
            decode(
                "Ein Haus f\u{fc}r die gro\u{df}e M\u{fc}hle".chars().map(|c| c as u8).collect::<Vec<_>>().as_slice(),
                ""
            ),
            "Ein Haus für die große Mühle"
        );
    }
}
