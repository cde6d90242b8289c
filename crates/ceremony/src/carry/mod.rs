//! A ceremony in one file, for what crosses a gap: out to a signing station, and back with what was made there.
//!
//! ```text
//!  coordinator                                 station
//!  pack_out ──► out: plan, keys, payloads, ──► lay     replayed beside its place, then put there
//!               transcript so far                │ sign
//!  take     ◄── back: signatures, approvals ◄── pack_back
//! ```
//!
//! A bundle is a tar of one form: `manifest.json`, then the files in ascending order. Its names are those a ceremony's
//! directory has and no others, so that no bundle names a place outside; what the files say is verified like files that
//! came any other way.

mod back;
mod error;
mod layout;
mod manifest;
mod out;
mod stage;

pub use back::{Found, Verdict};
pub use error::CarryError;
pub use out::Laid;

use crate::{CeremonyError, Transcript};
use manifest::Manifest;
use std::collections::BTreeMap;
use tuffet_archive::tar;
use tuffet_keys::{Sha256, sha256};

/// Which way a bundle goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Everything a signing station needs.
    Out,
    /// What one station made.
    Back,
}

/// How much a bundle may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundleLimits {
    /// Bytes of the whole file.
    pub bytes: u64,
    /// Files in it.
    pub files: usize,
}

impl Default for BundleLimits {
    fn default() -> Self {
        Self { bytes: 64 << 20, files: 4_096 }
    }
}

/// A bundle whose form and digests hold. What is in it is verified where it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Back => "back",
        }
    }
}

impl Bundle {
    fn new(
        way: Way,
        ceremony: &crate::Ceremony,
        transcript: &Transcript,
        files: BTreeMap<String, Vec<u8>>,
    ) -> Result<Self, CarryError> {
        if let Some(path) = files.keys().find(|path| !layout::knows(way, path)) {
            return Err(CarryError::Place { path: path.clone(), way: way.name() });
        }
        let manifest = Manifest {
            way,
            ceremony: ceremony.plan().ceremony.clone(),
            plan_hash: ceremony.plan_hash(),
            lines: u64::try_from(transcript.entries().len()).unwrap_or(u64::MAX),
            head: transcript.head(),
            files: files.iter().map(|(path, bytes)| (path.clone(), sha256(bytes))).collect(),
        };
        Ok(Self { manifest, files })
    }

    /// Which way it goes.
    #[must_use]
    pub fn way(&self) -> Way {
        self.manifest.way
    }

    /// The ceremony's id, as its maker says.
    #[must_use]
    pub fn ceremony(&self) -> &str {
        &self.manifest.ceremony
    }

    /// SHA-256 of the plan, as its maker says.
    #[must_use]
    pub fn plan_hash(&self) -> Sha256 {
        self.manifest.plan_hash
    }

    /// Lines of the transcript where it was packed, as its maker says.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.manifest.lines
    }

    /// The files in it.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The file. The same content gives the same bytes.
    ///
    /// # Errors
    /// [`CarryError::Tar`]: a target's path is longer than a tar's header holds.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CarryError> {
        let manifest = self.manifest.to_bytes();
        let files = self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
        Ok(tar::write(std::iter::once((MANIFEST, manifest.as_slice())).chain(files))?)
    }

    /// Reads a bundle, strictly: the manifest, then exactly the files it names, in their order, each with its digest, and
    /// nothing after.
    ///
    /// # Errors
    /// [`CarryError`]
    pub fn read(bytes: &[u8], limits: BundleLimits) -> Result<Self, CarryError> {
        let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if found > limits.bytes {
            return Err(CarryError::TooLarge { limit: limits.bytes, found });
        }
        let mut members = tar::read(bytes)?.into_iter();
        let quoted = |name: &str| format!("`{}`", name.escape_debug());
        let manifest = match members.next() {
            Some((name, bytes)) if name == MANIFEST => Manifest::read(bytes)?,
            other => {
                let found = other.map_or_else(|| "nothing".to_owned(), |(name, _)| quoted(&name));
                return Err(CarryError::Member { expected: quoted(MANIFEST), found });
            }
        };
        if manifest.files.len() > limits.files {
            return Err(CarryError::TooMany { limit: limits.files, found: manifest.files.len() });
        }
        let mut files = BTreeMap::new();
        let mut wanted = manifest.files.iter();
        loop {
            match (wanted.next(), members.next()) {
                (None, None) => break,
                (Some((path, expected)), Some((name, bytes))) if name == *path => {
                    let found = sha256(bytes);
                    if found != *expected {
                        let (expected, found) = (expected.to_string(), found.to_string());
                        return Err(CarryError::Digest { path: name, expected, found });
                    }
                    files.insert(name, bytes.to_vec());
                }
                (expected, found) => {
                    let name = |name: Option<&str>| name.map_or_else(|| "the end".to_owned(), quoted);
                    let expected = name(expected.map(|(path, _)| path.as_str()));
                    return Err(CarryError::Member { expected, found: name(found.as_ref().map(|(n, _)| n.as_str())) });
                }
            }
        }
        Ok(Self { manifest, files })
    }

    fn require(&self, way: Way) -> Result<(), CarryError> {
        let (expected, found) = (way.name(), self.way().name());
        if expected == found { Ok(()) } else { Err(CarryError::Way { expected, found }) }
    }
}

/// One chain goes on where the other ends, or they part: two stations wrote one ceremony's transcript.
enum Chains {
    Same,
    /// The first is the longer one.
    FirstLonger,
    /// The second is.
    SecondLonger,
    /// They differ on this line.
    Part(usize),
}

fn compare(first: &Transcript, second: &Transcript) -> Chains {
    let (one, other) = (first.entries().len(), second.entries().len());
    let parts = (1..=one.min(other)).find(|lines| first.head_after(*lines) != second.head_after(*lines));
    match parts {
        Some(line) => Chains::Part(line),
        None if one == other => Chains::Same,
        None if one > other => Chains::FirstLonger,
        None => Chains::SecondLonger,
    }
}

/// A file that must be there by the manifest of a directory of ours.
fn missing(path: &str) -> CarryError {
    CeremonyError::Io { file: path.to_owned(), cause: std::io::ErrorKind::NotFound.into() }.into()
}

const MANIFEST: &str = "manifest.json";
