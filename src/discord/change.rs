//! When a question is edited or deleted, its reply goes with it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serenity::model::event::MessageUpdateEvent;

use super::bot::Bot;
use super::chat::{self, Call, Follows, Heard};
use super::compose::{Composed, place};
use super::cooldown::May;
use super::queue::Lane;
use super::words::{typed, with_title};
use crate::answer::Answerer;
use crate::store::{Kept, StoreError, Whose};

/// So long after a question its reply follows an edit, in milliseconds.
const EDITABLE: u64 = 5 * 60 * 1_000;
/// So long at most an edit waits for the pause after the one before; well within the time above.
const EDIT_PAUSE: Duration = Duration::from_secs(30);
/// Discord's ids count milliseconds from 2015 on.
const DISCORD_EPOCH: u64 = 1_420_070_400_000;

/// A question that was edited.
#[derive(Debug)]
pub(super) struct Edited {
    heard: Heard,
}

impl Edited {
    /// Where it stands.
    pub(super) fn channel(&self) -> u64 {
        self.heard.channel
    }
}

/// Looks at an edit as it comes in, as `chat::hear` looks at a message.
pub(super) fn hear(bot: &Bot, answerer: &Answerer, event: &MessageUpdateEvent) -> Option<(Lane, Edited)> {
    let us = bot.us()?.user;
    let (channel, message) = (event.channel_id.get(), event.id.get());
    let author = match &event.author {
        Some(author) => (!author.bot && author.id.get() != us).then(|| author.id.get()),
        // An edit may tell no more than what has changed.
        None => bot.memory.history().author_of(channel, message),
    }?;
    let is_person_s = event.webhook_id.flatten().is_none();
    // Discord sends an update too when it has looked up a link; only an edit has a time.
    let is_edited = event.edited_timestamp.is_some() || event.author.is_none();
    let content = event.content.as_deref().filter(|_| is_person_s && is_edited)?;
    let server = event.guild_id.map_or(0, |id| id.get());
    let text = typed(content);
    let kind = event.kind.unwrap_or_default();
    let to = event.message_reference.as_ref().and_then(Option::as_ref);
    let before = event.referenced_message.as_ref().and_then(Option::as_deref);
    let follows = Follows::by(us, kind, to, event.mentions.as_deref().unwrap_or_default(), before);
    let call = match text.len() < content.trim().len() {
        _ if server == 0 => Call::Private,
        true => Call::Mention,
        false if follows.is_some() => Call::Reply,
        false if bot.memory.posted().helped.get(message).is_some() => Call::Helped,
        false => Call::No,
    };
    let text = with_title(bot, message, channel, text);
    if bot.memory.history().is_known(place(channel, author), message, &text) {
        return None;
    }
    // What a helper looked up is kept nowhere, and stays so.
    let of_another = call == Call::Helped;
    let (is_spoken, urgent) = (false, false);
    let heard = Heard { message, channel, server, author, text, of_another, call, follows, is_spoken, urgent };
    let (lane, heard) = chat::judge(bot, answerer, heard)?;
    // The reply is to what somebody else said, and that has not changed.
    if lane != Lane::Urgent && bot.memory.posted().called_to.get(message).is_some() {
        return None;
    }
    let lane = if lane == Lane::Urgent { lane } else { Lane::Asked };
    Some((lane, Edited { heard }))
}

