//! What moderators order: tried first, not done by halves, told as it is.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::garden::{Garden, ROSES, with_each_database};
use crate::support::postgres;
use crate::support::site::Reply;

const PRUNE: &str = "when should i prune my roses?";
const SOW: &str = "when do i sow asters?";
const ASTERS: &str =
    "<h1>Asters</h1><h2>Sowing asters</h2><p>Sow asters in April under glass. They flower from August on.";
/// The id of the source that is made of the page /asters.
const ID: &str = "127-0-0-1-asters";

fn text(garden: &Garden, question: &str) -> String {
    garden.ask(question)["text"].as_str().unwrap_or_default().to_owned()
}

/// What a refresh says of a source.
fn refreshed(garden: &Garden, id: &str) -> Value {
    let ran = garden.run(&["corpus", "refresh", "--json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    report["sources"].as_array().unwrap().iter().find(|source| source["source"] == id).cloned().unwrap_or_default()
}

/// Makes a source of the page /asters.
fn add(garden: &Garden) {
    garden.site.says("/asters", Reply::html(ASTERS));
    garden.json(&["corpus", "add", &garden.site.url("/asters")]);
}

#[test]
fn what_is_only_tried_says_what_would_come_of_it_and_changes_nothing() {
    with_each_database("tried", |garden| {
        add(garden);
        garden.json(&["corpus", "refresh"]);
        let file = garden.data.with_file_name("graft.md");
        fs::write(&file, "Graft a pear in March, onto a quince stock. Bind the graft with raffia.").unwrap();
        let elsewhere = Garden::new("tried-elsewhere");
        add(&elsewhere);
        elsewhere
            .tamper(
                "INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES (7, 'do moles dig', 3, 0, 0)",
            )
            .unwrap();
        elsewhere.tamper("INSERT INTO settings (community, body) VALUES (7, '{\"interval\": 33}')").unwrap();
        elsewhere.site.says("/lupins", Reply::html(&ASTERS.replace("sters", "lpine lupins")));
        elsewhere.json(&["corpus", "add", &elsewhere.site.url("/lupins")]);
        let export = garden.data.with_file_name("export.jsonl");
        elsewhere.json(&["corpus", "export", export.to_str().unwrap()]);

        let state = || {
            let current = fs::read_to_string(garden.data.join("current")).unwrap();
            (garden.run(&["corpus", "export", "-"]).out, garden.run(&["corpus", "history"]).out, current)
        };
        let before = state();
        let link = "https://example.org/pears";
        let write = ["corpus", "write", file.to_str().unwrap(), "--title", "How do I graft a pear?", "--link", link];
        let import = ["corpus", "import", export.to_str().unwrap()];
        for (command, told) in [
            (&write[..], "would be added: written-how-do-i-graft-a-pear"),
            (&["corpus", "remove", ID], "would be removed: 127-0-0-1-asters; nothing was changed"),
            (&["corpus", "rollback", "2"], "generation 2 would answer; nothing was changed"),
            (&import, "1 sources, 0 removed, refused or held back, 1 settings, 1 gaps, 0 unhelpful answers, 2 lines"),
            (&["corpus", "refresh"], "nothing was changed"),
        ] {
            let tried = garden.run(&[command, &["--dry-run"]].concat());
            assert!(tried.code == 0 && tried.out.contains(told), "{command:?}: {}{}", tried.out, tried.err);
            assert!(garden.json(&[command, &["--dry-run"]].concat())["dry_run"].as_bool().unwrap_or(true));
            assert_eq!(state(), before, "{command:?}");
        }
        // What could not be done is refused as it would be.
        for (command, why) in [
            (&["corpus", "remove", "aster"][..], "no source has the id"),
            (&["corpus", "rollback", "77"], "no generation 77"),
            (&[&write[..5], &["--link", "https://10.0.0.1/"]].concat(), "public internet"),
        ] {
            let tried = garden.run(&[command, &["--dry-run"]].concat());
            assert!(tried.code == 1 && tried.err.contains(why), "{command:?}: {}{}", tried.out, tried.err);
        }
        // Done, it is as it was told.
        let imported = garden.json(&import);
        assert_eq!(
            (&imported["sources"], &imported["settings"], &imported["gaps"], &imported["deeds"]),
            (&1.into(), &1.into(), &1.into(), &2.into())
        );
        let again = garden.json(&[&import[..], &["--dry-run"]].concat());
        assert_eq!(
            (&again["sources"], &again["settings"], &again["gaps"], &again["deeds"]),
            (&0.into(), &0.into(), &0.into(), &0.into())
        );
        assert_eq!(imported["kept"].as_u64().unwrap() + 5, again["kept"].as_u64().unwrap());
    });
}

#[test]
fn a_refusal_or_a_dismissal_that_is_only_tried_changes_nothing() {
    with_each_database("tried-no", |garden| {
        refreshed(garden, "roses");
        garden
            .tamper(
                "INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES (7, 'do moles dig', 3, 0, 0)",
            )
            .unwrap();
        let short = "<h1>Roses</h1><p>Prune roses whenever you like, they do not mind at all.";
        garden.site.says("/roses", Reply::html(short));
        refreshed(garden, "roses");
        let state = || ["status", "gaps", "log"].map(|list| garden.run(&["corpus", list, "--json"]).out);
        let before = state();
        for (command, told) in [
            (&["corpus", "refresh", "roses", "--refuse"][..], "would be refused: the text "),
            (
                &["corpus", "gaps", "--dismiss", "do moles dig?"],
                "would be dismissed: do moles dig; nothing was changed",
            ),
        ] {
            let tried = garden.run(&[command, &["--dry-run"]].concat());
            assert!(tried.code == 0 && tried.out.contains(told), "{command:?}: {}{}", tried.out, tried.err);
            assert_eq!(garden.json(&[command, &["--dry-run"]].concat())["dry_run"], true);
            assert_eq!(state(), before, "{command:?}");
        }
        for (command, why) in [
            (&["corpus", "refresh", "roses", "--refuse=0"][..], "another text"),
            (&["corpus", "gaps", "--dismiss", "what is love?"], "not asked in vain"),
        ] {
            let tried = garden.run(&[command, &["--dry-run"]].concat());
            assert!(tried.code == 1 && tried.err.contains(why), "{command:?}: {}{}", tried.out, tried.err);
        }
        assert_eq!(garden.run(&["corpus", "gaps", "--dry-run"]).code, 2);
    });
}

#[test]
fn what_waits_for_a_yes_moves_with_the_text_that_stays() {
    with_each_database("moves-held", |there| {
        let here = Garden::new("moves-held-from");
        refreshed(&here, "roses");
        let short = Reply::html("<h1>Roses</h1><p>Prune roses whenever you like, they do not mind at all.");
        here.site.says("/roses", short.clone());
        assert_eq!(refreshed(&here, "roses")["result"], "held_back");
        let file = here.data.join("export.jsonl");
        here.json(&["corpus", "export", file.to_str().unwrap()]);
        // What is kept says why; what to do about it is said by whoever shows it, in words of their own.
        let kept = fs::read_to_string(&file).unwrap();
        assert!(kept.contains("shrank from") && !kept.contains("sacrum corpus refresh"), "{kept}");
        there.site.says("/roses", short);
        assert_eq!(there.json(&["corpus", "import", file.to_str().unwrap()])["removed"], 1);
        let status = there.json(&["corpus", "status"]);
        assert_eq!(
            (&status["sources"][0]["state"], &status["sources"][0]["held"], &status["sources"][0]["quoted"]),
            (&"held".into(), &true.into(), &true.into())
        );
        let reason = status["sources"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("`sacrum corpus refresh roses --accept="), "{reason}");
        assert!(text(there, PRUNE).contains("late winter"));
        assert_eq!(refreshed(there, "roses")["result"], "held_back");
        there.json(&["corpus", "refresh", "roses", "--accept"]);
        assert!(text(there, PRUNE).contains("whenever you like"));
    });
}

#[test]
fn a_page_that_only_dates_itself_anew_is_taken_also_where_another_one_breaks_a_check() {
    with_each_database("dated", |garden| {
        let dated = |day: &str| {
            Reply::html(&format!("<head><meta property=article:published_time content={day}></head>{ASTERS}"))
        };
        garden.site.says("/asters", dated("2019-03-01"));
        garden.json(&["corpus", "add", &garden.site.url("/asters")]);
        refreshed(garden, "roses");
        let settings = "canaries = [\"when do i plant tulips?\", \"when should i prune my roses?\"]\n";
        fs::write(garden.folder.join("corpus.toml"), settings).unwrap();
        garden.site.says("/asters", dated("2024-05-06"));
        let lifted =
            "<p>Lift dahlias in October after the frost, and store their tubers dry and dark until May comes. ";
        garden.site.says(
            "/roses",
            Reply::html(&format!("<h1>Looking after dahlias</h1><h2>When to lift</h2>{}", lifted.repeat(5))),
        );
        let report = garden.json(&["corpus", "refresh", "roses"]);
        let text = report["sources"][0]["reason"]
            .as_str()
            .unwrap()
            .split("--accept=")
            .nth(1)
            .unwrap_or_else(|| panic!("{report}"));
        let text: String = text.chars().take_while(char::is_ascii_hexdigit).collect();
        // Taken by a moderator, it breaks the check in the refresh of all.
        garden.tamper("UPDATE pages SET text = held, held = NULL, state = 'good', reason = '', etag = NULL WHERE source = 'roses'").unwrap();
        assert!(!text.is_empty());
        let report = garden.json(&["corpus", "refresh"]);
        let of =
            |id: &str| report["sources"].as_array().unwrap().iter().find(|of| of["source"] == id).cloned().unwrap();
        assert_eq!(of("roses")["result"], "held_back", "{report}");
        assert_eq!(of(ID)["result"], "changed", "{report}");
        let cited = garden.run(&["ask", SOW]).out;
        assert!(cited.contains("127.0.0.1 (2024)"), "{cited}");
    });
}

#[test]
fn after_a_refresh_that_came_to_nothing_the_next_one_tells_what_it_changes() {
    with_each_database("nothing", |garden| {
        garden.site.says("/roses", Reply::html(ROSES).header("etag", "\"1\""));
        refreshed(garden, "roses");
        garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", "early March")).header("etag", "\"2\""));
        // No generation can be written.
        let (compiled, aside) = (garden.data.join("generations"), garden.data.join("aside"));
        fs::rename(&compiled, &aside).unwrap();
        fs::write(&compiled, "").unwrap();
        let ran = garden.run(&["corpus", "refresh"]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        fs::remove_file(&compiled).unwrap();
        fs::rename(&aside, &compiled).unwrap();
        assert!(text(garden, PRUNE).contains("late winter"));
        let next = refreshed(garden, "roses");
        assert_eq!(next["result"], "changed", "{next}");
        assert_eq!(next["change"]["added"], json!(["Prune roses in early March, before the buds open."]));
        assert!(text(garden, PRUNE).contains("early March"));
        assert_eq!(refreshed(garden, "roses")["result"], "unchanged");
        // So does the one after going back.
        garden.json(&["corpus", "rollback"]);
        assert_eq!(refreshed(garden, "roses")["result"], "changed");
    });
}

#[test]
fn a_first_source_that_is_refused_leaves_no_folder_behind() {
    let garden = Garden::new("unborn");
    garden.site.says("/asters", Reply::new(500, b""));
    garden.site.says("/mute", Reply::html("<h1>It</h1><p>It is what it is, and so it was that it is."));
    for path in ["/asters", "/mute", "/roses"] {
        let ran = garden.run(&["corpus", "add", &garden.site.url(path), "--community", "999"]);
        assert_eq!(ran.code, 1, "{path}: {}{}", ran.out, ran.err);
        assert!(!garden.data.join("communities/999").exists(), "{path}: {}", ran.err);
    }
    garden.site.says("/asters", Reply::html(ASTERS));
    garden.json(&["corpus", "add", &garden.site.url("/asters"), "--community", "999"]);
    let twice = garden.run(&["corpus", "add", &garden.site.url("/asters"), "--community", "999"]);
    assert_eq!(twice.code, 1);
    assert!(garden.data.join("communities/999/current").exists(), "what it has stays");
}

#[test]
fn what_a_moderator_said_no_to_moves_with_the_text_that_stays() {
    with_each_database("no-moves", |there| {
        let here = Garden::new("no-moves-from");
        refreshed(&here, "roses");
        let short = Reply::html("<h1>Roses</h1><p>Prune roses whenever you like, they do not mind at all.");
        here.site.says("/roses", short.clone());
        assert_eq!(refreshed(&here, "roses")["result"], "held_back");
        here.json(&["corpus", "refresh", "roses", "--refuse"]);
        let file = here.data.join("export.jsonl");
        here.json(&["corpus", "export", file.to_str().unwrap()]);
        there.site.says("/roses", short);
        let imported = there.json(&["corpus", "import", file.to_str().unwrap()]);
        assert_eq!(imported["removed"], 1, "{imported}");
        for _ in 0..2 {
            assert!(text(there, PRUNE).contains("late winter"), "{}", text(there, PRUNE));
            let status = there.json(&["corpus", "status"]);
            assert_eq!(
                (&status["sources"][0]["state"], &status["sources"][0]["quoted"]),
                (&"refused".into(), &true.into())
            );
            assert_eq!(refreshed(there, "roses")["result"], "unchanged");
        }
        let again = there.run(&["corpus", "export", "-"]).out;
        let page = |export: &str| export.lines().find(|line| line.contains("\"kind\":\"page\"")).unwrap().to_owned();
        let told = |line: String| serde_json::from_str::<Value>(&line).unwrap()["text"].clone();
        assert_eq!(told(page(&again)), told(page(&fs::read_to_string(&file).unwrap())));
    });
}

#[test]
fn without_its_database_a_question_is_answered_at_once() {
    let Some(server) = postgres::server("at-once") else { return };
    let garden = Garden::on_server("at-once", &server);
    refreshed(&garden, "roses");
    let took = |garden: &Garden| {
        let began = Instant::now();
        let ran = garden.run(&["ask", PRUNE]);
        assert!(ran.code == 0 && ran.out.contains("late winter"), "{}{}", ran.out, ran.err);
        (began.elapsed(), ran.err)
    };
    let (with, _) = took(&garden);
    server.stop();
    let (without, told) = took(&garden);
    assert!(told.contains("what was served here last answers"), "{told}");
    assert!(without < with + Duration::from_millis(1_500), "{without:?} in place of {with:?}");
    // Somebody takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("postgres://me@{}/garden", silent.local_addr().unwrap());
    let (_, told) = took(&garden.with_database(Some(&address)));
    assert!(told.contains("did not answer within 1 s"), "{told}");
}
