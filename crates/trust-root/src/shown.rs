//! Values of a file inside a sentence: on one line, visible, and short. What is cut keeps its digest, so that two
//! values that begin alike never look alike.

use ring::digest::{SHA256, digest};
use tuffet_certificates::{Certificate, escaped};

use crate::json::Json;

/// The first 16 digits, in two groups: enough to tell entries apart where the whole stands elsewhere.
pub(crate) fn short(hex: &str) -> String {
    let groups: Vec<_> = hex.as_bytes().chunks(8).take(2).map(String::from_utf8_lossy).collect();
    groups.join(" ")
}

/// Text as it is, or its beginning with its length and digest.
pub(crate) fn text(text: &str) -> String {
    let shown = escaped(text.chars());
    if shown.chars().count() <= LONGEST {
        return shown;
    }
    let head: String = shown.chars().take(LONGEST).collect();
    format!("{head}… ({} bytes, SHA-256 {})", text.len(), sha256(text.as_bytes()))
}

/// A JSON value on one line.
pub(crate) fn value(value: &Json) -> String {
    let mut line = String::new();
    write(value, &mut line);
    text(&line)
}

fn write(value: &Json, out: &mut String) {
    let mut separator = "";
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(&value.to_string()),
        Json::Number(number) => out.push_str(&number.to_string()),
        Json::Text(text) => write_text(text, out),
        Json::List(items) => {
            out.push('[');
            for item in items {
                out.push_str(separator);
                write(item, out);
                separator = ",";
            }
            out.push(']');
        }
        Json::Map(members) => {
            out.push('{');
            for (name, value) in members {
                out.push_str(separator);
                write_text(name, out);
                out.push(':');
                write(value, out);
                separator = ",";
            }
            out.push('}');
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

/// What a person compares of a certificate, whole.
pub(crate) fn certificate(certificate: &Certificate) -> String {
    let time = |time: chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    format!(
        "{} ({}, SHA-256 {}, valid {} to {})",
        text(&certificate.subject()),
        certificate.key_algorithm(),
        hex::encode(certificate.sha256()),
        time(certificate.not_before()),
        time(certificate.not_after()),
    )
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

const LONGEST: usize = 100;
