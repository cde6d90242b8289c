//! Directories and memory as transports, and the locations they are opened by.

use crate::World;
use crate::simulator::now;
use std::fs;
use tempfile::TempDir;
use tuffet_client::{
    Client, DirectoryTransport, MemoryStore, MemoryTransport, PathProblem, Policy, Transport, TransportError,
    open_transport,
};

/// The repository as files.
fn published(world: &World) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, bytes) in world.sim.served.files() {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

#[test]
fn a_directory_a_file_url_and_memory_serve_the_same_repository() {
    let mut world = World::new();
    world.sim.publish_root();
    let dir = published(&world);
    let spaced = dir.path().join("a b");
    fs::create_dir(&spaced).unwrap();
    let path = dir.path().to_str().unwrap();
    let memory: MemoryTransport = world.sim.served.files().into_iter().collect();
    let transports = [
        open_transport(path).unwrap(),
        open_transport(&format!("file://{path}")).unwrap(),
        open_transport(&format!("FILE://localhost{path}/a%20b/..")).unwrap(),
        Box::new(memory),
    ];
    for transport in transports {
        let pin = world.sim.pin_v1();
        let mut client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), &pin).unwrap();
        let trusted = client.refresh(now()).unwrap();
        assert_eq!(trusted.root.common.version, 2);
        assert_eq!(client.target_bytes(&trusted, "trusted_root.json").unwrap(), b"keys of the logs");
    }
}

#[test]
fn c7_a_transport_reads_to_the_limit_and_no_further() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("x"), "12345").unwrap();
    let directory = DirectoryTransport::open(dir.path()).unwrap();
    let memory: MemoryTransport = [("x", "12345")].into_iter().collect();
    for transport in [&directory as &dyn Transport, &memory] {
        assert_eq!(transport.fetch("x", 5).unwrap(), b"12345");
        assert_eq!(transport.fetch("x", u64::MAX).unwrap(), b"12345");
        let Err(TransportError::TooLarge { limit: 4, .. }) = transport.fetch("x", 4) else { panic!("taken") };
    }
}

#[test]
fn c9_only_a_file_that_is_not_there_is_not_found() {
    let dir = TempDir::new().unwrap();
    let directory = DirectoryTransport::open(dir.path()).unwrap();
    let url = dir.path().join("x").display().to_string();
    assert_eq!(directory.fetch("x", 9), Err(TransportError::NotFound { url: url.clone() }));
    fs::create_dir(dir.path().join("x")).unwrap();
    let reason = "expected a file, found another kind".to_owned();
    assert_eq!(directory.fetch("x", 9), Err(TransportError::Failed { url, reason }));
    fs::write(dir.path().join("y"), "").unwrap();
    assert_eq!(directory.fetch("y/z", 9).unwrap_err().code(), "unreachable");
}

#[cfg(unix)]
#[test]
fn c9_a_file_that_may_not_be_read_or_has_no_end_is_not_not_found() {
    let dir = TempDir::new().unwrap();
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("2.root.json")).unwrap();
    let directory = DirectoryTransport::open(dir.path()).unwrap();
    assert_eq!(directory.fetch("2.root.json", 9).unwrap_err().code(), "unreachable");
}

#[test]
fn c63_no_path_leaves_the_base() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("base")).unwrap();
    fs::write(dir.path().join("secret"), "mine").unwrap();
    let directory = DirectoryTransport::open(dir.path().join("base")).unwrap();
    let memory = MemoryTransport::default();
    for transport in [&directory as &dyn Transport, &memory] {
        for (path, problem) in [
            ("../secret", PathProblem::Dots),
            ("x/../../secret", PathProblem::Dots),
            ("/etc/passwd", PathProblem::EmptyName),
            ("", PathProblem::EmptyName),
            ("a\\b", PathProblem::Backslash),
            ("a\0", PathProblem::Control),
        ] {
            let path = path.to_owned();
            assert_eq!(transport.fetch(&path, 9), Err(TransportError::Path { path, problem }));
        }
    }
}

#[test]
fn locations_that_are_none_say_what_was_expected() {
    let dir = TempDir::new().unwrap();
    let missing = dir.path().join("none").display().to_string();
    let file = dir.path().join("file").display().to_string();
    fs::write(&file, "").unwrap();
    for (location, text) in [
        ("ftp://a", "ftp://a: expected https://, http://, file:// or a directory".to_owned()),
        ("file://host/x", "file://host/x: expected file:///PATH".to_owned()),
        (&missing, format!("{missing}: expected a directory: No such file or directory (os error 2)")),
        (&file, format!("{file}: expected a directory, found another kind of file")),
    ] {
        let Err(refused) = open_transport(location) else { panic!("{location} opened") };
        assert_eq!((refused.to_string(), refused.code()), (text, "location"));
    }
}
