//! K14, K16: a ceremony that is carried out to a station, on any medium, by anybody.

use crate::table::{Laid as Directory, Table, drafted, key, now, previous, sitting};
use std::collections::BTreeSet;
use tuffet_archive::tar;
use tuffet_ceremony::{Bundle, BundleLimits, CarryError, Ceremony, Laid, Purpose};
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

pub(crate) fn read(bytes: &[u8]) -> Result<Bundle, CarryError> {
    Bundle::read(bytes, BundleLimits::default())
}

pub(crate) fn said<T>(result: Result<T, CarryError>) -> String {
    result.err().expect("expected a refusal").to_string()
}

pub(crate) fn packed(directory: &Directory) -> Bundle {
    let bundle = directory.open().pack_out().unwrap();
    assert_eq!(read(&bundle.to_bytes().unwrap()).unwrap(), bundle);
    bundle
}

/// An empty folder with the bundle in it.
fn station(bundle: &Bundle) -> Directory {
    let station = Directory { dir: tempfile::tempdir().unwrap() };
    assert_eq!(bundle.lay(station.path()).unwrap(), Laid::New);
    station
}

/// Members with one of them changed.
pub(crate) fn rewritten(bundle: &[u8], edit: impl Fn(&mut Vec<(String, Vec<u8>)>)) -> Vec<u8> {
    let mut members: Vec<_> = tar::read(bundle).unwrap().into_iter().map(|(n, b)| (n, b.to_vec())).collect();
    edit(&mut members);
    tar::write(members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))).unwrap()
}

/// As somebody who can compute digests would forge it.
pub(crate) fn forged(bundle: &[u8], name: &str, from: &str, to: &str) -> Vec<u8> {
    rewritten(bundle, |members| {
        let file = members.iter_mut().find(|(member, _)| member == name).unwrap();
        let before = sha256(&file.1).to_string();
        let text = String::from_utf8(file.1.clone()).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        file.1 = text.replacen(from, to, 1).into_bytes();
        let after = sha256(&file.1).to_string();
        let manifest = String::from_utf8(members[0].1.clone()).unwrap();
        members[0].1 = manifest.replace(&before, &after).into_bytes();
    })
}

#[test]
fn k14_what_a_station_needs_is_one_file_and_the_same_one_every_time() {
    let laid = drafted();
    laid.put("targets/stray.txt", b"nothing names this");
    laid.carry_out(&["@bob"]);
    let bundle = packed(&laid);
    let names: Vec<&str> = bundle.paths().filter(|name| !name.starts_with("keys/")).collect();
    assert_eq!(
        names,
        ["payload/root.json", "payload/targets.json", "plan.toml", "targets/logs/keys.json", "transcript.jsonl"]
    );
    assert_eq!(bundle.paths().filter(|name| name.ends_with("/enrolment.json")).count(), 6);
    assert_eq!((bundle.ceremony(), bundle.lines()), ("2026-12-01-initial", 3));
    assert_eq!(bundle.to_bytes().unwrap(), packed(&laid.copy()).to_bytes().unwrap());
    // Another person's signature stays where it is.
    let station = station(&bundle);
    assert!(!station.path().join("signatures").exists());
    let files = station.open().sign(&RoleName::Root, &key("@carol"), &sitting()).unwrap();
    assert_eq!(files.plan_hash, laid.open().plan_hash().to_string());
}

#[test]
fn k14_a_new_folder_is_readable_and_there_in_one_step() {
    let bundle = packed(&drafted());
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("station");
    assert_eq!(bundle.lay(&dir).unwrap(), Laid::New);
    assert_eq!(Ceremony::open(&dir).unwrap().payloads().unwrap().len(), 2);
    let left: Vec<_> = std::fs::read_dir(scratch.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["station"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o755);
    }
    let error = bundle.lay(&scratch.path().join("no/such")).unwrap_err().to_string();
    assert!(error.ends_with("no/such: No such file or directory (os error 2)"), "{error}");
}

