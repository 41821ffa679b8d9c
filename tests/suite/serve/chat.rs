//! Mentions, replies, direct messages, chosen channels and forums; edits and deletions.

use serde_json::json;

use super::{ANSWER, COVERED, EMERGENCY, UNCOVERED};
use crate::support::discord::{BOT, CHOSEN, FORUM, FakeDiscord, GENERAL, GUILD, OUR_ROLE, Press, bot, bot_with, read};

/// Words of the answer on pruning.
const PRUNING: &str = "forsythia";

/// Moderators choose a channel, and how often one person is answered unprompted there.
pub(super) async fn choose(discord: &FakeDiscord, channel: u64, minutes: u64) {
    let channel = json!([{"name": "channel", "type": 7, "value": channel.to_string()}]);
    discord.answer(discord.setup("owner", "channel", channel)).await;
    let minutes = json!([{"name": "minutes", "type": 4, "value": minutes}]);
    discord.answer(discord.setup("owner", "interval", minutes)).await;
}

#[test]
fn a_mention_is_answered_as_a_reply_that_pings_only_its_author() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        let reply = discord.reply(question).await;
        assert!(read(&reply).contains(ANSWER), "{reply}");
        assert_eq!(reply["allowed_mentions"], json!({"parse": [], "replied_user": true}));
    });
}

#[test]
fn a_mention_of_the_bot_s_own_role_is_one_too() {
    bot(async |discord| {
        discord.says("ann", GENERAL, &format!("<@&77> {COVERED}"));
        let question = discord.says("mia", GENERAL, &format!("<@&{OUR_ROLE}> {COVERED}"));
        assert!(read(&discord.reply(question).await).contains(ANSWER));
        assert_eq!(discord.in_channel(GENERAL).len(), 1, "another role is none");
    });
}

#[test]
fn a_bare_mention_under_a_question_answers_that_question() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, COVERED);
        let call = discord.replies("helper", GENERAL, question, "@bot");
        let reply = discord.reply(call).await;
        assert!(read(&reply).contains(ANSWER));
        // However that call is worded later.
        discord.edits(call, "@bot please");
        discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
        let id: u64 = reply["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(discord.shared.state().messages[&id], reply);
        let hello = discord.says("mia", GENERAL, "@bot");
        assert!(read(&discord.reply(hello).await).contains("Ask me a question"));
    });
}

#[test]
fn a_reply_to_an_answer_carries_the_topic_over() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, "@bot when do i prune roses?");
        let answer = discord.reply(question).await["id"].as_str().unwrap().parse().unwrap();
        let follow_up = discord.replies("mia", GENERAL, answer, "and how do i do it?");
        assert!(read(&discord.reply(follow_up).await).contains(PRUNING));
        // Also when the bot has forgotten, after a restart.
        discord.stop().await;
        discord.start();
        discord.until("the bot is back", |state| (state.ready > 0).then_some(())).await;
        let later = discord.replies("max", GENERAL, answer, "and how do i do it?");
        assert!(read(&discord.reply(later).await).contains(PRUNING));
        // Thanks are not answered.
        discord.replies("mia", GENERAL, answer, "thanks a lot!");
        let marker = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        discord.reply(marker).await;
        assert_eq!(discord.in_channel(GENERAL).len(), 4);
    });
}

#[test]
fn a_reply_to_an_answer_that_is_gone_or_not_shown_carries_the_topic_over() {
    bot(async |discord| {
        for (at, shown) in [json!(null), json!({})].into_iter().enumerate() {
            let answer = discord.reply(discord.says("mia", GENERAL, "@bot when do i prune roses?")).await;
            let is_sent = |state: &mut crate::support::discord::State| {
                (state.log.matches(" replied").count() > 2 * at).then_some(())
            };
            discord.until("the bot has sent it", is_sent).await;
            // It remembers what it was asked after that, and before this.
            for name in ["about", "help"] {
                discord.answer(discord.slash("max", GENERAL, name)).await;
            }
            let ours = answer["author"].clone();
            let follow_up = discord.says_as("mia", GENERAL, "and how do i do it?", |message| {
                message["type"] = 19.into();
                message["mentions"] = json!([ours]);
                message["message_reference"] =
                    json!({"type": 0, "message_id": answer["id"], "channel_id": GENERAL.to_string()});
                if shown.is_null() {
                    message["referenced_message"] = shown.clone();
                }
            });
            assert!(read(&discord.reply(follow_up).await).contains(PRUNING), "{shown}");
        }
    });
}

#[test]
fn a_direct_message_is_answered_and_keeps_its_topic() {
    bot(async |discord| {
        discord.reply(discord.whispers("mia", "when do i prune roses?")).await;
        let reply = discord.reply(discord.whispers("mia", "and how do i do it?")).await;
        let thanks = discord.reply(discord.whispers("mia", "thanks a lot!")).await;
        assert!(!read(&thanks).contains(PRUNING), "{thanks}");
        assert!(read(&reply).contains(PRUNING), "{reply}");
    });
}

