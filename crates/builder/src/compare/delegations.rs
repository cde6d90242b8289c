//! Delegations: whom a targets role hands parts of its paths to.

use super::seats::{self, Names};
use super::{Place, Say, inner, keys, members, unknown};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use tuffet_keys::{KeyId, sha256};
use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{DelegatedRole, Delegations, SuccinctRoles};

/// Delegations as read, and the object they were read from.
type Side<'a> = (Option<&'a Delegations>, Option<&'a Object>);

pub(super) fn compare((old, was): Side<'_>, (new, is): Side<'_>, names: &mut Names, say: Say<'_>) {
    let roles = |side: Option<&Delegations>| side.map(|side| side.roles().iter().collect()).unwrap_or_default();
    let (before, after): (Vec<DelegatedRole>, Vec<DelegatedRole>) = (roles(old), roles(new));
    let (old_roles, new_roles) = (by_name(&before), by_name(&after));
    let (old_objects, new_objects) = (objects(was), objects(is));
    for (place, role) in (1usize..).zip(&after) {
        let name = role.name.as_str();
        let label = format!("delegation `{}`", name.escape_debug());
        let old_role = old_roles.get(name);
        let (was, is) = (old_objects.get(name).copied(), new_objects.get(name).copied());
        let mut said = false;
        let mut tell = |line| {
            said = true;
            say(line);
        };
        match old_role {
            None => tell(delegates(role, place, after.len())),
            Some(old_role) => changed(&label, old_role, role, &mut tell),
        }
        if let Some(by) = new.and_then(|new| new.authority(name)) {
            let before = old_role.and(old).and_then(|old| old.authority(name));
            seats::compare(&label, before.as_ref(), &by, names, &mut tell);
        }
        let path = format!("delegations.{}.", name.escape_debug());
        unknown(&Place { path: &path, known: &ROLE }, was, is, &mut tell);
        if !said && was != is {
            // One meaning, other bytes: `terminating` false and absent.
            let mut differs = |path: &str, what| say(format!("{label} is written otherwise: `{path}` {what}"));
            members::members(&Place { path: "", known: &[] }, was, is, &mut differs);
        }
    }
    for role in before.iter().filter(|role| !new_roles.contains_key(role.name.as_str())) {
        say(format!("delegates to `{}` no more, which had {}", role.name.escape_debug(), scope(role)));
    }
    order((&before, &old_roles), (&after, &new_roles), say);
    bins((old, inner(was, SUCCINCT)), (new, inner(is, SUCCINCT)), names, say);
    let used = |side: Option<&Delegations>, roles: &[DelegatedRole]| -> BTreeSet<KeyId> {
        let bins = side.and_then(Delegations::succinct_roles).map(|bins| &bins.keys);
        bins.into_iter().chain(roles.iter().map(|role| &role.keys)).flat_map(|keys| keys.keyids.clone()).collect()
    };
    let (old_used, new_used) = (used(old, &before), used(new, &after));
    let none = BTreeMap::new();
    let table = new.map_or(&none, Delegations::keys);
    keys::objects(old.map(Delegations::keys), table, names, say);
    keys::unused((old.map(Delegations::keys), &old_used), (table, &new_used), names, say);
    if was.is_some() && is.is_some() {
        unknown(&Place { path: "delegations.", known: &["keys", "roles", SUCCINCT] }, was, is, say);
    }
}

fn by_name(roles: &[DelegatedRole]) -> BTreeMap<&str, &DelegatedRole> {
    roles.iter().map(|role| (role.name.as_str(), role)).collect()
}

/// The objects of the listed roles, by name.
fn objects(delegations: Option<&Object>) -> BTreeMap<&str, &Object> {
    let listed = delegations.and_then(|object| object.get("roles")).and_then(Value::as_array).unwrap_or_default();
    listed.iter().filter_map(Value::as_object).filter_map(|role| Some((role.get("name")?.as_str()?, role))).collect()
}

/// The place counts: the first role that matches a path is asked first.
fn delegates(role: &DelegatedRole, place: usize, all: usize) -> String {
    let DelegatedRole { name, keys: _, terminating, paths: _, path_hash_prefixes: _ } = role;
    let word = if *terminating { "terminating" } else { "not terminating" };
    format!("delegates to `{}`, place {place} of {all}, {word}: {}", name.escape_debug(), scope(role))
}

fn changed(label: &str, old: &DelegatedRole, new: &DelegatedRole, say: Say<'_>) {
    let DelegatedRole { name: _, keys: _, terminating, paths, path_hash_prefixes } = new;
    if old.terminating != *terminating {
        let word = if *terminating { "becomes" } else { "is no longer" };
        say(format!("{label} {word} terminating"));
    }
    let texts = |role: &DelegatedRole| role.paths.iter().map(|path| path.as_str().to_owned()).collect::<Vec<_>>();
    if old.paths != *paths {
        list(label, "path", &texts(old), &texts(new), say);
    }
    let texts = |role: &DelegatedRole| {
        role.path_hash_prefixes.iter().map(|prefix| prefix.as_str().to_owned()).collect::<Vec<_>>()
    };
    if old.path_hash_prefixes != *path_hash_prefixes {
        list(label, "path hash prefix", &texts(old), &texts(new), say);
    }
}

