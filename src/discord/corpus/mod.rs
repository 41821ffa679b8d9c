//! /corpus: moderators look after what the bot knows. Thin: the work is `refresh`'s.
//!
//! In reading order: `task` is what can be asked for, and reads it from what Discord sends; `command` is the
//! command as Discord lists it; here is who may, and what is done; `job` tells of long work; `show` gives all of
//! it a form.
//!
//! Every click is judged anew, whatever Discord shows to whom: the one who did it must manage the server or have a
//! role that /setup moderators names. In the home server they look after what all share, in any other after that
//! server's own sources: which of the two is decided by where they are, never by what they send.

mod command;
mod job;
mod show;
mod task;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

pub(super) use command::command;
pub(super) use task::Task;

use super::bot::Bot;
use super::called::Called;
use super::interact::PROMISE;
use super::reply::{Choice, File, Reply};
use super::send::Response;
use crate::refresh::{Added, EVERYBODY, Follower, Order, Progress, RefreshError, Refresher, Wish, Written};
use crate::store::{CommunityId, CommunitySettings};
use job::Job;
use task::List;

/// So much is worked at, at once; each waits for the one before.
const AT_ONCE: usize = 8;
/// So much of it for one server that is not the home server, so that none keeps all others waiting.
const AT_ONCE_IN_ONE: usize = 2;
/// So much of it is left to the home server, if there is one: four other servers would have all of it otherwise.
const KEPT_FOR_HOME: usize = 2;
/// When the program is to stop, what is worked at may take so long to be done.
const GRACE: Duration = Duration::from_secs(2);
/// So many lines of the log are shown.
const SHOWN: u32 = 20;
/// So many gaps can be chosen from.
const GAPS: usize = 200;
/// A file may have so many bytes in any server.
const MOST_BYTES: usize = 10 << 20;
const WORKING: &str = "Working …";
const BROKEN: &str = "Something went wrong on my side. /corpus status says how things stand.";
const STOPPED: &str =
    "I am being stopped, and gave this up. What answered before still does; please try again in a moment.";
const BUSY: &str = "I am at work for several moderators already. Please try again when one of them is told the result.";

/// What looking after the corpus takes.
pub(super) struct Care {
    follower: Follower,
    /// The server whose moderators look after what all share.
    home: Option<u64>,
    jobs: Arc<Semaphore>,
    /// How much is worked at for each server.
    at_work: Mutex<HashMap<u64, usize>>,
    /// Whether the program is to stop.
    stop: watch::Sender<bool>,
}

/// A place among those that are worked for; it is free again when this is dropped.
struct Turn {
    bot: Arc<Bot>,
    server: u64,
    _permit: OwnedSemaphorePermit,
}

impl Turn {
    fn take(bot: &Arc<Bot>, server: u64) -> Option<Self> {
        let permit = Arc::clone(&bot.care.jobs).try_acquire_owned().ok()?;
        let home = bot.care.home;
        let mut at_work = bot.care.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        if Some(server) != home {
            let here = at_work.get(&server).copied().unwrap_or_default();
            let elsewhere: usize = at_work.iter().filter(|(of, _)| Some(**of) != home).map(|(_, count)| count).sum();
            let kept = if home.is_some() { KEPT_FOR_HOME } else { 0 };
            if here >= AT_ONCE_IN_ONE || elsewhere >= AT_ONCE - kept {
                return None;
            }
        }
        *at_work.entry(server).or_default() += 1;
        Some(Self { bot: Arc::clone(bot), server, _permit: permit })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut at_work = self.bot.care.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = at_work.get_mut(&self.server) {
            *count -= 1;
            if *count == 0 {
                at_work.remove(&self.server);
            }
        }
    }
}

impl Care {
    pub(super) fn new(follower: Follower, home: Option<u64>) -> Self {
        Self {
            follower,
            home,
            jobs: Arc::new(Semaphore::new(AT_ONCE)),
            at_work: Mutex::default(),
            stop: watch::Sender::new(false),
        }
    }

