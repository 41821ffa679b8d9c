//! `sacrum serve`: the Discord bot.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use clap::Args;
use etcetera::BaseStrategy;
use tokio::process::Command;

use super::settings::{self, Settings, SettingsError};
use super::{Common, End, Failure};
use crate::answer::Answerer;
use crate::corpus::Corpus;
use crate::discord::{self, Options};
use crate::refresh::{self, Follower, Live, Refresher};
use crate::secret::Secret;
use crate::store::Store;
use crate::terminal::text;

#[derive(Debug, Args)]
#[command(after_help = settings::help())]
pub(super) struct Serve {
    /// Verify settings, corpus, database and token, and exit
    #[arg(long)]
    check: bool,
}

impl Serve {
    pub(super) fn run(&self, common: &Common, settings: &Settings, out: &mut impl Write) -> Result<End, Failure> {
        let options = options(settings).ok_or_else(|| SettingsError::one(settings::NO_TOKEN))?;
        log(settings);
        if settings.fetch_loopback {
            tracing::warn!("SACRUM_FETCH_LOOPBACK is on: sources may be fetched from this machine; for tests only");
        }
        let data = data_folder(common)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let ended = runtime.block_on(async {
            let mut signals = Signals::new();
            if self.check {
                // Told to stop, it has verified nothing.
                let checked = signals.unless_stopped(check(common, &data, settings, &options)).await;
                let Some(found) = checked.transpose()? else { return Ok(End::Faulty) };
                writeln!(out, "{found}")?;
                return Ok(End::Done);
            }
            serve(common, &data, settings, options, signals).await
        });
        runtime.shutdown_background();
        ended
    }
}

/// Runs the bot until it is told to stop. It is at Discord while the corpus is opened, and compiled where that is needed.
async fn serve(
    common: &Common,
    data: &Path,
    settings: &Settings,
    options: Options,
    mut signals: Signals,
) -> Result<End, Failure> {
    tokio::spawn(end_at_once());
    let answering = refresh::current(data);
    let Some(store) = signals.unless_stopped(store(data, settings)).await else { return Ok(End::Done) };
    let mut opened = None;
    let served = match store {
        Ok(store) => {
            let (live, store) = (Arc::new(Live::default()), Arc::new(store));
            let refresher = Refresher::new(common.folder(), data, Arc::clone(&store), settings.fetch_loopback)?;
            let follower = Follower::new(refresher, Arc::clone(&live), answering);
            let stop = async {
                let opening = async { answerer(common, data).await.map(|first| live.put(first)) };
                opened = signals.unless_stopped(opening).await;
                if let Some(Ok(())) = opened {
                    signals.next().await;
                }
            };
            discord::serve(Arc::clone(&live), store, follower, options.clone(), stop).await.map_err(Failure::from)
        }
        Err(failure) => Err(failure),
    };
    let failure = match (opened, served) {
        (Some(Err(failure)), _) | (None, Err(failure)) => failure,
        (_, served) => return served.map(|()| End::Done),
    };
    // Whatever else is wrong is told with it.
    let checked = signals.unless_stopped(check(common, data, settings, &options)).await;
    Err(checked.and_then(Result::err).unwrap_or(failure))
}

/// What the bot is told; `None` where there is no token.
fn options(settings: &Settings) -> Option<Options> {
    Some(Options {
        token: settings.token.clone()?,
        proxy: settings.proxy.clone(),
        home: settings.home_guild,
        shards: settings.shards,
        cooldown: settings.cooldown,
        keep_days: settings.keep_days,
        refresh_every: settings.refresh_every,
    })
}

/// Everything that is wrong where some of the settings cannot be used: with these, and with what the others name.
pub(super) fn faults(common: &Common, settings: &Settings, wrong: SettingsError) -> Failure {
    let corpus = Corpus::open(&common.folder()).err().map(Failure::from);
    let others = super::runtime().map(|runtime| {
        runtime.block_on(async {
            // Who meant another database, or a proxy, wants nothing done to the ones that were not meant.
            let database = async {
                let data = data_folder(common);
                match (data, wrong.is_about("DATABASE_URL")) {
                    (_, true) => None,
                    (Ok(data), false) => match store(&data, settings).await {
                        Ok(store) => {
                            store.close().await;
                            None
                        }
                        Err(failure) => Some(failure),
                    },
                    (Err(failure), false) => Some(failure),
                }
            };
            let token = async {
                let options = options(settings).filter(|_| !wrong.is_about("SACRUM_DISCORD_PROXY"))?;
                discord::check(&options).await.err().map(Failure::from)
            };
            [database.await, token.await]
        })
    });
    let others = others.unwrap_or_default().into_iter().chain([corpus]).flatten();
    let mut all: Vec<Failure> = others.collect();
    if all.is_empty() {
        return wrong.into();
    }
    all.insert(0, wrong.into());
    Failure::Check(all)
}

