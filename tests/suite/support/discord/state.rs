//! What our Discord knows: servers, channels, messages, interactions, and everything that was asked of it.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::upload::File;
use super::{CHOSEN, FORUM, GENERAL, GUILD, LOG, user, user_id};

pub(crate) const APPLICATION: u64 = 1_200_000_000_000_000_000;
pub(crate) const BOT: u64 = 1_200_000_000_000_000_001;
/// The role that Discord makes for the bot in each server.
pub(crate) const OUR_ROLE: u64 = 78;

/// Whether a field holds this id.
pub(crate) fn is(field: &Value, id: u64) -> bool {
    field.as_str().and_then(|text| text.parse().ok()) == Some(id)
}

/// Decides over a request whether it fails.
pub(crate) type Decide = Box<dyn FnMut(&Request) -> Option<Fault> + Send>;

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Behind /api/v10.
    pub(crate) path: String,
    /// Behind the question mark.
    pub(crate) query: String,
    pub(crate) body: Value,
    pub(crate) files: Vec<File>,
    pub(crate) at: Instant,
}

/// What is sent in place of Discord's answer.
pub(crate) enum Fault {
    /// This status, these headers, this body. Discord did nothing.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Discord did it, and the connection broke before the answer.
    Cut,
    /// Discord did it, and answers with this status and body in place of what it made.
    Blank(u16, &'static str),
    /// Discord does it, and answers later.
    Slow(Duration),
}

pub(crate) struct Channel {
    pub(crate) guild: u64,
    pub(crate) kind: u8,
    pub(crate) name: String,
    pub(crate) parent: Option<u64>,
    pub(crate) writable: bool,
}

pub(crate) struct Interaction {
    pub(crate) token: String,
    pub(crate) kind: u8,
    pub(crate) at: Instant,
    /// The callback that acknowledged it.
    pub(crate) callback: Option<Value>,
    /// The message as it stands now.
    pub(crate) message: Option<Value>,
    /// The files beside it.
    pub(crate) files: Vec<File>,
}

/// Where events of a shard go.
pub(crate) struct Connection {
    pub(crate) shard: u64,
    pub(crate) shards: u64,
    pub(crate) intents: u64,
    pub(crate) send: UnboundedSender<Frame>,
}

/// What is sent through the gateway.
pub(crate) enum Frame {
    Event(Value),
    Raw(String),
    /// With a code, or as a cut line does.
    Close(Option<u16>),
    /// Politely, and without a code.
    Bare,
}

#[derive(Default)]
pub(crate) struct State {
    counter: u64,
    pub(crate) guilds: Vec<u64>,
    pub(crate) channels: HashMap<u64, Channel>,
    pub(crate) messages: BTreeMap<u64, Value>,
    pub(crate) deleted: Vec<u64>,
    pub(crate) nonces: HashMap<(u64, String), u64>,
    pub(crate) interactions: HashMap<u64, Interaction>,
    pub(crate) private_channels: HashMap<u64, u64>,
    /// The commands of each server; those of all by 0.
    pub(crate) commands_of: HashMap<u64, Vec<Value>>,
    pub(crate) commands_read: usize,
    pub(crate) commands_written: usize,
    pub(crate) requests: Vec<Request>,
    pub(crate) faults: Vec<Decide>,
    pub(crate) violations: Vec<String>,
    /// What people said; none of it may be logged.
    pub(crate) said: Vec<String>,
    pub(crate) log: String,
    pub(crate) connections: Vec<Connection>,
    pub(crate) identifies: Vec<Value>,
    /// Which shards began when.
    pub(crate) identified: Vec<(u64, Instant)>,
    /// How many may begin at once: those of which no two leave the same rest by it.
    pub(crate) at_once: u64,
    pub(crate) resumes: usize,
    pub(crate) closes: Vec<Option<u16>>,
    pub(crate) ready: usize,
    /// Milliseconds between two; 0 is not told.
    pub(crate) heartbeat: u64,
    pub(crate) acknowledges: bool,
    pub(crate) content_intent: bool,
    pub(crate) resumable: bool,
    /// Whether events are sent as zlib has them, as whoever identifies may ask for.
    pub(crate) compresses: bool,
    /// When somebody came to the gateway.
    pub(crate) knocks: Vec<Instant>,
    /// Whether whoever comes is turned away.
    pub(crate) away: bool,
    /// How many heartbeats came.
    pub(crate) beats: usize,
    /// Where sessions can be taken up again, and whether that is told.
    pub(crate) side_door: String,
    pub(crate) names_a_door: bool,
    /// Whether it tells of a session no more than what is needed.
    pub(crate) curt: bool,
    /// The code with which whoever identifies is sent away.
    pub(crate) refuses: Option<u16>,
    pub(crate) shards: u32,
    pub(crate) seq: u64,
    /// Every event, for whoever resumes.
    pub(crate) sent: Vec<(u64, Value)>,
}

impl State {
    pub(crate) fn new() -> Self {
        let mut state = Self {
            guilds: vec![GUILD],
            heartbeat: 41_250,
            acknowledges: true,
            content_intent: true,
            resumable: true,
            shards: 1,
            at_once: 1,
            ..Self::default()
        };
        for (id, kind, name) in
            [(GENERAL, 0, "general"), (CHOSEN, 0, "back-pain"), (LOG, 0, "moderators"), (FORUM, 15, "questions")]
        {
            state
                .channels
                .insert(id, Channel { guild: GUILD, kind, name: name.to_owned(), parent: None, writable: true });
        }
        state
    }

