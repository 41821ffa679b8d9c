//! What can be wrong with a corpus: where, what, and what to do about it.

use std::fmt;
use std::ops::Range;

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
    /// What was not read there, so that what seems missing elsewhere may only follow from it: the id of an entry of a
    /// list, or nothing where it may be the whole file.
    pub(super) unread: Option<String>,
    /// What stands in quotation marks in the line that is meant, where nobody has counted yet which that is.
    pub(super) about: Option<String>,
}

impl Problem {
    pub(crate) fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into(), grave: true, unread: None, about: None }
    }

    /// A fault that does not keep the corpus from being served.
    pub(super) fn mild(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self::new(file, line, message).mildly()
    }

    /// Something that cannot be read.
    pub(super) fn unread(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { unread: Some(String::new()), ..Self::new(file, line, message) }
    }

    /// A fault of something that stands in quotation marks in a file; [`Folder::locate`](super::Folder::locate) finds
    /// its line.
    pub(crate) fn about(file: &str, about: String, message: String) -> Self {
        Self { about: Some(about), ..Self::new(file, 0, message) }
    }

    /// The same, where it does not keep the corpus from being served.
    pub(super) fn mildly(self) -> Self {
        Self { grave: false, ..self }
    }

    /// A fault in a piece of TOML that begins behind so many lines of its file.
    pub(crate) fn in_toml(file: &str, behind: usize, toml: &str, error: &toml::de::Error) -> Self {
        let within = error.span().map_or(0, |span| line_at(toml, span.start));
        // "duplicate key" alone does not say which.
        let what = error.span().and_then(|span| toml.get(span)).map(str::trim).filter(|what| {
            !what.is_empty()
                && what.len() <= 60
                && !what.contains('\n')
                && !error.message().contains(what.trim_matches('"'))
        });
        let what = what.map(|what| format!(": {what}")).unwrap_or_default();
        Self::unread(file, behind + within, format!("{}{what}; see docs/CORPUS.md", error.message()))
    }

    /// A fault of an entry of a list that begins at a place in its file: at the line of an unknown key, where it is that.
    pub(super) fn in_entry(file: &str, text: &str, start: usize, id: &str, error: &toml::de::Error) -> Self {
        let entry = text[start..].split("\n[[").next().unwrap_or_default();
        let key = error.message().strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        let at = key.and_then(|key| Some(entry.find(&format!("\n{key}"))? + 1));
        let line = line_at(text, start + at.unwrap_or_default());
        let message = format!("{}; see docs/CORPUS.md", error.message());
        Self { unread: Some(id.to_owned()), ..Self::new(file, line, message) }
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
    #[error("the corpus has {}; the first: {}\nrun `sacrum corpus check` to see all of them", counted(.0.len(), "fault"), .0[0])]
    Faulty(Vec<Problem>),
}

/// "1 fault", "2 faults".
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// What could not be read of a corpus. What seems missing in it is not told: there would be no end of it, and it is
/// mended with the rest.
pub(super) struct Unread(Vec<(String, usize, String)>);

impl Unread {
    pub(super) fn of(problems: &[Problem]) -> Self {
        let unread = problems.iter().filter_map(|of| Some((of.file.clone(), of.line, of.unread.clone()?)));
        Self(unread.collect())
    }

    /// Whether all was read.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a file was not read, as far as is known.
    pub(super) fn is_file(&self, file: &str) -> bool {
        self.0.iter().any(|(of, _, id)| of == file && id.is_empty())
    }

    /// Whether the entry of a list with this id was not read, or its file was not.
    pub(super) fn is_entry(&self, file: &str, id: &str) -> bool {
        self.is_file(file) || self.0.iter().any(|(of, _, entry)| of == file && entry == id)
    }

    /// Whether something in these lines of a file was not read.
    pub(super) fn in_lines(&self, file: &str, lines: Range<usize>) -> bool {
        self.0.iter().any(|(of, line, _)| of == file && lines.contains(line))
    }

    /// Whether something was not in a file from which the document with this id would come.
    pub(super) fn in_document(&self, id: &str) -> bool {
        self.0.iter().any(|(file, ..)| document_id(file) == id)
    }
}

/// The id of the document that a file is: its path in notes/ or documents/, without the ending.
pub(super) fn document_id(file: &str) -> &str {
    let path = file.split_once('/').map_or(file, |(_, rest)| rest);
    path.rsplit_once('.').map_or(path, |(id, _)| id)
}

/// The line, from 1, that begins with something as its key or gives it as the id or, where none does, the last in which it
/// stands in quotation marks; 0 where it stands in none.
pub(super) fn line_with(text: &str, quoted: &str) -> usize {
    let written = format!("{quoted:?}");
    let begins =
        |line: String| text.rfind(&format!("\n{line}")).map(|at| at + 1).or(text.starts_with(&line).then_some(0));
    let key = |key: &str| begins(format!("{key} ="));
    let id = || begins(format!("id = {written}"));
    let at = key(&written).or_else(|| key(quoted)).or_else(id).or_else(|| text.rfind(&written));
    at.map_or(0, |at| line_at(text, at))
}

/// The line, from 1, that a byte offset falls in.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|&&b| b == b'\n').count() + 1
}
