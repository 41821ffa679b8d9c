//! Looking after the corpus: what moderators say no to, how pages name themselves, how hosts want to be asked, what
//! databases tell, and that what is saved can be brought back.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::garden::{Garden, ROSES, with_each_database};
use crate::support::site::{FakeSite, Reply};
use crate::support::{Ran, postgres, root};

const PRUNE: &str = "when should i prune my roses?";
const ASTERS: &str =
    "<h1>Asters</h1><h2>Sowing asters</h2><p>Sow asters in April under glass. They flower from August on.";
const SOW: &str = "when do i sow asters?";
/// The id of the source that [`add`] makes.
const ID: &str = "127-0-0-1-asters";

fn text(garden: &Garden, question: &str) -> String {
    garden.ask(question)["text"].as_str().unwrap_or_default().to_owned()
}

/// Makes a source of the page /asters.
fn add(garden: &Garden) {
    garden.site.says("/asters", Reply::html(ASTERS));
    garden.json(&["corpus", "add", &garden.site.url("/asters")]);
}

/// What a refresh says of a source.
fn refreshed(garden: &Garden, id: &str, more: &[&str]) -> Value {
    let ran = garden.run(&[&["corpus", "refresh", "--json"], more].concat());
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    report["sources"].as_array().unwrap().iter().find(|source| source["source"] == id).cloned().unwrap_or_default()
}

/// How a source stands.
fn stands(garden: &Garden, id: &str) -> Value {
    let status = garden.json(&["corpus", "status"]);
    status["sources"].as_array().unwrap().iter().find(|source| source["source"] == id).cloned().unwrap_or_default()
}

#[test]
fn what_a_moderator_refuses_stays_away_until_the_page_says_something_else() {
    with_each_database("refused-text", |garden| {
        refreshed(garden, "roses", &[]);
        let short = |how: &str| Reply::html(&format!("<h1>Roses</h1><p>Prune roses {how}, they do not mind at all."));
        garden.site.says("/roses", short("whenever you like"));
        let held = refreshed(garden, "roses", &[]);
        let name = held["reason"].as_str().unwrap().split("--refuse=").nth(1).unwrap_or_else(|| panic!("{held}"));
        let name: String = name.chars().take_while(char::is_ascii_hexdigit).collect();
        let status = garden.run(&["corpus", "status"]).out;
        assert!(status.contains("held     roses") && status.contains(&name), "{status}");

        let other = garden.run(&["corpus", "refresh", "roses", "--refuse=0"]);
        assert!(other.code == 1 && other.err.contains("another text"), "{}{}", other.out, other.err);
        let refused = garden.json(&["corpus", "refresh", "roses", &format!("--refuse={name}")]);
        assert_eq!(refused, json!({"refused": "roses", "text": name, "dry_run": false}));
        let again = garden.run(&["corpus", "refresh", "roses", "--refuse"]);
        assert!(again.code == 1 && again.err.contains("nothing to accept or refuse"), "{}", again.err);
        let log = garden.run(&["corpus", "log", "--top", "1"]).out;
        assert!(log.contains("terminal refuse roses") && log.contains(&name), "{log}");

        // It is not asked about again, also on another machine.
        for _ in 0..2 {
            assert_eq!(refreshed(garden, "roses", &[])["result"], "unchanged");
            let stands = stands(garden, "roses");
            assert_eq!(
                (&stands["state"], &stands["held"], &stands["quoted"]),
                (&"refused".into(), &false.into(), &true.into())
            );
            assert!(text(garden, PRUNE).starts_with("Prune roses in late winter"));
        }
        // By its name it is looked at anew; so is another text.
        assert_eq!(refreshed(garden, "roses", &["roses"])["result"], "held_back");
        garden.json(&["corpus", "refresh", "roses", "--refuse"]);
        garden.site.says("/roses", short("never"));
        assert_eq!(refreshed(garden, "roses", &[])["result"], "held_back");
        garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", "early March")));
        assert_eq!(refreshed(garden, "roses", &[])["result"], "changed");
        assert_eq!(stands(garden, "roses")["state"], "good");
    });
}

