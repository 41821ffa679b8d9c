//! JSON Lines: one value a line, empty lines left out.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Each line's number, from 1, and what stands in it, or in plain words why it cannot be read.
pub fn json_lines<T: DeserializeOwned>(text: &[u8]) -> impl Iterator<Item = (usize, Result<T, String>)> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let lines = (1..).zip(text.split(|byte| *byte == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty());
    lines.map(|(number, line)| (number, read(line)))
}

fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    let text =
        std::str::from_utf8(line).map_err(|_| "this line is no UTF-8 text; save the file as UTF-8".to_owned())?;
    serde_json::from_str(text).map_err(|error| in_words(&error))
}

/// What is wrong with a line, without the reader's own terms; its position in it is of no use where the line stands alone.
fn in_words(error: &serde_json::Error) -> String {
    let told = error.to_string();
    let told = told.split(" at line ").next().unwrap_or_default();
    match error.classify() {
        Category::Eof => "this line is no JSON: it ends before the last quotation mark or brace is closed".to_owned(),
        Category::Syntax | Category::Io => {
            format!("this line is no JSON: it cannot be read from column {} on", error.column())
        }
        Category::Data => {
            if let Some(key) = told.strip_prefix("missing field ") {
                return format!("the key {key} is missing");
            }
            match told.strip_prefix("invalid type: ").and_then(|told| told.split_once(", expected ")) {
                Some((given, wanted)) => {
                    let wanted = if wanted.starts_with("struct ") { "an object in braces" } else { wanted };
                    format!("here is {given}, where {wanted} is expected")
                }
                None => told.to_owned(),
            }
        }
    }
}
