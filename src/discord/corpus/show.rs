//! What moderators read. Whatever comes from a page, a person or an error is plain text here, without links.

use crate::answer::Answerer;
use crate::corpus::Source;
use crate::discord::limits::{self, TEXT};
use crate::discord::render::QUIET;
use crate::discord::reply::{Button, Choice, Embed, Field, Form, Reply, Row};
use crate::discord::text::{cut, quoted, units};
use crate::refresh::{
    Added, Came, Change, GapGroup, Generation, Held, Hint, Marked, Outcome, Progress, RefreshError, Report, Status,
    clock,
};
use crate::store::{Deed, PageState};

use super::Task;

/// Of a sentence, a reason or a question, so much is shown.
const LINE: usize = 240;
/// So many passages that did not help are shown.
const PASSAGES: usize = 15;

/// Why something is not as it should be, and which of Discord's commands does something about it.
fn told(why: &str, hint: Option<&Hint>) -> String {
    let what_to_do = match hint {
        None => return line(why),
        // No text is named: it is shown, and taken or refused with a button.
        Some(Hint::Accept { .. }) => "look at the page, and below at what was held back".to_owned(),
        Some(Hint::Refresh(source)) => format!("/corpus refresh {source} downloads it again"),
        Some(Hint::RefreshAll) => "/corpus refresh makes a new one".to_owned(),
        Some(Hint::Status) => "/corpus status lists them".to_owned(),
        Some(Hint::History) => "/corpus history lists those that are kept".to_owned(),
        Some(Hint::Gaps) => "/corpus gaps lists what was".to_owned(),
    };
    line(&format!("{why}; {what_to_do}"))
}

fn line(text: &str) -> String {
    quoted(text, LINE)
}

/// Lines as far as they fit, and how many did not.
fn lines(all: impl IntoIterator<Item = String>) -> String {
    let (mut text, mut left) = (String::new(), 0);
    for line in all {
        if left > 0 || units(&text) + units(&line) > TEXT - 40 {
            left += 1;
        } else {
            text.push_str(&line);
            text.push('\n');
        }
    }
    if left > 0 {
        text.push_str(&format!("… and {left} more"));
    }
    text
}

fn card(title: &str, text: String) -> Reply {
    let text = if text.trim().is_empty() { "Nothing.".to_owned() } else { text };
    let embed = Embed { title: title.to_owned(), text, colour: QUIET, ..Embed::default() };
    Reply { embeds: vec![embed], private: true, ..Reply::default() }
}

/// "Are you sure?", with a button for yes and one for no.
fn sure(question: String, yes: &str, id: String) -> Reply {
    let buttons =
        Button::press(yes, id).into_iter().chain(Button::press("Never mind", "corpus:no".to_owned())).collect();
    Reply { rows: vec![Row::Buttons(buttons)], ..Reply::whisper(question) }
}

/// A menu of things by id, where there are any.
///
/// Where there are too many for one, its last choice leads to those that come after; `from` says which comes first.
fn menu(id: String, prompt: &str, of: impl Iterator<Item = (String, String)>, from: usize) -> Option<Row> {
    let mut choices: Vec<Choice> = of.filter_map(|(value, label)| Choice::new(&label, value)).skip(from).collect();
    if choices.len() > limits::CHOICES {
        choices.truncate(limits::CHOICES - 1);
        choices.extend(Choice::new("More …", format!("{}{}", Task::MORE, from + choices.len())));
    }
    (!choices.is_empty()).then(|| Row::Menu { id, prompt: prompt.to_owned(), choices })
}

pub(super) fn failed(error: &RefreshError) -> Reply {
    Reply::whisper(format!(
        "That did not work, and nothing has changed: {}",
        told(&error.to_string(), error.hint().as_ref())
    ))
}

