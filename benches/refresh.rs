//! A refresh of 10,000 documents of which 10 changed, against compiling all of them from nothing.
//!
//! `cargo bench --bench refresh` prints the median time of each and their ratio. The refresh is a whole one: it
//! downloads the ten pages from a site on this machine, cleans each in a process of its own, compiles, checks and
//! serves. The other side only compiles: it reads the same texts from the same database.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sacrum::corpus::Folder;
use sacrum::refresh::{Order, Refresher, Wish, clean, compile};
use sacrum::store::Store;

const DOCUMENTS: usize = 10_000;
const CHANGED: usize = 10;
const ROUNDS: usize = 5;

/// Which version of its pages the site shows.
static VERSION: AtomicUsize = AtomicUsize::new(0);

#[allow(clippy::print_stdout)] // What it measures is for whoever runs it.
fn main() {
    // A refresh cleans pages in a process of its own: this program, once more.
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, command, _, content_type, path] = arguments.as_slice()
        && command == clean::COMMAND
    {
        return clean::serve(content_type, path, &mut std::io::stdout()).expect("a page");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-refresh");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("a folder");
    let folder = Folder::Disk(root.join("tests/corpora/garden"));
    let words = words(root);
    let site = site(words.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let (refreshed, compiled) = runtime.block_on(async {
        let store = Arc::new(Store::open(&place, None).await.expect("a database"));
        let refresher = Refresher::new(folder.clone(), &place, Arc::clone(&store), true).expect("a refresher");
        let lines: Vec<String> = (0..DOCUMENTS).map(|number| line(&words, &site, number)).collect();
        refresher.import(&Order::of("bench"), &lines.join("\n")).await.expect("an import");
        let mut refreshed = Vec::new();
        for _ in 0..ROUNDS {
            VERSION.fetch_add(1, Ordering::Relaxed);
            let begun = Instant::now();
            let report = refresher.run(&Order::of("bench"), &Wish::default()).await.expect("a refresh");
            refreshed.push(begun.elapsed());
            assert_eq!(report.summary(), format!("{CHANGED} changed"));
        }
        let mut compiled = Vec::new();
        for _ in 0..ROUNDS {
            fs::remove_dir_all(place.join("generations")).expect("compiled files");
            let begun = Instant::now();
            let opened = compile(&folder, &place, None).await.expect("a corpus");
            compiled.push(begun.elapsed());
            assert!(opened.answerer.corpus().documents.len() > DOCUMENTS);
        }
        (refreshed, compiled)
    });
    let (refreshed, compiled) = (median(refreshed), median(compiled));
    println!(
        "{DOCUMENTS} documents, {CHANGED} of them changed: refreshed in {refreshed:?}, all compiled in {compiled:?}"
    );
    println!("ratio {:.3}", refreshed.as_secs_f64() / compiled.as_secs_f64());
    let _ = fs::remove_dir_all(&place);
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The words of the corpus's notes, as they come.
fn words(root: &Path) -> Arc<Vec<String>> {
    let notes = fs::read_dir(root.join("corpus/notes")).expect("the notes");
    let mut paths: Vec<_> = notes.map(|note| note.expect("a note").path()).collect();
    paths.sort();
    let text: String = paths.iter().map(|path| fs::read_to_string(path).expect("a note")).collect();
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 1);
    Arc::new(words.map(str::to_lowercase).collect())
}

/// Four parts of a document, as headings and paragraphs: the same for the same seed.
fn parts(words: &[String], seed: usize) -> Vec<(String, String)> {
    let mut state = seed as u64 + 1;
    let mut some = |count: usize| {
        let word = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            words[(state >> 33) as usize % words.len()].as_str()
        };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    };
    (0..4).map(|_| (some(4), (0..8).map(|_| format!("The {}. ", some(11))).collect())).collect()
}

/// A line of an export. The first documents are pages of the site, all others were written.
fn line(words: &[String], site: &str, number: usize) -> String {
    let parts: Vec<_> = parts(words, number)
        .into_iter()
        .map(|(heading, text)| serde_json::json!({"heading": heading, "text": text}))
        .collect();
    let is_page = number < CHANGED;
    let url = if is_page { format!("{site}/{number}") } else { format!("https://example.org/{number}") };
    let source = serde_json::json!({"id": format!("text-{number:05}"), "title": format!("Text {number}"), "url": url,
        "publisher": "Bench", "kind": if is_page { "article" } else { "written" }, "licence": "none", "refresh": is_page});
    let text = serde_json::json!({"title": format!("Text {number}"), "published": null, "parts": parts});
    serde_json::json!({"kind": "source", "community": 0, "source": source, "text": text}).to_string()
}

/// A site on this machine whose every page says something else with each version.
fn site(words: Arc<Vec<String>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // Whoever asks may hang up at any time.
            let _ = answer(connection, &words);
        }
    });
    address
}

fn answer(mut connection: TcpStream, words: &[String]) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let number = first.split([' ', '/']).nth(2).and_then(|number| number.parse::<usize>().ok());
    let body = number.map(|number| {
        // One part of four is another one: a page that has no sentence of the one before is held back.
        let mut all = parts(words, number);
        all[0] = parts(words, number + DOCUMENTS * VERSION.load(Ordering::Relaxed)).swap_remove(0);
        let parts = all.into_iter().map(|(heading, text)| format!("<h2>{heading}</h2><p>{text}</p>"));
        format!(
            "<html><head><title>Text {number}</title></head><body><article>{}</article></body></html>",
            parts.collect::<String>()
        )
    });
    let (status, body) = body.map_or(("404 Not Found", String::new()), |body| ("200 OK", body));
    write!(
        connection,
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
