//! What a moderator gave or decided lasts, and what a page says is not turned round.

use serde_json::{Value, json};

use crate::support::garden::{Garden, ROSES, with_each_database};
use crate::support::site::Reply;

const PRUNE: &str = "when should i prune my roses?";
const GRAFT: &str = "How do I graft a pear?";
const RAFFIA: &str = "Graft a pear in March, onto a quince stock. Bind the graft with raffia.";
const ASTERS: &str =
    "<h1>Asters</h1><h2>Sowing asters</h2><p>Sow asters in April under glass. They flower from August on.";
const SOW: &str = "when do i sow asters?";

/// Writes a text that answers [`GRAFT`]; the id of its source.
fn write(garden: &Garden) -> String {
    let file = garden.data.with_file_name("graft.md");
    std::fs::write(&file, RAFFIA).unwrap();
    let link = "https://example.org/pears";
    let written = garden.json(&["corpus", "write", file.to_str().unwrap(), "--title", GRAFT, "--link", link]);
    written["source"]["id"].as_str().unwrap().to_owned()
}

fn text(garden: &Garden, question: &str) -> String {
    garden.ask(question)["text"].as_str().unwrap_or_default().to_owned()
}

/// How a source stands.
fn stands(garden: &Garden, id: &str) -> Value {
    let status = garden.json(&["corpus", "status"]);
    status["sources"].as_array().unwrap().iter().find(|source| source["source"] == id).cloned().unwrap_or_default()
}

/// The number of the newest generation.
fn newest(garden: &Garden) -> String {
    let history = garden.run(&["corpus", "history", "--json"]).out;
    let newest: Value = serde_json::from_str(history.lines().next().unwrap()).unwrap();
    newest["number"].to_string()
}

