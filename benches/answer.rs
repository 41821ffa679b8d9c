//! A whole answer against a bare Tantivy query of the same words over the same texts.
//!
//! `cargo bench --bench answer` prints the median time of each and their ratio, over the questions in
//! tests/questions/answerable.jsonl and the corpus in corpus/.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::Criterion;
use sacrum::answer::Answerer;
use sacrum::corpus::{Corpus, Folder, Question};
use sacrum::terminal::json::AnswerJson;

mod bare;

#[allow(clippy::print_stdout)] // What it measures is for whoever runs it.
fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(root.join("tests/questions/answerable.jsonl")).expect("the questions");
    let questions: Vec<Question> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON"))
        .map(|line| Question::new(line["question"].as_str().expect("a question")).expect("a question with words"))
        .collect();
    let corpus = Corpus::open(&Folder::Disk(root.join("corpus"))).expect("the corpus");
    let answerer = Answerer::new(&corpus).expect("a corpus that answers");
    let bare = bare::Index::new(corpus.passages().map(|(_, document, section)| {
        let questions: Vec<&str> = corpus.questions_of(document, section).map(String::as_str).collect();
        [&document.title, &section.heading, &questions.join("\n"), &section.text].map(String::as_str).join("\n")
    }));

    let mut criterion = Criterion::default().configure_from_args();
    let found = medians(&mut criterion, "bare Tantivy, ten best", &questions, |question| {
        black_box(bare.search(question.text()));
    });
    let answered = medians(&mut criterion, "triage, search, excerpts, JSON", &questions, |question| {
        let answer = answerer.answer(question, None);
        black_box(serde_json::to_string(&AnswerJson::new(&answerer, question, &answer)).expect("JSON"));
    });
    println!("median of a bare query {found:?}, of a whole answer {answered:?}");
    println!("ratio {:.2}", answered.as_secs_f64() / found.as_secs_f64());
}

/// Measures a task over all questions; the median time of one question.
fn medians(criterion: &mut Criterion, name: &str, questions: &[Question], task: impl Fn(&Question)) -> Duration {
    let mut times: Vec<Duration> = Vec::new();
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|rounds| {
            let begun = Instant::now();
            for _ in 0..rounds {
                for question in questions {
                    let one = Instant::now();
                    task(question);
                    times.push(one.elapsed());
                }
            }
            begun.elapsed()
        });
    });
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
