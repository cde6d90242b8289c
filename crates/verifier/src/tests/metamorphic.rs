//! Changes to a whole repository that must not change what a client decides of it, and one that must.

use super::repo::*;
use crate::*;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tuffet_metadata::json::{Object, Value, parse, pretty};

/// The files of one refresh: root 2, timestamp, snapshot, targets; root 1 is what the client starts from.
struct Files {
    root: Vec<u8>,
    timestamp: Vec<u8>,
    snapshot: Vec<u8>,
    targets: Vec<u8>,
}

/// What is wrong with the repository, so that refusals are compared as well.
#[derive(Debug, Clone, Copy)]
enum Flaw {
    None,
    Expired,
    UnderSigned,
    RolledBack,
    WrongVersion,
    RootUnderSigned,
}

const FLAWS: [Flaw; 6] =
    [Flaw::None, Flaw::Expired, Flaw::UnderSigned, Flaw::RolledBack, Flaw::WrongVersion, Flaw::RootUnderSigned];

fn flawed(flaw: Flaw) -> (RootFile, Repo) {
    let (next, repo) = (root(2), repo(5));
    match flaw {
        Flaw::None => (next, repo),
        Flaw::Expired => (next, repo.with(|r| r.snapshot.expires = "2020-01-01T00:00:00Z".into())),
        Flaw::UnderSigned => (next, repo.with(|r| r.targets.signers = vec![6])),
        Flaw::RolledBack => (next, repo.with(|r| r.timestamp.version = 1)),
        Flaw::WrongVersion => (next.with(|r| r.version = 3), repo),
        Flaw::RootUnderSigned => (next.with(|r| r.signers = vec![2]), repo),
    }
}

/// Builds the files from the bottom up, each as `change` makes it, so that what lies above pins what was changed.
fn build(root: &RootFile, repo: &Repo, mut change: impl FnMut(usize, Vec<u8>, &[u8]) -> Vec<u8>) -> Files {
    let targets = change(0, repo.targets(), &repo.targets.signers);
    let snapshot = repo.snapshot_over(repo.targets.version, &targets);
    let snapshot = change(1, snapshot, &repo.snapshot.signers);
    let timestamp = repo.timestamp_over(&repo.pin(repo.snapshot.version, &snapshot));
    let timestamp = change(2, timestamp, &repo.timestamp.signers);
    Files { root: change(3, root.bytes(), &root.signers), timestamp, snapshot, targets }
}

/// Of a client that starts from root 1 and remembers version 4: what it then trusts, or why not.
fn decision(files: &Files) -> Result<String, String> {
    let update = start(&root(1)).unwrap();
    let text = |error: UpdateError| error.to_string();
    let update = update.root(Unverified::new(files.root.clone())).map_err(text)?;
    let update = update.final_root(repo(4).memory(&root(1))).map_err(text)?;
    let update = update.timestamp(Unverified::new(files.timestamp.clone())).map_err(text)?;
    let update = update.snapshot(Unverified::new(files.snapshot.clone())).map_err(text)?;
    let trusted = update.targets(Unverified::new(files.targets.clone())).map_err(text)?;
    let targets: Vec<_> = ["a", "dir/b", "c"].map(|path| trusted.target(path).map(|t| t.file.length)).into();
    Ok(format!("targets v{}: {targets:?}", trusted.targets.common.version))
}

fn members(file: &[u8]) -> Object {
    parse(file, 32).unwrap().as_object().unwrap().clone()
}

/// Visits the objects whose members are fields and not names, counted by `seen`: an unknown one may be added there. Key
/// objects are left out, as their keyid is a hash of all of them.
fn visit(value: &mut Value, name: &str, seen: &mut usize, act: &mut impl FnMut(usize, &mut Object)) {
    match value {
        _ if name == "keys" => {}
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, "", seen, act)),
        Value::Object(members) => {
            let names = ["roles", "meta", "targets", "hashes"].contains(&name);
            members.iter_mut().for_each(|(own, inner)| visit(inner, if names { "" } else { own }, seen, act));
            if !names {
                act(*seen, members);
                *seen += 1;
            }
        }
        _ => {}
    }
}

fn add_field(file: &[u8], signers: &[u8], at: usize, name: &str, value: &Value) -> Vec<u8> {
    let mut signed = members(file)["signed"].clone();
    let mut count = 0;
    visit(&mut signed, "", &mut count, &mut |_, _| {});
    visit(&mut signed, "", &mut 0, &mut |i, members| {
        if i == at % count {
            members.insert(name.to_owned(), value.clone());
        }
    });
    sign(signed.as_object().unwrap().clone(), signers)
}

/// The value's text with the members of every object in descending order.
fn descending(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let name = pretty(&name.as_str().into());
                format!("{}: {}", String::from_utf8(name).unwrap(), descending(value))
            };
            format!("{{{}}}", members.iter().rev().map(member).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(descending).collect::<Vec<_>>().join(",")),
        _ => String::from_utf8(pretty(value)).unwrap(),
    }
}

