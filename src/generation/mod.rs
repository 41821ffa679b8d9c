//! A generation: one complete, immutable state of a corpus, compiled into files.
//!
//! Each part writes its files when a generation is built and reads them when it is opened, so that
//! nothing is parsed, indexed or learnt twice. A generation lives in a folder, mapped into memory, or in
//! memory alone; the parts do not see a difference. Whatever is in it is derived and can be thrown away.

mod late;
mod parts;
mod table;

use std::fs;
use std::hash::BuildHasher;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxBuildHasher;
use serde::{Serialize, de::DeserializeOwned};
use tantivy::directory::{Directory, MmapDirectory, OwnedBytes, RamDirectory};

pub use late::Late;
use parts::Parts;
pub(crate) use table::{Table, key_of};

/// Why a generation could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// A file of it could not be read or written.
    #[error("{name} of the compiled corpus: {source}; is the disk full? It is derived, so its folder can be deleted")]
    File {
        /// Which file.
        name: String,
        /// Why not.
        source: io::Error,
    },
    /// A file of it does not hold what it should.
    #[error("{name} of the compiled corpus cannot be read ({source}); it is derived, so its folder can be deleted")]
    Form {
        /// Which file.
        name: String,
        /// Why not.
        source: postcard::Error,
    },
    /// An automaton of it is broken.
    #[error("{name} of the compiled corpus cannot be read ({source}); it is derived, so its folder can be deleted")]
    Automaton {
        /// Which file.
        name: String,
        /// Why not.
        source: fst::Error,
    },
    /// Its search index.
    #[error("the search index: {0}")]
    Index(#[from] tantivy::TantivyError),
}

/// The files of one state of a corpus.
#[derive(Debug, Clone)]
pub struct Generation {
    directory: Box<dyn Directory>,
    /// Where it lies; nowhere where it is in memory.
    folder: Option<PathBuf>,
    /// All but Tantivy's own files.
    parts: Parts,
}