#[test]
fn a_page_that_calls_or_dates_itself_otherwise_is_cited_so() {
    with_each_database("renamed", |garden| {
        let page = |title: &str, head: &str| {
            Reply::html(&format!("<head>{head}</head>{}", ASTERS.replace(">Asters<", &format!(">{title}<"))))
        };
        let dated = |day: &str| {
            format!(
                "<script type=\"application/ld+json\">{{\"@graph\": [{{\"@type\": \"MedicalWebPage\", \"datePublished\": \"{day}T08:00:00Z\"}}]}}</script>"
            )
        };
        for path in ["/asters", "/named"] {
            garden.site.says(path, page("Asters", &dated("2019-03-01")));
        }
        garden.json(&["corpus", "add", &garden.site.url("/asters")]);
        let cited = || garden.run(&["ask", SOW]).out;
        assert!(cited().contains("Asters, 127.0.0.1 (2019)"), "{}", cited());

        garden.site.says("/asters", page("All on asters", &dated("2019-03-01")));
        assert_eq!(refreshed(garden, ID, &[])["result"], "changed");
        assert!(cited().contains("All on asters, 127.0.0.1 (2019)"), "{}", cited());
        assert_eq!(stands(garden, ID)["title"], "All on asters");
        // The date alone, and as another site says it.
        garden.site.says("/asters", page("All on asters", "<meta property=article:published_time content=2024-05-06>"));
        assert_eq!(refreshed(garden, ID, &[])["result"], "changed");
        assert!(cited().contains("All on asters, 127.0.0.1 (2024)"), "{}", cited());
        assert_eq!(refreshed(garden, ID, &[])["result"], "unchanged");
        // Held back, it changes nothing; taken, it does.
        garden.site.says("/asters", Reply::html("<h1>Login</h1><p>Sow asters whenever you like."));
        assert_eq!(refreshed(garden, ID, &[])["result"], "held_back");
        assert!(cited().contains("All on asters, 127.0.0.1 (2024)"), "{}", cited());
        garden.json(&["corpus", "refresh", ID, "--accept"]);
        assert_eq!(stands(garden, ID)["title"], "Login");
        garden.json(&["corpus", "remove", ID]);

        // What a moderator called it, it is called.
        garden.json(&["corpus", "add", &garden.site.url("/named"), "--title", "Mia's asters"]);
        garden.site.says("/named", page("More on asters", &dated("2025-01-01")));
        assert_eq!(refreshed(garden, "127-0-0-1-named", &[])["result"], "changed");
        assert!(cited().contains("Mia's asters, 127.0.0.1 (2025)"), "{}", cited());
    });
}

#[test]
fn a_host_that_asks_for_a_rest_has_it_for_all_its_pages() {
    let garden = Garden::new("rest");
    add(&garden);
    garden.site.says("/roses", Reply::new(429, b"").header("retry-after", "3600"));
    let asked = garden.site.times("/asters") + garden.site.times("/roses");
    let report: Value = serde_json::from_str(&garden.run(&["corpus", "refresh", "--json"]).out).unwrap();
    for source in report["sources"].as_array().unwrap() {
        assert!(source["reason"].as_str().unwrap_or_default().contains("come back in"), "{report}");
    }
    // The next process knows of it, too.
    refreshed(&garden, "roses", &[]);
    assert_eq!(garden.site.times("/asters") + garden.site.times("/roses"), asked + 1, "one request, and no more");
    garden.tamper("UPDATE rests SET until = 0").unwrap();
    // A short one is waited for.
    let busy = Reply::new(503, b"").header("retry-after", "1");
    garden.site.says_in_turn("/roses", [busy, Reply::html(ROSES)]);
    assert_eq!(refreshed(&garden, "roses", &[])["result"], "added");
    let moments = garden.site.moments();
    let pauses: Vec<Duration> = moments.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(pauses[pauses.len() - 3..].iter().any(|pause| *pause >= Duration::from_millis(900)), "{pauses:?}");
}

