//! Moderators look after what the bot knows: /corpus, and what other processes and the schedule do.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::discord::{FakeDiscord, Fault, GENERAL, MODERATORS, Press, State, bot_with, read};
use crate::support::garden::{Garden, ROSES, with_each_database};
use crate::support::site::Reply;

const PRUNE: &str = "when should i prune my roses?";
const GRAFT: &str = "how do i graft a pear?";
const ASTERS: &str =
    "<h1>Asters</h1><h2>Sowing asters</h2><p>Sow asters in April under glass. They flower from August on.";
const SOW: &str = "when do i sow asters?";

/// Runs a test against a bot that looks after a garden.
fn with(garden: &Garden, more: &[(&str, &str)], test: impl AsyncFnOnce(&mut FakeDiscord)) {
    let settings = garden.settings();
    let mut variables: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (&**name, &**value)).collect();
    variables.extend(more);
    bot_with(&variables, |_| {}, test);
}

/// What the bot answers to a question.
async fn asked(discord: &FakeDiscord, question: &str) -> Value {
    discord.answer(discord.ask_privately("mia", GENERAL, question)).await
}

/// What came of a moderator's command.
async fn done(discord: &FakeDiscord, sub: &str, words: &[(&str, &str)]) -> Value {
    let end = discord.end(discord.corpus("owner", sub, words)).await;
    assert_eq!(discord.shared.state().violations, Vec::<String>::new());
    end
}

async fn pressed(discord: &FakeDiscord, under: &Value, press: Press<'_>) -> Value {
    discord.end(discord.presses("owner", GENERAL, under, &press)).await
}

#[test]
fn another_process_s_refresh_is_answered_within_seconds_and_no_question_is_missed() {
    let garden = Garden::new("live");
    let shared = Garden::on_postgres("live-postgres");
    for other in std::iter::once(&garden).chain(&shared) {
        // With a database on a server, the other process may be on another machine.
        let here = if other.data == garden.data { &garden } else { &other.on_another_machine() };
        with(here, &[], async |discord| {
            assert!(!read(&asked(discord, PRUNE).await).contains("late winter"));
            let is_shared = here.data != other.data;
            let told = |state: &mut State| state.log.contains("the database tells of changes").then_some(());
            if is_shared {
                discord.until("the database tells it of changes", told).await;
            }
            other.json(&["corpus", "refresh"]);
            for _ in 0..5 {
                assert!(read(&asked(discord, "when do i plant tulips?").await).contains("Plant tulips in November"));
            }
            let swapped = |state: &mut State| state.log.contains("another generation answers now").then_some(());
            discord.until("it answers with what the other process made", swapped).await;
            assert!(read(&asked(discord, PRUNE).await).contains("late winter"));
            // One that was down catches up at its start.
            discord.stop().await;
            other.json(&["corpus", "rollback", "1"]);
            discord.shared.change(|state| state.log.clear());
            discord.start();
            discord.until("the bot is back", |state| (state.ready > 0).then_some(())).await;
            let caught_up = async || !read(&asked(discord, PRUNE).await).contains("late winter");
            if !caught_up().await {
                discord.until("it caught up", swapped).await;
                assert!(caught_up().await);
            }
            // Who was cut off from the database looks again, and listens again.
            if is_shared {
                for (number, says) in [("2", true), ("1", false)] {
                    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
                               AND pid <> pg_backend_pid()";
                    discord.shared.change(|state| state.log.clear());
                    other.tamper(cut).unwrap();
                    discord.until("the database tells it of changes again", told).await;
                    other.json(&["corpus", "rollback", number]);
                    discord.until("it answers with another one again", swapped).await;
                    assert_eq!(read(&asked(discord, PRUNE).await).contains("late winter"), says);
                }
            }
        });
    }
}

