//! What can go wrong in a refresh; what to do about it is a [`Hint`].

use std::io;

use super::clean::CleanError;
use super::fetch::FetchError;
use super::hint::Hint;
use super::limits::{MOST_BYTES, MOST_SOURCES, MOST_TIME, MOST_WORDS};
use super::serving::CompileError;
use crate::corpus::{CorpusError, Source};
use crate::store::StoreError;

/// Why something about the corpus could not be done. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// A page could not be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A page gives no text.
    #[error(transparent)]
    Clean(#[from] CleanError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The corpus folder.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The next generation could not be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// The data folder.
    #[error("the data folder cannot be used: {0}; is the disk full, and may I write there?")]
    Folder(#[from] io::Error),
    /// The next generation was compiled, and is not good enough.
    #[error("the next generation is not served, as it fails its checks:\n  {}\nthe last one still answers", .0.join("\n  "))]
    Checks(Vec<String>),
    /// No source has this id.
    #[error("no source has the id \"{id}\"{}", did_you_mean(.nearest.as_deref()))]
    UnknownSource {
        /// What was asked for.
        id: String,
        /// The id that is most like it.
        nearest: Option<String>,
    },
    /// The source may not be downloaded.
    #[error("\"{0}\" may not be downloaded: its entry in sources.toml does not say refresh = true")]
    NotAllowed(String),
    /// A moderator wrote it.
    #[error("\"{0}\" was written by a moderator; there is no page to download")]
    Written(String),
    /// A text that a moderator wrote has no title.
    #[error("the text has no title; give the question that it answers")]
    NoTitle,
    /// A text that a moderator wrote says too little.
    #[error("the text has fewer than {0} words; write a sentence or two that answer the question")]
    TooShort(usize),
    /// Nobody asked that in vain.
    #[error("\"{0}\" was not asked in vain, or somebody dealt with it")]
    NoGap(String),
    /// It is a source already.
    #[error("that page is the source \"{0}\" already")]
    Known(String),
    /// It belongs to all.
    #[error("\"{0}\" is a source that all communities share; it is quoted here too, and others look after it")]
    Shared(String),
    /// A community has as many sources as it may have.
    #[error("a community may have {MOST_SOURCES} sources of its own and has them; remove one first")]
    TooMany,
    /// A community's source would be too long.
    #[error(
        "the text has {0} words, and a source of a community at most {MOST_WORDS}; add the page that holds what matters"
    )]
    TooLong(usize),
    /// A community's source would take too much.
    #[error(
        "the text takes {} KB with its headings, and a source of a community at most {} KB; add the page that holds what matters",
        .0.div_ceil(1000), MOST_BYTES / 1000
    )]
    TooLarge(usize),
    /// A community's refresh took too long before it came to a source.
    #[error(
        "not asked for: the sources before it took the {} minutes that a community has; it comes first the next time",
        MOST_TIME.as_secs() / 60
    )]
    OutOfTime,
    /// The page is in another language than the corpus.
    #[error("the page is in another language ({found}) than the corpus ({wanted}); nobody would find it")]
    Language {
        /// The page's language.
        found: String,
        /// The corpus's.
        wanted: String,
    },
    /// Nothing waits for a yes or a no.
    #[error("nothing of \"{0}\" is held back; there is nothing to accept or refuse")]
    NothingHeld(String),
    /// Another text waits for a yes than the one that was looked at.
    #[error("another text of \"{id}\" is held back now than the one that was looked at")]
    OtherHeld {
        /// The source's id.
        id: String,
        /// The text's name.
        text: String,
    },
    /// There is no such generation.
    #[error("there is no generation {0}")]
    NoGeneration(i64),
    /// What is served is not in the database any more.
    #[error("the texts of the generation that is served are not in the database")]
    Forgotten,
    /// There is nothing older.
    #[error("there is no older generation to go back to")]
    NothingOlder,
    /// A line of a file to import.
    #[error("line {line} is not what `sacrum corpus export` writes: {why}; nothing was imported")]
    Line {
        /// Which, from 1.
        line: usize,
        /// Why not.
        why: String,
    },
    /// A line of a file to import that could not be added here.
    #[error("line {line} cannot be imported: {error}; nothing was imported")]
    Unfit {
        /// Which, from 1.
        line: usize,
        /// Why not.
        error: Box<RefreshError>,
    },
    /// An id that no source of these has.
    #[error(
        "\"{0}\" is no id of a source: small letters, digits and hyphens, beginning with \"own-\" where a community has it"
    )]
    BadId(String),
    /// A bug: a part of the work ended early.
    #[error("a part of the refresh ended early, which is a bug: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl RefreshError {
    /// That none of these sources has this id, and which may be meant.
    pub(super) fn unknown_source(id: &str, sources: &[(Source, bool)]) -> Self {
        let nearest = Source::nearest(sources.iter().map(|(source, _)| source), id).map(str::to_owned);
        Self::UnknownSource { id: id.to_owned(), nearest }
    }

    /// What somebody can do about it, where it is something that this program does.
    #[must_use]
    pub fn hint(&self) -> Option<Hint> {
        match self {
            Self::UnknownSource { nearest: None, .. } => Some(Hint::Status),
            Self::NoGap(_) => Some(Hint::Gaps),
            Self::Known(source) => Some(Hint::Refresh(source.clone())),
            Self::OtherHeld { id, text } => Some(Hint::Accept { source: id.clone(), text: text.clone() }),
            Self::NoGeneration(_) | Self::NothingOlder => Some(Hint::History),
            Self::Forgotten => Some(Hint::RefreshAll),
            _ => None,
        }
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|id| format!("; did you mean \"{id}\"?")).unwrap_or_default()
}
