//! A copy of a repository: whole or as it was, whatever is cut; nothing older, nothing else, nothing twice.

use crate::namespace::{again, inside};
use crate::site::{Site, at, first, second, signed, target};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tempfile::TempDir;
use tuffet_client::{Client, DirectoryTransport, MemoryStore, Policy, Transport, TransportError};
use tuffet_repository::mirror::{MirrorError, Mirrored, Original, check_mirror, mirror, prune};
use tuffet_repository::{
    Created, FolderPlace, Found, MemoryPlace, Place, PlaceError, PlaceErrorKind, PlaceErrorKind::Full, Replaced, Tag,
};

/// A place that ends after so many writes, as a cut cable or a full disk ends it.
struct Ending {
    inner: MemoryPlace,
    left: AtomicUsize,
    kind: PlaceErrorKind,
}

impl Ending {
    fn spend(&self, file: &str) -> Result<(), PlaceError> {
        let spent = self.left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        let (place, reason) = ("there".to_owned(), "no room".to_owned());
        spent.map(drop).map_err(|_| PlaceError { place, file: file.to_owned(), reason, kind: self.kind })
    }
}

impl Place for Ending {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        self.inner.read(file)
    }
    fn names(&self) -> Result<Vec<String>, PlaceError> {
        self.inner.names()
    }
    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        // What is there costs no room.
        if self.inner.read(file)?.is_some() {
            return Ok(Created::Exists);
        }
        self.spend(file).and_then(|()| self.inner.create(file, bytes))
    }
    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        self.spend(file).and_then(|()| self.inner.replace(file, bytes, seen))
    }
    fn describe(&self) -> String {
        "there".to_owned()
    }
}

/// An original in a folder that notes what is asked for, and may answer otherwise.
struct Source {
    inner: DirectoryTransport,
    asked: RefCell<Vec<String>>,
    instead: BTreeMap<String, Result<Vec<u8>, TransportError>>,
}

impl Source {
    fn of(site: &Site) -> Self {
        let inner = DirectoryTransport::open(site.repository.dir()).unwrap();
        Self { inner, asked: RefCell::default(), instead: BTreeMap::new() }
    }

    fn answers(mut self, name: &str, answer: Result<Vec<u8>, TransportError>) -> Self {
        self.instead.insert(name.to_owned(), answer);
        self
    }
}

impl Transport for Source {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.asked.borrow_mut().push(path.to_owned());
        match self.instead.get(path) {
            Some(answer) => answer.clone(),
            None => self.inner.fetch(path, limit),
        }
    }
}

fn from(source: &Source) -> Original<'_> {
    Original { metadata: source, targets: None }
}

fn copied(site: &Site, to: &dyn Place) -> Result<Mirrored, MirrorError> {
    mirror(from(&Source::of(site)), to, &pin(site), at(), |_| ())
}

fn pin(site: &Site) -> Vec<u8> {
    site.tree()["1.root.json"].clone()
}

fn site(dir: &TempDir, versions: usize) -> Site {
    let site = Site::at(dir.path());
    site.publish(first()).unwrap();
    if versions > 1 {
        site.publish(second(&site.state())).unwrap();
    }
    site
}

/// A client that pins the first root, over what lies in memory: the targets it gets.
fn read(files: &BTreeMap<String, Vec<u8>>, pin: &[u8], paths: &[&str]) -> (u64, Vec<Vec<u8>>) {
    let transport: tuffet_client::MemoryTransport =
        files.iter().map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
    let mut client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), pin).unwrap();
    let refreshed = client.refresh(at()).unwrap();
    let targets = paths.iter().map(|path| client.target_bytes(&refreshed, path).unwrap()).collect();
    (refreshed.timestamp.common.version, targets)
}

