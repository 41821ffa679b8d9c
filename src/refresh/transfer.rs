//! Export and import: what moderators and members gave, as JSON Lines, to another machine.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::{RefreshError, Refresher};
use crate::corpus::{OriginalText, Source, json_lines};
use crate::store::{CommunityId, CommunitySettings, Deed, Entry, GapOf, Page, PageState};

/// So many lines of the audit log are taken along.
const MOST_DEEDS: u32 = 100_000;

/// A line of an export.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Source { community: u64, source: Source, text: Option<OriginalText> },
    Settings { community: u64, settings: CommunitySettings },
    Gap(GapOf),
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
    /// Lines of the audit log.
    pub deeds: usize,
    /// The generation that answers now.
    pub generation: Option<i64>,
}

impl Refresher {
    /// Writes what was given: sources with their texts, settings, gaps, the audit log. How many lines.
    ///
    /// # Errors
    /// Where the database fails or nothing can be written.
    pub async fn export(&self, out: &mut (dyn Write + Send)) -> Result<usize, RefreshError> {
        let mut lines = Vec::new();
        for (community, source, hash) in self.store.sources_of_all().await? {
            let text = match hash {
                Some(hash) => self.store.text(&hash).await?.map(|(text, _)| text),
                None => None,
            };
            lines.push(Line::Source { community: community.0, source, text });
        }
        for (community, settings) in self.store.settings_of_all().await? {
            lines.push(Line::Settings { community: community.0, settings });
        }
        lines.extend(self.store.gaps_of_all().await?.into_iter().map(Line::Gap));
        lines.extend(self.store.deeds(MOST_DEEDS).await?.into_iter().rev().map(Line::Audit));
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
        let _lock = self.lock().await?;
        let lines = json_lines::<Line>(text)
            .map(|(line, read)| read.map_err(|source| RefreshError::Line { line, source }))
            .collect::<Result<Vec<Line>, _>>()?;
        let corpus = self.corpus().await?;
        let mut manifest = self.served().await?;
        let mut imported = Imported::default();
        for line in &lines {
            if let Line::Source { community: 0, source, text: Some(text) } = line
                && corpus.source(&source.id).is_none()
            {
                let text = self.store.keep_text(text).await?;
                manifest.put(Entry { id: source.id.clone(), source: Some(source.clone()), text });
            }
        }
        let prepared = self.prepare(self.whole(&corpus, &manifest).await?, &manifest, None).await?;
        for line in lines {
            match line {
                Line::Source { source, .. } if corpus.source(&source.id).is_some() => {}
                Line::Source { community, source, text } => {
                    imported.sources += 1;
                    self.store.add_source(CommunityId(community), &source).await?;
                    let mut page = Page { text: text.map(|text| text.hash()), ..Page::new(&source) };
                    page.fares(PageState::Good, String::new());
                    self.store.keep_page(&page).await?;
                }
                Line::Settings { community, settings } => {
                    imported.settings += 1;
                    self.store.set_settings(CommunityId(community), &settings).await?;
                }
                Line::Gap(gap) => {
                    imported.gaps += 1;
                    self.store.keep_gap(&gap).await?;
                }
                Line::Audit(deed) => {
                    imported.deeds += 1;
                    self.store.keep_deed(&deed).await?;
                }
            }
        }
        imported.generation = self.serve(&corpus, &manifest, "import", prepared).await?.generation;
        self.store.log(who, "import", "", &format!("{} sources", imported.sources)).await?;
        Ok(imported)
    }
}
