//! Hosts that asked to be left alone for a while, also by the next process.

use sqlx::Row;

use super::{Store, StoreError, now};

impl Store {
    /// Keeps until when a host wants to be left alone, in seconds since 1970.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_rest(&self, host: &str, until: i64) -> Result<(), StoreError> {
        let over = sqlx::query("DELETE FROM rests WHERE until < $1").bind(now());
        self.soon(over.execute(&self.pool)).await?;
        let keep = sqlx::query(
            "INSERT INTO rests (host, until) VALUES ($1, $2) ON CONFLICT (host) DO UPDATE SET until = excluded.until",
        );
        self.soon(keep.bind(host.to_owned()).bind(until).execute(&self.pool)).await.map(drop)
    }

    /// Until when a host wants to be left alone, in seconds since 1970; `None` where it never said so.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rest(&self, host: &str) -> Result<Option<i64>, StoreError> {
        let query = sqlx::query("SELECT until FROM rests WHERE host = $1").bind(host.to_owned());
        let row = self.soon(query.fetch_optional(&self.pool)).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}
