//! One change of a community at a time, in all processes that share a data folder or a database.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{EVERYBODY, RefreshError};
use crate::store::{CommunityId, SharedLock, Store, lock_of_file};

/// Held while something of a community is changed; let go when it is dropped, also by the death of the process.
pub(super) struct Lock {
    place: PathBuf,
    community: CommunityId,
    _file: File,
    _shared: Option<SharedLock>,
    /// Whether somebody else had it first.
    pub(super) waited: bool,
}

impl Lock {
    /// Takes the lock, after whoever has it: first that of the folder of its generations, then that of the database.
    /// `waits` is told where somebody has it.
    pub(super) async fn take(
        place: &Path,
        store: &Store,
        community: CommunityId,
        waits: &(dyn Fn() + Sync),
    ) -> Result<Self, RefreshError> {
        let (file, waited) = of_folder(place, waits).await?;
        let shared = store.lock(community, waits).await?;
        let waited = waited || shared.as_ref().is_some_and(|shared| shared.waited);
        Ok(Self { place: place.to_owned(), community, _file: file, _shared: shared, waited })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Nothing came of a community's first source.
        if self.community != EVERYBODY && !self.place.join("current").exists() {
            let _ = fs::remove_dir_all(&self.place);
        }
    }
}

/// Takes the lock of a folder; whether somebody else had it first.
async fn of_folder(place: &Path, waits: &(dyn Fn() + Sync)) -> Result<(File, bool), RefreshError> {
    let path = place.join("refresh.lock");
    loop {
        fs::create_dir_all(place)?;
        let (file, waited) = lock_of_file(&path, waits).await?;
        // Whoever had it may have deleted the folder, and then it locks nothing.
        if is_at(&file, &path) {
            return Ok((file, waited));
        }
    }
}

/// Whether a file still lies at a path.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let place = |of: fs::Metadata| (of.dev(), of.ino());
        file.metadata().ok().map(place) == fs::metadata(path).ok().map(place)
    }
    #[cfg(not(unix))]
    path.exists()
}
