//! What must last: settings, what answers were made of, votes, gaps, and all about sources. Knows nothing of
//! Discord.
//!
//! Deliberately absent: messages, names, and anything that ties a person to one.

mod absent;
mod answers;
mod audit;
mod changes;
mod feedback;
mod gaps;
mod generations;
mod key;
mod lock;
mod pages;
mod reports;
mod rests;
mod settings;
mod sources;
mod told;
mod transfer;
mod votes;

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, AnyPool, Connection, Executor};

pub use answers::{Kept, Shown, Target, Whose};
pub use audit::Deed;
pub use changes::Changes;
pub use feedback::Unhelpful;
pub use gaps::Gap;
pub use generations::{Entry, GENERATIONS_KEPT, Made, Manifest};
pub use lock::SharedLock;
pub(crate) use lock::{name_if_first, of_file as lock_of_file};
pub use pages::{Page, PageState};
pub use settings::CommunitySettings;
pub use transfer::{FeedbackOf, GapOf};

use crate::secret::Secret;
use key::Key;

/// Until here a database has to answer; the bot then goes on without it.
const PATIENCE: Duration = Duration::from_secs(2);
/// Until here another process has to make its tables; each of those that wait then tries by itself.
const FIRST_PATIENCE: Duration = Duration::from_secs(10);

/// The database in the data folder, where no other is named.
const FILE: &str = "sacrum.db";

/// A community (a Discord server) by its number; 0 where people talk to the bot alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommunityId(pub u64);

/// Why something could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder.
    #[error("cannot use {path}: {source}; give a folder that I may write to, with --data or SACRUM_DATA")]
    Folder {
        /// The folder or file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The database, from the first.
    #[error("the database {place} cannot be used: {source}. {}", what_to_do(place))]
    Closed {
        /// Where it is, without a password.
        place: String,
        /// Why not.
        source: sqlx::Error,
    },
    /// The database, later on.
    #[error("the database {place} failed: {source}. {}", what_to_do(place))]
    Failed {
        /// Where it is, without a password.
        place: String,
        /// Why.
        source: sqlx::Error,
    },
    /// What the database gave is not what was expected.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database is of another version.
    #[error("the database {place} could not be brought up to date: {source}; is it of a newer version of sacrum?")]
    Migration {
        /// Where it is, without a password.
        place: String,
        /// Why not.
        source: MigrateError,
    },
    /// What is in it cannot be read.
    #[error("the database holds something that cannot be read: {0}; is it of a newer version of sacrum?")]
    Form(#[from] serde_json::Error),
    /// It took too long.
    #[error("the database {place} did not answer within {} s. {}", .patience.as_secs(), what_to_do(place))]
    Slow {
        /// Where it is, without a password.
        place: String,
        /// How long it had.
        patience: Duration,
    },
}

/// What to do about a database that cannot be used.
fn what_to_do(place: &str) -> &'static str {
    if place.contains("://") {
        "See that it runs, that it is not overloaded, that DATABASE_URL names it, and that it lets me in"
    } else {
        "See that I may read and write it, that the disk is not full, and that it is one of mine; DATABASE_URL names another"
    }
}

/// Everything that lasts.
pub struct Store {
    pool: AnyPool,
    key: Key,
    /// Where it is, without a password.
    place: String,
    /// Its address, where several processes on several machines may share it.
    shared: Option<Secret>,
}