    /// Whose sources a server has beside what all share: its own, or none further at home and in private.
    pub(super) fn community(&self, server: u64) -> CommunityId {
        if Some(server) == self.home { EVERYBODY } else { CommunityId(server) }
    }

    /// Looks after the sources of a server.
    fn refresher(&self, server: u64) -> Refresher {
        self.follower.refresher().of(self.community(server))
    }

    /// Waits for what is worked at, not for long; what is not done then is given up, and that is told.
    pub(super) async fn stop(&self) {
        self.stop.send_replace(true);
        let all = u32::try_from(AT_ONCE).unwrap_or_default();
        if tokio::time::timeout(2 * GRACE, self.jobs.acquire_many(all)).await.is_err() {
            tracing::warn!("a moderator was not told that a command was given up");
        }
    }

    /// Waits until what is worked at has to be given up.
    async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // It fails when nothing can be stopped any more.
        if stop.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE).await;
    }

    /// Keeps what answers at what is served, for ever.
    pub(super) fn follower(&self) -> &Follower {
        &self.follower
    }
}

/// Deals with what a moderator does.
pub(super) async fn answer(bot: &Arc<Bot>, called: &Called, task: &Task) {
    if let Task::Complete { option, typed } = task {
        let offered = async {
            if refusal(bot, called).await.is_some() {
                Vec::new()
            } else {
                complete(bot, called.server, option, typed).await
            }
        };
        // Nothing can be promised to who types, and too late is of no use.
        let choices = tokio::time::timeout(PROMISE, offered).await.unwrap_or_default();
        return respond(bot, called, Response::Choices(&choices)).await;
    }
    if let Some(why) = refusal(bot, called).await {
        return respond(bot, called, Response::Say(&Reply::whisper(why))).await;
    }
    match task {
        Task::AskWrite(None) => respond(bot, called, Response::Ask(&show::form(None))).await,
        Task::AskWrite(Some(gap)) => match bot.care.refresher(called.server).gap(gap).await {
            Ok(gap) => respond(bot, called, Response::Ask(&show::form(Some(&gap)))).await,
            Err(error) => respond(bot, called, Response::Say(&show::failed(&error))).await,
        },
        Task::Nothing => respond(bot, called, Response::Update(&Reply::whisper("Nothing was changed."))).await,
        Task::Unknown => {
            let text = "I do not know that. Perhaps it is from another version of me; please use /corpus again.";
            respond(bot, called, Response::Say(&Reply::whisper(text))).await;
        }
        task => begin(bot, called, task.clone()).await,
    }
}

/// Says that it is worked at, and works at it beside everything else.
async fn begin(bot: &Arc<Bot>, called: &Called, task: Task) {
    let Some(turn) = Turn::take(bot, called.server) else {
        return respond(bot, called, Response::Say(&Reply::whisper(BUSY))).await;
    };
    let working = Reply::whisper(WORKING);
    // A question "are you sure?" becomes the work; a list stays, and the work is told below it.
    let first = if task.is_confirmed() { Response::Update(&working) } else { Response::Say(&working) };
    if let Err(error) = bot.rest.respond(called.id, &called.token, first).await {
        // Nobody would be told what comes of it, so nothing is done.
        return tracing::warn!("a moderator's command was not acknowledged, and not done: {error}");
    }
    let job = Job::new(Arc::clone(bot), called);
    tokio::spawn(async move {
        let lasts = task.lasts();
        let mut doing = tokio::spawn(work(Arc::clone(&job.bot), Arc::clone(&job), task));
        tokio::select! {
            done = &mut doing => if done.is_err() {
                tracing::error!("a moderator's command failed");
                job.end(Reply::whisper(BROKEN), false).await;
            },
            () = job.bot.care.stopped() => {
                doing.abort();
                job.end(Reply::whisper(STOPPED), lasts).await;
            }
        }
        drop(turn);
    });
}

