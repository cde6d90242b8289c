//! The files of one draft make one file, in whatever order they are named: the file that was published.

use crate::real::{data, tuffet};
use crate::typed::Random;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tuffet_builder::{Merged, Partial, merge};
use tuffet_keys::KeyId;
use tuffet_metadata::{
    Limits, Profile, RoleName, Root, Tally, Targets, Unverified, Verified, json, partly_signed, write_file,
};

/// The files of this role in a ceremony that sign what `published` has.
fn files(data: &Path, ceremony: &str, role: &str, published: &[u8]) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(data.join("ceremonies").join(ceremony))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().contains(role))
        .filter(|path| payload(&fs::read(path).unwrap()) == payload(published))
        .collect();
    paths.sort();
    paths
}

fn payload(file: &[u8]) -> Vec<u8> {
    partly_signed(&RoleName::Root, file, &Limits::default()).unwrap().0
}

fn root(data: &Path, version: u64) -> Verified<Root> {
    let bytes = fs::read(data.join(format!("prod/metadata/{version}.root.json"))).unwrap();
    Unverified::<Root>::new(bytes).verify_pinned(&Profile::deployed(), &Limits::default()).unwrap()
}

/// Merges in many orders, all of them or parts of them, and gives the file they all make.
fn merged(paths: &[PathBuf], root: Option<&Root>, seed: u64) -> Merged {
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let read = |path: &PathBuf| Partial::read(&fs::read(path).unwrap(), &profile, &limits).unwrap();
    let files: Vec<Partial> = paths.iter().map(read).collect();
    let all = merge(&files, root, &profile, &limits).unwrap();
    let mut random = Random::new(seed);
    for _ in 0..100 {
        let mut shuffled = files.clone();
        random.shuffle(&mut shuffled);
        let other = merge(&shuffled, root, &profile, &limits).unwrap();
        assert_eq!((&other.bytes, &other.dropped), (&all.bytes, &all.dropped));
        // Some of them by one coordinator, the rest with what that one made.
        let (some, rest) = shuffled.split_at(1 + random.below(files.len() as u64) as usize);
        let part = merge(some, root, &profile, &limits).unwrap().file;
        let again = merge(&[&[part], rest].concat(), root, &profile, &limits).unwrap();
        assert_eq!(set(&again.bytes), set(&all.bytes));
    }
    all
}

/// The signatures, without their order and without empty ones.
fn set(file: &[u8]) -> BTreeSet<(KeyId, Vec<u8>)> {
    let (_, signatures) = partly_signed(&RoleName::Root, file, &Limits::default()).unwrap();
    signatures.into_iter().map(|one| (one.keyid, one.bytes.unwrap())).filter(|(_, bytes)| !bytes.is_empty()).collect()
}

fn have(tallies: &[Tally]) -> Vec<usize> {
    tallies.iter().map(Tally::have).collect()
}

/// A root merged from the ceremony's files is the published one: the same payload, the same signatures, and a client
/// takes it after the root before. Gives the merged bytes and the published ones.
fn root_as_published(ceremony: &str, version: u64, number: usize, counts: [usize; 2]) -> Option<(Vec<u8>, Vec<u8>)> {
    let data = data("merging real roots")?;
    let published = fs::read(data.join(format!("prod/metadata/{version}.root.json"))).unwrap();
    let paths = files(&data, ceremony, "_root_", &published);
    assert_eq!(paths.len(), number, "{paths:?}");
    let before = root(&data, version - 1);
    let all = merged(&paths, Some(&before), version);
    assert_eq!(payload(&all.bytes), payload(&published));
    assert_eq!(set(&all.bytes), set(&published));
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let next = Unverified::<Root>::new(all.bytes.clone()).verify_next(&before, &profile, &limits).unwrap();
    assert_eq!(have(next.tallies()), counts);
    Some((all.bytes, published))
}

fn order(file: &[u8]) -> Vec<KeyId> {
    let (_, signatures) = partly_signed(&RoleName::Root, file, &Limits::default()).unwrap();
    let signed = signatures.into_iter().filter(|one| one.bytes.as_ref().is_some_and(|bytes| !bytes.is_empty()));
    signed.map(|one| one.keyid).collect()
}

#[test]
fn k4_the_roots_of_2022_make_the_published_root_5() {
    let Some((merged, published)) = root_as_published("ceremony-2022-10-18", 5, 6, [4, 4]) else { return };
    assert_eq!(order(&merged), order(&published), "the order of the files");
    // Published as another writer laid it out, with tabs and `signed` first.
    assert_ne!(merged, published);
}

#[test]
fn k4_the_roots_of_later_ceremonies_make_the_published_ones() {
    let Some((merged, published)) = root_as_published("branch-v7-root", 7, 5, [4, 4]) else { return };
    assert_eq!(order(&merged), order(&published));
    assert_ne!(merged, published);
    let (merged, published) = root_as_published("tufonci-root-v11", 11, 6, [5, 5]).unwrap();
    assert_eq!(merged, published, "to the byte");
    let (merged, published) = root_as_published("tufonci-root-v12", 12, 4, [3, 3]).unwrap();
    assert_eq!(order(&merged), order(&published));
    assert_ne!(merged, published, "the published one keeps two empty places");
}