impl Store {
    /// Opens the database and brings it up to date. `url` is `DATABASE_URL`; a file in the data folder
    /// if left out.
    ///
    /// # Errors
    /// Where the folder cannot be written, or the database not opened.
    pub async fn open(data: &Path, url: Option<&str>) -> Result<Self, StoreError> {
        let folder = |source| StoreError::Folder { path: data.display().to_string(), source };
        std::fs::create_dir_all(data).map_err(folder)?;
        let key = Key::of(data).map_err(folder)?;
        let url = url_of(data, url);
        let url = url.as_ref();
        sqlx::any::install_default_drivers();
        let place = place(url);
        let closed = |source| StoreError::Closed { place: place.clone(), source };
        let options: AnyConnectOptions = url.parse().map_err(closed)?;
        let is_file = url.starts_with("sqlite:");
        // The first of several processes makes the file and its tables, and the others find them whole: two that turn a new
        // file to WAL at once are told that it is locked, and not made to wait. Where no file can be locked, or not soon, they
        // are on their own; a server sees to it by itself.
        let first = async { lock_of_file(&data.join("open.lock"), &|| ()).await.ok() };
        let _first = if is_file { tokio::time::timeout(FIRST_PATIENCE, first).await.ok().flatten() } else { None };
        // Where nothing is there the pool would try again and again, and not tell why in vain.
        try_once(&options, is_file).await.map_err(closed)?;
        let pool = AnyPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| Box::pin(async move { prepare(connection, is_file).await }))
            .connect_lazy_with(options);
        let migrated = match is_file {
            true => sqlx::migrate!("migrations/sqlite").run(&pool).await,
            false => sqlx::migrate!("migrations/postgres").run(&pool).await,
        };
        migrated.map_err(|error| match error {
            MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => closed(source),
            source => StoreError::Migration { place: place.clone(), source },
        })?;
        let shared = (!is_file).then(|| Secret::new(url));
        Ok(Self { pool, key, place, shared })
    }

    /// Whether a data folder has a database of its own.
    #[must_use]
    pub fn is_in(data: &Path) -> bool {
        data.join(FILE).exists()
    }

    /// Waits for the database, and not for ever.
    async fn soon<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(Err(sqlx::Error::PoolTimedOut)) | Err(_) => {
                Err(StoreError::Slow { place: self.place.clone(), patience: PATIENCE })
            }
            Ok(done) => done.map_err(|source| StoreError::Failed { place: self.place.clone(), source }),
        }
    }

    /// Drops what is older than so many days.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_older_than(&self, days: u32) -> Result<(), StoreError> {
        let before = now() - i64::from(days) * 86_400;
        for table in [
            "DELETE FROM answers WHERE at < $1",
            "DELETE FROM gaps WHERE last_at < $1",
            "DELETE FROM replies WHERE at < $1",
            "DELETE FROM told WHERE at < $1",
            "DELETE FROM rests WHERE until < $1",
        ] {
            self.soon(sqlx::query(table).bind(before).execute(&self.pool)).await?;
        }
        Ok(())
    }

    /// Writes what is still to be written, and closes.
    pub async fn close(&self) {
        // The last connection moves what was written into the file itself; but the process may have ended by then, and a copy
        // of that file alone would lack it.
        if self.shared.is_none() {
            let _ = self.soon(sqlx::query("PRAGMA wal_checkpoint").execute(&self.pool)).await;
        }
        self.pool.close().await;
    }
}

/// The address of a database: that of the file in the data folder, where there is no other.
fn url_of<'a>(data: &Path, url: Option<&'a str>) -> Cow<'a, str> {
    let of_file = || format!("sqlite://{}?mode=rwc", data.join(FILE).display()).into();
    url.map_or_else(of_file, Cow::Borrowed)
}

/// Where a database is, in words that hold no password.
fn place(url: &str) -> String {
    if let Some(file) = url.strip_prefix("sqlite:") {
        return file.trim_start_matches("//").split('?').next().unwrap_or_default().to_owned();
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", ""));
    let rest = rest.split('?').next().unwrap_or_default();
    let (who, server) = rest.rsplit_once('@').unwrap_or(("", rest));
    let name = who.split(':').next().unwrap_or_default();
    format!("{scheme}://{name}{}{server}", if name.is_empty() { "" } else { "@" })
}

/// Readies a new connection.
async fn prepare(connection: &mut AnyConnection, is_file: bool) -> Result<(), sqlx::Error> {
    // Readers and a writer beside each other; what was given lasts, also over a loss of power.
    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                   PRAGMA busy_timeout = 2000";
    if is_file { connection.execute(pragmas).await.map(drop) } else { Ok(()) }
}

/// Whether a connection can be made.
async fn try_once(options: &AnyConnectOptions, is_file: bool) -> Result<(), sqlx::Error> {
    let connect = async {
        let mut connection = AnyConnection::connect_with(options).await?;
        prepare(&mut connection, is_file).await?;
        connection.close().await
    };
    let silent = || io::Error::new(io::ErrorKind::TimedOut, "it takes connections and says nothing");
    tokio::time::timeout(PATIENCE, connect).await.unwrap_or_else(|_| Err(silent().into()))
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
}

/// Numbers of Discord's fit: they stay below 2^63.
fn id(number: u64) -> i64 {
    number.cast_signed()
}

/// A value as it is stored; it was made to be.
fn body(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_str(body)?)
}
