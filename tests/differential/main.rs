//! One corpus of repositories, three clients: ours, tough and python-tuf. Ours must answer as the rule says; where
//! another answers differently, differences.toml says why, and fails when that is no longer so.

#[path = "../../crates/client/tests/simulator/mod.rs"]
#[allow(dead_code, reason = "the client's own tests use all of it")]
mod simulator;

mod case;
mod clients;
mod corpus;
mod forge;
mod signer;

use case::{Answer, Case, summary};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The cases, and the directory where they lie, written once a run.
static CORPUS: LazyLock<(Vec<Case>, PathBuf)> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    let cases = corpus::all();
    cases.iter().for_each(|case| case.write(&folder));
    (cases, folder)
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Differences {
    difference: Vec<Difference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// Cases for which the reason is the same.
    cases: Vec<String>,
    client: String,
    /// The answer in the words of [`summary`].
    theirs: String,
    why: String,
}

#[test]
fn every_case_is_answered_as_its_rule_says() {
    let (cases, folder) = &*CORPUS;
    let mut wrong = Vec::new();
    for case in cases {
        let found = clients::tuffet(folder, case);
        let expected: Vec<&Answer> = case.states.iter().map(|state| &state.expected).collect();
        if found.iter().collect::<Vec<_>>() != expected {
            wrong.push(format!("{}: expected {expected:?}, found {found:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_is_named_by_its_rule() {
    let (cases, _) = &*CORPUS;
    let rules = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/rules.toml")).unwrap();
    let rules: toml::Table = rules.parse().unwrap();
    let mut names = BTreeSet::new();
    for case in cases {
        let id = case.name.split('-').next().unwrap().to_uppercase();
        assert!(rules.contains_key(&id), "{}: no rule {id}", case.name);
        assert!(names.insert(&case.name), "{} twice", case.name);
    }
    assert!(cases.len() >= 60, "{} cases", cases.len());
}

#[test]
fn tough_differs_as_listed_and_nowhere_else() {
    let (cases, folder) = &*CORPUS;
    compare("tough", &cases.iter().map(|case| (case.name.clone(), clients::tough(folder, case))).collect());
}

#[test]
#[expect(clippy::print_stderr, reason = "what was skipped is said")]
fn python_tuf_differs_as_listed_and_nowhere_else() {
    let (_, folder) = &*CORPUS;
    let Some(python) = clients::python() else {
        assert!(std::env::var_os("CI").is_none(), "python-tuf {} is missing: run scripts/test", clients::PYTHON_TUF);
        eprintln!("skipped: needs python-tuf {}", clients::PYTHON_TUF);
        return;
    };
    compare("python-tuf", &clients::python_tuf(python, folder));
}

/// Fails for each answer that is neither ours nor listed, and for each listed that is not given.
fn compare(client: &str, theirs: &BTreeMap<String, Vec<Answer>>) {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/differential/differences.toml");
    let list: Differences = toml::from_str(&fs::read_to_string(list).unwrap()).unwrap();
    let mut listed = BTreeMap::new();
    for difference in list.difference.iter().filter(|difference| difference.client == client) {
        assert!(!difference.why.is_empty(), "{:?}: no reason", difference.cases);
        for case in &difference.cases {
            assert!(listed.insert(&**case, &*difference.theirs).is_none(), "{case}: listed twice for {client}");
        }
    }
    let mut wrong = Vec::new();
    for case in &CORPUS.0 {
        let answers = &theirs[&case.name];
        let ours: Vec<Answer> = case.states.iter().map(|state| state.expected.clone()).collect();
        let (found, expected) = (summary(answers), listed.remove(&*case.name).map(str::to_owned));
        match expected {
            // What depends on the clock of this machine is not asked of a client that takes no other.
            Some(text) if text == "skipped" => {}
            None if found != summary(&ours) => {
                wrong.push(format!("{}: {}; {client}: {found}: {answers:?}", case.name, summary(&ours)));
            }
            Some(text) if text != found => wrong.push(format!("{}: listed as {text}, found {found}", case.name)),
            Some(text) if text == summary(&ours) => wrong.push(format!("{}: listed, and no difference", case.name)),
            _ => {}
        }
        for (ours, theirs) in ours.iter().zip(answers) {
            for (path, fate) in &theirs.targets {
                if matches!(fate, case::Fate::Content(_)) && matches!(ours.targets[path], case::Fate::Content(_)) {
                    assert_eq!(fate, &ours.targets[path], "{}: {client}: {path}", case.name);
                }
            }
        }
    }
    wrong.extend(listed.keys().map(|case| format!("{case}: listed, and there is no such case")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
