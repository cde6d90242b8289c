//! Who may sign a role: keys by person, thresholds.

use super::Say;
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{Fingerprint, KeyId, PublicKey};
use tuffet_metadata::{Authority, Key};

/// Keys as sentences name them: each fingerprint whole the first time, then its beginning.
#[derive(Default)]
pub(super) struct Names(BTreeSet<Fingerprint>);

impl Names {
    /// `Ed25519, fingerprint 1234…`
    pub(super) fn key(&mut self, key: &Key) -> String {
        match key.public() {
            Some(public) => {
                let fingerprint = public.fingerprint();
                let whole = fingerprint.to_string();
                let first = self.0.insert(fingerprint);
                let shown = if first { whole } else { grouped(&whole) };
                format!("{}, fingerprint {shown}", public.scheme())
            }
            None => format!("{}, not usable", key.scheme_text().escape_debug()),
        }
    }

    /// `@alice: Ed25519, fingerprint 1234…`
    pub(super) fn person(&mut self, key: &Key) -> String {
        format!("{}: {}", whose(key), self.key(key))
    }

    fn listed(&mut self, keyid: &KeyId, key: Option<&&Key>) -> String {
        key.map_or_else(|| nameless(keyid), |key| self.person(key))
    }
}

/// The first 16 digits in two groups.
fn grouped(hex: &str) -> String {
    let (first, rest) = hex.split_at_checked(8).unwrap_or((hex, ""));
    format!("{first} {}", rest.get(..8).unwrap_or(rest))
}

/// The person, or what else is known of whose key it is.
pub(super) fn whose(key: &Key) -> String {
    match (key.owner(), key.online_uri()) {
        (Some(owner), _) => owner.escape_debug().to_string(),
        (None, Some(uri)) => format!("the online key {}", uri.escape_debug()),
        (None, None) => "a key without an owner".to_owned(),
    }
}

/// A keyid the file has no key for: any text a stranger chose.
fn nameless(keyid: &KeyId) -> String {
    format!("keyid {}, which has no key", keyid.as_str().escape_debug())
}

/// Says how the keys and the threshold of a role change; `label` begins each sentence.
pub(super) fn compare(label: &str, old: Option<&Authority<'_>>, new: &Authority<'_>, names: &mut Names, say: Say<'_>) {
    match old.map(threshold) {
        None => say(format!("{label}: threshold {}", threshold(new))),
        Some(was) if was != threshold(new) => say(format!("{label}: threshold {was} -> {}", threshold(new))),
        Some(_) => {}
    }
    let before = old.map(Authority::keyids).unwrap_or_default();
    let (old_keys, new_keys) = (old.map(by_keyid).unwrap_or_default(), by_keyid(new));
    let mut gone: Vec<&KeyId> = before.iter().filter(|keyid| !new.keyids().contains(keyid)).collect();
    let came: Vec<&KeyId> = new.keyids().iter().filter(|keyid| !before.contains(keyid)).collect();
    for keyid in came {
        let key = new_keys.get(keyid);
        // One key under another keyid, then another key of the same person: never an addition here and a removal there.
        let found = [same_key as fn(&Key, &Key) -> bool, same_person].into_iter().find_map(|same| {
            let place = gone.iter().position(|gone| match (old_keys.get(gone), key) {
                (Some(old), Some(new)) => same(old, new),
                _ => false,
            })?;
            old_keys.get(gone.remove(place))
        });
        match (found, key) {
            (Some(old), Some(new)) => say(format!("{label}: {}", exchanged(old, new, names))),
            _ => say(format!("{label}: adds {}", names.listed(keyid, key))),
        }
    }
    for keyid in gone {
        say(format!("{label}: removes {}", names.listed(keyid, old_keys.get(keyid))));
    }
    let stay = |keyids: &[KeyId], other: &[KeyId]| -> Vec<KeyId> {
        keyids.iter().filter(|keyid| other.contains(keyid)).cloned().collect()
    };
    if stay(before, new.keyids()) != stay(new.keyids(), before) {
        say(format!("{label}: lists the keys that stay in another order"));
    }
}

fn by_keyid<'a>(authority: &Authority<'a>) -> BTreeMap<KeyId, &'a Key> {
    authority.keys().map(|key| (key.keyid().clone(), key)).collect()
}

/// `3 of 5`: of the distinct usable keys, which is what a threshold can count.
fn threshold(authority: &Authority<'_>) -> String {
    let (keys, listed) = (authority.fingerprints().len(), authority.keyids().len());
    let word = if listed == 1 { "keyid" } else { "keyids" };
    let more = if keys == listed { String::new() } else { format!(" usable keys ({listed} {word})") };
    format!("{} of {keys}{more}", authority.threshold())
}

fn same_key(old: &Key, new: &Key) -> bool {
    old.public().is_some() && old.public().map(PublicKey::fingerprint) == new.public().map(PublicKey::fingerprint)
}

fn same_person(old: &Key, new: &Key) -> bool {
    match (old.owner(), new.owner()) {
        (None, None) => old.online_uri().is_some() && new.online_uri().is_some(),
        (old, new) => old == new,
    }
}

/// One key object for another of the same key or the same person.
fn exchanged(old: &Key, new: &Key, names: &mut Names) -> String {
    let (before, after) = (whose(old), whose(new));
    if same_key(old, new) {
        let key = names.key(new);
        return if before == after {
            let short = |key: &Key| key.keyid().short().escape_debug().to_string();
            format!("{after} keeps the key under another keyid ({} -> {}): {key}", short(old), short(new))
        } else {
            let none = |key: &Key, whose: String| {
                if key.owner().is_none() && key.online_uri().is_none() { "none".to_owned() } else { whose }
            };
            format!("the key stays and its owner changes: {} -> {}: {key}", none(old, before), none(new, after))
        };
    }
    let keys = format!("{} -> {}", names.key(old), names.key(new));
    if before == after {
        format!("{after} changes the key: {keys}")
    } else {
        format!("{before} becomes {after} with another key: {keys}")
    }
}