impl Generation {
    /// An empty one that lives in memory.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { directory: Box::new(RamDirectory::create()), folder: None, parts: Parts::default() }
    }

    /// The one in a folder that exists.
    ///
    /// # Errors
    /// Where the folder cannot be opened.
    pub fn at(folder: &Path) -> Result<Self, GenerationError> {
        let directory = MmapDirectory::open(folder)
            .map_err(|error| file(&folder.display().to_string(), io::Error::other(error)))?;
        let parts = Parts::open(&directory)?;
        Ok(Self { directory: Box::new(directory), folder: Some(folder.to_owned()), parts })
    }

    /// Builds a generation in a folder that is not there yet, and opens it.
    ///
    /// It is built aside and renamed when it is complete, so that a process that is killed leaves nothing
    /// half done.
    ///
    /// # Errors
    /// What `build` fails with, and where the folder cannot be written.
    pub fn build_at<E: From<GenerationError>>(
        folder: &Path,
        build: impl FnOnce(&Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        /// Two that build the same in one process do not meet.
        static BUILT: AtomicU64 = AtomicU64::new(0);
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let number = BUILT.fetch_add(1, Ordering::Relaxed);
        let aside = folder.with_file_name(format!(".{name}.{}.{number}", std::process::id()));
        let to_last = || -> Result<(), E> {
            fs::create_dir_all(&aside).map_err(|error| file(&name, error))?;
            let generation = Self::at(&aside)?;
            build(&generation)?;
            generation.parts.seal(&*generation.directory)?;
            let synced = generation.directory.sync_directory().and_then(|()| fs::rename(&aside, folder));
            Ok(synced.map_err(|error| file(&name, error))?)
        };
        let built = to_last();
        let _ = fs::remove_dir_all(&aside);
        match built {
            // Where another process was faster, its work is as good as ours.
            Err(error) if !folder.is_dir() => Err(error),
            _ => Ok(Self::at(folder)?),
        }
    }

    /// Takes every file of another one over, as a second name of the same file; whether that could be done. A file is
    /// only ever replaced as a whole, so the other one stays as it is.
    pub(crate) fn take_over(&self, other: &Self) -> bool {
        let (Some(here), Some(there)) = (&self.folder, &other.folder) else { return false };
        let link = || -> io::Result<()> {
            for file in fs::read_dir(there)? {
                let name = file?.file_name();
                if !name.to_string_lossy().ends_with(".lock") {
                    fs::hard_link(there.join(&name), here.join(&name))?;
                }
            }
            Ok(())
        };
        let linked = link().is_ok();
        if linked {
            self.parts.take_over(&other.parts);
        } else {
            self.clear();
        }
        linked
    }

    /// Takes every file out again.
    pub(crate) fn clear(&self) {
        let folder = self.folder.iter().flat_map(fs::read_dir).flatten().flatten();
        folder.for_each(|file| _ = fs::remove_file(file.path()));
        self.parts.clear();
    }

    /// Where Tantivy keeps its own files.
    pub(crate) fn directory(&self) -> Box<dyn Directory> {
        self.directory.clone()
    }

    pub(crate) fn put<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), GenerationError> {
        self.put_bytes(name, encoded(name, value)?);
        Ok(())
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T, GenerationError> {
        postcard::from_bytes(&self.bytes(name)?).map_err(|source| form(name, source))
    }

    pub(crate) fn put_bytes(&self, name: &str, bytes: Vec<u8>) {
        self.parts.put(name, bytes);
    }

    pub(crate) fn bytes(&self, name: &str) -> Result<OwnedBytes, GenerationError> {
        self.parts.get(name).ok_or_else(|| file(name, io::ErrorKind::NotFound.into()))
    }

    /// Writes several parts into one file: how long each is, then they themselves.
    pub(crate) fn put_parts<const N: usize>(&self, name: &str, parts: [&[u8]; N]) {
        let mut bytes: Vec<u8> = parts.iter().flat_map(|part| (part.len() as u64).to_le_bytes()).collect();
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        self.put_bytes(name, bytes);
    }

    pub(crate) fn parts<const N: usize>(&self, name: &str) -> Result<[OwnedBytes; N], GenerationError> {
        let bytes = self.bytes(name)?;
        let cut_off = || cut_off(name);
        let (lengths, mut start) = (bytes.get(..8 * N).ok_or_else(cut_off)?, 8 * N);
        let mut parts = std::array::from_fn(|_| OwnedBytes::empty());
        for (part, length) in parts.iter_mut().zip(lengths.chunks_exact(8)) {
            let length = length.try_into().map_or(u64::MAX, u64::from_le_bytes);
            let end = usize::try_from(length).ok().and_then(|length| start.checked_add(length));
            let end = end.filter(|&end| end <= bytes.len()).ok_or_else(cut_off)?;
            *part = bytes.slice(start..end);
            start = end;
        }
        Ok(parts)
    }

    pub(crate) fn put_numbers(&self, name: &str, numbers: &[u32]) {
        self.put_bytes(name, bytemuck::cast_slice(numbers).to_vec());
    }

    pub(crate) fn numbers(&self, name: &str) -> Result<Numbers, GenerationError> {
        self.bytes(name).map(Numbers::from)
    }
}

/// Numbers as they stand in a file, read where they are.
#[derive(Clone)]
pub(crate) enum Numbers {
    Mapped(OwnedBytes),
    /// Where the bytes are not aligned.
    Copied(Vec<u32>),
}

impl Numbers {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self)
    }
}

impl From<OwnedBytes> for Numbers {
    fn from(bytes: OwnedBytes) -> Self {
        match bytemuck::try_cast_slice::<u8, u32>(&bytes) {
            Ok(_) => Self::Mapped(bytes),
            Err(_) => Self::Copied(bytes.chunks_exact(4).map(bytemuck::pod_read_unaligned).collect()),
        }
    }
}

impl FromIterator<u32> for Numbers {
    fn from_iter<T: IntoIterator<Item = u32>>(numbers: T) -> Self {
        Self::Copied(numbers.into_iter().collect())
    }
}

