//! The Discord bot. Thin: it translates what people do there into questions, and answers into messages.
//!
//! In reading order: `shard` keeps a connection; `gateway` takes what comes in, as `mend` makes it readable, and puts it
//! into `queue`; `chat`, `change` and `interact` deal with it, and `corpus` where moderators look after what it knows;
//! `compose` makes the reply, one path for all of them; `render` and `pages` give it a form; `rest` sends it, and nothing
//! else does. `bot` holds what they share.
//!
//! Deliberately absent: serenity's gateway, cache and HTTP client, and any text of a message in a log or database.

mod bot;
mod called;
mod card;
mod change;
mod chat;
mod commands;
mod compose;
mod cooldown;
mod corpus;
mod gateway;
mod history;
mod interact;
mod limits;
mod memory;
mod mend;
mod muscle;
mod names;
mod notice;
mod pages;
mod queue;
mod recent;
mod render;
mod reply;
mod rest;
mod send;
mod setup;
mod shard;
mod sorry;
mod text;
mod words;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serenity::model::gateway::GatewayIntents;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;
use tracing::Instrument;

use crate::refresh::{Follower, Live};
use crate::secret::Secret;
use crate::store::Store;
use bot::Bot;
use called::Wish;
use corpus::Care;
use gateway::{Ears, Ended, Job};
use queue::{Errand, Queue};
use rest::{Rest, RestError};

/// So many events are looked at at once: what comes beyond that waits in the connection.
const HEARING: usize = 1_024;
/// So many things are dealt with at once.
const HANDS: usize = 80;
/// So many of them at most that are written to a channel, however urgent: the other hands are for interactions alone,
/// each of which Discord wants acknowledged within 3 seconds.
const WRITING: usize = 64;
/// So many of them at most that are neither urgent nor an interaction.
const ORDINARY: usize = 48;
/// How long replies in hand may take when the program is to stop.
const FINISHING: Duration = Duration::from_secs(10);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Discord takes one start in five seconds, of shards that begin one after the other. It counts when they arrive, and one
/// may take longer to it than the next.
const BETWEEN_STARTS: Duration = Duration::from_millis(5_500);
/// What the HTTP API answers to a version that it no longer speaks.
const INVALID_VERSION: u64 = 50_041;
const TOKEN: &str = "Discord does not accept the token. Copy it from https://discord.com/developers/applications, \
                     your application, Bot, Reset Token, into DISCORD_TOKEN";

/// What `serve` can be told.
#[derive(Debug, Clone)]
pub struct Options {
    /// The bot's token.
    pub token: Secret,
    /// A proxy that speaks Discord's API.
    pub proxy: Option<String>,
    /// The server whose moderators look after what all servers share.
    pub home: Option<u64>,
    /// Which shards to run; what Discord advises where left out.
    pub shards: Option<Shards>,
    /// Pause between two questions of a person.
    pub cooldown: Duration,
    /// For how many days things are kept.
    pub keep_days: u32,
    /// How often sources are downloaded again; never by itself where left out.
    pub refresh_every: Option<Duration>,
}

/// Which part of the servers this process serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shards {
    /// The first shard.
    pub first: u32,
    /// The last one, included.
    pub last: u32,
    /// How many there are in all processes.
    pub total: u32,
}

/// Why the bot cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// 401, or the gateway's code for it.
    #[error("{TOKEN}")]
    Token,
    /// The gateway's code 4010.
    #[error(
        "Discord does not take the shards that I run. Check SACRUM_SHARDS: FIRST-LAST/TOTAL, with the same TOTAL in \
         every process; or leave it out"
    )]
    Shards,
    /// The gateway's code 4011.
    #[error(
        "I am on more servers than my shards may serve, which is 2,500 each. Leave SACRUM_SHARDS out, or give it a \
         larger TOTAL in every process"
    )]
    TooFewShards,
    /// The gateway's code 4012, or the same from the HTTP API.
    #[error("Discord no longer speaks the version of its API that I speak. Install a newer version of me")]
    Version,
    /// The gateway's code 4013.
    #[error(
        "Discord does not know an intent that I ask for. Install a newer version of me; if this is the newest, \
         please report it"
    )]
    UnknownIntents,
    /// The gateway's code 4014, though no privileged intent was asked for.
    #[error(
        "Discord does not allow the intents that I ask for (guilds, messages, direct messages). See \
         https://discord.com/developers/applications, your application, Bot, Privileged Gateway Intents"
    )]
    Intents,
    /// No way through, for long.
    #[error("Discord cannot be reached: {0}. Is the network up, and SACRUM_DISCORD_PROXY right?")]
    Unreachable(String),
    /// Too many starts today.
    #[error("Discord allows no further start for the next {0} minutes: there were too many today")]
    TooManyStarts(u64),
}

