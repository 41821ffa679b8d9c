//! What has been told once and need not be told again.

use super::{CommunityId, Store, StoreError, id, now};

impl Store {
    /// Takes note that this was told to a community's moderators; whether it was news.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn note_news(&self, community: CommunityId, what: &str) -> Result<bool, StoreError> {
        let query = sqlx::query("INSERT INTO told (community, what, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        let query = query.bind(id(community.0)).bind(what.to_owned()).bind(now());
        Ok(self.soon(query.execute(&self.pool)).await?.rows_affected() > 0)
    }

    /// It is news again: it was not told after all, or has changed since.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_news(&self, community: CommunityId, what: &str) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM told WHERE community = $1 AND what = $2");
        self.soon(query.bind(id(community.0)).bind(what.to_owned()).execute(&self.pool)).await?;
        Ok(())
    }
}
