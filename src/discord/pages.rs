//! What the bot says of itself and of what it knows: /cite, /sources, /topics, /help, /privacy, /about,
//! and the full sections behind "More".

use super::limits::{self, TEXT};
use super::render::{CALM, QUIET, disclaimer, linked, named, origin, source_links};
use super::reply::{Button, Choice, Embed, Reply, Row};
use super::text::{cut, pages, plain, units};
use crate::answer::Answerer;
use crate::corpus::{Document, Excerpt, PassageId, Section, Source};
use crate::store::Shown;

/// So much of a source's title is told.
const TITLE: usize = 150;
/// So much text stands on a page.
const PAGE: usize = 3_000;
const SOURCES_A_PAGE: usize = 10;
/// So many sources of an excerpt are named in full.
const CITED: usize = 5;
/// So many passages are searched for questions about a muscle.
const SEARCHED: usize = 40;
/// One of the choices of a menu leads on.
const CHOICES: usize = limits::CHOICES - 1;

/// The whole of the sections that an answer was taken from, a page at a time.
pub(super) fn more(answerer: &Answerer, shown: &Shown, answer: &str, page: usize) -> Option<Reply> {
    let mut passages: Vec<PassageId> = Vec::new();
    for (id, _) in &shown.excerpts {
        let passage = answerer.cite(id).first()?.passage();
        if !passages.contains(&passage) {
            passages.push(passage);
        }
    }
    let mut all: Vec<(PassageId, String)> = Vec::new();
    for passage in passages {
        let (_, section) = answerer.corpus().passage(passage);
        all.extend(pages(&section.text, PAGE).into_iter().map(|text| (passage, text)));
    }
    let page = page.min(all.len().checked_sub(1)?);
    let (passage, text) = &all[page];
    let (document, section) = answerer.corpus().passage(*passage);
    let of = origin(answerer, document.is_note, &document.title, section);
    let position = if all.len() > 1 { format!("Page {} of {}. ", page + 1, all.len()) } else { String::new() };
    let embed = Embed {
        title: plain(&heading(document, section)),
        text: format!("{text}\n\n-# {}", plain(&of)),
        footer: format!("{position}{}", disclaimer(answerer)),
        colour: CALM,
        ..Embed::default()
    };
    let mut rows: Vec<Row> = source_links(sources(answerer, section)).into_iter().collect();
    rows.extend(turn(page, all.len(), |to| format!("page:{answer}:{to}")));
    Some(Reply { embeds: vec![embed], rows, private: true, ..Reply::default() })
}

/// An excerpt in its section, with everything by which it can be checked.
pub(super) fn citation(answerer: &Answerer, excerpt: &Excerpt) -> Reply {
    let (document, section) = answerer.corpus().passage(excerpt.passage());
    let text = excerpt.text(section);
    let marked = match section.text.split_once(text) {
        Some((before, after)) => format!("{}**«**{}**»**{}", plain(before), plain(text), plain(after)),
        None => plain(&section.text),
    };
    let how = if document.is_note { "Summarised from" } else { "Quoted from" };
    let all: Vec<&Source> = sources(answerer, section).collect();
    let mut facts: Vec<String> = Vec::new();
    for source in all.iter().take(CITED) {
        let url = if document.is_note { source.url.clone() } else { answerer.link(excerpt) };
        let day = source.published.as_deref().filter(|date| date.len() > "2000".len());
        let day = day.map(|day| format!(", {}", plain(day))).unwrap_or_default();
        facts.push(format!("{how} {}{day}", linked(&named(source, TITLE), &url)));
    }
    if all.len() > CITED {
        facts.push(format!("and {} more", all.len() - CITED));
    }
    if let Some(day) = &document.copied {
        facts.push(format!("Copy of {}", plain(day)));
    }
    facts.push(format!("Document {} ({})", plain(&cut(&document.id, 100)), plain(&cut(&document.file, 100))));
    facts.push(format!("SHA-256 {}", document.hash()));
    facts.push(format!("id {}", answerer.id(excerpt)));
    let facts: String = facts.iter().map(|fact| format!("\n-# {fact}")).collect();
    let embed = Embed {
        title: plain(&heading(document, section)),
        text: format!("{}\n{facts}", cut(&marked, TEXT.saturating_sub(units(&facts)))),
        footer: disclaimer(answerer),
        colour: CALM,
        ..Embed::default()
    };
    let rows = source_links(sources(answerer, section)).into_iter().collect();
    Reply { embeds: vec![embed], rows, ..Reply::default() }
}

