//! Messages in chat: which of them get a reply, and what happens around it.

use std::time::{Duration, Instant};

use serenity::model::channel::{Message, MessageFlags, MessageReference, MessageType};
use serenity::model::user::User;

use super::bot::Bot;
use super::compose::{Asked, Composed, Way, compose, place};
use super::cooldown::Turn;
use super::history::Told;
use super::queue::Lane;
use super::reply::Reply;
use super::rest::{Patience, RestError};
use super::words::{content, know_title, mentions, parts, titled, typed, with_title};
use super::{names, notice};
use crate::answer::{Answerer, Outcome};
use crate::store::{Kept, Whose};
use crate::triage::Urgent;

/// What is said to somebody who speaks.
const SPOKEN: &str = "I cannot listen to voice messages. Please write to me what you would like to know.";

/// A message that may get a reply.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    pub(super) message: u64,
    pub(super) channel: u64,
    /// 0 in private.
    pub(super) server: u64,
    pub(super) author: u64,
    /// What was said, without the mention of us.
    pub(super) text: String,
    /// Whether somebody else had said it.
    pub(super) of_another: bool,
    pub(super) call: Call,
    /// The message it replies to, where that is ours.
    pub(super) follows: Option<Follows>,
    /// Whether it was spoken: then we do not know what it says.
    pub(super) is_spoken: bool,
    /// Whether it shows a sign that nothing may hold back.
    pub(super) urgent: bool,
}

/// Whether a message is meant for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// A direct message.
    Private,
    /// We are mentioned.
    Mention,
    /// It replies to us.
    Reply,
    /// A helper had an answer posted to it.
    Helped,
    /// Not meant for us.
    No,
}

/// What a reply to one of ours tells of the question before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Follows {
    reply: u64,
    interaction: Option<u64>,
    question: Option<u64>,
}

impl Heard {
    /// Whether it opens a post: then it has the post's id.
    pub(super) fn opens_post(&self) -> bool {
        self.message == self.channel
    }
}

impl Follows {
    /// What is known of the message that another one replies to; `None` where that is not ours. It may be gone, or not
    /// be shown: then whom the reply calls says whose it was.
    pub(super) fn by(
        us: u64,
        kind: MessageType,
        to: Option<&MessageReference>,
        called: &[User],
        before: Option<&Message>,
    ) -> Option<Self> {
        match before {
            Some(before) => (before.author.id.get() == us).then(|| Self {
                reply: before.id.get(),
                interaction: before.interaction_metadata.as_deref().map(interaction_id),
                question: before.message_reference.as_ref().and_then(|to| to.message_id).map(|id| id.get()),
            }),
            None if kind == MessageType::InlineReply && called.iter().any(|user| user.id.get() == us) => {
                Some(Self { reply: to?.message_id?.get(), interaction: None, question: None })
            }
            None => None,
        }
    }
}

