//! What can be wrong with a corpus: where, what, and what to do about it.

use std::fmt;

/// One fault in a corpus folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the corpus folder.
    pub file: String,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
    /// Whether the corpus must not be served with it.
    pub grave: bool,
    /// What stands in quotation marks in the line that is meant, where nobody has counted yet which that is.
    pub(super) about: Option<String>,
}

impl Problem {
    pub(crate) fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into(), grave: true, about: None }
    }

    /// A fault of something that stands in quotation marks in a file; [`Folder::locate`](super::Folder::locate) finds
    /// its line.
    pub(crate) fn about(file: &str, about: String, message: String) -> Self {
        Self { about: Some(about), ..Self::new(file, 0, message) }
    }

    /// A fault in a piece of TOML that begins behind so many lines of its file.
    pub(crate) fn in_toml(file: &str, behind: usize, toml: &str, error: &toml::de::Error) -> Self {
        let within = error.span().map_or(0, |span| line_at(toml, span.start));
        Self::new(file, behind + within, format!("{}; see docs/CORPUS.md", error.message()))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// Why a corpus could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The folder or a file in it could not be read.
    #[error("cannot read {path}: {source}; does the folder exist, and may I read it?")]
    Unreadable {
        /// What was to be read.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The folder holds no document.
    #[error("{0} holds no corpus: there is neither a file in notes/ nor one in documents/")]
    Empty(String),
    /// It was read, and has faults.
    #[error("the corpus has {} faults; the first: {}\nrun `sacrum corpus check` to see all of them", .0.len(), .0[0])]
    Faulty(Vec<Problem>),
}

/// The last line, from 1, in which something stands in quotation marks; 0 where none does.
pub(super) fn line_with(text: &str, quoted: &str) -> usize {
    let written = format!("{quoted:?}");
    text.rfind(&written).map_or(0, |at| line_at(text, at))
}

/// The line, from 1, that a byte offset falls in.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|&&b| b == b'\n').count() + 1
}