/// The bibliography, a page at a time.
pub(super) fn source_list(answerer: &Answerer, page: usize) -> Reply {
    let corpus = answerer.corpus();
    let mut all: Vec<String> = corpus.sources().map(|source| linked(&named(source, TITLE), &source.url)).collect();
    if all.is_empty() {
        all.extend(corpus.documents.iter().map(|document| plain(&cut(&document.title, 200))));
    }
    let count = all.len().div_ceil(SOURCES_A_PAGE).max(1);
    let page = page.min(count - 1);
    let shown = all.iter().skip(page * SOURCES_A_PAGE).take(SOURCES_A_PAGE);
    let list: String = shown.map(|line| format!("- {line}\n")).collect();
    let embed = Embed {
        title: format!("What I know of {}", plain(&corpus.settings.name)),
        text: cut(&list, TEXT),
        footer: format!("Page {} of {count}. {}", page + 1, disclaimer(answerer)),
        colour: QUIET,
        ..Embed::default()
    };
    let rows = turn(page, count, |to| format!("sources:{to}")).into_iter().collect();
    Reply { embeds: vec![embed], rows, private: true, ..Reply::default() }
}

/// A menu of documents.
pub(super) fn topics(answerer: &Answerer, page: usize) -> Reply {
    let documents = &answerer.corpus().documents;
    let usable = documents.iter().filter(|document| questions(document).next().is_some());
    let mut choices: Vec<Choice> = usable.filter_map(|document| Choice::new(&document.title, &document.id)).collect();
    choices.sort_by_key(|choice| choice.label.to_lowercase());
    let count = choices.len().div_ceil(CHOICES).max(1);
    let page = page.min(count - 1);
    let mut shown: Vec<Choice> = choices.into_iter().skip(page * CHOICES).take(CHOICES).collect();
    if count > 1 {
        let next = (page + 1) % count;
        shown.extend(Choice::new(&format!("More topics (page {} of {count})", next + 1), format!("page {next}")));
    }
    if shown.is_empty() {
        return Reply::whisper("My texts list no questions. Ask me one of your own with /ask.");
    }
    let menu = Row::Menu { id: "topics".to_owned(), prompt: "Choose a topic".to_owned(), choices: shown };
    Reply {
        content: "What would you like to know about?".to_owned(),
        rows: vec![menu],
        private: true,
        ..Reply::default()
    }
}

/// A menu of the questions that a document answers.
pub(super) fn topic(answerer: &Answerer, id: &str) -> Option<Reply> {
    let document = answerer.corpus().documents.iter().find(|document| document.id == id)?;
    let choices: Vec<Choice> = questions(document)
        .filter_map(|(section, question)| Choice::new(question, format!("{id}#{}", section.id)))
        .take(limits::CHOICES)
        .collect();
    if choices.is_empty() {
        return None;
    }
    let menu = Row::Menu { id: "questions".to_owned(), prompt: "Choose a question".to_owned(), choices };
    let content =
        format!("**{}**: choose a question, and I answer it for you alone.", plain(&cut(&document.title, 200)));
    Some(Reply { content, rows: vec![menu], private: true, ..Reply::default() })
}

/// A menu of the questions whose sections speak of a muscle.
pub(super) fn about_muscle(answerer: &Answerer, id: &str) -> Option<Reply> {
    let corpus = answerer.corpus();
    let muscle = corpus.muscles.get(id)?;
    let mut choices: Vec<Choice> = Vec::new();
    for hit in answerer.search(&muscle.name, SEARCHED) {
        let (document, section) = corpus.passage(hit.passage);
        let value = format!("{}#{}", document.id, section.id);
        let known = choices.iter().any(|choice| choice.value == value);
        let speaks_of_it = answerer.named_in(&section.text).iter().any(|of| of.id == muscle.id);
        if let Some(question) = asked(section).filter(|_| speaks_of_it && !known) {
            choices.extend(Choice::new(question, value));
        }
    }
    choices.truncate(limits::CHOICES);
    let name = plain(&cut(&muscle.name, 200));
    if choices.is_empty() {
        return Some(Reply::whisper(format!("Type your question about **{name}** with **/ask**.")));
    }
    let menu = Row::Menu { id: "questions".to_owned(), prompt: "Choose a question".to_owned(), choices };
    let content = format!("**{name}**: choose a question, or type your own with **/ask**. Only you see the answer.");
    Some(Reply { rows: vec![menu], ..Reply::whisper(content) })
}