#[test]
fn a_host_is_asked_for_one_page_at_a_time_with_a_pause() {
    let garden = Garden::new("pause");
    let other = FakeSite::new();
    other.says("/lupins", Reply::html(&ASTERS.replace("sters", "lpine lupins")));
    garden.site.says("/robots.txt", Reply::new(200, b"User-agent: *\nCrawl-delay: 1\n"));
    add(&garden);
    garden.json(&["corpus", "add", &other.url("/lupins")]);
    let before = garden.site.asked().len();
    garden.json(&["corpus", "refresh"]);
    let moments = garden.site.moments().split_off(before);
    assert_eq!(moments.len(), 3, "robots.txt and two pages");
    for (one, next) in moments.iter().zip(&moments[1..]) {
        assert!(*next - *one >= Duration::from_millis(950), "{:?}", *next - *one);
    }
    // Another host need not wait for this one.
    let times = other.moments();
    assert!(times[times.len() - 1] - times[times.len() - 2] < Duration::from_millis(900));
}

/// When each page of a site was asked for, in turn.
fn asked_for(site: &FakeSite, path: &str) -> Vec<Instant> {
    let all = site.asked().into_iter().zip(site.moments());
    all.filter(|(asked, _)| asked.split(' ').next() == Some(path)).map(|(_, at)| at).collect()
}

#[test]
fn hosts_are_asked_side_by_side_and_no_more_than_four() {
    let garden = Garden::new("side-by-side");
    let sites: Vec<FakeSite> = (0..5).map(|_| FakeSite::new()).collect();
    let page = |plant: &str| {
        Reply::html(&format!(
            "<h1>{plant}</h1><h2>Sowing {plant}</h2><p>Sow {plant} in April under glass. They flower from August on."
        ))
    };
    add(&garden);
    let plants = ["lupins", "dahlias", "peonies", "irises", "sages"];
    for (site, plant) in sites.iter().zip(plants) {
        site.says("/plant", page(plant));
        garden.json(&["corpus", "add", &site.url("/plant"), "--title", plant]);
    }
    let lasts = Duration::from_millis(800);
    let slow = |reply: Reply| reply.slowly(lasts);
    garden.site.says("/roses", slow(page("roses")));
    garden.site.says("/asters", slow(Reply::html(ASTERS)));
    sites.iter().zip(plants).for_each(|(site, plant)| site.says("/plant", slow(page(plant))));
    let report = refreshed_all(&garden);
    // They are told in the order of the sources.
    let told: Vec<&str> = report.iter().map(|of| of["title"].as_str().unwrap()).collect();
    assert_eq!(told, [&["Looking after roses", "Asters"], &plants[..]].concat());
    let (roses, asters) = (asked_for(&garden.site, "/roses")[0], asked_for(&garden.site, "/asters")[1]);
    let mut others: Vec<Instant> = sites.iter().map(|site| asked_for(site, "/plant")[1]).collect();
    others.sort();
    assert!(asters - roses >= lasts, "a host for one page after the other");
    assert!(others[2] < asters, "three other hosts meanwhile");
    assert!(others[3] - roses.min(others[0]) >= lasts, "a fifth when one of the four is done");
}

/// What a refresh says of all sources.
fn refreshed_all(garden: &Garden) -> Vec<Value> {
    let report: Value = serde_json::from_str(&garden.run(&["corpus", "refresh", "--json"]).out).unwrap();
    report["sources"].as_array().unwrap().clone()
}

#[test]
fn a_page_of_a_known_version_is_not_downloaded_again() {
    with_each_database("by-version", |garden| {
        for (header, one, other, (old, new)) in [
            (
                "last-modified",
                "Mon, 05 Jan 2026 10:00:00 GMT",
                "Tue, 06 Jan 2026 10:00:00 GMT",
                ("late winter", "early March"),
            ),
            ("etag", "\"1\"", "\"2\"", ("early March", "mid March")),
        ] {
            let page = |when: &str, version| Reply::html(&ROSES.replace("late winter", when)).header(header, version);
            garden.site.says("/roses", page(old, one));
            refreshed(garden, "roses", &[]);
            // Of the same version it is the same page: the site says so, and sends nothing.
            garden.site.says("/roses", page(new, one));
            assert_eq!(refreshed(garden, "roses", &[])["result"], "unchanged");
            assert!(text(garden, PRUNE).contains(old), "{header}");
            garden.site.says("/roses", page(new, other));
            assert_eq!(refreshed(garden, "roses", &[])["result"], "changed");
        }
    });
}

