//! A second pair of eyes: reads a TUF payload or metadata file, prints it, and prints the SHA-256 of its canonical form.
//!
//! It is **not** a verifier and knows no rule of TUF: signatures are counted and not checked. It shares no code with the
//! rest of tuffet (serde with serde_json, olpc-cjson and ring only), so that one mistake cannot show a keyholder one thing and sign
//! another (K2). Compare its digest with what `tuffet review` shows.
//!
//! Exit codes: 0 printed, 1 refused, 2 usage.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program prints; it is its purpose")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod print;
mod text;
mod words;

use olpc_cjson::CanonicalFormatter;
use serde::Serialize as _;
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(file), None) = (arguments.next(), arguments.next()) else { return usage() };
    if file == "--help" || file == "-h" {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    if file.to_string_lossy().starts_with('-') {
        return usage();
    }
    let name = print::visible(&file.to_string_lossy());
    match read(std::path::Path::new(&file)).and_then(|bytes| report(&name, &bytes)) {
        Ok(text) => match std::io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => refused(&name, &format!("cannot print: {error}")),
        },
        Err(reason) => refused(&name, &reason),
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

fn refused(name: &str, reason: &str) -> ExitCode {
    eprintln!("tuffet-plain: error: {name}: {reason}");
    ExitCode::from(1)
}

fn read(path: &std::path::Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| format!("cannot be read: {e}"))?;
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|e| format!("cannot be read: {e}"))?;
    if bytes.len() as u64 > LIMIT { Err(format!("more than {LIMIT} bytes")) } else { Ok(bytes) }
}

/// Everything that is printed about a file, or why it is refused.
fn report(name: &str, bytes: &[u8]) -> Result<String, String> {
    // Canonical JSON writes line ends and other control characters in text as they are, and a PEM key has some: so
    // most payloads are not JSON to a JSON parser until those are escaped.
    let escaped = text::escaped(bytes);
    let value: Value = serde_json::from_slice(&escaped).map_err(|e| format!("not JSON: {e}"))?;
    // serde_json keeps the last of two members with one name, another program the first.
    if let Some(member) = text::repeated(&escaped) {
        return Err(format!("member \"{}\" is given twice in one object", print::visible(&member)));
    }
    let (kind, payload, signatures) = payload(&value)?;
    if signatures.is_some() && escaped != bytes {
        return Err("not JSON: control characters in text, which only a payload may have".to_owned());
    }
    let canonical = canonical(payload)?;
    // olpc-cjson unifies the spellings of accented letters (NFC), and can so make one name of two and drop a member:
    // what is printed must be what the digest is of.
    if serde_json::from_slice::<Value>(&text::escaped(&canonical)).ok().as_ref() != Some(payload) {
        return Err("the canonical form reads back as something else: text that is not in Unicode form NFC".to_owned());
    }

    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{label:<12}{value}");
    };
    line("file", name);
    line("bytes", &bytes.len().to_string());
    line("kind", kind);
    if let Some(signatures) = signatures {
        line("signatures", &format!("{signatures} (counted, not checked)"));
    }
    let same = bytes == canonical.as_slice();
    line("canonical", if same { "yes, these are the bytes to sign" } else { "no, so its own SHA-256 differs" });
    text.push('\n');
    print::value(&mut text, payload);
    let _ = writeln!(text, "\n\nSHA-256 of the canonical form, {} bytes, which is what is signed:", canonical.len());
    let digest = ring::digest::digest(&ring::digest::SHA256, &canonical);
    let _ = writeln!(text, "    {}", print::digest(digest.as_ref()));
    let _ = write!(text, "The same in words:\n{}", words::lines(digest.as_ref()));
    if !same {
        let _ = writeln!(text, "SHA-256 of the file as it is:");
        let _ = writeln!(text, "    {}", print::digest(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref()));
    }
    Ok(text)
}

/// What is signed in this file, and how many signatures it has beside it.
fn payload(value: &Value) -> Result<(&'static str, &Value, Option<usize>), String> {
    const NEITHER: &str =
        "neither a payload (an object with `_type`) nor metadata (an object with `signed` and `signatures`)";
    let object: &Map<String, Value> = value.as_object().ok_or(NEITHER)?;
    let signed = object.get("signed");
    match (object.get("_type"), signed, object.get("signatures")) {
        (Some(_), None, None) => Ok(("payload", value, None)),
        (None, Some(signed), Some(Value::Array(signatures))) if signed.get("_type").is_some() => {
            Ok(("metadata file; what is signed is its `signed`", signed, Some(signatures.len())))
        }
        (Some(_), _, _) => Err("both a payload (`_type`) and metadata (`signed`, `signatures`)".to_owned()),
        _ => Err(NEITHER.to_owned()),
    }
}

fn canonical(value: &Value) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, CanonicalFormatter::new());
    value.serialize(&mut writer).map_err(|e| format!("no canonical form: {e}"))?;
    Ok(bytes)
}

const USAGE: &str = "usage: tuffet-plain FILE

Prints a TUF payload or metadata file, and the SHA-256 of its canonical form in hex and words.
Exit codes: 0 printed, 1 refused, 2 usage.";
/// More than any metadata a person reviews.
const LIMIT: u64 = 64 << 20;
