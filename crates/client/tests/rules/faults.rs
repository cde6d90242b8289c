//! Faults that need the whole client: X13 a chain without end, X15 clocks, X18 two generations at once.

use crate::World;
use crate::simulator::{Served, Simulator, at, now};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use tempfile::TempDir;
use tuffet_client::{Cache, Client, ClientError, Event, Limits, Policy};
use tuffet_metadata::RoleName::{Root, Timestamp};

#[test]
fn x13_a_chain_longer_than_the_limit_is_walked_in_parts() {
    let mut world = World::new();
    (0..10).for_each(|_| {
        world.sim.publish_root();
    });
    let policy = Policy { limits: Limits { roots: 4, ..Limits::default() }, ..Policy::default() };
    for (version, asked) in [(5, 4), (9, 4), (11, 3)] {
        let mut client = world.sim.client_with(world.dir.path(), policy.clone());
        assert_eq!(client.refresh(now()).unwrap().root.common.version, version);
        let roots = world.log().iter().filter(|name| name.ends_with("root.json")).count();
        assert_eq!(roots, asked, "and the next refresh goes on from there");
    }
}

#[test]
fn x15_a_clock_that_goes_back_is_said_and_no_clock_is_a_panic() {
    let mut world = World::new();
    world.refresh().unwrap();
    let mut client = world.client();
    let yesterday = at("2026-05-31T00:00:00Z");
    client.refresh(yesterday).unwrap();
    assert_eq!(client.events(), [Event::ClockBack { accepted: now(), now: yesterday }]);
    // The notes keep the time of the newest floors, so it is said until something newer comes, under any clock.
    world.sim.publish_timestamp();
    let mut client = world.client();
    client.refresh(yesterday).unwrap();
    assert_eq!(client.events().len(), 1);
    let mut client = world.client();
    client.refresh(yesterday).unwrap();
    assert_eq!(client.events(), [], "now the floors are of that time");

    for (time, answer) in [
        (DateTime::<Utc>::MIN_UTC, "accepted"),
        (DateTime::UNIX_EPOCH, "accepted"),
        (at("2016-12-31T23:59:59Z"), "accepted"),
        (at("2106-02-07T06:28:16Z"), "freeze"),
        (DateTime::<Utc>::MAX_UTC, "freeze"),
    ] {
        let dir = TempDir::new().unwrap();
        let result = world.sim.client(dir.path()).refresh(time);
        assert_eq!(result.as_ref().map_or_else(ClientError::code, |_| "accepted"), answer, "{time}");
        // What was written is read again, whatever the time was.
        let again = world.sim.client(dir.path()).refresh(time);
        assert_eq!(again.is_ok(), result.is_ok(), "{time}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every file of a mirror is of one of two valid generations, whichever: what is trusted is one of them, whole.
    #[test]
    fn x18_files_of_two_generations_give_one_of_them_or_a_refusal(
        which in proptest::collection::vec(any::<bool>(), 8), pinned in any::<bool>(), consistent in any::<bool>(),
    ) {
        let mut sim = Simulator::new();
        (sim.full_pins, sim.consistent) = (pinned, consistent);
        sim.publish_root();
        sim.publish();
        let old = sim.served.files();
        sim.targets.insert("new".into(), b"new".to_vec());
        sim.publish();
        let new = sim.served.files();
        let mixed = Served::default();
        for (i, name) in ["timestamp.json", "snapshot.json", "targets.json"].into_iter().enumerate() {
            if let Some(bytes) = (if which[i] { &old } else { &new }).get(name) {
                mixed.put(name, bytes);
            }
        }
        for (i, (name, bytes)) in new.iter().filter(|(name, _)| !mixed.files().contains_key(*name)).enumerate() {
            // What a mirror has not got yet is missing; roots it always has.
            if name.ends_with("root.json") || old.contains_key(name) || !which[i % which.len()] {
                mixed.put(name, bytes);
            }
        }
        let dir = TempDir::new().unwrap();
        let mut client =
            Client::bootstrap(Cache::new(dir.path()), mixed, Policy::default(), &sim.pin_v1()).unwrap();
        if let Ok(trusted) = client.refresh(now()) {
            let versions =
                (trusted.timestamp.common.version, trusted.snapshot.common.version, trusted.targets.common.version);
            prop_assert!(versions == (2, 2, 2) || versions == (3, 3, 3), "{versions:?}");
            prop_assert_eq!(trusted.root.common.version, sim.versions[&Root]);
            prop_assert!(sim.versions[&Timestamp] == 3);
        }
    }
}
