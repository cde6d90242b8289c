//! Keys: who holds them, where they lie, under which name they stand.

use super::Lint;
use super::table::{
    HEX_POINT, KEY_CHANGED_UNDER_KEYID, KEYID_NOT_HASH, KEYID_OF_CORE, KEYID_WITHOUT_KEY, KEYTYPE_CHANGED,
    LEGACY_EXPIRES, LEGACY_KEYTYPE, NULL_DELEGATIONS, SHORT_SPEC_VERSION, UNCOMMON_PATTERN, UNUSABLE_KEY,
};
use std::collections::BTreeMap;
use tuffet_keys::{Fingerprint, KeyId, PublicKey, Scheme};
use tuffet_metadata::json::Value;
use tuffet_metadata::{Finding as Deviation, Key, RoleName, Root};

type Keys = BTreeMap<KeyId, Key>;

/// F8: one key under two names would let one person fill two seats.
pub(super) fn two_holders(keys: &Keys) -> Vec<String> {
    let mut holders: BTreeMap<Fingerprint, Vec<&Key>> = BTreeMap::new();
    for key in keys.values() {
        if let Some(public) = key.public() {
            holders.entry(public.fingerprint()).or_default().push(key);
        }
    }
    let shared = holders.into_iter().filter(|(_, keys)| keys.len() > 1);
    shared
        .map(|(fingerprint, keys)| {
            let names: Vec<&str> = keys.iter().map(|key| key.owner().or(key.online_uri()).unwrap_or("?")).collect();
            format!("expected one holder of key {}, found {}", fingerprint.short(), names.join(" and ").escape_debug())
        })
        .collect()
}

/// R1: a key that lies online must not sign what clients ultimately trust.
pub(super) fn online_in_offline_roles(root: &Root) -> Vec<(RoleName, String)> {
    let say = |role: RoleName| {
        let found = online_of(root, &role).into_iter();
        found.map(move |key| (role.clone(), format!("expected an offline key, found the online key {key}")))
    };
    [RoleName::Root, RoleName::Targets].into_iter().flat_map(say).collect()
}

/// The keys of a role that are those of snapshot or timestamp too.
pub(super) fn online_of(root: &Root, role: &RoleName) -> Vec<String> {
    let online = online(root);
    root.authority(role).fingerprints().iter().filter(|key| online.contains(key)).map(Fingerprint::short).collect()
}

/// The keys of snapshot and timestamp.
fn online(root: &Root) -> Vec<Fingerprint> {
    [RoleName::Snapshot, RoleName::Timestamp].iter().flat_map(|role| root.authority(role).fingerprints()).collect()
}

/// A P-384 online key locks some released clients out.
pub(super) fn p384_online(root: &Root) -> Vec<String> {
    let online = online(root);
    let p384 =
        |key: &&Key| key.public().is_some_and(|p| p.scheme() == Scheme::EcdsaP384 && online.contains(&p.fingerprint()));
    let say = |key: &Key| format!("expected P-256 or Ed25519 online, found P-384 in key {}", key.keyid().short());
    root.keys().values().filter(p384).map(say).collect()
}

/// URIs of Google's KMS that its signing library does not take.
pub(super) fn kms_uris(keys: &Keys) -> Vec<String> {
    let mut found = Vec::new();
    for key in keys.values() {
        let Some(uri) = key.online_uri() else { continue };
        let (name, shown) = (key.keyid().short(), uri.escape_debug());
        if uri.starts_with("gcpkms://") {
            found.push(format!("key {name}: expected gcpkms: without slashes, found `{shown}`"));
        } else if uri.starts_with("gcpkms:projects/") && !uri.contains("/cryptoKeyVersions/") {
            found.push(format!("key {name}: expected a URI with /cryptoKeyVersions/N, found `{shown}`"));
        }
    }
    found
}

