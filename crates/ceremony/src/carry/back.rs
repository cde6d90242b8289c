//! Back: what one station made, judged file by file in the coordinator's directory, and taken whole or not at all.

use super::{Bundle, CarryError, Way, layout};
use crate::Payload;
use crate::directory::Drafting;
use crate::files::{self, Existing};
use crate::sign::{Purpose, check};
use crate::{Ceremony, CeremonyError, Transcript, approval, statement};
use std::collections::BTreeMap;
use std::path::Path;

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
    /// It verifies: what it is, and whose.
    Valid(String),
    /// The same file is there already.
    Here,
    /// Why none of the bundle is taken.
    Refused(String),
}

impl Ceremony {
    /// What this station made: approvals, signatures, those of a rehearsal, statements; each verifies. `from` is the folder
    /// they were written to, where that was not the ceremony's own directory.
    ///
    /// # Errors
    /// [`CarryError::Nothing`], and why one does not verify.
    pub fn pack_back(&self, from: Option<&Path>) -> Result<Bundle, CarryError> {
        let (transcript, drafting) = (self.transcript()?, self.drafting()?);
        let from = from.unwrap_or(&self.dir);
        let payloads = drafting.recorded_payloads(self, &transcript)?;
        let mut packed = BTreeMap::new();
        for folder in [approval::FOLDER, Purpose::Rehearsal.folder(), Purpose::Ceremony.folder()] {
            for name in files::tree(from, folder)?.into_iter().filter(|name| layout::knows(Way::Back, name)) {
                let bytes = files::read(from, &name)?;
                self.judge(&drafting, &transcript, &payloads, &name, &bytes)?;
                packed.insert(name, bytes);
            }
        }
        if let Some(bytes) = files::read_if_there(from, statement::FILE)? {
            packed.insert(statement::FILE.to_owned(), bytes);
        }
        if packed.is_empty() {
            return Err(CarryError::Nothing);
        }
        Bundle::new(Way::Back, self, &transcript, packed)
    }

    /// Verifies a file that somebody made, by what its place says it is.
    fn judge(
        &self,
        drafting: &Drafting,
        transcript: &Transcript,
        payloads: &[Payload],
        name: &str,
        bytes: &[u8],
    ) -> Result<String, CeremonyError> {
        let (place, said) = match name.split('/').next() {
            Some("statement.json") => {
                let witnesses = self.judge_statement(name, bytes)?;
                return Ok(format!("statement, signed by {}", witnesses.join(", ")));
            }
            Some(approval::FOLDER) => {
                let found = self.check_approval(drafting, transcript, name, bytes)?;
                (found.path(), format!("approval by {}", found.witness))
            }
            Some("rehearsal") => {
                let found = check(self, drafting, payloads, name, bytes, Purpose::Rehearsal)?;
                (found.file.path(), format!("{}, rehearsed by {}", found.role, found.owner))
            }
            _ => {
                let found = check(self, drafting, payloads, name, bytes, Purpose::Ceremony)?;
                (found.file.path(), format!("{}, signed by {}", found.role, found.owner))
            }
        };
        if place == name {
            return Ok(said);
        }
        Err(CeremonyError::File { file: name.to_owned(), problem: format!("expected the name {place}") })
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
        let lines = usize::try_from(self.manifest.lines).unwrap_or(usize::MAX);
        if lines > here {
            let (expected, found) = (format!("at most {here} lines"), format!("{lines} lines"));
            return Err(CarryError::Says { what: "transcript", expected, found });
        }
        if transcript.head_after(lines) != self.manifest.head {
            return Err(CarryError::Parted { line: lines });
        }
        let drafting = ceremony.drafting()?;
        let payloads = drafting.recorded_payloads(ceremony, &transcript)?;
        let judge = |(name, bytes): (&String, &Vec<u8>)| {
            let there = files::read_if_there(&ceremony.dir, name)?;
            // Witnesses sign one statement each on a machine of their own: theirs is added to what is there.
            let added = name == statement::FILE;
            let found = match there {
                Some(there) if there == *bytes => Found::Here,
                Some(_) if !added => Found::Refused(CeremonyError::Exists(name.clone()).to_string()),
                _ => {
                    let open = if added { Ok(()) } else { transcript.require_open() };
                    let judged = open.and_then(|()| ceremony.judge(&drafting, &transcript, &payloads, name, bytes));
                    judged.map_or_else(|error| Found::Refused(error.to_string()), Found::Valid)
                }
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
        let _lock = files::lock(&ceremony.dir)?;
        let verdicts = self.verdicts(ceremony)?;
        if verdicts.iter().any(|verdict| matches!(verdict.found, Found::Refused(_))) {
            return Ok(verdicts);
        }
        let mut written: Vec<&String> = Vec::new();
        for Verdict { file, .. } in verdicts.iter().filter(|verdict| verdict.found != Found::Here) {
            let bytes = self.files.get(file).cloned().unwrap_or_default();
            let put = if file == statement::FILE {
                ceremony.merge_statements(&[(file.clone(), bytes)]).map(drop)
            } else {
                files::write(&ceremony.dir, file, &bytes, Existing::Keep)
            };
            if let Err(error) = put {
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
