//! One connection to Discord's gateway, kept alive: it says who we are, beats, and after a break takes its session up
//! again, so that nothing that was said meanwhile is missed.
//!
//! serenity's is not used: it begins a new session where a heartbeat stays unanswered or the network is away for a
//! moment, spins where a connection is closed without a code, and passes over the address that Discord names for
//! taking a session up again.

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flate2::read::ZlibDecoder;
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use serenity::model::gateway::GatewayIntents;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::{sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::gateway::{Ears, Ended};
use super::rest::fraction;
use super::{BETWEEN_STARTS, ServeError};
use crate::secret::Secret;

/// A connection has to say hello in this time.
const OPENING: Duration = Duration::from_secs(15);
/// And has to take us in this.
const WELCOMING: Duration = Duration::from_secs(120);
/// So long Discord has to close its end.
const CLOSING: Duration = Duration::from_secs(1);
/// After a connection that lasted so long the next one begins at once; else twice as long each time.
const LASTING: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(64);
/// How often to beat, where Discord does not say, and at most.
const BEAT: Duration = Duration::from_millis(41_250);
const FASTEST_BEAT: Duration = Duration::from_millis(100);

const DISPATCH: u64 = 0;
const HEARTBEAT: u64 = 1;
const IDENTIFY: u64 = 2;
const RESUME: u64 = 6;
const RECONNECT: u64 = 7;
const INVALID_SESSION: u64 = 9;
const HELLO: u64 = 10;
const HEARTBEAT_ACK: u64 = 11;

/// A code with which Discord keeps the session, so that it can be taken up again.
const RESUMABLE: u16 = 4_000;
/// The codes after which it is over: not authenticated, no such session, no such place in it, timed out.
const OVER: [u16; 4] = [4_003, 4_006, 4_007, 4_009];

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
/// When a session was begun last, of those shards that begin one after the other. Whoever holds it may begin the next one.
pub(super) type Starts = Arc<Mutex<Option<Instant>>>;
pub(super) type Turn = OwnedMutexGuard<Option<Instant>>;

/// A share of the servers.
pub(super) struct Shard {
    pub(super) ears: Arc<Ears>,
    pub(super) number: u32,
    pub(super) total: u32,
    /// The address at which sessions are begun.
    pub(super) gateway: String,
    pub(super) token: Secret,
    pub(super) intents: GatewayIntents,
    pub(super) starts: Starts,
    /// Turns true when the connection is to be closed.
    pub(super) closing: watch::Receiver<bool>,
    pub(super) session: Option<Session>,
}

/// What can be taken up again.
pub(super) struct Session {
    id: String,
    /// Where, if Discord has said so.
    address: Option<String>,
    /// The number of the last event.
    seen: u64,
}

/// Something that Discord said. What it is about stays as it was sent until somebody looks at it: read, it takes many
/// times the room, and a thousand may wait.
pub(super) struct Said {
    op: Option<u64>,
    /// The number of an event, and its kind.
    number: Option<u64>,
    pub(super) kind: String,
    text: String,
}

impl Said {
    fn read(text: String) -> Option<Self> {
        #[derive(Deserialize)]
        struct Head {
            #[serde(default)]
            op: Value,
            #[serde(default)]
            s: Value,
            #[serde(default)]
            t: Value,
        }
        let Head { op, s, t } = serde_json::from_str(&text).ok()?;
        Some(Self { op: op.as_u64(), number: s.as_u64(), kind: t.as_str().unwrap_or_default().to_owned(), text })
    }

    /// What it is about; nothing where it is not told.
    pub(super) fn data(&self) -> Value {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            d: Value,
        }
        serde_json::from_str(&self.text).map(|Body { d }| d).unwrap_or_default()
    }
}

/// How a connection ended.
enum Break {
    /// The session can be taken up again.
    Broken,
    /// It cannot.
    Over,
    /// No further one is to be tried.
    Final(Ended),
}

