//! Answers as Discord shows them. Thin: everything was decided before.

use super::card;
use super::limits::TEXT;
use super::reply::{Button, Embed, Reply, Row};
use super::text::{cut, plain, quoted, units};
use crate::answer::{Answer, Answerer, Cited, Outcome};
use crate::corpus::{Section, Source, sentences};
use crate::store::Shown;
use crate::triage::Urgent;

/// The colour of an answer.
pub(super) const CALM: u32 = 0x002A_7F8E;
/// The colour of urgent advice; the words say it too.
pub(super) const ALARM: u32 = 0x00D1_3438;
/// The colour of everything else.
pub(super) const QUIET: u32 = 0x006B_7280;

/// So many of the muscles that an answer names can be opened from it: a row of buttons.
const MUSCLES: usize = 5;
/// Of a question, so much is shown again.
const QUESTION: usize = 200;
/// Under an excerpt, so much of a source's title: two lines on a phone.
const TITLE: usize = 70;
/// So much stands on a button that opens a source: two lines on a phone.
const LABEL: usize = 60;

/// How an answer is to be shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner<'a> {
    /// The id under which it is kept, for its buttons; without one it has none.
    pub(super) id: Option<&'a str>,
    /// The question, where nobody else can see it.
    pub(super) question: Option<&'a str>,
}

/// An answer as a message.
pub(super) fn answer(answerer: &Answerer, answer: &Answer<'_>, manner: Manner<'_>) -> Reply {
    if let Some(urgent) = answer.urgent.as_ref().filter(|urgent| urgent.level.cannot_wait()) {
        return advice(answerer, urgent);
    }
    let settings = &answerer.corpus().settings;
    let mut text = String::new();
    if let Some(question) = manner.question {
        text.push_str(&format!("> {}\n\n", quoted(question, QUESTION)));
    }
    if let Some(urgent) = &answer.urgent {
        text.push_str(&format!("**{}**\n\n", cut(&plain(&urgent.advice), 800)));
    }
    if let Some(notice) = &answer.notice {
        text.push_str(&format!("{}\n\n", cut(&plain(notice), 400)));
    }
    let (mut rows, colour) = (Vec::new(), if answer.urgent.is_some() { ALARM } else { CALM });
    match &answer.outcome {
        Outcome::Answered(cited) => {
            let (excerpts, cited) = excerpts(answerer, cited, TEXT - units(&text));
            text.push_str(&excerpts);
            rows.extend(links(answerer, cited));
            rows.extend(manner.id.map(votes));
            let named = answerer.muscles(answer);
            rows.extend(card::open(&named[..named.len().min(MUSCLES)], ""));
        }
        Outcome::NotCovered(nearest) => {
            if answer.notice.is_none() {
                text.push_str(&plain(&settings.not_covered));
            }
            if let Some(id) = manner.id.filter(|_| !nearest.is_empty()) {
                text.push_str("\n\n**Nearest questions that I can answer:**");
                let button = |(at, question): (usize, &String)| Button::press(question, format!("nearest:{id}:{at}"));
                let buttons = nearest.iter().take(4).enumerate().filter_map(button);
                rows.extend(buttons.map(|button| Row::Buttons(vec![button])));
            }
        }
        Outcome::NotAQuestion if answer.is_how_to_ask() => text.push_str(&plain(&settings.not_a_question)),
        Outcome::NotAQuestion | Outcome::Withheld => {}
    }
    let embed = Embed { text: text.trim_end().to_owned(), footer: disclaimer(answerer), colour, ..Embed::default() };
    Reply { embeds: vec![embed], rows, ..Reply::default() }
}

