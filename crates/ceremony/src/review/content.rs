//! Targets by what is in them: signers were shown file names, and signed what was in the files.

use super::lines;
use crate::directory::Drafting;
use crate::error::printable;
use crate::plan::safe_path;
use crate::{Ceremony, CeremonyError, files};
use tuffet_keys::{sha256, sha512};
use tuffet_metadata::{Hashes, TargetFile};
use tuffet_trust_root::{LegacyTarget, SigningConfig, compare_files};

/// What a target is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// `trusted_root*.json`.
    TrustedRoot,
    /// `signing_config*.json`.
    SigningConfig,
    /// Certificates or a public key in PEM.
    Pem,
    /// Other text that a person can read.
    Text,
    /// Anything else.
    Bytes,
}

impl ContentKind {
    /// In words: `a trust root`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TrustedRoot => "a trust root",
            Self::SigningConfig => "a signing config",
            Self::Pem => "a key or certificates",
            Self::Text => "text",
            Self::Bytes => "bytes that are no text",
        }
    }

    /// For programs: `trusted-root`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TrustedRoot => "trusted-root",
            Self::SigningConfig => "signing-config",
            Self::Pem => "pem",
            Self::Text => "text",
            Self::Bytes => "bytes",
        }
    }
}

/// A target that comes or changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentReview {
    /// Its path in the metadata.
    pub path: String,
    /// What it is read as.
    pub kind: ContentKind,
    /// One sentence each.
    pub changes: Vec<String>,
    /// For text its lines: `-` gone, `+` new, ` ` around them.
    pub diff: Vec<String>,
}

impl ContentReview {
    /// Compares two contents of the target `path`, or says what is in a new one.
    #[must_use]
    pub fn of(path: &str, old: Option<&[u8]>, new: &[u8]) -> Self {
        let mut changes = Vec::new();
        let (kind, diff) = match typed(path, old, new, &mut changes) {
            Some(kind) => (kind, Vec::new()),
            None => match lines::diff(old, new) {
                Some(diff) => (ContentKind::Text, diff),
                None => {
                    changes.push(format!("{} bytes, which no person reads: compared by hash alone", new.len()));
                    (ContentKind::Bytes, Vec::new())
                }
            },
        };
        if old == Some(new) {
            changes.push("the content stays as it was".to_owned());
        }
        Self { path: path.to_owned(), kind, changes, diff }
    }
}

fn typed(path: &str, old: Option<&[u8]>, new: &[u8], changes: &mut Vec<String>) -> Option<ContentKind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.starts_with("trusted_root") {
        return trusted_root(old, new, changes);
    }
    if name.starts_with("signing_config") {
        return signing_config(old, new, changes);
    }
    let now = LegacyTarget::parse(new)?;
    match old.map(LegacyTarget::parse) {
        None => changes.push(format!("is {}: {now}", now.words())),
        Some(Some(was)) if was == now => {
            changes.push(format!("holds {} as before, written otherwise: {now}", now.words()));
        }
        Some(Some(was)) => {
            changes.push(format!("was {}: {was}", was.words()));
            changes.push(format!("is {}: {now}", now.words()));
        }
        Some(None) => {
            changes.push("was no key and no certificate".to_owned());
            changes.push(format!("is {}: {now}", now.words()));
        }
    }
    Some(ContentKind::Pem)
}

/// A file with the name of a trust root that is none is a finding for people, and no reason to show nothing.
fn trusted_root(old: Option<&[u8]>, new: &[u8], changes: &mut Vec<String>) -> Option<ContentKind> {
    let is = match compare_files(None, new) {
        Ok(is) => is,
        Err(problem) => {
            changes.push(format!(
                "WARNING: this is no trust root, and clients will refuse it: {}",
                printable(&problem.to_string())
            ));
            return None;
        }
    };
    let compared = match old.map(|old| compare_files(Some(old), new)) {
        None => is,
        Some(Ok(compared)) => compared,
        Some(Err(problem)) => {
            changes.push(format!("what it replaces is no trust root: {}", printable(&problem.to_string())));
            is
        }
    };
    changes.extend(compared.iter().map(|change| printable(&change.to_string())));
    Some(ContentKind::TrustedRoot)
}

