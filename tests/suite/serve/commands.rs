//! What people do with commands, menus and buttons.

use serde_json::json;

use super::{ANSWER, COVERED, UNCOVERED};
use crate::support::discord::{CHOSEN, Fault, GENERAL, GUILD, LOG, Press, bot, bot_with, read};
use crate::support::garden::Garden;

const DISCLAIMER: &str = "ask a gardener";

#[test]
fn ask_answers_with_excerpts_links_and_disclaimer() {
    bot(async |discord| {
        let answer = discord.answer(discord.ask("mia", GENERAL, COVERED)).await;
        let text = read(&answer);
        assert!(text.contains(ANSWER) && text.contains("summarised from") && text.contains(DISCLAIMER), "{text}");
        assert!(text.contains("> when should i water my roses?"), "others see what was asked: {text}");
        assert!(answer["embeds"][0]["color"].as_u64().unwrap() > 0);
        assert_eq!(answer["components"][0]["components"][0]["style"], 5, "a link to the source: {answer}");
        assert!(answer["flags"].is_null(), "in public");
    });
}

#[test]
fn private_is_for_the_asker_only_and_a_server_can_make_it_the_default() {
    bot(async |discord| {
        let answer = discord.answer(discord.ask_privately("mia", GENERAL, COVERED)).await;
        assert_eq!(answer["flags"], 64);
        let set = discord.setup("owner", "private", json!([{"name": "on", "type": 5, "value": true}]));
        assert!(read(&discord.answer(set).await).contains("Done"));
        assert_eq!(discord.answer(discord.ask("mia", GENERAL, COVERED)).await["flags"], 64);
    });
}

#[test]
fn autocomplete_offers_the_corpus_s_own_questions() {
    bot(async |discord| {
        for (typed, holds) in [("manure", "manure"), ("", ""), ("how much manu", "manure"), ("xyzzy", "")] {
            let callback = discord.callback(discord.types("mia", typed)).await;
            assert_eq!(callback["type"], 8);
            let choices = callback["data"]["choices"].as_array().unwrap();
            assert!(choices.len() <= 25 && (typed == "xyzzy") == choices.is_empty(), "{typed}: {callback}");
            for choice in choices {
                assert!(choice["name"].as_str().unwrap().to_lowercase().contains(holds), "{typed}: {choice}");
            }
        }
    });
}

#[test]
fn a_helper_finds_an_answer_alone_and_posts_it_to_the_asker() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, COVERED);
        let found = discord.answer(discord.finds("helper", GENERAL, question)).await;
        assert_eq!(found["flags"], 64);
        assert!(read(&found).contains(ANSWER), "{found}");
        let posted = discord.presses("helper", GENERAL, &found, &Press::Button("Post it"));
        assert_eq!(discord.callback(posted).await["type"], 7, "the helper's message says so");
        let reply = discord.reply(question).await;
        assert!(read(&reply).contains(ANSWER) && read(&reply).contains(DISCLAIMER));
        // Again, by the same button.
        let again = discord.presses("helper", GENERAL, &found, &Press::Button("Post it"));
        assert!(read(&discord.answer(again).await).contains("posted already"));
        assert_eq!(discord.in_channel(GENERAL).len(), 1);
        // By another helper, who had looked it up as well.
        let found = discord.answer(discord.finds("other", GENERAL, question)).await;
        let again = discord.presses("other", GENERAL, &found, &Press::Button("Post it"));
        assert!(read(&discord.answer(again).await).contains("has an answer already"));
        assert_eq!(discord.in_channel(GENERAL).len(), 1);
        // From another channel, with the same id.
        let other = discord.says("max", GENERAL, COVERED);
        let found = discord.answer(discord.finds("helper", GENERAL, other)).await;
        discord.answer(discord.presses("helper", CHOSEN, &found, &Press::Button("Post it"))).await;
        assert_eq!(discord.in_channel(CHOSEN).len() + discord.in_channel(GENERAL).len(), 1);
    });
}

