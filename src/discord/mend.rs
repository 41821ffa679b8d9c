//! Events as serenity's types can read them: of what stands in them only what we use is kept, and in place of the rest
//! stands what those types want. So a field that is new, missing or of another kind than expected costs what it says
//! and nothing else, and never a warning sign beside it.

use serde_json::{Value, json};
use serenity::model::event::Event;

use super::send::number;

/// In place of times, of which only is asked whether they are there.
const SOME_TIME: &str = "2015-01-01T00:00:00Z";
/// In place of an id that is not told, and that we do not use.
const SOMEBODY: &str = "1";
/// How what stands in an event is mended; null where that is nothing that we use.
type Mend = fn(&Value) -> Value;
/// The events that we use.
const USED: [(&str, Mend); 11] = [
    ("MESSAGE_CREATE", message),
    ("MESSAGE_UPDATE", edit),
    ("MESSAGE_DELETE", deleted),
    ("MESSAGE_DELETE_BULK", deleted),
    ("INTERACTION_CREATE", interaction),
    ("GUILD_CREATE", server),
    ("GUILD_ROLE_UPDATE", |of| json!({"guild_id": id(&of["guild_id"]), "role": role(&of["role"])})),
    ("GUILD_MEMBER_UPDATE", changed_member),
    ("CHANNEL_UPDATE", channel),
    ("THREAD_CREATE", channel),
    ("THREAD_UPDATE", channel),
];

/// An event as one that can be read; `None` where nothing stands in it that we use, or it cannot be read even so.
pub(super) fn event(kind: &str, data: &Value) -> Option<Event> {
    let &(name, mend) = USED.iter().find(|(used, _)| *used == kind)?;
    let mended = mend(data);
    if mended.is_null() {
        return None;
    }
    match serde_json::from_value(json!({"t": name, "d": mended})) {
        Ok(Event::Unknown(_)) | Err(_) => {
            // Why is not told: somebody's words may stand in it.
            tracing::warn!(event = name, "what Discord sent could not be read");
            None
        }
        Ok(event) => Some(event),
    }
}

fn list(of: &Value) -> &[Value] {
    of.as_array().map_or(&[], Vec::as_slice)
}

/// An id, or nothing.
fn id(of: &Value) -> Value {
    match number(of) {
        0 => Value::Null,
        id => id.to_string().into(),
    }
}

/// A text; an empty one where there is none.
fn text(of: &Value) -> &str {
    of.as_str().unwrap_or_default()
}

/// The number of a kind. One that no type of ours can hold is one that nobody knows.
fn kind(of: &Value, default: u8) -> u8 {
    of.as_u64().map_or(default, |kind| u8::try_from(kind).unwrap_or(u8::MAX))
}

/// Whoever is not told is a bot: their messages are nobody's questions.
fn user(of: &Value) -> Value {
    match number(&of["id"]) {
        0 => json!({"id": SOMEBODY, "username": "", "bot": true}),
        id => {
            json!({"id": id.to_string(), "username": text(&of["username"]), "global_name": of["global_name"].as_str(),
            "bot": of["bot"] == true, "system": of["system"] == true})
        }
    }
}

fn message(of: &Value) -> Value {
    let (replies_to, before) = (&of["message_reference"], &of["referenced_message"]);
    let channel = if number(&of["channel_id"]) == 0 { SOMEBODY.into() } else { id(&of["channel_id"]) };
    let known = |of: &&Value| number(&of["id"]) != 0;
    let reference = json!({"message_id": id(&replies_to["message_id"]), "channel_id": channel});
    let stickers = list(&of["sticker_items"]).iter().map(|_| json!({"id": SOMEBODY, "name": "", "format_type": 1}));
    let poll = json!({"question": {"text": of["poll"]["question"]["text"].as_str()}, "answers": [], "expiry": null,
        "allow_multiselect": false, "layout_type": 1});
    json!({
        "id": id(&of["id"]),
        "channel_id": channel,
        "guild_id": id(&of["guild_id"]),
        "author": user(&of["author"]),
        "member": of["member"].is_object().then(|| json!({"nick": of["member"]["nick"].as_str(), "roles": []})),
        "content": text(&of["content"]),
        "type": kind(&of["type"], 0),
        "flags": of["flags"].as_u64(),
        "timestamp": SOME_TIME,
        "edited_timestamp": (!of["edited_timestamp"].is_null()).then_some(SOME_TIME),
        "tts": false,
        "pinned": false,
        "mention_everyone": false,
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "webhook_id": id(&of["webhook_id"]),
        "mentions": list(&of["mentions"]).iter().filter(known).map(user).collect::<Vec<_>>(),
        "message_reference": replies_to.is_object().then_some(reference),
        "referenced_message": Some(before).filter(known).map(message),
        "message_snapshots": list(&of["message_snapshots"]).iter().map(snapshot).collect::<Vec<_>>(),
        "interaction_metadata": metadata(&of["interaction_metadata"]),
        "sticker_items": stickers.collect::<Vec<_>>(),
        "poll": of["poll"].is_object().then_some(poll),
    })
}

