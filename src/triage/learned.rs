//! What triage learns from the corpus's example messages.
//!
//! Rules say what is known to be a sign; nobody can write down all the ways in which people say it. So a
//! linear model is fitted to the examples when a corpus is opened: its features are the words of a
//! message and the pairs of neighbours, its weights come from the examples alone, and the same corpus
//! always gives the same model. It never writes anything: it only decides which advice is shown.

use rustc_hash::FxHashMap;

use crate::corpus::Level;

/// Passes over the examples. More changed nothing on messages that were kept aside.
const PASSES: usize = 25;
/// How far a weight moves at first (AdaGrad).
const STEP: f32 = 1.0;
/// How strongly weights are drawn to zero (L2), a share of the loss of one example.
const DRAWN: f32 = 2e-5;
/// With fewer examples of signs than this there is nothing to learn from.
const FEWEST: usize = 100;
/// Long messages are also looked at in stretches of so many words.
const STRETCH: usize = 40;

/// A long message has many stretches, and with each a chance to look like a sign; so each must look more
/// like one than a short message, by this much in log-odds.
const CHANCES: f32 = 2.0;

/// An example: its words, and the class of the sign it shows, if any.
pub(super) struct Example {
    pub(super) words: Vec<String>,
    pub(super) shows: Option<Class>,
}

/// A flag by its position, and a level.
pub(super) type Class = (usize, Level);

/// A linear model of whether a message shows a sign, and which.
#[derive(Debug, Clone, Default)]
pub(super) struct Learned {
    features: FxHashMap<u64, Feature>,
    bias: f32,
    classes: Vec<(Class, f32)>,
}

#[derive(Debug, Clone, Default)]
struct Feature {
    /// How much rarer than always it is: its inverse document frequency.
    idf: f32,
    /// What it says for a sign.
    weight: f32,
    /// What it says for each class, the logarithm of its share.
    classes: Vec<f32>,
}

