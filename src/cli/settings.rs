//! Every setting, once: its name, what it takes, its default and its meaning.
//!
//! `sacrum serve --help` prints this table and `.env.example` repeats it; a test compares the two.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rapidfuzz::distance::damerau_levenshtein;

use crate::discord::Shards;
use crate::secret::Secret;

/// A variable that the program reads.
pub struct Setting {
    /// The variable.
    pub name: &'static str,
    /// What holds when it is not set; empty where that is nothing.
    pub default: &'static str,
    /// What it is for, in a line.
    pub meaning: &'static str,
}

/// All of them, in the order in which an operator meets them.
pub const TABLE: &[Setting] = &[
    Setting::new("DISCORD_TOKEN", "", "The bot's token; `sacrum serve` needs it. Never printed."),
    Setting::new("SACRUM_CORPUS", "", "The corpus folder; the one inside the program if left out. Also --corpus."),
    Setting::new("SACRUM_DATA", "", "Where data is kept; the platform's data folder if left out. Also --data."),
    Setting::new(
        "DATABASE_URL",
        "",
        "sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME; the file sacrum.db in the data folder if left out.",
    ),
    Setting::new(
        "SACRUM_HOME_GUILD",
        "",
        "A server's id: its moderators look after what all servers share, those of others only after their own.",
    ),
    Setting::new(
        "SACRUM_SHARDS",
        "",
        "FIRST-LAST/TOTAL for one of several processes; what Discord advises if left out.",
    ),
    Setting::new(
        "SACRUM_COOLDOWN_SECONDS",
        "3",
        "Pause between two questions of a person who has just asked several; 0 is none.",
    ),
    Setting::new(
        "SACRUM_KEEP_DAYS",
        "90",
        "How long answers' buttons, votes and gaps are kept, and all of a server that removed the bot.",
    ),
    Setting::new("SACRUM_LOG", "text", "How to log: text or json."),
    Setting::new("SACRUM_LOG_LEVEL", "info", "What to log: error, warn, info or debug."),
    Setting::new("SACRUM_DISCORD_PROXY", "", "http://HOST:PORT of a proxy that speaks Discord's API."),
    Setting::new(
        "SACRUM_REFRESH_EVERY",
        "",
        "How often sources are downloaded again, such as 7d or 12h; never if left out.",
    ),
    Setting::new("SACRUM_FETCH_LOOPBACK", "0", "For tests: 1 lets sources be fetched over http from 127.0.0.1."),
];

/// Those whose value is repeated where it cannot be used.
const SHOWN: [&str; 6] = [
    "SACRUM_SHARDS",
    "SACRUM_COOLDOWN_SECONDS",
    "SACRUM_KEEP_DAYS",
    "SACRUM_LOG",
    "SACRUM_LOG_LEVEL",
    "SACRUM_REFRESH_EVERY",
];
/// And only a short one.
const SHOWN_LETTERS: usize = 20;
const DAY: Duration = Duration::from_secs(86_400);
/// What is said where there is no token and one is needed.
pub(super) const NO_TOKEN: &str = "DISCORD_TOKEN is not set; docs/operating.md tells how to get one";

impl Setting {
    const fn new(name: &'static str, default: &'static str, meaning: &'static str) -> Self {
        Self { name, default, meaning }
    }
}

/// The table as `--help` shows it.
pub(super) fn help() -> String {
    let mut text =
        format!("{}\n\nSettings (environment variables, or lines of a .env file):\n", super::examples::SERVE);
    for Setting { name, default, meaning } in TABLE {
        text.push_str(&format!("  {name}={default}\n      {meaning}\n"));
    }
    text
}

/// What the settings say.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `DISCORD_TOKEN`.
    pub token: Option<Secret>,
    /// `SACRUM_CORPUS`.
    pub corpus: Option<PathBuf>,
    /// `SACRUM_DATA`.
    pub data: Option<PathBuf>,
    /// `DATABASE_URL`; may hold a password.
    pub database: Option<Secret>,
    /// `SACRUM_HOME_GUILD`.
    pub home_guild: Option<u64>,
    /// `SACRUM_SHARDS`.
    pub shards: Option<Shards>,
    /// `SACRUM_COOLDOWN_SECONDS`.
    pub cooldown: Duration,
    /// `SACRUM_KEEP_DAYS`.
    pub keep_days: u32,
    /// `SACRUM_LOG`: whether as JSON.
    pub log_json: bool,
    /// `SACRUM_LOG_LEVEL`.
    pub log_level: tracing::Level,
    /// `SACRUM_DISCORD_PROXY`, without a slash at its end.
    pub proxy: Option<String>,
    /// `SACRUM_REFRESH_EVERY`.
    pub refresh_every: Option<Duration>,
    /// `SACRUM_FETCH_LOOPBACK`.
    pub fetch_loopback: bool,
}

