//! The tuffet command line: the only crate that prints.
//!
//! It is **not** where anything is decided: each command turns arguments into calls of the other crates, and their
//! values into text for people or JSON for programs. Data goes to stdout, talk to stderr, questions to the terminal.
//!
//! ```text
//!  arguments ─► commands::* ─► Outcome { text, json } ─► stdout
//!                   │    └──► CliError { message, hint } ─► stderr: tuffet: error: … / tuffet: hint: …
//!                   └─ Context: time, terminal, whether --json
//! ```
//!
//! Exit codes: 0 done, 1 refused, 2 wrong usage, 3 interrupted or not confirmed. Ctrl-C ends the process by its signal;
//! at the question for a secret it is an interruption, as Ctrl-D is.
//!
//! ```
//! use clap::Parser;
//! let words = ["tuffet", "trust-root", "show", "trusted_root.json", "--at", "2026-08-22T00:00:00Z"];
//! assert!(tuffet::Arguments::try_parse_from(words).is_ok());
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the one crate that prints")]

#[cfg(all(feature = "rehearsal", not(debug_assertions)))]
compile_error!(
    "the `rehearsal` feature makes throw-away keys and fixed times: it is never in a release build (use --profile rehearsal)"
);
#[cfg(all(feature = "rehearsal", feature = "station"))]
compile_error!("a signing station has no use for throw-away keys: build it without the `rehearsal` feature");
#[cfg(all(feature = "network", feature = "station"))]
compile_error!("a signing station has no network code: build it with --no-default-features --features station");

mod arguments;
mod commands;
mod context;
mod destination;
mod error;
mod outcome;
mod paging;
mod progress;
mod prometheus;
mod table;
mod terminal;
mod text;
mod workspace;

pub use arguments::Arguments;
pub use context::Context;
pub use error::CliError;
pub use outcome::Outcome;
pub use terminal::{Terminal, TerminalError};

use clap::Parser;
use std::process::ExitCode;

/// Parses the arguments of this process, runs the command, prints, and gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse_arguments(&error),
    };
    let mut terminal = terminal::Tty { risks_last_try: arguments.last_try };
    let json = arguments.json;
    keep_memory_private();
    let result =
        Context::new(&arguments, &mut terminal).and_then(|mut context| commands::run(arguments.command, &mut context));
    outcome::report(result, json)
}

/// A PIN is in memory while a token is in use: a crash, or Ctrl-\ at a question, must not write it to a core file (K7).
fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Where the system refuses, it keeps the limits it has.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// Help is no refusal. What is one reads like any other, as data where the person asked for data.
fn refuse_arguments(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let Some(message) = text.strip_prefix("error: ") else {
        let _ = error.print();
        return ExitCode::from(if error.use_stderr() { error::USAGE } else { 0 });
    };
    let mut paragraphs = message.trim_end().split("\n\n");
    let said = paragraphs.next().unwrap_or_default();
    let message = said.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let help = paragraphs.filter(|paragraph| !paragraph.starts_with("For more")).map(str::trim);
    let hint = help.chain(["for more: add --help"]).collect::<Vec<_>>().join("; ");
    let json = std::env::args_os().any(|word| word == "--json");
    outcome::report(Err(CliError::usage(message).hint(hint)), json)
}

/// The Rust of README.md, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
