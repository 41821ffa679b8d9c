//! `sacrum corpus`, and corpora of other people.

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
        "messages.jsonl:2: a message shows \"nobody\" as Emergency, and red_flags.toml has no advice for that",
    ] {
        assert!(ran.out.contains(fault), "{fault}\nnot in\n{}", ran.out);
    }
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