/// How far something is that was ordered then, in seconds since 1970: whoever reads it sees how long it takes, and goes
/// on seeing it where nothing else is to be told.
pub(super) fn progress(at: &Progress<'_>, since: i64) -> Reply {
    let far = match at {
        Progress::Waiting => "Waiting until another change is done".to_owned(),
        Progress::Page(url) => format!("Downloading {}", line(url)),
        Progress::Source { done, of, id } => format!("Refreshing: {done} of {of} sources. Now: {}", line(id)),
        Progress::Compiling { originals, passages } => {
            format!("Compiling and checking: {passages} passages, {originals} originals")
        }
    };
    Reply::whisper(format!("{far}, begun <t:{since}:R>."))
}

pub(super) fn report(report: &Report) -> Reply {
    let counts: Vec<String> = Came::ALL
        .into_iter()
        .map(|came| (report.count(came), came.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let seconds = report.took_ms.div_ceil(1_000);
    let mut head = if counts.is_empty() { "No source may be downloaded.".to_owned() } else { counts.join(", ") };
    head.push_str(&match report.generation {
        Some(number) if report.swapped => format!(
            "\nGeneration {number} answers now: {} documents, {} passages, after {seconds} s.",
            report.documents, report.passages
        ),
        _ => format!("\nNothing new: the same generation answers, after {seconds} s."),
    });
    if report.joined {
        head.push_str("\nAnother refresh was under way; this is what came of it.");
    }
    // What a moderator has to look at stands first.
    let order = [Came::HeldBack, Came::Failed, Came::Gone, Came::Removed, Came::Changed, Came::Added, Came::Unchanged];
    let of = |came: Came| report.sources.iter().filter(move |outcome| outcome.result == came);
    let told = lines(order.into_iter().flat_map(of).map(outcome));
    let held = of(Came::HeldBack).map(|outcome| &outcome.source);
    let rows = [changes_menu(report, 0), held_menu(held, 0)];
    Reply { rows: rows.into_iter().flatten().collect(), ..card("Refreshed", cut(&format!("{head}\n\n{told}"), TEXT)) }
}

/// A menu of the sources that changed.
fn changes_menu(report: &Report, from: usize) -> Option<Row> {
    let changed = [Came::Changed, Came::HeldBack, Came::Added];
    let of = report.sources.iter().filter(|outcome| changed.contains(&outcome.result));
    let named = of.map(|outcome| (outcome.source.clone(), outcome.source.clone()));
    menu(format!("corpus:diff:{}", report.number), "What changed in …", named, from).filter(|_| report.number > 0)
}

/// What comes after in a menu.
fn more(menu: Option<Row>) -> Reply {
    let text = if menu.is_some() { "The next ones:" } else { "There are no more." };
    Reply { rows: menu.into_iter().collect(), ..Reply::whisper(text) }
}

pub(super) fn more_changes(report: Option<&Report>, from: usize) -> Reply {
    more(report.and_then(|report| changes_menu(report, from)))
}

pub(super) fn more_held(status: &Status, from: usize) -> Reply {
    more(held_menu(held_of(status), from))
}

pub(super) fn more_gaps(gaps: &[GapGroup], from: usize) -> Reply {
    more(gaps_menu(gaps, from))
}

fn outcome(outcome: &Outcome) -> String {
    let (came, went) = (outcome.change.came(), outcome.change.went());
    let change = match outcome.result {
        Came::Changed | Came::HeldBack => format!(" (+{came} −{went} sentences)"),
        _ => String::new(),
    };
    let reason = outcome.reason.as_deref().map(|reason| format!(": {}", told(reason, outcome.hint.as_ref())));
    let reason = reason.unwrap_or_default();
    format!("**{}** {}{change}{reason}", outcome.result.name(), line(&outcome.source))
}

/// What came and what went in a source.
pub(super) fn diff(report: Option<&Report>, source: &str) -> Reply {
    let Some(outcome) = report.and_then(|report| report.sources.iter().find(|of| of.source == source)) else {
        return Reply::whisper("That refresh was too long ago; what changed in it is not kept any more.");
    };
    card(&cut(&format!("What changed in {}", line(source)), limits::TITLE), sentences(&outcome.change))
}

/// The sentences that went and came.
fn sentences(change: &Change) -> String {
    let went = change.removed.iter().map(|sentence| format!("**−** {}", line(sentence)));
    let came = change.added.iter().map(|sentence| format!("**+** {}", line(sentence)));
    let more = change.more_added + change.more_removed;
    let more = (more > 0).then(|| format!("and {more} more sentences that are not kept"));
    let text = lines(went.chain(came).chain(more));
    if text.is_empty() { "No sentence came or went.".to_owned() } else { text }
}

/// A menu of sources of which something is held back.
fn held_menu<'a>(sources: impl Iterator<Item = &'a String>, from: usize) -> Option<Row> {
    let named = sources.map(|id| (id.clone(), id.clone()));
    menu("corpus:held".to_owned(), "Look at what was held back of …", named, from)
}

fn held_of(status: &Status) -> impl Iterator<Item = &String> {
    status.sources.iter().filter(|source| source.held).map(|source| &source.source)
}

/// What is held back of a source, with buttons that take or refuse this text and no other.
pub(super) fn held(held: &Held) -> Reply {
    let Held { source, text, change, words, words_held } = held;
    let told = format!("{words_held} words in place of {words}. Look at the page as well.\n\n{}", sentences(change));
    let title = cut(&format!("Held back of {}", line(source)), limits::TITLE);
    let answers = [("Yes, take it", "accept"), ("Keep the old text", "refuse")];
    let answers =
        answers.into_iter().filter_map(|(label, what)| Button::press(label, format!("corpus:{what}:{text}:{source}")));
    let buttons = answers.chain(Button::press("Never mind", "corpus:no".to_owned())).collect();
    let reply = card(&title, cut(&told, TEXT));
    Reply { content: "Take this text?".to_owned(), rows: vec![Row::Buttons(buttons)], ..reply }
}

/// The same for one that came after the moderator had looked.
pub(super) fn held_meanwhile(held: &Held) -> Reply {
    let content = "Another text came since you looked, and nothing was taken. Take this one?".to_owned();
    Reply { content, ..self::held(held) }
}

pub(super) fn refused(source: &str) -> Reply {
    Reply::whisper(format!(
        "The old text of {} stays. I ask no more about this one; /corpus refresh with that source looks at it again.",
        line(source)
    ))
}

pub(super) fn status(status: &Status, shared: bool) -> Reply {
    use PageState::{Failing, Gone, Good, Held, Refused, Removed};
    let answers = match &status.generation {
        Some(generation) => described(generation),
        None if !shared => "This server has no sources of its own; what all servers share answers.".to_owned(),
        None => "The corpus folder alone answers; no original was downloaded yet.".to_owned(),
    };
    let refreshed = status.refreshed_at.as_deref().unwrap_or("never");
    // What a moderator has to look at stands first.
    let order = [Some(Held), Some(Failing), Some(Gone), Some(Refused), None, Some(Removed), Some(Good)];
    let of = |state: Option<PageState>| status.sources.iter().filter(move |source| source.state == state);
    let sources = order.into_iter().flat_map(of).map(|source| {
        let mut text = format!("**{}** {}", source.state_name(), line(&source.source));
        if source.added {
            text.push_str(", added");
        }
        if let Some(since) = source.troubled_since() {
            text.push_str(&format!(", since {since}"));
        }
        match &source.copied_at {
            Some(copied) => text.push_str(&format!(", quoted from {}", copied.get(..10).unwrap_or(copied))),
            None if source.state == Some(PageState::Good) => text.push_str(", not quoted"),
            None => {}
        }
        if let Some(reason) = source.reason.as_deref().filter(|reason| !reason.is_empty()) {
            text.push_str(&format!(": {}", told(reason, source.hint.as_ref())));
        }
        text
    });
    let rows = held_menu(held_of(status), 0);
    let text = format!("{answers}\nLast refresh: {refreshed}\n\n{}", lines(sources));
    let title = if shared { "What I know" } else { "What I know in this server only" };
    Reply { rows: rows.into_iter().collect(), ..card(title, cut(&text, TEXT)) }
}

fn described(of: &Generation) -> String {
    format!(
        "Generation {}, {}, by {}: {} documents ({} originals), {} passages",
        of.number, of.made_at, of.cause, of.documents, of.originals, of.passages
    )
}

pub(super) fn history(history: &[Generation]) -> Reply {
    let told = history.iter().map(|of| match of.current {
        true => format!("**{}** (answers now)", described(of)),
        false => described(of),
    });
    let others = history.iter().filter(|of| !of.current);
    let named = others.map(|of| (of.number.to_string(), described(of)));
    let rows = menu("corpus:back".to_owned(), "Go to …", named, 0);
    let text = lines(told);
    let text = if text.is_empty() { "Nothing was refreshed, added or written yet.".to_owned() } else { text };
    Reply { rows: rows.into_iter().collect(), ..card("Generations", text) }
}

pub(super) fn ask_rollback(to: &Generation) -> Reply {
    let question =
        format!("Are you sure? This would answer: {}. The next refresh serves the newest again.", described(to));
    sure(question, "Yes, go there", format!("corpus:rollback:{}", to.number))
}

pub(super) fn rolled_back(number: i64) -> Reply {
    Reply::whisper(format!(
        "Generation {number} answers now. The next refresh of all sources serves the newest texts again."
    ))
}

pub(super) fn added(added: &Added) -> Reply {
    let generation = added.generation.map(|number| format!(" Generation {number} answers now.")).unwrap_or_default();
    let text = format!(
        "**{}** is a source now, as {}: {} words.{generation}",
        line(&added.source.title),
        line(&added.source.id),
        added.words
    );
    let link = Button::link(&added.source.publisher, &added.source.url).map(|link| Row::Buttons(vec![link]));
    let sentences = lines(added.change.added.iter().take(5).map(|sentence| format!("**+** {}", line(sentence))));
    let rows = link.into_iter().collect();
    Reply { rows, ..card("Added", cut(&format!("{text}\n\nIt begins:\n{sentences}"), TEXT)) }
}

/// What came of a text that was written for a gap.
pub(super) fn answered(added: &Added, gap: &GapGroup, open: &[String]) -> Reply {
    let told = if open.is_empty() {
        format!("\"{}\" is answered with it now, and is no gap any more.", line(&gap.question))
    } else {
        let open: String = open.iter().map(|wording| format!("\n- {}", line(wording))).collect();
        format!(
            "Not answered with it yet:{open}\nUse the words of the question in the title and the text: /corpus remove \
             takes this one away, /corpus gaps begins again."
        )
    };
    Reply { content: told, ..self::added(added) }
}

pub(super) fn ask_remove(source: &Source) -> Reply {
    let question =
        format!("Are you sure? {} would be quoted no more.", line(&format!("{} ({})", source.title, source.id)));
    sure(question, "Yes, remove it", format!("corpus:remove:{}", source.id))
}

pub(super) fn removed(id: &str) -> Reply {
    Reply::whisper(format!("{} is quoted no more.", line(id)))
}

pub(super) fn gaps(gaps: &[GapGroup]) -> Reply {
    let told = gaps.iter().map(|gap| {
        let also = match gap.also.len() {
            0 => String::new(),
            more => format!(", {more} more wordings"),
        };
        format!("**{} ×** {} (last {}{also})", gap.asked, line(&gap.question), gap.last_at)
    });
    let rows = gaps_menu(gaps, 0);
    let text = lines(told);
    let text = if text.is_empty() { "Nobody asked anything in vain lately.".to_owned() } else { text };
    Reply { rows: rows.into_iter().collect(), ..card("Asked in vain", text) }
}

fn gaps_menu(gaps: &[GapGroup], from: usize) -> Option<Row> {
    let named = gaps.iter().map(|gap| (gap.id(), gap.question.clone()));
    menu("corpus:gap".to_owned(), "Answer or dismiss …", named, from)
}

pub(super) fn gap(gap: &GapGroup) -> Reply {
    let also = lines(gap.also.iter().map(|wording| format!("- {}", line(wording))));
    let text = format!("Asked {} times, from {} to {}.\n{also}", gap.asked, gap.first_at, gap.last_at);
    let write = Button::important("Write an answer", format!("corpus:write:{}", gap.id()));
    let dismiss = Button::press("Dismiss", format!("corpus:dismiss:{}", gap.id()));
    let rows = vec![Row::Buttons(write.into_iter().chain(dismiss).collect())];
    Reply { rows, ..card(&cut(&line(&gap.question), limits::TITLE), text) }
}

pub(super) fn ask_dismiss(gap: &GapGroup) -> Reply {
    let question = format!(
        "Are you sure? \"{}\" would not be listed any more, in these words or in like ones.",
        line(&gap.question)
    );
    sure(question, "Yes, dismiss it", format!("corpus:dismissed:{}", gap.id()))
}

pub(super) fn dismissed(gap: &GapGroup) -> Reply {
    Reply::whisper(format!("\"{}\" is not listed any more, however often it is asked.", line(&gap.question)))
}

/// The form for a text of one's own; for a gap, its question is the title.
pub(super) fn form(gap: Option<&GapGroup>) -> Form {
    let title = gap.map(|gap| cut(&gap.question, 100)).unwrap_or_default();
    Form {
        id: gap.map_or("corpus:written".to_owned(), |gap| format!("corpus:written:{}", gap.id())),
        title: "A text of your own".to_owned(),
        fields: vec![
            Field { id: "title", label: "The question that it answers", value: title, most: 200, long: false },
            Field {
                id: "text",
                label: "The answer, in your own words",
                value: String::new(),
                most: limits::FIELD,
                long: true,
            },
            Field {
                id: "link",
                label: "Where it can be checked (https)",
                value: String::new(),
                most: 1_000,
                long: false,
            },
        ],
    }
}

/// Passages that did not help, those first that did not help most, with what had been asked.
pub(super) fn feedback(answerer: &Answerer, marked: &[Marked]) -> Reply {
    let told = marked.iter().take(PASSAGES).map(|Marked { excerpt: id, votes, questions }| {
        let excerpts = answerer.cite(id);
        let passage = match excerpts.first() {
            Some(excerpt) => {
                let (document, section) = answerer.corpus().passage(excerpt.passage());
                format!("{} · {}", line(&document.title), quoted(excerpt.text(section), 160))
            }
            None => "(it is not in what I know any more)".to_owned(),
        };
        let asked: String = questions.iter().take(3).map(|question| format!("\n  asked: {}", line(question))).collect();
        format!("**{votes} ×** {passage} · {}{asked}", line(id))
    });
    card("Marked as not helpful", lines(told))
}

pub(super) fn log(deeds: &[Deed]) -> Reply {
    let told = deeds.iter().map(|deed| {
        let who = match deed.who.parse::<u64>() {
            Ok(id) => format!("<@{id}>"),
            Err(_) => line(&deed.who),
        };
        let (what, subject) = (line(&deed.what), line(&deed.subject));
        format!("{} {who} **{what}** {subject}: {}", clock::moment(deed.at), line(&deed.result))
    });
    card("Who changed what", lines(told))
}

pub(super) fn export(lines: usize) -> Reply {
    Reply::whisper(format!(
        "{lines} lines: added sources, settings, gaps, feedback and the log. sacrum corpus import FILE brings them back."
    ))
}
