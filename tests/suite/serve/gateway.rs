//! What Discord sends is read whatever else stands in it, is missing or is new: serenity's types alone do not.

use serde_json::{Value, json};

use super::{ADVICE, ANSWER, COVERED, EMERGENCY};
use crate::support::discord::{FakeDiscord, GENERAL, GUILD, bot, bot_with, is, read, user};

/// Somebody replies to what another bot laid out in a way that nobody knows yet.
fn replies_to_a_new_layout(discord: &FakeDiscord, who: &str, text: &str) -> u64 {
    let layout =
        json!([{"type": 17, "id": 1, "components": [{"type": 10, "id": 2, "content": "a text"}, {"type": 99}]}]);
    let before = json!({"id": "5", "channel_id": GENERAL.to_string(), "author": user("otherbot"), "content": "",
        "timestamp": "2026-01-01T00:00:00Z", "type": 0, "flags": 1 << 15, "components": layout});
    discord.says_as(who, GENERAL, text, |message| {
        message["type"] = 19.into();
        message["message_reference"] = json!({"type": 0, "message_id": "5", "channel_id": GENERAL.to_string()});
        message["referenced_message"] = before;
    })
}

#[test]
fn a_sign_in_a_reply_to_a_layout_that_nobody_knows_yet_is_seen() {
    for compresses in [false, true] {
        bot_with(
            &[],
            |state| state.compresses = compresses,
            async |discord| {
                assert_eq!(discord.shared.state().identifies[0]["compress"], true, "it asked for that");
                let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
                assert!(read(&discord.reply(question).await).contains(ANSWER));
                let reply = replies_to_a_new_layout(discord, "ann", EMERGENCY);
                assert!(read(&discord.reply(reply).await).contains(ADVICE));
            },
        );
    }
}

#[test]
fn what_comes_twice_is_answered_once_however_it_is_read() {
    bot(async |discord| {
        let again = |discord: &FakeDiscord| {
            let event = discord.shared.state().sent.last().unwrap().1.clone();
            discord.sends(&event);
        };
        discord.reply(replies_to_a_new_layout(discord, "mia", &format!("@bot {COVERED}"))).await;
        again(discord);
        let options = json!([{"name": "question", "type": 3, "value": COVERED}]);
        let data = json!({"id": "1", "name": "ask", "type": 1, "options": options});
        for entitlements in [json!([]), json!([{"new": 1}])] {
            let change = |event: &mut Value| event["entitlements"] = entitlements;
            let asked = discord.interaction("max", GENERAL, 2, data.clone(), change);
            discord.answer(asked).await;
            again(discord);
            discord.answer(discord.slash("ann", GENERAL, "about")).await;
            discord.reply(discord.says("ann", GENERAL, &format!("@bot {COVERED}"))).await;
            let state = discord.shared.state();
            let acknowledges = format!("/interactions/{asked}/");
            assert_eq!(state.requests.iter().filter(|of| of.path.starts_with(&acknowledges)).count(), 1);
        }
        assert_eq!(discord.in_channel(GENERAL).len(), 3);
    });
}

#[test]
fn an_edit_is_read_whatever_else_stands_in_it() {
    bot(async |discord| {
        let question = discord.says("mia", GENERAL, "@bot what is the best pizza topping?");
        let reply: u64 = discord.reply(question).await["id"].as_str().unwrap().parse().unwrap();
        discord.shared.change(|state| state.messages.get_mut(&question).unwrap()["embeds"] = json!([{"fields": 5}]));
        discord.edits(question, &format!("@bot {COVERED}"));
        discord.until("the reply changes", |state| read(&state.messages[&reply]).contains(ANSWER).then_some(())).await;
    });
}

#[test]
fn what_cannot_be_read_at_all_is_told_without_its_words() {
    bot(async |discord| {
        discord.shared.change(|state| {
            let event = json!({"id": "no id", "content": "a thing that nobody else may read", "guild_id": GUILD});
            state.dispatch("MESSAGE_CREATE", Some(GUILD), event);
        });
        let told = |state: &mut crate::support::discord::State| {
            let mut lines = state.log.lines();
            lines.find(|line| line.contains("could not be read") && line.contains("MESSAGE_CREATE")).map(|_| ())
        };
        discord.until("it is told", told).await;
        assert!(!discord.shared.state().log.contains("nobody else may read"));
    });
}

/// What may be missing, null or new in what Discord sends.
type Change = fn(&mut Value);

fn without(of: &mut Value, kept: &[&str]) {
    of.as_object_mut().unwrap().retain(|key, _| kept.contains(&key.as_str()));
}

#[test]
fn a_message_is_read_whatever_else_stands_in_it_or_is_missing() {
    let changes: [Change; 6] = [
        |message| {
            without(message, &["id", "channel_id", "guild_id", "author", "content", "mentions"]);
            without(&mut message["author"], &["id", "username"]);
        },
        |message| {
            for key in ["member", "webhook_id", "nonce", "flags", "poll", "thread", "referenced_message", "components"]
            {
                message[key] = Value::Null;
            }
        },
        |message| message["embeds"] = json!([{"type": "new", "fields": 5}]),
        |message| message["attachments"] = json!([{"id": "1", "filename": "a.png"}]),
        |message| {
            message["something_new"] = json!({"a": [1]});
            message["flags"] = (1_u64 << 40).into();
            message["author"]["primary_guild"] = json!({"tag": 5});
            message["author"]["discriminator"] = "0000".into();
        },
        |message| message["interaction_metadata"] = json!({"id": "7", "type": 9}),
    ];
    bot(async |discord| {
        for (at, change) in changes.into_iter().enumerate() {
            let question = discord.says_as(&format!("member{at}"), GENERAL, &format!("@bot {COVERED}"), change);
            assert!(read(&discord.reply(question).await).contains(ANSWER), "{at}");
        }
    });
}

