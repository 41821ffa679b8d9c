//! Arguments, and what they set in motion. Results go to standard output, all else to standard error.

mod ask;
mod chat;
mod corpus;
mod evaluate;
mod examples;
mod muscle;
mod search;
mod serve;
pub mod settings;

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};
use indicatif::ProgressBar;

use crate::answer::Answerer;
use crate::corpus::{Corpus, CorpusError, EmptyQuestion, Folder};
use crate::discord::ServeError;
use crate::generation::GenerationError;
use crate::muscle::{Finder, Unknown};
use crate::picture::PaintError;
use crate::refresh::{self, CompileError, RefreshError};
use crate::secret::Secret;
use crate::store::StoreError;
use crate::terminal::text::{Harmless, harmless};
use crate::triage::TriageError;
use settings::{Settings, SettingsError};

/// Answers questions from a corpus with short, cited excerpts: on low back pain, if no other is given.
#[derive(Debug, Parser)]
#[command(name = "sacrum", version, after_help = examples::PROGRAM, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Clone, Args)]
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
    /// The database, where it is not a file in the data folder.
    #[arg(skip)]
    database: Option<Secret>,
    /// Whether pages of this machine may be downloaded, for tests.
    #[arg(skip)]
    fetch_loopback: bool,
}

/// What is left of a command is built when it is the one that is meant: all of them would take as long as an answer.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Answer one question, or a file of them
    Ask(ask::Ask),
    /// Talk to it: a line is a question, and may follow up on the one before. On a terminal, an empty line, "exit" or
    /// Ctrl-D ends
    #[command(after_help = examples::CHAT)]
    Chat,
    /// Show a muscle's card and picture; list, filter and compare muscles
    Muscle(muscle::MuscleArgs),
    /// Show an excerpt in its section, with source, link and hash
    #[command(after_help = examples::CITE)]
    Cite {
        /// The excerpt's id, as it stands under an answer
        id: String,
    },
    /// Rank passages for a query, for tuning
    Search(search::Search),
    /// Measure the answers on a file of questions (docs/EVALUATING.md)
    #[command(after_help = examples::EVALUATE)]
    Evaluate {
        /// JSON Lines, one question a line
        file: PathBuf,
    },
    /// Run the Discord bot; needs DISCORD_TOKEN
    Serve(serve::Serve),
    /// Look after the corpus
    Corpus(corpus::CorpusArgs),
    /// Read a page from standard input: what a refresh starts for each
    #[command(name = refresh::clean::COMMAND, hide = true)]
    ReadPage {
        /// Its Content-Type
        content_type: String,
        /// Its path
        path: String,
    },
    /// Print a completion script for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Why it cannot print JSON, where it cannot.
    fn without_json(&self) -> Option<&'static str> {
        match self {
            Self::Completions { .. } => Some("`completions` prints a script for a shell; leave out --json"),
            Self::Serve(_) => {
                Some("`serve` prints no results; leave out --json. For logs in JSON there is SACRUM_LOG=json")
            }
            _ => None,
        }
    }
}

