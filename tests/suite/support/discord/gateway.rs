//! The gateway: hello, identify or resume, events, heartbeats.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::state::{APPLICATION, BOT, Connection, Frame, State};
use super::{Shared, TOKEN, user};

/// Where somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Where sessions are begun.
    Front,
    /// Where they are taken up again, if Discord has said so.
    Side,
}

const MESSAGE_CONTENT: u64 = 1 << 15;
/// One shard may identify in this time, of those that begin one after the other.
const BETWEEN_IDENTIFIES: Duration = Duration::from_secs(5);

/// Listens; its address.
pub(super) async fn serve(shared: Arc<Shared>, door: Door) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let is_away = shared.change(|state| {
                state.knocks.push(Instant::now());
                state.away
            });
            if !is_away {
                tokio::spawn(connection(Arc::clone(&shared), stream, door));
            }
        }
    });
    format!("ws://{address}")
}

async fn connection(shared: Arc<Shared>, stream: TcpStream, door: Door) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    let hello = match shared.state().heartbeat {
        0 => json!({"op": 10}),
        every => json!({"op": 10, "d": {"heartbeat_interval": every}, "s": null, "t": null}),
    };
    // What comes before that greets nobody.
    let before = if shared.state().curt { vec![r#"{"op": 11}"#, "no JSON"] } else { Vec::new() };
    for text in before.into_iter().chain([hello.to_string().as_str()]) {
        if socket.send(Message::text(text)).await.is_err() {
            return;
        }
    }
    let (send, mut frames) = mpsc::unbounded_channel();
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Frame::Event(event)) => {
                    let compresses = shared.state().compresses;
                    _ = socket.send(if compresses { compressed(&event) } else { Message::text(event.to_string()) }).await;
                }
                Some(Frame::Raw(text)) => _ = socket.send(Message::text(text)).await,
                Some(Frame::Close(Some(code))) => {
                    let frame = CloseFrame { code: code.into(), reason: "".into() };
                    let _ = socket.send(Message::Close(Some(frame))).await;
                    return;
                }
                Some(Frame::Bare) => {
                    let _ = socket.send(Message::Close(None)).await;
                    return;
                }
                // The line is cut.
                Some(Frame::Close(None)) | None => return,
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    shared.change(|state| receive(state, &message, &send, door));
                }
                Some(Ok(Message::Close(frame))) => {
                    shared.change(|state| state.closes.push(frame.map(|frame| frame.code.into())));
                    let _ = socket.close(None).await;
                    return;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return shared.change(|state| state.closes.push(None)),
            },
        }
    }
}

fn receive(state: &mut State, message: &Value, send: &mpsc::UnboundedSender<Frame>, door: Door) {
    let close = |code: u16| _ = send.send(Frame::Close(Some(code)));
    match message["op"].as_u64() {
        Some(1) => {
            state.beats += 1;
            // The number of the last event, or null where there was none.
            if message["d"].as_u64().is_none_or(|seen| seen == 0 || seen > state.seq) && !message["d"].is_null() {
                state.violations.push(format!("a heartbeat with {}", message["d"]));
            }
            if state.acknowledges {
                let _ = send.send(Frame::Raw(json!({"op": 11}).to_string()));
            }
        }
        Some(2) => {
            let identify = &message["d"];
            state.identifies.push(identify.clone());
            let (shard, shards) =
                (identify["shard"][0].as_u64().unwrap_or(0), identify["shard"][1].as_u64().unwrap_or(1));
            let key = |shard: u64| shard % state.at_once;
            let before = state.identified.iter().rev().find(|(other, _)| key(*other) == key(shard)).copied();
            state.identified.push((shard, Instant::now()));
            if before.is_some_and(|(_, before)| before.elapsed() < BETWEEN_IDENTIFIES) {
                let _ = send.send(Frame::Raw(json!({"op": 9, "d": false}).to_string()));
                return;
            }
            // Discord takes it with and without the word.
            let token = identify["token"].as_str().unwrap_or_default();
            if token.trim_start_matches("Bot ") != TOKEN {
                return close(4004);
            }
            let intents = identify["intents"].as_u64().unwrap();
            if ["os", "browser", "device"].iter().any(|name| !identify["properties"][name].is_string()) {
                state.violations.push(format!("identified as {}", identify["properties"]));
            }
            if intents & MESSAGE_CONTENT != 0 && !state.content_intent {
                return close(4014);
            }
            if let Some(code) = state.refuses {
                return close(code);
            }
            if shard >= shards {
                return close(4010);
            }
            ready(state, shard, shards, intents, send);
        }
        Some(6) => {
            state.resumes += 1;
            // Whom it has told where to come it may refuse elsewhere.
            if !state.resumable || state.names_a_door && door == Door::Front {
                let invalid = json!({"op": 9, "d": false});
                let _ = send.send(Frame::Raw(invalid.to_string()));
                return;
            }
            let seen = message["d"]["seq"].as_u64().unwrap();
            let (shard, shards) = session(message["d"]["session_id"].as_str().unwrap());
            let missed = state.sent.iter().filter(|(seq, _)| *seq > seen);
            missed.for_each(|(_, event)| _ = send.send(Frame::Event(event.clone())));
            state.connections.retain(|connection| connection.shard != shard);
            state.connections.push(Connection { shard, shards, intents: u64::MAX, send: send.clone() });
            state.seq += 1;
            let resumed = json!({"op": 0, "t": "RESUMED", "s": state.seq, "d": {"_trace": []}});
            let _ = send.send(Frame::Event(resumed));
        }
        Some(3 | 8) => {}
        other => state.violations.push(format!("the gateway knows no op {other:?}")),
    }
}

fn ready(state: &mut State, shard: u64, shards: u64, intents: u64, send: &mpsc::UnboundedSender<Frame>) {
    state.connections.retain(|connection| connection.shard != shard);
    state.connections.push(Connection { shard, shards, intents, send: send.clone() });
    let ours: Vec<u64> = state.guilds.iter().copied().filter(|guild| (guild >> 22) % shards == shard).collect();
    let mut bot = user("sacrumbot");
    bot["id"] = BOT.to_string().into();
    bot["verified"] = true.into();
    bot["mfa_enabled"] = false.into();
    let guilds: Vec<Value> = ours.iter().map(|id| json!({"id": id.to_string(), "unavailable": true})).collect();
    let event = |state: &mut State, kind: &str, data: Value| {
        state.seq += 1;
        let _ = send.send(Frame::Event(json!({"op": 0, "t": kind, "s": state.seq, "d": data})));
    };
    // Nobody is at home there.
    let door = if state.names_a_door { state.side_door.as_str() } else { "ws://127.0.0.1:1" };
    let session = format!("session-{shard}-{shards}");
    let data = match state.curt {
        true => json!({"user": {"id": BOT.to_string()}, "session_id": session, "new": {"a": [1]}}),
        false => json!({"v": 10, "user": bot, "guilds": guilds, "session_id": session, "resume_gateway_url": door,
            "shard": [shard, shards], "application": {"id": APPLICATION.to_string(), "flags": 0}}),
    };
    event(state, "READY", data);
    for guild in ours {
        let guild = state.guild(guild);
        event(state, "GUILD_CREATE", guild);
    }
    state.ready += 1;
}

fn compressed(event: &Value) -> Message {
    let mut bytes = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    bytes.write_all(event.to_string().as_bytes()).unwrap();
    Message::binary(bytes.finish().unwrap())
}

fn session(id: &str) -> (u64, u64) {
    let mut numbers = id.split('-').skip(1).map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}
