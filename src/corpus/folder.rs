//! Where the files of a corpus come from: a folder, or the copy inside the program.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::CorpusError;

/// The endings of the files that are read.
const ENDINGS: [&str; 7] = ["toml", "jsonl", "md", "txt", "html", "htm", "svg"];

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/corpus");

/// A corpus folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folder {
    /// The copy of `corpus/` that was put into the program when it was built.
    Embedded,
    /// A folder on disk.
    Disk(PathBuf),
}

impl Folder {
    /// Every file: its path inside the folder, with `/`, and its bytes; sorted by path.
    pub(super) fn files(&self) -> Result<Vec<(String, Vec<u8>)>, CorpusError> {
        let mut files = Vec::new();
        match self {
            Self::Embedded => embedded(&EMBEDDED, &mut files),
            Self::Disk(root) => on_disk(root, root, &mut files)?,
        }
        files.sort();
        Ok(files)
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

fn embedded(dir: &Dir<'_>, files: &mut Vec<(String, Vec<u8>)>) {
    for file in dir.files() {
        if let Some(path) = file.path().to_str() {
            files.push((path.replace('\\', "/"), file.contents().to_vec()));
        }
    }
    dir.dirs().for_each(|dir| embedded(dir, files));
}

fn on_disk(root: &Path, dir: &Path, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), CorpusError> {
    let unreadable = |path: &Path, source| CorpusError::Unreadable { path: path.display().to_string(), source };
    for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, error))? {
        let path = entry.map_err(|error| unreadable(dir, error))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            on_disk(root, &path, files)?;
        } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|read| ending == *read)) {
            let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, error))?;
            let inside = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((inside, bytes));
        }
    }
    Ok(())
}