#[test]
fn a_bot_that_the_database_cannot_tell_of_changes_looks_for_them() {
    let Some(other) = Garden::on_postgres("deaf") else { return };
    with(&other.on_another_machine().deaf(), &[], async |discord| {
        let log_says = |text: &'static str| move |state: &mut State| state.log.contains(text).then_some(());
        discord.until("it looks for changes", log_says("cannot tell of changes")).await;
        assert!(!read(&asked(discord, PRUNE).await).contains("late winter"));
        other.json(&["corpus", "refresh"]);
        discord.until("it found another generation", log_says("another generation answers now")).await;
        assert!(read(&asked(discord, PRUNE).await).contains("late winter"));
        assert!(!discord.shared.state().log.contains("the database tells of changes"));
    });
}

#[test]
fn only_moderators_of_the_home_server_look_after_the_corpus() {
    let garden = Garden::new("permit");
    with(&garden, &[], async |discord| {
        let refused = async |who: &str| {
            let refused = discord.answer(discord.corpus(who, "status", &[])).await;
            assert_eq!(refused["flags"], 64);
            read(&refused).contains("can look after")
        };
        assert!(refused("mia").await);
        assert!(refused("moderator").await, "no role was chosen yet");
        let role = json!([{"name": "role", "type": 8, "value": MODERATORS.to_string()}]);
        discord.answer(discord.setup("owner", "moderators", role)).await;
        let log = read(&done(discord, "log", &[]).await);
        assert!(log.contains("**setup** moderators") && log.contains(&MODERATORS.to_string()), "{log}");
        let status = discord.end(discord.corpus("moderator", "status", &[])).await;
        assert!(read(&status).contains("roses") && status["flags"] != 0, "{status}");
        assert!(refused("mia").await);
        // Every click is judged, whoever was shown the button.
        let ask = discord.end(discord.corpus("moderator", "remove", &[("source", "roses")])).await;
        for press in [
            Press::Button("Yes, remove it"),
            Press::Forged("corpus:rollback:1"),
            Press::Forged("corpus:accept:0:roses"),
            Press::Forged("corpus:refuse:0:roses"),
        ] {
            let pressed = discord.answer(discord.presses("mia", GENERAL, &ask, &press)).await;
            assert!(read(&pressed).contains("can look after"), "{pressed}");
        }
        assert!(
            discord.callback(discord.types_in_corpus("mia", "remove", "source", "")).await["data"]["choices"]
                == json!([])
        );
        let form = json!({"data": {"custom_id": "corpus:written"}});
        let written = discord.answer(discord.fills("mia", &form, &[("title", "x")])).await;
        assert!(read(&written).contains("can look after"), "{written}");
        let alone = discord.shared.change(|state| state.private_channel(5));
        let there = discord.answer(discord.corpus_in("owner", alone, "gaps", &[])).await;
        assert!(read(&there).contains("for servers"), "{there}");
        assert_eq!(garden.site.asked(), Vec::<String>::new());
    });
}

#[test]
fn a_refresh_tells_how_far_it_is_and_a_second_one_joins_it() {
    let garden = Garden::new("progress");
    garden.site.says("/roses", Reply::html(ROSES).slowly(Duration::from_millis(300)));
    with(&garden, &[], async |discord| {
        let first = discord.corpus("owner", "refresh", &[]);
        discord
            .until("it tells how far it is", |state| {
                let message = state.interactions[&first].message.as_ref()?;
                message["content"].as_str()?.starts_with("Refreshing: 0 of 1 sources").then_some(())
            })
            .await;
        let second = discord.corpus("owner", "refresh", &[]);
        let (first, second) = (discord.end(first).await, discord.end(second).await);
        assert!(read(&first).contains("1 added") && read(&first).contains("passages"), "{first}");
        assert!(read(&second).contains("Another refresh was under way"), "{second}");
        assert_eq!(garden.site.times("/roses"), 1);
        assert!(read(&asked(discord, PRUNE).await).contains("late winter"), "at once");
    });
}

