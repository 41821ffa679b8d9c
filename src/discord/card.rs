//! Muscles as Discord shows them: cards, choices, lists. Thin: everything was decided before.

use super::limits::{self, ALL_EMBEDS, TEXT};
use super::render::{CALM, QUIET, disclaimer, linked, named};
use super::reply::{Button, Choice, Embed, Picture, Reply, Row};
use super::text::{cut, plain, quoted, units};
use crate::answer::Answerer;
use crate::corpus::{Group, Muscle, Named, Thing};
use crate::muscle::{SOURCES_OF_A_LIST, parts};

/// What a card's sources may take of [`TEXT`].
const SOURCES: usize = 1_200;
/// A part of a card is held to this.
const PART: usize = 400;
/// So many muscles are listed with what they are; of more, only the names.
const DESCRIBED: usize = 8;
/// A message holds ten embeds, of which one has the text.
const PICTURES: usize = 9;
/// A card's first parts are anatomy; what people say and do comes after a gap.
const ANATOMY: usize = 4;

/// A muscle's card.
pub(super) fn card(answerer: &Answerer, muscle: &Muscle, view: Option<&str>, pictures: Vec<Picture>) -> Reply {
    let lead = format!("-# {}\n{}", plain(&cut(&muscle.latin, PART)), plain(&cut(&muscle.what, PART)));
    let mut text = String::new();
    for (at, (title, part)) in parts(muscle).into_iter().enumerate() {
        let gap = if at == ANATOMY { "\n" } else { "" };
        text.push_str(&format!("{gap}**{title}:** {}\n", plain(&cut(part, PART))));
    }
    text.push_str(&note(answerer));
    if let Some(article) = &muscle.article {
        text.push_str(&format!("\n{}\n", plain(&cut(article, PART))));
    }
    if let Some(correction) = &muscle.correction {
        text.push_str(&format!("**Better sources:** {}\n", plain(&cut(correction, PART))));
    }
    let sources = sources(answerer, &muscle.citations);
    let text = format!("{}\n\n{sources}", cut(text.trim_end(), TEXT - units(&sources)));
    let related: Vec<&Muscle> = answerer.corpus().muscles.of(&muscle.related).collect();
    let shown = view.or(muscle.views.first().map(String::as_str));
    let mut below: Vec<Button> = Vec::new();
    for other in muscle.views.iter().filter(|other| shown != Some(other)).take(3) {
        let Some(figure) = answerer.corpus().figure(other) else { continue };
        below.extend(Button::press(&figure.title, format!("muscle:{}:{other}", muscle.id)));
    }
    below.extend(Button::press("Ask about it", format!("askabout:{}", muscle.id)));
    let rows = open(&related, "Look at another one").into_iter().chain([Row::Buttons(below)]).collect();
    reply(answerer, &muscle.name, lead, text, pictures, rows)
}

/// How to read a card.
fn note(answerer: &Answerer) -> String {
    let note = &answerer.corpus().muscles.card_note;
    if note.is_empty() { String::new() } else { format!("-# {}\n", plain(&cut(note, PART))) }
}

/// Two muscles side by side, part by part. What the article says stands below with what corrects it, and with the
/// sources; where there is no room for all, the parts are cut.
pub(super) fn compared(answerer: &Answerer, muscles: [&Muscle; 2], pictures: Vec<Picture>) -> Reply {
    let side = |muscle: &Muscle, text: &str| format!("{}: {}\n", plain(&muscle.name), plain(&cut(text, PART)));
    let lead = muscles.map(|muscle| side(muscle, &muscle.what)).concat();
    let mut text = String::new();
    let [one, other] = muscles.map(parts);
    for ((title, one), (_, other)) in one.into_iter().zip(other) {
        text.push_str(&format!("\n**{title}**\n{}{}", side(muscles[0], one), side(muscles[1], other)));
    }
    let mut claims = format!("{}\n", note(answerer)).trim_start().to_owned();
    for muscle in muscles.into_iter().filter(|muscle| muscle.article.is_some()) {
        let said = [("The article", &muscle.article), ("Better sources", &muscle.correction)];
        for (title, said) in said.into_iter().filter_map(|(title, said)| Some((title, said.as_ref()?))) {
            claims.push_str(&format!("**{title}**\n{}", side(muscle, said)));
        }
        claims.push('\n');
    }
    claims.push_str(&sources(answerer, &of_both(muscles)));
    let title = format!("{} and {}", muscles[0].name, muscles[1].name);
    let rows = open(&muscles, "Open a card").into_iter().collect();
    let mut reply = reply(answerer, &title, lead, String::new(), pictures, rows);
    let taken = reply.embeds.iter().map(Embed::units).sum::<usize>() + units(&claims);
    let room = ALL_EMBEDS.saturating_sub(taken + 2);
    if let Some(last) = reply.embeds.last_mut() {
        let (footer, colour) = (std::mem::take(&mut last.footer), last.colour);
        let text = cut(text.trim(), room.min(TEXT - units(&last.text)));
        last.text = format!("{}\n\n{text}", last.text).trim_start().to_owned();
        reply.embeds.push(Embed { text: claims, footer, colour, ..Embed::default() });
    }
    reply
}

