//! messages.jsonl: what people type, and whether it shows a warning sign.

use serde::Deserialize;

use super::json_lines;
use super::problem::Problem;
use super::red_flag::Level;

/// A message that triage learns from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Line")]
pub struct Message {
    /// What was typed.
    pub text: String,
    /// The flag that it shows, and how urgent it is; `None` where it shows none.
    pub shows: Option<(String, Level)>,
    /// The line it stands in.
    pub line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    level: String,
    flag: Option<String>,
}

impl TryFrom<Line> for Message {
    type Error = String;

    fn try_from(line: Line) -> Result<Self, String> {
        let shows = match (Level::or_none(&line.level)?, line.flag) {
            (None, None) => None,
            (None, Some(_)) => return Err("a message of level \"none\" has no flag; leave it out".to_owned()),
            (Some(_), None) => return Err("a message with a level needs a `flag`, an id of red_flags.toml".to_owned()),
            (Some(level), Some(flag)) => Some((flag, level)),
        };
        Ok(Self { text: line.text, shows, line: 0 })
    }
}

/// Reads the file; a line that cannot be read is a problem.
pub(super) fn messages(file: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<Message> {
    let mut messages = Vec::new();
    for (number, line) in json_lines(text.as_bytes()) {
        match line {
            Ok(message) => messages.push(Message { line: number, ..message }),
            Err(error) => problems.push(Problem::new(file, number, format!("{error}; see docs/CORPUS.md"))),
        }
    }
    messages
}