#[test]
fn k16_the_same_bundle_twice_changes_nothing() {
    let laid = drafted();
    let bundle = packed(&laid);
    let station = station(&bundle);
    station.open().sign(&RoleName::Root, &key("@carol"), &sitting()).unwrap();
    let before = station.tree();
    assert_eq!(bundle.lay(station.path()).unwrap(), Laid::Same);
    assert_eq!(station.tree(), before);
    // And into the directory it came from.
    let before = laid.tree();
    assert_eq!(bundle.lay(laid.path()).unwrap(), Laid::Same);
    assert_eq!(laid.tree(), before);
}

/// A drafted ceremony with two witnesses, one of whom has to approve, and their approvals.
fn witnessed() -> (Directory, [(String, Vec<u8>); 2]) {
    let mut table = Table::initial();
    table.plan.approvals = 1;
    table.witness("@walt", &key("@walt"));
    table.witness("@xenia", &key("@xenia"));
    let laid = table.lay();
    laid.draft();
    let approved = ["@walt", "@xenia"].map(|name| {
        let copy = laid.copy();
        let path = copy.open().approve(&key(name), "review", now(), None).unwrap().path();
        let bytes = copy.get(&path);
        (path, bytes)
    });
    (laid, approved)
}

#[test]
fn k16_a_newer_bundle_brings_a_copy_forward_and_an_older_one_is_refused() {
    let (laid, [walt, xenia]) = witnessed();
    let older = packed(&laid);
    let station = station(&older);
    let sign = || station.open().sign(&RoleName::Root, &key("@carol"), &sitting());
    assert!(sign().is_err(), "nobody has approved");
    laid.put(&walt.0, &walt.1);
    // An approval that no line records yet.
    assert_eq!(packed(&laid).lay(station.path()).unwrap(), Laid::Added(vec![walt.0.clone()]));
    sign().unwrap();
    laid.assemble(&[]).unwrap();
    laid.carry_out(&["@bob"]);
    let newer = packed(&laid);
    assert_eq!(newer.lay(station.path()).unwrap(), Laid::Forward { from: 1, to: 4 });
    assert_eq!(station.get("transcript.jsonl"), laid.get("transcript.jsonl"));
    assert_eq!(station.tree().keys().filter(|name| name.starts_with("signatures/")).count(), 1, "one's own stay");
    let before = station.tree();
    assert_eq!(
        said(older.lay(station.path())),
        "an older bundle: its transcript has 1 lines, and the directory's goes on to 4 (K3)"
    );
    assert_eq!(station.tree(), before);
    // One that came after the last line, and another one in its place.
    laid.put(&xenia.0, &xenia.1);
    let late = packed(&laid);
    station.put(&xenia.0, b"{}");
    let error = said(late.lay(station.path()));
    assert!(error.starts_with(&format!("{}: expected SHA-256 ", xenia.0)), "an approval is never replaced: {error}");
    assert_eq!(station.get(&xenia.0), b"{}");
}

#[test]
fn k5_an_approval_that_does_not_hold_is_not_carried() {
    let (laid, [walt, _]) = witnessed();
    laid.put(&walt.0, &walt.1);
    let whole = packed(&laid).to_bytes().unwrap();
    let forgery = forged(&whole, &walt.0, "\"clock\": \"2026-12-01", "\"clock\": \"2026-12-02");
    let place = tempfile::tempdir().unwrap();
    let refused = format!("{}: the signature of @walt does not verify (K5)", walt.0);
    assert_eq!(said(read(&forgery).unwrap().lay(place.path())), refused);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    laid.edit(&walt.0, "\"clock\": \"2026-12-01", "\"clock\": \"2026-12-02");
    assert_eq!(said(laid.open().pack_out()), refused);
}