/// Looks at a message as it comes in: remembers it, judges it, and says how soon it has to be dealt with.
/// `None` where it is none of our business.
pub(super) fn hear(bot: &Bot, answerer: &Answerer, message: &Message) -> Option<(Lane, Heard)> {
    let us = bot.us()?.user;
    let speaks = matches!(message.kind, MessageType::Regular | MessageType::InlineReply);
    if !speaks || message.author.bot || message.author.system || message.webhook_id.is_some() {
        return None;
    }
    if message.author.id.get() == us || !bot.note_seen(message.id.get()) {
        return None;
    }
    names::heard(bot, message);
    let server = message.guild_id.map_or(0, |id| id.get());
    let referenced = message.referenced_message.as_deref();
    let mentioned = mentions(bot, server).iter().any(|mention| message.content.contains(mention));
    let follows = Follows::by(us, message.kind, message.message_reference.as_ref(), &message.mentions, referenced);
    let call = match follows {
        _ if server == 0 => Call::Private,
        _ if mentioned => Call::Mention,
        Some(_) => Call::Reply,
        None => Call::No,
    };
    let mut text = typed(&content(message));
    // "@us" under somebody's question means that question.
    let asked = referenced.filter(|before| text.is_empty() && call == Call::Mention && !before.author.bot);
    let is_forwarded = !message.message_snapshots.is_empty();
    let of_another = asked.is_some() || is_forwarded;
    if let Some(asked) = asked {
        text = typed(&content(asked));
        bot.memory.posted().called_to.insert(message.id.get(), ());
    }
    text = with_title(bot, message.id.get(), message.channel_id.get(), text);
    // A sticker asks nothing.
    if text.is_empty() && call == Call::Private && !message.sticker_items.is_empty() {
        return None;
    }
    let heard = Heard {
        message: message.id.get(),
        channel: message.channel_id.get(),
        server,
        author: message.author.id.get(),
        follows,
        text,
        of_another,
        call,
        is_spoken: message.flags.is_some_and(|flags| flags.contains(MessageFlags::IS_VOICE_MESSAGE)),
        urgent: false,
    };
    // A question to somebody else is theirs to answer.
    let is_another_s = message.kind == MessageType::InlineReply || !message.mentions.is_empty() || is_forwarded;
    let to_another = call == Call::No && is_another_s;
    judge(bot, answerer, heard).filter(|(lane, _)| *lane == Lane::Urgent || !to_another)
}

/// Judges what an author said, together with what they said before.
pub(super) fn judge(bot: &Bot, answerer: &Answerer, mut heard: Heard) -> Option<(Lane, Heard)> {
    if heard.text.is_empty() {
        return (heard.call == Call::Mention || heard.call == Call::Private).then_some((Lane::Asked, heard));
    }
    let place = place(heard.channel, heard.author);
    let said = bot.hear(place, heard.message, &heard.text);
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let is_urgent = |urgent: &Urgent<'_>| urgent.level.overrides_all();
    let alone = answerer.check(&[&heard.text]).filter(is_urgent);
    let anew = alone.is_some();
    if let Some(urgent) = alone.or_else(|| answerer.check(&said).filter(is_urgent)) {
        // What has been told need not be told again under each further message, unless that shows it anew; who speaks
        // to us is never left without a word.
        let told = bot.memory.history().tell(place, urgent.flag, urgent.level, Instant::now());
        heard.urgent = heard.call != Call::No || told == Told::Never || told == Told::Before && anew;
        if !heard.urgent {
            return None;
        }
    }
    let lane = match heard.call {
        _ if heard.urgent => Lane::Urgent,
        Call::No if heard.server == 0 => return None,
        Call::No => Lane::Overheard,
        _ => Lane::Asked,
    };
    Some((lane, heard))
}

/// Deals with a message.
pub(super) async fn reply(bot: &Bot, mut heard: Heard) {
    let _alone = bot.alone_with(heard.message).await;
    as_it_stands(bot, &mut heard);
    let settings = bot.settings(heard.server).await;
    let unasked = heard.call == Call::No && !heard.urgent;
    if unasked && (is_resting(bot, &heard) || !is_chosen(bot, &mut heard, &settings.channels).await) {
        return;
    }
    let Some(composed) = composed(bot, &heard).await else { return };
    // A sign may show only together with the question before.
    heard.urgent |= composed.is_urgent();
    if !heard.urgent && !may_reply(bot, &heard, settings.interval).await {
        return;
    }
    deliver(bot, &heard, composed).await;
}

/// A message may be edited while it waits.
pub(super) fn as_it_stands(bot: &Bot, heard: &mut Heard) {
    if let Some(now) = edited_since(bot, heard) {
        heard.text = now;
    }
}

/// What a message says now, where that is something else.
pub(super) fn edited_since(bot: &Bot, heard: &Heard) -> Option<String> {
    let history = bot.memory.history();
    let now = history.text(place(heard.channel, heard.author), heard.message);
    now.filter(|now| !heard.text.starts_with(now)).map(str::to_owned)
}

