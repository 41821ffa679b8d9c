//! A refresh: each source is asked, what came is compared with what is known, and the next generation
//! is made of what is good.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use super::change::Change;
use super::doubt::doubt;
use super::fetch::FetchError;
use super::report::{Came, Outcome, Progress, Report};
use super::sites::{Asked, CameOf, Due, Fault, Sites};
use super::{Ground, Hint, Order, RefreshError, Refresher, held};
use crate::corpus::{Corpus, OriginalText, Source};
use crate::store::{Entry, Manifest, Page, PageState, now};

/// So often a page must be missing, each time on another day, until it is taken for gone.
const MISSES: i64 = 3;
/// Two misses count as two when so much time lies between them, in seconds: a day, less what schedules sway.
const BETWEEN_MISSES: i64 = 20 * 3600;

/// What a refresh is to do.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Only this source.
    pub source: Option<String>,
    /// Take the text of it that was held back, if its hash begins with this: the one that somebody looked at. Where
    /// this is empty, whichever it is.
    pub accept: Option<String>,
}

/// What a page turned out to be.
struct Seen {
    came: Came,
    reason: Option<String>,
    hint: Option<Hint>,
    change: Change,
    words: usize,
    /// A text that is to be kept.
    text: Option<OriginalText>,
}

impl Refresher {
    /// Downloads the sources again, and serves what came.
    ///
    /// Where another refresh is under way, it waits for that one; if that one was of the same kind, its report
    /// is this one's.
    ///
    /// # Errors
    /// Where the next generation cannot be made; what was served still is. That a source fails is no error: the
    /// report says so.
    pub async fn run(&self, order: &Order<'_>, wish: &Wish) -> Result<Report, RefreshError> {
        let began = Instant::now();
        let subject = wish.source.clone().unwrap_or_default();
        let seen = self.store.last_report::<Report>(self.community, &subject).await?.map(|(number, ..)| number);
        let lock = self.lock(order).await?;
        if lock.as_ref().is_some_and(|lock| lock.waited)
            && wish.accept.is_none()
            && let Some((number, _, report)) = self.store.last_report::<Report>(self.community, &subject).await?
            && Some(number) != seen
        {
            return Ok(Report { joined: true, number, ..report });
        }
        let ground = self.ground().await?;
        let sources = self.wanted(&ground.corpus, wish).await?;
        let what = if wish.accept.is_some() { "accept" } else { "refresh" };
        let mut report = match self.renew(order, &ground, &sources, wish).await {
            Ok(report) => report,
            Err(error) => {
                if !order.dry_run {
                    // Where this fails as well, the first error tells more.
                    let _ = self.log(order.who, what, &subject, &error.to_string().replace('\n', " ")).await;
                }
                return Err(error);
            }
        };
        report.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        if !order.dry_run {
            self.log(order.who, what, &subject, &report.summary()).await?;
            report.number = self.store.keep_report(self.community, &subject, &report).await?;
        }
        Ok(report)
    }

