//! What can be sent, by name. Everything goes through `Rest::request`.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::reply::{Choice, File, Form, Reply, attachments};
use super::rest::{Patience, Rest, RestError};

/// Discord lists so many servers at once.
const SERVERS_A_PAGE: usize = 200;
/// The kinds of channels that hang on another.
const THREADS: [u64; 3] = [10, 11, 12];

/// How an interaction is answered.
#[derive(Debug, Clone)]
pub(super) enum Response<'a> {
    /// A new message.
    Say(&'a Reply),
    /// The message that the button stands under becomes this one.
    Update(&'a Reply),
    /// "Thinking"; the message follows.
    Later { private: bool },
    /// What could be typed.
    Choices(&'a [Choice]),
    /// A form to fill in.
    Ask(&'a Form),
}

/// Where the gateway is, and how many connections are wanted.
#[derive(Debug, Clone)]
pub(super) struct Gateway {
    pub(super) url: String,
    pub(super) shards: u32,
    /// How often we may begin anew today, where that is told, and in how many milliseconds as often again.
    pub(super) starts: Option<u64>,
    pub(super) reset_after: u64,
    /// How many shards may begin at once: of those whose numbers leave the same rest by it, one.
    pub(super) at_once: u32,
}

/// More shards at once nobody begins.
const MOST_AT_ONCE: u64 = 1_024;

impl Rest {
    pub(super) async fn gateway(&self) -> Result<Gateway, RestError> {
        let answer = self.get("/gateway/bot").await?;
        let url = answer["url"].as_str().ok_or_else(|| RestError::Unreachable("/gateway/bot: no url".to_owned()))?;
        let shards = answer["shards"].as_u64().and_then(|shards| u32::try_from(shards).ok()).unwrap_or(1).max(1);
        let limit = &answer["session_start_limit"];
        let (starts, reset_after) = (limit["remaining"].as_u64(), limit["reset_after"].as_u64().unwrap_or_default());
        let at_once = limit["max_concurrency"].as_u64().unwrap_or(1).clamp(1, MOST_AT_ONCE);
        let at_once = u32::try_from(at_once).unwrap_or(1);
        Ok(Gateway { url: url.to_owned(), shards, starts, reset_after, at_once })
    }

    /// Posts a message, as a reply if `to` is given; its id, 0 where Discord does not tell it. `nonce` is what makes it
    /// one message.
    pub(super) async fn post(
        &self,
        channel: u64,
        to: Option<u64>,
        reply: &Reply,
        nonce: &str,
    ) -> Result<u64, RestError> {
        self.post_for(channel, to, reply, nonce, Patience::Message).await
    }

    /// The same, as long and as often as its urgency wants.
    pub(super) async fn post_for(
        &self,
        channel: u64,
        to: Option<u64>,
        reply: &Reply,
        nonce: &str,
        patience: Patience,
    ) -> Result<u64, RestError> {
        let path = format!("/channels/{channel}/messages");
        let post = || self.send(Method::POST, &path, reply, |reply| reply.message(to, nonce), patience);
        match number(&post().await?["id"]) {
            // It is posted, and nobody says as what. By its nonce it is the same message once more.
            0 => Ok(number(&post().await?["id"])),
            id => Ok(id),
        }
    }

    pub(super) async fn edit(&self, channel: u64, message: u64, reply: &Reply) -> Result<(), RestError> {
        let path = format!("/channels/{channel}/messages/{message}");
        self.send(Method::PATCH, &path, reply, Reply::edit, Patience::Message).await.map(drop)
    }

    pub(super) async fn delete(&self, channel: u64, message: u64) -> Result<(), RestError> {
        let path = format!("/channels/{channel}/messages/{message}");
        self.request(Method::DELETE, &path, None, Patience::Message).await.map(drop)
    }

    /// The text of a message.
    pub(super) async fn text_of(&self, channel: u64, message: u64) -> Result<String, RestError> {
        let message = self.get(&format!("/channels/{channel}/messages/{message}")).await?;
        Ok(message["content"].as_str().unwrap_or_default().to_owned())
    }

    /// Which channel a post or thread hangs on, 0 where it is none; and its title.
    pub(super) async fn post_of(&self, channel: u64) -> Result<(u64, String), RestError> {
        let channel = self.get(&format!("/channels/{channel}")).await?;
        told(&channel, "id")?;
        let is_thread = channel["type"].as_u64().is_some_and(|kind| THREADS.contains(&kind));
        let parent = if is_thread { number(&channel["parent_id"]) } else { 0 };
        Ok((parent, channel["name"].as_str().unwrap_or_default().to_owned()))
    }

    /// The channel in which one talks to a person alone.
    pub(super) async fn private_channel(&self, person: u64) -> Result<u64, RestError> {
        let body = json!({"recipient_id": person.to_string()});
        let channel = self.request(Method::POST, "/users/@me/channels", Some(&body), Patience::Message).await?;
        told(&channel, "id")
    }

    /// Who owns a server.
    pub(super) async fn owner(&self, server: u64) -> Result<u64, RestError> {
        told(&self.get(&format!("/guilds/{server}")).await?, "owner_id")
    }

    /// The role that Discord made in a server for a bot, if it did.
    pub(super) async fn role_of(&self, server: u64, bot: u64) -> Result<Option<u64>, RestError> {
        let known = self.get(&format!("/guilds/{server}")).await?;
        told(&known, "id")?;
        let role = known["roles"].as_array().into_iter().flatten().find(|role| number(&role["tags"]["bot_id"]) == bot);
        Ok(role.map(|role| number(&role["id"])))
    }

    /// The servers that we are in.
    pub(super) async fn servers(&self) -> Result<HashSet<u64>, RestError> {
        let mut servers = HashSet::new();
        let mut after = 0;
        loop {
            let page = self.get(&format!("/users/@me/guilds?limit={SERVERS_A_PAGE}&after={after}")).await?;
            let page =
                page.as_array().ok_or_else(|| RestError::Unreachable("/users/@me/guilds: no list".to_owned()))?;
            servers.extend(page.iter().map(|server| number(&server["id"])));
            match page.last().map(|server| number(&server["id"])) {
                Some(last) if page.len() >= SERVERS_A_PAGE && last > after => after = last,
                _ => return Ok(servers),
            }
        }
    }

    pub(super) async fn respond(&self, interaction: u64, token: &str, response: Response<'_>) -> Result<(), RestError> {
        let path = format!("/interactions/{interaction}/{token}/callback");
        let (post, patience) = (Method::POST, Patience::Interaction);
        let body = match response {
            Response::Say(reply) => {
                let body = |reply: &Reply| json!({"type": 4, "data": reply.json()});
                return self.send(post, &path, reply, body, patience).await.map(drop);
            }
            Response::Update(reply) => {
                let body = |reply: &Reply| json!({"type": 7, "data": reply.edit()});
                return self.send(post, &path, reply, body, patience).await.map(drop);
            }
            Response::Later { private } => json!({"type": 5, "data": {"flags": if private { 64 } else { 0 }}}),
            Response::Choices(choices) => {
                let choices: Vec<Value> =
                    choices.iter().map(|choice| json!({"name": choice.label, "value": choice.value})).collect();
                json!({"type": 8, "data": {"choices": choices}})
            }
            Response::Ask(form) => json!({"type": 9, "data": form.json()}),
        };
        self.request(post, &path, Some(&body), patience).await.map(drop)
    }

    /// The message that was promised with `Response::Later`.
    pub(super) async fn follow(&self, application: u64, token: &str, reply: &Reply) -> Result<(), RestError> {
        let path = format!("/webhooks/{application}/{token}/messages/@original");
        self.send(Method::PATCH, &path, reply, Reply::edit, Patience::Message).await.map(drop)
    }

    /// The same, with a file beside it.
    pub(super) async fn follow_with(
        &self,
        application: u64,
        token: &str,
        reply: &Reply,
        file: File,
    ) -> Result<(), RestError> {
        let path = format!("/webhooks/{application}/{token}/messages/@original");
        let mut body = reply.edit();
        let files = [file];
        body["attachments"] = attachments(&files);
        self.upload(Method::PATCH, &path, Some(&body), &files, Patience::Message).await.map(drop)
    }

    /// The commands that are registered: everywhere, or in one server.
    pub(super) async fn commands(&self, application: u64, home: Option<u64>) -> Result<Vec<Value>, RestError> {
        match self.get(&commands_path(application, home)).await? {
            Value::Array(commands) => Ok(commands),
            _ => Err(RestError::Unreachable("it lists no commands".to_owned())),
        }
    }

    pub(super) async fn set_commands(
        &self,
        application: u64,
        home: Option<u64>,
        commands: &[Value],
    ) -> Result<(), RestError> {
        let path = commands_path(application, home);
        self.request(Method::PUT, &path, Some(&Value::from(commands)), Patience::Message).await.map(drop)
    }

    async fn get(&self, path: &str) -> Result<Value, RestError> {
        self.request(Method::GET, path, None, Patience::Message).await
    }
}

fn commands_path(application: u64, home: Option<u64>) -> String {
    match home {
        Some(server) => format!("/applications/{application}/guilds/{server}/commands"),
        None => format!("/applications/{application}/commands"),
    }
}

/// An id that an answer must hold.
fn told(answer: &Value, name: &str) -> Result<u64, RestError> {
    match number(&answer[name]) {
        0 => Err(RestError::Unreachable(format!("its answer holds no {name}"))),
        id => Ok(id),
    }
}

/// Discord writes its ids as text; 0 where there is none.
pub(super) fn number(id: &Value) -> u64 {
    id.as_u64().or_else(|| id.as_str()?.parse().ok()).unwrap_or_default()
}
