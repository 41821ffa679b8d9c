//! A linear model of texts: multinomial logistic regression over hashed features.
//!
//! It is fitted when a corpus is compiled, to the corpus's own examples alone, and the same examples always
//! give the same model. It only ever decides; it writes nothing. Knows no subject, and no classes but by
//! number.

use std::hash::Hasher;
use std::ops::RangeInclusive;
use std::panic::resume_unwind;

use rustc_hash::{FxHashMap, FxHasher};
use tantivy::directory::OwnedBytes;

use crate::generation::{Generation, GenerationError, Numbers};

/// Passes over the examples. With half as many, a few examples more moved the odds of all texts.
const PASSES: usize = 8;
/// How far a weight moves at most (AdaGrad).
const STEP: f32 = 1.0;
/// How much a weight counts as having moved before it has (AdaGrad's initial accumulator). With none, the first error
/// moves it the whole step, however small the error is, and what is seldom is learnt by heart: twice the false alarms.
const MOVED: f32 = 0.02;
/// How strongly weights are drawn to zero (L2), a share of the loss of one example.
const DRAWN: f32 = 3e-4;
/// An error smaller than this moves nothing: most classes of most examples are settled after a pass.
const SETTLED: f32 = 1e-2;
/// A feature of fewer examples than this tells nothing of the next text.
const SELDOM: u32 = 2;
/// In the table, for each feature: itself, and its number plus one (0 in an empty row).
const COLUMNS: usize = 2;
/// In a feature's row, before a byte for each class: its idf, and what a byte's step is worth.
const HEAD: usize = 8;

/// The features of a text while they are being collected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features(Vec<u32>);

/// A text's features, hashed and sorted, each once. Half of the hash is enough: two that share one among a
/// million cost nothing.
pub(crate) type Seen = Vec<u32>;

/// A text, which class it is of, and how much it counts.
#[derive(Debug)]
pub(crate) struct Example<'a> {
    pub(crate) features: &'a Seen,
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

    /// Adds the runs of so many letters in words, the ends of a word counted as letters: misspellings and word
    /// families look alike. A word shorter than a run is hardly more than one.
    pub(crate) fn add_runs<S: AsRef<str>>(&mut self, words: &[S], lengths: RangeInclusive<usize>) {
        for word in words.iter().map(S::as_ref).filter(|word| word.len() >= *lengths.start()) {
            let word = [b"<", word.as_bytes(), b">"].concat();
            for length in lengths.clone() {
                word.windows(length).for_each(|run| self.add(7, &[run]));
            }
        }
    }

    pub(crate) fn seen(mut self) -> Seen {
        self.0.sort_unstable();
        self.0.dedup();
        self.0.shrink_to_fit();
        self.0
    }
}

/// A model to be fitted: its name, how many classes it tells apart, and from what.
pub(crate) struct Task<'a> {
    pub(crate) name: &'static str,
    pub(crate) classes: usize,
    pub(crate) examples: Vec<Example<'a>>,
}