#[test]
fn unprompted_it_answers_only_clear_questions_in_chosen_channels_and_not_too_often() {
    bot(async |discord| {
        choose(discord, CHOSEN, 10).await;
        discord.says("ann", GENERAL, COVERED);
        for text in [UNCOVERED, "my roses look sad again", "roses are red", "hi", "what is the best pizza topping?"] {
            discord.says("ben", CHOSEN, text);
        }
        let question = discord.says("mia", CHOSEN, COVERED);
        assert!(read(&discord.reply(question).await).contains(ANSWER));
        discord.says("mia", CHOSEN, "when do i prune roses?");
        let other = discord.says("max", CHOSEN, COVERED);
        discord.reply(other).await;
        assert_eq!(discord.in_channel(CHOSEN).len(), 2);
        assert!(discord.in_channel(GENERAL).is_empty());
    });
}

#[test]
fn a_new_post_in_a_chosen_forum_gets_a_first_reply_and_no_second() {
    bot(async |discord| {
        choose(discord, FORUM, 0).await;
        let post = discord.opens_post("mia", "Roses", COVERED);
        assert!(read(&discord.reply(post).await).contains(ANSWER));
        discord.says("max", post, COVERED);
        let off_topic = discord.opens_post("max", "Pizza", "what is the best pizza topping?");
        let marker = discord.opens_post("ann", "Roses", COVERED);
        discord.reply(marker).await;
        assert_eq!((discord.in_channel(post).len(), discord.in_channel(off_topic).len()), (1, 0));
    });
}

#[test]
fn a_post_is_answered_though_its_title_or_its_text_says_nothing_and_so_is_the_next_one() {
    bot(async |discord| {
        choose(discord, FORUM, 1440).await;
        for (title, text) in [("New here", COVERED), (COVERED, "i hope this is the place for it")] {
            let post = discord.opens_post("mia", title, text);
            assert!(read(&discord.reply(post).await).contains(ANSWER), "{title}");
        }
        let uncovered = discord.opens_post("max", "Roses", UNCOVERED);
        discord.reply(discord.opens_post("ann", "New here", COVERED)).await;
        assert!(discord.in_channel(uncovered).is_empty());
    });
}

#[test]
fn an_edited_question_changes_its_reply() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, "@bot what is the best pizza topping?");
        let reply: u64 = discord.reply(question).await["id"].as_str().unwrap().parse().unwrap();
        discord.edits(question, &format!("@bot {COVERED}"));
        discord.until("the reply changes", |state| read(&state.messages[&reply]).contains(ANSWER).then_some(())).await;
        assert_eq!(discord.in_channel(GENERAL).len(), 1);
        // Discord tells of a preview in the same way; nothing has changed then.
        discord.edits(question, &format!("@bot {COVERED}"));
        discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
        let patches = || discord.shared.state().requests.iter().filter(|request| request.method == "PATCH").count();
        assert_eq!(patches(), 1);
        // However long it is; and what is new at its end is new.
        let long = format!("@bot {COVERED} {}", "my garden is large. ".repeat(80));
        let question = discord.says("ann", GENERAL, &long);
        discord.reply(question).await;
        discord.edits(question, &long);
        discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
        assert_eq!(patches(), 1);
        discord.edits(question, &format!("{long} {EMERGENCY}"));
        let advised = |state: &mut crate::support::discord::State| {
            state.bot_messages().any(|message| read(message).contains(super::ADVICE)).then_some(())
        };
        discord.until("advice is given", advised).await;
        assert_eq!(patches(), 2);
    });
}

#[test]
fn an_edit_counts_that_tells_no_more_than_what_has_changed() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, "@bot what is the best pizza topping?");
        let reply: u64 = discord.reply(question).await["id"].as_str().unwrap().parse().unwrap();
        discord.shared.change(|state| {
            let edit = json!({"id": question.to_string(), "channel_id": GENERAL.to_string(),
                "guild_id": GUILD.to_string(), "content": format!("<@{BOT}> {COVERED}")});
            state.dispatch("MESSAGE_UPDATE", Some(GUILD), edit);
        });
        discord.until("the reply changes", |state| read(&state.messages[&reply]).contains(ANSWER).then_some(())).await;
    });
}

#[test]
fn an_answer_that_a_helper_posted_is_edited_and_removed_with_its_question() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, COVERED);
        let found = discord.answer(discord.finds("helper", GENERAL, question)).await;
        discord.answer(discord.presses("helper", GENERAL, &found, &Press::Button("Post it"))).await;
        let reply: u64 = discord.reply(question).await["id"].as_str().unwrap().parse().unwrap();
        for (text, says) in [("when do i prune roses?", PRUNING), (UNCOVERED, "do not cover that")] {
            discord.edits(question, text);
            discord
                .until("the reply changes", |state| read(&state.messages[&reply]).contains(says).then_some(()))
                .await;
        }
        discord.deletes(question);
        discord.until("the reply is gone", |state| (state.deleted == [reply]).then_some(())).await;
    });
}

