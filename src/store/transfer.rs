//! What an export takes along of all communities, and an import brings back.

use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{CommunityId, CommunitySettings, Page, Shown, Store, StoreError, id};
use crate::corpus::Source;

/// A gap of a community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapOf {
    /// The community.
    pub community: u64,
    /// The question's words.
    pub question: String,
    /// How often it was asked.
    pub asked: u64,
    /// When first, in seconds since 1970.
    pub first_at: i64,
    /// When last.
    pub last_at: i64,
    /// Whether a moderator dealt with it.
    #[serde(default)]
    pub dismissed: bool,
}

/// An answer of a community that was marked unhelpful, as it moves to another machine: without the voters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackOf {
    /// The community.
    pub community: u64,
    /// The answer's id.
    pub answer: String,
    /// What stood in it.
    pub shown: Shown,
    /// The words of its question, where they are known.
    pub question: Option<String>,
    /// How many people it did not help.
    pub votes: u64,
    /// When it was given, in seconds since 1970.
    pub at: i64,
}

impl Store {
    /// Every answer of every community that was marked unhelpful.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn feedback_of_all(&self) -> Result<Vec<FeedbackOf>, StoreError> {
        let query = sqlx::query(
            "SELECT answers.community, answers.id, answers.body, feedback.question, COUNT(*), answers.at FROM votes \
             JOIN answers ON answers.id = votes.answer LEFT JOIN feedback ON feedback.answer = answers.id \
             WHERE votes.helpful = 0 \
             GROUP BY answers.community, answers.id, answers.body, feedback.question, answers.at ORDER BY 6, 2",
        );
        let feedback = |row: sqlx::any::AnyRow| {
            Ok(FeedbackOf {
                community: row.try_get::<i64, _>(0)?.cast_unsigned(),
                answer: row.try_get(1)?,
                shown: super::read(&row.try_get::<String, _>(2)?)?,
                question: row.try_get(3)?,
                votes: row.try_get::<i64, _>(4)?.cast_unsigned(),
                at: row.try_get(5)?,
            })
        };
        self.soon(query.fetch_all(&self.pool)).await?.into_iter().map(feedback).collect()
    }

    /// Brings feedback back; false where the answer is known already, which stays as it is. Nobody can take these votes
    /// back any more: whose they were did not move.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_feedback(&self, of: &FeedbackOf) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "INSERT INTO answers (id, community, body, at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
        );
        let query = query.bind(of.answer.clone()).bind(id(of.community)).bind(super::body(&of.shown)).bind(of.at);
        if self.soon(query.execute(&self.pool)).await?.rows_affected() == 0 {
            return Ok(false);
        }
        for voter in 0..of.votes {
            let query = sqlx::query("INSERT INTO votes (answer, person, helpful, at) VALUES ($1, $2, 0, $3)");
            let query = query.bind(of.answer.clone()).bind(format!("moved {voter}")).bind(of.at);
            self.soon(query.execute(&self.pool)).await?;
        }
        if let Some(question) = &of.question {
            self.note_feedback(&of.answer, question, &HashSet::new()).await?;
        }
        Ok(true)
    }

    /// Every gap of every community.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn gaps_of_all(&self) -> Result<Vec<GapOf>, StoreError> {
        let query =
            sqlx::query("SELECT community, question, asked, first_at, last_at, dismissed FROM gaps ORDER BY 1, 2");
        let gap = |row: sqlx::any::AnyRow| {
            Ok(GapOf {
                community: row.try_get::<i64, _>(0)?.cast_unsigned(),
                question: row.try_get(1)?,
                asked: row.try_get::<i64, _>(2)?.cast_unsigned(),
                first_at: row.try_get(3)?,
                last_at: row.try_get(4)?,
                dismissed: row.try_get::<i64, _>(5)? != 0,
            })
        };
        self.soon(query.fetch_all(&self.pool)).await?.into_iter().map(gap).collect()
    }

    /// Brings a gap back; false where it is there already, which stays as it is.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_gap(&self, gap: &GapOf) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "INSERT INTO gaps (community, question, asked, first_at, last_at, dismissed) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT DO NOTHING",
        );
        let query = query.bind(id(gap.community)).bind(gap.question.clone()).bind(gap.asked.cast_signed());
        let query = query.bind(gap.first_at).bind(gap.last_at).bind(i64::from(gap.dismissed));
        Ok(self.soon(query.execute(&self.pool)).await?.rows_affected() > 0)
    }

    /// Every community's settings.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn settings_of_all(&self) -> Result<Vec<(CommunityId, CommunitySettings)>, StoreError> {
        let rows =
            self.soon(sqlx::query("SELECT community, body FROM settings ORDER BY 1").fetch_all(&self.pool)).await?;
        let settings = |row: sqlx::any::AnyRow| {
            let community = CommunityId(row.try_get::<i64, _>(0)?.cast_unsigned());
            Ok((community, super::read(&row.try_get::<String, _>(1)?)?))
        };
        rows.into_iter().map(settings).collect()
    }

    /// Every source that was added, for whom, and its page.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sources_of_all(&self) -> Result<Vec<(CommunityId, Source, Option<Page>)>, StoreError> {
        let query = sqlx::query("SELECT community, body FROM added_sources ORDER BY added_at, id");
        let mut pages: HashMap<i64, HashMap<String, Page>> = HashMap::new();
        let mut all = Vec::new();
        for row in self.soon(query.fetch_all(&self.pool)).await? {
            let (of, source): (i64, Source) = (row.try_get(0)?, super::read(&row.try_get::<String, _>(1)?)?);
            let community = CommunityId(of.cast_unsigned());
            let known = match pages.entry(of) {
                Occupied(known) => known.into_mut(),
                Vacant(place) => {
                    let known = self.pages(community).await?.into_iter().map(|page| (page.source.clone(), page));
                    place.insert(known.collect())
                }
            };
            let page = known.remove(&source.id);
            all.push((community, source, page));
        }
        Ok(all)
    }
}
