//! A linear model of texts: multinomial logistic regression over hashed features.
//!
//! It is fitted when a corpus is compiled, to the corpus's own examples alone, and the same examples always
//! give the same model. It only ever decides; it writes nothing. Knows no subject, and no classes but by
//! number.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use crate::generation::{Generation, GenerationError, Numbers};

/// Passes over the examples. More changed nothing on messages that were kept aside.
const PASSES: usize = 4;
/// How far a weight moves at first (AdaGrad).
const STEP: f32 = 1.0;
/// How strongly weights are drawn to zero (L2), a share of the loss of one example.
const DRAWN: f32 = 1e-3;
/// A feature of fewer examples than this tells nothing of the next text.
const SELDOM: u32 = 2;
/// In the table, for each feature: itself, and its number plus one (0 in an empty row).
const COLUMNS: usize = 2;

/// The features of a text while they are being collected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features(Vec<u32>);

/// A text's features, hashed and sorted, each with how often it stands there. Half of the hash is enough: two
/// that share one among a million cost nothing.
pub(crate) type Counted = Vec<(u32, f32)>;

/// A text, which class it is of, and how much it counts.
#[derive(Debug)]
pub(crate) struct Example<'a> {
    pub(crate) features: &'a Counted,
    pub(crate) class: usize,
    pub(crate) weight: f32,
}

impl Features {
    /// Adds one feature: a kind, so that a word is told from a concept, and its parts.
    pub(crate) fn add(&mut self, kind: u8, parts: &[&[u8]]) {
        let mut hasher = FxHasher::default();
        hasher.write_u8(kind);
        for part in parts {
            hasher.write(part);
            hasher.write_u8(0xff);
        }
        let whole = hasher.finish();
        #[allow(clippy::cast_possible_truncation)]
        self.0.push((whole ^ (whole >> 32)) as u32);
    }

    /// Adds words, and each pair of neighbours.
    pub(crate) fn add_words<S: AsRef<str>>(&mut self, words: &[S]) {
        for word in words {
            self.add(1, &[word.as_ref().as_bytes()]);
        }
        for pair in words.windows(2) {
            self.add(2, &[pair[0].as_ref().as_bytes(), pair[1].as_ref().as_bytes()]);
        }
    }

    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn counted(mut self) -> Counted {
        self.0.sort_unstable();
        self.0.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f32)).collect()
    }
}

