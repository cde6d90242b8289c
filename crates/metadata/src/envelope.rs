//! The outer shape of every metadata file: `signed`, and the `signatures` over it.

use crate::bytes::{FileBytes, Payload};
use crate::json::{self, Cursor, Form, Raw, Value};
use crate::reading::{Node, Path, Reading};
use crate::{Finding, Problem};
use tuffet_keys::KeyId;

/// One entry of `signatures`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Whose it claims to be.
    pub keyid: KeyId,
    /// The bytes; `None` where the file has text that is no hex, which counts as an invalid signature (F4).
    pub bytes: Option<Vec<u8>>,
}

/// A metadata file taken apart, nothing checked yet.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    /// The canonical form of the *received* `signed`, made once (X12): an object.
    pub(crate) payload: Payload,
    pub(crate) signatures: Vec<Signature>,
}

impl Envelope {
    pub(crate) fn read(file: &FileBytes, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let Form { written, value, signed } = json::form(file.as_slice(), reading.limits.depth)?;
        let canonical = written.as_deref().unwrap_or(file.as_slice());
        let whole = Raw::new(canonical.get(value.clone()).unwrap_or(&[]));
        if !whole.is_object() {
            return Err(Problem::shape("file", "an object", whole.kind(), "TUF 4.2.1"));
        }
        let end = signed.clone().unwrap_or_default().end.saturating_sub(value.start);
        let past_signed = |name: &[u8], cursor: &mut Cursor<'_>| {
            // Its end is known: of a large file it is nearly everything.
            let is_signed = name == b"signed" && signed.is_some();
            if is_signed {
                cursor.jump(end);
            }
            Ok(is_signed)
        };
        let outer = Node::with(Path::ROOT, whole, "TUF 4.2.1", ["signatures"], past_signed)?;
        let found = signed.as_ref().and_then(|range| canonical.get(range.clone())).map(Raw::new);
        match found {
            Some(found) if found.is_object() => {}
            Some(other) => return Err(Problem::shape("signed", "an object", other.kind(), "TUF 4.2.1")),
            None => return Err(Problem::shape("signed", "an object", "nothing", "TUF 4.2.1")),
        }
        let signatures = signatures(&outer, reading)?;
        let range = signed.unwrap_or_default();
        let payload = match written {
            Some(written) => Payload::of(written, range),
            None => file.payload(range),
        };
        Ok(Self { payload, signatures })
    }
}

fn signatures(outer: &Node<'_, '_, 1>, reading: &mut Reading<'_>) -> Result<Vec<Signature>, Problem> {
    let listed = outer.array("signatures", "TUF 4.2.1")?;
    reading.limit("signatures", reading.limits.signatures, listed.len())?;
    let mut signatures: Vec<Signature> = Vec::with_capacity(listed.len());
    for (i, entry) in listed.into_iter().enumerate() {
        let list = outer.path.child("signatures");
        let node = Node::new(list.index(i), entry, "TUF 4.2.1", ["keyid", "sig"])?;
        let keyid = KeyId::new(node.string("keyid", "TUF 4.2.1")?);
        // As many comparisons as the square of the limit, each of which mostly ends at the first byte.
        if signatures.iter().any(|signature| signature.keyid == keyid) {
            let expected = "each keyid once";
            return Err(Problem::shape(node.at("keyid"), expected, format!("{} again", keyid.short()), "F3"));
        }
        let text = node.string("sig", "TUF 4.2.1")?;
        if text.is_empty() {
            reading.note(Finding::EmptySignature { keyid: keyid.clone() })?;
        }
        signatures.push(Signature { keyid, bytes: hex::decode(text.as_bytes()).ok() });
    }
    Ok(signatures)
}

/// The bytes of a metadata file, as every current writer lays them out (interop.md, Must write 1 and 2): the caller
/// gives the signatures in the order they are to stand.
#[must_use]
pub fn write_file(signed: &Value, signatures: &[(KeyId, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<Value> = signatures
        .iter()
        .map(|(keyid, sig)| json::object([("keyid", keyid.as_str().into()), ("sig", hex::encode(sig).into())]).into())
        .collect();
    json::pretty(&json::object([("signatures", Value::Array(entries)), ("signed", signed.clone())]).into())
}

/// The bytes of a metadata file in canonical form: `signed` as it was signed, but that the control characters in its
/// text, which stand raw in canonical bytes, are escaped as JSON wants them.
pub(crate) fn write_canonical_file(signed: &[u8], signatures: &[(KeyId, Vec<u8>)]) -> Vec<u8> {
    let entry = |(keyid, sig): &(KeyId, Vec<u8>)| {
        let sig = Value::from(hex::encode(sig));
        Value::from(json::object([("keyid", keyid.as_str().into()), ("sig", sig)]))
    };
    let entries: Vec<Value> = signatures.iter().map(entry).collect();
    let mut out = Vec::with_capacity(signed.len().saturating_add(signatures.len().saturating_mul(512)));
    out.extend_from_slice(b"{\"signatures\":");
    out.extend_from_slice(&json::canonical(&Value::Array(entries)));
    out.extend_from_slice(b",\"signed\":");
    let mut rest = signed;
    // Without an early end, so that the compiler looks at many bytes at a time: bins have none.
    if signed.iter().fold(false, |seen, byte| seen | (*byte < b' ')) {
        while let Some(at) = rest.iter().position(|byte| *byte < b' ') {
            let (before, from) = rest.split_at(at);
            out.extend_from_slice(before);
            let (control, after) = from.split_first().map_or((0, from), |(byte, after)| (*byte, after));
            out.extend_from_slice(format!("\\u{control:04x}").as_bytes());
            rest = after;
        }
    }
    out.extend_from_slice(rest);
    out.push(b'}');
    out
}