#[test]
fn every_long_command_tells_how_far_it_is() {
    let garden = Garden::new("each-tells");
    with(&garden, &[], async |discord| {
        done(discord, "refresh", &[]).await;
        let form = discord.callback(discord.corpus("owner", "write", &[])).await;
        let words = [
            ("title", "How do I graft a pear?"),
            ("text", "Graft a pear in March, onto a quince stock. Bind the graft with raffia."),
            ("link", "https://example.org/pears"),
        ];
        let remove = done(discord, "remove", &[("source", "roses")]).await;
        let back = done(discord, "rollback", &[("generation", "1")]).await;
        let yes = |under: &Value, button: &str| discord.presses("owner", GENERAL, under, &Press::Button(button));
        let orders: [(&dyn Fn() -> u64, &str); 4] = [
            (&|| discord.fills("owner", &form, &words), "is a source now"),
            (&|| yes(&remove, "Yes, remove it"), "is quoted no more"),
            (&|| yes(&back, "Yes, go there"), "Generation 1 answers now"),
            (&|| discord.corpus("owner", "add", &[("url", &garden.site.url("/asters"))]), "is a source now"),
        ];
        garden.site.says("/asters", Reply::html(ASTERS));
        for (order, end) in orders {
            // Somebody else changes something.
            let lock = std::fs::File::create(garden.data.join("refresh.lock")).unwrap();
            lock.lock().unwrap();
            let given = order();
            discord
                .until("it tells what it waits for", |state| {
                    let message = state.interactions[&given].message.as_ref()?;
                    let told = message["content"].as_str()?;
                    (told.starts_with("Waiting until another change") && told.contains("begun <t:")).then_some(())
                })
                .await;
            lock.unlock().unwrap();
            let told = read(&discord.end(given).await);
            assert!(told.contains(end), "{end}: {told}");
        }
    });
}

#[test]
fn a_stop_in_the_middle_of_a_refresh_is_told_and_takes_nothing_away() {
    with_each_database("stopped", |garden| {
        with(garden, &[], async |discord| {
            done(discord, "refresh", &[]).await;
            garden.site.says("/roses", Reply::html(&ROSES.replace("late", "early")).slowly(Duration::from_millis(900)));
            let refresh = discord.corpus("owner", "refresh", &[]);
            discord
                .until("it is on its way", |state| {
                    let message = state.interactions[&refresh].message.as_ref()?;
                    message["content"].as_str()?.starts_with("Refreshing: 0 of 1 sources").then_some(())
                })
                .await;
            discord.stop().await;
            let told = discord.end(refresh).await;
            assert!(read(&told).contains("I am being stopped"), "{told}");
            garden.site.says("/roses", Reply::html(&ROSES.replace("late", "early")));
            discord.start();
            discord.until("the bot is back", |state| (state.ready > 0).then_some(())).await;
            assert!(read(&asked(discord, PRUNE).await).contains("late winter"));
            assert!(read(&done(discord, "refresh", &[]).await).contains("1 changed"));
            assert!(read(&asked(discord, PRUNE).await).contains("early winter"));
        });
    });
}

#[test]
fn gaps_and_feedback_are_kept_so_many_days_and_no_longer() {
    with_each_database("kept", |garden| {
        with(garden, &[("SACRUM_KEEP_DAYS", "7")], async |discord| {
            asked(discord, GRAFT).await;
            let answer = discord.answer(discord.ask("mia", GENERAL, "when do i plant my tulips?")).await;
            discord.answer(discord.presses("mia", GENERAL, &answer, &Press::Button("Not helpful"))).await;
            for (days, kept) in [(6, true), (2, false)] {
                discord.stop().await;
                let pass = match days {
                    6 => ["UPDATE gaps SET last_at = last_at - 518400", "UPDATE answers SET at = at - 518400"],
                    _ => ["UPDATE gaps SET last_at = last_at - 172800", "UPDATE answers SET at = at - 172800"],
                };
                pass.into_iter().for_each(|statement| garden.tamper(statement).unwrap());
                discord.shared.change(|state| state.log.clear());
                discord.start();
                discord.until("the bot is back", |state| (state.ready > 0).then_some(())).await;
                discord.answer(discord.slash("mia", GENERAL, "about")).await;
                let gaps = read(&done(discord, "gaps", &[]).await);
                assert_eq!(gaps.contains("graft a pear"), kept, "{gaps}");
                let feedback = read(&done(discord, "feedback", &[]).await);
                assert_eq!(feedback.contains("asked: when do i plant my tulips"), kept, "{feedback}");
            }
        });
        let export = garden.run(&["corpus", "export", "-"]).out;
        assert!(!export.contains("tulips?") && !export.contains("graft"), "{export}");
    });
}

