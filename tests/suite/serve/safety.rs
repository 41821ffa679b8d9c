//! Red flags come before everything; what is private stays so.

use std::time::Duration;

use serde_json::json;

use super::chat::choose;
use super::{ADVICE, COVERED, EMERGENCY, mia_asks_until_the_pause};
use crate::support::discord::{
    CHOSEN, FakeDiscord, Fault, GENERAL, LOG, Press, Request, bot, bot_with, is, read, user,
};

const PRIVATE: &str = "is horse manure good for roses?";

pub(super) async fn log_to(discord: &FakeDiscord, channel: u64) {
    discord
        .answer(discord.setup("owner", "log", json!([{"name": "channel", "type": 7, "value": channel.to_string()}])))
        .await;
}

#[test]
fn an_emergency_is_answered_wherever_it_is_written_and_nothing_stands_under_it() {
    bot(async |discord| {
        let unasked = discord.says("mia", GENERAL, EMERGENCY);
        let reply = discord.reply(unasked).await;
        assert!(reply["content"].as_str().unwrap().contains(ADVICE), "{reply}");
        assert!(!reply.to_string().contains("Helpful") && read(&reply).contains("ask a gardener"));
        let asked = discord.answer(discord.ask("ann", GENERAL, EMERGENCY)).await;
        assert!(read(&asked).contains(ADVICE) && !read(&asked).contains("zyzzyva"), "never quoted: {asked}");
        let privately = discord.answer(discord.ask_privately("ben", GENERAL, EMERGENCY)).await;
        assert!(read(&privately).contains(ADVICE) && privately["flags"] == 64);
        assert!(read(&discord.reply(discord.whispers("eve", EMERGENCY)).await).contains(ADVICE));
    });
}

#[test]
fn neither_cooldown_nor_interval_holds_an_emergency_back() {
    bot_with(
        &[("SACRUM_COOLDOWN_SECONDS", "3600")],
        |_| {},
        async |discord| {
            choose(discord, CHOSEN, 1440).await;
            discord.reply(discord.says("mia", CHOSEN, COVERED)).await;
            mia_asks_until_the_pause(discord).await;
            for _ in 0..2 {
                assert!(read(&discord.reply(discord.says("mia", GENERAL, EMERGENCY)).await).contains(ADVICE));
            }
            assert!(read(&discord.answer(discord.ask("mia", GENERAL, EMERGENCY)).await).contains(ADVICE));
        },
    );
}

#[test]
fn who_speaks_to_it_is_answered_however_often_they_show_an_emergency() {
    bot(async |discord| {
        for _ in 0..8 {
            assert!(read(&discord.reply(discord.whispers("mia", EMERGENCY)).await).contains(ADVICE));
            let mention = discord.says("ann", GENERAL, &format!("@bot {EMERGENCY}"));
            assert!(read(&discord.reply(mention).await).contains(ADVICE));
            // And whatever else they say after it.
            discord.reply(discord.whispers("mia", COVERED)).await;
            discord.reply(discord.says("ann", GENERAL, &format!("@bot {COVERED}"))).await;
        }
        // Uncalled, who shows it anew each time has read it.
        for _ in 0..8 {
            discord.says("ben", CHOSEN, EMERGENCY);
        }
        discord.reply(discord.says("eve", CHOSEN, &format!("@bot {COVERED}"))).await;
        assert!((2..=5).contains(&discord.in_channel(CHOSEN).len()), "{:?}", discord.in_channel(CHOSEN));
    });
}

#[test]
fn an_emergency_that_is_told_to_somebody_else_is_answered_too() {
    bot(async |discord| {
        let before = discord.says("ann", GENERAL, "how are you all?");
        let reply = discord.replies("mia", GENERAL, before, EMERGENCY);
        assert!(read(&discord.reply(reply).await).contains(ADVICE));
        let named = |message: &mut serde_json::Value| message["mentions"] = json!([user("ann")]);
        let mention = discord.says_as("max", GENERAL, EMERGENCY, named);
        assert!(read(&discord.reply(mention).await).contains(ADVICE));
        // A question in the same place is theirs to answer.
        discord.says_as("ben", GENERAL, COVERED, named);
        discord.reply(discord.says("eve", GENERAL, &format!("@bot {COVERED}"))).await;
        assert_eq!(discord.in_channel(GENERAL).len(), 3);
    });
}

