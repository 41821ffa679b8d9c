//! Which generation answers, and how it is compiled.
//!
//! A generation is a corpus folder and a set of originals. `DATA/current` names the set; the folder and the
//! program have a stamp; both together name the folder of compiled files. So one small file, replaced at
//! once, decides what is answered, and the database is not asked as long as nothing changed.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::answer::Answerer;
use crate::corpus::{Corpus, CorpusError, Document, Folder, Original};
use crate::generation::{Generation, GenerationError};
use crate::store::{CommunityId, GENERATIONS_KEPT, Manifest, Store, StoreError, name_if_first};
use crate::triage::TriageError;

use super::{EVERYBODY, clock};

/// Nobody takes longer to compile a generation.
const LEFT_BEHIND: Duration = Duration::from_secs(3600);
/// So often is it noted that a generation was opened: those that nobody opened for the longest time are deleted first.
const NOTED: Duration = Duration::from_secs(60);
/// The folder in the data folder where each community has one.
const COMMUNITIES: &str = "communities";

/// Why a generation could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The corpus folder.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The rules of triage.
    #[error(transparent)]
    Triage(#[from] TriageError),
    /// The files.
    #[error(transparent)]
    Generation(#[from] GenerationError),
    /// The data folder takes no files.
    #[error("cannot write to {0}; is the disk full, and may I write there?")]
    NotWritten(String),
}

/// The originals that are served, by the name of their set; empty where none are.
#[must_use]
pub fn current(data: &Path) -> String {
    let name = fs::read_to_string(data.join("current")).unwrap_or_default();
    let name = name.trim();
    if name.bytes().all(|byte| byte.is_ascii_hexdigit()) { name.to_owned() } else { String::new() }
}

/// The folder in which the generations of a community lie: the data folder itself for those that all share.
pub(super) fn place_of(data: &Path, community: CommunityId) -> PathBuf {
    if community == EVERYBODY { data.to_owned() } else { data.join(COMMUNITIES).join(community.0.to_string()) }
}

/// The communities that have a folder there, and what is served to each.
pub(super) fn communities(data: &Path) -> HashMap<CommunityId, String> {
    let folders = fs::read_dir(data.join(COMMUNITIES)).into_iter().flatten().flatten();
    let community = |folder: fs::DirEntry| folder.file_name().to_str()?.parse().ok().map(CommunityId);
    folders.filter_map(community).map(|of| (of, current(&place_of(data, of)))).collect()
}

/// The originals that are served to a community: the database knows it for all processes and machines, and where it is not
/// asked or does not know, the file in the data folder does.
pub(super) async fn served(store: &Store, data: &Path, community: CommunityId) -> String {
    let known = store.served().await.ok().and_then(|mut served| served.remove(&community));
    known.unwrap_or_else(|| current(&place_of(data, community)))
}

/// Serves another set of originals from now on: a file is written aside, synced, and put in place at once.
pub(super) fn point(data: &Path, state: &str) -> io::Result<()> {
    put_current(data, state, |aside, current| fs::rename(aside, current))
}

/// The same where nothing is known to be served; what somebody serves meanwhile stays.
fn begin(data: &Path, state: &str) -> io::Result<()> {
    put_current(data, state, |aside, current| name_if_first(aside, current).map(drop))
}

fn put_current(data: &Path, state: &str, put: impl FnOnce(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    /// Who changes it and who follows it may write it at the same moment.
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let aside = data.join(format!(".current.{}.{number}", std::process::id()));
    let mut file = File::create(&aside)?;
    file.write_all(state.as_bytes())?;
    file.sync_all()?;
    put(&aside, &data.join("current"))?;
    if cfg!(unix) { File::open(data)?.sync_all() } else { Ok(()) }
}

/// The folder of compiled files for a corpus folder and a set of originals.
fn place(folder: &Folder, data: &Path, state: &str) -> Result<PathBuf, CorpusError> {
    let stamp = folder.stamp()?;
    let name = if state.is_empty() { stamp } else { format!("{stamp}-{state}") };
    Ok(data.join("generations").join(name))
}

/// Opens what answers now, where it is compiled already.
#[must_use]
pub fn compiled(folder: &Folder, data: &Path) -> Option<Answerer> {
    open(folder, data, &current(data))
}

/// Opens the generation of a set of originals, where it is compiled already.
pub(super) fn open(folder: &Folder, data: &Path, state: &str) -> Option<Answerer> {
    open_at(&place(folder, data, state).ok()?)
}

fn open_at(place: &Path) -> Option<Answerer> {
    let opened = fs::metadata(place).and_then(|of| of.modified()).ok()?;
    if opened.elapsed().is_ok_and(|age| age > NOTED) {
        // Nothing depends on it but which one is swept away first.
        let _ = File::open(place).and_then(|folder| folder.set_modified(SystemTime::now()));
    }
    Answerer::open(&Generation::at(place).ok()?).ok()
}

/// What answers, and what is amiss with it.
pub struct Opened {
    /// What answers.
    pub answerer: Answerer,
    /// Whether its files are kept; else it answers from memory, and is compiled again the next time.
    pub is_kept: bool,
    /// Why the originals that should be served are not.
    pub without_originals: Option<StoreError>,
}

/// Whoever asks does not wait longer to hear what others serve by now.
const NEWS: Duration = Duration::from_secs(1);
/// ... but where nothing is known yet, which is once.
const FIRST_NEWS: Duration = Duration::from_secs(8);

/// Takes note of what the database says is served by now: where other processes share it, what answers here was perhaps
/// served long ago, as nothing that follows it runs on this machine; and where the data folder does not know at all.
///
/// # Errors
/// Where the database cannot be asked, or not soon. What was served here last goes on answering.
pub async fn catch_up(data: &Path, database: Option<&str>) -> Result<(), StoreError> {
    let (known, is_unknown) = (current(data), is_unknown(data));
    let patience = if is_unknown { FIRST_NEWS } else { NEWS };
    let served = Store::served_at(data, database, patience).await?.remove(&EVERYBODY);
    let served = served.unwrap_or_else(|| known.clone());
    let noted = match is_unknown {
        true => begin(data, &served),
        false if served == known => Ok(()),
        false => point(data, &served),
    };
    noted.map_err(|source| StoreError::Folder { path: data.display().to_string(), source })
}

/// Whether a data folder has a database and does not say which of its originals are served: the database was put back from
/// a copy, or nothing was ever served.
#[must_use]
pub fn is_unknown(data: &Path) -> bool {
    !data.join("current").exists() && Store::is_in(data)
}

/// Compiles what is to answer now: the corpus folder as it is, with the originals that are served.
///
/// Where the database cannot give them, the notes still answer.
///
/// # Errors
/// Where the corpus folder has faults.
pub async fn compile(folder: &Folder, data: &Path, database: Option<&str>) -> Result<Opened, CompileError> {
    let mut state = current(data);
    let mut corpus = Corpus::open(folder)?;
    let mut without_originals = None;
    if !state.is_empty() {
        match stored(&corpus, data, database, &state).await {
            Ok(whole) => corpus = whole,
            Err(error) => {
                state.clear();
                without_originals = Some(error);
            }
        }
    }
    let Built { answerer, is_kept } = build(&corpus, folder, data, &state, GENERATIONS_KEPT, None)?;
    Ok(Opened { answerer, is_kept, without_originals })
}

async fn stored(corpus: &Corpus, data: &Path, database: Option<&str>, state: &str) -> Result<Corpus, StoreError> {
    let store = Store::open(data, database).await?;
    let manifest = store.manifest(EVERYBODY, state).await?.ok_or(sqlx::Error::RowNotFound)?;
    let whole = whole(corpus, &store, &manifest, None).await;
    store.close().await;
    whole
}

/// A corpus folder with the originals of a manifest. Those whose source is not in the corpus any more are left out,
/// and those that `before` has are taken from there.
pub(super) async fn whole(
    corpus: &Corpus,
    store: &Store,
    manifest: &Manifest,
    before: Option<&Corpus>,
) -> Result<Corpus, StoreError> {
    let known = before.into_iter().flat_map(|before| &before.documents);
    let known: HashMap<&str, &Document> =
        known.filter_map(|document| Some((document.original.as_deref()?, document))).collect();
    let mut whole = corpus.clone();
    for entry in manifest.entries() {
        let Some(source) = entry.source.as_ref().or_else(|| corpus.source(&entry.id)) else { continue };
        let is_it = |document: &&&Document| document.id.strip_prefix("originals/") == Some(&entry.id);
        if let Some(document) = known.get(entry.text.as_str()).filter(is_it) {
            whole.keep_original(source, (*document).clone());
            continue;
        }
        let (text, at) = store.text(&entry.text).await?.ok_or(sqlx::Error::RowNotFound)?;
        whole.add_original(Original { source: source.clone(), text, copied: clock::day(at) });
    }
    Ok(whole)
}

/// A generation that was compiled from the same corpus folder by the same program: what stays the same in the next
/// one is taken from it.
pub(super) struct Base {
    generation: Generation,
    pub(super) corpus: Corpus,
}

/// The generation of a set of originals as such a base, where it is compiled.
pub(super) fn base(folder: &Folder, data: &Path, state: &str) -> Option<Base> {
    let place = place(folder, data, state).ok().filter(|place| place.is_dir())?;
    let generation = Generation::at(&place).ok()?;
    let corpus = Corpus::from_generation(&generation).ok()?;
    Some(Base { generation, corpus })
}

/// What was compiled.
pub(super) struct Built {
    pub(super) answerer: Answerer,
    /// Whether it lies in the data folder; else in memory.
    is_kept: bool,
}

/// Compiles a corpus that has its originals, and opens it; in memory where the data folder takes no files.
///
/// Of generations that nobody names, so many are spared.
pub(super) fn build(
    corpus: &Corpus,
    folder: &Folder,
    data: &Path,
    state: &str,
    spared: usize,
    base: Option<&Base>,
) -> Result<Built, CompileError> {
    match build_to_last(corpus, folder, data, state, spared, base) {
        Ok(answerer) => Ok(Built { answerer, is_kept: true }),
        Err(CompileError::NotWritten(_)) => Ok(Built { answerer: Answerer::new(corpus)?, is_kept: false }),
        Err(error) => Err(error),
    }
}

/// Compiles a corpus into the data folder and nowhere else: what is to be served must last.
pub(super) fn build_to_last(
    corpus: &Corpus,
    folder: &Folder,
    data: &Path,
    state: &str,
    spared: usize,
    base: Option<&Base>,
) -> Result<Answerer, CompileError> {
    let place = place(folder, data, state)?;
    if place.is_dir() {
        if let Some(answerer) = open_at(&place) {
            return Ok(answerer);
        }
        // Damaged files are made anew.
        throw_away(&place);
    }
    let on_base = |base: &Base| {
        let compile = |to: &Generation| Answerer::build_on(corpus, to, &base.generation, &base.corpus);
        Generation::build_at(&place, compile)
            .inspect_err(|error| tracing::warn!("the next generation is compiled from nothing: {error}"))
            .ok()
    };
    let built = match base.and_then(on_base) {
        Some(generation) => Ok(generation),
        None => Generation::build_at(&place, |to| Answerer::build(corpus, to)),
    };
    sweep(data, &[place], spared);
    built.and_then(|generation| Ok(Answerer::open(&generation)?)).map_err(|error| match error {
        TriageError::Rules(_) => error.into(),
        TriageError::Generation(_) => CompileError::NotWritten(data.display().to_string()),
    })
}

/// The folders of compiled files for these sets of originals.
pub(super) fn places(folder: &Folder, data: &Path, states: impl Iterator<Item = String>) -> Vec<PathBuf> {
    states.filter_map(|state| place(folder, data, &state).ok()).collect()
}

/// Deletes compiled files that nothing needs: beside those that are kept, all but those opened last (a data folder may
/// serve several corpus folders), and what processes that were killed left half done an hour ago. What cannot
/// be deleted now is deleted another time.
pub(super) fn sweep(data: &Path, kept: &[PathBuf], spared: usize) {
    let Ok(entries) = fs::read_dir(data.join("generations")) else { return };
    let mut others = Vec::new();
    for entry in entries.flatten().filter(|entry| !kept.contains(&entry.path())) {
        let Some(opened) = entry.metadata().and_then(|of| of.modified()).ok() else { continue };
        if !entry.file_name().to_string_lossy().starts_with('.') {
            others.push((opened, entry.path()));
        } else if opened.elapsed().is_ok_and(|age| age > LEFT_BEHIND) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    others.sort();
    for (_, folder) in others.iter().rev().skip(spared) {
        let _ = fs::remove_dir_all(folder);
    }
}

/// Throws a generation's files away.
pub(super) fn discard(folder: &Folder, data: &Path, state: &str) {
    if let Ok(place) = place(folder, data, state) {
        throw_away(&place);
    }
}

/// Deletes a folder of compiled files, which nobody sees half of.
fn throw_away(place: &Path) {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let aside = place.with_file_name(format!(".{name}.{}.thrown-away", std::process::id()));
    if fs::rename(place, &aside).is_ok() {
        let _ = fs::remove_dir_all(aside);
    }
}
