//! Reads pages in a process of its own, which may run out of time or memory, or break.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::{CleanError, Cleaned, MOST_TEXT, clean};
use crate::refresh::fetch::Download;

/// How long reading a page may take.
pub(super) const LIMIT: Duration = Duration::from_secs(20);
/// The same for pages of this machine.
const LIMIT_AT_HOME: Duration = Duration::from_secs(5);
/// How much memory it may take.
#[cfg(unix)]
const MEMORY: u64 = 2 << 30;

/// So much of what it says is listened to: room for the largest text as JSON, where each part of it has a frame and
/// some letters take two. A page that took the process over may say anything, without an end.
const MOST_SAID: u64 = 8 * MOST_TEXT as u64;

/// The hidden command under which the program reads a page.
pub const COMMAND: &str = "read-page";

/// Starts processes that read a page each.
#[derive(Debug, Clone)]
pub struct Worker {
    program: PathBuf,
    limit: Duration,
}

impl Worker {
    /// A worker that starts this very program anew; `loopback` is SACRUM_FETCH_LOOPBACK.
    ///
    /// # Errors
    /// Where the program cannot be found.
    pub fn new(loopback: bool) -> Result<Self, CleanError> {
        // The path of a program that was replaced while it runs leads nowhere; this one still does.
        let itself = PathBuf::from("/proc/self/exe");
        let program = if itself.exists() { Ok(itself) } else { std::env::current_exe() };
        let limit = if loopback { LIMIT_AT_HOME } else { LIMIT };
        program.map(|program| Self { program, limit }).map_err(|error| CleanError::Worker(error.to_string()))
    }

    /// Reads a page. Blocks, for a limited time.
    ///
    /// # Errors
    /// Where it gives no text, or takes too much.
    pub fn clean(&self, page: &Download) -> Result<Cleaned, CleanError> {
        let failed = |error: io::Error| CleanError::Worker(error.to_string());
        let mut child = Command::new(&self.program)
            .args([COMMAND, "--", &page.content_type, page.url.path()])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (done, answer) = mpsc::channel();
        let read = std::thread::scope(|scope| {
            scope.spawn(move || stdin.map(|mut to| to.write_all(&page.bytes)));
            scope.spawn(move || {
                let mut said = Vec::new();
                let read = stdout.map_or(Ok(0), |from| from.take(MOST_SAID).read_to_end(&mut said));
                let _ = done.send(read.map(|_| said));
            });
            let read = answer.recv_timeout(self.limit);
            // It has said all it has to say, or its time is over.
            let _ = child.kill();
            let _ = child.wait();
            read
        });
        let said = read.map_err(|_| CleanError::Costly)?.map_err(failed)?;
        serde_json::from_slice(&said).unwrap_or(Err(CleanError::Costly))
    }
}

/// What the process does: a page from standard input, its text as JSON to standard output.
///
/// # Errors
/// Where either cannot be used.
pub fn serve(content_type: &str, path: &str, out: &mut impl Write) -> io::Result<()> {
    limit()?;
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    serde_json::to_writer(out, &clean(&bytes, content_type, path))?;
    Ok(())
}

#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rlimit::Resource;
    let least = |resource: Resource, wanted: u64| -> io::Result<()> {
        let (_, most) = resource.get()?;
        resource.set(wanted.min(most), wanted.min(most))
    };
    least(Resource::AS, MEMORY)?;
    least(Resource::CPU, LIMIT.as_secs())?;
    least(Resource::CORE, 0)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "there are no limits to set here")]
fn limit() -> io::Result<()> {
    Ok(())
}