/// Urgent advice. As plain text where it fits: that is shown even to those who have switched cards off.
pub(super) fn advice(answerer: &Answerer, urgent: &Urgent<'_>) -> Reply {
    let advice = urgent.advice.trim();
    // What to do stands out, and the rest is read after it.
    let (first, rest) = advice.split_at(sentences(advice).first().map_or(advice.len(), |sentence| sentence.end));
    let mut paragraphs = vec![format!("**{}**", plain(first))];
    paragraphs.extend(rest.split('\n').map(str::trim).filter(|line| !line.is_empty()).map(plain));
    let text = paragraphs.join("\n\n");
    let sources = urgent.cites.iter().filter_map(|id| answerer.corpus().source(id));
    let names = answerer.corpus().publishers(&urgent.cites);
    let based_on = if names.is_empty() { String::new() } else { format!("-# Based on: {}", plain(&names.join(", "))) };
    let fits = units(&text) <= 1_900;
    let embed = Embed {
        text: if fits { cut(&based_on, 1_500) } else { text.clone() },
        footer: disclaimer(answerer),
        colour: ALARM,
        ..Embed::default()
    };
    Reply {
        content: if fits { text } else { String::new() },
        embeds: vec![embed],
        rows: source_links(sources).into_iter().collect(),
        private: false,
        urgent: true,
    }
}

/// What stands in a channel in place of something that is better read alone; `id` is what its button shows.
pub(super) fn pointer(answerer: &Answerer, id: Option<&str>) -> Reply {
    let then = match id {
        Some(_) => "Press the button: only you will see it.",
        None => "Ask me with /ask and turn on private, or write to me directly: only you will see it.",
    };
    let embed = Embed {
        text: format!("I have something for you on this, and it may be a private matter. {then}"),
        footer: disclaimer(answerer),
        colour: QUIET,
        ..Embed::default()
    };
    let button = id.and_then(|id| Button::important("Show it to me", format!("show:{id}")));
    let rows = button.map(|button| Row::Buttons(vec![button])).into_iter().collect();
    Reply { embeds: vec![embed], rows, ..Reply::default() }
}

/// What has to be kept of an answer for its buttons.
pub(super) fn shown(answerer: &Answerer, answer: &Answer<'_>) -> Shown {
    let flag = answer.urgent.as_ref().map(|urgent| (urgent.flag.to_owned(), urgent.level));
    match &answer.outcome {
        Outcome::Answered(cited) => {
            let excerpts = cited.iter().map(|one| (answerer.id(&one.excerpt), one.corrects)).collect();
            Shown { excerpts, flag, ..Shown::default() }
        }
        Outcome::NotCovered(nearest) => Shown { nearest: nearest.clone(), flag, ..Shown::default() },
        Outcome::NotAQuestion | Outcome::Withheld => Shown { flag, ..Shown::default() },
    }
}

/// The answer of which this was kept; `None` where the corpus has changed too much since.
pub(super) fn restored<'a>(answerer: &'a Answerer, shown: &'a Shown) -> Option<Answer<'a>> {
    let urgent = shown.flag.as_ref().and_then(|(flag, level)| answerer.advice(flag, *level));
    let mut cited = Vec::new();
    for (id, corrects) in &shown.excerpts {
        cited.push(Cited { excerpt: answerer.cite(id).into_iter().next()?, corrects: *corrects });
    }
    let outcome = if !cited.is_empty() {
        Outcome::Answered(cited)
    } else if urgent.is_some() {
        Outcome::Withheld
    } else {
        Outcome::NotCovered(shown.nearest.clone())
    };
    Some(Answer { urgent, outcome, confidence: crate::answer::Confidence::NONE, notice: None })
}

/// The disclaimer, in the same place each time.
pub(super) fn disclaimer(answerer: &Answerer) -> String {
    answerer.corpus().settings.disclaimer.clone()
}

/// "Title, Publisher (year)", with so much of the title.
pub(super) fn named(source: &Source, title: usize) -> String {
    let year = source.year().map(|year| format!(" ({year})")).unwrap_or_default();
    format!("{}, {}{year}", cut(&source.title, title), cut(&source.publisher, 80))
}

/// A name as a link, where its address is one that Markdown can hold: brackets would end the link, and a long
/// one would fill the page.
pub(super) fn linked(name: &str, url: &str) -> String {
    let clean = url.starts_with("http") && !url.contains([')', '(', ' ', '<', '>']) && units(url) < 250;
    if clean { format!("[{}](<{url}>)", plain(name)) } else { plain(name) }
}

