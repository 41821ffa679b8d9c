//! Sources that moderators added.

use sqlx::Row;

use super::{CommunityId, Page, Store, StoreError, body, id, now, pages};
use crate::corpus::Source;

impl Store {
    /// Keeps a source of a community with its page, in place of one with its id: both, or neither.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn add_source(&self, community: CommunityId, source: &Source, page: &Page) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO added_sources (id, community, body, added_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (community, id) DO UPDATE SET body = excluded.body",
        );
        let query = query.bind(source.id.clone()).bind(id(community.0)).bind(body(source)).bind(now());
        let keep = async {
            let mut both = self.pool.begin().await?;
            query.execute(&mut *both).await?;
            pages::keep(&mut *both, community, page).await?;
            both.commit().await
        };
        self.soon(keep).await
    }

    /// The sources that were added for a community, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn added_sources(&self, community: CommunityId) -> Result<Vec<Source>, StoreError> {
        let query = sqlx::query("SELECT body FROM added_sources WHERE community = $1 ORDER BY added_at, id");
        let rows = self.soon(query.bind(id(community.0)).fetch_all(&self.pool)).await?;
        rows.into_iter().map(|row| super::read(&row.try_get::<String, _>(0)?)).collect()
    }

    /// Forgets a source that was added, and its page: both, or neither.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn remove_source(&self, community: CommunityId, source: &str) -> Result<(), StoreError> {
        let forget = async {
            let mut both = self.pool.begin().await?;
            for table in [
                "DELETE FROM added_sources WHERE community = $1 AND id = $2",
                "DELETE FROM pages WHERE community = $1 AND source = $2",
            ] {
                sqlx::query(table).bind(id(community.0)).bind(source.to_owned()).execute(&mut *both).await?;
            }
            both.commit().await
        };
        self.soon(forget).await
    }
}
