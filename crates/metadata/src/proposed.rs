//! Metadata nobody has signed yet.

use crate::bytes::{FileBytes, Payload};
use crate::envelope::{Envelope, write_canonical_file, write_file};
use crate::json::{self, Edits, Raw, Value};
use crate::reading::Reading;
use crate::roles::{self, Role};
use crate::{Finding, Limits, MetadataError, Problem, Profile, RoleName, Signature, Targets};
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::OnceLock;
use tuffet_keys::{KeyId, Sha256, sha256};

/// A `signed` value on its way to signatures: readable, because it is what people are asked to read, and worth
/// nothing, because nothing in it is trusted.
#[derive(Debug, Clone)]
pub struct Proposed<T> {
    role: RoleName,
    /// As a tree, where it was made from one or somebody asked for one.
    value: OnceLock<Value>,
    payload: Payload,
    signed: T,
    findings: Vec<Finding>,
}

impl<T: Role> Proposed<T> {
    /// Reads `value` as the `signed` of a `T`, under the strict profile: what we propose ourselves.
    ///
    /// # Errors
    /// [`MetadataError`]: it is not what the strict profile accepts.
    pub fn new(value: Value, limits: &Limits) -> Result<Self, MetadataError> {
        Self::under(value, &Profile::Strict, limits)
    }

    /// As [`new`](Self::new), for what another tool proposes. An exception for one file never applies: it names a
    /// whole file, and here there is none.
    ///
    /// # Errors
    /// [`MetadataError`]: it is not what the profile accepts.
    pub fn under(value: Value, profile: &Profile, limits: &Limits) -> Result<Self, MetadataError> {
        Self::read(T::TYPE, value, profile, limits)
    }

    /// As [`new`](Self::new), for the next version of a file whose `findings` are these: a deviation that the version
    /// before has stays. A repository taken over keeps its `spec_version` and its keys under their keyids: to correct
    /// them in passing would change what nobody asked to change, and a key's object under an old keyid is what broke
    /// strict clients. What is new is still strict.
    ///
    /// # Errors
    /// [`MetadataError`]: it deviates where the version before does not.
    pub fn next(role: RoleName, value: Value, findings: &[Finding], limits: &Limits) -> Result<Self, MetadataError> {
        let next = Self::read(role, value, &Profile::deployed(), limits)?;
        let deviations = |all: &[Finding]| -> BTreeSet<String> {
            all.iter().filter(|finding| finding.breaks_a_rule()).map(ToString::to_string).collect()
        };
        let before = deviations(findings);
        let new = |finding: &&Finding| finding.breaks_a_rule() && !before.contains(&finding.to_string());
        match next.findings.iter().find(new).cloned() {
            None => Ok(next),
            Some(finding) => {
                let version = roles::claimed_version(&next.payload);
                Err(MetadataError { role: next.role, version, problem: Problem::Deviation(finding) })
            }
        }
    }

    fn read(role: RoleName, value: Value, profile: &Profile, limits: &Limits) -> Result<Self, MetadataError> {
        let this = Self::of_payload(role, json::canonical(&value), profile, limits)?;
        Ok(Self { value: value.into(), ..this })
    }

    /// `base`, canonical bytes of the `signed` object of a `role` that was read, with `edits`.
    pub(crate) fn edited(role: RoleName, base: &[u8], edits: &Edits, limits: &Limits) -> Result<Self, MetadataError> {
        Self::of_payload(role, json::edited(base, edits), &Profile::Strict, limits)
    }

    fn of_payload(
        role: RoleName,
        canonical: Vec<u8>,
        profile: &Profile,
        limits: &Limits,
    ) -> Result<Self, MetadataError> {
        let file = FileBytes::new(canonical);
        let payload = file.payload(0..file.as_slice().len());
        let mut reading = Reading::new(profile, limits, &file);
        match roles::read::<T>(&payload, &mut reading) {
            Ok(signed) => {
                let findings = reading.findings;
                Ok(Self { role, value: OnceLock::new(), payload, signed, findings })
            }
            Err(problem) => Err(MetadataError { role, version: roles::claimed_version(&payload), problem }),
        }
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &RoleName {
        &self.role
    }

    /// The bytes to sign: the canonical form.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.payload.as_slice()
    }

    /// SHA-256 of the bytes to sign: the digest people compare.
    #[must_use]
    pub fn digest(&self) -> Sha256 {
        sha256(self.payload.as_slice())
    }

    /// The value itself: a tree, several times the size of the bytes.
    #[must_use]
    pub fn value(&self) -> &Value {
        self.value.get_or_init(|| Raw::new(self.payload.as_slice()).to_value())
    }

    /// What a reader should know of it.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The file with these signatures, in this order. Whether they suffice, a reader of the file will say.
    #[must_use]
    pub fn assemble(&self, signatures: &[(KeyId, Vec<u8>)]) -> Vec<u8> {
        write_file(self.value(), signatures)
    }

    /// As [`assemble`](Self::assemble), in canonical form: for roles that grow large, whose readers then only compare
    /// (interop.md, Must write 1). Costs a copy.
    #[must_use]
    pub fn assemble_canonical(&self, signatures: &[(KeyId, Vec<u8>)]) -> Vec<u8> {
        write_canonical_file(self.payload.as_slice(), signatures)
    }
}

impl Proposed<Targets> {
    /// As [`new`](Self::new), for the delegated role `name`.
    ///
    /// # Errors
    /// [`MetadataError`]: it is not what the strict profile accepts.
    pub fn delegated(name: &str, value: Value, limits: &Limits) -> Result<Self, MetadataError> {
        Self::read(RoleName::Delegated(name.to_owned()), value, &Profile::Strict, limits)
    }
}

impl<T> PartialEq for Proposed<T> {
    /// The bytes say everything that was read from them.
    fn eq(&self, other: &Self) -> bool {
        self.role == other.role && self.payload == other.payload && self.findings == other.findings
    }
}

impl<T> Eq for Proposed<T> {}

impl<T> Deref for Proposed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.signed
    }
}

/// The signatures and the payload of a file that is still collecting them, for a status report. Nothing is verified.
///
/// # Errors
/// [`MetadataError`]: not strict JSON, or not the shape of a metadata file.
pub fn partly_signed(
    role: &RoleName,
    bytes: &[u8],
    limits: &Limits,
) -> Result<(Vec<u8>, Vec<Signature>), MetadataError> {
    let file = FileBytes::new(bytes.to_vec());
    match Envelope::read(&file, &mut Reading::new(&Profile::Strict, limits, &file)) {
        Ok(envelope) => Ok((envelope.payload.as_slice().to_vec(), envelope.signatures)),
        Err(problem) => Err(MetadataError { role: role.clone(), version: None, problem }),
    }
}
