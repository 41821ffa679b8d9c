//! The connections to Discord: what comes in goes into the queue.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::Value;
use serenity::model::event::Event;
use serenity::model::gateway::GatewayIntents;
use serenity::model::guild::Role;
use tokio::sync::{Mutex, MutexGuard, Semaphore, watch};
use tokio::task::JoinSet;

use super::bot::{Bot, Us};
use super::called::{Called, Wish};
use super::change::{self, Edited};
use super::chat::{self, Heard};
use super::commands;
use super::queue::{Errand, Lane, Queue};
use super::send::{Gateway, number};
use super::shard::{Said, Shard, Starts};
use super::{Options, ServeError, Shards, interact, mend, names, words};
use crate::answer::Answerer;

/// Something to do.
#[derive(Debug)]
pub(super) enum Job {
    Message(Heard),
    Edited(Edited),
    Deleted { server: u64, channel: u64, messages: Vec<u64> },
    Called(Box<Called>),
}

impl Job {
    /// The channel that its reply is written to; 0 where it goes the way of an interaction.
    fn channel(&self) -> u64 {
        match self {
            Self::Message(heard) => heard.channel,
            Self::Edited(edited) => edited.channel(),
            Self::Deleted { channel, .. } => *channel,
            Self::Called(_) => 0,
        }
    }
}

/// Takes what Discord sends, and puts what is to be done into the queue.
pub(super) struct Ears {
    pub(super) bot: Arc<Bot>,
    pub(super) queue: Arc<Queue<Job>>,
    pub(super) home: Option<u64>,
    /// One for each event that is looked at.
    pub(super) hands: Arc<Semaphore>,
    /// Whose turn it is, while what judges is not there yet.
    pub(super) turn: Mutex<()>,
    pub(super) deaf: AtomicBool,
}

/// What judges a message; while it lives, no message that came later is judged before this one, if they had to wait.
struct Turn<'a> {
    answerer: Arc<Answerer>,
    _held: Option<MutexGuard<'a, ()>>,
}

impl Ears {
    /// Discord has begun a session with us.
    pub(super) fn connected(&self, shard: u32, ready: &Value) {
        let (user, application) = (number(&ready["user"]["id"]), number(&ready["application"]["id"]));
        // Where one of them is missing: of most they are the same.
        let or = |one: u64, other: u64| if one == 0 { other } else { one };
        let us = Us { application: or(application, user), user: or(user, application) };
        if us.user == 0 {
            return tracing::warn!(event = "READY", "what Discord sent could not be read");
        }
        tracing::info!(shard, servers = ready["guilds"].as_array().map_or(0, Vec::len), "connected to Discord");
        if self.bot.set_us(us) {
            let (bot, home) = (Arc::clone(&self.bot), self.home);
            tokio::spawn(async move { commands::register(&bot, us.application, home).await });
        }
    }

    /// Takes what comes after that.
    pub(super) async fn hear(&self, said: Said) {
        if self.deaf.load(Ordering::Relaxed) {
            return;
        }
        // It is large, and waits: on the heap it takes its room once.
        let Some(event) = mend::event(&said.kind, &said.data()).map(Box::new) else { return };
        drop(said);
        let mut since = Instant::now();
        let mut turn = None;
        let heard = match &*event {
            Event::MessageCreate(event) => {
                let (message, channel) = (event.message.id.get(), event.message.channel_id.get());
                let server = event.message.guild_id.map_or(0, |id| id.get());
                let title = async {
                    if message == channel {
                        // A post's title may come after its first message, and a sign may stand in it.
                        words::know_title(&self.bot, channel).await;
                    }
                };
                tokio::join!(title, words::know_role(&self.bot, server, &event.message.content));
                let turn = turn.insert(self.turn().await);
                chat::hear(&self.bot, &turn.answerer, &event.message).map(|(lane, heard)| (lane, Job::Message(heard)))
            }
            Event::MessageUpdate(event) => {
                let turn = turn.insert(self.turn().await);
                let edited = change::hear(&self.bot, &turn.answerer, event);
                edited.map(|(lane, edited)| (lane, Job::Edited(edited)))
            }
            Event::MessageDelete(event) => {
                turn = Some(self.turn().await);
                let server = event.guild_id.map_or(0, |id| id.get());
                Some((Lane::Asked, self.deleted(server, event.channel_id.get(), vec![event.message_id.get()])))
            }
            Event::MessageDeleteBulk(event) => {
                turn = Some(self.turn().await);
                let server = event.guild_id.map_or(0, |id| id.get());
                let messages = event.ids.iter().map(|id| id.get()).collect();
                Some((Lane::Asked, self.deleted(server, event.channel_id.get(), messages)))
            }
            Event::InteractionCreate(event) => {
                names::used(&self.bot, &event.interaction);
                let called = Called::read(&event.interaction).filter(|called| self.bot.note_seen(called.id));
                let Some(mut called) = called else { return };
                if !interact::may_go_on(&self.bot, &mut called).await {
                    return;
                }
                if called.promised {
                    // Discord waits no longer for it.
                    since = Instant::now();
                }
                let lane = if self.is_urgent(&called).await { Lane::Urgent } else { Lane::Interaction };
                Some((lane, Job::Called(Box::new(called))))
            }
            other => return self.note(other),
        };
        if let Some((lane, job)) = heard {
            let channel = job.channel();
            self.queue.put(Errand { what: job, lane, channel }, since);
        }
        drop(turn);
    }

