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
    let why = |case: &str| refused.iter().find(|(name, _)| *name == case).map(|(_, why)| (*why).to_owned());
    let expected: Answers = client.keys().map(|case| (case.clone(), why(case))).collect();
    assert_eq!(*client, expected);
    for (case, refused) in client {
        assert_eq!(refused.is_none(), case.starts_with("real"), "{case}");
    }
    assert_eq!(client.len(), 9);
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
    answers(
        &clients::tuffet(&place(), AT),
        &[
            (
                "one-real-of-two-root",
                "2.root.json: root v2: 1 of 2 required signatures are valid by the keys of root v1 (TUF 5.3.4)",
            ),
            ("one-real-of-two-targets", "2.targets.json: targets v2: 1 of 2 required signatures are valid (TUF 5.6.3)"),
            ("rehearsed-first-root", "pinned root: root v1: 0 of 2 required signatures are valid (TUF 5.3.4)"),
            (
                "rehearsed-root",
                "2.root.json: root v2: 0 of 2 required signatures are valid by the keys of root v1 (TUF 5.3.4)",
            ),
            ("rehearsed-targets", "2.targets.json: targets v2: 0 of 2 required signatures are valid (TUF 5.6.3)"),
        ],
    );
}

#[test]
fn tough_refuses_what_is_built_of_a_rehearsal() {
    answers(
        &clients::tough(&place()),
        &[
            (
                "one-real-of-two-root",
                "Failed to verify root metadata: Signature threshold of 2 not met for role root (1 valid signatures)",
            ),
            (
                "one-real-of-two-targets",
                "Failed to verify targets metadata: Signature threshold of 2 not met for role targets (1 valid signatures)",
            ),
            (
                "rehearsed-first-root",
                "Failed to verify trusted root metadata: Signature threshold of 2 not met for role root (0 valid signatures)",
            ),
            (
                "rehearsed-root",
                "Failed to verify root metadata: Signature threshold of 2 not met for role root (0 valid signatures)",
            ),
            (
                "rehearsed-targets",
                "Failed to verify targets metadata: Signature threshold of 2 not met for role targets (0 valid signatures)",
            ),
        ],
    );
}

#[test]
fn python_tuf_refuses_what_is_built_of_a_rehearsal() {
    let Some(found) = clients::python_tuf(&place()) else { return };
    answers(
        &found,
        &[
            ("one-real-of-two-root", "UnsignedMetadataError: root was signed by 1/2 keys"),
            ("one-real-of-two-targets", "UnsignedMetadataError: targets was signed by 1/2 keys"),
            ("rehearsed-first-root", "UnsignedMetadataError: root was signed by 0/2 keys"),
            ("rehearsed-root", "UnsignedMetadataError: root was signed by 0/2 keys"),
            ("rehearsed-targets", "UnsignedMetadataError: targets was signed by 0/2 keys"),
        ],
    );
}

#[test]
fn tuf_js_refuses_what_is_built_of_a_rehearsal() {
    let Some(found) = clients::tuf_js(&place()) else { return };
    answers(
        &found,
        &[
            ("one-real-of-two-root", "UnsignedMetadataError: root was signed by 1/2 keys"),
            (
                "one-real-of-two-targets",
                "RuntimeError: Unable to load targets error Error: targets was signed by 1/2 keys",
            ),
            ("rehearsed-first-root", "UnsignedMetadataError: root was signed by 0/2 keys"),
            ("rehearsed-root", "UnsignedMetadataError: root was signed by 0/2 keys"),
            ("rehearsed-targets", "RuntimeError: Unable to load targets error Error: targets was signed by 0/2 keys"),
        ],
    );
}