impl Learned {
    /// Fits the model; an empty one, that finds nothing, where there are too few examples.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn new(examples: &[Example]) -> Self {
        let signs = examples.iter().filter(|example| example.shows.is_some()).count();
        if signs < FEWEST || signs == examples.len() {
            return Self::default();
        }
        let counted: Vec<Vec<(u64, f32)>> = examples.iter().map(|example| counted(&example.words)).collect();
        let mut held: FxHashMap<u64, u32> = FxHashMap::default();
        for (feature, _) in counted.iter().flatten() {
            *held.entry(*feature).or_default() += 1;
        }
        let of = examples.len() as f32;
        let features = held
            .into_iter()
            .map(|(feature, held)| {
                let idf = 1.0 + ((1.0 + of) / (1.0 + held as f32)).ln();
                (feature, Feature { idf, ..Feature::default() })
            })
            .collect();
        let mut model = Self { features, bias: 0.0, classes: Vec::new() };
        model.fit(examples, &counted);
        model.fit_classes(examples, &counted);
        model
    }

    /// Logistic regression.
    fn fit(&mut self, examples: &[Example], counted: &[Vec<(u64, f32)>]) {
        // Dense numbers for the features, so that a step is an addition and no look-up.
        let mut keys: Vec<u64> = self.features.keys().copied().collect();
        keys.sort_unstable();
        let number: FxHashMap<u64, usize> = keys.iter().enumerate().map(|(at, &key)| (key, at)).collect();
        let rows: Vec<Vec<(usize, f32)>> = counted
            .iter()
            .map(|row| self.vector(row).into_iter().map(|(key, _, value)| (number[&key], value)).collect())
            .collect();
        let (mut weights, mut moved) = (vec![0.0_f32; keys.len()], vec![1e-6_f32; keys.len()]);
        let (mut bias, mut bias_moved) = (0.0_f32, 1e-6_f32);
        for pass in 0..PASSES {
            for at in 0..rows.len() {
                // A fixed walk that visits every example once, in another order each pass.
                let at = (at * 7919 + pass * 104_729) % rows.len();
                let row = &rows[at];
                let sum: f32 = bias + row.iter().map(|&(feature, value)| weights[feature] * value).sum::<f32>();
                let wanted = if examples[at].shows.is_some() { 1.0 } else { 0.0 };
                let error = logistic(sum) - wanted;
                for &(feature, value) in row {
                    let slope = error * value + DRAWN * weights[feature];
                    moved[feature] += slope * slope;
                    weights[feature] -= STEP * slope / moved[feature].sqrt();
                }
                bias_moved += error * error;
                bias -= STEP * error / bias_moved.sqrt();
            }
        }
        self.bias = bias;
        for (key, weight) in keys.into_iter().zip(weights) {
            if let Some(feature) = self.features.get_mut(&key) {
                feature.weight = weight;
            }
        }
    }

    /// Which flag and level: multinomial naive Bayes over the examples of signs.
    #[allow(clippy::cast_precision_loss)]
    fn fit_classes(&mut self, examples: &[Example], counted: &[Vec<(u64, f32)>]) {
        let mut classes: Vec<Class> = examples.iter().filter_map(|example| example.shows).collect();
        let all = classes.len() as f32;
        classes.sort_unstable();
        let shares: Vec<(Class, f32)> =
            classes.chunk_by(|a, b| a == b).map(|run| (run[0], (run.len() as f32 / all).ln())).collect();
        let mut sums: FxHashMap<u64, Vec<f32>> = FxHashMap::default();
        let mut totals = vec![0.0_f32; shares.len()];
        for (example, row) in examples.iter().zip(counted) {
            let Some(shown) = example.shows else { continue };
            let Ok(class) = shares.binary_search_by_key(&shown, |(class, _)| *class) else { continue };
            for &(feature, value) in row {
                sums.entry(feature).or_insert_with(|| vec![0.0; shares.len()])[class] += value;
                totals[class] += value;
            }
        }
        let smooth = 0.1;
        let kinds = sums.len() as f32;
        for (key, sums) in sums {
            let share = |(sum, total): (f32, &f32)| ((sum + smooth) / (total + smooth * kinds)).ln();
            if let Some(feature) = self.features.get_mut(&key) {
                feature.classes = sums.into_iter().zip(&totals).map(share).collect();
            }
        }
        self.classes = shares;
    }

    /// The features of a message that the model knows, and their values, of length one together.
    fn vector(&self, counted: &[(u64, f32)]) -> Vec<(u64, &Feature, f32)> {
        let mut vector: Vec<(u64, &Feature, f32)> = counted
            .iter()
            .filter_map(|&(key, times)| self.features.get(&key).map(|of| (key, of, (1.0 + times.ln()) * of.idf)))
            .collect();
        let length = vector.iter().map(|(_, _, value)| value * value).sum::<f32>().sqrt();
        vector.iter_mut().for_each(|(_, _, value)| *value /= length.max(f32::EPSILON));
        vector
    }

    /// How likely a message shows a sign, 0 to 1; `None` where nothing was learnt.
    pub(super) fn probability<S: AsRef<str>>(&self, words: &[S]) -> Option<f32> {
        if self.classes.is_empty() {
            return None;
        }
        let of = |words: &[S]| {
            let vector = self.vector(&counted(words));
            self.bias + vector.iter().map(|(_, feature, value)| feature.weight * value).sum::<f32>()
        };
        let longest = stretches(words).map(|stretch| of(stretch) - CHANCES).reduce(f32::max);
        Some(logistic(longest.unwrap_or_else(|| of(words))))
    }

    /// The flag and level that a message with a sign most likely shows.
    ///
    /// First the level, all flags together, where a third of the belief is enough for an emergency;
    /// then the flag.
    pub(super) fn class<S: AsRef<str>>(&self, words: &[S]) -> Option<Class> {
        let mut beliefs: Vec<f32> = self.classes.iter().map(|(_, share)| *share).collect();
        for (key, times) in counted(words) {
            let Some(feature) = self.features.get(&key).filter(|feature| !feature.classes.is_empty()) else { continue };
            beliefs.iter_mut().zip(&feature.classes).for_each(|(belief, share)| *belief += times * share);
        }
        let most = beliefs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        beliefs.iter_mut().for_each(|belief| *belief = (*belief - most).exp());
        let whole: f32 = beliefs.iter().sum();
        let of_level = |level: Level| {
            let all = self.classes.iter().zip(&beliefs).filter(|(((_, of), _), _)| *of == level);
            all.map(|(_, belief)| belief).sum::<f32>() / whole
        };
        let levels = [Level::Emergency, Level::Crisis, Level::SameDay, Level::Soon];
        let likeliest = levels.into_iter().max_by(|a, b| of_level(*a).total_cmp(&of_level(*b)))?;
        let level = if of_level(Level::Emergency) > 1.0 / 3.0 { Level::Emergency } else { likeliest };
        let of_it = self.classes.iter().zip(&beliefs).filter(|(((_, of), _), _)| *of == level);
        of_it.max_by(|a, b| a.1.total_cmp(b.1)).map(|((class, _), _)| *class)
    }
}

/// The stretches of a long message, half over each other; none of a short one.
pub(super) fn stretches<T>(words: &[T]) -> impl Iterator<Item = &[T]> {
    let long = words.len() > STRETCH + STRETCH / 2;
    let starts = (0..words.len().saturating_sub(STRETCH / 2)).step_by(STRETCH / 2).filter(move |_| long);
    starts.map(|start| &words[start..(start + STRETCH).min(words.len())])
}

fn logistic(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

/// The words of a message and the pairs of neighbours, hashed, with how often each stands there; sorted.
#[allow(clippy::cast_precision_loss)]
fn counted<S: AsRef<str>>(words: &[S]) -> Vec<(u64, f32)> {
    use std::hash::Hasher;
    let hash = |parts: &[S]| {
        let mut hasher = rustc_hash::FxHasher::default();
        for part in parts {
            hasher.write(part.as_ref().as_bytes());
            hasher.write_u8(0xff);
        }
        hasher.finish()
    };
    let mut features: Vec<u64> = words.windows(1).chain(words.windows(2)).map(hash).collect();
    features.sort_unstable();
    features.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f32)).collect()
}
