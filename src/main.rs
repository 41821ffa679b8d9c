//! The `sacrum` program: parses, runs, reports.

use std::process::ExitCode;

fn main() -> ExitCode {
    sacrum::cli::main()
}
