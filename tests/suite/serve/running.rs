//! Starting, checking, stopping.

use std::time::{Duration, Instant};

use super::{ADVICE, ANSWER, COVERED, EMERGENCY};
use crate::support::discord::{FakeDiscord, Fault, GENERAL, Request, TOKEN, bot, bot_with, read};

/// Runs the program to its end, which has to come soon: what it printed, and its exit status.
async fn run(discord: &FakeDiscord, arguments: &[&str], variables: &[(&str, &str)]) -> (String, String, i32) {
    let mut program = tokio::process::Command::from(discord.program(arguments));
    program.envs(variables.iter().copied()).kill_on_drop(true);
    let output =
        tokio::time::timeout(Duration::from_secs(60), program.output()).await.expect("it does not end").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap_or(-1))
}

pub(super) fn alone(test: impl Future<Output = ()>) {
    tokio::runtime::Runtime::new().unwrap().block_on(test);
}

#[test]
fn a_bad_configuration_is_refused_with_all_its_faults_at_once() {
    alone(async {
        let discord = FakeDiscord::new(&[]).await;
        let wrong = [
            ("SACRUM_SHARDS", "4-3/2"),
            // What was meant for another setting stands in this one.
            ("SACRUM_HOME_GUILD", TOKEN),
            ("SACRUM_LOG", "xml"),
            ("SACRUM_COOLDOWN", "3"),
            ("SACRUM_COOLDOWN_SECONDS", "9223372036854775807"),
            ("SACRUM_REFRESH_EVERY", "999999999999999999d"),
            ("SACRUM_DISCORD_PROXY", "http://user:hunter2@proxy:80"),
            ("SACRUM_LOG_LEVEL", TOKEN),
            ("DISCORD_TOKEN", ""),
            ("DATABASE_URL", "mysql://root:hunter2@db"),
        ];
        for arguments in [&["serve"][..], &["serve", "--check"], &["ask", "why"]] {
            let (_, err, code) = run(&discord, arguments, &wrong).await;
            assert_eq!(code, 1);
            assert_eq!(err.contains("DISCORD_TOKEN is not set"), arguments[0] == "serve", "{err}");
            for part in [
                "SACRUM_SHARDS",
                "SACRUM_HOME_GUILD",
                "\"xml\"",
                "SACRUM_LOG_LEVEL",
                "did you mean SACRUM_COOLDOWN_SECONDS?",
                "up to 86400",
                "up to 3650d",
                "SACRUM_DISCORD_PROXY",
                "DATABASE_URL",
            ] {
                assert!(err.contains(part), "{part} in {err}");
            }
            assert!(!err.contains("hunter2") && !err.contains(TOKEN), "{err}");
        }
        let (_, err, code) = run(&discord, &["serve"], &[("DISCORD_TOKEN", "")]).await;
        assert!(code == 1 && err.contains("DISCORD_TOKEN is not set"), "{err}");
        let (_, err, code) = run(&discord, &["serve"], &[("SACRUM_DATA", "/proc/no")]).await;
        assert!(code == 1 && err.contains("/proc/no") && err.contains("--data"), "{err}");
    });
}

/// A data folder whose database is none.
fn folder_without_database(name: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("sacrum.db"), "this is a letter and no database\n".repeat(200)).unwrap();
    folder
}

#[test]
fn with_the_faults_of_settings_those_of_corpus_database_and_token_are_told() {
    alone(async {
        let discord = FakeDiscord::new(&[]).await;
        let folder = folder_without_database("all-wrong");
        let wrong = [
            ("SACRUM_CORPUS", "/nowhere"),
            ("DISCORD_TOKEN", "wrong-token"),
            ("SACRUM_DATA", folder.to_str().unwrap()),
            ("SACRUM_LOG", "xml"),
        ];
        for arguments in [&["serve"][..], &["serve", "--check"]] {
            for (wrong, has_setting) in [(&wrong[..], true), (&wrong[..3], false)] {
                let (_, err, code) = run(&discord, arguments, wrong).await;
                let parts = ["/nowhere", "does not accept the token", "all-wrong/sacrum.db"];
                assert!(code == 1 && parts.iter().all(|part| err.contains(part)), "{err}");
                assert_eq!(err.contains("\"xml\""), has_setting, "{err}");
                assert!(!err.contains("wrong-token"), "{err}");
            }
        }
        // What is meant for another Discord goes to none.
        let (asked, wrong) = (discord.shared.state().requests.len(), [("SACRUM_DISCORD_PROXY", "ftp://here")]);
        let (_, err, code) = run(&discord, &["serve"], &wrong).await;
        assert!(code == 1 && err.contains("SACRUM_DISCORD_PROXY"), "{err}");
        assert_eq!(discord.shared.state().requests.len(), asked);
    });
}