fn refused(result: Result<Mirrored, MirrorError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn r10_a_mirror_has_every_root_and_what_is_listed_now_the_timestamp_last() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(&dir, 2);
    let place = MemoryPlace::default();
    let done = copied(&site, &place).unwrap();
    let superseded = ["1.snapshot.json", "1.targets.json"];
    let minimal: BTreeMap<String, Vec<u8>> =
        site.tree().into_iter().filter(|(name, _)| !superseded.contains(&name.as_str())).collect();
    assert_eq!(place.files(), minimal);
    let order: Vec<&str> = done.written.iter().map(String::as_str).collect();
    let targets: Vec<&str> = minimal.keys().map(String::as_str).filter(|name| name.starts_with("targets/")).collect();
    let rest = ["2.targets.json", "2.snapshot.json", "1.root.json", "2.root.json", "timestamp.json"];
    assert_eq!(order, [&targets[..], &rest].concat());
    assert_eq!((done.first_root, done.root, done.timestamp, done.snapshot, done.targets), (1, 2, 2, 2, 2));
    assert_eq!(
        read(&place.files(), &pin(&site), &["new.json", "logs/keys.json"]),
        (2, vec![b"new".to_vec(), b"{}".to_vec()])
    );
    // Again: nothing is written, and only roots and the timestamp are asked for.
    let source = Source::of(&site);
    let again = mirror(from(&source), &place, &pin(&site), at(), |_| ()).unwrap();
    assert_eq!((again.written.len(), again.kept), (0, minimal.len()));
    assert_eq!(*source.asked.borrow(), ["3.root.json", "timestamp.json", "2.root.json", "1.root.json"]);
}

#[test]
fn x1_a_mirror_that_is_cut_after_any_file_is_read_as_before_and_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(&dir, 1);
    let before = MemoryPlace::default();
    copied(&site, &before).unwrap();
    site.publish(second(&site.state())).unwrap();
    let all = copied(&site, &MemoryPlace::from_iter(before.files())).unwrap().written.len();
    assert_eq!(all, 5, "a target file, targets, snapshot, a root, the timestamp");
    for cut in 0..all {
        let inner = MemoryPlace::from_iter(before.files());
        let ending = Ending { inner: inner.clone(), left: AtomicUsize::new(cut), kind: Full };
        let error = copied(&site, &ending).unwrap_err();
        assert!(error.to_string().starts_with("copy: there: ") && error.to_string().ends_with(": no room"), "{error}");
        assert_eq!(error.hint(), Some("what was written is taken up: mend the cause, and run the same command again"));
        assert_eq!(
            read(&inner.files(), &pin(&site), &["logs/keys.json"]),
            (1, vec![b"{}".to_vec()]),
            "cut after {cut}"
        );
        // Target files that are there are not fetched again.
        let source = Source::of(&site);
        let done = mirror(from(&source), &inner, &pin(&site), at(), |_| ()).unwrap();
        let asked = source.asked.borrow().iter().filter(|name| name.starts_with("targets/")).count();
        assert_eq!((done.written.len(), asked), (all - cut, usize::from(cut == 0)));
        assert_eq!(read(&inner.files(), &pin(&site), &["new.json"]), (2, vec![b"new".to_vec()]));
    }
}

#[test]
fn c38_an_older_original_and_one_with_other_roots_are_refused() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (old, new) = (site(&old, 1), site(&new, 2));
    let place = MemoryPlace::default();
    copied(&new, &place).unwrap();
    let there = place.files();
    // The same first root, or it would be another repository.
    let pin = pin(&new);
    let older = Source::of(&old).answers("1.root.json", Ok(pin.clone()));
    let text = refused(mirror(from(&older), &place, &pin, at(), |_| ()));
    assert!(text.starts_with("original: ") && text.contains("expected version 2 or later"), "{text}");
    // All of it but the newest root.
    let gone = Err(TransportError::NotFound { url: "2.root.json".into() });
    let text = refused(mirror(from(&Source::of(&new).answers("2.root.json", gone)), &place, &pin, at(), |_| ()));
    assert_eq!(text, "original: expected root v2, which the copy has, found v1 as its newest (C38)");
    assert_eq!(place.files(), there);
    // Another root of the pinned version.
    let other = new.tree()["2.root.json"].clone();
    let done = mirror(from(&Source::of(&new)), &MemoryPlace::default(), &other, at(), |_| ()).unwrap();
    assert_eq!(done.first_root, 1, "roots before the pinned one are copied");
    let forged = Source::of(&new).answers("1.root.json", Ok(other));
    let text = refused(mirror(from(&forged), &MemoryPlace::default(), &pin, at(), |_| ()));
    assert!(text.starts_with("original: 1.root.json: "), "{text}");
}