#[test]
fn an_answer_that_a_moderator_deleted_can_be_posted_again() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        let mut reply = discord.reply(question).await;
        for _ in 0..2 {
            let deleted: u64 = reply["id"].as_str().unwrap().parse().unwrap();
            discord.shared.change(|state| state.messages.remove(&deleted));
            let found = discord.answer(discord.finds("helper", GENERAL, question)).await;
            let posted = discord.answer(discord.presses("helper", GENERAL, &found, &Press::Button("Post it"))).await;
            assert!(read(&posted).contains("Posted"), "{posted}");
            reply = discord.reply(question).await;
        }
    });
}

#[test]
fn the_menu_on_a_message_without_a_question_says_so() {
    bot(async |discord| {
        for (who, text) in [("mia", ""), ("otherbot", COVERED)] {
            let message = discord.says(who, GENERAL, text);
            let found = discord.answer(discord.finds("helper", GENERAL, message)).await;
            assert_eq!(found["flags"], 64);
            assert!(found["components"].as_array().unwrap().is_empty(), "{found}");
        }
    });
}

#[test]
fn cite_shows_an_excerpt_in_its_section_with_source_date_and_hash() {
    bot(async |discord| {
        let answer = discord.answer(discord.ask("mia", GENERAL, COVERED)).await;
        let text = read(&answer);
        let id = text.lines().find(|line| line.starts_with("-# [1]")).unwrap().rsplit(' ').next().unwrap();
        let data = |id: &str| json!({"id": "1", "name": "cite", "type": 1, "options": [{"name": "id", "type": 3, "value": id}]});
        let cited = discord.answer(discord.command("mia", GENERAL, data(id))).await;
        let text = read(&cited);
        assert!(text.contains("**«**") && text.contains("SHA-256") && text.contains("2021-05"), "{text}");
        assert_eq!(cited["components"][0]["components"][0]["style"], 5);
        let unknown = discord.answer(discord.command("mia", GENERAL, data("@everyone"))).await;
        assert_eq!(unknown["flags"], 64);
        assert!(read(&unknown).contains("No excerpt has that id"));
    });
}

#[test]
fn a_quotation_s_button_opens_the_page_at_the_passage() {
    let garden = Garden::new("quoted-on-discord");
    assert_eq!(garden.run(&["corpus", "refresh"]).code, 0);
    let (folder, data) = (garden.folder.to_str().unwrap(), garden.data.to_str().unwrap());
    bot_with(
        &[("SACRUM_CORPUS", folder), ("SACRUM_DATA", data)],
        |_| {},
        async |discord| {
            let answer = discord.answer(discord.ask("mia", GENERAL, "when should i prune my roses?")).await;
            let button = &answer["components"][0]["components"][0];
            assert_eq!(button["label"], "[1] The Garden: Looking after roses");
            let passage = garden.site.url("/roses#:~:text=Prune%20roses%20in%20late%20winter");
            assert!(button["url"].as_str().unwrap().starts_with(&passage), "{answer}");
            let id = read(&answer)
                .lines()
                .find(|line| line.starts_with("-# [1]"))
                .unwrap()
                .rsplit(' ')
                .next()
                .unwrap()
                .to_owned();
            let cited = discord.answer(discord.slash_with("mia", GENERAL, "cite", &[("id", &id)])).await;
            assert!(read(&cited).contains(&format!("](<{passage}")) && read(&cited).contains("Copy of 20"), "{cited}");
        },
    );
}

#[test]
fn what_it_knows_and_keeps_can_be_looked_up() {
    bot(async |discord| {
        for (name, says) in [
            ("sources", "What I know of"),
            ("help", "/ask"),
            ("privacy", "no messages"),
            ("about", "sacrum"),
            ("topics", "What would you like to know"),
        ] {
            let answer = discord.answer(discord.slash("mia", GENERAL, name)).await;
            assert_eq!(answer["flags"], 64, "{name}");
            assert!(read(&answer).contains(says), "{name}: {answer}");
        }
    });
}