/// Fits a model of so many classes and writes it; an empty one where there are no examples.
pub(crate) fn learn(
    examples: &[Example<'_>],
    classes: usize,
    name: &str,
    generation: &Generation,
) -> Result<(), GenerationError> {
    Fitted::new(examples, classes).put(name, generation)
}

/// A model while it is being fitted.
#[derive(Debug, Default)]
struct Fitted {
    /// The features, sorted; the position of one is its number.
    keys: Vec<u32>,
    idf: Vec<f32>,
    /// For each feature, what it says for each class.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Fitted {
    #[allow(clippy::cast_precision_loss)]
    fn new(examples: &[Example<'_>], classes: usize) -> Self {
        if examples.is_empty() {
            return Self::default();
        }
        let mut held: FxHashMap<u32, u32> = FxHashMap::default();
        for (feature, _) in examples.iter().flat_map(|example| example.features) {
            *held.entry(*feature).or_default() += 1;
        }
        let mut keys: Vec<u32> = held.iter().filter(|(_, held)| **held >= SELDOM).map(|(key, _)| *key).collect();
        keys.sort_unstable();
        let of = examples.len() as f32;
        let idf = keys.iter().map(|key| 1.0 + ((1.0 + of) / (1.0 + held[key] as f32)).ln()).collect();
        let mut model = Self { weights: Vec::new(), bias: vec![0.0; classes], keys, idf };
        model.fit(examples);
        model
    }

    /// Stochastic gradient descent, one example at a time.
    fn fit(&mut self, examples: &[Example<'_>]) {
        let number: FxHashMap<u32, u32> = self.keys.iter().copied().zip(0..).collect();
        let row = |example: &Example<'_>| {
            let known = example.features.iter().filter_map(|&(key, times)| {
                let at = *number.get(&key)?;
                Some((at, value(times, self.idf[at as usize])))
            });
            normalised(known.collect())
        };
        let rows: Vec<Vec<(u32, f32)>> = examples.iter().map(row).collect();
        let count = self.bias.len();
        // A feature's weights, and behind them how far each has moved: what is used together lies together.
        let start = [vec![0.0; count], vec![1e-6; count]].concat();
        let mut table: Vec<f32> = start.repeat(self.keys.len());
        let mut bias_moved = vec![1e-6_f32; count];
        let mut errors = vec![0.0_f32; count];
        for pass in 0..PASSES {
            for at in 0..rows.len() {
                // A fixed walk that visits every example once, in another order each pass.
                let at = (at * 7919 + pass * 104_729) % rows.len();
                let (row, example) = (&rows[at], &examples[at]);
                errors.copy_from_slice(&self.bias);
                for &(feature, value) in row {
                    let weights = &table[feature as usize * 2 * count..][..count];
                    errors.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
                }
                softmax(&mut errors);
                errors[example.class] -= 1.0;
                if errors[example.class] > -1e-3 {
                    continue;
                }
                errors.iter_mut().for_each(|error| *error *= example.weight);
                for &(feature, value) in row {
                    let (weights, moved) = table[feature as usize * 2 * count..][..2 * count].split_at_mut(count);
                    for ((weight, moved), error) in weights.iter_mut().zip(moved).zip(&errors) {
                        let slope = error * value + DRAWN * *weight;
                        *moved += slope * slope;
                        *weight -= STEP * slope / moved.sqrt();
                    }
                }
                for ((bias, moved), error) in self.bias.iter_mut().zip(&mut bias_moved).zip(&errors) {
                    *moved += error * error;
                    *bias -= STEP * error / moved.sqrt();
                }
            }
        }
        self.weights = table.chunks(2 * count).flat_map(|row| &row[..count]).copied().collect();
    }

    /// Writes what is read as a whole, a table of the features, and their idf and weights by number.
    fn put(&self, name: &str, generation: &Generation) -> Result<(), GenerationError> {
        generation.put(name, &self.bias)?;
        let size = (self.keys.len() * 2).next_power_of_two().max(2);
        let mut table = vec![0_u32; size * COLUMNS];
        for (at, &key) in (1..).zip(&self.keys) {
            let mut slot = home(key, size);
            while table[slot * COLUMNS + 1] != 0 {
                slot = (slot + 1) % size;
            }
            table[slot * COLUMNS..][..COLUMNS].copy_from_slice(&[key, at]);
        }
        generation.put_numbers(&format!("{name}.features"), &table)?;
        let rows = self.idf.iter().zip(self.weights.chunks(self.bias.len().max(1)));
        let numbers: Vec<u32> =
            rows.flat_map(|(idf, row)| std::iter::once(idf).chain(row)).map(|number| number.to_bits()).collect();
        generation.put_numbers(&format!("{name}.weights"), &numbers)
    }
}

/// A model that was fitted.
#[derive(Clone)]
pub(crate) struct Model {
    bias: Vec<f32>,
    table: Numbers,
    /// For each feature its idf, and what it says for each class.
    rows: Numbers,
}

impl Model {
    pub(crate) fn open(name: &str, generation: &Generation) -> Result<Self, GenerationError> {
        let table = generation.numbers(&format!("{name}.features"))?;
        let rows = generation.numbers(&format!("{name}.weights"))?;
        Ok(Self { bias: generation.get(name)?, table, rows })
    }

    /// How likely a text is of each class; `None` where nothing was learnt.
    pub(crate) fn beliefs(&self, text: &Counted) -> Option<Vec<f32>> {
        if self.bias.is_empty() {
            return None;
        }
        let row = self.bias.len() + 1;
        let known = text.iter().filter_map(|&(key, times)| {
            let at = self.number(key)?;
            Some((at, value(times, f32::from_bits(self.rows[at as usize * row]))))
        });
        let mut beliefs = self.bias.clone();
        for (at, value) in normalised(known.collect()) {
            for (belief, weight) in beliefs.iter_mut().zip(&self.rows[at as usize * row + 1..][..row - 1]) {
                *belief += value * f32::from_bits(*weight);
            }
        }
        softmax(&mut beliefs);
        Some(beliefs)
    }

    /// Whether it has seen this word in two examples or more.
    pub(crate) fn knows(&self, word: &str) -> bool {
        let mut features = Features::default();
        features.add(1, &[word.as_bytes()]);
        features.0.first().is_some_and(|&key| !self.bias.is_empty() && self.number(key).is_some())
    }

    fn number(&self, key: u32) -> Option<u32> {
        let size = self.table.len() / COLUMNS;
        let mut slot = home(key, size);
        loop {
            let row = &self.table[slot * COLUMNS..][..COLUMNS];
            match row[1].checked_sub(1) {
                None => return None,
                number if row[0] == key => return number,
                Some(_) => slot = (slot + 1) % size,
            }
        }
    }
}

/// What a feature that stands so often in a text counts, before they are brought to one length.
fn value(times: f32, idf: f32) -> f32 {
    (1.0 + times.ln()) * idf
}

fn normalised(mut vector: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    let length = vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|(_, value)| *value /= length.max(f32::EPSILON));
    vector
}

/// Turns log-odds into probabilities that add up to one.
fn softmax(beliefs: &mut [f32]) {
    let most = beliefs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    beliefs.iter_mut().for_each(|belief| *belief = (*belief - most).exp());
    let whole: f32 = beliefs.iter().sum();
    beliefs.iter_mut().for_each(|belief| *belief /= whole);
}

/// Where a feature belongs in a table of so many rows, a power of two.
fn home(key: u32, size: usize) -> usize {
    key as usize & (size - 1)
}
