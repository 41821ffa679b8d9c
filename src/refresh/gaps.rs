//! What was asked in vain, with questions that ask the same put together.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{EVERYBODY, Order, RefreshError, Refresher, clock};
use crate::answer::{Answerer, Outcome};
use crate::corpus::Question;
use crate::language::{fold, words};
use crate::store::Gap;

/// So many questions are looked at, the most frequent.
const LOOKED_AT: u32 = 2_000;
/// So many other wordings are told.
const WORDINGS: usize = 5;

/// Questions that ask the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapGroup {
    /// The wording that was used most.
    pub question: String,
    /// How often it was asked, in any wording.
    pub asked: u64,
    /// The day it was first asked.
    pub first_at: String,
    /// The day it was last asked.
    pub last_at: String,
    /// Other wordings.
    pub also: Vec<String>,
}

impl GapGroup {
    /// A short name for it, the same as long as its wording is.
    #[must_use]
    pub fn id(&self) -> String {
        hex::encode(&Sha256::digest(&self.question)[..8])
    }
}

impl Refresher {
    /// What was asked in vain and nobody dealt with, the most frequent first.
    ///
    /// # Errors
    /// Where what answers cannot be opened, or the database fails.
    pub async fn gaps(&self, most: usize) -> Result<Vec<GapGroup>, RefreshError> {
        let asked = self.store.gaps(self.told_of, LOOKED_AT).await?;
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        // What all share is compiled wherever it answers, and a moderator's click does not wait for long.
        let answerer = self.of(EVERYBODY).answerer().await?;
        let mut groups = grouped(&asked, |question| answerer.telling(question));
        groups.truncate(most);
        Ok(groups)
    }

    /// Deals with a question that was asked in vain: it is not told again in these words, or in like ones. The
    /// question, or an id of [`GapGroup::id`].
    ///
    /// # Errors
    /// Where there is no such question, or the database fails.
    pub async fn dismiss(&self, order: &Order<'_>, question: &str) -> Result<GapGroup, RefreshError> {
        let group = self.gap(question).await?;
        if order.dry_run {
            return Ok(group);
        }
        self.store.dismiss_gap(self.told_of, &group.question).await?;
        // The log is kept for ever, and people's words are not.
        self.log(order.who, "dismiss", &group.id(), "done").await?;
        Ok(group)
    }

    /// Whether a question that was asked in vain is answered from a source now: the wordings that are not. Where all
    /// are, it is no gap any more.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn answered_by(
        &self,
        who: &str,
        gap: &GapGroup,
        source: &str,
        answerer: &Answerer,
    ) -> Result<Vec<String>, RefreshError> {
        let document = format!("originals/{source}");
        let is_answered = |wording: &&String| {
            let Ok(question) = Question::new(wording) else { return false };
            matches!(answerer.answer(&question, None).outcome, Outcome::Answered(cited) if cited.iter().any(|one| {
                answerer.corpus().passage(one.excerpt.passage()).0.id == document
            }))
        };
        let wordings = std::iter::once(&gap.question).chain(&gap.also);
        let open: Vec<String> = wordings.filter(|wording| !is_answered(wording)).cloned().collect();
        if open.is_empty() {
            self.dismiss(&Order::of(who), &gap.question).await?;
        }
        Ok(open)
    }

    /// The question that was asked in vain with this id, or in these words.
    ///
    /// # Errors
    /// Where there is none, or the database fails.
    pub async fn gap(&self, question: &str) -> Result<GapGroup, RefreshError> {
        let folded = fold(question);
        let wanted = words(&folded).collect::<Vec<_>>().join(" ");
        let is_it = |gap: &GapGroup| gap.id() == question || gap.question == wanted || gap.also.contains(&wanted);
        self.gaps(usize::MAX).await?.into_iter().find(is_it).ok_or_else(|| RefreshError::NoGap(question.to_owned()))
    }
}

/// Puts questions together whose telling words are the same, in any order.
fn grouped(gaps: &[Gap], telling: impl Fn(&str) -> Vec<String>) -> Vec<GapGroup> {
    let mut by_words: BTreeMap<Vec<String>, Vec<&Gap>> = BTreeMap::new();
    for gap in gaps {
        let mut words = telling(&gap.question);
        if words.is_empty() {
            words.push(gap.question.clone());
        }
        words.sort_unstable();
        words.dedup();
        by_words.entry(words).or_default().push(gap);
    }
    let group = |gaps: Vec<&Gap>| {
        let first = gaps.iter().map(|gap| gap.first_at).min().unwrap_or_default();
        let last = gaps.iter().map(|gap| gap.last_at).max().unwrap_or_default();
        let mut wordings = gaps.iter().map(|gap| gap.question.clone());
        GapGroup {
            question: wordings.next().unwrap_or_default(),
            asked: gaps.iter().map(|gap| gap.asked).sum(),
            first_at: clock::day(first),
            last_at: clock::day(last),
            also: wordings.take(WORDINGS).collect(),
        }
    };
    // One that was dealt with stands for all that ask the same.
    let open = by_words.into_values().filter(|gaps| !gaps.iter().any(|gap| gap.dismissed));
    let mut groups: Vec<GapGroup> = open.map(group).collect();
    groups.sort_by(|a, b| {
        b.asked.cmp(&a.asked).then_with(|| b.last_at.cmp(&a.last_at)).then_with(|| a.question.cmp(&b.question))
    });
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn telling(question: &str) -> Vec<String> {
        let language = Language::new("en");
        let telling = words(question).filter(|word| !language.is_stop_word(word));
        telling.map(|word| language.stem(word).into_owned()).collect()
    }

    #[test]
    fn questions_that_ask_the_same_are_told_once() {
        let gap = |question: &str, asked, first_at, last_at| Gap {
            question: question.into(),
            asked,
            first_at,
            last_at,
            dismissed: false,
        };
        let dealt_with = Gap { dismissed: true, ..gap("do moles dig", 1, 0, 0) };
        let gaps = [
            dealt_with,
            gap("digging moles", 9, 0, 0),
            gap("how do i sharpen my scythe", 3, 0, 86_400),
            gap("do bees sting", 4, 0, 0),
            gap("sharpening scythes how", 2, 172_800, 172_800),
        ];
        let groups = grouped(&gaps, telling);
        let told: Vec<(&str, u64)> = groups.iter().map(|group| (group.question.as_str(), group.asked)).collect();
        assert_eq!(told, [("how do i sharpen my scythe", 5), ("do bees sting", 4)]);
        assert_eq!((groups[0].last_at.as_str(), groups[0].also.len()), ("1970-01-03", 1));
    }
}
