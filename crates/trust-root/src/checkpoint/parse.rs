//! The text of a checkpoint, strictly: one spelling for one checkpoint, because the note is signed as it is written.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tuffet_certificates::is_hidden;

use super::{Checkpoint, CheckpointError, CheckpointProblem, NoteSignature};

impl Checkpoint {
    /// Reads one, and nothing around it.
    ///
    /// # Errors
    /// [`CheckpointError`]: too much, hidden characters, another form than a checkpoint's.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        if bytes.len() > Self::LARGEST {
            return Err(CheckpointProblem::Bytes { limit: Self::LARGEST, found: bytes.len() }.into());
        }
        let text = std::str::from_utf8(bytes).map_err(|e| CheckpointProblem::NotText { at: e.valid_up_to() })?;
        let Some(all) = text.strip_suffix('\n') else { return form("no line feed at the end") };
        let lines: Vec<&str> = all.split('\n').collect();
        if lines.len() > Self::MOST_LINES {
            return Err(CheckpointProblem::Lines { limit: Self::MOST_LINES, found: lines.len() }.into());
        }
        if let Some((line, _)) = (1..).zip(&lines).find(|(_, line)| line.chars().any(is_hidden)) {
            return Err(CheckpointProblem::HiddenCharacter { line }.into());
        }
        // The first empty line ends the text: a note may have more of them, a checkpoint may not.
        let Some((note, signed)) = text.split_once("\n\n") else { return form("no empty line") };
        let lines: Vec<&str> = note.split('\n').collect();
        let [origin, size, root_hash, extensions @ ..] = lines.as_slice() else {
            return form("fewer than three lines before the empty one");
        };
        if origin.is_empty() {
            return form("an empty origin");
        }
        let signatures = signatures(signed, lines.len())?;
        Ok(Self {
            note: format!("{note}\n"),
            origin: (*origin).to_owned(),
            size: number(size)?,
            root_hash: hash(root_hash)?,
            extensions: extensions.iter().map(|line| (*line).to_owned()).collect(),
            signatures,
        })
    }
}

fn form(found: &'static str) -> Result<Checkpoint, CheckpointError> {
    Err(CheckpointProblem::Form { found }.into())
}

/// Digits without a sign or a leading zero: `007` and `7` would be two texts of one tree.
fn number(line: &str) -> Result<u64, CheckpointProblem> {
    let refuse = || CheckpointProblem::Size { found: line.to_owned() };
    let plain = line.bytes().all(|b| b.is_ascii_digit()) && (line == "0" || !line.starts_with('0'));
    if plain { line.parse().map_err(|_| refuse()) } else { Err(refuse()) }
}

fn hash(line: &str) -> Result<Vec<u8>, CheckpointProblem> {
    let found = STANDARD.decode(line).ok().filter(|hash| hash.len() == 32);
    found.ok_or_else(|| CheckpointProblem::RootHash { found: line.to_owned() })
}

/// `before` lines of text and an empty one stand before them.
fn signatures(text: &str, before: usize) -> Result<Vec<NoteSignature>, CheckpointError> {
    let Some(text) = text.strip_suffix('\n') else {
        return Err(CheckpointProblem::Form { found: "no signature" }.into());
    };
    let first = before.saturating_add(2);
    (first..)
        .zip(text.split('\n'))
        .map(|(line, found)| {
            signature(found).ok_or_else(|| CheckpointProblem::SignatureLine { line, found: found.to_owned() }.into())
        })
        .collect()
}

fn signature(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c == '+') {
        return None;
    }
    let raw = STANDARD.decode(encoded).ok()?;
    let (hint, bytes) = raw.split_first_chunk::<4>()?;
    (!bytes.is_empty()).then(|| NoteSignature { name: name.to_owned(), hint: *hint, bytes: bytes.to_vec() })
}

/// The line as a note has it.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "— {} {}", self.name, STANDARD.encode([&self.hint[..], &self.bytes].concat()))
    }
}