#[test]
fn topics_lead_by_menus_to_an_answer() {
    bot(async |discord| {
        let mut topics = discord.answer(discord.slash("mia", GENERAL, "topics")).await;
        let more =
            topics["components"][0]["components"][0]["options"].as_array().unwrap().last().unwrap()["label"].clone();
        if more.as_str().unwrap().starts_with("More topics") {
            let next = discord.presses("mia", GENERAL, &topics, &Press::Choice(more.as_str().unwrap()));
            assert_eq!(discord.callback(next).await["type"], 7);
            topics = discord.answer(next).await;
        }
        let topic = topics["components"][0]["components"][0]["options"][0]["label"].as_str().unwrap().to_owned();
        let questions = discord.answer(discord.presses("mia", GENERAL, &topics, &Press::Choice(&topic))).await;
        let question = questions["components"][0]["components"][0]["options"][0]["label"].as_str().unwrap().to_owned();
        let answer = discord.answer(discord.presses("mia", GENERAL, &questions, &Press::Choice(&question))).await;
        assert_eq!(answer["flags"], 64);
        assert!(read(&answer).contains(DISCLAIMER), "{question}: {answer}");
    });
}

#[test]
fn a_vote_is_one_a_person_changeable_and_can_be_deleted() {
    bot(async |discord| {
        let answer = discord.answer(discord.ask("mia", GENERAL, COVERED)).await;
        for (who, label) in [("mia", "Helpful"), ("max", "Helpful"), ("mia", "Not helpful"), ("mia", "Not helpful")] {
            let thanks = discord.answer(discord.presses(who, GENERAL, &answer, &Press::Button(label))).await;
            assert_eq!(thanks["flags"], 64);
            assert!(read(&thanks).contains("Thank you"), "{thanks}");
        }
        let forged = Press::Forged("vote:00000000000000000000:1");
        let unknown = discord.answer(discord.presses("mia", GENERAL, &answer, &forged)).await;
        assert!(read(&unknown).contains("too old"), "{unknown}");
        let privacy = discord.answer(discord.slash("mia", GENERAL, "privacy")).await;
        for count in ["1 of your votes", "0 of your votes"] {
            let forgotten = discord.presses("mia", GENERAL, &privacy, &Press::Button("Delete my votes"));
            assert!(read(&discord.answer(forgotten).await).contains(count));
        }
    });
}

#[test]
fn more_shows_the_whole_section_privately() {
    bot(async |discord| {
        let answer = discord.answer(discord.ask("mia", GENERAL, COVERED)).await;
        let more = discord.presses("max", GENERAL, &answer, &Press::Button("More"));
        assert_eq!(discord.callback(more).await["type"], 4);
        let page = discord.answer(more).await;
        assert_eq!(page["flags"], 64);
        assert!(read(&page).contains("a deep watering") && read(&page).contains(DISCLAIMER), "{page}");
        // No page is beyond the last.
        let id = answer["components"].to_string().split("more:").nth(1).unwrap().split(':').next().unwrap().to_owned();
        for forged in [format!("page:{id}:99999999999999999999"), format!("more:{id}:-1"), "more:x:y:z".to_owned()] {
            discord.answer(discord.presses("max", GENERAL, &answer, &Press::Forged(&forged))).await;
        }
    });
}

#[test]
fn what_is_not_covered_offers_the_nearest_questions_and_counts_the_gap_without_who() {
    bot(async |discord| {
        let answer = discord.answer(discord.ask("mia", GENERAL, UNCOVERED)).await;
        assert!(read(&answer).contains("My sources do not cover that"), "{answer}");
        let label = answer["components"][0]["components"][0]["label"].as_str().unwrap().to_owned();
        let nearest = discord.answer(discord.presses("mia", GENERAL, &answer, &Press::Button(&label))).await;
        assert!(read(&nearest).contains(DISCLAIMER) && nearest["flags"] == 64, "{label}: {nearest}");
        discord.stop().await;
        let database = String::from_utf8_lossy(&std::fs::read(discord.data().join("sacrum.db")).unwrap()).into_owned();
        assert!(database.contains("who was the first to prune roses in france"), "the gap is counted");
        assert!(!database.contains(&crate::support::discord::user_id("mia").to_string()));
    });
}

