//! One request, as a browser or a CDN makes it.

use std::io::{Read, Write};
use std::net::TcpStream;

/// Status, headers in lower case, and body.
pub(crate) fn ask(address: &str, first: &str, headers: &[(&str, &str)], body: &str) -> (u16, String, Vec<u8>) {
    ask_with(address, first, headers, body.as_bytes())
}

/// With a body of any bytes.
pub(crate) fn ask_with(address: &str, first: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String, Vec<u8>) {
    // The older protocol: no answer in chunks.
    let mut request = format!("{first} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&[request.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head, answer[end + 4..].to_vec())
}

/// The header of an answer.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or("none")
}
