//! Back: what one station made, judged file by file in the coordinator's directory, and taken whole or not at all.

use super::{Bundle, CarryError, Way, layout};
use crate::files::{self, Existing};
use crate::sign::check;
use crate::{Ceremony, CeremonyError};
use std::collections::BTreeMap;
use tuffet_metadata::{RoleName, json};

/// What was found of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The file.
    pub file: String,
    /// What it is.
    pub found: Found,
}

/// What a file of a bundle that comes back is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A signature that verifies.
    Valid {
        /// The role signed.
        role: RoleName,
        /// Who signed it.
        owner: String,
    },
    /// The same file is there already.
    Here,
    /// A file that whoever uses it verifies.
    Unjudged,
    /// Why none of the bundle is taken.
    Refused(String),
}

impl Ceremony {
    /// What this station made: signatures, each of which verifies, approvals, and statements.
    ///
    /// # Errors
    /// [`CarryError::Nothing`], and whatever makes the draft fail.
    pub fn pack_back(&self) -> Result<Bundle, CarryError> {
        let transcript = self.transcript()?;
        self.status()?;
        let mut names = Vec::new();
        for folder in ["approvals", "rehearsal", "signatures"] {
            names.extend(files::tree(&self.dir, folder)?);
        }
        names.push(STATEMENT.to_owned());
        let mut packed = BTreeMap::new();
        for name in names.into_iter().filter(|name| layout::knows(Way::Back, name)) {
            if let Some(bytes) = files::read_if_there(&self.dir, &name)? {
                packed.insert(name, bytes);
            }
        }
        if packed.is_empty() {
            return Err(CarryError::Nothing);
        }
        Bundle::new(Way::Back, self, &transcript, packed)
    }
}

impl Bundle {
    /// Judges every file of a bundle that came back against `ceremony`.
    ///
    /// # Errors
    /// [`CarryError`]: the bundle as a whole is of another ceremony, plan or transcript.
    pub fn verdicts(&self, ceremony: &Ceremony) -> Result<Vec<Verdict>, CarryError> {
        self.require(Way::Back)?;
        if self.manifest.ceremony != ceremony.plan().ceremony {
            let (expected, found) = (ceremony.plan().ceremony.clone(), self.manifest.ceremony.clone());
            return Err(CarryError::Another { expected, found });
        }
        if self.manifest.plan_hash != ceremony.plan_hash() {
            return Err(CarryError::Plan { expected: ceremony.plan_hash(), found: self.manifest.plan_hash });
        }
        let transcript = ceremony.transcript()?;
        let here = transcript.entries().len();
        match usize::try_from(self.manifest.lines) {
            Ok(lines) if lines <= here && transcript.head_after(lines) == self.manifest.head => {}
            Ok(lines) if lines > here => {
                let (expected, found) = (format!("at most {here} lines"), format!("{lines} lines"));
                return Err(CarryError::Says { what: "transcript", expected, found });
            }
            _ => return Err(CarryError::Parted { line: usize::try_from(self.manifest.lines).unwrap_or(usize::MAX) }),
        }
        let drafting = ceremony.drafting()?;
        let payloads = drafting.recorded_payloads(ceremony, &transcript)?;
        let judge = |(name, bytes): (&String, &Vec<u8>)| {
            let found = match files::read_if_there(&ceremony.dir, name)? {
                Some(there) if there == *bytes => Found::Here,
                Some(_) => Found::Refused(CeremonyError::Exists(name.clone()).to_string()),
                None if name.starts_with(SIGNATURES) => {
                    let checked =
                        transcript.require_open().and_then(|()| check(ceremony, &drafting, &payloads, name, bytes));
                    match checked {
                        Ok(checked) if checked.file.path() == *name => {
                            Found::Valid { role: checked.role, owner: checked.owner }
                        }
                        Ok(checked) => Found::Refused(format!("{name}: expected the name {}", checked.file.path())),
                        Err(error) => Found::Refused(error.to_string()),
                    }
                }
                None => match json::parse(bytes, 32) {
                    Ok(value) if value.as_object().is_some() => Found::Unjudged,
                    Ok(value) => Found::Refused(format!("{name}: expected a JSON object, found {}", value.kind())),
                    Err(error) => Found::Refused(format!("{name}: {error}")),
                },
            };
            Ok(Verdict { file: name.clone(), found })
        };
        self.files.iter().map(judge).collect()
    }

    /// Takes a bundle that came back: every file that is not there yet is put where it belongs. Where one is refused,
    /// none is taken; the verdicts say which.
    ///
    /// # Errors
    /// As [`verdicts`](Self::verdicts), and [`CeremonyError::Io`]; then the directory is as it was.
    pub fn take(&self, ceremony: &Ceremony) -> Result<Vec<Verdict>, CarryError> {
        let verdicts = self.verdicts(ceremony)?;
        if verdicts.iter().any(|verdict| matches!(verdict.found, Found::Refused(_))) {
            return Ok(verdicts);
        }
        let mut written: Vec<&String> = Vec::new();
        for Verdict { file, .. } in verdicts.iter().filter(|verdict| verdict.found != Found::Here) {
            let bytes = self.files.get(file).map(Vec::as_slice).unwrap_or_default();
            if let Err(error) = files::write(&ceremony.dir, file, bytes, Existing::Keep) {
                // Half a bundle would look like a whole one.
                for name in written {
                    files::remove(&ceremony.dir, name)?;
                }
                return Err(error.into());
            }
            written.push(file);
        }
        Ok(verdicts)
    }
}

const SIGNATURES: &str = "signatures/";
const STATEMENT: &str = "statement.json";
