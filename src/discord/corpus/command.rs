//! /corpus as Discord lists it.
//!
//! Everybody sees it, as Discord cannot show it to those alone whose role /setup moderators names; who may is
//! looked at when it is used. A server can hide it under Integrations.

use serde_json::{Value, json};

use crate::discord::commands::{STRING, sub, word};

/// The command.
pub(in crate::discord) fn command() -> Value {
    let url = json!({"type": STRING, "name": "url", "description": "The page's address, https", "required": true,
        "max_length": 2_000});
    let title = json!({"type": STRING, "name": "title", "description": "What to call it; its own title if left out",
        "required": false, "max_length": 200});
    json!({"type": 1, "name": "corpus", "description": "Look after what I know; for moderators",
        "contexts": [0], "integration_types": [0], "options": [
        sub("status", "How each source stands, and which generation answers", vec![]),
        sub("refresh", "Download the sources again, and serve what came", vec![
            word("source", "Only this source", false)]),
        sub("add", "Make a source of a page, and serve it at once", vec![url, title]),
        sub("write", "Make a source of a text of your own", vec![]),
        sub("remove", "Quote a source no more", vec![word("source", "The source", true)]),
        sub("history", "The generations that are kept", vec![]),
        sub("rollback", "Serve an older generation again", vec![
            word("generation", "Which; the one before if left out", false)]),
        sub("gaps", "What was asked in vain", vec![]),
        sub("feedback", "Passages that people marked as not helpful", vec![]),
        sub("log", "Who changed what", vec![]),
        sub("export", "Added sources, settings, gaps, feedback and the log, as a file", vec![]),
    ]})
}
