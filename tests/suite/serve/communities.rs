//! Servers that are not the home server look after sources of their own, which nobody else sees.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::discord::{FakeDiscord, GENERAL, GUILD, Press, State, bot_with, read};
use crate::support::garden::{Garden, with_each_database};
use crate::support::site::Reply;

const PRUNE: &str = "when should i prune my roses?";
const GRAFT: &str = "how do i graft a pear?";
const SOW: &str = "when do i sow asters?";
const ASTERS: &str =
    "<h1>Asters</h1><h2>Sowing asters</h2><p>Sow asters in April under glass. They flower from August on.";
/// Two servers that are not the home server, and a channel in each.
const HERE: u64 = GUILD + (1 << 22);
const THERE: u64 = GUILD + (2 << 22);
const IN_HERE: u64 = 4_711;
const IN_THERE: u64 = 4_712;
/// All servers that are not the home server.
const SERVERS: [(u64, u64); 4] =
    [(HERE, IN_HERE), (THERE, IN_THERE), (GUILD + (3 << 22), 4_713), (GUILD + (4 << 22), 4_714)];

/// Runs a test against a bot that is on all these servers; the garden's settings, with or without the home server.
fn with(garden: &Garden, home: bool, test: impl AsyncFnOnce(&mut FakeDiscord)) {
    with_more(garden, home, &[], test);
}

/// The same, with further settings.
fn with_more(garden: &Garden, home: bool, more: &[(&str, &str)], test: impl AsyncFnOnce(&mut FakeDiscord)) {
    let settings = garden.settings();
    let kept = settings.iter().filter(|(name, _)| home || name != "SACRUM_HOME_GUILD");
    let mut variables: Vec<(&str, &str)> = kept.map(|(name, value)| (&**name, &**value)).collect();
    variables.extend(more);
    let servers = |state: &mut State| {
        for (guild, channel) in SERVERS {
            state.guilds.push(guild);
            state.add_channel(channel, guild);
        }
    };
    bot_with(&variables, servers, test);
}

async fn asked(discord: &FakeDiscord, channel: u64, question: &str) -> Value {
    discord.answer(discord.ask_privately("mia", channel, question)).await
}

