//! What people do on our Discord, and what they see of the bot.

use std::time::Instant;

use serde_json::{Value, json};

use super::state::{APPLICATION, BOT, Channel, Frame, Interaction, is};
use super::upload::File;
use super::{FORUM, FakeDiscord, GUILD, user, user_id};

const MENTIONED: &str = "<@1200000000000000001>";
/// What a member may do who may write, and no more.
const MEMBER: &str = "274877975552";
const MANAGER: &str = "274877975584";

/// The role that `moderator` has.
pub(crate) const MODERATORS: u64 = 77;

/// A button or a choice, pressed.
pub(crate) enum Press<'a> {
    /// By its label.
    Button(&'a str),
    /// By the label of the choice; where there are several menus, "beginning of its prompt > label".
    Choice(&'a str),
    /// As a hostile client would: any id.
    Forged(&'a str),
}

impl FakeDiscord {
    /// Somebody writes in a channel; the message's id.
    pub(crate) fn says(&self, who: &str, channel: u64, text: &str) -> u64 {
        self.says_as(who, channel, text, |_| {})
    }

    /// The same, with something changed in the event. "@bot" in the text is a mention.
    pub(crate) fn says_as(&self, who: &str, channel: u64, text: &str, change: impl FnOnce(&mut Value)) -> u64 {
        self.shared.change(|state| {
            let id = state.id();
            let content = text.replace("@bot", MENTIONED);
            if text.len() > 12 {
                state.said.push(text.replace("@bot", "").trim().to_owned());
            }
            let guild = state.guild_of(channel);
            let mut message = json!({"id": id.to_string(), "channel_id": channel.to_string(), "author": user(who),
                "content": content, "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": null, "tts": false,
                "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
                "pinned": false, "type": 0, "flags": 0, "components": []});
            if content.contains(MENTIONED) {
                let mut bot = user("sacrumbot");
                bot["id"] = BOT.to_string().into();
                message["mentions"] = json!([bot]);
            }
            if let Some(guild) = guild {
                message["guild_id"] = guild.to_string().into();
                message["member"] =
                    json!({"roles": [], "joined_at": "2026-01-01T00:00:00Z", "deaf": false, "mute": false, "flags": 0});
            }
            change(&mut message);
            let id = message["id"].as_str().unwrap().parse().unwrap();
            // Without the intent, only what is put to the bot has a text.
            let told = state.connections.iter().any(|connection| connection.intents & (1 << 15) != 0);
            let mut event = message.clone();
            if !told && guild.is_some() && message["mentions"].as_array().is_none_or(Vec::is_empty) {
                event["content"] = "".into();
            }
            state.messages.insert(id, message);
            state.dispatch("MESSAGE_CREATE", guild, event);
            id
        })
    }

    /// Somebody replies to a message.
    pub(crate) fn replies(&self, who: &str, channel: u64, to: u64, text: &str) -> u64 {
        let referenced = self.shared.state().messages[&to].clone();
        self.says_as(who, channel, text, |message| {
            message["type"] = 19.into();
            message["message_reference"] =
                json!({"type": 0, "message_id": to.to_string(), "channel_id": channel.to_string()});
            if message["mentions"] == json!([]) {
                message["mentions"] = json!([referenced["author"]]);
            }
            let mut shown = json!({"mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [],
                "pinned": false, "tts": false, "edited_timestamp": null, "embeds": [], "components": []});
            for key in [
                "id",
                "channel_id",
                "author",
                "content",
                "timestamp",
                "type",
                "message_reference",
                "message_snapshots",
                "interaction_metadata",
            ] {
                if !referenced[key].is_null() {
                    shown[key] = referenced[key].clone();
                }
            }
            message["referenced_message"] = shown;
        })
    }

    /// The public answer to a command, as a message that can be replied to; its id.
    pub(crate) fn shows(&self, channel: u64, interaction: u64) -> u64 {
        self.shared.change(|state| {
            let id = state.id();
            let mut author = user("sacrumbot");
            author["id"] = BOT.to_string().into();
            let metadata = json!({"id": interaction.to_string(), "type": 2, "user": user("mia"),
                "authorizing_integration_owners": {}});
            let message = json!({"id": id.to_string(), "channel_id": channel.to_string(), "author": author, "type": 20,
                "content": "", "timestamp": "2026-01-01T00:00:00Z", "interaction_metadata": metadata});
            state.messages.insert(id, message);
            id
        })
    }

    /// Somebody writes to the bot alone.
    pub(crate) fn whispers(&self, who: &str, text: &str) -> u64 {
        let channel = self.shared.change(|state| state.private_channel(user_id(who)));
        self.says(who, channel, text)
    }

    /// Somebody opens a post in the forum; its id.
    pub(crate) fn opens_post(&self, who: &str, title: &str, text: &str) -> u64 {
        let id = self.shared.change(|state| {
            let id = state.id();
            let channel =
                Channel { guild: GUILD, kind: 11, name: title.to_owned(), parent: Some(FORUM), writable: true };
            state.channels.insert(id, channel);
            let thread = json!({"id": id.to_string(), "type": 11, "guild_id": GUILD.to_string(), "name": title,
                "parent_id": FORUM.to_string(), "owner_id": user_id(who).to_string(), "newly_created": true,
                "message_count": 0, "member_count": 1, "total_message_sent": 0, "flags": 0, "last_message_id": null,
                "rate_limit_per_user": 0, "thread_metadata": {"archived": false, "auto_archive_duration": 1440,
                "archive_timestamp": "2026-01-01T00:00:00Z", "locked": false}});
            state.dispatch("THREAD_CREATE", Some(GUILD), thread);
            id
        });
        self.says_as(who, id, text, |message| message["id"] = id.to_string().into())
    }

    /// Moderators give the bot's role more permissions, which Discord tells, or take them away.
    pub(crate) fn permits_by_role(&self, channel: u64, writable: bool) {
        self.shared.change(|state| {
            let of = state.channels.get_mut(&channel).unwrap();
            of.writable = writable;
            let guild = of.guild;
            let role = state.guild(guild)["roles"][1].clone();
            state.dispatch("GUILD_ROLE_UPDATE", Some(guild), json!({"guild_id": guild.to_string(), "role": role}));
        });
    }

    /// Moderators give the bot another role, which Discord tells.
    pub(crate) fn permits_by_another_role(&self, channel: u64) {
        self.shared.change(|state| {
            let of = state.channels.get_mut(&channel).unwrap();
            of.writable = true;
            let guild = of.guild;
            let mut bot = user("sacrumbot");
            bot["id"] = BOT.to_string().into();
            let member = json!({"guild_id": guild.to_string(), "user": bot, "roles": [MODERATORS.to_string()],
                "joined_at": "2026-01-01T00:00:00Z", "deaf": false, "mute": false, "flags": 0, "nick": null,
                "avatar": null, "premium_since": null});
            state.dispatch("GUILD_MEMBER_UPDATE", Some(guild), member);
        });
    }

    /// Moderators change what the bot may do in a channel; Discord tells it that something has changed there.
    pub(crate) fn permits(&self, channel: u64, writable: bool) {
        self.shared.change(|state| {
            let of = state.channels.get_mut(&channel).unwrap();
            of.writable = writable;
            let guild = of.guild;
            let event = json!({"id": channel.to_string(), "type": of.kind, "name": of.name, "position": 0,
                "guild_id": guild.to_string(), "permission_overwrites": [], "nsfw": false, "flags": 0});
            state.dispatch("CHANNEL_UPDATE", Some(guild), event);
        });
    }

    /// Somebody changes what they wrote.
    pub(crate) fn edits(&self, message: u64, text: &str) {
        self.shared.change(|state| {
            state.said.push(text.to_owned());
            let of = state.messages.get_mut(&message).unwrap();
            of["content"] = text.replace("@bot", MENTIONED).into();
            of["edited_timestamp"] = "2026-01-01T00:01:00+00:00".into();
            let (event, channel) = (of.clone(), of["channel_id"].as_str().unwrap().parse().unwrap());
            let guild = state.guild_of(channel);
            state.dispatch("MESSAGE_UPDATE", guild, event);
        });
    }

    /// Somebody, or a moderator, deletes a message.
    pub(crate) fn deletes(&self, message: u64) {
        self.shared.change(|state| {
            let of = state.messages.remove(&message).unwrap();
            let guild = state.guild_of(of["channel_id"].as_str().unwrap().parse().unwrap());
            let mut event = json!({"id": message.to_string(), "channel_id": of["channel_id"]});
            if let Some(guild) = guild {
                event["guild_id"] = guild.to_string().into();
            }
            state.dispatch("MESSAGE_DELETE", guild, event);
        });
    }

    /// A moderator deletes many messages of a channel at once.
    pub(crate) fn deletes_all(&self, channel: u64, messages: &[u64]) {
        self.shared.change(|state| {
            messages.iter().for_each(|message| _ = state.messages.remove(message).unwrap());
            let guild = state.guild_of(channel).unwrap();
            let ids: Vec<String> = messages.iter().map(u64::to_string).collect();
            let event = json!({"ids": ids, "channel_id": channel.to_string(), "guild_id": guild.to_string()});
            state.dispatch("MESSAGE_DELETE_BULK", Some(guild), event);
        });
    }

    /// Somebody uses a command; the interaction's id.
    pub(crate) fn command(&self, who: &str, channel: u64, data: Value) -> u64 {
        self.interaction(who, channel, 2, data, |_| {})
    }

    pub(crate) fn ask(&self, who: &str, channel: u64, question: &str) -> u64 {
        self.command(who, channel, ask(question, None))
    }

    pub(crate) fn ask_privately(&self, who: &str, channel: u64, question: &str) -> u64 {
        self.command(who, channel, ask(question, Some(true)))
    }

    /// A command without options.
    pub(crate) fn slash(&self, who: &str, channel: u64, name: &str) -> u64 {
        self.command(who, channel, json!({"id": "1", "name": name, "type": 1}))
    }

    /// A moderator (`owner`) or somebody else uses /setup.
    pub(crate) fn setup(&self, who: &str, sub: &str, options: Value) -> u64 {
        let sub = json!({"name": sub, "type": 1, "options": options});
        self.command(who, super::GENERAL, json!({"id": "1", "name": "setup", "type": 1, "options": [sub]}))
    }

    /// Somebody uses a subcommand of /corpus, with these words in its options.
    pub(crate) fn corpus(&self, who: &str, sub: &str, words: &[(&str, &str)]) -> u64 {
        self.corpus_in(who, super::GENERAL, sub, words)
    }

    /// The same in any channel.
    pub(crate) fn corpus_in(&self, who: &str, channel: u64, sub: &str, words: &[(&str, &str)]) -> u64 {
        let options: Vec<Value> =
            words.iter().map(|(name, value)| json!({"name": name, "type": 3, "value": value})).collect();
        let sub = json!({"name": sub, "type": 1, "options": options});
        self.command(who, channel, json!({"id": "1", "name": "corpus", "type": 1, "options": [sub]}))
    }

    /// Somebody types in an option of a subcommand of /corpus.
    pub(crate) fn types_in_corpus(&self, who: &str, sub: &str, option: &str, typed: &str) -> u64 {
        self.types_in_corpus_in(who, super::GENERAL, sub, option, typed)
    }

    /// The same in any channel.
    pub(crate) fn types_in_corpus_in(&self, who: &str, channel: u64, sub: &str, option: &str, typed: &str) -> u64 {
        let option = json!({"name": option, "type": 3, "value": typed, "focused": true});
        let sub = json!({"name": sub, "type": 1, "options": [option]});
        let data = json!({"id": "1", "name": "corpus", "type": 1, "options": [sub]});
        self.interaction(who, channel, 4, data, |_| {})
    }

    /// Somebody sends a form off that they were shown.
    pub(crate) fn fills(&self, who: &str, form: &Value, words: &[(&str, &str)]) -> u64 {
        self.fills_in(who, super::GENERAL, form, words)
    }

    /// The same in any channel.
    pub(crate) fn fills_in(&self, who: &str, channel: u64, form: &Value, words: &[(&str, &str)]) -> u64 {
        let field = |(name, value): &(&str, &str)| json!({"type": 1, "components": [{"type": 4, "custom_id": name, "value": value}]});
        let rows: Vec<Value> = words.iter().map(field).collect();
        let data = json!({"custom_id": form["data"]["custom_id"], "components": rows});
        self.interaction(who, channel, 5, data, |_| {})
    }

    /// Waits for the end of a moderator's command: the message that says what came of it.
    pub(crate) async fn end(&self, interaction: u64) -> Value {
        self.until("the command is done", |state| {
            let message = state.interactions[&interaction].message.clone()?;
            let content = message["content"].as_str().unwrap_or_default().to_owned();
            let at_work = ["Working", "Waiting", "Downloading", "Refreshing:", "Compiling"];
            (!at_work.iter().any(|begins| content.starts_with(begins))).then_some(message)
        })
        .await
    }

    /// "Find an answer" in the menu of a message.
    pub(crate) fn finds(&self, who: &str, channel: u64, message: u64) -> u64 {
        let of = self.shared.state().messages[&message].clone();
        self.command(
            who,
            channel,
            json!({"id": "1", "name": "Find an answer", "type": 3,
            "target_id": message.to_string(), "resolved": {"messages": {message.to_string(): of}}}),
        )
    }

    /// Somebody types in /ask.
    pub(crate) fn types(&self, who: &str, typed: &str) -> u64 {
        self.types_in(who, "ask", "question", typed)
    }

    /// Somebody types in an option of a command.
    pub(crate) fn types_in(&self, who: &str, command: &str, option: &str, typed: &str) -> u64 {
        let option = json!({"name": option, "type": 3, "value": typed, "focused": true});
        let data = json!({"id": "1", "name": command, "type": 1, "options": [option]});
        self.interaction(who, super::GENERAL, 4, data, |_| {})
    }

    /// Somebody uses a command with these words in its options.
    pub(crate) fn slash_with(&self, who: &str, channel: u64, name: &str, words: &[(&str, &str)]) -> u64 {
        let option = |(name, value): &(&str, &str)| json!({"name": name, "type": 3, "value": value});
        let options: Vec<Value> = words.iter().map(option).collect();
        self.command(who, channel, json!({"id": "1", "name": name, "type": 1, "options": options}))
    }

    /// Somebody presses something under a message.
    pub(crate) fn presses(&self, who: &str, channel: u64, message: &Value, press: &Press<'_>) -> u64 {
        let parts = || {
            message["components"].as_array().into_iter().flatten().flat_map(|row| row["components"].as_array().unwrap())
        };
        let data = match press {
            Press::Button(label) => {
                let button = parts().find(|part| part["label"] == *label);
                let button = button.unwrap_or_else(|| panic!("no button \"{label}\" in {message}"));
                json!({"component_type": 2, "custom_id": button["custom_id"]})
            }
            Press::Choice(label) => {
                let (prompt, label) = label.split_once(" > ").unwrap_or(("", label));
                let is_asked = |menu: &&Value| menu["placeholder"].as_str().unwrap_or_default().starts_with(prompt);
                let choice_of = |menu: &'_ Value| {
                    let options = menu["options"].as_array()?;
                    options.iter().find(|option| option["label"] == *label).map(|of| of["value"].clone())
                };
                let chosen =
                    parts().filter(is_asked).find_map(|menu| Some((menu["custom_id"].clone(), choice_of(menu)?)));
                let (id, value) = chosen.unwrap_or_else(|| panic!("no choice \"{label}\" in {message}"));
                json!({"component_type": 3, "custom_id": id, "values": [value]})
            }
            Press::Forged(id) => json!({"component_type": 2, "custom_id": id}),
        };
        let mut shown = json!({"id": "1", "channel_id": channel.to_string(), "author": user("sacrumbot"), "content": "",
            "timestamp": "2026-01-01T00:00:00Z", "edited_timestamp": null, "tts": false, "mention_everyone": false,
            "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": false, "type": 0});
        if let Some(id) = message["id"].as_str() {
            shown["id"] = id.into();
        }
        for kept in ["flags", "interaction_metadata"] {
            if !message[kept].is_null() {
                shown[kept] = message[kept].clone();
            }
        }
        self.interaction(who, channel, 3, data, |interaction| interaction["message"] = shown)
    }

    /// Any interaction.
    pub(crate) fn interaction(
        &self,
        who: &str,
        channel: u64,
        kind: u8,
        data: Value,
        change: impl FnOnce(&mut Value),
    ) -> u64 {
        self.shared.change(|state| {
            let id = state.id();
            let token = format!("interaction-token-{id}");
            let guild = state.guild_of(channel);
            let mut event = json!({"id": id.to_string(), "application_id": APPLICATION.to_string(), "type": kind,
                "data": data, "channel_id": channel.to_string(), "token": token, "version": 1, "locale": "en-US",
                "app_permissions": MEMBER, "entitlements": [], "attachment_size_limit": 10_485_760,
                "authorizing_integration_owners": {"0": guild.unwrap_or(0).to_string()},
                "context": if guild.is_some() { 0 } else { 1 },
                "channel": {"id": channel.to_string(), "type": 0}});
            match guild {
                Some(guild) => {
                    event["guild_id"] = guild.to_string().into();
                    event["guild_locale"] = "en-US".into();
                    event["member"] = json!({"user": user(who), "joined_at": "2026-01-01T00:00:00Z",
                        "roles": if who == "moderator" { json!([MODERATORS.to_string()]) } else { json!([]) },
                        "deaf": false, "mute": false, "flags": 0,
                        "permissions": if who == "owner" { MANAGER } else { MEMBER }});
                }
                None => event["user"] = user(who),
            }
            change(&mut event);
            let interaction =
                Interaction { token, kind, at: Instant::now(), callback: None, message: None, files: Vec::new() };
            state.interactions.insert(id, interaction);
            state.dispatch("INTERACTION_CREATE", guild, event);
            id
        })
    }

    /// Waits for the message that an interaction was answered with.
    pub(crate) async fn answer(&self, interaction: u64) -> Value {
        self.until("the interaction is answered", |state| state.interactions[&interaction].message.clone()).await
    }

    /// The files of the message that an interaction was answered with.
    pub(crate) fn files(&self, interaction: u64) -> Vec<File> {
        self.shared.state().interactions[&interaction].files.clone()
    }

    /// Waits for the first acknowledgement of an interaction.
    pub(crate) async fn callback(&self, interaction: u64) -> Value {
        self.until("the interaction is acknowledged", |state| state.interactions[&interaction].callback.clone()).await
    }

    /// Waits for the bot's reply to a message.
    pub(crate) async fn reply(&self, to: u64) -> Value {
        self.until("the message is replied to", |state| {
            let replies = |message: &&Value| is(&message["message_reference"]["message_id"], to);
            state.bot_messages().find(replies).cloned()
        })
        .await
    }

    /// The bot's messages in a channel.
    pub(crate) fn in_channel(&self, channel: u64) -> Vec<Value> {
        let state = self.shared.state();
        state.bot_messages().filter(|message| is(&message["channel_id"], channel)).cloned().collect()
    }

    /// Breaks the gateway connections; with a code, or as a cut line does.
    pub(crate) fn drops(&self, code: Option<u16>) {
        self.shared.change(|state| {
            for connection in state.connections.drain(..) {
                let _ = connection.send.send(Frame::Close(code));
            }
        });
    }

    /// Closes them politely, and without a code.
    pub(crate) fn hangs_up(&self) {
        self.shared.change(|state| {
            for connection in state.connections.drain(..) {
                let _ = connection.send.send(Frame::Bare);
            }
        });
    }

    /// Sends something raw through the gateway.
    pub(crate) fn sends(&self, raw: &Value) {
        let state = self.shared.state();
        for connection in &state.connections {
            let _ = connection.send.send(Frame::Raw(raw.to_string()));
        }
    }
}

fn ask(question: &str, private: Option<bool>) -> Value {
    let mut options = vec![json!({"name": "question", "type": 3, "value": question})];
    options.extend(private.map(|private| json!({"name": "private", "type": 5, "value": private})));
    json!({"id": "1", "name": "ask", "type": 1, "options": options})
}

/// Everything that can be read in a message.
pub(crate) fn read(message: &Value) -> String {
    let mut text = message["content"].as_str().unwrap_or_default().to_owned();
    for embed in message["embeds"].as_array().into_iter().flatten() {
        for part in [&embed["title"], &embed["description"], &embed["footer"]["text"]] {
            text.push('\n');
            text.push_str(part.as_str().unwrap_or_default());
        }
    }
    text
}