#[test]
fn x19_a_half_synchronised_original_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(&dir, 1);
    let place = MemoryPlace::default();
    copied(&site, &place).unwrap();
    let there = place.files();
    site.publish(second(&site.state())).unwrap();
    let new = format!("targets/{}.new.json", tuffet_keys::sha256(b"new"));
    let none = |name: &str| Err(TransportError::NotFound { url: name.to_owned() });
    let failed = |status| Err(TransportError::Status { url: "u".to_owned(), status });
    let endless = Err(TransportError::TooLarge { url: "u".to_owned(), limit: 3 });
    for (name, answer, text) in [
        ("2.snapshot.json", none("u"), "original: cannot fetch snapshot: u: not found"),
        ("2.targets.json", none("u"), "original: cannot fetch targets: u: not found"),
        ("2.targets.json", failed(500), "original: cannot fetch targets: u: expected HTTP status 200, found 500"),
        (&new, none("u"), "original: cannot fetch target `new.json`: u: not found"),
        (&new, failed(503), "original: cannot fetch target `new.json`: u: expected HTTP status 200, found 503"),
        (&new, endless, "original: cannot fetch target `new.json`: u: expected at most 3 bytes, found more"),
        (
            &new,
            Ok(b"NEW".to_vec()),
            &format!("original: {new}: expected target `new.json` as listed, found another file (C59)"),
        ),
    ] {
        let source = Source::of(&site).answers(name, answer);
        assert_eq!(refused(mirror(from(&source), &place, &pin(&site), at(), |_| ())), text);
        assert_eq!(place.files(), there, "{text}");
    }
    let page = Source::of(&site).answers("timestamp.json", Ok(b"<html>".to_vec()));
    let text = refused(mirror(from(&page), &place, &pin(&site), at(), |_| ()));
    assert!(text.contains("a web page, not metadata"), "{text}");
}

#[test]
fn r5_a_file_of_the_copy_that_was_changed_is_named_and_not_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(&dir, 2);
    let whole = MemoryPlace::default();
    copied(&site, &whole).unwrap();
    let hash = |bytes: &[u8]| tuffet_keys::sha256(bytes).to_string();
    for name in whole.files().keys() {
        let mut files = whole.files();
        files.insert(name.clone(), b"changed".to_vec());
        let place = MemoryPlace::from_iter(files.clone());
        let result = copied(&site, &place);
        match name.as_str() {
            // It carries no version, and what does not verify is no floor.
            "timestamp.json" => {
                assert_eq!(result.unwrap().written, ["timestamp.json"]);
                continue;
            }
            name if name.starts_with("targets/") => {
                let text = refused(result);
                assert!(text.starts_with(&format!("copy: {name}: expected target `")), "{text}");
            }
            name => {
                let (expected, found) = (hash(&whole.files()[name]), hash(b"changed"));
                let text =
                    format!("copy: {name}: expected SHA-256 {expected}, found {found}: it is never overwritten (R5)");
                assert_eq!(refused(result), text);
            }
        }
        assert_eq!(place.files(), files);
    }
}

fn in_folder(site: &Site, dir: &Path) -> Mirrored {
    copied(site, &FolderPlace::open(dir)).unwrap()
}

