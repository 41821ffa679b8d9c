//! JSON Lines: one value a line, empty lines left out.

use serde::de::DeserializeOwned;

/// Each line's number, from 1, and what stands in it, or why it cannot be read.
pub fn json_lines<T: DeserializeOwned>(text: &str) -> impl Iterator<Item = (usize, Result<T, serde_json::Error>)> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| (number, serde_json::from_str(line)))
}
