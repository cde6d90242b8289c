//! K14: what came back from stations, judged file by file, taken whole or not at all.

use crate::k14_out::{forged, read, rewritten, said};
use crate::table::{Laid as Directory, NAMES, Table, drafted, key, now, previous, sitting};
use tuffet_ceremony::{Bundle, Found, Laid, Purpose, Sitting, Verdict};
use tuffet_keys::{Sign, sha256};
use tuffet_metadata::RoleName;

/// What `name` brings back from a station of their own.
fn back(from: &Directory, name: &str) -> Bundle {
    let station = Directory { dir: tempfile::tempdir().unwrap() };
    assert_eq!(from.open().pack_out().unwrap().lay(station.path()).unwrap(), Laid::New);
    let key = key(name);
    for role in station.open().roles_to_sign(&key.public_key().fingerprint(), Purpose::Ceremony).unwrap() {
        station.open().sign(&role, &key, &sitting()).unwrap();
    }
    let bundle = station.open().pack_back(None).unwrap();
    assert_eq!(read(&bundle.to_bytes().unwrap()).unwrap(), bundle);
    bundle
}

fn kinds(verdicts: &[Verdict]) -> Vec<&Found> {
    verdicts.iter().map(|verdict| &verdict.found).collect()
}

fn valid(role: &RoleName, owner: &str) -> Found {
    Found::Valid(format!("{role}, signed by {owner}"))
}

#[test]
fn k14_bundles_of_three_people_come_back_in_any_order() {
    let laid = drafted();
    let bundles: Vec<Bundle> = NAMES[..3].iter().map(|name| back(&laid, name)).collect();
    let mut ends = Vec::new();
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]] {
        let coordinator = laid.copy();
        for person in order {
            let verdicts = bundles[person].take(&coordinator.open()).unwrap();
            let name = NAMES[person];
            assert_eq!(kinds(&verdicts), [&valid(&RoleName::Root, name), &valid(&RoleName::Targets, name)]);
            assert_eq!(verdicts[0].file.split('/').take(2).collect::<Vec<_>>(), ["signatures", "root"]);
        }
        assert_eq!(coordinator.assemble(&[]).unwrap().complete, [RoleName::Root, RoleName::Targets]);
        ends.push(coordinator.tree());
    }
    assert!(ends.windows(2).all(|pair| pair[0]["assembled/root.json"] == pair[1]["assembled/root.json"]));
    let names = |tree: &std::collections::BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
    assert!(ends.windows(2).all(|pair| names(&pair[0]) == names(&pair[1])));
}

#[test]
fn k14_a_bundle_taken_twice_or_after_others_changes_nothing() {
    let laid = drafted();
    let (alice, bob) = (back(&laid, "@alice"), back(&laid, "@bob"));
    alice.take(&laid.open()).unwrap();
    laid.assemble(&[]).unwrap();
    // Bob's station stood where the transcript was before Alice's lines.
    bob.take(&laid.open()).unwrap();
    laid.assemble(&[]).unwrap();
    let before = laid.tree();
    assert_eq!(kinds(&alice.take(&laid.open()).unwrap()), [&Found::Here, &Found::Here]);
    assert_eq!(laid.tree(), before);
}

#[test]
fn k14_one_wrong_file_refuses_the_bundle_whole() {
    let laid = drafted();
    let bundle = back(&laid, "@bob");
    let whole = bundle.to_bytes().unwrap();
    let names: Vec<&str> = bundle.paths().collect();
    let bad = read(&forged(&whole, names[1], "\"sig\": \"", "\"sig\": \"00")).unwrap();
    let before = laid.tree();
    let verdicts = bad.take(&laid.open()).unwrap();
    let reason = format!("{}: the signature of @bob does not verify over payload/targets.json", names[1])
        .replace(names[1], &verdicts[1].file);
    assert_eq!(kinds(&verdicts), [&valid(&RoleName::Root, "@bob"), &Found::Refused(reason)]);
    assert_eq!(laid.tree(), before);
    // A file of another name than its own.
    let renamed = rewritten(&whole, |members| {
        let (from, to) = (members[1].0.clone(), format!("signatures/root/{}.json", "0".repeat(64)));
        members[0].1 = String::from_utf8(members[0].1.clone()).unwrap().replace(&from, &to).into_bytes();
        members[1].0 = to;
    });
    let verdicts = read(&renamed).unwrap().take(&laid.open()).unwrap();
    let expected = format!("signatures/root/{}.json: expected the name {}", "0".repeat(64), names[0]);
    assert_eq!(kinds(&verdicts)[0], &Found::Refused(expected));
    assert_eq!(laid.tree(), before);
}

#[test]
fn k14_what_is_there_is_never_overwritten() {
    let laid = drafted();
    let bundle = back(&laid, "@bob");
    let name = bundle.paths().next().unwrap().to_owned();
    laid.put(&name, b"what came before");
    let before = laid.tree();
    let verdicts = bundle.take(&laid.open()).unwrap();
    let refused = format!("{name}: expected no such file, found one: it is never overwritten");
    assert_eq!(kinds(&verdicts), [&Found::Refused(refused), &valid(&RoleName::Targets, "@bob")]);
    assert_eq!(laid.tree(), before);
}

