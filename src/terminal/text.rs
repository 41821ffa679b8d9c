//! Answers as a person reads them in a terminal.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use textwrap::WordSeparator;

use crate::answer::{Answer, Answerer, Cited, Outcome};
use crate::corpus::Source;

/// The first letter of Thai: of the scripts from there on some put no blanks between words (the order of Unicode).
const FIRST_WITHOUT_BLANKS: char = '\u{0e00}';

/// Whether a stream is a terminal that shows colours, and whoever looks at it wants them (<https://no-color.org>).
pub fn takes_colour(stream: &impl IsTerminal) -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stream.is_terminal() && !is_dumb && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// How the terminal likes to be written to.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    width: usize,
    colour: bool,
    links: bool,
}

impl Look {
    /// What standard output can do; plain where it is no terminal, or [takes no colour](takes_colour).
    #[must_use]
    pub fn of_stdout() -> Self {
        let terminal = io::stdout().is_terminal();
        let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
        Self {
            width: width.clamp(30, 88),
            colour: takes_colour(&io::stdout()),
            links: terminal && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
        }
    }

    pub(super) fn styled(self, style: Style, text: &str) -> String {
        self.painted(style, &harmless(text))
    }

    fn painted(self, style: Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Cut into lines, and without anything that a terminal would obey: a corpus may come from anywhere.
    pub(super) fn wrapped(self, text: &str, indent: &str) -> String {
        let text = harmless(text);
        // Where each word ends with a blank, no other place to break is looked for: it takes as long as the search.
        let separator = match text.chars().all(|c| c < FIRST_WITHOUT_BLANKS) {
            true => WordSeparator::AsciiSpace,
            false => WordSeparator::UnicodeBreakProperties,
        };
        let options = textwrap::Options::new(self.width).initial_indent(indent).subsequent_indent(indent);
        textwrap::fill(&text, options.break_words(false).word_separator(separator))
    }

    /// Wrapped behind a title that stands in the first line.
    pub(super) fn hanging(self, text: &str, indent: usize) -> String {
        let indent = " ".repeat(indent);
        self.wrapped(text, &indent).trim_start().to_owned()
    }

    pub(super) fn link(self, url: &str) -> String {
        let url = harmless(url);
        if self.links { format!("\x1b]8;;{url}\x1b\\{url}\x1b]8;;\x1b\\") } else { url.into_owned() }
    }
}

/// A text without anything that a terminal would obey: control characters but line breaks, and marks that turn the order
/// of letters round. White space stays white space.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let obeyed =
        |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(obeyed) {
        return text.into();
    }
    let blank = |c: char| if c.is_whitespace() && c != '\n' { ' ' } else { c };
    text.chars().map(blank).filter(|&c| !obeyed(c)).collect()
}

/// Writes what strangers may have written without anything that a terminal would obey; JSON as it is.
pub struct Harmless<'w, W> {
    out: &'w mut W,
    is_json: bool,
}

impl<'w, W: Write> Harmless<'w, W> {
    /// Writes there.
    pub fn new(out: &'w mut W, is_json: bool) -> Self {
        Self { out, is_json }
    }

    /// Where all goes as it is.
    pub fn verbatim(&mut self) -> &mut W {
        self.out
    }
}

