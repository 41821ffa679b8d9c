//! What all commands promise: examples, JSON, words that a person understands.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{answers, root, sacrum, sacrum_with};

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// A file of this name for a test, with this in it.
fn file(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn every_command_s_help_shows_an_example_of_it() {
    let names = |text: &str| {
        let commands = text.split_once("Commands:\n").unwrap().1.split("\n\n").next().unwrap().to_owned();
        let names = commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut seen = 0;
    let mut all = vec![vec![]];
    while let Some(command) = all.pop() {
        let arguments: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let help = sacrum(&arguments).out;
        let example = ["sacrum", &command.join(" ")].join(" ");
        let examples = help.split_once("Example").unwrap_or_else(|| panic!("{command:?}: {help}")).1;
        assert!(examples.contains(example.trim_end()), "{command:?}: {help}");
        seen += 1;
        if help.contains("Commands:\n") {
            for name in names(&help).into_iter().filter(|name| name != "help") {
                all.push([command.clone(), vec![name]].concat());
            }
        }
    }
    assert!(seen >= 24, "{seen}");
}

#[test]
fn each_line_of_a_batch_that_cannot_be_read_is_told_in_plain_words() {
    let lines = [
        b"{\"id\": \"\xff\", \"question\": \"what is the sacrum\"}".as_slice(),
        b"what is the sacrum",
        b"{\"id\": \"a\", \"question\": \"what is",
        b"{\"id\": \"a\"}",
        b"{\"id\": 7, \"question\": \"what is the sacrum\"}",
        b"{\"id\": \"a\", \"question\": \"  \"}",
        b"7",
        b"{\"id\": \"z\", \"question\": \"what is the sacrum\"}\r",
    ];
    let ran = sacrum_with(&["ask", "--batch", "-"], lines.join(&b'\n'));
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told = json_lines(&ran.out);
    let expected = [
        "this line is no UTF-8 text; save the file as UTF-8",
        "this line is no JSON: it cannot be read from column 1 on",
        "this line is no JSON: it ends before the last quotation mark or brace is closed",
        "the key `question` is missing",
        "here is integer `7`, where a string is expected",
        "the question is empty",
        "here is integer `7`, where an object in braces is expected",
    ];
    for (at, expected) in expected.iter().enumerate() {
        let error = told[at]["error"].as_str().unwrap();
        assert!(error.starts_with(expected), "{error}");
        assert_eq!((&told[at]["id"], &told[at]["line"]), (&Value::Null, &json!(at + 1)), "{}", told[at]);
    }
    assert_eq!((told.len(), &told[7]["id"]), (8, &"z".into()));
}

#[test]
fn a_chat_goes_on_behind_a_line_that_is_no_text_and_speaks_json() {
    let lines = b"how long does sciatica last?\n\ncaf\xe9\nis bed rest good for back pain?\n";
    let ran = sacrum_with(&["chat"], lines);
    assert!(ran.code == 0 && ran.out.contains("four to six weeks"), "{}{}", ran.out, ran.err);
    let told = json_lines(&sacrum_with(&["chat", "--json"], lines).out);
    assert_eq!((told.len(), &told[0]["outcome"]), (3, &"answered".into()), "{told:?}");
    assert_eq!(told[2]["question"], "is bed rest good for back pain?");
}

#[test]
fn a_chat_looks_at_the_last_messages_together() {
    let lines = "my legs have gone weak\nhow long does sciatica last?\nok\nand i cannot pee since this morning\n";
    let told = json_lines(&sacrum_with(&["chat", "--json"], lines).out);
    assert_eq!(told.last().unwrap()["urgent"]["level"], "emergency", "{told:?}");
    // It is said where an earlier one is why.
    assert!(told[0]["notice"].is_null() && told[3]["notice"].is_null(), "{told:?}");
    assert!(
        told[1]["notice"].as_str().unwrap().contains("before") && told[2]["notice"] == told[1]["notice"],
        "{told:?}"
    );
    let apart = "i have had back pain for weeks\nis walking good\nthanks\nand a fever since monday\n";
    let told = json_lines(&sacrum_with(&["chat", "--json"], apart).out);
    assert!(!told[3]["urgent"].is_null(), "{told:?}");
}

#[test]
fn a_chat_keeps_its_topic_over_thanks_and_follow_ups() {
    let lines = "what is the piriformis\nhow do i stretch it\nthanks!\nwhere is it\n";
    let told = json_lines(&sacrum_with(&["chat", "--json"], lines).out);
    assert_eq!(told[2]["outcome"], "not_a_question", "{}", told[2]);
    let shown = told[3]["excerpts"].to_string();
    assert!(shown.contains("piriformis"), "{shown}");
}

#[test]
fn json_is_printed_where_it_is_asked_for_or_refused() {
    let line = r#"{"id": "q", "question": "what is the sacrum"}"#;
    let hits = json_lines(&sacrum_with(&["search", "--batch", "-", "--top", "2", "--json"], line).out);
    assert_eq!((hits.len(), &hits[1]["id"], &hits[1]["rank"]), (2, &"q".into(), &2.into()), "{hits:?}");
    for arguments in [["completions", "bash", "--json"].as_slice(), &["serve", "--json"]] {
        let ran = sacrum(arguments);
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains("leave out --json"), "{}{}", ran.out, ran.err);
    }
}

#[test]
fn a_list_without_lines_says_so() {
    let data = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("nothing-yet");
    let data = data.to_str().unwrap();
    for (list, told) in [
        ("history", "no generation is kept"),
        ("gaps", "nobody asked anything in vain"),
        ("feedback", "nobody marked a passage"),
        ("log", "nobody changed anything"),
    ] {
        let ran = sacrum(&["corpus", list, "--data", data]);
        assert!(ran.code == 0 && ran.out.starts_with(told), "{list}: {}{}", ran.out, ran.err);
        assert_eq!(sacrum(&["corpus", list, "--data", data, "--json"]).out, "");
    }
    assert!(sacrum(&["search", "qqqq"]).out.starts_with("nothing is found"));
}

#[test]
fn a_file_of_questions_is_judged_line_by_line() {
    let questions = file(
        "faulty-questions.jsonl",
        "{\"id\": \"a\", \"question\": \"what is the sacrum\", \"expect\": {}}\n\
         {\"id\": \"b\", \"question\": \"what is the sacrum\", \"expect\": {\"urgent\": \"bad\"}}\n\
         {\"id\": \"c\", \"question\": \"what is the sacrum\", \"expect\": {\"matches\": [\"(\"]}}\n\
         {\"id\": \"d\", \"question\": \" \", \"expect\": {}}\n",
    );
    let ran = sacrum(&["evaluate", &questions]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    for fault in [
        "faulty-questions.jsonl:2: there is no level \"bad\"; there are emergency, crisis, same_day, soon, and none",
        "faulty-questions.jsonl:3: \"(\" is no regular expression: unclosed group",
        "faulty-questions.jsonl:4: the question is empty",
    ] {
        assert!(ran.err.contains(fault), "{fault}\nnot in\n{}", ran.err);
    }
    assert!(ran.err.lines().count() == 4, "{}", ran.err);
    let none = sacrum(&["evaluate", &file("no-questions.jsonl", "\n")]);
    assert!(none.code == 1 && none.err.contains("holds no question"), "{}", none.err);
}

#[test]
fn an_evaluation_speaks_plainly() {
    let questions = file(
        "misjudged.jsonl",
        "{\"id\": \"a\", \"question\": \"cant feel when i wipe\", \"expect\": {\"urgent\": \"none\"}}\n\
         {\"id\": \"b\", \"question\": \"what is the sacrum\", \"expect\": {\"urgent\": \"same_day\"}}\n",
    );
    let told = sacrum(&["evaluate", &questions]).out;
    assert!(told.contains("a: false alarm \"cauda-equina\": cant feel"), "{told}");
    assert!(told.contains("b: missed same_day: no sign was seen: what is"), "{told}");
}

#[test]
fn the_hash_of_a_citation_is_that_of_its_file() {
    let all = answers(&["how long does sciatica last"]);
    let id = all[0]["excerpts"][0]["id"].as_str().unwrap();
    let cited = &json_lines(&sacrum(&["cite", "--json", id]).out)[0];
    let file = cited["sha256_of"].as_str().unwrap();
    let bytes = std::fs::read(root("corpus").join(file)).unwrap();
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(cited["sha256"], hash.as_str());
    assert!(sacrum(&["cite", id]).out.contains(&format!("sha256   {hash} of {file}")));
}

#[test]
fn a_citation_without_a_heading_has_no_mark_of_one() {
    let corpus = root("tests/corpora/plain");
    let corpus = ["--corpus", corpus.to_str().unwrap()];
    let ran = sacrum(&[&["ask", "--json", "how often do i water tomatoes"], &corpus[..]].concat());
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    let id = answer["excerpts"][0]["id"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let cited = sacrum(&[&["cite", id], &corpus[..]].concat()).out;
    assert!(cited.starts_with("Watering tomatoes\n"), "{cited}");
}

#[test]
fn an_address_that_is_not_public_is_named_once() {
    let data = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("nothing-added");
    let refused = sacrum(&["corpus", "add", "https://127.0.0.1/", "--data", data.to_str().unwrap()]);
    assert!(refused.code == 1 && refused.err.contains("this is 127.0.0.1, which is not"), "{}", refused.err);
}

#[test]
fn what_a_terminal_would_obey_is_not_printed() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("obeyed");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("documents")).unwrap();
    std::fs::write(folder.join("corpus.toml"), "disclaimer = \"Ask \\u001b]0;me\\u0007 first.\"\n").unwrap();
    let text = "# Let\x1b[31mters\n\n## Zed\x1b[2J\n\nZed is a\tletter at the \u{202e}end of the alphabet.\n";
    std::fs::write(folder.join("documents/letters.md"), text).unwrap();
    let ask = sacrum(&["ask", "what is zed", "--corpus", folder.to_str().unwrap()]);
    assert!(ask.out.contains("Zed is a letter") && ask.out.contains("Ask"), "{}{}", ask.out, ask.err);
    let id = ask.out.lines().find(|line| line.contains("[1]")).unwrap().rsplit(' ').next().unwrap();
    let cite = sacrum(&["cite", id, "--corpus", folder.to_str().unwrap()]);
    assert!(cite.out.contains("Zed is a letter"), "{}{}", cite.out, cite.err);
    let search = sacrum(&["search", "zed", "--corpus", folder.to_str().unwrap()]);
    assert!(search.out.contains("letters#"), "{}{}", search.out, search.err);
    let check = sacrum(&["corpus", "check", "--sections", "--corpus", folder.to_str().unwrap()]);
    assert!(check.out.contains("letters#"), "{}{}", check.out, check.err);
    for out in [ask.out, cite.out, search.out, check.out] {
        assert!(!out.contains(['\x1b', '\x07', '\u{202e}']), "{out:?}");
    }
}