#[test]
fn settings_may_stand_in_a_file_and_are_listed_in_help() {
    alone(async {
        let discord = FakeDiscord::new(&[]).await;
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("dotenv");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(".env"), "SACRUM_CORPUS=/nowhere/at/all\n").unwrap();
        let mut program = discord.program(&["ask", "why"]);
        let output = program.env_remove("SACRUM_CORPUS").current_dir(&folder).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/at/all"));
        std::fs::write(folder.join(".env"), "DISCORD_TOKEN=\"unfinished-secret\nSACRUM_CORPUS").unwrap();
        let mut program = discord.program(&["ask", "why"]);
        let output = program.env_remove("SACRUM_CORPUS").current_dir(&folder).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && err.contains(".env") && !err.contains("unfinished"), "{err}");
        let (out, _, code) = run(&discord, &["serve", "--help"], &[]).await;
        assert!(code == 0 && out.contains("SACRUM_SHARDS") && !out.contains(TOKEN), "{out}");
    });
}

#[test]
fn check_verifies_everything_and_exits() {
    alone(async {
        let discord = FakeDiscord::new(&[]).await;
        let (out, _, code) = run(&discord, &["serve", "--check"], &[]).await;
        assert!(code == 0 && out.contains("All is well"), "{out}");
        assert!(discord.shared.state().identifies.is_empty());
        let (_, err, code) = run(&discord, &["serve", "--check"], &[("DISCORD_TOKEN", "wrong-token")]).await;
        assert!(code == 1 && err.contains("does not accept the token") && !err.contains("wrong-token"), "{err}");
        let (_, err, code) = run(&discord, &["serve", "--check"], &[("SACRUM_CORPUS", "/nowhere")]).await;
        assert!(code == 1 && err.contains("/nowhere"), "{err}");
        // All that is wrong at once, and where the database is.
        let folder = folder_without_database("no-database");
        let wrong = [
            ("SACRUM_CORPUS", "/nowhere"),
            ("DISCORD_TOKEN", "wrong-token"),
            ("SACRUM_DATA", folder.to_str().unwrap()),
        ];
        let (_, err, code) = run(&discord, &["serve", "--check"], &wrong).await;
        let parts = ["/nowhere", "does not accept the token", "no-database/sacrum.db", "DATABASE_URL"];
        assert!(code == 1 && parts.iter().all(|part| err.contains(part)), "{err}");
    });
}

#[test]
fn a_signal_ends_it_while_it_waits_for_discord_or_the_database() {
    // Somebody takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let database = format!("postgres://nobody@{address}/nothing");
    for (name, value) in [("SACRUM_DISCORD_PROXY", format!("http://{address}")), ("DATABASE_URL", database)] {
        for (arguments, ends) in [(&["serve", "--check"][..], 1), (&["serve"], 0)] {
            alone(async {
                let discord = FakeDiscord::new(&[]).await;
                let mut program = discord.program(arguments).env(name, &value).spawn().unwrap();
                tokio::time::sleep(Duration::from_millis(1_500)).await;
                let begun = Instant::now();
                let killed = std::process::Command::new("kill").args(["-TERM", &program.id().to_string()]).status();
                assert!(killed.unwrap().success());
                let status = tokio::task::spawn_blocking(move || program.wait().unwrap()).await.unwrap();
                assert_eq!(status.code(), Some(ends), "{name} {arguments:?}");
                assert!(begun.elapsed() < Duration::from_secs(3), "{name} {arguments:?}");
            });
        }
    }
}

#[test]
fn an_invalid_token_is_explained() {
    alone(async {
        let discord = FakeDiscord::new(&[]).await;
        let (_, err, code) = run(&discord, &["serve"], &[("DISCORD_TOKEN", "wrong-token")]).await;
        assert!(code == 1 && err.contains("Reset Token") && !err.contains("wrong-token"), "{err}");
    });
}

