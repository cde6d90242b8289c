//! Targets as a role lists them: names that are no names somewhere, lengths and hashes that some readers need.

use super::Lint;
use super::keys::list;
use super::table::{COLLIDING_NAMES, EMPTY_TARGET, NESTED_TARGET, NO_LENGTH, NO_SHA256, UNSAFE_TARGET_NAME};
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
        if let Some(why) = unsafe_name(&path) {
            found.push((&UNSAFE_TARGET_NAME, format!("expected a plain name, found `{}`: {why}", path.escape_debug())));
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

/// Why a path is no file's name on some system, or another one in a URL.
fn unsafe_name(path: &str) -> Option<&'static str> {
    if path.is_empty() || path.starts_with('/') || path.ends_with('/') {
        return Some("it begins or ends with `/`, or is empty");
    }
    if path.chars().any(char::is_control) {
        return Some("it holds a control character");
    }
    if path.contains(['\\', ':', '*', '?', '"', '<', '>', '|']) {
        return Some("Windows has no such names");
    }
    if path.contains(['%', '#']) {
        return Some("a URL means something else by `%` and `#`");
    }
    for part in path.split('/') {
        if matches!(part, "" | "." | "..") {
            return Some("a part of it is no name");
        }
        if part.ends_with(['.', ' ']) {
            return Some("Windows drops a last dot or space");
        }
        let stem = part.split('.').next().unwrap_or_default().to_ascii_uppercase();
        let numbered = stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT"));
        if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
            || (numbered && stem.ends_with(|c: char| c.is_ascii_digit()))
        {
            return Some("it is a device's name on Windows");
        }
    }
    None
}
