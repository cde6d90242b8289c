//! Fetching roots ahead: fewer round trips, the same decisions.

use crate::simulator::{Served, Simulator, disk, now};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use tempfile::TempDir;
use tuffet_client::{Cache, Client, ClientError, Policy, Transport, TransportError};

/// Answers a batch of roots only once the whole batch has been asked for, and counts the rounds.
#[derive(Clone)]
struct Rounds {
    served: Served,
    batch: Arc<Barrier>,
    rounds: Arc<AtomicUsize>,
    threads: bool,
}

impl Rounds {
    fn new(served: &Served, threads: bool) -> Self {
        let (batch, rounds) = (Arc::new(Barrier::new(WIDTH)), Arc::default());
        Self { served: served.clone(), batch, rounds, threads }
    }
}

impl Transport for Rounds {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        let in_batch = self.threads && path.ends_with(".root.json") && path != "2.root.json";
        if !in_batch || self.batch.wait().is_leader() {
            self.rounds.fetch_add(1, Ordering::SeqCst);
        }
        self.served.fetch(path, limit)
    }

    fn across_threads(&self) -> Option<&(dyn Transport + Sync)> {
        self.threads.then_some(self)
    }
}

fn repository(roots: usize) -> Simulator {
    let mut sim = Simulator::new();
    for _ in 0..roots {
        sim.publish_root();
    }
    sim
}

fn client(sim: &Simulator, transport: Rounds, dir: &TempDir) -> Client<Rounds, Cache> {
    let cache = Cache::new(dir.path());
    Client::bootstrap(cache, transport, Policy::default(), &sim.pin_v1()).unwrap().with_fetch_ahead(WIDTH)
}

#[test]
fn c6_ahead_a_client_far_behind_needs_few_round_trips_and_ends_as_one_that_asks_one_by_one() {
    for roots in [0, 1, 31, 32, 33, 100] {
        let sim = repository(roots);
        let (ahead, single) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let transport = Rounds::new(&sim.served, true);
        let trusted = client(&sim, transport.clone(), &ahead).refresh(now()).unwrap();
        assert_eq!(trusted.root.common.version, roots as u64 + 1);
        sim.client(single.path()).refresh(now()).unwrap();
        assert_eq!(disk(ahead.path()), disk(single.path()));
        let rounds = transport.rounds.load(Ordering::SeqCst);
        assert!(rounds <= roots.div_ceil(WIDTH) + 4, "{roots} roots: {rounds} round trips");
    }
}

#[test]
fn c6_ahead_is_one_by_one_where_the_transport_is_for_one_thread_or_it_was_not_asked_for() {
    let sim = repository(3);
    let dir = TempDir::new().unwrap();
    client(&sim, Rounds::new(&sim.served, false), &dir).refresh(now()).unwrap();
    let roots: Vec<String> = sim.served.log().into_iter().filter(|name| name.ends_with("root.json")).collect();
    assert_eq!(roots, ["2.root.json", "3.root.json", "4.root.json", "5.root.json"]);
}

#[test]
fn c9_ahead_a_gap_hides_what_lies_behind_it() {
    let sim = repository(5);
    sim.served.remove("4.root.json");
    let dir = TempDir::new().unwrap();
    let trusted = client(&sim, Rounds::new(&sim.served, true), &dir).refresh(now()).unwrap();
    assert_eq!(trusted.root.common.version, 3, "4 is not there, so 5 and 6 do not count");
}

#[test]
fn c9_ahead_an_error_counts_in_its_turn_and_what_was_verified_before_stays() {
    let mut sim = repository(3);
    let url = || "5.root.json".to_owned();
    sim.publish_root();
    sim.served.break_file("5.root.json", TransportError::Status { url: url(), status: 500 });
    let dir = TempDir::new().unwrap();
    let refused = client(&sim, Rounds::new(&sim.served, true), &dir).refresh(now()).unwrap_err();
    let cause = TransportError::Status { url: url(), status: 500 };
    assert_eq!(refused, ClientError::Fetch { role: tuffet_metadata::RoleName::Root, cause });
    assert_eq!(disk(dir.path())["root.json"], sim.served.take("4.root.json").unwrap());

    // Behind the end an error is none: nobody asks for what follows a root that is not there.
    let dir = TempDir::new().unwrap();
    sim.served.heal();
    sim.served.break_file("7.root.json", TransportError::Status { url: "7.root.json".into(), status: 500 });
    let trusted = client(&sim, Rounds::new(&sim.served, true), &dir).refresh(now()).unwrap();
    assert_eq!(trusted.root.common.version, 5);
}

#[test]
fn c16_ahead_nothing_behind_a_refused_root_is_stored() {
    let sim = repository(5);
    sim.served.put("4.root.json", &sim.served.take("2.root.json").unwrap());
    let dir = TempDir::new().unwrap();
    client(&sim, Rounds::new(&sim.served, true), &dir).refresh(now()).unwrap_err();
    assert_eq!(disk(dir.path())["root.json"], sim.served.take("3.root.json").unwrap());
}

const WIDTH: usize = 32;
