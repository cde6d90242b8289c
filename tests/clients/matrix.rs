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
    /// Exit codes; none of a client that cannot be asked this.
    python: Option<i32>,
    javascript: Option<i32>,
    go: Option<i32>,
    rust: Option<i32>,
    /// Why a client refuses what has to verify, or is not asked: what it is not made for.
    why: Option<String>,
}

impl Row {
    fn codes(&self) -> [Option<i32>; 4] {
        [self.python, self.javascript, self.go, self.rust]
    }

    /// A refusal of what has to verify has a reason, and so has a client that is left out; nothing that has to be refused
    /// verifies anywhere.
    fn is_reviewed(&self) -> bool {
        let codes = self.codes();
        let (refused, left_out) = (codes.iter().flatten().any(|code| *code != 0), codes.contains(&None));
        match self.expected.as_str() {
            "verified" => self.why.is_some() == (refused || left_out),
            "refused" => self.why.is_some() == left_out && !codes.contains(&Some(0)),
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
            let answer = answers.get(&(row.name.clone(), *client));
            let word = |code: Option<i32>| code.map_or_else(|| "-".to_owned(), |code| code.to_string());
            let (found, said) = (word(answer.map(|(code, _)| *code)), answer.map_or("", |(_, said)| said));
            let _ = write!(table, "{found:<width$}", width = client.len() + 2);
            if found != word(expected) {
                let _ = writeln!(wrong, "{client}, {}: expected {}, found {found}: {said}", row.name, word(expected));
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
