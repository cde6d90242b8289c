//! Google's XML protocol before a server that speaks the JSON one.
//!
//! fake-gcs-server takes an upload by `PUT`, which is what our requests are, for a signed URL only, and then looks at no
//! condition. By its JSON protocol, as multipart, it enforces what Google does. So each upload is said again in that; reading
//! and listing it answers itself. An upload without a condition is none that may be sent.

use crate::http::{ask, header};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// Serves until the process ends; gives the address.
pub(crate) fn before(server: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = server.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let server = server.clone();
            std::thread::spawn(move || answer(stream, &server));
        }
    });
    address
}

fn answer(mut stream: TcpStream, server: &str) {
    let Some((head, body)) = request(&mut stream) else { return };
    let line = head.lines().next().unwrap_or_default();
    let (method, rest) = line.split_once(' ').unwrap_or_default();
    let path = rest.split(' ').next().unwrap_or_default();
    let lower = head.to_ascii_lowercase();
    let (status, head, body) = match path.strip_prefix("/bucket/") {
        Some(object) if method == "PUT" => put(server, object, &lower, &body),
        Some(object) => ask(server, &format!("GET /storage/v1/b/bucket/o/{object}?alt=media"), &[], ""),
        None => ask(server, &format!("GET {path}"), &[], ""),
    };
    let mut said = format!("HTTP/1.1 {status} said\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for name in ["content-type", "cache-control", "etag", "last-modified", "x-goog-generation"] {
        if header(&head, name) != "none" {
            said.push_str(&format!("{name}: {}\r\n", header(&head, name)));
        }
    }
    let _ = stream.write_all(&[said.as_bytes(), b"\r\n", &body].concat());
}

fn put(server: &str, object: &str, head: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
    let condition = header(head, "x-goog-if-generation-match");
    if condition == "none" {
        return (400, String::new(), b"no condition".to_vec());
    }
    let name: String = url_decoded(object);
    let about = serde_json::json!({
        "name": name, "cacheControl": header(head, "cache-control"), "contentType": header(head, "content-type"),
    });
    let parts = [
        format!("--tuffet-part\r\nContent-Type: application/json\r\n\r\n{about}\r\n--tuffet-part\r\n").as_bytes(),
        format!("Content-Type: {}\r\n\r\n", header(head, "content-type")).as_bytes(),
        body,
        b"\r\n--tuffet-part--\r\n",
    ]
    .concat();
    let to = format!("POST /upload/storage/v1/b/bucket/o?uploadType=multipart&ifGenerationMatch={condition}");
    let kind = [("Content-Type", "multipart/related; boundary=tuffet-part")];
    let (status, head, answer) = crate::http::ask_with(server, &to, &kind, &parts);
    let text = |member: &str| {
        let made: serde_json::Value = serde_json::from_slice(&answer).unwrap_or_default();
        made[member].as_str().unwrap_or_default().to_owned()
    };
    let tags = format!("{head}\netag: {}\nx-goog-generation: {}", text("etag"), text("generation"));
    (status, tags, Vec::new())
}

fn url_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match hex.filter(|_| byte == b'%') {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The head and the body of a request.
fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 65536]);
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = header(&head.to_ascii_lowercase(), "content-length").parse().unwrap_or(0);
        if bytes.len() - end - 4 >= length {
            return Some((head, bytes[end + 4..].to_vec()));
        }
    }
}
