//! What a copy has beyond what is listed now, and taking it away.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The files of a repository that the copy in `dir` has and `needed` does not: versions that were superseded, and target
/// files that nobody lists. Roots stay for ever, and what is no repository's file is not ours to judge.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn superfluous(dir: &Path, needed: &BTreeSet<String>) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry?;
        let below = entry.path().strip_prefix(dir).ok().and_then(Path::to_str);
        let Some(name) = below.filter(|_| !entry.file_type().is_dir()) else { continue };
        if is_of_a_repository(name) && !needed.contains(name) {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}

/// Removes what is superfluous; its names. To be called after the timestamp is in place, and not before: until then clients
/// ask for what it lists.
///
/// # Errors
/// A file cannot be removed; those before it are gone.
pub fn prune(dir: &Path, needed: &BTreeSet<String>) -> std::io::Result<Vec<String>> {
    let names = superfluous(dir, needed)?;
    for name in &names {
        fs::remove_file(dir.join(name))?;
    }
    Ok(names)
}

/// `N.ROLE.json` but a root, at the top, or `HASH.NAME` under `targets/`.
fn is_of_a_repository(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let hex = |text: &str| matches!(text.len(), 64 | 128) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let file = name.rsplit('/').next().unwrap_or(name);
    let Some((before, after)) = file.split_once('.') else { return false };
    match name.strip_prefix("targets/") {
        Some(_) => hex(before),
        None => !name.contains('/') && digits(before) && after.ends_with(".json") && after != "root.json",
    }
}
