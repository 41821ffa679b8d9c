//! It never annoys, and nobody can make it do harm.

use serde_json::Value;

use super::chat::choose;
use super::{ANSWER, COVERED, EMERGENCY, UNCOVERED, mia_asks_until_the_pause};
use crate::support::discord::{
    CHOSEN, FORUM, Fault, GENERAL, LOG, Press, Request, State, bot, bot_with, is, read, user_id,
};

#[test]
fn bots_webhooks_and_system_messages_are_never_answered() {
    bot(async |discord| {
        let text = &format!("@bot {COVERED}");
        let of_a_bot = discord.says("otherbot", GENERAL, text);
        let of_a_hook = discord.says_as("hook", GENERAL, text, |message| message["webhook_id"] = "5".into());
        discord.says_as("mia", GENERAL, text, |message| message["type"] = 7.into());
        discord.says_as("sys", GENERAL, text, |message| message["author"]["system"] = true.into());
        [of_a_bot, of_a_hook].into_iter().for_each(|message| discord.edits(message, EMERGENCY));
        discord.reply(discord.says("mia", GENERAL, text)).await;
        assert_eq!(discord.in_channel(GENERAL).len(), 1);
    });
}

#[test]
fn a_cooldown_is_told_kindly_privately_and_once() {
    bot_with(
        &[("SACRUM_COOLDOWN_SECONDS", "3600")],
        |_| {},
        async |discord| {
            mia_asks_until_the_pause(discord).await;
            discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
            let alone = discord
                .until("it is told", |state| {
                    let alone = *state.private_channels.get(&user_id("mia"))?;
                    state.bot_messages().any(|message| is(&message["channel_id"], alone)).then_some(alone)
                })
                .await;
            discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
            let asked = discord.answer(discord.ask("mia", GENERAL, COVERED)).await;
            assert_eq!(asked["flags"], 64);
            discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
            assert_eq!(discord.in_channel(GENERAL).len(), 5);
            let told = discord.in_channel(alone);
            assert!(told.len() == 1 && read(&told[0]).contains("please"), "{told:?}");
        },
    );
}

#[test]
fn buttons_and_quotations_wait_for_the_pause_as_questions_do() {
    bot_with(
        &[("SACRUM_COOLDOWN_SECONDS", "3600")],
        |_| {},
        async |discord| {
            let discord = &*discord;
            let waits = async |ask: &dyn Fn() -> u64| {
                let mut answers = Vec::new();
                for _ in 0..6 {
                    answers.push(read(&discord.answer(ask()).await));
                }
                let has = |words: &str| answers.iter().any(|answer| answer.contains(words));
                assert!(has("One question at a time") && has("One moment"), "{answers:?}");
            };
            let uncovered = discord.answer(discord.ask("mia", GENERAL, UNCOVERED)).await;
            let nearest = uncovered["components"][0]["components"][0]["label"].as_str().unwrap();
            waits(&|| discord.presses("mia", GENERAL, &uncovered, &Press::Button(nearest))).await;
            let topics = discord.answer(discord.slash("max", GENERAL, "topics")).await;
            let first = |menu: &Value| menu["components"][0]["components"][0]["options"][0]["label"].to_string();
            let topic = discord.presses("max", GENERAL, &topics, &Press::Choice(first(&topics).trim_matches('"')));
            let questions = discord.answer(topic).await;
            let question = first(&questions);
            waits(&|| discord.presses("max", GENERAL, &questions, &Press::Choice(question.trim_matches('"')))).await;
            waits(&|| discord.slash_with("ann", GENERAL, "cite", &[("id", "00000000")])).await;
        },
    );
}