#[test]
fn the_end_of_what_outlives_its_interaction_is_told_in_the_channel() {
    let garden = Garden::new("outlives");
    with(&garden, &[], async |discord| {
        discord.fault(|request| {
            let edit = request.method == "PATCH" && request.path.ends_with("/messages/@original");
            let gone = json!({"message": "Invalid Webhook Token", "code": 50_027}).to_string();
            edit.then_some(Fault::Answer(401, vec![], gone))
        });
        discord.corpus("owner", "refresh", &[]);
        let told = discord.until("it is told in the channel", |state| state.bot_messages().next().cloned()).await;
        assert!(read(&told).contains("1 added") && read(&told).contains("this took long"), "{told}");
        // What is told of others is not for everybody.
        let log = discord.corpus("owner", "log", &[]);
        discord
            .until("the log is refused", |state| {
                let path =
                    format!("/webhooks/1200000000000000000/{}/messages/@original", state.interactions[&log].token);
                state.requests.iter().any(|request| request.path == path).then_some(())
            })
            .await;
        let again = discord.corpus("owner", "refresh", &[]);
        discord.until("the next end is told", |state| (state.bot_messages().count() == 2).then_some(())).await;
        assert!(again > log && !discord.in_channel(GENERAL).iter().any(|of| read(of).contains("Who changed what")));
    });
}

#[test]
fn what_is_held_back_waits_for_a_yes_and_what_failed_says_why() {
    let garden = Garden::new("waits");
    with(&garden, &[], async |discord| {
        done(discord, "refresh", &[]).await;
        garden
            .site
            .says("/roses", Reply::html("<h1>Roses</h1><p>Prune roses whenever you like, they do not mind at all."));
        let held = done(discord, "refresh", &[("source", "roses")]).await;
        assert!(read(&held).contains("1 held back") && read(&held).contains("shrank"), "{held}");
        // On Discord nobody is sent to a terminal.
        let status = done(discord, "status", &[]).await;
        let unknown = done(discord, "remove", &[("source", "no-source-is-called-so")]).await;
        for (told, what_to_do) in [(&held, "below at what"), (&status, "below at what"), (&unknown, "/corpus status")] {
            assert!(read(told).contains(what_to_do) && !read(told).contains("sacrum corpus"), "{told}");
        }
        assert!(read(&asked(discord, PRUNE).await).contains("late winter"));
        let shown = pressed(discord, &held, Press::Choice("Look > roses")).await;
        assert!(
            read(&shown).contains("**+** Prune roses whenever you like") && read(&shown).contains("**−** Prune"),
            "{shown}"
        );
        let taken = pressed(discord, &shown, Press::Button("Yes, take it")).await;
        assert!(read(&taken).contains("1 changed"), "{taken}");
        assert!(read(&asked(discord, PRUNE).await).contains("whenever you like"));
        garden.site.says("/roses", Reply::new(500, b""));
        let failed = done(discord, "refresh", &[]).await;
        assert!(read(&failed).contains("1 failed") && read(&failed).contains("500"), "{failed}");
        assert!(read(&done(discord, "status", &[]).await).contains("failing"));
        let unknown = done(discord, "refresh", &[("source", "rosse")]).await;
        assert!(read(&unknown).contains("did you mean \"roses\"?"), "{unknown}");
    });
}

