//! Which of the texts that came break the checks of the next generation: those are held back, and no others.

use super::{Ground, Order, Prepared, RefreshError, Refresher};
use crate::store::{Entry, Manifest, Page, PageState};

/// The next generation without what breaks it.
pub(super) struct Sifted {
    pub(super) manifest: Manifest,
    pub(super) prepared: Prepared,
    pub(super) broken: Vec<Broken>,
}

/// A text with which the checks fail.
pub(super) struct Broken {
    pub(super) source: String,
    /// The text of that source that is served, if one is.
    served: Option<String>,
    pub(super) reason: String,
}

impl Broken {
    /// Holds the text back: what is served of the source goes on being served.
    pub(super) fn hold(&self, page: &mut Page) {
        page.held = page.text.take();
        page.text.clone_from(&self.served);
        // The version that the site named is that of the text that waits.
        (page.etag, page.last_modified) = (None, None);
        page.fares(PageState::Held, self.reason.clone());
    }
}

impl Refresher {
    /// Prepares a generation whose checks failed with these faults, without the texts that are to blame. They are
    /// found by halves, as most texts are good.
    pub(super) async fn sift(
        &self,
        order: &Order<'_>,
        ground: &Ground,
        wanted: &Manifest,
        faults: Vec<String>,
    ) -> Result<Sifted, RefreshError> {
        let served = self.served().await?;
        let mut manifest = served.clone();
        manifest.retain(|id| wanted.get(id).is_some());
        let is_new = |entry: &&Entry| served.get(&entry.id).is_none_or(|of| of.text != entry.text);
        // What only calls or dates itself otherwise breaks nothing.
        wanted.entries().iter().filter(|entry| !is_new(entry)).for_each(|entry| manifest.put(entry.clone()));
        let mut prepared = match self.prepare(order, ground, &manifest, None).await {
            // Nothing that came is to blame.
            Err(RefreshError::Checks(_)) => return Err(RefreshError::Checks(faults)),
            prepared => prepared?,
        };
        let mut broken = Vec::new();
        let mut groups = vec![wanted.entries().iter().filter(is_new).collect::<Vec<_>>()];
        while let Some(mut group) = groups.pop() {
            let mut with = manifest.clone();
            group.iter().for_each(|entry| with.put((*entry).clone()));
            match (self.prepare(order, ground, &with, None).await, group.as_slice()) {
                (Ok(passes), _) => (manifest, prepared) = (with, passes),
                (Err(RefreshError::Checks(faults)), [entry]) => broken.push(Broken {
                    source: entry.id.clone(),
                    served: served.get(&entry.id).map(|of| of.text.clone()),
                    reason: format!("with what it says now the checks fail: {}", faults.join("; ")),
                }),
                (Err(RefreshError::Checks(_)), _) => {
                    let rest = group.split_off(group.len() / 2);
                    groups.extend([rest, group]);
                }
                (Err(error), _) => return Err(error),
            }
        }
        Ok(Sifted { manifest, prepared, broken })
    }
}
