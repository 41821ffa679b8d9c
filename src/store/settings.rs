//! How a community wants it.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{CommunityId, Store, StoreError, id};

/// What moderators can set with /setup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CommunitySettings {
    /// Channels and forums where questions are answered unprompted.
    pub channels: Vec<u64>,
    /// Whether /ask answers only the asker where they do not say otherwise.
    pub private: bool,
    /// Where notices for moderators go.
    pub log: Option<u64>,
    /// Roles that may look after the corpus, beside those who manage the server.
    pub moderators: Vec<u64>,
    /// Minutes between two unprompted replies to one person.
    pub interval: u32,
    /// Whether a reply is removed with its question.
    pub delete_with_question: bool,
}

impl Default for CommunitySettings {
    fn default() -> Self {
        Self {
            channels: Vec::new(),
            private: false,
            log: None,
            moderators: Vec::new(),
            interval: 10,
            delete_with_question: true,
        }
    }
}

impl Store {
    /// A community's settings; the defaults where it has none.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn settings(&self, community: CommunityId) -> Result<CommunitySettings, StoreError> {
        let query = sqlx::query("SELECT body FROM settings WHERE community = $1").bind(id(community.0));
        let row = self.soon(query.fetch_optional(&self.pool)).await?;
        let body = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
        Ok(body.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default())
    }

    /// Keeps a community's settings.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_settings(&self, community: CommunityId, settings: &CommunitySettings) -> Result<(), StoreError> {
        let body = serde_json::to_string(settings).unwrap_or_default();
        let query = sqlx::query(
            "INSERT INTO settings (community, body) VALUES ($1, $2) \
             ON CONFLICT (community) DO UPDATE SET body = excluded.body",
        );
        self.soon(query.bind(id(community.0)).bind(body).execute(&self.pool)).await?;
        Ok(())
    }
}
