//! What is written into a generation by name, all in one file: opening many small ones takes longer than an answer.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::directory::error::OpenReadError;
use tantivy::directory::{Directory, OwnedBytes, TerminatingWrite};

use super::{GenerationError, cut_off, encoded, file, form};

/// The file of a generation that was made from nothing; one that was made of another one has the same.
const FIRST: &str = "parts";
/// The file of what differs from the first one.
const CHANGED: &str = "changes";
/// Parts begin at a multiple of this, so that numbers can be read where they lie.
const ALIGNED: usize = 8;
/// At the end of a file stands how long the list before it is.
const TAIL: usize = size_of::<u64>();

type Named = BTreeMap<String, OwnedBytes>;

/// The parts of one generation; a clone is the same ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    /// Those of the first file; nothing where there is none yet.
    first: Option<Named>,
    /// Those that were put since: they stand before the first file's.
    changed: Named,
}

impl Parts {
    /// Reads those of a folder; it may have none yet.
    pub(super) fn open(directory: &dyn Directory) -> Result<Self, GenerationError> {
        let held = Held { first: read(directory, FIRST)?, changed: read(directory, CHANGED)?.unwrap_or_default() };
        Ok(Self(Arc::new(Mutex::new(held))))
    }

    pub(super) fn put(&self, name: &str, bytes: Vec<u8>) {
        self.held().changed.insert(name.to_owned(), OwnedBytes::new(bytes));
    }

    pub(super) fn get(&self, name: &str) -> Option<OwnedBytes> {
        let held = self.held();
        held.changed.get(name).or_else(|| held.first.as_ref()?.get(name)).cloned()
    }

    /// Has the same parts as another one from now on.
    pub(super) fn take_over(&self, other: &Self) {
        let (first, changed) = {
            let other = other.held();
            (other.first.clone(), other.changed.clone())
        };
        *self.held() = Held { first, changed };
    }

    pub(super) fn clear(&self) {
        *self.held() = Held::default();
    }

    /// Writes what was put into a folder, to last.
    pub(super) fn seal(&self, directory: &dyn Directory) -> Result<(), GenerationError> {
        let held = self.held();
        let name = if held.first.is_some() { CHANGED } else { FIRST };
        // It may be another generation's file as well, which must stay as it is.
        let _ = directory.delete(Path::new(name));
        write(directory, name, &held.changed)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a file: the parts, small ones first, so that they are read together; then where each begins and ends.
fn write(directory: &dyn Directory, name: &str, parts: &Named) -> Result<(), GenerationError> {
    let mut sorted: Vec<(&String, &OwnedBytes)> = parts.iter().collect();
    sorted.sort_by_key(|(_, bytes)| bytes.len());
    let mut list = Vec::with_capacity(sorted.len());
    let mut at = 0;
    for (name, bytes) in &sorted {
        list.push((name, at, at + bytes.len()));
        at = (at + bytes.len()).next_multiple_of(ALIGNED);
    }
    let list = encoded(name, &list)?;
    let put = || -> io::Result<()> {
        let mut out = directory.open_write(Path::new(name)).map_err(io::Error::other)?;
        for (_, bytes) in sorted {
            out.write_all(bytes)?;
            out.write_all(&[0; ALIGNED][..bytes.len().next_multiple_of(ALIGNED) - bytes.len()])?;
        }
        out.write_all(&list)?;
        out.write_all(&(list.len() as u64).to_le_bytes())?;
        out.terminate()
    };
    put().map_err(|source| file(name, source))
}

/// The parts in a file; nothing where it is not there.
fn read(directory: &dyn Directory, name: &str) -> Result<Option<Named>, GenerationError> {
    let bytes = match directory.open_read(Path::new(name)) {
        Ok(slice) => slice.read_bytes().map_err(|source| file(name, source))?,
        Err(OpenReadError::FileDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(file(name, io::Error::other(error))),
    };
    let cut_off = || cut_off(name);
    let (rest, length) = bytes.split_last_chunk::<TAIL>().ok_or_else(cut_off)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut_off())?;
    let end = rest.len().checked_sub(length).ok_or_else(cut_off)?;
    let list: Vec<(String, usize, usize)> = postcard::from_bytes(&rest[end..]).map_err(|source| form(name, source))?;
    let slice = |(part, start, stop)| {
        let inside = start <= stop && stop <= end;
        inside.then(|| (part, bytes.slice(start..stop))).ok_or_else(cut_off)
    };
    list.into_iter().map(slice).collect::<Result<Named, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::super::Generation;
    use super::*;

    /// An empty place for generations.
    fn place(name: &str) -> PathBuf {
        let place = std::env::temp_dir().join(format!("sacrum-parts-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        place
    }

    fn text(generation: &Generation, name: &str) -> String {
        String::from_utf8(generation.bytes(name).unwrap().to_vec()).unwrap()
    }

    fn made(folder: &Path, make: impl Fn(&Generation)) -> Generation {
        let build = |generation: &Generation| {
            make(generation);
            Ok::<_, GenerationError>(())
        };
        Generation::build_at(folder, build).unwrap()
    }

    #[test]
    fn what_is_made_of_another_one_differs_only_in_what_was_put() {
        let data = place("changed");
        let put = |generation: &Generation, name: &str, text: &str| generation.put_bytes(name, text.into());
        let first = made(&data.join("first"), |new| {
            put(new, "a", "one");
            put(new, "b", "two, longer");
        });
        let second = made(&data.join("second"), |new| {
            assert!(new.take_over(&first));
            put(new, "a", "three");
        });
        made(&data.join("third"), |new| {
            assert!(new.take_over(&second));
            put(new, "c", "four");
        });
        for (name, parts) in [("first", "one"), ("second", "three"), ("third", "three")] {
            let generation = Generation::at(&data.join(name)).unwrap();
            assert_eq!([text(&generation, "a"), text(&generation, "b")], [parts, "two, longer"], "{name}");
            assert_eq!(generation.bytes("c").is_ok(), name == "third");
        }
        fs::remove_dir_all(data).unwrap();
    }

    #[test]
    fn a_file_that_is_cut_off_is_said_to_be() {
        let data = place("cut");
        made(&data, |new| new.put_bytes("a", vec![1; 20]));
        let whole = fs::read(data.join(FIRST)).unwrap();
        for length in 0..whole.len() {
            fs::write(data.join(FIRST), &whole[..length]).unwrap();
            assert!(Generation::at(&data).is_err(), "{length} of {} bytes", whole.len());
        }
        fs::remove_dir_all(data).unwrap();
    }
}
