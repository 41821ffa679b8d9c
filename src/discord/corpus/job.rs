//! Work that lasts: told by editing one message, and to its end even where Discord does not let us edit any more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

use crate::discord::bot::Bot;
use crate::discord::called::Called;
use crate::discord::chat::nonce;
use crate::discord::reply::{File, Reply};

/// The answer to an interaction can be edited for 15 minutes; this much is sure.
const EDITABLE: Duration = Duration::from_secs(14 * 60 + 30);
/// Between two edits.
const PACE: Duration = Duration::from_millis(1_500);

/// A moderator's command at work.
pub(super) struct Job {
    pub(super) bot: Arc<Bot>,
    /// Who the audit log says it was.
    pub(super) who: String,
    /// Where it was given.
    pub(super) server: u64,
    pub(super) begun: Instant,
    id: u64,
    application: u64,
    token: String,
    channel: u64,
}

impl Job {
    pub(super) fn new(bot: Arc<Bot>, called: &Called) -> Arc<Self> {
        Arc::new(Self {
            bot,
            who: called.person.to_string(),
            server: called.server,
            begun: Instant::now(),
            id: called.id,
            application: called.application,
            token: called.token.clone(),
            channel: called.channel,
        })
    }

    /// Tells how far it is, not too often, until it is done.
    pub(super) async fn tell_while<T>(
        &self,
        mut said: watch::Receiver<Reply>,
        mut work: JoinHandle<T>,
    ) -> Result<T, JoinError> {
        loop {
            let now = said.borrow_and_update().clone();
            if self.begun.elapsed() < EDITABLE
                && let Err(error) = self.bot.rest.follow(self.application, &self.token, &now).await
            {
                tracing::debug!("a progress was not told: {error}");
            }
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(PACE) => {}
            }
            tokio::select! {
                done = &mut work => return done,
                changed = said.changed() => if changed.is_err() { return work.await },
            }
        }
    }

    /// Says what came of it, with a file beside it.
    pub(super) async fn end_with(&self, reply: &Reply, file: File) {
        if let Err(error) = self.bot.rest.follow_with(self.application, &self.token, reply, file).await {
            tracing::warn!("a file was not sent: {error}");
        }
    }

    /// Says what came of it: in place of the progress, or in the channel where that is too old and it may stand there.
    pub(super) async fn end(&self, reply: Reply, in_channel: bool) {
        if self.begun.elapsed() < EDITABLE {
            match self.bot.rest.follow(self.application, &self.token, &reply).await {
                Ok(()) => return,
                Err(error) => tracing::info!("the end of a command could not be told where it was given: {error}"),
            }
        }
        if !in_channel {
            return;
        }
        let reply =
            Reply { content: format!("<@{}>, this took long. {}", self.who, reply.content), private: false, ..reply };
        if let Err(error) = self.bot.rest.post(self.channel, None, &reply, &nonce('j', self.id)).await {
            tracing::warn!("the end of a command could not be told: {error}");
        }
    }
}
