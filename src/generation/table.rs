//! Values that are looked up by a key.

use std::marker::PhantomData;

use fst::{Map, MapBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tantivy::directory::OwnedBytes;

use super::{Generation, GenerationError, automaton, encoded};

/// Stands behind each part of a key of several.
const END: u8 = 0;

/// Values of a generation by their keys; each is read when it is looked up.
#[derive(Clone)]
pub(crate) struct Table<V> {
    /// For each key, where its value begins.
    starts: Map<OwnedBytes>,
    values: OwnedBytes,
    of: PhantomData<fn() -> V>,
}

impl<V: DeserializeOwned> Table<V> {
    /// The value of a key; none, too, where it is not what it should be.
    pub(crate) fn get(&self, key: impl AsRef<[u8]>) -> Option<V> {
        self.read(self.starts.get(key)?)
    }

    /// The longest key of parts that these begin with: how many of them it has, and its value.
    pub(crate) fn longest(&self, parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Option<(usize, V)> {
        let keys = self.starts.as_fst();
        let (mut node, mut start, mut longest) = (keys.root(), 0, None);
        'parts: for (count, part) in (1..).zip(parts) {
            for &byte in part.as_ref().iter().chain(&[END]) {
                let Some(at) = node.find_input(byte) else { break 'parts };
                let step = node.transition(at);
                start += step.out.value();
                node = keys.node(step.addr);
            }
            if node.is_final() {
                longest = Some((count, start + node.final_output().value()));
            }
        }
        let (count, start) = longest?;
        Some((count, self.read(start)?))
    }

    /// All values, in the order of their keys.
    pub(crate) fn values(&self) -> impl Iterator<Item = V> {
        self.starts.stream().into_values().into_iter().filter_map(|start| self.read(start))
    }

    fn read(&self, start: u64) -> Option<V> {
        postcard::from_bytes(self.values.get(usize::try_from(start).ok()?..)?).ok()
    }
}

/// A key of several parts, for [`Table::longest`].
pub(crate) fn key_of(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut key = Vec::new();
    for part in parts {
        key.extend_from_slice(part.as_ref());
        key.push(END);
    }
    key
}

impl Generation {
    /// Writes values by their keys, of which none stands twice.
    pub(crate) fn put_table<K, V>(
        &self,
        name: &str,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), GenerationError>
    where
        K: AsRef<[u8]>,
        V: Serialize,
    {
        let mut entries: Vec<(K, V)> = entries.into_iter().collect();
        entries.sort_unstable_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
        let (mut starts, mut values) = (MapBuilder::memory(), Vec::new());
        for (key, value) in &entries {
            starts.insert(key, values.len() as u64).map_err(|error| automaton(name, error))?;
            values.append(&mut encoded(name, value)?);
        }
        let starts = starts.into_inner().map_err(|error| automaton(name, error))?;
        self.put_parts(name, [&starts, &values]);
        Ok(())
    }

    pub(crate) fn table<V>(&self, name: &str) -> Result<Table<V>, GenerationError> {
        let [starts, values] = self.parts(name)?;
        Ok(Table { starts: Map::new(starts).map_err(|error| automaton(name, error))?, values, of: PhantomData })
    }
}