/// Everything that is wrong with the settings.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} of the settings cannot be used:\n  {}\n`sacrum serve --help` lists every setting", .faults.len(), .faults.join("\n  ")
)]
pub struct SettingsError {
    /// What is wrong with each, and what it takes.
    pub faults: Vec<String>,
    /// What the others say, so that it can be looked at as well; `None` where nothing could be read.
    pub others: Option<Box<Settings>>,
}

impl SettingsError {
    /// One fault, by which nothing could be read.
    pub(super) fn one(fault: impl Into<String>) -> Self {
        Self { faults: vec![fault.into()], others: None }
    }

    /// Whether a setting is among those that cannot be used.
    pub(super) fn is_about(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.split(' ').next() == Some(name))
    }
}

impl Settings {
    /// Reads the environment, and a `.env` file in the working folder or beside the program; the
    /// environment wins. A token may be missing, unless it is needed.
    ///
    /// # Errors
    /// Every fault, at once.
    pub fn from_environment(needs_token: bool) -> Result<Self, SettingsError> {
        let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join(".env")));
        let file = [Some(PathBuf::from(".env")), beside].into_iter().flatten().find(|path| path.is_file());
        let mut vars = BTreeMap::new();
        if let Some(path) = file {
            let unreadable =
                |error: dotenvy::Error| SettingsError::one(format!("{}: {}", path.display(), dotenv_fault(&error)));
            for line in dotenvy::from_path_iter(&path).map_err(unreadable)? {
                let (name, value) = line.map_err(unreadable)?;
                vars.insert(name, value);
            }
        }
        let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| Some((name.into_string().ok()?, value));
        for (name, value) in std::env::vars_os().filter_map(unicode) {
            vars.insert(name, value.to_string_lossy().into_owned());
        }
        Self::from_vars(vars, needs_token)
    }

    /// Takes the settings from variables; those that are not the program's are ignored.
    ///
    /// # Errors
    /// Every fault, at once.
    pub fn from_vars(
        vars: impl IntoIterator<Item = (String, String)>,
        needs_token: bool,
    ) -> Result<Self, SettingsError> {
        let mut given = BTreeMap::new();
        let mut faults = Vec::new();
        for (name, value) in vars {
            if TABLE.iter().any(|setting| setting.name == name) {
                given.insert(name, value.trim().to_owned());
            } else if name.starts_with("SACRUM_") {
                faults.push(format!("{name} is not a setting{}", did_you_mean(&name)));
            }
        }
        let mut read = Read { given, faults };
        let settings = Self {
            token: read.token(needs_token),
            corpus: read.optional("SACRUM_CORPUS", "a folder", |value| Some(PathBuf::from(value))),
            data: read.optional("SACRUM_DATA", "a folder", |value| Some(PathBuf::from(value))),
            database: read.optional("DATABASE_URL", "sqlite://FILE or postgres://...", |value| {
                let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|kind| value.starts_with(kind));
                known.then(|| Secret::new(value))
            }),
            home_guild: read.optional("SACRUM_HOME_GUILD", "a server's id, a number", |value| {
                value.parse().ok().filter(|&id: &u64| id > 0)
            }),
            shards: read.optional("SACRUM_SHARDS", "FIRST-LAST/TOTAL, such as 0-3/16", shards),
            cooldown: read
                .needed("SACRUM_COOLDOWN_SECONDS", "a number of seconds up to 86400", |value| {
                    value.parse().ok().map(Duration::from_secs).filter(|pause| *pause <= DAY)
                })
                .unwrap_or_default(),
            keep_days: read
                .needed("SACRUM_KEEP_DAYS", "a number of days from 1 on", |value| {
                    value.parse().ok().filter(|&days| (1..=36_500).contains(&days))
                })
                .unwrap_or_default(),
            log_json: read
                .needed("SACRUM_LOG", "text or json", |value| match value {
                    "text" => Some(false),
                    "json" => Some(true),
                    _ => None,
                })
                .unwrap_or_default(),
            log_level: read
                .needed("SACRUM_LOG_LEVEL", "error, warn, info or debug", |value| match value {
                    "error" => Some(tracing::Level::ERROR),
                    "warn" => Some(tracing::Level::WARN),
                    "info" => Some(tracing::Level::INFO),
                    "debug" => Some(tracing::Level::DEBUG),
                    _ => None,
                })
                .unwrap_or(tracing::Level::INFO),
            proxy: read.optional("SACRUM_DISCORD_PROXY", "http://HOST:PORT", proxy),
            refresh_every: read.optional(
                "SACRUM_REFRESH_EVERY",
                "a time such as 30m, 12h or 7d, up to 3650d",
                duration,
            ),
            fetch_loopback: read
                .needed("SACRUM_FETCH_LOOPBACK", "0 or 1", |value| match value {
                    "0" => Some(false),
                    "1" => Some(true),
                    _ => None,
                })
                .unwrap_or_default(),
        };
        match read.faults.is_empty() {
            true => Ok(settings),
            false => Err(SettingsError { faults: read.faults, others: Some(Box::new(settings)) }),
        }
    }
}

