//! transcript.jsonl: what happened, each line bound to every line before it (ceremony.md K3).

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

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// The payloads were drafted from the plan.
    Draft {
        /// SHA-256 of plan.toml.
        plan_hash: String,
        /// SHA-256 of each payload, by role.
        payloads: BTreeMap<String, String>,
        /// Warnings waived, `RULE: reason`.
        waived: Vec<String>,
    },
    /// A signature arrived and was verified.
    Signature {
        /// The role signed.
        role: String,
        /// The key.
        keyid: String,
        /// Whose key, as metadata names them.
        owner: String,
    },
    /// A role met its thresholds and was assembled.
    Assemble {
        /// The role.
        role: String,
        /// Its version.
        version: u64,
    },
    /// The repository was published and read back.
    Publish {
        /// SHA-256 of each published file, by path in the repository.
        published: BTreeMap<String, String>,
    },
    /// The end. Nothing follows.
    Close,
}

/// A transcript whose chain holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    entries: Vec<Entry>,
    lines: Vec<String>,
    head: Sha256,
}

/// Why a transcript is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranscriptError {
    /// A line does not read.
    #[error("transcript.jsonl line {line}: {problem} (K3)")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// A line does not follow from those before it.
    #[error(
        "transcript.jsonl line {line}: expected hash {expected}, found {found}: a line was changed, dropped or moved (K3)"
    )]
    Chain {
        /// The line, from 1.
        line: u64,
        /// The hash the lines up to here give.
        expected: String,
        /// The hash written.
        found: String,
    },
    /// The last line has no end.
    #[error("transcript.jsonl line {line}: the line breaks off: a write was interrupted, or the file was cut (K3)")]
    Partial {
        /// The line, from 1.
        line: u64,
    },
    /// There is no `close` line.
    #[error(
        "transcript.jsonl: expected `close` as the last line, found `{found}` on line {line}: the ceremony is unfinished, or lines were cut off (K3)"
    )]
    Unfinished {
        /// The number of lines.
        line: u64,
        /// What the last line says.
        found: &'static str,
    },
    /// A step that cannot come there.
    #[error("transcript.jsonl line {line}: expected a step that may follow {after}, found `{found}` (K3)")]
    Sequence {
        /// The line.
        line: u64,
        /// What the line before says.
        after: &'static str,
        /// What this line says.
        found: &'static str,
    },
    /// A line after `close`.
    #[error("transcript.jsonl line {line}: expected nothing after `close` (K3)")]
    AfterClose {
        /// The line.
        line: u64,
    },
}

/// A line as it stands in the file: canonical JSON of these two members, control characters escaped.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    entry: Entry,
    hash: String,
}

impl Action {
    /// The word for it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft",
            Self::Signature { .. } => "signature",
            Self::Assemble { .. } => "assemble",
            Self::Publish { .. } => "publish",
            Self::Close => "close",
        }
    }

    /// A draft comes first and not again after a signature; nothing but the end comes after publication.
    fn may_follow(&self, last: Option<&Self>) -> bool {
        match last {
            None => matches!(self, Self::Draft { .. }),
            Some(Self::Draft { .. }) => matches!(self, Self::Draft { .. } | Self::Signature { .. }),
            Some(Self::Signature { .. } | Self::Assemble { .. }) => {
                matches!(self, Self::Signature { .. } | Self::Assemble { .. } | Self::Publish { .. })
            }
            Some(Self::Publish { .. }) => matches!(self, Self::Close),
            Some(Self::Close) => false,
        }
    }
}

impl Transcript {
    /// A transcript with no line: its head is h_0.
    #[must_use]
    pub fn empty() -> Self {
        Self { entries: Vec::new(), lines: Vec::new(), head: sha256(b"tuffet-transcript-v1") }
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
        if !line.entry.action.may_follow(last) {
            let (after, found) = (last.map_or("nothing", Action::name), line.entry.action.name());
            return Err(TranscriptError::Sequence { line: number, after, found });
        }
        if parse_time(&line.entry.time).is_none() {
            return Err(refuse(format!("expected a time, found `{}`", line.entry.time.escape_debug())));
        }
        self.head = expected;
        self.lines.push(String::from_utf8_lossy(raw).into_owned());
        self.entries.push(line.entry);
        Ok(())
    }

    /// Appends an action.
    pub fn push(&mut self, time: DateTime<Utc>, action: Action, files: BTreeMap<String, String>) {
        let line = u64::try_from(self.entries.len()).unwrap_or(u64::MAX) + 1;
        let entry = Entry { line, time: format_time(time), tool: TOOL.into(), action, files };
        self.head = chain(&self.head, &entry);
        let hash = self.head.to_string();
        self.lines.push(one_line(&canonical(&Line { entry: entry.clone(), hash })));
        self.entries.push(entry);
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

    /// The last hash recorded for every file.
    pub(crate) fn recorded(&self) -> BTreeMap<&str, &str> {
        let files = self.entries.iter().flat_map(|entry| &entry.files);
        files.map(|(file, hash)| (file.as_str(), hash.as_str())).collect()
    }

    pub(crate) fn load(root: &Path) -> Result<Self, CeremonyError> {
        match files::read_if_there(root, FILE)? {
            Some(bytes) => Ok(Self::parse(&bytes)?),
            None => Ok(Self::empty()),
        }
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
fn one_line(canonical: &[u8]) -> String {
    let escape = |c: char| if c < ' ' { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    String::from_utf8_lossy(canonical).chars().map(escape).collect()
}

pub(crate) const FILE: &str = "transcript.jsonl";
/// What writes the lines and the signature files.
pub(crate) const TOOL: &str = concat!("tuffet ", env!("CARGO_PKG_VERSION"));
