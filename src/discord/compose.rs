//! From what somebody asked, wherever they did, to the reply: one path for commands, chat and buttons.

use std::time::Instant;

use super::bot::Bot;
use super::history::Place;
use super::names;
use super::render::{self, Manner};
use super::reply::Reply;
use crate::answer::{Answer, Answerer, Outcome};
use crate::corpus::{Level, Question};
use crate::store::{Shown, Target};

/// What was asked, and how.
pub(super) struct Asked<'a> {
    /// The words.
    pub(super) text: &'a str,
    /// Parts of them that may ask it all: of a post its title, and what stands under it.
    pub(super) parts: &'a [String],
    /// What the author said lately, the oldest first.
    pub(super) said: &'a [String],
    /// The question before, for a follow-up.
    pub(super) previous: Option<&'a str>,
    /// The server; 0 in private.
    pub(super) server: u64,
    /// Who can read the reply, and whether it was called for.
    pub(super) way: Way,
    /// The message that a helper may post it to.
    pub(super) target: Option<Target>,
    /// Whether somebody else wrote the words: they are counted and kept nowhere.
    pub(super) of_another: bool,
}

/// Who can read the reply, and whether it was called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Only the one who asked reads it.
    Private,
    /// Everybody in the channel reads it, and sees the question above it.
    Public,
    /// Everybody reads it, and nobody else sees the question.
    PublicCommand,
    /// As `Public`; nobody called us.
    Overheard,
}

/// A reply, and what it means for others.
pub(super) struct Composed {
    pub(super) reply: Reply,
    /// A warning sign in what was said.
    pub(super) urgent: Option<Level>,
    /// What came of the question; nothing where we cannot hear it.
    pub(super) outcome: Option<Outcome>,
    /// The id under which it is kept.
    pub(super) kept: Option<String>,
}

impl Composed {
    /// Whether it tells of a sign that nothing may hold back.
    pub(super) fn is_urgent(&self) -> bool {
        self.urgent.is_some_and(Level::overrides_all)
    }

    /// What came of it, for the log.
    pub(super) fn came(&self) -> &'static str {
        self.outcome.as_ref().map_or("spoken", Outcome::name)
    }
}

/// Composes the reply; `None` where silence is the best one.
pub(super) async fn compose(bot: &Bot, asked: Asked<'_>) -> Option<Composed> {
    let answerer = bot.answerer_in(asked.server).await;
    let mut said: Vec<&str> = asked.said.iter().map(String::as_str).collect();
    if said.last() != Some(&asked.text) {
        said.push(asked.text);
    }
    let (question, mut answer) = surest(&answerer, &said, &asked)?;
    let withheld = matches!(answer.outcome, Outcome::Withheld);
    if asked.way == Way::Overheard && !withheld && !is_worth_saying(&answerer, question, &answer) {
        return None;
    }
    if let Outcome::NotCovered(_) = answer.outcome {
        note_gap(bot, &answerer, &asked, &answer).await;
    }
    let public = asked.way != Way::Private;
    // What was said before makes a matter private only where it is what the reply is about.
    let about = if withheld { said.as_slice() } else { &[asked.text] };
    let sensitive = about.iter().any(|text| answerer.is_sensitive(text));
    let says_something = withheld || matches!(answer.outcome, Outcome::Answered(_));
    // Where nobody else sees the question, the nearest ones would tell it.
    let private = !public || asked.way == Way::PublicCommand && sensitive && !says_something;
    if let (false, Outcome::NotCovered(nearest)) = (private, &mut answer.outcome) {
        nearest.retain(|question| !sensitive && !answerer.is_sensitive(question));
    }
    let shown = Shown { sensitive, ..render::shown(&answerer, &answer) };
    let kept = keep(bot, &asked, &shown).await;
    let own = !asked.of_another && !sensitive;
    if let (Outcome::Answered(_), None, true, Some(id)) = (&answer.outcome, &answer.urgent, own, &kept) {
        bot.memory.history().asked(asked_under(id), asked.text, Instant::now());
    }
    let at_once = answer.urgent.as_ref().is_some_and(|urgent| urgent.level.overrides_all());
    let reply = if public && sensitive && !at_once && says_something {
        render::pointer(&answerer, kept.as_deref())
    } else {
        let question = (asked.way == Way::PublicCommand && !sensitive).then_some(asked.text);
        render::answer(&answerer, &answer, Manner { id: kept.as_deref(), question })
    };
    let urgent = answer.urgent.as_ref().map(|urgent| urgent.level);
    Some(Composed { reply: Reply { private, ..reply }, urgent, outcome: Some(answer.outcome), kept })
}

