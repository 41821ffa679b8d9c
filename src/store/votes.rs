//! Whether an answer helped: one vote a person, changeable, and nobody can say whose it is.

use sqlx::Row;

use super::{Store, StoreError, now};

impl Store {
    /// Counts a person's vote on an answer; a later one replaces it. False where the answer is not known.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn vote(&self, answer: &str, person: u64, helpful: bool) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "INSERT INTO votes (answer, person, helpful, at) SELECT id, $2, $3, $4 FROM answers WHERE id = $1 \
             ON CONFLICT (answer, person) DO UPDATE SET helpful = excluded.helpful, at = excluded.at",
        );
        let query = query.bind(answer.to_owned()).bind(self.key.hash(answer, person)).bind(i64::from(helpful));
        Ok(self.soon(query.bind(now()).execute(&self.pool)).await?.rows_affected() > 0)
    }

    /// How many found an answer helpful, and how many did not.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn votes(&self, answer: &str) -> Result<(u64, u64), StoreError> {
        let query =
            sqlx::query("SELECT CAST(COALESCE(SUM(helpful), 0) AS BIGINT), COUNT(*) FROM votes WHERE answer = $1");
        let row = self.soon(query.bind(answer.to_owned()).fetch_one(&self.pool)).await?;
        let (helpful, all): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        Ok((helpful.cast_unsigned(), (all - helpful).cast_unsigned()))
    }

    /// Deletes every vote of a person; how many there were.
    ///
    /// Each is hashed with its answer, so each answer with votes is looked at.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_person(&self, person: u64) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        for row in sqlx::query("SELECT DISTINCT answer FROM votes").fetch_all(&self.pool).await? {
            let answer: String = row.try_get(0)?;
            let query = sqlx::query("DELETE FROM votes WHERE answer = $1 AND person = $2");
            let hash = self.key.hash(&answer, person);
            forgotten += query.bind(answer).bind(hash).execute(&self.pool).await?.rows_affected();
        }
        Ok(forgotten)
    }
}
