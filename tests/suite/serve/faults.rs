//! What the network and Discord do to it, and how it goes on.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{ANSWER, COVERED};
use crate::support::discord::{CHOSEN, Fault, GENERAL, Request, State, bot, bot_with, read};
use crate::support::postgres;

fn is_post(request: &Request) -> bool {
    request.method == "POST" && request.path == format!("/channels/{GENERAL}/messages")
}

/// The first requests that fit get these faults, one after the other.
fn faults(mut faults: Vec<Fault>, fits: fn(&Request) -> bool) -> impl FnMut(&Request) -> Option<Fault> {
    faults.reverse();
    move |request| if fits(request) { faults.pop() } else { None }
}

fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Fault {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Fault::Answer(status, headers, body.to_owned())
}

#[test]
fn server_errors_and_cut_answers_are_retried_and_make_one_message() {
    bot(async |discord| {
        let html = "<html>502 Bad Gateway</html>";
        let mut all = vec![answer(500, &[], html), answer(502, &[], html), answer(504, &[], "")];
        // A quarter of a minute, and more.
        all.extend([answer(502, &[], html), answer(502, &[], html), Fault::Cut]);
        discord.fault(faults(all, is_post));
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        assert!(read(&discord.reply(question).await).contains(ANSWER));
        discord.until("the last try is known", |state| state.log.contains("replied").then_some(())).await;
        assert_eq!(discord.in_channel(GENERAL).len(), 1);
        assert_eq!(discord.shared.state().requests.iter().filter(|request| is_post(request)).count(), 7);
    });
}