impl<W: Write> Write for Harmless<'_, W> {
    /// Takes whole pieces of text, as `write!` gives them.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_json {
            return self.out.write(bytes);
        }
        self.out.write_all(harmless(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

const URGENT: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();

/// Writes an answer.
///
/// # Errors
/// Where it cannot be written.
pub fn answer(out: &mut impl Write, look: Look, answerer: &Answerer, answer: &Answer<'_>) -> io::Result<()> {
    let settings = &answerer.corpus().settings;
    if let Some(urgent) = &answer.urgent {
        // What can wait some days is no alarm.
        let style = if urgent.level.cannot_wait() { URGENT } else { BOLD };
        for paragraph in urgent.advice.split('\n') {
            writeln!(out, "{}", look.styled(style, &look.wrapped(paragraph.trim(), "")))?;
        }
        let publishers = answerer.corpus().publishers(&urgent.cites).join(", ");
        if !publishers.is_empty() {
            writeln!(out, "\n{}", look.styled(FAINT, &look.wrapped(&format!("Based on: {publishers}"), "")))?;
        }
        writeln!(out)?;
    }
    if let Some(notice) = &answer.notice {
        writeln!(out, "{}\n", look.wrapped(notice, ""))?;
    }
    match &answer.outcome {
        Outcome::Answered(cited) => excerpts(out, look, answerer, cited)?,
        Outcome::NotCovered(nearest) => {
            if answer.notice.is_none() {
                writeln!(out, "{}\n", look.wrapped(&settings.not_covered, ""))?;
            }
            if !nearest.is_empty() {
                writeln!(out, "Nearest questions that I can answer:")?;
                for question in nearest {
                    writeln!(out, "{}", look.wrapped(question, "  - "))?;
                }
                writeln!(out)?;
            }
        }
        Outcome::NotAQuestion if answer.is_how_to_ask() => {
            writeln!(out, "{}\n", look.wrapped(&settings.not_a_question, ""))?;
        }
        Outcome::NotAQuestion | Outcome::Withheld => {}
    }
    writeln!(out, "{}", look.styled(FAINT, &look.wrapped(&settings.disclaimer, "")))
}

fn excerpts(out: &mut impl Write, look: Look, answerer: &Answerer, cited: &[Cited]) -> io::Result<()> {
    let corpus = answerer.corpus();
    for (number, one) in (1..).zip(cited) {
        let (document, section) = corpus.passage(one.excerpt.passage());
        if let Some(corrected) = one.corrects {
            writeln!(out, "{}", look.styled(BOLD, &format!("A better source corrects [{}]:", corrected + 1)))?;
        }
        writeln!(out, "{}", look.wrapped(one.excerpt.text(section), ""))?;
        let how = if document.is_note { "summarised from" } else { "quoted from" };
        let sources: Vec<&Source> = section.cites.iter().filter_map(|id| corpus.source(id)).collect();
        // `cite` lists them all.
        let names = match sources.as_slice() {
            [] => document.title.clone(),
            [only] => named(only),
            [first, rest @ ..] => format!("{} and {} more", named(first), rest.len()),
        };
        let place =
            if section.heading.is_empty() { String::new() } else { format!(" · section \"{}\"", section.heading) };
        let copy = document.copied.as_ref().map(|day| format!(" · copy of {day}")).unwrap_or_default();
        let line = format!("[{number}] {how} {names}{place}{copy} · {}", answerer.id(&one.excerpt));
        writeln!(out, "{}", look.styled(FAINT, &look.wrapped(&line, "    ")))?;
        let link = answerer.link(&one.excerpt);
        if !link.is_empty() {
            writeln!(out, "    {}", look.painted(FAINT, &look.link(&link)))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// "Title, Publisher (year)".
pub(super) fn named(source: &Source) -> String {
    match source.year() {
        Some(year) => format!("{}, {} ({year})", source.title, source.publisher),
        None => format!("{}, {} (undated)", source.title, source.publisher),
    }
}

/// Writes an excerpt in its section, with everything by which it can be checked.
///
/// # Errors
/// Where it cannot be written.
pub fn citation(
    out: &mut impl Write,
    look: Look,
    answerer: &Answerer,
    excerpt: &crate::corpus::Excerpt,
) -> io::Result<()> {
    let corpus = answerer.corpus();
    let (document, section) = corpus.passage(excerpt.passage());
    let text = excerpt.text(section);
    let heading = if section.heading.is_empty() { String::new() } else { format!(" · {}", section.heading) };
    writeln!(out, "{}", look.styled(BOLD, &look.wrapped(&format!("{}{heading}", document.title), "")))?;
    let shown = section.text.replacen(text, &format!("«{text}»"), 1);
    for paragraph in shown.split("\n\n") {
        writeln!(out, "\n{}", look.wrapped(paragraph, ""))?;
    }
    writeln!(out)?;
    for source in section.cites.iter().filter_map(|id| corpus.source(id)) {
        let how = if document.is_note { "summarised from" } else { "quoted from" };
        writeln!(out, "{}", look.wrapped(&format!("{how} {}", named(source)), ""))?;
        let url = if document.is_note { source.url.clone() } else { answerer.link(excerpt) };
        writeln!(out, "  {}", look.link(&url))?;
    }
    writeln!(out, "document {} ({})", harmless(&document.id), harmless(&document.file))?;
    let of = if document.original.is_some() { "the copied text" } else { &document.file };
    writeln!(out, "sha256   {} of {}", document.hash(), harmless(of))
}
