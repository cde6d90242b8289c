//! TUF 5.7: targets in memory and on disk.

use crate::World;
use crate::simulator::{disk, now, sign};
use std::fs;
use tempfile::TempDir;
use tuffet_client::{Client, ClientError, MemoryStore, MemoryTransport, Policy, TransportError};
use tuffet_metadata::RoleName::Targets;
use tuffet_metadata::json::{Value, object, parse};

const PATH: &str = "trusted_root.json";
const CONTENT: &[u8] = b"keys of the logs";

/// Where the simulator serves the target.
fn remote(world: &World) -> String {
    world.sim.served.files().into_keys().find(|name| name.starts_with("targets/")).unwrap()
}

#[test]
fn c59_length_and_hash_are_checked_and_nothing_else_gets_a_file() {
    let (world, out) = (World::refreshed(), TempDir::new().unwrap());
    let mut client = world.client();
    let trusted = client.refresh(now()).unwrap();
    let at = remote(&world);
    for (served, text, code) in [
        (
            &b"keys of the log"[..],
            format!("{at}: target `trusted_root.json`: expected 16 bytes, found 15 (TUF 5.7.3)"),
            "target-length",
        ),
        (
            b"keys of the logs!",
            format!("cannot fetch target `trusted_root.json`: {at}: expected at most 16 bytes, found more"),
            "endless-data",
        ),
        (
            b"keys of the dogs",
            format!("{at}: target `trusted_root.json`: the file does not have the hash its metadata lists (TUF 5.7.3)"),
            "target-hash",
        ),
    ] {
        world.sim.served.put(&at, served);
        for refused in
            [client.download(&trusted, PATH, out.path()).unwrap_err(), client.target_bytes(&trusted, PATH).unwrap_err()]
        {
            assert_eq!((refused.to_string(), refused.code()), (text.clone(), code));
        }
        assert!(disk(out.path()).is_empty());
    }
    world.sim.served.put(&at, CONTENT);
    assert_eq!(client.target_bytes(&trusted, PATH).unwrap(), CONTENT);
    let unknown = client.target_bytes(&trusted, "other").unwrap_err();
    assert_eq!(unknown.to_string(), "target `other`: not listed by targets v1 (TUF 5.6.7)");
    assert_eq!(unknown.code(), "unknown-target");
}

#[test]
fn c59_a_target_without_a_hash_is_no_target() {
    let mut world = World::refreshed();
    world.sim.publish();
    let value = parse(&world.sim.file(&Targets), 32).unwrap();
    let mut signed = value.as_object().unwrap()["signed"].as_object().unwrap().clone();
    let entry = object([("length", 16.into()), ("hashes", Value::Object(Default::default()))]);
    signed.insert("targets".into(), object([(PATH, entry.into())]).into());
    world.sim.full_pins = false;
    world.sim.publish_snapshot();
    world.sim.publish_timestamp();
    world.sim.served.put("2.targets.json", &sign(&signed.into(), &[3]));
    let refused = world.refresh().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "2.targets.json: targets v2: signed.targets.trusted_root.json.hashes: expected a sha256 or sha512, found \
         neither (C34)"
    );
}

#[test]
fn c60_the_hash_stands_before_the_base_name_only() {
    let (mut world, out) = (World::refreshed(), TempDir::new().unwrap());
    world.sim.targets.insert("a/b/c.txt".into(), b"nested".to_vec());
    world.sim.publish();
    let mut client = world.client();
    let trusted = client.refresh(now()).unwrap();
    world.log();
    let done = client.download(&trusted, "a/b/c.txt", out.path()).unwrap();
    assert_eq!((done.path, done.length, done.fetched), (out.path().join("a/b/c.txt"), 6, true));
    let hash = tuffet_keys::sha256(b"nested");
    assert_eq!(world.log(), [format!("targets/a/b/{hash}.c.txt")]);
    assert_eq!(disk(out.path()), [("a/b/c.txt".to_owned(), b"nested".to_vec())].into());
}

#[test]
fn c60_without_consistent_snapshots_a_target_has_its_own_name() {
    let mut world = World::new();
    world.sim.consistent = false;
    world.sim.publish_root();
    world.sim.publish();
    let mut client = world.client();
    let trusted = client.refresh(now()).unwrap();
    world.log();
    assert_eq!(client.target_bytes(&trusted, PATH).unwrap(), CONTENT);
    assert_eq!(world.log(), ["targets/trusted_root.json"]);
}

#[test]
fn c61_a_failed_download_leaves_the_old_file_and_no_other() {
    let (world, out) = (World::refreshed(), TempDir::new().unwrap());
    let mut client = world.client();
    let trusted = client.refresh(now()).unwrap();
    fs::write(out.path().join(PATH), "older").unwrap();
    let at = remote(&world);
    let cause = TransportError::Incomplete { url: at.clone(), expected: Some(16), found: 4 };
    world.sim.served.break_file(&at, cause.clone());
    let refused = client.download(&trusted, PATH, out.path()).unwrap_err();
    assert_eq!(refused, ClientError::FetchTarget { path: PATH.into(), cause });
    assert_eq!(disk(out.path()), [(PATH.to_owned(), b"older".to_vec())].into());
    world.sim.served.heal();
    assert!(client.download(&trusted, PATH, out.path()).unwrap().fetched);
    assert_eq!(disk(out.path()), [(PATH.to_owned(), CONTENT.to_vec())].into());
}