#[test]
fn where_discord_allows_no_further_start_today_none_is_tried() {
    alone(async {
        let discord = FakeDiscord::new(&[]).await;
        discord.fault(|request| {
            let body = r#"{"url": "ws://127.0.0.1:1", "shards": 1,
                "session_start_limit": {"total": 1000, "remaining": 0, "reset_after": 3540001, "max_concurrency": 1}}"#;
            (request.path == "/gateway/bot").then(|| Fault::Answer(200, vec![], body.to_owned()))
        });
        let (_, err, code) = run(&discord, &["serve"], &[]).await;
        assert!(code == 1 && err.contains("no further start for the next 60 minutes"), "{err}");
    });
}

#[test]
fn it_waits_for_a_discord_that_is_down_for_a_moment() {
    let down = |state: &mut crate::support::discord::State| {
        let mut left = 2;
        state.faults.push(Box::new(move |request: &Request| {
            left -= i32::from(left > 0 && request.path == "/gateway/bot");
            (left > 0 && request.path == "/gateway/bot").then(|| Fault::Answer(503, vec![], "<html>".to_owned()))
        }));
    };
    bot_with(&[], down, async |discord| {
        discord.reply(discord.says("mia", GENERAL, &format!("@bot {COVERED}"))).await;
    });
}

#[test]
fn on_a_signal_it_finishes_what_it_has_in_hand_and_leaves_the_session_resumable() {
    for signal in ["-TERM", "-INT"] {
        bot(async |discord| {
            discord.fault(|request| {
                let post = request.path == format!("/channels/{GENERAL}/messages");
                post.then_some(Fault::Slow(Duration::from_secs(1)))
            });
            let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
            discord.until("it is being sent", |state| (state.bot_messages().count() == 1).then_some(())).await;
            discord.signal(signal);
            assert_eq!(discord.ended().await, 0, "{signal}");
            assert!(read(&discord.reply(question).await).contains(ANSWER));
            let state = discord.shared.state();
            assert!(state.log.contains("replied"), "the reply was finished: {}", state.log);
            let close = state.closes.last().copied().flatten();
            assert!(close.is_some_and(|code| code != 1000 && code != 1001), "{close:?}");
        });
    }
}

