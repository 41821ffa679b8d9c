//! Adding and removing sources, and going back to an older generation.

use super::clean::Cleaned;
use super::fetch::{FetchError, Fetched, Version};
use super::{Change, Ground, Order, Progress, RefreshError, Refresher, clean, doubt, serving};
use crate::corpus::{Corpus, OriginalText, Source};
use crate::store::{Entry, Manifest, Page, PageState};

/// Ids are made no longer than this, in characters.
const ID_CHARS: usize = 60;
/// With a first word and a number they may be as long as this.
const LONGEST_ID: usize = 80;
/// The first word of the ids of a community's own sources.
const OWN: &str = "own";
/// A text of fewer words answers nothing.
const LEAST_WORDS: usize = 5;

/// A source that was added.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Added {
    /// The source.
    pub source: Source,
    /// How many words of it can be quoted.
    pub words: usize,
    /// Its sentences, as far as they are told.
    pub change: Change,
    /// The generation that answers now.
    pub generation: Option<i64>,
    /// Whether nothing was to be changed.
    pub dry_run: bool,
}

/// A source that is to be added, with its text and what is known of its page.
struct New {
    source: Source,
    text: OriginalText,
    page: Page,
}

/// What a moderator wrote.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// What it is about; best the question that it answers.
    pub title: &'a str,
    /// The text, in Markdown.
    pub text: &'a str,
    /// Where it can be checked.
    pub link: &'a str,
}

impl Refresher {
    /// Downloads a page, makes a source of it, and serves it at once: the next answer can quote it.
    ///
    /// # Errors
    /// Where the page cannot be quoted, with what to do; nothing has changed then.
    pub async fn add(&self, order: &Order<'_>, url: &str, title: Option<&str>) -> Result<Added, RefreshError> {
        let _lock = self.lock(order).await?;
        let ground = self.ground().await?;
        let corpus = &ground.corpus;
        let sources = self.sources(corpus).await?;
        self.refuse_known(corpus, &sources, url)?;
        self.has_room(sources.len())?;
        order.tell(Progress::Page(url));
        let Fetched::Page(download) = self.fetcher.get(url, &Version::default()).await? else {
            return Err(FetchError::Status(304).into());
        };
        let (page_url, version, worker) = (download.url.clone(), download.version.clone(), self.worker.clone());
        self.refuse_known(corpus, &sources, page_url.as_str())?;
        let cleaned = tokio::task::spawn_blocking(move || worker.clean(&download)).await??;
        self.takes(&cleaned.text)?;
        doubt::in_language(&corpus.settings.language, &cleaned)?;
        let text = cleaned.text;
        let host = page_url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
        let own = Some(text.title.clone()).filter(|title| !title.is_empty());
        let source = Source {
            id: self.new_id(corpus, &sources, &format!("{host}{}", page_url.path())),
            title: title.map(clean::title).or(own).unwrap_or_else(|| host.clone()),
            publisher: host,
            url: page_url.to_string(),
            kind: "article".to_owned(),
            published: text.published.clone(),
            licence: "all rights reserved".to_owned(),
            refresh: true,
        };
        let page = Page { etag: version.etag, last_modified: version.last_modified, ..Page::new(&source) };
        self.take_in(order, "add", &ground, New { source, text, page }).await
    }

