//! One refresh at a time, in all processes that share a data folder.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Held while something is changed; let go when it is dropped, also by the death of the process.
pub(super) struct Lock {
    _file: File,
    /// Whether somebody else had it first.
    pub(super) waited: bool,
}

impl Lock {
    /// Takes the lock, after whoever has it.
    pub(super) async fn take(data: &Path) -> io::Result<Self> {
        let path = data.join("refresh.lock");
        let take = move || {
            let file = File::create(path)?;
            match file.try_lock() {
                Ok(()) => Ok(Self { _file: file, waited: false }),
                Err(TryLockError::WouldBlock) => file.lock().map(|()| Self { _file: file, waited: true }),
                Err(TryLockError::Error(error)) => Err(error),
            }
        };
        tokio::task::spawn_blocking(take).await.map_err(io::Error::other)?
    }
}
