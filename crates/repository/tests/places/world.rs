//! Publications at any place, and what a client sees there.

use crate::site::{at, expires, first, online, second};
use chrono::TimeDelta;
use std::collections::BTreeMap;
use tuffet_client::{Client, ClientError, MemoryStore, Policy, Transport};
use tuffet_repository::{
    Accepted, Created, MemoryPlace, OnlineExpiries, Place, PlaceTransport, Receipt, Replaced, Repository,
    RepositoryError, Signed, stage, stage_online,
};

pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// Versions of root, targets, snapshot and timestamp.
pub(crate) type Versions = [u64; 4];

pub(crate) fn publish<P: Place>(repository: &Repository<P>, signed: Signed) -> Result<Receipt, RepositoryError> {
    ready(repository, signed)?.publish(repository)
}

pub(crate) fn ready<P: Place>(repository: &Repository<P>, signed: Signed) -> Result<Accepted, RepositoryError> {
    stage(repository.current()?, signed, &online(), &expires())?.verify(at())
}

/// Snapshot and timestamp anew, until so many hours later than the first.
pub(crate) fn anew<P: Place>(repository: &Repository<P>, hours: i64) -> Result<Accepted, RepositoryError> {
    let later = |time| time + TimeDelta::hours(hours);
    let expires = OnlineExpiries {
        snapshot: later(expires().snapshot),
        timestamp: later(expires().timestamp),
        pins: expires().pins,
    };
    stage_online(repository.published()?.unwrap(), &online(), &expires)?.verify(at())
}

pub(crate) fn resign<P: Place>(repository: &Repository<P>, hours: i64) -> Result<Receipt, RepositoryError> {
    anew(repository, hours)?.publish(repository)
}

/// What a client is at that starts from root 1 and reads every target.
pub(crate) fn seen_through(transport: impl Transport, pin: &[u8]) -> Result<Versions, ClientError> {
    let mut client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), pin)?;
    let now = client.refresh(at())?;
    for path in now.targets.targets().keys() {
        client.target_bytes(&now, &path)?;
    }
    Ok([now.root.common.version, now.targets.common.version, now.snapshot.common.version, now.timestamp.common.version])
}

pub(crate) fn seen<P: Place + ?Sized>(place: &P) -> Versions {
    let pin = place.read("1.root.json").unwrap().expect("root 1").bytes;
    seen_through(PlaceTransport(place), &pin).unwrap()
}

/// The files of a repository in memory after version 1, and after version 2.
pub(crate) fn trees() -> [Tree; 2] {
    let place = MemoryPlace::default();
    let repository = Repository::at(place.clone());
    publish(&repository, first()).unwrap();
    let one = place.files();
    let state = repository.published().unwrap().unwrap().state();
    publish(&repository, second(&state)).unwrap();
    [one, place.files()]
}

/// What the second ceremony brings to a repository that is at version 1.
pub(crate) fn the_second(one: &Tree) -> Signed {
    let place: MemoryPlace = one.clone().into_iter().collect();
    second(&Repository::at(place).published().unwrap().unwrap().state())
}

pub(crate) fn fill<P: Place + ?Sized>(place: &P, tree: &Tree) {
    for (file, bytes) in tree {
        assert_eq!(place.create(file, bytes).unwrap(), Created::New, "{file}");
    }
}

/// Writes over a file, as somebody does by hand.
pub(crate) fn put<P: Place + ?Sized>(place: &P, file: &str, bytes: &[u8]) {
    let there = place.read(file).unwrap().map(|found| found.tag);
    assert_eq!(place.replace(file, bytes, there.as_ref()).unwrap(), Replaced::Done);
}