impl Shard {
    /// Keeps the connection until it is to be closed, or Discord wants none; `turn` is for the first session.
    pub(super) async fn run(mut self, turn: Turn) -> Ended {
        let mut closing = self.closing.clone();
        let (mut turn, mut breaks, mut pause) = (Some(turn), 0, Duration::ZERO);
        loop {
            let mut socket = None;
            let begun = Instant::now() + pause;
            let end = tokio::select! {
                end = self.connection(&mut socket, turn.take(), pause) => Some(end),
                _ = closing.changed() => None,
            };
            let Some(end) = end else {
                if let Some(socket) = &mut socket {
                    close(socket).await;
                }
                return Ended::Stopped;
            };
            breaks = if begun.elapsed() < LASTING { breaks + 1 } else { 1 };
            pause = if breaks == 1 { Duration::ZERO } else { FIRST_PAUSE * 2_u32.pow((breaks - 2).min(16)) };
            match end {
                Break::Broken => {}
                Break::Over => {
                    self.session = None;
                    // Discord wants one to five seconds.
                    pause = pause.max(FIRST_PAUSE + FIRST_PAUSE.mul_f32(4.0 * fraction()));
                }
                Break::Final(ended) => return ended,
            }
            pause = pause.min(LONGEST_PAUSE).mul_f32(1.0 + fraction() / 4.0);
            let (shard, resumes) = (self.number, self.session.is_some());
            if breaks > 3 {
                tracing::warn!(shard, resumes, "no connection to Discord lasts; the next try is in {pause:.0?}");
            } else {
                tracing::info!(shard, resumes, "a connection to Discord ended");
            }
        }
    }

    /// A connection from its beginning to its end.
    async fn connection(&mut self, socket: &mut Option<Socket>, turn: Option<Turn>, pause: Duration) -> Break {
        sleep(pause).await;
        let start = match (&self.session, turn) {
            (Some(_), _) => None,
            (None, Some(turn)) => Some(turn),
            (None, None) => Some(Arc::clone(&self.starts).lock_owned().await),
        };
        if let Some(last) = start.as_ref().and_then(|turn| **turn) {
            sleep_until((last + BETWEEN_STARTS).into()).await;
        }
        let Some((opened, every)) = self.open().await else { return Break::Broken };
        let socket = socket.insert(opened);
        if let Some(mut turn) = start {
            *turn = Some(Instant::now());
        }
        if !say(socket, &self.introduction()).await {
            return Break::Broken;
        }
        self.listen(socket, every).await
    }

    /// Opens a connection where the session is, else where all begin; and how often it wants to hear of us.
    async fn open(&self) -> Option<(Socket, Duration)> {
        let of_session = self.session.as_ref().and_then(|session| session.address.as_ref());
        for address in of_session.into_iter().chain([&self.gateway]) {
            if let Ok(Some(opened)) = timeout(OPENING, greeted(address)).await {
                return Some(opened);
            }
        }
        None
    }

    fn introduction(&self) -> Value {
        let token = self.token.reveal();
        match &self.session {
            Some(Session { id, seen, .. }) => {
                json!({"op": RESUME, "d": {"token": token, "session_id": id, "seq": seen}})
            }
            None => {
                json!({"op": IDENTIFY, "d": {"token": token, "intents": self.intents.bits(), "compress": true,
                    "shard": [self.number, self.total], "properties": {"os": std::env::consts::OS,
                    "browser": env!("CARGO_PKG_NAME"), "device": env!("CARGO_PKG_NAME")}}})
            }
        }
    }

    async fn listen(&mut self, socket: &mut Socket, every: Duration) -> Break {
        let begun = Instant::now();
        let mut beat = begun + every.mul_f32(fraction());
        let (mut is_answered, mut is_welcome) = (true, false);
        loop {
            let said = tokio::select! {
                said = next(socket) => said,
                () = sleep_until(beat.into()) => {
                    if !is_answered || !is_welcome && begun.elapsed() > WELCOMING {
                        close(socket).await;
                        return Break::Broken;
                    }
                    (is_answered, beat) = (false, Instant::now() + every);
                    match say(socket, &self.heartbeat()).await {
                        true => continue,
                        false => return Break::Broken,
                    }
                }
            };
            let said = match said {
                Ok(said) => said,
                Err(code) => return closed(code),
            };
            match said.op {
                Some(DISPATCH) => is_welcome |= self.hear(said).await,
                Some(HEARTBEAT) => _ = say(socket, &self.heartbeat()).await,
                Some(HEARTBEAT_ACK) => is_answered = true,
                Some(RECONNECT) => {
                    close(socket).await;
                    return Break::Broken;
                }
                Some(INVALID_SESSION) if said.data() == true => return Break::Broken,
                Some(INVALID_SESSION) => return Break::Over,
                _ => {}
            }
        }
    }

