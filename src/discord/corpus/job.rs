//! Work that lasts: told by editing one message, and to its end even where Discord does not let us edit any more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::discord::bot::Bot;
use crate::discord::called::Called;
use crate::discord::chat::nonce;
use crate::discord::reply::{File, Reply};
use crate::store::now;

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
    /// When, in seconds since 1970.
    pub(super) given_at: i64,
    begun: Instant,
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
            given_at: now(),
            begun: Instant::now(),
            id: called.id,
            application: called.application,
            token: called.token.clone(),
            channel: called.channel,
        })
    }

    /// Works, and tells how far it is as often as that is news, but not too often. The work ends where this is given up.
    pub(super) async fn tell_while<T: Send + 'static>(
        &self,
        mut said: watch::Receiver<Reply>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<Result<T, JoinError>> {
        // Beside the telling: an edit that was begun must be over before the end is told.
        let mut doing = JoinSet::new();
        doing.spawn(work);
        loop {
            tokio::select! {
                done = doing.join_next() => return done,
                changed = said.changed() => if changed.is_err() { return doing.join_next().await },
            }
            let told = said.borrow_and_update().clone();
            if self.begun.elapsed() < EDITABLE
                && let Err(error) = self.bot.rest.follow(self.application, &self.token, &told).await
            {
                tracing::debug!("a progress was not told: {error}");
            }
            tokio::select! {
                done = doing.join_next() => return done,
                () = tokio::time::sleep(PACE) => {}
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