#[test]
fn the_old_text_stays_where_a_moderator_says_so() {
    with_each_database("says-no", |garden| {
        with(garden, &[], async |discord| {
            done(discord, "refresh", &[]).await;
            let short =
                |how: &str| Reply::html(&format!("<h1>Roses</h1><p>Prune roses {how}, they do not mind at all."));
            garden.site.says("/roses", short("whenever you like"));
            let held = done(discord, "refresh", &[]).await;
            let looked_at = pressed(discord, &held, Press::Choice("Look > roses")).await;
            garden.site.says("/roses", short("never"));
            garden.json(&["corpus", "refresh"]);
            let meanwhile = pressed(discord, &looked_at, Press::Button("Keep the old text")).await;
            assert!(read(&meanwhile).contains("nothing was taken"), "{meanwhile}");
            let refused = pressed(discord, &meanwhile, Press::Button("Keep the old text")).await;
            assert!(read(&refused).contains("The old text of roses stays"), "{refused}");
            let again = done(discord, "refresh", &[]).await;
            assert!(read(&again).contains("1 unchanged") && read(&again).contains("said no"), "{again}");
            assert!(read(&done(discord, "status", &[]).await).contains("**refused** roses"));
            assert!(read(&asked(discord, PRUNE).await).contains("late winter"));
            assert!(read(&done(discord, "log", &[]).await).contains("**refuse** roses"));
            let by_name = done(discord, "refresh", &[("source", "roses")]).await;
            assert!(read(&by_name).contains("1 held back"), "{by_name}");
        });
    });
}

#[test]
fn what_needs_a_look_stands_first_and_no_list_ends_with_its_menu() {
    let garden = Garden::new("long");
    let sources: String = (0..40)
        .map(|of| {
            let page = format!("<h1>Plant {of}</h1><h2>Sowing plant {of}</h2><p>Sow plant {of} in April under glass.");
            garden.site.says(&format!("/plant-{of}"), Reply::html(&page));
            format!(
                "[[source]]\nid = \"plant-{of:02}\"\ntitle = \"Plant {of}\"\npublisher = \"The Garden\"\nurl = \"{}\"\n\
                 kind = \"article\"\nlicence = \"CC-BY-4.0\"\nrefresh = true\n\n",
                garden.site.url(&format!("/plant-{of}"))
            )
        })
        .collect();
    let roses = std::fs::read_to_string(garden.folder.join("sources.toml")).unwrap();
    std::fs::write(garden.folder.join("sources.toml"), format!("{sources}{roses}")).unwrap();
    garden.json(&["corpus", "status"]);
    for of in 0..60 {
        let gap = format!(
            "INSERT INTO gaps (community, question, asked, first_at, last_at) \
             VALUES (0, 'what is variety {of}', {}, 4000000000, 4000000000)",
            100 - of
        );
        garden.tamper(Box::leak(gap.into_boxed_str())).unwrap();
    }
    with(&garden, &[], async |discord| {
        garden.site.says("/roses", Reply::new(500, b""));
        let report = done(discord, "refresh", &[]).await;
        let more = pressed(discord, &report, Press::Choice("More …")).await;
        let diff = pressed(discord, &more, Press::Choice("plant-39")).await;
        assert!(diff.to_string().contains("What changed in plant-39"), "{diff}");

        let status = read(&done(discord, "status", &[]).await);
        let at = |what: &str| status.find(what).unwrap_or_else(|| panic!("{what} in {status}"));
        assert!(at("**failing** roses") < at("**good** plant-00"), "{status}");

        let gaps = done(discord, "gaps", &[]).await;
        assert!(read(&gaps).contains("what is variety 0"), "{gaps}");
        let more = pressed(discord, &gaps, Press::Choice("More …")).await;
        let more = pressed(discord, &more, Press::Choice("More …")).await;
        let last = pressed(discord, &more, Press::Choice("what is variety 59")).await;
        assert!(read(&last).contains("Asked 41 times"), "{last}");
    });
}