#[test]
fn a_mirror_in_a_folder_is_checked_and_pruned_and_its_roots_stay() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (site, copy) = (site(&dir, 1), copy.path().join("deep/copy"));
    in_folder(&site, &copy);
    let state = site.state();
    let mut next = signed(Some(&state), &[target("logs/keys.json", b"{ }")], &["@alice", "@bob"]);
    next.files.insert("logs/keys.json".into(), b"{ }".to_vec());
    site.publish(next).unwrap();
    let done = in_folder(&site, &copy);
    let check = || check_mirror(&copy, &pin(&site), at()).unwrap();
    let old = format!("targets/logs/{}.keys.json", tuffet_keys::sha256(b"{}"));
    let superfluous = ["1.snapshot.json".to_owned(), "1.targets.json".to_owned(), old];
    let found = check();
    assert!(found.is_whole());
    assert_eq!((found.versions, found.first_root, found.files), (Some([1, 2, 2, 2]), 1, 5));
    assert_eq!(found.superfluous, superfluous);
    // What is no repository's file stays.
    std::fs::write(copy.join("index.html"), "ours").unwrap();
    assert_eq!(prune(&copy, &done.files).unwrap(), superfluous);
    let names: Vec<String> = crate::tree::tree(&copy).into_keys().collect();
    let target = format!("targets/logs/{}.keys.json", tuffet_keys::sha256(b"{ }"));
    assert_eq!(names, ["1.root.json", "2.snapshot.json", "2.targets.json", "index.html", &target, "timestamp.json"]);
    assert_eq!(check().superfluous, [""; 0]);
    std::fs::write(copy.join(&target), "changed").unwrap();
    assert_eq!((check().is_whole(), check().changed), (false, vec![target.clone()]));
    std::fs::remove_file(copy.join(&target)).unwrap();
    assert_eq!((check().is_whole(), check().missing), (false, vec![target]));
    std::fs::write(copy.join("2.targets.json"), "{}").unwrap();
    let refused = check().refused.unwrap();
    assert!(refused.contains("2.targets.json: targets") && !refused.starts_with("original"), "{refused}");
}

#[test]
fn x5_a_full_disk_leaves_a_copy_that_clients_read() {
    if let Some((_, dir)) = inside() {
        return full_disk(&dir);
    }
    let (this, dir) = ("mirror::x5_a_full_disk_leaves_a_copy_that_clients_read", tempfile::tempdir().unwrap());
    again(this, "mirror", dir.path(), "mount -t tmpfs -o size=64k tmpfs \"$1\"");
}

/// Leaves one page more in every round, so that each of the writes is the one that fails.
fn full_disk(dir: &Path) {
    let original = tempfile::tempdir().unwrap();
    let (site, copy) = (site(&original, 1), dir.join("copy"));
    in_folder(&site, &copy);
    site.publish(second(&site.state())).unwrap();
    let fillers = (0..).take_while(|i| std::fs::write(dir.join(format!("filler{i}")), [7; 4096]).is_ok()).count();
    let mut refusals = Vec::new();
    for i in 0..fillers {
        match copied(&site, &FolderPlace::open(&copy)) {
            Ok(_) => break,
            Err(error) => {
                refusals.push(error.to_string());
                assert_eq!(
                    read(&crate::tree::tree(&copy), &pin(&site), &["logs/keys.json"]),
                    (1, vec![b"{}".to_vec()])
                );
            }
        }
        std::fs::remove_file(dir.join(format!("filler{i}"))).unwrap();
    }
    assert_eq!(read(&crate::tree::tree(&copy), &pin(&site), &["new.json"]), (2, vec![b"new".to_vec()]));
    assert!(
        refusals.len() > 2 && refusals.iter().all(|text| text.starts_with("copy: ") && text.contains("No space left")),
        "{refusals:?}"
    );
}