/// What was given, and what was wrong with it so far.
struct Read {
    given: BTreeMap<String, String>,
    faults: Vec<String>,
}

impl Read {
    /// A value that may be left out; an empty one is as good as none.
    fn optional<T>(&mut self, name: &str, takes: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.given.get(name).filter(|value| !value.is_empty())?;
        let parsed = parse(value);
        if parsed.is_none() {
            // What was meant for another setting may stand in any: a token is long, and a password stands in an address.
            let harmless = SHOWN.contains(&name) && value.chars().count() <= SHOWN_LETTERS;
            let shown = if harmless { format!("\"{value}\"") } else { "what it is set to".to_owned() };
            self.faults.push(format!("{name} takes {takes}, not {shown}"));
        }
        parsed
    }

    /// A value that has a default.
    fn needed<T>(&mut self, name: &str, takes: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let default = TABLE.iter().find(|setting| setting.name == name).map_or("", |setting| setting.default);
        match self.given.get(name).is_none_or(String::is_empty) {
            true => parse(default),
            false => self.optional(name, takes, parse),
        }
    }

    fn token(&mut self, is_needed: bool) -> Option<Secret> {
        let Some(token) = self.given.get("DISCORD_TOKEN").filter(|value| !value.is_empty()) else {
            self.faults.extend(is_needed.then(|| NO_TOKEN.to_owned()));
            return None;
        };
        let token = token.strip_prefix("Bot ").unwrap_or(token);
        if !token.chars().all(|c| c.is_ascii_graphic()) {
            self.faults.push("DISCORD_TOKEN holds white space or letters that no token has; copy it again".to_owned());
            return None;
        }
        Some(Secret::new(token))
    }
}

fn did_you_mean(name: &str) -> String {
    // A name that was cut short is nearer than one with as many letters changed.
    let distance = |setting: &&Setting| match setting.name.starts_with(name) {
        true => 0,
        false => damerau_levenshtein::distance(setting.name.chars(), name.chars()),
    };
    let nearest = TABLE.iter().filter(|setting| setting.name.starts_with("SACRUM_")).min_by_key(distance);
    nearest.map(|setting| format!("; did you mean {}?", setting.name)).unwrap_or_default()
}

fn shards(value: &str) -> Option<Shards> {
    let (range, total) = value.split_once('/')?;
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let shards = Shards { first: first.parse().ok()?, last: last.parse().ok()?, total: total.parse().ok()? };
    (shards.first <= shards.last && shards.last < shards.total).then_some(shards)
}

fn proxy(value: &str) -> Option<String> {
    let url = reqwest::Url::parse(value).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain)
        .then(|| value.trim_end_matches('/').to_owned())
}

fn duration(value: &str) -> Option<Duration> {
    let unit = match value.chars().last()? {
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = value[..value.len() - 1].parse().ok()?;
    let duration = Duration::from_secs(number.checked_mul(unit)?);
    (number > 0 && duration <= 3_650 * DAY).then_some(duration)
}

/// dotenvy's own message repeats the line, which may hold the token.
fn dotenv_fault(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(_, at) => {
            format!("a line cannot be read (character {at}); write NAME=value, with quotes around spaces")
        }
        dotenvy::Error::Io(error) => error.to_string(),
        _ => "it cannot be read".to_owned(),
    }
}