impl std::ops::Deref for Numbers {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        match self {
            Self::Mapped(bytes) => bytemuck::cast_slice(bytes),
            Self::Copied(numbers) => numbers,
        }
    }
}

/// A count, as files of numbers have it; of what they cannot hold the largest that they can.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A number for a name, from the name alone.
#[allow(clippy::cast_possible_truncation)] // half of the hash is enough
pub(crate) fn hash(name: &str) -> u32 {
    FxBuildHasher.hash_one(name) as u32
}

/// Adds small numbers, as many to a place as fit.
pub(crate) fn extend_packed<T: bytemuck::NoUninit>(out: &mut Vec<u32>, small: &[T]) {
    let bytes: &[u8] = bytemuck::cast_slice(small);
    out.extend(bytes.chunks(4).map(|four| {
        let mut place = [0; 4];
        place[..four.len()].copy_from_slice(four);
        u32::from_ne_bytes(place)
    }));
}

fn file(name: &str, source: io::Error) -> GenerationError {
    GenerationError::File { name: name.to_owned(), source }
}

fn form(name: &str, source: postcard::Error) -> GenerationError {
    GenerationError::Form { name: name.to_owned(), source }
}

/// That a part of it is not whole.
pub(crate) fn cut_off(name: &str) -> GenerationError {
    form(name, postcard::Error::DeserializeUnexpectedEnd)
}

pub(crate) fn automaton(name: &str, source: fst::Error) -> GenerationError {
    GenerationError::Automaton { name: name.to_owned(), source }
}

fn encoded<T: Serialize + ?Sized>(name: &str, value: &T) -> Result<Vec<u8>, GenerationError> {
    postcard::to_stdvec(value).map_err(|source| form(name, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_what_is_cut_off_is_said_to_be() {
        let generation = Generation::in_memory();
        let lists = [vec![1_u32, 2], Vec::new(), vec![3]].map(Late::from);
        generation.put_each("each", lists.iter()).unwrap();
        let read: Vec<Late<Vec<u32>>> = generation.each("each").unwrap();
        assert_eq!(read, lists);
        generation.put_table("table", [("b", 2_u8), ("a", 1)]).unwrap();
        let table: Table<u8> = generation.table("table").unwrap();
        assert_eq!((table.get("a"), table.get("b"), table.get("c")), (Some(1), Some(2), None));
        assert_eq!(table.values().collect::<Vec<_>>(), [1, 2]);
        let phrases = [["a"].as_slice(), &["a", "b", "c"], &["ab"]].map(|parts| (key_of(parts), parts.len()));
        generation.put_table("phrases", phrases).unwrap();
        let table: Table<usize> = generation.table("phrases").unwrap();
        for (parts, longest) in
            [("a b c d", Some(3)), ("a b d", Some(1)), ("ab c", Some(1)), ("abc", None), ("b a", None), ("", None)]
        {
            assert_eq!(table.longest(parts.split(' ')).map(|(_, value)| value), longest, "{parts}");
        }
        for name in ["each", "table"] {
            let whole = generation.bytes(name).unwrap();
            for length in 0..whole.len() {
                generation.put_bytes(name, whole[..length].to_vec());
                let read = generation.each::<Vec<u32>>(name).is_ok() || generation.table::<u8>(name).is_ok();
                assert!(!read, "{name} with {length} of {} bytes", whole.len());
            }
        }
    }

    #[test]
    fn a_late_value_is_read_as_it_was_and_can_be_changed() {
        let generation = Generation::in_memory();
        generation.put_late("words", &Late::from(vec!["a".to_owned()])).unwrap();
        let mut words: Late<Vec<String>> = generation.late("words").unwrap();
        let before = words.clone();
        words.push("b".to_owned());
        assert_eq!((words.len(), before.len()), (2, 1));
        assert_ne!(words, before);
        generation.put_late("words", &words).unwrap();
        assert_eq!(generation.late::<Vec<String>>("words").unwrap(), words);
    }
}
