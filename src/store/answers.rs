//! What stood in an answer, so that its buttons work later; and which reply goes with which question.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{CommunityId, Store, StoreError, id, key, now};
use crate::corpus::Level;

/// What an answer was made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The ids of its excerpts, and the position of the one that each corrects.
    pub excerpts: Vec<(String, Option<usize>)>,
    /// The questions that were offered instead: the corpus's words.
    pub nearest: Vec<String>,
    /// The warning sign that it told of.
    pub flag: Option<(String, Level)>,
    /// Whether it is better not shown in public.
    pub sensitive: bool,
}

/// A message that an answer is meant for, until it is posted there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The channel.
    pub channel: u64,
    /// The message.
    pub message: u64,
}

/// Who had a reply sent. A question may have one of each: a helper's advice counts beside ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The bot, by itself or since it was asked.
    Ours,
    /// A helper.
    Helper,
}

impl Whose {
    /// Both, in the order in which a question's edit looks for its reply.
    pub const ALL: [Self; 2] = [Self::Ours, Self::Helper];

    /// What a question's hash is made for.
    fn name(self) -> &'static str {
        match self {
            Self::Ours => "message",
            Self::Helper => "posted",
        }
    }
}

/// A reply that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Where.
    pub channel: u64,
    /// The reply itself.
    pub reply: u64,
}

impl Store {
    /// Keeps what an answer is made of; its id.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_answer(
        &self,
        community: CommunityId,
        shown: &Shown,
        target: Option<Target>,
    ) -> Result<String, StoreError> {
        let new = key::new_id().map_err(sqlx::Error::Io)?;
        let body = serde_json::to_string(shown).unwrap_or_default();
        let target = target.and_then(|target| serde_json::to_string(&target).ok());
        let query = sqlx::query("INSERT INTO answers (id, community, body, target, at) VALUES ($1, $2, $3, $4, $5)");
        let query = query.bind(new.clone()).bind(id(community.0)).bind(body).bind(target).bind(now());
        self.soon(query.execute(&self.pool)).await?;
        Ok(new)
    }

    /// What an answer of a community was made of; `None` where it is not, or no longer, known.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn answer(&self, community: CommunityId, answer: &str) -> Result<Option<Shown>, StoreError> {
        let query = sqlx::query("SELECT body FROM answers WHERE id = $1 AND community = $2");
        let row = self.soon(query.bind(answer.to_owned()).bind(id(community.0)).fetch_optional(&self.pool)).await?;
        let body = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
        Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
    }

    /// The message that an answer is meant for, until it is posted.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn target(&self, answer: &str) -> Result<Option<Target>, StoreError> {
        let query = sqlx::query("SELECT target FROM answers WHERE id = $1 AND target IS NOT NULL");
        let row = self.soon(query.bind(answer.to_owned()).fetch_optional(&self.pool)).await?;
        let target = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
        Ok(target.and_then(|target| serde_json::from_str(&target).ok()))
    }

    /// Forgets for which message an answer was meant: it is posted.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_target(&self, answer: &str) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE answers SET target = NULL WHERE id = $1");
        self.soon(query.bind(answer.to_owned()).execute(&self.pool)).await?;
        Ok(())
    }

    /// Keeps which reply goes with a question.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_reply(&self, question: u64, whose: Whose, kept: Kept) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO replies (question, channel, reply, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (question) DO UPDATE SET channel = excluded.channel, reply = excluded.reply",
        );
        let query = query.bind(self.key.hash(whose.name(), question)).bind(id(kept.channel)).bind(id(kept.reply));
        self.soon(query.bind(now()).execute(&self.pool)).await?;
        Ok(())
    }

    /// The reply that goes with a question.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn reply_to(&self, question: u64, whose: Whose) -> Result<Option<Kept>, StoreError> {
        let query = sqlx::query("SELECT channel, reply FROM replies WHERE question = $1");
        let row = self.soon(query.bind(self.key.hash(whose.name(), question)).fetch_optional(&self.pool)).await?;
        let Some(row) = row else { return Ok(None) };
        let (channel, reply): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        Ok(Some(Kept { channel: channel.cast_unsigned(), reply: reply.cast_unsigned() }))
    }

    /// Forgets the reply that goes with a question.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_reply(&self, question: u64, whose: Whose) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM replies WHERE question = $1");
        self.soon(query.bind(self.key.hash(whose.name(), question)).execute(&self.pool)).await?;
        Ok(())
    }
}
