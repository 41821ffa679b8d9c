//! Which passages did not help, and what had been asked.

use std::collections::BTreeMap;

use super::{RefreshError, Refresher};

/// So many answers that did not help are looked at.
const LOOKED_AT: u32 = 500;

/// A passage that people marked as not helpful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The id of its excerpt.
    pub excerpt: String,
    /// How many people it did not help.
    pub votes: u64,
    /// What they had asked, where that is known.
    pub questions: Vec<String>,
}

impl Refresher {
    /// The passages that people marked as not helpful, those first that helped least.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn marked(&self) -> Result<Vec<Marked>, RefreshError> {
        let mut passages: BTreeMap<String, (u64, Vec<String>)> = BTreeMap::new();
        for answer in self.store.unhelpful(self.community, LOOKED_AT).await? {
            for (excerpt, _) in answer.shown.excerpts {
                let (votes, questions) = passages.entry(excerpt).or_default();
                *votes += answer.votes;
                questions.extend(answer.question.clone().filter(|question| !questions.contains(question)));
            }
        }
        let marked = passages.into_iter().map(|(excerpt, (votes, questions))| Marked { excerpt, votes, questions });
        let mut marked: Vec<Marked> = marked.collect();
        marked.sort_by_key(|of| std::cmp::Reverse(of.votes));
        Ok(marked)
    }
}