#[test]
fn a_crisis_and_an_emergency_that_is_private_as_well_are_shown_at_once() {
    bot(async |discord| {
        for (who, text, advice) in [
            ("mia", "i cannot go on, zyzzyva", "988"),
            ("max", "@bot i cannot go on with this manure, zyzzyva", "988"),
            ("ben", "there is manure in my eye and a thorn, zyzzyva", ADVICE),
        ] {
            let reply = discord.reply(discord.says(who, GENERAL, text)).await;
            assert!(read(&reply).contains(advice) && !read(&reply).contains("zyzzyva"), "{reply}");
        }
        let asked = discord.answer(discord.ask("ann", GENERAL, "i cannot go on")).await;
        assert!(read(&asked).contains("988") && !read(&asked).contains("go on"), "{asked}");
    });
}

#[test]
fn a_helper_who_sees_an_emergency_can_post_its_advice() {
    bot(async |discord| {
        let message = discord.says("mia", GENERAL, EMERGENCY);
        discord.reply(message).await;
        let found = discord.answer(discord.finds("helper", GENERAL, message)).await;
        assert!(read(&found).contains(ADVICE) && found["flags"] == 64, "{found}");
        discord.answer(discord.presses("helper", GENERAL, &found, &Press::Button("Post it"))).await;
        let posted = |state: &mut crate::support::discord::State| {
            (state.bot_messages().filter(|message| read(message).contains(ADVICE)).count() == 2).then_some(())
        };
        discord.until("it is posted", posted).await;
        // Once is enough, whoever does it; and both go with the message.
        let found = discord.answer(discord.finds("other", GENERAL, message)).await;
        let again = discord.presses("other", GENERAL, &found, &Press::Button("Post it"));
        assert!(read(&discord.answer(again).await).contains("has an answer already"));
        discord.deletes(message);
        discord.until("both are gone", |state| (state.deleted.len() == 2).then_some(())).await;
    });
}

#[test]
fn the_last_messages_of_an_author_in_a_channel_are_judged_together() {
    bot(async |discord| {
        // Neither says it alone, and another author's or channel's words do not count.
        discord.says("ann", GENERAL, "a thorn hit me");
        discord.says("mia", CHOSEN, "a thorn hit me");
        discord.says("max", GENERAL, "i cannot open my eye");
        discord.says("mia", GENERAL, "a thorn hit me");
        discord.says("mia", GENERAL, "i cannot open my eye");
        let advised = |state: &mut crate::support::discord::State| {
            state.bot_messages().any(|message| read(message).contains(ADVICE)).then_some(())
        };
        discord.until("advice is given", advised).await;
        // What was told is not told again under everything that follows.
        discord.says("mia", GENERAL, "ok thanks, calling them now");
        discord.reply(discord.says("eve", GENERAL, &format!("@bot {COVERED}"))).await;
        assert_eq!(discord.in_channel(GENERAL).len(), 2, "one to mia, one to eve");
        // And who asks for a stretch now reads the advice, not a stretch.
        let stretch = discord.says("mia", GENERAL, "@bot when do i prune roses?");
        assert!(read(&discord.reply(stretch).await).contains(ADVICE));
    });
}

#[test]
fn what_is_private_is_a_pointer_in_a_channel_and_shown_to_who_presses() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, &format!("@bot {PRIVATE}"));
        let reply = discord.reply(question).await;
        assert!(read(&reply).contains("private matter") && !read(&reply).contains("manure"), "{reply}");
        let shown = discord.answer(discord.presses("mia", GENERAL, &reply, &Press::Button("Show it to me"))).await;
        assert!(shown["flags"] == 64 && read(&shown).contains("summarised from"), "{shown}");
        let asked = discord.ask("mia", GENERAL, PRIVATE);
        let mut command = discord.answer(asked).await;
        assert!(!read(&command).contains("manure"), "{command}");
        // Nobody else saw what was asked; so nobody else sees what it was about.
        command["interaction_metadata"] = json!({"id": asked.to_string(), "type": 2, "user": user("mia"),
            "authorizing_integration_owners": {}});
        for (who, sees) in [("eve", false), ("mia", true)] {
            let shown = discord.answer(discord.presses(who, GENERAL, &command, &Press::Button("Show it to me"))).await;
            assert_eq!(read(&shown).contains("summarised from"), sees, "{who}: {shown}");
        }
        let alone = discord.reply(discord.whispers("mia", PRIVATE)).await;
        assert!(read(&alone).contains("summarised from"));
        discord.stop().await;
        let database = String::from_utf8_lossy(&std::fs::read(discord.data().join("sacrum.db")).unwrap()).into_owned();
        assert!(!database.contains("manure good"));
    });
}