#[test]
fn what_is_taken_is_what_was_looked_at() {
    with_each_database("looked-at", |garden| {
        with(garden, &[], async |discord| {
            done(discord, "refresh", &[]).await;
            let short =
                |how: &str| Reply::html(&format!("<h1>Roses</h1><p>Prune roses {how}, they do not mind at all."));
            garden.site.says("/roses", short("whenever you like"));
            done(discord, "refresh", &[]).await;
            let status = done(discord, "status", &[]).await;
            let looked_at = pressed(discord, &status, Press::Choice("Look > roses")).await;
            assert!(read(&looked_at).contains("whenever you like"), "{looked_at}");
            // Somebody else refreshes before it is taken.
            garden.site.says("/roses", short("never"));
            garden.json(&["corpus", "refresh"]);
            let again = pressed(discord, &looked_at, Press::Button("Yes, take it")).await;
            assert!(
                read(&again).contains("nothing was taken") && read(&again).contains("**+** Prune roses never"),
                "{again}"
            );
            assert!(read(&asked(discord, PRUNE).await).contains("late winter"));
            let taken = pressed(discord, &again, Press::Button("Yes, take it")).await;
            assert!(read(&taken).contains("1 changed"), "{taken}");
            assert!(read(&asked(discord, PRUNE).await).contains("Prune roses never"));
            let nothing = pressed(discord, &again, Press::Button("Yes, take it")).await;
            assert!(read(&nothing).contains("is held back"), "{nothing}");
        });
    });
}

