//! Unverified bytes, and the only way from them to [`Verified`].

use crate::bytes::{FileBytes, Payload};
use crate::counting::{Checks, Counting};
use crate::envelope::Envelope;
use crate::reading::Reading;
use crate::roles::{self, Hashes, Role, Root, Targets};
use crate::{Authority, Finding, Limits, MetadataError, Problem, Profile, RoleName, Signature, Tally};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::Deref;
use tuffet_keys::{Fingerprint, KeyId, Sha256};

/// Bytes that claim to be metadata of type `T`. Nothing in them can be read.
#[derive(Debug, Clone)]
pub struct Unverified<T> {
    file: FileBytes,
    role: RoleName,
    counting: Counting,
    kind: PhantomData<T>,
}

/// Metadata whose signatures met the threshold of its delegator. It may be old, and it may have expired: use it as
/// a floor against rollback, or take it through tuffet-verifier to `Trusted`.
///
/// Only [`Unverified`] makes one:
///
/// ```compile_fail
/// use tuffet_metadata::{Root, Verified};
/// fn accept(root: Root, verified: Verified<Root>) -> Verified<Root> {
///     Verified { signed: root, ..verified }
/// }
/// ```
///
/// ```
/// use tuffet_metadata::{Root, Verified};
/// fn accept(root: Root, verified: Verified<Root>) -> Verified<Root> {
///     verified
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    file: FileBytes,
    role: RoleName,
    signed: T,
    tallies: Vec<Tally>,
    findings: Vec<Finding>,
}

impl<T: Role> Unverified<T> {
    /// Received bytes of the top-level role `T`.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { file: FileBytes::new(bytes), role: T::TYPE, counting: Counting::default(), kind: PhantomData }
    }

    /// How the signatures are to be counted; what is stricter than the threshold holds for whoever verifies it.
    #[must_use]
    pub fn counting(self, counting: Counting) -> Self {
        Self { counting, ..self }
    }

    /// SHA-256 of the bytes, by which people compare files.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        self.file.sha256()
    }

    /// Whether the bytes are those that `hashes` pin, by the digest that [`sha256`](Self::sha256) gives too.
    #[must_use]
    pub fn matches(&self, hashes: &Hashes) -> bool {
        hashes.match_file(&self.file)
    }

    /// The number of bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.bytes().len()
    }

    /// The bytes, to hash or to store; not to read.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.file.as_slice()
    }

    /// Checks the signatures against what the delegator says. For roots use
    /// [`verify_pinned`](Unverified::verify_pinned) and [`verify_next`](Unverified::verify_next): a root answers to
    /// two authorities.
    ///
    /// The result is worth what `by` is worth: a root that is only proposed has authorities too. That is why the
    /// workflow in tuffet-verifier takes unverified bytes and asks its own root.
    ///
    /// # Errors
    /// [`MetadataError`]: not strict JSON, not of this type, or too few valid signatures; also for a root, and for an
    /// authority over another role.
    pub fn verify(self, by: &Authority<'_>, profile: &Profile, limits: &Limits) -> Result<Verified<T>, MetadataError> {
        // A caller's mistake that would let a root answer to one authority, or one role's keys speak for another.
        let mistake = if T::TYPE == RoleName::Root {
            Some(("a pinned root or the next one".to_owned(), "a role under one authority".to_owned()))
        } else {
            (*by.role() != self.role).then(|| (format!("the keys of {}", self.role), format!("those of {}", by.role())))
        };
        if let Some((expected, found)) = mistake {
            let problem = Problem::shape("authority", expected, found, "TUF 5.3.4");
            return Err(MetadataError { role: self.role, version: None, problem });
        }
        let counting = self.counting;
        self.check(profile, limits, |opened: &Opened<T>, role| {
            let tally = by.count(&mut opened.checks(), &opened.signatures, counting).require(role, None)?;
            Ok(vec![tally])
        })
    }

    fn check(
        self,
        profile: &Profile,
        limits: &Limits,
        count: impl FnOnce(&Opened<T>, &RoleName) -> Result<Vec<Tally>, Problem>,
    ) -> Result<Verified<T>, MetadataError> {
        let Self { file, role, .. } = self;
        let mut version = None;
        let steps = || {
            let mut reading = Reading::new(profile, limits, &file);
            let Envelope { payload, signatures } = Envelope::read(&file, &mut reading)?;
            // Claimed, and asked for only where there is an error to tell: in a large file it stands at the end.
            let mut claim = |problem| {
                version = roles::claimed_version(&payload);
                problem
            };
            let signed = roles::read::<T>(&payload, &mut reading).map_err(&mut claim)?;
            let opened = Opened { signed, payload: payload.clone(), signatures };
            let tallies = count(&opened, &role).map_err(&mut claim)?;
            for finding in two_names(&tallies) {
                reading.note(finding).map_err(&mut claim)?;
            }
            Ok((opened.signed, tallies, reading.findings))
        };
        match steps() {
            Ok((signed, tallies, findings)) => Ok(Verified { file, role, signed, tallies, findings }),
            Err(problem) => Err(MetadataError { role, version, problem }),
        }
    }
}