#[test]
fn nearest_questions_that_are_private_are_not_offered_in_a_channel() {
    let asked = "when was manure first used in france?";
    bot(async |discord| {
        let public = discord.reply(discord.says("mia", GENERAL, &format!("@bot {asked}"))).await;
        assert!(read(&public).contains("do not cover that") && !public.to_string().contains("manure"), "{public}");
        for alone in [
            discord.reply(discord.whispers("mia", asked)).await,
            discord.answer(discord.ask("mia", GENERAL, asked)).await,
        ] {
            assert!(alone["components"].to_string().contains("manure"), "{alone}");
        }
    });
}

#[test]
fn the_advice_on_a_post_stays_when_its_text_is_edited() {
    bot(async |discord| {
        let post = discord.opens_post("mia", EMERGENCY, "since yesterday, what do i do?");
        assert!(read(&discord.reply(post).await).contains(ADVICE));
        discord.edits(post, "since yesterday. what do i do?");
        discord.reply(discord.says("max", post, &format!("@bot {COVERED}"))).await;
        let said: Vec<_> = discord.in_channel(post).iter().map(read).collect();
        assert!(said.len() == 2 && said[0].contains(ADVICE), "{said:?}");
        // And the author may take it back in so many words: advice that was given stays.
        let jest = discord.says("ann", GENERAL, EMERGENCY);
        discord.reply(jest).await;
        discord.edits(jest, "what a day");
        discord.reply(discord.says("eve", GENERAL, &format!("@bot {COVERED}"))).await;
        assert!(discord.in_channel(GENERAL).iter().any(|message| read(message).contains(ADVICE)));
    });
}

