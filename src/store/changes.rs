//! When to look whether another process serves something else.

use std::time::Duration;

use sqlx::postgres::PgListener;

use super::Store;
use crate::secret::Secret;

/// What the database calls it (migrations/postgres/0040_tell.sql).
const CHANNEL: &str = "sacrum_served";
/// How often it is looked at where nobody tells: a query for a few rows.
const PACE: Duration = Duration::from_secs(2);
/// The same where the database tells, should it ever fail to.
const RARELY: Duration = Duration::from_secs(60);

/// Waits for changes: PostgreSQL tells of them, a file does not.
pub struct Changes {
    shared: Option<Secret>,
    listener: Option<PgListener>,
}

impl Store {
    /// What waits for changes of what is served.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes { shared: self.shared.clone(), listener: None }
    }
}

impl Changes {
    /// Waits until it is time to look at what is served.
    pub async fn next(&mut self) {
        let Some(url) = &self.shared else { return tokio::time::sleep(PACE).await };
        let Some(listener) = &mut self.listener else {
            match listen(url).await {
                // What changed before is looked at now.
                Ok(listener) => self.listener = Some(listener),
                Err(error) => {
                    tracing::debug!("the database cannot tell of changes, so they are looked for: {error}");
                    tokio::time::sleep(PACE).await;
                }
            }
            return;
        };
        match tokio::time::timeout(RARELY, listener.try_recv()).await {
            Ok(Ok(Some(_))) | Err(_) => {}
            Ok(Ok(None) | Err(_)) => {
                self.listener = None;
                tokio::time::sleep(PACE).await;
            }
        }
    }
}

async fn listen(url: &Secret) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect(url.reveal()).await?;
    listener.listen(CHANNEL).await?;
    tracing::debug!("the database tells of changes");
    Ok(listener)
}
