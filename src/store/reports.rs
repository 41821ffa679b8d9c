//! What came of refreshes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;

use super::{Store, StoreError, body, now, read, soon};

/// So many are kept.
const KEPT: i64 = 20;

impl Store {
    /// Keeps what came of a refresh of a source, or of all where `subject` is empty.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_report(&self, subject: &str, report: &impl Serialize) -> Result<(), StoreError> {
        let query = sqlx::query("INSERT INTO reports (subject, body, at) VALUES ($1, $2, $3)");
        soon(query.bind(subject.to_owned()).bind(body(report)).bind(now()).execute(&self.pool)).await?;
        let old = "DELETE FROM reports WHERE number NOT IN (SELECT number FROM reports ORDER BY number DESC LIMIT $1)";
        soon(sqlx::query(old).bind(KEPT).execute(&self.pool)).await?;
        Ok(())
    }

    /// The last report on a subject, its number, and when it was written.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_report<T: DeserializeOwned>(&self, subject: &str) -> Result<Option<(i64, i64, T)>, StoreError> {
        let query = sqlx::query("SELECT number, at, body FROM reports WHERE subject = $1 ORDER BY number DESC LIMIT 1");
        let Some(row) = soon(query.bind(subject.to_owned()).fetch_optional(&self.pool)).await? else { return Ok(None) };
        Ok(Some((row.try_get(0)?, row.try_get(1)?, read(&row.try_get::<String, _>(2)?)?)))
    }
}