/// Fits models, all at once, and writes them; an empty one where there are no examples.
pub(crate) fn learn(tasks: Vec<Task<'_>>, generation: &Generation) -> Result<(), GenerationError> {
    let fit = |task: Task<'_>| Fitted::new(&task.examples, task.classes).put(task.name, generation);
    std::thread::scope(|scope| {
        let learners: Vec<_> = tasks.into_iter().map(|task| scope.spawn(move || fit(task))).collect();
        learners.into_iter().try_for_each(|learner| learner.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// What is read from thousands of texts: each processor reads a share of them, and their order stays.
pub(crate) fn read_all<T: Sync, E: Send>(texts: &[T], read: impl Fn(&T) -> Vec<E> + Sync) -> Vec<E> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let shares = texts.chunks(texts.len().div_ceil(processors).max(1));
        let readers: Vec<_> =
            shares.map(|share| scope.spawn(|| share.iter().flat_map(&read).collect::<Vec<E>>())).collect();
        readers.into_iter().flat_map(|reader| reader.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// A model while it is being fitted.
#[derive(Debug, Default)]
struct Fitted {
    /// The features, those of most examples first; the position of one is its number.
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
        for feature in examples.iter().flat_map(|example| example.features) {
            *held.entry(*feature).or_default() += 1;
        }
        let mut keys: Vec<u32> = held.iter().filter(|(_, held)| **held >= SELDOM).map(|(key, _)| *key).collect();
        // What many examples have is looked at most: it lies together.
        keys.sort_unstable_by_key(|key| (std::cmp::Reverse(held[key]), *key));
        let of = examples.len() as f32;
        let idf = keys.iter().map(|key| 1.0 + ((1.0 + of) / (1.0 + held[key] as f32)).ln()).collect();
        let mut model = Self { weights: Vec::new(), bias: vec![0.0; classes], keys, idf };
        model.fit(examples);
        model
    }

    /// Stochastic gradient descent, one example at a time.
    fn fit(&mut self, examples: &[Example<'_>]) {
        let number: FxHashMap<u32, u32> = self.keys.iter().copied().zip(0..).collect();
        let (mut rows, mut ends, mut scales) = (Vec::new(), vec![0], Vec::with_capacity(examples.len()));
        for example in examples {
            let start = rows.len();
            rows.extend(example.features.iter().filter_map(|key| number.get(key)));
            scales.push(1.0 / length(rows[start..].iter().map(|&at| self.idf[at as usize])));
            ends.push(rows.len());
        }
        drop(number);
        let count = self.bias.len();
        // A feature's weights, and behind them how far each has moved: what is used together lies together.
        let start = [vec![0.0; count], vec![MOVED; count]].concat();
        let mut table: Vec<f32> = start.repeat(self.keys.len());
        let (mut bias_moved, mut bias_summed) = (vec![MOVED; count], vec![0.0_f64; count]);
        let mut errors = vec![0.0_f32; count];
        let mut moving: Vec<(usize, f32)> = Vec::with_capacity(count);
        for pass in 0..PASSES {
            for at in 0..examples.len() {
                // A fixed walk that visits every example once, in another order each pass.
                let at = (at * 7919 + pass * 104_729) % examples.len();
                let (row, example) = (&rows[ends[at]..ends[at + 1]], &examples[at]);
                let value = |feature: u32| self.idf[feature as usize] * scales[at];
                errors.copy_from_slice(&self.bias);
                for &feature in row {
                    let value = value(feature);
                    let weights = &table[feature as usize * 2 * count..][..count];
                    errors.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
                }
                softmax(&mut errors);
                errors[example.class] -= 1.0;
                moving.clear();
                let far = errors.iter().enumerate().filter(|(_, error)| error.abs() > SETTLED);
                moving.extend(far.map(|(class, error)| (class, error * example.weight)));
                for &feature in row {
                    let value = value(feature);
                    let (weights, moved) = table[feature as usize * 2 * count..][..2 * count].split_at_mut(count);
                    for &(class, error) in &moving {
                        let slope = error * value + DRAWN * weights[class];
                        moved[class] += slope * slope;
                        weights[class] -= STEP * slope / moved[class].sqrt();
                    }
                }
                for &(class, error) in &moving {
                    bias_moved[class] += error * error;
                    self.bias[class] -= STEP * error / bias_moved[class].sqrt();
                }
                if pass + 1 == PASSES {
                    bias_summed.iter_mut().zip(&self.bias).for_each(|(sum, bias)| *sum += f64::from(*bias));
                }
            }
        }
        // Where it happens to stand after the last example is of that example; its mean is of all.
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
        let mean = bias_summed.into_iter().map(|sum| (sum / examples.len() as f64) as f32);
        self.bias = mean.collect();
        self.weights = table.chunks(2 * count).flat_map(|row| &row[..count]).copied().collect();
    }

    /// Writes what is read as a whole, a table of the features, and their idf and weights by number.
    fn put(&self, name: &str, generation: &Generation) -> Result<(), GenerationError> {
        generation.put(name, &self.bias)?;
        let size = (self.keys.len() * 4 / 3).next_power_of_two().max(2);
        let mut table = vec![0_u32; size * COLUMNS];
        for (at, &key) in (1..).zip(&self.keys) {
            let mut slot = home(key, size);
            while table[slot * COLUMNS + 1] != 0 {
                slot = (slot + 1) % size;
            }
            table[slot * COLUMNS..][..COLUMNS].copy_from_slice(&[key, at]);
        }
        generation.put_numbers(&format!("{name}.features"), &table);
        let mut rows: Vec<u8> = Vec::with_capacity(self.keys.len() * (HEAD + self.bias.len()));
        for (idf, weights) in self.idf.iter().zip(self.weights.chunks(self.bias.len().max(1))) {
            let most = weights.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
            let step = most / f32::from(i8::MAX);
            rows.extend(idf.to_le_bytes().into_iter().chain(step.to_le_bytes()));
            #[allow(clippy::cast_possible_truncation)] // it is between the ends of i8
            rows.extend(weights.iter().flat_map(|weight| ((weight / step).round() as i8).to_le_bytes()));
        }
        generation.put_bytes(&format!("{name}.weights"), rows);
        Ok(())
    }
}

/// A model that was fitted.
#[derive(Clone)]
pub(crate) struct Model {
    bias: Vec<f32>,
    table: Numbers,
    /// For each feature its idf, and in steps what it says for each class.
    rows: OwnedBytes,
}

impl Model {
    pub(crate) fn open(name: &str, generation: &Generation) -> Result<Self, GenerationError> {
        let table = generation.numbers(&format!("{name}.features"))?;
        let rows = generation.bytes(&format!("{name}.weights"))?;
        Ok(Self { bias: generation.get(name)?, table, rows })
    }

    /// How likely a text is of each class; `None` where nothing was learnt.
    pub(crate) fn beliefs(&self, text: &Seen) -> Option<Vec<f32>> {
        if self.bias.is_empty() {
            return None;
        }
        let known: Vec<Row<'_>> = text.iter().filter_map(|&key| self.row(key)).collect();
        let length = length(known.iter().map(|row| row.idf));
        let mut beliefs = self.bias.clone();
        for row in known {
            let value = row.idf * row.step / length;
            beliefs.iter_mut().zip(row.weights).for_each(|(belief, weight)| *belief += value * f32::from(*weight));
        }
        softmax(&mut beliefs);
        Some(beliefs)
    }

    /// Whether it has seen this word in two examples or more.
    pub(crate) fn knows(&self, word: &str) -> bool {
        let mut features = Features::default();
        features.add(1, &[word.as_bytes()]);
        features.0.first().is_some_and(|&key| self.number(key).is_some())
    }

    fn row(&self, key: u32) -> Option<Row<'_>> {
        let length = HEAD + self.bias.len();
        let row = self.rows.get(self.number(key)? as usize * length..)?.get(..length)?;
        let (idf, rest) = row.split_first_chunk()?;
        let (step, weights) = rest.split_first_chunk()?;
        let weights = bytemuck::cast_slice(weights);
        Some(Row { idf: f32::from_le_bytes(*idf), step: f32::from_le_bytes(*step), weights })
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

/// A feature as a model knows it.
struct Row<'a> {
    idf: f32,
    step: f32,
    weights: &'a [i8],
}

/// The length of a text's vector, to bring all to one.
fn length(idf: impl Iterator<Item = f32>) -> f32 {
    idf.map(|idf| idf * idf).sum::<f32>().sqrt().max(f32::EPSILON)
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
