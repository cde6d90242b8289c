//! Where a ceremony stands: for the old and the new root, by person (ceremony.md K6).

use crate::Payload;
use crate::directory::Drafting;
use crate::sign::{Checked, Purpose, owner_of};
use crate::{Ceremony, CeremonyError, SignatureFile, files};
use std::collections::BTreeSet;
use tuffet_builder::{Given, assemble, file_stem};
use tuffet_keys::{Fingerprint, PublicKey, Sha256};
use tuffet_metadata::{Limits, RoleName, Tally, partly_signed};

/// The signatures of one role.
#[derive(Debug, Clone)]
pub struct RoleStatus {
    /// The role.
    pub role: RoleName,
    /// The drafted version.
    pub version: u64,
    /// SHA-256 of the payload.
    pub digest: Sha256,
    /// Whose threshold, and how far it is met: `new root` or `root vN`, distinct keys that signed, threshold.
    pub counts: Vec<(String, usize, u64)>,
    /// Everyone who may sign, in the order of the authorities.
    pub seats: Vec<Seat>,
    /// When what is in force for this role expires, so that the ceremony must have ended before: `root v1`, the time. Of an
    /// initial ceremony, what is drafted.
    pub until: (String, String),
}

/// What a role still needs for one threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Whose threshold: as in [`RoleStatus::counts`].
    pub whose: String,
    /// Signatures missing.
    pub more: u64,
    /// The seats that can still give them: their places in [`RoleStatus::seats`].
    pub from: Vec<usize>,
}

impl Need {
    /// Whether enough people are left at all.
    #[must_use]
    pub fn can_be_met(&self) -> bool {
        u64::try_from(self.from.len()).is_ok_and(|left| left >= self.more)
    }
}

/// One key that may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Whose key.
    pub owner: String,
    /// The key.
    pub fingerprint: Fingerprint,
    /// Whether its valid signature is here.
    pub signed: bool,
    /// For which thresholds it counts: places in [`RoleStatus::counts`].
    pub counts_for: Vec<usize>,
}

impl RoleStatus {
    /// Whether every threshold is met.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.needs().is_empty()
    }

    /// What is missing, threshold by threshold.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        let mut needs = Vec::new();
        for (place, (whose, have, need)) in self.counts.iter().enumerate() {
            let more = need.saturating_sub(u64::try_from(*have).unwrap_or(u64::MAX));
            if more > 0 {
                let left = |(_, seat): &(usize, &Seat)| !seat.signed && seat.counts_for.contains(&place);
                let from = self.seats.iter().enumerate().filter(left).map(|(at, _)| at).collect();
                needs.push(Need { whose: whose.clone(), more, from });
            }
        }
        needs
    }
}

impl Ceremony {
    /// The status of every drafted role, over the signature files that are here and verify.
    ///
    /// # Errors
    /// [`CeremonyError`]: the draft fails, or a signature file is wrong.
    pub fn status(&self) -> Result<Vec<RoleStatus>, CeremonyError> {
        let drafting = self.drafting()?;
        let payloads = drafting.recorded_payloads(self, &self.transcript()?)?;
        let signatures = self.signature_files(&drafting, &payloads, Purpose::Ceremony)?;
        let verified: Vec<&Checked> = signatures.iter().map(|(_, verified)| verified).collect();
        payloads.iter().map(|payload| drafting.status(payload, &given(&verified, &payload.role))).collect()
    }

    /// Every signature file in the directory, verified: (path, file).
    pub(crate) fn signature_files(
        &self,
        drafting: &Drafting,
        payloads: &[Payload],
        purpose: Purpose,
    ) -> Result<Vec<(String, Checked)>, CeremonyError> {
        let mut out = Vec::new();
        for payload in payloads {
            let folder = format!("{}/{}", purpose.folder(), file_stem(&payload.role));
            for name in files::list(&self.dir, &folder)? {
                let path = format!("{folder}/{name}");
                let bytes = files::read(&self.dir, &path)?;
                let verified = crate::sign::check(self, drafting, payloads, &path, &bytes, purpose)?;
                let expected = SignatureFile::path(&verified.file);
                if expected != path {
                    let problem = format!("expected the name {expected}");
                    return Err(CeremonyError::Signature { file: path, problem });
                }
                out.push((path, verified));
            }
        }
        Ok(out)
    }
}

