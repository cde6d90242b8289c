//! At the end of an entry: clients that pinned the oldest root, the newest root, and the one that held the state before.

use crate::page::Entry;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Follows with each of them, and says what they came to.
pub(crate) fn follow(entry: &Entry, folder: &Path, before: Option<&Path>, now: &str) -> String {
    let Some(workspace) = &entry.workspace else { return "as the entry shows".to_owned() };
    let repository = folder.join(workspace).join("repository");
    let names = std::fs::read_dir(&repository).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut versions: Vec<u64> = names.filter_map(|name| name.strip_suffix(".root.json")?.parse().ok()).collect();
    versions.sort_unstable();
    let (oldest, newest) = (versions[0], versions[versions.len() - 1]);
    let caches = tempfile::tempdir().unwrap();
    let mut came = Vec::new();
    for version in BTreeSet::from([oldest, newest]) {
        let cache = caches.path().join(version.to_string());
        let root = repository.join(format!("{version}.root.json"));
        tuffet(entry, &["client", "init", "--cache"], &[&cache, Path::new("--root"), &root], now);
        came.push((format!("root {version}"), cache));
    }
    let held = before.map(|before| before.join("client")).filter(|cache| cache.exists());
    if let Some(held) = held.filter(|_| workspace == "root-of-trust") {
        let cache = caches.path().join("held");
        assert!(Command::new("cp").arg("-a").arg(held).arg(&cache).status().unwrap().success());
        came.push(("the state before".to_owned(), cache));
    }
    for (from, cache) in &came {
        let arguments = [cache, Path::new("--url"), &repository];
        let said = tuffet(entry, &["--json", "client", "refresh", "--cache"], &arguments, now);
        let root = serde_json::from_str::<serde_json::Value>(&said).unwrap()["roles"][0]["version"].clone();
        assert_eq!(root, newest, "entry {}: the client that started at {from}: {said}", entry.number);
    }
    let from: Vec<&str> = came.iter().map(|(from, _)| from.as_str()).collect();
    format!("root {newest} from {}", from.join(", "))
}

fn tuffet(entry: &Entry, words: &[&str], paths: &[&Path], now: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuffet"));
    let output = command.args(words).args(paths).args(["--at", now]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "entry {}: {words:?} {paths:?}: {err}", entry.number);
    out.into_owned()
}