fn list(label: &str, word: &str, old: &[String], new: &[String], say: Say<'_>) {
    let lacking = |these: &[String], those: &[String]| -> Vec<String> {
        let those: BTreeSet<&String> = those.iter().collect();
        these.iter().filter(|text| !those.contains(text)).cloned().collect()
    };
    let (added, removed) = (lacking(new, old), lacking(old, new));
    for (verb, texts) in [("adds", &added), ("removes", &removed)] {
        if !texts.is_empty() {
            let plural = match (texts.len(), word) {
                (1, _) => word.to_owned(),
                (_, "path") => "paths".to_owned(),
                _ => format!("{word}es"),
            };
            say(format!("{label} {verb} {plural} {}", several(texts)));
        }
    }
    if added.is_empty() && removed.is_empty() {
        say(format!("{label} lists each {word} otherwise: now {}", several(new)));
    }
}

/// What a role may say something about.
fn scope(role: &DelegatedRole) -> String {
    let paths: Vec<&str> = role.paths.iter().map(tuffet_metadata::PathPattern::as_str).collect();
    let prefixes: Vec<&str> = role.path_hash_prefixes.iter().map(tuffet_metadata::HashPrefix::as_str).collect();
    match (paths.is_empty(), prefixes.is_empty()) {
        (true, true) => "no path".to_owned(),
        (false, true) => format!("paths {}", several(&paths)),
        (true, false) => format!("path hash prefixes {}", several(&prefixes)),
        (false, false) => format!("paths {} and path hash prefixes {}", several(&paths), several(&prefixes)),
    }
}

/// Texts in a row; of very many the first, and a digest over all.
fn several(texts: &[impl Display]) -> String {
    let shown = |text: &'_ dyn Display| format!("`{}`", text.to_string().escape_debug());
    let take = if texts.len() > MANY { 4 } else { texts.len() };
    let row = texts.iter().take(take).map(|text| shown(text)).collect::<Vec<_>>().join(", ");
    if take == texts.len() {
        return row;
    }
    let all: String = texts.iter().map(|text| format!("{text}\n")).collect();
    let more = texts.len().saturating_sub(take);
    format!("{row} and {more} more (SHA-256 of all, one a line: {})", sha256(all.as_bytes()))
}

type Listed<'a> = (&'a [DelegatedRole], &'a BTreeMap<&'a str, &'a DelegatedRole>);

fn order((before, old): Listed<'_>, (after, new): Listed<'_>, say: Say<'_>) {
    let stay = |roles: &[DelegatedRole], others: &BTreeMap<&str, &DelegatedRole>| -> Vec<String> {
        roles.iter().map(|role| role.name.clone()).filter(|name| others.contains_key(name.as_str())).collect()
    };
    let (was, is) = (stay(before, new), stay(after, old));
    if was != is {
        say(format!("searches the delegations that stay in another order: {}", several(&is)));
    }
}

/// The bins of TAP 15, which share their keys.
fn bins((old, was): Side<'_>, (new, is): Side<'_>, names: &mut Names, say: Say<'_>) {
    let succinct = |side: Option<&'_ Delegations>| side.and_then(Delegations::succinct_roles).cloned();
    let (before, after) = (succinct(old), succinct(new));
    let words = |bins: &SuccinctRoles| format!("{} bins `{}-…`", bins.bins(), bins.name_prefix().escape_debug());
    match (&before, &after) {
        (None, Some(bins)) => say(format!("delegates to {}", words(bins))),
        (Some(bins), None) => say(format!("delegates to {} no more", words(bins))),
        (Some(was), Some(is)) if words(was) != words(is) => {
            say(format!("changes the bins: {} -> {}", words(was), words(is)));
        }
        _ => {}
    }
    let Some(after) = after else { return };
    // All bins share their keys: the first speaks for them.
    let first = |side: Option<&'_ Delegations>, bins: Option<&SuccinctRoles>| side.and(bins).map(|bins| bins.bin(0));
    let (old_bin, new_bin) = (first(old, before.as_ref()), first(new, Some(&after)));
    let before = old.zip(old_bin).and_then(|(old, bin)| old.authority(&bin));
    if let Some(by) = new.zip(new_bin).and_then(|(new, bin)| new.authority(&bin)) {
        seats::compare("bins", before.as_ref(), &by, names, say);
    }
    let known = ["bit_length", "keyids", "name_prefix", "threshold"];
    unknown(&Place { path: "delegations.succinct_roles.", known: &known }, was, is, say);
}

const ROLE: [&str; 6] = ["keyids", "name", "path_hash_prefixes", "paths", "terminating", "threshold"];
const SUCCINCT: &str = "succinct_roles";
/// More texts than a person compares one by one.
const MANY: usize = 20;