#[test]
fn k4_the_roots_of_2021_each_with_one_signature_make_the_published_root_1() {
    let Some(data) = data("merging the first root") else { return };
    let published = fs::read(data.join("prod/metadata/1.root.json")).unwrap();
    let paths = files(&data, "ceremony-2021-06-18", "_root_", &published);
    assert_eq!(paths.len(), 6);
    let all = merged(&paths, None, 1);
    assert_eq!(set(&all.bytes), set(&published));
    let first = Unverified::<Root>::new(all.bytes).verify_pinned(&Profile::deployed(), &Limits::default()).unwrap();
    assert_eq!(have(first.tallies()), [5]);
}

#[test]
fn k4_targets_make_the_published_ones() {
    let Some(data) = data("merging real targets") else { return };
    let cases = [
        ("ceremony-2021-06-18", "epochs/1/first/metadata/targets.json", 1, 6, 5),
        ("ceremony-2022-10-18", "epochs/5/first/metadata/5.targets.json", 5, 6, 4),
        ("branch-v7-targets", "epochs/9/first/metadata/7.targets.json", 7, 5, 4),
    ];
    for (ceremony, place, version, number, signed) in cases {
        let published = fs::read(data.join(place)).unwrap();
        let paths = files(&data, ceremony, "_targets_", &published);
        assert_eq!(paths.len(), number, "{ceremony}: {paths:?}");
        let root = root(&data, version);
        let all = merged(&paths, Some(&root), version);
        assert_eq!(set(&all.bytes), set(&published), "{ceremony}");
        let authority = root.authority(&RoleName::Targets);
        let targets = Unverified::<Targets>::new(all.bytes);
        let targets = targets.verify(&authority, &Profile::deployed(), &Limits::default()).unwrap();
        assert_eq!(have(targets.tallies()), [signed], "{ceremony}");
    }
}

#[test]
fn k4_the_command_writes_what_the_library_makes() {
    let Some(data) = data("the command that merges real roots") else { return };
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("merged/root.json");
    let published = fs::read(data.join("prod/metadata/5.root.json")).unwrap();
    let mut paths = files(&data, "ceremony-2022-10-18", "_root_", &published);
    let before = data.join("prod/metadata/4.root.json");
    let all = merged(&paths, Some(&root(&data, 4)), 0);
    paths.reverse();
    let files: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    let more = ["--root", before.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let said = tuffet(&[&["signatures"], &files[..], &more].concat()).done();
    assert_eq!(fs::read(&out).unwrap(), all.bytes);
    let end = said.stdout.split_once("\nall of them together\n").unwrap().1.replace(out.to_str().unwrap(), "OUT");
    let expected = "  complete: 4 of 3 for the new root
    signed:  ff51e17f, 25a0eb45, 7f7513b2, 2e61cd0c
    missing: f5312f54
  complete: 4 of 3 for root v4
    signed:  2f64fb5e, eaf22372, f5055951, 75e867ab
    missing: f40f3204
  second keyids of one key, counted once a root: 2f64fb5e=ff51e17f,
    eaf22372=25a0eb45, f5055951=7f7513b2, 75e867ab=2e61cd0c

left out: the place of f40f3204, who has not signed
left out: the place of f5312f54, who has not signed
written: OUT, 8 signatures
";
    assert_eq!(end, expected);
}

/// The other signature that the same key could have given: both halves of the curve's order are valid.
fn other(signature: &[u8]) -> Vec<u8> {
    let signature = p256::ecdsa::Signature::from_der(signature).unwrap();
    let (r, s) = (signature.r(), -*signature.s());
    let other = p256::ecdsa::Signature::from_scalars(r.to_bytes(), s.to_bytes()).unwrap();
    other.to_der().as_bytes().to_vec()
}

#[test]
fn f4_of_two_valid_signatures_of_one_key_the_first_by_its_bytes_stays() {
    let Some(data) = data("two signatures of one real key") else { return };
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let bytes = fs::read(data.join("prod/metadata/11.root.json")).unwrap();
    let before = root(&data, 10);
    let file = Partial::read(&bytes, &profile, &limits).unwrap();
    let entries: Vec<(KeyId, Vec<u8>)> =
        file.signatures().iter().map(|one| (one.keyid.clone(), one.bytes.clone().unwrap())).collect();
    let others: Vec<(KeyId, Vec<u8>)> = entries.iter().map(|(keyid, one)| (keyid.clone(), other(one))).collect();
    assert!(entries.iter().zip(&others).all(|(one, other)| one.1 != other.1));
    let signed = json::parse(&bytes, limits.depth).unwrap().as_object().unwrap()["signed"].clone();
    let second = Partial::read(&write_file(&signed, &others), &profile, &limits).unwrap();
    let have = |file: &Partial| {
        let standing = file.standing(Some(&before)).unwrap();
        standing.counts.iter().map(|count| count.tally.have()).collect::<Vec<_>>()
    };
    assert_eq!((have(&file), have(&second)), (vec![5, 5], vec![5, 5]), "both are valid");
    let all = merge(&[file.clone(), second.clone()], Some(&before), &profile, &limits).unwrap();
    let turned = merge(&[second, file], Some(&before), &profile, &limits).unwrap();
    assert_eq!((&turned.bytes, &turned.dropped), (&all.bytes, &all.dropped));
    assert_eq!((have(&all.file), all.dropped.len()), (vec![5, 5], 5));
    let smaller: BTreeSet<_> =
        entries.into_iter().zip(others).map(|((keyid, one), (_, other))| (keyid, one.min(other))).collect();
    assert_eq!(set(&all.bytes), smaller);
}