#[test]
fn a_reply_that_hangs_holds_the_end_up_for_ten_seconds_at_most() {
    bot(async |discord| {
        let hangs = |request: &Request| request.path == format!("/channels/{GENERAL}/messages");
        discord.fault(move |request| hangs(request).then_some(Fault::Slow(Duration::from_secs(60))));
        discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        discord.until("it is being sent", |state| (state.bot_messages().count() == 1).then_some(())).await;
        let begun = Instant::now();
        discord.signal("-TERM");
        assert_eq!(discord.ended().await, 0);
        assert!((9..20).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        discord.until("it is told", |state| state.log.contains("not finished in time").then_some(())).await;
    });
}

#[test]
fn under_a_burst_an_emergency_overtakes_what_waits() {
    const SERVERS: u64 = 4;
    const ASKED: u64 = 240;
    let server = |at: u64| 1_100_000_000_000_001_000 + at % SERVERS * 10;
    let before = move |state: &mut crate::support::discord::State| {
        for at in 0..SERVERS {
            state.guilds.push(server(at));
            state.add_channel(server(at) + 1, server(at));
        }
    };
    bot_with(&[], before, async |discord| {
        discord.fault(|request| request.path.ends_with("/messages").then_some(Fault::Slow(Duration::from_secs(1))));
        for at in 0..ASKED {
            discord.says(&format!("member{at}"), server(at) + 1, &format!("@bot {COVERED}"));
        }
        discord.until("all hands are busy", |state| (state.bot_messages().count() >= 64).then_some(())).await;
        let urgent = discord.says("mia", GENERAL, EMERGENCY);
        discord.reply(urgent).await;
        let answered = discord.shared.state().bot_messages().count();
        assert!(answered < 160, "{answered} of {ASKED} came before it");
        let all = usize::try_from(ASKED).unwrap();
        discord.until("all are answered", |state| (state.bot_messages().count() > all).then_some(())).await;
    });
}

#[test]
fn however_many_emergencies_are_in_hand_a_command_is_acknowledged_in_time() {
    const CHANNELS: u64 = 14;
    let channel = |at: u64| 1_100_000_000_000_002_000 + at % CHANNELS;
    let before = move |state: &mut crate::support::discord::State| {
        (0..CHANNELS).for_each(|at| state.add_channel(channel(at), crate::support::discord::GUILD));
    };
    bot_with(&[], before, async |discord| {
        discord.fault(|request| request.path.ends_with("/messages").then_some(Fault::Slow(Duration::from_secs(5))));
        for at in 0..5 * CHANNELS {
            discord.says(&format!("member{at}"), channel(at), EMERGENCY);
        }
        discord.until("all hands are busy", |state| (state.bot_messages().count() >= 64).then_some(())).await;
        assert!(read(&discord.answer(discord.ask("ann", GENERAL, EMERGENCY)).await).contains(ADVICE));
        discord.answer(discord.slash("mia", GENERAL, "help")).await;
    });
}

#[test]
fn what_waited_too_long_is_dropped_and_counted_and_an_emergency_never_is() {
    bot(async |discord| {
        let is_callback = |request: &Request| request.path.ends_with("/callback");
        // As many as there are hands wait for Discord, for as long as an interaction is of use, and as many behind them.
        discord.fault(move |request| is_callback(request).then_some(Fault::Slow(Duration::from_secs(60))));
        for at in 0..160 {
            discord.slash(&format!("member{at}"), GENERAL, "help");
        }
        discord
            .until("all hands are busy", |state| {
                (state.requests.iter().filter(|request| is_callback(request)).count() >= 80).then_some(())
            })
            .await;
        let urgent = [discord.says("mia", GENERAL, EMERGENCY), discord.whispers("ann", EMERGENCY)];
        let asked = discord.ask("eve", GENERAL, EMERGENCY);
        for message in urgent {
            assert!(read(&discord.reply(message).await).contains(ADVICE));
        }
        // Where it is too late for the command, it comes another way.
        let told = |state: &mut crate::support::discord::State| {
            let answered = state.interactions[&asked].message.as_ref().is_some_and(|of| read(of).contains(ADVICE));
            let alone = state.private_channels.get(&crate::support::discord::user_id("eve")).map(u64::to_string);
            let alone = state.bot_messages().any(|of| alone.as_ref().is_some_and(|alone| of["channel_id"] == **alone));
            (answered || alone).then_some(())
        };
        discord.until("eve is told", told).await;
        discord.stop().await;
        let dropped = |state: &mut crate::support::discord::State| {
            let line = state.log.lines().find(|line| line.contains("waited too long"))?;
            line.split("dropped=").nth(1)?.split_whitespace().next()?.parse::<u32>().ok()
        };
        let dropped = discord.until("it is counted", dropped).await;
        assert!((1..=80).contains(&dropped), "{dropped}");
    });
}

#[test]
fn a_second_signal_ends_it_at_once() {
    bot(async |discord| {
        discord.fault(|request| {
            let post = request.path == format!("/channels/{GENERAL}/messages");
            post.then_some(Fault::Slow(Duration::from_secs(60)))
        });
        discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        discord.until("it is being sent", |state| (state.bot_messages().count() == 1).then_some(())).await;
        discord.signal("-TERM");
        discord.until("it is stopping", |state| state.log.contains("stopping").then_some(())).await;
        let begun = Instant::now();
        discord.signal("-INT");
        assert_eq!(discord.ended().await, 1);
        assert!(begun.elapsed() < Duration::from_secs(5));
    });
}

#[test]
fn logs_are_json_by_setting_and_hold_a_request_id() {
    bot_with(
        &[("SACRUM_LOG", "json")],
        |_| {},
        async |discord| {
            discord.reply(discord.says("mia", GENERAL, EMERGENCY)).await;
            discord.until("it is logged", |state| state.log.contains("replied").then_some(())).await;
            let state = discord.shared.state();
            for line in state.log.lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                if line["fields"]["message"] == "replied" {
                    assert!(line["span"]["id"].is_number(), "{line}");
                }
            }
        },
    );
}

#[test]
fn it_runs_the_shards_that_it_is_told_to() {
    bot_with(
        &[("SACRUM_SHARDS", "1-1/2")],
        |_| {},
        async |discord| {
            assert_eq!(discord.shared.state().identifies[0]["shard"], serde_json::json!([1, 2]));
            let asked = discord.shared.state().identifies[0]["intents"].as_u64().unwrap();
            assert_eq!(asked, 1 | 1 << 9 | 1 << 12 | 1 << 15, "no more than it needs");
        },
    );
}

