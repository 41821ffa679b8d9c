//! The names of people who spoke lately or were spoken to: in memory only, so that no question is kept with one.

use std::collections::HashSet;

use serenity::model::application::Interaction;
use serenity::model::channel::Message;
use serenity::model::user::User;

use super::bot::Bot;
use crate::language::words_of;

/// A shorter one says nothing, and may be any word.
const TELLING: usize = 3;

/// Remembers the names in a message: its author's, and those of whom it mentions or answers.
pub(super) fn heard(bot: &Bot, message: &Message) {
    let nick = message.member.as_deref().and_then(|member| member.nick.as_deref());
    know(bot, &message.author, nick);
    message.mentions.iter().for_each(|user| know(bot, user, None));
    if let Some(before) = message.referenced_message.as_deref() {
        know(bot, &before.author, None);
    }
}

/// Remembers the names of whoever uses a command or a button.
pub(super) fn used(bot: &Bot, interaction: &Interaction) {
    let (user, nick) = match interaction {
        Interaction::Command(of) => (&of.user, of.member.as_deref().and_then(|member| member.nick.as_deref())),
        Interaction::Component(of) => (&of.user, of.member.as_ref().and_then(|member| member.nick.as_deref())),
        Interaction::Modal(of) => (&of.user, of.member.as_ref().and_then(|member| member.nick.as_deref())),
        _ => return,
    };
    know(bot, user, nick);
}

/// The words of all names that are remembered.
pub(super) fn known(bot: &Bot) -> HashSet<String> {
    bot.memory.known().names.all().flatten().cloned().collect()
}

fn know(bot: &Bot, user: &User, nick: Option<&str>) {
    if user.bot {
        return;
    }
    let names = [Some(user.name.as_str()), user.global_name.as_deref(), nick];
    let telling = |word: &String| word.chars().count() >= TELLING;
    let words = names.into_iter().flatten().flat_map(words_of).filter(telling).collect();
    bot.memory.known().names.insert(user.id.get(), words);
}
