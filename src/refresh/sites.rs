//! The sites that a refresh asks: hosts side by side, each of them for one page after the other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Mutex;

use super::clean::{CleanError, Cleaned};
use super::fetch::{FetchError, Fetched, Version, host_of};
use super::{RefreshError, Refresher};
use crate::corpus::{OriginalText, Source};
use crate::store::Page;

/// So many hosts are asked side by side.
const MOST_HOSTS: usize = 4;

/// A source that is to be asked for.
pub(super) struct Due<'a> {
    /// Which one of all it is.
    pub(super) place: usize,
    pub(super) source: &'a Source,
    /// Whether a moderator added it.
    pub(super) added: bool,
    pub(super) page: Page,
}

/// What came of one.
pub(super) struct Asked<'a> {
    pub(super) due: Due<'a>,
    /// Its last good text.
    pub(super) before: Option<OriginalText>,
    /// Nothing where no site was asked.
    pub(super) came: Option<CameOf>,
}

/// A page with its version, if it is another one than the one that is known.
pub(super) type CameOf = Result<Option<(Cleaned, Version)>, Fault>;

/// Why nothing good came.
pub(super) enum Fault {
    Fetch(FetchError),
    Clean(CleanError),
    /// More than a community's source may have.
    Long(RefreshError),
}

/// The pages of one host that come next.
type Host<'a> = VecDeque<Due<'a>>;

/// All that are to be asked.
pub(super) struct Sites<'a> {
    refresher: &'a Refresher,
    /// Whether they are asked at all; else the known texts are told.
    asks: bool,
    /// Until when.
    until: Option<Instant>,
    /// Held while a page is read: one after the other, as each may take much memory.
    reading: Arc<Mutex<()>>,
    hosts: VecDeque<Host<'a>>,
    asking: FuturesUnordered<BoxFuture<'a, Result<(Asked<'a>, Host<'a>), RefreshError>>>,
    /// The sources that are asked for now, the one that was asked for first before the others.
    under_way: Vec<&'a str>,
}

impl<'a> Sites<'a> {
    pub(super) fn of(
        refresher: &'a Refresher,
        all: impl Iterator<Item = Due<'a>>,
        asks: bool,
        until: Option<Instant>,
    ) -> Self {
        let mut hosts: Vec<(String, Host<'a>)> = Vec::new();
        for due in all {
            let host = host_of(&due.source.url);
            match hosts.iter_mut().find(|(of, _)| *of == host) {
                Some((_, pages)) => pages.push_back(due),
                None => hosts.push((host, [due].into())),
            }
        }
        let hosts = hosts.into_iter().map(|(_, pages)| pages).collect();
        let (reading, asking, under_way) = (Arc::default(), FuturesUnordered::new(), Vec::new());
        Self { refresher, asks, until, reading, hosts, asking, under_way }
    }

    /// How many sources are still to be asked for.
    pub(super) fn len(&self) -> usize {
        self.under_way.len() + self.hosts.iter().map(VecDeque::len).sum::<usize>()
    }

    /// Turns to as many hosts as may be asked side by side; the id of the source that is waited for longest.
    pub(super) fn ask(&mut self) -> Option<&'a str> {
        while self.asking.len() < MOST_HOSTS
            && let Some(mut host) = self.hosts.pop_front()
            && let Some(due) = host.pop_front()
        {
            self.under_way.push(&due.source.id);
            let asked = self.refresher.ask(due, self.asks, self.until, Arc::clone(&self.reading));
            self.asking.push(Box::pin(async { Ok((asked.await?, host)) }));
        }
        self.under_way.first().copied()
    }

    /// What came first of those that are asked for.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) async fn next(&mut self) -> Result<Option<Asked<'a>>, RefreshError> {
        let Some(came) = self.asking.next().await else { return Ok(None) };
        let (asked, host) = came?;
        self.under_way.retain(|id| *id != asked.due.source.id);
        if !host.is_empty() {
            self.hosts.push_front(host);
        }
        Ok(Some(asked))
    }
}

impl Refresher {
    /// Asks for a source's page, if there is time.
    async fn ask<'a>(
        &self,
        due: Due<'a>,
        asks: bool,
        until: Option<Instant>,
        reading: Arc<Mutex<()>>,
    ) -> Result<Asked<'a>, RefreshError> {
        let before = self.text(due.page.text.as_deref()).await?;
        let asks = asks && until.is_none_or(|until| Instant::now() < until);
        let came = if asks { Some(self.see(&due, before.is_some(), &reading).await?) } else { None };
        Ok(Asked { due, before, came })
    }

    /// Downloads a page and reads it, where it is another one than the one that is known.
    async fn see(&self, due: &Due<'_>, is_known: bool, reading: &Mutex<()>) -> Result<CameOf, RefreshError> {
        let Due { source, page, .. } = due;
        // What a site said of a version says nothing about another address.
        let known = if is_known && page.url == source.url {
            Version { etag: page.etag.clone(), last_modified: page.last_modified.clone() }
        } else {
            Version::default()
        };
        Ok(match self.fetcher.get(&source.url, &known).await {
            Ok(Fetched::Unchanged) => Ok(None),
            Ok(Fetched::Page(download)) => {
                let (worker, version) = (self.worker.clone(), download.version.clone());
                let turn = reading.lock().await;
                let read = tokio::task::spawn_blocking(move || worker.clean(&download)).await?;
                drop(turn);
                let read = read.map_err(Fault::Clean);
                read.and_then(|read| self.takes(&read.text).map(|()| Some((read, version))).map_err(Fault::Long))
            }
            Err(error) => Err(Fault::Fetch(error)),
        })
    }
}
