//! The pages of sources: their last good texts, and how they fared.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{CommunityId, Store, StoreError, body, id, now, read};
use crate::corpus::{OriginalText, Source};

/// How a page fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// It was there the last time.
    Good,
    /// It could not be had or read; its last good text is quoted.
    Failing,
    /// What came looks wrong; a moderator has to say.
    Held,
    /// It is gone for good; its last good text is quoted.
    Gone,
    /// A moderator said no to what came; the last good text is quoted.
    Refused,
    /// A moderator does not want it.
    Removed,
}

impl PageState {
    const ALL: [(Self, &str); 6] = [
        (Self::Good, "good"),
        (Self::Failing, "failing"),
        (Self::Held, "held"),
        (Self::Gone, "gone"),
        (Self::Refused, "refused"),
        (Self::Removed, "removed"),
    ];

    /// Its name, as it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("good", |(_, name)| name)
    }

    fn named(name: &str) -> Self {
        Self::ALL.iter().find(|(_, of)| *of == name).map_or(Self::Failing, |(state, _)| *state)
    }
}

/// What is known of a source's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The source.
    pub source: String,
    /// Where it was when it was last asked for.
    pub url: String,
    /// What the site calls the version that we have.
    pub etag: Option<String>,
    /// When the site says that version was made.
    pub last_modified: Option<String>,
    /// The hash of its last good text.
    pub text: Option<String>,
    /// The hash of a text that waits for a moderator's yes.
    pub held: Option<String>,
    /// The hash of a text that a moderator said no to, as long as the page says it.
    pub refused: Option<String>,
    /// How it fares.
    pub state: PageState,
    /// Why, where it is not good.
    pub reason: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// When it was last asked for.
    pub checked_at: i64,
    /// How many days running it was not there.
    pub misses: i64,
    /// When it was last found not to be there.
    pub missed_at: i64,
}

impl Page {
    /// A page that was never asked for.
    #[must_use]
    pub fn new(source: &Source) -> Self {
        Self::at(&source.id, &source.url)
    }

    /// The same for the source with this id, at this address.
    #[must_use]
    pub fn at(source: &str, url: &str) -> Self {
        Self {
            source: source.to_owned(),
            url: url.to_owned(),
            etag: None,
            last_modified: None,
            text: None,
            held: None,
            refused: None,
            state: PageState::Good,
            reason: String::new(),
            since: now(),
            checked_at: 0,
            misses: 0,
            missed_at: 0,
        }
    }

    /// Says how it fares now, and since when, where that is new.
    pub fn fares(&mut self, state: PageState, reason: String) {
        if self.state != state {
            self.since = now();
        }
        self.state = state;
        self.reason = reason;
        self.checked_at = now();
    }
}

impl Store {
    /// What is known of every page of a community.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn pages(&self, community: CommunityId) -> Result<Vec<Page>, StoreError> {
        let query = sqlx::query(
            "SELECT source, url, etag, last_modified, text, held, state, reason, since, checked_at, misses, missed_at, \
             refused FROM pages WHERE community = $1 ORDER BY source",
        );
        let page = |row: sqlx::any::AnyRow| {
            Ok(Page {
                source: row.try_get(0)?,
                url: row.try_get(1)?,
                etag: row.try_get(2)?,
                last_modified: row.try_get(3)?,
                text: row.try_get(4)?,
                held: row.try_get(5)?,
                state: PageState::named(&row.try_get::<String, _>(6)?),
                reason: row.try_get(7)?,
                since: row.try_get(8)?,
                checked_at: row.try_get(9)?,
                misses: row.try_get(10)?,
                missed_at: row.try_get(11)?,
                refused: row.try_get(12)?,
            })
        };
        self.soon(query.bind(id(community.0)).fetch_all(&self.pool)).await?.into_iter().map(page).collect()
    }

    /// Keeps what is known of a page.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_page(&self, community: CommunityId, page: &Page) -> Result<(), StoreError> {
        self.soon(keep(&self.pool, community, page)).await
    }

    /// Keeps a text that was copied now; its hash.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_text(&self, text: &OriginalText) -> Result<String, StoreError> {
        self.keep_text_of(text, now()).await
    }

    /// Keeps a text that was copied at a time; its hash.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_text_of(&self, text: &OriginalText, copied_at: i64) -> Result<String, StoreError> {
        let hash = text.hash();
        let query = sqlx::query(
            "INSERT INTO texts (hash, body, copied_at, kept_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (hash) DO UPDATE SET kept_at = excluded.kept_at",
        );
        self.soon(query.bind(hash.clone()).bind(body(text)).bind(copied_at).bind(now()).execute(&self.pool)).await?;
        Ok(hash)
    }

    /// The text with a hash, and when it was first copied.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn text(&self, hash: &str) -> Result<Option<(OriginalText, i64)>, StoreError> {
        let query = sqlx::query("SELECT body, copied_at FROM texts WHERE hash = $1").bind(hash.to_owned());
        let Some(row) = self.soon(query.fetch_optional(&self.pool)).await? else { return Ok(None) };
        Ok(Some((read(&row.try_get::<String, _>(0)?)?, row.try_get(1)?)))
    }
}

/// Keeps what is known of a page, perhaps together with something else.
pub(super) async fn keep(
    on: impl sqlx::AnyExecutor<'_>,
    community: CommunityId,
    page: &Page,
) -> Result<(), sqlx::Error> {
    let query = sqlx::query(
        "INSERT INTO pages (source, url, etag, last_modified, text, held, state, reason, since, checked_at, misses, \
         missed_at, community, refused) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (community, source) DO UPDATE SET \
         url = excluded.url, etag = excluded.etag, last_modified = excluded.last_modified, text = excluded.text, \
         held = excluded.held, state = excluded.state, reason = excluded.reason, since = excluded.since, \
         checked_at = excluded.checked_at, misses = excluded.misses, missed_at = excluded.missed_at, \
         refused = excluded.refused",
    );
    let page = page.clone();
    let query = query.bind(page.source).bind(page.url).bind(page.etag).bind(page.last_modified).bind(page.text);
    let query = query.bind(page.held).bind(page.state.name()).bind(page.reason).bind(page.since).bind(page.checked_at);
    query.bind(page.misses).bind(page.missed_at).bind(id(community.0)).bind(page.refused).execute(on).await?;
    Ok(())
}
