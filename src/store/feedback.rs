//! Answers that were marked unhelpful, and the words of their questions. Never who asked.

use std::collections::HashSet;

use sqlx::Row;

use super::{CommunityId, Shown, Store, StoreError, gaps, id, read};

/// An answer that somebody marked unhelpful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unhelpful {
    /// What stood in it.
    pub shown: Shown,
    /// The words of its question, where they are known.
    pub question: Option<String>,
    /// How many people it did not help.
    pub votes: u64,
}

impl Store {
    /// Keeps the words of a question with its answer, which somebody marked unhelpful, without names. The caller keeps
    /// sensitive ones away.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn note_feedback(&self, answer: &str, question: &str, names: &HashSet<String>) -> Result<(), StoreError> {
        let Some(words) = gaps::kept(question, names) else { return Ok(()) };
        let query = sqlx::query(
            "INSERT INTO feedback (answer, question) SELECT id, $2 FROM answers WHERE id = $1 \
             ON CONFLICT (answer) DO NOTHING",
        );
        self.soon(query.bind(answer.to_owned()).bind(words).execute(&self.pool)).await?;
        Ok(())
    }

    /// The answers of a community that were marked unhelpful and still are, the newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn unhelpful(&self, community: CommunityId, most: u32) -> Result<Vec<Unhelpful>, StoreError> {
        let query = sqlx::query(
            "SELECT answers.body, feedback.question, COUNT(*) FROM votes JOIN answers ON answers.id = votes.answer \
             LEFT JOIN feedback ON feedback.answer = answers.id WHERE votes.helpful = 0 \
             AND answers.community = $1 GROUP BY answers.id, answers.body, answers.at, feedback.question ORDER BY answers.at DESC LIMIT $2",
        );
        let unhelpful = |row: sqlx::any::AnyRow| {
            Ok(Unhelpful {
                shown: read(&row.try_get::<String, _>(0)?)?,
                question: row.try_get(1)?,
                votes: row.try_get::<i64, _>(2)?.cast_unsigned(),
            })
        };
        let query = query.bind(id(community.0)).bind(i64::from(most));
        self.soon(query.fetch_all(&self.pool)).await?.into_iter().map(unhelpful).collect()
    }
}