#[test]
fn an_edit_waits_for_the_pause_and_the_last_one_counts() {
    bot_with(
        &[("SACRUM_COOLDOWN_SECONDS", "5")],
        |_| {},
        async |discord| {
            let question = discord.says("mia", GENERAL, "@bot what is the best pizza topping?");
            let reply: u64 = discord.reply(question).await["id"].as_str().unwrap().parse().unwrap();
            let says = async |words: &str| {
                let is_said = |state: &mut State| read(&state.messages[&reply]).contains(words).then_some(());
                discord.until("the reply changes", is_said).await;
            };
            discord.edits(question, "@bot when do i prune roses?");
            says("forsythia").await;
            for at in 0..6 {
                let text = if at % 2 == 0 { UNCOVERED } else { COVERED };
                discord.edits(question, &format!("@bot {text}"));
                discord.reply(discord.says(&format!("member{at}"), GENERAL, &format!("@bot {COVERED}"))).await;
            }
            says(ANSWER).await;
            let patches = discord.shared.state().requests.iter().filter(|request| request.method == "PATCH").count();
            assert!(patches < 5, "{patches}");
        },
    );
}

#[test]
fn a_server_has_a_budget_too() {
    bot(async |discord| {
        for at in 0..80 {
            discord.says(&format!("member{at}"), GENERAL, &format!("@bot {COVERED}"));
        }
        discord.until("sixty are answered", |state| (state.bot_messages().count() >= 60).then_some(())).await;
        discord.until("the others are told alone", |state| (!state.private_channels.is_empty()).then_some(())).await;
        assert!(discord.in_channel(GENERAL).len() < 75);
    });
}

#[test]
fn what_was_typed_is_harmless_when_it_is_shown_again() {
    bot(async |discord| {
        let question = "**when should** i water my `roses`? @everyone <@&5> <@7> <#8> [x](https://evil.example) \u{202e}https://evil.example";
        let answer = read(&discord.answer(discord.ask("mia", GENERAL, question)).await);
        for harm in ["@everyone", "<@", "<#", "evil.example", "\u{202e}", "`roses`"] {
            assert!(!answer.contains(harm), "{harm} in {answer}");
        }
    });
}

#[test]
fn a_hostile_corpus_can_neither_ping_nor_break_the_limits() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-corpus");
    std::fs::create_dir_all(folder.join("documents")).unwrap();
    let words = "🌹roses and @everyone <@1> need 水 water every day ";
    for at in 0..30 {
        let text = format!(
            "# Rose care **{at}** @here\n\nRoses {at}: {}\n\n## Watering {}\n\n{}.\n",
            words.repeat(300),
            "long ".repeat(80),
            words.repeat(120)
        );
        std::fs::write(folder.join(format!("documents/rose{at}.md")), text).unwrap();
    }
    std::fs::write(folder.join("corpus.toml"), format!("disclaimer = \"{}\"\n", "No advice. ".repeat(90))).unwrap();
    bot_with(
        &[("SACRUM_CORPUS", folder.to_str().unwrap())],
        |_| {},
        async |discord| {
            let answer = discord.answer(discord.ask("mia", GENERAL, "why do roses need water?")).await;
            let text = read(&answer);
            assert!(text.contains("quoted from") && text.contains("No advice"), "{text}");
            assert!(!text.contains("@everyone") && !text.contains("<@1>") && !text.contains("@here"));
            let mut page = discord.answer(discord.presses("mia", GENERAL, &answer, &Press::Button("More"))).await;
            assert_eq!(page["flags"], 64);
            let mut pages = 1;
            while page.to_string().contains("\"Next\"") {
                let next = discord.presses("mia", GENERAL, &page, &Press::Button("Next"));
                assert_eq!(discord.callback(next).await["type"], 7, "the same message turns its page");
                page = discord.answer(next).await;
                pages += 1;
                assert!(
                    read(&page).contains(&format!("Page {pages} of")) && read(&page).contains("No advice"),
                    "{page}"
                );
            }
            assert!(pages > 1);
            for name in ["sources", "topics", "about", "help", "privacy"] {
                discord.answer(discord.slash("mia", GENERAL, name)).await;
            }
            discord.callback(discord.types("mia", "water")).await;
        },
    );
}

