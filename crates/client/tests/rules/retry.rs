//! Asking again (X6, X7, X17): what may pass by itself, ever later, never for long, and nothing else.

use crate::World;
use crate::http::over_http;
use crate::pace::TestPace;
use crate::server::{Answer, Server};
use crate::simulator::now;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tuffet_client::{HttpConfig, HttpTransport, Retry, Transport, TransportError};

fn config(retry: Retry) -> HttpConfig {
    HttpConfig { retry, ..HttpConfig::default() }
}

fn retry() -> Retry {
    Retry {
        attempts: 4,
        first_delay: Duration::from_millis(100),
        longest_delay: Duration::from_millis(300),
        budget: Duration::from_secs(10),
    }
}

/// A server that answers `bad` so often, and then well; a transport that asks it; and the waits between.
fn failing(times: usize, bad: &'static [u8], retry: Retry) -> (Server, HttpTransport, Arc<TestPace>) {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        n if n < times => Answer::Close(bad.to_vec()),
        _ => Answer::file(b"at last"),
    });
    let pace = TestPace::new();
    let transport = HttpTransport::new(&server.url(), config(retry)).unwrap().with_pace(pace.clone());
    (server, transport, pace)
}

#[test]
fn x17_a_fault_that_passes_is_waited_for_ever_longer_up_to_the_cap() {
    for bad in [
        b"HTTP/1.1 500 Oops\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".as_slice(),
        b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 429 Slow\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
    ] {
        let (server, transport, pace) = failing(3, bad, retry());
        assert_eq!(transport.fetch("1.root.json", 99).unwrap(), b"at last", "{}", String::from_utf8_lossy(bad));
        assert_eq!((pace.waits(), server.requests().len()), (vec![100, 200, 300], 4));
    }
}

#[test]
fn x17_no_wait_comes_before_the_first_attempt_and_none_after_the_last() {
    let bad = b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let (server, transport, pace) = failing(0, bad, retry());
    transport.fetch("1.root.json", 99).unwrap();
    assert_eq!((pace.waits(), server.requests().len()), (vec![], 1));

    let (server, transport, pace) = failing(99, bad, retry());
    let refused = transport.fetch("1.root.json", 99).unwrap_err();
    assert_eq!(refused, TransportError::Status { url: format!("{}1.root.json", server.url()), status: 503 });
    assert_eq!((pace.waits(), server.requests().len()), (vec![100, 200, 300], 4));

    let (server, transport, pace) = failing(99, bad, Retry::never());
    assert_eq!(transport.fetch("1.root.json", 99).unwrap_err().code(), "http-status");
    assert_eq!((pace.waits(), server.requests().len()), (vec![], 1));
}

#[test]
fn x17_jitter_takes_off_at_most_half() {
    for (jitter, waits) in [(0, vec![50, 100]), (u32::MAX / 2, vec![75, 150]), (u32::MAX, vec![100, 200])] {
        let server = Server::start(|_| Answer::status("503 Busy", "", b""));
        let pace = TestPace::with_jitter(jitter);
        let asked = config(Retry { attempts: 3, ..retry() });
        let transport = HttpTransport::new(&server.url(), asked).unwrap().with_pace(pace.clone());
        transport.fetch("x", 99).unwrap_err();
        assert_eq!(pace.waits(), waits);
    }
}

#[test]
fn x17_retry_after_is_honoured_up_to_the_cap_and_beyond_it_nobody_asks_again() {
    let answer = |after: &'static str| {
        let asked = AtomicUsize::new(0);
        let server = Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Answer::status("429 Slow", &format!("Retry-After: {after}\r\n"), b""),
            _ => Answer::file(b"{}"),
        });
        let pace = TestPace::new();
        let retry = Retry { longest_delay: Duration::from_secs(5), ..retry() };
        let transport = HttpTransport::new(&server.url(), config(retry)).unwrap().with_pace(pace.clone());
        let code = transport.fetch("x", 99).err().map(|e| e.code());
        (code, pace.waits(), server.requests().len())
    };
    assert_eq!(answer("3"), (None, vec![3000], 2));
    assert_eq!(answer("5"), (None, vec![5000], 2));
    assert_eq!(answer("6"), (Some("http-status"), vec![], 1));
    assert_eq!(answer("0"), (None, vec![100], 2));
    // A date needs a clock: our own wait then. So does what is no number.
    assert_eq!(answer("Wed, 21 Oct 2026 07:28:00 GMT"), (None, vec![100], 2));
    assert_eq!(answer("-1"), (None, vec![100], 2));
}