#[test]
fn buttons_survive_a_restart() {
    bot(async |discord| {
        let answer = discord.answer(discord.ask("mia", GENERAL, COVERED)).await;
        let question = discord.says("max", GENERAL, COVERED);
        let found = discord.answer(discord.finds("helper", GENERAL, question)).await;
        discord.stop().await;
        discord.start();
        discord.until("the bot is back", |state| (state.ready > 0).then_some(())).await;
        let more = discord.answer(discord.presses("mia", GENERAL, &answer, &Press::Button("More"))).await;
        assert!(read(&more).contains(ANSWER), "{more}");
        let vote = discord.answer(discord.presses("mia", GENERAL, &answer, &Press::Button("Helpful"))).await;
        assert!(read(&vote).contains("Thank you"));
        discord.presses("helper", GENERAL, &found, &Press::Button("Post it"));
        assert!(read(&discord.reply(question).await).contains(ANSWER));
    });
}

#[test]
fn setup_needs_manage_server_whatever_discord_shows() {
    bot(async |discord| {
        let channel = json!([{"name": "channel", "type": 7, "value": LOG.to_string()}]);
        let refused = discord.answer(discord.setup("mia", "log", channel.clone())).await;
        assert!(read(&refused).contains("Manage Server") && refused["flags"] == 64);
        let shown = discord.answer(discord.setup("owner", "show", json!([]))).await;
        assert!(read(&shown).contains("urgent advice: nowhere"), "{shown}");
        for part in ["uncalled: none", "person: 10", "do not say: no", "what I know: none", "deleted: yes"] {
            assert!(read(&shown).contains(part), "{part} in {shown}");
        }
        let done = discord.answer(discord.setup("owner", "log", channel.clone())).await;
        assert!(read(&done).contains(&format!("<#{LOG}>")) && !read(&done).contains("cannot see"), "{done}");
        // A channel that it cannot see is set all the same, and it says what it needs.
        let mut unseen = 1;
        discord.fault(move |request| {
            let body = r#"{"message": "Missing Access", "code": 50001}"#;
            let is_it = unseen > 0 && request.method == "GET" && request.path == format!("/channels/{LOG}");
            unseen -= i32::from(is_it);
            is_it.then(|| Fault::Answer(403, Vec::new(), body.to_owned()))
        });
        for sees in [false, true] {
            let done = read(&discord.answer(discord.setup("owner", "log", channel.clone())).await);
            assert!(done.contains("Done") && done.contains("cannot see") != sees, "{done}");
        }
        for (sub, options) in [
            ("interval", json!([{"name": "minutes", "type": 4, "value": 30}])),
            ("deletions", json!([{"name": "on", "type": 5, "value": false}])),
            ("moderators", json!([{"name": "role", "type": 8, "value": "77"}])),
            ("channel", json!([{"name": "channel", "type": 7, "value": CHOSEN.to_string()}])),
        ] {
            assert!(read(&discord.answer(discord.setup("owner", sub, options)).await).contains("Done"), "{sub}");
        }
        discord.stop().await;
        discord.start();
        discord.until("the bot is back", |state| (state.ready > 0).then_some(())).await;
        let shown = read(&discord.answer(discord.setup("owner", "show", json!([]))).await);
        for part in ["30", "deleted: no", "<@&77>", &format!("<#{CHOSEN}>")] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    });
}

