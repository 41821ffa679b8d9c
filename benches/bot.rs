//! The bot against a Discord of our own with 1,000 servers (tests/suite/support/discord):
//!
//! - how soon after its start it is at the gateway, the first time and later;
//! - how many messages a second it judges, and its memory after 1,000 and after 100,000 of 10,000 authors;
//! - how many mentions a second it answers, and how much longer that takes than a bot needs that replies to each with
//!   the same words;
//! - how long somebody waits for a muscle's names while they type.
//!
//! `cargo bench --bench bot` prints them, and fails where the start takes a second or memory grows.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // a figure is for a person to read, and a fault may end it

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde_json::{Value, json};

use support::discord::{FakeDiscord, State, TOKEN, bot_with, is};

#[allow(dead_code, unused_imports)] // the tests use more of it
#[path = "../tests/suite/support/mod.rs"]
mod support;

/// A question that the built-in corpus answers.
const COVERED: &str = "how long does sciatica last?";
const SERVERS: u64 = 1_000;
const FIRST: u64 = 1_150_000_000_000_000_000;
/// The built-in corpus, which is what people run.
const BUILT_IN: &[(&str, &str)] = &[("SACRUM_CORPUS", ""), ("SACRUM_LOG_LEVEL", "info"), ("SACRUM_DATA", DATA)];
const DATA: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench");

fn many_servers(state: &mut State) {
    for at in 0..SERVERS {
        state.guilds.push(FIRST + at * 10);
        state.add_channel(channel(at), FIRST + at * 10);
    }
}

fn channel(at: u64) -> u64 {
    FIRST + (at % SERVERS) * 10 + 1
}

fn resident_mib(discord: &FakeDiscord) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", discord.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// Waits until the bot has dealt with all that it was sent.
async fn settled(discord: &FakeDiscord) {
    discord.reply(discord.whispers("marker", COVERED)).await;
}

/// Somebody says something that is not for the bot, as on any server.
fn chatter(discord: &FakeDiscord, from: u64, to: u64) {
    for at in from..to {
        let text = format!("so i was at the shop at {at} and the queue was endless, anyone up for a game tonight?");
        discord.says(&format!("member{}", at % 10_000), channel(at), &text);
    }
    discord.shared.change(|state| {
        state.said.clear();
        state.messages.clear();
        state.sent.clear();
    });
}

fn main() {
    // Whether to run is asked of tests too, and these take a while.
    if std::env::args().any(|argument| argument == "--bench") {
        start();
        memory();
        answers();
        names();
    }
}

/// Compiles the corpus, which later starts need not do.
fn compile() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let compiled = runtime.block_on(async {
        let discord = FakeDiscord::new(BUILT_IN).await;
        discord.program(&["serve", "--check"]).output().unwrap()
    });
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
}

/// From the start of the program to the gateway: the first time, when it compiles the corpus as well, and later.
fn start() {
    let _ = std::fs::remove_dir_all(DATA);
    let first = to_the_gateway();
    compile();
    let mut later = [(); 5].map(|()| to_the_gateway());
    later.sort_unstable();
    println!("{first:?} from the first start to the gateway, {:?} from later ones", later[2]);
    assert!(first < Duration::from_secs(1) && later[2] < Duration::from_secs(1));
}

fn to_the_gateway() -> Duration {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut discord = FakeDiscord::new(BUILT_IN).await;
        let begun = Instant::now();
        discord.start();
        discord.until("it is there", |state| (!state.identifies.is_empty()).then_some(())).await;
        let took = begun.elapsed();
        discord.finish().await;
        took
    })
}

/// The memory does not grow with what is said.
fn memory() {
    bot_with(BUILT_IN, many_servers, async |discord| {
        chatter(discord, 0, 1_000);
        settled(discord).await;
        let before = resident_mib(discord);
        let begun = Instant::now();
        for part in 0..99 {
            chatter(discord, 1_000 + part * 1_000, 2_000 + part * 1_000);
            settled(discord).await;
        }
        let after = resident_mib(discord);
        println!("{:.0} messages a second judged", 99_000.0 / begun.elapsed().as_secs_f64());
        println!("resident: {before:.1} MiB after 1,000 messages, {after:.1} after 100,000: {:.2}", after / before);
        assert!(after / before <= 1.2 && after < 100.0, "{before:.1} {after:.1}");
    });
}

