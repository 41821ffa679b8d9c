//! Values that are read when they are first asked for.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tantivy::directory::OwnedBytes;

use super::{Generation, GenerationError, cut_off, encoded, form};

/// A value of a generation that is read when it is first asked for: most are not, before a program ends.
#[derive(Clone)]
pub struct Late<T> {
    /// Where it stands, unless it was made here.
    bytes: Option<OwnedBytes>,
    /// Apart, so that many which are not read take little room.
    value: OnceLock<Box<T>>,
}

impl<T> Late<T> {
    fn of(bytes: OwnedBytes) -> Self {
        Self { bytes: Some(bytes), value: OnceLock::new() }
    }
}

impl<T: DeserializeOwned + Default> Late<T> {
    /// Where a generation was not written by this program, its values are empty, and the log says so.
    fn read(&self) -> &T {
        self.value.get_or_init(|| {
            let read = self.bytes.as_deref().map_or_else(|| Ok(T::default()), postcard::from_bytes);
            Box::new(read.unwrap_or_else(|error| {
                tracing::error!("a part of the compiled corpus cannot be read ({error}); its folder can be deleted");
                T::default()
            }))
        })
    }
}

impl<T> From<T> for Late<T> {
    fn from(value: T) -> Self {
        Self { bytes: None, value: OnceLock::from(Box::new(value)) }
    }
}

impl<T: Default> Default for Late<T> {
    fn default() -> Self {
        T::default().into()
    }
}

impl<T: DeserializeOwned + Default> Deref for Late<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.read()
    }
}

impl<T: DeserializeOwned + Default> DerefMut for Late<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.read();
        self.bytes = None;
        self.value.get_mut().expect("it was just read")
    }
}

impl<T: DeserializeOwned + Default + PartialEq> PartialEq for Late<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.bytes, &other.bytes) {
            (Some(a), Some(b)) => a[..] == b[..],
            _ => **self == **other,
        }
    }
}

impl<T: DeserializeOwned + Default + Eq> Eq for Late<T> {}

impl<T: DeserializeOwned + Default + fmt::Debug> fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl Generation {
    pub(crate) fn put_late<T>(&self, name: &str, value: &Late<T>) -> Result<(), GenerationError>
    where
        T: Serialize + DeserializeOwned + Default,
    {
        self.put_bytes(name, written(name, value)?.into_owned());
        Ok(())
    }

    pub(crate) fn late<T>(&self, name: &str) -> Result<Late<T>, GenerationError> {
        self.bytes(name).map(Late::of)
    }

    /// Writes several values that are read one by one: where each ends, and they themselves.
    pub(crate) fn put_each<'a, T>(
        &self,
        name: &str,
        values: impl Iterator<Item = &'a Late<T>>,
    ) -> Result<(), GenerationError>
    where
        T: Serialize + DeserializeOwned + Default + 'a,
    {
        let (mut ends, mut all) = (Vec::new(), Vec::new());
        for value in values {
            all.extend_from_slice(&written(name, value)?);
            ends.push(all.len());
        }
        self.put_parts(name, [&encoded(name, &ends)?, &all]);
        Ok(())
    }

    pub(crate) fn each<T>(&self, name: &str) -> Result<Vec<Late<T>>, GenerationError> {
        let [ends, bytes] = self.parts(name)?;
        let ends: Vec<usize> = postcard::from_bytes(&ends).map_err(|source| form(name, source))?;
        if !ends.is_sorted() || ends.last().copied().unwrap_or_default() != bytes.len() {
            return Err(cut_off(name));
        }
        let starts = std::iter::once(&0).chain(&ends);
        Ok(starts.zip(&ends).map(|(&start, &end)| Late::of(bytes.slice(start..end))).collect())
    }
}

/// A value as it is written; one that stands in another generation is taken over as it is.
fn written<'a, T>(name: &str, value: &'a Late<T>) -> Result<Cow<'a, [u8]>, GenerationError>
where
    T: Serialize + DeserializeOwned + Default,
{
    match &value.bytes {
        Some(bytes) => Ok(Cow::Borrowed(bytes)),
        None => encoded(name, &**value).map(Cow::Owned),
    }
}
