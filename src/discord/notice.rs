//! What moderators are told: that urgent advice was given, and what permission is missing. Each once, and
//! never with anybody's words.

use super::bot::Bot;
use super::chat::{nonce, privately};
use super::reply::Reply;
use crate::store::CommunityId;

/// Tells the moderators' channel that urgent advice was given, and where; not what was said, nor why.
pub(super) async fn emergency(bot: &Bot, server: u64, channel: u64, reply: Option<u64>) {
    let Some(log) = bot.settings(server).await.log else { return };
    let place = match reply {
        Some(reply) => format!("https://discord.com/channels/{server}/{channel}/{reply}"),
        None => format!("https://discord.com/channels/{server}/{channel}"),
    };
    let text = format!("I gave somebody urgent advice. Perhaps look after them: {place}");
    let nonce = nonce('n', reply.unwrap_or_else(|| rand_id(channel)));
    if let Err(error) = bot.rest.post(log, None, &Reply::line(text), &nonce).await {
        tracing::warn!("the log channel could not be told: {error}");
    }
}

/// Tells a moderator what to grant where, once: in the log channel, else the server's owner.
pub(super) async fn missing_permission(bot: &Bot, server: u64, channel: u64) {
    if server == 0 {
        return;
    }
    match bot.store.is_news(CommunityId(server), &format!("permission:{channel}")).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return tracing::warn!("a missing permission was not told: {error}"),
    }
    tracing::warn!(server, channel, "I may not write in a channel; its moderators are told once");
    let text = format!(
        "I may not write in <#{channel}>. Please give me these permissions there: View Channel, Send Messages, \
         Send Messages in Threads, Embed Links, Read Message History. Until then I am silent there."
    );
    let reply = Reply::line(text);
    let settings = bot.settings(server).await;
    if let Some(log) = settings.log.filter(|&log| log != channel)
        && bot.rest.post(log, None, &reply, &nonce('m', channel)).await.is_ok()
    {
        return;
    }
    let known = bot.memory().owners.get(server).copied();
    let owner = match known {
        Some(owner) => Ok(owner),
        None => bot.rest.owner(server).await,
    };
    match owner {
        Ok(owner) if owner != 0 => _ = privately(bot, owner, &reply, &nonce('m', channel)).await,
        Ok(_) => {}
        Err(error) => tracing::debug!("the owner of a server is not known: {error}"),
    }
}

/// Something that differs from notice to notice where no message gives it a name.
fn rand_id(channel: u64) -> u64 {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    channel ^ u64::from_le_bytes(bytes)
}
