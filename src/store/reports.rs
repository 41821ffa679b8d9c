//! What came of refreshes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;

use super::{CommunityId, Store, StoreError, body, id, now, read};

/// So many are kept of a community.
const KEPT: i64 = 20;

impl Store {
    /// Keeps what came of a community's refresh of a source, or of all where `subject` is empty; its number.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_report(
        &self,
        community: CommunityId,
        subject: &str,
        report: &impl Serialize,
    ) -> Result<i64, StoreError> {
        let query =
            sqlx::query("INSERT INTO reports (community, subject, body, at) VALUES ($1, $2, $3, $4) RETURNING number");
        let query = query.bind(id(community.0)).bind(subject.to_owned()).bind(body(report)).bind(now());
        let number = self.soon(query.fetch_one(&self.pool)).await?.try_get(0)?;
        let old = "DELETE FROM reports WHERE community = $1 AND number NOT IN \
                   (SELECT number FROM reports WHERE community = $1 ORDER BY number DESC LIMIT $2)";
        self.soon(sqlx::query(old).bind(id(community.0)).bind(KEPT).execute(&self.pool)).await?;
        Ok(number)
    }

    /// The report of a community with a number; `None` where it is too old.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn report<T: DeserializeOwned>(
        &self,
        community: CommunityId,
        number: i64,
    ) -> Result<Option<T>, StoreError> {
        let query = sqlx::query("SELECT body FROM reports WHERE community = $1 AND number = $2");
        let row = self.soon(query.bind(id(community.0)).bind(number).fetch_optional(&self.pool)).await?;
        row.map(|row| read(&row.try_get::<String, _>(0)?)).transpose()
    }

    /// The last report of a community on a subject, its number, and when it was written.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_report<T: DeserializeOwned>(
        &self,
        community: CommunityId,
        subject: &str,
    ) -> Result<Option<(i64, i64, T)>, StoreError> {
        let query = sqlx::query(
            "SELECT number, at, body FROM reports WHERE community = $1 AND subject = $2 ORDER BY number DESC LIMIT 1",
        );
        let Some(row) =
            self.soon(query.bind(id(community.0)).bind(subject.to_owned()).fetch_optional(&self.pool)).await?
        else {
            return Ok(None);
        };
        Ok(Some((row.try_get(0)?, row.try_get(1)?, read(&row.try_get::<String, _>(2)?)?)))
    }
}
