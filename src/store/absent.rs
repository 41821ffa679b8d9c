//! Communities that we are not in any more: since when, and what they leave behind.

use sqlx::Row;

use super::{CommunityId, Store, StoreError, id, now};

/// All that is kept of a community beside its audit log, each with the number of the community. What answers stands
/// first: what is not served is not looked for.
const OF_A_COMMUNITY: [&str; 9] =
    ["served", "added_sources", "pages", "generations", "reports", "settings", "told", "gaps", "answers"];

impl Store {
    /// The communities that have settings or sources of their own, or ever had, and since when we are not in them, as
    /// far as that is known.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn communities(&self) -> Result<Vec<(CommunityId, Option<i64>)>, StoreError> {
        let query = sqlx::query(
            "SELECT known.community, since FROM (SELECT community FROM settings UNION SELECT community FROM served \
             UNION SELECT community FROM added_sources UNION SELECT community FROM reports) AS known \
             LEFT JOIN absent ON absent.community = known.community WHERE known.community <> 0 ORDER BY 1",
        );
        let community =
            |row: sqlx::any::AnyRow| Ok((CommunityId(row.try_get::<i64, _>(0)?.cast_unsigned()), row.try_get(1)?));
        self.soon(query.fetch_all(&self.pool)).await?.into_iter().map(community).collect()
    }

    /// Takes note that we are not in a community any more; whether that is news.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn note_absence(&self, community: CommunityId) -> Result<bool, StoreError> {
        let query = sqlx::query("INSERT INTO absent (community, since) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        Ok(self.soon(query.bind(id(community.0)).bind(now()).execute(&self.pool)).await?.rows_affected() > 0)
    }

    /// Takes note that a community's absence is over: we are in it again, or it is forgotten; whether that is news.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn end_absence(&self, community: CommunityId) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM absent WHERE community = $1");
        Ok(self.soon(query.bind(id(community.0)).execute(&self.pool)).await?.rows_affected() > 0)
    }

    /// Forgets all of a community but its audit log. Only who holds its lock may.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_community(&self, community: CommunityId) -> Result<(), StoreError> {
        for table in OF_A_COMMUNITY {
            let query = format!("DELETE FROM {table} WHERE community = $1");
            self.soon(sqlx::query(&query).bind(id(community.0)).execute(&self.pool)).await?;
        }
        self.forget_unused_texts().await
    }
}