/// What was forwarded.
fn snapshot(of: &Value) -> Value {
    json!({"message": {"content": text(&of["message"]["content"]), "timestamp": SOME_TIME, "mentions": [],
        "attachments": [], "embeds": [], "type": 0}})
}

/// Whose interaction a message answers.
fn metadata(of: &Value) -> Option<Value> {
    const COMMAND: u8 = 2;
    const COMPONENT: u8 = 3;
    let kind = if kind(&of["type"], 0) == COMMAND { COMMAND } else { COMPONENT };
    (number(&of["id"]) != 0).then(|| {
        json!({"id": id(&of["id"]), "type": kind, "user": user(&of["user"]), "authorizing_integration_owners": {},
            "interacted_message_id": SOMEBODY})
    })
}

/// An edit may tell no more than what has changed.
fn edit(of: &Value) -> Value {
    let mut edit = message(of);
    for key in ["author", "content", "type"] {
        if of[key].is_null() {
            edit[key] = Value::Null;
        }
    }
    edit
}

fn deleted(of: &Value) -> Value {
    let ids: Vec<Value> = list(&of["ids"]).iter().map(id).filter(|id| !id.is_null()).collect();
    json!({"id": id(&of["id"]), "ids": ids, "channel_id": id(&of["channel_id"]), "guild_id": id(&of["guild_id"])})
}

fn interaction(of: &Value) -> Value {
    let (member, owners) = (&of["member"], &of["authorizing_integration_owners"]);
    let either = |first: &Value, second: &Value| if number(first) == 0 { id(second) } else { id(first) };
    let channel = either(&of["channel_id"], &of["channel"]["id"]);
    let who = if number(&member["user"]["id"]) == 0 { &of["user"] } else { &member["user"] };
    let permissions = |of: &Value| (!of.is_null()).then(|| number(of).to_string());
    let part = json!({"id": channel, "type": kind(&of["channel"]["type"], u8::MAX)});
    // Of the message under which it was done: who sees it, and whose command it answered.
    let under = json!({"id": SOMEBODY, "channel_id": SOMEBODY, "flags": of["message"]["flags"],
        "interaction_metadata": of["message"]["interaction_metadata"]});
    let roles: Vec<Value> = list(&member["roles"]).iter().map(id).filter(|id| !id.is_null()).collect();
    let installed_by = |key: &&str| owners.get(key).is_some();
    let owners = ["0", "1"].into_iter().filter(installed_by).map(|key| (key.to_owned(), number(&owners[key])));
    let owners = owners.filter(|(key, id)| key == "0" || *id != 0).map(|(key, id)| (key, id.to_string().into()));
    json!({
        "id": id(&of["id"]),
        "application_id": id(&of["application_id"]),
        "type": of["type"],
        "token": of["token"],
        "version": 1,
        "guild_id": either(&of["guild_id"], &of["guild"]["id"]),
        "channel_id": channel,
        "channel": of["channel"]["type"].is_number().then_some(part),
        "member": member.is_object().then(|| json!({"user": user(who), "nick": member["nick"].as_str(), "roles": roles,
            "deaf": false, "mute": false, "flags": 0, "permissions": permissions(&member["permissions"])})),
        "user": user(who),
        "app_permissions": permissions(&of["app_permissions"]),
        "authorizing_integration_owners": owners.collect::<serde_json::Map<_, Value>>(),
        "context": of["context"].as_u64().filter(|&context| context <= 2),
        "locale": "en-US",
        "entitlements": [],
        "attachment_size_limit": 0,
        "message": message(&under),
        "data": data(&of["data"]),
    })
}

