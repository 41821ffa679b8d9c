//! What an export takes along of all communities, and an import brings back.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{CommunityId, CommunitySettings, Store, StoreError, id, soon};
use crate::corpus::Source;

/// A gap of a community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapOf {
    /// The community.
    pub community: u64,
    /// The question's words.
    pub question: String,
    /// How often it was asked.
    pub asked: u64,
    /// When first, in seconds since 1970.
    pub first_at: i64,
    /// When last.
    pub last_at: i64,
    /// Whether a moderator dealt with it.
    #[serde(default)]
    pub dismissed: bool,
}

impl Store {
    /// Every gap of every community.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn gaps_of_all(&self) -> Result<Vec<GapOf>, StoreError> {
        let query =
            sqlx::query("SELECT community, question, asked, first_at, last_at, dismissed FROM gaps ORDER BY 1, 2");
        let gap = |row: sqlx::any::AnyRow| {
            Ok(GapOf {
                community: row.try_get::<i64, _>(0)?.cast_unsigned(),
                question: row.try_get(1)?,
                asked: row.try_get::<i64, _>(2)?.cast_unsigned(),
                first_at: row.try_get(3)?,
                last_at: row.try_get(4)?,
                dismissed: row.try_get::<i64, _>(5)? != 0,
            })
        };
        soon(query.fetch_all(&self.pool)).await?.into_iter().map(gap).collect()
    }

    /// Brings a gap back; one that is there already stays as it is.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_gap(&self, gap: &GapOf) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO gaps (community, question, asked, first_at, last_at, dismissed) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT DO NOTHING",
        );
        let query = query.bind(id(gap.community)).bind(gap.question.clone()).bind(gap.asked.cast_signed());
        let query = query.bind(gap.first_at).bind(gap.last_at).bind(i64::from(gap.dismissed));
        soon(query.execute(&self.pool)).await?;
        Ok(())
    }

    /// Every community's settings.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn settings_of_all(&self) -> Result<Vec<(CommunityId, CommunitySettings)>, StoreError> {
        let rows = soon(sqlx::query("SELECT community, body FROM settings ORDER BY 1").fetch_all(&self.pool)).await?;
        let settings = |row: sqlx::any::AnyRow| {
            let community = CommunityId(row.try_get::<i64, _>(0)?.cast_unsigned());
            Ok((community, super::read(&row.try_get::<String, _>(1)?)?))
        };
        rows.into_iter().map(settings).collect()
    }

    /// Every source that was added, for whom, and the hash of its text.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sources_of_all(&self) -> Result<Vec<(CommunityId, Source, Option<String>)>, StoreError> {
        let query = sqlx::query(
            "SELECT community, body, text FROM added_sources LEFT JOIN pages ON source = id ORDER BY added_at, id",
        );
        let source = |row: sqlx::any::AnyRow| {
            let community = CommunityId(row.try_get::<i64, _>(0)?.cast_unsigned());
            Ok((community, super::read(&row.try_get::<String, _>(1)?)?, row.try_get(2)?))
        };
        soon(query.fetch_all(&self.pool)).await?.into_iter().map(source).collect()
    }
}
