//! X20: two updates at once. One wins; the other says so, and can be run again: nothing is lost.

use crate::people::Key;
use crate::site::{at, online};
use crate::world::{By, World, bins_key, file, find, set, settings};
use std::cell::Cell;
use tuffet_keys::{PublicKey, Sign, SignError};
use tuffet_repository::{BinKeys, RepositoryError};

/// A key during whose first signature something else happens.
struct Meanwhile<'a> {
    key: Key,
    happens: Cell<Option<&'a dyn Fn()>>,
}

impl Sign for Meanwhile<'_> {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn describe(&self) -> String {
        self.key.describe()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        if let Some(happens) = self.happens.take() {
            happens();
        }
        self.key.sign(message)
    }
}

fn race(world: &World, meanwhile: &dyn Fn()) -> Result<(), RepositoryError> {
    let online = Meanwhile { key: online(), happens: Cell::new(Some(meanwhile)) };
    let keys = BinKeys { bins: &bins_key(), online: &online };
    world.open().update(set("a", b"slow"), &keys, &settings(), at()).map(|_| ())
}

#[test]
fn x20_the_slower_of_two_updates_is_refused_and_run_again_loses_nothing() {
    // Of the same bin, and of another.
    for other in ["a2", "b"] {
        let world = World::new(By::Succinct);
        let error = race(&world, &|| drop(world.update(set(other, b"fast")).unwrap())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "timestamp.json: expected the one this publication was staged from, found another: another was published \
             in between, nothing was published (X20)"
        );
        assert_eq!(error.hint(), Some("run the same command again"));
        let found = find(world.dir.path(), &["a", other]);
        assert_eq!((&found["a"], &found[other]), (&Some(file(b"1")), &Some(file(b"fast"))));
        assert!(world.tree().keys().all(|name| !name.starts_with(".tuffet-")));
        world.update(set("a", b"slow")).unwrap();
        let found = find(world.dir.path(), &["a", other]);
        assert_eq!((&found["a"], &found[other]), (&Some(file(b"slow")), &Some(file(b"fast"))));
    }
}

#[test]
fn x20_an_open_repository_goes_on_from_what_others_published() {
    let world = World::new(By::Succinct);
    let mut open = world.open();
    world.update(set("a", b"fast")).unwrap();
    let receipt = world.with_keys(|keys| open.update(set("b", b"slow"), keys, &settings(), at())).unwrap().unwrap();
    assert_eq!((receipt.snapshot, receipt.timestamp), (4, 4));
    let found = find(world.dir.path(), &["a", "b"]);
    assert_eq!((&found["a"], &found["b"]), (&Some(file(b"fast")), &Some(file(b"slow"))));
}

#[test]
fn x20_while_another_holds_the_lock_nothing_is_published() {
    let world = World::new(By::Succinct);
    let before = world.tree();
    let lock = std::fs::File::open(world.dir.path()).unwrap();
    lock.lock().unwrap();
    let error = world.update(set("a", b"new")).unwrap_err();
    assert_eq!(error.to_string(), "another publication into this repository is running: nothing was published (X20)");
    assert_eq!(world.tree(), before);
    drop(lock);
    assert!(world.update(set("a", b"new")).unwrap().is_some());
}