#[test]
fn c64_a_file_that_is_there_is_checked_again_and_fetched_only_when_wrong() {
    let (world, out) = (World::refreshed(), TempDir::new().unwrap());
    let mut client = world.client();
    let trusted = client.refresh(now()).unwrap();
    world.log();
    assert!(client.download(&trusted, PATH, out.path()).unwrap().fetched);
    assert!(!client.download(&trusted, PATH, out.path()).unwrap().fetched);
    assert_eq!(world.log().len(), 1);
    for tampered in [&b"keys of the dogs"[..], b"keys", b"keys of the logs and more"] {
        fs::write(out.path().join(PATH), tampered).unwrap();
        assert!(client.download(&trusted, PATH, out.path()).unwrap().fetched);
        assert_eq!(disk(out.path())[PATH], CONTENT);
    }
    assert_eq!(world.log().len(), 3);
}

/// A repository that lists one target of this path, however it would be served.
fn listing(path: &str) -> (World, tuffet_client::Refreshed) {
    let mut world = World::refreshed();
    world.sim.targets = [(path.to_owned(), b"evil".to_vec())].into();
    world.sim.publish();
    let trusted = world.refresh().unwrap();
    world.log();
    (world, trusted)
}

#[test]
fn c62_c63_paths_that_leave_the_directory_or_the_base_are_refused_before_any_fetch() {
    for (path, problem) in [
        ("../evil", "expected names, found `.` or `..`"),
        ("a/../../evil", "expected names, found `.` or `..`"),
        ("/etc/evil", "expected names separated by single slashes, found an empty name"),
        ("//host/evil", "expected names separated by single slashes, found an empty name"),
        ("https://host/evil", "expected names separated by single slashes, found an empty name"),
        ("..\\\\evil", "expected no backslash, found one"),
        ("a\\u0000b", "expected no control character, found one"),
        ("C:evil", "expected no colon, found one"),
        ("a/nul.txt", "expected a file's name, found one that Windows reserves for a device"),
        ("a.", "expected a name that ends in another character than a dot or space"),
    ] {
        // As JSON writes it.
        let path = path.replace("\\\\", "\\").replace("\\u0000", "\0");
        let (world, trusted) = listing(&path);
        let out = TempDir::new().unwrap();
        let refused = world.client().download(&trusted, &path, out.path()).unwrap_err();
        assert_eq!(refused.to_string(), format!("target `{}`: {problem} (C62)", path.escape_debug()));
        assert_eq!(refused.code(), "target-path");
        assert!(world.log().is_empty() && disk(out.path()).is_empty());
    }
}

#[cfg(unix)]
#[test]
fn c62_links_below_the_directory_are_not_followed() {
    use std::os::unix::fs::symlink;
    let (world, trusted) = listing("a/evil");
    let mut client = world.client();
    let (out, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    symlink(elsewhere.path(), out.path().join("a")).unwrap();
    let refused = client.download(&trusted, "a/evil", out.path()).unwrap_err();
    let place = out.path().join("a");
    assert_eq!(refused.to_string(), format!("{}: expected a directory, found a symbolic link (C62)", place.display()));
    assert_eq!((refused.code(), refused.hint()), ("destination", Some("move it away, or give another directory")));

    let out = TempDir::new().unwrap();
    fs::create_dir(out.path().join("a")).unwrap();
    let secret = elsewhere.path().join("secret");
    fs::write(&secret, "mine").unwrap();
    symlink(&secret, out.path().join("a/evil")).unwrap();
    let refused = client.download(&trusted, "a/evil", out.path()).unwrap_err();
    assert!(refused.to_string().ends_with("expected a file or nothing, found a symbolic link (C62)"), "{refused}");

    assert!(world.log().is_empty());
    assert_eq!(disk(elsewhere.path()), [("secret".to_owned(), b"mine".to_vec())].into());
}

#[test]
fn c62_what_is_in_the_way_stays() {
    let (world, trusted) = listing("a/evil");
    let mut client = world.client();
    let out = TempDir::new().unwrap();
    fs::write(out.path().join("a"), "a file").unwrap();
    let refused = client.download(&trusted, "a/evil", out.path()).unwrap_err();
    assert!(refused.to_string().ends_with("a: expected a directory, found a file (C62)"), "{refused}");
    assert_eq!(disk(out.path()), [("a".to_owned(), b"a file".to_vec())].into());

    let out = TempDir::new().unwrap();
    fs::create_dir_all(out.path().join("a/evil")).unwrap();
    let refused = client.download(&trusted, "a/evil", out.path()).unwrap_err();
    assert!(refused.to_string().ends_with("evil: expected a file or nothing, found a directory (C62)"), "{refused}");

    let refused = client.download(&trusted, "a/evil", &out.path().join("none")).unwrap_err();
    assert!(refused.to_string().ends_with("none: expected a directory, found nothing (C62)"), "{refused}");
    assert!(world.log().is_empty());
}

#[test]
fn targets_may_have_a_base_of_their_own() {
    let world = World::new();
    let (targets, metadata): (Vec<_>, Vec<_>) =
        world.sim.served.files().into_iter().partition(|(name, _)| name.starts_with("targets/"));
    let metadata: MemoryTransport = metadata.into_iter().collect();
    let targets: MemoryTransport =
        targets.into_iter().map(|(name, bytes)| (name["targets/".len()..].to_owned(), bytes)).collect();
    let mut client = Client::bootstrap(MemoryStore::default(), metadata, Policy::default(), &world.sim.pin_v1())
        .unwrap()
        .with_targets(targets);
    let trusted = client.refresh(now()).unwrap();
    assert_eq!(client.target_bytes(&trusted, PATH).unwrap(), CONTENT);
}
