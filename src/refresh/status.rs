//! How the corpus stands: each source, and the generations that are kept.

use serde::{Serialize, Serializer};

use super::{Hint, RefreshError, Refresher, Report, clock, held};
use crate::store::PageState;

/// How the corpus stands.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// The generation that answers; none where nothing but the corpus folder does.
    pub generation: Option<Generation>,
    /// When all sources were last refreshed.
    pub refreshed_at: Option<String>,
    /// Every source that is downloaded.
    pub sources: Vec<SourceStatus>,
}

/// How a source stands.
#[derive(Debug, Clone, Serialize)]
pub struct SourceStatus {
    /// Its id.
    pub source: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Whether a moderator added it; else it is one of the corpus folder's.
    pub added: bool,
    /// How its page fares; nothing where it was not asked for yet.
    #[serde(serialize_with = "by_name")]
    pub state: Option<PageState>,
    /// Since when.
    pub since: Option<String>,
    /// When it was last asked for.
    pub checked_at: Option<String>,
    /// When the text that can be quoted was copied.
    pub copied_at: Option<String>,
    /// Whether it can be quoted now.
    pub quoted: bool,
    /// Whether a text waits for a moderator's yes.
    pub held: bool,
    /// Why it is not good.
    pub reason: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Hint>,
}

impl SourceStatus {
    /// The name of its state; `never` where it was not asked for yet.
    #[must_use]
    pub fn state_name(&self) -> &'static str {
        name_of(self.state)
    }

    /// Since when its page has not been as it should.
    #[must_use]
    pub fn troubled_since(&self) -> Option<&str> {
        use PageState::{Failing, Gone, Held, Refused};
        self.since.as_deref().filter(|_| matches!(self.state, Some(Failing | Held | Gone | Refused)))
    }
}

fn name_of(state: Option<PageState>) -> &'static str {
    state.map_or("never", PageState::name)
}

fn by_name<S: Serializer>(state: &Option<PageState>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(name_of(*state))
}

/// A generation that is kept.
#[derive(Debug, Clone, Serialize)]
pub struct Generation {
    /// Its number.
    pub number: i64,
    /// What made it: a command.
    pub cause: String,
    /// When.
    pub made_at: String,
    /// How many documents it has.
    pub documents: i64,
    /// How many passages.
    pub passages: i64,
    /// How many of its documents are originals.
    pub originals: usize,
    /// Whether it answers now.
    pub current: bool,
}

impl Refresher {
    /// The generations that are kept, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn history(&self) -> Result<Vec<Generation>, RefreshError> {
        let made = self.store.generations(self.community).await?;
        let served = self.served_of(&made).await?.map(|served| served.number);
        let mut history = Vec::new();
        for made in made {
            let current = Some(made.number) == served;
            let manifest = self.store.manifest(self.community, &made.state).await?.unwrap_or_default();
            history.push(Generation {
                number: made.number,
                cause: made.cause,
                made_at: clock::moment(made.made_at),
                documents: made.documents,
                passages: made.passages,
                originals: manifest.entries().len(),
                current,
            });
        }
        Ok(history)
    }

    /// How the corpus stands.
    ///
    /// # Errors
    /// Where the corpus folder has faults, or the database fails.
    pub async fn status(&self) -> Result<Status, RefreshError> {
        if self.state().await != super::current(&self.place()) {
            // Another process serves it, or one that was killed began to: it answers here from now on, as is told.
            self.answerer().await?;
        }
        let corpus = self.ground().await?.corpus;
        let served = self.served().await?;
        let pages = self.store.pages(self.community).await?;
        let mut sources = Vec::new();
        for (source, added) in self.sources(&corpus).await? {
            let page = pages.iter().find(|page| page.source == source.id);
            let entry = served.entries().iter().find(|entry| entry.id == source.id);
            let copied_at = match entry {
                Some(entry) => self.store.text(&entry.text).await?.map(|(_, at)| clock::moment(at)),
                None => None,
            };
            sources.push(SourceStatus {
                added,
                state: page.map(|page| page.state),
                since: page.map(|page| clock::moment(page.since)),
                checked_at: page.map(|page| clock::moment(page.checked_at)),
                copied_at,
                quoted: entry.is_some(),
                held: page.is_some_and(|page| page.held.is_some()),
                hint: page.and_then(held::hint),
                reason: page.filter(|page| page.state != PageState::Good).map(|page| page.reason.clone()),
                source: source.id,
                title: source.title,
                url: source.url,
            });
        }
        let last = self.store.last_report::<Report>(self.community, "").await?;
        Ok(Status {
            generation: self.history().await?.into_iter().find(|generation| generation.current),
            refreshed_at: last.map(|(_, at, _)| clock::moment(at)),
            sources,
        })
    }
}
