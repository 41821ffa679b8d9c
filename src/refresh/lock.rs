//! One refresh of a community at a time, in all processes that share a data folder or a database.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::RefreshError;
use crate::store::{CommunityId, SharedLock, Store};

/// Held while something of a community is changed; let go when it is dropped, also by the death of the process.
pub(super) struct Lock {
    _file: File,
    _shared: Option<SharedLock>,
    /// Whether somebody else had it first.
    pub(super) waited: bool,
}

impl Lock {
    /// Takes the lock, after whoever has it: first that of the folder of its generations, then that of the database.
    pub(super) async fn take(place: &Path, store: &Store, community: CommunityId) -> Result<Self, RefreshError> {
        let place = place.to_owned();
        let take = move || {
            std::fs::create_dir_all(&place)?;
            let path = place.join("refresh.lock");
            let file = File::create(path)?;
            match file.try_lock() {
                Ok(()) => Ok((file, false)),
                Err(TryLockError::WouldBlock) => file.lock().map(|()| (file, true)),
                Err(TryLockError::Error(error)) => Err(error),
            }
        };
        let (file, waited) = tokio::task::spawn_blocking(take).await??;
        let shared = store.lock(community).await?;
        let waited = waited || shared.as_ref().is_some_and(|shared| shared.waited);
        Ok(Self { _file: file, _shared: shared, waited })
    }
}