    /// Makes a source of a text that a moderator wrote, and serves it at once. It is a summary of what stands at a
    /// link, which is shown with it and not downloaded.
    ///
    /// # Errors
    /// Where the text or the link cannot be used, with what to do; nothing has changed then.
    pub async fn write(&self, order: &Order<'_>, written: &Written<'_>) -> Result<Added, RefreshError> {
        let _lock = self.lock(order).await?;
        let ground = self.ground().await?;
        let corpus = &ground.corpus;
        let sources = self.sources(corpus).await?;
        self.has_room(sources.len())?;
        let link = self.fetcher.admit(written.link)?;
        let text = clean::written(written.title, written.text);
        if text.title.is_empty() {
            return Err(RefreshError::NoTitle);
        }
        if text.words() < LEAST_WORDS {
            return Err(RefreshError::TooShort(LEAST_WORDS));
        }
        self.takes(&text)?;
        let written = Cleaned::from(text);
        doubt::in_language(&corpus.settings.language, &written)?;
        let text = written.text;
        let source = Source {
            id: self.new_id(corpus, &sources, &format!("{} {}", Source::WRITTEN, text.title)),
            title: text.title.clone(),
            publisher: link.host_str().unwrap_or_default().trim_start_matches("www.").to_owned(),
            url: link.to_string(),
            kind: Source::WRITTEN.to_owned(),
            published: None,
            licence: "all rights reserved".to_owned(),
            refresh: false,
        };
        let page = Page::new(&source);
        self.take_in(order, "write", &ground, New { source, text, page }).await
    }

    /// Serves a new source's text, and keeps both.
    async fn take_in(&self, order: &Order<'_>, what: &str, ground: &Ground, new: New) -> Result<Added, RefreshError> {
        let New { source, text, mut page } = new;
        let change = Change::between(&Default::default(), &text);
        let mut added = Added { words: text.words(), change, generation: None, dry_run: order.dry_run, source };
        if order.dry_run {
            return Ok(added);
        }
        let source = &added.source;
        let hash = self.store.keep_text(&text).await?;
        let mut manifest = self.served().await?;
        manifest.put(Entry { id: source.id.clone(), source: Some(source.clone()), text: hash.clone() });
        let prepared = self.prepare(order, ground, &manifest, Some(&source.id)).await?;
        page.text = Some(hash);
        page.fares(PageState::Good, String::new());
        self.store.add_source(self.community, source, &page).await?;
        let served = self.serve(ground, &manifest, what, prepared).await?;
        self.log(order.who, what, &source.id, &source.url).await?;
        added.generation = served.generation;
        Ok(added)
    }

    /// Quotes a source no more; the generation that answers then. One that a moderator added is forgotten; one of the
    /// corpus folder is not downloaded again until somebody refreshes it by name.
    ///
    /// # Errors
    /// Where there is no such source.
    pub async fn remove(&self, order: &Order<'_>, id: &str) -> Result<Option<i64>, RefreshError> {
        let _lock = self.lock(order).await?;
        let ground = self.ground().await?;
        let sources = self.sources(&ground.corpus).await?;
        let mut manifest = self.served().await?;
        let Some((source, added)) = sources.iter().find(|(source, _)| source.id == id) else {
            if ground.corpus.source(id).is_some() && !self.is_shared() {
                return Err(RefreshError::Shared(id.to_owned()));
            }
            return Err(RefreshError::unknown_source(id, &sources));
        };
        manifest.retain(|of| of != id);
        if order.dry_run {
            return Ok(None);
        }
        let prepared = self.prepare(order, &ground, &manifest, None).await?;
        // First it is quoted no more, then forgotten: what fails in between can be removed again.
        let served = self.serve(&ground, &manifest, "remove", prepared).await?;
        if *added {
            self.store.remove_source(self.community, id).await?;
        } else {
            let mut page = Page::new(source);
            page.fares(PageState::Removed, "a moderator removed it".to_owned());
            self.store.keep_page(self.community, &page).await?;
        }
        self.log(order.who, "remove", id, "done").await?;
        Ok(served.generation)
    }

    /// Serves an older generation again: the one before, or the one with this number; its number. Its sources that were
    /// removed since are sources again. The next refresh serves the newest texts again.
    ///
    /// # Errors
    /// Where it is not kept.
    pub async fn rollback(&self, order: &Order<'_>, number: Option<i64>) -> Result<i64, RefreshError> {
        let _lock = self.lock(order).await?;
        let made = self.store.generations(self.community).await?;
        let served = self.served_of(&made).await?;
        let target = match number {
            Some(number) => made.iter().find(|of| of.number == number).ok_or(RefreshError::NoGeneration(number))?,
            None => {
                let mut older = made
                    .iter()
                    .filter(|of| served.is_none_or(|served| of.number < served.number && of.state != served.state));
                older.next().ok_or(RefreshError::NothingOlder)?
            }
        };
        if order.dry_run {
            return Ok(target.number);
        }
        let manifest = self.store.manifest(self.community, &target.state).await?.unwrap_or_default();
        let compiled = self.is_shared() && serving::open(&self.folder, &self.data, &target.state).is_some();
        if !compiled {
            // What it stands on may have changed since: its originals are compiled with that anew.
            self.prepare(order, &self.ground().await?, &manifest, None).await?;
        }
        self.restore(&manifest).await?;
        self.point(&target.state, target.number).await?;
        self.log(order.who, "rollback", &target.number.to_string(), "done").await?;
        Ok(target.number)
    }