/// Looks at corpus, database and token, each whatever comes of the others; what was found.
async fn check(common: &Common, data: &Path, settings: &Settings, options: &Options) -> Result<String, Failure> {
    let answerer = answerer(common, data).await;
    let store = store(data, settings).await;
    let shards = discord::check(options).await.map_err(Failure::from);
    if let Ok(store) = &store {
        store.close().await;
    }
    match (answerer, store, shards) {
        (Ok(answerer), Ok(_), Ok(shards)) => Ok(format!(
            "All is well: {} passages, database in {}, token accepted, {shards} shards advised",
            answerer.corpus().passages().count(),
            data.display()
        )),
        (answerer, store, shards) => {
            let faults = [answerer.err(), store.err(), shards.err()];
            Err(Failure::Check(faults.into_iter().flatten().collect()))
        }
    }
}

/// Opens what answers, and compiles it first where that is needed.
async fn answerer(common: &Common, data: &Path) -> Result<Answerer, Failure> {
    let (folder, place) = (common.folder(), data.to_owned());
    let compiled = tokio::task::spawn_blocking(move || refresh::compiled(&folder, &place)).await;
    if let Some(answerer) = compiled.map_err(io::Error::other)? {
        return Ok(answerer);
    }
    tracing::info!("compiling the corpus, as at the first start; what is asked meanwhile is answered then");
    compile_apart(common, data).await;
    let common = common.clone();
    tokio::task::spawn_blocking(move || common.answerer()).await.map_err(io::Error::other)?
}

/// Opens the database.
async fn store(data: &Path, settings: &Settings) -> Result<Store, Failure> {
    Ok(Store::open(data, settings.database.as_ref().map(Secret::reveal)).await?)
}

/// Compiles the corpus in a process of its own: what that takes of memory goes with it, and a bot runs for months. It
/// ends with whoever waits for it. Where it fails, the bot compiles it itself, and tells what is wrong.
async fn compile_apart(common: &Common, data: &Path) {
    let compile = async {
        let mut program = Command::new(std::env::current_exe()?);
        if let Some(corpus) = &common.corpus {
            program.arg("--corpus").arg(corpus);
        }
        // Whatever answers compiles first.
        program.arg("--data").arg(data).args(["search", "--top", "0", "compiled"]).env_remove("DISCORD_TOKEN");
        program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).status().await
    };
    if let Err(error) = compile.await {
        tracing::debug!("the corpus is compiled here: {error}");
    }
}

fn data_folder(common: &Common) -> Result<PathBuf, Failure> {
    if let Some(data) = &common.data {
        return Ok(data.clone());
    }
    let platform = etcetera::choose_base_strategy().map(|platform| platform.data_dir().join("sacrum"));
    platform
        .map_err(|_| Failure::Settings(SettingsError::one("there is no home folder to keep data in; set SACRUM_DATA")))
}

/// Logs go to standard error. Of libraries only errors: what people wrote may stand in their warnings.
fn log(settings: &Settings) {
    use tracing_subscriber::filter::EnvFilter;
    use tracing_subscriber::prelude::*;
    let filter = EnvFilter::new(format!("error,sacrum={}", settings.log_level));
    let to = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false);
    let colour = text::takes_colour(&io::stderr());
    let all = tracing_subscriber::registry().with(filter);
    let set = match settings.log_json {
        true => all.with(to.json()).try_init(),
        false => all.with(to.with_ansi(colour)).try_init(),
    };
    if set.is_err() {
        tracing::debug!("logging was set up already");
    }
    // A panic's own words may hold a piece of what somebody wrote: only its place is logged.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("a bug at {place}; please report it");
    }));
}

/// Ends the program at once at the second SIGTERM or Ctrl-C.
async fn end_at_once() {
    let mut signals = Signals::new();
    signals.next().await;
    signals.next().await;
    std::process::exit(1);
}

/// What tells the program to stop. It listens all the time, so that no signal is missed between two.
#[cfg(unix)]
struct Signals(Option<[tokio::signal::unix::Signal; 2]>);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).ok();
        Self(listen(SignalKind::terminate()).zip(listen(SignalKind::interrupt())).map(Into::into))
    }

    async fn next(&mut self) {
        let Some([terminate, interrupt]) = &mut self.0 else { return std::future::pending().await };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

impl Signals {
    /// Does something, unless the program is told to stop meanwhile.
    async fn unless_stopped<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.next() => None,
        }
    }
}
