//! What one file says about another: version, length, hashes.

use crate::Problem;
use crate::bytes::FileBytes;
use crate::json::{Object, Raw, Value, object, text};
use crate::reading::{Node, Path, members};
use tuffet_keys::{Sha256, Sha512, sha256, sha512};

/// The hashes of a file (TUF §4.4, §4.5). At least one is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashes {
    /// SHA-256.
    pub sha256: Option<Sha256>,
    /// SHA-512.
    pub sha512: Option<Sha512>,
    /// Names of algorithms this crate does not compute.
    pub unknown: Vec<String>,
}

/// A metadata file as timestamp and snapshot pin it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// The version the file must have.
    pub version: u64,
    /// The length in bytes, if pinned.
    pub length: Option<u64>,
    /// The hashes, if pinned.
    pub hashes: Option<Hashes>,
}

impl Hashes {
    /// The pin of `bytes` by SHA-256 alone, as new metadata writes it.
    #[must_use]
    pub fn sha256_of(bytes: &[u8]) -> Self {
        Self { sha256: Some(sha256(bytes)), sha512: None, unknown: Vec::new() }
    }

    /// Whether every listed hash this crate computes is the hash of `bytes`, and there is one: a file whose only
    /// hashes are of unknown algorithms is not pinned at all (C34).
    #[must_use]
    pub fn match_bytes(&self, bytes: &[u8]) -> bool {
        self.hold(|| sha256(bytes), || sha512(bytes))
    }

    /// [`match_bytes`](Self::match_bytes), with the digest the file already has.
    pub(crate) fn match_file(&self, file: &FileBytes) -> bool {
        self.hold(|| file.sha256(), || sha512(file.as_slice()))
    }

    fn hold(&self, first: impl FnOnce() -> Sha256, second: impl FnOnce() -> Sha512) -> bool {
        let first = self.sha256.is_none_or(|want| want == first());
        let second = self.sha512.is_none_or(|want| want == second());
        first && second && (self.sha256.is_some() || self.sha512.is_some())
    }

    /// The hex of each known hash, SHA-256 first: the prefixes of the file's names under consistent snapshots.
    pub fn prefixes(&self) -> impl Iterator<Item = String> + use<> {
        let sha256 = self.sha256.map(|h| h.to_string());
        sha256.into_iter().chain(self.sha512.map(|h| h.to_string()))
    }

    /// Reads the member `hashes` of what stands at `parent`.
    pub(super) fn read(parent: &Path<'_>, raw: Raw<'_>) -> Result<Self, Problem> {
        let path = parent.child("hashes");
        let mut hashes = Self { sha256: None, sha512: None, unknown: Vec::new() };
        members(raw, |name, value| {
            let wrong = |expected: &str| {
                let expected = format!("{expected} of lower-case hex");
                Problem::shape(path.member(name), expected, value.kind(), "F27")
            };
            let hex = value.as_str().ok_or_else(|| wrong("a string"))?;
            match name {
                b"sha256" => hashes.sha256 = Some(Sha256::from_hex(&hex).ok_or_else(|| wrong("64 characters"))?),
                b"sha512" => hashes.sha512 = Some(Sha512::from_hex(&hex).ok_or_else(|| wrong("128 characters"))?),
                _ => hashes.unknown.push(text(name).into_owned()),
            }
            Ok(())
        })?;
        if hashes.sha256.is_none() && hashes.sha512.is_none() {
            return Err(Problem::shape(path, "a sha256 or sha512", "neither", "C34"));
        }
        Ok(hashes)
    }

    /// The object new metadata writes.
    #[must_use]
    pub fn to_object(&self) -> Object {
        let mut out = Object::new();
        for (name, text) in
            [("sha256", self.sha256.map(|h| h.to_string())), ("sha512", self.sha512.map(|h| h.to_string()))]
        {
            if let Some(text) = text {
                out.insert(name.to_owned(), text.into());
            }
        }
        out
    }
}

impl Pinned {
    /// The full pin of `bytes`: version, length and SHA-256 (interop.md, Must write 7).
    #[must_use]
    pub fn of(version: u64, bytes: &[u8]) -> Self {
        let length = u64::try_from(bytes.len()).ok();
        Self { version, length, hashes: Some(Hashes::sha256_of(bytes)) }
    }

    pub(super) fn read(path: Path<'_>, raw: Raw<'_>, rule: &'static str) -> Result<Self, Problem> {
        let node = Node::new(path, raw, rule, ["hashes", "length", "version"])?;
        let hashes = match node.member("hashes") {
            Some(_) => Some(Hashes::read(&node.path, node.object("hashes", "C34")?)?),
            None => None,
        };
        Ok(Self { version: node.positive("version", "F13")?, length: node.optional_u64("length", "TUF 4.4")?, hashes })
    }

    /// The object new metadata writes.
    #[must_use]
    pub fn to_object(&self) -> Object {
        let mut out = object([("version", self.version.into())]);
        if let Some(length) = self.length {
            out.insert("length".into(), length.into());
        }
        if let Some(hashes) = &self.hashes {
            out.insert("hashes".into(), Value::Object(hashes.to_object()));
        }
        out
    }
}
