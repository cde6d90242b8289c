//! What a signature would change, in words, against the last verified state (ceremony.md K2).

use crate::{Draft, State};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use tuffet_keys::KeyId;
use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{Key, Proposed, RoleName, Root, TargetFile, Targets};

/// One difference between the trusted state and the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The role it is in.
    pub role: RoleName,
    /// What changes, one line.
    pub text: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.role, self.text)
    }
}

/// Every difference, root first. Members this crate has no words for are shown by name, never passed over.
#[must_use]
pub fn compare(state: Option<&State>, draft: &Draft) -> Vec<Difference> {
    let mut lines = Vec::new();
    if let Some(root) = &draft.root {
        compare_root(state.map(|s| &*s.root), root, &mut |text| {
            lines.push(Difference { role: RoleName::Root, text });
        });
    }
    if let Some(targets) = &draft.targets {
        compare_targets(state.map(|s| &*s.targets), targets, &mut |text| {
            lines.push(Difference { role: RoleName::Targets, text });
        });
    }
    lines
}

fn compare_root(old: Option<&Root>, new: &Proposed<Root>, say: &mut impl FnMut(String)) {
    version(old.map(|r| &r.common), &new.common, say);
    for role in RoleName::TOP_LEVEL {
        let before: Option<(BTreeSet<_>, u64)> = old.map(|root| {
            let authority = root.authority(&role);
            (authority.keyids().iter().collect(), authority.threshold())
        });
        let authority = new.authority(&role);
        let listed = authority.keyids().len();
        match before {
            Some((_, threshold)) if threshold == authority.threshold() => {}
            Some((_, threshold)) => {
                say(format!("{role}: threshold {threshold} -> {} of {listed}", authority.threshold()));
            }
            None => say(format!("{role}: threshold {} of {listed}", authority.threshold())),
        }
        let empty = BTreeSet::new();
        let before = before.as_ref().map_or(&empty, |(keyids, _)| keyids);
        for keyid in authority.keyids().iter().filter(|keyid| !before.contains(keyid)) {
            say(format!("{role}: adds {}", new.keys().get(keyid).map_or_else(|| nameless(keyid), name)));
        }
        for keyid in before.iter().filter(|keyid| !authority.keyids().contains(keyid)) {
            let gone = old.and_then(|root| root.keys().get(keyid));
            say(format!("{role}: removes {}", gone.map_or_else(|| nameless(keyid), name)));
        }
    }
    let consistent = old.map(|root| root.consistent_snapshot);
    if consistent.is_some_and(|was| was != new.consistent_snapshot) {
        say(format!("consistent_snapshot becomes {}", new.consistent_snapshot));
    }
    let (was, is) = (old.map(Root::value), new.value().as_object());
    let was = was.as_ref();
    other_members("", was, is, &["keys", "roles", "consistent_snapshot"], say);
    let (was, is) = (was.and_then(|root| inner(root, "roles")), is.and_then(|root| inner(root, "roles")));
    let top_level = RoleName::TOP_LEVEL.map(|role| role.to_string());
    other_members("roles.", was, is, &top_level.each_ref().map(String::as_str), say);
    for role in &top_level {
        let (was, is) = (was.and_then(|roles| inner(roles, role)), is.and_then(|roles| inner(roles, role)));
        other_members(&format!("roles.{role}."), was, is, &["keyids", "threshold"], say);
    }
    unused_keys(old, new, say);
}

/// Keys in no role: nobody can sign with them, and still they are in what is signed.
fn unused_keys(old: Option<&Root>, new: &Root, say: &mut impl FnMut(String)) {
    let unused = |root: &Root| -> BTreeMap<String, String> {
        let used: Vec<&KeyId> = RoleName::TOP_LEVEL.iter().flat_map(|role| root.authority(role).keyids()).collect();
        let keys = root.keys().values().filter(|key| !used.contains(&key.keyid()));
        keys.map(|key| (key.keyid().to_string(), name(key))).collect()
    };
    let (before, after) = (old.map(unused).unwrap_or_default(), unused(new));
    for (_, key) in after.iter().filter(|(keyid, _)| !before.contains_key(*keyid)) {
        say(format!("a key in no role: {key}"));
    }
    for (_, key) in before.iter().filter(|(keyid, _)| !after.contains_key(*keyid)) {
        say(format!("no longer a key in no role: {key}"));
    }
}

