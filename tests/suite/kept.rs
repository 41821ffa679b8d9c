//! The data folder: what several commands at once, a full disk, damage or a loss do to it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::support::garden::Garden;

const TULIPS: &str = "when do i plant tulips?";

/// The folders of its compiled files.
fn generations(data: &Path) -> Vec<PathBuf> {
    fs::read_dir(data.join("generations")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Makes a source of a text, with the same link as every other.
fn write(garden: &Garden, title: &str, text: &str) {
    let file = garden.data.with_file_name("text.md");
    fs::write(&file, text).unwrap();
    let link = "https://example.org/book";
    garden.json(&["corpus", "write", file.to_str().unwrap(), "--title", title, "--link", link]);
}

#[test]
fn several_commands_at_once_share_a_fresh_data_folder() {
    let garden = Garden::new("at-once");
    for _ in 0..3 {
        let _ = fs::remove_dir_all(&garden.data);
        let start = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sacrum"));
            command.args(garden.all(&["corpus", "status"])).env_clear().envs(garden.environment());
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        };
        let running: Vec<_> = (0..4).map(|_| start()).collect();
        for child in running {
            let ended = child.wait_with_output().unwrap();
            assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        }
    }
}

#[test]
fn damaged_files_are_made_anew() {
    let garden = Garden::new("damaged");
    assert!(garden.ask(TULIPS)["text"].as_str().unwrap().contains("November"));
    for damaged in ["parts", "meta.json"] {
        let file = generations(&garden.data)[0].join(damaged);
        let whole = fs::read(&file).unwrap();
        fs::write(&file, &whole[..40]).unwrap();
        assert!(garden.ask(TULIPS)["text"].as_str().unwrap().contains("November"), "{damaged}");
        let files = generations(&garden.data);
        assert_eq!(files.len(), 1, "{files:?}");
        assert!(fs::read(files[0].join(damaged)).unwrap().len() > 40, "{damaged} is mended");
    }
}

#[test]
fn a_text_is_taken_in_though_what_is_served_is_damaged() {
    let garden = Garden::new("damaged-base");
    let pear = "Graft a pear in March, onto a quince stock. Bind the graft with raffia.";
    write(&garden, "How do I graft a pear?", pear);
    for generation in generations(&garden.data) {
        fs::write(generation.join("meta.json"), "{").unwrap();
    }
    write(
        &garden,
        "When do I thin apples?",
        "Thin apples in July, after the June drop. Leave a hand between two of them.",
    );
    assert!(garden.ask("when do i thin apples")["text"].as_str().unwrap().contains("July"));
    assert!(garden.ask("how do i graft a pear")["text"].as_str().unwrap().contains("raffia"));
}

/// Who may do everything may write everywhere as well: nothing is seen of it then.
#[cfg(unix)]
#[test]
fn where_what_is_compiled_may_only_be_read_it_answers_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let garden = Garden::new("read-only");
    garden.ask(TULIPS);
    let may = |mode: u32| {
        let folders = [vec![garden.data.clone(), garden.data.join("generations")], generations(&garden.data)].concat();
        folders.iter().for_each(|folder| fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap());
    };
    may(0o555);
    let ran = garden.run(&["ask", TULIPS]);
    may(0o755);
    assert!(ran.code == 0 && ran.out.contains("November"), "{}{}", ran.out, ran.err);
}

#[test]
fn a_question_does_not_wait_for_a_database_that_another_one_is_making() {
    let garden = Garden::new("being-made");
    garden.ask(TULIPS);
    fs::write(garden.data.join("sacrum.db"), "").unwrap();
    let lock = File::create(garden.data.join("open.lock")).unwrap();
    lock.lock().unwrap();
    let ran = garden.run(&["ask", TULIPS]);
    assert!(ran.code == 0 && ran.out.contains("November"), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("only notes answer"), "{}", ran.err);
}