#[test]
fn rate_limits_of_every_scope_are_waited_for() {
    for (headers, body, least) in [
        (
            vec![("x-ratelimit-scope", "user"), ("retry-after", "1")],
            r#"{"message":"slow","retry_after":0.7,"global":false}"#,
            0.7,
        ),
        (vec![("x-ratelimit-scope", "shared")], r#"{"message":"slow","retry_after":0.6,"global":false}"#, 0.6),
        (
            vec![("x-ratelimit-global", "true"), ("retry-after", "1")],
            r#"{"message":"slow","retry_after":0.8,"global":true}"#,
            0.8,
        ),
        (vec![("retry-after", "1")], "<html>1015</html>", 1.0),
        (vec![], "{}", 0.2),
    ] {
        bot(async |discord| {
            discord.fault(faults(vec![answer(429, &headers, body)], is_post));
            let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
            discord.reply(question).await;
            let state = discord.shared.state();
            let times: Vec<Instant> = state.requests.iter().filter(|of| is_post(of)).map(|of| of.at).collect();
            assert_eq!(times.len(), 2, "{body}");
            assert!(times[1] - times[0] >= Duration::from_secs_f64(least), "{body}: {:?}", times[1] - times[0]);
        });
    }
}

#[test]
fn a_limit_on_everything_holds_in_every_channel_but_not_for_commands() {
    for (headers, body) in [
        (vec![("x-ratelimit-global", "true")], r#"{"message":"slow","retry_after":2.0}"#),
        (vec![("x-ratelimit-scope", "global"), ("retry-after", "2")], "<html>"),
        (vec![], r#"{"message":"slow","retry_after":2.0,"global":true}"#),
    ] {
        bot(async |discord| {
            discord.fault(faults(vec![answer(429, &headers, body)], is_post));
            let first = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
            discord.until("it is told", |state| state.log.contains("trying again").then_some(())).await;
            let second = discord.says("max", CHOSEN, &format!("@bot {COVERED}"));
            discord.answer(discord.ask("ann", GENERAL, COVERED)).await;
            assert_eq!(discord.shared.state().bot_messages().count(), 0, "{body}: a command does not wait");
            discord.reply(first).await;
            discord.reply(second).await;
            let state = discord.shared.state();
            let first = state.requests.iter().find(|of| is_post(of)).unwrap().at;
            let there = |of: &&Request| of.path == format!("/channels/{CHOSEN}/messages");
            let second = state.requests.iter().find(there).unwrap().at;
            assert!(second - first >= Duration::from_secs(2), "{body}: {:?}", second - first);
        });
    }
}

#[test]
fn an_answer_without_a_body_costs_no_later_edit() {
    for (status, body) in [(204, ""), (200, ""), (200, "<html>")] {
        bot(async |discord| {
            discord.fault(faults(vec![Fault::Blank(status, body)], is_post));
            let question = discord.says("mia", GENERAL, "@bot what is the best pizza topping?");
            discord.reply(question).await;
            discord.until("the bot has sent it", |state| state.log.contains(" replied").then_some(())).await;
            discord.edits(question, &format!("@bot {COVERED}"));
            let changed = |state: &mut State| state.bot_messages().any(|of| read(of).contains(ANSWER)).then_some(());
            discord.until("the reply changes", changed).await;
            assert_eq!(discord.in_channel(GENERAL).len(), 1, "{status}");
        });
    }
}

#[test]
fn where_discord_never_says_as_what_a_reply_was_posted_it_goes_on() {
    bot(async |discord| {
        discord.fault(|request| is_post(request).then_some(Fault::Blank(204, "")));
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        assert!(read(&discord.reply(question).await).contains(ANSWER));
        let told = |state: &mut State| state.log.contains("did not say as what").then_some(());
        discord.until("it is told", told).await;
        discord.edits(question, "@bot what is the best pizza topping?");
        discord.deletes(question);
        discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
        let state = discord.shared.state();
        assert_eq!(state.bot_messages().count(), 2);
        assert!(!state.requests.iter().any(|of| of.path.ends_with("/messages/0")), "{}", state.requests_listed());
    });
}

#[test]
fn a_channel_that_is_full_is_waited_for_before_it_says_so() {
    bot(async |discord| {
        let mut told = false;
        discord.fault(move |request| {
            let first = is_post(request) && !std::mem::replace(&mut told, true);
            let headers =
                vec![("x-ratelimit-remaining", "0".to_owned()), ("x-ratelimit-reset-after", "1.0".to_owned())];
            first.then(|| Fault::Answer(200, headers, r#"{"id":"1"}"#.to_owned()))
        });
        discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        discord.until("the first is sent", |state| state.requests.iter().any(is_post).then_some(())).await;
        discord.until("and known", |state| state.log.contains("replied").then_some(())).await;
        discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
        let state = discord.shared.state();
        let times: Vec<Instant> = state.requests.iter().filter(|of| is_post(of)).map(|of| of.at).collect();
        assert!(times[1] - times[0] >= Duration::from_millis(900), "{:?}", times[1] - times[0]);
    });
}

#[test]
fn what_is_refused_is_not_repeated() {
    for status in [400, 401, 403, 404] {
        bot(async |discord| {
            discord.fault(faults(vec![answer(status, &[], r#"{"message":"no","code":0}"#)], is_post));
            discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
            discord.until("it is tried", |state| state.requests.iter().any(is_post).then_some(())).await;
            discord.answer(discord.ask("max", GENERAL, COVERED)).await;
            assert_eq!(
                discord.shared.state().requests.iter().filter(|request| is_post(request)).count(),
                1,
                "{status}"
            );
        });
    }
}

#[test]
fn a_question_that_is_gone_gets_no_reply_and_no_fuss() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        discord.shared.change(|state| state.messages.remove(&question));
        discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
        assert_eq!(discord.in_channel(GENERAL).len(), 1);
    });
}

#[test]
fn an_interaction_that_is_over_or_acknowledged_already_is_dropped_quietly() {
    bot(async |discord| {
        let late = r#"{"message": "Unknown interaction", "code": 10062}"#;
        let twice = r#"{"message": "Interaction has already been acknowledged.", "code": 40060}"#;
        let is_callback = |request: &Request| request.path.ends_with("/callback");
        discord.fault(faults(vec![answer(404, &[], late), answer(400, &[], twice)], is_callback));
        for (who, tried) in [("mia", 1), ("ann", 2)] {
            discord.ask(who, GENERAL, COVERED);
            let tried = |state: &mut State| {
                let callbacks = state.requests.iter().filter(|request| is_callback(request)).count();
                (callbacks == tried).then_some(())
            };
            discord.until("it is tried", tried).await;
        }
        discord.answer(discord.ask("max", GENERAL, COVERED)).await;
        let state = discord.shared.state();
        assert!(!state.log.contains(" WARN") && !state.log.contains("ERROR"), "{}", state.log);
    });
}

#[test]
fn a_callback_that_broke_is_sent_again_in_time() {
    bot(async |discord| {
        let is_callback = |request: &Request| request.path.ends_with("/callback");
        discord.fault(faults(vec![answer(503, &[], ""), Fault::Cut], is_callback));
        let answer = discord.answer(discord.ask("mia", GENERAL, COVERED)).await;
        assert!(read(&answer).contains(ANSWER));
        discord
            .until("the double answer is known", |state| {
                (state.requests.iter().filter(|request| is_callback(request)).count() == 3).then_some(())
            })
            .await;
    });
}

#[test]
fn an_acknowledgement_that_arrived_counts_though_its_answer_was_cut_or_came_too_late() {
    for fault in [Fault::Cut, Fault::Slow(Duration::from_secs(3))] {
        bot(async |discord| {
            discord.fault(faults(vec![fault], |request| request.path.ends_with("/callback")));
            let asked = discord.corpus("owner", "status", &[]);
            let end = read(&discord.end(asked).await);
            assert!(end.contains("ast refresh"), "and it goes on: {end}");
        });
    }
}

#[test]
fn settings_that_cannot_be_read_are_not_overwritten() {
    let Some(database) = postgres::database("settings") else { return };
    bot_with(
        &[("DATABASE_URL", &database)],
        |_| {},
        async |discord| {
            super::chat::choose(discord, crate::support::discord::CHOSEN, 10).await;
            discord.stop().await;
            discord.start();
            discord.until("it is back", |state| (state.ready > 0).then_some(())).await;
            let mut other = <sqlx::PgConnection as sqlx::Connection>::connect(&database).await.unwrap();
            for statement in ["BEGIN", "LOCK TABLE settings IN ACCESS EXCLUSIVE MODE"] {
                sqlx::query(statement).execute(&mut other).await.unwrap();
            }
            let minutes = json!([{"name": "minutes", "type": 4, "value": 5}]);
            let changed = discord.setup("owner", "interval", minutes);
            let told = read(&discord.answer(changed).await);
            sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
            assert!(told.contains("Nothing has changed"), "{told}");
            let shown = read(&discord.answer(discord.setup("owner", "show", json!([]))).await);
            assert!(shown.contains(&crate::support::discord::CHOSEN.to_string()) && shown.contains("10"), "{shown}");
        },
    );
}

#[test]
fn an_event_that_comes_twice_is_answered_once() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        discord.reply(question).await;
        let event = discord.shared.state().sent.last().unwrap().1.clone();
        discord.sends(&event);
        discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
        assert_eq!(discord.in_channel(GENERAL).len(), 2);
    });
}

#[test]
fn unknown_and_odd_events_do_no_harm() {
    bot(async |discord| {
        for event in [
            json!({"op": 0, "t": "SOMETHING_NEW", "s": 90, "d": {"a": 1}}),
            json!({"op": 0, "t": "MESSAGE_CREATE", "s": 91, "d": {"id": "x"}}),
            json!({"op": 0, "t": "GUILD_CREATE", "s": 89, "d": {"id": "1100000000000000600", "unavailable": true}}),
            json!({"op": 0, "t": "GUILD_DELETE", "s": 92, "d": {"id": "1100000000000000000", "unavailable": true}}),
            json!({"op": 0, "t": "MESSAGE_DELETE", "s": 93, "d": {"id": "5", "channel_id": "6"}}),
            json!({"op": 0, "t": "MESSAGE_DELETE_BULK", "s": 94, "d": {"ids": ["5", "6"], "channel_id": "6"}}),
            json!({"op": 99, "d": {}}),
        ] {
            discord.sends(&event);
        }
        discord.says("mia", GENERAL, "");
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        assert!(read(&discord.reply(question).await).contains(ANSWER));
        assert!(!discord.shared.state().log.contains("GUILD_CREATE"), "an unavailable server is nothing odd");
    });
}

#[test]
fn an_answer_is_promised_in_time_and_privately_while_it_is_not_known_what_the_server_wants() {
    let Some(database) = postgres::database("wishes") else { return };
    bot_with(
        &[("DATABASE_URL", &database)],
        |_| {},
        async |discord| {
            let mut other = <sqlx::PgConnection as sqlx::Connection>::connect(&database).await.unwrap();
            for statement in ["BEGIN", "LOCK TABLE settings IN ACCESS EXCLUSIVE MODE"] {
                sqlx::query(statement).execute(&mut other).await.unwrap();
            }
            let asked = discord.ask("mia", GENERAL, COVERED);
            let promise = discord.callback(asked).await;
            assert!(promise["type"] == 5 && promise["data"]["flags"] == 64, "{promise}");
            sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
            let answer = discord.answer(asked).await;
            assert!(read(&answer).contains(ANSWER) && answer["flags"] == 64, "{answer}");
        },
    );
}

#[test]
fn what_is_typed_is_answered_in_time_though_the_database_is_slow() {
    let Some(database) = postgres::database("typing") else { return };
    bot_with(
        &[("DATABASE_URL", &database)],
        |_| {},
        async |discord| {
            let mut other = <sqlx::PgConnection as sqlx::Connection>::connect(&database).await.unwrap();
            for statement in ["BEGIN", "LOCK TABLE settings, generations IN ACCESS EXCLUSIVE MODE"] {
                sqlx::query(statement).execute(&mut other).await.unwrap();
            }
            let typed = discord.types_in_corpus("owner", "rollback", "generation", "");
            let offered = discord.callback(typed).await;
            assert_eq!(offered, json!({"type": 8, "data": {"choices": []}}));
            sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
        },
    );
}

#[test]
fn with_a_database_that_does_not_answer_it_acknowledges_in_time_and_answers_without_buttons() {
    bot(async |discord| {
        let url = format!("sqlite://{}", discord.data().join("sacrum.db").display());
        let mut other = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        let asked = discord.ask("mia", GENERAL, COVERED);
        assert_eq!(discord.callback(asked).await["type"], 5, "promised");
        let answer = discord.answer(asked).await;
        assert!(read(&answer).contains(ANSWER) && !answer.to_string().contains("custom_id"), "{answer}");
        let private = discord.reply(discord.says("ann", GENERAL, "@bot is horse manure good for roses?")).await;
        assert!(read(&private).contains("turn on private"), "still not in public: {private}");
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
        let answer = discord.answer(discord.ask("max", GENERAL, COVERED)).await;
        assert!(answer.to_string().contains("custom_id"));
    });
}

#[test]
fn to_be_told_how_long_to_wait_is_no_failed_try() {
    bot(async |discord| {
        let wait = || answer(429, &[("x-ratelimit-scope", "user")], r#"{"message":"slow","retry_after":0.33}"#);
        discord.fault(faults((0..9).map(|_| wait()).collect(), is_post));
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        assert!(read(&discord.reply(question).await).contains(ANSWER));
    });
}

#[test]
fn commands_that_could_not_be_registered_are_registered_later() {
    let before = |state: &mut State| {
        let is_it = |request: &Request| request.path.ends_with("/commands");
        state.faults.push(Box::new(faults(vec![answer(404, &[], "<html>")], is_it)));
    };
    bot_with(&[], before, async |discord| {
        discord.until("they are registered", |state| (state.commands_written == 1).then_some(())).await;
        assert!(discord.shared.state().log.contains("are not registered"));
    });
}

#[test]
fn a_server_that_cannot_be_looked_up_is_not_asked_for_each_message() {
    bot(async |discord| {
        const OTHER: u64 = 1_100_000_000_000_000_700;
        let looks_up = |request: &Request| request.path == format!("/guilds/{OTHER}");
        discord.fault(move |request| looks_up(request).then(|| answer(404, &[], r#"{"code": 10004}"#)));
        // It has told nothing of itself so far.
        discord.shared.change(|state| state.add_channel(OTHER + 1, OTHER));
        for _ in 0..8 {
            discord.says("ann", OTHER + 1, "<@&5> look at this");
            discord.reply(discord.says("mia", OTHER + 1, &format!("@bot {COVERED}"))).await;
        }
        let asked = discord.shared.state().requests.iter().filter(|request| looks_up(request)).count();
        assert!((1..=2).contains(&asked), "{asked}");
    });
}
