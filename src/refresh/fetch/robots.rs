//! robots.txt: what a site asks of programs (RFC 9309).

use std::time::Duration;

use reqwest::Url;
use texting_robots::Robot;

use super::FetchError;

/// So much of a robots.txt is read; the RFC asks for no more.
const MOST_BYTES: usize = 500 << 10;
/// A longer pause between two requests is not kept.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What a site asks of us.
pub(super) enum Robots {
    /// Nothing.
    Open,
    /// What its robots.txt says.
    Asked(Box<Robot>),
}

impl Robots {
    /// Reads the answer to a request for robots.txt. A site without one asks for nothing; one that cannot
    /// say now is left alone.
    pub(super) fn read(agent: &str, answer: Result<Vec<u8>, FetchError>) -> Result<Self, FetchError> {
        match answer {
            Ok(text) => {
                let text = &text[..text.len().min(MOST_BYTES)];
                // What cannot be read as rules holds none.
                Ok(Robot::new(agent, text).map_or(Self::Open, |robot| Self::Asked(Box::new(robot))))
            }
            Err(FetchError::Missing | FetchError::Gone | FetchError::Forbidden(_) | FetchError::Status(400..=499)) => {
                Ok(Self::Open)
            }
            Err(other) => Err(other),
        }
    }

    /// Whether the site lets programs read a page.
    pub(super) fn allow(&self, url: &Url) -> bool {
        match self {
            Self::Open => true,
            Self::Asked(robot) => robot.allowed(url.as_str()),
        }
    }

    /// The pause that it asks for between two requests.
    pub(super) fn pause(&self) -> Duration {
        let Self::Asked(robot) = self else { return Duration::ZERO };
        let asked = robot.delay.and_then(|seconds| Duration::try_from_secs_f32(seconds).ok());
        asked.unwrap_or_default().min(LONGEST_PAUSE)
    }
}
