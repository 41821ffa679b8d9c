//! What a set of originals is put on: the corpus folder, and for a community what all share as well.
//!
//! So a community's generation is a whole one, made by the same code: its own texts are weighed among all
//! others, however few they are, and nothing of it lies where another community could find it.

use super::serving::{self, originals};
use super::{EVERYBODY, RefreshError, Refresher};
use crate::corpus::Corpus;
use crate::store::Manifest;

pub(super) struct Ground {
    pub(super) corpus: Corpus,
    /// The name of the originals that all share, where the set is a community's.
    shared: Option<String>,
}

impl Ground {
    /// The name under which a set of originals on this ground is compiled.
    pub(super) fn name(&self, state: &str) -> String {
        self.shared.as_ref().map_or_else(|| state.to_owned(), |shared| name_on(shared, state))
    }
}

/// The name under which a community's originals are compiled, on those that all share.
pub(super) fn name_on(shared: &str, state: &str) -> String {
    format!("{shared}-{state}")
}

impl Refresher {
    /// The corpus folder.
    pub(super) async fn corpus(&self) -> Result<Corpus, RefreshError> {
        let folder = self.folder.clone();
        Ok(tokio::task::spawn_blocking(move || Corpus::open(&folder)).await??)
    }

    /// The ground for its originals.
    pub(super) async fn ground(&self) -> Result<Ground, RefreshError> {
        let corpus = self.corpus().await?;
        if self.is_shared() {
            return Ok(Ground { corpus, shared: None });
        }
        let shared = serving::served(&self.store, &self.data, EVERYBODY).await;
        let manifest = self.store.manifest(EVERYBODY, &shared).await?.ok_or(RefreshError::Forgotten)?;
        let corpus = self.whole(&corpus, &manifest).await?;
        Ok(Ground { corpus, shared: Some(shared) })
    }

    /// A corpus with a set of originals.
    pub(super) async fn whole(&self, corpus: &Corpus, manifest: &Manifest) -> Result<Corpus, RefreshError> {
        let mut whole = corpus.clone();
        for original in originals(corpus, &self.store, manifest).await? {
            whole.add_original(original);
        }
        Ok(whole)
    }
}
