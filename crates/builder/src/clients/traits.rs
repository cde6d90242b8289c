//! What a file has that some client cannot read.

use std::collections::BTreeSet;
use tuffet_keys::{Class, Scheme};
use tuffet_metadata::json::Value;
use tuffet_metadata::{
    Delegations, Finding, Key, Pinned, Proposed, Role, RoleName, Root, Signature, Snapshot, Targets, Timestamp,
};

/// One property of a file; the table of clients may ask for these and no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// More roots than this after the one that is pinned.
    RootsAfterPin(u64),
    /// A key with the keytype `ecdsa`.
    KeytypeEcdsa,
    /// A keyid that is not the hash of the whole key object.
    KeyidNotWholeHash,
    /// A pin without length or without hashes.
    LoosePins,
    /// Hashes without sha256.
    NoSha256,
    /// A target without a length.
    TargetWithoutLength,
    /// A key as a hex point.
    HexPoint,
    /// An expiry with fractions of a second.
    FractionalExpires,
    /// An expiry that is not YYYY-MM-DDTHH:MM:SSZ.
    LooseExpires,
    /// A spec_version of two numbers.
    ShortSpecVersion,
    /// A key nobody here can use.
    UnknownKey,
    /// A target with a folder in its path.
    NestedTarget,
    /// consistent_snapshot is true.
    ConsistentSnapshot,
    /// An online key of P-384.
    P384Online,
    /// An empty signature.
    EmptySignature,
    /// A delegation by path_hash_prefixes.
    PathHashPrefixes,
    /// A delegation by succinct_roles.
    SuccinctRoles,
    /// A key of ML-DSA.
    PostQuantumKey,
}

pub(super) fn of_root(root: &Root, signatures: &[Signature]) -> BTreeSet<Trait> {
    let mut found = of_signatures(signatures);
    found.extend(of_expires(&root.common.expires.to_string(), &root.common.spec_version));
    found.extend(of_keys(root.keys().values()));
    if root.consistent_snapshot {
        found.insert(Trait::ConsistentSnapshot);
    }
    let mut online = [RoleName::Snapshot, RoleName::Timestamp].into_iter().flat_map(|role| {
        root.authority(&role)
            .keys()
            .filter_map(|key| key.public().map(tuffet_keys::PublicKey::scheme))
            .collect::<Vec<_>>()
    });
    if online.any(|scheme| scheme == Scheme::EcdsaP384) {
        found.insert(Trait::P384Online);
    }
    found
}

pub(super) fn of_timestamp(file: &Proposed<Timestamp>, signatures: &[Signature]) -> BTreeSet<Trait> {
    let mut found = common(file, signatures);
    found.extend(of_pin(&file.snapshot));
    found
}

pub(super) fn of_snapshot(
    file: &Proposed<Snapshot>,
    signatures: &[Signature],
    live: &BTreeSet<String>,
) -> BTreeSet<Trait> {
    let mut found = common(file, signatures);
    for (name, pin) in file.meta().iter() {
        // Of a file that is no role's any more nobody reads the hashes, but every reader parses them.
        let of_pin = of_pin(&pin);
        found.extend(of_pin.into_iter().filter(|found| live.contains(&*name) || *found == Trait::LoosePins));
    }
    found
}

pub(super) fn of_targets(file: &Targets) -> BTreeSet<Trait> {
    let mut found = of_expires(&file.common.expires.to_string(), &file.common.spec_version);
    for (path, target) in file.targets().iter() {
        if path.contains('/') {
            found.insert(Trait::NestedTarget);
        }
        if target.length.is_none() {
            found.insert(Trait::TargetWithoutLength);
        }
        if target.hashes.sha256.is_none() {
            found.insert(Trait::NoSha256);
        }
    }
    found.extend(file.delegations.iter().flat_map(of_delegations));
    found
}

fn of_delegations(delegations: &Delegations) -> BTreeSet<Trait> {
    let mut found = of_keys(delegations.keys().values());
    if delegations.succinct_roles().is_some() {
        found.insert(Trait::SuccinctRoles);
    }
    if delegations.roles().iter().any(|role| !role.path_hash_prefixes.is_empty()) {
        found.insert(Trait::PathHashPrefixes);
    }
    found
}

fn common<T: Role>(file: &Proposed<T>, signatures: &[Signature]) -> BTreeSet<Trait> {
    let mut found = of_signatures(signatures);
    let common = Role::common(&**file);
    found.extend(of_expires(&common.expires.to_string(), &common.spec_version));
    for finding in file.findings() {
        if matches!(finding, Finding::TargetWithoutLength { .. }) {
            found.insert(Trait::TargetWithoutLength);
        }
    }
    found
}

pub(super) fn of_signatures(signatures: &[Signature]) -> BTreeSet<Trait> {
    let is_empty = |signature: &Signature| signature.bytes.as_deref() == Some(&[]);
    if signatures.iter().any(is_empty) { BTreeSet::from([Trait::EmptySignature]) } else { BTreeSet::new() }
}

fn of_expires(expires: &str, spec_version: &str) -> BTreeSet<Trait> {
    let mut found = BTreeSet::new();
    if tuffet_metadata::parse_time(expires).is_none() {
        found.insert(Trait::LooseExpires);
        if expires.contains('.') {
            found.insert(Trait::FractionalExpires);
        }
    }
    if spec_version.split('.').count() == 2 {
        found.insert(Trait::ShortSpecVersion);
    }
    found
}

fn of_keys<'a>(keys: impl Iterator<Item = &'a Key>) -> BTreeSet<Trait> {
    let mut found = BTreeSet::new();
    for key in keys {
        let object = key.object();
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("keytype") == "ecdsa" {
            found.insert(Trait::KeytypeEcdsa);
        }
        if tuffet_metadata::keyid_of(&object) != *key.keyid() {
            found.insert(Trait::KeyidNotWholeHash);
        }
        let public = object.get("keyval").and_then(Value::as_object).and_then(|keyval| keyval.get("public"));
        let public = public.and_then(Value::as_str).unwrap_or_default();
        if text("keytype").starts_with("ecdsa") && !public.contains("BEGIN") {
            found.insert(Trait::HexPoint);
        }
        if key.public().is_none() {
            found.insert(Trait::UnknownKey);
        }
        if key.public().is_some_and(|public| public.scheme().class() == Class::PostQuantum) {
            found.insert(Trait::PostQuantumKey);
        }
    }
    found
}

/// What the keys of a root have.
pub(crate) fn traits_of_keys(root: &Root) -> BTreeSet<Trait> {
    of_keys(root.keys().values())
}

/// What a new key of `scheme` has, as this crate writes it.
pub(crate) fn trait_of_scheme(scheme: Scheme) -> Option<Trait> {
    match scheme {
        Scheme::EcdsaP256 | Scheme::EcdsaP384 => Some(Trait::KeytypeEcdsa),
        Scheme::MlDsa44 | Scheme::MlDsa65 | Scheme::MlDsa87 => Some(Trait::PostQuantumKey),
        Scheme::Ed25519 | Scheme::RsaPssSha256 | Scheme::RsaPssSha384 | Scheme::RsaPssSha512 => None,
    }
}

fn of_pin(pin: &Pinned) -> BTreeSet<Trait> {
    let mut found = BTreeSet::new();
    if pin.length.is_none() || pin.hashes.is_none() {
        found.insert(Trait::LoosePins);
    }
    if pin.hashes.as_ref().is_some_and(|hashes| hashes.sha256.is_none()) {
        found.insert(Trait::NoSha256);
    }
    found
}
