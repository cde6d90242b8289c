//! What an attacker makes of a rehearsal: the published files with its signatures in the place of the real ones.

use crate::tree::tree;
use crate::world::{AT, PASSPHRASE, WORLD, repository};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use tuffet_ceremony::SignatureFile;
use tuffet_keys::{KeyId, sha256};
use tuffet_metadata::json::{Object, Value, parse};
use tuffet_metadata::{Limits, Proposed, Role, RoleName, Root, Snapshot, Timestamp, write_file};
use tuffet_signers::{KeyUri, Secret};

/// Files by name, as a repository has them.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Which folder of a ceremony's record a signature is taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Ceremony,
    Rehearsal,
}

/// The signatures of one role in ceremony `id`, by keyid.
pub(crate) fn signatures(id: &str, role: &str, from: From) -> BTreeMap<String, Vec<u8>> {
    let folder = if from == From::Ceremony { "signatures" } else { "rehearsal" };
    let folder = WORLD.path().join(format!("w/ceremony/{id}/{folder}/{role}"));
    let files = tree(&folder).into_values();
    let signature = |bytes: Vec<u8>| {
        let file: SignatureFile = serde_json::from_slice(&bytes).unwrap();
        (file.keyid, hex::decode(file.sig).unwrap())
    };
    let found: BTreeMap<_, _> = files.map(signature).collect();
    assert_eq!(found.len(), 3, "{}", folder.display());
    found
}

/// `file` with these signatures: the same `signed`, the same keyids in the same order.
pub(crate) fn signed_by(file: &[u8], given: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let value = parse(file, 32).unwrap();
    let members = value.as_object().unwrap();
    let keyids = members["signatures"].as_array().unwrap();
    let keyids = keyids.iter().map(|entry| entry.as_object().unwrap()["keyid"].as_str().unwrap());
    let entries: Vec<_> = keyids.map(|keyid| (KeyId::new(keyid), given[keyid].clone())).collect();
    assert_eq!(entries.len(), given.len());
    write_file(&members["signed"], &entries)
}

fn online_key() -> Box<dyn tuffet_signers::Key> {
    let uri: KeyUri = format!("file:{}", WORLD.path().join("online.pem").display()).parse().unwrap();
    tuffet_signers::open(&uri, &mut |_: &str| Ok(Secret::new(PASSPHRASE.to_owned()))).unwrap()
}

/// `file` pins `name` by its new bytes, and is signed again by whoever stole the online key.
fn pinned<T: Role>(file: &[u8], name: &str, bytes: &[u8]) -> Vec<u8> {
    let Value::Object(mut members) = parse(file, 32).unwrap() else { panic!() };
    let signed = members.get_mut("signed").unwrap();
    let entry = inner(inner(signed, "meta"), name);
    let Value::Object(entry) = entry else { panic!("{entry:?}") };
    entry.insert("length".to_owned(), (bytes.len() as u64).into());
    let hash: Object = [("sha256".to_owned(), Value::from(sha256(bytes).to_string()))].into();
    entry.insert("hashes".to_owned(), hash.into());
    let proposed = Proposed::<T>::new(signed.clone(), &Limits::default()).unwrap();
    let key = online_key();
    let signature = key.sign(proposed.payload()).unwrap();
    let root = repository().join("2.root.json");
    let root = tuffet_metadata::Unverified::<Root>::new(fs::read(root).unwrap());
    let root = root.verify_pinned(&tuffet_metadata::Profile::Strict, &Limits::default()).unwrap();
    let keyid = root.authority(&RoleName::Timestamp).keyids()[0].clone();
    proposed.assemble(&[(keyid, signature)])
}

fn inner<'a>(value: &'a mut Value, name: &str) -> &'a mut Value {
    let Value::Object(members) = value else { panic!("{value:?}") };
    members.get_mut(name).unwrap()
}

/// What was published, with other targets, and everything above them fitting.
fn with_targets(files: &Files, targets: Vec<u8>) -> Files {
    let mut files = files.clone();
    let snapshot = pinned::<Snapshot>(&files["2.snapshot.json"], "targets.json", &targets);
    let timestamp = pinned::<Timestamp>(&files["timestamp.json"], "snapshot.json", &snapshot);
    files.extend([
        ("2.targets.json".to_owned(), targets),
        ("2.snapshot.json".to_owned(), snapshot),
        ("timestamp.json".to_owned(), timestamp),
    ]);
    files
}

/// Every case by its name: what is real, and what is forged of it.
pub(crate) fn cases() -> BTreeMap<&'static str, Files> {
    let real = tree(&repository());
    let with = |name: &str, bytes: Vec<u8>| {
        let mut files = real.clone();
        assert!(files.insert(name.to_owned(), bytes).is_some(), "{name}");
        files
    };
    let built = |id: &str, role: &str, name: &str, from| signed_by(&real[name], &signatures(id, role, from));
    let half = |id: &str, role: &str, name: &str| {
        let mut given = signatures(id, role, From::Rehearsal);
        let (keyid, one) = signatures(id, role, From::Ceremony).pop_first().unwrap();
        given.insert(keyid, one);
        signed_by(&real[name], &given)
    };
    let targets = |bytes| with_targets(&real, bytes);
    [
        ("real", real.clone()),
        ("real-first-root", with("1.root.json", built("c", "root", "1.root.json", From::Ceremony))),
        ("real-root", with("2.root.json", built("d", "root", "2.root.json", From::Ceremony))),
        ("real-targets", targets(built("d", "targets", "2.targets.json", From::Ceremony))),
        ("rehearsed-first-root", with("1.root.json", built("c", "root", "1.root.json", From::Rehearsal))),
        ("rehearsed-root", with("2.root.json", built("d", "root", "2.root.json", From::Rehearsal))),
        ("rehearsed-targets", targets(built("d", "targets", "2.targets.json", From::Rehearsal))),
        ("one-real-of-two-root", with("2.root.json", half("d", "root", "2.root.json"))),
        ("one-real-of-two-targets", targets(half("d", "targets", "2.targets.json"))),
    ]
    .into()
}

/// The cases on disk, as the clients' drivers read them.
pub(crate) fn corpus(cases: &BTreeMap<&'static str, Files>) -> TempDir {
    let corpus = tempfile::tempdir().unwrap();
    let write = |path: &Path, bytes: &[u8]| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for (name, files) in cases {
        let folder = corpus.path().join(name);
        for (file, bytes) in files {
            let part = if file.starts_with("targets/") { "0" } else { "0/metadata" };
            write(&folder.join(part).join(file), bytes);
        }
        let case = json!({"states": [{"now": AT, "expected": {"targets": {}}}]});
        write(&folder.join("case.json"), case.to_string().as_bytes());
    }
    corpus
}
