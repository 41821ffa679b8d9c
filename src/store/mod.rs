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
mod settings;
mod sources;
mod told;
mod transfer;
mod votes;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::MigrateError;
use sqlx::{AnyPool, Executor};

pub use answers::{Kept, Shown, Target};
pub use audit::Deed;
pub use changes::Changes;
pub use feedback::Unhelpful;
pub use gaps::Gap;
pub use generations::{Entry, GENERATIONS_KEPT, Made, Manifest};
pub use lock::SharedLock;
pub use pages::{Page, PageState};
pub use settings::CommunitySettings;
pub use transfer::{FeedbackOf, GapOf};

use crate::secret::Secret;
use key::Key;

/// Until here a database has to answer; the bot then goes on without it.
const PATIENCE: Duration = Duration::from_secs(2);

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
    /// The database, at any time.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database is of another version.
    #[error("the database could not be brought up to date: {0}; is it of a newer version of sacrum?")]
    Migration(#[from] MigrateError),
    /// What is in it cannot be read.
    #[error("the database holds something that cannot be read: {0}; is it of a newer version of sacrum?")]
    Form(#[from] serde_json::Error),
    /// It took too long.
    #[error("the database did not answer within {} s", PATIENCE.as_secs())]
    Slow,
}

/// Everything that lasts.
pub struct Store {
    pool: AnyPool,
    key: Key,
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
        let file = format!("sqlite://{}?mode=rwc", data.join("sacrum.db").display());
        let url = url.unwrap_or(&file);
        sqlx::any::install_default_drivers();
        let options: AnyConnectOptions = url.parse()?;
        let is_file = url.starts_with("sqlite:");
        let pool = AnyPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    // Readers and a writer beside each other; what was given lasts, also over a loss of power.
                    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                                   PRAGMA busy_timeout = 2000";
                    if is_file { connection.execute(pragmas).await.map(drop) } else { Ok(()) }
                })
            })
            .connect_with(options)
            .await?;
        if is_file {
            sqlx::migrate!("migrations/sqlite").run(&pool).await?;
        } else {
            sqlx::migrate!("migrations/postgres").run(&pool).await?;
        }
        let shared = (!is_file).then(|| Secret::new(url));
        Ok(Self { pool, key, shared })
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
        ] {
            sqlx::query(table).bind(before).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Writes what is still to be written, and closes.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Waits for the database, and not for ever.
async fn soon<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    Ok(tokio::time::timeout(PATIENCE, work).await.map_err(|_| StoreError::Slow)??)
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
