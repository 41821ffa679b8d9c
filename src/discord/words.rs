//! What a message says: its text without what Discord writes in it (mentions, emoji, times), its poll, what it forwards, and
//! the title of the post that it opens.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use regex::Regex;
use serenity::model::channel::Message;

use super::bot::Bot;
use super::rest::RestError;

/// So long a message waits for what must be looked up, and no longer: a sign may stand in its own text.
const LOOKING_UP: Duration = Duration::from_secs(2);
/// So long nothing is looked up again that could not be.
const UNKNOWN: Duration = Duration::from_secs(60);
/// How a mention of a role begins.
const ROLE: &str = "<@&";
/// What Discord writes for a mention, a channel, a server's emoji, a time and a command: nobody typed it.
static MARKUP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<(?:@[!&]?|#|a?:\w+:|t:|/[^<>:]+:|id:)[^<>\s]*>").expect("the pattern above"));

/// All that can be read in a message: what was written, what a poll asks, and what was forwarded.
pub(super) fn content(message: &Message) -> String {
    let asked = message.poll.as_deref().and_then(|poll| poll.question.text.as_deref());
    let forwarded = message.message_snapshots.iter().map(|forwarded| forwarded.content.as_str());
    let all = [message.content.as_str()].into_iter().chain(asked).chain(forwarded);
    all.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A message as it is judged: the first one of a post with its title, since what is asked may stand there.
pub(super) fn with_title(bot: &Bot, message: u64, channel: u64, text: String) -> String {
    match title(bot, message, channel) {
        Some(title) => titled(&title, &text),
        None => text,
    }
}

/// The title of the post that a message opens: such a message has the post's id.
fn title(bot: &Bot, message: u64, channel: u64) -> Option<String> {
    let known = bot.memory.known();
    known.posts.get(message).filter(|_| message == channel).map(|(_, title)| title.clone())
}

/// Looks a post's title up, where nobody has told it.
pub(super) async fn know_title(bot: &Bot, post: u64) {
    if bot.memory.known().posts.get(post).is_some() {
        return;
    }
    if let Some(known) = look_up(bot, post, bot.rest.post_of(post)).await {
        bot.memory.known().posts.insert(post, known);
    }
}

/// Looks up which role is ours, where a message mentions one before its server has told us.
pub(super) async fn know_role(bot: &Bot, server: u64, text: &str) {
    if server == 0 || !text.contains(ROLE) || bot.memory.known().roles.get(server).is_some() {
        return;
    }
    let Some(us) = bot.us() else { return };
    if let Some(role) = look_up(bot, server, bot.rest.role_of(server, us.user)).await {
        let mut known = bot.memory.known();
        // What was told at the gateway meanwhile is newer.
        if known.roles.get(server).is_none() {
            known.roles.insert(server, role);
        }
    }
}

/// What Discord knows of a post or a server, unless it could not say so a moment ago.
async fn look_up<T>(bot: &Bot, id: u64, asked: impl Future<Output = Result<T, RestError>>) -> Option<T> {
    if !bot.memory.known().unknown.is_free(&id, Instant::now()) {
        return None;
    }
    match tokio::time::timeout(LOOKING_UP, asked).await {
        Ok(Ok(known)) => return Some(known),
        Ok(Err(error)) => tracing::debug!("a post or server could not be looked up: {error}"),
        Err(_) => tracing::debug!("a post or server could not be looked up in time"),
    }
    bot.memory.known().unknown.ask(id, UNKNOWN, 0, Instant::now());
    None
}

/// The title of the post that a message opens, and what stands under it: what is asked may stand in one alone.
pub(super) fn parts(bot: &Bot, message: u64, channel: u64, text: &str) -> Vec<String> {
    let title = title(bot, message, channel);
    let parts = title.and_then(|title| Some([text.strip_prefix(title.as_str())?.trim().to_owned(), title]));
    parts.into_iter().flatten().collect()
}

pub(super) fn titled(title: &str, text: &str) -> String {
    format!("{title}\n{text}").trim_end().to_owned()
}

/// How we are mentioned in a server: by our name, or by the role that Discord made for us there.
pub(super) fn mentions(bot: &Bot, server: u64) -> Vec<String> {
    let us = bot.us().into_iter().flat_map(|us| [format!("<@{}>", us.user), format!("<@!{}>", us.user)]);
    let role = bot.memory.known().roles.get(server).copied().flatten();
    us.chain(role.map(|role| format!("{ROLE}{role}>"))).collect()
}

/// What a person typed of a text: without mentions of anybody, and what else Discord writes in it.
pub(super) fn typed(text: &str) -> String {
    MARKUP.replace_all(text, " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_discord_writes_was_typed_by_nobody() {
        for (text, said) in [
            ("<@123> how long", "how long"),
            ("<@!123><@&4> how long", "how long"),
            ("see <#5> and </ask me:6>", "see   and"),
            ("numb <:sad:7> since <t:8:R> <a:dance_2:9>", "numb   since"),
            ("pain <3 and a < b > c", "pain <3 and a < b > c"),
        ] {
            assert_eq!(typed(text), said);
        }
    }
}
