//! A web server on the loopback that behaves as badly as a test wants.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// What the server does with one request.
pub(crate) enum Answer {
    /// These bytes, the connection kept.
    Keep(Vec<u8>),
    /// These bytes, the connection closed.
    Close(Vec<u8>),
    /// These bytes, and then the last argument for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, and then silence until the client goes away.
    Hang(Vec<u8>),
}

impl Answer {
    /// A file with status 200.
    pub(crate) fn file(bytes: &[u8]) -> Self {
        Self::status("200 OK", "", bytes)
    }

    pub(crate) fn status(status: &str, headers: &str, body: &[u8]) -> Self {
        let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len()).into_bytes();
        bytes.extend_from_slice(body);
        Self::Keep(bytes)
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::status("302 Found", &format!("Location: {to}\r\n"), b"")
    }
}

pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (shared, answer) = (Arc::new(Shared::default()), Arc::new(answer));
        let inner = Arc::clone(&shared);
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                if inner.stop.load(Ordering::SeqCst) {
                    return;
                }
                inner.connections.fetch_add(1, Ordering::SeqCst);
                let (shared, answer) = (Arc::clone(&inner), Arc::clone(&answer));
                thread::spawn(move || talk(stream.unwrap(), &shared, &*answer));
            }
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The heads of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _wake = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ended = accepting.join();
        }
    }
}

fn talk(stream: TcpStream, shared: &Shared, answer: &dyn Fn(&str) -> Answer) {
    let mut out = stream.try_clone().unwrap();
    let mut lines = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if lines.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
        shared.requests.lock().unwrap().push(head);
        match answer(&path) {
            Answer::Keep(bytes) => {
                if out.write_all(&bytes).is_err() {
                    return;
                }
            }
            Answer::Close(bytes) => {
                let _gone = out.write_all(&bytes);
                let _gone = out.shutdown(std::net::Shutdown::Both);
                return;
            }
            Answer::Endless(bytes, again) => {
                let mut sent = out.write_all(&bytes);
                while sent.is_ok() {
                    sent = out.write_all(&again);
                }
                return;
            }
            Answer::Hang(bytes) => {
                let _gone = out.write_all(&bytes);
                // The client's end of the connection is the end of the silence.
                let _gone = lines.read_line(&mut String::new());
                return;
            }
        }
    }
}