/// Answers, next to a constant.
fn answers() {
    const QUESTIONS: u64 = 2_000;
    let mut took = Vec::new();
    for constant in [true, false] {
        let ask = async |discord: &FakeDiscord| {
            let begun = Instant::now();
            for at in 0..QUESTIONS {
                discord.says(&format!("member{at}"), channel(at), &format!("@bot {COVERED}"));
            }
            let all = usize::try_from(QUESTIONS).unwrap();
            discord.until("all are answered", |state| (state.bot_messages().count() >= all).then_some(())).await;
            begun.elapsed()
        };
        if constant {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            took.push(runtime.block_on(async {
                let discord = FakeDiscord::new(&[]).await;
                discord.shared.change(many_servers);
                let bot = tokio::spawn(constant_bot(discord.base.clone()));
                discord.until("it is ready", |state| (state.ready > 0).then_some(())).await;
                let took = ask(&discord).await;
                bot.abort();
                took
            }));
        } else {
            bot_with(BUILT_IN, many_servers, async |discord| took.push(ask(discord).await));
        }
    }
    let rate = |took: Duration| 2_000.0 / took.as_secs_f64();
    println!(
        "{:.0} answers a second; a bot that replies with a constant: {:.0}; ratio {:.2}",
        rate(took[1]),
        rate(took[0]),
        took[1].as_secs_f64() / took[0].as_secs_f64()
    );
}

/// From a key that is pressed in /muscle to the names that are offered.
fn names() {
    const TYPED: [&str; 5] = [
        "left pirifomis",
        "gluteous medeus",
        "the deep butt muscle",
        "quadradus lumborum",
        "muscle next to my tailbone",
    ];
    bot_with(
        BUILT_IN,
        |_| {},
        async |discord| {
            let mut took: Vec<Duration> = Vec::new();
            let prefixes = TYPED.iter().flat_map(|typed| (0..=typed.len()).map(|end| &typed[..end]));
            for typed in prefixes.cycle().take(1_000) {
                let begun = Instant::now();
                let offered = discord.callback(discord.types_in("mia", "muscle", "name", typed)).await;
                took.push(begun.elapsed());
                assert!(offered["data"]["choices"].is_array(), "{offered}");
            }
            took.sort_unstable();
            let (median, late, last) = (took[500], took[990], took[999]);
            println!("{median:?} until names are offered; one in a hundred {late:?} or more, at most {last:?}");
        },
    );
}

/// The least that a bot can do: it answers each message with the same words.
async fn constant_bot(base: String) {
    let http = reqwest::Client::new();
    let gateway: Value = http
        .get(format!("{base}/api/v10/gateway/bot"))
        .header("authorization", format!("Bot {TOKEN}"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let (mut socket, _) = tokio_tungstenite::connect_async(gateway["url"].as_str().unwrap()).await.unwrap();
    let identify = json!({"op": 2, "d": {"token": TOKEN, "intents": 37_377, "shard": [0, 1], "properties": {}}});
    futures_util::SinkExt::send(&mut socket, tokio_tungstenite::tungstenite::Message::text(identify.to_string()))
        .await
        .unwrap();
    while let Some(Ok(message)) = socket.next().await {
        let Ok(event) = serde_json::from_str::<Value>(message.to_text().unwrap_or_default()) else { continue };
        if event["t"] != "MESSAGE_CREATE" || is(&event["d"]["author"]["id"], 0) {
            continue;
        }
        let (http, base, message) = (http.clone(), base.clone(), event["d"].clone());
        tokio::spawn(async move {
            let body = json!({"content": "Roses are red.", "nonce": message["id"], "enforce_nonce": true,
                "allowed_mentions": {"parse": []}, "message_reference": {"message_id": message["id"]}});
            let url = format!("{base}/api/v10/channels/{}/messages", message["channel_id"].as_str().unwrap());
            let _ = http.post(url).header("authorization", format!("Bot {TOKEN}")).json(&body).send().await;
        });
    }
}
