//! The commands as Discord lists them, registered only where they differ from what is there.

use std::time::Duration;

use serde_json::{Value, json};

use super::bot::Bot;
use super::limits;
use super::rest::RestError;

/// The entry in a message's menu.
pub(super) const MENU: &str = "Find an answer";

const SUB_COMMAND: u8 = 1;
pub(super) const STRING: u8 = 3;
const INTEGER: u8 = 4;
const BOOLEAN: u8 = 5;
const CHANNEL: u8 = 7;
const ROLE: u8 = 8;
/// Text, announcement and forum channels.
const WHERE_PEOPLE_ASK: [u8; 3] = [0, 5, 15];
const WHERE_WE_WRITE: [u8; 2] = [0, 5];
const MANAGE_GUILD: u64 = 32;
/// Before commands that could not be registered are tried again; twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// All of them; those on muscles only where there are some.
fn all(has_muscles: bool) -> Vec<Value> {
    let question = json!({"type": STRING, "name": "question", "description": "Your question, in your own words",
        "required": true, "autocomplete": true, "max_length": 1500});
    let private = switch("private", "Whether only you see the answer", false);
    let id = json!({"type": STRING, "name": "id", "description": "The id, as it stands under an excerpt",
        "required": true, "max_length": 20});
    let mut all = vec![
        anywhere("ask", "Ask a question; the answer is quoted from cited sources", vec![question, private]),
        anywhere("cite", "Show an excerpt in its section, with its source", vec![id]),
        anywhere("sources", "What I know, and from where", vec![]),
        anywhere("topics", "Look through what I can answer", vec![]),
        anywhere("help", "How to talk to me", vec![]),
        anywhere("privacy", "What I keep, and how to have it deleted", vec![]),
        anywhere("about", "What I am", vec![]),
        json!({"type": 3, "name": MENU, "contexts": [0, 1, 2], "integration_types": [0, 1]}),
        setup(),
        super::corpus::command(),
    ];
    if has_muscles {
        all.extend(muscles());
    }
    all
}

/// A command under another one.
pub(super) fn sub(name: &str, description: &str, options: Vec<Value>) -> Value {
    json!({"type": SUB_COMMAND, "name": name, "description": description, "options": options})
}

/// An option for which choices are offered while somebody types.
pub(super) fn word(name: &str, description: &str, required: bool) -> Value {
    json!({"type": STRING, "name": name, "description": description, "required": required,
        "autocomplete": true, "max_length": limits::CHOICE})
}

fn muscles() -> [Value; 3] {
    let card = vec![
        word("name", "Its name, in any words", true),
        word("compare", "Another muscle, to put beside it", false),
        switch("private", "Whether only you see the card", false),
    ];
    let filter = vec![
        word("at", "Where they lie", false),
        word("felt", "Where they are said to be felt", false),
        word("attaches", "A bone that they attach to", false),
        word("nerve", "A nerve that supplies them", false),
        word("view", "From which side they are seen", false),
    ];
    [
        anywhere("muscle", "Show a muscle: where it lies, what it does and what is said of it", card),
        anywhere("muscles", "List the muscles, all or some", filter),
        anywhere("where", "What lies at a place of the body", vec![word("region", "The place", false)]),
    ]
}

fn anywhere(name: &str, description: &str, options: Vec<Value>) -> Value {
    json!({"type": 1, "name": name, "description": description, "options": options,
        "contexts": [0, 1, 2], "integration_types": [0, 1]})
}

fn setup() -> Value {
    let channel = |description: &str, kinds: &[u8], required: bool| {
        json!({"type": CHANNEL, "name": "channel", "description": description, "channel_types": kinds,
            "required": required})
    };
    let role = json!({"type": ROLE, "name": "role", "description": "The role", "required": true});
    let minutes = json!({"type": INTEGER, "name": "minutes", "description": "Minutes", "required": true,
        "min_value": 0, "max_value": 1440});
    let on = |required: bool| switch("on", "Whether on or off", required);
    json!({"type": 1, "name": "setup", "description": "How I behave on this server",
        "contexts": [0], "integration_types": [0], "default_member_permissions": MANAGE_GUILD, "options": [
        sub("show", "Show how I am set up", vec![]),
        sub("channel", "Answer clear questions in a channel or forum without being called", vec![
            channel("The channel or forum", &WHERE_PEOPLE_ASK, true), on(false)]),
        sub("private", "Whether /ask answers only the asker if they do not say", vec![on(true)]),
        sub("log", "Where to tell moderators that I gave urgent advice; nowhere if left out", vec![
            channel("The moderators' channel", &WHERE_WE_WRITE, false)]),
        sub("moderators", "A role that may look after what I know", vec![role, on(false)]),
        sub("interval", "Minutes between two uncalled replies to one person", vec![minutes]),
        sub("deletions", "Whether my reply goes when its question is deleted", vec![on(true)]),
    ]})
}

fn switch(name: &str, description: &str, required: bool) -> Value {
    json!({"type": BOOLEAN, "name": name, "description": description, "required": required})
}

/// Registers the commands for all servers, and none for the home server alone: an older version did, and there they
/// would be listed twice.
pub(super) async fn register(bot: &Bot, application: u64, home: Option<u64>) {
    let ours = all(!bot.answerer().await.corpus().muscles.list.is_empty());
    register_for(bot, application, None, &ours).await;
    if home.is_some() {
        register_for(bot, application, home, &[]).await;
    }
}

