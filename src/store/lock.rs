//! One change at a time, in all processes that share a database or a file.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

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

/// Takes the lock of a file, which is made where it is not there, after whoever has it; whether somebody had it first.
/// It is let go when the file is dropped. `waits` is told where somebody has it.
pub(crate) async fn of_file(path: &Path, waits: &(dyn Fn() + Sync)) -> io::Result<(File, bool)> {
    let file = File::create(path)?;
    match file.try_lock() {
        Ok(()) => Ok((file, false)),
        Err(TryLockError::WouldBlock) => {
            waits();
            let taken = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
            Ok((taken.map_err(io::Error::other)??, true))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}
