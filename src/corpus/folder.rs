//! Where the files of a corpus come from: a folder, or the copy inside the program.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::problem::line_with;
use super::{CorpusError, Problem};

/// The folders that hold nothing but files that are read, and their endings.
const FOLDERS: [(&str, &[&str]); 4] = [
    ("asked", &["txt"]),
    ("documents", &["md", "txt", "html", "htm"]),
    ("figures", &["svg"]),
    ("notes", &["md", "txt", "html", "htm"]),
];
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
                let found = OnDisk::below(root)?;
                files.extend(found.read().map(|path| (inside(root, path), std::fs::read(path))));
            }
        }
        files.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(files)
    }

    /// Files in those folders that have another ending.
    pub(super) fn passed_over(&self) -> Result<Vec<Problem>, CorpusError> {
        let Self::Disk(root) = self else { return Ok(Vec::new()) };
        let passed_over = |path: &PathBuf| {
            let file = inside(root, path);
            let (folder, name) = file.split_once('/')?;
            let (_, endings) = FOLDERS.iter().find(|(known, _)| *known == folder)?;
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let message = format!("nobody reads it: names in {folder}/ end in .{}", endings.join(", ."));
            (!endings.contains(&ending)).then(|| Problem::mild(&file, 0, message))
        };
        Ok(OnDisk::below(root)?.files.iter().filter_map(passed_over).collect())
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
            let found = OnDisk::below(root)?;
            let mut paths: Vec<&PathBuf> = found.read().collect();
            paths.sort();
            paths.into_iter().for_each(|path| add(path));
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

/// The path of a file inside a folder, with `/`.
fn inside(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// All that lies below a folder and is not hidden.
#[derive(Default)]
struct OnDisk {
    files: Vec<PathBuf>,
    /// Folders that cannot be read.
    closed: Vec<PathBuf>,
}

impl OnDisk {
    fn below(root: &Path) -> Result<Self, CorpusError> {
        let mut found = Self::default();
        found.add(root)?;
        Ok(found)
    }

    fn add(&mut self, dir: &Path) -> Result<(), CorpusError> {
        for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, error))? {
            let path = entry.map_err(|error| unreadable(dir, error))?.path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if hidden {
                continue;
            }
            if !path.is_dir() {
                self.files.push(path);
            } else if self.add(&path).is_err() {
                self.closed.push(path);
            }
        }
        Ok(())
    }

    /// What is read, or cannot be.
    fn read(&self) -> impl Iterator<Item = &PathBuf> {
        let is_read =
            |path: &&PathBuf| path.extension().is_some_and(|ending| ENDINGS.iter().any(|read| ending == *read));
        self.files.iter().filter(is_read).chain(&self.closed)
    }
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