/// What can go wrong, with what to do about it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error(transparent)]
    Triage(#[from] TriageError),
    #[error(transparent)]
    Generation(#[from] GenerationError),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error("{}", corpus::failed(.0))]
    Refresh(#[from] RefreshError),
    #[error("there is no home folder to keep data in; give a folder with --data or SACRUM_DATA")]
    NoHome,
    #[error(transparent)]
    Empty(#[from] EmptyQuestion),
    #[error("cannot read {path}: {source}")]
    File { path: String, source: io::Error },
    #[error("{path}:{line}: {message}")]
    Line { path: String, line: usize, message: String },
    #[error("{0} holds no question; docs/EVALUATING.md tells how to write one")]
    NoQuestions(String),
    #[error(
        "no community {0} is known: it has neither settings nor sources of its own; \
         `sacrum corpus add URL --community {0}` gives it its first"
    )]
    NoCommunity(u64),
    #[error("no excerpt has the id \"{0}\"; ids stand at the end of each citation")]
    NoExcerpt(String),
    #[error("\"{0}\" is not one muscle; look it up first: sacrum muscle \"{0}\"")]
    NotOneMuscle(String),
    #[error("there is no picture of \"{0}\"")]
    NoPicture(String),
    #[error("there is no picture of {name} from the side \"{view}\"; there are: {known}")]
    NoView { name: String, view: String, known: String },
    #[error("{0}: a picture's name must end in .png or .svg")]
    PictureEnding(String),
    #[error(transparent)]
    Paint(#[from] PaintError),
    #[error(transparent)]
    Unknown(#[from] Unknown),
    #[error("cannot write {path}: {source}")]
    Written { path: String, source: io::Error },
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("not all is well:\n  {}", listed(.0))]
    Check(Vec<Failure>),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Output(#[from] io::Error),
}

fn listed(failures: &[Failure]) -> String {
    failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")
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
    if let Some(why) = arguments.command.without_json().filter(|_| arguments.common.json) {
        let _ = Arguments::command().error(ErrorKind::ArgumentConflict, why).print();
        return ExitCode::from(2);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let ended = run(arguments, &mut out).and_then(|end| Ok(out.flush().map(|()| end)?));
    match ended {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Faulty) => ExitCode::FAILURE,
        // Whoever read us has read enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "sacrum: {}", harmless(&failure.to_string()));
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Arguments, out: &mut impl Write) -> Result<End, Failure> {
    if let Command::ReadPage { content_type, path } = &arguments.command {
        // It reads what strangers wrote, and gets to know no setting.
        refresh::clean::serve(content_type, path, out)?;
        return Ok(End::Done);
    }
    let serves = matches!(arguments.command, Command::Serve(_));
    let settings = match Settings::from_environment(serves) {
        Ok(settings) => settings,
        Err(SettingsError { faults, others: Some(others) }) if serves => {
            arguments.common.take(&others);
            return Err(serve::faults(&arguments.common, &others, SettingsError { faults, others: None }));
        }
        Err(error) => return Err(error.into()),
    };
    arguments.common.take(&settings);
    let common = &arguments.common;
    match arguments.command {
        Command::Ask(ask) => ask.run(common, out),
        Command::Chat => chat::run(common, out),
        Command::Muscle(muscle) => muscle.run(common, out),
        Command::Cite { id } => ask::cite(common, &id, out),
        Command::Search(search) => search.run(common, &mut Harmless::new(out, common.json)),
        Command::Evaluate { file } => evaluate::run(common, &file, &mut Harmless::new(out, common.json)),
        Command::Serve(serve) => serve.run(common, &settings, out),
        Command::Corpus(command) => command.run(common, &mut Harmless::new(out, common.json)),
        Command::ReadPage { .. } => Ok(End::Done),
        Command::Completions { shell } => {
            // It panics where it cannot write; whoever reads only the first lines is no reason for that.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "sacrum", &mut script);
            out.write_all(&script)?;
            Ok(End::Done)
        }
    }
}

impl Common {
    /// Takes from the settings what no argument says.
    fn take(&mut self, settings: &Settings) {
        self.corpus = self.corpus.take().or_else(|| settings.corpus.clone());
        self.data = self.data.take().or_else(|| settings.data.clone());
        self.database.clone_from(&settings.database);
        self.fetch_loopback = settings.fetch_loopback;
    }

    fn folder(&self) -> Folder {
        self.corpus.clone().map_or(Folder::Embedded, Folder::Disk)
    }

    fn answerer(&self) -> Result<Answerer, Failure> {
        let folder = self.folder();
        let Some(data) = self.data_folder() else { return Ok(Answerer::new(&Corpus::open(&folder)?)?) };
        let is_shared = self.database().is_some_and(|url| !url.starts_with("sqlite:"));
        let is_unknown = refresh::is_unknown(&data);
        if (is_shared || is_unknown)
            && let Err(error) = runtime()?.block_on(refresh::catch_up(&data, self.database()))
        {
            let what = if is_unknown { "only notes answer, no original" } else { "what was served here last answers" };
            writeln!(io::stderr(), "sacrum: {what}: {error}")?;
        }
        if let Some(answerer) = refresh::compiled(&folder, &data) {
            return Ok(answerer);
        }
        let opened = waiting("Reading the corpus; only the first time takes seconds", || {
            let compiled = runtime()?.block_on(refresh::compile(&folder, &data, self.database()));
            compiled.map_err(Failure::from)
        })?;
        if !opened.is_kept {
            let data = data.display();
            writeln!(
                io::stderr(),
                "sacrum: every start takes as long, as I cannot write to {data}; see that the disk is not full and that I may"
            )?;
        }
        if let Some(error) = opened.without_originals {
            writeln!(io::stderr(), "sacrum: no original can be quoted now, only notes: {error}")?;
        }
        Ok(opened.answerer)
    }

    /// The corpus and what finds its muscles: as it was compiled where it was, since reading the folder takes longer.
    fn muscles(&self) -> Result<(Corpus, Finder), Failure> {
        let folder = self.folder();
        if let Some(answerer) = self.data_folder().and_then(|data| refresh::compiled(&folder, &data)) {
            return Ok(answerer.into_muscles());
        }
        let corpus = Corpus::open(&folder)?;
        let finder = Finder::new(&corpus)?;
        Ok((corpus, finder))
    }

    /// The address of the database, for the one who opens it.
    fn database(&self) -> Option<&str> {
        self.database.as_ref().map(Secret::reveal)
    }

    /// Where what can be derived again is kept; `None` where there is no home for it.
    fn data_folder(&self) -> Option<PathBuf> {
        use etcetera::BaseStrategy;
        let default = || Some(etcetera::choose_base_strategy().ok()?.data_dir().join("sacrum"));
        self.data.clone().or_else(default)
    }
}

/// Says on a terminal what is being waited for, until it is done; nothing elsewhere.
fn waiting<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(Duration::from_millis(100));
    let done = work();
    bar.finish_and_clear();
    done
}

/// What runs downloads and the database.
fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// A file's bytes, or standard input's where the path is `-`.
fn read_bytes(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    let mut input = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => io::stdin().lock().read_to_end(&mut input).map(|_| input),
        false => std::fs::read(path),
    };
    read.map_err(|source| Failure::File { path: path.display().to_string(), source })
}

/// The same as text.
fn read(path: &std::path::Path) -> Result<String, Failure> {
    String::from_utf8(read_bytes(path)?).map_err(|_| {
        let source = io::Error::new(io::ErrorKind::InvalidData, "it is no UTF-8 text; save it as UTF-8");
        Failure::File { path: path.display().to_string(), source }
    })
}