/// A PDF with a sentence on each of so many pages.
fn pdf(pages: usize) -> Vec<u8> {
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", 5 + page)).collect();
    let words = "BT /F1 12 Tf 72 700 Td (Prune the old roses in late winter, before the buds open.) Tj ET";
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {pages} >>"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{words}\nendstream", words.len()),
    ];
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >>";
    objects.extend(std::iter::repeat_n(page.to_owned(), pages));
    let (mut file, mut places) = ("%PDF-1.4\n".to_owned(), String::new());
    for (at, object) in objects.iter().enumerate() {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let (start, size) = (file.len(), objects.len() + 1);
    file.push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n{places}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    file.into_bytes()
}

#[test]
fn a_pdf_of_more_than_200_pages_is_refused() {
    let garden = Garden::new("book");
    let site = &garden.site;
    let of_type = |bytes: &[u8]| Reply::new(200, bytes).header("content-type", "application/pdf");
    site.says("/200.pdf", of_type(&pdf(200)));
    site.says("/201.pdf", of_type(&pdf(201)));
    let added = garden.json(&["corpus", "add", &site.url("/200.pdf"), "--dry-run"]);
    // Each page has a line of its own.
    assert_eq!(added["change"]["added"][0], "Prune the old roses in late winter, before the buds open.");
    let ran = garden.run(&["corpus", "add", &site.url("/201.pdf")]);
    assert!(ran.code == 1 && ran.err.contains("201 pages"), "{}{}", ran.out, ran.err);
}

#[test]
fn a_page_that_takes_for_ever_to_be_read_costs_only_itself() {
    let garden = Garden::new("costly");
    refreshed(&garden, "roses", &[]);
    let site = &garden.site;
    site.says("/ever", Reply::html(&format!("<h1>Roses</h1>{}<p>Prune them.", SLOW.repeat(5_000))));
    let began = Instant::now();
    let ran = garden.run(&["corpus", "add", &site.url("/ever")]);
    assert!(ran.code == 1 && ran.err.contains("could not be read within"), "{}{}", ran.out, ran.err);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert!(text(&garden, PRUNE).starts_with("Prune roses in late winter"));
}

/// Tables in tables in tables take long to be read.
const SLOW: &str = "<table><tr><td>";

#[test]
fn the_newest_five_generations_are_kept_and_the_sixth_goes() {
    with_each_database("five", |garden| {
        let mut numbers = Vec::new();
        for month in ["January", "February", "March", "April", "May", "June", "July"] {
            garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", month)));
            numbers.push(garden.json(&["corpus", "refresh"])["generation"].as_i64().unwrap());
        }
        let history = garden.run(&["corpus", "history", "--json"]).out;
        let kept: Vec<i64> = history
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].as_i64().unwrap())
            .collect();
        let newest: Vec<i64> = numbers[2..].iter().rev().copied().collect();
        assert_eq!(kept, newest);
        let compiled = std::fs::read_dir(garden.data.join("generations")).unwrap().count();
        assert!((5..=2 * 5).contains(&compiled), "{compiled} folders");
        let gone = garden.run(&["corpus", "rollback", &numbers[1].to_string()]);
        assert!(gone.code == 1 && gone.err.contains("no generation"), "{}", gone.err);
        garden.json(&["corpus", "rollback", &numbers[2].to_string()]);
        assert!(text(garden, PRUNE).contains("March"));
    });
}

