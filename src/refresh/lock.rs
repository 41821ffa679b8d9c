//! One refresh at a time, in all processes that share a data folder or a database.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::RefreshError;
use crate::store::{SharedLock, Store};

/// Held while something is changed; let go when it is dropped, also by the death of the process.
pub(super) struct Lock {
    _file: File,
    _shared: Option<SharedLock>,
    /// Whether somebody else had it first.
    pub(super) waited: bool,
}

impl Lock {
    /// Takes the lock, after whoever has it: first that of the data folder, then that of the database.
    pub(super) async fn take(data: &Path, store: &Store) -> Result<Self, RefreshError> {
        let path = data.join("refresh.lock");
        let take = move || {
            let file = File::create(path)?;
            match file.try_lock() {
                Ok(()) => Ok((file, false)),
                Err(TryLockError::WouldBlock) => file.lock().map(|()| (file, true)),
                Err(TryLockError::Error(error)) => Err(error),
            }
        };
        let (file, waited) = tokio::task::spawn_blocking(take).await??;
        let shared = store.lock().await?;
        let waited = waited || shared.as_ref().is_some_and(|shared| shared.waited);
        Ok(Self { _file: file, _shared: shared, waited })
    }
}
