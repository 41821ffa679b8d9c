//! One download within limits: public addresses only, politely, and never more than we can take.
//!
//! Redirects are followed by hand, so that each address is checked as the first one was. Nothing of the
//! environment's proxies, cookies or passwords is used.

mod address;
mod body;
mod error;
mod robots;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Response, Url, redirect};
use tokio::sync::Mutex;
use tokio::time::Instant;

pub use address::NotPublic;
pub use error::FetchError;

use address::{PublicOnly, admit};
use robots::{LONGEST_PAUSE, Robots};

use crate::store::{Store, now};

/// The most that is read over the wire.
const MOST_WIRE: usize = 10 << 20;
/// The most that it may become when it is unpacked.
const MOST_UNPACKED: usize = 50 << 20;
/// The most redirects that are followed.
const MOST_REDIRECTS: usize = 5;
/// What a longer header says of a page is neither kept nor shown to people.
const MOST_SAID: usize = 1_000;
/// How often a request is made that meets a passing fault.
const TRIES: u32 = 3;
/// So long a robots.txt is not asked for again.
const ROBOTS_HOLD: Duration = Duration::from_secs(24 * 3600);
/// So many hosts are remembered, beside those that are asked just now: with a robots.txt of 500 KiB each, 50 MB.
const HOSTS_KEPT: usize = 100;
/// So long a host is left alone at the most that asks to be.
const LONGEST_REST: Duration = Duration::from_secs(24 * 3600);
/// The name by which robots.txt can speak to us.
const AGENT: &str = "sacrum";

/// How long is waited for what.
#[derive(Debug, Clone, Copy)]
struct Patience {
    connect: Duration,
    read: Duration,
    whole: Duration,
    /// For a page in all: where it was moved to, the robots.txt of each host, and the waiting in between. Whoever
    /// asks for it holds up others meanwhile.
    page: Duration,
    /// Between two requests to a host.
    pause: Duration,
    /// Before the second try; four times as long before the third.
    backoff: Duration,
    /// The longest wait that a site may ask for; beyond it, we come back another time.
    retry_after: Duration,
}

const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(10),
    read: Duration::from_secs(20),
    whole: Duration::from_secs(60),
    page: Duration::from_secs(180),
    pause: Duration::from_secs(1),
    backoff: Duration::from_secs(1),
    retry_after: Duration::from_secs(60),
};

/// With a site on the same machine, which answers at once or not at all.
const PATIENCE_AT_HOME: Patience = Patience {
    connect: Duration::from_secs(2),
    read: Duration::from_secs(2),
    whole: Duration::from_secs(4),
    page: Duration::from_secs(8),
    pause: Duration::from_millis(5),
    backoff: Duration::from_millis(50),
    retry_after: Duration::from_secs(2),
};

/// What a site said about a page when it was last downloaded, for asking whether it is still the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What came of a request.
#[derive(Debug)]
pub enum Fetched {
    /// The page is still the one that we know.
    Unchanged,
    /// The page.
    Page(Download),
}

/// A page as it came.
#[derive(Debug)]
pub struct Download {
    /// Where it was in the end.
    pub url: Url,
    /// Its bytes, unpacked.
    pub bytes: Vec<u8>,
    /// Its `Content-Type`; empty where the site did not say.
    pub content_type: String,
    /// What to ask with the next time.
    pub version: Version,
}

/// What a host answered: a page, or where it is now.
enum Answer {
    Is(Fetched),
    Moved(Url),
}

/// Downloads pages, one at a time from each host.
pub struct Fetcher {
    client: Client,
    /// Knows which hosts want to be left alone, also those that told another process.
    store: Arc<Store>,
    loopback: bool,
    patience: Patience,
    hosts: Mutex<HashMap<String, Arc<Mutex<Host>>>>,
}

/// What we know of a host; locked while it is asked.
#[derive(Default)]
struct Host {
    robots: Option<(Instant, Robots)>,
    turn: Turn,
}

impl Host {
    /// Whether it was asked so lately that it may want a pause.
    fn wants_a_pause(&self) -> bool {
        self.turn.asked.is_some_and(|asked| asked.elapsed() < LONGEST_PAUSE)
    }

    /// Whether it must not be forgotten; of one that is only left alone, that alone is remembered.
    fn is_still_needed(&mut self) -> bool {
        if !self.wants_a_pause() {
            self.robots = None;
        }
        self.wants_a_pause() || self.turn.rest().is_some()
    }
}

/// When a host may be asked again, for whichever page.
#[derive(Default)]
struct Turn {
    asked: Option<Instant>,
    /// Until when it asked to be left alone.
    rests_until: Option<Instant>,
}

