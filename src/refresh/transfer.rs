//! Export and import: what moderators and members gave, as JSON Lines, to another machine.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::{RefreshError, Refresher};
use crate::corpus::{Corpus, OriginalText, Source, json_lines};
use crate::store::{CommunityId, CommunitySettings, Deed, Entry, FeedbackOf, GapOf, Manifest, Page, PageState};

/// So many lines of the audit log are taken along.
const MOST_DEEDS: u32 = 100_000;

/// A line of an export.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Source { community: u64, source: Source, text: Option<OriginalText> },
    Settings { community: u64, settings: CommunitySettings },
    Gap(GapOf),
    Feedback(FeedbackOf),
    Audit(Deed),
}

/// What an import brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Sources that moderators had added.
    pub sources: usize,
    /// Communities' settings.
    pub settings: usize,
    /// Questions asked in vain.
    pub gaps: usize,
    /// Answers that were marked unhelpful.
    pub feedback: usize,
    /// Lines of the audit log.
    pub deeds: usize,
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
        for (community, source, hash) in self.store.sources_of_all().await? {
            if !told(community.0) {
                continue;
            }
            let text = match hash {
                Some(hash) => self.store.text(&hash).await?.map(|(text, _)| text),
                None => None,
            };
            lines.push(Line::Source { community: community.0, source, text });
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

    /// Brings back what was exported, and serves its sources. What is there already stays.
    ///
    /// # Errors
    /// Where a line cannot be read, or the sources make no good generation; nothing is imported then.
    pub async fn import(&self, who: &str, text: &str) -> Result<Imported, RefreshError> {
        let lines = json_lines::<Line>(text)
            .map(|(line, read)| read.map_err(|source| RefreshError::Line { line, source }))
            .collect::<Result<Vec<Line>, _>>()?;
        let corpus = self.corpus().await?;
        let named = lines.iter().filter_map(|line| match line {
            Line::Source { community, .. } => Some(*community),
            _ => None,
        });
        let mut ready = Vec::new();
        for community in named.chain([self.community.0]).collect::<BTreeSet<u64>>() {
            let of = self.of(CommunityId(community));
            let lock = of.lock().await?;
            let (ground, manifest) = (of.ground().await?, of.with_imported(&corpus, &lines).await?);
            let prepared = of.prepare(&ground, &manifest, None).await?;
            ready.push((of, lock, ground, manifest, prepared));
        }
        let mut imported = Imported::default();
        for line in lines {
            match line {
                Line::Source { community: 0, source, .. } if corpus.source(&source.id).is_some() => {}
                Line::Source { community, source, text } => {
                    imported.sources += 1;
                    self.store.add_source(CommunityId(community), &source).await?;
                    let mut page = Page { text: text.map(|text| text.hash()), ..Page::new(&source) };
                    page.fares(PageState::Good, String::new());
                    self.store.keep_page(CommunityId(community), &page).await?;
                }
                Line::Settings { community, settings } => {
                    imported.settings += 1;
                    self.store.set_settings(CommunityId(community), &settings).await?;
                }
                Line::Gap(gap) => {
                    imported.gaps += 1;
                    self.store.keep_gap(&gap).await?;
                }
                Line::Feedback(feedback) => {
                    imported.feedback += 1;
                    self.store.keep_feedback(&feedback).await?;
                }
                Line::Audit(deed) => {
                    imported.deeds += 1;
                    self.store.keep_deed(&deed).await?;
                }
            }
        }
        for (of, _lock, ground, manifest, prepared) in ready {
            let served = of.serve(&ground, &manifest, "import", prepared).await?;
            if of.community == self.community {
                imported.generation = served.generation;
            }
        }
        self.log(who, "import", "", &format!("{} sources", imported.sources)).await?;
        Ok(imported)
    }

    /// What is served, with the sources that a file has for it.
    async fn with_imported(&self, corpus: &Corpus, lines: &[Line]) -> Result<Manifest, RefreshError> {
        let mut manifest = self.served().await?;
        for line in lines {
            if let Line::Source { community, source, text: Some(text) } = line
                && *community == self.community.0
                && corpus.source(&source.id).is_none()
            {
                let text = self.store.keep_text(text).await?;
                manifest.put(Entry { id: source.id.clone(), source: Some(source.clone()), text });
            }
        }
        Ok(manifest)
    }
}