impl From<RestError> for ServeError {
    fn from(error: RestError) -> Self {
        match error.code() {
            _ if error.is_unauthorized() => Self::Token,
            INVALID_VERSION => Self::Version,
            _ => Self::Unreachable(error.to_string()),
        }
    }
}

/// Looks whether Discord accepts the token; how many shards it advises.
///
/// # Errors
/// Where it does not, or cannot be reached.
pub async fn check(options: &Options) -> Result<u32, ServeError> {
    let gateway = Rest::new(&options.token, options.proxy.as_deref())?.gateway().await?;
    Ok(gateway.shards)
}

/// Runs the bot until `stop` comes; `follower` keeps `live` at what is served. Then it finishes what it has in hand, and
/// closes. `live` may have no answerer yet: messages wait for it, and who gave a command is promised an answer.
///
/// # Errors
/// Where Discord does not let us in.
pub async fn serve(
    live: Arc<Live>,
    store: Arc<Store>,
    follower: Follower,
    options: Options,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let rest = Rest::new(&options.token, options.proxy.as_deref())?;
    let mut stop = pin!(stop);
    let gateway = tokio::select! {
        gateway = rest.gateway() => gateway?,
        () = &mut stop => return Ok(()),
    };
    let shards = options.shards.unwrap_or(Shards { first: 0, last: gateway.shards - 1, total: gateway.shards });
    let wanted = u64::from(shards.last - shards.first + 1);
    if gateway.starts.is_some_and(|starts| starts < wanted) && gateway.reset_after > 0 {
        return Err(ServeError::TooManyStarts(gateway.reset_after.div_ceil(60_000)));
    }
    let care = Care::new(follower, options.home);
    let bot = Arc::new(Bot::new(live, store, rest, care, options.cooldown, options.keep_days));
    let queue = Arc::new(Queue::new(ORDINARY, WRITING));
    let ears = Arc::new(Ears {
        bot: Arc::clone(&bot),
        queue: Arc::clone(&queue),
        home: options.home,
        hands: Arc::new(Semaphore::new(HEARING)),
        turn: Mutex::default(),
        deaf: AtomicBool::new(false),
    });
    let work = {
        let (bot, queue) = (Arc::clone(&bot), Arc::clone(&queue));
        tokio::spawn(async move { work(&queue, |job| handle(Arc::clone(&bot), job)).await })
    };
    let mut upkeep = JoinSet::new();
    upkeep.spawn(self::upkeep(Arc::clone(&bot), Arc::clone(&queue)));
    upkeep.spawn(forget_absent(Arc::clone(&bot)));
    let keeper = Arc::clone(&bot);
    upkeep.spawn(async move { keeper.care.follower().follow().await });
    if let Some(pause) = options.refresh_every {
        let keeper = Arc::clone(&bot);
        upkeep.spawn(async move { keeper.care.follower().refresh_every(pause).await });
    }
    let plain = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::DIRECT_MESSAGES;
    let all = plain | GatewayIntents::MESSAGE_CONTENT;
    let (mut connections, mut ended) = gateway::run(&ears, &gateway, shards, all, &options, &mut stop).await;
    if matches!(ended, Ended::Intents) {
        bot.cannot_read_chat();
        tracing::warn!(
            "the message content intent is switched off, so I answer only who speaks to me: commands, menus, mentions, \
             direct messages. To have questions answered uncalled: https://discord.com/developers/applications, your \
             application, Bot, Message Content Intent"
        );
        tokio::select! {
            () = tokio::time::sleep(BETWEEN_STARTS) => {
                (connections, ended) = gateway::run(&ears, &gateway, shards, plain, &options, &mut stop).await;
            }
            () = &mut stop => ended = Ended::Stopped,
        }
    }
    tracing::info!("stopping");
    ears.deaf.store(true, Ordering::Relaxed);
    queue.close();
    if tokio::time::timeout(FINISHING, work).await.is_err() {
        tracing::warn!("some replies were not finished in time");
    }
    bot.care.stop().await;
    upkeep.abort_all();
    tell_dropped(&queue);
    let closing = async {
        connections.close().await;
        bot.store.close().await;
    };
    if tokio::time::timeout(FINISHING / 2, closing).await.is_err() {
        tracing::debug!("the connection did not close in time");
    }
    match ended {
        Ended::Stopped => Ok(()),
        Ended::Intents => Err(ServeError::Intents),
        Ended::Refused(error) => Err(error),
    }
}

