//! A server of KMS's protocol on the loopback interface: one JSON object in a POST, the operation in a header.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

pub(super) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<String>>,
}

#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(value: &Value) -> Self {
        Self { status: 200, body: value.to_string().into_bytes() }
    }

    pub(super) fn refusal(code: &str, said: &str) -> Self {
        Self { status: 400, body: json!({"__type": code, "message": said}).to_string().into_bytes() }
    }
}

impl Server {
    /// Answers each operation as `answer` says.
    pub(super) fn start(answer: impl Fn(&str, &Value) -> Answer + Send + Sync + 'static) -> Self {
        let (listener, server) = Self::listening();
        let (seen, answer) = (Arc::clone(&server.seen), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || while serve(&stream, &seen, &*answer).is_some() {});
            }
        });
        server
    }

    /// Takes connections, and says nothing.
    pub(super) fn silent() -> Self {
        let (listener, server) = Self::listening();
        std::thread::spawn(move || listener.incoming().collect::<Vec<_>>());
        server
    }

    fn listening() -> (TcpListener, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        (listener, Self { address, seen: Arc::default() })
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that arrived.
    pub(super) fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(stream: &TcpStream, seen: &Mutex<String>, answer: &dyn Fn(&str, &Value) -> Answer) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut operation, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        seen.lock().unwrap().push_str(&line);
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        match name.to_ascii_lowercase().as_str() {
            "x-amz-target" => value.trim().strip_prefix("TrentService.").unwrap().clone_into(&mut operation),
            "content-length" => length = value.trim().parse().unwrap(),
            _ if line == "\r\n" => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    seen.lock().unwrap().push_str(&String::from_utf8_lossy(&body));
    let Answer { status, body } = answer(&operation, &serde_json::from_slice(&body).unwrap());
    let head = format!(
        "HTTP/1.1 {status} x\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(&[head.as_bytes(), &body].concat()).ok()
}
