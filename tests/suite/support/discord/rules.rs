//! What Discord takes, and what it refuses: limits, required fields, ids.

use std::collections::HashSet;

use serde_json::Value;

use super::upload::File;

type Ruled = Result<(), String>;

/// The limits are in characters; UTF-16 units are never fewer, so they are the stricter measure.
fn at_most(what: &str, value: &Value, most: usize) -> Ruled {
    let length = value.as_str().unwrap_or_default().encode_utf16().count();
    if length > most { Err(format!("{what} has {length} units; {most} at most")) } else { Ok(()) }
}

fn filled(what: &str, value: &Value, most: usize) -> Ruled {
    match value.as_str().is_none_or(|text| text.trim().is_empty()) {
        true => Err(format!("{what} is missing or empty")),
        false => at_most(what, value, most),
    }
}

/// A message, whoever sends it and how.
pub(super) fn message(body: &Value, uploads: &[File], by_interaction: bool) -> Ruled {
    at_most("content", &body["content"], 2_000)?;
    let embeds = list(&body["embeds"]);
    if embeds.len() > 10 {
        return Err("more than 10 embeds".to_owned());
    }
    let mut all = 0;
    for embed in embeds {
        all += self::embed(embed)?;
    }
    if all > 6_000 {
        return Err(format!("the embeds have {all} units together"));
    }
    files(body, uploads)?;
    components(&body["components"])?;
    if body["content"].as_str().is_none_or(str::is_empty) && embeds.is_empty() && list(&body["components"]).is_empty() {
        return Err("Cannot send an empty message (50006)".to_owned());
    }
    // Ours, not Discord's: nobody may be pinged but the author of the message replied to.
    let mentions = &body["allowed_mentions"];
    if !mentions["parse"].as_array().is_some_and(Vec::is_empty)
        || !mentions["users"].is_null()
        || !mentions["roles"].is_null()
    {
        return Err(format!("allowed_mentions lets pings through: {mentions}"));
    }
    let flags = body["flags"].as_u64().unwrap_or_default();
    match flags {
        0 => Ok(()),
        64 if by_interaction => Ok(()),
        _ => Err(format!("flags {flags} are not for this message")),
    }
}

/// The files of a message: each described, and each picture that is shown among them.
fn files(body: &Value, uploads: &[File]) -> Ruled {
    let attachments = list(&body["attachments"]);
    if attachments.len() > 10 || attachments.len() != uploads.len() {
        return Err(format!("{} attachments are described, {} uploaded", attachments.len(), uploads.len()));
    }
    for attachment in attachments {
        let field = format!("files[{}]", attachment["id"].as_str().unwrap_or_default());
        let file = uploads.iter().find(|file| file.field == field);
        let file = file.ok_or_else(|| format!("no {field} was uploaded"))?;
        if attachment["filename"] != file.name.as_str() {
            return Err(format!("{} is uploaded as {}", attachment["filename"], file.name));
        }
        if file.bytes.is_empty() || file.bytes.len() > 10 << 20 {
            return Err(format!("{} has {} bytes", file.name, file.bytes.len()));
        }
        // Ours: nobody is left without what it shows.
        filled("alt text", &attachment["description"], 1_024)?;
    }
    for embed in list(&body["embeds"]) {
        let Some(url) = embed["image"]["url"].as_str() else { continue };
        let shown = url.strip_prefix("attachment://");
        let is_there = shown.is_some_and(|name| uploads.iter().any(|file| file.name == name));
        if !is_there && !url.starts_with("https://") {
            return Err(format!("{url} is not uploaded"));
        }
    }
    Ok(())
}

/// What a message in a channel has beside.
pub(super) fn sent(body: &Value) -> Ruled {
    filled("nonce", &body["nonce"], 25)?;
    if body["enforce_nonce"] == true { Ok(()) } else { Err("a message without enforce_nonce".to_owned()) }
}

fn embed(embed: &Value) -> Result<usize, String> {
    at_most("embed title", &embed["title"], 256)?;
    at_most("embed description", &embed["description"], 4_096)?;
    at_most("embed footer", &embed["footer"]["text"], 2_048)?;
    if embed.get("footer").is_some() {
        filled("embed footer", &embed["footer"]["text"], 2_048)?;
    }
    let texts = [&embed["title"], &embed["description"], &embed["footer"]["text"]];
    let length: usize = texts.iter().map(|text| text.as_str().unwrap_or_default().encode_utf16().count()).sum();
    if length == 0 && embed["image"].is_null() { Err("an empty embed".to_owned()) } else { Ok(length) }
}