    fn heartbeat(&self) -> Value {
        json!({"op": HEARTBEAT, "d": self.session.as_ref().map(|session| session.seen)})
    }

    /// Takes an event; true where it says that the session has begun or goes on.
    async fn hear(&mut self, event: Said) -> bool {
        let ready = (event.kind == "READY").then(|| event.data());
        if let Some(ready) = &ready {
            let address = ready["resume_gateway_url"].as_str().map(str::to_owned);
            self.session = ready["session_id"].as_str().map(|id| Session { id: id.to_owned(), address, seen: 0 });
        }
        if let (Some(session), Some(seen)) = (&mut self.session, event.number) {
            session.seen = seen;
        }
        match ready {
            Some(ready) => self.ears.connected(self.number, &ready),
            None if event.kind == "RESUMED" => tracing::info!(shard = self.number, "took the session up again"),
            None => {
                let ears = Arc::clone(&self.ears);
                let hand = Arc::clone(&ears.hands).acquire_owned().await;
                tokio::spawn(async move {
                    ears.hear(event).await;
                    drop(hand);
                });
                return false;
            }
        }
        true
    }
}

/// A connection that has said hello, and how often it wants to hear of us.
async fn greeted(address: &str) -> Option<(Socket, Duration)> {
    let address = format!("{}/?v=10&encoding=json", address.trim_end_matches('/'));
    let opened = tokio_tungstenite::connect_async_with_config(address, None, true).await;
    let (mut socket, _) = opened.map_err(|error| tracing::info!("the gateway was not reached: {error}")).ok()?;
    loop {
        let said = next(&mut socket).await.ok()?;
        if said.op == Some(HELLO) {
            let every = said.data()["heartbeat_interval"].as_f64();
            let every = every.map(|every| Duration::try_from_secs_f64(every / 1e3));
            return Some((socket, every.and_then(Result::ok).unwrap_or(BEAT).clamp(FASTEST_BEAT, LASTING * 10)));
        }
    }
}

/// The next thing that Discord says that can be read; or, if it gave one, the code with which it closed.
async fn next(socket: &mut Socket) -> Result<Said, Option<u16>> {
    loop {
        let said = match socket.next().await {
            Some(Ok(Message::Text(text))) => Said::read(text.to_string()),
            Some(Ok(Message::Binary(bytes))) => {
                let mut text = String::new();
                let unpacked = ZlibDecoder::new(&bytes[..]).read_to_string(&mut text);
                unpacked.ok().and_then(|_| Said::read(text))
            }
            Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
            Some(Ok(_)) => continue,
            Some(Err(_)) | None => return Err(None),
        };
        match said {
            Some(said) => return Ok(said),
            None => tracing::warn!("what Discord sent could not be read"),
        }
    }
}

/// Says something, and whether it went out.
async fn say(socket: &mut Socket, what: &Value) -> bool {
    matches!(timeout(OPENING, socket.send(Message::text(what.to_string()))).await, Ok(Ok(())))
}

/// Closes a connection in a way that Discord keeps the session.
async fn close(socket: &mut Socket) {
    let frame = CloseFrame { code: RESUMABLE.into(), reason: "".into() };
    let closing = async {
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = timeout(CLOSING, closing).await;
}

/// What Discord means by closing a connection.
fn closed(code: Option<u16>) -> Break {
    match code {
        Some(4_004) => Break::Final(Ended::Refused(ServeError::Token)),
        Some(4_010) => Break::Final(Ended::Refused(ServeError::Shards)),
        Some(4_011) => Break::Final(Ended::Refused(ServeError::TooFewShards)),
        Some(4_012) => Break::Final(Ended::Refused(ServeError::Version)),
        Some(4_013) => Break::Final(Ended::Refused(ServeError::UnknownIntents)),
        Some(4_014) => Break::Final(Ended::Intents),
        Some(code) if OVER.contains(&code) => Break::Over,
        _ => Break::Broken,
    }
}
