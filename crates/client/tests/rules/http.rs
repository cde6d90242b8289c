//! HTTP over a real socket: limits, lies, silence, redirects.

use crate::pace::TestPace;
use crate::server::{Answer, Server};
use crate::simulator::{Served, disk, now};
use crate::{Simulator, World};
use std::time::Duration;
use tuffet_client::{Cache, Client, ClientError, HttpConfig, HttpTransport, Policy, Transport, TransportError};

pub(crate) fn transport(server: &Server) -> HttpTransport {
    over(&server.url(), HttpConfig::default())
}

/// A transport that waits for nothing between attempts.
pub(crate) fn over(url: &str, config: HttpConfig) -> HttpTransport {
    HttpTransport::new(url, config).unwrap().with_pace(TestPace::new())
}

/// A repository's files, and 404 for the rest.
pub(crate) fn repository(served: Served) -> impl Fn(&str) -> Answer {
    move |path| match served.take(path) {
        Some(bytes) => Answer::file(&bytes),
        None => Answer::status("404 Not Found", "", b"<h1>not found</h1>"),
    }
}

/// A client of `sim`'s repository behind HTTP; `other` answers the paths it wants to.
pub(crate) fn over_http(
    sim: &Simulator,
    dir: &std::path::Path,
    config: HttpConfig,
    other: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static,
) -> (Server, Client<HttpTransport, Cache>) {
    let files = repository(sim.served.clone());
    let server = Server::start(move |path| other(path).unwrap_or_else(|| files(path)));
    let transport = over(&server.url(), config);
    let client = Client::bootstrap(Cache::new(dir), transport, Policy::default(), &sim.pin_v1()).unwrap();
    (server, client)
}

#[test]
fn a_refresh_and_a_download_need_one_connection_and_ask_for_files_as_they_are() {
    let world = World::new();
    let (server, mut client) = over_http(&world.sim, world.dir.path(), HttpConfig::default(), |_| None);
    let trusted = client.refresh(now()).unwrap();
    assert_eq!(client.target_bytes(&trusted, "trusted_root.json").unwrap(), b"keys of the logs");
    client.refresh(now()).unwrap();
    assert_eq!(server.connections(), 1);
    let requests = server.requests();
    assert_eq!(requests.len(), 7);
    for head in requests {
        let head = head.to_ascii_lowercase();
        assert!(head.contains("\r\naccept-encoding: identity\r\n"), "{head}");
        assert!(head.contains("\r\nuser-agent: tuffet-client/"), "{head}");
    }
}

#[test]
fn c7_x6_endless_data_ends_at_the_limit() {
    let chunk = b"10\r\n0123456789abcdef\r\n".to_vec();
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let until_close = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 512001\r\n\r\n".to_vec();
    for (head, again) in [(chunked, chunk), (until_close, vec![b'x'; 1000]), (announced, vec![b'x'; 1000])] {
        let world = World::refreshed();
        let before = world.disk();
        let (server, mut client) = over_http(&world.sim, world.dir.path(), HttpConfig::default(), move |path| {
            (path == "2.root.json").then(|| Answer::Endless(head.clone(), again.clone()))
        });
        let refused = client.refresh(now()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("cannot fetch root: {}2.root.json: expected at most 512000 bytes, found more", server.url())
        );
        assert_eq!((refused.code(), world.disk()), ("endless-data", before));
    }
}

#[test]
fn c9_x17_statuses_403_and_404_mean_no_newer_root_and_no_other_does() {
    for status in ["403 Forbidden", "404 Not Found"] {
        let world = World::new();
        let (_server, mut client) = over_http(&world.sim, world.dir.path(), HttpConfig::default(), move |path| {
            (path == "2.root.json").then(|| Answer::status(status, "", b""))
        });
        client.refresh(now()).unwrap();
    }
    for status in ["500 Oops", "503 Busy", "400 Bad", "410 Gone", "206 Partial", "204 None", "304 Same", "429 Slow"] {
        let world = World::refreshed();
        let before = world.disk();
        let (server, mut client) = over_http(&world.sim, world.dir.path(), HttpConfig::default(), move |path| {
            (path == "2.root.json").then(|| Answer::Close(format!("HTTP/1.1 {status}\r\n\r\n").into_bytes()))
        });
        let refused = client.refresh(now()).unwrap_err();
        let url = format!("{}2.root.json", server.url());
        let cause = TransportError::Status { url, status: status[..3].parse().unwrap() };
        assert_eq!(refused, ClientError::Fetch { role: tuffet_metadata::RoleName::Root, cause });
        assert_eq!(world.disk(), before);
    }
}

#[test]
fn x6_a_connection_that_ends_early_is_an_error() {
    for head in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}",
    ] {
        let server = Server::start(move |_| Answer::Close(head.into()));
        let refused = transport(&server).fetch("1.root.json", 1000).unwrap_err();
        let expected = head.contains("100").then_some(100);
        let url = format!("{}1.root.json", server.url());
        assert_eq!(refused, TransportError::Incomplete { url, expected, found: 2 });
    }
    for garbage in ["", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"] {
        let server = Server::start(move |_| Answer::Close(garbage.into()));
        let refused = transport(&server).fetch("1.root.json", 1000).unwrap_err();
        assert!(["incomplete", "unreachable"].contains(&refused.code()), "{refused}");
    }
}

