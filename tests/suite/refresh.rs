//! `sacrum corpus refresh` and its neighbours: what is downloaded can be quoted at once, and nothing that
//! goes wrong takes an answer away.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::garden::{Garden, ROSES, with_each_database};
use crate::support::postgres;
use crate::support::sacrum_in;
use crate::support::site::Reply;

const PRUNE: &str = "when should i prune my roses?";

/// What a refresh says of its only source.
fn refreshed(garden: &Garden) -> serde_json::Value {
    let ran = garden.run(&["corpus", "refresh", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    assert_eq!(ran.code, i32::from(report["sources"][0]["result"] == "failed"), "{report}");
    report["sources"][0].clone()
}

fn quotes_roses(garden: &Garden) -> bool {
    let excerpt = garden.ask(PRUNE);
    excerpt["text"].as_str().is_some_and(|text| text.contains("Prune roses in late winter"))
}

#[test]
fn a_page_is_quoted_word_for_word_with_a_link_to_the_passage() {
    let garden = Garden::new("quoted");
    assert!(!quotes_roses(&garden));
    assert_eq!(refreshed(&garden)["result"], "added");
    let excerpt = garden.ask(PRUNE);
    assert_eq!(excerpt["kind"], "quote", "{excerpt}");
    assert_eq!((&excerpt["source"], &excerpt["document"]), (&"roses".into(), &"originals/roses".into()));
    assert_eq!(excerpt["section"], "When to prune roses");
    let url = excerpt["url"].as_str().unwrap();
    assert!(url.starts_with(&garden.site.url("/roses#:~:text=Prune%20roses%20in%20late%20winter")), "{url}");
    let text = garden.run(&["ask", PRUNE]);
    assert!(text.out.contains("quoted from Looking after roses, The Garden"), "{}", text.out);
    assert!(text.out.contains("copy of 20"), "{}", text.out);
    assert_eq!(excerpt["copied"].as_str().map(str::len), Some(10), "{excerpt}");
    assert!(garden.ask("when do i plant tulips?")["kind"] == "summary");
}

#[test]
fn what_a_note_and_a_page_say_alike_is_shown_once_and_both_are_asked() {
    let garden = Garden::new("alike");
    let note = "# Pruning\n\n## When to prune roses\n\n```toml\ncites = [\"roses\"]\n```\n\n\
                Prune roses in late winter, before the buds open. Cut each stem just above a bud that looks outwards.\n";
    std::fs::write(garden.folder.join("notes/pruning.md"), note).unwrap();
    refreshed(&garden);
    let excerpts = |question: &str| garden.json(&["ask", question])["excerpts"].as_array().unwrap().clone();
    let says = |of: &serde_json::Value, what: &str| of["text"].as_str().unwrap().contains(what);
    let alike = excerpts(PRUNE);
    assert_eq!(alike.iter().filter(|of| says(of, "in late winter")).count(), 1, "{alike:?}");
    // What only the page says is quoted from it, with the note in the corpus.
    let feed = excerpts("when do i feed my roses with bone meal?");
    assert!(feed.iter().any(|of| of["kind"] == "quote" && says(of, "Feed roses in spring")), "{feed:?}");
}

#[test]
fn a_claim_that_a_note_corrects_is_not_quoted_bare() {
    let garden = Garden::new("corrected");
    let note = "# What the garden page gets wrong\n\n## Feeding in spring\n\n```toml\ncites = [\"roses\"]\n\
                corrected_by = \"compost#better\"\n```\n\nThe page says to feed roses in spring with a handful of bone meal.\n";
    std::fs::write(garden.folder.join("notes/claims.md"), note).unwrap();
    let better = "# Compost\n\n## Better\n\n```toml\ncites = [\"roses\"]\n```\n\nBone meal adds nothing that most soils lack. Compost does.\n";
    std::fs::write(garden.folder.join("notes/compost.md"), better).unwrap();
    refreshed(&garden);
    let answer = garden.json(&["ask", "how do i feed my roses with bone meal?"]);
    let excerpts = answer["excerpts"].as_array().unwrap();
    for (at, _) in
        excerpts.iter().enumerate().filter(|(_, excerpt)| excerpt["text"].as_str().unwrap().contains("Feed roses"))
    {
        assert_eq!(excerpts[at + 1]["corrects"], at, "{answer}");
    }
    assert!(excerpts.iter().any(|excerpt| !excerpt["corrects"].is_null()), "{answer}");
}

#[test]
fn each_refresh_tells_what_came_of_a_source() {
    with_each_database("told", |garden| {
        let page = |body: &str, etag: &str| Reply::html(body).header("etag", etag);
        garden.site.says("/roses", page(ROSES, "\"1\""));
        assert_eq!(refreshed(garden)["result"], "added");
        assert_eq!(refreshed(garden)["result"], "unchanged");
        garden.site.says("/roses", page(&ROSES.replace("late winter", "early March"), "\"2\""));
        let changed = refreshed(garden);
        assert_eq!(changed["result"], "changed");
        assert_eq!(
            changed["change"]["added"],
            serde_json::json!(["Prune roses in early March, before the buds open."])
        );
        assert_eq!(
            changed["change"]["removed"],
            serde_json::json!(["Prune roses in late winter, before the buds open."])
        );
        assert!(garden.ask(PRUNE)["text"].as_str().unwrap().contains("early March"));

        garden.site.says("/roses", Reply::new(500, b""));
        let failed = refreshed(garden);
        assert_eq!((&failed["result"], failed["reason"].as_str().unwrap().contains("500")), (&"failed".into(), true));
        let status = garden.json(&["corpus", "status"]);
        assert_eq!(
            (&status["sources"][0]["state"], &status["sources"][0]["quoted"]),
            (&"failing".into(), &true.into())
        );
        assert!(garden.ask(PRUNE)["text"].as_str().unwrap().contains("early March"), "the last good text answers");
        // It fails since it failed first, however often it was tried again.
        garden.tamper("UPDATE pages SET since = 86400").unwrap();
        assert_eq!(refreshed(garden)["result"], "failed");
        let status = garden.run(&["corpus", "status"]).out;
        assert!(status.contains("failing  roses, since 1970-01-02"), "{status}");

        garden.site.says("/roses", Reply::new(410, b""));
        assert_eq!(refreshed(garden)["result"], "gone");
        assert!(garden.ask(PRUNE)["text"].as_str().unwrap().contains("early March"));
    });
}

#[test]
fn a_page_that_is_missing_on_three_days_is_gone_and_still_answers() {
    with_each_database("missing", |garden| {
        refreshed(garden);
        garden.site.says("/roses", Reply::new(404, b""));
        for _ in 0..4 {
            assert_eq!(refreshed(garden)["result"], "failed", "one bad day is not the end");
        }
        let days_pass = "UPDATE pages SET missed_at = missed_at - 86400, since = since - 86400";
        garden.tamper(days_pass).unwrap();
        assert_eq!(refreshed(garden)["result"], "failed");
        garden.tamper(days_pass).unwrap();
        assert_eq!(refreshed(garden)["result"], "gone");
        assert!(quotes_roses(garden));
        assert_eq!(garden.json(&["corpus", "status"])["sources"][0]["state"], "gone");
        garden.site.says("/roses", Reply::html(ROSES));
        assert_eq!(refreshed(garden)["result"], "unchanged");
        assert_eq!(garden.json(&["corpus", "status"])["sources"][0]["state"], "good");
    });
}

#[test]
fn a_source_that_moved_is_downloaded_from_its_new_place() {
    let garden = Garden::new("moved");
    let page = |body: &str| Reply::html(body).header("etag", "\"same\"");
    garden.site.says("/roses", page(ROSES));
    garden.site.says("/moved", page(&ROSES.replace("late winter", "early March")));
    refreshed(&garden);
    let sources = std::fs::read_to_string(garden.folder.join("sources.toml")).unwrap();
    std::fs::write(garden.folder.join("sources.toml"), sources.replace("/roses\"", "/moved\"")).unwrap();
    assert_eq!(refreshed(&garden)["result"], "changed");
    assert!(garden.ask(PRUNE)["url"].as_str().unwrap().contains("/moved#"));
}

#[test]
fn the_audit_log_only_grows() {
    with_each_database("audit", |garden| {
        refreshed(garden);
        let truncate = garden.database().map(|_| "TRUNCATE audit");
        for change in ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"].into_iter().chain(truncate) {
            let refused = garden.tamper(change).unwrap_err().to_string();
            assert!(refused.contains("the audit log is not"), "{refused}");
        }
        assert!(garden.run(&["corpus", "export", "-"]).out.contains("\"what\":\"refresh\""));
    });
}

#[test]
fn what_was_asked_in_vain_is_told_with_like_questions_together() {
    with_each_database("gaps", |garden| {
        garden.json(&["corpus", "status"]);
        garden
        .tamper(
            "INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES \
             (1, 'how do i graft a pear', 2, 0, 0), (2, 'grafting pears how', 3, 0, 86400), (1, 'are slugs clever', 4, 0, 0)",
        )
        .unwrap();
        let ran = garden.run(&["corpus", "gaps", "--json"]);
        let first: serde_json::Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
        assert_eq!((&first["question"], &first["asked"]), (&"grafting pears how".into(), &5.into()), "{}", ran.out);
        assert_eq!(ran.out.lines().count(), 2);
        garden.json(&["corpus", "gaps", "--dismiss", "how do I graft a pear?"]);
        garden
            .tamper(
                "INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES (3, 'graft pears', 9, 0, 0)",
            )
            .unwrap();
        let ran = garden.run(&["corpus", "gaps", "--json"]);
        assert!(ran.out.lines().count() == 1 && ran.out.contains("slugs"), "like ones stay away too: {}", ran.out);
        let unknown = garden.run(&["corpus", "gaps", "--dismiss", "what is love?"]);
        assert!(unknown.code == 1 && unknown.err.contains("not asked in vain"), "{}", unknown.err);
    });
}

#[test]
fn a_text_of_one_s_own_answers_with_its_link_and_is_never_downloaded() {
    with_each_database("written", |garden| {
        let file = garden.data.with_file_name("graft.md");
        std::fs::write(&file, "Graft a pear in March, onto a quince stock. Bind the graft with raffia.").unwrap();
        let file = file.to_str().unwrap();
        let write = |link: &str| {
            let title = "How do I graft a pear?";
            garden.run(&["corpus", "write", file, "--title", title, "--link", link, "--json"])
        };
        for (link, why) in
            [("file:///etc/passwd", "https"), ("https://10.0.0.1/x", "public"), ("javascript:x", "https")]
        {
            let refused = write(link);
            assert!(refused.code == 1 && refused.err.contains(why), "{link}: {}", refused.err);
        }
        let written = write("https://example.org/pears");
        assert_eq!(written.code, 0, "{}", written.err);
        let excerpt = garden.ask("how do i graft a pear?");
        assert_eq!(
            (&excerpt["kind"], &excerpt["url"]),
            (&"summary".into(), &"https://example.org/pears".into()),
            "{excerpt}"
        );
        assert!(excerpt["text"].as_str().unwrap().starts_with("Graft a pear in March"));
        garden.json(&["corpus", "refresh"]);
        assert_eq!(garden.ask("how do i graft a pear?")["kind"], "summary", "a refresh keeps it");
        let id = "written-how-do-i-graft-a-pear";
        assert!(garden.run(&["corpus", "refresh", id]).err.contains("was written by a moderator"));
        garden.json(&["corpus", "remove", id]);
        assert_eq!(garden.ask("how do i graft a pear?"), serde_json::Value::Null);
    });
}

#[test]
fn a_text_that_shrinks_or_turns_into_a_wall_waits_for_a_yes() {
    with_each_database("held", |garden| {
        refreshed(garden);
        for wall in [
            "<h1>Hello</h1><p>We use cookies. Accept all cookies to go on.",
            "<title>404 Not Found</title><h1>Not Found</h1>",
            "<div id=app></div><script src=a.js></script>",
        ] {
            garden.site.says("/roses", Reply::html(wall));
            assert_eq!(refreshed(garden)["result"], "held_back", "{wall}");
            assert!(quotes_roses(garden));
        }
        let short = "<h1>Roses</h1><p>Prune roses whenever you like, they do not mind at all.";
        garden.site.says("/roses", Reply::html(short));
        let held = refreshed(garden);
        assert_eq!(held["result"], "held_back");
        assert!(held["reason"].as_str().unwrap().contains("--accept"), "{held}");
        assert!(quotes_roses(garden));
        assert_eq!(garden.json(&["corpus", "status"])["sources"][0]["held"], true);
        let report = garden.json(&["corpus", "refresh", "roses", "--accept"]);
        assert_eq!(report["sources"][0]["result"], "changed");
        assert!(garden.ask(PRUNE)["text"].as_str().unwrap().contains("whenever you like"));
        assert!(garden.run(&["corpus", "refresh", "roses", "--accept"]).err.contains("nothing to accept"));
    });
}

/// The name of the text that is held back, as the reason tells it.
fn held_text(outcome: &serde_json::Value) -> String {
    let reason = outcome["reason"].as_str().unwrap_or_default();
    let name = reason.split("--accept=").nth(1).unwrap_or_else(|| panic!("no text is named in {outcome}"));
    name.chars().take_while(char::is_ascii_hexdigit).collect()
}

#[test]
fn a_text_that_came_after_one_had_looked_is_not_taken_in_its_place() {
    with_each_database("meanwhile", |garden| {
        refreshed(garden);
        let short = |how: &str| Reply::html(&format!("<h1>Roses</h1><p>Prune roses {how}, they do not mind at all."));
        garden.site.says("/roses", short("whenever you like"));
        let looked_at = held_text(&refreshed(garden));
        garden.site.says("/roses", short("never"));
        let meanwhile = held_text(&refreshed(garden));
        let accept = |text: &str| garden.run(&["corpus", "refresh", "roses", &format!("--accept={text}")]);
        let refused = accept(&looked_at);
        assert_eq!(refused.code, 1, "{}{}", refused.out, refused.err);
        assert!(
            refused.err.contains("than the one that was looked at")
                && refused.err.contains(&format!("--accept={meanwhile}`")),
            "{}",
            refused.err
        );
        assert!(quotes_roses(garden));
        assert_eq!(garden.json(&["corpus", "status"])["sources"][0]["held"], true);
        let taken = accept(&meanwhile);
        assert_eq!(taken.code, 0, "{}{}", taken.out, taken.err);
        assert!(garden.ask(PRUNE)["text"].as_str().unwrap().contains("Prune roses never"));
    });
}

#[test]
fn a_page_that_is_added_can_be_quoted_at_once_and_removed_again() {
    with_each_database("added", |garden| {
        garden.site.says(
            "/asters",
            Reply::html(
                "<h1>Asters</h1><h2>Sowing asters</h2><p>Sow asters in April under glass. They flower from August on.",
            ),
        );
        let url = garden.site.url("/asters");
        let tried = garden.json(&["corpus", "add", &url, "--dry-run"]);
        assert_eq!(
            (&tried["generation"], &garden.ask("when do i sow asters?")),
            (&serde_json::Value::Null, &serde_json::Value::Null)
        );
        let added = garden.json(&["corpus", "add", &url, "--title", "All on asters"]);
        let id = added["source"]["id"].as_str().unwrap().to_owned();
        let excerpt = garden.ask("when do i sow asters?");
        assert_eq!((&excerpt["kind"], &excerpt["title"]), (&"quote".into(), &"All on asters".into()), "{excerpt}");
        assert!(excerpt["text"].as_str().unwrap().starts_with("Sow asters in April"));
        let twice = garden.run(&["corpus", "add", &url]);
        assert!(twice.code == 1 && twice.err.contains(&id), "{}", twice.err);

        garden.json(&["corpus", "refresh"]);
        assert_eq!(garden.ask("when do i sow asters?")["kind"], "quote", "a refresh keeps what was added");
        std::fs::write(garden.folder.join("corpus.toml"), "name = \"all gardens\"\n").unwrap();
        assert_eq!(garden.ask("when do i sow asters?")["kind"], "quote", "so does a change of the folder");

        garden.json(&["corpus", "remove", &id]);
        assert_eq!(garden.ask("when do i sow asters?"), serde_json::Value::Null);
        let unknown = garden.run(&["corpus", "remove", "rosse"]);
        assert!(unknown.code == 1 && unknown.err.contains("did you mean \"roses\"?"), "{}", unknown.err);
    });
}

#[test]
fn what_a_source_may_cost_is_counted_in_bytes_too() {
    let garden = Garden::new("bytes");
    let site = &garden.site;
    let letters = |many: usize| "x".repeat(many);
    let sentence = "Water asters deeply once a week in summer, and leave their leaves dry.";
    let html = |head: &str, text: &str| Reply::html(&format!("<h1>Asters</h1><h2>{head}</h2><p>{sentence} {text}</p>"));
    let text = |times: usize| Reply::new(200, format!("{sentence}\n\n").repeat(times).as_bytes());
    let headings = |month: &str| {
        let part = |at: usize| format!("<h2>{at} {}</h2><p>{sentence}</p>", letters(290));
        let parts: String = (0..1_000).map(part).collect();
        Reply::html(&format!("<h1>Asters</h1><p>They flower from {month} on.</p>{parts}"))
    };
    site.says("/words", html("Water", &vec![format!("Water {} daily.", letters(800)); 450].join(" ")));
    site.says("/heading", headings("August"));
    site.says("/many", text(1_600).header("content-type", "text/plain"));
    site.says("/book", text(40_000).header("content-type", "text/plain"));
    site.says("/full", text(1_500).header("content-type", "text/plain"));
    let own = ["--community", "7"];
    for (path, whose, why) in [
        ("/words", &own[..], "a source of a community at most 320 KB"),
        ("/heading", &own, "a source of a community at most 320 KB"),
        ("/many", &own, "a source of a community at most 20000"),
        ("/book", &own, "more than 2 MiB of text"),
        ("/book", &[], "more than 2 MiB of text"),
    ] {
        let ran = garden.run(&[&["corpus", "add", &site.url(path), "--dry-run"], whose].concat());
        assert!(ran.code == 1 && ran.err.contains(why), "{path}: {}{}", ran.out, ran.err);
    }
    for (path, whose) in [("/full", &own[..]), ("/heading", &[]), ("/many", &[])] {
        garden.json(&[&["corpus", "add", &site.url(path), "--dry-run"], whose].concat());
    }

    // A page that grows so goes on being quoted as it was.
    site.says("/asters", html("Water", "They flower from August on."));
    garden.json(&["corpus", "add", &site.url("/asters"), "--community", "7"]);
    site.says("/asters", headings("June"));
    let ran = garden.run(&["corpus", "refresh", "--community", "7", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let of = &report["sources"][0];
    assert!(of["result"] == "failed" && of["reason"].as_str().unwrap().contains("320 KB"), "{report}");
    assert_eq!(of["words"], 18);
}

#[test]
fn a_community_s_refresh_asks_sites_for_so_long_and_begins_the_next_time_where_it_stopped() {
    let garden = Garden::new("time");
    let site = &garden.site;
    let page = |plant: &str, month: &str| {
        Reply::html(&format!(
            "<h1>{plant}</h1><h2>Sowing {plant}</h2><p>Sow {plant} in {month} under glass. They flower from August on."
        ))
    };
    let own = ["--community", "7"];
    for plant in ["asters", "dahlias"] {
        site.says(&format!("/{plant}"), page(plant, "April"));
        garden.json(&[&["corpus", "add", &site.url(&format!("/{plant}"))], &own[..]].concat());
    }
    site.says("/asters", page("asters", "April").slowly(Duration::from_millis(1_100)));
    site.says("/dahlias", page("dahlias", "May"));
    let refreshed = || {
        let ran = garden.run(&[&["corpus", "refresh", "--json"], &own[..]].concat());
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
        report["sources"].as_array().unwrap().clone()
    };
    let first = refreshed();
    assert_eq!((&first[0]["source"], &first[0]["result"]), (&"own-127-0-0-1-asters".into(), &"unchanged".into()));
    assert_eq!(first[1]["result"], "failed", "{first:?}");
    assert!(first[1]["reason"].as_str().unwrap().contains("comes first the next time"), "{first:?}");
    assert_eq!(site.times("/dahlias"), 1, "only when it was added");
    let status = garden.json(&[&["corpus", "status"], &own[..]].concat());
    assert!(status["sources"].as_array().unwrap().iter().all(|of| of["state"] == "good"), "{status}");
    let second = refreshed();
    assert_eq!((&second[0]["source"], &second[0]["result"]), (&"own-127-0-0-1-dahlias".into(), &"changed".into()));
}

#[test]
fn a_title_is_no_longer_than_a_title() {
    let garden = Garden::new("titles");
    let site = &garden.site;
    let long = "All on asters and ".repeat(100);
    site.says("/asters", Reply::html(&format!("<h1>{long}</h1><p>Sow asters in April under glass.")));
    for title in [&["--title", &long][..], &[]] {
        let added = garden.json(&[&["corpus", "add", &site.url("/asters"), "--dry-run"], title].concat());
        let title = added["source"]["title"].as_str().unwrap();
        assert!(title.starts_with("All on asters and All") && title.chars().count() == 301, "{title}");
    }
}

#[test]
fn one_can_go_back_at_once_and_forth_again() {
    with_each_database("back", |garden| {
        refreshed(garden);
        garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", "early March")));
        refreshed(garden);
        let back = garden.json(&["corpus", "rollback"]);
        assert!(quotes_roses(garden));
        // The quickest of some, as other tests run meanwhile.
        let took = |number: &str| {
            let began = Instant::now();
            garden.json(&["corpus", "rollback", number]);
            began.elapsed()
        };
        let took = ["1", "3", "1", "3", "2"].map(took);
        assert!(took.iter().min().unwrap() < &Duration::from_secs(1), "{took:?}");
        assert_eq!(back["generation"], 2);
        let history = garden.run(&["corpus", "history", "--json"]);
        let lines: Vec<serde_json::Value> =
            history.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3, "{}", history.out);
        assert_eq!((&lines[1]["number"], &lines[1]["current"]), (&back["generation"], &true.into()));
        garden.json(&["corpus", "rollback", "1"]);
        assert!(
            !garden.ask(PRUNE)["text"].as_str().unwrap_or_default().contains("Prune roses"),
            "before the first refresh"
        );
        let nothing = garden.run(&["corpus", "rollback"]);
        assert!(nothing.code == 1 && nothing.err.contains("no older generation"), "{}", nothing.err);
        garden.json(&["corpus", "rollback", &lines[0]["number"].to_string()]);
        assert!(garden.ask(PRUNE)["text"].as_str().unwrap().contains("early March"));
    });
}

#[test]
fn a_generation_that_fails_its_checks_is_not_served() {
    let garden = Garden::new("canary");
    refreshed(&garden);
    let settings = "canaries = [\"who won the world cup of ice hockey?\"]\n";
    std::fs::write(garden.folder.join("corpus.toml"), settings).unwrap();
    garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", "early March")));
    let ran = garden.run(&["corpus", "refresh"]);
    assert!(ran.code == 1 && ran.err.contains("is not answered any more"), "{}", ran.err);
    assert!(quotes_roses(&garden));
    // So is one in which an example of a red flag does not hold.
    std::fs::write(garden.folder.join("corpus.toml"), "name = \"gardens\"\n").unwrap();
    let flag = "[concept.thorn]\nphrases = [\"thorn*\"]\n[[flag]]\nid = \"thorn\"\nlevel = \"emergency\"\ncites = [\"roses\"]\n\
                [flag.advice]\nemergency = \"Call 112.\"\n[[flag.rule]]\nanywhere = [\"thorn\"]\n\
                [flag.must]\nemergency = [\"a bee went into my ear\"]\n";
    std::fs::write(garden.folder.join("red_flags.toml"), flag).unwrap();
    let ran = garden.run(&["corpus", "refresh"]);
    assert!(ran.code == 1 && ran.err.contains("a bee went into my ear"), "{}{}", ran.out, ran.err);
    std::fs::remove_file(garden.folder.join("red_flags.toml")).unwrap();
    assert_eq!(refreshed(&garden)["result"], "changed", "nothing of it was served");
}

#[test]
fn two_refreshes_at_once_download_once() {
    let garden = Garden::new("twice");
    let shared = Garden::on_postgres("twice-postgres");
    let elsewhere = shared.as_ref().map(Garden::on_another_machine);
    for (one, other) in std::iter::once((&garden, &garden)).chain(shared.iter().zip(&elsewhere)) {
        one.site.says("/roses", Reply::html(ROSES).slowly(Duration::from_millis(60)));
        let runs = std::thread::scope(|scope| {
            let first = scope.spawn(|| one.json(&["corpus", "refresh"]));
            while one.site.times("/roses") == 0 {
                std::thread::yield_now();
            }
            let second = scope.spawn(|| other.json(&["corpus", "refresh"]));
            [first.join().unwrap(), second.join().unwrap()]
        });
        assert_eq!([&runs[0]["joined"], &runs[1]["joined"]], [&false.into(), &serde_json::Value::from(true)]);
        assert_eq!(one.site.times("/roses"), 1);
    }
}

#[test]
fn a_process_that_is_killed_leaves_the_last_good_generation() {
    let garden = Garden::new("killed");
    refreshed(&garden);
    // What moderators gave: a page, a text, and a word on a question.
    garden
        .site
        .says("/asters", Reply::html("<h1>Asters</h1><h2>Sowing asters</h2><p>Sow asters in April under glass."));
    garden.json(&["corpus", "add", &garden.site.url("/asters")]);
    let file = garden.data.with_file_name("graft.md");
    std::fs::write(&file, "Graft a pear in March, onto a quince stock. Bind the graft with raffia.").unwrap();
    let (title, link) = ("How do I graft a pear?", "https://example.org/pears");
    garden.json(&["corpus", "write", file.to_str().unwrap(), "--title", title, "--link", link]);
    garden
        .tamper("INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES (0, 'do moles dig', 2, 0, 0)")
        .unwrap();
    garden.json(&["corpus", "gaps", "--dismiss", "do moles dig"]);
    let given = || {
        let export = garden.run(&["corpus", "export", "-"]).out;
        let lines = export.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let told = |line: &serde_json::Value| line["what"] != "refresh";
        let bare = |mut line: serde_json::Value| {
            line.as_object_mut().unwrap().remove("checked_at");
            line
        };
        lines.filter(told).map(bare).collect::<Vec<_>>()
    };
    let before = given();
    assert_eq!(before.len(), 2 + 1 + 3, "two sources, a question, three deeds: {before:?}");
    let asked = [PRUNE, "when do i sow asters?", title]
        .map(|question| serde_json::json!({"id": question, "question": question}).to_string())
        .join("\n");
    let reference = Instant::now();
    garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", "early March")));
    let whole = {
        garden.json(&["corpus", "refresh"]);
        reference.elapsed()
    };
    for round in 0..KILLS {
        let page = ROSES.replace("late winter", &format!("week {round}"));
        garden.site.says("/roses", Reply::html(&page));
        let mut child = Command::new(env!("CARGO_BIN_EXE_sacrum"))
            .args(garden.all(&["corpus", "refresh"]))
            .env_clear()
            .env("SACRUM_FETCH_LOOPBACK", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * round / KILLS);
        let _ = child.kill();
        child.wait().unwrap();
        let answers = sacrum_in(&garden.all(&["ask", "--batch", "-", "--json"]), &[], &asked).out;
        let answers: Vec<serde_json::Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (answer, begin) in answers.iter().zip(["Prune roses", "Sow asters", "Graft a pear"]) {
            let text = answer["excerpts"][0]["text"].as_str();
            assert!(text.is_some_and(|text| text.starts_with(begin)), "round {round}: {answer}");
        }
        assert_eq!(answers.len(), 3);
    }
    assert_eq!(given(), before, "nothing that was given is lost");
    assert_eq!(
        garden.json(&["corpus", "refresh"])["sources"][0]["result"].as_str().map(|came| came != "failed"),
        Some(true)
    );
    assert!(garden.ask(PRUNE)["text"].as_str().unwrap().contains(&format!("week {}", KILLS - 1)));
}

/// How often the process is killed, each time a little later.
const KILLS: u32 = 200;

#[test]
fn without_its_database_the_last_good_generation_answers() {
    let garden = Garden::new("pulled");
    refreshed(&garden);
    for file in ["sacrum.db", "sacrum.db-wal", "sacrum.db-shm"] {
        let _ = std::fs::remove_file(garden.data.join(file));
    }
    assert!(quotes_roses(&garden));
    std::fs::write(garden.folder.join("corpus.toml"), "name = \"gardens once more\"\n").unwrap();
    let ran = garden.run(&["ask", "when do i plant tulips?"]);
    assert!(ran.code == 0 && ran.err.contains("only notes"), "{}{}", ran.out, ran.err);
}

/// A refresh that was begun, in a process of its own.
fn begun(garden: &Garden) -> std::process::Child {
    let environment = garden.environment();
    let mut program = Command::new(env!("CARGO_BIN_EXE_sacrum"));
    program.args(garden.all(&["corpus", "refresh"])).env_clear().envs(environment);
    program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_database_that_goes_away_in_the_middle_takes_nothing_away() {
    let Some(server) = postgres::server("gone") else { return };
    let garden = Garden::on_server("gone", &server);
    let file = garden.data.with_file_name("graft.md");
    std::fs::write(&file, "Graft a pear in March, onto a quince stock. Bind the graft with raffia.").unwrap();
    refreshed(&garden);
    let title = "How do I graft a pear?";
    let link = "https://example.org/pears";
    garden.json(&["corpus", "write", file.to_str().unwrap(), "--title", title, "--link", link]);
    let answers = |week: Option<u64>| {
        let roses = garden.ask(PRUNE)["text"].as_str().unwrap_or_default().to_owned();
        let known = roses.contains("late winter")
            || (0..=week.unwrap_or_default()).any(|of| roses.contains(&format!("week {of},")));
        known && garden.ask(title)["text"].as_str().is_some_and(|text| text.contains("quince"))
    };
    let mut failed = 0;
    for round in 0..8 {
        let page = ROSES.replace("late winter", &format!("week {round}"));
        garden.site.says("/roses", Reply::html(&page).slowly(Duration::from_millis(20)));
        let before = garden.site.times("/roses");
        let child = begun(&garden);
        while garden.site.times("/roses") == before {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(60 * round));
        server.stop();
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        if !ended.status.success() {
            failed += 1;
            assert!(said.contains("database"), "{said}");
        }
        assert!(answers(Some(round)), "round {round}, without the database");
        server.start();
        assert!(answers(Some(round)), "round {round}, with it");
    }
    assert!(failed > 0, "the database was never stopped in the middle");
    garden.json(&["corpus", "refresh"]);
    assert!(garden.ask(PRUNE)["text"].as_str().unwrap().contains("week 7"));
    assert_eq!(garden.json(&["corpus", "status"])["sources"].as_array().unwrap().len(), 2);
}

#[test]
fn the_whole_story_from_the_terminal() {
    with_each_database("terminal", |garden| {
        let page =
            "<h1>Asters</h1><h2>Sowing asters</h2><p>Sow asters in April under glass. They flower from August on.";
        garden.site.says("/asters", Reply::html(page));
        let sow = "when do i sow asters?";
        let text = |question: &str| garden.ask(question)["text"].as_str().unwrap_or_default().to_owned();

        // Adds a page, asks about it, and gets a quotation with its link.
        let added = garden.run(&["corpus", "add", &garden.site.url("/asters"), "--title", "All on asters"]);
        assert!(added.code == 0 && added.out.contains("added: "), "{}{}", added.out, added.err);
        let excerpt = garden.ask(sow);
        assert_eq!(
            (&excerpt["kind"], excerpt["text"].as_str().unwrap()),
            (&"quote".into(), "Sow asters in April under glass. They flower from August on.")
        );
        assert!(excerpt["url"].as_str().unwrap().starts_with(&garden.site.url("/asters#:~:text=Sow")), "{excerpt}");

        // The page changes; a refresh tells how.
        garden.site.says("/asters", Reply::html(&page.replace("in April", "in early May")));
        let told = garden.run(&["corpus", "refresh", "--dry-run"]);
        assert!(told.out.contains("nothing was changed") && text(sow).contains("in April"), "{}", told.out);
        let report = garden.json(&["corpus", "refresh"]);
        let changed = report["sources"].as_array().unwrap().iter().find(|of| of["result"] == "changed").unwrap();
        assert_eq!(changed["change"]["added"], serde_json::json!(["Sow asters in early May under glass."]));
        assert_eq!(changed["change"]["removed"], serde_json::json!(["Sow asters in April under glass."]));
        assert!(text(sow).contains("early May"));

        // Goes back.
        let back = garden.run(&["corpus", "rollback"]);
        assert!(back.code == 0 && back.out.contains("generation 2 answers now"), "{}", back.out);
        assert!(text(sow).contains("in April"));

        // Sees a gap, and answers it.
        garden
            .tamper(
                "INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES (7, 'how do i graft a pear', 2, 0, 86400)",
            )
            .unwrap();
        let gaps = garden.run(&["corpus", "gaps"]);
        assert!(gaps.out.contains("2 x  how do i graft a pear  (1970-01-01 to 1970-01-02)"), "{}", gaps.out);
        let file = garden.data.with_file_name("graft.md");
        std::fs::write(&file, "Graft a pear in March, onto a quince stock. Bind the graft with raffia.").unwrap();
        let link = "https://example.org/pears";
        garden.json(&["corpus", "write", file.to_str().unwrap(), "--title", "How do I graft a pear?", "--link", link]);
        let excerpt = garden.ask("how do i graft a pear?");
        assert_eq!((&excerpt["kind"], &excerpt["url"]), (&"summary".into(), &link.into()), "{excerpt}");
        garden.run(&["corpus", "gaps", "--dismiss", "how do i graft a pear"]);
        assert_eq!(garden.run(&["corpus", "gaps"]).out, "nobody asked anything in vain\n");

        // All of it stands in the log.
        let log = garden.run(&["corpus", "export", "-"]).out;
        for deed in ["add", "refresh", "rollback", "write", "dismiss"] {
            assert!(log.contains(&format!("\"who\":\"terminal\",\"what\":\"{deed}\"")), "{deed}: {log}");
        }
    });
}

/// Whether what the newest generation has learnt of the folder is the very file of the one before.
fn newest_is_linked(garden: &Garden) -> bool {
    use std::os::unix::fs::MetadataExt;
    let state = std::fs::read_to_string(garden.data.join("current")).unwrap();
    let folders = std::fs::read_dir(garden.data.join("generations")).unwrap().map(|entry| entry.unwrap().path());
    let newest = folders.into_iter().find(|folder| folder.to_str().unwrap().ends_with(&state)).unwrap();
    newest.join("parts").metadata().unwrap().nlink() > 1
}

/// Each generation is made of the one before; made from nothing, it answers the same.
#[test]
fn what_is_made_step_by_step_is_the_same_as_what_is_made_at_once() {
    let garden = Garden::new("steps");
    let plants = ["asters", "dahlias", "lupins", "peonies", "irises", "sages"];
    let page = |plant: &str, month: &str, more: &str| {
        Reply::html(&format!(
            "<h1>All on {plant}</h1><h2>Sowing {plant}</h2><p>Sow {plant} in {month} under glass. They like it {more}.</p>\
             <h2>Feeding {plant}</h2><p>Feed {plant} with compost before they flower, and cut them back in {month}.</p>"
        ))
    };
    let all: Vec<String> = plants.iter().map(|plant| format!("when do i sow {plant}")).collect();
    let queries = all.iter().map(String::as_str).chain(["compost", "what do they like", PRUNE, "dalhias", "zinc"]);
    let queries: Vec<&str> = queries.collect();
    let step = |number: usize| match number {
        0 => {
            garden.ask(PRUNE);
            refreshed(&garden);
        }
        1..=6 => {
            let url = garden.site.url(&format!("/{}", plants[number - 1]));
            garden.site.says(&format!("/{}", plants[number - 1]), page(plants[number - 1], "April", "warm"));
            garden.json(&["corpus", "add", &url]);
        }
        7 => {
            garden.site.says("/asters", page("asters", "May", "zinc"));
            garden.site.says("/sages", page("sages", "June", "dry and stony"));
            garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", "early March")));
            garden.json(&["corpus", "refresh"]);
        }
        8 => _ = garden.json(&["corpus", "remove", "127-0-0-1-dahlias"]),
        9 => {
            garden.site.says("/asters", page("asters", "July", "cool"));
            garden.json(&["corpus", "refresh"]);
        }
        _ => _ = garden.json(&["corpus", "rollback"]),
    };
    for number in 0..=10 {
        step(number);
        let found =
            |query: &str| garden.run(&["search", query, "--json"]).out + &garden.run(&["ask", query, "--json"]).out;
        let made: Vec<String> = queries.iter().map(|query| found(query)).collect();
        let linked = std::fs::read_dir(garden.data.join("generations")).unwrap().count();
        assert!(linked > 1, "there is one before");
        assert!(newest_is_linked(&garden), "it was made of the one before");
        let aside = garden.data.with_file_name("generations-aside");
        std::fs::rename(garden.data.join("generations"), &aside).unwrap();
        for (query, made) in queries.iter().zip(made) {
            assert_eq!(found(query), made, "step {number}: {query}");
        }
        std::fs::remove_dir_all(garden.data.join("generations")).unwrap();
        std::fs::rename(&aside, garden.data.join("generations")).unwrap();
    }
}

#[test]
fn a_talk_goes_on_with_what_another_process_serves() {
    use std::io::{BufRead, BufReader, Write};
    let garden = Garden::new("talk");
    let mut program = Command::new(env!("CARGO_BIN_EXE_sacrum"));
    program.args(garden.all(&["chat"])).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let (mut asks, lines) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
    let (say, said) = std::sync::mpsc::channel();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| say.send(line)));
    let mut answered = |what: &str| {
        writeln!(asks, "{PRUNE}").unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut told = String::new();
        // The disclaimer ends an answer.
        while let Ok(line) = said.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            told.push_str(&line);
            if told.contains(what) {
                return true;
            }
        }
        panic!("{what} is not in {told}")
    };
    assert!(answered("do not cover that"));
    garden.json(&["corpus", "refresh"]);
    assert!(answered("late winter"));
    garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", "early March")));
    garden.json(&["corpus", "refresh"]);
    assert!(answered("early March"));
    garden.json(&["corpus", "rollback"]);
    assert!(answered("late winter"));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_was_given_moves_to_another_machine() {
    let here = Garden::new("here");
    here.site.says(
        "/asters",
        Reply::html(
            "<h1>Asters</h1><h2>Sowing asters</h2><p>Sow asters in April under glass. They flower from August on.",
        ),
    );
    here.json(&["corpus", "add", &here.site.url("/asters")]);
    let file = here.data.join("export.jsonl");
    here.json(&["corpus", "export", file.to_str().unwrap()]);
    let there = Garden::new("there");
    let imported = there.json(&["corpus", "import", file.to_str().unwrap()]);
    assert_eq!(imported["sources"], 1);
    assert_eq!(there.ask("when do i sow asters?")["kind"], "quote");
    there.json(&["corpus", "import", file.to_str().unwrap()]);
    if let Some(server) = Garden::on_postgres("there") {
        server.json(&["corpus", "import", file.to_str().unwrap()]);
        assert_eq!(server.ask("when do i sow asters?")["kind"], "quote", "from one kind of database to the other");
        let again = server.run(&["corpus", "export", "-"]).out;
        assert!(std::fs::read_to_string(&file).unwrap().lines().all(|line| again.contains(line)), "{again}");
    }
    std::fs::write(&file, "{\"kind\": \"nonsense\"}\n").unwrap();
    let wrong = there.run(&["corpus", "import", file.to_str().unwrap()]);
    assert!(wrong.code == 1 && wrong.err.contains("line 1"), "{}", wrong.err);
    let deeds = here.run(&["corpus", "export", "-"]);
    assert!(deeds.out.contains("\"kind\":\"audit\"") && deeds.out.contains("\"what\":\"add\""), "{}", deeds.out);
}

#[test]
fn a_source_that_may_not_be_downloaded_is_left_alone() {
    let garden = Garden::new("closed");
    let sources = std::fs::read_to_string(garden.folder.join("sources.toml")).unwrap();
    std::fs::write(garden.folder.join("sources.toml"), sources.replace("refresh = true", "refresh = false")).unwrap();
    let report = garden.json(&["corpus", "refresh"]);
    assert_eq!(report["sources"].as_array().unwrap().len(), 0);
    assert!(garden.run(&["corpus", "refresh", "roses"]).err.contains("refresh = true"));
    assert!(garden.run(&["corpus", "add", &garden.site.url("/roses")]).err.contains("refresh = true"));
    assert_eq!(garden.site.asked(), Vec::<String>::new());
    assert_eq!(garden.run(&["corpus", "rollback", "one"]).code, 2);
}
