//! `keys/<fingerprint>/`: what a keyholder sends, and what the ceremony keeps of it.

use crate::error::printable;
use crate::files::{self, Existing};
use crate::{CeremonyError, Enrolment};
use std::path::{Path, PathBuf};
use tuffet_attestation::Evidence;
use tuffet_keys::{Fingerprint, PublicKey, sha256};

/// A key's record, with the proof of possession checked, and the evidence the record names. What the evidence proves is
/// asked of [`Incoming`](crate::Incoming).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFolder {
    /// The record.
    pub record: Enrolment,
    /// The key.
    pub public: PublicKey,
    /// The record's bytes, as they are hashed into the plan.
    pub bytes: Vec<u8>,
    /// What the device said of the key.
    pub evidence: Option<Evidence>,
}

impl KeyFolder {
    /// A folder in the making.
    ///
    /// # Errors
    /// [`CeremonyError::Enrolment`]: the record does not prove what it says, or names other evidence.
    pub fn new(record: &Enrolment, evidence: Option<&Evidence>) -> Result<Self, CeremonyError> {
        let pem = evidence.map(Evidence::to_pem);
        Self::of(RECORD, record.to_json().into_bytes(), EVIDENCE, pem.map(String::into_bytes))
    }

    /// Reads the folder.
    ///
    /// # Errors
    /// [`CeremonyError`]: a file is missing, does not read, proves nothing or is not the one the record names.
    pub fn read(folder: &Path) -> Result<Self, CeremonyError> {
        let name = |file: &str| folder.join(file).display().to_string();
        let named = |error| match error {
            CeremonyError::Io { file, cause } => CeremonyError::Io { file: name(&file), cause },
            other => other,
        };
        let bytes = files::read(folder, RECORD).map_err(named)?;
        let pem = files::read_if_there(folder, EVIDENCE).map_err(named)?;
        Self::of(&name(RECORD), bytes, &name(EVIDENCE), pem)
    }

    /// `file` and `evidence_file` are for messages.
    pub(crate) fn of(
        file: &str,
        bytes: Vec<u8>,
        evidence_file: &str,
        pem: Option<Vec<u8>>,
    ) -> Result<Self, CeremonyError> {
        let (record, public) = Enrolment::parse(file, &bytes)?;
        let found = pem.as_ref().map(|pem| sha256(pem).to_string());
        if record.evidence != found {
            let word = |hash: Option<&String>| hash.map_or("none".to_owned(), |hash| printable(hash));
            let problem = format!(
                "evidence: expected {} as the record says, found {}",
                word(record.evidence.as_ref()),
                word(found.as_ref())
            );
            return Err(CeremonyError::Enrolment { file: evidence_file.to_owned(), problem });
        }
        let read = |pem: Vec<u8>| {
            let text = String::from_utf8(pem).map_err(|_| "expected text, found binary data".to_owned())?;
            let evidence = Evidence::from_pem(&text).map_err(|e| e.to_string())?;
            // One form, so that the hash in the record is of the certificates and of nothing beside them.
            let same = evidence.to_pem() == text;
            same.then_some(evidence).ok_or_else(|| "expected PEM as `tuffet key enroll` writes it".to_owned())
        };
        let evidence = pem.map(read).transpose().map_err(|problem: String| CeremonyError::File {
            file: evidence_file.to_owned(),
            problem: printable(&problem),
        })?;
        Ok(Self { record, public, bytes, evidence })
    }

    /// The files, with their names below the ceremony's directory or wherever keys are kept.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let folder = format!("keys/{}", self.record.fingerprint);
        let evidence =
            self.evidence.iter().map(|evidence| (format!("{folder}/{EVIDENCE}"), evidence.to_pem().into_bytes()));
        std::iter::once((format!("{folder}/{RECORD}"), self.bytes.clone())).chain(evidence).collect()
    }

    /// Where a key's folder is made below `keys`: asked before anybody touches a device for a record that cannot be kept.
    ///
    /// # Errors
    /// [`CeremonyError::Exists`]
    pub fn place(keys: &Path, key: &Fingerprint) -> Result<PathBuf, CeremonyError> {
        let folder = keys.join(key.to_string());
        let record = folder.join(RECORD);
        if record.exists() { Err(CeremonyError::Exists(record.display().to_string())) } else { Ok(folder) }
    }

    /// Writes `<fingerprint>/` below `keys`, the record last: whoever finds a record finds its evidence.
    ///
    /// # Errors
    /// [`CeremonyError::Exists`] or [`CeremonyError::Io`]
    pub fn write(&self, keys: &Path) -> Result<PathBuf, CeremonyError> {
        let folder = Self::place(keys, &self.public.fingerprint())?;
        if let Some(evidence) = &self.evidence {
            files::write(&folder, EVIDENCE, evidence.to_pem().as_bytes(), Existing::Replace)?;
        }
        files::write(&folder, RECORD, &self.bytes, Existing::Keep)?;
        Ok(folder)
    }

    /// The folders that hold a record: `path` itself, or those below it, sorted.
    ///
    /// # Errors
    /// [`CeremonyError::Io`], and [`CeremonyError::File`] where there is none.
    pub fn find(path: &Path) -> Result<Vec<PathBuf>, CeremonyError> {
        let failed = |cause| CeremonyError::Io { file: path.display().to_string(), cause };
        if path.join(RECORD).is_file() {
            return Ok(vec![path.to_owned()]);
        }
        let wrong = |found: &str| {
            let problem = format!("expected a folder `<fingerprint>` with `{RECORD}`, found {found}");
            Err(CeremonyError::File { file: path.display().to_string(), problem })
        };
        if !path.is_dir() {
            return wrong(if path.exists() { "a file" } else { "none" });
        }
        let mut found = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            let folder = entry.map_err(failed)?.path();
            if folder.join(RECORD).is_file() {
                found.push(folder);
            }
        }
        found.sort();
        if found.is_empty() { wrong("none") } else { Ok(found) }
    }
}

pub(crate) const RECORD: &str = "enrolment.json";
pub(crate) const EVIDENCE: &str = "attestation.pem";
