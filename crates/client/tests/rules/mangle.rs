//! Every byte flip and every truncation of the four files is refused, or changes nothing (style.md rule 41).

use crate::simulator::{Simulator, now};
use std::collections::BTreeMap;
use tuffet_client::{Client, MemoryStore, MemoryTransport, Policy, Refreshed, StoredFile};

/// Whether both refreshes came to trust the same values.
fn same(a: &Refreshed, b: &Refreshed) -> bool {
    **a.root == **b.root && **a.timestamp == **b.timestamp && **a.snapshot == **b.snapshot && **a.targets == **b.targets
}

/// Every flip of `file`, and every `step`th truncation.
fn mangled(file: &[u8], step: usize) -> impl Iterator<Item = Vec<u8>> {
    let truncated = (0..file.len()).step_by(step).map(|end| file[..end].to_vec());
    let flipped = (0..file.len()).map(|at| {
        let mut bytes = file.to_vec();
        // Bit 5 turns letters to the other case: the change a lenient reader of hex or names would not see.
        bytes[at] ^= if bytes[at].is_ascii_alphabetic() { 0x20 } else { 0x01 };
        bytes
    });
    truncated.chain(flipped)
}

/// Root 2, to start from, and a repository with a root 3. One key for all: small files, since every byte of them is
/// a refresh here.
fn repository() -> (Vec<u8>, MemoryTransport) {
    let mut sim = Simulator::new();
    sim.keys.values_mut().for_each(|keys| *keys = (vec![1], 1));
    let pin = sim.publish_root();
    sim.publish_root();
    sim.publish();
    (pin, sim.served.files().into_iter().collect())
}

#[test]
fn c31_every_mangled_file_from_the_network_is_refused_or_changes_nothing() {
    let (pin, mut served) = repository();
    let start = |served: &MemoryTransport| {
        let mut client = Client::bootstrap(MemoryStore::default(), served, Policy::default(), &pin).unwrap();
        let result = client.refresh(now());
        (result, client.store().files.clone())
    };
    let (whole, stored) = start(&served);
    let whole = whole.unwrap();
    let mut accepted = BTreeMap::new();
    for name in ["3.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"] {
        let original = served.files[name].clone();
        for bytes in mangled(&original, 1) {
            served.files.insert(name.to_owned(), bytes.clone());
            let (result, after) = start(&served);
            match result {
                Ok(refreshed) => {
                    assert!(same(&refreshed, &whole), "{name}");
                    *accepted.entry(name).or_insert(0) += 1;
                }
                Err(_) => {
                    assert!(!after.values().any(|kept| *kept == bytes), "{name}: refused and yet stored");
                    let right = |(file, kept): (&StoredFile, &Vec<u8>)| stored[file] == *kept || pin == *kept;
                    assert!(after.iter().all(right), "{name}: refused, and something else is stored");
                }
            }
        }
        served.files.insert(name.to_owned(), original);
    }
    // What is accepted: signatures' hex in the other case, and nothing in a file pinned by hash.
    assert!(accepted.keys().all(|name| ["3.root.json", "timestamp.json"].contains(name)), "{accepted:?}");
}

#[test]
fn x3_every_mangled_file_of_the_store_is_said_or_changes_nothing() {
    let (pin, served) = repository();
    let mut client = Client::bootstrap(MemoryStore::default(), &served, Policy::default(), &pin).unwrap();
    let whole = client.refresh(now()).unwrap();
    let store = client.store().clone();
    for (file, original) in store.files.clone() {
        for bytes in mangled(&original, 9) {
            let mut store = store.clone();
            store.files.insert(file.clone(), bytes);
            let mut client = Client::bootstrap(store, &served, Policy::default(), &pin).unwrap();
            let refreshed = client.refresh(now()).unwrap();
            assert!(same(&refreshed, &whole), "{file:?}");
            let said = !client.events().is_empty();
            // Targets are no floor; a root that still verifies is the final root, compared above. Hex of a signature
            // in the other case verifies, and says the same as before.
            let verifies = || client.store().files[&file].eq_ignore_ascii_case(&original);
            assert!(said || matches!(file, StoredFile::Root | StoredFile::Targets) || verifies(), "{file:?}");
        }
    }
}
