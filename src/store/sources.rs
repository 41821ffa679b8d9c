//! Sources that moderators added.

use sqlx::Row;

use super::{CommunityId, Store, StoreError, body, id, now, soon};
use crate::corpus::Source;

impl Store {
    /// Keeps a source of a community, in place of one with its id.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn add_source(&self, community: CommunityId, source: &Source) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO added_sources (id, community, body, added_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (community, id) DO UPDATE SET body = excluded.body",
        );
        let query = query.bind(source.id.clone()).bind(id(community.0)).bind(body(source)).bind(now());
        soon(query.execute(&self.pool)).await?;
        Ok(())
    }

    /// The sources that were added for a community, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn added_sources(&self, community: CommunityId) -> Result<Vec<Source>, StoreError> {
        let query = sqlx::query("SELECT body FROM added_sources WHERE community = $1 ORDER BY added_at, id");
        let rows = soon(query.bind(id(community.0)).fetch_all(&self.pool)).await?;
        rows.into_iter().map(|row| super::read(&row.try_get::<String, _>(0)?)).collect()
    }

    /// Forgets a source that was added; whether there was one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn remove_source(&self, community: CommunityId, source: &str) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM added_sources WHERE id = $1 AND community = $2");
        let query = query.bind(source.to_owned()).bind(id(community.0));
        Ok(soon(query.execute(&self.pool)).await?.rows_affected() > 0)
    }
}
