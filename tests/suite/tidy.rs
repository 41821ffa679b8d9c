//! Rules of the tree.

use std::path::Path;

use crate::support::root;

fn sources(dir: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn all() -> Vec<(String, String)> {
    let mut found = Vec::new();
    sources(&root("src"), &mut found);
    assert!(found.len() > 15);
    found
}

/// The files of a part, be it a folder or a file.
fn of(part: &str) -> Vec<(String, String)> {
    let (folder, file) = (root(&format!("src/{part}")), root(&format!("src/{part}.rs")));
    let is_its = |path: &Path| path.starts_with(&folder) || path == file;
    let found: Vec<_> = all().into_iter().filter(|(path, _)| is_its(Path::new(path))).collect();
    assert!(!found.is_empty(), "there is no src/{part}");
    found
}

/// The code of a file, without its unit tests, comments and help texts.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n").to_lowercase()
}

#[test]
fn the_code_names_no_part_of_the_body_and_no_symptom() {
    for (file, text) in all().iter().filter(|(file, _)| !file.contains("/cli/")) {
        let code = code(text);
        for word in ["sciatic", "spine", "lumbar", "piriformis", "bladder", "fever", "cancer", "numb", "gluteus"] {
            assert!(
                !code.split(|c: char| !c.is_alphabetic()).any(|of| of == word),
                "{file} says \"{word}\"; that belongs into corpus/"
            );
        }
    }
}

/// Each part may use those before it.
const ORDER: [&str; 15] = [
    "generation",
    "learn",
    "secret",
    "language",
    "corpus",
    "muscle",
    "picture",
    "triage",
    "index",
    "answer",
    "store",
    "refresh",
    "terminal",
    "discord",
    "cli",
];

#[test]
fn arrows_go_downwards_only() {
    for (at, part) in ORDER.iter().enumerate() {
        for (file, text) in of(part) {
            for above in &ORDER[at + 1..] {
                assert!(!text.contains(&format!("crate::{above}::")), "{file} uses {above}, which stands above it");
            }
        }
    }
    let (parts, roots): (usize, _) = (ORDER.iter().map(|part| of(part).len()).sum(), ["lib.rs", "main.rs"]);
    assert_eq!(parts + roots.len(), all().len(), "src/ has a part that is not in the order");
    let table = std::fs::read_to_string(root("docs/ARCHITECTURE.md")).unwrap();
    for part in ORDER {
        assert!(table.contains(&format!("\n| `{part}` |")), "docs/ARCHITECTURE.md does not say what {part} does");
    }
    for (file, text) in of("triage") {
        assert!(!text.contains("crate::index"), "{file}");
    }
}

#[test]
fn every_setting_stands_in_the_example_as_in_the_help() {
    let example = std::fs::read_to_string(root(".env.example")).unwrap();
    let table = sacrum::cli::settings::TABLE;
    for setting in table {
        let lines = format!("# {}\n#{}={}\n", setting.meaning, setting.name, setting.default);
        assert!(example.contains(&lines), ".env.example lacks\n{lines}");
    }
    assert_eq!(example.lines().filter(|line| line.starts_with('#') && line.contains('=')).count(), table.len());
}

#[test]
fn answers_need_no_discord_no_network_and_no_database() {
    for part in ["generation", "learn", "language", "corpus", "triage", "index", "answer"] {
        for (file, text) in of(part) {
            for outside in ["serenity", "sqlx", "reqwest", "tokio"] {
                assert!(!text.contains(&format!("{outside}::")), "{file} uses {outside}");
            }
        }
    }
    for (file, text) in of("store") {
        assert!(!text.contains("serenity"), "{file} knows Discord");
    }
}

#[test]
fn the_link_to_invite_it_asks_for_the_five_permissions_that_it_needs() {
    use serenity::model::permissions::Permissions;
    let guide = std::fs::read_to_string(root("docs/operating.md")).unwrap();
    let asked = guide.split_once("permissions=").unwrap().1.split_whitespace().next().unwrap();
    let needed = Permissions::VIEW_CHANNEL
        | Permissions::SEND_MESSAGES
        | Permissions::SEND_MESSAGES_IN_THREADS
        | Permissions::EMBED_LINKS
        | Permissions::READ_MESSAGE_HISTORY;
    assert_eq!(asked, needed.bits().to_string());
}
