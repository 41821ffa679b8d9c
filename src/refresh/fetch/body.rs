//! The body of a page: counted as it comes, unpacked as it comes, and given up when it is too much.

use std::io::{self, Write};

use flate2::write::GzDecoder;
use futures_util::StreamExt;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::{FetchError, MOST_UNPACKED, MOST_WIRE};

/// What has been unpacked so far, up to a limit.
struct Capped(Vec<u8>);

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_UNPACKED {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The ways in which a body may be packed; those that we say we take. Not deflate, which servers pack in two ways.
enum Unpacker {
    Plain(Capped),
    Gzip(Box<GzDecoder<Capped>>),
}

impl Unpacker {
    fn new(encoding: &str) -> Result<Self, FetchError> {
        let unpacked = Capped(Vec::new());
        match encoding.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Plain(unpacked)),
            "gzip" | "x-gzip" => Ok(Self::Gzip(Box::new(GzDecoder::new(unpacked)))),
            other => Err(FetchError::Packing(format!("\"{other}\" is not known"))),
        }
    }

    fn take(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(to) => to.write_all(bytes),
            Self::Gzip(to) => {
                while !bytes.is_empty() {
                    match to.write(bytes)? {
                        // What stands behind the end is not the page's; browsers leave it, too.
                        0 => break,
                        taken => bytes = &bytes[taken..],
                    }
                }
                Ok(())
            }
        }
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        Ok(match self {
            Self::Plain(to) => to.0,
            Self::Gzip(to) => to.finish()?.0,
        })
    }
}

/// Reads a body to its end, within the limits.
pub(super) async fn read(response: Response) -> Result<Vec<u8>, FetchError> {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header(CONTENT_LENGTH).parse().is_ok_and(|length: usize| length > MOST_WIRE) {
        return Err(FetchError::TooLarge);
    }
    let mut unpacker = Unpacker::new(header(CONTENT_ENCODING))?;
    let mut came = 0;
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        came += chunk.len();
        if came > MOST_WIRE {
            return Err(FetchError::TooLarge);
        }
        unpacker.take(&chunk).map_err(broken)?;
    }
    unpacker.finish().map_err(broken)
}

fn broken(error: io::Error) -> FetchError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => FetchError::TooLargeUnpacked,
        _ => FetchError::Packing(error.to_string()),
    }
}