/// What happened to the keys that stay: an object that changed under its keyid (F7), a key that is written in another
/// way.
pub(super) fn changed(before: &Keys, after: &Keys) -> Vec<(&'static Lint, String)> {
    let mut found = Vec::new();
    for (keyid, key) in after {
        let Some(old) = before.get(keyid).filter(|old| old.object() != key.object()) else { continue };
        let (old, new) = (old.object(), key.object());
        let names: Vec<&str> =
            new.keys().chain(old.keys()).filter(|n| old.get(*n) != new.get(*n)).map(|n| n.as_str()).collect();
        let mut names: Vec<String> = names.iter().map(|name| name.escape_debug().to_string()).collect();
        names.dedup();
        let message = format!("expected key {} as it was, found another {}", keyid.short(), names.join(", "));
        found.push((&KEY_CHANGED_UNDER_KEYID, message));
    }
    let form = |key: &Key| key.object().get("keytype").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut forms: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
    for key in after.values() {
        let Some(fingerprint) = key.public().map(PublicKey::fingerprint) else { continue };
        let same = |old: &&Key| old.public().map(PublicKey::fingerprint) == Some(fingerprint);
        let Some(old) = before.values().find(same).filter(|old| form(old) != form(key)) else { continue };
        forms.entry((form(old), form(key))).or_default().push(key.keyid().short());
    }
    for ((old, new), keys) in forms {
        let message = format!("expected keytype `{old}` as before, found `{new}` in {}", list("key", &keys));
        found.push((&KEYTYPE_CHANGED, message));
    }
    found
}

/// What a file deviates in, as findings: one a lint, naming every key it is about.
pub(super) fn deviations(found: &[Deviation]) -> Vec<(&'static Lint, String)> {
    let mut out = Vec::new();
    let mut grouped: BTreeMap<&str, (&'static Lint, &str, Vec<&str>)> = BTreeMap::new();
    for deviation in found {
        let (lint, words, keyid) = match deviation {
            Deviation::KeyidExcepted { keyid, computed } | Deviation::KeyidMismatch { keyid, computed } => {
                let message =
                    format!("expected keyid {}, the hash of its key, found {}", computed.short(), keyid.short());
                out.push((&KEYID_NOT_HASH, message));
                continue;
            }
            Deviation::KeyidOfCore { keyid } => {
                (&KEYID_OF_CORE, "expected the hash of the whole key as keyid, found that of its core, for", keyid)
            }
            Deviation::HexPoint { keyid } => (&HEX_POINT, "expected PEM, found a hex point in", keyid),
            Deviation::LegacyKeytype { keyid, .. } => {
                (&LEGACY_KEYTYPE, "expected keytype `ecdsa`, found the scheme's name in", keyid)
            }
            Deviation::UnusableKey { keyid, .. } => (&UNUSABLE_KEY, "expected keys that can be used, found", keyid),
            Deviation::KeyidWithoutKey { keyid, .. } => {
                (&KEYID_WITHOUT_KEY, "expected a key for every keyid, found none for", keyid)
            }
            Deviation::LegacyExpires { text } => {
                out.push((&LEGACY_EXPIRES, format!("expected YYYY-MM-DDTHH:MM:SSZ, found `{}`", text.escape_debug())));
                continue;
            }
            Deviation::ShortSpecVersion { text } => {
                out.push((&SHORT_SPEC_VERSION, format!("expected three numbers, found `{}`", text.escape_debug())));
                continue;
            }
            Deviation::NullDelegations => {
                out.push((&NULL_DELEGATIONS, "expected delegations to be an object or absent, found null".into()));
                continue;
            }
            Deviation::UncommonPattern { pattern } => {
                let message = format!("expected `*` and `?` as the only wildcards, found `{}`", pattern.escape_debug());
                out.push((&UNCOMMON_PATTERN, message));
                continue;
            }
            // Counted, and looked up, elsewhere: thresholds, signatures, targets, the snapshot's entries.
            Deviation::ThresholdUnreachable { .. }
            | Deviation::EmptySignature { .. }
            | Deviation::OneKeyTwoKeyids { .. }
            | Deviation::TargetWithoutLength { .. }
            | Deviation::DeadSnapshotEntry { .. } => continue,
        };
        grouped.entry(lint.id).or_insert((lint, words, Vec::new())).2.push(keyid.short());
    }
    for (lint, words, keyids) in grouped.into_values() {
        out.push((lint, format!("{words} {}", list("key", &keyids))));
    }
    out
}

/// `key a`, or `3 keys: a, b, c`.
pub(super) fn list(what: &str, names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| name.escape_debug().to_string()).collect();
    let shown = shown.join(", ");
    match names.len() {
        1 => format!("{what} {shown}"),
        n if n <= SHOWN => format!("{n} {what}s: {shown}"),
        n => format!("{n} {what}s: {shown} and {} more", n.saturating_sub(SHOWN)),
    }
}

/// Names a message lists.
const SHOWN: usize = 12;