#[test]
fn advice_finds_another_way_where_the_first_one_fails() {
    let alone = async |discord: &FakeDiscord, who: &str| {
        let person = crate::support::discord::user_id(who);
        discord
            .until("advice is given alone", |state| {
                let alone = state.private_channels.get(&person)?.to_string();
                let is_it = |message: &&serde_json::Value| message["channel_id"] == alone;
                state.bot_messages().filter(is_it).any(|message| read(message).contains(ADVICE)).then_some(())
            })
            .await;
    };
    bot(async |discord| {
        // Its reply was deleted; then the question becomes an emergency.
        let question = discord.says("ann", GENERAL, &format!("@bot {COVERED}"));
        let reply = discord.reply(question).await;
        let reply = reply["id"].as_str().unwrap().parse().unwrap();
        discord.shared.change(|state| state.messages.remove(&reply));
        discord.edits(question, EMERGENCY);
        assert!(read(&discord.reply(question).await).contains(ADVICE));
        // A channel that refused us a moment ago is tried again.
        let is_post = |request: &Request| request.path == format!("/channels/{GENERAL}/messages");
        let refused = |status: u16| Fault::Answer(status, Vec::new(), r#"{"message":"no","code":50013}"#.to_owned());
        let mut faults = vec![refused(400), refused(403)];
        discord.fault(move |request| if is_post(request) { faults.pop() } else { None });
        discord.says("ben", GENERAL, &format!("@bot {COVERED}"));
        discord.until("it is refused", |state| state.log.contains("may not write").then_some(())).await;
        discord.says("ben", GENERAL, EMERGENCY);
        alone(discord, "ben").await;
        assert!(read(&discord.reply(discord.says("max", GENERAL, EMERGENCY)).await).contains(ADVICE));
        // A command whose time is over.
        let asked = discord.ask("eve", GENERAL, EMERGENCY);
        discord.shared.change(|state| state.interactions.get_mut(&asked).unwrap().at -= Duration::from_secs(10));
        alone(discord, "eve").await;
    });
}

#[test]
fn advice_whose_form_discord_refuses_goes_as_plain_text() {
    bot(async |discord| {
        let body = r#"{"message": "Invalid Form Body", "code": 50035, "errors": {"components": {"0": {}}}}"#;
        discord.fault(move |request| {
            let formed = request.body.pointer("/data/components").unwrap_or(&request.body["components"]);
            let has_buttons = formed.as_array().is_some_and(|rows| !rows.is_empty());
            has_buttons.then(|| Fault::Answer(400, Vec::new(), body.to_owned()))
        });
        for reply in [
            discord.reply(discord.says("mia", GENERAL, EMERGENCY)).await,
            discord.answer(discord.ask("ann", GENERAL, EMERGENCY)).await,
            discord.reply(discord.whispers("eve", EMERGENCY)).await,
        ] {
            let text = reply["content"].as_str().unwrap();
            assert!(
                text.contains(ADVICE) && text.contains("ask a gardener") && reply["embeds"] == json!([]),
                "{reply}"
            );
        }
        // Nothing else is said in another form than it was made for, and it is told.
        discord.says("max", GENERAL, &format!("@bot {COVERED}"));
        discord.until("it is lost", |state| state.log.contains("a reply was lost").then_some(())).await;
        assert!(discord.shared.state().log.contains("components"), "what was refused is named");
    });
}

#[test]
fn a_helper_who_looks_up_many_messages_is_not_kept_waiting_for_an_emergency() {
    bot_with(
        &[("SACRUM_COOLDOWN_SECONDS", "3600")],
        |_| {},
        async |discord| {
            let harmless = discord.says("mia", GENERAL, COVERED);
            let mut found = String::new();
            while !found.contains("One question at a time") {
                found = read(&discord.answer(discord.finds("helper", GENERAL, harmless)).await);
            }
            let emergency = discord.says("ann", GENERAL, EMERGENCY);
            let found = discord.answer(discord.finds("helper", GENERAL, emergency)).await;
            assert!(read(&found).contains(ADVICE), "{found}");
        },
    );
}

#[test]
fn what_a_helper_looks_up_is_nobodys_gap_and_nobodys_feedback() {
    bot(async |discord| {
        let covered = "zyzzyva here. When should i water my roses?";
        for (message, press) in [("which roses smell of rotten apples", None), (covered, Some("Not helpful"))] {
            let message = discord.says("mia", GENERAL, message);
            let found = discord.answer(discord.finds("helper", GENERAL, message)).await;
            if let Some(button) = press {
                discord.answer(discord.presses("helper", GENERAL, &found, &Press::Button(button))).await;
            }
        }
        discord.stop().await;
        let database = String::from_utf8_lossy(&std::fs::read(discord.data().join("sacrum.db")).unwrap()).into_owned();
        assert!(!database.contains("rotten apples") && !database.contains("zyzzyva"));
    });
}

#[test]
fn moderators_are_told_of_an_emergency_without_its_text() {
    bot(async |discord| {
        log_to(discord, LOG).await;
        let question = discord.says("mia", GENERAL, EMERGENCY);
        let reply = discord.reply(question).await;
        let link = format!("{GENERAL}/{}", reply["id"].as_str().unwrap());
        let told = async |count: usize| {
            discord
                .until("moderators are told", |state| {
                    let mut notices = state.bot_messages().filter(|message| is(&message["channel_id"], LOG));
                    notices.nth(count - 1).map(read)
                })
                .await
        };
        let text = told(1).await;
        assert!(text.contains(&link) && !text.contains("thorn") && !text.contains("eye"), "{text}");
        // However it was given: to a command, to an edit, by a helper.
        discord.answer(discord.ask("ann", GENERAL, EMERGENCY)).await;
        told(2).await;
        let edited = discord.says("ben", GENERAL, &format!("@bot {COVERED}"));
        discord.reply(edited).await;
        discord.edits(edited, EMERGENCY);
        told(3).await;
        let found = discord.answer(discord.finds("helper", GENERAL, question)).await;
        discord.presses("helper", GENERAL, &found, &Press::Button("Post it"));
        told(4).await;
    });
}

#[test]
fn nothing_that_triggered_is_stored_or_logged() {
    bot(async |discord| {
        let emergency = discord.says("mia", GENERAL, EMERGENCY);
        discord.reply(emergency).await;
        discord.answer(discord.finds("helper", GENERAL, emergency)).await;
        discord.answer(discord.ask("mia", GENERAL, "a thorn is in my eye, zyzzyva")).await;
        discord.reply(discord.whispers("mia", EMERGENCY)).await;
        discord.stop().await;
        for bytes in crate::support::contents(discord.data()) {
            let text = String::from_utf8_lossy(&bytes);
            // Nor which sign it was: its time would lead to whom it was told.
            for secret in ["zyzzyva", &crate::support::discord::user_id("mia").to_string(), "\"flag\":["] {
                assert!(!text.contains(secret), "{secret} is stored");
            }
        }
        assert!(!discord.shared.state().log.contains("zyzzyva"));
    });
}

#[test]
fn an_emergency_where_it_may_not_write_goes_to_the_author_alone() {
    bot_with(
        &[],
        |state| state.channels.get_mut(&GENERAL).unwrap().writable = false,
        async |discord| {
            log_to(discord, LOG).await;
            discord.says("mia", GENERAL, EMERGENCY);
            discord
                .until("advice is given alone", |state| {
                    let alone = state.private_channels.get(&crate::support::discord::user_id("mia"))?.to_string();
                    state
                        .bot_messages()
                        .any(|message| message["channel_id"] == alone && read(message).contains(ADVICE))
                        .then_some(())
                })
                .await;
            // Moderators hear of it there as well.
            discord
                .until("moderators are told", |state| {
                    let place = format!("channels/{}/{GENERAL}", crate::support::discord::GUILD);
                    let told = |of: &&serde_json::Value| is(&of["channel_id"], LOG) && read(of).contains(&place);
                    state.bot_messages().find(told).map(drop)
                })
                .await;
        },
    );
}

#[test]
fn advice_goes_as_plain_text_where_only_the_permission_to_embed_is_missing() {
    bot(async |discord| {
        discord.fault(|request| {
            let embeds = request.body["embeds"].as_array().is_some_and(|embeds| !embeds.is_empty());
            let body = r#"{"message": "Missing Permissions", "code": 50013}"#;
            (request.path == format!("/channels/{GENERAL}/messages") && embeds)
                .then(|| Fault::Answer(403, Vec::new(), body.to_owned()))
        });
        for _ in 0..2 {
            let reply = discord.reply(discord.says("mia", GENERAL, EMERGENCY)).await;
            assert!(read(&reply).contains(ADVICE) && reply["embeds"] == json!([]), "{reply}");
        }
        // What is not urgent is not said in part; whoever can change that is told of it.
        discord.says("max", GENERAL, &format!("@bot {COVERED}"));
        discord
            .until("the owner is told", |state| {
                let alone = state.private_channels.get(&crate::support::discord::user_id("owner"))?.to_string();
                let told = |of: &serde_json::Value| of["channel_id"] == alone && read(of).contains("Embed Links");
                state.bot_messages().any(told).then_some(())
            })
            .await;
        assert_eq!(discord.in_channel(GENERAL).len(), 2);
    });
}

#[test]
fn a_log_channel_that_is_gone_is_told_to_the_owner_once_and_in_setup() {
    bot(async |discord| {
        log_to(discord, LOG).await;
        discord.shared.change(|state| state.channels.remove(&LOG));
        discord.reply(discord.says("mia", GENERAL, EMERGENCY)).await;
        let told = |state: &mut crate::support::discord::State| {
            let alone = state.private_channels.get(&crate::support::discord::user_id("owner"))?.to_string();
            let all: Vec<_> = state.bot_messages().filter(|of| of["channel_id"] == alone).map(read).collect();
            (!all.is_empty()).then_some(all)
        };
        let said = discord.until("the owner is told", told).await;
        assert!(said[0].contains("/setup log") && said[0].contains(&LOG.to_string()), "{said:?}");
        discord.reply(discord.says("ann", GENERAL, EMERGENCY)).await;
        let tried = |state: &mut crate::support::discord::State| {
            (state.log.matches("log channel could not be told").count() == 2).then_some(())
        };
        discord.until("it is tried again", tried).await;
        let shown = read(&discord.answer(discord.setup("owner", "show", json!([]))).await);
        assert!(shown.contains("is gone"), "{shown}");
        assert_eq!(discord.until("once", told).await.len(), 1);
        log_to(discord, CHOSEN).await;
        let shown = read(&discord.answer(discord.setup("owner", "show", json!([]))).await);
        assert!(!shown.contains("is gone"), "{shown}");
    });
}

#[test]
fn a_log_channel_that_refuses_it_is_told_to_the_owner() {
    bot(async |discord| {
        log_to(discord, LOG).await;
        let told = async |count: usize| {
            discord
                .until("the owner is told", |state| {
                    let alone = state.private_channels.get(&crate::support::discord::user_id("owner"))?.to_string();
                    let told =
                        |of: &&serde_json::Value| of["channel_id"] == alone && read(of).contains(&format!("<#{LOG}>"));
                    (state.bot_messages().filter(told).count() == count).then_some(())
                })
                .await;
        };
        discord.permits(LOG, false);
        discord.reply(discord.says("mia", GENERAL, EMERGENCY)).await;
        told(1).await;
        discord.permits(LOG, true);
        discord.reply(discord.says("ann", GENERAL, EMERGENCY)).await;
        let is_in_log = |of: &serde_json::Value| is(&of["channel_id"], LOG);
        discord.until("moderators are told", |state| state.bot_messages().any(is_in_log).then_some(())).await;
        let is_known = |state: &mut crate::support::discord::State| {
            state.log.contains("may write in a channel again").then_some(())
        };
        discord.until("that is known", is_known).await;
        discord.permits(LOG, false);
        discord.reply(discord.says("ben", GENERAL, EMERGENCY)).await;
        told(2).await;
    });
}
