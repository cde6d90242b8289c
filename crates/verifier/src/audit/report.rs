//! What an audit found, as values. Words for people are the caller's.

use super::freshness::{Freshness, days_between};
use crate::{Refreshed, UpdateError};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::fmt;
use tuffet_keys::{Fingerprint, KeyId, Scheme, Sha256};
use tuffet_metadata::{
    Authority, Expires, Finding, Limits, MetadataError, PerClass, Profile, Role, RoleName, Root, Tally, Targets,
    Unverified, Verified,
};

/// The whole audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// The time everything was judged at.
    pub at: DateTime<Utc>,
    /// Every root that could be read, from the pinned one.
    pub roots: Vec<RootReport>,
    /// The current metadata; `None` where the audit did not come so far.
    pub current: Option<CurrentReport>,
    /// The first refusal.
    pub refused: Option<AuditRefusal>,
}

/// Why the audit does not accept the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditRefusal {
    /// A file was refused.
    File(UpdateError),
    /// A file is not there.
    Absent {
        /// The role.
        role: RoleName,
        /// The file's name.
        name: String,
    },
    /// A delegated role has no entry in the snapshot: every client's search for what it may list ends there (C53).
    NotInSnapshot {
        /// The role.
        role: RoleName,
    },
}

/// One root of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootReport {
    /// Its version.
    pub version: u64,
    /// SHA-256 of the file.
    pub sha256: Sha256,
    /// Its expiry.
    pub expires: Expires,
    /// Whole days from the expiry of the root before to its own; `None` for the pinned root. When a root was
    /// published, no file says.
    pub days_after_previous: Option<i64>,
    /// The count against the root before; `None` for the pinned root.
    pub previous: Option<Tally>,
    /// The count against its own keys.
    pub own: Tally,
    /// Who signed validly, in the order of the file.
    pub signers: Vec<RootSigner>,
    /// What it deviates in.
    pub findings: Vec<Finding>,
    /// Why the strict profile refuses the file; `None` if it does not. The first reason: each finding that
    /// [breaks a rule](Finding::breaks_a_rule) is one.
    pub strict: Option<MetadataError>,
}

/// A key that signed a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootSigner {
    /// The key.
    pub fingerprint: Fingerprint,
    /// The keyids it signed under.
    pub keyids: Vec<KeyId>,
    /// Its scheme.
    pub scheme: Scheme,
    /// The person, as the root (or else the one before) says. Nothing is decided by it.
    pub owner: Option<String>,
    /// Whether it counted for the root before.
    pub for_previous: bool,
    /// Whether it counted for this root.
    pub for_own: bool,
}

/// Timestamp, snapshot and targets at the audit's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentReport {
    /// Timestamp, snapshot, targets.
    pub roles: Vec<RoleReport>,
    /// Every delegation that could be reached, in the order of a search for a path that all of them cover. A role with
    /// two delegators stands here twice: it answers to each.
    pub delegated: Vec<DelegatedReport>,
    /// Delegations known and not followed, because the limit of roles was reached.
    pub delegated_beyond_limit: usize,
    /// How long a client can be kept in the past.
    pub freshness: Freshness,
}

/// One delegation and the role it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegatedReport {
    /// The role delegated to.
    pub role: RoleName,
    /// The role that delegates.
    pub by: RoleName,
    /// The role's file, or why a client refuses it.
    pub outcome: Result<RoleReport, AuditRefusal>,
}

/// One role of the current metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleReport {
    /// The role.
    pub role: RoleName,
    /// Its version.
    pub version: u64,
    /// SHA-256 of the file.
    pub sha256: Sha256,
    /// Its expiry.
    pub expires: Expires,
    /// The count against its delegator's keys.
    pub tally: Option<Tally>,
    /// What it deviates in.
    pub findings: Vec<Finding>,
    /// Why the strict profile refuses the file; `None` if it does not.
    pub strict: Option<MetadataError>,
}

impl AuditReport {
    pub(super) fn new(at: DateTime<Utc>) -> Self {
        Self { at, roots: Vec::new(), current: None, refused: None }
    }

    /// Whether the chain and the current metadata are accepted.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.refused.is_none() && self.current.is_some()
    }

    /// Every finding with the file it is of, in the order of the audit.
    pub fn findings(&self) -> impl Iterator<Item = (RoleName, u64, &Finding)> {
        let roots = self.roots.iter().flat_map(|root| root.findings.iter().map(|f| (RoleName::Root, root.version, f)));
        let roles = self.current.iter().flat_map(|current| current.roles.iter().chain(current.delegated_once()));
        roots.chain(roles.flat_map(|role| role.findings.iter().map(|f| (role.role.clone(), role.version, f))))
    }
}

impl RootReport {
    /// What there is to say of `root`, that follows `before` (or is the pinned one).
    #[must_use]
    pub fn of(root: &Verified<Root>, before: Option<&Verified<Root>>, limits: &Limits) -> Self {
        let (previous, own) = match root.tallies() {
            [old, own] => (Some(old.clone()), own.clone()),
            tallies => (None, tallies.first().cloned().unwrap_or_else(nothing_counted)),
        };
        let file = Unverified::<Root>::new(root.bytes().to_vec());
        let strict = match before {
            Some(before) => file.verify_next(before, &Profile::Strict, limits),
            None => file.verify_pinned(&Profile::Strict, limits),
        };
        Self {
            version: root.common.version,
            sha256: root.sha256(),
            expires: root.common.expires.clone(),
            days_after_previous: before.map(|b| days_between(b.common.expires.time(), root.common.expires.time())),
            signers: signers(root, before, previous.as_ref(), &own),
            previous,
            own,
            findings: root.findings().to_vec(),
            strict: strict.err(),
        }
    }

