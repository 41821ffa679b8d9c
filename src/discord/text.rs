//! Text that Discord shows: measured as Discord measures it, and harmless whoever wrote it.

use crate::language;

/// How long a text is for Discord: in UTF-16 units, which is never less than what it counts.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text within a limit: cut behind a word, with a mark that something is missing.
pub(super) fn cut(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let fits = text.char_indices().find_map(|(at, c)| {
        let Some(rest) = left.checked_sub(c.len_utf16()) else { return Some(at) };
        left = rest;
        None
    });
    let kept = &text[..fits.unwrap_or(text.len())];
    // A text without white space, as in some languages, is cut anywhere.
    let word = kept.rfind(char::is_whitespace).filter(|&at| at > kept.len() / 2).unwrap_or(kept.len());
    // A backslash at the end would take the mark's place, and a comma says no more than the mark.
    format!("{}…", kept[..word].trim_end().trim_end_matches(['\\', ',', ';', ':']))
}

/// Characters that are not seen, or that turn the order of those that are.
fn is_hidden(c: char) -> bool {
    language::is_hidden(c) || (c.is_control() && c != '\n')
}

/// A text as plain text: Discord reads no Markdown, mention, time, emoji or link into it.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut line_begins = true;
    let mut chars = text.chars().filter(|&c| !is_hidden(c)).peekable();
    while let Some(c) = chars.next() {
        match c {
            // A mention pings by its letters alone, so these are exchanged and not only escaped.
            '@' if chars.peek().is_some_and(char::is_ascii_alphabetic) => {
                let rest: String = chars.clone().take(8).collect::<String>().to_lowercase();
                out.push(if rest.starts_with("everyone") || rest.starts_with("here") { '＠' } else { '@' });
            }
            '<' if chars.peek().is_some_and(|&next| "@#:/ta".contains(next) || next.is_ascii_alphabetic()) => {
                out.push('＜')
            }
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' => out.extend(['\\', c]),
            '#' | '>' | '-' | '+' if line_begins => out.extend(['\\', c]),
            // "1." at the beginning of a line is a list.
            '.' if out.rsplit('\n').next().is_some_and(is_number) => out.extend(['\\', c]),
            ':' if chars.peek().is_some_and(|&next| next.is_ascii_alphanumeric() || "_/".contains(next)) => {
                out.extend(['\\', c])
            }
            // An address of Discord's leads there without "https", too.
            '.' if DISCORD.iter().any(|name| ends_with(&out, name)) => out.extend(['\\', c]),
            _ => out.push(c),
        }
        line_begins = c == '\n' || (line_begins && c.is_whitespace());
    }
    out
}

/// What Discord's own addresses begin with.
const DISCORD: [&str; 2] = ["discord", "discordapp"];

/// Whether a text ends with some small letters, however they are written in it.
fn ends_with(text: &str, end: &str) -> bool {
    text.len().checked_sub(end.len()).and_then(|at| text.get(at..)).is_some_and(|of| of.eq_ignore_ascii_case(end))
}

fn is_number(text: &str) -> bool {
    let text = text.trim_start();
    !text.is_empty() && text.len() < 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a person typed, on one line, without links: only the corpus's links may be followed.
pub(super) fn quoted(text: &str, most: usize) -> String {
    let seen: String = text.chars().filter(|&c| !is_hidden(c)).collect();
    let leads_away = |word: &&str| {
        let word = word.to_lowercase();
        ["://", "www.", "discord.gg", "discord.com", "discordapp.com"].iter().any(|mark| word.contains(mark))
    };
    let words: Vec<&str> =
        seen.split_whitespace().map(|word| if leads_away(&word) { "(link)" } else { word }).collect();
    cut(&plain(&words.join(" ")), most)
}

/// A text in pieces of at most so many units, cut between paragraphs, else sentences, else anywhere.
pub(super) fn pages(text: &str, most: usize) -> Vec<String> {
    let mut pages = vec![String::new()];
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let mut gap = "\n\n";
        for sentence in crate::corpus::sentences(paragraph).into_iter().map(|range| &paragraph[range]) {
            let mut rest = plain(sentence);
            while !rest.is_empty() {
                let page = pages.last_mut().map_or(0, |page| units(page));
                if page > 0 && page + gap.len() + units(&rest) > most {
                    pages.push(String::new());
                    continue;
                }
                let piece = first_units(&rest, most);
                let behind = rest.split_off(piece);
                if let Some(last) = pages.last_mut() {
                    if !last.is_empty() {
                        last.push_str(gap);
                    }
                    last.push_str(&rest);
                }
                rest = behind;
                gap = " ";
            }
        }
    }
    pages
}

/// Where a text has to be cut so that its beginning has at most so many units.
fn first_units(text: &str, most: usize) -> usize {
    let mut length = 0;
    let over = text.char_indices().find(|(_, c)| {
        length += c.len_utf16();
        length > most
    });
    over.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_typed_is_read_as_markup() {
        for (typed, shown) in [
            ("@everyone look", "＠everyone look"),
            ("@HERE", "＠HERE"),
            ("mail a@b.org", "mail a@b.org"),
            ("<@123> <@&4> <#5> </ask:6> <t:7:R> <:x:8>", "＜@123> ＜@&4> ＜#5> ＜/ask\\:6> ＜t\\:7\\:R> ＜\\:x\\:8>"),
            ("**b** _i_ ~~s~~ `c` ||p||", "\\*\\*b\\*\\* \\_i\\_ \\~\\~s\\~\\~ \\`c\\` \\|\\|p\\|\\|"),
            ("# big\n> quote\n- list\n1. one", "\\# big\n\\> quote\n\\- list\n1\\. one"),
            ("a\u{202e}b\u{200b}c", "abc"),
            ("up to 0.5 to 1.5 in 100", "up to 0.5 to 1.5 in 100"),
            ("see https://evil.example or Discord.gg/x", "see https\\://evil.example or Discord\\.gg/x"),
        ] {
            assert_eq!(plain(typed), shown);
        }
        assert_eq!(quoted("see https://evil.example\n[x](http://a) ok", 100), "see (link) (link) ok");
    }

    #[test]
    fn lengths_are_counted_as_discord_counts_them() {
        assert_eq!(units("a😀é"), 4);
        assert_eq!(cut("one two three", 9), "one two…");
        assert_eq!(cut("one, two, three", 11), "one, two…");
        assert_eq!(cut("😀😀😀", 5), "😀😀…");
        assert_eq!(cut("short", 5), "short");
    }

    #[test]
    fn pages_hold_all_of_a_text_and_no_more_than_fits() {
        let text = format!("{}\n\n{}", "First sentence here. Second one.", "x".repeat(70));
        let pages = pages(&text, 30);
        assert!(pages.iter().all(|page| units(page) <= 30 && !page.is_empty()), "{pages:?}");
        assert_eq!(pages.concat().replace([' ', '\n'], ""), text.replace([' ', '\n'], ""));
    }
}