/// What was used: a command with its options, a button or menu, or a form with its fields.
fn data(of: &Value) -> Value {
    const BUTTON: u8 = 2;
    const MENU: u8 = 3;
    let target = id(&of["target_id"]);
    let found = target.as_str().map(|target| (target, &of["resolved"]["messages"][target]));
    let messages: serde_json::Map<_, _> = found
        .filter(|(_, found)| found.is_object())
        .map(|(target, found)| (target.to_owned(), message(found)))
        .into_iter()
        .collect();
    let chosen: Vec<&str> = list(&of["values"]).iter().filter_map(Value::as_str).collect();
    let fields = list(&of["components"]).iter().flat_map(|row| list(&row["components"]));
    let rows: Vec<Value> = fields.filter(|part| part["custom_id"].is_string()).map(field).collect();
    json!({
        "id": SOMEBODY,
        "name": text(&of["name"]),
        "type": kind(&of["type"], 1),
        "target_id": target,
        "resolved": {"messages": messages},
        "options": options(&of["options"]),
        "custom_id": text(&of["custom_id"]),
        "component_type": if chosen.is_empty() { BUTTON } else { MENU },
        "values": chosen,
        "components": rows,
    })
}

fn options(of: &Value) -> Vec<Value> {
    const SUBCOMMANDS: [u8; 2] = [1, 2];
    let is_given = |of: &&Value| SUBCOMMANDS.contains(&kind(&of["type"], 0)) || !of["value"].is_null();
    let option = |of: &Value| {
        json!({"name": text(&of["name"]), "type": kind(&of["type"], 0), "value": of["value"],
            "options": options(&of["options"]), "focused": of["focused"] == true})
    };
    list(of).iter().filter(is_given).map(option).collect()
}

/// A field of a form, in a row of its own.
fn field(of: &Value) -> Value {
    json!({"type": 1, "components": [{"type": 4, "custom_id": of["custom_id"], "value": text(&of["value"])}]})
}

/// Whether an id stands in place of one that was not told.
pub(super) fn is_told(id: u64) -> bool {
    id.to_string() != SOMEBODY
}

fn server(of: &Value) -> Value {
    // Of one that is unavailable Discord tells no more than that.
    if !of["roles"].is_array() {
        return Value::Null;
    }
    json!({
        "id": id(&of["id"]),
        "owner_id": if number(&of["owner_id"]) == 0 { SOMEBODY.into() } else { id(&of["owner_id"]) },
        "roles": list(&of["roles"]).iter().map(role).collect::<Vec<_>>(),
        "name": "",
        "joined_at": SOME_TIME,
        "preferred_locale": "en-US",
        "large": false,
        "member_count": 0,
        "premium_progress_bar_enabled": false,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
        "emojis": [],
        "features": [],
        "stickers": [],
        "voice_states": [],
        "members": [],
        "channels": [],
        "threads": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
    })
}

fn role(of: &Value) -> Value {
    json!({"id": id(&of["id"]), "name": "", "color": 0, "colors": {"primary_color": 0}, "hoist": false,
        "managed": false, "permissions": "0", "position": 0, "tags": {"bot_id": id(&of["tags"]["bot_id"])}})
}

fn changed_member(of: &Value) -> Value {
    json!({"guild_id": id(&of["guild_id"]), "user": user(&of["user"]), "roles": [], "joined_at": SOME_TIME})
}

fn channel(of: &Value) -> Value {
    json!({"id": id(&of["id"]), "parent_id": id(&of["parent_id"]), "type": kind(&of["type"], 0),
        "name": text(&of["name"])})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_that_we_use_is_read_from_its_ids_alone() {
        let least = json!({"id": "5", "channel_id": "6", "guild_id": "7", "ids": ["5"], "user": {"id": "8"},
            "role": {"id": "9"}, "roles": [], "application_id": "10", "type": 2, "token": "t"});
        for (kind, _) in USED {
            assert!(event(kind, &least).is_some(), "{kind}");
        }
        assert!(event("SOMETHING_NEW", &least).is_none());
    }
}
