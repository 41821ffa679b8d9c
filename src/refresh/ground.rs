//! What a set of originals is put on: the corpus folder, and for a community what all share as well.
//!
//! So a community's generation is a whole one, made by the same code: its own texts are weighed among all
//! others, however few they are, and nothing of it lies where another community could find it.

use std::sync::Arc;

use super::serving::{self, Base};
use super::{EVERYBODY, RefreshError, Refresher};
use crate::answer::Answerer;
use crate::corpus::Corpus;
use crate::store::Manifest;

pub(super) struct Ground {
    pub(super) corpus: Corpus,
    /// The name of the originals that all share, where the set is a community's.
    shared: Option<String>,
    /// What was compiled on it before.
    base: Option<Arc<Base>>,
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
        let shared = serving::served(&self.store, &self.data, EVERYBODY).await;
        let base = {
            let (folder, data, shared) = (self.folder.clone(), self.data.clone(), shared.clone());
            tokio::task::spawn_blocking(move || serving::base(&folder, &data, &shared).map(Arc::new)).await?
        };
        let mut ground = Ground { corpus, shared: None, base };
        if !self.is_shared() {
            let manifest = self.store.manifest(EVERYBODY, &shared).await?.ok_or(RefreshError::Forgotten)?;
            ground.corpus = self.whole(&ground, &manifest).await?;
            ground.shared = Some(shared);
        }
        Ok(ground)
    }

    /// The ground with a set of originals.
    pub(super) async fn whole(&self, ground: &Ground, manifest: &Manifest) -> Result<Corpus, RefreshError> {
        let before = ground.base.as_ref().map(|base| &base.corpus);
        Ok(serving::whole(&ground.corpus, &self.store, manifest, before).await?)
    }

    /// Compiles the whole of a ground and a set of originals of this name; `to_last` says whether it has to lie in the
    /// data folder.
    pub(super) async fn compile(
        &self,
        ground: &Ground,
        whole: Corpus,
        state: &str,
        to_last: bool,
    ) -> Result<(Answerer, Corpus), RefreshError> {
        let (folder, place, name) = (self.folder.clone(), self.place(), ground.name(state));
        let (base, spared) = (ground.base.clone(), self.spared());
        let compile = move || {
            let base = base.as_deref();
            let answerer = match to_last {
                true => serving::build_to_last(&whole, &folder, &place, &name, spared, base)?,
                false => serving::build(&whole, &folder, &place, &name, spared, base)?.answerer,
            };
            Ok::<_, RefreshError>((answerer, whole))
        };
        tokio::task::spawn_blocking(compile).await?
    }
}
