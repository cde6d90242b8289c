//! Repositories that this project writes, python-tuf, tough and tuf-js write, read by five clients: ours, python-tuf,
//! tuf-js, tough and sigstore-tuf. Whoever does not read one is in table.toml with the reason; whoever reads one it is
//! listed for fails too.

#[path = "../../crates/repository/examples/repository.rs"]
#[allow(dead_code, clippy::unwrap_used, clippy::expect_used, unreachable_pub, missing_docs, reason = "the example")]
mod example;
#[path = "../../crates/ceremony/tests/rules/people.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod people;
#[path = "../../crates/repository/tests/rules/site.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod site;
#[path = "../support/tree.rs"]
mod tree;
#[path = "../../crates/repository/tests/scale/world.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod world;

mod clients;
mod ours;
mod theirs;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// What a client answered, as the scripts print it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Answer {
    refused: Option<String>,
    targets: BTreeMap<String, Fate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    Content(String),
    Refused(String),
}

/// Target paths and their content.
pub(crate) type Wanted = BTreeMap<String, String>;

/// Every repository, `NAME/0/{metadata,targets}` with `NAME/case.json`, written once a run; what is to be read of each.
static CORPUS: LazyLock<(PathBuf, BTreeMap<String, Wanted>)> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    ours::write(&folder);
    theirs::write(&folder);
    let mut wanted = BTreeMap::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let targets = entry.path().join("wanted.json");
        let targets: Wanted = serde_json::from_slice(&fs::read(targets).unwrap()).unwrap();
        let expected: BTreeMap<&String, Fate> =
            targets.iter().map(|(path, content)| (path, Fate::Content(content.clone()))).collect();
        let state = serde_json::json!({ "now": NOW, "expected": { "refused": null, "targets": expected } });
        let case = serde_json::json!({ "states": [state] });
        fs::write(entry.path().join("case.json"), case.to_string()).unwrap();
        wanted.insert(entry.file_name().into_string().unwrap(), targets);
    }
    (folder, wanted)
});

/// The reference time of every client that takes one.
pub(crate) const NOW: &str = "2026-12-01T00:00:00Z";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    exception: Vec<Exception>,
}

/// Repositories that a client does not read whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    client: String,
    repositories: Vec<String>,
    found: String,
    why: String,
}

/// Files of a repository: `metadata/NAME`, `targets/NAME`.
pub(crate) fn put(corpus: &Path, name: &str, files: BTreeMap<String, Vec<u8>>, wanted: &Wanted) {
    let folder = corpus.join(name);
    for part in ["metadata", "targets"] {
        fs::create_dir_all(folder.join("0").join(part)).unwrap();
    }
    for (file, bytes) in files {
        let place = if file.starts_with("targets/") { file } else { format!("metadata/{file}") };
        let place = folder.join("0").join(place);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, bytes).unwrap();
    }
    fs::write(folder.join("wanted.json"), serde_json::to_vec(wanted).unwrap()).unwrap();
}

/// Whether the answer is what the words of table.toml say.
fn is(answer: &Answer, wanted: &Wanted, words: &str) -> bool {
    if answer.refused.is_some() {
        return words == "refused";
    }
    let missing = |path: &&String| answer.targets[*path] != Fate::Content(wanted[*path].clone());
    let missing: Vec<&String> = wanted.keys().filter(missing).collect();
    match words {
        "read" => missing.is_empty(),
        "without nested paths" => missing == wanted.keys().filter(|path| path.contains('/')).collect::<Vec<_>>(),
        "without any" => missing.len() == wanted.len(),
        _ => false,
    }
}

fn compare(client: &str, answers: &BTreeMap<String, Answer>) {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop/table.toml");
    let table: Table = toml::from_str(&fs::read_to_string(table).unwrap()).unwrap();
    let mut listed: BTreeMap<&str, &str> = BTreeMap::new();
    for exception in table.exception.iter().filter(|exception| exception.client == client) {
        assert!(!exception.why.is_empty());
        for name in &exception.repositories {
            assert!(listed.insert(name, &exception.found).is_none(), "{client}, {name}: twice");
        }
    }
    let mut wrong = Vec::new();
    for (name, wanted) in &CORPUS.1 {
        let (answer, expected) = (&answers[name], listed.remove(&**name).unwrap_or("read"));
        if !is(answer, wanted, expected) {
            wrong.push(format!("{client}, {name}: expected {expected}, found {answer:?}"));
        }
    }
    // What python-tuf or tuf-js would have written is not there without them.
    let written = |name: &&&str| CORPUS.1.keys().any(|other| other.split('-').next() == name.split('-').next());
    wrong.extend(listed.keys().filter(written).map(|name| format!("{client}, {name}: listed, and there is none")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ours_reads_every_repository() {
    compare("tuffet", &clients::tuffet(&CORPUS.0));
}

#[test]
fn tough_reads_what_the_table_says() {
    compare("tough", &clients::tough(&CORPUS.0));
}

#[test]
fn sigstore_tuf_reads_what_the_table_says() {
    compare("sigstore-tuf", &clients::sigstore_tuf(&CORPUS.0));
}

#[test]
fn python_tuf_reads_what_the_table_says() {
    if let Some(answers) = clients::python_tuf(&CORPUS.0) {
        compare("python-tuf", &answers);
    }
}

#[test]
fn tuf_js_reads_what_the_table_says() {
    if let Some(answers) = clients::tuf_js(&CORPUS.0) {
        compare("tuf-js", &answers);
    }
}

#[test]
fn the_example_is_under_40_lines() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/repository.rs");
    assert!(fs::read_to_string(example).unwrap().lines().count() < 40);
}
