//! The connection to the gateway breaks, and the bot comes back by itself, to the place where it was.

use std::time::Duration;

use serde_json::json;

use super::running::alone;
use super::{ANSWER, COVERED};
use crate::support::discord::{CHOSEN, FakeDiscord, GENERAL, State, bot, bot_with, read};

/// Breaks the connection in some way.
type Break = fn(&FakeDiscord);

fn closes_with<const CODE: u16>(discord: &FakeDiscord) {
    discord.drops(Some(CODE));
}

/// Somebody asks while nobody listens, and is answered; the session goes on.
async fn nothing_is_missed(discord: &FakeDiscord, sessions: usize) {
    let missed = discord.says("max", GENERAL, &format!("@bot {COVERED}"));
    assert!(read(&discord.reply(missed).await).contains(ANSWER));
    assert_eq!(discord.shared.state().identifies.len(), sessions, "taken up again, not begun anew");
}

#[test]
fn dropped_connections_are_taken_up_again_and_nothing_is_missed_or_said_twice() {
    let breaks: [Break; 9] = [
        |discord| discord.drops(None),
        |discord| discord.hangs_up(),
        closes_with::<1000>,
        closes_with::<1001>,
        closes_with::<4000>,
        closes_with::<4001>,
        closes_with::<4002>,
        closes_with::<4008>,
        closes_with::<4999>,
    ];
    for (at, breaks) in breaks.into_iter().enumerate() {
        bot(async |discord| {
            discord.reply(discord.says("mia", GENERAL, &format!("@bot {COVERED}"))).await;
            breaks(discord);
            nothing_is_missed(discord, 1).await;
            assert_eq!(discord.in_channel(GENERAL).len(), 2, "{at}");
        });
    }
}

#[test]
fn after_a_code_that_ends_the_session_a_new_one_is_begun() {
    for breaks in [closes_with::<4003>, closes_with::<4007>, closes_with::<4009>] {
        bot(async |discord| {
            breaks(discord);
            discord.until("a new session", |state| (state.ready == 2).then_some(())).await;
            discord.reply(discord.says("max", GENERAL, &format!("@bot {COVERED}"))).await;
            assert_eq!(discord.shared.state().resumes, 0);
        });
    }
}

#[test]
fn orders_to_reconnect_and_invalid_sessions_are_followed() {
    for (order, resumes) in [
        (json!({"op": 7, "d": null}), true),
        (json!({"op": 7}), true),
        (json!({"op": 9, "d": true}), true),
        (json!({"op": 9, "d": false}), false),
        (json!({"op": 9}), false),
    ] {
        bot(async |discord| {
            discord.sends(&order);
            discord.until("it is back", |state| (state.resumes + state.ready >= 2).then_some(())).await;
            let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
            assert!(read(&discord.reply(question).await).contains(ANSWER));
            assert_eq!(discord.shared.state().resumes > 0, resumes, "{order}");
        });
    }
}

#[test]
fn a_session_that_cannot_be_resumed_is_begun_anew() {
    bot_with(
        &[],
        |state| state.resumable = false,
        async |discord| {
            for sessions in 2..=3 {
                discord.drops(None);
                discord.until("a new session", |state| (state.ready == sessions).then_some(())).await;
                discord.reply(discord.says("mia", GENERAL, &format!("@bot {COVERED}"))).await;
            }
        },
    );
}

#[test]
fn a_session_is_taken_up_again_where_discord_wants_it() {
    bot_with(
        &[],
        |state| state.names_a_door = true,
        async |discord| {
            for _ in 0..2 {
                discord.drops(None);
                nothing_is_missed(discord, 1).await;
            }
        },
    );
}

#[test]
fn heartbeats_that_stay_unanswered_mean_a_dead_connection_and_nothing_is_missed() {
    let before = |state: &mut State| (state.heartbeat, state.acknowledges) = (500, false);
    bot_with(&[], before, async |discord| {
        discord.until("it gave the connection up", |state| (!state.closes.is_empty()).then_some(())).await;
        let code = discord.shared.state().closes[0];
        assert!(code.is_some_and(|code| code != 1000 && code != 1001), "the session stays: {code:?}");
        discord.shared.change(|state| state.acknowledges = true);
        nothing_is_missed(discord, 1).await;
    });
}

#[test]
fn a_heartbeat_that_discord_asks_for_is_sent() {
    // Of itself it beats once in ten minutes.
    bot_with(
        &[],
        |state| state.heartbeat = 600_000,
        async |discord| {
            for beats in 1..=3 {
                discord.sends(&json!({"op": 1, "d": null}));
                discord.until("it beats", |state| (state.beats >= beats).then_some(())).await;
            }
        },
    );
}

#[test]
fn a_gateway_that_is_away_for_a_while_is_tried_again_ever_more_rarely_and_nothing_is_missed() {
    bot(async |discord| {
        discord.shared.change(|state| (state.away, state.knocks) = (true, Vec::new()));
        discord.drops(None);
        let missed = discord.says("mia", CHOSEN, &format!("@bot {COVERED}"));
        let knocks = discord.until("it tries", |state| (state.knocks.len() == 4).then(|| state.knocks.clone())).await;
        let pauses: Vec<Duration> = knocks.windows(2).map(|two| two[1] - two[0]).collect();
        for (at, pause) in pauses.iter().enumerate() {
            assert!(*pause >= Duration::from_secs(1 << at), "{pauses:?}");
        }
        discord.shared.change(|state| state.away = false);
        assert!(read(&discord.reply(missed).await).contains(ANSWER));
        nothing_is_missed(discord, 1).await;
        let state = discord.shared.state();
        assert!(state.log.contains("no connection to Discord lasts"), "{}", state.log);
    });
}

#[test]
fn it_waits_at_its_start_for_a_gateway_that_is_away() {
    alone(async {
        let mut discord = FakeDiscord::new(&[]).await;
        discord.shared.change(|state| state.away = true);
        discord.start();
        discord.until("it tries", |state| (state.knocks.len() == 2).then_some(())).await;
        discord.shared.change(|state| state.away = false);
        discord.until("it is there", |state| (state.ready == 1).then_some(())).await;
        discord.finish().await;
    });
}

#[test]
fn a_gateway_that_tells_no_more_than_it_must_is_enough() {
    let before = |state: &mut State| (state.curt, state.heartbeat) = (true, 0);
    bot_with(&[], before, async |discord| {
        discord.reply(discord.says("mia", GENERAL, &format!("@bot {COVERED}"))).await;
        discord.answer(discord.slash("mia", GENERAL, "about")).await;
        discord.drops(None);
        nothing_is_missed(discord, 1).await;
    });
}
