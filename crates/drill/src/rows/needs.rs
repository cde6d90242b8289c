//! Whether a row makes sense on this repository, and whose keys it takes.

use super::stage::Stage;
use super::table::Entry;
use std::collections::BTreeSet;
use tuffet_keys::Fingerprint;
use tuffet_metadata::{Authority, Pinned, RoleName};

impl Stage {
    /// Why a row cannot be played here; `None` where it can.
    pub(super) fn lacks(&self, need: &str) -> Option<String> {
        let twin = &self.now;
        let root = twin.root();
        let several = |role: &RoleName| root.authority(role).threshold() > 1;
        let pins = |pin: Option<Pinned>| pin.is_some_and(|pin| pin.hashes.is_some());
        let listed = |role: &RoleName| twin.snapshot().meta().get(&role.file_name());
        let alone = || {
            let keys = first_keys(&root.authority(&RoleName::Snapshot), 0);
            !root.authority(&RoleName::Timestamp).is_met_by(&keys)
        };
        let shared = || {
            let keys = root.authority(&RoleName::Snapshot).fingerprints();
            root.authority(&RoleName::Timestamp).is_met_by(&keys)
        };
        let delegated = self.delegated.as_ref();
        let (holds, why) = match need {
            "apart" => (alone(), "the key of snapshot signs timestamp, too: T13 to T17"),
            "shared online" => (shared(), "snapshot and timestamp have each its own key"),
            "pins snapshot" => (pins(Some(twin.timestamp().snapshot.clone())), "timestamp pins a version alone: T12b"),
            "loose snapshot" => (!pins(Some(twin.timestamp().snapshot.clone())), "timestamp pins a hash: T12a"),
            "pins targets" => (pins(listed(&RoleName::Targets)), "snapshot pins a version alone: T18b"),
            "loose targets" => (!pins(listed(&RoleName::Targets)), "snapshot pins a hash: T18a"),
            "pins delegated" => {
                (delegated.is_some_and(|d| pins(listed(&d.role))), "snapshot pins no hash of a delegated role")
            }
            "loose delegated" => {
                (delegated.is_some_and(|d| !pins(listed(&d.role))), "snapshot pins hashes of delegated roles")
            }
            "delegated" => (delegated.is_some(), "there is no delegated role"),
            "delegated path" => (
                delegated.is_some_and(|d| d.inside.is_some() && d.outside.is_some()),
                "there is no delegated role with some paths and not all",
            ),
            "several roots" => (twin.roots().len() > 1, "there is one root"),
            "several root keys" => (several(&RoleName::Root), "one key is root: T25"),
            "several targets keys" => (several(&RoleName::Targets), "one key is targets: T21"),
            other => return Some(format!("not understood: {other}")),
        };
        (!holds).then(|| why.to_owned())
    }

    /// The keys a row steals, and the words for them.
    pub(super) fn stolen(&self, entry: &Entry) -> (BTreeSet<Fingerprint>, String) {
        let mut held = BTreeSet::new();
        let mut taken: Vec<(Vec<String>, BTreeSet<Fingerprint>, usize)> = Vec::new();
        let mut named: Vec<RoleName> = Vec::new();
        for spec in &entry.stolen {
            let oldest = self.now.roots().first().unwrap_or(self.now.root());
            let name = spec.split(' ').next().unwrap_or_default();
            let less = u64::from(spec.ends_with(" less"));
            let (role, authorities, whose) = match (name, &self.delegated) {
                ("oldest", _) => {
                    let whose = format!("root {}", oldest.common.version);
                    (None, vec![oldest.authority(&RoleName::Root)], whose)
                }
                ("delegated", Some(delegated)) => {
                    (None, self.now.authorities(&delegated.role), delegated.role.to_string())
                }
                (name, _) => {
                    let role = RoleName::named(name);
                    (Some(role.clone()), vec![self.now.root().authority(&role)], name.to_owned())
                }
            };
            for authority in &authorities {
                let mut keys = first_keys(authority, less);
                let of = authority.fingerprints().len();
                if name == "oldest" {
                    // Those who have left first: what the others can do is a row of its own.
                    let newest = self.now.keys_of(&RoleName::Root);
                    let mut all: Vec<Fingerprint> = authority.fingerprints().into_iter().collect();
                    all.sort_by_key(|key| newest.contains(key));
                    keys = all.into_iter().take(keys.len()).collect();
                }
                held.extend(keys.iter().copied());
                // One key for two roles is stolen once.
                match taken.iter_mut().find(|(_, known, all)| *known == keys && *all == of) {
                    Some((whoses, ..)) => whoses.push(possessive(&whose)),
                    None => taken.push((vec![possessive(&whose)], keys, of)),
                }
            }
            named.extend(role);
        }
        let words: Vec<String> = taken
            .iter()
            .map(|(whose, keys, of)| match (keys.len(), of) {
                (1, 1) => format!("{} key", whose.join(" and ")),
                (number, of) => format!("{number} of {} {of} keys", whose.join(" and ")),
            })
            .collect();
        let root = self.now.root();
        let also: Vec<&str> = RoleName::TOP_LEVEL
            .iter()
            .filter(|role| !named.contains(role) && root.authority(role).is_met_by(&held))
            .map(RoleName::as_str)
            .collect();
        let words = if words.is_empty() { "nothing".to_owned() } else { words.join(" and ") };
        let also = if also.is_empty() { String::new() } else { format!(", and so {}", also.join(" and ")) };
        (held, words + &also)
    }
}

fn possessive(name: &str) -> String {
    if name.ends_with('s') { format!("{name}'") } else { format!("{name}'s") }
}

/// As many keys as the threshold, or so many fewer.
fn first_keys(authority: &Authority<'_>, less: u64) -> BTreeSet<Fingerprint> {
    let number = usize::try_from(authority.threshold().saturating_sub(less)).unwrap_or(usize::MAX);
    authority.fingerprints().into_iter().take(number).collect()
}
