//! The connection to Discord: what comes in goes into the queue; serenity keeps the shards alive.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serenity::async_trait;
use serenity::client::{Context, RawEventHandler};
use serenity::gateway::{ConnectionStage, GatewayError, ShardManager, ShardManagerOptions};
use serenity::http::Http;
use serenity::model::event::Event;
use serenity::model::gateway::GatewayIntents;
use serenity::model::guild::Role;
use serenity::prelude::TypeMap;
use tokio::sync::{Mutex, RwLock};

use super::bot::{Bot, Us};
use super::called::{Called, Wish};
use super::change::{self, Edited};
use super::chat::{self, Heard};
use super::commands;
use super::queue::{Errand, Lane, Queue};
use super::{Options, Shards, closes, mend, names, words};

/// A shard that has not been connected for so long is begun anew.
const STUCK: Duration = Duration::from_secs(120);
/// A code with which Discord keeps the session, so that it can be taken up again.
const RESUMABLE: u16 = 4_000;

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
    pub(super) deaf: AtomicBool,
}

#[async_trait]
impl RawEventHandler for Ears {
    async fn raw_event(&self, _: Context, event: Event) {
        if self.deaf.load(Ordering::Relaxed) {
            return;
        }
        let event = match event {
            Event::Unknown(unknown) => match mend::event(&unknown) {
                Some(event) => event,
                None => return,
            },
            event => event,
        };
        if !matches!(event, Event::Ready(_)) {
            // Events are handed over side by side, and this one may be ahead of the first.
            self.bot.introduced().await;
        }
        let heard = match event {
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
                chat::hear(&self.bot, &event.message).map(|(lane, heard)| (lane, Job::Message(heard)))
            }
            Event::MessageUpdate(event) => {
                change::hear(&self.bot, &event).map(|(lane, edited)| (lane, Job::Edited(edited)))
            }
            Event::MessageDelete(event) => {
                let server = event.guild_id.map_or(0, |id| id.get());
                Some((Lane::Asked, self.deleted(server, event.channel_id.get(), vec![event.message_id.get()])))
            }
            Event::MessageDeleteBulk(event) => {
                let server = event.guild_id.map_or(0, |id| id.get());
                let messages = event.ids.iter().map(|id| id.get()).collect();
                Some((Lane::Asked, self.deleted(server, event.channel_id.get(), messages)))
            }
            Event::InteractionCreate(event) => {
                names::used(&self.bot, &event.interaction);
                Called::read(&event.interaction).filter(|called| self.bot.is_new(called.id)).map(|called| {
                    let lane = if self.is_urgent(&called) { Lane::Urgent } else { Lane::Interaction };
                    (lane, Job::Called(Box::new(called)))
                })
            }
            other => return self.note(other).await,
        };
        if let Some((lane, job)) = heard {
            let channel = job.channel();
            self.queue.put(Errand { what: job, lane, channel }, Instant::now());
        }
    }
}

impl Ears {
    fn deleted(&self, server: u64, channel: u64, messages: Vec<u64>) -> Job {
        Job::Deleted { server, channel, messages }
    }

    fn is_urgent(&self, called: &Called) -> bool {
        // What a helper looks up is somebody's message, and no name.
        let found = match &called.wish {
            Wish::Find { text, by_bot: false, .. } => Some(text.as_str()),
            _ => None,
        };
        called.wish.written().into_iter().chain(found).any(|written| self.bot.is_urgent(&[written]))
    }