#[test]
fn commands_are_registered_once_and_again_only_if_they_changed() {
    bot(async |discord| {
        discord.until("they are registered", |state| (state.commands_written == 1).then_some(())).await;
        let changes = [None, Some(("description", json!("Something else"))), Some(("nsfw", json!(true)))];
        for (written, change) in (1..).zip(changes) {
            discord.stop().await;
            if let Some((key, value)) = change {
                discord.shared.change(|state| state.commands_of.get_mut(&0).unwrap()[0][key] = value);
            }
            discord.start();
            discord.until("the bot is back", |state| (state.ready > 0 && state.commands_read > 0).then_some(())).await;
            discord.until("it compared", |state| (state.commands_written == written).then_some(())).await;
            discord.answer(discord.slash("mia", GENERAL, "about")).await;
            assert_eq!(discord.shared.state().commands_written, written);
        }
        let state = discord.shared.state();
        let setup = state.commands_of[&0].iter().find(|command| command["name"] == "setup").unwrap();
        assert_eq!(setup["default_member_permissions"], "32");
        let ask = state.commands_of[&0].iter().find(|command| command["name"] == "ask").unwrap();
        assert_eq!((&ask["contexts"], &ask["integration_types"]), (&json!([0, 1, 2]), &json!([0, 1])));
        assert!(
            state.commands_of[&0].iter().any(|command| command["type"] == 3 && command["name"] == "Find an answer")
        );
    });
}

#[test]
fn with_a_home_guild_commands_are_registered_everywhere_and_never_twice() {
    bot_with(
        &[("SACRUM_HOME_GUILD", "1100000000000000000")],
        |state| _ = state.commands_of.insert(GUILD, vec![json!({"id": "5", "name": "ask", "type": 1})]),
        async |discord| {
            discord.until("they are registered", |state| (state.commands_written == 2).then_some(())).await;
            let state = discord.shared.state();
            assert!(state.commands_of[&0].iter().any(|command| command["name"] == "corpus"));
            assert_eq!(state.commands_of[&GUILD], Vec::<serde_json::Value>::new(), "left from an older version");
        },
    );
}

#[test]
fn a_user_installed_app_answers_where_the_bot_is_no_member() {
    bot(async |discord| {
        let data = json!({"id": "1", "name": "ask", "type": 1, "options": [{"name": "question", "type": 3, "value": COVERED}]});
        let asked = discord.interaction("mia", GENERAL, 2, data, |event| {
            event["authorizing_integration_owners"] = json!({"1": "5"});
            event["context"] = 2.into();
            event.as_object_mut().unwrap().remove("guild_id");
            let member = event.as_object_mut().unwrap().remove("member").unwrap();
            event["user"] = member["user"].clone();
        });
        assert!(read(&discord.answer(asked).await).contains(ANSWER));
        // What it cannot post it does not offer to post.
        let question = discord.says("max", GENERAL, COVERED);
        let of = discord.shared.state().messages[&question].clone();
        let data = json!({"id": "1", "name": "Find an answer", "type": 3, "target_id": question.to_string(),
            "resolved": {"messages": {question.to_string(): of}}});
        for alone in [false, true] {
            // Discord tells what its user may do there, too.
            let found = discord.interaction("mia", GENERAL, 2, data.clone(), |event| match alone {
                true => event["authorizing_integration_owners"] = json!({"1": "5"}),
                false => event["app_permissions"] = "0".into(),
            });
            let found = discord.answer(found).await;
            assert!(read(&found).contains(ANSWER) && !found.to_string().contains("Post it"), "{found}");
        }
    });
}

#[test]
fn an_unknown_command_or_button_is_answered_kindly() {
    bot(async |discord| {
        for interaction in [
            discord.slash("mia", GENERAL, "frobnicate"),
            discord.presses("mia", GENERAL, &json!({}), &Press::Forged("what:is:this")),
            discord.presses("mia", GENERAL, &json!({}), &Press::Forged("post:../../etc")),
        ] {
            assert_eq!(discord.answer(interaction).await["flags"], 64);
        }
    });
}