impl Drafting {
    pub(crate) fn status(&self, payload: &Payload, given: &[Given]) -> Result<RoleStatus, CeremonyError> {
        let role = payload.role.clone();
        let tallies = self.tallies(&role, given)?;
        let counts = self
            .labels(&role)
            .into_iter()
            .zip(&tallies)
            .map(|(label, tally)| (label, tally.have(), tally.threshold))
            .collect();
        let signed: BTreeSet<Fingerprint> =
            tallies.iter().flat_map(|tally| tally.valid.iter().map(|signer| signer.fingerprint)).collect();
        let mut seats: Vec<Seat> = Vec::new();
        for (place, authority) in self.authorities(&role).iter().enumerate() {
            for key in authority.keys() {
                let Some(fingerprint) = key.public().map(PublicKey::fingerprint) else { continue };
                match seats.iter_mut().find(|seat| seat.fingerprint == fingerprint) {
                    Some(seat) if seat.counts_for.contains(&place) => {}
                    Some(seat) => seat.counts_for.push(place),
                    None => {
                        let (owner, signed) = (owner_of(key), signed.contains(&fingerprint));
                        seats.push(Seat { owner, fingerprint, signed, counts_for: vec![place] });
                    }
                }
            }
        }
        let until = self.until(&role);
        Ok(RoleStatus { role, version: payload.version, digest: payload.digest, counts, seats, until })
    }

    /// Who wants each count, in the order of the authorities.
    fn labels(&self, role: &RoleName) -> Vec<String> {
        let old = self.state.as_ref().map(|state| format!("root v{}", state.root.common.version));
        let new = self.draft.root.as_ref().map(|_| "new root".to_owned());
        match role {
            RoleName::Root => new.into_iter().chain(old).collect(),
            RoleName::Delegated(name) => {
                let by = self.draft.delegators(self.state.as_ref(), name);
                by.iter().map(ToString::to_string).collect()
            }
            _ => new.or(old).into_iter().collect(),
        }
    }

    fn until(&self, role: &RoleName) -> (String, String) {
        let of = |common: &tuffet_metadata::Common| (format!("{role} v{}", common.version), common.expires.to_string());
        let before = self.state.as_ref();
        let published = match role {
            RoleName::Root => before.map(|state| &state.root.common),
            role => before.and_then(|state| state.targets_of(role)).map(|targets| &targets.common),
        };
        let drafted = || match role {
            RoleName::Root => self.draft.root.as_ref().map(|root| &root.common),
            role => self.draft.targets_of(role).map(|targets| &targets.common),
        };
        published.or_else(drafted).map(of).unwrap_or_default()
    }

    /// The file with what has been given, in the one order.
    pub(crate) fn assembled(&self, role: &RoleName, given: &[Given]) -> Vec<u8> {
        let authorities = self.authorities(role);
        match (&self.draft.root, self.draft.targets_of(role)) {
            (Some(root), None) if *role == RoleName::Root => assemble(root, &authorities, given),
            (_, Some(targets)) => assemble(targets, &authorities, given),
            _ => Vec::new(),
        }
    }

    /// Counts over the assembled file, so that a status says what a reader of the file will say.
    fn tallies(&self, role: &RoleName, given: &[Given]) -> Result<Vec<Tally>, CeremonyError> {
        let file = self.assembled(role, given);
        let (payload, signatures) = partly_signed(role, &file, &Limits::default())
            .map_err(|cause| CeremonyError::metadata(format!("{role}.json"), cause))?;
        Ok(self.authorities(role).iter().map(|authority| authority.tally(&payload, &signatures)).collect())
    }
}

pub(crate) fn given(verified: &[&Checked], role: &RoleName) -> Vec<Given> {
    verified.iter().filter(|v| v.role == *role).map(|v| v.given.clone()).collect()
}
