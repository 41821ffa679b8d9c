//! The key under which people and messages are hashed. It lies beside the database, never in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::lock::name_if_first;

/// 32 secret bytes.
pub(super) struct Key([u8; 32]);

impl Key {
    /// The key in a data folder; made at the first start.
    pub(super) fn of(data: &Path) -> io::Result<Self> {
        let path = data.join("person.key");
        let mut bytes = [0; 32];
        match File::open(&path) {
            Ok(mut file) => file.read_exact(&mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                getrandom::fill(&mut bytes).map_err(io::Error::other)?;
                let aside = data.join(format!(".person.key.{}", new_id()?));
                let mut options = OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut file = options.open(&aside)?;
                file.write_all(&bytes)?;
                file.sync_all()?;
                if !name_if_first(&aside, &path)? {
                    return Self::of(data);
                }
            }
            Err(error) => return Err(error),
        }
        Ok(Self(bytes))
    }

    /// A hash of a number within a context, which nobody can guess back without the key.
    ///
    /// The key comes first and all that follows is of fixed shape; the hash is cut to half, so that it
    /// cannot be continued.
    pub(super) fn hash(&self, context: &str, number: u64) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        hasher.update(number.to_be_bytes());
        hasher.update(context.as_bytes());
        hex::encode(&hasher.finalize()[..16])
    }
}

/// A new id that cannot be guessed: 80 bits.
pub(super) fn new_id() -> io::Result<String> {
    let mut bytes = [0_u8; 10];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}
