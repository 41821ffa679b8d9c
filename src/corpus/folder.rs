//! Where the files of a corpus come from: a folder, or the copy inside the program.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::problem::line_with;
use super::{CorpusError, Problem};

/// The endings of the files that are read.
const ENDINGS: [&str; 7] = ["toml", "jsonl", "md", "txt", "html", "htm", "svg"];

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/corpus");

/// The path of a file inside the folder, with `/`, and its bytes, or why it cannot be read.
pub(super) type File = (String, std::io::Result<Vec<u8>>);

/// A corpus folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folder {
    /// The copy of `corpus/` that was put into the program when it was built.
    Embedded,
    /// A folder on disk.
    Disk(PathBuf),
}

impl Folder {
    /// Every file; sorted by path.
    pub(super) fn files(&self) -> Result<Vec<File>, CorpusError> {
        let mut files = Vec::new();
        match self {
            Self::Embedded => embedded(&EMBEDDED, &mut files),
            Self::Disk(root) => {
                let mut paths = Vec::new();
                on_disk(root, &mut paths)?;
                for path in paths {
                    let bytes = std::fs::read(&path);
                    let inside = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                    files.push((inside, bytes));
                }
            }
        }
        files.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(files)
    }

    /// Finds the lines of faults that say what they are about.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn locate(&self, problems: &mut [Problem]) -> Result<(), CorpusError> {
        if problems.iter().all(|problem| problem.about.is_none()) {
            return Ok(());
        }
        for (file, bytes) in self.files()? {
            let text = String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned();
            for problem in problems.iter_mut().filter(|problem| problem.file == file) {
                if let Some(about) = problem.about.take() {
                    problem.line = line_with(&text, &about);
                }
            }
        }
        Ok(())
    }

    /// A name for what is in the folder now and for the program that reads it: it changes when a file or
    /// the program does.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn stamp(&self) -> Result<String, CorpusError> {
        // An empty folder is not the built-in corpus.
        let mut hasher = Sha256::new_with_prefix(self.name());
        let mut add = |path: &Path| {
            hasher.update(path.as_os_str().as_encoded_bytes());
            if let Ok(of) = std::fs::metadata(path) {
                let since =
                    of.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
                hasher.update(of.len().to_le_bytes());
                hasher.update(since.as_nanos().to_le_bytes());
                hasher.update(changed(&of));
            }
        };
        // The built-in corpus changes with the program only.
        std::env::current_exe().iter().for_each(|path| add(path));
        if let Self::Disk(root) = self {
            let mut paths = Vec::new();
            on_disk(root, &mut paths)?;
            paths.sort();
            paths.iter().for_each(|path| add(path));
        }
        Ok(hex::encode(&hasher.finalize()[..8]))
    }

    /// How the folder is called in messages.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Embedded => "the built-in corpus".to_owned(),
            Self::Disk(path) => path.display().to_string(),
        }
    }
}

fn embedded(dir: &Dir<'_>, files: &mut Vec<File>) {
    for file in dir.files() {
        if let Some(path) = file.path().to_str() {
            files.push((path.replace('\\', "/"), Ok(file.contents().to_vec())));
        }
    }
    dir.dirs().for_each(|dir| embedded(dir, files));
}

/// The paths of all files below a folder that are read, and of folders below it that cannot be.
fn on_disk(dir: &Path, paths: &mut Vec<PathBuf>) -> Result<(), CorpusError> {
    for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, error))? {
        let path = entry.map_err(|error| unreadable(dir, error))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            if on_disk(&path, paths).is_err() {
                paths.push(path);
            }
        } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|read| ending == *read)) {
            paths.push(path);
        }
    }
    Ok(())
}

/// When a file was changed, as far as nobody can set it: images give all their files one time.
#[cfg(unix)]
fn changed(of: &std::fs::Metadata) -> [u8; 16] {
    use std::os::unix::fs::MetadataExt;
    (i128::from(of.ctime()) * 1_000_000_000 + i128::from(of.ctime_nsec())).to_le_bytes()
}

#[cfg(not(unix))]
fn changed(_: &std::fs::Metadata) -> [u8; 0] {
    []
}

fn unreadable(path: &Path, source: std::io::Error) -> CorpusError {
    CorpusError::Unreadable { path: path.display().to_string(), source }
}
