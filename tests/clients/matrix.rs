//! Client by bundle: what each of them answered, beside what was reviewed.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Exit code and words by case and client.
pub(crate) type Answers = BTreeMap<(String, &'static str), (i32, String)>;

/// Before the private instance has rotated its keys, or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Before,
    After,
}

const CLIENTS: [&str; 4] = ["python", "javascript", "go", "rust"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Matrix {
    case: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    /// `verified` or `refused`: what it has to be.
    expected: String,
    /// Exit codes.
    python: i32,
    javascript: i32,
    go: i32,
    rust: i32,
    /// Why a client refuses what has to verify: a limit of that client.
    why: Option<String>,
}

impl Row {
    fn codes(&self) -> [i32; 4] {
        [self.python, self.javascript, self.go, self.rust]
    }

    /// A refusal of what has to verify has a reason; nothing that has to be refused verifies anywhere.
    fn is_reviewed(&self) -> bool {
        match self.expected.as_str() {
            "verified" => self.why.is_some() == self.codes().iter().any(|code| *code != 0),
            "refused" => self.why.is_none() && self.codes().iter().all(|code| *code != 0),
            _ => false,
        }
    }
}

/// Prints the matrix, and fails where it is not the reviewed one.
#[allow(clippy::print_stdout, reason = "the matrix is what the test is for")]
pub(crate) fn compare(answers: &Answers) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/matrix.toml");
    let matrix: Matrix = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut asked: Vec<&str> = answers.keys().map(|(name, _)| name.as_str()).collect();
    asked.dedup();
    let mut reviewed: Vec<&str> = matrix.case.iter().map(|row| row.name.as_str()).collect();
    let (mut table, mut wrong) = (format!("{:<44}{}\n", "", CLIENTS.join("  ")), String::new());
    for row in &matrix.case {
        let _ = write!(table, "{:<44}", row.name);
        for (client, expected) in CLIENTS.iter().zip(row.codes()) {
            let (found, said) = answers.get(&(row.name.clone(), *client)).cloned().unwrap_or_default();
            let _ = write!(table, "{found:<width$}", width = client.len() + 2);
            if found != expected {
                let _ = writeln!(wrong, "{client}, {}: expected {expected}, found {found}: {said}", row.name);
            }
        }
        table.push('\n');
        if !row.is_reviewed() {
            let _ = writeln!(wrong, "{}: expected {}, and `why` where a client cannot", row.name, row.expected);
        }
    }
    println!("{table}");
    reviewed.sort_unstable();
    asked.sort_unstable();
    assert_eq!(reviewed, asked, "cases of matrix.toml, and those that were asked\n{table}");
    assert!(wrong.is_empty(), "{wrong}\n{table}");
}