    /// Asks for sources, and serves what is good of what came.
    async fn renew(
        &self,
        order: &Order<'_>,
        ground: &Ground,
        sources: &[(Source, bool)],
        wish: &Wish,
    ) -> Result<Report, RefreshError> {
        let mut pages: HashMap<String, Page> =
            self.store.pages(self.community).await?.into_iter().map(|page| (page.source.clone(), page)).collect();
        let mut manifest = self.served().await?;
        let mut report = Report { dry_run: order.dry_run, ..Report::default() };
        let is_asked = |source: &Source| source.refresh || wish.accept.is_some();
        let mut asked: Vec<&(Source, bool)> = sources.iter().filter(|(source, _)| is_asked(source)).collect();
        let until = self.until();
        if until.is_some() {
            // What was not come to the last time is asked for first.
            asked.sort_by_key(|(source, _)| pages.get(&source.id).map(|page| page.checked_at));
        }
        let is_wanted = |page: &Page| page.state != PageState::Removed || wish.source.is_some();
        let due = asked.into_iter().enumerate().map(|(place, (source, added))| {
            let page = pages.get(&source.id).cloned().unwrap_or_else(|| Page::new(source));
            Due { place, source, added: *added, page }
        });
        let mut sites = Sites::of(self, due.filter(|due| is_wanted(&due.page)), wish.accept.is_none(), until);
        let (of, mut outcomes) = (sites.len(), Vec::new());
        let mut renamed: HashMap<&str, Source> = HashMap::new();
        while let Some(id) = sites.ask() {
            order.tell(Progress::Source { done: outcomes.len(), of, id });
            let Some(asked) = sites.next().await? else { break };
            let (place, source) = (asked.due.place, asked.due.source);
            let (page, seen, named) = self.note(order, ground, wish, &manifest, asked).await?;
            pages.insert(source.id.clone(), page);
            outcomes.push((place, outcome(named.as_ref().unwrap_or(source), seen)));
            renamed.extend(named.map(|named| (source.id.as_str(), named)));
        }
        // They are told in the order of the sources, whichever host answered first.
        outcomes.sort_by_key(|(place, _)| *place);
        report.sources.extend(outcomes.into_iter().map(|(_, outcome)| outcome));
        if wish.source.is_none() {
            let is_quoted = |id: &str| pages.get(id).is_none_or(|page| page.state != PageState::Removed);
            let known: HashSet<&str> = sources.iter().map(|(source, _)| source.id.as_str()).collect();
            let stays = |id: &str| known.contains(id) && is_quoted(id);
            report.sources.extend(manifest.entries().iter().filter(|of| !stays(&of.id)).map(removed));
            manifest.retain(stays);
        }
        // What a moderator wrote is never asked for, and is quoted like all others.
        for (source, added) in sources {
            let page = pages.get(&source.id).filter(|page| page.state != PageState::Removed || wish.source.is_some());
            if let Some(text) = page.and_then(|page| page.text.clone()) {
                let source = renamed.get(source.id.as_str()).unwrap_or(source);
                manifest.put(Entry { id: source.id.clone(), source: added.then(|| source.clone()), text });
            }
        }
        if !order.dry_run {
            self.serve_good(order, ground, sources, manifest, &mut pages, &mut report).await?;
        }
        Ok(report)
    }

    /// Notes what came of a page, and keeps what is good of it: the page as it is known now, what it turned out to be,
    /// and the source where it calls itself otherwise.
    async fn note(
        &self,
        order: &Order<'_>,
        ground: &Ground,
        wish: &Wish,
        served: &Manifest,
        asked: Asked<'_>,
    ) -> Result<(Page, Seen, Option<Source>), RefreshError> {
        let Asked { due: Due { source, added, mut page, .. }, before, came } = asked;
        let mut seen = match (&wish.accept, came) {
            (Some(looked_at), _) => self.accept(&mut page, before.as_ref(), looked_at).await?,
            (None, None) => leave(before.as_ref()),
            (None, Some(came)) => {
                page.url.clone_from(&source.url);
                if wish.source.is_some() {
                    page.refused = None;
                }
                judge(&mut page, before.as_ref(), came, &ground.corpus.settings.language)
            }
        };
        if seen.came == Came::Unchanged && served.get(&source.id).map(|of| &of.text) != page.text.as_ref() {
            // It says what it said, and not what is quoted: that refresh came to nothing, or somebody went back.
            seen = self.against_served(served.get(&source.id), &page, seen).await?;
        }
        let text = seen.text.as_ref().filter(|_| added && page.state == PageState::Good);
        let named = text.map(|text| source.as_named_by(before.as_ref(), text)).filter(|named| named != source);
        if !order.dry_run {
            if let Some(text) = &seen.text {
                self.store.keep_text(text).await?;
            }
            match &named {
                Some(named) => self.store.add_source(self.community, named, &page).await?,
                None => self.store.keep_page(self.community, &page).await?,
            }
        }
        if named.is_some() && seen.came == Came::Unchanged {
            seen.came = Came::Changed;
        }
        Ok((page, seen, named))
    }

