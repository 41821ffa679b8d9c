//! The first start with a data folder, and after each change of the corpus: it is at Discord before the corpus is
//! compiled, and what comes meanwhile waits.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use super::running::alone;
use super::{ADVICE, ANSWER, COVERED, EMERGENCY, UNCOVERED};
use crate::support::discord::{FakeDiscord, GENERAL, State, is, read};
use crate::support::root;

/// The corpus on gardens, which nobody can read to its end before a test lets them: its note is a pipe.
struct Held {
    folder: PathBuf,
}

impl Held {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("held-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("notes")).unwrap();
        for file in ["corpus.toml", "red_flags.toml", "sources.toml"] {
            std::fs::copy(root("tests/corpora/garden").join(file), folder.join(file)).unwrap();
        }
        let held = Self { folder };
        assert!(Command::new("mkfifo").arg(held.note()).status().unwrap().success());
        held
    }

    fn note(&self) -> PathBuf {
        self.folder.join("notes/roses.md")
    }

    /// The bot, once it is at Discord.
    async fn bot(&self) -> FakeDiscord {
        let mut discord = FakeDiscord::new(&[("SACRUM_CORPUS", self.folder.to_str().unwrap())]).await;
        discord.start();
        discord.until("it is at Discord", |state| (state.ready > 0).then_some(())).await;
        discord
    }

    /// Lets whoever waits for the note read it, and everybody after that.
    fn release(&self, text: &str) {
        let (note, text) = (self.note(), text.to_owned());
        std::thread::spawn(move || {
            let mut pipe = std::fs::OpenOptions::new().write(true).open(&note).unwrap();
            let aside = note.with_extension("aside");
            std::fs::write(&aside, &text).unwrap();
            std::fs::rename(&aside, &note).unwrap();
            pipe.write_all(text.as_bytes()).unwrap();
        });
    }
}

fn roses() -> String {
    std::fs::read_to_string(root("tests/corpora/garden/notes/roses.md")).unwrap()
}

fn is_compiled(discord: &FakeDiscord) -> bool {
    let compiled = std::fs::read_dir(discord.data().join("generations"));
    compiled.into_iter().flatten().flatten().any(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
}

#[test]
fn it_is_at_discord_before_the_corpus_is_compiled_and_what_comes_meanwhile_is_answered() {
    alone(async {
        let corpus = Held::new("early");
        let mut discord = corpus.bot().await;
        let said = Instant::now();
        let asked = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        let edited = discord.says("max", GENERAL, &format!("@bot {UNCOVERED}"));
        discord.edits(edited, &format!("@bot {COVERED}"));
        let gone = discord.says("eve", GENERAL, &format!("@bot {COVERED}"));
        discord.deletes(gone);
        let urgent = [discord.says("ann", GENERAL, EMERGENCY), discord.whispers("ian", EMERGENCY)];
        discord.says("leo", GENERAL, UNCOVERED);
        let commands =
            [(discord.ask("joe", GENERAL, COVERED), ANSWER), (discord.ask("kim", GENERAL, EMERGENCY), ADVICE)];
        let offered = discord.callback(discord.types("mia", "when")).await;
        assert_eq!(offered["data"]["choices"], json!([]), "{offered}");
        let told = discord.answer(discord.corpus("owner", "status", &[])).await;
        assert!(read(&told).contains("still reading"), "{told}");
        for (command, _) in commands {
            assert_eq!(discord.callback(command).await["type"], 5, "promised");
            let told = read(&discord.answer(command).await);
            assert!(told.contains("still reading") && told.contains("will stand here"), "{told}");
        }
        // Longer than what is not put to it is of use.
        tokio::time::sleep(Duration::from_secs(21).saturating_sub(said.elapsed())).await;
        assert!(!is_compiled(&discord) && discord.shared.state().bot_messages().count() == 0);

        corpus.release(&roses());
        for message in [asked, edited] {
            assert!(read(&discord.reply(message).await).contains(ANSWER));
        }
        for message in urgent {
            assert!(read(&discord.reply(message).await).contains(ADVICE));
        }
        for (command, words) in commands {
            let answered = |state: &mut State| {
                state.interactions[&command].message.as_ref().is_some_and(|of| read(of).contains(words)).then_some(())
            };
            discord.until("the promise is kept", answered).await;
        }
        discord.until("its commands are there", |state| (state.commands_written == 1).then_some(())).await;
        discord.stop().await;
        {
            let state = discord.shared.state();
            let to = |message: u64| {
                state.bot_messages().filter(|of| is(&of["message_reference"]["message_id"], message)).count()
            };
            assert_eq!((to(asked), to(edited), to(gone)), (1, 1, 0));
            assert!(
                state.log.lines().any(|line| line.contains("waited too long") && line.contains("dropped=1")),
                "{}",
                state.log
            );
        }
        discord.finish().await;
    });
}

#[test]
fn a_corpus_with_faults_ends_it_with_all_of_them() {
    alone(async {
        let corpus = Held::new("broken");
        let mut discord = corpus.bot().await;
        let ask = discord.ask("joe", GENERAL, COVERED);
        assert_eq!(discord.callback(ask).await["type"], 5);
        let wrong = "# Roses\n\n## Roses want water\n\n```toml\ncites = [\"nobody\"]\n```\n\nWater them.\n\n\
                     ## Roses are pruned\n\n```toml\ncites = 7\n```\n\nIn spring.\n";
        corpus.release(wrong);
        assert_eq!(discord.ended().await, 1);
        for part in ["2 faults", "notes/roses.md:3", "\"nobody\""] {
            discord.until("it is told", |state| state.log.contains(part).then_some(())).await;
        }
        let code = discord.shared.state().closes[0];
        assert!(code.is_some_and(|code| code != 1000 && code != 1001), "{code:?}");
        discord.finish().await;
    });
}

#[test]
fn a_signal_ends_it_and_what_compiles() {
    alone(async {
        let mut discord = Held::new("stopped").bot().await;
        let question = discord.says("mia", GENERAL, &format!("@bot {COVERED}"));
        let parent = discord.id();
        let begun = Instant::now();
        let child = loop {
            if let Some(child) = child_of(parent) {
                break child;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "it compiles in no process of its own");
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        let begun = Instant::now();
        discord.signal("-TERM");
        assert_eq!(discord.ended().await, 0);
        while is_running(child) {
            assert!(begun.elapsed() < Duration::from_secs(5), "it still compiles");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "nothing is in hand: {question}");
        let code = discord.shared.state().closes[0];
        assert!(code.is_some_and(|code| code != 1000 && code != 1001), "{code:?}");
        discord.finish().await;
    });
}

/// A process that another one has started.
fn child_of(parent: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

/// Whether a process works: one that has ended may stay in the list, without its memory.
fn is_running(process: u32) -> bool {
    std::fs::read(format!("/proc/{process}/cmdline")).is_ok_and(|arguments| !arguments.is_empty())
}
