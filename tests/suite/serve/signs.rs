//! Warning signs where they are easily missed.

use super::{ADVICE, EMERGENCY};
use crate::support::discord::{bot, read};

#[test]
fn a_sign_in_a_post_s_title_counts_though_its_text_only_calls_the_bot() {
    bot(async |discord| {
        for (who, text) in [("mia", "@bot can you help?"), ("ann", "@bot")] {
            let post = discord.opens_post(who, EMERGENCY, text);
            let reply = discord.reply(post).await;
            assert!(read(&reply).contains(ADVICE), "{text}: {reply}");
        }
    });
}