/// What a refresh says of a source.
fn refreshed(garden: &Garden, id: &str) -> Value {
    let ran = garden.run(&["corpus", "refresh", "--json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    report["sources"].as_array().unwrap().iter().find(|source| source["source"] == id).cloned().unwrap_or_default()
}

#[test]
fn what_a_list_warns_of_is_never_quoted_as_advice() {
    let garden = Garden::new("inverted");
    let site = &garden.site;
    let items = "<ul><li>Water asters at noon in the sun.<li>Cut asters down in April.</ul>";
    let why = "<p>Asters are hardy plants that flower late, and wet leaves in the sun are scorched within an hour.";
    let html = |page: String| Reply::html(&page);
    let markdown = |page: &str| Reply::new(200, page.as_bytes()).header("content-type", "text/markdown");
    for (path, reply) in [
        ("/never", html(format!("<h1>Asters</h1><h2>Care</h2>{why}<p>Never do any of these with asters:</p>{items}"))),
        ("/myth", html(format!("<h1>Asters</h1><h2>Care</h2>{why}<p>It is a myth that:</p><p>Water asters at noon."))),
        (
            "/nested",
            html(format!("<h1>Asters</h1><h2>Care</h2>{why}<ul><li>Asters are hardy.<li>Never do this:{items}</ul>")),
        ),
        (
            "/table",
            html(format!(
                "<h1>Asters</h1><h2>Care</h2>{why}<table><tr><th>Myth<th>Fact<tr><td>Water asters at noon.<td>At dusk.</table>"
            )),
        ),
        (
            "/never.md",
            markdown(
                "# Asters\n\n## Care\n\nAsters are hardy plants that flower late.\n\nNever do any of these with asters:\n\n\
                 - Water asters at noon in the sun.\n- Cut asters down in April.\n",
            ),
        ),
    ] {
        site.says(path, reply);
        let added = garden.json(&["corpus", "add", &site.url(path)]);
        let sentences = added["change"]["added"].as_array().unwrap();
        assert!(!sentences.is_empty(), "{path}");
        for sentence in sentences {
            let sentence = sentence.as_str().unwrap();
            assert!(!sentence.starts_with("Water asters") && !sentence.starts_with("Cut asters"), "{path}: {sentence}");
        }
        let excerpt = text(&garden, "should i water asters at noon?");
        assert!(!excerpt.starts_with("Water asters"), "{path}: {excerpt}");
        garden.json(&["corpus", "remove", added["source"]["id"].as_str().unwrap()]);
    }
}

#[test]
fn what_was_written_is_served_again_by_the_next_refresh() {
    with_each_database("written-back", |garden| {
        refreshed(garden, "roses");
        let id = write(garden);
        assert!(text(garden, GRAFT).starts_with("Graft a pear"));
        garden.json(&["corpus", "rollback"]);
        assert_eq!(text(garden, GRAFT), "");
        assert_eq!(stands(garden, &id)["quoted"], false);
        let status = garden.run(&["corpus", "status"]).out;
        assert!(status.lines().any(|line| line.contains(&id) && line.contains("not quoted")), "{status}");
        garden.json(&["corpus", "refresh"]);
        assert!(text(garden, GRAFT).starts_with("Graft a pear"), "it is answered again");
        assert_eq!(stands(garden, &id)["quoted"], true);
    });
}

#[test]
fn what_was_removed_by_mistake_is_back_for_good_after_going_back() {
    with_each_database("removed-back", |garden| {
        garden.site.says("/asters", Reply::html(ASTERS));
        refreshed(garden, "roses");
        let written = write(garden);
        let added = garden.json(&["corpus", "add", &garden.site.url("/asters")]);
        let added = added["source"]["id"].as_str().unwrap();
        let all = newest(garden);
        for id in [added, &written, "roses"] {
            garden.json(&["corpus", "remove", id]);
        }
        assert!(text(garden, SOW).is_empty() && text(garden, GRAFT).is_empty());
        garden.json(&["corpus", "rollback", &all]);
        for again in [false, true] {
            if again {
                garden.json(&["corpus", "refresh"]);
            }
            assert!(text(garden, SOW).starts_with("Sow asters"), "{again}");
            assert!(text(garden, GRAFT).starts_with("Graft a pear"), "{again}");
            assert!(text(garden, PRUNE).starts_with("Prune roses in late winter"), "{again}");
            for id in [added, &written, "roses"] {
                assert_eq!(
                    (&stands(garden, id)["state"], &stands(garden, id)["quoted"]),
                    (&"good".into(), &true.into())
                );
            }
        }
        garden.json(&["corpus", "remove", added]);
    });
}

#[test]
fn a_page_that_became_another_one_waits_for_a_yes_however_long_it_is() {
    let garden = Garden::new("turned");
    let site = &garden.site;
    refreshed(&garden, "roses");
    let filler =
        "The gardeners of this site have been writing on plants and soils for many years, and they go on doing so. ";
    let page = |title: &str, text: &str| Reply::html(&format!("<title>{title}</title><h1>{title}</h1><p>{text}"));
    let cookies =
        "We use cookies and similar means to know you better, and so do our 812 partners all over the world. ";
    let french = "Taillez les rosiers à la fin de l'hiver, avant que les bourgeons ne s'ouvrent. Arrosez-les bien une fois \
                  par semaine en été, au pied de la plante. ";
    for (reply, why) in [
        (page("Your privacy", &format!("{}{}", cookies.repeat(8), filler.repeat(3))), "cookie"),
        (page("Page not found", &filler.repeat(9)), "not found"),
        (page("Members", &format!("{}<form><input type=password></form>", filler.repeat(9))), "login"),
        (page("Welcome to The Garden", &filler.repeat(9)), "another page"),
        (page("Roses", &french.repeat(7)), "language"),
    ] {
        site.says("/roses", reply);
        let held = refreshed(&garden, "roses");
        let reason = held["reason"].as_str().unwrap_or_default();
        assert!(held["result"] == "held_back" && reason.contains(why) && reason.contains("--accept="), "{why}: {held}");
        assert!(text(&garden, PRUNE).starts_with("Prune roses in late winter"), "{why}");
    }
    // One whose sentences were all touched is still the same page.
    let touched = ROSES.replace(". ", ", as we say. ").replace(".</p>", ", as we say.</p>");
    site.says("/roses", Reply::html(&touched));
    assert_eq!(refreshed(&garden, "roses")["result"], "changed");
}

#[test]
fn one_page_that_breaks_a_check_is_held_back_and_no_other() {
    with_each_database("culprit", |garden| {
        garden.site.says("/asters", Reply::html(ASTERS));
        garden.json(&["corpus", "add", &garden.site.url("/asters")]);
        let id = "127-0-0-1-asters";
        refreshed(garden, "roses");
        let settings = "canaries = [\"when do i plant tulips?\", \"when do i sow asters?\"]\n";
        std::fs::write(garden.folder.join("corpus.toml"), settings).unwrap();
        let other = "<h1>Dahlias</h1><h2>Lifting dahlias</h2><p>Lift dahlias in October after frost. They flower from August on.";
        garden.site.says("/asters", Reply::html(other));
        garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", "early March")));
        let report = garden.json(&["corpus", "refresh"]);
        let of =
            |id: &str| report["sources"].as_array().unwrap().iter().find(|of| of["source"] == id).cloned().unwrap();
        assert_eq!(of("roses")["result"], "changed", "{report}");
        assert_eq!(of(id)["result"], "held_back", "{report}");
        assert!(of(id)["reason"].as_str().unwrap().contains("when do i sow asters"), "{report}");
        assert!(text(garden, PRUNE).contains("early March"));
        assert!(text(garden, SOW).starts_with("Sow asters"));
        assert_eq!((&stands(garden, id)["state"], &stands(garden, id)["held"]), (&"held".into(), &true.into()));
        // Nothing is lost: when the page is right again, it is quoted.
        garden.site.says("/asters", Reply::html(&ASTERS.replace("April", "May")));
        assert_eq!(refreshed(garden, id)["result"], "changed");
        assert!(text(garden, SOW).contains("May"));
    });
}

#[test]
fn a_refresh_whose_checks_fail_is_written_down() {
    let garden = Garden::new("checks-logged");
    refreshed(&garden, "roses");
    std::fs::write(garden.folder.join("corpus.toml"), "canaries = [\"who won the cup of ice hockey?\"]\n").unwrap();
    let ran = garden.run(&["corpus", "refresh"]);
    assert!(ran.code == 1 && ran.err.contains("ice hockey"), "{}", ran.err);
    let log = garden.run(&["corpus", "export", "-"]).out;
    assert!(log.lines().any(|line| line.contains("\"audit\"") && line.contains("fails its checks")), "{log}");
}

/// The lines of an export of one kind.
fn lines(export: &str, kind: &str) -> Vec<Value> {
    let all = export.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|line| line["kind"] == kind).collect()
}

#[test]
fn an_import_brings_what_is_missing_and_leaves_what_is_there() {
    with_each_database("import", |there| {
        let here = Garden::new("import-from");
        here.site.says("/asters", Reply::html(ASTERS));
        let url = here.site.url("/asters");
        here.json(&["corpus", "add", &url]);
        let id = "127-0-0-1-asters";
        write(&here);
        refreshed(&here, "roses");
        here.json(&["corpus", "remove", "roses"]);
        here.site.says("/asters", Reply::new(410, b""));
        refreshed(&here, id);
        here.tamper("UPDATE texts SET copied_at = 1000000000").unwrap();
        here.tamper("INSERT INTO settings (community, body) VALUES (7, '{\"interval\": 33}')").unwrap();
        let file = here.data.join("export.jsonl");
        here.json(&["corpus", "export", file.to_str().unwrap()]);
        let export = std::fs::read_to_string(&file).unwrap();

        let imported = there.json(&["corpus", "import", file.to_str().unwrap()]);
        assert_eq!((&imported["sources"], &imported["settings"]), (&2.into(), &1.into()), "{imported}");
        assert_eq!(there.ask(SOW)["copied"], "2001-09-09", "not as of today");
        assert_eq!(stands(there, id)["state"], "gone");
        assert_eq!(stands(there, "roses")["state"], "removed");
        let again = there.run(&["corpus", "export", "-"]).out;
        for kind in ["source", "settings", "page"] {
            assert_eq!(lines(&again, kind), lines(&export, kind));
        }

        // What is there is newer, and stays.
        there.tamper("UPDATE settings SET body = '{\"interval\": 44}'").unwrap();
        let older = export.replace("in April under glass", "in March under glass");
        std::fs::write(&file, older).unwrap();
        let imported = there.json(&["corpus", "import", file.to_str().unwrap()]);
        assert_eq!((&imported["sources"], &imported["settings"]), (&0.into(), &0.into()), "{imported}");
        assert!(imported["kept"].as_u64().unwrap() >= 3, "{imported}");
        assert!(text(there, SOW).contains("in April"), "{}", text(there, SOW));
        assert!(there.run(&["corpus", "export", "-"]).out.contains("\"interval\":44"));

        // Nothing comes in that could not be added.
        let source = |id: &str, url: &str| {
            let source = json!({"id": id, "title": "T", "publisher": "P", "url": url, "kind": "article", "licence": "x", "refresh": true});
            let text = json!({"title": "T", "published": null, "parts": [{"heading": "", "text": "Lift dahlias in October after the frost."}]});
            json!({"kind": "source", "community": 0, "source": source, "text": text}).to_string()
        };
        for (id, url, why) in [
            ("dahlias", "javascript:alert(1)", "https://"),
            ("dahlias", "https://10.0.0.1/x", "public"),
            ("../../x", "https://example.org/x", "id"),
        ] {
            std::fs::write(&file, source(id, url)).unwrap();
            let refused = there.run(&["corpus", "import", file.to_str().unwrap()]);
            assert!(refused.code == 1 && refused.err.contains(why), "{id} {url}: {}{}", refused.out, refused.err);
            assert!(refused.err.contains("line 1") && refused.err.contains("nothing was imported"), "{}", refused.err);
        }
        assert_eq!(text(there, "when do i lift dahlias?"), "");
        // A file of an older version has no more than this.
        std::fs::write(&file, source("dahlias", "https://example.org/x")).unwrap();
        assert_eq!(there.json(&["corpus", "import", file.to_str().unwrap()])["sources"], 1);
        assert!(text(there, "when do i lift dahlias?").starts_with("Lift dahlias"));
    });
}

#[test]
fn what_discord_tells_moderators_the_terminal_tells_as_well() {
    with_each_database("told-here", |garden| {
        refreshed(garden, "roses");
        let excerpt = garden.ask(PRUNE)["id"].as_str().unwrap().to_owned();
        let shown = json!({"excerpts": [[excerpt, null]], "nearest": [], "flag": null, "sensitive": false});
        for statement in [
            format!("INSERT INTO answers (id, community, body, at) VALUES ('a', 0, '{shown}', 0)"),
            "INSERT INTO votes (answer, person, helpful, at) VALUES ('a', 'x', 0, 0)".to_owned(),
            "INSERT INTO feedback (answer, question) VALUES ('a', 'when do roses sleep')".to_owned(),
            "INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES (0, 'how do i graft a pear', 2, 0, 0)"
                .to_owned(),
        ] {
            garden.tamper(Box::leak(statement.into_boxed_str())).unwrap();
        }
        let told = garden.json(&["corpus", "feedback"]);
        assert_eq!((&told["votes"], &told["excerpt"]), (&1.into(), &excerpt.as_str().into()), "{told}");
        assert!(told["text"].as_str().unwrap().starts_with("Prune roses"), "{told}");
        assert!(garden.run(&["corpus", "feedback"]).out.contains("asked: when do roses sleep"));

        let file = garden.data.with_file_name("graft.md");
        std::fs::write(&file, RAFFIA).unwrap();
        let write = |title: &str, gap: &str| {
            let link = "https://example.org/pears";
            let file = file.to_str().unwrap();
            garden.run(&["corpus", "write", file, "--title", title, "--link", link, "--gap", gap])
        };
        let none = write(GRAFT, "what is love?");
        assert!(none.code == 1 && none.err.contains("not asked in vain"), "{}", none.err);
        assert_eq!(text(garden, GRAFT), "", "nothing was written");
        let written = write(GRAFT, "how do i graft a pear");
        assert!(written.out.contains("is answered with it now"), "{}{}", written.out, written.err);
        assert_eq!(garden.run(&["corpus", "gaps"]).out, "nobody asked anything in vain\n");
        assert!(write("", "how do i graft a pear").code == 1);

        let log = garden.run(&["corpus", "log", "--top", "2"]).out;
        assert!(
            log.lines().count() == 2 && log.contains("terminal dismiss") && log.contains("terminal write"),
            "{log}"
        );
        assert_eq!(garden.json(&["corpus", "log", "--top", "1"])["what"], "dismiss");

        // A source that sources.toml does not allow any more is told of.
        let sources = std::fs::read_to_string(garden.folder.join("sources.toml")).unwrap();
        std::fs::write(garden.folder.join("sources.toml"), sources.replace("refresh = true", "refresh = false"))
            .unwrap();
        assert_eq!(refreshed(garden, "roses")["result"], "removed");
    });
}

#[test]
fn a_diff_tells_every_sentence_or_how_many_more() {
    let garden = Garden::new("diff");
    let page = |month: &str| {
        let lines: String = (0..60).map(|of| format!("<p>Water plant number {of} in {month} at dusk.")).collect();
        Reply::html(&format!("<h1>Plants</h1><h2>Water</h2><p>Water plants as this table of ours has it.{lines}"))
    };
    garden.site.says("/roses", page("June"));
    refreshed(&garden, "roses");
    garden.site.says("/roses", page("July"));
    let told = garden.run(&["corpus", "refresh", "--diff"]).out;
    assert!(told.contains("(+60 -60 sentences)") && told.contains("+ Water plant number 3 in July at dusk."), "{told}");
    assert!(told.contains("- and 10 more sentences"), "{told}");
}

/// A command in a process of its own that is killed after a while; whether it had ended well before.
fn killed(garden: &Garden, arguments: &[&str], after: std::time::Duration) -> bool {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_sacrum"));
    program.args(garden.all(arguments)).env_clear().envs(garden.environment());
    program.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = program.spawn().unwrap();
    std::thread::sleep(after);
    let _ = child.kill();
    child.wait().unwrap().success()
}

#[test]
fn whatever_is_killed_is_done_or_not_and_nothing_that_was_given_is_lost() {
    with_each_database("killed-all", |garden| {
        refreshed(garden, "roses");
        let graft = write(garden);
        let from = Garden::new("killed-from");
        let export = from.data.join("export.jsonl");
        let plants = ["asters", "dahlias", "lupins", "peonies", "irises", "sages", "violets", "poppies"];
        let page = |plant: &str| {
            Reply::html(&format!("<h1>All on {plant}</h1><h2>Sowing {plant}</h2><p>Sow {plant} in April under glass."))
        };
        let began = std::time::Instant::now();
        garden.json(&["corpus", "refresh"]);
        let whole = began.elapsed().as_millis();
        let mut kept: Vec<String> = vec![graft.clone()];
        for round in 0..ROUNDS {
            let plant = format!("{}{}", plants[round % plants.len()], round / plants.len());
            let path = format!("/{plant}");
            garden.site.says(&path, page(&plant));
            let url = garden.site.url(&path);
            let file = garden.data.with_file_name("killed.md");
            std::fs::write(&file, format!("Sow {plant} in April under glass, and water them at dusk.")).unwrap();
            let (file, title) = (file.to_str().unwrap(), format!("When do I sow {plant}?"));
            let victim = kept.iter().find(|id| **id != graft).cloned();
            let arguments: Vec<&str> = match (round % 4, &victim) {
                (0, _) => vec!["corpus", "add", &url],
                (1, Some(victim)) => vec!["corpus", "remove", victim],
                (2, _) => {
                    let source = json!({"id": plant, "title": title, "publisher": "P", "url": url, "kind": "article", "licence": "x", "refresh": true});
                    let text = json!({"title": title, "published": null, "parts": [{"heading": title, "text": format!("Sow {plant} in April under glass.")}]});
                    std::fs::create_dir_all(export.parent().unwrap()).unwrap();
                    std::fs::write(
                        &export,
                        json!({"kind": "source", "community": 0, "source": source, "text": text}).to_string(),
                    )
                    .unwrap();
                    vec!["corpus", "import", export.to_str().unwrap()]
                }
                _ => vec!["corpus", "write", file, "--title", &title, "--link", "https://example.org/x"],
            };
            // Some moments in no order, the last ones after the end.
            let after = whole * u128::try_from((round * 7) % ROUNDS).unwrap() * 5 / 4 / u128::try_from(ROUNDS).unwrap();
            let done = killed(garden, &arguments, std::time::Duration::from_millis(u64::try_from(after).unwrap()));
            let why = format!("round {round}, {arguments:?}, killed after {after} ms");
            assert!(text(garden, PRUNE).starts_with("Prune roses"), "{why}");
            assert!(text(garden, GRAFT).starts_with("Graft a pear"), "{why}");
            garden.json(&["corpus", "refresh"]);
            let status = garden.json(&["corpus", "status"]);
            let sources = status["sources"].as_array().unwrap();
            let ids: Vec<String> = sources.iter().map(|of| of["source"].as_str().unwrap().to_owned()).collect();
            assert!(sources.iter().all(|of| of["quoted"] == true && of["state"] == "good"), "{why}: {status}");
            for id in &kept {
                let is_removed = round % 4 == 1 && Some(id) == victim.as_ref();
                assert!(if is_removed { !done || !ids.contains(id) } else { ids.contains(id) }, "{why}: {id}");
            }
            if done && round % 4 != 1 {
                assert!(text(garden, &title).starts_with("Sow "), "{why}");
            }
            kept = ids.into_iter().filter(|id| id != "roses").collect();
        }
    });
}

/// How many commands are killed.
const ROUNDS: usize = 32;

#[test]
fn a_text_that_returns_is_another_generation() {
    with_each_database("returns", |garden| {
        let says = |when: &str| {
            garden.site.says("/roses", Reply::html(&ROSES.replace("late winter", when)));
            garden.json(&["corpus", "refresh"])["generation"].clone()
        };
        let numbers = ["late winter", "early March", "late winter"].map(says);
        let now = || {
            let history = garden.run(&["corpus", "history", "--json"]).out;
            let lines = history.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            lines.filter(|line| line["current"] == true).map(|line| line["number"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(now(), [numbers[2].clone()]);
        garden.json(&["corpus", "rollback", &numbers[0].to_string()]);
        assert_eq!(now(), [numbers[0].clone()]);
        assert_eq!(garden.json(&["corpus", "rollback"])["generation"], 1, "not to what came after it");
        garden.json(&["corpus", "rollback", &numbers[2].to_string()]);
        for number in [&numbers[1], &numbers[0]] {
            assert_eq!(garden.json(&["corpus", "rollback"])["generation"], *number);
            assert_eq!(now(), std::slice::from_ref(number));
        }
    });
}
