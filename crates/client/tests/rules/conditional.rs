//! "Only if it changed" (X16): what is handed back from memory is verified like any file, and no other answer is 304.

use crate::World;
use crate::http::{over_http, transport};
use crate::server::{Answer, Server};
use crate::simulator::{EXPIRES, at, now};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tuffet_client::{HttpConfig, Transport, TransportError};
use tuffet_metadata::RoleName;

const TAGGED: &str = "ETag: \"five\"\r\nLast-Modified: Mon, 01 Jun 2026 00:00:00 GMT\r\n";

fn same() -> Answer {
    Answer::Keep(b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec())
}

/// The headers of a question, and nothing where none was asked.
fn question(head: &str) -> Vec<String> {
    head.lines().map(str::to_ascii_lowercase).filter(|line| line.starts_with("if-")).collect()
}

#[test]
fn x16_a_timestamp_that_did_not_change_is_not_sent_again_but_is_verified_again() {
    let world = World::new();
    let timestamp = world.sim.served.take("timestamp.json").unwrap();
    let changed = Arc::new(AtomicBool::new(true));
    let now_changed = Arc::clone(&changed);
    let (server, mut client) = over_http(&world.sim, world.dir.path(), HttpConfig::default(), move |path| {
        let send = || Answer::status("200 OK", TAGGED, &timestamp);
        (path == "timestamp.json").then(|| if now_changed.load(Ordering::SeqCst) { send() } else { same() })
    });
    client.refresh(now()).unwrap();
    changed.store(false, Ordering::SeqCst);
    let trusted = client.refresh(now()).unwrap();
    assert_eq!(trusted.timestamp.common.version, 1);
    let heads = server.requests();
    let asked: Vec<_> = heads.iter().map(|head| question(head)).filter(|asked| !asked.is_empty()).collect();
    assert_eq!(asked, [["if-none-match: \"five\"", "if-modified-since: mon, 01 jun 2026 00:00:00 gmt"]]);
    assert_eq!(server.connections(), 1);

    // The server says "unchanged" for ever: the file expires all the same (C27).
    let before = world.disk();
    let refused = client.refresh(at(EXPIRES)).unwrap_err();
    assert_eq!((refused.code(), world.disk()), ("freeze", before));
}

#[test]
fn x16_a_304_nobody_asked_for_is_an_error() {
    let server = Server::start(|_| same());
    let transport = transport(&server);
    for path in ["timestamp.json", "2.root.json"] {
        let url = format!("{}{path}", server.url());
        assert_eq!(transport.fetch(path, 99), Err(TransportError::Status { url, status: 304 }));
    }
}

#[test]
fn x16_only_the_timestamp_is_asked_for_conditionally_and_only_where_the_validator_came_from() {
    let moved = Arc::new(AtomicBool::new(false));
    let now_moved = Arc::clone(&moved);
    let server = Server::start(move |path| match path {
        "timestamp.json" if now_moved.load(Ordering::SeqCst) => Answer::redirect("elsewhere"),
        _ => Answer::status("200 OK", TAGGED, b"{}"),
    });
    let transport = transport(&server);
    for path in ["timestamp.json", "2.root.json", "2.root.json", "timestamp.json"] {
        transport.fetch(path, 99).unwrap();
    }
    moved.store(true, Ordering::SeqCst);
    transport.fetch("timestamp.json", 99).unwrap();
    let asked: Vec<bool> = server.requests().iter().map(|head| !question(head).is_empty()).collect();
    assert_eq!(asked, [false, false, false, true, true, false], "the redirect's end is another URL");
}

#[test]
fn x16_without_a_validator_nothing_is_remembered_and_a_long_one_is_none() {
    let long = format!("ETag: \"{}\"\r\n", "x".repeat(2000));
    for headers in [String::new(), long] {
        let server = Server::start(move |_| Answer::status("200 OK", &headers, b"{}"));
        let transport = transport(&server);
        transport.fetch("timestamp.json", 99).unwrap();
        transport.fetch("timestamp.json", 99).unwrap();
        assert_eq!(question(&server.requests()[1]), Vec::<String>::new());
    }
}

#[test]
fn c22_what_is_remembered_is_held_to_the_limit_of_the_day() {
    let first = AtomicBool::new(true);
    let server = Server::start(move |_| match first.swap(false, Ordering::SeqCst) {
        true => Answer::status("200 OK", TAGGED, b"12345"),
        false => same(),
    });
    let transport = transport(&server);
    transport.fetch("timestamp.json", 5).unwrap();
    let url = format!("{}timestamp.json", server.url());
    assert_eq!(transport.fetch("timestamp.json", 4), Err(TransportError::TooLarge { url, limit: 4 }));
    assert_eq!(transport.fetch("timestamp.json", 5).unwrap(), b"12345");
}

#[test]
fn x16_what_was_refused_is_forgotten_or_one_tampered_answer_would_last() {
    // Once, somebody on the way sends another file under the true file's validator.
    let world = World::refreshed();
    let before = world.disk();
    let timestamp = world.sim.served.take("timestamp.json").unwrap();
    let forged = world.sim.served.take("1.snapshot.json").unwrap();
    let first = AtomicBool::new(true);
    let (server, mut client) = over_http(&world.sim, world.dir.path(), HttpConfig::default(), move |path| {
        let body = if path == "timestamp.json" && first.swap(false, Ordering::SeqCst) { &forged } else { &timestamp };
        (path == "timestamp.json").then(|| Answer::status("200 OK", TAGGED, body))
    });
    client.refresh(now()).unwrap_err();
    assert_eq!(world.disk(), before);
    client.refresh(now()).unwrap();
    assert!(server.requests().iter().all(|head| question(head).is_empty()));
    assert_eq!(RoleName::Timestamp.file_name(), "timestamp.json");
}
