//! Close codes that serenity keeps to itself: it logs them and connects again, without end. Each time counts as
//! a start, and after a thousand in a day Discord takes the token away. So what it logs is listened to.

use std::fmt::Debug;

use tokio::sync::SetOnce;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::gateway::Ended;

/// What serenity logs at close codes 4010, 4011 and 4012. A test tells when it words them otherwise.
const LOGGED: [(&str, Ended); 3] = [
    ("Sent invalid shard data", Ended::Shards),
    ("Shard has too many guilds", Ended::TooFewShards),
    ("Unknown unclean close 4012", Ended::Version),
];

static CLOSED: SetOnce<Ended> = SetOnce::const_new();

/// Hears of these codes, where it is a layer of the program's log.
#[derive(Debug, Clone, Copy)]
pub struct CloseCodes;

impl<S: Subscriber> Layer<S> for CloseCodes {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("serenity") {
            event.record(&mut Self);
        }
    }
}

impl Visit for CloseCodes {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() != "message" {
            return;
        }
        let message = format!("{value:?}");
        if let Some((_, ended)) = LOGGED.iter().find(|(text, _)| message.contains(text)) {
            // The first is the one that counts.
            let _ = CLOSED.set(*ended);
        }
    }
}

/// Waits for such a code.
pub(super) async fn closed() -> Ended {
    *CLOSED.wait().await
}
