//! `sacrum corpus`, and corpora of other people.

use std::path::{Path, PathBuf};

use crate::support::{root, sacrum};

#[test]
fn the_shipped_corpus_has_no_fault_and_every_red_flag_example_holds() {
    let ran = sacrum(&["corpus", "check", "--corpus", root("corpus").to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}

#[test]
fn each_fault_is_named_with_file_line_and_what_to_do() {
    let folder = root("tests/corpora/broken");
    let ran = sacrum(&["corpus", "check", "--corpus", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    for fault in [
        "sources.toml:1: the address of \"one\" is \"http://example.org/\"; it must begin with https://",
        "sources.toml:9: the address of \"two\" is \"https://example.org/a page\"; copy it from a browser",
        "corpus.toml: the disclaimer has 1100 characters; 1000 at most",
        "notes/a.md:3: source \"onee\" is not in sources.toml; did you mean \"one\"?",
        "notes/a.md:11: corrected_by = \"a#nowhere\" leads nowhere",
        "notes/a.md:20: the section \"Cites nothing\" cites nothing",
        "asked/a.txt:1: a question stands here before any section; put a line \"# section-id\" above it",
        "asked/a.txt:2: there is no section a#nowhere; name one of the note's",
        "red_flags.toml:7: flag \"x\": there is no [concept.missing]",
        "red_flags.toml:10: two flags have the id \"x\"; rename one",
        "lexicon.toml:5: \"shank\" stands in two groups of the same meaning; keep one",
        "lexicon.toml:8: \"calf\" is both a spelling and a term; keep one",
        "muscles.toml:5: \"calf\": source \"onne\" is not in sources.toml; did you mean \"one\"?",
        "muscles.toml:5: \"calf\": attaches names \"shinn\", and there is no [[bone]] of that id",
        "muscles.toml:5: \"calf\" is not drawn in figures/leg.svg",
        "muscles.toml:5: \"calf\": there is no figures/foot.svg",
        "muscles.toml:5: \"calf\" names the muscle \"nobody\"",
        "muscles.toml:30: missing field `latin`",
        "muscles.toml:34: \"jumper\" names both \"calf\" and \"jumpers\"",
        "muscles.toml: the bone \"shin\" is drawn in no figure",
        "muscles.toml: the bone \"leg\" is made of \"shinbone\", and there is no [[bone]] of that id",
        "muscles.toml:34: \"jumpers\": there is no figures/knee.svg",
        "muscles.toml:34: \"jumpers\": source \"twoo\" is not in sources.toml; did you mean \"two\"?",
        "\"toes\" cites nothing",
        "\"toes\" has no picture",
        "\"toes\": nerves names \"nobodys\", and there is no [[nerve]] of that id",
        "\"toes\": lies_at names \"nowhere\", and there is no [[place]] of that id",
        "figures/leg.svg: the part \"toe\" is neither a muscle nor a bone",
        "figures/leg.svg: \"toe\" hides \"toes\" and does not cover it",
        "figures/leg.svg:4: a part needs an `id` and `data-at=\"x y\"`",
        "messages.jsonl:1: a message with a level needs a `flag`",
        "messages.jsonl:2: a message shows \"nobody\" as emergency, and red_flags.toml has no advice for that",
    ] {
        assert!(ran.out.contains(fault), "{fault}\nnot in\n{}", ran.out);
    }
}

/// A folder of this name with a small corpus in it, which has no fault.
fn sound(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    for (file, text) in [
        ("sources.toml", CLUB),
        ("notes/club.md", HOURS),
        (
            "notes/fees.md",
            "# Fees\n\n## A year\n\n```toml\nquestions = [\"what does it cost\"]\ncites = [\"club\"]\n\
             corrected_by = \"club#opening-hours\"\n```\n\nA year costs ten crowns.\n",
        ),
        ("asked/club.txt", "# opening-hours\nwhen may i come\n"),
        (
            "red_flags.toml",
            "[concept.gas]\nphrases = [\"smell of gas\"]\n\n[[flag]]\nid = \"gas\"\nlevel = \"emergency\"\n[flag.advice]\n\
             emergency = \"Get out.\"\n[[flag.rule]]\nnear = [\"gas\"]\n[flag.must]\n\
             emergency = [\"there is a smell of gas\"]\n",
        ),
        ("messages.jsonl", "{\"text\": \"it hisses\", \"level\": \"emergency\", \"flag\": \"gas\"}\n"),
    ] {
        put(&folder, file, text.as_bytes());
    }
    folder
}

fn put(folder: &Path, file: &str, bytes: &[u8]) {
    std::fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
    std::fs::write(folder.join(file), bytes).unwrap();
}

const CLUB: &str = "[[source]]\nid = \"club\"\ntitle = \"Rules\"\npublisher = \"Club\"\n\
                    url = \"https://example.org/rules\"\nkind = \"article\"\nlicence = \"all rights reserved\"\n";

const HOURS: &str = "# Our house\n\n## Opening hours\n\n```toml\nquestions = [\"when are you open\"]\ncites = [\"club\"]\n\
                     ```\n\nWe open at nine.\n";

/// Whatever else seems to be missing because of a fault is not told: each of these has the faults that are named, and no other.
#[test]
fn a_fault_is_told_once_and_none_that_only_follows_from_it() {
    let with = |text: &str| format!("{HOURS}\n## More\n\n```toml\ncites = [\"club\"]\n```\n\n{text}\n");
    let words = |count: usize| format!("{}end.", "word ".repeat(count - 1));
    let cases: &[(&str, &str, String, &[&str])] = &[
        ("sound", "lexicon.toml", String::new(), &[]),
        (
            "marks",
            "notes/club.md",
            with("See [the fees](fees#nowhere).\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![a](b.png)\n\n```sh\nls\n```"),
            &[
                "notes/club.md:18: a section holds sentences only, and here is a link to \"fees#nowhere\"",
                "notes/club.md:20: a section holds sentences only, and here is a list",
                "notes/club.md:23: a section holds sentences only, and here is a table",
                "notes/club.md:27: a section holds sentences only, and here is an image",
                "notes/club.md:29: a section holds sentences only, and here is a block of code",
            ],
        ),
        (
            "words",
            "notes/club.md",
            with(&format!("{0} {0} {0} Word.", words(40)).replace("end. word", "end. Word")),
            &["notes/club.md:12: the section \"More\" has 121 words; 120 at most"],
        ),
        (
            "sentences",
            "notes/club.md",
            with("One. Two. Three. Four. Five. Six. Seven."),
            &["notes/club.md:12: the section \"More\" has 7 sentences; 6 at most"],
        ),
        ("sentence", "notes/club.md", with(&words(61)), &["notes/club.md:12: a sentence of \"More\" has 61 words; 60 at most"]),
        (
            "twice",
            "documents/club.md",
            "# House\n\nA text.\n".into(),
            &["notes/club.md: it has the same id, \"club\", as documents/club.md; rename one"],
        ),
        ("key", "sources.toml", CLUB.replace("kind", "kindd"), &["sources.toml:6: unknown field `kindd`"]),
        (
            "keys",
            "sources.toml",
            format!("{}\n{}", CLUB.replace("kind", "kindd"), CLUB.replace("\"club", "\"team").replace("https", "http")),
            &["sources.toml:6: unknown field `kindd`", "sources.toml:9: the address of \"team\" is"],
        ),
        (
            "cites",
            "notes/club.md",
            HOURS.replace("cites", "citess"),
            &["notes/club.md:7: unknown field `citess`"],
        ),
        (
            "flags",
            "red_flags.toml",
            "[[flag]]\nid = \"gas\"\nlevel = \"urgent\"\n".into(),
            &["red_flags.toml:3: unknown variant `urgent`"],
        ),
        (
            "advice",
            "red_flags.toml",
            "[concept.gas]\nphrases = [\"smell of gas\"]\n\n[[flag]]\nid = \"gas\"\nlevel = \"soon\"\n[flag.advice]\n\
             emergency = \"Get out.\"\nsoon = \" \"\n[[flag.rule]]\nnear = [\"gas\"]\n[[flag.rule]]\nanywhere = [\"gas\"]\n"
                .into(),
            &["red_flags.toml:5: flag \"gas\": level soon has 2 rules, and [flag.advice] no text for it; add `soon = "],
        ),
        (
            "level",
            "messages.jsonl",
            "{\"text\": \"it hisses\", \"level\": \"bogus\", \"flag\": \"gas\"}\n".into(),
            &["messages.jsonl:1: there is no level \"bogus\"; there are emergency, crisis, same_day, soon, and none"],
        ),
        (
            "line",
            "messages.jsonl",
            "{\"text\": \"it hisses\", \"level\": \"none\"}\nnonsense\n".into(),
            &["messages.jsonl:2: this line is no JSON: it cannot be read from column 2 on"],
        ),
        (
            "example",
            "red_flags.toml",
            "[concept.gas]\nphrases = [\"smell of gas\"]\n\n[[flag]]\nid = \"gas\"\nlevel = \"same_day\"\n[flag.advice]\n\
             same_day = \"Call us.\"\nemergency = \"Get out.\"\n[[flag.rule]]\nnear = [\"gas\"]\n[flag.must]\n\
             emergency = [\"there is a smell of gas\"]\n"
                .into(),
            &["red_flags.toml:13: flag \"gas\" must fire as emergency on \"there is a smell of gas\", and \"gas\" as same_day fires"],
        ),
        (
            "doubled",
            "lexicon.toml",
            "[spelling]\nopne = \"open\"\nopne = \"nine\"\n".into(),
            &["lexicon.toml:3: duplicate key: opne"],
        ),
        (
            "respelt",
            "lexicon.toml",
            "[spelling]\nopne = \"open\"\ncrowns = \"nine\"\n\"zz\" = \"yyww\"\n".into(),
            &[
                "lexicon.toml:3: \"crowns\" is read as \"nine\", and is itself a word of the texts",
                "lexicon.toml:4: \"zz\" is read as \"yyww\", and \"yyww\" stands nowhere in the corpus",
            ],
        ),
        (
            "question",
            "notes/club.md",
            HOURS.replace("[\"when", "[\"What does it cost?\", \"when"),
            &["notes/fees.md:6: \"what does it cost\" is also a question of club#opening-hours"],
        ),
        (
            "wordless",
            "notes/club.md",
            HOURS.replace("[\"when", "[\"?\", \"when"),
            &["notes/club.md:3: the section \"Opening hours\" lists a question without a word"],
        ),
        ("ending", "notes/more.MD", "# More\n".into(), &["notes/more.MD: nobody reads it"]),
        ("word", "documents/rules.docx", "PK".into(), &["documents/rules.docx: nobody reads it: names in documents/ end in .md, .txt, .html, .htm"]),
        ("licence", "LICENCE", "All of it is ours.".into(), &[]),
        (
            "kind",
            "sources.toml",
            CLUB.replace("article", "book"),
            &["sources.toml:1: \"club\" is of the kind \"book\"; there are article, fact sheet,"],
        ),
        (
            "month",
            "sources.toml",
            format!("{CLUB}published = \"2021-13\"\n"),
            &["sources.toml:1: the date of \"club\" must be YYYY"],
        ),
        (
            "nameless",
            "sources.toml",
            CLUB.replace("Rules", " "),
            &["sources.toml:1: the title of \"club\" is empty"],
        ),
        (
            "silence",
            "corpus.toml",
            "name = \"club\"\nnot_covered = \"\"\n".into(),
            &["corpus.toml:2: not_covered is empty, and nothing would be said"],
        ),
        (
            "canary",
            "corpus.toml",
            "canaries = [\n  \"when are you open\",\n  \"who flew to the moon\",\n]\n".into(),
            &["corpus.toml:3: the canary \"who flew to the moon\" is not answered"],
        ),
        (
            "declined",
            "not_covered.txt",
            "# prices\nwho won\n\nWho won?\n".into(),
            &[
                "not_covered.txt:1: \"# prices\" is no question",
                "not_covered.txt:4: \"Who won?\" stands here twice",
            ],
        ),
        (
            "torn",
            "messages.jsonl",
            "{\"text\": \"it hisses\", \"level\": \"none\"}\n{\"text\": \"it hisses\", \"level\": \"emergency\", \
             \"flag\": \"gas\"}\n{\"text\": \" \", \"level\": \"none\"}\n"
                .into(),
            &["messages.jsonl:2: the message stands in line 1 as well", "messages.jsonl:3: the message is empty"],
        ),
        (
            "signs",
            "red_flags.toml",
            "[concept.gas]\nphrases = [\n  \"leak(s)?\",\n  \"(gas|fume*) (_)? leak*\",\n  \"is it (gas)? still?\",\n  \"*gas\",\n  \
             \"(gas|oil)s\",\n]\n\n[[flag]]\nid = \"gas\"\nlevel = \"emergency\"\n[flag.advice]\nemergency = \"Get \
             out.\"\n[[flag.rule]]\nnear = [\"gas\"]\n"
                .into(),
            &[
                "red_flags.toml:3: \"leak(s)?\": a bracket begins a new word",
                "red_flags.toml:6: \"*gas\": `*` ends a word",
                "red_flags.toml:7: \"(gas|oil)s\": a bracket ends a word",
            ],
        ),
        ("first line", "corpus.toml", "not_covered = \" \"\n".into(), &["corpus.toml:1: not_covered is empty"]),
    ];
    for (name, file, text, expected) in cases {
        let folder = sound(name);
        put(&folder, file, text.as_bytes());
        finds(&folder, expected);
    }
    let folder = sound("letters");
    put(&folder, "notes/club.md", &[HOURS.as_bytes(), b"Caf\xe9.\n"].concat());
    finds(&folder, &["notes/club.md:11: a letter here is no UTF-8; save the file as UTF-8"]);
    let folder = sound("bibliography");
    std::fs::remove_file(folder.join("sources.toml")).unwrap();
    finds(&folder, &["sources.toml: there is no such file, and notes cite what stands in it"]);
    #[cfg(unix)]
    {
        let folder = sound("dangling");
        std::fs::remove_file(folder.join("notes/club.md")).unwrap();
        std::os::unix::fs::symlink("/nowhere", folder.join("notes/club.md")).unwrap();
        finds(&folder, &["notes/club.md: it cannot be read:"]);
    }
}

/// Checks a folder: each fault begins as expected, and there are no others.
fn finds(folder: &Path, expected: &[&str]) {
    let ran = sacrum(&["corpus", "check", "--json", "--corpus", folder.to_str().unwrap()]);
    assert_eq!(ran.code, i32::from(!expected.is_empty()), "{}{}", ran.out, ran.err);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let faults: Vec<&str> = found["faults"].as_array().unwrap().iter().map(|fault| fault.as_str().unwrap()).collect();
    assert_eq!(faults.len(), expected.len(), "{}: {faults:#?}", folder.display());
    for (fault, expected) in faults.iter().zip(expected) {
        assert!(fault.starts_with(expected), "{}:\n{fault}\n{expected}", folder.display());
    }
}

#[test]
fn a_check_lists_the_sections_and_says_where_there_are_few_examples() {
    let folder = sound("listed");
    let check = |more: &[&str]| sacrum(&[&["corpus", "check", "--corpus", folder.to_str().unwrap()], more].concat());
    let told = check(&["--sections"]).out;
    assert!(told.starts_with("club#opening-hours  2 questions\nfees#a-year  1 question\n"), "{told}");
    assert!(told.contains("Few examples: 1 question a section, 0 in not_covered.txt."), "{told}");
    assert!(
        told.contains("2 documents, 2 sections, 3 questions that they answer, 0 that none does, 1 source: 0 faults")
    );
    let json: serde_json::Value = serde_json::from_str(&check(&["--sections", "--json"]).out).unwrap();
    assert_eq!(json["sections"][0], serde_json::json!({"id": "club#opening-hours", "questions": 2}));
}

#[test]
fn a_folder_of_plain_documents_works() {
    let folder = root("tests/corpora/plain");
    let ran = sacrum(&["ask", "--json", "how do i prune a rose?", "--corpus", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["outcome"], "answered", "{answer}");
    let excerpt = &answer["excerpts"][0];
    assert_eq!((&excerpt["document"], &excerpt["kind"]), (&"roses".into(), &"quote".into()));
    let run = sacrum(&["search", "watering tomatoes", "--json", "--corpus", folder.to_str().unwrap()]);
    assert!(run.out.lines().next().unwrap().contains("\"tomatoes\""), "{}", run.out);
}

#[test]
fn a_section_is_found_by_questions_that_stand_beside_its_note_and_offers_only_its_own() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("asked");
    for part in ["notes", "asked"] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
    }
    let source = "[[source]]\nid = \"club\"\ntitle = \"Club\"\npublisher = \"Club\"\nurl = \"https://example.org/\"\n\
                  kind = \"article\"\nlicence = \"all rights reserved\"\n";
    std::fs::write(folder.join("sources.toml"), source).unwrap();
    let section = |heading: &str, question: &str, text: &str| {
        format!("## {heading}\n\n```toml\nquestions = [\"{question}\"]\ncites = [\"club\"]\n```\n\n{text}\n\n")
    };
    let hours = section("Opening hours", "when are you open", "We open at nine.");
    let fees = section("Fees", "what does a year cost", "A year costs ten crowns.");
    let dogs = section("Dogs", "may i bring my dog", "Dogs stay outside.");
    std::fs::write(folder.join("notes/club.md"), format!("# Our house\n\n{hours}{fees}{dogs}")).unwrap();
    std::fs::write(folder.join("asked/club.txt"), "# fees\nwhat do i owe the treasurer\nhow much dosh annually\n")
        .unwrap();
    let asks = |question: &str| {
        let ran = sacrum(&["ask", "--json", question, "--corpus", folder.to_str().unwrap()]);
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()
    };
    let answer = asks("what do i owe the treasurer?");
    assert_eq!(answer["excerpts"][0]["text"], "A year costs ten crowns.", "{answer}");
    let answer = asks("what year did france elect a treasurer?");
    assert_eq!(answer["nearest"], serde_json::json!(["what does a year cost"]), "{answer}");
}

#[test]
fn a_folder_that_is_missing_or_empty_is_explained() {
    let missing = sacrum(&["ask", "why", "--corpus", "/nowhere/at/all"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing.err.contains("/nowhere/at/all") && missing.err.contains("does the folder exist"),
        "{}",
        missing.err
    );
    let empty = sacrum(&["ask", "why", "--corpus", root("tests/corpora/empty").to_str().unwrap()]);
    assert!(empty.err.contains("holds no corpus"), "{}", empty.err);
    let data = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty-beside-the-built-in");
    let ask = |more: &[&str]| sacrum(&[&["ask", "is bed rest ok", "--data", data.to_str().unwrap()], more].concat());
    assert_eq!(ask(&[]).code, 0);
    std::fs::create_dir_all(data.join("nothing")).unwrap();
    let empty = ask(&["--corpus", data.join("nothing").to_str().unwrap()]);
    assert!(empty.err.contains("holds no corpus"), "{}{}", empty.out, empty.err);
}

#[test]
fn what_a_page_does_not_show_is_no_text_of_it() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("scripted");
    std::fs::create_dir_all(folder.join("documents")).unwrap();
    let page = "<title>Boilers</title><p>Clean the boiler <b>once a year</b>.<script>alert(1)</script></p>";
    std::fs::write(folder.join("documents/boilers.html"), page).unwrap();
    let found = sacrum(&["ask", "how often should i clean the boiler", "--corpus", folder.to_str().unwrap()]);
    assert!(found.out.contains("once a year") && !found.out.contains("alert"), "{}{}", found.out, found.err);
}

#[test]
fn signs_are_learnt_from_example_messages_where_no_rule_names_them() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("learnt");
    std::fs::create_dir_all(folder.join("documents")).unwrap();
    std::fs::write(folder.join("documents/boilers.md"), "# Boilers\n\nClean the boiler once a year.\n").unwrap();
    let flag =
        "[[flag]]\nid = \"gas\"\nlevel = \"emergency\"\n[flag.advice]\nemergency = \"Open a window and get out.\"\n";
    std::fs::write(folder.join("red_flags.toml"), flag).unwrap();
    let mut lines = Vec::new();
    for thing in ["boiler", "stove", "pipe", "meter", "heater", "hob", "valve", "tank", "oven", "fireplace", "hose"] {
        for sign in ["hisses", "smells of eggs", "reeks", "stinks of gas", "makes me dizzy"] {
            for place in ["and so does the kitchen", "at night"] {
                let text = format!("my {thing} {sign} {place}");
                lines.push(serde_json::json!({"text": text, "level": "emergency", "flag": "gas"}).to_string());
            }
        }
        for question in
            ["how do i clean my", "who sells a new", "what does it cost to run a", "is it normal to paint a"]
        {
            lines.push(serde_json::json!({"text": format!("{question} {thing}"), "level": "none"}).to_string());
            lines
                .push(serde_json::json!({"text": format!("{question} {thing} at night"), "level": "none"}).to_string());
        }
    }
    std::fs::write(folder.join("messages.jsonl"), lines.join("\n")).unwrap();
    let ask = |question: &str| {
        let ran = sacrum(&["ask", "--json", question, "--corpus", folder.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()
    };
    let urgent = ask("the cooker hisses and smells of eggs");
    assert_eq!((&urgent["outcome"], &urgent["urgent"]["flag"]), (&"withheld".into(), &"gas".into()), "{urgent}");
    assert!(ask("how do i clean the boiler")["urgent"].is_null());
}
