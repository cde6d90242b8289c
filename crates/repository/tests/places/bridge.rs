//! A root with another online key: between it and its timestamp lies a moment (R10).

use crate::people::Key;
use crate::site::{at, expires, first, key, online, signed, text};
use crate::witness::{Crash, History, Witness, nothing_was_written_over};
use crate::world::{publish, seen, seen_through};
use tuffet_builder::{Change, OnlineKey, OnlineRole};
use tuffet_keys::Sign;
use tuffet_repository::{
    MemoryPlace, Place, PlaceTransport, Receipt, Repository, RepositoryError, Signed, stage, stage_bridge,
};

fn new_online() -> Key {
    Key::p256(11)
}

/// The ceremony that gives snapshot and timestamp another key.
fn rotation(place: &MemoryPlace) -> Signed {
    let state = Repository::at(place).published().unwrap().unwrap().state();
    let online = || OnlineKey { uri: "file:new.pem".into(), public: new_online().public_key().clone() };
    let set = |role| Change::SetOnlineKeys { role, keys: vec![online()], threshold: 1 };
    signed(Some(&state), &[set(OnlineRole::Snapshot), set(OnlineRole::Timestamp)], &["@alice", "@bob"])
}

fn rotate<P: Place>(repository: &Repository<P>, signed: Signed) -> Result<Receipt, RepositoryError> {
    stage(repository.current()?, signed, &new_online(), &expires())?.verify(at())?.publish(repository)
}

fn bridge<P: Place>(repository: &Repository<P>, signed: &Signed) -> Result<Receipt, RepositoryError> {
    let root = signed.root.as_deref().unwrap();
    let published = repository.published()?.unwrap();
    stage_bridge(published, root, &online(), &new_online(), &expires())?.verify(at())?.publish(repository)
}

fn start() -> MemoryPlace {
    let place = MemoryPlace::default();
    publish(&Repository::at(&place), first()).unwrap();
    place
}

#[test]
fn r10_without_a_bridge_there_is_a_moment_without_a_timestamp_to_trust() {
    let place = start();
    let signed = rotation(&place);
    // Snapshot, root; the timestamp is the third.
    let gone = Witness::over(place.clone(), History::default()).crashing(Crash::Before(3));
    rotate(&Repository::at(&gone), signed.clone()).unwrap_err();
    let pin = place.files()["1.root.json"].clone();
    assert_eq!(
        seen_through(PlaceTransport(&place), &pin).unwrap_err().to_string(),
        "memory/timestamp.json: timestamp v1: 0 of 1 required signatures are valid (TUF 5.4.2)"
    );
    rotate(&Repository::at(&place), signed).unwrap();
    assert_eq!(seen(&place)[0], 2);
}

#[test]
fn r10_x19_over_a_bridge_clients_find_a_timestamp_to_trust_at_every_moment() {
    let tree = start().files();
    let mut crashes = 0;
    let writes = loop {
        let write = crashes / 2 + 1;
        let crash = if crashes % 2 == 0 { Crash::Before(write) } else { Crash::After(write) };
        let place: MemoryPlace = tree.clone().into_iter().collect();
        let (signed, history) = (rotation(&place), History::default());
        let looking = || {
            seen(&place);
        };
        let run = Witness::over(place.clone(), history.clone()).crashing(crash).looking(looking);
        let result = bridge(&Repository::at(&run), &signed).and_then(|_| rotate(&Repository::at(&run), signed.clone()));
        if result.is_ok() {
            assert_eq!(seen(&place), [2, 1, 3, 3]);
            break run.writes();
        }
        crashes += 1;
        // The same again, from wherever it broke off.
        let now = seen(&place);
        let again = Witness::over(place.clone(), history.clone()).looking(looking);
        if now[0] == 1 {
            bridge(&Repository::at(&again), &signed).unwrap();
        }
        if now[..2] != [2, 1] || now[2..] != [3, 3] {
            rotate(&Repository::at(&again), signed.clone()).unwrap();
        }
        assert_eq!(seen(&place)[..2], [2, 1], "{crash:?}");
        nothing_was_written_over(&history);
    };
    // Snapshot and timestamp of both keys; snapshot, root, and the timestamp of the new one.
    assert_eq!((writes, crashes), (5, 10));
}

#[test]
fn r1_a_bridge_needs_both_keys() {
    let place = start();
    let signed = rotation(&place);
    let root = signed.root.unwrap();
    let published = || Repository::at(&place).published().unwrap().unwrap();
    let (bob, new) = (key("@bob"), new_online());
    let error = text(stage_bridge(published(), &root, &bob, &new, &expires()));
    assert_eq!(
        error,
        format!("snapshot: expected the online key {}, found {} (test key)", online().fingerprint(), bob.fingerprint())
    );
    let error = text(stage_bridge(published(), &root, &online(), &bob, &expires()));
    assert_eq!(
        error,
        format!("snapshot: expected the online key {}, found {} (test key)", new.fingerprint(), bob.fingerprint())
    );
    let one = place.files()["1.root.json"].clone();
    let published_again = stage_bridge(published(), &one, &online(), &online(), &expires());
    assert!(published_again.is_ok(), "the same root needs none, and takes no harm");
}
