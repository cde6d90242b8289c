//! A copy of a repository with bins: all of them, each fetched once, and those that changed the next time.

use crate::site::at;
use crate::world::{By, World, find, set};
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;
use tuffet_client::{DirectoryTransport, Transport, TransportError};
use tuffet_repository::FolderPlace;
use tuffet_repository::mirror::{Mirrored, Original, check_mirror, mirror};

/// Notes what is asked for.
struct Noting(DirectoryTransport, Mutex<Vec<String>>);

impl Transport for Noting {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.1.lock().unwrap().push(path.to_owned());
        self.0.fetch(path, limit)
    }
}

/// The target files that the bins list.
fn put(dir: &Path, content: &[u8], path: &str) {
    let name = dir.join(format!("targets/{}.{path}", tuffet_keys::sha256(content)));
    std::fs::create_dir_all(name.parent().unwrap()).unwrap();
    std::fs::write(name, content).unwrap();
}

fn copy(world: &World, to: &TempDir) -> (Mirrored, Vec<String>) {
    let source = Noting(DirectoryTransport::open(world.dir.path()).unwrap(), Mutex::default());
    let pin = std::fs::read(world.dir.path().join("1.root.json")).unwrap();
    let from = Original { metadata: &source, targets: None };
    let done = mirror(from, &FolderPlace::open(to.path()), &pin, at(), |_| ()).unwrap();
    (done, source.1.into_inner().unwrap())
}

#[test]
fn r10_every_bin_is_copied_and_later_only_those_that_changed() {
    for (by, count, bin) in [(By::Succinct, 8, "2.bin-6.json"), (By::Prefixes, 4, "2.part-3.json")] {
        let (world, to) = (World::new(by), tempfile::tempdir().unwrap());
        put(world.dir.path(), b"1", "a");
        put(world.dir.path(), b"2", "b");
        let (done, _) = copy(&world, &to);
        let bins = done.written.iter().filter(|name| name.contains("bin-") || name.contains("part-")).count();
        assert_eq!(bins, count);
        assert_eq!(find(to.path(), &["a", "b", "c"]), find(world.dir.path(), &["a", "b", "c"]));
        put(world.dir.path(), b"new", "a");
        world.update(set("a", b"new")).unwrap().unwrap();
        let (done, asked) = copy(&world, &to);
        let target = format!("targets/{}.a", tuffet_keys::sha256(b"new"));
        assert_eq!(done.written, [&target, bin, "3.snapshot.json", "timestamp.json"]);
        assert_eq!(asked, ["2.root.json", "timestamp.json", "3.snapshot.json", bin, "1.root.json", &target]);
        let pin = std::fs::read(world.dir.path().join("1.root.json")).unwrap();
        let check = check_mirror(to.path(), &pin, at()).unwrap();
        let old = bin.replacen('2', "1", 1);
        let superfluous = [&old, "2.snapshot.json", &format!("targets/{}.a", tuffet_keys::sha256(b"1"))];
        assert!(check.is_whole());
        assert_eq!(check.superfluous, superfluous);
    }
}
