//! The places of this machine.

use crate::conformance::conforms;
use crate::crash::crash_everywhere;
use crate::race::race;
use crate::witness::{History, Witness};
use std::sync::atomic::{AtomicUsize, Ordering};
use tuffet_repository::{FolderPlace, MemoryPlace};

#[test]
fn r5_x20_memory_and_a_folder_keep_what_places_promise() {
    let memory = MemoryPlace::default();
    conforms(&memory, &memory.clone());
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("deep/er");
    conforms(&FolderPlace::open(&folder), &FolderPlace::open(&folder));
    assert!(crate::tree::tree(&folder).keys().all(|name| !name.contains(".tuffet-")), "nothing is left beside");
}

#[test]
fn r10_x19_after_a_crash_at_any_write_in_memory_clients_see_old_or_new_and_the_next_run_finishes() {
    let done = crash_everywhere(MemoryPlace::default);
    println!("memory: {done:?}");
    assert_eq!((done.writes, done.crashes), (5 + 5 + 2, 24));
}

#[test]
fn r10_x19_after_a_crash_at_any_write_in_a_folder_clients_see_old_or_new_and_the_next_run_finishes() {
    let (dir, count) = (tempfile::tempdir().unwrap(), AtomicUsize::new(0));
    let done =
        crash_everywhere(|| FolderPlace::open(&dir.path().join(count.fetch_add(1, Ordering::Relaxed).to_string())));
    println!("folder: {done:?}");
    assert_eq!((done.writes, done.crashes), (5 + 5 + 2, 24));
}

#[test]
fn x20_of_two_publishers_in_memory_one_wins_every_round() {
    let (place, history) = (MemoryPlace::default(), History::default());
    let way = || Witness::over(place.clone(), history.clone());
    println!("memory: {:?}", race(&[way(), way()], 50, &history));
}

#[test]
fn x20_of_two_publishers_into_a_folder_one_wins_every_round() {
    let (dir, history) = (tempfile::tempdir().unwrap(), History::default());
    let way = || Witness::over(FolderPlace::open(dir.path()), history.clone()).whole();
    println!("folder: {:?}", race(&[way(), way()], 50, &history));
}
