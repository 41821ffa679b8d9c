//! Links that open a page at a passage (text fragments).

/// So many words at each end of a passage find it.
const WORDS: usize = 5;

/// Whether a text is the address of a page as it stands: with a host, and with nothing in it that would have to be
/// written in another way first. Discord refuses a whole message for the sake of one that is not.
#[must_use]
pub fn is_address(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let names = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let stands = |c: char| c.is_ascii_graphic() && !r#""<>\^`{|}"#.contains(c);
    !host.is_empty() && host.chars().all(names) && rest.chars().all(stands)
}

/// The address of a page, opening it where a text stands.
///
/// Only words are looked for, those at its beginning and those at its end: what stands between may be cut
/// into elements of the page, and marks between words may be ours.
#[must_use]
pub fn passage_link(url: &str, text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let breaks = |word: &&str| word.ends_with([':', ';']);
    let until = words.iter().take(WORDS).position(breaks).map_or(WORDS, |at| at + 1).min(words.len());
    let from = words.iter().rev().skip(1).take(WORDS - 1).position(breaks).map_or(WORDS, |at| at + 1);
    let from = words.len().saturating_sub(from);
    let phrase = |words: &[&str]| {
        let joined = words.join(" ");
        joined.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
    };
    let ends = if from > until {
        format!("{},{}", encoded(&phrase(&words[..until])), encoded(&phrase(&words[from..])))
    } else if words.iter().any(breaks) {
        encoded(&phrase(&words[..until]))
    } else {
        encoded(&phrase(&words))
    };
    let bare_url = url.split('#').next().unwrap_or(url);
    if words.iter().all(|word| bare(word).is_empty()) { url.to_owned() } else { format!("{bare_url}#:~:text={ends}") }
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_as_it_is() {
        for url in ["https://example.org", "http://127.0.0.1:80/a", "https://[::1]/a?b=c&d=%20#:~:text=e,f"] {
            assert!(is_address(url), "{url}");
        }
        for text in
            ["example.org", "https://", "https:///a", "https://example.org/a b", "https://a b.org/", "mailto:a@b"]
        {
            assert!(!is_address(text), "{text}");
        }
    }

    #[test]
    fn a_link_finds_the_words_at_both_ends() {
        for (text, fragment) in [
            ("Salt it.", "Salt%20it"),
            ("Well-known: so, so & \"so\".", "Well%2Dknown"),
            (
                "One two three four five six seven eight nine ten eleven.",
                "One%20two%20three%20four%20five,seven%20eight%20nine%20ten%20eleven",
            ),
            ("Signs are: a long one; a short one of many.", "Signs%20are,a%20short%20one%20of%20many"),
            ("Größe", "Gr%C3%B6%C3%9Fe"),
        ] {
            assert_eq!(
                passage_link("https://example.org/a#b", text),
                format!("https://example.org/a#:~:text={fragment}")
            );
        }
        assert_eq!(passage_link("https://example.org/", "…"), "https://example.org/");
    }
}