/// What there is to say to it.
pub(super) async fn composed(bot: &Bot, heard: &Heard) -> Option<Composed> {
    let way = match heard.call {
        Call::Private => Way::Private,
        Call::No if !heard.urgent => Way::Overheard,
        _ => Way::Public,
    };
    if heard.is_spoken && heard.text.is_empty() {
        return Some(Composed { reply: Reply::line(SPOKEN), urgent: None, outcome: None, kept: None });
    }
    let mut said = bot.memory.history().of(place(heard.channel, heard.author), Instant::now());
    let previous = previous(bot, heard, &said).await;
    let text = if heard.text.is_empty() { "?" } else { &heard.text };
    // What is long is remembered in part, and judged whole.
    if let Some(last) = said.last_mut().filter(|last| heard.text.starts_with(last.as_str())) {
        heard.text.clone_into(last);
    }
    let parts = parts(bot, heard.message, heard.channel, text);
    let asked = Asked {
        text,
        parts: &parts,
        said: &said,
        previous: previous.as_deref(),
        server: heard.server,
        way,
        target: None,
        of_another: heard.of_another,
    };
    let mut composed = compose(bot, asked).await?;
    // A direct message is private as it is; only interactions are marked so.
    composed.reply.private = false;
    let thanks = heard.call == Call::Reply && composed.outcome == Some(Outcome::NotAQuestion);
    (!thanks).then_some(composed)
}

/// Sends it, and keeps what is needed to change or remove it later.
async fn deliver(bot: &Bot, heard: &Heard, composed: Composed) {
    let sent = post(bot, heard, &composed.reply).await;
    match sent {
        Ok(reply) => {
            tracing::info!(outcome = composed.came(), urgent = ?composed.urgent, call = ?heard.call, "replied");
            bot.memory.history().asked(reply, &heard.text, Instant::now());
            notice::taken(bot, heard.server, heard.channel).await;
            keep(bot, heard.message, Whose::Ours, Kept { channel: heard.channel, reply }).await;
            if composed.is_urgent() {
                notice::emergency(bot, heard.server, heard.channel, Some(reply)).await;
            }
        }
        Err(error) => {
            // Whatever went wrong there, urgent advice still has another way.
            if composed.is_urgent() && privately(bot, heard.author, &composed.reply, &nonce('p', heard.message)).await {
                notice::emergency(bot, heard.server, heard.channel, None).await;
            }
            match error {
                error if error.is_forbidden() => {
                    notice::refused(bot, heard.server, heard.channel, heard.message, &error).await;
                }
                RestError::RefusedBefore => tracing::debug!("no reply: {error}"),
                error if error.is_stale() || error.is_reference_gone() => {
                    tracing::debug!("the question is gone: {error}");
                }
                error => tracing::warn!("a reply was lost: {error}"),
            }
        }
    }
}

/// Keeps which reply goes with a question, so that it is edited and removed with it.
pub(super) async fn keep(bot: &Bot, question: u64, whose: Whose, kept: Kept) {
    if kept.reply == 0 {
        return tracing::warn!(
            "a reply will not be changed with its question: Discord did not say as what it was posted"
        );
    }
    if let Err(error) = bot.store.keep_reply(question, whose, kept).await {
        tracing::warn!("a reply will not be removed with its question: {error}");
    }
}

async fn post(bot: &Bot, heard: &Heard, reply: &Reply) -> Result<u64, RestError> {
    // Advice on an edited message must not be taken for the reply that it had before.
    let name = nonce(if heard.urgent { 'u' } else { 'r' }, heard.message);
    let patience = if heard.urgent { Patience::Advice } else { Patience::Message };
    let sent = bot.rest.post_for(heard.channel, Some(heard.message), reply, &name, patience).await;
    match sent {
        // The message it replies to is gone. Advice is given all the same.
        Err(error) if heard.urgent && error.is_reference_gone() => {
            bot.rest.post_for(heard.channel, None, reply, &nonce('g', heard.message), patience).await
        }
        sent => sent,
    }
}