fn components(rows: &Value) -> Ruled {
    if list(rows).len() > 5 {
        return Err("more than 5 rows".to_owned());
    }
    let mut ids = HashSet::new();
    for row in list(rows) {
        let parts = list(&row["components"]);
        if row["type"] != 1 || parts.is_empty() || parts.len() > 5 {
            return Err(format!("a row of type {} with {} parts", row["type"], parts.len()));
        }
        for part in parts {
            component(part)?;
            if part["custom_id"].is_string() && !ids.insert(part["custom_id"].to_string()) {
                return Err(format!("custom_id {} twice", part["custom_id"]));
            }
            if part["type"] == 3 && parts.len() > 1 {
                return Err("a menu beside something else".to_owned());
            }
        }
    }
    Ok(())
}

fn component(part: &Value) -> Ruled {
    match (part["type"].as_u64(), part["style"].as_u64()) {
        (Some(2), Some(5)) => {
            filled("label", &part["label"], 80)?;
            filled("url", &part["url"], 512)?;
            let url = part["url"].as_str().unwrap_or_default();
            if is_well_formed(url) && part["custom_id"].is_null() { Ok(()) } else { Err(format!("a link to {url}")) }
        }
        (Some(2), Some(1..=4)) => {
            filled("label", &part["label"], 80)?;
            filled("custom_id", &part["custom_id"], 100)
        }
        (Some(3), _) => {
            filled("custom_id", &part["custom_id"], 100)?;
            at_most("placeholder", &part["placeholder"], 150)?;
            let options = list(&part["options"]);
            let mut values = HashSet::new();
            for option in options {
                filled("option label", &option["label"], 100)?;
                filled("option value", &option["value"], 100)?;
                at_most("option description", &option["description"], 100)?;
                if option["description"] == "" {
                    return Err("an empty option description".to_owned());
                }
                if !values.insert(option["value"].to_string()) {
                    return Err(format!("option {} twice", option["value"]));
                }
            }
            if (1..=25).contains(&options.len()) { Ok(()) } else { Err(format!("{} options", options.len())) }
        }
        other => Err(format!("a component of type and style {other:?}")),
    }
}

/// Discord refuses a message in which an address is none, whatever else stands in it.
fn is_well_formed(url: &str) -> bool {
    let leads = |of: reqwest::Url| matches!(of.scheme(), "http" | "https" | "discord") && of.has_host();
    url.chars().all(|c| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c)) && reqwest::Url::parse(url).is_ok_and(leads)
}

/// The choices of an autocompletion.
pub(super) fn choices(choices: &Value) -> Ruled {
    if list(choices).len() > 25 {
        return Err("more than 25 choices".to_owned());
    }
    for choice in list(choices) {
        filled("choice name", &choice["name"], 100)?;
        filled("choice value", &choice["value"], 100)?;
    }
    Ok(())
}

/// A form.
pub(super) fn form(form: &Value) -> Ruled {
    filled("form title", &form["title"], 45)?;
    filled("custom_id", &form["custom_id"], 100)?;
    let rows = list(&form["components"]);
    if !(1..=5).contains(&rows.len()) {
        return Err(format!("a form with {} rows", rows.len()));
    }
    for row in rows {
        let [field] = list(&row["components"]) else { return Err("a row of a form holds one field".to_owned()) };
        filled("custom_id", &field["custom_id"], 100)?;
        filled("label", &field["label"], 45)?;
        at_most("value", &field["value"], 4_000)?;
        if field["type"] != 4 || !matches!(field["style"].as_u64(), Some(1 | 2)) {
            return Err(format!("a field of type {} and style {}", field["type"], field["style"]));
        }
    }
    Ok(())
}

/// The list of commands.
pub(super) fn commands(commands: &Value) -> Ruled {
    let mut names = HashSet::new();
    for command in list(commands) {
        let kind = command["type"].as_u64().unwrap_or(1);
        filled("command name", &command["name"], 32)?;
        if kind == 1 {
            let name = command["name"].as_str().unwrap_or_default();
            if name.chars().any(|c| c.is_uppercase() || c.is_whitespace()) {
                return Err(format!("command name {name}"));
            }
            filled("command description", &command["description"], 100)?;
        } else if command["description"].as_str().is_some_and(|text| !text.is_empty()) {
            return Err("a menu entry with a description".to_owned());
        }
        if !names.insert((kind, command["name"].to_string())) {
            return Err(format!("command {} twice", command["name"]));
        }
        options(&command["options"])?;
    }
    Ok(())
}

fn options(options: &Value) -> Ruled {
    if list(options).len() > 25 {
        return Err("more than 25 options".to_owned());
    }
    let mut optional = false;
    for option in list(options) {
        filled("option name", &option["name"], 32)?;
        filled("option description", &option["description"], 100)?;
        if !(1..=11).contains(&option["type"].as_u64().unwrap_or_default()) {
            return Err(format!("option type {}", option["type"]));
        }
        if optional && option["required"] == true {
            return Err("a required option behind an optional one".to_owned());
        }
        optional |= option["required"] != true && option["type"] != 1;
        self::options(&option["options"])?;
    }
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
