//! Export and import: what moderators and members gave, as JSON Lines, to another machine.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::{EVERYBODY, Order, RefreshError, Refresher, clean};
use crate::corpus::{OriginalText, Source, json_lines};
use crate::store::{CommunityId, CommunitySettings, Deed, Entry, FeedbackOf, GapOf, Page, PageState, now};

/// So many lines of the audit log are taken along.
const MOST_DEEDS: u32 = 100_000;

/// A line of an export.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    /// One that a moderator added.
    Source {
        community: u64,
        source: Source,
        text: Option<OriginalText>,
        #[serde(flatten)]
        fares: Option<Fares>,
    },
    /// One of the corpus folder that a moderator removed, or whose newest text waits for a moderator or was refused by
    /// one: then with the one before, which is quoted.
    Page {
        community: u64,
        source: String,
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<OriginalText>,
        #[serde(flatten)]
        fares: Fares,
    },
    Settings {
        community: u64,
        settings: CommunitySettings,
    },
    Gap(GapOf),
    Feedback(FeedbackOf),
    Audit(Deed),
}

/// How a source's page fared there. Files of older versions lack it.
#[derive(Clone, Serialize, Deserialize)]
struct Fares {
    /// When its text was copied.
    copied_at: Option<i64>,
    /// A text that waits for a yes.
    held: Option<OriginalText>,
    /// The hash of a text that a moderator said no to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    state: PageState,
    reason: String,
    since: i64,
    checked_at: i64,
}

impl Fares {
    /// A page that fares so; its texts are kept elsewhere.
    fn page(&self, page: Page) -> Page {
        let Self { state, since, checked_at, held, .. } = self;
        let (held, refused) = (held.as_ref().map(OriginalText::hash), self.refused.clone());
        Page {
            held,
            refused,
            state: *state,
            reason: self.reason.clone(),
            since: *since,
            checked_at: *checked_at,
            ..page
        }
    }
}

/// What an import brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Sources that moderators had added.
    pub sources: usize,
    /// Sources of the corpus folder that moderators had removed, or whose newest text they had refused or have to look at.
    pub removed: usize,
    /// Communities' settings.
    pub settings: usize,
    /// Questions asked in vain.
    pub gaps: usize,
    /// Answers that were marked unhelpful.
    pub feedback: usize,
    /// Lines of the audit log.
    pub deeds: usize,
    /// What was there already, and stays as it is.
    pub kept: usize,
    /// The generation that answers now.
    pub generation: Option<i64>,
}

