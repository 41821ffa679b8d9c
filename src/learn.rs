//! A linear model of texts: multinomial logistic regression over hashed features.
//!
//! It is fitted when a corpus is compiled, to the corpus's own examples alone, and the same examples always
//! give the same model. It only ever decides; it writes nothing. Knows no subject, and no classes but by
//! number.

use std::hash::Hasher;
use std::ops::{Range, RangeInclusive};
use std::panic::resume_unwind;

use rustc_hash::{FxHashMap, FxHasher};

use crate::generation::{Generation, GenerationError, Numbers, extend_packed};

/// As many passes over the examples as are worth their time. With half as many, a few examples more moved the odds of
/// all texts.
pub(crate) const PASSES: usize = 8;
/// How far a weight moves at most (AdaGrad).
const STEP: f32 = 1.0;
/// How much a weight counts as having moved before it has (AdaGrad's initial accumulator). With none, the first error
/// moves it the whole step, however small the error is, and what is seldom is learnt by heart: twice the false alarms.
const MOVED: f32 = 0.02;
/// How strongly weights are drawn to zero (L2), a share of the loss of one example.
const DRAWN: f32 = 3e-4;
/// An error smaller than this moves nothing: most classes of most examples are settled after a pass.
const SETTLED: f32 = 1e-2;
/// So far below the likeliest class, in log-odds, one is next to impossible; most are, of hundreds.
const NEXT_TO_NONE: f32 = -20.0;
/// A feature of fewer examples than this tells nothing of the next text.
const SELDOM: u32 = 2;
/// A model of no more weights than this learns one for each feature and class. A larger one learns those of the classes
/// that have a feature, or all where that is more than one class in so many: a whole row is faster than a list.
const MOST_WEIGHTS: usize = 20_000_000;
const MOST_CLASSES: usize = 4;
/// In the table, for each feature: itself, and where its row begins plus one (0 in an empty slot).
const COLUMNS: usize = 2;
/// Stands where a row tells how many weights it lists, if it lists none but has a byte for each class.
const WHOLE: u32 = u32::MAX;

