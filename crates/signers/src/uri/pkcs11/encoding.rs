//! Percent-encoding as RFC 7512 has it: strict, so that a value is never taken for another than was meant.

use super::wrong;
use crate::UriError;

/// The bytes a value stands for; at least one.
pub(super) fn bytes(name: &str, value: &str) -> Result<Vec<u8>, UriError> {
    let refuse = || wrong(name, "one or more characters, each letter, digit or sign of RFC 7512 or %XX", value);
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16)).ok_or_else(refuse);
                let (high, low) = (digit()?, digit()?);
                out.push(u8::try_from(high * 16 + low).map_err(|_| refuse())?);
            }
            _ if byte.is_ascii_alphanumeric() || SIGNS.contains(&byte) => out.push(byte),
            _ => return Err(refuse()),
        }
    }
    if out.is_empty() { Err(refuse()) } else { Ok(out) }
}

/// The text a value stands for.
pub(super) fn text(name: &str, value: &str) -> Result<String, UriError> {
    String::from_utf8(bytes(name, value)?).map_err(|_| wrong(name, "text in UTF-8, percent-encoded", value))
}

/// A text as a value: only what needs no encoding anywhere is left as it is.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// What may stand in a value beside letters and digits. `/` belongs to the query only, and harms nowhere.
const SIGNS: &[u8] = b"-._~:[]@!$'()*+,=&/?|";
