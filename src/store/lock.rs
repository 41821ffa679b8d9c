//! One change at a time, in all processes that share a database or a file.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use sqlx::{AnyConnection, Connection, Row};

use super::{CommunityId, Store, StoreError, id};

/// The number under which PostgreSQL knows our lock, "sacrum" as letters; a community's number is added.
const NUMBER: i64 = 0x7361_6372_756d;

/// Held while something is changed. It is let go when it is dropped, also by the death of the process, as the
/// connection that holds it ends.
pub struct SharedLock {
    _held_by: AnyConnection,
    /// Whether another process had it first.
    pub waited: bool,
}

impl Store {
    /// Takes a community's lock, after whoever has it; `None` where the database is a file, which only the processes of one
    /// data folder share. `waits` is told where somebody has it.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn lock(
        &self,
        community: CommunityId,
        waits: &(dyn Fn() + Sync),
    ) -> Result<Option<SharedLock>, StoreError> {
        let Some(url) = &self.shared else { return Ok(None) };
        let mut connection = self.soon(AnyConnection::connect(url.reveal())).await?;
        let number = NUMBER.wrapping_add(id(community.0));
        let free = sqlx::query("SELECT pg_try_advisory_lock($1)").bind(number);
        let waited = !free.fetch_one(&mut connection).await?.try_get::<bool, _>(0)?;
        if waited {
            waits();
            sqlx::query("SELECT pg_advisory_lock($1)").bind(number).execute(&mut connection).await?;
        }
        Ok(Some(SharedLock { _held_by: connection, waited }))
    }
}

/// How often it is looked whether a file's lock is free: such a wait can be given up, and the system's cannot.
const LOOKED: Duration = Duration::from_millis(50);

/// Takes the lock of a file, which is made where it is not there, after whoever has it; whether somebody had it first.
/// It is let go when the file is dropped. `waits` is told where somebody has it.
pub(crate) async fn of_file(path: &Path, waits: &(dyn Fn() + Sync)) -> io::Result<(File, bool)> {
    let file = File::create(path)?;
    let mut waited = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok((file, waited)),
            Err(TryLockError::WouldBlock) if waited => tokio::time::sleep(LOOKED).await,
            Err(TryLockError::WouldBlock) => {
                waits();
                waited = true;
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Gives a file that is complete its name, unless another one has it by now; whether it got it.
pub(crate) fn name_if_first(aside: &Path, path: &Path) -> io::Result<bool> {
    let is_first = match fs::hard_link(aside, path) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        // Not every file system knows second names.
        Err(_) if !path.exists() => return fs::rename(aside, path).map(|()| true),
        Err(error) => return Err(error),
    };
    fs::remove_file(aside)?;
    Ok(is_first)
}
