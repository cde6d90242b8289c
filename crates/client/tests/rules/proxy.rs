//! A real proxy on the loopback: everything goes through it, and its password shows nowhere.

use crate::World;
use crate::http::{over, repository};
use crate::server::{Answer, Server};
use crate::simulator::now;
use std::io::{BufRead, BufReader, Write, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use tuffet_client::{Client, HttpConfig, HttpTransport, MemoryStore, Policy, Proxy, ProxyUrl, Transport};

/// Answers `CONNECT` with a tunnel, or with `refusal`, and notes each head. Ends with the test's process.
struct TestProxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl TestProxy {
    fn start(refusal: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&heads);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let noted = Arc::clone(&noted);
                thread::spawn(move || tunnel(stream.unwrap(), &noted, refusal));
            }
        });
        Self { address, heads }
    }

    fn config(&self, user: &str) -> HttpConfig {
        let url = ProxyUrl::parse(&format!("http://{user}{}", self.address)).unwrap();
        HttpConfig { proxy: Proxy::Url(url), ..HttpConfig::default() }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn tunnel(mut client: TcpStream, noted: &Mutex<Vec<String>>, refusal: Option<&str>) {
    let mut lines = BufReader::new(client.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if lines.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let target = head.split(' ').nth(1).unwrap().to_owned();
    noted.lock().unwrap().push(head);
    if let Some(status) = refusal {
        client.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).unwrap();
        return;
    }
    let mut server = TcpStream::connect(target).unwrap();
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
    let mut back = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ended = copy(&mut back.0, &mut back.1);
        let _gone = back.1.shutdown(Shutdown::Both);
    });
    let _ended = copy(&mut lines, &mut server);
    let _gone = server.shutdown(Shutdown::Both);
}

#[test]
fn x6_a_refresh_goes_through_the_proxy_over_one_connection() {
    let world = World::new();
    let server = Server::start(repository(world.sim.served.clone()));
    let proxy = TestProxy::start(None);
    let transport = over(&server.url(), proxy.config("me:s3cret@"));
    let mut client =
        Client::bootstrap(MemoryStore::default(), transport, Policy::default(), &world.sim.pin_v1()).unwrap();
    client.refresh(now()).unwrap();
    assert_eq!((server.requests().len(), server.connections()), (4, 1));
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1);
    let host = server.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    assert!(heads[0].starts_with(&format!("CONNECT {host} HTTP/1.1\r\n")), "{}", heads[0]);
    // "me:s3cret" in base64: the proxy is told who asks, the server is not.
    assert!(heads[0].contains("\r\nProxy-Authorization: Basic bWU6czNjcmV0\r\n"), "{}", heads[0]);
    assert!(server.requests().iter().all(|head| !head.to_ascii_lowercase().contains("proxy-auth")));
}

#[test]
fn x6_a_proxy_that_refuses_or_is_gone_ends_the_fetch_and_its_password_shows_nowhere() {
    let server = Server::start(|_| Answer::file(b"{}"));
    let proxy = TestProxy::start(Some("407 Who Are You"));
    let transport = over(&server.url(), proxy.config("me:s3cret@"));
    let refused = transport.fetch("x", 9).unwrap_err();
    assert_eq!(refused.code(), "unreachable", "{refused}");
    assert_eq!(server.connections(), 0, "it does not go straight instead");
    let shown = format!("{refused} {refused:?} {transport:?} {:?}", proxy.config("me:s3cret@"));
    assert!(!shown.contains("s3cret") && !shown.contains("bWU6"), "{shown}");
    assert!(shown.contains(&format!("http://***@{}", proxy.address)), "{shown}");

    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = ProxyUrl::parse(&format!("http://me:s3cret@{gone}")).unwrap();
    let transport = over(&server.url(), HttpConfig { proxy: Proxy::Url(url), ..HttpConfig::default() });
    let refused = transport.fetch("x", 9).unwrap_err();
    assert_eq!((refused.code(), server.connections()), ("unreachable", 0));
    assert!(!refused.to_string().contains("s3cret"), "{refused}");
}

#[test]
fn x6_what_is_no_proxys_url_is_refused_without_its_password() {
    for (text, message) in [
        ("me:s3cret@host:1", "proxy ***: expected http://HOST:PORT"),
        ("socks5://me:s3cret@host:1", "proxy socks5://***@host:1: expected http:// or https://"),
        ("http://me:s3cret@", "proxy http://***@: expected a host"),
        ("http://me:s3cret@h/path", "proxy http://***@h/path: expected no path after the host"),
        ("http://me:s3 cret@h", "proxy http://***@h: expected printable ASCII without spaces"),
        ("http://:80", "proxy http://:80: expected a host"),
    ] {
        let refused = ProxyUrl::parse(text).unwrap_err();
        assert_eq!((refused.to_string(), refused.code()), (message.to_owned(), "location"));
    }
    for text in ["http://host", "HTTP://host:3128/", "https://user@host:1"] {
        let url = ProxyUrl::parse(text).unwrap();
        HttpTransport::new("http://a/", HttpConfig { proxy: Proxy::Url(url), ..HttpConfig::default() }).unwrap();
    }
}