/// Says something to a person alone, and whether it was said: some take no messages.
pub(super) async fn privately(bot: &Bot, person: u64, reply: &Reply, nonce: &str) -> bool {
    let sent = match bot.rest.private_channel(person).await {
        Ok(channel) => bot.rest.post(channel, None, reply, nonce).await,
        Err(error) => Err(error),
    };
    if let Err(error) = &sent {
        tracing::debug!("a direct message was not taken: {error}");
    }
    sent.is_ok()
}

/// Whether moderators want questions answered here unprompted. Of a forum, only a post's first message.
async fn is_chosen(bot: &Bot, heard: &mut Heard, channels: &[u64]) -> bool {
    if channels.is_empty() || channels.contains(&heard.channel) {
        return !channels.is_empty();
    }
    if !heard.opens_post() {
        return false;
    }
    know_title(bot, heard.channel).await;
    let post = bot.memory.known().posts.get(heard.channel).cloned();
    let Some((_, title)) = post.filter(|(forum, _)| channels.contains(forum)) else { return false };
    if !heard.text.starts_with(&title) {
        heard.text = titled(&title, &heard.text);
    }
    true
}

/// Whether this person had an unprompted reply here not long ago. Each new post gets its first reply.
fn is_resting(bot: &Bot, heard: &Heard) -> bool {
    !heard.opens_post() && bot.memory.turns().rests(heard.server, heard.author, Instant::now())
}

/// Whether it is not too soon, or too much; said privately, once.
async fn may_reply(bot: &Bot, heard: &Heard, interval: u32) -> bool {
    let now = Instant::now();
    if heard.call == Call::No {
        let pause = Duration::from_secs(if heard.opens_post() { 0 } else { u64::from(interval) * 60 });
        return bot.memory.turns().may_have_unprompted(heard.server, heard.author, pause, now);
    }
    let Some(text) = too_soon(bot, heard.server, heard.author) else { return true };
    if let Some(text) = text {
        privately(bot, heard.author, &Reply::line(text), &nonce('c', heard.message)).await;
    }
    false
}

/// `None` where one may go on; else what to tell, where it has not been told yet.
pub(super) fn too_soon(bot: &Bot, server: u64, author: u64) -> Option<Option<String>> {
    match bot.memory.turns().may_ask(server, author, bot.cooldown, Instant::now()) {
        Turn::Theirs => None,
        Turn::NotTheirs => Some(None),
        Turn::TooSoon(left) => {
            let seconds = left.as_secs() + 1;
            let unit = if seconds == 1 { "second" } else { "seconds" };
            Some(Some(format!("One question at a time, please: ask me again in {seconds} {unit}.")))
        }
        Turn::TooMany => Some(Some("I am answering a lot here just now. Please ask me again in a minute.".to_owned())),
    }
}

/// What was asked before a follow-up.
async fn previous(bot: &Bot, heard: &Heard, said: &[String]) -> Option<String> {
    let Some(follows) = heard.follows else {
        // Alone with somebody, what they spoke of last is what they go on about.
        let (_, before) = said.split_last().filter(|_| heard.call == Call::Private)?;
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        return bot.answerer().await.topic(&before).map(str::to_owned);
    };
    let remembered = {
        let history = bot.memory.history();
        let of = |id: u64| history.question_of(id).map(str::to_owned);
        of(follows.reply).or_else(|| follows.interaction.and_then(of))
    };
    if remembered.is_some() {
        return remembered;
    }
    let text = bot.rest.text_of(heard.channel, follows.question?).await;
    let text = text.map_err(|error| tracing::debug!("the question before could not be read: {error}")).ok()?;
    Some(typed(&text)).filter(|text| !text.is_empty())
}

/// A name under which Discord knows a message again; at most 25 characters.
pub(super) fn nonce(what: char, message: u64) -> String {
    format!("{what}{message}")
}

fn interaction_id(metadata: &serenity::model::application::MessageInteractionMetadata) -> u64 {
    use serenity::model::application::MessageInteractionMetadata as Of;
    match metadata {
        Of::Command(of) => of.id.get(),
        Of::Component(of) => of.id.get(),
        Of::ModalSubmit(of) => of.id.get(),
        _ => 0,
    }
}
