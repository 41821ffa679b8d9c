//! What somebody describes who does not know its name: the nearest descriptions, and whose they are.

use rustc_hash::{FxHashMap, FxHashSet};

use super::finder::Target;
use crate::corpus::Corpus;
use crate::language::{Language, fold, words};

/// From this score on a description is near; at 1 all words are the same.
const NEAR: f32 = 0.6;
/// What an entry's second description counts that is near, and its third.
const NEXT: [f32; 2] = [0.35, 0.15];

/// The words of a text that carry something, by their stems.
type Stems = FxHashSet<String>;

/// The descriptions of all entries, ready to be compared.
#[derive(Debug, Clone)]
pub(super) struct Descriptions {
    all: Vec<(Target, Stems)>,
    /// In how many descriptions a stem stands.
    held: FxHashMap<String, u16>,
}

impl Descriptions {
    pub(super) fn new(corpus: &Corpus, skip: &FxHashSet<String>) -> Self {
        let muscles = (0..).zip(&corpus.muscles.list).map(|(at, of)| (Target::Muscle(at), &of.described));
        let groups = (0..).zip(&corpus.muscles.groups).map(|(at, of)| (Target::Group(at), &of.described));
        let described = muscles.chain(groups).flat_map(|(target, texts)| texts.iter().map(move |text| (target, text)));
        let all: Vec<_> = described.map(|(target, text)| (target, stems(&corpus.language, skip, text))).collect();
        let mut held: FxHashMap<String, u16> = FxHashMap::default();
        for stem in all.iter().flat_map(|(_, stems)| stems) {
            *held.entry(stem.clone()).or_default() += 1;
        }
        Self { all, held }
    }

    /// The entries with a description near this one, the nearest first.
    pub(super) fn near(&self, language: &Language, skip: &FxHashSet<String>, typed: &str) -> Vec<Target> {
        let typed = stems(language, skip, typed);
        let whole = self.tells(&typed);
        let mut near: FxHashMap<Target, Vec<f32>> = FxHashMap::default();
        for (target, description) in &self.all {
            let both = self.tells(typed.intersection(description));
            if both > 0.0 {
                near.entry(*target).or_default().push(2.0 * both / (whole + self.tells(description)));
            }
        }
        let score = |mut scores: Vec<f32>| {
            scores.sort_by(|a, b| b.total_cmp(a));
            let next: f32 = scores.iter().skip(1).zip(NEXT).map(|(score, counts)| score * counts).sum();
            scores[0] + next
        };
        let mut ranked: Vec<(f32, Target)> = near.into_iter().map(|(target, of)| (score(of), target)).collect();
        ranked.retain(|(score, _)| *score >= NEAR);
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.into_iter().map(|(_, target)| target).collect()
    }

    /// What stems tell in all: the less the more descriptions have them.
    #[allow(clippy::cast_precision_loss)] // there are few
    fn tells<'a>(&self, stems: impl IntoIterator<Item = &'a String>) -> f32 {
        let held = |stem: &String| f32::from(self.held.get(stem).copied().unwrap_or_default());
        stems.into_iter().map(|stem| (1.0 + self.all.len() as f32 / (held(stem) + 0.5)).ln()).sum()
    }
}

fn stems(language: &Language, skip: &FxHashSet<String>, text: &str) -> Stems {
    let folded = fold(text);
    let carries = |word: &&str| !skip.contains(*word) && !language.is_stop_word(word);
    words(&folded).filter(carries).map(|word| language.stem(word).into_owned()).collect()
}