    /// A new id, of this moment.
    pub(crate) fn id(&mut self) -> u64 {
        self.counter += 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        ((u64::try_from(now).unwrap() - 1_420_070_400_000) << 22) | (self.counter & 0x3f_ffff)
    }

    /// A further text channel.
    pub(crate) fn add_channel(&mut self, id: u64, guild: u64) {
        let channel = Channel { guild, kind: 0, name: "elsewhere".to_owned(), parent: None, writable: true };
        self.channels.insert(id, channel);
    }

    pub(crate) fn guild_of(&self, channel: u64) -> Option<u64> {
        self.channels.get(&channel).map(|channel| channel.guild).filter(|&guild| guild != 0)
    }

    /// The channel in which the bot talks to a person alone.
    pub(crate) fn private_channel(&mut self, person: u64) -> u64 {
        if let Some(&channel) = self.private_channels.get(&person) {
            return channel;
        }
        let id = self.id();
        let channel = Channel { guild: 0, kind: 1, name: String::new(), parent: None, writable: true };
        self.channels.insert(id, channel);
        self.private_channels.insert(person, id);
        id
    }

    /// Sends an event to the shard that it belongs to.
    pub(crate) fn dispatch(&mut self, kind: &str, guild: Option<u64>, data: Value) {
        self.seq += 1;
        let event = json!({"op": 0, "t": kind, "s": self.seq, "d": data});
        self.sent.push((self.seq, event.clone()));
        self.connections.retain(|connection| !connection.send.is_closed());
        for connection in &self.connections {
            if guild.map_or(0, |guild| (guild >> 22) % connection.shards) == connection.shard {
                let _ = connection.send.send(Frame::Event(event.clone()));
            }
        }
    }

    /// A server, as Discord describes it at the start.
    pub(crate) fn guild(&self, id: u64) -> Value {
        let channels: Vec<Value> = self
            .channels
            .iter()
            .filter(|(_, channel)| channel.guild == id && channel.parent.is_none())
            .map(|(id, channel)| {
                json!({"id": id.to_string(), "type": channel.kind, "name": channel.name, "position": 0,
                "permission_overwrites": []})
            })
            .collect();
        let colors = json!({"primary_color": 0, "secondary_color": null, "tertiary_color": null});
        let everyone = json!({"id": id.to_string(), "name": "@everyone", "color": 0, "colors": colors,
            "hoist": false, "position": 0, "permissions": "1071698660929", "managed": false, "mentionable": false, "flags": 0});
        let ours = json!({"id": OUR_ROLE.to_string(), "name": "sacrum", "color": 0, "colors": colors,
            "hoist": false, "position": 1, "permissions": "0", "managed": true, "mentionable": false, "flags": 0,
            "tags": {"bot_id": BOT.to_string()}});
        json!({"id": id.to_string(), "name": "Sore backs", "owner_id": user_id("owner").to_string(),
            "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
            "roles": [everyone, ours], "emojis": [], "features": [], "mfa_level": 0, "system_channel_flags": 0,
            "premium_tier": 0, "preferred_locale": "en-US", "nsfw_level": 0, "premium_progress_bar_enabled": false,
            "afk_timeout": 300, "joined_at": "2026-01-01T00:00:00Z", "large": false, "member_count": 2,
            "voice_states": [], "members": [{"user": user("owner"), "roles": [], "joined_at": "2026-01-01T00:00:00Z",
            "deaf": false, "mute": false, "flags": 0}], "channels": channels, "threads": [], "presences": [],
            "stage_instances": [], "guild_scheduled_events": [], "stickers": [], "soundboard_sounds": [],
            "system_channel_id": null, "rules_channel_id": null, "public_updates_channel_id": null,
            "safety_alerts_channel_id": null, "afk_channel_id": null, "icon": null, "splash": null,
            "discovery_splash": null, "vanity_url_code": null, "description": null, "banner": null,
            "application_id": null})
    }

    /// Messages of the bot, the oldest first.
    pub(crate) fn bot_messages(&self) -> impl Iterator<Item = &Value> {
        self.messages.values().filter(|message| is(&message["author"]["id"], BOT))
    }

    pub(crate) fn requests_listed(&self) -> String {
        self.requests.iter().map(|of| format!("{} {} {}\n", of.method, of.path, of.body)).collect()
    }
}
