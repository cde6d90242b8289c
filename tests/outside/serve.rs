//! `tuffet serve`, as a process of its own.

use crate::real::tuffet;
use crate::{AT, golden, text};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Ends with the test.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
    lines: Vec<String>,
}

impl Served {
    pub(crate) fn start(dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tuffet"))
            .args(["serve", &text(dir)])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let lines: Vec<String> = out.lines().take(3).map(|line| line.unwrap()).collect();
        Self { child, url: lines[0].clone(), lines }
    }

    /// The head and the body of the answer to a request as it stands.
    fn ask(&self, request: &str) -> (String, String) {
        let host = self.url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_folder_is_served_on_the_loopback_and_the_lines_it_prints_are_a_client() {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::start(&golden());
    assert!(served.url.starts_with("http://127.0.0.1:"), "{}", served.url);
    for line in &served.lines[1..] {
        let line = line.replace("--cache cache", &format!("--cache {}", text(dir.path())));
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        tuffet(&[&["--at", AT], &words[..]].concat()).done();
    }
    let (head, body) = served.ask("HEAD /timestamp.json");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("\r\nETag: \"") && body.is_empty(), "{head}");
    assert!(head.contains("\r\nCache-Control: public, max-age=60\r\n"), "{head}");
    let etag = head.lines().find_map(|line| line.strip_prefix("ETag: ")).unwrap();
    let (head, _) = served.ask("GET /1.root.json");
    assert!(head.contains("max-age=31536000, immutable"), "{head}");
    let (head, _) = served.ask("GET /");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("Content-Type: text/html; charset=utf-8"), "{head}");
    // The validator comes back in a request of its own.
    let host = served.url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    let request =
        format!("GET /timestamp.json HTTP/1.1\r\nHost: x\r\nIf-None-Match: {etag}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 304"), "{answer}");
    for request in ["GET /3.root.json", "GET /targets/", "GET /../Cargo.toml", "GET /%2e%2e/Cargo.toml"] {
        assert!(served.ask(request).0.starts_with("HTTP/1.1 404"), "{request}");
    }
}

#[test]
fn a_port_that_is_taken_and_a_folder_that_is_none_are_refused() {
    let served = Served::start(&golden());
    let port = served.url.trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    let said = tuffet(&["serve", &text(&golden()), "--port", &port]);
    let start = format!("tuffet: error: 127.0.0.1:{port}: cannot listen: ");
    assert!(said.code == 1 && said.stderr.starts_with(&start), "{}", said.stderr);
    let file = text(&golden().join("timestamp.json"));
    let said = tuffet(&["serve", &file]);
    assert_eq!((said.code, said.stderr), (1, format!("tuffet: error: {file}: expected a folder, found a file\n")));
}