/// "summarised from" or "quoted from", and what.
pub(super) fn origin(answerer: &Answerer, is_note: bool, title: &str, section: &Section) -> String {
    let how = if is_note { "summarised from" } else { "quoted from" };
    let sources: Vec<&Source> = section.cites.iter().filter_map(|id| answerer.corpus().source(id)).collect();
    match sources.as_slice() {
        [] => format!("{how} {}", cut(title, 150)),
        [only] => format!("{how} {}", named(only, TITLE)),
        [first, rest @ ..] => format!("{how} {} and {} more", named(first, TITLE), rest.len()),
    }
}

/// One link button a source, at most five, none twice.
pub(super) fn source_links<'a>(sources: impl Iterator<Item = &'a Source>) -> Option<Row> {
    link_row(sources.map(|source| (label(source), source.url.clone())))
}

/// A button to the source of each excerpt; of a quotation to the passage itself, and so with its number.
fn links(answerer: &Answerer, cited: &[Cited]) -> Option<Row> {
    link_row((1..).zip(cited).filter_map(|(number, one)| {
        let (document, section) = answerer.corpus().passage(one.excerpt.passage());
        let label = label(section.cites.first().and_then(|id| answerer.corpus().source(id))?);
        let label = if document.is_note { label } else { format!("[{number}] {label}") };
        Some((label, answerer.link(&one.excerpt)))
    }))
}

fn label(source: &Source) -> String {
    cut(&format!("{}: {}", cut(&source.publisher, 30), source.title), LABEL)
}

fn link_row(links: impl Iterator<Item = (String, String)>) -> Option<Row> {
    let mut buttons: Vec<Button> = Vec::new();
    for button in links.filter_map(|(label, url)| Button::link(&label, &url)) {
        if buttons.len() < 5 && !buttons.contains(&button) {
            buttons.push(button);
        }
    }
    (!buttons.is_empty()).then_some(Row::Buttons(buttons))
}

/// As many of the excerpts as have room, and which those are: none is cut, unless not even the first has room. "More"
/// has them all.
fn excerpts<'a>(answerer: &Answerer, cited: &'a [Cited], room: usize) -> (String, &'a [Cited]) {
    // What is corrected is not shown without what corrects it.
    let stands = |count: &usize| cited[*count..].iter().all(|one| one.corrects.is_none_or(|of| of >= *count));
    let mut least = cited;
    for count in (1..=cited.len()).rev().filter(stands) {
        least = &cited[..count];
        let text: String = (1..).zip(least).map(|(number, one)| excerpt(answerer, number, one, usize::MAX)).collect();
        if units(&text) <= room {
            return (text, least);
        }
    }
    let room = room / least.len().max(1);
    ((1..).zip(least).map(|(number, one)| excerpt(answerer, number, one, room)).collect(), least)
}

/// An excerpt with its citation; where it is too long for the room it has, it ends with a mark.
fn excerpt(answerer: &Answerer, number: usize, one: &Cited, room: usize) -> String {
    let (document, section) = answerer.corpus().passage(one.excerpt.passage());
    let corrects = one.corrects.map(|of| format!("**A better source corrects [{}]:**\n", of + 1)).unwrap_or_default();
    let origin = plain(&origin(answerer, document.is_note, &document.title, section));
    let citation = format!("\n-# [{number}] {origin} · /cite {}\n\n", answerer.id(&one.excerpt));
    let text = cut(&plain(one.excerpt.text(section)), room.saturating_sub(units(&citation) + units(&corrects)));
    format!("{corrects}{text}{citation}")
}

fn votes(id: &str) -> Row {
    let buttons = [
        Button::press("Helpful", format!("vote:{id}:1")),
        Button::press("Not helpful", format!("vote:{id}:0")),
        Button::press("More", format!("more:{id}:0")),
    ];
    Row::Buttons(buttons.into_iter().flatten().collect())
}
