//! Discord's HTTP API, as far as a bot like ours may use it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::state::{APPLICATION, BOT, Channel, Fault, Request, State, is};
use super::{Shared, TOKEN, rules, schema, upload, user};

/// An interaction has to be acknowledged within this.
const ACKNOWLEDGE: Duration = Duration::from_secs(3);

type Answer = (u16, Value);

/// Listens; its address.
pub(super) async fn serve(shared: Arc<Shared>, gateway: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (shared, gateway) = (Arc::clone(&shared), gateway.clone());
            let service = hyper::service::service_fn(move |request| {
                let (shared, gateway) = (Arc::clone(&shared), gateway.clone());
                async move { answer(&shared, &gateway, request).await }
            });
            // A fault may break the connection; that is what it is for.
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    format!("http://{address}")
}

async fn answer(
    shared: &Arc<Shared>,
    gateway: &str,
    request: hyper::Request<Incoming>,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let (head, body) = request.into_parts();
    let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let kind = head.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let (body, files) = match kind.starts_with("multipart/form-data") {
        true => upload::read(kind, &bytes).unwrap_or_else(|wrong| {
            shared.change(|state| state.violations.push(wrong));
            Default::default()
        }),
        false => (serde_json::from_slice(&bytes).unwrap_or_default(), Vec::new()),
    };
    let full = head.uri.path().to_owned();
    let Some(path) = full.strip_prefix("/api/v10") else {
        shared.change(|state| state.violations.push(format!("{full} is not under /api/v10")));
        return Ok(reply(404, &[], "{}"));
    };
    let request = Request {
        method: head.method.to_string(),
        path: path.to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        body,
        files,
        at: Instant::now(),
    };
    let agent = head.headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    if !agent.starts_with("DiscordBot (https://") {
        shared.change(|state| state.violations.push(format!("{agent} is not \"DiscordBot (ADDRESS, VERSION)\"")));
    }
    let authorized = head.headers.get("authorization").is_some_and(|value| value == &format!("Bot {TOKEN}"));
    let fault = shared.change(|state| {
        state.requests.push(request.clone());
        let mut faults = std::mem::take(&mut state.faults);
        let fault = faults.iter_mut().find_map(|fault| fault(&request));
        state.faults.append(&mut faults);
        fault
    });
    if let Some(Fault::Answer(status, headers, body)) = &fault {
        return Ok(reply(*status, headers, body));
    }
    let (status, answer) = match authorized || path.starts_with("/interactions/") || path.starts_with("/webhooks/") {
        true => shared.change(|state| {
            if let Some(wrong) = schema::check(&request) {
                state.violations.push(format!("{} {path}: {wrong}", request.method));
            }
            route(state, gateway, &request)
        }),
        false => (401, json!({"message": "401: Unauthorized", "code": 0})),
    };
    match fault {
        Some(Fault::Cut) => return Err(std::io::Error::other("cut")),
        Some(Fault::Blank(status, body)) => return Ok(reply(status, &[], body)),
        Some(Fault::Slow(time)) => tokio::time::sleep(time).await,
        _ => {}
    }
    let text = if status == 204 { String::new() } else { answer.to_string() };
    Ok(reply(status, &[], &text))
}

