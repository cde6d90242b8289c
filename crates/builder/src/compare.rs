//! What a signature would change, in words, against the last verified state (ceremony.md K2).

use crate::{Draft, State};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
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
            (authority.keyids.iter().collect(), authority.threshold)
        });
        let authority = new.authority(&role);
        let listed = authority.keyids.len();
        match before {
            Some((_, threshold)) if threshold == authority.threshold => {}
            Some((_, threshold)) => {
                say(format!("{role}: threshold {threshold} -> {} of {listed}", authority.threshold));
            }
            None => say(format!("{role}: threshold {} of {listed}", authority.threshold)),
        }
        let empty = BTreeSet::new();
        let before = before.as_ref().map_or(&empty, |(keyids, _)| keyids);
        for keyid in authority.keyids.iter().filter(|keyid| !before.contains(keyid)) {
            say(format!("{role}: adds {}", new.keys().get(keyid).map_or_else(|| keyid.to_string(), name)));
        }
        for keyid in before.iter().filter(|keyid| !authority.keyids.contains(keyid)) {
            let gone = old.and_then(|root| root.keys().get(keyid));
            say(format!("{role}: removes {}", gone.map_or_else(|| keyid.to_string(), name)));
        }
    }
    let consistent = old.map(|root| root.consistent_snapshot);
    if consistent.is_some_and(|was| was != new.consistent_snapshot) {
        say(format!("consistent_snapshot becomes {}", new.consistent_snapshot));
    }
    other_members(old.map(Root::value), new.value(), &["keys", "roles", "consistent_snapshot"], say);
}

fn compare_targets(old: Option<&Targets>, new: &Proposed<Targets>, say: &mut impl FnMut(String)) {
    version(old.map(|t| &t.common), &new.common, say);
    let none = BTreeMap::new();
    let before = old.map_or(&none, Targets::targets);
    let digest = |file: &TargetFile| file.hashes.prefixes().next().unwrap_or_default();
    for (path, file) in new.targets() {
        let length = file.length.map_or_else(|| "unknown length".to_owned(), |length| format!("{length} bytes"));
        match before.get(path) {
            None => say(format!("adds `{}`, {length}, sha256 {}", path.escape_debug(), digest(file))),
            Some(was) if was == file => {}
            Some(was) if was.hashes == file.hashes && was.length == file.length => {
                say(format!("changes the custom data of `{}`", path.escape_debug()));
            }
            Some(was) => {
                let path = path.escape_debug();
                say(format!("replaces `{path}`, {length}, sha256 {} -> {}", digest(was), digest(file)));
            }
        }
    }
    for path in before.keys().filter(|path| !new.targets().contains_key(*path)) {
        say(format!("removes `{}`", path.escape_debug()));
    }
    other_members(old.map(Targets::value), new.value(), &["targets"], say);
}

fn version(old: Option<&tuffet_metadata::Common>, new: &tuffet_metadata::Common, say: &mut impl FnMut(String)) {
    match old {
        Some(old) => {
            say(format!("version {} -> {}, expires {} -> {}", old.version, new.version, old.expires, new.expires))
        }
        None => say(format!("version {} (the first), expires {}", new.version, new.expires)),
    }
}

/// Members with no words of their own: unknown ones, delegations, spec_version.
fn other_members(old: Option<&Object>, new: &Value, known: &[&str], say: &mut impl FnMut(String)) {
    let empty = Object::new();
    let (old, new) = (old.unwrap_or(&empty), new.as_object().unwrap_or(&empty));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        if known.contains(&name.as_str()) || matches!(name.as_str(), "_type" | "version" | "expires") {
            continue;
        }
        match (old.get(name), new.get(name)) {
            (None, Some(value)) => say(format!("sets `{}` to {}", name.escape_debug(), value.kind())),
            (Some(_), None) => say(format!("removes `{}`", name.escape_debug())),
            (Some(was), Some(is)) if was != is => {
                say(format!("changes `{}` from {} to {}", name.escape_debug(), was.kind(), is.kind()));
            }
            _ => {}
        }
    }
}

fn name(key: &Key) -> String {
    let whose = match (key.owner(), key.online_uri()) {
        (Some(owner), _) => owner.to_owned(),
        (None, Some(uri)) => format!("the online key {uri}"),
        (None, None) => "a key without an owner".to_owned(),
    };
    match key.public() {
        Some(public) => format!("{whose}: {}, fingerprint {}", public.scheme(), public.fingerprint()),
        None => format!("{whose}: {}, not usable", key.scheme_text()),
    }
}