#[test]
fn x7_no_attempt_begins_after_the_budget_or_the_overall_deadline() {
    let bad = b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let many = Retry { attempts: 1000, ..retry() };
    let (server, transport, pace) = failing(9999, bad, Retry { budget: Duration::from_millis(700), ..many.clone() });
    transport.fetch("x", 99).unwrap_err();
    assert_eq!((pace.waits(), server.requests().len()), (vec![100, 200, 300], 4));

    let server = Server::start(|_| Answer::status("503 Busy", "", b""));
    let pace = TestPace::new();
    let asked = HttpConfig { overall: Duration::from_millis(400), ..config(many) };
    let transport = HttpTransport::new(&server.url(), asked).unwrap().with_pace(pace.clone());
    transport.fetch("x", 99).unwrap_err();
    assert_eq!(pace.waits(), [100, 200]);
}

#[test]
fn c9_an_answer_is_never_asked_for_again() {
    for status in ["404 None", "403 No", "400 Bad", "410 Gone", "206 Partial", "304 Same", "401 Who"] {
        let server = Server::start(move |_| Answer::Close(format!("HTTP/1.1 {status}\r\n\r\n").into_bytes()));
        let pace = TestPace::new();
        let transport = HttpTransport::new(&server.url(), config(retry())).unwrap().with_pace(pace.clone());
        transport.fetch("2.root.json", 99).unwrap_err();
        assert_eq!((pace.waits(), server.requests().len()), (vec![], 1), "{status}");
    }
    for answer in ["Content-Encoding: gzip\r\n", "Content-Length: 100\r\n", "Location: http://b/\r\n"] {
        let status = if answer.starts_with("Location") { "302 Found" } else { "200 OK" };
        let server = Server::start(move |_| Answer::Close(format!("HTTP/1.1 {status}\r\n{answer}\r\n").into_bytes()));
        let pace = TestPace::new();
        let transport = HttpTransport::new(&server.url(), config(retry())).unwrap().with_pace(pace.clone());
        transport.fetch("2.root.json", 9).unwrap_err();
        assert_eq!((pace.waits(), server.requests().len()), (vec![], 1), "{answer}");
    }
}

#[test]
fn c9_what_the_verifier_refuses_is_not_fetched_again() {
    let world = World::refreshed();
    let before = world.disk();
    let (server, mut client) = over_http(&world.sim, world.dir.path(), config(retry()), |path| {
        (path == "2.root.json").then(|| Answer::file(b"{}"))
    });
    assert_eq!(client.refresh(now()).unwrap_err().code(), "malformed");
    assert_eq!((server.requests().len(), world.disk()), (1, before));
}

#[test]
fn c9_a_fault_on_the_next_root_that_passes_does_not_hide_the_root() {
    let mut world = World::refreshed();
    world.sim.publish_root();
    let asked = AtomicUsize::new(0);
    let (_server, mut client) = over_http(&world.sim, world.dir.path(), config(retry()), move |path| {
        let first = path == "2.root.json" && asked.fetch_add(1, Ordering::SeqCst) == 0;
        first.then(|| Answer::status("502 Bad Gateway", "", b"<h1>"))
    });
    assert_eq!(client.refresh(now()).unwrap().root.common.version, 2);
}

#[test]
fn x6_nobody_listening_is_asked_again_and_then_said() {
    let gone = Server::start(|_| Answer::file(b"")).url();
    let pace = TestPace::new();
    let transport = HttpTransport::new(&gone, config(retry())).unwrap().with_pace(pace.clone());
    let refused = transport.fetch("x", 9).unwrap_err();
    assert_eq!((refused.code(), pace.waits()), ("unreachable", vec![100, 200, 300]));
}