/// The question that a menu's choice stands for.
pub(super) fn question<'a>(answerer: &'a Answerer, chosen: &str) -> Option<&'a str> {
    let (_, section) = answerer.corpus().passage(answerer.corpus().find(chosen)?);
    asked(section)
}

fn questions(document: &Document) -> impl Iterator<Item = (&Section, &str)> {
    document.sections.iter().filter_map(|section| Some((section, asked(section)?)))
}

fn asked(section: &Section) -> Option<&str> {
    let heading = Some(&section.heading).filter(|heading| !heading.is_empty());
    section.questions.first().or(heading).map(|text| text.trim()).filter(|text| !text.is_empty())
}

pub(super) fn help(answerer: &Answerer, reads_chat: bool) -> Reply {
    let name = plain(&cut(&answerer.corpus().settings.name, 200));
    let uncalled =
        if reads_chat { "- In channels that the moderators chose, I answer clear questions uncalled.\n" } else { "" };
    let muscles = match answerer.corpus().muscles.list.is_empty() {
        true => "",
        false => "- **/muscle** shows a muscle, **/muscles** lists them, **/where** tells what lies at a place.\n",
    };
    card(
        answerer,
        "How to talk to me",
        &format!(
            "I answer questions on {name} with short excerpts from the sources that I name, word for word.\n\n\
             - **/ask** your question. Turn on *private* if only you should see the answer.\n\
             - Mention me in a message, or write to me directly.\n\
             - Reply to an answer of mine to ask on.\n\
             {uncalled}\
             {muscles}\
             - Somebody else's question? Open the menu of their message, then *Apps*, *{}*.\n\
             - **More** under an answer shows the whole section. **/cite** shows an excerpt with its source.\n\
             - **/topics** and **/sources** show what I know. **/privacy** tells what I keep.\n\n\
             I am a program, and no substitute for a professional.",
            super::commands::MENU
        ),
    )
}

pub(super) fn privacy(answerer: &Answerer, days: u32) -> Reply {
    let text = format!(
        "I keep no messages and no names.\n\n\
         - To notice warning signs, I hold what you wrote in a channel in the last 15 minutes in memory, eight \
         messages at most. It is never written down.\n\
         - What I could not answer is counted by its words, without who asked; never where it is a private matter. \
         So is what you asked when you mark the answer as not helpful.\n\
         - Your votes are kept under a code that only this program can make, another one for each answer.\n\
         - All of this is deleted after {days} days at the latest. How a server set me up, \
         and sources of its own, are kept as long as I am in it, and {days} days longer.\n\
         - Nothing is sold, shared, or used to train anything."
    );
    let button = Button::press("Delete my votes", "forget".to_owned());
    let rows = button.map(|button| Row::Buttons(vec![button])).into_iter().collect();
    Reply { rows, ..card(answerer, "What I keep", &text) }
}

pub(super) fn about(answerer: &Answerer) -> Reply {
    let corpus = answerer.corpus();
    let text = format!(
        "sacrum {}: answers on {} from {} sources in {} texts.\n\n\
         No sentence of an answer is made up by a machine: each stands in a text that you can look at with **/cite**. \
         I would rather say that I do not know than guess.",
        env!("CARGO_PKG_VERSION"),
        plain(&cut(&corpus.settings.name, 200)),
        corpus.sources().len(),
        corpus.documents.len(),
    );
    card(answerer, "What I am", &text)
}

fn card(answerer: &Answerer, title: &str, text: &str) -> Reply {
    let (title, text) = (title.to_owned(), text.to_owned());
    let embed = Embed { title, text, footer: disclaimer(answerer), colour: QUIET, picture: None };
    Reply { embeds: vec![embed], private: true, ..Reply::default() }
}

fn heading(document: &Document, section: &Section) -> String {
    let title = cut(&document.title, 100);
    if section.heading.is_empty() { title } else { format!("{title} · {}", cut(&section.heading, 100)) }
}

fn sources<'a>(answerer: &'a Answerer, section: &'a Section) -> impl Iterator<Item = &'a Source> {
    section.cites.iter().filter_map(|id| answerer.corpus().source(id))
}

/// Buttons to the page before and behind, where there are any.
fn turn(page: usize, count: usize, id: impl Fn(usize) -> String) -> Option<Row> {
    let before = page.checked_sub(1).and_then(|to| Button::press("Back", id(to)));
    let behind = (page + 1 < count).then(|| Button::press("Next", id(page + 1))).flatten();
    let buttons: Vec<Button> = before.into_iter().chain(behind).collect();
    (!buttons.is_empty()).then_some(Row::Buttons(buttons))
}