/// Why somebody may not look after the corpus; `None` where they may.
async fn refusal(bot: &Bot, called: &Called) -> Option<&'static str> {
    if called.server == 0 {
        return Some("This is for servers: use it where you look after me.");
    }
    let is_moderator =
        |settings: &CommunitySettings| called.roles.iter().any(|role| settings.moderators.contains(role));
    let may = called.manages() || is_moderator(&*bot.settings(called.server).await);
    (!may).then_some(
        "Only people with the permission Manage Server, or with a role that /setup moderators names, can look after \
         what I know.",
    )
}

async fn respond(bot: &Bot, called: &Called, response: Response<'_>) {
    match bot.rest.respond(called.id, &called.token, response).await {
        Ok(()) => {}
        Err(error) if error.is_stale() => tracing::debug!("an interaction was over: {error}"),
        Err(error) => tracing::warn!("an interaction was not answered: {error}"),
    }
}

/// What could be typed.
async fn complete(bot: &Bot, server: u64, option: &str, typed: &str) -> Vec<Choice> {
    let refresher = bot.care.refresher(server);
    let typed = typed.trim().to_lowercase();
    let all: Vec<String> = match option {
        "generation" => refresher.history().await.map_or_else(
            |_| Vec::new(),
            |history| history.iter().map(|of| format!("{} ({}, by {})", of.number, of.made_at, of.cause)).collect(),
        ),
        _ => {
            let known = refresher.known(bot.answerer().await.corpus()).await.unwrap_or_default();
            let fits = |title: &str, id: &str| title.to_lowercase().contains(&typed) || id.contains(&typed);
            known.into_iter().filter(|of| fits(&of.title, &of.id)).map(|of| of.id).collect()
        }
    };
    let fits = |choice: &String| option != "generation" || choice.starts_with(&typed);
    let choices = all.into_iter().filter(fits).filter_map(|text| Choice::new(&text, text.as_str()));
    choices.take(super::limits::CHOICES).collect()
}

/// Does it, telling how far it is, and says what came of it.
async fn work(bot: Arc<Bot>, job: Arc<Job>, task: Task) {
    let lasts = task.lasts();
    let (say, said) = watch::channel(Reply::default());
    let doing = {
        let (bot, job) = (Arc::clone(&bot), Arc::clone(&job));
        async move {
            let tell = |at: Progress<'_>| _ = say.send_replace(show::progress(&at, job.given_at));
            change(&bot, &job, &Order { who: &job.who, tell: &tell, dry_run: false }, task).await
        }
    };
    let done = match job.tell_while(said, doing).await {
        Some(Ok(done)) => done,
        Some(Err(error)) => Err(error.into()),
        None => return,
    };
    // At once; the follower would do it too, a little later.
    if let Err(error) = bot.care.follower.catch_up().await {
        tracing::error!("the generation that is served cannot be opened; the one before answers: {error}");
    }
    let reply = match done {
        Ok(Done::Said(reply)) => reply,
        Ok(Done::Exported { lines, .. }) if lines.len() > MOST_BYTES => Reply::whisper(
            "That is more than Discord takes. Whoever runs me can have it with sacrum corpus export FILE.",
        ),
        Ok(Done::Exported { count, lines }) => {
            let file =
                File { name: "corpus.jsonl".to_owned(), description: "JSON Lines".to_owned(), bytes: lines.into() };
            return job.end_with(&show::export(count), file).await;
        }
        Ok(Done::Written { gap, added }) => written(&bot, &job, gap, &added).await,
        Err(error) => {
            tracing::info!("a moderator's command came to nothing");
            show::failed(&error)
        }
    };
    job.end(reply, lasts).await;
}

/// What was done.
enum Done {
    Said(Reply),
    /// A text, perhaps for a question that was asked in vain.
    Written {
        gap: Option<String>,
        added: Box<Added>,
    },
    Exported {
        count: usize,
        lines: Vec<u8>,
    },
}

