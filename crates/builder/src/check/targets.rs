//! Targets as a role lists them: names that are no names somewhere, lengths and hashes that some readers need.

use super::Lint;
use super::keys::list;
use super::table::{
    COLLIDING_NAMES, EMPTY_TARGET, NESTED_TARGET, NO_LENGTH, NO_SHA256, UNPORTABLE_NAME, UNSAFE_TARGET_NAME,
};
use std::collections::BTreeMap;
use tuffet_metadata::Targets;

/// What there is to say of the targets that `wanted` picks by path; one finding a lint, unless each is its own case.
pub(super) fn listed(role: &Targets, wanted: impl Fn(&str) -> bool) -> Vec<(&'static Lint, String)> {
    let (mut no_length, mut empty, mut nested, mut no_sha256) = (vec![], vec![], vec![], vec![]);
    let mut found = Vec::new();
    let mut folded: BTreeMap<String, String> = BTreeMap::new();
    for (path, target) in role.targets().iter() {
        let first = folded.entry(path.to_lowercase()).or_insert_with(|| path.clone().into_owned()).clone();
        if !wanted(&path) {
            continue;
        }
        if first != path {
            let message = format!(
                "expected names that differ in more than case, found `{}` and `{}`",
                first.escape_debug(),
                path.escape_debug()
            );
            found.push((&COLLIDING_NAMES, message));
        }
        if let Some((lint, why)) = no_plain_name(&path) {
            found.push((lint, format!("expected a plain name, found `{}`: {why}", path.escape_debug())));
        } else if path.contains('/') {
            nested.push(path.clone());
        }
        match target.length {
            None => no_length.push(path.clone()),
            Some(0) => empty.push(path.clone()),
            Some(_) => {}
        }
        if target.hashes.sha256.is_none() {
            no_sha256.push(path.clone());
        }
    }
    for (lint, words, paths) in [
        (&NO_SHA256, "expected sha256, found sha512 alone for", no_sha256),
        (&NO_LENGTH, "expected a length, found none for", no_length),
        (&EMPTY_TARGET, "expected content, found none in", empty),
        (&NESTED_TARGET, "expected targets without a folder, found", nested),
    ] {
        if !paths.is_empty() {
            let paths: Vec<&str> = paths.iter().map(AsRef::as_ref).collect();
            found.push((lint, format!("{words} {}", list("target", &paths))));
        }
    }
    found
}

/// Why a path is no file's name on some system, or another one in a URL: one that leads out of its folder, or one that is
/// a name in some places only.
fn no_plain_name(path: &str) -> Option<(&'static Lint, &'static str)> {
    let (unsafe_name, unportable) = (|why| Some((&UNSAFE_TARGET_NAME, why)), |why| Some((&UNPORTABLE_NAME, why)));
    if path.is_empty() || path.starts_with('/') || path.ends_with('/') {
        return unsafe_name("it begins or ends with `/`, or is empty");
    }
    if path.chars().any(char::is_control) {
        return unsafe_name("it holds a control character");
    }
    if path.split(['/', '\\']).any(|part| matches!(part, "" | "." | "..")) {
        return unsafe_name("a part of it is no name");
    }
    if path.contains(['\\', ':', '*', '?', '"', '<', '>', '|']) {
        return unportable("Windows has no such names");
    }
    if path.contains(['%', '#']) {
        return unportable("a URL means something else by `%` and `#`");
    }
    for part in path.split('/') {
        if part.ends_with(['.', ' ']) {
            return unportable("Windows drops a last dot or space");
        }
        let stem = part.split('.').next().unwrap_or_default().to_ascii_uppercase();
        let numbered = stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT"));
        let numbered = numbered && stem.ends_with(|c: char| c.is_ascii_digit());
        if numbered || matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") {
            return unportable("it is a device's name on Windows");
        }
    }
    None
}
