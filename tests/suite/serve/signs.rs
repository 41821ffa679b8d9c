//! Warning signs where they are easily missed.

use sacrum::answer::Answerer;
use sacrum::corpus::{Corpus, Folder, Level};
use serde_json::json;

use super::chat::choose;
use super::muscles::{corpus, folder, with_muscles};
use super::{ADVICE, ANSWER, COVERED, EMERGENCY, mia_asks_until_the_pause};
use crate::support::discord::{CHOSEN, GENERAL, bot, bot_with, read};

/// The colour of urgent advice.
const ALARM: u32 = 0x00D1_3438;

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
            mia_asks_until_the_pause(discord).await;
            let before = discord.reply(discord.says("max", GENERAL, "@bot a thorn hit me")).await;
            let before = before["id"].as_str().unwrap().parse().unwrap();
            let follow_up = discord.replies("mia", GENERAL, before, "i cannot open my eye");
            assert!(read(&discord.reply(follow_up).await).contains(ADVICE));
        },
    );
}

/// Whatever muscle stands in it: only a name, and nothing else, is looked up without a look at its signs.
#[test]
fn a_message_with_a_sign_is_no_name_of_a_muscle() {
    with_muscles(async |discord| {
        // One or two show only to what was learnt, and this corpus has nothing to learn from.
        let rules = Answerer::new(&Corpus::open(&Folder::Disk(folder().to_owned())).unwrap()).unwrap();
        let shows = |sign: &String| rules.check(&[sign]).is_some_and(|urgent| urgent.level > Level::Soon);
        let signs = corpus().red_flags.flag.into_iter().flat_map(|flag| flag.must.into_values().flatten());
        let signs: Vec<String> = signs.filter(|sign| sign.chars().count() <= 100 && shows(sign)).collect();
        assert!(signs.len() > 400, "{}", signs.len());
        let story = "saddle area is numb should i stretch my piriformis";
        for sign in signs.iter().map(String::as_str).chain([story]) {
            let asked = discord.slash_with("mia", GENERAL, "muscle", &[("name", sign)]);
            let advice = discord.answer(asked).await;
            assert_eq!(advice["embeds"][0]["color"], ALARM, "{sign}: {advice}");
            assert!(discord.files(asked).is_empty() && advice["flags"] == 64, "{sign}: {advice}");
        }
    });
}

#[test]
fn a_poll_and_a_forwarded_message_are_judged_too() {
    bot(async |discord| {
        let poll = discord.says_as("mia", GENERAL, "", |message| {
            let answers = json!([{"answer_id": 1, "poll_media": {"text": "yes"}}]);
            message["poll"] = json!({"question": {"text": EMERGENCY}, "answers": answers, "expiry": null,
                "allow_multiselect": false, "layout_type": 1});
        });
        assert!(read(&discord.reply(poll).await).contains(ADVICE));
        assert!(read(&discord.answer(discord.finds("helper", GENERAL, poll)).await).contains(ADVICE));
        choose(discord, CHOSEN, 0).await;
        let forwards = |who, text: &str| {
            discord.says_as(who, CHOSEN, "", |message| {
                message["message_reference"] = json!({"type": 1, "message_id": "5", "channel_id": "6"});
                message["message_snapshots"] = json!([{"message": {"type": 0, "content": text, "mentions": [],
                    "mention_roles": [], "attachments": [], "embeds": [], "flags": 0, "components": [],
                    "timestamp": "2026-01-01T00:00:00Z", "edited_timestamp": null}}]);
            })
        };
        // A question that somebody else asked elsewhere is not answered uncalled.
        let question = forwards("ann", COVERED);
        assert!(read(&discord.answer(discord.finds("helper", CHOSEN, question)).await).contains(ANSWER));
        let emergency = forwards("ben", EMERGENCY);
        assert!(read(&discord.reply(emergency).await).contains(ADVICE));
        assert!(read(&discord.answer(discord.finds("helper", CHOSEN, emergency)).await).contains(ADVICE));
        discord.reply(discord.says("max", CHOSEN, COVERED)).await;
        assert_eq!(discord.in_channel(CHOSEN).len(), 2);
        // And where somebody calls it to them.
        let call = discord.replies("helper", CHOSEN, emergency, "@bot");
        assert!(read(&discord.reply(call).await).contains(ADVICE));
    });
}