fn signing_config(old: Option<&[u8]>, new: &[u8], changes: &mut Vec<String>) -> Option<ContentKind> {
    let is = match SigningConfig::parse(new) {
        Ok(is) => is,
        Err(problem) => {
            changes.push(format!("WARNING: this is no signing config v0.2: {}", printable(&problem.to_string())));
            return None;
        }
    };
    let was = match old.map(SigningConfig::parse) {
        None => None,
        Some(Ok(was)) => Some(was),
        Some(Err(problem)) => {
            changes.push(format!("what it replaces is no signing config v0.2: {}", printable(&problem.to_string())));
            None
        }
    };
    changes.extend(is.changes_from(was.as_ref()).iter().map(|change| printable(&change.to_string())));
    Some(ContentKind::SigningConfig)
}

impl Ceremony {
    /// The targets that come or whose hashes change. Old contents are read from `previous/targets/`, where drafting puts
    /// those it can, and count only where the verified targets pin them.
    pub(super) fn contents(&self, drafting: &Drafting) -> Result<Vec<ContentReview>, CeremonyError> {
        let draft = &drafting.draft;
        let mut out = Vec::new();
        for role in draft.roles() {
            let before = drafting.state.as_ref().and_then(|state| state.targets_of(&role));
            for (path, file) in draft.targets_of(&role).iter().flat_map(|targets| targets.targets().iter()) {
                let was = before.and_then(|before| before.targets().get(&path));
                if was.as_ref().is_some_and(|was| was.hashes == file.hashes && was.length == file.length) {
                    continue;
                }
                out.push(self.content_review(&path, was.as_ref(), &file)?);
            }
        }
        Ok(out)
    }

    fn content_review(
        &self,
        path: &str,
        was: Option<&TargetFile>,
        file: &TargetFile,
    ) -> Result<ContentReview, CeremonyError> {
        let new = self.content("targets", path, file)?;
        let old = match was {
            Some(was) => self.content("previous/targets", path, was)?,
            None => None,
        };
        let mut review = match &new {
            Some(new) => ContentReview::of(path, old.as_deref(), new),
            None => Self::unseen(path, "the new content is not here: compared by hash alone"),
        };
        if was.is_some() && old.is_none() && new.is_some() {
            let line = "the old content is not here: compared by hash alone, and the new content shown whole";
            review.changes.insert(0, line.to_owned());
        }
        Ok(review)
    }

    fn unseen(path: &str, line: &str) -> ContentReview {
        let changes = vec![line.to_owned()];
        ContentReview { path: path.to_owned(), kind: ContentKind::Bytes, changes, diff: Vec::new() }
    }

    /// The content of a target below `folder`, if it is there.
    fn content(&self, folder: &str, path: &str, file: &TargetFile) -> Result<Option<Vec<u8>>, CeremonyError> {
        if !safe_path(path) {
            return Ok(None);
        }
        let name = format!("{folder}/{path}");
        let Some(bytes) = files::read_if_there(&self.dir, &name)? else { return Ok(None) };
        if file.hashes.match_bytes(&bytes) {
            return Ok(Some(bytes));
        }
        let (expected, found) = hashes(&file.hashes, &bytes);
        Err(CeremonyError::Hash { file: printable(&name), expected, found, rule: "K2" })
    }
}

/// What the metadata says and what the bytes have, by the strongest hash it lists.
fn hashes(listed: &Hashes, bytes: &[u8]) -> (String, String) {
    match (listed.sha256, listed.sha512) {
        (Some(sha), _) => (sha.to_string(), sha256(bytes).to_string()),
        (None, Some(sha)) => (format!("512 {sha}"), format!("512 {}", sha512(bytes))),
        (None, None) => ("of a known algorithm".to_owned(), sha256(bytes).to_string()),
    }
}