async fn change(bot: &Bot, job: &Job, order: &Order<'_>, task: Task) -> Result<Done, RefreshError> {
    let refresher = bot.care.refresher(job.server);
    let reply = match task {
        Task::Refresh { source, accept } => match refresher.run(order, &Wish { source, accept }).await {
            // What came since the moderator looked is shown as well before it can be taken.
            Err(RefreshError::OtherHeld { id, .. }) => show::held_meanwhile(&refresher.held(&id).await?),
            report => show::report(&report?),
        },
        Task::Add { url, title } => show::added(&refresher.add(order, &url, title.as_deref()).await?),
        Task::Status => show::status(&refresher.status().await?, bot.care.community(job.server) == EVERYBODY),
        Task::History => show::history(&refresher.history().await?),
        Task::Gaps => show::gaps(&refresher.gaps(GAPS).await?),
        Task::More { of: List::Gaps, from } => show::more_gaps(&refresher.gaps(GAPS).await?, from),
        Task::More { of: List::Held, from } => show::more_held(&refresher.status().await?, from),
        Task::More { of: List::Changes(report), from } => {
            show::more_changes(refresher.report(report).await?.as_ref(), from)
        }
        Task::Gap(id) => show::gap(&refresher.gap(&id).await?),
        Task::AskDismiss(id) => show::ask_dismiss(&refresher.gap(&id).await?),
        Task::Dismiss(id) => show::dismissed(&refresher.dismiss(order, &id).await?),
        Task::Feedback => show::feedback(&*bot.answerer_in(job.server).await, &refresher.marked().await?),
        Task::Log => show::log(&refresher.deeds(SHOWN).await?),
        Task::Diff { report, source } => show::diff(refresher.report(report).await?.as_ref(), &source),
        Task::AskAccept(id) => show::held(&refresher.held(&id).await?),
        Task::Refuse { source, text } => match refresher.refuse(order, &source, &text).await {
            Err(RefreshError::OtherHeld { id, .. }) => show::held_meanwhile(&refresher.held(&id).await?),
            refused => {
                refused?;
                show::refused(&source)
            }
        },
        Task::AskRemove(id) => {
            let known = refresher.known(bot.answerer().await.corpus()).await?;
            let source = known.iter().find(|source| source.id == id);
            show::ask_remove(source.ok_or(RefreshError::UnknownSource { id, nearest: None })?)
        }
        Task::Remove(id) => {
            refresher.remove(order, &id).await?;
            show::removed(&id)
        }
        Task::AskRollback(number) => {
            let history = refresher.history().await?;
            let before = || history.iter().skip_while(|of| !of.current).nth(1);
            let target = match number {
                Some(number) => {
                    history.iter().find(|of| of.number == number).ok_or(RefreshError::NoGeneration(number))?
                }
                None => before().ok_or(RefreshError::NothingOlder)?,
            };
            show::ask_rollback(target)
        }
        Task::Rollback(number) => show::rolled_back(refresher.rollback(order, Some(number)).await?),
        Task::Write { gap, title, text, link } => {
            let written = Written { title: &title, text: &text, link: &link };
            let added = refresher.write(order, &written).await?;
            return Ok(Done::Written { gap, added: Box::new(added) });
        }
        Task::Export => {
            let mut lines = Vec::new();
            let count = refresher.export(CommunityId(job.server), &mut lines).await?;
            return Ok(Done::Exported { count, lines });
        }
        Task::AskWrite(_) | Task::Complete { .. } | Task::Nothing | Task::Unknown => Reply::default(),
    };
    Ok(Done::Said(reply))
}

/// Whether the question that a text was written for is answered now; then it is no gap any more.
async fn written(bot: &Bot, job: &Job, gap: Option<String>, added: &Added) -> Reply {
    let refresher = bot.care.refresher(job.server);
    let Some(id) = gap else { return show::added(added) };
    let Ok(gap) = refresher.gap(&id).await else { return show::added(added) };
    let answerer = bot.answerer_in(job.server).await;
    match refresher.answered_by(&job.who, &gap, &added.source.id, &answerer).await {
        Ok(open) => show::answered(added, &gap, &open),
        Err(error) => {
            tracing::warn!("a question that is answered is still listed as a gap: {error}");
            show::answered(added, &gap, &[])
        }
    }
}