#[test]
fn x7_silence_and_slowness_are_timeouts_not_the_end_of_the_roots() {
    let short = |idle, overall| HttpConfig {
        idle: Duration::from_millis(idle),
        overall: Duration::from_millis(overall),
        ..HttpConfig::default()
    };
    for (config, head, text) in [
        (short(100, 60_000), "", "expected a byte within 0.1 s (X7)"),
        (short(100, 60_000), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "expected a byte within 0.1 s (X7)"),
        (short(60_000, 100), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "expected the file within 0.1 s (X7)"),
    ] {
        let world = World::refreshed();
        let before = world.disk();
        let (server, mut client) = over_http(&world.sim, world.dir.path(), config, move |path| {
            (path == "2.root.json").then(|| Answer::Hang(head.into()))
        });
        let refused = client.refresh(now()).unwrap_err();
        assert_eq!(refused.to_string(), format!("cannot fetch root: {}2.root.json: {text}", server.url()));
        assert_eq!((refused.code(), world.disk()), ("timeout", before));
    }
}

#[test]
fn c9_a_handshake_that_fails_is_no_secure_connection() {
    // A server that speaks plain HTTP where TLS was asked for, as a captive portal does.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}/", listener.local_addr().unwrap());
    let portal = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 404 Not Found\r\n\r\n").unwrap();
        // Until the client goes away.
        let _gone = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let refused = over(&base, HttpConfig::default()).fetch("2.root.json", 9).unwrap_err();
    assert_eq!(refused.code(), "tls", "{refused}");
    assert!(refused.to_string().starts_with(&format!("{base}2.root.json: no secure connection: ")), "{refused}");
    portal.join().unwrap();
}

#[test]
fn x8_a_compressed_answer_is_refused() {
    for encoding in ["gzip", "br", "deflate, gzip"] {
        let server =
            Server::start(move |_| Answer::status("200 OK", &format!("Content-Encoding: {encoding}\r\n"), b"{}"));
        let refused = transport(&server).fetch("1.root.json", 1000).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("{}1.root.json: expected the file as it is, found Content-Encoding {encoding} (X8)", server.url())
        );
    }
}

#[test]
fn x16_redirects_are_followed_on_the_host_at_most_five_times() {
    let server = Server::start(|path| match path.strip_prefix("hop/") {
        Some("0") => Answer::file(b"here"),
        Some(n) => Answer::redirect(&format!("/hop/{}", n.parse::<u32>().unwrap() - 1)),
        None => Answer::redirect("loop"),
    });
    let transport = transport(&server);
    assert_eq!(transport.fetch("hop/5", 9).unwrap(), b"here");
    assert_eq!(server.connections(), 1);
    for path in ["hop/6", "loop"] {
        let refused = transport.fetch(path, 9).unwrap_err();
        let to = if path == "loop" { "loop" } else { "hop/0" };
        assert_eq!(
            refused.to_string(),
            format!("{0}{path}: expected at most 5 redirects, found a redirect to {0}{to} (X16)", server.url())
        );
    }
}

#[test]
fn x16_a_redirect_to_another_host_is_not_followed() {
    let other = Server::start(|_| Answer::file(b"{}"));
    let to = format!("{}1.root.json", other.url());
    let target = to.clone();
    let server = Server::start(move |_| Answer::redirect(&target));
    let refused = transport(&server).fetch("1.root.json", 9).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!("{}1.root.json: expected the same host, found a redirect to {to} (X16)", server.url())
    );
    assert_eq!((refused.code(), other.connections()), ("redirect", 0));
}

#[test]
fn c63_target_paths_are_escaped_and_stay_below_the_base() {
    let server = Server::start(|_| Answer::file(b""));
    let base = format!("{}tuf/repo", server.url());
    let transport = over(&base, HttpConfig::default());
    transport.fetch("targets/%2e%2e/a b?c#d", 9).unwrap();
    assert!(server.requests()[0].starts_with("GET /tuf/repo/targets/%252e%252e/a%20b%3Fc%23d HTTP/1.1\r\n"));
    for path in ["../x", "//evil/x", "http://evil/x", "/x", "a\r\nHost: evil"] {
        assert_eq!(transport.fetch(path, 9).unwrap_err().code(), "path");
    }
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn nobody_listening_is_unreachable_and_a_web_page_is_recognised() {
    let gone = Server::start(|_| Answer::file(b"")).url();
    let refused = over(&gone, HttpConfig::default()).fetch("x", 9).unwrap_err();
    assert_eq!(refused.code(), "unreachable", "{refused}");

    let world = World::refreshed();
    let before = disk(world.dir.path());
    let (server, mut client) = over_http(&world.sim, world.dir.path(), HttpConfig::default(), |_| {
        Some(Answer::file(b"\n<!doctype html><title>Welcome</title>"))
    });
    let refused = client.refresh(now()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "{}2.root.json: a web page, not metadata: root: byte 1: expected a JSON value, found `<` (F26)",
            server.url()
        )
    );
    assert_eq!(refused.hint(), Some("is this the repository's metadata URL?"));
    assert_eq!(disk(world.dir.path()), before);
}
