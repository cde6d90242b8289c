//! What was given for a draft that is replaced, or a ceremony that is given up: it is never forgotten, because a signature
//! stays valid until what it signs expires (ceremony.md K16, scenarios 25 and 26).

use crate::files::{self, Existing};
use crate::sign::{Purpose, SignatureFile};
use crate::transcript::Action;
use crate::{Ceremony, CeremonyError, Transcript, Voided, approval};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

impl Ceremony {
    /// Gives the ceremony up: `abort` with the reason and every signature that was given, then `close`. Nothing of it is
    /// published afterwards.
    ///
    /// # Errors
    /// [`CeremonyError::Closed`]; [`CeremonyError::Order`] where there is no draft yet: then there is nothing to give up.
    pub fn abort(&self, reason: &str, now: DateTime<Utc>) -> Result<Transcript, CeremonyError> {
        let _lock = files::lock(&self.dir)?;
        let mut transcript = self.transcript()?;
        transcript.require_open()?;
        if transcript.draft().is_none() {
            return Err(CeremonyError::Order { expected: "a draft", found: "nothing to give up" });
        }
        let given = self.given()?;
        let mut recorded = BTreeMap::new();
        for name in self.made_since_draft()? {
            recorded.insert(name.clone(), sha256(&files::read(&self.dir, &name)?).to_string());
        }
        if transcript.aborted().is_none() {
            transcript.append(now, Action::Abort { reason: reason.to_owned(), given }, recorded)?;
        }
        transcript.append(now, Action::Close, BTreeMap::new())?;
        transcript.store(&self.dir)?;
        Ok(transcript)
    }

    /// Every signature file in the directory, also one that no line records yet; root first, by owner.
    pub(crate) fn given(&self) -> Result<Vec<Voided>, CeremonyError> {
        let mut out: Vec<Voided> = Vec::new();
        let mut folders = files::folders(&self.dir, "signatures")?;
        // Root and targets first, then the delegated roles by name.
        folders.sort_by_cached_key(|role| RoleName::named(role));
        for role in folders {
            let before = out.len();
            for name in files::tree(&self.dir, &format!("signatures/{role}"))? {
                let bytes = files::read(&self.dir, &name)?;
                let file = SignatureFile::parse(&name, &bytes, Purpose::Ceremony)?;
                let owner = self.owner_of_key(&file.keyid)?;
                let SignatureFile { role, keyid, payload_sha256, .. } = file;
                out.push(Voided { role, owner, keyid, payload_sha256 });
            }
            if let Some(these) = out.get_mut(before..) {
                these.sort_by(|a, b| (&a.owner, &a.keyid).cmp(&(&b.owner, &b.keyid)));
            }
        }
        Ok(out)
    }

    /// The draft's action with the signatures it voids, if that was asked for.
    pub(crate) fn voiding(&self, action: Action, void: bool) -> Result<Action, CeremonyError> {
        let given = self.given()?;
        match action {
            Action::Draft { plan_hash, payloads, waived, .. } if given.is_empty() || void => {
                Ok(Action::Draft { plan_hash, payloads, waived, voids: given })
            }
            _ => Err(CeremonyError::WouldVoid(given)),
        }
    }

    /// Copies what was made for the draft in force to `void/<line>/`: SHA-256 by path.
    pub(crate) fn copy_to_void(&self, line: usize) -> Result<BTreeMap<String, String>, CeremonyError> {
        let mut copied = BTreeMap::new();
        let made = self.made_since_draft()?;
        let payloads = files::tree(&self.dir, "payload")?;
        for name in payloads.iter().filter(|_| !made.is_empty()).chain(&made) {
            let bytes = files::read(&self.dir, name)?;
            let place = format!("void/{line}/{name}");
            files::write(&self.dir, &place, &bytes, Existing::Replace)?;
            copied.insert(place, sha256(&bytes).to_string());
        }
        Ok(copied)
    }

    /// Removes what the draft in force has voided, once its line is written: also where that was interrupted.
    pub(crate) fn put_away(&self, transcript: &Transcript) -> Result<(), CeremonyError> {
        let Some((entry, _)) = transcript.draft() else { return Ok(()) };
        let place = format!("void/{}/", entry.line);
        for (copy, hash) in &entry.files {
            let Some(name) = copy.strip_prefix(&place).filter(|name| !name.starts_with("payload/")) else { continue };
            // What has come in its place since is another file.
            if files::read_if_there(&self.dir, name)?.is_some_and(|bytes| sha256(&bytes).to_string() == *hash) {
                files::remove(&self.dir, name)?;
            }
        }
        Ok(())
    }

    /// The files that people and the coordinator made for the draft in force.
    fn made_since_draft(&self) -> Result<Vec<String>, CeremonyError> {
        let folders = [Purpose::Ceremony.folder(), Purpose::Rehearsal.folder(), approval::FOLDER, "assembled"];
        let trees = folders.into_iter().map(|folder| files::tree(&self.dir, folder));
        Ok(trees.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Whose key it is, by what was signed: the payloads name their keys, also where the plan has changed since.
    fn owner_of_key(&self, keyid: &str) -> Result<String, CeremonyError> {
        let line = self.transcript()?;
        let recorded = line.entries().iter().rev().find_map(|entry| match &entry.action {
            Action::Signature { keyid: known, owner, .. } if known == keyid => Some(owner.clone()),
            _ => None,
        });
        if let Some(owner) = recorded {
            return Ok(owner);
        }
        for name in ["payload/root.json", "previous/root.json"] {
            let Some(bytes) = files::read_if_there(&self.dir, name)? else { continue };
            if let Some(owner) = owner_in(&bytes, keyid) {
                return Ok(owner);
            }
        }
        Ok(keyid.chars().take(8).collect())
    }
}

/// The owner that a root, or the payload of one, gives a key. A payload has raw line feeds in its PEM.
fn owner_in(root: &[u8], keyid: &str) -> Option<String> {
    use tuffet_metadata::json::{self, Value};
    let value = json::parse(crate::transcript::one_line(root).as_bytes(), 32).ok()?;
    let object = value.as_object()?;
    let signed = object.get("signed").and_then(Value::as_object).unwrap_or(object);
    let key = signed.get("keys")?.as_object()?.get(keyid)?.as_object()?;
    key.get("x-tuf-on-ci-keyowner")?.as_str().map(str::to_owned)
}
