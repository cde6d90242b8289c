//! The order in which the model writes is that of the real client, write by write.

use crate::disk::{Disk, Write};
use crate::files::{Files, Thing, time};
use crate::properties::Seen;
use crate::run::{Run, Stage};
use crate::{Action, Mistake, State, World};
use stateright::Model;
use std::cell::RefCell;
use std::rc::Rc;
use tuffet_client::{Client, Lock, MemoryStore, MemoryTransport, Policy, Store, StoreError, StoredFile};

/// A store in memory that says what is done to it.
#[derive(Default)]
struct Recording {
    inner: MemoryStore,
    done: Rc<RefCell<Vec<String>>>,
}

impl Store for Recording {
    fn read(&self, file: &StoredFile) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.read(file)
    }

    fn write(&mut self, file: &StoredFile, bytes: &[u8]) -> Result<(), StoreError> {
        self.done.borrow_mut().push(format!("write {}", file.path()));
        self.inner.write(file, bytes)
    }

    fn remove(&mut self, file: &StoredFile) -> Result<(), StoreError> {
        self.done.borrow_mut().push(format!("remove {}", file.path()));
        self.inner.remove(file)
    }

    fn lock(&self) -> Result<Lock, StoreError> {
        self.inner.lock()
    }

    fn describe(&self) -> String {
        "a test's store".into()
    }
}

/// The repository after so many publications.
fn served(files: &Files, published: u8) -> MemoryTransport {
    let (roots, newest) = latest(published);
    let mut transport = MemoryTransport::default();
    for root in &files.roots[..=usize::from(roots)] {
        transport.files.insert(format!("{}.root.json", root.version), root.bytes.clone());
    }
    let timestamp = &files.timestamps[usize::from(newest)];
    let snapshot = files.get(Thing::Snapshot(timestamp.pins));
    let targets = files.get(Thing::Targets(snapshot.pins));
    transport.files.insert("timestamp.json".into(), timestamp.bytes.clone());
    transport.files.insert(format!("{}.snapshot.json", snapshot.version), snapshot.bytes.clone());
    transport.files.insert(format!("{}.targets.json", targets.version), targets.bytes.clone());
    transport
}

/// The newest root and the newest timestamp.
fn latest(published: u8) -> (u8, u8) {
    (published.saturating_sub(1), published)
}

/// What the model writes in one refresh in which it is served what is published.
fn model(world: &World, disk: Disk, published: u8) -> (Disk, Vec<String>) {
    let (seen, run) = (Seen::default(), Run::Off);
    let mut state = State { published, stolen: 0, is_late: false, disk, run, seen };
    let mut written = Vec::new();
    let (roots, newest) = latest(published);
    let mut next = Some(Action::Refresh);
    while let Some(action) = next {
        if let (Action::Write, Run::On(on)) = (action, &state.run) {
            written.push(name(&world.files, on.todo[0]));
        }
        state = world.next_state(&state, action).unwrap();
        let pins = |thing: Thing| world.files.get(thing).pins;
        next = match &state.run {
            Run::Off => None,
            Run::On(on) if !on.todo.is_empty() => Some(Action::Write),
            Run::On(on) => Some(match on.stage {
                Stage::Roots if on.root < roots => Action::Serve(Thing::Root(on.root + 1)),
                Stage::Roots => Action::Withhold,
                Stage::Timestamp => Action::Serve(Thing::Timestamp(newest)),
                Stage::Snapshot => Action::Serve(Thing::Snapshot(pins(Thing::Timestamp(newest)))),
                Stage::Targets => {
                    let snapshot = pins(Thing::Timestamp(newest));
                    Action::Serve(Thing::Targets(pins(Thing::Snapshot(snapshot))))
                }
            }),
        };
    }
    (state.disk, written)
}

fn name(files: &Files, write: Write) -> String {
    let (verb, file) = match write {
        Write::Root(place) => ("write", StoredFile::ChainRoot(files.get(Thing::Root(place)).version)),
        Write::Timestamp(None) => ("remove", StoredFile::Timestamp),
        Write::Timestamp(_) => ("write", StoredFile::Timestamp),
        Write::Snapshot(None) => ("remove", StoredFile::Snapshot),
        Write::Snapshot(_) => ("write", StoredFile::Snapshot),
        Write::Targets(_) => ("write", StoredFile::Targets),
        Write::Notes(_) => ("write", StoredFile::State),
    };
    format!("{verb} {}", file.path())
}

#[test]
fn x1_the_model_writes_what_the_client_writes_in_its_order() {
    let world = World::new(Mistake::None);
    // From one publication to a later one, with a rotation between or none, over an expired root or none.
    for (first, then) in [(0, 1), (1, 2), (1, 3), (0, 3), (2, 3), (3, 3)] {
        let done = Rc::new(RefCell::new(Vec::new()));
        let mut store = Recording { inner: MemoryStore::default(), done: Rc::clone(&done) };
        let mut disk = Disk::default();
        for published in [first, then] {
            let transport = served(&world.files, published);
            let pin = &world.files.roots[0].bytes;
            let mut client = Client::bootstrap(&mut store, transport, Policy::default(), pin).unwrap();
            client.refresh(time(false)).unwrap();
            let (after, expected) = model(&world, disk, published);
            disk = after;
            // Beside these: the pin, in its place and in the chain's, and a copy of the newest root for other programs.
            let aside = ["write .tuffet/pin.json", "write .tuffet/roots/1.root.json", "write root.json"];
            let written: Vec<String> =
                done.borrow_mut().drain(..).filter(|write| !aside.contains(&write.as_str())).collect();
            assert_eq!(written, expected, "from {first} to {then}, at {published}");
        }
    }
}