/// Takes from the queue until it is closed and empty, and everything is done.
async fn work<T: Send + 'static, F: Future<Output = ()> + Send + 'static>(
    queue: &Arc<Queue<T>>,
    handle: impl Fn(T) -> F,
) {
    let hands = Arc::new(Semaphore::new(HANDS));
    let mut tasks = JoinSet::new();
    let mut number = 0_u64;
    loop {
        let Ok(hand) = Arc::clone(&hands).acquire_owned().await else { break };
        let Some(Errand { what, lane, channel }) = queue.next().await else { break };
        number += 1;
        let (doing, span) = (handle(what), tracing::info_span!("request", id = number));
        let queue = Arc::clone(queue);
        tasks.spawn(
            async move {
                doing.await;
                queue.done(lane, channel);
                drop(hand);
            }
            .instrument(span),
        );
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
}

/// Deals with one thing.
async fn handle(bot: Arc<Bot>, job: Job) {
    let called = if let Job::Called(called) = &job { Some(called.clone()) } else { None };
    let sorry = {
        let bot = Arc::clone(&bot);
        async move {
            if let Some(called) = called {
                sorry::apologise(&bot.rest, &called).await;
            }
        }
    };
    let doing = async move {
        match job {
            Job::Message(heard) => chat::reply(&bot, heard).await,
            Job::Edited(edited) => change::edited(&bot, edited).await,
            Job::Deleted { server, channel, messages } => change::deleted(&bot, server, channel, &messages).await,
            Job::Called(called) => match &called.wish {
                Wish::Corpus(task) => corpus::answer(&bot, &called, task).await,
                _ => interact::answer(&bot, *called).await,
            },
        }
    };
    guarded(doing, sorry).await;
}

/// Does something. If it panics, that costs this one reply, and who waits for it is told.
async fn guarded(doing: impl Future<Output = ()> + Send + 'static, sorry: impl Future<Output = ()>) {
    if let Err(error) = tokio::spawn(doing.in_current_span()).await
        && error.is_panic()
    {
        tracing::error!("a handler failed; one reply was lost");
        sorry.await;
    }
}

/// Forgets what is old, and says what was dropped.
async fn upkeep(bot: Arc<Bot>, queue: Arc<Queue<Job>>) {
    let mut minutes = 0_u64;
    loop {
        if minutes.is_multiple_of(24 * 60)
            && let Err(error) = bot.store.forget_older_than(bot.keep_days).await
        {
            tracing::warn!("old entries were not deleted: {error}");
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
        minutes += 1;
        tell_dropped(&queue);
    }
}

/// Says how much was dropped since it was said last.
fn tell_dropped(queue: &Queue<Job>) {
    let dropped = queue.dropped();
    if dropped > 0 {
        tracing::warn!(dropped, "there was too much to do; what had waited too long was dropped");
    }
}

/// Forgets what servers had of their own that removed us long ago. Discord is asked in which we are: what it tells at
/// the gateway is missed by a bot that is down.
async fn forget_absent(bot: Arc<Bot>) {
    loop {
        match bot.rest.servers().await {
            Ok(servers) => {
                let refresher = bot.care.follower().refresher();
                match refresher.forget_absent(|of| servers.contains(&of.0), bot.keep_days).await {
                    Ok(forgotten) => {
                        forgotten.iter().for_each(|of| bot.forget_settings(of.0));
                        tracing::debug!(servers = servers.len(), forgotten = forgotten.len(), "looked who removed me");
                    }
                    Err(error) => tracing::warn!("what servers had that removed me was not forgotten: {error}"),
                }
            }
            Err(error) => tracing::warn!("it is not known which servers removed me: {error}"),
        }
        tokio::time::sleep(DAY).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Instant;

    use super::queue::Lane;
    use super::*;

    /// More panics than there are hands: each costs its own reply, and no hand is lost with it.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_in_a_handler_costs_one_reply_only() {
        let (done, sorry) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let queue = Arc::new(Queue::new(ORDINARY, WRITING));
        for number in 0..4 * HANDS {
            queue.put(Errand { what: number, lane: Lane::Urgent, channel: 0 }, Instant::now());
        }
        queue.close();
        let handle = |number: usize| {
            let (done, sorry) = (Arc::clone(&done), Arc::clone(&sorry));
            let doing = async move {
                assert!(number.is_multiple_of(2), "this one breaks");
                done.fetch_add(1, Ordering::Relaxed);
            };
            guarded(doing, async move { _ = sorry.fetch_add(1, Ordering::Relaxed) })
        };
        tokio::time::timeout(FINISHING, work(&queue, handle)).await.unwrap();
        assert_eq!((done.load(Ordering::Relaxed), sorry.load(Ordering::Relaxed)), (2 * HANDS, 2 * HANDS));
    }
}
