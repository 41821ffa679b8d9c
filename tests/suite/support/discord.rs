//! A Discord of our own on 127.0.0.1: HTTP and gateway, written from Discord's documentation. The real
//! program talks to it through SACRUM_DISCORD_PROXY; each of its requests is judged as Discord would.

mod gateway;
mod http;
mod rules;
mod schema;
mod state;
mod talk;
mod upload;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::root;
pub(crate) use state::{BOT, Fault, OUR_ROLE, Request, State, is};
pub(crate) use talk::{MODERATORS, Press, read};
pub(crate) use upload::File;

pub(crate) const TOKEN: &str = "MTE3.secret-token-that-nobody-may-see.x7";
/// The server that every test has.
pub(crate) const GUILD: u64 = 1_100_000_000_000_000_000;
pub(crate) const GENERAL: u64 = 1_100_000_000_000_000_010;
pub(crate) const CHOSEN: u64 = 1_100_000_000_000_000_011;
pub(crate) const LOG: u64 = 1_100_000_000_000_000_012;
pub(crate) const FORUM: u64 = 1_100_000_000_000_000_013;
/// So long a test waits for something that has to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the servers and the tests share.
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) changed: Notify,
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let of = change(&mut self.state());
        self.changed.notify_waiters();
        of
    }
}

/// The loopback Discord, and the program that talks to it.
pub(crate) struct FakeDiscord {
    pub(crate) shared: Arc<Shared>,
    /// The address of the HTTP API.
    pub(crate) base: String,
    data: PathBuf,
    variables: Vec<(String, String)>,
    program: Option<Child>,
}

/// Runs a test against a running bot, and looks at the end whether it behaved.
pub(crate) fn bot(test: impl AsyncFnOnce(&mut FakeDiscord)) {
    bot_with(&[], |_| {}, test);
}

/// The same, with settings, and something changed before the bot starts.
pub(crate) fn bot_with(
    variables: &[(&str, &str)],
    before: impl FnOnce(&mut State),
    test: impl AsyncFnOnce(&mut FakeDiscord),
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut discord = FakeDiscord::new(variables).await;
        discord.shared.change(before);
        discord.start();
        discord.until("the bot is ready", |state| (state.ready > 0 && state.commands_read > 0).then_some(())).await;
        test(&mut discord).await;
        discord.finish().await;
    });
}

impl FakeDiscord {
    /// A Discord without a bot so far.
    pub(crate) async fn new(variables: &[(&str, &str)]) -> Self {
        let shared = Arc::new(Shared { state: Mutex::new(State::new()), changed: Notify::new() });
        let socket = gateway::serve(Arc::clone(&shared), gateway::Door::Front).await;
        let side_door = gateway::serve(Arc::clone(&shared), gateway::Door::Side).await;
        shared.change(|state| state.side_door = side_door);
        let base = http::serve(Arc::clone(&shared), socket).await;
        let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&data);
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { shared, base, data, variables, program: None }
    }

    /// The program with its settings, not started.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sacrum"));
        program.args(arguments).env_clear().current_dir(env!("CARGO_TARGET_TMPDIR"));
        let settings = [
            ("DISCORD_TOKEN", TOKEN),
            ("SACRUM_DISCORD_PROXY", self.base.as_str()),
            ("SACRUM_COOLDOWN_SECONDS", "0"),
            ("SACRUM_LOG_LEVEL", "debug"),
        ];
        // Small, so that a bot is up at once, and nobody's change to the real one breaks a test.
        program.env("SACRUM_CORPUS", root("tests/corpora/garden"));
        program.envs(settings).env("SACRUM_DATA", &self.data).envs(self.variables.iter().cloned());
        program.stdout(Stdio::piped()).stderr(Stdio::piped());
        program
    }

    /// Starts the bot; what it logs is gathered.
    pub(crate) fn start(&mut self) {
        let mut child = self.program(&["serve"]).spawn().unwrap();
        let log = child.stderr.take().unwrap();
        let shared = Arc::clone(&self.shared);
        std::thread::spawn(move || {
            use std::io::BufRead;
            for line in std::io::BufReader::new(log).lines().map_while(Result::ok) {
                shared.change(|state| {
                    state.log.push_str(&line);
                    state.log.push('\n');
                });
            }
        });
        self.program = Some(child);
    }

    /// Waits until something holds, and hands out what it found.
    pub(crate) async fn until<T>(&self, what: &str, find: impl Fn(&mut State) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(found) = find(&mut self.shared.state()) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if tokio::time::timeout(left, changed).await.is_err() {
                let state = self.shared.state();
                panic!("waited in vain until {what}\nlog:\n{}\nrequests:\n{}", state.log, state.requests_listed());
            }
        }
    }

    /// Sends a signal to the bot.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// The bot's process.
    pub(crate) fn id(&self) -> u32 {
        self.program.as_ref().unwrap().id()
    }

    /// Waits for the bot to end; its exit status.
    pub(crate) async fn ended(&mut self) -> i32 {
        let ended = async {
            loop {
                if let Some(status) = self.program.as_mut().unwrap().try_wait().unwrap() {
                    return status.code().unwrap_or(-1);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let code = tokio::time::timeout(PATIENCE, ended).await.expect("the bot did not end");
        self.program = None;
        code
    }

    /// Ends the bot as an operator does.
    pub(crate) async fn stop(&mut self) {
        self.signal("-TERM");
        assert_eq!(self.ended().await, 0);
        // The next start is as if it were much later.
        self.shared.change(|state| (state.ready, state.commands_read, state.identified) = (0, 0, Vec::new()));
    }

    /// Ends the bot, and fails where it did what Discord refuses, or told what it must not.
    pub(crate) async fn finish(&mut self) {
        if self.program.is_some() {
            self.stop().await;
        }
        let state = self.shared.state();
        assert!(state.violations.is_empty(), "Discord would refuse:\n{}", state.violations.join("\n"));
        assert!(!state.log.contains("secret-token"), "the token is in the log:\n{}", state.log);
        for said in &state.said {
            assert!(!state.log.contains(said.as_str()), "\"{said}\" is in the log:\n{}", state.log);
        }
    }

    /// Lets requests fail: the first answer that is not `None` is sent in place of Discord's.
    pub(crate) fn fault(&self, fault: impl FnMut(&Request) -> Option<Fault> + Send + 'static) {
        self.shared.change(|state| state.faults.push(Box::new(fault)));
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }
}

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        if let Some(mut child) = self.program.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A person, as Discord describes one; the same name is always the same person.
pub(crate) fn user(name: &str) -> Value {
    json!({"id": user_id(name).to_string(), "username": name, "discriminator": "0", "global_name": null,
        "avatar": null, "bot": name.ends_with("bot"), "public_flags": 0})
}

pub(crate) fn user_id(name: &str) -> u64 {
    let hash = name.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    1_000_000_000_000_000_000 + hash % 1_000_000_000_000
}