/// The sources of two muscles in turn, so that both have theirs where not all can be named.
fn of_both(muscles: [&Muscle; 2]) -> Vec<String> {
    let [one, other] = muscles.map(|muscle| muscle.citations.as_slice());
    let mut citations: Vec<String> = Vec::new();
    for id in (0..one.len().max(other.len())).flat_map(|at| [one.get(at), other.get(at)]).flatten() {
        if !citations.contains(id) {
            citations.push(id.clone());
        }
    }
    citations
}

/// A word that means several muscles: which one is for the reader to say.
pub(super) fn group(answerer: &Answerer, group: &Group, pictures: Vec<Picture>) -> Reply {
    let muscles: Vec<&Muscle> = answerer.corpus().muscles.of(&group.muscles).collect();
    let note = plain(&cut(&group.note, PART));
    let lead = format!("This means several muscles. {note}");
    let cited = answerer.corpus().muscles.cited_with(&group.citations, &group.muscles);
    let text = format!("{}\n{}", lines(&muscles, muscles.len()), sources(answerer, &cited));
    let rows = open(&muscles, "Which one do you mean?").into_iter().collect();
    reply(answerer, &group.name, lead, text, pictures, rows)
}

/// Something that is no muscle of ours.
pub(super) fn thing(answerer: &Answerer, thing: &Thing) -> Reply {
    let muscles: Vec<&Muscle> = answerer.corpus().muscles.of(&thing.muscles).collect();
    let what = plain(&cut(&thing.what, 2 * PART));
    let near = lines(&muscles, muscles.len());
    let near = if near.is_empty() { near } else { format!("**Muscles nearby**\n{near}") };
    let cited = answerer.corpus().muscles.cited_with(&thing.citations, &thing.muscles);
    let text = format!("{near}\n{}", sources(answerer, &cited));
    let rows = open(&muscles, "Open a card").into_iter().collect();
    reply(answerer, &thing.name, what, text, Vec::new(), rows)
}

/// A name that nothing is known by, with those that come nearest.
pub(super) fn nothing(typed: &str, nearest: &[&Muscle]) -> Reply {
    let known = format!("I know no muscle called \"{}\".", quoted(typed, 100));
    let then = if nearest.is_empty() { "**/muscles** lists those that I know." } else { "The nearest names:" };
    Reply {
        rows: open(nearest, "The nearest names").into_iter().collect(),
        ..Reply::whisper(format!("{known} {then}"))
    }
}

/// A list of muscles, under the headings that they stand under.
pub(super) fn list(answerer: &Answerer, muscles: &[&Muscle]) -> Reply {
    if muscles.is_empty() {
        return Reply::whisper("No muscle that I know fits all of that. Leave one of the options out.");
    }
    let mut text = String::new();
    for section in muscles.chunk_by(|one, next| one.group == next.group) {
        let group = plain(&capital(&section[0].group));
        text.push_str(&format!("**{group}**\n{}\n", lines(section, muscles.len())));
    }
    text.push_str(&format!("-# {SOURCES_OF_A_LIST}"));
    let rows = open(muscles, "Open a card").into_iter().collect();
    Reply { private: true, ..reply(answerer, "Muscles", String::new(), text, Vec::new(), rows) }
}

/// What lies at a place and what is said to be felt there: no finding, and it says so.
pub(super) fn place(answerer: &Answerer, place: &Named, lies: &[&Muscle], felt: &[&Muscle]) -> Reply {
    let note = plain(&cut(&answerer.corpus().muscles.where_note, 2 * PART));
    let all: Vec<&Muscle> = lies.iter().chain(felt).copied().collect();
    let mut text = String::new();
    for (title, muscles) in [("Lies there", lies), ("Said to be felt there, and lies elsewhere", felt)] {
        if !muscles.is_empty() {
            text.push_str(&format!("**{title}**\n{}\n", lines(muscles, all.len())));
        }
    }
    text.push_str(&format!("-# {SOURCES_OF_A_LIST}"));
    let rows = open(&all, "Open a card").into_iter().chain(places(answerer)).collect();
    Reply { private: true, ..reply(answerer, &capital(&place.name), note, text, Vec::new(), rows) }
}