    /// Waits for what judges. As long as it is not there, messages, edits and deletions keep the order in which they came.
    async fn turn(&self) -> Turn<'_> {
        let held = if self.bot.answers() { None } else { Some(self.turn.lock().await) };
        Turn { answerer: self.bot.answerer().await, _held: held }
    }

    fn deleted(&self, server: u64, channel: u64, messages: Vec<u64>) -> Job {
        Job::Deleted { server, channel, messages }
    }

    async fn is_urgent(&self, called: &Called) -> bool {
        // What a helper looks up is somebody's message, and no name.
        let found = match &called.wish {
            Wish::Find { text, by_bot: false, .. } => Some(text.as_str()),
            _ => None,
        };
        for written in called.wish.written().into_iter().chain(found) {
            if self.bot.is_urgent(&[written]).await {
                return true;
            }
        }
        false
    }

    /// What is of use later, and nothing to do now.
    fn note(&self, event: &Event) {
        match event {
            Event::GuildCreate(event) => {
                let server = event.guild.id.get();
                let us = self.bot.us().map(|us| us.user);
                let is_ours = |role: &&Role| role.tags.bot_id.is_some_and(|id| Some(id.get()) == us);
                let mut known = self.bot.memory.known();
                let owner = event.guild.owner_id.get();
                if mend::is_told(owner) {
                    known.owners.insert(server, owner);
                }
                known.roles.insert(server, event.guild.roles.values().find(is_ours).map(|role| role.id.get()));
            }
            Event::ThreadCreate(event) => {
                let forum = event.thread.parent_id.map_or(0, |id| id.get());
                self.bot.memory.known().posts.insert(event.thread.id.get(), (forum, event.thread.name.clone()));
            }
            Event::ChannelUpdate(event) => self.bot.forgive_channel(event.channel.id.get()),
            Event::ThreadUpdate(event) => self.bot.forgive_channel(event.thread.id.get()),
            Event::GuildRoleUpdate(event) => self.bot.forgive_server(event.role.guild_id.get()),
            Event::GuildMemberUpdate(event) if self.bot.us().is_some_and(|us| us.user == event.user.id.get()) => {
                self.bot.forgive_server(event.guild_id.get());
            }
            _ => {}
        }
    }
}

/// Why the connection ended for good.
#[derive(Debug)]
pub(super) enum Ended {
    /// We were to stop.
    Stopped,
    /// The gateway's code 4014: an intent is not switched on for us.
    Intents,
    /// Discord does not let us in.
    Refused(ServeError),
}

/// The connections; without them they end.
pub(super) struct Connections {
    shards: JoinSet<Ended>,
    closing: watch::Sender<bool>,
}

/// Runs the shards until the connection ends for good or `stop` comes. Where Discord refuses one, none is left.
pub(super) async fn run(
    ears: &Arc<Ears>,
    gateway: &Gateway,
    shards: Shards,
    intents: GatewayIntents,
    options: &Options,
    stop: impl Future<Output = ()>,
) -> (Connections, Ended) {
    let mut connections = Connections { shards: JoinSet::new(), closing: watch::Sender::new(false) };
    let mut waiting: RangeInclusive<u32> = shards.first..=shards.last;
    let all_starts: Vec<Starts> = (0..gateway.at_once).map(|_| Starts::default()).collect();
    let running = async {
        loop {
            let number = *waiting.start();
            let starts = &all_starts[number as usize % all_starts.len()];
            // In their order, and as many at once as Discord takes.
            tokio::select! {
                Some(ended) = connections.shards.join_next() => break ended,
                turn = Arc::clone(starts).lock_owned(), if !waiting.is_empty() => {
                    waiting.next();
                    let shard = Shard {
                        ears: Arc::clone(ears),
                        number,
                        total: shards.total,
                        gateway: gateway.url.clone(),
                        token: options.token.clone(),
                        intents,
                        starts: Arc::clone(starts),
                        closing: connections.closing.subscribe(),
                        session: None,
                    };
                    connections.shards.spawn(shard.run(turn));
                }
            }
        }
    };
    let ended = tokio::select! {
        () = stop => Ended::Stopped,
        // A shard that is broken for good must not be missing silently.
        ended = running => ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())),
    };
    if !matches!(ended, Ended::Stopped) {
        connections.shards.shutdown().await;
    }
    (connections, ended)
}

impl Connections {
    /// Closes them in a way that Discord keeps the sessions.
    pub(super) async fn close(mut self) {
        self.closing.send_replace(true);
        while self.shards.join_next().await.is_some() {}
    }
}
