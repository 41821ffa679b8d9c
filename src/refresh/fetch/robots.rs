//! robots.txt: what a site asks of programs (RFC 9309).

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use texting_robots::Robot;

use super::FetchError;

/// So much of a robots.txt is read; the RFC asks for no more.
const MOST_BYTES: usize = 500 << 10;
/// With more lines it is not weighed: each may be a rule. The longest of well-known sites have some 2,000.
pub(super) const MOST_LINES: usize = 10_000;
/// Nor with more lines that hold a `$`: each becomes a regular expression, which takes up to 35 KiB. The same sites
/// have 130 at most.
pub(super) const MOST_ENDS: usize = 200;
/// A longer pause between two requests is not kept.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What a site asks of us.
#[derive(Clone)]
pub(super) enum Robots {
    /// Nothing.
    Open,
    /// What its robots.txt says. The text is kept, and not what is made of it for a page, which may be hundreds
    /// of times as large.
    Asked(Arc<[u8]>),
}

/// What a site asks of us for one page.
pub(super) struct Said {
    /// Whether programs may read it.
    pub(super) allowed: bool,
    /// The pause between two requests.
    pub(super) pause: Duration,
}

impl Robots {
    /// Reads the answer to a request for robots.txt. A site without one asks for nothing; one that cannot
    /// say now is left alone.
    pub(super) fn read(answer: Result<Vec<u8>, FetchError>) -> Result<Self, FetchError> {
        match answer {
            Ok(text) => Ok(Self::Asked(text[..text.len().min(MOST_BYTES)].into())),
            Err(FetchError::Missing | FetchError::Gone | FetchError::Forbidden(_) | FetchError::Status(400..=499)) => {
                Ok(Self::Open)
            }
            Err(other) => Err(other),
        }
    }

    /// What it says about a page. That is weighed on a thread of its own, as others wait on this one.
    ///
    /// # Errors
    /// Where it is too much to be weighed; the site is left alone then.
    pub(super) async fn on(&self, agent: &'static str, url: &Url) -> Result<Said, FetchError> {
        let Self::Asked(text) = self else { return Ok(Said { allowed: true, pause: Duration::ZERO }) };
        let (text, page) = (Arc::clone(text), url.clone());
        let said = tokio::task::spawn_blocking(move || weigh(agent, &text, &page)).await;
        said.ok().flatten().ok_or_else(|| FetchError::RobotsTooLong(url.host_str().unwrap_or_default().to_owned()))
    }
}

/// What a robots.txt says to an agent about a page; `None` where that would cost too much to find out.
fn weigh(agent: &str, text: &[u8], url: &Url) -> Option<Said> {
    let lines = || text.split(|byte| matches!(byte, b'\n' | b'\r' | b'\0')).filter(|line| !line.is_empty());
    if lines().count() > MOST_LINES || lines().filter(|line| line.contains(&b'$')).count() > MOST_ENDS {
        return None;
    }
    // What cannot be read as rules holds none.
    let robot = Robot::new(agent, text).ok();
    let pause = robot.as_ref().and_then(|robot| Duration::try_from_secs_f32(robot.delay?).ok());
    Some(Said {
        allowed: robot.is_none_or(|robot| robot.allowed(url.as_str())),
        pause: pause.unwrap_or_default().min(LONGEST_PAUSE),
    })
}
