//! A whole answer against a bare Tantivy query of the same words over the same texts.
//!
//! `cargo bench --bench answer` prints the median time of each and their ratio, over the questions in
//! tests/questions/answerable.jsonl and the corpus in corpus/; and the median of what is not answered, over those in
//! unanswerable.jsonl.

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
    let [answerable, unanswerable] = ["answerable", "unanswerable"].map(|set| questions(root, set));
    let corpus = Corpus::open(&Folder::Disk(root.join("corpus"))).expect("the corpus");
    let answerer = Answerer::new(&corpus).expect("a corpus that answers");
    let bare = bare::Index::new(corpus.passages().map(|(_, document, section)| {
        let questions: Vec<&str> = corpus.questions_of(document, section).map(String::as_str).collect();
        [&document.title, &section.heading, &questions.join("\n"), &section.text].map(String::as_str).join("\n")
    }));

    let mut criterion = Criterion::default().configure_from_args();
    let found = medians(&mut criterion, "bare Tantivy, ten best", &answerable, |question| {
        black_box(bare.search(question.text()));
    });
    let answer = |question: &Question| {
        let answer = answerer.answer(question, None);
        black_box(serde_json::to_string(&AnswerJson::new(&answerer, question, &answer)).expect("JSON"));
    };
    let answered = medians(&mut criterion, "triage, search, excerpts, JSON", &answerable, answer);
    let refused = medians(&mut criterion, "the same where nothing answers", &unanswerable, answer);
    println!("median of a bare query {found:?}, of a whole answer {answered:?}");
    println!("ratio {:.2}", answered.as_secs_f64() / found.as_secs_f64());
    println!("median of what is not answered {refused:?}");
}

/// The questions of a set in tests/questions.
fn questions(root: &Path, set: &str) -> Vec<Question> {
    let lines = std::fs::read_to_string(root.join(format!("tests/questions/{set}.jsonl"))).expect("the questions");
    let read = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        Question::new(line["question"].as_str().expect("a question")).expect("a question with words")
    };
    lines.lines().map(read).collect()
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