    /// What is of use later, and nothing to do now.
    async fn note(&self, event: Event) {
        match event {
            Event::Ready(event) => {
                let us = Us { application: event.ready.application.id.get(), user: event.ready.user.id.get() };
                let shard = event.ready.shard.map_or(0, |shard| shard.id.0);
                tracing::info!(shard, servers = event.ready.guilds.len(), "connected to Discord");
                if self.bot.is(us) {
                    commands::register(&self.bot, us.application, self.home).await;
                }
            }
            Event::Resumed(_) => tracing::info!("took the session up again"),
            Event::GuildCreate(event) => {
                let server = event.guild.id.get();
                let us = self.bot.us().map(|us| us.user);
                let is_ours = |role: &&Role| role.tags.bot_id.is_some_and(|id| Some(id.get()) == us);
                let mut memory = self.bot.memory();
                memory.owners.insert(server, event.guild.owner_id.get());
                memory.roles.insert(server, event.guild.roles.values().find(is_ours).map(|role| role.id.get()));
            }
            Event::ThreadCreate(event) => {
                let forum = event.thread.parent_id.map_or(0, |id| id.get());
                self.bot.memory().posts.insert(event.thread.id.get(), (forum, event.thread.name));
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Stopped,
    /// 4004.
    Token,
    /// 4010.
    Shards,
    /// 4011.
    TooFewShards,
    /// 4012.
    Version,
    /// 4013.
    UnknownIntents,
    /// 4014.
    Intents,
}

/// Runs the shards until the connection ends for good or `stop` comes. Where Discord does not allow the intents, no
/// shard is left, so that another run can begin.
pub(super) async fn run(
    ears: Arc<Ears>,
    url: &str,
    shards: Shards,
    intents: GatewayIntents,
    options: &Options,
    stop: impl Future<Output = ()>,
) -> (Arc<ShardManager>, Ended) {
    let address = Arc::new(Mutex::new(url.to_owned()));
    let (manager, mut ended) = ShardManager::new(ShardManagerOptions {
        data: Arc::new(RwLock::new(TypeMap::new())),
        event_handlers: Vec::new(),
        raw_event_handlers: vec![Arc::clone(&ears) as Arc<dyn RawEventHandler>],
        shard_index: shards.first,
        shard_init: shards.last - shards.first + 1,
        shard_total: shards.total,
        ws_url: Arc::clone(&address),
        http: Arc::new(Http::new(options.token.reveal())),
        intents,
        presence: None,
    });
    // It never fails, as its documentation says.
    let _ = manager.initialize();
    let end = tokio::select! {
        () = stop => Ended::Stopped,
        () = watch(&manager) => Ended::Stopped,
        end = closes::closed() => end,
        end = ended.next() => match end {
            Some(Err(GatewayError::InvalidAuthentication)) => Ended::Token,
            Some(Err(GatewayError::InvalidGatewayIntents)) => Ended::UnknownIntents,
            Some(Err(GatewayError::DisallowedGatewayIntents)) => Ended::Intents,
            _ => Ended::Stopped,
        },
    };
    if end == Ended::Intents {
        // serenity starts the shards that stand in line before it hears that it is to stop: they find no address.
        address.lock().await.clear();
        let refused = Arc::clone(&manager);
        tokio::spawn(async move { refused.shutdown_all().await });
    }
    (manager, end)
}

/// Closes the connections in a way that Discord keeps the sessions.
pub(super) async fn close(manager: &ShardManager) {
    for shard in manager.shards_instantiated().await {
        manager.shutdown(shard, RESUMABLE).await;
    }
}

/// Begins a shard anew that could not be brought back by itself. Never ends.
async fn watch(manager: &ShardManager) {
    let mut silent: HashMap<u32, Instant> = HashMap::new();
    loop {
        tokio::time::sleep(STUCK / 8).await;
        let mut stuck = Vec::new();
        for (shard, runner) in manager.runners.lock().await.iter() {
            if runner.stage == ConnectionStage::Connected {
                silent.remove(&shard.0);
            } else if silent.entry(shard.0).or_insert_with(Instant::now).elapsed() > STUCK {
                stuck.push(*shard);
            }
        }
        for shard in stuck {
            tracing::warn!(shard = shard.0, "a shard was silent for long and is begun anew");
            silent.remove(&shard.0);
            manager.restart(shard).await;
        }
    }
}