#[test]
fn a_moderator_adds_a_page_sees_it_change_goes_back_and_answers_a_gap() {
    with_each_database("story", |garden| {
        garden.site.says("/asters", Reply::html(ASTERS));
        with(garden, &[], async |discord| {
            // Adds a page, and asks about it.
            let added = done(discord, "add", &[("url", &garden.site.url("/asters")), ("title", "All on asters")]).await;
            assert!(read(&added).contains("All on asters"), "{added}");
            let answer = asked(discord, SOW).await;
            assert!(
                read(&answer).contains("Sow asters in April") && read(&answer).contains("quoted from All on asters")
            );
            let link = &answer["components"][0]["components"][0];
            assert!(link["url"].as_str().unwrap().starts_with(&garden.site.url("/asters")), "{answer}");

            // The page changes.
            let later = ASTERS.replace("in April", "in early May");
            garden.site.says("/asters", Reply::html(&later));
            let report = done(discord, "refresh", &[]).await;
            assert!(read(&report).contains("1 changed") && read(&report).contains("1 added"), "{report}");
            let known = discord.callback(discord.types_in_corpus("owner", "remove", "source", "aster")).await;
            let id = known["data"]["choices"][0]["value"].as_str().unwrap().to_owned();
            let diff = read(&pressed(discord, &report, Press::Choice(&format!("What changed > {id}"))).await);
            assert!(
                diff.contains("**−** Sow asters in April") && diff.contains("**+** Sow asters in early May"),
                "{diff}"
            );
            assert!(read(&asked(discord, SOW).await).contains("early May"));

            // Back, after being asked.
            let sure = done(discord, "rollback", &[]).await;
            assert!(read(&sure).contains("Are you sure?"), "{sure}");
            assert!(read(&pressed(discord, &sure, Press::Button("Never mind")).await).contains("Nothing was changed"));
            assert!(read(&asked(discord, SOW).await).contains("early May"));
            pressed(discord, &sure, Press::Button("Yes, go there")).await;
            assert!(read(&asked(discord, SOW).await).contains("in April"));
            let history = read(&done(discord, "history", &[]).await);
            assert!(history.contains("by refresh") && history.contains("**Generation 2"), "{history}");

            // A gap, and its answer.
            assert!(!read(&asked(discord, GRAFT).await).contains("raffia"));
            let gaps = done(discord, "gaps", &[]).await;
            assert!(read(&gaps).contains("**1 ×** how do i graft a pear"), "{gaps}");
            let gap = pressed(discord, &gaps, Press::Choice("how do i graft a pear")).await;
            let form =
                discord.callback(discord.presses("owner", GENERAL, &gap, &Press::Button("Write an answer"))).await;
            assert_eq!(
                (&form["type"], &form["data"]["components"][0]["components"][0]["value"]),
                (&9.into(), &"how do i graft a pear".into())
            );
            let words = [
                ("title", "How do I graft a pear?"),
                ("text", "Graft a pear in March, onto a quince stock. Bind the graft with raffia."),
                ("link", "https://example.org/pears"),
            ];
            let written = discord.end(discord.fills("owner", &form, &words)).await;
            assert!(read(&written).contains("is answered with it now"), "{written}");
            let answer = asked(discord, GRAFT).await;
            assert!(
                read(&answer).contains("onto a quince stock") && read(&answer).contains("summarised from"),
                "{answer}"
            );
            assert_eq!(answer["components"][0]["components"][0]["url"], "https://example.org/pears");
            assert!(read(&done(discord, "gaps", &[]).await).contains("Nobody asked anything in vain"));

            // Takes the page away again, after being asked.
            let sure = done(discord, "remove", &[("source", &id)]).await;
            pressed(discord, &sure, Press::Button("Yes, remove it")).await;
            assert!(!read(&asked(discord, SOW).await).contains("Sow asters"));

            // All of it stands in the log, and can be taken along.
            let log = read(&done(discord, "log", &[]).await);
            for deed in ["**add**", "**refresh**", "**rollback**", "**write**", "**dismiss**", "**remove**"] {
                assert!(log.contains(deed), "{deed} in {log}");
            }
            let export = discord.corpus("owner", "export", &[]);
            discord.end(export).await;
            let files = discord.files(export);
            let file = String::from_utf8_lossy(&files[0].bytes);
            assert!(file.lines().count() > 6 && file.contains("Bind the graft with raffia"), "{file}");
        });
    });
}

#[test]
fn what_did_not_help_is_told_with_its_question_and_never_who() {
    with_each_database("feedback", |garden| {
        with(garden, &[], async |discord| {
            for who in ["mia", "max"] {
                let answer = discord.answer(discord.ask(who, GENERAL, "when do i plant my tulips?")).await;
                discord.answer(discord.presses(who, GENERAL, &answer, &Press::Button("Not helpful"))).await;
            }
            let liked = discord.answer(discord.ask("eva", GENERAL, "when do i plant tulips?")).await;
            discord.answer(discord.presses("eva", GENERAL, &liked, &Press::Button("Helpful"))).await;
            let told = read(&done(discord, "feedback", &[]).await);
            assert!(told.contains("**2 ×** Tulips") && told.contains("asked: when do i plant my tulips"), "{told}");
            assert!(!told.contains("when do i plant tulips"), "{told}");
            discord.stop().await;
            let id = crate::support::discord::user_id("mia").to_string();
            for bytes in crate::support::contents(&garden.data) {
                assert!(!String::from_utf8_lossy(&bytes).contains(&id));
            }
        });
    });
}

