//! The rows of the threat table on repositories of several shapes: no client does anything else than it must.

use super::original::*;
use crate::{PlayedRow, Reaction, RowOutcome, Twin, TwinError, play};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_builder::{Change, OfflineRole, OnlineKey, OnlineRole, Pins};
use tuffet_metadata::RoleName;

/// Plays the rows: by id and case what clients did. None may differ from the table.
fn rows(twin: &Twin) -> BTreeMap<String, String> {
    let rows = play(twin, at(NOW), &mut *maker_of(77)).unwrap();
    let differs: Vec<&String> = rows.iter().flat_map(PlayedRow::differs).collect();
    assert!(differs.is_empty(), "{differs:#?}");
    let name = |row: &PlayedRow| if row.case.is_empty() { row.id.clone() } else { format!("{} {}", row.id, row.case) };
    rows.iter().map(|row| (name(row), told(row))).collect()
}

fn told(row: &PlayedRow) -> String {
    let played = match &row.outcome {
        RowOutcome::NotPlayed(why) => return format!("not played: {why}"),
        RowOutcome::Played(played) => played,
    };
    let until = played.until.as_ref().map(|b| format!(" until {} {}", b.role, b.expires)).unwrap_or_default();
    let of = |new: bool| {
        let told = played.clients.iter().filter(|told| told.new == new).map(|told| told.reaction);
        let found: BTreeSet<Reaction> = told.collect();
        found.iter().map(|reaction| format!("{reaction:?}")).collect::<Vec<_>>().join("/")
    };
    let after = match &played.after {
        None => "",
        Some(Err(_)) => ", then out of band",
        Some(Ok(_)) => ", then mended",
    };
    format!("{} by {}, new {}{until}{after}", of(false), row.stolen, of(true))
}

#[test]
fn t1_to_t37_on_three_of_five_with_one_online_key_and_a_delegation() {
    let found = rows(&twin(Pins::Full).0);
    let expected = [
        ("T1", "Refuses by nothing, new Takes"),
        ("T2", "Takes by nothing, new Takes until timestamp 2026-12-17T00:00:00Z"),
        ("T3", "Takes by nothing, new Takes until root 2027-06-01T00:00:00Z"),
        ("T4", "Refuses by nothing, new Refuses"),
        ("T8", "Takes by timestamp's key, and so snapshot, new Takes until root 2027-06-01T00:00:00Z, then mended"),
        ("T10", "Takes by timestamp's key, and so snapshot, new Takes, then mended"),
        ("T12a", "not played: the key of snapshot signs timestamp, too: T13 to T17"),
        ("T15", "Takes by timestamp's and snapshot's key, new Takes until targets 2027-06-01T00:00:00Z, then mended"),
        ("T16 both rotated", "Refuses by timestamp's and snapshot's key, new Refuses, then mended"),
        ("T18a", "Refuses by 3 of targets' 5 keys, and so root, new Refuses"),
        ("T18b", "not played: snapshot pins a hash: T18a"),
        ("T19 pinned", "Refuses by team's key, new Refuses"),
        ("T20", "Installs by timestamp's and snapshot's key and team's key, new Installs, then mended"),
        (
            "T21",
            "Installs by timestamp's and snapshot's key and 3 of targets' 5 keys, and so root, new Installs, \
             then out of band",
        ),
        ("T22", "Refuses by 2 of root's 5 keys, new Refuses, then mended"),
        ("T24", "Refuses by 3 of root 1's 5 keys, new Refuses/Installs"),
        ("T25", "Installs by 3 of root's 5 keys, and so targets, new Installs"),
        ("T28", "not played: the server with the online keys: each thing it can do is a row, T8 to T17"),
        ("T29", "Refuses by timestamp's and snapshot's key and 2 of targets' 5 keys, new Refuses, then mended"),
        ("T34", "Refuses by nothing, new Refuses"),
    ];
    for (id, expected) in expected {
        assert_eq!(found.get(id).map(String::as_str), Some(expected), "{id}");
    }
    assert_eq!(found.len(), 49);
    assert_eq!(found.values().filter(|told| told.starts_with("not played")).count(), 10);
}

#[test]
fn t18b_t19_pins_by_version_alone_let_new_clients_be_given_other_files() {
    let found = rows(&twin(Pins::VersionOnly).0);
    assert_eq!(found["T18b"], "Refuses by 3 of targets' 5 keys, and so root, new Installs");
    assert_eq!(found["T19 by version alone"], "Refuses by team's key, new Installs");
    assert_eq!(found["T18a"], "not played: snapshot pins a version alone: T18b");
}

#[test]
fn t12_a_snapshot_with_a_key_of_its_own() {
    for (pins, played, told) in [(Pins::Full, "T12a", "Refuses"), (Pins::VersionOnly, "T12b", "Takes")] {
        let (mut twin, mut make) = twin(pins);
        let public = twin.new_key("snapshot", &mut *make).unwrap();
        let keys = vec![OnlineKey { uri: "file:snapshot.pem".into(), public }];
        let change = Change::SetOnlineKeys { role: OnlineRole::Snapshot, keys, threshold: 1 };
        twin.publish(&[change], &crate::rows::dates(&twin)).unwrap();
        let found = rows(&twin);
        assert_eq!(found[played], format!("Takes by snapshot's key, new {told}"));
        assert_eq!(found["T7"], "not played: snapshot and timestamp have each its own key");
        // The thief of timestamp alone: snapshot ends the freeze.
        assert_eq!(found["T8"], "Takes by timestamp's key, new Takes until snapshot 2027-01-01T00:00:00Z, then mended");
    }
}

#[test]
fn t22_a_repository_of_one_keyholder_and_one_root() {
    let mut original = files(Pins::Full);
    original.files.retain(|name, _| !["2.root.json", "3.root.json"].contains(&name.as_str()));
    let mut twin = Twin::of(&observed(&original), &mut *maker()).unwrap();
    let one = |role| Change::SetThreshold { role, threshold: 1 };
    let gone = Change::RemoveDelegation { by: RoleName::Targets, name: "team".into() };
    twin.publish(&[one(OfflineRole::Root), one(OfflineRole::Targets), gone], &crate::rows::dates(&twin)).unwrap();
    // What was published last is one root further: its first goes, too.
    let files = twin.files.clone();
    let seen = tuffet_builder::Observed::walk("one", Some(at(NOW)), Some(twin.root().bytes().to_vec()), |name| {
        Ok::<_, ()>(files.files.get(name).filter(|_| name != "1.root.json").cloned())
    });
    let found = rows(&Twin::of(&seen.unwrap(), &mut *maker()).unwrap());
    assert_eq!(found["T24"], "not played: there is one root");
    assert_eq!(found["T23 one signature twice"], "not played: one key is root: T25");
    assert_eq!(found["T29"], "not played: one key is targets: T21");
    assert_eq!(found["T14"], "not played: there is no delegated role");
    assert_eq!(found["T22"], "Refuses by 0 of root's 5 keys, new Refuses, then mended");
    assert_eq!(found["T25"], "Installs by 1 of root's 5 keys, and so targets, new Installs");
}

#[test]
fn nothing_is_played_on_what_clients_cannot_use() {
    let (twin, mut make) = twin(Pins::Full);
    let refused = play(&twin, at("2027-01-01T00:00:00Z"), &mut *make).unwrap_err();
    let TwinError::Unusable { client, said } = &refused else { panic!("{refused}") };
    assert_eq!(client, "root 1, in use");
    assert!(said.starts_with("refuses: timestamp.json: timestamp v1: expired at 2026-12-17T00:00:00Z"), "{said}");
}
