//! Warning signs where they are easily missed.

use super::{ADVICE, COVERED, EMERGENCY};
use crate::support::discord::{GENERAL, bot, bot_with, read};

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

#[test]
fn a_sign_that_shows_only_with_the_question_before_waits_for_no_pause() {
    bot_with(
        &[("SACRUM_COOLDOWN_SECONDS", "3600")],
        |_| {},
        async |discord| {
            for _ in 0..4 {
                discord.reply(discord.says("mia", GENERAL, &format!("@bot {COVERED}"))).await;
            }
            let before = discord.reply(discord.says("max", GENERAL, "@bot a thorn hit me")).await;
            let before = before["id"].as_str().unwrap().parse().unwrap();
            let follow_up = discord.replies("mia", GENERAL, before, "i cannot open my eye");
            assert!(read(&discord.reply(follow_up).await).contains(ADVICE));
        },
    );
}
