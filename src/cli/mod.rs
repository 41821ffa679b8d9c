//! Arguments, and what they set in motion. Results go to standard output, all else to standard error.

mod ask;
mod chat;
mod corpus;
mod evaluate;
mod search;
mod serve;
pub mod settings;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::answer::{Answerer, BuildError};
use crate::corpus::{Corpus, CorpusError, EmptyQuestion, Folder};
use crate::discord::ServeError;
use crate::store::StoreError;
use settings::{Settings, SettingsError};

const EXAMPLES: &str = "Examples:
  sacrum ask \"why does sitting hurt my lower back?\"
  sacrum ask --json \"how long does sciatica last\"
  sacrum chat
  sacrum corpus check --corpus my-corpus";

/// Answers questions on low back pain with short, cited excerpts.
#[derive(Debug, Parser)]
#[command(name = "sacrum", version, after_help = EXAMPLES, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// The corpus folder; the one inside the program if left out
    #[arg(long, global = true, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Where data is kept; the platform's data folder if left out
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer one question, or a file of them
    Ask(ask::Ask),
    /// Talk to it; a line is a question, Ctrl-D ends
    Chat,
    /// Show an excerpt in its section, with source, link and hash
    Cite {
        /// The excerpt's id, as it stands under an answer
        id: String,
    },
    /// Rank passages for a query, for tuning
    Search(search::Search),
    /// Measure the answers on a file of questions (docs/EVALUATING.md)
    Evaluate {
        /// JSON Lines, one question a line
        file: PathBuf,
    },
    Serve(serve::Serve),
    /// Look after the corpus
    #[command(subcommand)]
    Corpus(corpus::CorpusCommand),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What can go wrong, with what to do about it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Empty(#[from] EmptyQuestion),
    #[error("cannot read {path}: {source}")]
    File { path: String, source: io::Error },
    #[error("{path}:{line}: {message}")]
    Line { path: String, line: usize, message: String },
    #[error("no excerpt has the id \"{0}\"; ids stand at the end of each citation")]
    NoExcerpt(String),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// How a command ended, where it did not fail outright.
enum End {
    Done,
    /// It ran, and what it looked at was not in order.
    Faulty,
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = error.exit_code();
            let _ = error.print();
            return ExitCode::from(u8::try_from(code).unwrap_or(2));
        }
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let ended = run(arguments, &mut out).and_then(|end| Ok(out.flush().map(|()| end)?));
    match ended {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Faulty) => ExitCode::FAILURE,
        // Whoever read us has read enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "sacrum: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Arguments, out: &mut impl Write) -> Result<End, Failure> {
    let settings = Settings::from_environment()?;
    let common = &mut arguments.common;
    common.corpus = common.corpus.take().or_else(|| settings.corpus.clone());
    common.data = common.data.take().or_else(|| settings.data.clone());
    let common = &arguments.common;
    match arguments.command {
        Command::Ask(ask) => ask.run(common, out),
        Command::Chat => chat::run(common, out),
        Command::Cite { id } => ask::cite(common, &id, out),
        Command::Search(search) => search.run(common, out),
        Command::Evaluate { file } => evaluate::run(common, &file, out),
        Command::Serve(serve) => serve.run(common, &settings, out),
        Command::Corpus(command) => command.run(common, out),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "sacrum", out);
            Ok(End::Done)
        }
    }
}

impl Common {
    fn folder(&self) -> Folder {
        self.corpus.clone().map_or(Folder::Embedded, Folder::Disk)
    }

    fn answerer(&self) -> Result<Answerer, Failure> {
        Ok(Answerer::new(Corpus::open(&self.folder())?)?)
    }
}

/// A file's text, or standard input's where the path is `-`.
fn read(path: &std::path::Path) -> Result<String, Failure> {
    let text = if path.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(path) };
    text.map_err(|source| Failure::File { path: path.display().to_string(), source })
}