#[test]
fn an_interaction_is_read_whatever_else_stands_in_it_or_is_missing() {
    let changes: [Change; 6] = [
        |event| {
            without(event, &["id", "application_id", "type", "data", "guild_id", "channel_id", "member", "token"]);
            without(&mut event["member"], &["user", "permissions"]);
            without(&mut event["member"]["user"], &["id", "username"]);
        },
        |event| {
            without(event, &["id", "application_id", "type", "data", "channel", "user", "member", "token", "guild"]);
            event["user"] = event["member"]["user"].clone();
        },
        |event| {
            for key in ["entitlements", "locale", "guild_locale", "app_permissions", "context", "message", "channel"] {
                event[key] = Value::Null;
            }
            event["data"]["resolved"] = Value::Null;
        },
        |event| event["entitlements"] = json!([{"new": 1}]),
        |event| event["context"] = 9.into(),
        |event| event["app_permissions"] = u64::MAX.to_string().into(),
    ];
    bot(async |discord| {
        let options = json!([{"name": "question", "type": 3, "value": COVERED}]);
        for (at, change) in changes.into_iter().enumerate() {
            let who = format!("member{at}");
            let data = json!({"id": "1", "name": "ask", "type": 1, "options": options});
            let asked = discord.interaction(&who, GENERAL, 2, data, change);
            let answer = discord.answer(asked).await;
            assert!(read(&answer).contains(ANSWER), "{at}");
            let id = answer["components"][1]["components"][0]["custom_id"].clone();
            let press = discord.interaction(&who, GENERAL, 3, json!({"component_type": 2, "custom_id": id}), |event| {
                event["message"] = json!({"id": "9", "channel_id": GENERAL.to_string(), "flags": 1 << 15,
                    "components": [{"type": 17, "components": [{"type": 77}]}]});
                change(event);
            });
            assert!(read(&discord.answer(press).await).contains("Thank you"), "{at}");
        }
    });
}

#[test]
fn a_server_is_known_however_little_it_tells_of_itself() {
    const OTHER: u64 = 1_100_000_000_000_000_800;
    bot(async |discord| {
        discord.shared.change(|state| {
            state.add_channel(OTHER + 1, OTHER);
            state.guilds.push(OTHER);
            let ours = json!({"id": "91", "name": "sacrum", "tags": {"bot_id": "1200000000000000001", "new": null}});
            let guild = json!({"id": OTHER.to_string(), "owner_id": "5", "roles": [{"id": "90"}, ours], "new": {}});
            state.dispatch("GUILD_CREATE", Some(OTHER), guild);
        });
        // One that is looked up has another role of ours.
        let known = async {
            loop {
                let question = discord.says("mia", OTHER + 1, &format!("<@&91> {COVERED}"));
                discord.reply(discord.says("max", OTHER + 1, &format!("@bot {COVERED}"))).await;
                let replies = discord.in_channel(OTHER + 1);
                if replies.iter().any(|of| is(&of["message_reference"]["message_id"], question)) {
                    return;
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), known).await.expect("it was told");
    });
}

#[test]
fn every_kind_of_interaction_is_read_without_what_it_does_not_need() {
    let less: Change = |event| {
        for key in ["entitlements", "attachment_size_limit", "locale", "version"] {
            event.as_object_mut().unwrap().remove(key);
        }
    };
    bot(async |discord| {
        let typed = json!([{"name": "question", "type": 3, "value": "roses", "focused": true}]);
        let typed = discord.interaction(
            "mia",
            GENERAL,
            4,
            json!({"id": "1", "name": "ask", "type": 1, "options": typed}),
            less,
        );
        let offered = discord.callback(typed).await;
        assert!(offered["type"] == 8 && !offered["data"]["choices"][0].is_null(), "{offered}");
        let question = discord.says("max", GENERAL, COVERED);
        let of = discord.shared.state().messages[&question].clone();
        let menu = json!({"id": "1", "name": "Find an answer", "type": 3, "target_id": question.to_string(),
            "resolved": {"messages": {question.to_string(): of}}});
        let found = discord.answer(discord.interaction("mia", GENERAL, 2, menu, less)).await;
        assert!(read(&found).contains(ANSWER) && found.to_string().contains("Post it"), "{found}");
        let minutes =
            json!([{"name": "interval", "type": 1, "options": [{"name": "minutes", "type": 4, "value": 47}]}]);
        let setup = json!({"id": "1", "name": "setup", "type": 1, "options": minutes});
        let set = discord.answer(discord.interaction("owner", GENERAL, 2, setup, less)).await;
        assert!(read(&set).contains("47"), "{set}");
        let form = discord.callback(discord.corpus("owner", "write", &[])).await;
        let field = |(name, value): (&str, &str)| json!({"type": 1, "components": [{"type": 4, "custom_id": name, "value": value}]});
        let fields = [("title", "Wasps"), ("text", "No."), ("link", "nowhere")].map(field);
        let written = json!({"custom_id": form["data"]["custom_id"], "components": fields});
        let told = discord.end(discord.interaction("owner", GENERAL, 5, written, less)).await;
        assert!(!read(&told).is_empty(), "{told}");
    });
}