/// The places to choose from; `unknown` is a word that names none of them.
pub(super) fn which_place(answerer: &Answerer, unknown: Option<&str>) -> Reply {
    let known = match unknown {
        Some(word) => format!("I know no place called \"{}\". ", quoted(word, 100)),
        None => String::new(),
    };
    let rows = places(answerer).into_iter().collect();
    Reply { rows, ..Reply::whisper(format!("{known}Where shall I look? I can say what lies there, not what hurts.")) }
}

fn places(answerer: &Answerer) -> Option<Row> {
    let places = answerer.corpus().muscles.places.iter().take(limits::CHOICES);
    let choices: Vec<Choice> = places.filter_map(|place| Choice::new(&capital(&place.name), &place.id)).collect();
    let prompt = "What lies at another place?".to_owned();
    (!choices.is_empty()).then(|| Row::Menu { id: "where".to_owned(), prompt, choices })
}

/// What opens the cards of muscles: buttons, or a menu where they are many.
pub(super) fn open(muscles: &[&Muscle], prompt: &str) -> Option<Row> {
    let button = |muscle: &&Muscle| Button::press(&muscle.name, format!("muscle:{}", muscle.id));
    let buttons: Vec<Button> = muscles.iter().filter_map(button).collect();
    match buttons.len() {
        0 => None,
        1..=limits::BUTTONS => Some(Row::Buttons(buttons)),
        _ => {
            let choice =
                |muscle: &&Muscle| Some(Choice { hint: muscle.what.clone(), ..Choice::new(&muscle.name, &muscle.id)? });
            let choices = muscles.iter().filter_map(choice).take(limits::CHOICES).collect();
            Some(Row::Menu { id: "muscle".to_owned(), prompt: prompt.to_owned(), choices })
        }
    }
}

/// Muscles line by line, each with what it is; where there are many `in_all`, their names alone.
fn lines(muscles: &[&Muscle], in_all: usize) -> String {
    if in_all > DESCRIBED {
        let names: Vec<String> = muscles.iter().map(|muscle| plain(&muscle.name)).collect();
        return format!("{}\n", cut(&names.join(", "), TEXT / 2));
    }
    let line = |muscle: &&Muscle| format!("- **{}:** {}\n", plain(&muscle.name), plain(&cut(&muscle.what, 150)));
    muscles.iter().map(line).collect()
}

/// What was summarised: the first source in full, the others by who published them. Each is a link.
fn sources(answerer: &Answerer, ids: &[String]) -> String {
    let mut sources = ids.iter().filter_map(|id| answerer.corpus().source(id));
    let Some(first) = sources.next() else { return String::new() };
    let mut text = format!("-# Summarised from {}", linked(&named(first, PART / 4), &first.url));
    let mut separator = "\n-# Also: ";
    for source in sources {
        let name = linked(&cut(&source.publisher, 40), &source.url);
        if units(&text) + units(separator) + units(&name) > SOURCES {
            text.push_str(" …");
            break;
        }
        text.push_str(separator);
        text.push_str(&name);
        separator = " · ";
    }
    text
}

/// The first picture stands under the title and the lead, each further one has its own embed, and the text
/// follows them all: Discord shows a picture behind the text of its embed.
fn reply(
    answerer: &Answerer,
    title: &str,
    lead: String,
    text: String,
    pictures: Vec<Picture>,
    rows: Vec<Row>,
) -> Reply {
    let colour = if pictures.is_empty() { QUIET } else { CALM };
    let pictures = pictures.into_iter().take(PICTURES).map(Some);
    let mut embeds: Vec<Embed> = pictures.map(|picture| Embed { colour, picture, ..Embed::default() }).collect();
    let text = if embeds.is_empty() { format!("{lead}\n\n{text}") } else { text };
    embeds.push(Embed { text: text.trim().to_owned(), footer: disclaimer(answerer), colour, ..Embed::default() });
    embeds[0].title = plain(&cut(title, 200));
    if embeds.len() > 1 {
        embeds[0].text = lead.trim_end().to_owned();
    }
    Reply { embeds, rows, ..Reply::default() }
}

/// With a capital at the beginning.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
