//! Out: packed by the coordinator, replayed where it arrives, and put in place only then.

use super::stage::{Stage, is_empty};
use super::{Bundle, CarryError, Chains, Way, compare, missing};
use crate::directory::require_hash;
use crate::files::{self, Existing};
use crate::transcript::FILE;
use crate::{Approval, Ceremony, CeremonyError, Transcript, approval};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tuffet_keys::sha256;

/// What unpacking did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Laid {
    /// There is a new directory.
    New,
    /// It was there already.
    Same,
    /// The transcript is the directory's, and these files were not there.
    Added(Vec<String>),
    /// The directory was an older copy, and is brought forward.
    Forward {
        /// Lines its transcript had.
        from: usize,
        /// Lines it has.
        to: usize,
    },
}

impl Ceremony {
    /// Everything a signing station needs: the plan, what the draft read and made, approvals, and the transcript. What was
    /// voided stays here. Nothing is packed that a station would refuse.
    ///
    /// # Errors
    /// [`CarryError::Ceremony`]: the draft fails, or is none; an approval does not verify.
    pub fn pack_out(&self) -> Result<Bundle, CarryError> {
        let transcript = self.transcript()?;
        self.payloads()?;
        let mut names: Vec<String> = vec![PLAN.to_owned(), FILE.to_owned()];
        for (name, hash) in drafted(&transcript) {
            require_hash(name, hash, &files::read(&self.dir, name)?, "K3")?;
            names.push(name.clone());
        }
        names.extend(self.approvals()?.iter().map(Approval::path));
        let read = |name: String| files::read(&self.dir, &name).map(|bytes| (name, bytes));
        let packed = names.into_iter().map(read).collect::<Result<BTreeMap<_, _>, _>>()?;
        Bundle::new(Way::Out, self, &transcript, packed)
    }
}

impl Bundle {
    /// Puts a bundle that goes out into `dir`: a folder that is not there or empty, or an older copy of the ceremony. It
    /// is written beside its place and replayed there first; what is refused leaves nothing.
    ///
    /// # Errors
    /// [`CarryError`]; `dir` is as it was.
    pub fn lay(&self, dir: &Path) -> Result<Laid, CarryError> {
        self.require(Way::Out)?;
        let failed = |cause| CeremonyError::Io { file: dir.display().to_string(), cause };
        let stage = Stage::for_place(dir).map_err(failed)?;
        for (name, bytes) in &self.files {
            files::write(stage.path(), name, bytes, Existing::Keep)?;
        }
        let transcript = self.replay(stage.path())?;
        if is_empty(dir).map_err(failed)? {
            stage.put(dir).map_err(failed)?;
            return Ok(Laid::New);
        }
        let _lock = files::lock(dir)?;
        self.join(dir, &stage, &transcript)
    }

    /// What a station would do before it signs, and that every file is one the draft names.
    fn replay(&self, stage: &Path) -> Result<Transcript, CarryError> {
        let ceremony = Ceremony::open(stage)?;
        let transcript = ceremony.transcript()?;
        for (what, expected, found) in [
            ("ceremony", self.manifest.ceremony.clone(), ceremony.plan().ceremony.clone()),
            ("plan hash", self.manifest.plan_hash.to_string(), ceremony.plan_hash().to_string()),
            ("transcript", format!("{} lines", self.manifest.lines), format!("{} lines", transcript.entries().len())),
            ("transcript", self.manifest.head.to_string(), transcript.head().to_string()),
        ] {
            if expected != found {
                return Err(CarryError::Says { what, expected, found });
            }
        }
        ceremony.payloads()?;
        ceremony.approvals()?;
        let mut named: BTreeSet<&str> = [PLAN, FILE].into();
        for (name, hash) in drafted(&transcript) {
            let bytes = self.files.get(name).ok_or_else(|| missing(name))?;
            require_hash(name, hash, bytes, "K3")?;
            named.insert(name);
        }
        let is_approval = |path: &str| path.starts_with(approval::FOLDER);
        match self.files.keys().find(|path| !named.contains(path.as_str()) && !is_approval(path)) {
            Some(path) => Err(CarryError::Unbound { path: path.clone() }),
            None => Ok(transcript),
        }
    }

    /// Adds what is new to a copy of the same ceremony, whose transcript is where ours began.
    fn join(&self, dir: &Path, stage: &Stage, ours: &Transcript) -> Result<Laid, CarryError> {
        let taken = |found| CarryError::Taken { dir: dir.display().to_string(), found };
        if files::read_if_there(dir, PLAN)?.is_none() {
            return Err(taken("something else"));
        }
        let here = Ceremony::open(dir)?;
        if here.plan().ceremony != self.manifest.ceremony {
            let (expected, found) = (here.plan().ceremony.clone(), self.manifest.ceremony.clone());
            return Err(CarryError::Another { expected, found });
        }
        let theirs = here.transcript()?;
        let (from, to) = (theirs.entries().len(), ours.entries().len());
        if from == 0 {
            return Err(taken("a plan that was never drafted"));
        }
        let forward = match compare(ours, &theirs) {
            Chains::Same => false,
            Chains::FirstLonger => true,
            Chains::SecondLonger => return Err(CarryError::Older { bundle: to, here: from }),
            Chains::Part(line) => return Err(CarryError::Parted { line }),
        };
        let redrafted = ours.draft() != theirs.draft();
        if redrafted {
            // Made here for the older draft: whoever made it looks at the new one in a folder of its own.
            for folder in MADE_HERE {
                if let Some(file) = files::tree(dir, folder)?.into_iter().next() {
                    return Err(CarryError::Signed { file });
                }
            }
        }
        let mut moved = Vec::new();
        for (name, bytes) in &self.files {
            match files::read_if_there(dir, name)? {
                Some(there) if there == *bytes => {}
                // Of the same draft it is what the transcript says, or it was changed here.
                Some(there) if name != FILE && !redrafted => {
                    require_hash(name, &sha256(bytes).to_string(), &there, "K3")?;
                }
                _ => moved.push(name.clone()),
            }
        }
        // The transcript last: after a crash in between, the next run finds an older copy again.
        moved.sort_by_key(|name| name == FILE);
        for name in &moved {
            stage.put_one(name, dir).map_err(|cause| CeremonyError::Io { file: name.clone(), cause })?;
        }
        if redrafted {
            for name in files::tree(dir, "payload")?.iter().filter(|name| !self.files.contains_key(*name)) {
                // Of an earlier draft: nobody may take it for something to sign.
                files::remove(dir, name)?;
            }
        }
        Ok(match (forward, moved.is_empty()) {
            (true, _) => Laid::Forward { from, to },
            (false, true) => Laid::Same,
            (false, false) => Laid::Added(moved),
        })
    }
}

/// What the draft in force read and made, by SHA-256; not what it put away.
fn drafted(transcript: &Transcript) -> impl Iterator<Item = (&String, &String)> {
    let files = transcript.draft().map(|(entry, _)| &entry.files);
    files.into_iter().flatten().filter(|(name, _)| !name.starts_with("void/"))
}

const MADE_HERE: [&str; 3] = ["signatures", "rehearsal", approval::FOLDER];
const PLAN: &str = "plan.toml";
