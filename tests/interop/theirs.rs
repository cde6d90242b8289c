//! Repositories of theirs: by python-tuf and tuf-js in their own languages, by tough's editor here.

use crate::clients::{node, python, script};
use crate::{Wanted, put};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::fs;
use std::num::NonZeroU64;
use std::path::Path;
use std::process::Command;
use tough::editor::RepositoryEditor;
use tough::editor::signed::PathExists;
use tough::key_source::{KeySource, LocalKeySource};
use tough::schema::{PathPattern, PathSet};
use tuffet_keys::{PublicKey, Scheme};
use tuffet_metadata::json::{Value, object};
use tuffet_metadata::{Key, Limits, Proposed, Root};

pub(crate) fn write(corpus: &Path) {
    if let Some(mut python) = python() {
        run(python.arg(script("interop/write_python_tuf.py")).arg(corpus));
    }
    if let Some(mut node) = node("interop/write_tuf_js.mjs") {
        run(node.arg(corpus));
    }
    tough(corpus);
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// One key signs every role, as tuftool's first steps have it; a delegated role has it too.
fn tough(corpus: &Path) {
    let dir = tempfile::tempdir().unwrap();
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let place = dir.path().join("key");
    fs::write(&place, document.as_ref()).unwrap();
    fs::write(dir.path().join("1.root.json"), root(document.as_ref())).unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    for (name, content) in [("a.txt", "a"), ("b.txt", "b")] {
        fs::write(dir.path().join("in").join(name), content).unwrap();
    }
    let keys = || -> [Box<dyn KeySource>; 1] { [Box::new(LocalKeySource { path: place.clone() })] };
    let (one, expires) = (NonZeroU64::MIN, "2027-06-01T00:00:00Z".parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let out = dir.path().join("out");
    runtime.block_on(async {
        let mut editor = RepositoryEditor::new(dir.path().join("1.root.json")).await.unwrap();
        editor.targets_version(one).unwrap().targets_expires(expires).unwrap();
        editor.snapshot_version(one).snapshot_expires(expires);
        editor.timestamp_version(one).timestamp_expires(expires);
        editor.add_target_path(dir.path().join("in/a.txt")).await.unwrap();
        let paths = PathSet::Paths(vec![PathPattern::new("b*").unwrap()]);
        editor.delegate_role("below", &keys(), paths, true, one, expires, one).await.unwrap();
        editor.sign_targets_editor(&keys()).await.unwrap();
        editor.change_delegated_targets("below").unwrap();
        editor.targets_version(NonZeroU64::new(2).unwrap()).unwrap().targets_expires(expires).unwrap();
        editor.add_target_path(dir.path().join("in/b.txt")).await.unwrap();
        editor.sign_targets_editor(&keys()).await.unwrap();
        let signed = editor.sign(&keys()).await.unwrap();
        signed.write(&out).await.unwrap();
        signed.copy_targets(dir.path().join("in"), out.join("targets"), PathExists::Fail).await.unwrap();
    });
    let wanted = Wanted::from([("a.txt".into(), "a".into()), ("b.txt".into(), "b".into())]);
    put(corpus, "tough-editor", crate::tree::tree(&out), &wanted);
}

/// tough's editor starts from a root; it compares keys member by member, so this one has none of ours.
fn root(document: &[u8]) -> Vec<u8> {
    let pair = Ed25519KeyPair::from_pkcs8(document).unwrap();
    let public = PublicKey::from_raw(Scheme::Ed25519, pair.public_key().as_ref()).unwrap();
    let key = Key::compose(&public, None, None);
    let keyid = key.keyid().as_str();
    let role = || {
        let keyids = Value::Array(vec![keyid.into()]);
        Value::from(object([("keyids", keyids), ("threshold", 1u64.into())]))
    };
    let roles = object([("root", role()), ("snapshot", role()), ("targets", role()), ("timestamp", role())]);
    let signed = object([
        ("_type", "root".into()),
        ("consistent_snapshot", true.into()),
        ("expires", "2027-06-01T00:00:00Z".into()),
        ("keys", object([(keyid, key.object().clone().into())]).into()),
        ("roles", roles.into()),
        ("spec_version", "1.0.34".into()),
        ("version", 1u64.into()),
    ]);
    let proposed = Proposed::<Root>::new(signed.into(), &Limits::default()).unwrap();
    let signature = pair.sign(proposed.payload()).as_ref().to_vec();
    proposed.assemble(&[(key.keyid().clone(), signature)])
}