/// What a feature is, so that a word is told from a concept. Their numbers are hashed: with another one all is learnt
/// anew, and a little differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A word.
    Word = 1,
    /// Two words that are neighbours.
    Pair = 2,
    /// A concept.
    Concept = 3,
    /// A word that does not count, and why not.
    Discounted = 5,
    /// The same with the word before it.
    DiscountedPair = 6,
    /// Letters that follow one another in a word.
    Run = 7,
    /// Two words that stand near each other and are no neighbours.
    Gap = 8,
}

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
    /// Adds one feature by its parts.
    pub(crate) fn add(&mut self, kind: Kind, parts: &[&[u8]]) {
        let mut hasher = FxHasher::default();
        hasher.write_u8(kind as u8);
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
            self.add(Kind::Word, &[word.as_ref().as_bytes()]);
        }
        for pair in words.windows(2) {
            self.add(Kind::Pair, &[pair[0].as_ref().as_bytes(), pair[1].as_ref().as_bytes()]);
        }
    }

    /// Adds the pairs of words of which the second comes so many words behind the first.
    pub(crate) fn add_gaps<S: AsRef<str>>(&mut self, words: &[S], distances: RangeInclusive<usize>) {
        for distance in distances {
            let pairs = words.iter().zip(words.iter().skip(distance));
            pairs.for_each(|(one, other)| self.add(Kind::Gap, &[one.as_ref().as_bytes(), other.as_ref().as_bytes()]));
        }
    }

    /// Adds the runs of so many letters in words, the ends of a word counted as letters: misspellings and word
    /// families look alike. A word shorter than a run is hardly more than one.
    pub(crate) fn add_runs<S: AsRef<str>>(&mut self, words: &[S], lengths: RangeInclusive<usize>) {
        for word in words.iter().map(S::as_ref).filter(|word| word.len() >= *lengths.start()) {
            let word = [b"<", word.as_bytes(), b">"].concat();
            for length in lengths.clone() {
                word.windows(length).for_each(|run| self.add(Kind::Run, &[run]));
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

/// A model to be fitted: its name, how many classes it tells apart, from what, and in how many passes.
pub(crate) struct Task<'a> {
    pub(crate) name: &'static str,
    pub(crate) classes: usize,
    pub(crate) passes: usize,
    pub(crate) examples: Vec<Example<'a>>,
}

/// Fits models, all at once, and writes them; an empty one where there are no examples.
pub(crate) fn learn(tasks: Vec<Task<'_>>, generation: &Generation) -> Result<(), GenerationError> {
    let fit = |task: Task<'_>| Fitted::new(&task).put(task.name, generation);
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
    /// Where the weights of each feature end.
    ends: Vec<usize>,
    /// Of which class each weight is, sorted for each feature; nothing in a small model, where a feature has all in order.
    classes: Vec<u16>,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Fitted {
    #[allow(clippy::cast_precision_loss)]
    fn new(task: &Task<'_>) -> Self {
        let examples = &task.examples;
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
        let mut model = Self { bias: vec![0.0; task.classes], keys, idf, ..Self::default() };
        model.fit(examples, task.passes);
        model
    }

    /// Stochastic gradient descent, one example at a time.
    fn fit(&mut self, examples: &[Example<'_>], passes: usize) {
        let number: FxHashMap<u32, u32> = self.keys.iter().copied().zip(0..).collect();
        let (mut rows, mut row_ends, mut scales) = (Vec::new(), vec![0], Vec::with_capacity(examples.len()));
        for example in examples {
            let start = rows.len();
            rows.extend(example.features.iter().filter_map(|key| number.get(key)));
            scales.push(1.0 / length(rows[start..].iter().map(|&at| self.idf[at as usize])));
            row_ends.push(rows.len());
        }
        drop(number);
        self.find_classes(examples, &rows, &row_ends);
        let count = self.bias.len();
        let of_all = self.ends.last().copied().unwrap_or_default();
        let (mut weights, mut moved) = (vec![0.0_f32; of_all], vec![MOVED; of_all]);
        let mut moving: Vec<usize> = Vec::with_capacity(count);
        let (mut bias_moved, mut bias_summed) = (vec![MOVED; count], vec![0.0_f64; count]);
        let mut errors = vec![0.0_f32; count];
        for pass in 0..passes {
            for at in shuffled(examples, pass) {
                let (row, example) = (&rows[row_ends[at]..row_ends[at + 1]], &examples[at]);
                let value = |feature: u32| self.idf[feature as usize] * scales[at];
                errors.copy_from_slice(&self.bias);
                for &feature in row {
                    let (of, value) = (self.weights_of(feature), value(feature));
                    let weights = &weights[of.clone()];
                    if weights.len() == count {
                        errors.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
                    } else {
                        let each = self.classes[of].iter().zip(weights);
                        each.for_each(|(&class, weight)| errors[usize::from(class)] += value * weight);
                    }
                }
                softmax(&mut errors);
                errors[example.class] -= 1.0;
                let is_far = |error: f32| error.abs() > SETTLED;
                errors.iter_mut().for_each(|error| *error = if is_far(*error) { *error * example.weight } else { 0.0 });
                moving.clear();
                moving.extend((0..count).filter(|&class| errors[class] != 0.0));
                for &feature in row.iter().filter(|_| !moving.is_empty()) {
                    let (of, value) = (self.weights_of(feature), value(feature));
                    let mut move_one = |at: usize, error: f32| {
                        let slope = error * value + DRAWN * weights[at];
                        moved[at] += slope * slope;
                        weights[at] -= STEP * slope / moved[at].sqrt();
                    };
                    if of.len() == count {
                        moving.iter().for_each(|&class| move_one(of.start + class, errors[class]));
                    } else {
                        let each =
                            of.clone().zip(&self.classes[of]).map(|(at, &class)| (at, errors[usize::from(class)]));
                        each.filter(|(_, error)| *error != 0.0).for_each(|(at, error)| move_one(at, error));
                    }
                }
                for &class in &moving {
                    let error = errors[class];
                    bias_moved[class] += error * error;
                    self.bias[class] -= STEP * error / bias_moved[class].sqrt();
                }
                if pass + 1 == passes {
                    bias_summed.iter_mut().zip(&self.bias).for_each(|(sum, bias)| *sum += f64::from(*bias));
                }
            }
        }
        // Where it happens to stand after the last example is of that example; its mean is of all.
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
        let mean = bias_summed.into_iter().map(|sum| (sum / examples.len() as f64) as f32);
        self.bias = mean.collect();
        self.weights = weights;
    }

    /// Finds for each feature the classes of the examples that have it; in a small model it has all.
    fn find_classes(&mut self, examples: &[Example<'_>], rows: &[u32], row_ends: &[usize]) {
        let count = u16::try_from(self.bias.len()).unwrap_or(u16::MAX);
        if self.keys.len() * usize::from(count) <= MOST_WEIGHTS {
            self.ends = (1..=self.keys.len()).map(|features| features * usize::from(count)).collect();
            return;
        }
        let of_example = |(at, example): (usize, &Example<'_>)| {
            let class = u16::try_from(example.class).unwrap_or(u16::MAX);
            rows[row_ends[at]..row_ends[at + 1]].iter().map(move |&feature| (feature, class)).collect::<Vec<_>>()
        };
        let mut pairs: Vec<(u32, u16)> = examples.iter().enumerate().flat_map(of_example).collect();
        pairs.sort_unstable();
        pairs.dedup();
        for of in pairs.chunk_by(|a, b| a.0 == b.0) {
            if of.len() * MOST_CLASSES > usize::from(count) {
                self.classes.extend(0..count);
            } else {
                self.classes.extend(of.iter().map(|(_, class)| class));
            }
            self.ends.push(self.classes.len());
        }
    }

    /// Where the weights of a feature stand.
    fn weights_of(&self, feature: u32) -> Range<usize> {
        let at = feature as usize;
        at.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[at]
    }

    /// Writes what is read as a whole, a table of the features, and their idf and weights by number.
    fn put(&self, name: &str, generation: &Generation) -> Result<(), GenerationError> {
        generation.put(name, &self.bias)?;
        let size = (self.keys.len() * 4 / 3).next_power_of_two().max(2);
        let mut table = vec![0_u32; size * COLUMNS];
        let mut rows: Vec<u32> = Vec::new();
        for (feature, (&key, idf)) in (0..).zip(self.keys.iter().zip(&self.idf)) {
            let mut slot = home(key, size);
            while table[slot * COLUMNS + 1] != 0 {
                slot = (slot + 1) % size;
            }
            let of = self.weights_of(feature);
            let (weights, place) = (&self.weights[of.clone()], u32::try_from(rows.len() + 1).unwrap_or(0));
            table[slot * COLUMNS..][..COLUMNS].copy_from_slice(&[key, place]);
            let most = weights.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
            let step = most / f32::from(i8::MAX);
            #[allow(clippy::cast_possible_truncation)] // it is between the ends of i8
            let steps = weights.iter().map(|weight| (weight / step).round() as i8);
            if weights.len() == self.bias.len() {
                rows.extend([idf.to_bits(), step.to_bits(), WHOLE]);
                extend_packed(&mut rows, &steps.collect::<Vec<i8>>());
                continue;
            }
            let listed = self.classes[of].iter().zip(steps).filter(|(_, steps)| *steps != 0);
            let listed: Vec<u32> =
                listed.map(|(&class, steps)| bytemuck::cast([i16::from(steps).cast_unsigned(), class])).collect();
            rows.extend([idf.to_bits(), step.to_bits(), u32::try_from(listed.len()).unwrap_or(0)]);
            rows.extend(listed);
        }
        generation.put_numbers(&format!("{name}.features"), &table);
        generation.put_numbers(&format!("{name}.weights"), &rows);
        Ok(())
    }
}

/// A model that was fitted.
#[derive(Clone)]
pub(crate) struct Model {
    bias: Vec<f32>,
    table: Numbers,
    /// For each feature its idf, what a step is worth, how many weights it lists, and these: in steps, with their class. Or
    /// `WHOLE`, and a byte for each class.
    rows: Numbers,
}

impl Model {
    pub(crate) fn open(name: &str, generation: &Generation) -> Result<Self, GenerationError> {
        let table = generation.numbers(&format!("{name}.features"))?;
        let rows = generation.numbers(&format!("{name}.weights"))?;
        Ok(Self { bias: generation.get(name)?, table, rows })
    }

    /// How likely a text is of each class; `None` where nothing was learnt.
    pub(crate) fn beliefs(&self, text: &Seen) -> Option<Vec<f32>> {
        if self.bias.is_empty() {
            return None;
        }
        let known = self.rows(text);
        let length = length(known.iter().map(|row| row.idf));
        let mut beliefs = self.bias.clone();
        for row in known {
            let value = row.idf * row.step / length;
            match row.weights {
                Weights::Whole(steps) => {
                    beliefs.iter_mut().zip(steps).for_each(|(belief, steps)| *belief += value * f32::from(*steps));
                }
                Weights::Listed(listed) => {
                    for &[steps, class] in listed {
                        if let Some(belief) = beliefs.get_mut(usize::from(class)) {
                            *belief += value * f32::from(steps.cast_signed());
                        }
                    }
                }
            }
        }
        softmax(&mut beliefs);
        Some(beliefs)
    }

    /// Whether it has seen this word in two examples or more.
    pub(crate) fn knows(&self, word: &str) -> bool {
        let mut features = Features::default();
        features.add(Kind::Word, &[word.as_bytes()]);
        features.0.first().is_some_and(|&key| place(self.slots(), key).is_some())
    }

    /// What it knows of the features of a text.
    fn rows(&self, text: &Seen) -> Vec<Row<'_>> {
        let slots = self.slots();
        // The table is larger than a processor's cache: all slots are fetched at once, before any is looked at.
        let homes: Vec<[u32; COLUMNS]> = text.iter().map(|&key| slots[home(key, slots.len())]).collect();
        let places = text.iter().zip(homes).filter_map(|(&key, at_home)| match at_home {
            [_, 0] => None,
            [of, place] if of == key => Some(place as usize - 1),
            _ => place(slots, key),
        });
        let places: Vec<usize> = places.collect();
        places.into_iter().filter_map(|place| self.row(place)).collect()
    }

    fn row(&self, place: usize) -> Option<Row<'_>> {
        let (&[idf, step, count], rest) = self.rows.get(place..)?.split_first_chunk()?;
        let weights = if count == WHOLE {
            Weights::Whole(bytemuck::cast_slice(rest).get(..self.bias.len())?)
        } else {
            Weights::Listed(bytemuck::cast_slice(rest.get(..count as usize)?))
        };
        Some(Row { idf: f32::from_bits(idf), step: f32::from_bits(step), weights })
    }

    fn slots(&self) -> &[[u32; COLUMNS]] {
        self.table.as_chunks().0
    }
}

/// Where the row of a feature begins.
fn place(slots: &[[u32; COLUMNS]], key: u32) -> Option<usize> {
    let mut slot = home(key, slots.len());
    loop {
        let [at_slot, place] = slots[slot];
        match place.checked_sub(1) {
            None => return None,
            Some(place) if at_slot == key => return Some(place as usize),
            Some(_) => slot = (slot + 1) % slots.len(),
        }
    }
}

/// A feature as a model knows it.
struct Row<'a> {
    idf: f32,
    step: f32,
    weights: Weights<'a>,
}

/// What a feature says for each class, in steps.
enum Weights<'a> {
    Whole(&'a [i8]),
    /// Each with its class; zero for the others.
    Listed(&'a [[u16; 2]]),
}

/// The examples by number, in an order of its own for each pass. It goes by what each one is, so that one more example
/// takes its place among the others and changes none of theirs.
fn shuffled(examples: &[Example<'_>], pass: usize) -> Vec<usize> {
    let place = |example: &Example<'_>| {
        let mut hasher = FxHasher::default();
        hasher.write_usize(pass);
        example.features.iter().for_each(|&feature| hasher.write_u32(feature));
        hasher.finish()
    };
    let mut places: Vec<(u64, usize)> = examples.iter().enumerate().map(|(at, example)| (place(example), at)).collect();
    places.sort_unstable();
    places.into_iter().map(|(_, at)| at).collect()
}

/// The length of a text's vector, to bring all to one.
fn length(idf: impl Iterator<Item = f32>) -> f32 {
    idf.map(|idf| idf * idf).sum::<f32>().sqrt().max(f32::EPSILON)
}

/// Turns log-odds into probabilities that add up to one.
fn softmax(beliefs: &mut [f32]) {
    let most = beliefs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let share = |below: f32| if below < NEXT_TO_NONE { 0.0 } else { below.exp() };
    beliefs.iter_mut().for_each(|belief| *belief = share(*belief - most));
    let whole: f32 = beliefs.iter().sum();
    beliefs.iter_mut().for_each(|belief| *belief /= whole);
}

/// Where a feature belongs in a table of so many rows, a power of two.
fn home(key: u32, size: usize) -> usize {
    key as usize & (size - 1)
}
