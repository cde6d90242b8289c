//! Every byte flip and every truncation is refused, or changes nothing that is trusted.

use super::repo::*;
use crate::*;

/// What a client acts on, of each file.
fn trusted(refreshed: &Refreshed) -> impl PartialEq + std::fmt::Debug + use<> {
    let root: Root = (**refreshed.root).clone();
    let timestamp: Timestamp = (**refreshed.timestamp).clone();
    let snapshot: Snapshot = (**refreshed.snapshot).clone();
    let targets: Targets = (**refreshed.targets).clone();
    (root, timestamp, snapshot, targets)
}

fn run(files: &[Vec<u8>; 4]) -> Result<Refreshed, UpdateError> {
    let [root, timestamp, snapshot, targets] = files.clone();
    let update = Update::start(Unverified::new(root), at(START), Policy::default())?;
    let update = update.final_root(Memory::default())?.timestamp(Unverified::new(timestamp))?;
    update.snapshot(Unverified::new(snapshot))?.targets(Unverified::new(targets))
}

/// Mangles the file at `index` in every way; with pins the pinned files must not change by a bit.
fn mangle(index: usize, pinned: bool) {
    let repo = repo(1).with(|r| {
        r.pinned = pinned;
        r.contents.remove("dir/b");
    });
    let files = [root(1).bytes(), repo.timestamp(), repo.snapshot(), repo.targets()];
    let good = trusted(&run(&files).unwrap());
    let mut accepted = 0;
    for at in 0..files[index].len() {
        for mask in [0x01, 0x20, 0x80] {
            let mut bad = files.clone();
            bad[index][at] ^= mask;
            if let Ok(refreshed) = run(&bad) {
                assert_eq!(trusted(&refreshed), good, "byte {at} ^ {mask:#x}");
                accepted += 1;
            }
        }
        let mut short = files.clone();
        short[index].truncate(at);
        assert!(run(&short).is_err(), "{at} bytes");
    }
    assert!(!(pinned && index > 1) || accepted == 0, "a hash pins every bit");
}

#[test]
fn a_mangled_root_is_refused_or_changes_nothing() {
    mangle(0, true);
}

#[test]
fn a_mangled_timestamp_is_refused_or_changes_nothing() {
    mangle(1, true);
}

#[test]
fn a_mangled_snapshot_is_refused_or_changes_nothing() {
    mangle(2, true);
    mangle(2, false);
}

#[test]
fn mangled_targets_are_refused_or_change_nothing() {
    mangle(3, true);
    mangle(3, false);
}
