//! Runs the program.

pub(crate) mod discord;
pub(crate) mod garden;
pub(crate) mod postgres;
pub(crate) mod site;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run printed and how it ended.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

/// Runs `sacrum` with these arguments, and `input` as standard input.
pub(crate) fn sacrum_with(arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
    sacrum_in(arguments, &[], input)
}

/// The same, with these variables in the environment.
pub(crate) fn sacrum_in(arguments: &[&str], environment: &[(&str, &str)], input: impl AsRef<[u8]>) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sacrum"))
        .args(arguments)
        .env_clear()
        .env("SACRUM_DATA", Path::new(env!("CARGO_TARGET_TMPDIR")).join("data"))
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.as_ref().to_vec();
    let writer = std::thread::spawn(move || {
        // The program may end before it has read everything.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// Runs `sacrum` with these arguments.
pub(crate) fn sacrum(arguments: &[&str]) -> Ran {
    sacrum_with(arguments, "")
}

/// The answers to these questions, as JSON, in one run.
pub(crate) fn answers(questions: &[&str]) -> Vec<serde_json::Value> {
    let lines: Vec<String> =
        questions.iter().map(|question| serde_json::json!({"id": "q", "question": question}).to_string()).collect();
    let ran = sacrum_with(&["ask", "--batch", "-"], lines.join("\n"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A path inside the checkout.
pub(crate) fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What stands in every file below a folder.
pub(crate) fn contents(folder: impl AsRef<Path>) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { contents(path) } else { vec![std::fs::read(path).unwrap()] }).collect()
}
