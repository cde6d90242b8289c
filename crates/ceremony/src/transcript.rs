//! transcript.jsonl: what happened, each line bound to every line before it (ceremony.md K3).

mod action;
mod error;

pub use action::{Action, Voided};
pub use error::TranscriptError;

use crate::CeremonyError;
use crate::error::printable;
use crate::files::{self, Existing};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::{format_time, json, parse_time};

/// One line's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The line's number, from 1.
    pub line: u64,
    /// The coordinator's time, `YYYY-MM-DDTHH:MM:SSZ`.
    pub time: String,
    /// The program and version that wrote the line.
    pub tool: String,
    /// What happened.
    pub action: Action,
    /// Files this step read or made, by path in the ceremony directory, with their SHA-256.
    pub files: BTreeMap<String, String>,
}

/// A transcript whose chain holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    entries: Vec<Entry>,
    lines: Vec<String>,
    head: Sha256,
    /// The draft in force: its place in `entries`, and the head with its line.
    drafted: Option<(usize, Sha256)>,
    /// The number of a last line that breaks off and was left out.
    broken: Option<u64>,
}

/// A line as it stands in the file: canonical JSON of these two members, control characters escaped.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    entry: Entry,
    hash: String,
}

impl Transcript {
    /// A transcript with no line: its head is h_0.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            entries: Vec::new(),
            lines: Vec::new(),
            head: sha256(b"tuffet-transcript-v1"),
            drafted: None,
            broken: None,
        }
    }

    /// Reads a transcript and checks its chain.
    ///
    /// # Errors
    /// [`TranscriptError`]
    pub fn parse(bytes: &[u8]) -> Result<Self, TranscriptError> {
        let mut transcript = Self::empty();
        let mut number = 0u64;
        for raw in bytes.split_inclusive(|byte| *byte == b'\n') {
            number += 1;
            let line = raw.strip_suffix(b"\n").ok_or(TranscriptError::Partial { line: number })?;
            transcript.take(line, number)?;
        }
        Ok(transcript)
    }

    fn take(&mut self, raw: &[u8], number: u64) -> Result<(), TranscriptError> {
        let refuse = |problem: String| TranscriptError::Line { line: number, problem };
        let strict = json::parse(raw, 32).map_err(|e| refuse(e.to_string()))?;
        if one_line(&json::canonical(&strict)).as_bytes() != raw {
            return Err(refuse("expected canonical JSON".into()));
        }
        let line: Line = serde_json::from_slice(raw).map_err(|e| refuse(printable(&e.to_string())))?;
        let expected = chain(&self.head, &line.entry);
        if line.hash != expected.to_string() {
            let found = printable(&line.hash);
            return Err(TranscriptError::Chain { line: number, expected: expected.to_string(), found });
        }
        if line.entry.line != number {
            return Err(refuse(format!("expected number {number}, found {}", line.entry.line)));
        }
        let last = self.entries.last().map(|entry| &entry.action);
        if matches!(last, Some(Action::Close)) {
            return Err(TranscriptError::AfterClose { line: number });
        }
        if !line.entry.action.may_follow(last, self.signed()) {
            let (after, found) = (last.map_or("nothing", Action::name), line.entry.action.name());
            return Err(TranscriptError::Sequence { line: number, after, found });
        }
        if parse_time(&line.entry.time).is_none() {
            return Err(refuse(format!("expected a time, found `{}`", line.entry.time.escape_debug())));
        }
        self.keep(line.entry, String::from_utf8_lossy(raw).into_owned(), expected);
        Ok(())
    }

    /// Appends an action.
    pub fn push(&mut self, time: DateTime<Utc>, action: Action, files: BTreeMap<String, String>) {
        let line = u64::try_from(self.entries.len()).unwrap_or(u64::MAX) + 1;
        let entry = Entry { line, time: format_time(time), tool: TOOL.into(), action, files };
        let head = chain(&self.head, &entry);
        let text = one_line(&canonical(&Line { entry: entry.clone(), hash: head.to_string() }));
        self.keep(entry, text, head);
    }

    /// Appends an action that people caused: it may come at a time when it cannot.
    pub(crate) fn append(
        &mut self,
        time: DateTime<Utc>,
        action: Action,
        files: BTreeMap<String, String>,
    ) -> Result<(), TranscriptError> {
        let last = self.entries.last().map(|entry| &entry.action);
        if !action.may_follow(last, self.signed()) {
            let (after, found) = (last.map_or("nothing", Action::name), action.name());
            let line = u64::try_from(self.entries.len()).unwrap_or(u64::MAX) + 1;
            return Err(TranscriptError::Sequence { line, after, found });
        }
        self.push(time, action, files);
        Ok(())
    }

    fn keep(&mut self, entry: Entry, line: String, head: Sha256) {
        if matches!(entry.action, Action::Draft { .. }) {
            self.drafted = Some((self.entries.len(), head));
        }
        self.head = head;
        self.lines.push(line);
        self.entries.push(entry);
    }

    /// The draft in force, and the hash over every line up to it: what approvals are given for.
    #[must_use]
    pub fn draft(&self) -> Option<(&Entry, Sha256)> {
        self.drafted.and_then(|(at, head)| Some((self.entries.get(at)?, head)))
    }

    /// The lines since the draft in force: what came before it counts no more.
    #[must_use]
    pub fn since_draft(&self) -> &[Entry] {
        self.drafted.and_then(|(at, _)| self.entries.get(at + 1..)).unwrap_or(&[])
    }

    fn signed(&self) -> bool {
        self.since_draft().iter().any(|entry| matches!(entry.action, Action::Signature { .. }))
    }

    /// The reason for which the ceremony was given up, if it was.
    #[must_use]
    pub fn aborted(&self) -> Option<&str> {
        self.entries.iter().rev().find_map(|entry| match &entry.action {
            Action::Abort { reason, .. } => Some(reason.as_str()),
            _ => None,
        })
    }

    /// The time of the last line, where it is later than `now`: one of two clocks is wrong (K15).
    #[must_use]
    pub fn later_than(&self, now: DateTime<Utc>) -> Option<&str> {
        let last = self.entries.last()?.time.as_str();
        parse_time(last).is_some_and(|time| time > now).then_some(last)
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The hash over every line.
    #[must_use]
    pub fn head(&self) -> Sha256 {
        self.head
    }

    /// The hash over the first so many lines: where a copy that was taken earlier stood.
    pub(crate) fn head_after(&self, lines: usize) -> Sha256 {
        self.entries.iter().take(lines).fold(Self::empty().head, |head, entry| chain(&head, entry))
    }

    /// Requires a `close` line: a transcript cut at the end of a line is whole in itself, only not finished.
    ///
    /// # Errors
    /// [`TranscriptError::Unfinished`]
    pub fn require_closed(&self) -> Result<(), TranscriptError> {
        if let Some(line) = self.broken {
            return Err(TranscriptError::Partial { line });
        }
        match self.entries.last().map(|entry| &entry.action) {
            Some(Action::Close) => Ok(()),
            last => Err(TranscriptError::Unfinished {
                line: u64::try_from(self.entries.len()).unwrap_or(u64::MAX),
                found: last.map_or("nothing", Action::name),
            }),
        }
    }

    /// Requires that the last line is not `close`: the ceremony may go on.
    ///
    /// # Errors
    /// [`CeremonyError::Closed`]
    pub fn require_open(&self) -> Result<(), CeremonyError> {
        match self.entries.last() {
            Some(Entry { line, action: Action::Close, .. }) => Err(CeremonyError::Closed { line: *line }),
            _ => Ok(()),
        }
    }

    /// The last hash recorded for every file that counts: those of an earlier draft were replaced or voided with it.
    pub(crate) fn recorded(&self) -> BTreeMap<&str, &str> {
        let mut recorded = BTreeMap::new();
        for entry in &self.entries {
            if matches!(entry.action, Action::Draft { .. }) {
                recorded.retain(|file: &&str, _| file.starts_with("void/"));
            }
            recorded.extend(entry.files.iter().map(|(file, hash)| (file.as_str(), hash.as_str())));
        }
        recorded
    }

    pub(crate) fn load(root: &Path) -> Result<Self, CeremonyError> {
        let Some(bytes) = files::read_if_there(root, FILE)? else { return Ok(Self::empty()) };
        match Self::parse(&bytes) {
            // A copy that was interrupted, a disk that lost its power: the lines before it stand, and the next step writes
            // the whole file anew.
            Err(TranscriptError::Partial { line }) => {
                let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
                let lines = bytes.get(..whole).unwrap_or_default();
                Ok(Self { broken: Some(line), ..Self::parse(lines)? })
            }
            other => Ok(other?),
        }
    }

    /// The number of a last line that breaks off, and that nothing here counts.
    #[must_use]
    pub fn broken(&self) -> Option<u64> {
        self.broken
    }

    /// The file's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.lines.iter().flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
    }

    /// Writes the whole file in one step, so that a crash leaves the lines before or all of them.
    pub(crate) fn store(&self, root: &Path) -> Result<(), CeremonyError> {
        files::write(root, FILE, &self.to_bytes(), Existing::Replace)
    }
}

/// h_i = SHA-256(h_(i-1) ‖ canonical(entry_i))
fn chain(head: &Sha256, entry: &Entry) -> Sha256 {
    let mut bytes = head.as_bytes().to_vec();
    bytes.extend_from_slice(&canonical(entry));
    sha256(&bytes)
}

/// Canonical JSON of one of the types above: strings, integers and maps, which the strict reader always takes.
fn canonical<T: Serialize>(value: &T) -> Vec<u8> {
    let text = serde_json::to_vec(value).unwrap_or_default();
    json::parse(&text, 32).map(|value| json::canonical(&value)).unwrap_or_default()
}

/// The canonical form with control characters escaped: it leaves them raw, and a reason with a line feed in it would
/// break the line it stands in. They occur in strings only.
pub(crate) fn one_line(canonical: &[u8]) -> String {
    let escape = |c: char| if c < ' ' { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    String::from_utf8_lossy(canonical).chars().map(escape).collect()
}

pub(crate) const FILE: &str = "transcript.jsonl";
/// What writes the lines and the signature files.
pub(crate) const TOOL: &str = concat!("tuffet ", env!("CARGO_PKG_VERSION"));
