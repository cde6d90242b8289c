//! Thieves with some keys, and what the owners do about it: the rows of threats.md that recovery turns on.

use super::original::*;
use crate::{Forger, Reader};
use tuffet_builder::{Change, OnlineKey, OnlineRole, Pins};
use tuffet_metadata::RoleName;
use tuffet_metadata::json::Value;

fn ready(twin: &crate::Twin) -> Reader {
    let mut reader = Reader::pinned("reader", twin.roots()[0].bytes());
    assert!(reader.refresh(&twin.files, at(NOW)).follows());
    reader
}

#[test]
fn t10_a_fast_forwarded_timestamp_is_undone_by_rotating_its_key() {
    let (mut twin, mut make) = twin(Pins::Full);
    let mut reader = ready(&twin);
    let mut thief = Forger::of_roles(&twin, &[RoleName::Timestamp]);
    thief.version(&RoleName::Timestamp, 1 << 31).sign(&RoleName::Timestamp).unwrap();
    let damaged = thief.files.clone();
    assert_eq!(reader.refresh(&damaged, at(NOW)).versions().timestamp, 1 << 31);
    // The owners' next timestamp alone does not help.
    let mut without = twin.clone();
    without.publish(&[], &later()).unwrap();
    assert_eq!(reader.clone().refresh(&without.files, at(NOW)).code(), Some("rollback"));
    let public = twin.new_key("new", &mut *make).unwrap();
    let keys = |role| Change::SetOnlineKeys {
        role,
        keys: vec![OnlineKey { uri: "file:new.pem".into(), public: public.clone() }],
        threshold: 1,
    };
    twin.publish(&[keys(OnlineRole::Timestamp), keys(OnlineRole::Snapshot)], &later()).unwrap();
    let answer = reader.refresh(&twin.files, at(NOW));
    assert!(answer.follows(), "{answer}");
    assert_eq!((answer.versions().root, answer.versions().timestamp), (4, 2));
}

#[test]
fn t22_below_the_threshold_no_root_is_accepted() {
    let (twin, _) = twin(Pins::Full);
    let mut reader = ready(&twin);
    let two = twin.keys_of(&RoleName::Root).into_iter().take(2);
    let mut thief = Forger::holding(&twin, two);
    thief.version(&RoleName::Root, 4).sign(&RoleName::Root).unwrap();
    let answer = reader.refresh(&thief.files, at(NOW));
    assert_eq!((answer.code(), answer.versions().root), (Some("signature"), 3));
    thief.hold(twin.keys_of(&RoleName::Root)).sign(&RoleName::Root).unwrap();
    assert_eq!(reader.refresh(&thief.files, at(NOW)).versions().root, 4, "accepted: that is root compromise");
}

#[test]
fn t12b_t18b_a_pin_by_version_lets_a_file_be_swapped_and_a_hash_does_not() {
    for (pins, installs) in [(Pins::VersionOnly, true), (Pins::Full, false)] {
        let (twin, _) = twin(pins);
        let mut thief = Forger::of_roles(&twin, &[RoleName::Targets]);
        let evil = tuffet_builder::TargetPin::of("evil", b"evil");
        thief.edit(&RoleName::Targets, |signed| {
            let Some(Value::Object(targets)) = signed.get_mut("targets") else { return };
            let pin = tuffet_metadata::Pinned::of(1, b"evil").to_object();
            let entry =
                pin.into_iter().filter(|(name, _)| name != "version").collect::<std::collections::BTreeMap<_, _>>();
            targets.insert(evil.path.clone(), entry.into());
        });
        thief.sign(&RoleName::Targets).unwrap();
        let mut fresh = Reader::pinned("fresh", twin.roots()[0].bytes());
        let answer = fresh.install(&thief.files, at(NOW), "evil", b"evil");
        assert_eq!(answer.is_ok(), installs, "{answer:?}");
        let mut holds = ready(&twin);
        assert!(holds.install(&thief.files, at(NOW), "evil", b"evil").is_err(), "who has that version keeps it");
    }
}
