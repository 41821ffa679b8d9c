//! Which texts each generation quotes.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::Row;

use super::{CommunityId, Store, StoreError, body, id, now, place, read, url_of};
use crate::corpus::Source;

/// How many generations are kept, the newest: here, and as compiled files.
pub const GENERATIONS_KEPT: usize = 5;
/// A text that was kept so many seconds ago, and is still named by nothing, is not needed.
const ON_ITS_WAY: i64 = 24 * 3600;

/// An original that a generation quotes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The id of its source.
    pub id: String,
    /// The source itself, where it is not one of the corpus folder.
    pub source: Option<Source>,
    /// The hash of its text.
    pub text: String,
}

/// All originals that a generation quotes, by id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Manifest(Vec<Entry>);

impl Manifest {
    /// Puts an original in, in place of one of the same source.
    pub fn put(&mut self, entry: Entry) {
        match self.0.binary_search_by(|of| of.id.cmp(&entry.id)) {
            Ok(at) => self.0[at] = entry,
            Err(at) => self.0.insert(at, entry),
        }
    }

    /// Keeps the originals of these sources, and no others.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|entry| keep(&entry.id));
    }

    /// The original of a source.
    #[must_use]
    pub fn get(&self, source: &str) -> Option<&Entry> {
        self.0.binary_search_by(|of| of.id.as_str().cmp(source)).ok().map(|at| &self.0[at])
    }

    /// The originals.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// A name for exactly these originals; empty where there are none.
    #[must_use]
    pub fn state(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        hex::encode(&Sha256::digest(body(self))[..8])
    }
}

/// A generation, as the history shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// Its number.
    pub number: i64,
    /// The name of its originals.
    #[serde(skip)]
    pub state: String,
    /// What made it: a command.
    pub cause: String,
    /// How many documents it has.
    pub documents: i64,
    /// How many passages.
    pub passages: i64,
    /// When it was made, in seconds since 1970.
    pub made_at: i64,
}

