//! The answerers of communities that have sources of their own: opened when somebody asks there, and only the
//! last few are kept open.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::follow::AFTER_FAILURE;
use super::ground::name_on;
use super::serving::{self, current};
use super::{EVERYBODY, RefreshError, Refresher};
use crate::answer::Answerer;
use crate::store::CommunityId;

/// So many are open at once.
const OPEN: usize = 8;

/// What is served to each community, and the answerers that are open.
pub(super) struct Communities {
    served: Mutex<HashMap<CommunityId, String>>,
    /// The one that was asked last stands last.
    open: Mutex<VecDeque<(CommunityId, Arc<Place>)>>,
}

/// One that is open, or is being opened: whoever asks meanwhile waits for that.
#[derive(Default)]
struct Place(tokio::sync::Mutex<Open>);

#[derive(Default)]
struct Open {
    /// The name of what it answers from, and the answerer.
    answerer: Option<(String, Arc<Answerer>)>,
    failed: Option<Instant>,
}

impl Communities {
    /// Begins with what the data folder says.
    pub(super) fn new(refresher: &Refresher) -> Self {
        Self { served: Mutex::new(serving::communities(&refresher.data)), open: Mutex::default() }
    }

    /// Takes note of what is served. Those to which nothing is served any more are closed.
    pub(super) fn are_served(&self, served: HashMap<CommunityId, String>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|(of, _)| served.contains_key(of));
        drop(open);
        *self.served.lock().unwrap_or_else(PoisonError::into_inner) = served;
    }

    /// Those that have sources of their own.
    pub(super) fn all(&self) -> Vec<CommunityId> {
        let served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.iter().filter(|(of, own)| **of != EVERYBODY && !own.is_empty()).map(|(of, _)| *of).collect()
    }

    /// What answers in a community that has sources of its own; `None` where only what all share does.
    pub(super) async fn answerer(&self, refresher: &Refresher, community: CommunityId) -> Option<Arc<Answerer>> {
        let (shared, own) = {
            let served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
            let own = served.get(&community).filter(|own| community != EVERYBODY && !own.is_empty())?.clone();
            (served.get(&EVERYBODY).cloned(), own)
        };
        let name = name_on(&shared.unwrap_or_else(|| current(&refresher.data)), &own);
        let place = self.place(community);
        let mut open = place.0.lock().await;
        let is_it = |(of, _): &&(String, Arc<Answerer>)| *of == name;
        let waits = open.failed.is_some_and(|at| at.elapsed() < AFTER_FAILURE);
        if open.answerer.as_ref().filter(is_it).is_none() && !waits {
            match refresher.of(community).open(&name, &own).await {
                Ok(answerer) => *open = Open { answerer: Some((name, Arc::new(answerer))), failed: None },
                Err(error) => {
                    open.failed = Some(Instant::now());
                    tracing::error!("a community's own sources cannot be opened, and it does without for now: {error}");
                }
            }
        }
        open.answerer.as_ref().map(|(_, answerer)| Arc::clone(answerer))
    }

    /// The place of a community; that of the one that was asked longest ago is given up for it.
    fn place(&self, community: CommunityId) -> Arc<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let at = open.iter().position(|(of, _)| *of == community);
        let (_, place) = at.and_then(|at| open.remove(at)).unwrap_or((community, Arc::default()));
        open.push_back((community, Arc::clone(&place)));
        if open.len() > OPEN {
            open.pop_front();
        }
        place
    }
}

impl Refresher {
    /// What answers from what is served.
    ///
    /// # Errors
    /// Where it cannot be opened or compiled.
    pub async fn answerer(&self) -> Result<Answerer, RefreshError> {
        let state = self.state().await;
        let name = match self.is_shared() {
            true => state.clone(),
            false => name_on(&serving::served(&self.store, &self.data, EVERYBODY).await, &state),
        };
        self.open(&name, &state).await
    }

    /// Opens what is served: `name` is under what it should be compiled, `state` its originals. Where it is not
    /// compiled yet, it is now.
    pub(super) async fn open(&self, name: &str, state: &str) -> Result<Answerer, RefreshError> {
        let (folder, place, name) = (self.folder.clone(), self.place(), name.to_owned());
        let there = tokio::task::spawn_blocking(move || serving::open(&folder, &place, &name)).await?;
        let answerer = match there {
            Some(answerer) => answerer,
            None => {
                let ground = self.ground().await?;
                let manifest = self.store.manifest(self.community, state).await?.ok_or(RefreshError::Forgotten)?;
                self.compile(&ground, self.whole(&ground, &manifest).await?, state, false).await?.0
            }
        };
        if current(&self.place()) != state {
            // Served from another machine: this one's next start begins with it, too.
            serving::point(&self.place(), state)?;
        }
        Ok(answerer)
    }
}