impl Refresher {
    /// Writes what was given: sources with their texts, settings, gaps, feedback, the audit log. How many lines. Of
    /// settings those of `server`, where not those of all are told.
    ///
    /// # Errors
    /// Where the database fails or nothing can be written.
    pub async fn export(&self, server: CommunityId, out: &mut (dyn Write + Send)) -> Result<usize, RefreshError> {
        let told = |community: u64| self.told_of.is_none_or(|of| of.0 == community);
        let mut lines = Vec::new();
        for (community, source, page) in self.store.sources_of_all().await? {
            if !told(community.0) {
                continue;
            }
            let (text, fares) = match &page {
                Some(page) => self.fares(page).await?,
                None => (None, None),
            };
            lines.push(Line::Source { community: community.0, source, text, fares });
        }
        let added = |id: &str| {
            lines.iter().any(|line| matches!(line, Line::Source { community: 0, source, .. } if source.id == id))
        };
        let waits = |page: &Page| page.refused.is_some() || page.held.is_some();
        let decided = |page: &Page| page.state == PageState::Removed || waits(page);
        let pages = self.store.pages(EVERYBODY).await?.into_iter().filter(|_| told(EVERYBODY.0));
        let pages: Vec<Page> = pages.filter(|page| decided(page) && !added(&page.source)).collect();
        for page in pages {
            let (text, Some(fares)) = self.fares(&page).await? else { continue };
            let text = text.filter(|_| waits(&page));
            lines.push(Line::Page { community: EVERYBODY.0, source: page.source, url: page.url, text, fares });
        }
        for (community, settings) in self.store.settings_of_all().await? {
            if self.told_of.is_none() || community == server {
                lines.push(Line::Settings { community: community.0, settings });
            }
        }
        let gaps = self.store.gaps_of_all().await?.into_iter().filter(|gap| told(gap.community));
        lines.extend(gaps.map(Line::Gap));
        let feedback = self.store.feedback_of_all().await?.into_iter().filter(|of| told(of.community));
        lines.extend(feedback.map(Line::Feedback));
        lines.extend(self.deeds(MOST_DEEDS).await?.into_iter().rev().map(Line::Audit));
        for line in &lines {
            serde_json::to_writer(&mut *out, line).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        Ok(lines.len())
    }

    /// The text of a page, and how it fares.
    async fn fares(&self, page: &Page) -> Result<(Option<OriginalText>, Option<Fares>), RefreshError> {
        let (text, copied_at) = match &page.text {
            Some(hash) => self.store.text(hash).await?.unzip(),
            None => (None, None),
        };
        let held = self.text(page.held.as_deref()).await?;
        let Page { state, since, checked_at, .. } = *page;
        let (reason, refused) = (page.reason.clone(), page.refused.clone());
        Ok((text, Some(Fares { copied_at, held, refused, state, reason, since, checked_at })))
    }

    /// Brings back what was exported, and serves its sources and the texts that refusals go with. What is there already
    /// stays.
    ///
    /// # Errors
    /// Where a line cannot be read or taken, or the sources make no good generation; nothing is imported then.
    pub async fn import(&self, order: &Order<'_>, text: &str) -> Result<Imported, RefreshError> {
        let lines = json_lines::<Line>(text.as_bytes())
            .map(|(line, read)| Ok((line, read.map_err(|why| RefreshError::Line { line, why })?)))
            .collect::<Result<Vec<(usize, Line)>, RefreshError>>()?;
        let named = lines.iter().filter_map(|(_, line)| match line {
            Line::Source { community, .. } | Line::Page { community, .. } => Some(*community),
            _ => None,
        });
        let mut ready = Vec::new();
        for community in named.chain([self.community.0]).collect::<BTreeSet<u64>>() {
            let of = self.of(CommunityId(community));
            let lock = of.lock(order).await?;
            let ground = of.ground().await?;
            let known = of.sources(&ground.corpus).await?.into_iter().map(|(source, _)| source);
            let mut known: Vec<Source> = known.collect();
            known.extend(ground.corpus.sources().cloned());
            let pages = of.store.pages(of.community).await?;
            let (mut manifest, mut new) = (of.served().await?, Vec::new());
            for (line, given) in &lines {
                let (source, page, text, fares) = match given {
                    Line::Source { community: its, source, text, fares } if *its == community => {
                        if known.iter().any(|of| of.is_same(source)) {
                            continue;
                        }
                        let unfit = |error| RefreshError::Unfit { line: *line, error: Box::new(error) };
                        let source = of.admit_source(source, text.as_ref()).map_err(unfit)?;
                        known.push(source.clone());
                        let page = Page::new(&source);
                        (Some(source), page, text, fares.as_ref())
                    }
                    Line::Page { community: its, source, url, text, fares } if *its == community && of.is_shared() => {
                        if pages.iter().any(|page| page.source == *source) {
                            continue;
                        }
                        (None, Page::at(source, url), text, Some(fares))
                    }
                    _ => continue,
                };
                let page = if order.dry_run { page } else { of.keep_given(page, text.as_ref(), fares).await? };
                if let Some(text) = &page.text {
                    manifest.put(Entry { id: page.source.clone(), source: source.clone(), text: text.clone() });
                }
                new.push((source, page));
            }
            let prepared = match order.dry_run {
                true => None,
                false => Some(of.prepare(order, &ground, &manifest, None).await?),
            };
            ready.push((of, lock, ground, manifest, prepared, new));
        }
        let mut imported = self.import_others(order, &lines).await?;
        imported.kept +=
            lines.iter().filter(|(_, line)| matches!(line, Line::Source { .. } | Line::Page { .. })).count();
        for (of, _lock, ground, manifest, prepared, new) in ready {
            imported.kept -= new.len();
            imported.sources += new.iter().filter(|(source, _)| source.is_some()).count();
            imported.removed += new.iter().filter(|(source, _)| source.is_none()).count();
            let Some(prepared) = prepared else { continue };
            for (source, page) in &new {
                match source {
                    Some(source) => of.store.add_source(of.community, source, page).await?,
                    None => of.store.keep_page(of.community, page).await?,
                }
            }
            let served = of.serve(&ground, &manifest, "import", prepared).await?;
            if of.community == self.community {
                imported.generation = served.generation;
            }
        }
        if !order.dry_run {
            let came = format!("{} sources, {} kept", imported.sources, imported.kept);
            self.log(order.who, "import", "", &came).await?;
        }
        Ok(imported)
    }

    /// Refuses a source that could not have been added here.
    fn admit_source(&self, source: &Source, text: Option<&OriginalText>) -> Result<Source, RefreshError> {
        if !self.is_id(&source.id) {
            return Err(RefreshError::BadId(source.id.clone()));
        }
        let url = self.fetcher.admit(&source.url)?.to_string();
        text.map_or(Ok(()), |text| self.takes(text))?;
        Ok(Source {
            title: clean::title(&source.title),
            publisher: clean::title(&source.publisher),
            url,
            ..source.clone()
        })
    }

    /// Keeps the texts that were given with a page; the page as it fares.
    async fn keep_given(
        &self,
        mut page: Page,
        text: Option<&OriginalText>,
        fares: Option<&Fares>,
    ) -> Result<Page, RefreshError> {
        page.fares(PageState::Good, String::new());
        if let Some(fares) = fares {
            page = fares.page(page);
        }
        if let Some(text) = text {
            let copied_at = fares.and_then(|fares| fares.copied_at);
            page.text = Some(self.store.keep_text_of(text, copied_at.unwrap_or_else(now)).await?);
        }
        if let Some(held) = fares.and_then(|fares| fares.held.as_ref()) {
            self.store.keep_text(held).await?;
        }
        Ok(page)
    }

    /// Brings back all that is no source.
    async fn import_others(&self, order: &Order<'_>, lines: &[(usize, Line)]) -> Result<Imported, RefreshError> {
        let (mut imported, mut kept) = (Imported::default(), 0);
        let known = self.known_others(order).await?;
        for (_, line) in lines {
            let (count, is_new) = match line {
                Line::Source { .. } | Line::Page { .. } => continue,
                Line::Settings { community, settings } => {
                    let is_new = !known.settings.contains(community);
                    if is_new && !order.dry_run {
                        self.store.set_settings(CommunityId(*community), settings).await?;
                    }
                    (&mut imported.settings, is_new)
                }
                Line::Gap(gap) => (
                    &mut imported.gaps,
                    match order.dry_run {
                        true => !known.gaps.contains(&(gap.community, gap.question.clone())),
                        false => self.store.keep_gap(gap).await?,
                    },
                ),
                Line::Feedback(of) => (
                    &mut imported.feedback,
                    match order.dry_run {
                        true => !known.answers.contains(&of.answer),
                        false => self.store.keep_feedback(of).await?,
                    },
                ),
                Line::Audit(deed) => (
                    &mut imported.deeds,
                    match order.dry_run {
                        true => !known.deeds.contains(deed),
                        false => self.store.keep_deed(deed).await?,
                    },
                ),
            };
            if is_new { *count += 1 } else { kept += 1 }
        }
        Ok(Imported { kept, ..imported })
    }

    /// What is there of all that is no source. Beside settings it is looked up where nothing is to be changed alone:
    /// else the database says of each line whether it is new.
    async fn known_others(&self, order: &Order<'_>) -> Result<KnownOthers, RefreshError> {
        let settings = self.store.settings_of_all().await?.into_iter().map(|(of, _)| of.0).collect();
        if !order.dry_run {
            return Ok(KnownOthers { settings, ..KnownOthers::default() });
        }
        let gaps = self.store.gaps_of_all().await?.into_iter().map(|gap| (gap.community, gap.question)).collect();
        let answers = self.store.feedback_of_all().await?.into_iter().map(|of| of.answer).collect();
        let deeds = self.store.deeds(None, MOST_DEEDS).await?.into_iter().collect();
        Ok(KnownOthers { settings, gaps, answers, deeds })
    }
}

/// What is there before an import, beside sources.
#[derive(Default)]
struct KnownOthers {
    settings: HashSet<u64>,
    gaps: HashSet<(u64, String)>,
    answers: HashSet<String>,
    deeds: HashSet<Deed>,
}
