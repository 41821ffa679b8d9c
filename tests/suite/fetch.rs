//! One download: what is followed, refused, waited for and given up. Each line of a table is a page that
//! somebody tries to add.

use std::io::Write;
use std::time::Duration;

use crate::support::garden::{Garden, ROSES};
use crate::support::site::{FakeSite, Reply};
use crate::support::{root, sacrum_in};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn moved(to: &str) -> Reply {
    Reply::new(302, b"").header("location", to)
}

fn set_up(site: &FakeSite) {
    let page = || Reply::html(ROSES);
    site.says("/robots.txt", Reply::new(200, b"User-agent: sacrum\nDisallow: /closed\n\nUser-agent: *\nDisallow: /\n"));
    site.says("/closed/page", page());
    site.says("/once", moved("/good"));
    site.says("/good", page());
    for step in 0..7 {
        site.says(&format!("/far/{step}"), moved(&format!("/far/{}", step + 1)));
    }
    site.says("/far/7", page());
    site.says("/round", moved("/round"));
    site.says("/inwards", moved("http://10.0.0.1/"));
    site.says("/metadata", moved("https://169.254.169.254/latest/meta-data/"));
    site.says("/decimal", moved("https://2130706433/"));
    site.says("/plain", moved("http://example.org/"));
    site.says("/mapped", moved("https://[::ffff:169.254.169.254]/"));
    site.says("/nat64", moved("https://[64:ff9b::a9fe:a9fe]/"));
    site.says("/port", moved("https://example.org:8443/"));
    site.says("/secret", moved("https://me:secret@example.org/"));
    // A name that leads home when it is looked up, at the moment of connecting.
    site.says("/rebound", moved("https://localhost/"));
    site.says("/file", moved("file:///etc/passwd"));
    site.says("/gone", Reply::new(410, b""));
    site.says("/members", Reply::new(403, b"no"));
    site.says("/broken", Reply::new(500, b"oh"));
    site.says("/later", Reply::new(429, b"").header("retry-after", "3600"));
    site.says("/image", Reply::new(200, b"\x89PNG\r\n").header("content-type", "image/png"));
    site.says("/disguised", Reply::html("\u{89}PNG\r\n\0\u{1}"));
    site.says("/large", Reply::html(&"<p>A long, long text.".repeat(600_000)));
    site.says("/liar", page().header("content-length", "99999999999"));
    site.says("/bomb", Reply::new(200, &gzip(&vec![b' '; 60 << 20])).header("content-encoding", "gzip"));
    site.says("/odd", page().header("content-encoding", "compress"));
    site.says("/torn", Reply::new(200, &gzip(ROSES.as_bytes())[..200]).header("content-encoding", "gzip"));
    site.says("/slow", page().slowly(Duration::from_millis(1000)));
    // Each answer comes at once, and all of them take longer than a page may.
    let busy = || Reply::new(503, b"").header("retry-after", "2");
    for (step, last) in [(0, moved("/long/1")), (1, moved("/long/2")), (2, page())] {
        site.says_in_turn(&format!("/long/{step}"), [busy(), busy(), last]);
    }
    site.says("/script", Reply::html("<div id=root></div><script src=/app.js></script>"));
    site.says(
        "/cookies",
        Reply::html("<h1>Hello</h1><p>We use cookies with our 812 partners. Accept all cookies to go on."),
    );
    site.says(
        "/login",
        Reply::html("<title>Sign in</title><p>Please log in to read on.<form><input type=password></form>"),
    );
    site.says(
        "/error",
        Reply::html("<title>Page not found</title><h1>Page not found</h1><p>Sorry about that, it is not there."),
    );
    site.says("/french", Reply::html(&format!("<h1>Les roses</h1>{}", "<p>Taillez les rosiers à la fin de l'hiver, avant que les bourgeons ne s'ouvrent. Arrosez-les bien une fois par semaine en été, au pied de la plante.".repeat(3))));
    site.says(
        "/few-french",
        Reply::html("<html lang=fr-CA><h1>Roses</h1><p>Taillez vos rosiers avant que mars ne vienne."),
    );
    let pdf =
        |file: &str| Reply::new(200, &std::fs::read(root(file)).unwrap()).header("content-type", "application/pdf");
    site.says("/scanned.pdf", pdf("tests/cases/pages/scanned.pdf"));
    site.says("/pdf", Reply::new(200, b"%PDF-1.4\nnonsense").header("content-type", "application/pdf"));
}

