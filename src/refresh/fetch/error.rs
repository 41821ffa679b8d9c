//! Why a page could not be had, and what to do about it.

use std::error::Error;
use std::time::Duration;

use super::address::NotPublic;

/// Why a page could not be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not a URL.
    #[error("\"{0}\" is no address; give one that begins with https://")]
    NoAddress(String),
    /// An address that nobody types.
    #[error(
        "the address has more than {} characters; give a shorter one that leads to the page",
        super::address::MOST_CHARS
    )]
    LongAddress,
    /// Another scheme.
    #[error("{0} is not read; only addresses that begin with https:// are")]
    NotHttps(String),
    /// A name or a password stands in it.
    #[error("the address holds a user name or password; give it without")]
    Credentials,
    /// An unusual port.
    #[error("port {0} is not asked; give an address on the usual port")]
    Port(u16),
    /// It leads into a private network.
    #[error(transparent)]
    NotPublic(#[from] NotPublic),
    /// The site asks programs to stay away from the page.
    #[error("{0} asks programs not to read this page (robots.txt); ask the publisher, or write a note on it")]
    Robots(String),
    /// The site asks for more than we can weigh.
    #[error(
        "the robots.txt of {0} is too much to be weighed: at most {lines} lines are, {ends} of them with a $; ask the publisher, or write a note on it",
        lines = super::robots::MOST_LINES,
        ends = super::robots::MOST_ENDS
    )]
    RobotsTooLong(String),
    /// Redirected once too often.
    #[error("redirected more than {} times; give the address that a browser shows in the end", super::MOST_REDIRECTS)]
    Redirects,
    /// The page is not there.
    #[error("the page is not there (404); check the address")]
    Missing,
    /// The page is gone for good.
    #[error("the page is gone for good (410); look for where it went")]
    Gone,
    /// The site wants to know who asks.
    #[error("the site does not let programs read the page ({0}); ask the publisher, or write a note on it")]
    Forbidden(u16),
    /// Any other status.
    #[error("the site answered with status {0}; try again later")]
    Status(u16),
    /// The site asks for a pause.
    #[error("the site asks us to come back in {} s; try again then", .0.as_secs())]
    Busy(Duration),
    /// Too much over the wire.
    #[error("the page is larger than {} MiB; give a page that holds the text alone", super::MOST_WIRE >> 20)]
    TooLarge,
    /// Too much after decompression.
    #[error("the page is larger than {} MiB when it is unpacked; that is no text", super::MOST_UNPACKED >> 20)]
    TooLargeUnpacked,
    /// It cannot be unpacked.
    #[error("the page cannot be unpacked ({0}); try again later")]
    Packing(String),
    /// It took too long: an answer, or all of them together.
    #[error("the site did not answer in time; try again later")]
    Slow,
    /// The connection.
    #[error("the connection failed: {0}; check the address, and try again later")]
    Network(String),
}

impl FetchError {
    /// Whether it may be better in a moment.
    pub(super) fn passes(&self) -> bool {
        matches!(self, Self::Network(_) | Self::Status(429 | 500 | 502..=504) | Self::Packing(_))
    }
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() && !error.is_connect() {
            return Self::Slow;
        }
        let mut cause: &dyn Error = &error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
            if let Some(refused) = cause.downcast_ref::<NotPublic>() {
                return Self::NotPublic(refused.clone());
            }
        }
        Self::Network(cause.to_string())
    }
}