#[test]
fn k14_approvals_and_rehearsals_come_back_too() {
    let mut table = Table::initial();
    table.plan.approvals = 1;
    table.witness("@walt", &key("@walt"));
    let laid = table.lay();
    laid.draft();
    let station = laid.copy();
    let approval = station.open().approve(&key("@walt"), "review", now(), None).unwrap().path();
    let rehearsal = Sitting { purpose: Purpose::Rehearsal, ..sitting() };
    let rehearsed = station.open().sign(&RoleName::Root, &key("@bob"), &rehearsal).unwrap().path();
    let bundle = station.open().pack_back(None).unwrap();
    assert_eq!(bundle.paths().collect::<Vec<_>>(), [&approval, &rehearsed]);
    let (by_walt, by_bob) = (Found::Valid("approval by @walt".into()), Found::Valid("root, rehearsed by @bob".into()));
    assert_eq!(kinds(&bundle.take(&laid.open()).unwrap()), [&by_walt, &by_bob]);
    assert_eq!(laid.get(&approval), station.get(&approval));
    let outcome = laid.assemble(&[]).unwrap();
    assert_eq!((outcome.approved, outcome.rehearsed.len()), (vec!["@walt".to_owned()], 1));
    // A signature in the place of a rehearsal's.
    let whole = bundle.to_bytes().unwrap();
    let swapped = forged(&whole, &rehearsed, "tuffet-rehearsal-signature-v1", "tuffet-signature-v1");
    let fresh = table.lay();
    fresh.draft();
    let verdicts = read(&swapped).unwrap().take(&fresh.open()).unwrap();
    let refused = format!("{rehearsed}: expected a signature of a rehearsal, found a signature for a ceremony");
    assert_eq!(kinds(&verdicts), [&by_walt, &Found::Refused(refused)]);
    assert!(!fresh.path().join("approvals").exists(), "none of the bundle is taken");
}

#[test]
fn k3_statements_of_two_witnesses_come_back_one_by_one() {
    let mut table = Table::initial();
    table.witness("@walt", &key("@walt"));
    table.witness("@xenia", &key("@xenia"));
    let laid = table.lay();
    laid.draft();
    laid.carry_out(&NAMES[..3]);
    laid.close();
    let stated = |name: &str| {
        let copy = laid.copy();
        copy.open().sign_statement(&key(name), None).unwrap();
        let bundle = copy.open().pack_back(None).unwrap();
        // A closed record's signatures are there already.
        assert!(bundle.paths().any(|path| path == "statement.json"));
        bundle
    };
    let (walt, xenia) = (stated("@walt"), stated("@xenia"));
    for (bundle, name) in [(&walt, "@walt"), (&xenia, "@xenia")] {
        let verdicts = bundle.take(&laid.open()).unwrap();
        let last = Found::Valid(format!("statement, signed by {name}"));
        assert_eq!(kinds(&verdicts).last(), Some(&&last));
        assert!(kinds(&verdicts)[..6].iter().all(|found| **found == Found::Here), "{verdicts:?}");
    }
    let replay = tuffet_ceremony::Replay::run(laid.path()).unwrap();
    assert_eq!(
        replay.statement.map(|mut names| {
            names.sort();
            names
        }),
        Some(vec!["@walt".to_owned(), "@xenia".to_owned()])
    );
    let before = laid.tree();
    walt.take(&laid.open()).unwrap();
    assert_eq!(laid.tree(), before);
}

#[test]
fn k1_a_bundle_of_another_ceremony_or_plan_is_refused() {
    let laid = drafted();
    let mut table = Table::initial();
    table.plan.expires.root = "2027-05-31T00:00:00Z".into();
    let other = table.lay();
    other.draft();
    let error = said(back(&other, "@bob").take(&laid.open()));
    let (want, found) = (laid.open().plan_hash(), other.open().plan_hash());
    assert_eq!(error, format!("expected a bundle for plan hash {want}, found one for {found} (K1)"));
    let first = crate::table::closed();
    let root = first.get("assembled/root.json");
    let second = Table::replacement(sha256(&root)).lay();
    second.open().draft(Some(&previous(&root, &first.get("assembled/targets.json"))), now()).unwrap();
    assert_eq!(
        said(back(&laid, "@bob").take(&second.open())),
        "expected a bundle of ceremony 2027-03-01-replace-erin, found one of 2026-12-01-initial: no ceremony is \
         overwritten by another"
    );
}

#[test]
fn k3_a_station_of_another_coordinator_is_noticed() {
    let laid = drafted();
    let other = laid.copy();
    laid.carry_out(&["@bob"]);
    other.carry_out(&["@dave"]);
    let bundle = back(&other, "@carol");
    let before = laid.tree();
    assert_eq!(
        said(bundle.take(&laid.open())),
        "two coordinators: the bundle's transcript and the directory's differ on line 3: only one station appends to a \
         transcript (K3)"
    );
    // And one that is further than the coordinator: somebody else appended.
    assert_eq!(
        said(bundle.take(&drafted().open())),
        "bundle: transcript: expected at most 1 lines as its manifest says, found 3 lines"
    );
    assert_eq!(laid.tree(), before);
}

#[test]
fn k14_bundles_that_go_the_other_way_are_named() {
    let laid = drafted();
    let out = laid.open().pack_out().unwrap();
    let back = back(&laid, "@bob");
    assert_eq!(said(out.take(&laid.open())), "bundle: expected one that goes back, found one that goes out");
    assert_eq!(said(back.lay(laid.path())), "bundle: expected one that goes out, found one that goes back");
    assert_eq!(
        said(laid.open().pack_back(None)),
        "expected a signature, an approval or a statement to carry back, found none"
    );
}

#[test]
fn k16_no_signature_comes_back_into_a_closed_ceremony() {
    let laid = drafted();
    let late = back(&laid, "@erin");
    laid.carry_out(&NAMES[..3]);
    laid.close();
    let before = laid.tree();
    let verdicts = late.take(&laid.open()).unwrap();
    let closed = "transcript.jsonl: expected an open ceremony, found `close` on line 11: nothing follows it (K16)";
    assert_eq!(kinds(&verdicts), [&Found::Refused(closed.into()), &Found::Refused(closed.into())]);
    assert_eq!(laid.tree(), before);
}