#[test]
fn several_shards_each_answer_their_own_servers() {
    let server = |shard: u64| crate::support::discord::GUILD + (shard << 22);
    let first = (crate::support::discord::GUILD >> 22) % 4;
    // Shards 1 and 2 of 4 are ours; another process has the others.
    let servers: Vec<(u64, u64)> = (0..4).map(|at| ((first + at) % 4, server(at))).collect();
    let all = servers.clone();
    let before = move |state: &mut crate::support::discord::State| {
        for (shard, guild) in all {
            if !state.guilds.contains(&guild) {
                state.guilds.push(guild);
            }
            state.add_channel(700 + shard, guild);
        }
    };
    bot_with(&[("SACRUM_SHARDS", "1-2/4")], before, async |discord| {
        discord.until("both shards are up", |state| (state.ready == 2).then_some(())).await;
        let mut shards: Vec<String> =
            discord.shared.state().identifies.iter().map(|identify| identify["shard"].to_string()).collect();
        shards.sort();
        assert_eq!(shards, ["[1,4]", "[2,4]"]);
        for shard in [0, 3, 1, 2] {
            let question = discord.says(&format!("mia{shard}"), 700 + shard, &format!("@bot {COVERED}"));
            if shard == 1 || shard == 2 {
                assert!(read(&discord.reply(question).await).contains(ANSWER), "shard {shard}");
            }
        }
        for shard in [0, 3] {
            assert!(discord.in_channel(700 + shard).is_empty(), "shard {shard} is not ours");
        }
        let asked = discord.ask("ann", 702, COVERED);
        assert!(read(&discord.answer(asked).await).contains(ANSWER));
        discord.drops(None);
        discord.until("both are back", |state| (state.resumes == 2).then_some(())).await;
        discord.reply(discord.says("max", 702, &format!("@bot {COVERED}"))).await;
        discord.reply(discord.says("max", 701, &format!("@bot {COVERED}"))).await;
    });
}

#[test]
fn shards_begin_as_many_at_once_as_discord_takes() {
    // Of four those begin one after the other whose numbers leave the same rest.
    for (at_once, together) in [(16, 4), (2, 2)] {
        let before = move |state: &mut crate::support::discord::State| state.at_once = at_once;
        bot_with(&[("SACRUM_SHARDS", "0-3/4")], before, async |discord| {
            discord.until("all are there", |state| (state.ready == 4).then_some(())).await;
            let state = discord.shared.state();
            assert_eq!(state.identifies.len(), 4, "none was sent away");
            let first = state.identified[0].1;
            let soon = state.identified.iter().filter(|(_, at)| *at - first < Duration::from_secs(4)).count();
            assert_eq!(soon, together);
        });
    }
}

#[test]
fn each_reason_for_which_discord_sends_it_away_is_explained_and_ends_it() {
    for (code, words) in [
        (4004, "Reset Token"),
        (4010, "Check SACRUM_SHARDS: FIRST-LAST/TOTAL"),
        (4011, "more servers than my shards may serve"),
        (4012, "Install a newer version"),
        (4013, "does not know an intent"),
        (4014, "Privileged Gateway Intents"),
    ] {
        alone(async {
            let mut discord = FakeDiscord::new(&[]).await;
            discord.shared.change(|state| state.refuses = Some(code));
            discord.start();
            assert_eq!(discord.ended().await, 1, "{code}");
            discord.until("it is told", |state| state.log.contains(words).then_some(())).await;
            let times = if code == 4014 { 2 } else { 1 };
            assert_eq!(discord.shared.state().identifies.len(), times, "{code}: no start is wasted");
        });
    }
    alone(async {
        let discord = FakeDiscord::new(&[]).await;
        let body = r#"{"message": "Invalid API version", "code": 50041}"#;
        discord.fault(move |request| {
            (request.path == "/gateway/bot").then(|| Fault::Answer(400, vec![], body.to_owned()))
        });
        let (_, err, code) = run(&discord, &["serve"], &[]).await;
        assert!(code == 1 && err.contains("Install a newer version"), "{err}");
    });
}

#[test]
fn the_token_is_in_no_argument_and_in_no_file() {
    bot(async |discord| {
        discord.reply(discord.says("mia", GENERAL, &format!("@bot {COVERED}"))).await;
        let id = discord.id();
        let arguments = std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        assert!(!arguments.contains("secret-token"));
        discord.stop().await;
        for bytes in crate::support::contents(discord.data()) {
            assert!(!String::from_utf8_lossy(&bytes).contains("secret-token"));
        }
    });
}
