//! `sacrum ask` as a process, compiled and warm, against one that opens the same Tantivy index and ends.
//!
//! `cargo bench --bench process` runs both in turns and prints the median time of each and their ratio.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 100;
/// What tells this program to be the one that only opens an index.
const OPEN: &str = "--open-an-index";

#[allow(clippy::print_stdout)] // What it measures is for whoever runs it.
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(index) = arguments.iter().position(|argument| argument == OPEN).map(|at| &arguments[at + 1]) {
        let index = tantivy::Index::open_in_dir(index).expect("an index");
        let reader = index.reader().expect("a reader");
        assert!(reader.searcher().num_docs() > 0);
        return;
    }
    let data = std::env::temp_dir().join(format!("sacrum-process-{}", std::process::id()));
    let ask = || {
        let mut ask = Command::new(env!("CARGO_BIN_EXE_sacrum"));
        ask.arg("--data").arg(&data).args(["ask", "how long does sciatica last"]);
        ask
    };
    run(ask());
    let generation = std::fs::read_dir(data.join("generations")).expect("compiled files").flatten().next();
    let generation = generation.expect("a generation").path();
    let (mut asked, mut opened): (Vec<Duration>, Vec<Duration>) =
        (0..RUNS).map(|_| (run(ask()), run(open(&generation)))).unzip();
    std::fs::remove_dir_all(&data).expect("its own folder");
    let (asked, opened) = (median(&mut asked), median(&mut opened));
    println!("median of opening an index {opened:?}, of an answer {asked:?}");
    println!("ratio {:.2}", asked.as_secs_f64() / opened.as_secs_f64());
}

fn open(index: &Path) -> Command {
    let mut open = Command::new(std::env::current_exe().expect("this program"));
    open.arg(OPEN).arg(index);
    open
}

/// How long a command takes from beginning to end.
fn run(mut command: Command) -> Duration {
    let begun = Instant::now();
    let status = command.stdout(Stdio::null()).status().expect("a program");
    assert!(status.success(), "{status}");
    begun.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
