//! What clients read before the timestamp moves, and after: through the URL they have (R10, X19).

use crate::site::text;
use crate::world::{Tree, ready, seen, seen_through, the_second, trees};
use std::cell::{Cell, RefCell};
use tuffet_client::{Caching, MemoryTransport, Transport, TransportError};
use tuffet_repository::{MemoryPlace, Place, PlaceTransport, Public, Receipt, Repository, RepositoryError};

/// A CDN before a place: what it holds back, what it serves instead, and from which attempt on it does neither.
struct Cdn {
    place: MemoryPlace,
    lacks: Vec<&'static str>,
    stale: Tree,
    better_at: u32,
    attempts: Cell<u32>,
    asked: RefCell<Vec<String>>,
}

impl Cdn {
    fn over(place: &MemoryPlace) -> Self {
        Self {
            place: place.clone(),
            lacks: Vec::new(),
            stale: Tree::new(),
            better_at: u32::MAX,
            attempts: Cell::new(1),
            asked: RefCell::default(),
        }
    }
}

impl Transport for Cdn {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.asked.borrow_mut().push(path.to_owned());
        if self.attempts.get() < self.better_at {
            if self.lacks.contains(&path) {
                return Err(TransportError::NotFound { url: self.locate(path) });
            }
            if let Some(bytes) = self.stale.get(path) {
                return Ok(bytes.clone());
            }
        }
        PlaceTransport(&self.place).fetch(path, limit)
    }

    fn locate(&self, path: &str) -> String {
        format!("https://tuf.example.org/{path}")
    }

    fn caching(&self) -> Option<Caching> {
        Some(Caching { age: Some(3605), max_age: Some(86400) })
    }
}

impl Public for Cdn {
    fn transport(&self) -> &dyn Transport {
        self
    }

    fn wait(&self, attempt: u32) -> bool {
        self.attempts.set(attempt);
        attempt <= 4
    }
}

fn publish(cdn: &Cdn) -> Result<(Receipt, Option<tuffet_repository::Lag>), RepositoryError> {
    let repository = Repository::at(cdn.place.clone());
    let one = cdn.place.files();
    ready(&repository, the_second(&one))?.publish_through(&repository, cdn)
}

fn place() -> (MemoryPlace, Tree) {
    let [one, _] = trees();
    (one.clone().into_iter().collect(), one)
}

#[test]
fn r10_r21_clients_read_the_new_version_through_their_url_before_the_timestamp_moves_and_after() {
    let (place, _) = place();
    let cdn = Cdn::over(&place);
    let (receipt, lag) = publish(&cdn).unwrap();
    assert_eq!((receipt.timestamp, lag), (2, None));
    let asked = cdn.asked.into_inner();
    let timestamps: Vec<usize> =
        asked.iter().enumerate().filter(|(_, path)| *path == "timestamp.json").map(|(at, _)| at).collect();
    // Before it moved nobody asked for the old one. After it: once to see it there, and once by each client.
    assert_eq!(timestamps.len(), 2, "one client starts at root 1, which was the newest: {asked:?}");
    let new = asked.iter().position(|path| path == "2.targets.json").unwrap();
    assert!(new < timestamps[0]);
    let target = format!("targets/{}.new.json", tuffet_keys::sha256(b"new"));
    assert_eq!(asked.iter().filter(|path| **path == target).count(), 2);
}

#[test]
fn r10_a_half_synchronised_mirror_refuses_before_the_timestamp_moves() {
    for lacks in ["2.targets.json", "2.snapshot.json"] {
        let (place, one) = place();
        let cdn = Cdn { lacks: vec![lacks], ..Cdn::over(&place) };
        let error = publish(&cdn).err().unwrap();
        let hint = "wait until every file is served, then run the same command again: what was written is taken up";
        assert_eq!(error.hint(), Some(hint));
        assert_eq!(
            error.to_string(),
            format!(
                "a client refuses what would be published, as it is served: cannot fetch {}: https://tuf.example.org/{lacks}: not found: \
                 the timestamp was not moved (R10)",
                lacks.trim_start_matches("2.").trim_end_matches(".json")
            )
        );
        assert_eq!(place.files()["timestamp.json"], one["timestamp.json"]);
        assert_eq!(cdn.attempts.get(), 5, "four attempts");
        assert_eq!(seen(&place), [2, 1, 1, 1]);
        // The same again, once it is there.
        assert_eq!(publish_again(&place), [2, 2, 2, 2]);
    }
    // A root that is held back: the old root's clients would find the new timestamp signed by a key they know.
    let (place, _) = place();
    let cdn = Cdn { lacks: vec!["1.root.json"], ..Cdn::over(&place) };
    assert!(publish(&cdn).is_ok(), "a client has its first root");
}

fn publish_again(place: &MemoryPlace) -> [u64; 4] {
    let [one, _] = trees();
    let repository = Repository::at(place.clone());
    ready(&repository, the_second(&one)).unwrap().publish(&repository).unwrap();
    seen(place)
}

#[test]
fn r10_a_mirror_that_catches_up_while_we_wait_is_no_failure() {
    let (place, _) = place();
    let cdn = Cdn { lacks: vec!["2.targets.json"], better_at: 3, ..Cdn::over(&place) };
    assert_eq!(publish(&cdn).unwrap().1, None);
    assert_eq!(cdn.attempts.get(), 3);
}

#[test]
fn x19_a_cdn_that_serves_yesterdays_timestamp_is_told_with_its_age() {
    let (place, one) = place();
    let stale = Tree::from([("timestamp.json".to_owned(), one["timestamp.json"].clone())]);
    let cdn = Cdn { stale: stale.clone(), ..Cdn::over(&place) };
    let (receipt, lag) = publish(&cdn).unwrap();
    assert_eq!(receipt.timestamp, 2);
    assert_eq!(
        lag.unwrap().to_string(),
        "https://tuf.example.org/timestamp.json: expected timestamp v2, found v1: a cache still serves it (age 3605 s, \
         max-age 86400 s), and clients see what was published when it lets go"
    );
    assert_eq!(seen(&place), [2, 2, 2, 2], "it is published");
    assert_eq!(seen_through(&cdn, &one["1.root.json"]).unwrap(), [2, 1, 1, 1], "and they see the old state whole");
    // It lets go while we wait.
    let (place, _) = self::place();
    let cdn = Cdn { stale, better_at: 4, ..Cdn::over(&place) };
    assert_eq!(publish(&cdn).unwrap().1, None);
}

#[test]
fn r21_anything_else_that_clients_are_served_afterwards_is_an_error() {
    let (place, one) = place();
    let lacks = Cdn { lacks: vec!["timestamp.json"], ..Cdn::over(&place) };
    assert_eq!(
        text(publish(&lacks)),
        "published, but a fresh client refuses it: cannot fetch timestamp: https://tuf.example.org/timestamp.json: not found: look at it \
         now (R21)"
    );
    assert_eq!(seen(&place), [2, 2, 2, 2], "it is published");
    // Nothing is served of what another publisher signed since.
    let (place, _) = self::place();
    let newer: MemoryPlace = trees()[1].clone().into_iter().collect();
    crate::world::resign(&Repository::at(newer.clone()), 1).unwrap();
    let stale = Tree::from([("timestamp.json".to_owned(), newer.files()["timestamp.json"].clone())]);
    let cdn = Cdn { stale, ..Cdn::over(&place) };
    assert_eq!(publish(&cdn).unwrap().1, None, "somebody was here since");
    assert!(one.contains_key("1.root.json") && MemoryTransport::default().files.is_empty());
    assert!(place.read("timestamp.json").unwrap().is_some());
}