fn rotate(list: &mut Value, by: usize) {
    let Value::Array(items) = list else { return };
    if !items.is_empty() {
        let by = by % items.len();
        items.rotate_left(by);
    }
}

/// Signatures, the keyids of roles and the members of objects in another order, white space in other places.
fn permuted(file: &[u8], signers: &[u8], by: usize) -> Vec<u8> {
    let mut signed = members(file)["signed"].as_object().unwrap().clone();
    if let Some(Value::Object(roles)) = signed.get_mut("roles") {
        for role in roles.values_mut() {
            let Value::Object(role) = role else { continue };
            rotate(role.get_mut("keyids").unwrap(), by);
        }
    }
    let mut whole = members(&sign(signed, signers));
    rotate(whole.get_mut("signatures").unwrap(), by);
    descending(&whole.into()).into_bytes()
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<bool>().prop_map(Value::from), any::<u64>().prop_map(Value::from), text()];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("\\PC{0,6}", inner, 0..4).prop_map(Value::Object),
        ]
    })
}

fn text() -> impl Strategy<Value = Value> {
    "\\PC{0,12}".prop_map(Value::from)
}

fn few() -> ProptestConfig {
    ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn the_flaws_are_seen() {
    let decide = |flaw| {
        let (root, repo) = flawed(flaw);
        decision(&build(&root, &repo, |_, file, _| file))
    };
    let of = |text: &str| Err(text.to_owned());
    assert_eq!(
        decide(Flaw::None),
        Ok("targets v5: [Ok(Some(5)), Ok(Some(5)), Err(Unknown { path: \"c\", version: 5 })]".into())
    );
    assert_eq!(
        decide(Flaw::Expired),
        of("snapshot v5: expired at 2020-01-01T00:00:00Z, and the update started at 2026-06-01T00:00:00Z (TUF 5.5.6)")
    );
    assert_eq!(decide(Flaw::UnderSigned), of("targets v5: 1 of 2 required signatures are valid (TUF 5.6.3)"));
    assert_eq!(decide(Flaw::RolledBack), of("timestamp: expected version 4 or later, found 1 (TUF 5.4.3.1)"));
    assert_eq!(decide(Flaw::WrongVersion), of("root: expected version 2, found 3 (TUF 5.3.5)"));
    assert_eq!(
        decide(Flaw::RootUnderSigned),
        of("root v2: 1 of 2 required signatures are valid by the keys of root v1 (TUF 5.3.4)")
    );
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn f1_unknown_fields_in_every_file_signed_again_change_no_decision(
        flaw in prop::sample::select(&FLAWS[..]), at in any::<[u8; 4]>(), name in "x-\\PC{0,8}", value in values()
    ) {
        let (root, repo) = flawed(flaw);
        let plain = build(&root, &repo, |_, file, _| file);
        let more = build(&root, &repo, |i, file, signers| add_field(&file, signers, at[i].into(), &name, &value));
        prop_assert!(more.root != plain.root && more.targets != plain.targets);
        prop_assert_eq!(decision(&more), decision(&plain));
    }

    #[test]
    fn f4_another_order_of_signatures_keyids_and_members_changes_no_decision(
        flaw in prop::sample::select(&FLAWS[..]), by in any::<[u8; 4]>()
    ) {
        let (root, repo) = flawed(flaw);
        let plain = build(&root, &repo, |_, file, _| file);
        let other = build(&root, &repo, |i, file, signers| permuted(&file, signers, by[i].into()));
        prop_assert!(other.root != plain.root && other.targets != plain.targets);
        prop_assert_eq!(decision(&other), decision(&plain));
    }

    #[test]
    fn f8_one_signature_less_than_the_threshold_flips_the_decision(
        role in 0usize..4, keys in 1usize..6, needed in 1usize..6, dropped in any::<usize>()
    ) {
        let needed = needed.min(keys);
        let seeds: Vec<u8> = (20..).take(keys).collect();
        let mut signing: Vec<u8> = seeds.iter().copied().cycle().skip(dropped % keys).take(needed).collect();
        let decide = |signing: &[u8]| {
            let own = Keys(seeds.clone(), needed as u64);
            let (mut next, mut repo) = (root(2), repo(5));
            match role {
                0 => (next.targets, repo.targets.signers) = (own, signing.to_vec()),
                1 => (next.snapshot, repo.snapshot.signers) = (own, signing.to_vec()),
                2 => (next.timestamp, repo.timestamp.signers) = (own, signing.to_vec()),
                _ => (next.root, next.signers) = (own, [&[1, 2], signing].concat()),
            }
            decision(&build(&next, &repo, |_, file, _| file))
        };
        let accepted = decide(&signing);
        prop_assert!(accepted.is_ok(), "{accepted:?}");
        signing.pop();
        let of = ["targets v5", "snapshot v5", "timestamp v5", "root v2"][role];
        let by = ["(TUF 5.6.3)", "(TUF 5.5.3)", "(TUF 5.4.2)", "by the keys of root v2 (TUF 5.3.4)"][role];
        let refused = format!("{of}: {} of {needed} required signatures are valid {by}", needed - 1);
        prop_assert_eq!(decide(&signing), Err(refused));
    }
}