#[test]
fn an_edit_long_after_the_question_changes_nothing_unless_it_is_urgent() {
    bot(async |discord| {
        // An id of an hour ago.
        let old = discord.shared.change(|state| state.id()) - (3_600_000 << 22);
        let old_id = |message: &mut serde_json::Value| message["id"] = old.to_string().into();
        discord.says_as("mia", GENERAL, "@bot when do i prune roses?", old_id);
        let reply = discord.reply(old).await;
        discord.edits(old, &format!("@bot {COVERED}"));
        discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
        let id: u64 = reply["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(discord.shared.state().messages[&id], reply);
        discord.edits(old, EMERGENCY);
        discord
            .until("advice is given", |state| {
                state.bot_messages().any(|message| read(message).contains(super::ADVICE)).then_some(())
            })
            .await;
    });
}

#[test]
fn a_deleted_question_takes_its_reply_along_unless_the_server_keeps_it() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        discord.reply(question).await;
        discord.stop().await;
        discord.start();
        discord.until("the bot is back", |state| (state.ready > 0).then_some(())).await;
        discord.deletes(question);
        discord.until("the reply is gone", |state| (state.deleted.len() == 1).then_some(())).await;
        let off = json!([{"name": "on", "type": 5, "value": false}]);
        discord.answer(discord.setup("owner", "deletions", off)).await;
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        discord.reply(question).await;
        discord.deletes(question);
        discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
        assert_eq!(discord.shared.state().deleted.len(), 1);
    });
}

#[test]
fn without_the_message_content_intent_all_but_unprompted_replies_works_and_it_says_so_once() {
    bot_with(
        &[],
        |state| state.content_intent = false,
        async |discord| {
            choose(discord, CHOSEN, 0).await;
            discord.says("ann", CHOSEN, COVERED);
            assert!(
                read(&discord.reply(discord.says("mia", GENERAL, &format!("@bot {COVERED}"))).await).contains(ANSWER)
            );
            assert!(read(&discord.answer(discord.ask("mia", GENERAL, COVERED)).await).contains(ANSWER));
            assert!(read(&discord.reply(discord.whispers("mia", COVERED)).await).contains(ANSWER));
            assert!(discord.in_channel(CHOSEN).is_empty());
            let told = discord.shared.state().log.matches("message content intent is switched off").count();
            assert_eq!(told, 1);
        },
    );
}

#[test]
fn without_that_intent_each_of_the_shards_that_discord_recommends_begins_once_more_and_in_its_time() {
    let before = |state: &mut crate::support::discord::State| (state.shards, state.content_intent) = (2, false);
    bot_with(&[], before, async |discord| {
        discord.until("both shards are up", |state| (state.ready == 2).then_some(())).await;
        let content = |identify: &serde_json::Value| identify["intents"].as_u64().unwrap() & 1 << 15 != 0;
        let state = discord.shared.state();
        let begun: Vec<_> = state.identifies.iter().map(|of| (of["shard"].clone(), content(of))).collect();
        assert_eq!(begun, [(json!([0, 2]), true), (json!([0, 2]), false), (json!([1, 2]), false)]);
    });
}

#[test]
fn a_reply_to_a_command_s_answer_carries_the_topic_over_and_an_edit_of_it_stays_a_reply() {
    bot(async |discord| {
        let asked = discord.ask("mia", GENERAL, "when do i prune roses?");
        discord.answer(asked).await;
        let answer = discord.shows(GENERAL, asked);
        let follow_up = discord.replies("max", GENERAL, answer, "and how do i do it?");
        let reply: u64 = discord.reply(follow_up).await["id"].as_str().unwrap().parse().unwrap();
        discord.edits(follow_up, COVERED);
        discord.until("the reply changes", |state| read(&state.messages[&reply]).contains(ANSWER).then_some(())).await;
    });
}

#[test]
fn a_voice_message_is_answered_kindly_and_a_sticker_with_silence() {
    bot(async |discord| {
        let alone = discord.shared.change(|state| state.private_channel(crate::support::discord::user_id("mia")));
        let sticker = json!([{"id": "5", "name": "rose", "format_type": 1}]);
        discord.says_as("mia", alone, "", |message| message["sticker_items"] = sticker);
        let voice = discord.says_as("mia", alone, "", |message| message["flags"] = (1 << 13).into());
        let reply = read(&discord.reply(voice).await);
        assert!(reply.contains("voice messages") && reply.contains("write"), "{reply}");
        discord.reply(discord.whispers("mia", COVERED)).await;
        assert_eq!(discord.in_channel(alone).len(), 2);
    });
}

#[test]
fn replies_go_with_questions_that_are_deleted_at_once() {
    bot(async |discord| {
        let mut asked = Vec::new();
        for who in ["mia", "max", "ann"] {
            let question = discord.says(who, GENERAL, &format!("@bot {COVERED}"));
            discord.reply(question).await;
            asked.push(question);
        }
        discord.until("all is kept", |state| (state.log.matches("replied").count() == 3).then_some(())).await;
        discord.deletes_all(GENERAL, &asked);
        discord.until("the replies are gone", |state| (state.deleted.len() == 3).then_some(())).await;
    });
}
