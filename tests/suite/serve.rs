//! `sacrum serve`: the real program against a Discord of our own (support/discord.rs).

mod chat;
mod commands;
mod communities;
mod drops;
mod faults;
mod gateway;
mod manners;
mod moderate;
mod muscles;
mod running;
mod safety;
mod shown;
mod signs;
#[cfg(target_os = "linux")]
mod starting;

use crate::support::discord::{FakeDiscord, GENERAL};

/// A question that tests/corpora/garden answers with high confidence, and words of its answer.
const COVERED: &str = "when should i water my roses?";
const ANSWER: &str = "in the morning, twice a week";
/// One that it does not.
const UNCOVERED: &str = "who was the first to prune roses in france?";
/// One that shows an emergency, and words of the advice.
const EMERGENCY: &str = "zyzzyva, a thorn went into my eye";
const ADVICE: &str = "112";

/// Asks in public as often as one may before a pause begins.
async fn mia_asks_until_the_pause(discord: &FakeDiscord) {
    for _ in 0..4 {
        discord.reply(discord.says("mia", GENERAL, &format!("@bot {COVERED}"))).await;
    }
}