    /// Serves a set of originals, without those that break the checks: they are held back.
    async fn serve_good(
        &self,
        order: &Order<'_>,
        ground: &Ground,
        sources: &[(Source, bool)],
        mut manifest: Manifest,
        pages: &mut HashMap<String, Page>,
        report: &mut Report,
    ) -> Result<(), RefreshError> {
        let prepared = match self.prepare(order, ground, &manifest, None).await {
            Err(RefreshError::Checks(faults)) => {
                let sifted = self.sift(order, ground, &manifest, faults).await?;
                for broken in sifted.broken {
                    let Some(page) = pages.get_mut(&broken.source) else { continue };
                    broken.hold(page);
                    let source = sources.iter().find(|(source, _)| source.id == broken.source);
                    match source {
                        // It is called as the text before calls it.
                        Some((source, true)) => self.store.add_source(self.community, source, page).await?,
                        _ => self.store.keep_page(self.community, page).await?,
                    }
                    report.hold(source.map(|(source, _)| outcome(source, held_back(broken.reason))));
                }
                manifest = sifted.manifest;
                sifted.prepared
            }
            prepared => prepared?,
        };
        (report.documents, report.passages) = (prepared.documents, prepared.passages);
        let served = self.serve(ground, &manifest, "refresh", prepared).await?;
        (report.generation, report.swapped) = (served.generation, served.swapped);
        Ok(())
    }

    /// The sources that a wish is about.
    async fn wanted(&self, corpus: &Corpus, wish: &Wish) -> Result<Vec<(Source, bool)>, RefreshError> {
        let mut sources = self.sources(corpus).await?;
        let Some(id) = &wish.source else { return Ok(sources) };
        if wish.accept.is_none() && sources.iter().any(|(source, _)| source.id == *id && !source.refresh) {
            return Err(RefreshError::Written(id.clone()));
        }
        if !sources.iter().any(|(source, _)| source.id == *id) {
            if corpus.source(id).is_some() && !self.is_shared() {
                return Err(RefreshError::Shared(id.clone()));
            }
            if corpus.source(id).is_some() {
                return Err(RefreshError::NotAllowed(id.clone()));
            }
            return Err(RefreshError::unknown_source(id, &sources));
        }
        sources.retain(|(source, _)| source.id == *id);
        Ok(sources)
    }

    /// Takes the text that was held back, if it is the one that was looked at.
    async fn accept(
        &self,
        page: &mut Page,
        before: Option<&OriginalText>,
        looked_at: &str,
    ) -> Result<Seen, RefreshError> {
        let Some(held) = page.held.take() else { return Err(RefreshError::NothingHeld(page.source.clone())) };
        if !held.starts_with(looked_at) {
            return Err(RefreshError::OtherHeld { id: page.source.clone(), text: held::name(&held) });
        }
        let after = self.text(Some(&held)).await?.unwrap_or_default();
        page.text = Some(held);
        // The version that the site named belongs to the text before.
        (page.etag, page.last_modified) = (None, None);
        page.fares(PageState::Good, String::new());
        let change = Change::between(before.unwrap_or(&OriginalText::default()), &after);
        Ok(Seen { came: Came::Changed, reason: None, hint: None, change, words: after.words(), text: Some(after) })
    }

    /// What a page whose text stays the same changes in what is quoted.
    async fn against_served(&self, served: Option<&Entry>, page: &Page, seen: Seen) -> Result<Seen, RefreshError> {
        let before = self.text(served.map(|of| of.text.as_str())).await?;
        let Some(after) = self.text(page.text.as_deref()).await? else { return Ok(seen) };
        let came = if before.is_some() { Came::Changed } else { Came::Added };
        let change = before.map(|before| Change::between(&before, &after)).unwrap_or_default();
        Ok(Seen { came, change, ..seen })
    }

    /// The text with this hash.
    pub(super) async fn text(&self, hash: Option<&str>) -> Result<Option<OriginalText>, RefreshError> {
        let Some(hash) = hash else { return Ok(None) };
        Ok(self.store.text(hash).await?.map(|(text, _)| text))
    }
}

/// Leaves a page as it is known, as there is no time for it any more.
fn leave(before: Option<&OriginalText>) -> Seen {
    let (words, reason) = (before.map_or(0, OriginalText::words), Some(RefreshError::OutOfTime.to_string()));
    Seen { came: Came::Failed, reason, hint: None, change: Change::default(), words, text: None }
}