impl Store {
    /// Writes a generation of a community down, unless its newest one is the same; its number. Only who holds the
    /// community's lock may. `state` is the manifest's.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_generation(
        &self,
        community: CommunityId,
        state: &str,
        manifest: &Manifest,
        cause: &str,
        documents: usize,
        passages: usize,
    ) -> Result<i64, StoreError> {
        let newest = self.generations(community).await?.into_iter().next();
        if let Some(newest) = newest.filter(|newest| newest.state == state) {
            return Ok(newest.number);
        }
        let query = sqlx::query(
            "INSERT INTO generations (community, number, state, cause, manifest, documents, passages, made_at) \
             SELECT $7, COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6 FROM generations WHERE community = $7 \
             RETURNING number",
        );
        let query = query.bind(state.to_owned()).bind(cause.to_owned()).bind(body(manifest));
        let query = query.bind(count(documents)).bind(count(passages)).bind(now()).bind(id(community.0));
        let number = self.soon(query.fetch_one(&self.pool)).await?.try_get(0)?;
        Ok(number)
    }

    /// Forgets all generations of a community but the newest and the one that is served, and the texts that nobody
    /// needs any more.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_old_generations(&self, community: CommunityId, served: &str) -> Result<(), StoreError> {
        let old = sqlx::query(
            "DELETE FROM generations WHERE community = $1 AND state <> $2 AND number NOT IN \
             (SELECT number FROM generations WHERE community = $1 ORDER BY number DESC LIMIT $3)",
        );
        let old = old.bind(id(community.0)).bind(served.to_owned()).bind(count(GENERATIONS_KEPT));
        self.soon(old.execute(&self.pool)).await?;
        self.forget_unused_texts().await
    }

    /// Forgets the texts that nobody needs any more.
    pub(super) async fn forget_unused_texts(&self) -> Result<(), StoreError> {
        let unused = sqlx::query(
            "DELETE FROM texts WHERE kept_at < $1 AND hash NOT IN (SELECT text FROM pages WHERE text IS NOT NULL) \
             AND hash NOT IN (SELECT held FROM pages WHERE held IS NOT NULL) \
             AND NOT EXISTS (SELECT 1 FROM generations WHERE manifest LIKE '%' || texts.hash || '%')",
        );
        self.soon(unused.bind(now() - ON_ITS_WAY).execute(&self.pool)).await?;
        Ok(())
    }

    /// Serves a set of originals to a community from now on, in every process that shares this database: those of the
    /// generation with this number.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn serve(&self, community: CommunityId, state: &str, number: i64) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO served (community, state, number) VALUES ($1, $2, $3) \
             ON CONFLICT (community) DO UPDATE SET state = excluded.state, number = excluded.number",
        );
        self.soon(query.bind(id(community.0)).bind(state.to_owned()).bind(number).execute(&self.pool)).await?;
        Ok(())
    }

    /// The number of the generation that is served to a community; `None` where it is not known.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn served_number(&self, community: CommunityId) -> Result<Option<i64>, StoreError> {
        let query = sqlx::query("SELECT number FROM served WHERE community = $1").bind(id(community.0));
        let row = self.soon(query.fetch_optional(&self.pool)).await?;
        Ok(row.map(|row| row.try_get::<Option<i64>, _>(0)).transpose()?.flatten())
    }

    /// The name of the originals that are served to each community; those to which none ever were are missing.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn served(&self) -> Result<HashMap<CommunityId, String>, StoreError> {
        let rows = self.soon(sqlx::query("SELECT community, state FROM served").fetch_all(&self.pool)).await?;
        let state =
            |row: sqlx::any::AnyRow| Ok((CommunityId(row.try_get::<i64, _>(0)?.cast_unsigned()), row.try_get(1)?));
        rows.into_iter().map(state).collect()
    }

    /// The same, of a database that is opened for this alone, by somebody who waits for it no longer than this.
    ///
    /// # Errors
    /// Where the database fails, or not soon.
    pub async fn served_at(
        data: &Path,
        url: Option<&str>,
        patience: Duration,
    ) -> Result<HashMap<CommunityId, String>, StoreError> {
        let ask = async {
            let store = Self::open(data, url).await?;
            let served = store.served().await;
            store.close().await;
            served
        };
        let late = |_| Err(StoreError::Slow { place: place(&url_of(data, url)), patience });
        tokio::time::timeout(patience, ask).await.unwrap_or_else(late)
    }

    /// The generations of a community that are kept, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn generations(&self, community: CommunityId) -> Result<Vec<Made>, StoreError> {
        let query = sqlx::query(
            "SELECT number, state, cause, documents, passages, made_at FROM generations WHERE community = $1 \
             ORDER BY number DESC",
        );
        let made = |row: sqlx::any::AnyRow| {
            Ok(Made {
                number: row.try_get(0)?,
                state: row.try_get(1)?,
                cause: row.try_get(2)?,
                documents: row.try_get(3)?,
                passages: row.try_get(4)?,
                made_at: row.try_get(5)?,
            })
        };
        self.soon(query.bind(id(community.0)).fetch_all(&self.pool)).await?.into_iter().map(made).collect()
    }

    /// Which originals of a community go by a name; `None` where that is not known.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn manifest(&self, community: CommunityId, state: &str) -> Result<Option<Manifest>, StoreError> {
        if state.is_empty() {
            return Ok(Some(Manifest::default()));
        }
        let query = sqlx::query(
            "SELECT manifest FROM generations WHERE community = $1 AND state = $2 ORDER BY number DESC LIMIT 1",
        );
        let row = self.soon(query.bind(id(community.0)).bind(state.to_owned()).fetch_optional(&self.pool)).await?;
        row.map(|row| read(&row.try_get::<String, _>(0)?)).transpose()
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