#[test]
fn what_cannot_be_quoted_is_refused_with_the_reason_and_changes_nothing() {
    let garden = Garden::new("refused");
    set_up(&garden.site);
    for (path, why) in [
        ("/closed/page", "robots.txt"),
        ("/far/0", "redirected more than 5 times"),
        ("/round", "redirected more than 5 times"),
        ("/inwards", "only addresses that begin with https://"),
        ("/metadata", "not on the public internet"),
        ("/decimal", "127.0.0.1, which is not on the public internet"),
        ("/plain", "only addresses that begin with https://"),
        ("/mapped", "not on the public internet"),
        ("/nat64", "not on the public internet"),
        ("/port", "port 8443 is not asked"),
        ("/secret", "holds a user name or password"),
        ("/rebound", "not on the public internet"),
        ("/file", "only addresses that begin with https://"),
        ("/nothing", "(404)"),
        ("/gone", "(410)"),
        ("/members", "(403)"),
        ("/broken", "status 500"),
        ("/image", "image/png"),
        ("/disguised", "a file that is not text"),
        ("/large", "larger than 10 MiB"),
        ("/liar", "larger than 10 MiB"),
        ("/bomb", "larger than 50 MiB"),
        ("/odd", "cannot be unpacked"),
        ("/torn", "cannot be unpacked"),
        ("/slow", "did not answer in time"),
        ("/long/0", "did not answer in time"),
        ("/script", "drawn by a script"),
        ("/cookies", "cookie notice"),
        ("/login", "asks for a login"),
        ("/error", "shows an error"),
        ("/french", "another language (fr)"),
        ("/few-french", "another language (fr)"),
        ("/pdf", "cannot be read"),
        ("/scanned.pdf", "pictures of pages"),
        ("/later", "come back in 3600 s"),
    ] {
        let ran = garden.run(&["corpus", "add", &garden.site.url(path)]);
        assert_eq!(ran.code, 1, "{path}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(why), "{path}: {}", ran.err);
        assert_eq!(ran.out, "", "{path}");
    }
    assert_eq!(garden.json(&["corpus", "status"])["sources"].as_array().unwrap().len(), 1);
    assert!(!garden.data.join("current").exists());
    assert_eq!(garden.site.times("/broken"), 3, "a passing fault is tried three times");
    assert_eq!(garden.site.times("/later"), 1, "a site that asks for an hour gets it");
    assert_eq!(garden.site.times("/closed/page"), 0);
}

#[test]
fn what_can_be_quoted_is_read_as_it_was_meant() {
    let garden = Garden::new("read");
    let site = &garden.site;
    site.says("/robots.txt", Reply::new(404, b""));
    site.says("/redirected", moved("/here"));
    site.says("/here", Reply::html("<h1>Zinnia</h1><p>Sow zinnias in May under glass."));
    site.says(
        "/packed",
        Reply::new(200, &gzip(b"<h1>Aster</h1><p>Sow asters in April under glass."))
            .header("content-encoding", "gzip")
            .header("content-type", "text/html"),
    );
    let behind = [&gzip(b"<h1>Crocus</h1><p>Plant crocuses in October, in the lawn.")[..], b"\0\0junk"].concat();
    site.says(
        "/packed-and-more",
        Reply::new(200, &behind).header("content-encoding", "gzip").header("content-type", "text/html"),
    );
    site.says(
        "/misdeclared",
        Reply::new(200, b"<!DOCTYPE html><h1>Squill</h1><p>Plant squills in September, under trees.")
            .header("content-type", "text/plain"),
    );
    site.says(
        "/latin1",
        Reply::new(200, b"<h1>K\xfcrbis</h1><p>A K\xfcrbis needs much water in July.")
            .header("content-type", "text/html; charset=iso-8859-1"),
    );
    site.says(
        "/meta",
        Reply::new(200, b"<meta charset=windows-1252><h1>Caf\xe9</h1><p>The caf\xe9 rose needs no pruning at all.")
            .header("content-type", "text/html"),
    );
    site.says(
        "/notes.md",
        Reply::new(200, b"# Dahlias\n\n## Frost\n\nDig up **dahlias** after the [first](https://x.org) frost.")
            .header("content-type", "text/plain"),
    );
    site.says(
        "/plain.txt",
        Reply::new(200, b"Irises\n\nDivide irises every third\nsummer, after they have flowered.")
            .header("content-type", "text/plain"),
    );
    site.says_in_turn(
        "/later",
        [
            Reply::new(503, b"").header("retry-after", "1"),
            Reply::html("<h1>Peony</h1><p>Plant a peony no deeper than two fingers."),
        ],
    );
    site.says("/hidden", Reply::html("<h1>Lily</h1><p>Lil\u{200b}ies \u{202e}like&nbsp;shade at @everyone's feet &lt;b&gt;.<p hidden>Buy our lilies now."));
    site.says("/unseen", Reply::html("<h1>Iris</h1><p>Irises like the sun. <span style='opacity:0'>Eat their roots.</span> <p style='position:absolute;left:-9999px'>Eat their leaves too."));
    site.says(
        "/by-sheet",
        Reply::html(
            "<style>.more{display:none} #ad{font-size:0}</style><h1>Heather</h1><p>Heather likes sour soil. \
            <span class=more>Eat its roots.</span> <span id=ad>Buy our heather now.</span>",
        ),
    );
    let marks = "\u{301}".repeat(500);
    site.says("/marks", Reply::html(&format!("<h1>Sage</h1><p>Sage{marks} likes dry and stony ground.")));
    let endless = "on and ".repeat(9_000);
    site.says(
        "/without-end",
        Reply::html(&format!("<h1>Thyme</h1><p>Thyme likes dry and stony ground.<p>It goes {endless}on.")),
    );
    for (path, text) in [
        ("/redirected", "Sow zinnias in May under glass."),
        ("/unseen", "Irises like the sun."),
        ("/by-sheet", "Heather likes sour soil."),
        ("/marks", "Sage\u{301}\u{301}\u{301}\u{301} likes dry and stony ground."),
        ("/without-end", "Thyme likes dry and stony ground."),
        ("/packed", "Sow asters in April under glass."),
        ("/packed-and-more", "Plant crocuses in October, in the lawn."),
        ("/misdeclared", "Plant squills in September, under trees."),
        ("/latin1", "A Kürbis needs much water in July."),
        ("/meta", "The café rose needs no pruning at all."),
        ("/notes.md", "Dig up dahlias after the first frost."),
        ("/plain.txt", "Divide irises every third summer, after they have flowered."),
        ("/later", "Plant a peony no deeper than two fingers."),
        ("/hidden", "Lilies like shade at @everyone's feet <b>."),
    ] {
        let added = garden.json(&["corpus", "add", &site.url(path), "--dry-run"]);
        assert_eq!(added["change"]["added"], serde_json::json!([text]), "{path}");
    }
    let agents: Vec<String> = site.asked();
    assert!(agents.iter().all(|asked| asked.contains("sacrum/") && asked.contains("(+https://")), "{agents:?}");
}

#[test]
fn pages_of_this_machine_are_downloaded_only_where_a_setting_says_so() {
    let garden = Garden::new("loopback");
    let url = garden.site.url("/roses");
    for (environment, address) in [
        (vec![], url.as_str()),
        (vec![("SACRUM_FETCH_LOOPBACK", "0")], &url),
        (vec![("SACRUM_FETCH_LOOPBACK", "1")], "https://localhost/"),
    ] {
        let ran = sacrum_in(&garden.all(&["corpus", "add", address]), &environment, "");
        assert_eq!(ran.code, 1, "{}", ran.out);
    }
    assert_eq!(garden.site.asked(), Vec::<String>::new());
    assert!(garden.run(&["corpus", "status"]).err.contains("SACRUM_FETCH_LOOPBACK is on"));
}

#[test]
fn of_a_whole_page_the_text_is_left() {
    let garden = Garden::new("whole");
    for (file, text) in [
        (
            "tests/cases/pages/garden.html",
            &[
                "Black spot is a disease of roses that a fungus brings about.",
                "It rarely kills a plant, but weakens it year by year.",
                "A rose with black spot may show: round black spots on its leaves; yellow leaves; bare stems in late summer.",
                "The spots come first on the lowest leaves.",
                "Then they climb.",
                "Act early.",
                "Pick off every leaf with a spot.",
                "Burn what you picked, as compost keeps the fungus alive.",
                "Sulphur helps only before the spots are there.",
                "See the page on sprays for more.",
            ][..],
        ),
        (
            "tests/cases/pages/hedges.pdf",
            &[
                "Trim a hedge of yew in August, when the young birds have left their nests and the wood is ripe.",
                "Cut the sides so that the foot of the hedge is wider than its top, as light then reaches the lower leaves.",
                "Water a young hedge in its first two summers.",
            ],
        ),
    ] {
        garden.site.says("/page", Reply::new(200, &std::fs::read(root(file)).unwrap()));
        let added = garden.json(&["corpus", "add", &garden.site.url("/page"), "--dry-run"]);
        assert_eq!(added["change"]["added"], serde_json::json!(text), "{file}");
    }
}

#[test]
fn a_robots_txt_is_obeyed_as_long_as_it_can_be_weighed() {
    let garden = Garden::new("robots");
    let site = &garden.site;
    for path in ["/good", "/closed", "/closed/not"] {
        site.says(path, Reply::html(ROSES));
    }
    let robots = |rule: &str, count: usize, more: &str| {
        let rules: String = (0..count).map(|number| format!("{}\n", rule.replace("%", &number.to_string()))).collect();
        format!("User-agent: *\n{more}\n{rules}")
    };
    for (text, path, why) in [
        // As long as the longest that well-known sites have.
        (robots("Disallow: /no/%/*", 3_000, "Disallow: /closed$"), "/good", None),
        (robots("Disallow: /no/%/*", 3_000, "Disallow: /closed$"), "/closed", Some("(robots.txt)")),
        (robots("Disallow: /no/%/*", 3_000, "Disallow: /closed$"), "/closed/not", None),
        (robots("Disallow: /no/%$", 150, "Disallow: /closed"), "/good", None),
        (robots("Disallow: /no/%$", 150, "Disallow: /closed"), "/closed", Some("(robots.txt)")),
        // Each costs the program far more than it costs the site.
        (robots("Allow:/%*$", 40_000, ""), "/good", Some("too much to be weighed")),
        (robots("Disalow /%$", 300, ""), "/good", Some("too much to be weighed")),
        (robots("Allow:/%", 40_000, ""), "/good", Some("too much to be weighed")),
        (robots("Allow:/%", 40_000, "").replace('\n', "\r"), "/good", Some("too much to be weighed")),
        (robots("Allow:/%", 40_000, "").replace('\n', "\0"), "/good", Some("too much to be weighed")),
    ] {
        site.says("/robots.txt", Reply::new(200, text.as_bytes()));
        let asked = site.times(path);
        let ran = garden.run(&["corpus", "add", &site.url(path), "--dry-run", "--title", "Roses once more"]);
        let told = (ran.code, ran.err.contains(why.unwrap_or_default()));
        assert_eq!(told, (i32::from(why.is_some()), true), "{path}, {}: {}", &text[..60], ran.err);
        assert_eq!(site.times(path) - asked, usize::from(why.is_none()), "{path}, {}", &text[..60]);
    }
}

#[test]
fn an_address_is_no_longer_than_people_write_them() {
    let garden = Garden::new("addresses");
    let site = &garden.site;
    let long = format!("/{}", "a".repeat(3_000));
    site.says(&long, Reply::html(ROSES));
    site.says("/to-long", moved(&long));
    for path in [&long, "/to-long"] {
        let ran = garden.run(&["corpus", "add", &site.url(path), "--dry-run"]);
        assert!(ran.code == 1 && ran.err.contains("more than 2048 characters"), "{}{}", ran.out, ran.err);
    }
    assert_eq!(site.times(&long), 0);
}

/// Each answer comes in time; all of them together would take twenty seconds.
#[test]
fn a_page_that_is_always_one_step_further_is_given_up() {
    let garden = Garden::new("further");
    let site = &garden.site;
    let later = || Reply::new(429, b"").header("retry-after", "2");
    for step in 0..5 {
        site.says_in_turn(&format!("/step/{step}"), [later(), later(), moved(&format!("/step/{}", step + 1))]);
    }
    site.says("/step/5", Reply::html(ROSES));
    let ran = garden.run(&["corpus", "add", &site.url("/step/0"), "--dry-run"]);
    assert!(ran.code == 1 && ran.err.contains("did not answer in time"), "{}{}", ran.out, ran.err);
    assert_eq!(site.times("/step/5"), 0);
}