impl Unverified<Targets> {
    /// Received bytes of the delegated role `name`.
    #[must_use]
    pub fn delegated(name: &str, bytes: Vec<u8>) -> Self {
        let role = RoleName::Delegated(name.to_owned());
        Self { file: FileBytes::new(bytes), role, counting: Counting::default(), kind: PhantomData }
    }
}

impl Unverified<Root> {
    /// Checks a root that came from outside the repository (an embedded or pinned file) against its own threshold
    /// (C4). That is no trust: whoever pins it gives the trust.
    ///
    /// # Errors
    /// [`MetadataError`]
    pub fn verify_pinned(self, profile: &Profile, limits: &Limits) -> Result<Verified<Root>, MetadataError> {
        let counting = self.counting;
        self.check(profile, limits, |opened, role| {
            let own = opened.signed.authority(role).count(&mut opened.checks(), &opened.signatures, counting);
            Ok(vec![own.require(role, None)?])
        })
    }

    /// Checks a root against the threshold of the root before it and against its own (TUF 5.3.4; C10, C11). The
    /// version is the caller's to check (TUF 5.3.5).
    ///
    /// # Errors
    /// [`MetadataError`]; a missing threshold names whose it is.
    pub fn verify_next(
        self,
        trusted: &Verified<Root>,
        profile: &Profile,
        limits: &Limits,
    ) -> Result<Verified<Root>, MetadataError> {
        let counting = self.counting;
        self.check(profile, limits, |opened, role| {
            let mut checks = opened.checks();
            let label = |root: &Root| Some(format!("root v{}", root.common.version));
            let old = trusted.authority(role).count(&mut checks, &opened.signatures, counting);
            let old = old.require(role, label(trusted))?;
            let new = opened.signed.authority(role).count(&mut checks, &opened.signatures, counting);
            Ok(vec![old, new.require(role, label(&opened.signed))?])
        })
    }
}

impl<T> Verified<T> {
    /// The file as received.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.file.as_slice()
    }

    /// SHA-256 of the file as received.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        self.file.sha256()
    }

    /// Whether the file is the one that `hashes` pin.
    #[must_use]
    pub fn matches(&self, hashes: &Hashes) -> bool {
        hashes.match_file(&self.file)
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &RoleName {
        &self.role
    }

    /// What was counted: one tally, or for a root that follows another the old root's and then its own.
    #[must_use]
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// What the file deviates in, though it was accepted.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.signed
    }
}

struct Opened<T> {
    signed: T,
    payload: Payload,
    signatures: Vec<Signature>,
}

impl<T> Opened<T> {
    fn checks(&self) -> Checks<'_> {
        Checks::over(self.payload.as_slice())
    }
}

/// Keys that signed under several keyids, over all tallies: a root and its predecessor may name one key differently.
fn two_names(tallies: &[Tally]) -> Vec<Finding> {
    let mut names: BTreeMap<Fingerprint, Vec<KeyId>> = BTreeMap::new();
    for signer in tallies.iter().flat_map(|tally| &tally.valid) {
        names.entry(signer.fingerprint).or_default().extend(signer.keyids.iter().cloned());
    }
    names
        .into_iter()
        .filter_map(|(fingerprint, mut keyids)| {
            keyids.sort();
            keyids.dedup();
            (keyids.len() > 1).then_some(Finding::OneKeyTwoKeyids { fingerprint, keyids })
        })
        .collect()
}