impl Turn {
    /// How long it still wants to be left alone.
    fn rest(&self) -> Option<Duration> {
        self.rests_until.map(|until| until.saturating_duration_since(Instant::now())).filter(|rest| !rest.is_zero())
    }
}

impl Fetcher {
    /// A fetcher; `loopback` allows http from this machine as well, for tests.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(store: Arc<Store>, loopback: bool) -> Result<Self, FetchError> {
        let patience = if loopback { PATIENCE_AT_HOME } else { PATIENCE };
        let client = Client::builder()
            .user_agent(concat!("sacrum/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_HOMEPAGE"), ")"))
            .dns_resolver(Arc::new(PublicOnly))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .referer(false)
            .connect_timeout(patience.connect)
            .read_timeout(patience.read)
            .timeout(patience.whole)
            .build()?;
        Ok(Self { client, store, loopback, patience, hosts: Mutex::default() })
    }

    /// Whether it asks sites on this machine as well.
    pub(super) fn is_at_home(&self) -> bool {
        self.loopback
    }

    /// Reads an address, and refuses one that must not be asked.
    pub(super) fn admit(&self, url: &str) -> Result<Url, FetchError> {
        admit(url, self.loopback)
    }

    /// Downloads a page, unless it is still the version that we know.
    ///
    /// # Errors
    /// Where it must not be read or cannot be had in time, with what to do.
    pub async fn get(&self, url: &str, known: &Version) -> Result<Fetched, FetchError> {
        let url = admit(url, self.loopback)?;
        let all = tokio::time::timeout(self.patience.page, self.follow(url, known));
        all.await.unwrap_or(Err(FetchError::Slow))
    }

    /// Downloads a page from where it is in the end.
    async fn follow(&self, mut url: Url, known: &Version) -> Result<Fetched, FetchError> {
        for _ in 0..=MOST_REDIRECTS {
            match self.ask_host(&url, known).await? {
                Answer::Moved(next) => url = next,
                Answer::Is(fetched) => return Ok(fetched),
            }
        }
        Err(FetchError::Redirects)
    }

    /// Asks a host for a page, when it is its turn and robots.txt allows it.
    async fn ask_host(&self, url: &Url, known: &Version) -> Result<Answer, FetchError> {
        let host = self.host(url).await;
        let mut host = host.lock().await;
        self.heed(&origin(url), &mut host.turn).await;
        let held = host.robots.as_ref().filter(|(read, _)| read.elapsed() < ROBOTS_HOLD);
        let robots = match held.map(|(_, robots)| robots.clone()) {
            Some(robots) => robots,
            None => {
                let robots = Robots::read(self.robots(url, &mut host.turn).await)?;
                host.robots.insert((Instant::now(), robots)).1.clone()
            }
        };
        let said = robots.on(AGENT, url).await?;
        if !said.allowed {
            return Err(FetchError::Robots(url.host_str().unwrap_or_default().to_owned()));
        }
        self.tries(url, known, said.pause.max(self.patience.pause), &mut host.turn).await
    }

    /// What we know of a page's host. Where we know too many, those are forgotten that nobody waits for and that
    /// were not asked just now: names cost a hostile site nothing.
    async fn host(&self, url: &Url) -> Arc<Mutex<Host>> {
        let origin = origin(url);
        let mut hosts = self.hosts.lock().await;
        if hosts.len() >= HOSTS_KEPT && !hosts.contains_key(&origin) {
            // One that is in use is locked, or about to be.
            let is_in_use = |host: &Arc<Mutex<Host>>| Arc::strong_count(host) > 1;
            hosts.retain(|_, host| is_in_use(host) || host.try_lock().is_ok_and(|mut host| host.is_still_needed()));
        }
        Arc::clone(hosts.entry(origin).or_default())
    }

    async fn robots(&self, url: &Url, turn: &mut Turn) -> Result<Vec<u8>, FetchError> {
        let mut url = url.join("/robots.txt").map_err(|_| FetchError::NoAddress(url.to_string()))?;
        for _ in 0..=MOST_REDIRECTS {
            match self.tries(&url, &Version::default(), self.patience.pause, turn).await? {
                Answer::Moved(next) => url = next,
                Answer::Is(Fetched::Page(page)) => return Ok(page.bytes),
                Answer::Is(Fetched::Unchanged) => return Ok(Vec::new()),
            }
        }
        Err(FetchError::Redirects)
    }

    /// Makes a request until it is answered, or until it makes no sense any more.
    async fn tries(&self, url: &Url, known: &Version, pause: Duration, turn: &mut Turn) -> Result<Answer, FetchError> {
        let (mut backoff, mut left) = (self.patience.backoff, TRIES);
        loop {
            match turn.rest() {
                Some(rest) if rest > self.patience.retry_after => return Err(FetchError::Busy(rest)),
                Some(rest) => tokio::time::sleep(rest).await,
                None => {}
            }
            if let Some(asked) = turn.asked {
                tokio::time::sleep_until(asked + pause).await;
            }
            // Before it as well, as it may be given up in the middle.
            turn.asked = Some(Instant::now());
            let answer = self.once(url, known).await;
            turn.asked = Some(Instant::now());
            left -= 1;
            match &answer {
                // What a site asks for one page holds for all of it.
                Err(FetchError::Busy(wait)) => {
                    self.leave_alone(&origin(url), turn, *wait).await;
                    if left == 0 || *wait > self.patience.retry_after {
                        return answer;
                    }
                }
                Err(error) if error.passes() && left > 0 => {
                    tokio::time::sleep(backoff).await;
                    backoff *= 4;
                }
                _ => return answer,
            }
        }
    }

    /// Leaves a host alone for so long.
    async fn leave_alone(&self, host: &str, turn: &mut Turn, wait: Duration) {
        turn.rests_until = Some(Instant::now() + wait);
        let until = now() + wait.as_secs().cast_signed();
        if let Err(error) = self.store.keep_rest(host, until).await {
            tracing::warn!("a host that wants to be left alone is forgotten at the next start: {error}");
        }
    }

    /// Heeds what a host asked for before this process began, or of another one. Without the database, what it asked of
    /// this one still holds.
    async fn heed(&self, host: &str, turn: &mut Turn) {
        let until = self.store.rest(host).await.ok().flatten().unwrap_or_default();
        let left = Duration::from_secs(u64::try_from(until - now()).unwrap_or_default()).min(LONGEST_REST);
        turn.rests_until = turn.rests_until.max(Some(Instant::now() + left));
    }

    async fn once(&self, url: &Url, known: &Version) -> Result<Answer, FetchError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/html, text/*, application/pdf, */*;q=0.1"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let conditions = [(header::IF_NONE_MATCH, &known.etag), (header::IF_MODIFIED_SINCE, &known.last_modified)];
        for (name, value) in conditions {
            if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(name, value);
            }
        }
        let response = self.client.get(url.clone()).headers(headers).send().await?;
        let said = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let kept = |name| said(name).filter(|said| said.len() <= MOST_SAID);
        match response.status().as_u16() {
            200..=299 => {
                let version = Version { etag: kept(header::ETAG), last_modified: kept(header::LAST_MODIFIED) };
                let content_type = kept(header::CONTENT_TYPE).unwrap_or_default();
                let bytes = body::read(response).await?;
                Ok(Answer::Is(Fetched::Page(Download { url: url.clone(), bytes, content_type, version })))
            }
            304 if *known != Version::default() => Ok(Answer::Is(Fetched::Unchanged)),
            301..=303 | 307 | 308 => {
                let to = said(header::LOCATION).unwrap_or_default();
                let to = url.join(&to).map_err(|_| FetchError::NoAddress(to))?;
                admit(to.as_str(), self.loopback).map(Answer::Moved)
            }
            404 => Err(FetchError::Missing),
            410 => Err(FetchError::Gone),
            status @ (401 | 402 | 403 | 407 | 451) => Err(FetchError::Forbidden(status)),
            status @ (429 | 503) => Err(retry_after(&response).map_or(FetchError::Status(status), FetchError::Busy)),
            status => Err(FetchError::Status(status)),
        }
    }
}

/// The host of an address: whatever is asked of one is asked one after the other.
pub(super) fn host_of(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), |url| origin(&url))
}

/// A host, as pages of it have it in common.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The pause that a site asks for: seconds, or a time.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).ok()?,
    };
    Some(wait.min(LONGEST_REST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_many_hosts_those_are_remembered_that_are_asked() {
        let data = std::env::temp_dir().join("sacrum-hosts");
        let store = Store::open(&data, Some("sqlite::memory:")).await.unwrap();
        let fetcher = Fetcher::new(store.into(), false).unwrap();
        let of = |name: &str| Url::parse(&format!("https://{name}.example.org/")).unwrap();
        let waited_for = fetcher.host(&of("waited-for")).await;
        fetcher.host(&of("asked")).await.lock().await.turn.asked = Some(Instant::now());
        for number in 0..3 * HOSTS_KEPT {
            fetcher.host(&of(&format!("host-{number}"))).await;
            assert!(fetcher.hosts.lock().await.len() <= HOSTS_KEPT);
        }
        assert!(Arc::ptr_eq(&waited_for, &fetcher.host(&of("waited-for")).await));
        assert!(fetcher.host(&of("asked")).await.lock().await.wants_a_pause());
    }
}
