//! What was asked in vain: the words, how often and when. Never who.

use std::collections::HashSet;

use sqlx::Row;

use super::{CommunityId, Store, StoreError, id, now};
use crate::language;

/// So much of a question is kept, in characters.
const LONGEST: usize = 200;
/// Words with more digits than this may be a telephone number or an id.
const MOST_DIGITS: usize = 4;

/// A question that the corpus could not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Its words, folded.
    pub question: String,
    /// How often it was asked.
    pub asked: u64,
    /// When first, in seconds since 1970.
    pub first_at: i64,
    /// When last.
    pub last_at: i64,
    /// Whether a moderator dealt with it.
    pub dismissed: bool,
}

impl Store {
    /// Counts a question that was asked in vain, without these names, which are folded words. The caller keeps sensitive ones away.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn note_gap(
        &self,
        community: CommunityId,
        question: &str,
        names: &HashSet<String>,
    ) -> Result<(), StoreError> {
        let Some(words) = kept(question, names) else { return Ok(()) };
        let query = sqlx::query(
            "INSERT INTO gaps (community, question, asked, first_at, last_at) VALUES ($1, $2, 1, $3, $3) \
             ON CONFLICT (community, question) DO UPDATE SET asked = gaps.asked + 1, last_at = excluded.last_at",
        );
        self.soon(query.bind(id(community.0)).bind(words).bind(now()).execute(&self.pool)).await?;
        Ok(())
    }

    /// What was asked in vain: the most frequent first. In a community, or wherever it was where none is named.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn gaps(&self, community: Option<CommunityId>, most: u32) -> Result<Vec<Gap>, StoreError> {
        let query = sqlx::query(
            "SELECT question, CAST(SUM(asked) AS BIGINT), MIN(first_at), MAX(last_at), MAX(dismissed) FROM gaps \
             WHERE community = COALESCE($1, community) \
             GROUP BY question ORDER BY SUM(asked) DESC, MAX(last_at) DESC, question LIMIT $2",
        );
        let gap = |row: sqlx::any::AnyRow| {
            Ok(Gap {
                question: row.try_get(0)?,
                asked: row.try_get::<i64, _>(1)?.cast_unsigned(),
                first_at: row.try_get(2)?,
                last_at: row.try_get(3)?,
                dismissed: row.try_get::<i64, _>(4)? != 0,
            })
        };
        let query = query.bind(community.map(|of| id(of.0))).bind(i64::from(most));
        self.soon(query.fetch_all(&self.pool)).await?.into_iter().map(gap).collect()
    }

    /// Deals with a question: it is not shown again, however often it is asked there, or anywhere where no community
    /// is named.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn dismiss_gap(&self, community: Option<CommunityId>, question: &str) -> Result<(), StoreError> {
        let query =
            sqlx::query("UPDATE gaps SET dismissed = 1 WHERE question = $1 AND community = COALESCE($2, community)");
        self.soon(query.bind(question.to_owned()).bind(community.map(|of| id(of.0))).execute(&self.pool)).await?;
        Ok(())
    }
}

/// The words that may be kept: no addresses, no mentions, no long numbers, no names.
pub(super) fn kept(question: &str, names: &HashSet<String>) -> Option<String> {
    let words: Vec<&str> = question.split_whitespace().collect();
    let mut is_private: Vec<bool> = words.iter().map(|word| is_private(word)).collect();
    let mut at = 0;
    for run in words.chunk_by(|one, next| is_number(one) && is_number(next)) {
        // A telephone number is often written in pieces.
        is_private[at..at + run.len()].iter_mut().for_each(|of| *of |= digits(run) > MOST_DIGITS);
        at += run.len();
    }
    for range in spelt_addresses(&words) {
        is_private[range].fill(true);
    }
    let open: Vec<&str> = words.iter().zip(is_private).filter(|(_, is_private)| !is_private).map(|(w, _)| *w).collect();
    let folded = language::fold(&open.join(" ")).into_owned();
    let words = language::words(&folded).filter(|word| !names.contains(*word));
    let words: String = words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    (!words.is_empty()).then_some(words)
}

/// Whether a word alone tells who or where somebody is.
fn is_private(word: &str) -> bool {
    word.contains(['@', '<']) || word.contains("://") || digits(&[word]) > MOST_DIGITS
}

fn digits(words: &[&str]) -> usize {
    words.iter().flat_map(|word| word.chars()).filter(char::is_ascii_digit).count()
}

/// Whether a word is a number, or a piece of one.
fn is_number(word: &str) -> bool {
    let mut chars = word.chars();
    word.contains(|c: char| c.is_ascii_digit()) && chars.all(|c| c.is_ascii_digit() || "+-–()/.,:;".contains(c))
}

/// Where addresses stand that are written as they are said: "x at y dot z".
fn spelt_addresses(words: &[&str]) -> Vec<std::ops::Range<usize>> {
    let bare: Vec<String> =
        words.iter().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()).collect();
    let is = |at: usize, what: &str| bare.get(at).is_some_and(|word| word == what);
    let has_dot = |at: usize| bare.get(at).and_then(|word| word.rsplit_once('.')).is_some_and(|(_, end)| end.len() > 1);
    let mut found = Vec::new();
    for at in (1..words.len()).filter(|&at| is(at, "at") && (is(at + 2, "dot") || has_dot(at + 1))) {
        let (mut start, mut end) = (at - 1, at + 2);
        while start >= 2 && is(start - 1, "dot") {
            start -= 2;
        }
        while is(end, "dot") {
            end += 2;
        }
        found.push(start..end.min(words.len()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_mentions_and_numbers_are_left_out() {
        let asked = "Who is <@123456789>? mail Bob@example.org, ring 0123 or 01234567, see https://example.org/x";
        assert_eq!(kept(asked, &HashSet::new()).as_deref(), Some("who is mail ring 0123 or see"));
        let names = HashSet::from(["mia".to_owned()]);
        assert_eq!(kept("I am Mia, and my knee is red", &names).as_deref(), Some("i am and my knee is red"));
        assert_eq!(kept("<@1>", &HashSet::new()), None);
        for (asked, words) in [
            ("call me on +49 171 123 4567 please", "call me on please"),
            ("call (0171) 123-45 67. thanks", "call thanks"),
            ("mail bob at gmail dot com now", "mail now"),
            ("mail bob dot ross (at) mail dot example dot org", "mail"),
            ("mail bob at gmail.com now", "mail now"),
            ("is 3 x 10 or 4 x 12 better at home", "is 3 x 10 or 4 x 12 better at home"),
            ("may i rest at night 2 or 3 hours", "may i rest at night 2 or 3 hours"),
        ] {
            assert_eq!(kept(asked, &HashSet::new()).as_deref(), Some(words));
        }
    }
}
