//! Painting: `cargo bench --bench picture` prints the median time of every muscle's and group's picture, and the
//! slowest one. Discord's readers should not wait longer than 60 ms for it.

use std::path::Path;
use std::time::{Duration, Instant};

use sacrum::corpus::{Corpus, Folder};
use sacrum::picture::{Drawing, Painter};

/// So often each is painted.
const TIMES: usize = 9;

#[allow(clippy::print_stdout)] // What it measures is for whoever runs it.
fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = Corpus::open(&Folder::Disk(root.join("corpus"))).expect("the corpus");
    let groups =
        corpus.muscles.groups.iter().flat_map(|group| {
            Drawing::of_group(&corpus, group).into_iter().map(|drawing| (group.name.as_str(), drawing))
        });
    let muscles = corpus.muscles.list.iter().flat_map(|muscle| {
        let draw = |view: &String| Drawing::of_muscle(&corpus, muscle, Some(view));
        muscle.views.iter().filter_map(draw).map(|drawing| (muscle.name.as_str(), drawing))
    });
    let mut times: Vec<(Duration, String)> = muscles
        .chain(groups)
        .map(|(name, drawing)| {
            let mut times: Vec<Duration> = (0..TIMES).map(|_| time(&drawing)).collect();
            times.sort_unstable();
            (times[TIMES / 2], format!("{name}: {}", drawing.view))
        })
        .collect();
    times.sort_unstable();
    let (slowest, name) = times.last().expect("a picture");
    println!("{} pictures; median {:?}, slowest {slowest:?} ({name})", times.len(), times[times.len() / 2].0);
}

/// Paints once; a painter keeps what it has painted, so each time takes a new one.
fn time(drawing: &Drawing) -> Duration {
    let painter = Painter::default();
    let begun = Instant::now();
    painter.png(drawing).expect("a picture");
    begun.elapsed()
}
