//! From a state and changes to the next versions.

use crate::work::Work;
use crate::{Change, Disagreement, Expiries, State, payload};
use std::collections::BTreeMap;
use tuffet_keys::{Fingerprint, sha256};
use tuffet_metadata::{Authority, MetadataError, Proposed, RoleName, Root, Targets};

/// The roles a ceremony is to sign; what is not here did not change, and the published file stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The next root.
    pub root: Option<Proposed<Root>>,
    /// The next targets.
    pub targets: Option<Proposed<Targets>>,
    /// The next delegated roles, by name.
    pub delegated: BTreeMap<String, Proposed<Targets>>,
}

/// Bytes to sign for a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The role.
    pub role: RoleName,
    /// The version these bytes give the role.
    pub version: u64,
    /// The canonical bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of them: what people compare.
    pub digest: tuffet_keys::Sha256,
}

/// Why changes give no draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// `Establish` on a repository that exists.
    #[error("root: expected no root to establish, found version {version} (R3)")]
    Established {
        /// The version that is there.
        version: u64,
    },
    /// Another change without a repository.
    #[error("root: expected an `establish` change first, found no root to change (R3)")]
    NotEstablished,
    /// The key is in no role it could leave.
    #[error("key {}: expected a key of root or targets to replace, found none (R17)", .0.short())]
    NotAHolder(Fingerprint),
    /// The key is not one of the role's.
    #[error("{role}: expected a key of this role, found {}, which is none (R17)", key.short())]
    NotOfTheRole {
        /// The role.
        role: RoleName,
        /// The key.
        key: Fingerprint,
    },
    /// The key that comes is there already.
    #[error("{}: the new key {} is already the key of {} (F8)", owner.escape_debug(), fingerprint.short(), holder.escape_debug())]
    AlreadyHeld {
        /// Who would come.
        owner: String,
        /// The key.
        fingerprint: Fingerprint,
        /// Whose key it is.
        holder: String,
    },
    /// A threshold nobody can meet, or everybody has met.
    #[error("{role}: expected a threshold from 1 to {keys}, the number of its distinct keys, found {threshold} (F10)")]
    Threshold {
        /// The role.
        role: RoleName,
        /// The threshold.
        threshold: u64,
        /// Distinct keys.
        keys: usize,
    },
    /// A migration that leaves somebody behind: thresholds would no longer count people.
    #[error("{role}: expected a second key for each of its keys, found none for {} (F8)", key.short())]
    HalfMigrated {
        /// The role.
        role: RoleName,
        /// The key without a successor.
        key: Fingerprint,
    },
    /// The role lists no targets and delegates to nobody.
    #[error("{0}: expected a role that lists targets, found one that lists none (TUF 4.5)")]
    NotTargets(RoleName),
    /// No role delegates to it.
    #[error("{0}: expected a role that another one delegates to, found none that does (C53)")]
    NotDelegated(RoleName),
    /// The role does not list the target.
    #[error("{role}: expected a target `{}` to remove, found none (R11)", path.escape_debug())]
    NoTarget {
        /// The role.
        role: RoleName,
        /// The target's path.
        path: String,
    },
    /// The role does not delegate to the other.
    #[error("{by}: expected a delegation to {}, found none (TUF 4.5)", name.escape_debug())]
    NoDelegation {
        /// The role that delegates.
        by: RoleName,
        /// To whom.
        name: String,
    },
    /// Named roles and bins of computed names exclude each other.
    #[error("{by}: expected delegations by name or succinct bins, found a change to one where the other is (F23)")]
    BinsOrNames {
        /// The role that delegates.
        by: RoleName,
    },
    /// A period in which a role would be due before it is signed.
    #[error("{role}: expected a signing period of 1 to {} days, less than its expiry period, found {signing} (R19)", expiry.saturating_sub(1))]
    Periods {
        /// The role.
        role: RoleName,
        /// Days it is signed for.
        expiry: u32,
        /// Days before its expiry.
        signing: u32,
    },
    /// A version at the end of the numbers.
    #[error("{0}: there is no version after the current one (R3)")]
    LastVersion(RoleName),
    /// Nothing would change (R11).
    #[error("the changes leave every role as it is: nothing to sign (R11)")]
    NothingToDo,
    /// The draft does not read back. The changes contradict the format.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