/// Registers commands, for all servers or for one alone, if those that are there are others. Tries until it is done.
async fn register_for(bot: &Bot, application: u64, server: Option<u64>, ours: &[Value]) {
    let mut pause = FIRST_PAUSE;
    while let Err(error) = register_now(bot, application, server, ours).await {
        tracing::error!("the commands are not registered, which is tried again in {} s: {error}", pause.as_secs());
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn register_now(bot: &Bot, application: u64, server: Option<u64>, ours: &[Value]) -> Result<(), RestError> {
    if are_there(ours, &bot.rest.commands(application, server).await?) {
        tracing::info!("the commands are registered already");
        return Ok(());
    }
    bot.rest.set_commands(application, server, ours).await?;
    tracing::info!("registered {} commands", ours.len());
    Ok(())
}

fn are_there(ours: &[Value], theirs: &[Value]) -> bool {
    let same_name = |our: &Value, their: &&Value| their["name"] == our["name"] && kind(their) == kind(our);
    ours.len() == theirs.len()
        && ours
            .iter()
            .all(|our| theirs.iter().find(|their| same_name(our, their)).is_some_and(|their| says(their, our)))
}

fn kind(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(1)
}

/// What can be set of a command and of an option. Discord lists more: what it makes of a command, and what holds by
/// itself.
const SET: [&str; 16] = [
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "choices",
    "channel_types",
    "required",
    "autocomplete",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "default_member_permissions",
    "contexts",
    "integration_types",
    "nsfw",
];

/// Whether Discord's form of something says what ours does. It adds fields, and leaves out those that say
/// nothing: false, null, and what is empty.
fn says(theirs: &Value, ours: &Value) -> bool {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            let fits = |(key, our): (&String, &Value)| says(theirs.get(key).unwrap_or(&Value::Null), our);
            // What is set and what we do not set any more must not stay.
            let extra =
                |key: &&str| theirs.get(*key).is_some_and(|their| !is_nothing(their)) && !ours.contains_key(*key);
            ours.iter().all(fits) && !SET.iter().any(extra)
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            theirs.len() == ours.len() && theirs.iter().zip(ours).all(|(their, our)| says(their, our))
        }
        (Value::Number(their), Value::Number(our)) => their.as_f64() == our.as_f64(),
        // Permissions are taken as a number and listed as text.
        (Value::String(their), Value::Number(our)) => *their == our.to_string(),
        (their, our) => their == our || (is_nothing(their) && is_nothing(our)),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(on) => !on,
        Value::Array(of) => of.is_empty(),
        Value::Object(of) => of.is_empty(),
        Value::String(of) => of.is_empty(),
        Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Discord lists a command: with an id, and without what says nothing.
    fn listed(mut command: Value) -> Value {
        fn strip(value: &mut Value) {
            match value {
                Value::Object(of) => {
                    of.retain(|_, value| !is_nothing(value));
                    of.values_mut().for_each(strip);
                }
                Value::Array(of) => of.iter_mut().for_each(strip),
                _ => {}
            }
        }
        strip(&mut command);
        command["id"] = "1".into();
        command["nsfw"] = false.into();
        command
    }

    #[test]
    fn what_is_registered_is_known_again_and_every_change_is_seen() {
        let theirs: Vec<Value> = all(true).into_iter().map(listed).collect();
        assert!(are_there(&all(true), &theirs));
        assert!(!are_there(&all(true), &theirs[1..]));
        let change = |change: &dyn Fn(&mut Value)| {
            let mut changed = theirs.clone();
            changed.iter_mut().for_each(change);
            are_there(&all(true), &changed)
        };
        assert!(!change(&|command| command["description"] = "other".into()));
        assert!(!change(&|command| command["contexts"] = json!([0])));
        assert!(!change(&|command| command["options"] = json!([{"type": 3, "name": "new"}])));
        // What we do not set any more, and what Discord adds by itself.
        let with = |place: &str, key: &str, value: Value| {
            let mut changed = theirs.clone();
            let ask = changed.iter_mut().find(|command| command["name"] == "ask").unwrap();
            ask.pointer_mut(place).unwrap()[key] = value;
            are_there(&all(true), &changed)
        };
        assert!(!with("", "default_member_permissions", "32".into()));
        assert!(!with("", "nsfw", true.into()));
        assert!(!with("", "name_localizations", json!({"de": "anders"})));
        assert!(!with("/options/0", "min_length", 3.into()));
        assert!(!with("/options/1", "autocomplete", true.into()));
        assert!(with("", "dm_permission", true.into()) && with("", "name_localizations", json!({})));
        assert!(with("", "guild_id", "5".into()) && with("/options/0", "name_localized", "question".into()));
    }

    #[test]
    fn names_and_descriptions_fit() {
        fn check(of: &Value) {
            let length = |key: &str| of[key].as_str().map_or(0, |text| text.chars().count());
            assert!((1..=limits::NAME).contains(&length("name")), "{of}");
            assert!(
                length("description") <= limits::DESCRIPTION_OF_COMMAND
                    && (of["type"] == 3 && of["contexts"].is_array() || length("description") > 0),
                "{of}"
            );
            of["options"].as_array().into_iter().flatten().for_each(check);
        }
        all(true).iter().for_each(check);
    }
}
