//! The outer shape of every metadata file: `signed`, and the `signatures` over it.

use crate::json::{self, Value};
use crate::reading::{Node, Reading};
use crate::{Finding, Problem};
use std::collections::BTreeSet;
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) signed: Value,
    /// The canonical form of the *received* `signed`, computed once (X12).
    pub(crate) payload: Vec<u8>,
    pub(crate) signatures: Vec<Signature>,
}

impl Envelope {
    pub(crate) fn read(bytes: &[u8], reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let value = json::parse(bytes, reading.limits.depth)?;
        let outer = Node::new(String::new(), &value, "TUF 4.2.1")
            .map_err(|_| Problem::shape("file", "an object", value.kind(), "TUF 4.2.1"))?;
        outer.node("signed", "TUF 4.2.1")?;
        let listed = outer.array("signatures", "TUF 4.2.1")?;
        reading.limit("signatures", reading.limits.signatures, listed.len())?;
        let mut signatures = Vec::with_capacity(listed.len());
        let mut seen = BTreeSet::new();
        for (i, entry) in listed.iter().enumerate() {
            let node = Node::new(format!("signatures[{i}]"), entry, "TUF 4.2.1")?;
            let keyid = KeyId::new(node.string("keyid", "TUF 4.2.1")?);
            if !seen.insert(keyid.clone()) {
                let expected = "each keyid once";
                return Err(Problem::shape(&node.at("keyid"), expected, format!("{} again", keyid.short()), "F3"));
            }
            let text = node.string("sig", "TUF 4.2.1")?;
            if text.is_empty() {
                reading.note(Finding::EmptySignature { keyid: keyid.clone() })?;
            }
            signatures.push(Signature { keyid, bytes: hex::decode(text).ok() });
        }
        let signed = match value {
            Value::Object(mut members) => members.remove("signed").unwrap_or(Value::Null),
            _ => Value::Null,
        };
        Ok(Self { payload: json::canonical(&signed), signed, signatures })
    }
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