/// Applies `changes` to `state`.
///
/// A role is drafted only where its content changes; a role that lists targets also where the published file would no
/// longer meet its threshold under the new keys.
///
/// # Errors
/// [`DraftError`]
pub fn draft(state: Option<&State>, changes: &[Change], expires: &Expiries) -> Result<Draft, DraftError> {
    let (mut work, rest) = match (state, changes) {
        (None, [Change::Establish { root, targets, online }, rest @ ..]) => {
            (Work::establish(root, targets, online), rest)
        }
        (None, _) => return Err(DraftError::NotEstablished),
        (Some(state), changes) => (Work::from_state(state), changes),
    };
    for change in rest {
        work.apply(change)?;
    }
    work.finish(expires)
}

impl Draft {
    /// The drafted roles: root, targets, then the delegated ones by name.
    #[must_use]
    pub fn roles(&self) -> Vec<RoleName> {
        let root = self.root.as_ref().map(|_| RoleName::Root);
        let targets = self.targets.as_ref().map(|_| RoleName::Targets);
        let delegated = self.delegated.keys().cloned().map(RoleName::Delegated);
        root.into_iter().chain(targets).chain(delegated).collect()
    }

    /// The drafted file of a role that lists targets.
    #[must_use]
    pub fn targets_of(&self, role: &RoleName) -> Option<&Proposed<Targets>> {
        match role {
            RoleName::Targets => self.targets.as_ref(),
            RoleName::Delegated(name) => self.delegated.get(name),
            _ => None,
        }
    }

    /// The root whose keys sign targets: the drafted one, else the one that stays.
    #[must_use]
    pub fn root_in_force<'a>(&'a self, state: Option<&'a State>) -> Option<&'a Root> {
        self.root.as_deref().or(state.map(|state| &*state.root))
    }

    /// What a role that lists targets says once the draft is published.
    #[must_use]
    pub fn targets_in_force<'a>(&'a self, state: Option<&'a State>, role: &RoleName) -> Option<&'a Targets> {
        self.targets_of(role).map(|proposed| &**proposed).or(state.and_then(|s| s.targets_of(role)).map(|v| &**v))
    }

    /// Whose signatures a drafted role needs. For root the new root's and then the old one's (R2); for a delegated role
    /// those of every role that delegates to it, the top-level one's first (C51).
    #[must_use]
    pub fn authorities<'a>(&'a self, state: Option<&'a State>, role: &RoleName) -> Vec<Authority<'a>> {
        match role {
            RoleName::Root => {
                let old = state.map(|state| &*state.root);
                self.root.as_deref().into_iter().chain(old).map(|root| root.authority(role)).collect()
            }
            RoleName::Delegated(name) => {
                let by = self.delegators(state, name).into_iter();
                by.filter_map(|by| self.targets_in_force(state, &by)?.delegations.as_ref()?.authority(name)).collect()
            }
            role => self.root_in_force(state).map(|root| root.authority(role)).into_iter().collect(),
        }
    }

    /// The roles that delegate to `name` once the draft is published, the top-level one first.
    #[must_use]
    pub fn delegators(&self, state: Option<&State>, name: &str) -> Vec<RoleName> {
        let known = state.into_iter().flat_map(|state| state.delegated.keys()).chain(self.delegated.keys());
        let mut roles: Vec<RoleName> = known.cloned().map(RoleName::Delegated).collect();
        roles.push(RoleName::Targets);
        roles.sort();
        roles.dedup();
        let delegates = |by: &RoleName| {
            let targets = self.targets_in_force(state, by);
            targets.and_then(|targets| targets.delegations.as_ref()?.authority(name)).is_some()
        };
        roles.retain(delegates);
        roles
    }

    /// The bytes to sign of every drafted role, each canonicalised twice, in the order of [`roles`](Self::roles).
    ///
    /// # Errors
    /// [`Disagreement`]: nothing of this draft may be signed.
    pub fn payloads(&self) -> Result<Vec<Payload>, Disagreement> {
        let root = self.root.iter().map(|root| one(RoleName::Root, root.common.version, payload(root)));
        let top = self.targets.iter().map(|targets| (RoleName::Targets, targets));
        let delegated = self.delegated.iter().map(|(name, targets)| (RoleName::Delegated(name.clone()), targets));
        let targets = top.chain(delegated).map(|(role, file)| one(role, file.common.version, payload(file)));
        root.chain(targets).collect()
    }
}

fn one(role: RoleName, version: u64, bytes: Result<Vec<u8>, Disagreement>) -> Result<Payload, Disagreement> {
    let bytes = bytes?;
    Ok(Payload { role, version, digest: sha256(&bytes), bytes })
}

/// The version of the specification new repositories are written to; an existing file keeps its own.
pub(crate) const SPEC_VERSION: &str = "1.0.34";
