//! Reading as a client reads: an entry with an algorithm of tomorrow is set aside, the file and the others hold.
//!
//! What we compose or sign is read by [`TrustedRoot::parse`], which refuses such a file: nobody signs what he cannot
//! read. A client has no choice. The file is signed, and to refuse all of it for one entry would lock the client out on
//! the day somebody adds a log with a new kind of key.

use crate::entries::EntryKind;
use crate::error::{ParseError, ParseProblem};
use crate::json::Json;
use crate::parse;
use crate::trusted_root::TrustedRoot;
use crate::write;

/// A trusted root of which some entries may be set aside.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerant {
    root: TrustedRoot,
    set_aside: Vec<SetAside>,
}

/// An entry this version cannot read, and so never trusts.
#[derive(Debug, Clone, PartialEq)]
pub struct SetAside {
    kind: EntryKind,
    path: String,
    place: usize,
    reason: ParseError,
    json: Json,
}

impl Tolerant {
    /// Reads a trusted_root.json. Set aside is an entry whose key, keyDetails, hash algorithm or certificate this
    /// version cannot read.
    ///
    /// # Errors
    /// [`ParseError`], as of [`TrustedRoot::parse`]: every other fault is the file's, also within such an entry's JSON.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let mut set_aside: Vec<SetAside> = Vec::new();
        let root = parse::read(bytes, &mut |kind, node, reason| {
            if !is_unreadable(reason.problem()) {
                return Err(reason);
            }
            let json = node.whole()?;
            let (path, place) = (node.path().to_owned(), place(node.path()));
            set_aside.push(SetAside { kind, path, place, reason, json });
            Ok(())
        })?;
        Ok(Self { root, set_aside })
    }

    /// The entries that read.
    #[must_use]
    pub fn trusted_root(&self) -> &TrustedRoot {
        &self.root
    }

    /// The entries that do not, in the order of the file.
    #[must_use]
    pub fn set_aside(&self) -> &[SetAside] {
        &self.set_aside
    }

    /// As [`TrustedRoot::to_json`], with every entry that was set aside at its place.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::write(&self.root, |kind, mut entries| {
            for aside in self.set_aside.iter().filter(|aside| aside.kind == kind) {
                // In ascending order, so each place counts those before it.
                entries.insert(aside.place.min(entries.len()), aside.json.clone());
            }
            entries
        })
    }
}

impl SetAside {
    /// What it would be.
    #[must_use]
    pub fn kind(&self) -> EntryKind {
        self.kind
    }

    /// Where it stands: `tlogs[1]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Why it does not read.
    #[must_use]
    pub fn reason(&self) -> &ParseError {
        &self.reason
    }

    /// The entry as JSON, its members in their order.
    #[must_use]
    pub fn json(&self) -> String {
        self.json.to_pretty()
    }
}

/// What a later version may have and this one not. A key that contradicts its keyDetails is no news but a fault.
fn is_unreadable(problem: &ParseProblem) -> bool {
    matches!(problem, ParseProblem::UnknownName { .. } | ParseProblem::Key(_) | ParseProblem::Certificate(_))
}

/// The number in `tlogs[1]`.
fn place(path: &str) -> usize {
    let number = path.rsplit_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}
