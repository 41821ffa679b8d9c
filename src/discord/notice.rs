//! What moderators are told: that urgent advice was given, and what permission is missing. Each once, and
//! never with anybody's words.

use super::bot::Bot;
use super::chat::{nonce, privately};
use super::reply::Reply;
use super::rest::RestError;
use super::words::know_title;
use crate::store::CommunityId;

/// What we need in a channel.
pub(super) const PERMISSIONS: &str =
    "View Channel, Send Messages, Send Messages in Threads, Embed Links, Read Message History";

/// Tells the moderators' channel that urgent advice was given, and where; not what was said, nor why.
pub(super) async fn emergency(bot: &Bot, server: u64, channel: u64, reply: Option<u64>) {
    let Some(log) = bot.settings(server).await.log else { return };
    let reply = reply.filter(|&reply| reply != 0);
    let place = match reply {
        Some(reply) => format!("https://discord.com/channels/{server}/{channel}/{reply}"),
        None => format!("https://discord.com/channels/{server}/{channel}"),
    };
    let text = format!("I gave somebody urgent advice. Perhaps look after them: {place}");
    let id = reply.unwrap_or_else(|| rand_id(channel));
    match bot.rest.post(log, None, &Reply::line(text), &nonce('n', id)).await {
        Ok(_) => taken(bot, server, log).await,
        Err(error) => {
            tracing::warn!("the log channel could not be told: {error}");
            if error.is_gone() {
                lost_log(bot, server, log, id).await;
            } else {
                refused(bot, server, log, id, &error).await;
            }
        }
    }
}

/// Discord refused a message in a channel: should that be for a permission, moderators are told; and it is tried again
/// when permissions change there. What is locked, or who has to be silent for a while, is nobody's mistake.
pub(super) async fn refused(bot: &Bot, server: u64, channel: u64, message: u64, error: &RestError) {
    if server == 0 || !error.is_forbidden() {
        return;
    }
    bot.memory.posted().refusing.insert(channel, server);
    if error.is_permission_missing() {
        missing_permission(bot, server, channel, message).await;
    } else {
        tracing::info!(server, channel, "I may not write in a channel for now: {error}");
    }
}

/// Discord took a message in a channel: where it refused one before, the permission is back, and should it be lost
/// again, that is news.
pub(super) async fn taken(bot: &Bot, server: u64, channel: u64) {
    if bot.rest.take_back_refusal(channel) {
        let place = with_permissions(bot, channel).await;
        forget(bot, server, &permission(place)).await;
        tracing::info!(server, channel = place, "I may write in a channel again");
    }
}

/// Tells a moderator what to grant where.
async fn missing_permission(bot: &Bot, server: u64, channel: u64, message: u64) {
    let place = with_permissions(bot, channel).await;
    let text = format!(
        "I may not write in <#{place}>. Please give me these permissions there: {PERMISSIONS}. Until then I am silent \
         there."
    );
    if once(bot, server, place, &permission(place), text, message).await {
        tracing::warn!(server, channel = place, "I may not write in a channel; its moderators are told once");
    }
}

/// Tells a moderator that the log channel is no more.
async fn lost_log(bot: &Bot, server: u64, log: u64, message: u64) {
    let text = format!(
        "The channel where I told moderators of urgent advice is gone (its id was {log}). Please choose another one \
         with **/setup log**."
    );
    if once(bot, server, log, &format!("log:{log}"), text, message).await {
        tracing::warn!(server, "the log channel is gone; the moderators are told once");
    }
}

/// Tells moderators something of a channel once, in the log channel, else the server's owner; whether it was news. Where
/// nobody can be told, it is tried again the next time.
async fn once(bot: &Bot, server: u64, place: u64, what: &str, text: String, message: u64) -> bool {
    match bot.store.note_news(CommunityId(server), what).await {
        Ok(true) => {}
        Ok(false) => return false,
        Err(error) => {
            tracing::warn!("moderators were not told of {what}: {error}");
            return false;
        }
    }
    if !tell(bot, server, place, &Reply::line(text), &nonce('m', message)).await {
        tracing::warn!(server, "neither a log channel nor the owner takes my messages");
        forget(bot, server, what).await;
    }
    true
}

/// Tells moderators, and whether one was told.
async fn tell(bot: &Bot, server: u64, place: u64, reply: &Reply, nonce: &str) -> bool {
    let settings = bot.settings(server).await;
    if let Some(log) = settings.log.filter(|&log| log != place)
        && bot.rest.post(log, None, reply, nonce).await.is_ok()
    {
        return true;
    }
    let known = bot.memory.known().owners.get(server).copied();
    let owner = match known {
        Some(owner) => Ok(owner),
        None => bot.rest.owner(server).await,
    };
    match owner {
        Ok(owner) => owner != 0 && privately(bot, owner, reply, nonce).await,
        Err(error) => {
            tracing::debug!("the owner of a server is not known: {error}");
            false
        }
    }
}

async fn forget(bot: &Bot, server: u64, what: &str) {
    if let Err(error) = bot.store.forget_news(CommunityId(server), what).await {
        tracing::warn!("moderators will not be told of {what} again: {error}");
    }
}

fn permission(place: u64) -> String {
    format!("permission:{place}")
}

/// Where the permissions of a channel are granted: those of a post or thread in the channel that it hangs on.
async fn with_permissions(bot: &Bot, channel: u64) -> u64 {
    know_title(bot, channel).await;
    let parent = bot.memory.known().posts.get(channel).map(|(parent, _)| *parent);
    parent.filter(|&parent| parent != 0).unwrap_or(channel)
}

/// Something that differs from notice to notice where no message gives it a name.
fn rand_id(channel: u64) -> u64 {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    channel ^ u64::from_le_bytes(bytes)
}