#[test]
fn where_nothing_can_be_kept_it_answers_and_says_so() {
    let garden = Garden::new("not-kept");
    let file = garden.folder.join("notes/tulips.md");
    for data in ["/proc/nowhere/data", file.to_str().unwrap()] {
        let lost = garden.with_data(data);
        let ran = lost.run(&["ask", TULIPS]);
        assert!(ran.code == 0 && ran.out.contains("November"), "{}{}", ran.out, ran.err);
        assert!(ran.err.contains(data) && ran.err.contains("every start"), "{}", ran.err);
    }
    // No file may grow beyond so many blocks: as where no room is left.
    let words: Vec<String> = garden.all(&["ask", TULIPS]).iter().map(|word| format!("'{word}'")).collect();
    let line = format!("trap '' XFSZ; ulimit -f 8; exec '{}' {}", env!("CARGO_BIN_EXE_sacrum"), words.join(" "));
    let ran = Command::new("bash").args(["-c", &line]).env_clear().envs(garden.environment()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && out.contains("November"), "{out}{err}");
    assert!(err.contains("the disk is not full"), "{err}");
    assert!(generations(&garden.data).is_empty(), "nothing half done is left");
}

#[test]
fn what_is_in_use_is_swept_away_last() {
    let garden = Garden::new("swept");
    let another = |number: usize| {
        let name = format!("name = \"gardens {number}\"\n");
        fs::write(garden.folder.join("corpus.toml"), name).unwrap();
        garden.ask(TULIPS);
    };
    another(0);
    (1..6).for_each(another);
    assert_eq!(generations(&garden.data).len(), 6);
    let newest = generations(&garden.data).into_iter().max_by_key(|of| fs::metadata(of).unwrap().modified().unwrap());
    let newest = newest.unwrap();
    for generation in generations(&garden.data) {
        let hours = if generation == newest { 3 } else { 2 };
        let before = SystemTime::now() - Duration::from_secs(hours * 3600);
        File::open(generation).unwrap().set_modified(before).unwrap();
    }
    // The oldest by its age, and the one that was asked last.
    garden.ask(TULIPS);
    another(6);
    let left = generations(&garden.data);
    assert!(left.len() == 6 && left.contains(&newest), "{left:?} without {newest:?}");
}

#[test]
fn texts_that_share_a_link_move_together() {
    let garden = Garden::new("share-a-link");
    write(&garden, "How do I graft a pear?", "Graft a pear in March, onto a quince stock. Bind the graft with raffia.");
    write(
        &garden,
        "When do I thin apples?",
        "Thin apples in July, after the June drop. Leave a hand between two of them.",
    );
    let file = garden.data.with_file_name("export.jsonl");
    garden.json(&["corpus", "export", file.to_str().unwrap()]);
    let elsewhere = garden.on_another_machine();
    let _ = fs::remove_dir_all(&elsewhere.data);
    let imported = elsewhere.json(&["corpus", "import", file.to_str().unwrap()]);
    assert_eq!((&imported["sources"], &imported["kept"]), (&2.into(), &0.into()), "{imported}");
    assert!(elsewhere.ask("how do i graft a pear")["text"].as_str().unwrap().contains("raffia"));
    assert!(elsewhere.ask("when do i thin apples")["text"].as_str().unwrap().contains("July"));
    let again = elsewhere.json(&["corpus", "import", file.to_str().unwrap()]);
    assert_eq!(again["sources"], 0, "{again}");
}

#[test]
fn a_database_that_was_put_back_is_quoted_at_once() {
    let garden = Garden::new("put-back");
    write(&garden, "How do I graft a pear?", "Graft a pear in March, onto a quince stock. Bind the graft with raffia.");
    let restored = garden.on_another_machine();
    let _ = fs::remove_dir_all(&restored.data);
    fs::create_dir_all(&restored.data).unwrap();
    for file in ["sacrum.db", "person.key"] {
        fs::copy(garden.data.join(file), restored.data.join(file)).unwrap();
    }
    assert!(restored.ask("how do i graft a pear")["text"].as_str().unwrap().contains("raffia"));
    // Once it is known what is served, the database is not asked again.
    fs::write(restored.data.join("sacrum.db"), "no database").unwrap();
    assert!(restored.ask("how do i graft a pear")["text"].as_str().unwrap().contains("raffia"));
}