/// The answer to what was said, or to the part of it that asks something where that is answered with more
/// confidence: beside a question "Hi" is a title that says nothing. And what it answers.
fn surest<'a, 't>(answerer: &'a Answerer, said: &[&str], asked: &Asked<'t>) -> Option<(&'t str, Answer<'a>)> {
    let whole = answerer.answer_last(said, asked.previous)?;
    if matches!(whole.outcome, Outcome::Withheld) || is_sure(&whole) {
        return Some((asked.text, whole));
    }
    let asking = asked.parts.iter().filter(|part| answerer.is_question(part));
    let answers = asking.filter_map(|part| Some((part.as_str(), answerer.answer(&Question::new(part).ok()?, None))));
    let surest = answers
        .filter(|(_, answer)| is_sure(answer))
        .max_by(|(_, one), (_, other)| one.confidence.get().total_cmp(&other.confidence.get()));
    Some(match surest {
        Some((part, answer)) => (part, Answer { urgent: whole.urgent, ..answer }),
        None => (asked.text, whole),
    })
}

/// Whether a message that was not put to us gets an answer all the same.
fn is_worth_saying(answerer: &Answerer, text: &str, answer: &Answer<'_>) -> bool {
    answerer.is_question(text) && is_sure(answer)
}

fn is_sure(answer: &Answer<'_>) -> bool {
    matches!(answer.outcome, Outcome::Answered(_)) && answer.confidence.is_sure_uncalled()
}

/// Keeps what the buttons will need. Should that fail, the answer goes without buttons.
async fn keep(bot: &Bot, asked: &Asked<'_>, shown: &Shown) -> Option<String> {
    if shown.excerpts.is_empty() && shown.nearest.is_empty() && shown.flag.is_none() {
        return None;
    }
    if shown.flag.as_ref().is_some_and(|(_, level)| level.overrides_all()) {
        // Urgent advice has no button but a helper's. On a disk, its time would lead to whom it was given.
        let (target, id) = (asked.target?, random_id()?);
        bot.memory.posted().advised.insert(asked_under(&id), Some((shown.clone(), target)));
        return Some(id);
    }
    match bot.store.keep_answer(bot.care.community(asked.server), shown, asked.target).await {
        Ok(id) => Some(id),
        Err(error) => {
            tracing::warn!("an answer goes without buttons: {error}");
            None
        }
    }
}

fn random_id() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

/// Counts what was asked in vain, unless it is nobody's business.
async fn note_gap(bot: &Bot, answerer: &Answerer, asked: &Asked<'_>, answer: &Answer<'_>) {
    let private = answer.urgent.is_some() || answer.notice.is_some() || answerer.is_sensitive(asked.text);
    if private || asked.of_another {
        return;
    }
    if let Err(error) = bot.store.note_gap(bot.care.community(asked.server), asked.text, &names::known(bot)).await {
        tracing::warn!("a gap could not be counted: {error}");
    }
}

/// Under which number it is remembered what an answer was asked. Ids of answers are random and hexadecimal; so are
/// their first 16 digits.
pub(super) fn asked_under(answer: &str) -> u64 {
    answer.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

/// An author in a channel.
pub(super) fn place(channel: u64, author: u64) -> Place {
    (channel, author)
}