fn reply(status: u16, headers: &[(&'static str, String)], body: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_owned())));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

fn route(state: &mut State, gateway: &str, request: &Request) -> Answer {
    let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
    let id = |text: &str| text.parse::<u64>().unwrap_or_default();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["gateway"]) => (200, json!({"url": gateway})),
        ("GET", ["gateway", "bot"]) if state.curt => (200, json!({"url": gateway})),
        ("GET", ["gateway", "bot"]) => {
            let limit = json!({"total": 1000, "remaining": 999, "reset_after": 14_400_000,
                "max_concurrency": state.at_once});
            (200, json!({"url": gateway, "shards": state.shards, "session_start_limit": limit}))
        }
        ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => (
            200,
            json!({"id": APPLICATION.to_string(), "name": "sacrum", "description": "", "icon": null,
                "bot_public": true, "bot_require_code_grant": false, "verify_key": "", "flags": 0}),
        ),
        ("GET", ["users", "@me"]) => (200, user("sacrumbot")),
        ("GET", ["users", "@me", "guilds"]) => (200, servers(state, &request.query)),
        (method, ["applications", _, "commands"]) => commands(state, 0, method, &request.body),
        (method, ["applications", _, "guilds", guild, "commands"]) => commands(state, id(guild), method, &request.body),
        ("POST", ["interactions", interaction, token, "callback"]) => callback(state, id(interaction), token, request),
        (_, ["webhooks", _, token, "messages", "@original"]) => original(state, token, request),
        ("POST", ["users", "@me", "channels"]) => {
            let channel = state.private_channel(id(request.body["recipient_id"].as_str().unwrap_or_default()));
            (200, json!({"id": channel.to_string(), "type": 1}))
        }
        ("GET", ["guilds", guild]) if state.guilds.contains(&id(guild)) => (200, state.guild(id(guild))),
        ("GET", ["channels", channel]) => match state.channels.get(&id(channel)) {
            Some(of) => (
                200,
                json!({"id": channel, "type": of.kind, "name": of.name, "guild_id": of.guild.to_string(),
                "parent_id": of.parent.map(|parent| parent.to_string())}),
            ),
            None => unknown_channel(),
        },
        ("POST", ["channels", channel, "messages"]) => post(state, id(channel), request),
        (method, ["channels", channel, "messages", message]) => {
            one_message(state, method, id(channel), id(message), request)
        }
        _ => {
            state.violations.push(format!("{} {} does not exist", request.method, request.path));
            (404, json!({"message": "404: Not Found", "code": 0}))
        }
    }
}

/// The servers that the bot is in, in the order of their ids, as many as are asked for.
fn servers(state: &State, query: &str) -> Value {
    let asked = |name: &str| {
        let mut values = query.split('&').filter_map(|part| part.split_once('='));
        values.find(|(of, _)| *of == name).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let after = asked("after").unwrap_or_default();
    let most = usize::try_from(asked("limit").unwrap_or(200).min(200)).unwrap();
    let mut servers: Vec<u64> = state.guilds.iter().copied().filter(|&server| server > after).collect();
    servers.sort_unstable();
    let server = |id: &u64| {
        json!({"id": id.to_string(), "name": "Sore backs", "icon": null, "banner": null,
        "owner": false, "permissions": "0", "features": []})
    };
    servers.iter().take(most).map(server).collect()
}

/// The commands of a server, or with 0 those of all.
fn commands(state: &mut State, guild: u64, method: &str, body: &Value) -> Answer {
    if method == "PUT" {
        if let Err(wrong) = rules::commands(body) {
            return invalid(state, &wrong);
        }
        state.commands_written += 1;
        let mut commands = body.as_array().cloned().unwrap_or_default();
        for command in &mut commands {
            let id = state.id();
            command["id"] = id.to_string().into();
            command["application_id"] = APPLICATION.to_string().into();
            command["version"] = id.to_string().into();
            command["nsfw"] = false.into();
            if let Some(permissions) = command["default_member_permissions"].as_u64() {
                command["default_member_permissions"] = permissions.to_string().into();
            }
        }
        state.commands_of.insert(guild, commands);
    }
    state.commands_read += 1;
    (200, Value::from(state.commands_of.get(&guild).cloned().unwrap_or_default()))
}

fn callback(state: &mut State, id: u64, token: &str, request: &Request) -> Answer {
    let body = &request.body;
    let author = state.id();
    let Some(interaction) = state.interactions.get_mut(&id).filter(|interaction| interaction.token == token) else {
        return (404, json!({"message": "Unknown interaction", "code": 10_062}));
    };
    if interaction.callback.is_some() {
        return (400, json!({"message": "Interaction has already been acknowledged.", "code": 40_060}));
    }
    if interaction.at.elapsed() > ACKNOWLEDGE {
        return (404, json!({"message": "Unknown interaction", "code": 10_062}));
    }
    let kind = body["type"].as_u64().unwrap_or_default();
    let fits = match interaction.kind {
        4 => kind == 8,
        3 => matches!(kind, 4..=7 | 9),
        5 => matches!(kind, 4..=7),
        _ => matches!(kind, 4 | 5 | 9),
    };
    let wrong = match kind {
        _ if !fits => Err(format!("an interaction of type {} takes no callback of type {kind}", interaction.kind)),
        4 | 7 => rules::message(&body["data"], &request.files, true),
        8 => rules::choices(&body["data"]["choices"]),
        9 => rules::form(&body["data"]),
        _ => Ok(()),
    };
    if let Err(wrong) = wrong {
        return invalid(state, &wrong);
    }
    interaction.callback = Some(body.clone());
    if matches!(kind, 4 | 7) {
        let mut message = body["data"].clone();
        message["id"] = author.to_string().into();
        interaction.message = Some(message);
        interaction.files.clone_from(&request.files);
    }
    (204, Value::Null)
}

fn original(state: &mut State, token: &str, request: &Request) -> Answer {
    let found = state.interactions.values_mut().find(|interaction| interaction.token == token);
    let Some(interaction) = found.filter(|interaction| interaction.callback.is_some()) else {
        return (404, json!({"message": "Unknown Webhook", "code": 10_015}));
    };
    if request.method == "PATCH" {
        let mut message = request.body.clone();
        // Who sees it was settled when it was promised.
        let promised = interaction.callback.as_ref().map(|callback| &callback["data"]["flags"]);
        if let Some(flags) = promised.filter(|flags| **flags != 0 && flags.is_number()) {
            message["flags"] = flags.clone();
        }
        interaction.message = Some(message);
        interaction.files.clone_from(&request.files);
        if let Err(wrong) = rules::message(&request.body, &request.files, true) {
            return invalid(state, &wrong);
        }
    }
    (200, json!({"id": "1"}))
}

fn post(state: &mut State, channel: u64, request: &Request) -> Answer {
    let body = &request.body;
    let Some(of) = state.channels.get(&channel) else { return unknown_channel() };
    let writable = |of: &Channel| of.parent.and_then(|parent| state.channels.get(&parent)).unwrap_or(of).writable;
    if !writable(of) {
        return (403, json!({"message": "Missing Permissions", "code": 50_013}));
    }
    if let Err(wrong) = rules::message(body, &request.files, false).and_then(|()| rules::sent(body)) {
        return invalid(state, &wrong);
    }
    let nonce = (channel, body["nonce"].as_str().unwrap_or_default().to_owned());
    if let Some(known) = state.nonces.get(&nonce).and_then(|id| state.messages.get(id)) {
        return (200, known.clone());
    }
    let to = body["message_reference"]["message_id"].as_str().map(|id| id.parse::<u64>().unwrap_or_default());
    if let Some(to) = to {
        let there = state.messages.get(&to).is_some_and(|message| is(&message["channel_id"], channel));
        if !there && body["message_reference"]["fail_if_not_exists"] != false {
            let errors = json!({"message_reference": {"_errors": [{"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE",
                "message": "Unknown message"}]}});
            return (400, json!({"message": "Invalid Form Body", "code": 50_035, "errors": errors}));
        }
    }
    let id = state.id();
    state.nonces.insert(nonce, id);
    let mut message = body.clone();
    message["id"] = id.to_string().into();
    message["channel_id"] = channel.to_string().into();
    let mut author = user("sacrumbot");
    author["id"] = BOT.to_string().into();
    message["author"] = author;
    if to.is_some() {
        message["message_reference"]["type"] = 0.into();
        message["message_reference"]["channel_id"] = channel.to_string().into();
    }
    message["type"] = if to.is_some() { 19 } else { 0 }.into();
    message["timestamp"] = "2026-01-01T00:00:00Z".into();
    state.messages.insert(id, message.clone());
    (200, message)
}

fn one_message(state: &mut State, method: &str, channel: u64, message: u64, request: &Request) -> Answer {
    let body = &request.body;
    let Some(of) = state.messages.get_mut(&message).filter(|of| is(&of["channel_id"], channel)) else {
        return (404, json!({"message": "Unknown Message", "code": 10_008}));
    };
    let ours = is(&of["author"]["id"], BOT);
    match method {
        "GET" => (200, of.clone()),
        "PATCH" if ours => {
            for (key, value) in body.as_object().into_iter().flatten() {
                of[key] = value.clone();
            }
            let of = of.clone();
            match rules::message(body, &request.files, false) {
                Ok(()) => (200, of),
                Err(wrong) => invalid(state, &wrong),
            }
        }
        "DELETE" if ours => {
            state.messages.remove(&message);
            state.deleted.push(message);
            (204, Value::Null)
        }
        _ => (403, json!({"message": "Missing Permissions", "code": 50_013})),
    }
}

fn unknown_channel() -> Answer {
    (404, json!({"message": "Unknown Channel", "code": 10_003}))
}

/// Discord refuses the form of a request: that is a fault of the program, and fails the test.
fn invalid(state: &mut State, wrong: &str) -> Answer {
    state.violations.push(wrong.to_owned());
    (400, json!({"message": "Invalid Form Body", "code": 50_035, "errors": {"_errors": [{"message": wrong}]}}))
}