    /// Whole days from `at` until it expires; negative after.
    #[must_use]
    pub fn days_left(&self, at: DateTime<Utc>) -> i64 {
        days_between(at, self.expires.time())
    }
}

impl CurrentReport {
    /// What there is to say of trusted metadata.
    #[must_use]
    pub fn of(trusted: &Refreshed, limits: &Limits) -> Self {
        let by = |role| trusted.root.authority(&role);
        let mut snapshot = RoleReport::of(&trusted.snapshot, &by(RoleName::Snapshot), limits);
        snapshot.findings.extend(trusted.snapshot.dead_entries(&trusted.targets));
        Self {
            roles: vec![
                RoleReport::of(&trusted.timestamp, &by(RoleName::Timestamp), limits),
                snapshot,
                RoleReport::of(&trusted.targets, &by(RoleName::Targets), limits),
            ],
            delegated: Vec::new(),
            delegated_beyond_limit: 0,
            freshness: Freshness::of(trusted),
        }
    }

    /// Takes in the delegated roles. An entry of the snapshot is no dead one (D6) where a role below the first level was
    /// reached by it; with delegations left over, nobody can say that one is dead.
    pub(super) fn reached(&mut self, found: Vec<DelegatedReport>, beyond_limit: usize) {
        let live: BTreeSet<String> = found.iter().map(|found| found.role.file_name()).collect();
        let is_dead = |name: &String| beyond_limit == 0 && !live.contains(name);
        for role in &mut self.roles {
            role.findings.retain(|finding| match finding {
                Finding::DeadSnapshotEntry { name } => is_dead(name),
                _ => true,
            });
        }
        (self.delegated, self.delegated_beyond_limit) = (found, beyond_limit);
    }

    /// The delegated roles that were accepted, each once.
    fn delegated_once(&self) -> impl Iterator<Item = &RoleReport> {
        let mut seen = BTreeSet::new();
        self.delegated
            .iter()
            .filter_map(|found| found.outcome.as_ref().ok())
            .filter(move |role| seen.insert(&role.role))
    }
}

impl RoleReport {
    fn of<T: Role>(file: &Verified<T>, by: &Authority<'_>, limits: &Limits) -> Self {
        let again = Unverified::<T>::new(file.bytes().to_vec()).verify(by, &Profile::Strict, limits);
        Self::with(file, again.err())
    }

    /// Of a delegated role; `by` is its delegator's word.
    pub(super) fn of_delegated(file: &Verified<Targets>, by: Option<&Authority<'_>>, limits: &Limits) -> Self {
        let again = Unverified::delegated(file.role().as_str(), file.bytes().to_vec());
        Self::with(file, by.and_then(|by| again.verify(by, &Profile::Strict, limits).err()))
    }

    fn with<T: Role>(file: &Verified<T>, strict: Option<MetadataError>) -> Self {
        let common = file.common();
        Self {
            role: file.role().clone(),
            version: common.version,
            sha256: file.sha256(),
            expires: common.expires.clone(),
            tally: file.tallies().first().cloned(),
            findings: file.findings().to_vec(),
            strict,
        }
    }

    /// Whole days from `at` until it expires; negative after.
    #[must_use]
    pub fn days_left(&self, at: DateTime<Utc>) -> i64 {
        days_between(at, self.expires.time())
    }
}

impl AuditRefusal {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(cause) => cause.code(),
            Self::Absent { .. } => "not-found",
            Self::NotInSnapshot { .. } => "not-in-snapshot",
        }
    }
}

impl fmt::Display for AuditRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(cause) => cause.fmt(f),
            Self::NotInSnapshot { role } => {
                write!(f, "{role}: expected an entry in the snapshot, found none (TUF 5.6.7)")
            }
            Self::Absent { role, name } => write!(f, "{role}: expected a file `{name}`, found none"),
        }
    }
}

/// Distinct keys with a valid signature over both counts, in the order of the file.
fn signers(
    root: &Verified<Root>,
    before: Option<&Verified<Root>>,
    previous: Option<&Tally>,
    own: &Tally,
) -> Vec<RootSigner> {
    let mut out: Vec<RootSigner> = Vec::new();
    let of_own = own.valid.iter().map(|signer| (false, signer));
    let of_previous = previous.into_iter().flat_map(|tally| &tally.valid).map(|signer| (true, signer));
    for (for_previous, signer) in of_own.chain(of_previous) {
        if let Some(known) = out.iter_mut().find(|known| known.fingerprint == signer.fingerprint) {
            known.for_previous |= for_previous;
            known
                .keyids
                .extend(signer.keyids.iter().filter(|id| !known.keyids.contains(id)).cloned().collect::<Vec<_>>());
            continue;
        }
        let mut roots = [Some(root), before].into_iter().flatten();
        let key = roots.find_map(|root| signer.keyids.iter().find_map(|keyid| root.keys().get(keyid)));
        if let Some((key, public)) = key.and_then(|key| Some((key, key.public()?))) {
            out.push(RootSigner {
                fingerprint: signer.fingerprint,
                keyids: signer.keyids.clone(),
                scheme: public.scheme(),
                owner: key.owner().map(str::to_owned),
                for_previous,
                for_own: !for_previous,
            });
        }
    }
    out
}

/// A `Verified` root has a count; this stands where the type does not say so.
fn nothing_counted() -> Tally {
    Tally {
        threshold: u64::MAX,
        at_least: PerClass::default(),
        keys: 0,
        valid: Vec::new(),
        invalid: Vec::new(),
        missing: Vec::new(),
    }
}
