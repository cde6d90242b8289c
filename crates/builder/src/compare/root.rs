//! Root: who may sign what.

use super::seats::{self, Names};
use super::{Place, Say, inner, keys, unknown};
use std::collections::BTreeSet;
use tuffet_keys::KeyId;
use tuffet_metadata::{RoleName, Root};

pub(super) fn compare(old: Option<&Root>, new: &Root, names: &mut Names, say: Say<'_>) {
    for role in RoleName::TOP_LEVEL {
        let (before, after) = (old.map(|root| root.authority(&role)), new.authority(&role));
        seats::compare(role.as_str(), before.as_ref(), &after, names, say);
    }
    if old.is_some_and(|old| old.consistent_snapshot != new.consistent_snapshot) {
        say(format!("consistent_snapshot becomes {}", new.consistent_snapshot));
    }
    let used = |root: &Root| -> BTreeSet<KeyId> {
        RoleName::TOP_LEVEL.iter().flat_map(|role| root.authority(role).keyids()).cloned().collect()
    };
    let before = old.map(used).unwrap_or_default();
    keys::objects(old.map(Root::keys), new.keys(), names, say);
    keys::unused((old.map(Root::keys), &before), (new.keys(), &used(new)), names, say);

    let (was, is) = (old.map(Root::value), new.value());
    let (was, is) = (was.as_ref(), Some(&is));
    let stated = |root: Option<&tuffet_metadata::json::Object>| root.map(|root| root.contains_key(SNAPSHOT));
    if stated(was).is_some_and(|was| Some(was) != stated(is))
        && old.map(|o| o.consistent_snapshot) == Some(new.consistent_snapshot)
    {
        let word = if stated(is) == Some(true) { "says" } else { "no longer says" };
        say(format!("{word} consistent_snapshot, {} as before", new.consistent_snapshot));
    }
    let known = ["_type", "version", "expires", "spec_version", "keys", "roles", SNAPSHOT];
    unknown(&Place { path: "", known: &known }, was, is, say);
    let (was, is) = (inner(was, "roles"), inner(is, "roles"));
    let top_level = RoleName::TOP_LEVEL.each_ref().map(RoleName::as_str);
    unknown(&Place { path: "roles.", known: &top_level }, was, is, say);
    for role in top_level {
        let path = format!("roles.{role}.");
        unknown(&Place { path: &path, known: &["keyids", "threshold"] }, inner(was, role), inner(is, role), say);
    }
}

const SNAPSHOT: &str = "consistent_snapshot";