#[test]
fn a_missing_permission_is_told_to_a_moderator_once_and_not_tried_again() {
    bot(async |discord| {
        discord.shared.change(|state| state.channels.get_mut(&CHOSEN).unwrap().writable = false);
        discord.says("mia", CHOSEN, &format!("@bot {COVERED}"));
        let alone =
            discord.until("the owner is told", |state| state.private_channels.get(&user_id("owner")).copied()).await;
        discord
            .until("in words", |state| {
                state
                    .bot_messages()
                    .any(|message| is(&message["channel_id"], alone) && read(message).contains("Send Messages"))
                    .then_some(())
            })
            .await;
        // The bot knows of the refusal now, and these come after it.
        for _ in 0..3 {
            discord.says("mia", CHOSEN, &format!("@bot {COVERED}"));
            discord.reply(discord.says("mia", GENERAL, &format!("@bot {COVERED}"))).await;
        }
        assert_eq!(discord.in_channel(alone).len(), 1);
        let path = format!("/channels/{CHOSEN}/messages");
        let tried = discord.shared.state().requests.iter().filter(|request| request.path == path).count();
        assert_eq!(tried, 1);
    });
}

#[test]
fn of_a_forum_a_missing_permission_is_told_once_and_anew_when_it_was_lost_again() {
    bot(async |discord| {
        discord.permits(FORUM, false);
        discord.permits(CHOSEN, false);
        let told = async |count: usize| {
            discord
                .until("the owner is told", |state| {
                    let alone = state.private_channels.get(&user_id("owner"))?.to_string();
                    let all: Vec<_> = state.bot_messages().filter(|of| of["channel_id"] == alone).map(read).collect();
                    (all.len() == count).then_some(all)
                })
                .await
        };
        for who in ["mia", "max", "ann"] {
            discord.opens_post(who, "Roses", &format!("@bot {COVERED}"));
        }
        let path = |request: &Request| request.method == "POST" && request.path.ends_with("/messages");
        discord
            .until("all are refused", |state| (state.requests.iter().filter(|of| path(of)).count() >= 4).then_some(()))
            .await;
        assert!(told(1).await[0].contains(&FORUM.to_string()));
        discord.says("mia", CHOSEN, &format!("@bot {COVERED}"));
        assert!(told(2).await[1].contains(&CHOSEN.to_string()), "a post more would have been told before");
        discord.permits(CHOSEN, true);
        discord.reply(discord.says("max", CHOSEN, &format!("@bot {COVERED}"))).await;
        let is_known = |state: &mut State| state.log.contains("may write in a channel again").then_some(());
        discord.until("that is known", is_known).await;
        discord.permits(CHOSEN, false);
        discord.says("ann", CHOSEN, &format!("@bot {COVERED}"));
        told(3).await;
    });
}

