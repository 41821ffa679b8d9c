//! Why a page gives no text that could be quoted, and what to do about it.

use serde::{Deserialize, Serialize};

/// Why a page gives no text that could be quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum CleanError {
    /// An image, a film, an archive.
    #[error("it is {0}, not a page with text; give an HTML page, a PDF, or a Markdown or text file")]
    NotText(String),
    /// There is nothing to read.
    #[error("there is no text on the page; give the address of a page that holds the text itself")]
    Empty,
    /// The text comes only when a script has run.
    #[error("the page is drawn by a script, and none is run here; look for a print view or a PDF of it")]
    Script,
    /// A PDF of pictures.
    #[error("the PDF holds pictures of pages and no text; look for a version with text, or write a note on it")]
    Scanned,
    /// A PDF with a password.
    #[error("the PDF needs a password; give one that does not")]
    Locked,
    /// A PDF that is a book.
    #[error("the PDF has {0} pages, and {most} at most are read; give a part of it", most = super::pdf::MOST_PAGES)]
    TooLong(usize),
    /// A page that is a book.
    #[error("there are more than {} MiB of text on the page; give a part of it", super::MOST_TEXT >> 20)]
    Large,
    /// A file that is not what it says.
    #[error("the page cannot be read ({0}); check whether a browser can show it")]
    Broken(String),
    /// A page that says that something went wrong.
    #[error("it shows an error (\"{0}\"), not a text; check the address in a browser")]
    ErrorPage(String),
    /// A page that asks who we are.
    #[error("it asks for a login; give a page that everyone may read")]
    Login,
    /// A page that asks for consent.
    #[error("it shows a cookie notice in place of the text; look for a print view or a PDF of it")]
    CookieWall,
    /// A page that doubts that we are a person, and is right.
    #[error("it asks whether we are a robot, which we are; ask the publisher, or write a note on it")]
    Robot,
    /// It took too long, or too much memory, or it broke the program that read it.
    #[error("the page could not be read within {limit} s and the memory allowed; give a simpler page", limit = super::worker::LIMIT.as_secs())]
    Costly,
    /// The program that reads pages did not start.
    #[error("the reader of pages cannot be started: {0}")]
    Worker(String),
}

impl CleanError {
    /// Whether the site may be showing something else than the page: an error, a wall.
    #[must_use]
    pub fn is_wall(&self) -> bool {
        matches!(self, Self::ErrorPage(_) | Self::Login | Self::CookieWall | Self::Robot | Self::Script | Self::Empty)
    }
}
