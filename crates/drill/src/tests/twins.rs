//! What a twin has of its original, and what it has not.

use super::original::*;
use crate::{Answer, Reader, Twin, TwinError, Versions};
use tuffet_builder::{Change, Pins};
use tuffet_metadata::RoleName;

#[test]
fn a_twin_is_followed_as_the_original_is_and_by_nobody_who_trusts_the_original() {
    let original = files(Pins::Full);
    let (twin, _) = twin(Pins::Full);
    let versions = Versions { root: 3, timestamp: 1, snapshot: 1, targets: 1 };
    for (name, pin, served) in [
        ("the original", &original.files["1.root.json"], &original),
        ("the twin", &twin.roots()[0].bytes().to_vec(), &twin.files),
        ("the twin from its newest root", &twin.root().bytes().to_vec(), &twin.files),
    ] {
        assert_eq!(Reader::pinned(name, pin).refresh(served, at(NOW)), Answer::Follows(versions), "{name}");
    }
    let mut stranger = Reader::pinned("stranger", &original.files["1.root.json"]);
    let answer = stranger.refresh(&twin.files, at(NOW));
    assert_eq!(answer.code(), Some("signature"), "{answer}");
}

#[test]
fn a_twin_has_the_seats_thresholds_and_pins_of_the_original() {
    for pins in [Pins::Full, Pins::VersionOnly] {
        let seen = observed(&files(pins));
        let (twin, _) = twin(pins);
        for role in [RoleName::Root, RoleName::Targets, RoleName::Snapshot, RoleName::Timestamp] {
            let original = seen.roots[2].signed.authority(&role);
            let own = twin.root().authority(&role);
            assert_eq!((own.threshold(), own.keyids().len()), (original.threshold(), original.keyids().len()));
            let stand_ins = original.fingerprints().iter().map(|key| twin.stand_in(key).unwrap()).collect();
            assert_eq!(own.fingerprints(), stand_ins);
            assert!(own.fingerprints().is_disjoint(&original.fingerprints()));
        }
        assert_eq!(twin.keys_of(&RoleName::Snapshot), twin.keys_of(&RoleName::Timestamp), "one key for both stays one");
        assert_eq!(twin.keys_of(&RoleName::Delegated("team".into())).len(), 1);
        let entry = twin.snapshot().meta().get("team.json").unwrap();
        assert_eq!((entry.hashes.is_some(), entry.length.is_some()), (pins == Pins::Full, pins == Pins::Full));
        assert_eq!(twin.top_level_paths(), ["trusted_root.json"]);
    }
}

#[test]
fn owners_publish_and_every_client_follows() {
    let (mut twin, mut make) = twin(Pins::Full);
    let before = twin.clone();
    let mut old = Reader::pinned("old", before.roots()[0].bytes());
    old.refresh(&before.files, at(NOW));
    let incoming = twin.new_key("@7", &mut *make).unwrap();
    let outgoing = twin.stand_in(&holder(6).public.fingerprint()).unwrap();
    let change = Change::ReplaceKeyholder {
        outgoing,
        incoming: tuffet_builder::Holder { owner: "@7".into(), public: incoming.clone() },
    };
    twin.publish(&[change], &later()).unwrap();
    assert_eq!(twin.roots().len(), 4);
    assert!(twin.keys_of(&RoleName::Root).contains(&incoming.fingerprint()));
    assert_eq!(old.refresh(&twin.files, at(NOW)).versions().root, 4);
    let mut fresh = Reader::pinned("fresh", twin.roots()[0].bytes());
    assert!(fresh.refresh(&twin.files, at(NOW)).follows());
    // The online roles alone.
    twin.publish(&[], &later()).unwrap();
    let versions = old.refresh(&twin.files, at(NOW)).versions();
    assert_eq!((versions.root, versions.timestamp, versions.snapshot), (4, 3, 3));
    assert_eq!(before.roots().len(), 3, "a copy is a copy");
}

#[test]
fn what_is_missing_is_said() {
    let mut original = files(Pins::Full);
    original.files.remove("1.snapshot.json");
    let refused = Twin::of(&observed(&original), &mut *maker()).map(|_| ()).unwrap_err();
    assert_eq!(refused.to_string(), "repository: expected a whole repository to copy, found no snapshot that reads");
    let refused = Twin::of(&observed(&files(Pins::Full)), &mut |_| Err("no randomness".into())).map(|_| ());
    let Err(TwinError::Key(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!(refused.reason, "no randomness");
}