#[test]
fn a_dismissed_gap_stays_away_and_old_ones_are_forgotten() {
    let garden = Garden::new("dismissed");
    garden.json(&["corpus", "status"]);
    garden
        .tamper("INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES (1, 'do moles dig', 3, 0, 0)")
        .unwrap();
    with(&garden, &[], async |discord| {
        asked(discord, GRAFT).await;
        let gaps = done(discord, "gaps", &[]).await;
        assert!(!read(&gaps).contains("moles"), "SACRUM_KEEP_DAYS is over: {gaps}");
        asked(discord, "how do i graft a quince, asks Mia?").await;
        asked(discord, "how do i graft a plum? tell eva.b@example.org or call 0171 234 567 89").await;
        let named = read(&done(discord, "gaps", &[]).await);
        assert!(named.contains("graft a quince asks") && !named.contains("mia"), "{named}");
        assert!(named.contains("graft a plum") && !named.contains("eva") && !named.contains("0171"), "{named}");
        assert!(!named.contains("234") && !named.contains("567"), "{named}");
        let gap = pressed(discord, &gaps, Press::Choice("how do i graft a pear")).await;
        let sure = pressed(discord, &gap, Press::Button("Dismiss")).await;
        assert!(read(&sure).contains("Are you sure?"), "{sure}");
        assert!(read(&done(discord, "gaps", &[]).await).contains("pear"), "nothing was done yet");
        pressed(discord, &sure, Press::Button("Yes, dismiss it")).await;
        asked(discord, GRAFT).await;
        assert!(!read(&done(discord, "gaps", &[]).await).contains("pear"));
    });
}

#[test]
fn a_schedule_refreshes_by_itself_and_writes_it_down() {
    let garden = Garden::new("schedule");
    with(&garden, &[("SACRUM_REFRESH_EVERY", "1m")], async |discord| {
        discord.until("it was refreshed", |state| state.log.contains("refreshed: 1 added").then_some(())).await;
        assert!(read(&asked(discord, PRUNE).await).contains("late winter"));
        assert!(read(&done(discord, "log", &[]).await).contains("schedule **refresh**"));
        assert_eq!(garden.site.times("/roses"), 1, "and not again at once");
    });
}

#[test]
fn nothing_on_a_page_pings_links_or_hides() {
    let garden = Garden::new("hostile");
    let page = |how: &str| {
        Reply::html(&format!(
            "<title>@everyone [free](https://evil.example) <@&77>\u{202e}</title><h1>@everyone</h1><h2>Pruning</h2>\
             <p>Visit https://evil.example/now for roses, {how} each time. @everyone **prune** [here](https://evil.example) in winter.</p>\
             <h2>When to prune roses</h2><p>Prune roses in late winter, as https://evil.example/now says and discord.gg/now."
        ))
    };
    garden.site.says("/evil", page("once"));
    with(&garden, &[], async |discord| {
        let added = done(discord, "add", &[("url", &garden.site.url("/evil"))]).await;
        let answer = asked(discord, PRUNE).await;
        let text = answer["embeds"][0]["description"].as_str().unwrap().to_owned();
        assert!(
            text.contains("Prune roses in late winter, as https") && text.contains("evil.example/now says"),
            "{text}"
        );
        assert!(!text.contains("https://") && !text.contains("discord.gg"), "{text}");
        garden.site.says("/evil", page("twice"));
        let report = done(discord, "refresh", &[]).await;
        let known = discord.callback(discord.types_in_corpus("owner", "remove", "source", "evil")).await;
        let id = known["data"]["choices"][0]["value"].as_str().unwrap().to_owned();
        let diff = pressed(discord, &report, Press::Choice(&format!("What changed > {id}"))).await;
        assert!(read(&diff).contains("twice each time"), "{diff}");
        for shown in [&added, &report, &diff, &done(discord, "status", &[]).await] {
            let text = read(shown);
            for wrong in ["@everyone", "evil.example", "<@&77>", "](http", "\u{202e}"] {
                assert!(!text.contains(wrong), "{wrong} in {text}");
            }
        }
        for url in
            ["https://169.254.169.254/latest", "file:///etc/passwd", "https://user:pass@example.org/", "nonsense"]
        {
            let refused = read(&done(discord, "add", &[("url", url)]).await);
            assert!(refused.contains("did not work") && !refused.contains("pass@"), "{refused}");
        }
    });
}
