//! Who changed what, when, and what came of it. Lines are added; the database refuses all else.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{CommunityId, Store, StoreError, id, now};

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Deed {
    /// Whose sources it was about; 0 is everybody's.
    #[serde(default)]
    pub community: u64,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who: a member's id, or `terminal`.
    pub who: String,
    /// What: the command's name.
    pub what: String,
    /// To what: a source, a generation.
    pub subject: String,
    /// What came of it.
    pub result: String,
}

impl Store {
    /// Writes down what somebody did.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn log(
        &self,
        community: CommunityId,
        who: &str,
        what: &str,
        subject: &str,
        result: &str,
    ) -> Result<(), StoreError> {
        let [who, what, subject, result] = [who, what, subject, result].map(str::to_owned);
        self.keep_deed(&Deed { community: community.0, at: now(), who, what, subject, result }).await.map(drop)
    }

    /// Writes down a line, unless it is there already: what an import does. Whether it was new.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_deed(&self, deed: &Deed) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "INSERT INTO audit (at, who, what, subject, result, community) SELECT $1, $2, $3, $4, $5, $6 \
             WHERE NOT EXISTS (SELECT 1 FROM audit WHERE at = $1 AND who = $2 AND what = $3 AND subject = $4 \
             AND result = $5 AND community = $6)",
        );
        let query = query.bind(deed.at).bind(deed.who.clone()).bind(deed.what.clone()).bind(deed.subject.clone());
        let done = self.soon(query.bind(deed.result.clone()).bind(id(deed.community)).execute(&self.pool)).await?;
        Ok(done.rows_affected() > 0)
    }

    /// The newest lines, newest first: of a community, or of all where none is named.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn deeds(&self, community: Option<CommunityId>, most: u32) -> Result<Vec<Deed>, StoreError> {
        let query = sqlx::query(
            "SELECT at, who, what, subject, result, community FROM audit WHERE community = COALESCE($1, community) \
             ORDER BY number DESC LIMIT $2",
        );
        let query = query.bind(community.map(|of| id(of.0))).bind(i64::from(most));
        let rows = self.soon(query.fetch_all(&self.pool)).await?;
        let deed = |row: sqlx::any::AnyRow| {
            Ok(Deed {
                community: row.try_get::<i64, _>(5)?.cast_unsigned(),
                at: row.try_get(0)?,
                who: row.try_get(1)?,
                what: row.try_get(2)?,
                subject: row.try_get(3)?,
                result: row.try_get(4)?,
            })
        };
        rows.into_iter().map(deed).collect()
    }
}