#[test]
fn like_questions_are_one_gap_however_they_are_spelt_and_said() {
    with_each_database("like", |garden| {
        let note = "# Discs\n\n## What a slipped disc is\n\n```toml\nquestions = [\"what is a slipped disc\"]\ncites = [\"roses\"]\n```\n\n\
                    A slipped disc is a disc of the harrow that slipped. A herniated disc is the same.\n";
        std::fs::write(garden.folder.join("notes/discs.md"), note).unwrap();
        let lexicon = "[[same]]\nterms = [\"slipped disc\", \"herniated disc\"]\n\n[[means]]\nsay = [\"slipped disk\"]\nfind = [\"slipped disc\"]\n";
        std::fs::write(garden.folder.join("lexicon.toml"), lexicon).unwrap();
        garden.json(&["corpus", "status"]);
        for (question, asked) in [
            ("can i swim with a slipped disc", 2),
            ("swim with slipped disk ok", 1),
            ("is swimming with a herniated disc ok", 3),
            ("can i swim with a sliped disc", 1),
            ("can i run with a slipped disc", 4),
        ] {
            let gap = format!(
                "INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES (1, '{question}', {asked}, 0, 0)"
            );
            garden.tamper(Box::leak(gap.into_boxed_str())).unwrap();
        }
        let ran = garden.run(&["corpus", "gaps", "--json"]).out;
        let told: Vec<(Value, Value)> = ran
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|gap| (gap["question"].clone(), gap["asked"].clone()))
            .collect();
        assert_eq!(
            told,
            [
                ("is swimming with a herniated disc ok".into(), 7.into()),
                ("can i run with a slipped disc".into(), 4.into())
            ],
            "{ran}"
        );
        // One that is dismissed takes all that are like it along.
        garden.json(&["corpus", "gaps", "--dismiss", "swim with slipped disk ok?"]);
        let left = garden.run(&["corpus", "gaps"]).out;
        assert!(left.contains("can i run") && !left.contains("swim"), "{left}");
    });
}

/// Runs the program as if on a terminal; what it shows there.
fn on_a_terminal(garden: &Garden, arguments: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_sacrum");
    let all: Vec<String> = garden.all(arguments).iter().map(|word| format!("'{word}'")).collect();
    let line = format!("'{program}' {}", all.join(" "));
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).env_clear().envs(garden.environment());
    script.env("PATH", std::env::var_os("PATH").unwrap()).env("TERM", "xterm").env("SHELL", "/bin/sh");
    let ran = script.output().expect("script, of util-linux, makes a terminal");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

#[test]
fn on_a_terminal_every_long_command_tells_how_far_it_is() {
    let garden = Garden::new("bars");
    garden.site.says("/asters", Reply::html(ASTERS).slowly(Duration::from_millis(700)));
    let url = garden.site.url("/asters");
    let added = on_a_terminal(&garden, &["corpus", "add", &url]);
    assert!(added.contains("downloading http") && added.contains("added: 127-0-0-1-asters"), "{added}");
    let file = garden.data.join("graft.md");
    std::fs::write(&file, "Graft a pear in March, onto a quince stock. Bind the graft with raffia.").unwrap();
    let link = "https://example.org/pears";
    let write = ["corpus", "write", file.to_str().unwrap(), "--title", "How do I graft a pear", "--link", link];
    let written = on_a_terminal(&garden, &write);
    assert!(written.contains("passages, 2 originals"), "{written}");
    let export = garden.data.join("export.jsonl");
    garden.json(&["corpus", "export", export.to_str().unwrap()]);
    let elsewhere = garden.on_another_machine();
    let imported = on_a_terminal(&elsewhere, &["corpus", "import", export.to_str().unwrap()]);
    assert!(imported.contains("passages, 2 originals"), "{imported}");
    // Elsewhere than on a terminal there is none of it.
    let plain = garden.run(&["corpus", "refresh"]);
    assert_eq!(
        plain.err,
        "sacrum: SACRUM_FETCH_LOOPBACK is on: pages of this machine may be downloaded; for tests only\n"
    );
}

#[test]
fn what_is_told_to_answer_does_answer_also_where_no_bot_runs() {
    if let Some(here) = Garden::on_postgres("agree") {
        let there = here.on_another_machine();
        let _ = std::fs::remove_dir_all(&there.data);
        assert_eq!(text(&there, PRUNE), "");
        here.json(&["corpus", "refresh"]);
        assert!(text(&there, PRUNE).contains("late winter"), "what another machine serves");
        assert_eq!(there.json(&["corpus", "status"])["sources"][0]["quoted"], true);
        here.json(&["corpus", "rollback"]);
        assert_eq!(text(&there, PRUNE), "");
        // Without its database, what answered last goes on answering.
        let cut = there.with_database(Some("postgres://sacrum@127.0.0.1:1/nothing"));
        here.json(&["corpus", "refresh"]);
        assert!(text(&there, PRUNE).contains("late winter"));
        let ran = cut.run(&["ask", PRUNE]);
        assert!(ran.code == 0 && ran.out.contains("late winter"), "{}{}", ran.out, ran.err);
        assert!(ran.err.contains("what was served here last answers"), "{}", ran.err);
    }
    // A process that was killed between the database and the file.
    let garden = Garden::new("agree");
    garden.json(&["corpus", "refresh"]);
    std::fs::write(garden.data.join("current"), "").unwrap();
    assert_eq!(stands(&garden, "roses")["quoted"], true);
    assert!(text(&garden, PRUNE).contains("late winter"));
}