    /// Makes sources of a manifest that were removed sources again.
    async fn restore(&self, manifest: &Manifest) -> Result<(), RefreshError> {
        let added = self.store.added_sources(self.community).await?;
        let is_missing = |source: &Source| added.iter().all(|of| of.id != source.id);
        let named = manifest.entries().iter();
        let missing: Vec<(&Entry, &Source)> =
            named.filter_map(|entry| Some((entry, entry.source.as_ref().filter(|of| is_missing(of))?))).collect();
        if !missing.is_empty() {
            self.has_room(added.len() + missing.len() - 1)?;
        }
        let again = |page: Page, entry: &Entry| {
            let mut page = Page { text: Some(entry.text.clone()), ..page };
            page.fares(PageState::Good, String::new());
            page
        };
        for (entry, source) in missing {
            self.store.add_source(self.community, source, &again(Page::new(source), entry)).await?;
        }
        for page in self.store.pages(self.community).await? {
            if let Some(entry) = manifest.get(&page.source).filter(|_| page.state == PageState::Removed) {
                self.store.keep_page(self.community, &again(page, entry)).await?;
            }
        }
        Ok(())
    }
}

impl Refresher {
    /// Refuses a page that is a source already, or that the corpus folder lists as one not to be downloaded.
    fn refuse_known(&self, corpus: &Corpus, sources: &[(Source, bool)], url: &str) -> Result<(), RefreshError> {
        let same = |of: &str| of.trim_end_matches('/') == url.trim().trim_end_matches('/');
        if let Some((known, _)) = sources.iter().find(|(source, _)| same(&source.url)) {
            return Err(RefreshError::Known(known.id.clone()));
        }
        match corpus.sources().find(|source| same(&source.url)) {
            Some(shared) if shared.refresh => Err(RefreshError::Shared(shared.id.clone())),
            Some(closed) => Err(RefreshError::NotAllowed(closed.id.clone())),
            None => Ok(()),
        }
    }

    /// An id that says where a page is, and that no source or document has. A community's own begin with a word of
    /// their own, so that none of those that all share is ever called the same.
    fn new_id(&self, corpus: &Corpus, sources: &[(Source, bool)], place: &str) -> String {
        let id = id_of(place);
        new_id(corpus, sources, if self.is_shared() { id } else { format!("{OWN}-{id}") })
    }

    /// Whether such ids are made here.
    pub(super) fn is_id(&self, id: &str) -> bool {
        let of_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_ours = self.is_shared() || id.strip_prefix(OWN).is_some_and(|rest| rest.starts_with('-'));
        is_ours && !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(of_id)
    }
}

/// An id that says where a page is.
fn id_of(place: &str) -> String {
    let place = place
        .rsplit_once('.')
        .filter(|(_, ending)| ending.len() <= 4 && !ending.contains('/'))
        .map_or(place, |(stem, _)| stem);
    let lower = place.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut id: String = words.collect::<Vec<_>>().join("-").chars().take(ID_CHARS).collect();
    id.truncate(id.trim_end_matches('-').len());
    id
}

/// An id that no source has: this one, or with a number.
fn new_id(corpus: &Corpus, sources: &[(Source, bool)], id: String) -> String {
    let taken = |id: &str| corpus.source(id).is_some() || sources.iter().any(|(source, _)| source.id == id);
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    std::iter::once(id.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or(id)
}