#[test]
fn k16_another_draft_replaces_one_that_nobody_signed_here() {
    let mut table = Table::initial();
    let laid = table.lay();
    laid.draft();
    let (unsigned, signed) = (station(&packed(&laid)), station(&packed(&laid)));
    let file = signed.open().sign(&RoleName::Root, &key("@carol"), &sitting()).unwrap();
    table.plan.expires.root = "2027-05-31T00:00:00Z".into();
    laid.put("plan.toml", table.plan.to_toml().as_bytes());
    laid.draft();
    let bundle = packed(&laid);
    assert_eq!(bundle.lay(unsigned.path()).unwrap(), Laid::Forward { from: 1, to: 2 });
    assert_eq!(unsigned.tree(), laid.tree());
    let before = signed.tree();
    assert_eq!(
        said(bundle.lay(signed.path())),
        format!("{}: expected nothing that was made for the draft that is replaced, found this (K16)", file.path())
    );
    assert_eq!(signed.tree(), before);
}

#[test]
fn k3_two_coordinators_are_noticed() {
    let laid = drafted();
    let other = laid.copy();
    laid.carry_out(&["@bob"]);
    other.carry_out(&["@carol"]);
    let station = station(&packed(&laid));
    let before = station.tree();
    assert_eq!(
        said(packed(&other).lay(station.path())),
        "two coordinators: the bundle's transcript and the directory's differ on line 2: only one station appends to a \
         transcript (K3)"
    );
    assert_eq!(station.tree(), before);
}

#[test]
fn k14_no_other_folder_is_overwritten() {
    let bundle = packed(&drafted());
    let other = crate::table::closed();
    let root = other.get("assembled/root.json");
    let second = Table::replacement(sha256(&root)).lay();
    second.open().draft(Some(&previous(&root, &other.get("assembled/targets.json"))), now()).unwrap();
    let undrafted = Table::initial().lay();
    let full = Directory { dir: tempfile::tempdir().unwrap() };
    full.put("letter.txt", b"mine");
    let expected = |laid: &Directory, found: &str| {
        let dir = laid.path().display();
        format!("{dir}: expected an empty folder or an older copy of this ceremony, found {found}")
    };
    for (place, message) in [
        (&full, expected(&full, "something else")),
        (&undrafted, expected(&undrafted, "a plan that was never drafted")),
        (
            &second,
            "expected a bundle of ceremony 2027-03-01-replace-erin, found one of 2026-12-01-initial: no ceremony is \
             overwritten by another"
                .to_owned(),
        ),
    ] {
        let before = place.tree();
        assert_eq!(said(bundle.lay(place.path())), message);
        assert_eq!(place.tree(), before);
    }
}

#[test]
fn k14_a_copy_that_was_changed_is_not_mended() {
    let laid = drafted();
    let station = station(&packed(&laid));
    station.edit("payload/root.json", "2027-06-01", "2036-06-01");
    let before = station.tree();
    let error = said(packed(&laid).lay(station.path()));
    assert!(error.starts_with("payload/root.json: expected SHA-256 ") && error.ends_with(" (K3)"), "{error}");
    assert_eq!(station.tree(), before);
    // What is merely gone comes back.
    std::fs::remove_file(station.path().join("payload/root.json")).unwrap();
    assert_eq!(packed(&laid).lay(station.path()).unwrap(), Laid::Added(vec!["payload/root.json".into()]));
}