/// Changes the reply to an edited question; one that shows an urgent sign gets its reply at any time.
pub(super) async fn edited(bot: &Arc<Bot>, Edited { mut heard }: Edited) {
    let alone = bot.alone_with(heard.message).await;
    // Where it was edited again since, that edit says what holds, whichever comes first.
    if !heard.urgent && chat::edited_since(bot, &heard).is_some() {
        return;
    }
    let kept = match reply_to(bot, heard.message).await {
        Ok(kept) => kept,
        Err(error) => return tracing::warn!("the reply to an edited question was not found: {error}"),
    };
    let Some((whose, kept)) = kept.filter(|_| is_recent(heard.message)) else {
        if heard.urgent {
            drop(alone);
            chat::reply(bot, heard).await;
        }
        return;
    };
    let composed = chat::composed(bot, &heard).await;
    heard.urgent |= composed.as_ref().is_some_and(Composed::is_urgent);
    if !heard.urgent && must_wait(bot, &heard) {
        return;
    }
    let Some(composed) = composed else {
        if !must_stay(bot, &heard) {
            remove(bot, heard.message, whose, kept).await;
        }
        return;
    };
    if let Err(error) = bot.rest.edit(kept.channel, kept.reply, &composed.reply).await {
        tracing::info!("a reply was not edited: {error}");
        if heard.urgent {
            // Somebody may have deleted the reply: the advice comes as a new one.
            if let Err(error) = bot.store.forget_reply(heard.message, whose).await {
                tracing::warn!("a lost reply was not forgotten: {error}");
            }
            drop(alone);
            chat::reply(bot, heard).await;
        }
        return;
    }
    bot.memory.history().asked(kept.reply, &heard.text, Instant::now());
    if composed.is_urgent() {
        super::notice::emergency(bot, heard.server, kept.channel, Some(kept.reply)).await;
    }
}

/// Whether the reply was changed only a moment ago. Then it is changed once more when the pause is over, to what
/// the question says by then.
fn must_wait(bot: &Arc<Bot>, heard: &Heard) -> bool {
    let pause = bot.cooldown.min(EDIT_PAUSE);
    let may = bot.memory.turns().may_edit(heard.message, pause, Instant::now());
    if let May::WaitAndTell(left) = may {
        let (bot, mut heard) = (Arc::clone(bot), heard.clone());
        tokio::spawn(async move {
            tokio::time::sleep(left).await;
            chat::as_it_stands(&bot, &mut heard);
            edited(&bot, Edited { heard }).await;
        });
    }
    may != May::GoOn
}

/// Whether a reply stays though nothing is said to the message as it stands now: urgent advice does, and what was
/// said to a post whose title is not remembered any more.
fn must_stay(bot: &Bot, heard: &Heard) -> bool {
    bot.memory.history().was_told(place(heard.channel, heard.author), Instant::now())
        || heard.opens_post() && bot.memory.known().posts.get(heard.channel).is_none()
}

/// Removes the replies to deleted questions, where the server wants that.
pub(super) async fn deleted(bot: &Bot, server: u64, channel: u64, messages: &[u64]) {
    let removes = bot.settings(server).await.delete_with_question;
    for &message in messages {
        bot.memory.history().remove(channel, message);
        let _alone = bot.alone_with(message).await;
        for whose in Whose::ALL {
            match bot.store.reply_to(message, whose).await {
                Ok(Some(kept)) if removes => remove(bot, message, whose, kept).await,
                Ok(_) => {}
                Err(error) => tracing::warn!("the reply to a deleted question was not found: {error}"),
            }
        }
    }
}

/// The reply that changes with a question.
async fn reply_to(bot: &Bot, question: u64) -> Result<Option<(Whose, Kept)>, StoreError> {
    for whose in Whose::ALL {
        if let Some(kept) = bot.store.reply_to(question, whose).await? {
            return Ok(Some((whose, kept)));
        }
    }
    Ok(None)
}

async fn remove(bot: &Bot, question: u64, whose: Whose, kept: Kept) {
    if let Err(error) = bot.rest.delete(kept.channel, kept.reply).await
        && !error.is_stale()
    {
        tracing::info!("a reply was not removed: {error}");
    }
    if let Err(error) = bot.store.forget_reply(question, whose).await {
        tracing::warn!("a removed reply was not forgotten: {error}");
    }
}

fn is_recent(message: u64) -> bool {
    let written = (message >> 22) + DISCORD_EPOCH;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.is_ok_and(|now| now.as_millis() < u128::from(written + EDITABLE))
}
