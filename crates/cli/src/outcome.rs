//! What a command has to say, for people and for programs, and the one place that prints it.

use crate::CliError;
use crate::error::REFUSED;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// A command's result.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    text: String,
    json: Value,
    refused: bool,
    silent: bool,
}

impl Outcome {
    /// A result with its text for people and its data for `--json`. `schema` names the data's shape and version.
    pub fn new(text: impl Into<String>, schema: &str, data: impl Serialize) -> Self {
        let mut json = serde_json::to_value(data).unwrap_or(Value::Null);
        if let Value::Object(members) = &mut json {
            members.insert("schema".into(), schema.into());
        }
        Self { text: text.into(), json, refused: false, silent: false }
    }

    /// A result that is a report of something wrong: printed whole, and the exit code is 1.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { refused: true, ..self }
    }

    /// A result that was printed line by line already.
    pub(crate) fn silent() -> Self {
        Self { silent: true, ..Self::default() }
    }

    /// The text for people.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The data for programs.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }
}

/// Prints a line of a command that runs on: the text, or the data in one line.
pub(crate) fn line(text: &str, data: &Value, json: bool) {
    let mut out = std::io::stdout();
    let line = if json { data.to_string() } else { text.to_owned() };
    // As below: a reader that went away is no error.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// What somebody has to know, and no refusal.
pub(crate) fn warn(text: &str) {
    eprintln!("tuffet: warning: {text}");
}

pub(crate) fn report(result: Result<Outcome, CliError>, json: bool) -> ExitCode {
    let (stdout, code) = match result {
        Ok(outcome) if outcome.silent => return ExitCode::from(if outcome.refused { REFUSED } else { 0 }),
        Ok(outcome) => {
            let text = if json { pretty(&outcome.json) } else { outcome.text };
            (text, if outcome.refused { REFUSED } else { 0 })
        }
        Err(error) => {
            eprintln!("tuffet: error: {error}");
            if let Some(hint) = &error.hint {
                eprintln!("tuffet: hint: {hint}");
            }
            let data =
                json!({"schema": "tuffet-error-v1", "code": error.code, "error": error.message, "hint": error.hint});
            (if json { pretty(&data) } else { String::new() }, error.exit)
        }
    };
    // A reader that went away (a pager, `head`) is no error of ours.
    let mut out = std::io::stdout();
    let newline = if stdout.is_empty() || stdout.ends_with('\n') { "" } else { "\n" };
    let _ = write!(out, "{stdout}{newline}").and_then(|()| out.flush());
    ExitCode::from(code)
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
