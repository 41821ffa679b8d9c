//! Search over a million passages, against a bare Tantivy query of the same words over the same texts.
//!
//! `cargo bench --bench large` makes the passages up, with words as often as words are, and prints the median time of
//! each and their ratio. It takes some minutes, 4 GB of memory and 300 MB of the temporary folder.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use sacrum::answer::Answerer;
use sacrum::corpus::{Corpus, Folder};

mod bare;

const DOCUMENTS: usize = 1_000;
const SECTIONS: usize = 1_000;
const WORDS: f64 = 40_000.0;
const COMMON: [&str; 12] = ["the", "is", "my", "of", "and", "to", "in", "it", "that", "for", "how", "what"];
const QUESTIONS: usize = 200;

/// Numbers that look random and are the same each time (SplitMix64).
struct Numbers(u64);

impl Numbers {
    /// A number from 0 to 1.
    #[allow(clippy::cast_precision_loss)]
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A word: two in five are common ones, and of the others the n-th is met about 1/n times as often as the first.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn word(&mut self) -> String {
        if self.next() < 0.4 {
            return COMMON[(self.next() * COMMON.len() as f64) as usize].to_owned();
        }
        let mut rank = WORDS.powf(self.next()) as usize;
        let mut word = String::new();
        while rank > 0 {
            word.push(char::from(b"bdfgklmnprstvz"[rank % 14]));
            word.push(char::from(b"aeiou"[rank / 14 % 5]));
            rank /= 70;
        }
        word
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

#[allow(clippy::print_stdout)] // What it measures is for whoever runs it.
fn main() {
    let folder = std::env::temp_dir().join(format!("sacrum-large-{}", std::process::id()));
    let documents = folder.join("documents");
    std::fs::create_dir_all(&documents).expect("a folder");
    let mut numbers = Numbers(1);
    for document in 0..DOCUMENTS {
        let mut text = format!("# {}\n", numbers.words(3));
        for _ in 0..SECTIONS {
            write!(text, "\n## {}\n\n{}.\n", numbers.words(3), numbers.words(40)).expect("memory");
        }
        std::fs::write(documents.join(format!("{document}.md")), text).expect("a file");
    }
    let questions: Vec<String> = (0..QUESTIONS).map(|_| numbers.words(9)).collect();
    let corpus = Corpus::open(&Folder::Disk(folder.clone())).expect("the corpus");
    std::fs::remove_dir_all(&folder).expect("its own folder");
    let bare = bare::Index::new(
        corpus.passages().map(|(_, document, section)| [&*document.title, &section.heading, &section.text].join("\n")),
    );
    let answerer = Answerer::new(&corpus).expect("a corpus that answers");
    let found = median(&questions, |question| _ = black_box(bare.search(question)));
    let searched = median(&questions, |question| _ = black_box(answerer.search(question, 10)));
    println!("{} passages: median of a bare query {found:?}, of a search {searched:?}", corpus.passages().count());
    println!("ratio {:.2}", searched.as_secs_f64() / found.as_secs_f64());
}

/// The median time of a task over the questions, each asked three times.
fn median(questions: &[String], task: impl Fn(&str)) -> Duration {
    let time = |question: &String| {
        let begun = Instant::now();
        task(question);
        begun.elapsed()
    };
    let mut times: Vec<Duration> = (0..3).flat_map(|_| questions.iter().map(time)).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