fn compare_targets(old: Option<&Targets>, new: &Proposed<Targets>, say: &mut impl FnMut(String)) {
    version(old.map(|t| &t.common), &new.common, say);
    let before = |path: &str| old.and_then(|targets| targets.targets().get(path));
    let value = old.map(Targets::value);
    let was = value.as_ref().and_then(|targets| inner(targets, "targets"));
    let is = new.value().as_object().and_then(|targets| inner(targets, "targets"));
    for (name, file) in new.targets().iter() {
        let (name, before) = (&*name, before(&name));
        let path = name.escape_debug();
        let length = file.length.map_or_else(|| "unknown length".to_owned(), |length| format!("{length} bytes"));
        match &before {
            None => say(format!("adds `{path}`, {length}, {}", digests(&file))),
            Some(was) if was.hashes == file.hashes && was.length == file.length => {}
            Some(was) => say(format!("replaces `{path}`, {length}, {} -> {}", digests(was), digests(&file))),
        }
        let custom = |file: &TargetFile| file.custom.clone();
        match (before.as_ref().and_then(custom), custom(&file)) {
            (None, Some(_)) => say(format!("gives `{path}` custom data")),
            (Some(_), None) => say(format!("removes the custom data of `{path}`")),
            (Some(was), Some(is)) if was != is => say(format!("changes the custom data of `{path}`")),
            _ => {}
        }
        let (was, is) = (was.and_then(|targets| inner(targets, name)), is.and_then(|targets| inner(targets, name)));
        other_members(&format!("targets.{path}."), was, is, &["length", "hashes", "custom"], say);
        let hashes = |entry: Option<&'_ Object>| entry.and_then(|entry| inner(entry, "hashes")).cloned();
        let (was, is) = (hashes(was), hashes(is));
        let place = format!("targets.{path}.hashes.");
        other_members(&place, was.as_ref(), is.as_ref(), &["sha256", "sha512"], say);
    }
    let gone = |path: &Cow<'_, str>| !new.targets().contains_key(path);
    for path in old.into_iter().flat_map(|old| old.targets().keys()).filter(gone) {
        say(format!("removes `{}`", path.escape_debug()));
    }
    other_members("", value.as_ref(), new.value().as_object(), &["targets"], say);
}

/// The hashes by name, so that a file of SHA-512 alone is not shown as another.
fn digests(file: &TargetFile) -> String {
    let sha256 = file.hashes.sha256.map(|hash| format!("sha256 {hash}"));
    let sha512 = file.hashes.sha512.map(|hash| format!("sha512 {hash}"));
    sha256.into_iter().chain(sha512).collect::<Vec<_>>().join(", ")
}

fn inner<'a>(object: &'a Object, name: &str) -> Option<&'a Object> {
    object.get(name).and_then(Value::as_object)
}

fn version(old: Option<&tuffet_metadata::Common>, new: &tuffet_metadata::Common, say: &mut impl FnMut(String)) {
    match old {
        Some(old) => {
            say(format!("version {} -> {}, expires {} -> {}", old.version, new.version, old.expires, new.expires));
        }
        None => say(format!("version {} (the first), expires {}", new.version, new.expires)),
    }
}

/// Members with no words of their own: unknown ones, delegations, spec_version. Objects and arrays are entered, so
/// that each line names the innermost thing that changes.
fn other_members(
    place: &str,
    old: Option<&Object>,
    new: Option<&Object>,
    known: &[&str],
    say: &mut impl FnMut(String),
) {
    let names: BTreeSet<&String> = old.into_iter().chain(new).flat_map(Object::keys).collect();
    for name in names {
        let common = place.is_empty() && matches!(name.as_str(), "_type" | "version" | "expires");
        if !common && !known.contains(&name.as_str()) {
            let (old, new) = (old.and_then(|o| o.get(name)), new.and_then(|n| n.get(name)));
            differ(&format!("{place}{}", name.escape_debug()), old, new, say);
        }
    }
}

fn differ(place: &str, old: Option<&Value>, new: Option<&Value>, say: &mut dyn FnMut(String)) {
    match (old, new) {
        (Some(Value::Object(was)), Some(Value::Object(is))) => {
            other_members(&format!("{place}."), Some(was), Some(is), &[], &mut |text| say(text));
        }
        (Some(Value::Array(was)), Some(Value::Array(is))) => {
            for i in 0..was.len().max(is.len()) {
                differ(&format!("{place}[{i}]"), was.get(i), is.get(i), say);
            }
        }
        (None, Some(value)) => say(format!("sets `{place}` to {}", value.kind())),
        (Some(_), None) => say(format!("removes `{place}`")),
        (Some(was), Some(is)) if was != is => {
            say(format!("changes `{place}` from {} to {}", was.kind(), is.kind()));
        }
        _ => {}
    }
}

/// A keyid the file has no key for: any text a stranger chose.
fn nameless(keyid: &KeyId) -> String {
    format!("keyid {}, which has no key", keyid.as_str().escape_debug())
}

fn name(key: &Key) -> String {
    let whose = match (key.owner(), key.online_uri()) {
        (Some(owner), _) => owner.escape_debug().to_string(),
        (None, Some(uri)) => format!("the online key {}", uri.escape_debug()),
        (None, None) => "a key without an owner".to_owned(),
    };
    match key.public() {
        Some(public) => format!("{whose}: {}, fingerprint {}", public.scheme(), public.fingerprint()),
        None => format!("{whose}: {}, not usable", key.scheme_text().escape_debug()),
    }
}
