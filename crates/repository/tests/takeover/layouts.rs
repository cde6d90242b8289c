//! What differs between tools, and what a takeover does about it.

use crate::maker::{Files, Maker, Scratch, file, notes, root};
use crate::tree::tree;
use tuffet_keys::sha512;
use tuffet_repository::{Layout, Repository};

#[test]
fn r7_each_listed_hash_has_its_file_or_a_note() {
    let maker = Maker::new(&[("a/b.txt", b"b")]);
    let mut files = maker.published();
    let scratch = Scratch::of(&files);
    assert_eq!(notes(&scratch.take().unwrap()), [""; 0]);
    assert_eq!(tree(&scratch.made()), files);
    // Of a working tree both are made: that is how its own tool publishes it.
    let scratch = Scratch::of(&maker.working());
    assert_eq!(notes(&scratch.take().unwrap()), [""; 0]);
    assert_eq!(tree(&scratch.made()), files);
    // Of what is published none is made up.
    let name = format!("targets/a/{}.b.txt", sha512(b"b"));
    files.remove(&name);
    let scratch = Scratch::of(&files);
    let text = format!("{name} is missing: clients that ask by this hash do not find the target (R7)");
    assert_eq!(notes(&scratch.take().unwrap()), [text]);
    assert_eq!(tree(&scratch.made()), files);
    // One with other bytes is worse than none.
    files.insert(name.clone(), b"x".to_vec());
    let error = Scratch::of(&files).refused();
    assert!(
        error.starts_with(&format!("{name}: expected a/b.txt, which targets v1 lists, found another file (1 bytes")),
        "{error}"
    );
}

#[test]
fn r9_a_repository_without_consistent_snapshots_keeps_its_names() {
    let mut maker = Maker::new(&[("a/b.txt", b"b")]);
    maker.root["consistent_snapshot"] = false.into();
    let files = maker.published();
    assert!(files.contains_key("targets.json") && files.contains_key("targets/a/b.txt"));
    let scratch = Scratch::of(&files);
    let text = "consistent_snapshot is false: a client that comes during a publication may see half of it (R9)";
    assert_eq!(notes(&scratch.take().unwrap()), [text]);
    let made = tree(&scratch.made());
    for (name, bytes) in &files {
        assert_eq!(made.get(name), Some(bytes), "{name}");
    }
    // Beside them the names that the root will need which turns consistent snapshots on.
    maker.root["consistent_snapshot"] = true.into();
    let more: Files = maker.published().into_iter().filter(|(name, _)| name.starts_with("targets/")).collect();
    assert_eq!(made.len(), files.len() + more.len());
    assert!(more.iter().all(|(name, bytes)| made.get(name) == Some(bytes)));
}

#[test]
fn tuftool_leaves_hashes_out_of_names_where_it_is_told_to() {
    let maker = Maker::new(&[("a/b.txt", b"b")]);
    let mut files = Files::new();
    for (name, bytes) in maker.published().into_iter().filter(|(name, _)| !name.starts_with("targets/")) {
        files.insert(format!("metadata/{name}"), bytes);
    }
    // The one root there is lies beside them, under no number.
    let root = files.remove("metadata/1.root.json").unwrap();
    files.insert("root.json".into(), root);
    files.insert("targets/a/b.txt".into(), b"b".to_vec());
    let scratch = Scratch::of(&files);
    let taken = scratch.take().unwrap();
    assert_eq!(taken.layout, Layout::Tuftool);
    assert_eq!(tree(&scratch.made()), maker.published());
    let from: Vec<_> = taken.files.iter().filter(|file| file.file == "1.root.json").map(|file| &*file.from).collect();
    assert_eq!(from, ["root.json"]);
}

#[test]
fn r10_a_root_that_is_signed_and_not_published_yet_is_left_out_of_a_working_tree() {
    // The online key is another in root 2, and has signed nothing yet.
    let next = file(&root(2, "@oscar"), &["@alice"]);
    let maker = Maker::new(&[]);
    let mut working = maker.working();
    working.insert("metadata/root.json".into(), next.clone());
    working.insert("metadata/root_history/2.root.json".into(), next.clone());
    let text = "root v2 is signed, and timestamp and snapshot are not signed by its online keys yet (R10)";
    let scratch = Scratch::of(&working);
    let taken = scratch.take().unwrap();
    assert_eq!(notes(&taken), [text]);
    assert_eq!(tree(&scratch.made()), maker.published());
    let left: Vec<_> = taken.left_out.iter().map(|left| (&*left.file, &*left.why)).collect();
    assert_eq!(left, [("metadata/root_history/2.root.json", "root v2 is signed and not published yet")]);
    // As published it is there for every client, and a publication has to be finished.
    let mut files = maker.published();
    files.insert("2.root.json".into(), next);
    let scratch = Scratch::of(&files);
    assert_eq!(notes(&scratch.take().unwrap()), [text]);
    assert_eq!(tree(&scratch.made()), files);
    assert_eq!(Repository::open(&scratch.made()).published().unwrap().unwrap().root().common.version, 2);
}

#[test]
fn a_file_of_an_event_that_is_none_is_left_out_with_its_reason() {
    let mut working = Maker::new(&[]).working();
    working.insert("metadata/.signing-event-state".into(), b"{\"invites\": 1}".to_vec());
    let taken = Scratch::of(&working).take().unwrap();
    assert_eq!(taken.left_out[0].file, "metadata/.signing-event-state");
    assert_eq!(taken.left_out[0].why, "it is no state of a signing event: expected an object `invites`, found none");
}
