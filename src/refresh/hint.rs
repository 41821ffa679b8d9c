//! What somebody can do about what went wrong; the terminal and Discord have words of their own for it.

use serde::{Deserialize, Serialize};

/// What somebody can do with this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// Look at the page of a source, and take or refuse the text that is held back.
    Accept {
        /// The source's id.
        source: String,
        /// The text's name.
        text: String,
    },
    /// Download this source again.
    Refresh(String),
    /// Download all of them again.
    RefreshAll,
    /// Look at the sources.
    Status,
    /// Look at the generations that are kept.
    History,
    /// Look at what was asked in vain.
    Gaps,
}
