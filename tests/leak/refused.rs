//! Four clients, each case: the real files trusted, the forged ones refused for their signatures.

use crate::clients::{self, Answers};
use crate::forged::{From, cases, corpus, signatures, signed_by};
use crate::world::{AT, repository};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;
use tempfile::TempDir;

static CORPUS: LazyLock<TempDir> = LazyLock::new(|| corpus(&cases()));

fn place() -> PathBuf {
    CORPUS.path().to_owned()
}

/// `refused` by case; every other case is one of real files, and has to be trusted.
#[track_caller]
fn answers(client: &Answers, refused: &[(&str, &str)]) {
    let expected: BTreeMap<String, Option<String>> = cases()
        .into_keys()
        .map(|case| {
            let why = refused.iter().find(|(name, _)| *name == case).map(|(_, why)| (*why).to_owned());
            assert_eq!(why.is_none(), case.starts_with("real"), "{case}");
            (case.to_owned(), why)
        })
        .collect();
    assert_eq!(*client, expected);
}

#[test]
fn the_forged_files_differ_from_the_published_ones_in_their_signatures_alone() {
    for (id, version) in [("c", 1), ("d", 2)] {
        for role in ["root", "targets"] {
            let file = std::fs::read(repository().join(format!("{version}.{role}.json"))).unwrap();
            let real = signatures(id, role, From::Ceremony);
            assert_eq!(signed_by(&file, &real), file, "built of the real signatures it is the published file");
            let rehearsed = signatures(id, role, From::Rehearsal);
            let keyids = |given: &BTreeMap<String, Vec<u8>>| given.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(keyids(&rehearsed), keyids(&real), "the same people");
            assert!(rehearsed.iter().all(|(keyid, signature)| real[keyid] != *signature));
        }
    }
}

#[test]
fn tuffet_refuses_what_is_built_of_a_rehearsal() {
    answers(&clients::tuffet(&place(), AT), &[]);
}

#[test]
fn tough_refuses_what_is_built_of_a_rehearsal() {
    answers(&clients::tough(&place()), &[]);
}

#[test]
fn python_tuf_refuses_what_is_built_of_a_rehearsal() {
    let Some(found) = clients::python_tuf(&place()) else { return };
    answers(&found, &[]);
}

#[test]
fn tuf_js_refuses_what_is_built_of_a_rehearsal() {
    let Some(found) = clients::tuf_js(&place()) else { return };
    answers(&found, &[]);
}