/// Asks until the answer says this; whether it ever does.
async fn comes_to_say(discord: &FakeDiscord, channel: u64, question: &str, says: &str) -> bool {
    for _ in 0..100 {
        if read(&asked(discord, channel, question).await).contains(says) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    false
}

async fn done(discord: &FakeDiscord, channel: u64, sub: &str, words: &[(&str, &str)]) -> Value {
    discord.end(discord.corpus_in("owner", channel, sub, words)).await
}

async fn pressed(discord: &FakeDiscord, channel: u64, under: &Value, press: Press<'_>) -> Value {
    discord.end(discord.presses("owner", channel, under, &press)).await
}

/// What is offered for an option of /corpus.
async fn offered(discord: &FakeDiscord, channel: u64, sub: &str, option: &str) -> String {
    discord.callback(discord.types_in_corpus_in("owner", channel, sub, option, "")).await["data"]["choices"].to_string()
}

#[test]
fn what_a_server_adds_is_answered_there_and_found_nowhere_else() {
    with_each_database("own", |garden| {
        garden.site.says("/asters", Reply::html(ASTERS));
        with(garden, true, async |discord| {
            let private = discord.shared.change(|state| state.private_channel(crate::support::discord::user_id("mia")));
            let elsewhere = [GENERAL, IN_THERE, private];
            let added = done(discord, IN_HERE, "add", &[("url", &garden.site.url("/asters"))]).await;
            assert!(read(&added).contains("is a source now") && read(&added).contains("Generation 2"), "{added}");
            let answer = asked(discord, IN_HERE, SOW).await;
            assert!(read(&answer).contains("Sow asters in April"), "{answer}");
            let tulips = asked(discord, IN_HERE, "when do i plant tulips?").await;
            assert!(read(&tulips).contains("Plant tulips in November"), "what all share is still there: {tulips}");
            let heard = discord.says("max", IN_HERE, &format!("@bot {SOW}"));
            assert!(read(&discord.reply(heard).await).contains("Sow asters in April"));

            // Nobody else finds it: not by asking, by its id, by a list, by a button or by a number.
            let text = read(&answer);
            let citation = text.lines().find(|line| line.contains("quoted from")).unwrap();
            let id = citation.rsplit(' ').next().unwrap();
            let cited = async |channel| discord.slash_with("mia", channel, "cite", &[("id", id)]);
            assert!(read(&discord.answer(cited(IN_HERE).await).await).contains("Sow asters"));
            let listed = discord.answer(discord.slash("mia", IN_HERE, "sources")).await;
            assert!(read(&listed).contains("Asters"), "{listed}");
            let more =
                answer["components"].as_array().unwrap().iter().flat_map(|row| row["components"].as_array().unwrap());
            let ids: Vec<String> = more.filter_map(|part| part["custom_id"].as_str().map(str::to_owned)).collect();
            let more = ids.iter().find(|id| id.starts_with("more:")).unwrap();
            let kept = more.split(':').nth(1).unwrap();
            for channel in elsewhere {
                assert!(!read(&asked(discord, channel, SOW).await).contains("Sow asters"), "{channel}");
                let cited = discord.answer(cited(channel).await).await;
                assert!(read(&cited).contains("No excerpt"), "{cited}");
                let listed = discord.answer(discord.slash("mia", channel, "sources")).await;
                assert!(!read(&listed).contains("Asters"), "{listed}");
                let topics = discord.answer(discord.slash("mia", channel, "topics")).await;
                assert!(!topics.to_string().contains("Asters"), "{topics}");
                for forged in [format!("more:{kept}:0"), format!("page:{kept}:0"), format!("show:{kept}")] {
                    let shown = discord.answer(discord.presses("mia", channel, &answer, &Press::Forged(&forged))).await;
                    assert!(read(&shown).contains("too old"), "{forged}: {shown}");
                }
            }
            assert!(
                read(&pressed(discord, IN_HERE, &answer, Press::Forged(more)).await).contains("flower from August")
            );

            // Its page changes; only its moderators are told, and only they can go back.
            garden.site.says("/asters", Reply::html(&ASTERS.replace("in April", "in early May")));
            let report = done(discord, IN_HERE, "refresh", &[]).await;
            assert!(read(&report).contains("1 changed") && !read(&report).contains("roses"), "{report}");
            let diff = report["components"].to_string();
            let diff = diff.split("corpus:diff:").nth(1).unwrap().split('"').next().unwrap();
            assert_eq!(garden.site.times("/roses"), 0, "what all share is not theirs to refresh");
            for channel in [GENERAL, IN_THERE] {
                for sub in ["status", "history", "log", "feedback"] {
                    let told = done(discord, channel, sub, &[]).await;
                    assert!(!told.to_string().to_lowercase().contains("asters"), "{sub}: {told}");
                }
                for (sub, option) in [("remove", "source"), ("refresh", "source"), ("rollback", "generation")] {
                    let choices = offered(discord, channel, sub, option).await;
                    assert!(!choices.contains("asters") && !choices.contains("by add"), "{choices}");
                }
                let export = discord.corpus_in("owner", channel, "export", &[]);
                discord.end(export).await;
                let files = discord.files(export);
                assert!(!files.iter().any(|file| String::from_utf8_lossy(&file.bytes).contains("own-127")));
                let forged = pressed(discord, channel, &report, Press::Forged(&format!("corpus:diff:{diff}"))).await;
                assert!(!forged.to_string().contains("Sow asters"), "{forged}");
                let back = pressed(discord, channel, &report, Press::Forged("corpus:rollback:2")).await;
                assert!(read(&back).contains("no generation 2"), "{back}");
                let remove =
                    pressed(discord, channel, &report, Press::Forged("corpus:remove:own-127-0-0-1-asters")).await;
                assert!(read(&remove).contains("no source has the id"), "{remove}");
            }
            assert!(read(&asked(discord, IN_HERE, SOW).await).contains("early May"));
            assert!(read(&done(discord, IN_HERE, "status", &[]).await).contains("own-127-0-0-1-asters"));
            assert!(offered(discord, IN_HERE, "remove", "source").await.contains("own-127-0-0-1-asters"));
            let log = read(&done(discord, IN_HERE, "log", &[]).await);
            assert!(log.contains("**add**") && log.contains("**refresh**"), "{log}");
            let sure = done(discord, IN_HERE, "rollback", &[]).await;
            pressed(discord, IN_HERE, &sure, Press::Button("Yes, go there")).await;
            assert!(read(&asked(discord, IN_HERE, SOW).await).contains("in April"));

            // What all share changes under it, and the bot starts anew: both answer there.
            done(discord, GENERAL, "refresh", &[]).await;
            for _ in 0..2 {
                assert!(read(&asked(discord, IN_HERE, PRUNE).await).contains("late winter"));
                assert!(read(&asked(discord, IN_HERE, SOW).await).contains("in April"));
                assert!(!read(&asked(discord, IN_THERE, SOW).await).contains("in April"));
                discord.stop().await;
                discord.start();
                discord.until("the bot is back", |state| (state.ready > 0).then_some(())).await;
            }
            let refused = done(discord, IN_HERE, "remove", &[("source", "roses")]).await;
            assert!(read(&refused).contains("no source has the id"), "{refused}");

            // It takes its page away, and nothing of it is left.
            let sure = done(discord, IN_HERE, "remove", &[("source", "own-127-0-0-1-asters")]).await;
            pressed(discord, IN_HERE, &sure, Press::Button("Yes, remove it")).await;
            assert!(!read(&asked(discord, IN_HERE, SOW).await).contains("asters"));
            assert!(read(&asked(discord, IN_HERE, PRUNE).await).contains("late winter"));
        });
    });
}

#[test]
fn a_server_sees_and_answers_only_what_was_asked_in_vain_there() {
    with_each_database("own-gaps", |garden| {
        with(garden, true, async |discord| {
            asked(discord, IN_HERE, GRAFT).await;
            asked(discord, IN_THERE, "do bees ever sleep?").await;
            for (channel, theirs) in [(GENERAL, ""), (IN_HERE, "graft a pear"), (IN_THERE, "bees ever sleep")] {
                let gaps = read(&done(discord, channel, "gaps", &[]).await);
                for asked in ["graft a pear", "bees ever sleep"] {
                    assert_eq!(gaps.contains(asked), asked == theirs, "{channel}: {gaps}");
                }
            }
            let gaps = done(discord, IN_HERE, "gaps", &[]).await;
            let gap = pressed(discord, IN_HERE, &gaps, Press::Choice("how do i graft a pear")).await;
            let form = discord.presses("owner", IN_HERE, &gap, &Press::Button("Write an answer"));
            let form = discord.callback(form).await;
            let words = [
                ("title", "How do I graft a pear?"),
                ("text", "Graft a pear in March, onto a quince stock. Bind the graft with raffia."),
                ("link", "https://example.org/pears"),
            ];
            // The same form sent off elsewhere makes a source there, and deals with no gap of others.
            let written = discord.end(discord.fills_in("owner", IN_HERE, &form, &words)).await;
            assert!(read(&written).contains("is answered with it now"), "{written}");
            assert!(read(&asked(discord, IN_HERE, GRAFT).await).contains("onto a quince stock"));
            assert!(!read(&asked(discord, IN_THERE, GRAFT).await).contains("quince"));
            assert!(!read(&done(discord, IN_HERE, "gaps", &[]).await).contains("graft"));
            // Marked as not helpful: told there alone.
            let answer = asked(discord, IN_HERE, GRAFT).await;
            discord.answer(discord.presses("mia", IN_HERE, &answer, &Press::Button("Not helpful"))).await;
            assert!(read(&done(discord, IN_HERE, "feedback", &[]).await).contains("How do I graft a pear"));
            for channel in [GENERAL, IN_THERE] {
                assert!(read(&done(discord, channel, "feedback", &[]).await).contains("Nothing."));
            }
            // Whoever runs the bot is told all of it, and takes all of it along.
            discord.stop().await;
            let gaps = garden.run(&["corpus", "gaps"]).out;
            assert!(gaps.contains("bees ever sleep"), "{gaps}");
            let file = garden.data.join("export.jsonl");
            garden.json(&["corpus", "export", file.to_str().unwrap()]);
            let other =
                Garden::new(&format!("{}-moved", garden.folder.parent().unwrap().file_name().unwrap().display()));
            let imported = other.json(&["corpus", "import", file.to_str().unwrap()]);
            assert_eq!((&imported["sources"], &imported["feedback"]), (&1.into(), &1.into()), "{imported}");
            let ids = HERE.to_string();
            let status = other.json(&["corpus", "status", "--community", &ids]);
            assert_eq!(
                (&status["sources"][0]["quoted"], &status["sources"][1]),
                (&true.into(), &Value::Null),
                "{status}"
            );
            assert_eq!(other.ask(GRAFT), Value::Null, "and not for all");
        });
    });
}

#[test]
fn without_a_home_server_every_server_has_its_own_and_nobody_changes_what_all_share() {
    let garden = Garden::new("homeless");
    garden.site.says("/asters", Reply::html(ASTERS));
    with(&garden, false, async |discord| {
        let report = done(discord, GENERAL, "refresh", &[]).await;
        assert!(read(&report).contains("No source may be downloaded"), "{report}");
        assert_eq!(garden.site.asked(), Vec::<String>::new());
        done(discord, GENERAL, "add", &[("url", &garden.site.url("/asters"))]).await;
        assert!(read(&asked(discord, GENERAL, SOW).await).contains("Sow asters"));
        assert!(!read(&asked(discord, IN_HERE, SOW).await).contains("Sow asters"));
        let shared = done(discord, GENERAL, "add", &[("url", &garden.site.url("/roses"))]).await;
        assert!(read(&shared).contains("all communities share"), "{shared}");
        // From the terminal the same.
        let id = HERE.to_string();
        garden.json(&["corpus", "add", &garden.site.url("/asters"), "--community", &id]);
        assert!(comes_to_say(discord, IN_HERE, SOW, "Sow asters").await);
    });
}

#[test]
fn a_community_whose_refresh_takes_too_long_is_given_up_and_others_have_their_turn() {
    let garden = Garden::new("too-long");
    for (community, path) in [(HERE, "/asters"), (THERE, "/phlox")] {
        garden.site.says(path, Reply::html(ASTERS));
        garden.json(&["corpus", "add", &garden.site.url(path), "--community", &community.to_string()]);
    }
    // Somebody holds one up for ever.
    let lock = garden.data.join(format!("communities/{HERE}/refresh.lock"));
    let lock = std::fs::File::create(lock).unwrap();
    lock.lock().unwrap();
    with_more(&garden, true, &[("SACRUM_REFRESH_EVERY", "1m")], async |discord| {
        let log_says = |text: &'static str| move |state: &mut State| state.log.contains(text).then_some(());
        discord.until("it is given up", log_says("a community was given up after 8 s")).await;
        discord.until("the schedule has come to all", log_says("what communities have of their own")).await;
        assert_eq!((garden.site.times("/asters"), garden.site.times("/phlox")), (1, 2));
    });
    lock.unlock().unwrap();
}

#[test]
fn a_schedule_refreshes_what_servers_have_of_their_own() {
    with_each_database("own-schedule", |garden| {
        garden.site.says("/asters", Reply::html(ASTERS));
        let id = HERE.to_string();
        garden.json(&["corpus", "add", &garden.site.url("/asters"), "--community", &id]);
        // Another server has removed the bot.
        garden.site.says("/phlox", Reply::html(&ASTERS.replace("sters", "lpine asters")));
        garden.json(&["corpus", "add", &garden.site.url("/phlox"), "--community", "7"]);
        garden.tamper("INSERT INTO absent (community, since) VALUES (7, 4000000000)").unwrap();
        garden.site.says("/asters", Reply::html(&ASTERS.replace("in April", "in early May")));
        with_more(garden, true, &[("SACRUM_REFRESH_EVERY", "1m")], async |discord| {
            let refreshed = |state: &mut State| state.log.contains("what communities have of their own").then_some(());
            discord.until("the schedule has come to all", refreshed).await;
            assert_eq!(garden.site.times("/phlox"), 1, "no site is asked for who removed the bot");
            assert!(comes_to_say(discord, IN_HERE, SOW, "early May").await, "the schedule comes to it");
            assert_eq!(garden.site.times("/asters"), 2, "when it was added, and once by schedule");
            let log = read(&done(discord, IN_HERE, "log", &[]).await);
            assert!(log.contains("schedule **refresh**"), "{log}");
            assert!(read(&asked(discord, IN_HERE, PRUNE).await).contains("late winter"), "what all share came first");
            for channel in [GENERAL, IN_THERE] {
                assert!(!read(&asked(discord, channel, SOW).await).contains("early May"), "{channel}");
            }
        });
    });
}

/// Starts the bot anew, after a change, and waits until it has looked which servers removed it.
async fn starts_anew(discord: &mut FakeDiscord, change: impl FnOnce(&mut State)) {
    discord.stop().await;
    discord.shared.change(|state| {
        state.log.clear();
        change(state);
    });
    discord.start();
    discord.until("the bot is back", |state| (state.ready > 0).then_some(())).await;
    discord.until("it looked", |state| state.log.contains("looked who removed me").then_some(())).await;
}

#[test]
fn what_a_server_had_is_kept_for_a_while_after_it_removed_the_bot_and_then_forgotten() {
    with_each_database("absent", |garden| {
        let phlox = ASTERS.replace("asters", "phlox").replace("Asters", "Phlox");
        let sow = "when do i sow phlox?";
        garden.site.says("/asters", Reply::html(ASTERS));
        garden.site.says("/phlox", Reply::html(&phlox));
        let folder = |server: u64| garden.data.join("communities").join(server.to_string());
        // Fails as long as there is such a text.
        let is_text_kept = || garden.tamper("INSERT INTO texts SELECT * FROM texts WHERE body LIKE '%phlox%'").is_err();
        let log = || garden.run(&["corpus", "export", "-"]).out;
        with_more(garden, true, &[("SACRUM_KEEP_DAYS", "7")], async |discord| {
            done(discord, IN_HERE, "add", &[("url", &garden.site.url("/phlox"))]).await;
            done(discord, IN_THERE, "add", &[("url", &garden.site.url("/asters"))]).await;
            let private = json!({"name": "private", "type": 1, "options": [{"name": "on", "type": 5, "value": true}]});
            let setup = json!({"id": "1", "name": "setup", "type": 1, "options": [private]});
            discord.answer(discord.command("owner", IN_HERE, setup)).await;

            // It removes the bot while that is down, and takes it back. It is on the second page of Discord's list.
            let removes = |state: &mut State| state.guilds.retain(|server| *server != HERE);
            let takes_back = |state: &mut State| state.guilds.push(HERE);
            starts_anew(discord, |state| state.guilds.extend((1..=200).map(|number| GUILD - (number << 22)))).await;
            assert!(!log().contains("\"what\":\"leave\""), "all are there");
            starts_anew(discord, removes).await;
            assert!(log().contains("\"what\":\"leave\""));
            starts_anew(discord, takes_back).await;
            assert!(read(&asked(discord, IN_HERE, sow).await).contains("Sow phlox"));
            let told = read(&done(discord, IN_HERE, "log", &[]).await);
            assert!(told.contains("Discord **leave** : what it has is kept for 7 days") && told.contains("**return**"));

            // It removes it for good.
            starts_anew(discord, removes).await;
            let days_pass =
                ["UPDATE absent SET since = since - 3 * 86400", "UPDATE texts SET kept_at = kept_at - 3 * 86400"];
            for is_kept in [true, true, false] {
                let pass = |_: &mut State| days_pass.into_iter().for_each(|pass| garden.tamper(pass).unwrap());
                starts_anew(discord, pass).await;
                assert_eq!((folder(HERE).exists(), is_text_kept()), (is_kept, is_kept));
                let status = garden.json(&["corpus", "status", "--community", &HERE.to_string()]);
                assert_eq!(status["sources"].as_array().unwrap().len(), usize::from(is_kept), "{status}");
            }
            let left: Vec<String> =
                log().lines().filter(|of| of.contains(&HERE.to_string())).map(str::to_owned).collect();
            assert!(left.iter().all(|line| line.contains("\"kind\":\"audit\"")), "only the log is left: {left:?}");
            assert!(left.iter().any(|line| line.contains("\"what\":\"forget\"")), "{left:?}");
            starts_anew(discord, takes_back).await;
            assert!(!read(&asked(discord, IN_HERE, sow).await).contains("Sow phlox"));
            assert!(folder(THERE).exists() && read(&asked(discord, IN_THERE, SOW).await).contains("Sow asters"));
            done(discord, IN_HERE, "add", &[("url", &garden.site.url("/phlox"))]).await;
            assert!(read(&asked(discord, IN_HERE, sow).await).contains("Sow phlox"), "and it can begin anew");
        });
    });
}

#[test]
fn no_server_s_moderators_keep_all_others_waiting() {
    let garden = Garden::new("busy");
    with(&garden, true, async |discord| {
        let busy = async |channel: u64| {
            let answer = discord.answer(discord.corpus_in("owner", channel, "status", &[])).await;
            read(&answer).contains("at work for several moderators")
        };
        let [others @ .., (_, last)] = SERVERS;
        // As long as these are held, a refresh there waits.
        let locks = others.map(|(server, _)| {
            let folder = garden.data.join("communities").join(server.to_string());
            std::fs::create_dir_all(&folder).unwrap();
            let lock = std::fs::File::create(folder.join("refresh.lock")).unwrap();
            lock.lock().unwrap();
            lock
        });
        let mut waiting = Vec::new();
        for (_, channel) in others {
            for _ in 0..2 {
                let refresh = discord.corpus_in("owner", channel, "refresh", &[]);
                assert_eq!(discord.callback(refresh).await["data"]["content"], "Working …");
                waiting.push(refresh);
            }
            assert!(busy(channel).await, "each has two places, and no more");
        }
        assert!(busy(last).await, "what is left is the home server's");
        assert!(read(&done(discord, GENERAL, "status", &[]).await).contains("roses"));
        drop(locks);
        for refresh in waiting {
            let end = discord.end(refresh).await;
            assert!(read(&end).contains("No source may be downloaded"), "{end}");
        }
        let status = done(discord, last, "status", &[]).await;
        assert!(read(&status).contains("no sources of its own"), "{status}");
    });
}

#[test]
fn a_server_has_room_for_so_much_and_no_more() {
    let garden = Garden::new("room");
    let long = format!("<h1>Asters</h1><h2>Sowing asters</h2><p>{}", "Sow asters in April under glass. ".repeat(4_000));
    garden.site.says("/long", Reply::html(&long));
    garden.site.says("/asters", Reply::html(ASTERS));
    with(&garden, true, async |discord| {
        let refused = done(discord, IN_HERE, "add", &[("url", &garden.site.url("/long"))]).await;
        assert!(read(&refused).contains("24000 words"), "{refused}");
        done(discord, IN_HERE, "add", &[("url", &garden.site.url("/asters"))]).await;
        garden.site.says("/asters", Reply::html(&long));
        let grown = done(discord, IN_HERE, "refresh", &[]).await;
        assert!(read(&grown).contains("1 failed") && read(&grown).contains("at most 20000"), "{grown}");
        assert!(read(&asked(discord, IN_HERE, SOW).await).contains("Sow asters"), "its last good text stays");
        garden
            .tamper(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 49) INSERT INTO added_sources \
                 SELECT community, 'own-' || i, body, i FROM added_sources, n",
            )
            .unwrap();
        garden.site.says("/more", Reply::html(ASTERS));
        for (sub, words) in [("add", [("url", &*garden.site.url("/more"))])] {
            let refused = done(discord, IN_HERE, sub, &words).await;
            assert!(read(&refused).contains("50 sources of its own"), "{refused}");
        }
        let elsewhere = done(discord, IN_THERE, "add", &[("url", &garden.site.url("/more"))]).await;
        assert!(read(&elsewhere).contains("is a source now"), "{elsewhere}");
    });
}