/// Decides what came of a page, and notes it there.
fn judge(page: &mut Page, before: Option<&OriginalText>, came: CameOf, language: &str) -> Seen {
    let words = before.map_or(0, OriginalText::words);
    let stays = |came, reason: &str| Seen {
        came,
        reason: Some(reason.to_owned()),
        hint: None,
        change: Change::default(),
        words,
        text: None,
    };
    if !matches!(came, Err(Fault::Fetch(FetchError::Missing))) {
        page.misses = 0;
    }
    match came {
        Ok(None) => {
            page.held = None;
            page.fares(PageState::Good, String::new());
            Seen { reason: None, ..stays(Came::Unchanged, "") }
        }
        Ok(Some((read, version))) => {
            let hash = read.text.hash();
            let change = before.map(|before| Change::between(before, &read.text)).unwrap_or_default();
            let is_new = page.text.as_ref() != Some(&hash);
            if page.refused.as_ref() == Some(&hash) {
                page.held = None;
                page.fares(PageState::Refused, held::REFUSED.to_owned());
                return stays(Came::Unchanged, held::REFUSED);
            }
            if let Some(doubt) = before.filter(|_| is_new).and_then(|before| doubt(before, &read, language)) {
                page.held = Some(hash);
                page.fares(PageState::Held, doubt);
                let hint = held::hint(page);
                return Seen { change, hint, text: Some(read.text), ..stays(Came::HeldBack, &page.reason) };
            }
            let text = read.text;
            let came = match before {
                None => Came::Added,
                Some(_) if is_new => Came::Changed,
                Some(_) => Came::Unchanged,
            };
            (page.etag, page.last_modified) = (version.etag, version.last_modified);
            (page.text, page.held, page.refused) = (Some(hash), None, None);
            page.fares(PageState::Good, String::new());
            Seen { came, reason: None, hint: None, change, words: text.words(), text: Some(text) }
        }
        Err(Fault::Fetch(error @ FetchError::Gone)) => {
            page.fares(PageState::Gone, error.to_string());
            stays(Came::Gone, &page.reason)
        }
        Err(Fault::Fetch(error @ FetchError::Missing)) => {
            if page.misses == 0 || now() - page.missed_at >= BETWEEN_MISSES {
                page.misses += 1;
                page.missed_at = now();
            }
            let gone = page.misses >= MISSES || page.state == PageState::Gone;
            page.fares(if gone { PageState::Gone } else { PageState::Failing }, error.to_string());
            stays(if gone { Came::Gone } else { Came::Failed }, &page.reason)
        }
        Err(Fault::Clean(error)) if error.is_wall() && before.is_some() => {
            page.fares(PageState::Held, error.to_string());
            stays(Came::HeldBack, &page.reason)
        }
        Err(fault) => {
            let reason = match fault {
                Fault::Fetch(error) => error.to_string(),
                Fault::Clean(error) => error.to_string(),
                Fault::Long(error) => error.to_string(),
            };
            page.fares(PageState::Failing, reason);
            stays(Came::Failed, &page.reason)
        }
    }
}

/// What is told of an original that is quoted no more.
fn removed(entry: &Entry) -> Outcome {
    let (title, url) = entry.source.as_ref().map(|of| (of.title.clone(), of.url.clone())).unwrap_or_default();
    let reason = "it is no source any more that may be downloaded, so it is quoted no more";
    Outcome {
        source: entry.id.clone(),
        title,
        url,
        result: Came::Removed,
        reason: Some(reason.to_owned()),
        hint: None,
        words: 0,
        change: Change::default(),
    }
}

/// What is told of a source whose text breaks the checks.
fn held_back(reason: String) -> Seen {
    Seen { came: Came::HeldBack, reason: Some(reason), hint: None, change: Change::default(), words: 0, text: None }
}

fn outcome(source: &Source, seen: Seen) -> Outcome {
    Outcome {
        source: source.id.clone(),
        title: source.title.clone(),
        url: source.url.clone(),
        result: seen.came,
        reason: seen.reason,
        hint: seen.hint,
        words: seen.words,
        change: seen.change,
    }
}
