//! A server on the loopback that counts every byte of every request, headers too, both ways.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) path: String,
    pub(crate) status: u16,
    /// Bytes from the client, the head alone: there is no body.
    pub(crate) up: u64,
    /// Bytes to the client, head and body.
    pub(crate) down: u64,
}

/// Serves files from memory.
pub(crate) struct Counting {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
    accepting: Option<JoinHandle<()>>,
}

impl Counting {
    pub(crate) fn start(files: BTreeMap<String, Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on the loopback");
        let address = listener.local_addr().expect("an address");
        let (stop, exchanges, files) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::default()), Arc::new(files));
        let (stopped, noted) = (Arc::clone(&stop), Arc::clone(&exchanges));
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (files, noted) = (Arc::clone(&files), Arc::clone(&noted));
                let Ok(stream) = stream else { continue };
                thread::spawn(move || talk(stream, &files, &noted));
            }
        });
        Self { address, stop, exchanges, accepting: Some(accepting) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// What happened since the last call.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.exchanges.lock().expect("no panic while it is held"))
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _wake = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ended = accepting.join();
        }
    }
}

fn talk(stream: TcpStream, files: &BTreeMap<String, Vec<u8>>, exchanges: &Mutex<Vec<Exchange>>) {
    let Ok(mut out) = stream.try_clone() else { return };
    let mut lines = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if lines.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
        let known = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("if-none-match").then(|| value.to_owned())
        });
        let (status, answer) = answer(&path, files.get(&path), known.as_deref());
        let (up, down) = (head.len() as u64, answer.len() as u64);
        exchanges.lock().expect("no panic while it is held").push(Exchange { path, status, up, down });
        if out.write_all(&answer).is_err() {
            return;
        }
    }
}

/// With the headers that object stores and CDNs send at least.
fn answer(path: &str, file: Option<&Vec<u8>>, known: Option<&str>) -> (u16, Vec<u8>) {
    let lifetime =
        if path == "timestamp.json" || file.is_none() { "max-age=60" } else { "max-age=31536000, immutable" };
    let usual =
        format!("Date: Thu, 24 Dec 2026 00:00:00 GMT\r\nServer: counting\r\nCache-Control: public, {lifetime}\r\n");
    let Some(bytes) = file else {
        return (404, format!("HTTP/1.1 404 Not Found\r\n{usual}Content-Length: 0\r\n\r\n").into_bytes());
    };
    let digest: String = tuffet_keys::sha256(bytes).to_string().chars().take(32).collect();
    let etag = format!("\"{digest}\"");
    if known == Some(&*etag) {
        return (304, format!("HTTP/1.1 304 Not Modified\r\n{usual}ETag: {etag}\r\n\r\n").into_bytes());
    }
    let length = bytes.len();
    let mut out = format!(
        "HTTP/1.1 200 OK\r\n{usual}ETag: {etag}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
    .into_bytes();
    out.extend_from_slice(bytes);
    (200, out)
}
