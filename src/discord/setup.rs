//! /setup: how the bot behaves on a server. Needs Manage Server, which is looked at here, whatever
//! Discord shows to whom.

use std::time::Duration;

use super::bot::Bot;
use super::called::Called;
use super::notice::PERMISSIONS;
use super::reply::Reply;
use crate::store::{CommunityId, CommunitySettings, StoreError};

/// So many channels and roles can be chosen.
const MOST: usize = 100;
/// So long it is looked whether a channel that was chosen can be seen.
const LOOKING: Duration = Duration::from_secs(2);

/// What is to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Show,
    Channel { channel: u64, on: bool },
    Private(bool),
    Log(Option<u64>),
    Moderators { role: u64, on: bool },
    Interval(u32),
    Deletions(bool),
}

impl Change {
    /// The setting and what it becomes, as the audit log has them.
    fn told(self) -> (&'static str, String) {
        let yes = |on: bool| if on { "on" } else { "off" };
        match self {
            Self::Show => ("show", String::new()),
            Self::Channel { channel, on } => ("channel", format!("{channel} {}", yes(on))),
            Self::Private(on) => ("private", yes(on).to_owned()),
            Self::Log(channel) => ("log", channel.map_or_else(|| "nowhere".to_owned(), |channel| channel.to_string())),
            Self::Moderators { role, on } => ("moderators", format!("{role} {}", yes(on))),
            Self::Interval(minutes) => ("interval", minutes.to_string()),
            Self::Deletions(on) => ("deletions", yes(on).to_owned()),
        }
    }
}

/// Makes the change and says how things stand.
pub(super) async fn change(bot: &Bot, called: &Called, change: Change) -> Reply {
    if called.server == 0 {
        return Reply::whisper("This is for servers: use it where you manage one.");
    }
    if !called.manages() {
        return Reply::whisper("Only people with the permission Manage Server can set me up.");
    }
    if change == Change::Show {
        let settings = bot.settings(called.server).await;
        let unseen = unseen(bot, settings.log).await;
        return Reply::whisper(format!("This is how I am set up here:\n{}{unseen}", described(&settings)));
    }
    // Two who change something at one moment do it one after the other, from what is kept and from nothing else.
    let _alone = bot.alone_with(called.server).await;
    let mut settings = match bot.store.settings(CommunityId(called.server)).await {
        Ok(settings) => settings,
        Err(error) => return not_kept(&error),
    };
    if !apply(&mut settings, change) {
        return Reply::whisper(format!("{MOST} are as many as I can watch. Please take one away first."));
    }
    if let Err(error) = bot.set_settings(called.server, settings.clone()).await {
        return not_kept(&error);
    }
    let (who, (what, value)) = (called.person.to_string(), change.told());
    if let Err(error) = bot.store.log(bot.care.community(called.server), &who, "setup", what, &value).await {
        tracing::error!("a change of settings is missing in the audit log: {error}");
    }
    // Whoever sets us up may have given us permissions as well.
    bot.rest.forgive(|channel| settings.channels.contains(&channel) || settings.log == Some(channel));
    let unseen = match change {
        Change::Channel { channel, on: true } => unseen(bot, Some(channel)).await,
        _ => unseen(bot, settings.log).await,
    };
    Reply::whisper(format!("Done. This is how I am set up here:\n{}{unseen}", described(&settings)))
}

/// What is said of a channel that Discord does not show us, or no longer has; where it does not say, it may.
async fn unseen(bot: &Bot, channel: Option<u64>) -> String {
    let Some(channel) = channel else { return String::new() };
    match tokio::time::timeout(LOOKING, bot.rest.post_of(channel)).await {
        Ok(Err(error)) if error.is_gone() => {
            format!("\n\nBut the channel with the id {channel} is gone. Please choose another one.")
        }
        Ok(Err(error)) if error.is_forbidden() => {
            format!("\n\nBut I cannot see <#{channel}>. Please give me these permissions there: {PERMISSIONS}.")
        }
        _ => String::new(),
    }
}

fn not_kept(error: &StoreError) -> Reply {
    tracing::error!("settings were not kept: {error}");
    Reply::whisper("I could not keep that: my database does not answer. Nothing has changed.")
}

/// False where there would be too many.
fn apply(settings: &mut CommunitySettings, change: Change) -> bool {
    match change {
        Change::Show => {}
        Change::Channel { channel, on } => return put(&mut settings.channels, channel, on),
        Change::Moderators { role, on } => return put(&mut settings.moderators, role, on),
        Change::Private(on) => settings.private = on,
        Change::Log(channel) => settings.log = channel,
        Change::Interval(minutes) => settings.interval = minutes.min(1_440),
        Change::Deletions(on) => settings.delete_with_question = on,
    }
    true
}

fn put(list: &mut Vec<u64>, id: u64, on: bool) -> bool {
    list.retain(|&known| known != id);
    if on {
        list.push(id);
    }
    list.len() <= MOST
}

fn described(settings: &CommunitySettings) -> String {
    let list = |ids: &[u64], mark: &str| {
        let shown: Vec<String> = ids.iter().take(20).map(|id| format!("<{mark}{id}>")).collect();
        match ids.len() {
            0 => "none".to_owned(),
            many if many > 20 => format!("{} and {} more", shown.join(" "), many - 20),
            _ => shown.join(" "),
        }
    };
    let yes = |on: bool| if on { "yes" } else { "no" };
    format!(
        "- Channels where I answer clear questions uncalled: {}\n\
         - Minutes between two uncalled replies to one person: {}\n\
         - /ask answers only the asker if they do not say: {}\n\
         - Where I tell moderators of urgent advice: {}\n\
         - Roles that may look after what I know: {}\n\
         - My reply goes when its question is deleted: {}",
        list(&settings.channels, "#"),
        settings.interval,
        yes(settings.private),
        settings.log.map_or("nowhere".to_owned(), |channel| format!("<#{channel}>")),
        list(&settings.moderators, "@&"),
        yes(settings.delete_with_question),
    )
}