#[test]
fn a_lock_a_timeout_and_a_gate_are_no_missing_permission() {
    bot(async |discord| {
        let path = format!("/channels/{CHOSEN}/messages");
        for (at, code) in [160_005, 50_278, 0].into_iter().enumerate() {
            let (path, mut left) = (path.clone(), 1);
            discord.fault(move |request| {
                let fails = left > 0 && request.path == path;
                left -= i32::from(fails);
                fails.then(|| Fault::Answer(403, vec![], format!(r#"{{"message": "no", "code": {code}}}"#)))
            });
            discord.says("mia", CHOSEN, &format!("@bot {COVERED}"));
            let told = |state: &mut State| (state.log.matches("for now").count() > at).then_some(());
            discord.until("it is logged", told).await;
            discord.says("mia", CHOSEN, &format!("@bot {COVERED}"));
            discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
            discord.permits(CHOSEN, true);
        }
        let state = discord.shared.state();
        assert!(!state.private_channels.contains_key(&user_id("owner")));
        assert_eq!(state.requests.iter().filter(|request| request.path == path).count(), 3, "none is repeated");
    });
}

#[test]
fn a_permission_counts_at_once_however_it_was_given() {
    bot(async |discord| {
        let refused = async |channel: u64| {
            let before = discord.shared.state().log.matches("may not write in a channel").count();
            discord.says("mia", channel, &format!("@bot {COVERED}"));
            let is_known =
                |state: &mut State| (state.log.matches("may not write in a channel").count() > before).then_some(());
            discord.until("it is refused", is_known).await;
        };
        discord.permits(CHOSEN, false);
        refused(CHOSEN).await;
        discord.permits_by_role(CHOSEN, true);
        discord.reply(discord.says("ann", CHOSEN, &format!("@bot {COVERED}"))).await;
        discord.permits(LOG, false);
        refused(LOG).await;
        discord.permits_by_another_role(LOG);
        discord.reply(discord.says("ann", LOG, &format!("@bot {COVERED}"))).await;
        // Of a post it is given in its forum.
        discord.permits(FORUM, false);
        let post = discord.opens_post("mia", "Roses", &format!("@bot {COVERED}"));
        let is_told =
            |state: &mut State| state.bot_messages().any(|of| read(of).contains(&format!("<#{FORUM}>"))).then_some(());
        discord.until("the owner is told", is_told).await;
        discord.permits(FORUM, true);
        discord.reply(discord.says("ann", post, &format!("@bot {COVERED}"))).await;
    });
}

#[test]
fn a_missing_permission_that_nobody_could_be_told_is_told_when_somebody_can() {
    bot(async |discord| {
        discord.permits(CHOSEN, false);
        let owner = discord.shared.change(|state| state.private_channel(user_id("owner")));
        discord.fault(move |request| {
            let body = r#"{"message": "Cannot send messages to this user", "code": 50007}"#;
            (request.path == format!("/channels/{owner}/messages")).then(|| Fault::Answer(403, vec![], body.to_owned()))
        });
        discord.says("mia", CHOSEN, &format!("@bot {COVERED}"));
        discord
            .until("nobody hears it", |state| state.log.contains("neither a log channel nor the owner").then_some(()))
            .await;
        super::safety::log_to(discord, LOG).await;
        discord.permits(CHOSEN, false);
        discord.says("mia", CHOSEN, &format!("@bot {COVERED}"));
        discord
            .until("moderators are told", |state| {
                let told = |of: &serde_json::Value| is(&of["channel_id"], LOG) && read(of).contains("Send Messages");
                state.bot_messages().any(told).then_some(())
            })
            .await;
    });
}

#[test]
fn excerpts_that_have_no_room_are_left_out_and_none_is_cut() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("long-corpus");
    std::fs::create_dir_all(folder.join("documents")).unwrap();
    for (at, soil) in ["clay", "sand", "chalk"].iter().enumerate() {
        let long = format!("{}{at} ", format!("{soil}bound-").repeat(11)).repeat(12);
        let text = format!("# Watering roses\n\nRoses in {soil} need water twice a week, and {long}end{at}.\n");
        std::fs::write(folder.join(format!("documents/rose{at}.md")), text).unwrap();
    }
    bot_with(
        &[("SACRUM_CORPUS", folder.to_str().unwrap())],
        |_| {},
        async |discord| {
            let answer = discord.answer(discord.ask("mia", GENERAL, "when should i water my roses?")).await;
            let text = read(&answer);
            let shown = (0..3).filter(|at| text.contains(&format!("end{at}."))).count();
            assert!(shown == 2 && text.matches("quoted from").count() == 2 && !text.contains('…'), "{text}");
            let more = discord.answer(discord.presses("mia", GENERAL, &answer, &Press::Button("More"))).await;
            assert!(read(&more).contains("Page 1 of 3"), "{more}");
        },
    );
}

#[test]
fn two_servers_keep_their_settings_apart() {
    const OTHER: u64 = 1_100_000_000_000_000_500;
    const THERE: u64 = 1_100_000_000_000_000_501;
    let before = |state: &mut crate::support::discord::State| {
        state.guilds.push(OTHER);
        state.add_channel(THERE, OTHER);
    };
    bot_with(&[], before, async |discord| {
        choose(discord, CHOSEN, 0).await;
        discord.says("ann", THERE, COVERED);
        discord.reply(discord.says("mia", CHOSEN, COVERED)).await;
        assert!(discord.in_channel(THERE).is_empty());
        assert!(read(&discord.answer(discord.ask("mia", THERE, COVERED)).await).contains(ANSWER));
    });
}

#[test]
fn a_thread_under_a_chosen_channel_is_left_alone() {
    bot(async |discord| {
        choose(discord, FORUM, 0).await;
        choose(discord, LOG, 0).await;
        let post = discord.opens_post("mia", "Pizza", "what is the best topping?");
        discord.says("mia", post, COVERED);
        discord.reply(discord.says("max", LOG, COVERED)).await;
        assert!(discord.in_channel(post).is_empty());
    });
}
