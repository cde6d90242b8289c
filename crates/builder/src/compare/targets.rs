//! Targets: which files are to be trusted.

use super::members::{self, short};
use super::seats::Names;
use super::{Place, Say, delegations, inner, unknown};
use std::borrow::Cow;
use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{TargetFile, Targets};

pub(super) fn compare(old: Option<&Targets>, new: &Targets, names: &mut Names, say: Say<'_>) {
    let (was, is) = (old.map(Targets::value), new.value());
    let (was, is) = (was.as_ref(), Some(&is));
    let (old_files, new_files) = (inner(was, "targets"), inner(is, "targets"));
    for (name, file) in new.targets().iter() {
        let before = old.and_then(|old| old.targets().get(&name));
        target(&name, before.as_ref(), &file, say);
        let (was, is) = (inner(old_files, &name), inner(new_files, &name));
        let path = format!("targets.{}.", name.escape_debug());
        unknown(&Place { path: &path, known: &["length", "hashes", "custom"] }, was, is, say);
        let (was, is) = (inner(was, "hashes"), inner(is, "hashes"));
        let path = format!("{path}hashes.");
        unknown(&Place { path: &path, known: &["sha256", "sha512"] }, was, is, say);
    }
    let gone = |path: &Cow<'_, str>| !new.targets().contains_key(path);
    for path in old.into_iter().flat_map(|old| old.targets().keys()).filter(gone) {
        let file = old.and_then(|old| old.targets().get(&path));
        let file = file.map(|file| format!(", which was {}, {}", length(&file), digests(&file)));
        say(format!("removes `{}`{}", path.escape_debug(), file.unwrap_or_default()));
    }
    delegating(old, new, (was, is), names, say);
    let known = ["_type", "version", "expires", "spec_version", "targets", "delegations"];
    unknown(&Place { path: "", known: &known }, was, is, say);
}

fn delegating(
    old: Option<&Targets>,
    new: &Targets,
    (was, is): (Option<&Object>, Option<&Object>),
    names: &mut Names,
    say: Say<'_>,
) {
    let (before, after) = (old.and_then(|old| old.delegations.as_ref()), new.delegations.as_ref());
    let (was, is) = (was.and_then(|was| was.get("delegations")), is.and_then(|is| is.get("delegations")));
    delegations::compare((before, was.and_then(Value::as_object)), (after, is.and_then(Value::as_object)), names, say);
    // Null and an object with nothing in it delegate nothing either, and are other bytes.
    let nothing = |value: Option<&Value>| value.and_then(Value::as_object).is_none_or(is_empty);
    if was != is && nothing(was) && nothing(is) {
        members::differ("delegations", was, is, &mut |path, what| {
            say(format!("`{path}`, which delegates nothing: {what}"));
        });
    }
}

fn is_empty(delegations: &Object) -> bool {
    let empty = |value: &Value| match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    delegations.values().all(empty)
}

fn target(name: &str, before: Option<&TargetFile>, file: &TargetFile, say: Say<'_>) {
    let TargetFile { length: bytes, hashes, custom } = file;
    let path = name.escape_debug();
    match before {
        None => say(format!("adds `{path}`, {}, {}", length(file), digests(file))),
        Some(was) if was.hashes == *hashes && was.length == *bytes => {}
        Some(was) if was.length == *bytes => {
            say(format!("replaces `{path}`, {} as before, {} -> {}", length(file), digests(was), digests(file)));
        }
        Some(was) => {
            let lengths = format!("{} -> {}", length(was), length(file));
            say(format!("replaces `{path}`, {lengths}, {} -> {}", digests(was), digests(file)));
        }
    }
    match (before.and_then(|was| was.custom.as_ref()), custom) {
        (None, Some(is)) => say(format!("gives `{path}` custom data {}", short(is))),
        (Some(was), None) => say(format!("removes the custom data of `{path}`, which was {}", short(was))),
        (Some(was), Some(is)) => members::differ("", Some(was), Some(is), &mut |place, what| {
            let place = place.trim_start_matches('.');
            let place = if place.is_empty() { String::new() } else { format!("`{place}` ") };
            say(format!("custom data of `{path}`: {place}{what}"));
        }),
        (None, None) => {}
    }
}

fn length(file: &TargetFile) -> String {
    match file.length {
        Some(1) => "1 byte".to_owned(),
        Some(length) => format!("{length} bytes"),
        None => "unknown length".to_owned(),
    }
}

/// The hashes by name, so that a file of SHA-512 alone is not shown as another.
fn digests(file: &TargetFile) -> String {
    let sha256 = file.hashes.sha256.map(|hash| format!("sha256 {hash}"));
    let sha512 = file.hashes.sha512.map(|hash| format!("sha512 {hash}"));
    sha256.into_iter().chain(sha512).collect::<Vec<_>>().join(", ")
}