#[test]
fn what_is_wrong_with_a_database_is_told_with_its_place_and_without_its_password() {
    let garden = Garden::new("database");
    let status = |address: &str| -> Ran {
        let ran = garden.with_database(Some(address)).run(&["corpus", "status"]);
        assert!(
            ran.code == 1 && !ran.err.contains("s3cret") && !ran.err.contains("timed out while waiting"),
            "{}",
            ran.err
        );
        ran
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refused = status(&format!("postgres://me:s3cret@127.0.0.1:{port}/garden")).err;
    for part in [&format!("postgres://me@127.0.0.1:{port}/garden"), "refused", "See that it runs", "DATABASE_URL"] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let slow = status(&format!("postgres://me:s3cret@{address}/garden?application_name=s3cret")).err;
    assert!(slow.contains(&format!("postgres://me@{address}/garden")) && slow.contains("See that it runs"), "{slow}");
    if let Some(server) = postgres::server("database") {
        let good = server.database("there");
        let none = status(&good.replace("sacrum@", "sacrum:s3cret@").replace("garden_there", "garden_not_there")).err;
        assert!(none.contains("does not exist") && none.contains("/garden_not_there"), "{none}");
    }
    std::fs::create_dir_all(&garden.data).unwrap();
    std::fs::write(garden.data.join("sacrum.db"), "this is a letter and no database\n".repeat(200)).unwrap();
    let letter = garden.run(&["corpus", "status"]).err;
    assert!(letter.contains("data/sacrum.db") && letter.contains("not a database"), "{letter}");
}

#[test]
fn a_community_that_is_not_there_gets_no_folder() {
    let garden = Garden::new("nobody");
    garden.site.says("/asters", Reply::html(ASTERS));
    let url = garden.site.url("/asters");
    for (arguments, code) in [
        (&["corpus", "status"][..], 0),
        (&["corpus", "refresh"], 1),
        (&["corpus", "rollback"], 1),
        (&["corpus", "remove", "roses"], 1),
        (&["corpus", "gaps"], 0),
        (&["corpus", "log"], 0),
        (&["corpus", "add", &url, "--dry-run"], 0),
    ] {
        let ran = garden.run(&[arguments, &["--community", "999"]].concat());
        assert_eq!(ran.code, code, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(code == 0 || ran.err.contains("no community 999 is known"), "{arguments:?}: {}", ran.err);
        assert!(!garden.data.join("communities").exists(), "{arguments:?}");
    }
    // The first thing that it is given makes it known.
    garden.json(&["corpus", "add", &url, "--community", "999"]);
    garden.json(&["corpus", "refresh", "--community", "999"]);
}

#[test]
fn a_full_disk_takes_nothing_away_and_is_told() {
    with_each_database("full", |garden| {
        garden.json(&["corpus", "refresh"]);
        let longer = "<p>Roses are grown in gardens all over the world, and were grown there long ago.".repeat(12_000);
        let page = ROSES.replace("late winter", "early March").replace("</article>", &format!("{longer}</article>"));
        garden.site.says("/roses", Reply::html(&page));
        let words: Vec<String> = garden.all(&["corpus", "refresh"]).iter().map(|word| format!("'{word}'")).collect();
        // No file may grow beyond so many KiB: a write fails, as where no room is left. With a database in a file, it
        // cannot be opened, or not take the text; with one on a server, the generation cannot be written.
        for most in [8, 700] {
            let program = env!("CARGO_BIN_EXE_sacrum");
            let line = format!("trap '' XFSZ; ulimit -f {most}; exec '{program}' {}", words.join(" "));
            let ran = Command::new("bash").args(["-c", &line]).env_clear().envs(garden.environment()).output().unwrap();
            let err = String::from_utf8_lossy(&ran.stderr);
            let is_told = err.contains("is the disk full") || err.contains("that the disk is not full");
            assert!(ran.status.code() == Some(1) && is_told, "{most}: {:?} {err}", ran.status);
            assert!(!err.contains("timed out"), "{most}: {err}");
            assert!(text(garden, PRUNE).contains("late winter"), "{most}");
        }
        // With room again what came is served.
        garden.json(&["corpus", "refresh"]);
        assert!(text(garden, PRUNE).contains("early March"));
    });
}

/// The commands that stand in docs/operating.md under a heading.
fn commands(heading: &str) -> String {
    let docs = std::fs::read_to_string(root("docs/operating.md")).unwrap();
    let (_, under) = docs.split_once(&format!("\n### {heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let under = under.split("\n#").next().unwrap();
    let lines: Vec<&str> = under.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    assert!(!lines.is_empty(), "{heading}");
    lines.join("\n")
}

/// Does what the documentation says, in a folder, with the variables that it names.
fn does(heading: &str, garden: &Garden, folder: &Path) {
    let programs = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut path = std::env::var_os("PATH").unwrap();
    for version in programs {
        path.push(":");
        path.push(version.path().join("bin"));
    }
    let mut shell = Command::new("sh");
    shell.args(["-euc", &commands(heading)]).current_dir(folder).env_clear().env("PATH", path);
    shell.env("SACRUM_DATA", &garden.data).envs(garden.database().map(|address| ("DATABASE_URL", address)));
    let ran = shell.output().unwrap();
    assert!(ran.status.success(), "{heading}: {}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn what_is_backed_up_as_documented_is_back_after_a_loss() {
    let back_and_forth = |garden: &Garden, kind: &str, fresh: &dyn Fn() -> Option<String>| {
        add(garden);
        garden.json(&["corpus", "refresh"]);
        let file = garden.data.with_file_name("graft.md");
        std::fs::write(&file, "Graft a pear in March, onto a quince stock. Bind the graft with raffia.").unwrap();
        let title = "How do I graft a pear?";
        garden.json(&["corpus", "write", file.to_str().unwrap(), "--title", title, "--link", "https://example.org/x"]);
        garden
            .tamper(
                "INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES (0, 'do moles dig', 2, 0, 0)",
            )
            .unwrap();
        garden.tamper("INSERT INTO settings (community, body) VALUES (7, '{\"interval\": 33}')").unwrap();
        let told = |garden: &Garden| {
            let ask = |question: &str| garden.run(&["ask", question, "--json"]).out;
            let history = garden.run(&["corpus", "history"]).out;
            [garden.run(&["corpus", "export", "-"]).out, history, ask(PRUNE), ask(SOW), ask(title)]
        };
        let before = told(garden);
        assert!(before[0].contains("do moles dig") && before[4].contains("raffia"), "{before:?}");
        let key = std::fs::read(garden.data.join("person.key")).unwrap();
        let folder = garden.data.with_file_name("backup");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        does(&format!("Back up {kind}"), garden, &folder);
        // What came after it is lost, and so is the machine.
        garden.json(&["corpus", "remove", ID]);
        std::fs::remove_dir_all(&garden.data).unwrap();
        let restored = garden.with_database(fresh().as_deref());
        does(&format!("Restore {kind}"), &restored, &folder);
        assert_eq!(told(&restored), before);
        assert_eq!(std::fs::read(restored.data.join("person.key")).unwrap(), key);
        restored.json(&["corpus", "refresh"]);
        restored.json(&["corpus", "rollback"]);
    };
    back_and_forth(&Garden::new("backup"), "the data folder", &|| None);
    if let Some(server) = postgres::server("backup") {
        let garden = Garden::on_server("backup-postgres", &server);
        back_and_forth(&garden, "PostgreSQL", &|| Some(server.database("backup-restored")));
    }
}