#[test]
fn k3_what_the_draft_did_not_record_is_not_carried_on() {
    let laid = drafted();
    let whole = packed(&laid).to_bytes().unwrap();
    let place = tempfile::tempdir().unwrap();
    let lay = |bytes: &[u8]| read(bytes).unwrap().lay(place.path());
    // Whoever edits a file and mends every digest of the bundle still meets the plan and the transcript.
    let error = said(lay(&forged(&whole, "plan.toml", "threshold = 3", "threshold = 1")));
    assert!(error.starts_with("plan.toml: expected SHA-256 ") && error.ends_with(" (K1)"), "{error}");
    let error = said(lay(&forged(&whole, "payload/root.json", "2027-06-01", "2036-06-01")));
    assert!(error.starts_with("payload/root.json: expected the payload the plan gives"), "{error}");
    let error = said(lay(&forged(&whole, "targets/logs/keys.json", "logs", "cogs")));
    assert!(error.starts_with("targets/logs/keys.json: expected SHA-256 "), "{error}");
    let error = said(lay(&forged(&whole, "transcript.jsonl", "2026-12-01T12", "2026-12-01T13")));
    assert!(error.starts_with("transcript.jsonl line 1: expected hash "), "{error}");
    let stray = |members: &mut Vec<(String, Vec<u8>)>| {
        let text = String::from_utf8(members[0].1.clone()).unwrap();
        let (line, digest) = ("  \"transcript.jsonl\"", sha256(b"x"));
        members[0].1 = text.replace(line, &format!("  \"targets/stray\": \"{digest}\",\n{line}")).into_bytes();
        let at = members.iter().position(|(name, _)| name == "transcript.jsonl").unwrap();
        members.insert(at, ("targets/stray".into(), b"x".to_vec()));
    };
    assert_eq!(
        said(lay(&rewritten(&whole, stray))),
        "bundle: expected files that the draft recorded, found `targets/stray`"
    );
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn k16_a_killed_unpacking_is_no_ceremony_and_in_nobodys_way() {
    let bundle = packed(&drafted());
    let place = Directory { dir: tempfile::tempdir().unwrap() };
    place.put(".tuffet-Ab12/plan.toml", b"half");
    assert_eq!(bundle.lay(place.path()).unwrap(), Laid::New);
    assert_eq!(place.open().payloads().unwrap().len(), 2);
}

#[test]
fn k14_a_draft_that_does_not_hold_is_not_packed() {
    let undrafted = Table::initial().lay();
    assert_eq!(said(undrafted.open().pack_out()), "expected `tuffet draft` first, found no draft in the transcript");
    let laid = drafted();
    laid.edit("payload/root.json", "2027-06-01", "2036-06-01");
    let error = said(laid.open().pack_out());
    assert!(error.starts_with("payload/root.json: expected the payload the plan gives"), "{error}");
}

#[test]
fn k14_a_replacement_is_carried_with_what_it_replaces() {
    let first = crate::table::closed();
    let root = first.get("assembled/root.json");
    let mut table = Table::replacement(sha256(&root));
    table.target("logs/keys.json", b"another");
    let laid = table.lay();
    let mut published = previous(&root, &first.get("assembled/targets.json"));
    published.contents.insert("logs/keys.json".into(), crate::table::TARGET.to_vec());
    laid.open().draft(Some(&published), now()).unwrap();
    let bundle = packed(&laid);
    let names: BTreeSet<&str> = bundle.paths().collect();
    for name in ["previous/root.json", "previous/targets.json", "previous/targets/logs/keys.json"] {
        assert!(names.contains(name), "{names:?}");
    }
    let station = station(&bundle);
    let fingerprint = tuffet_keys::Sign::public_key(&key("@frank")).fingerprint();
    assert_eq!(
        station.open().roles_to_sign(&fingerprint, Purpose::Ceremony).unwrap(),
        [RoleName::Root, RoleName::Targets]
    );
    assert_eq!(station.tree(), laid.tree());
}

#[test]
fn k16_what_was_voided_stays_with_the_coordinator() {
    let mut table = Table::initial();
    let laid = table.lay();
    laid.draft();
    laid.carry_out(&["@bob"]);
    table.plan.expires.root = "2027-05-31T00:00:00Z".into();
    laid.put("plan.toml", table.plan.to_toml().as_bytes());
    laid.open().draft_for(None, now(), &|_, _| Ok(()), true).unwrap();
    assert!(laid.tree().keys().any(|name| name.starts_with("void/")));
    let bundle = packed(&laid);
    assert!(bundle.paths().all(|name| !name.starts_with("void/")));
    let station = station(&bundle);
    station.open().sign(&RoleName::Root, &key("@bob"), &sitting()).unwrap();
}
