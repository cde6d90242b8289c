//! The bytes to sign, made twice (style.md rule 32).

use tuffet_metadata::Proposed;
use tuffet_metadata::json::{Object, Value, canonical};

/// Our canonical form and olpc-cjson's differ, so some client would reject the signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{place}: two canonicalisers disagree about {what}, and clients that use the other would refuse the file (R22): use plain ASCII there"
)]
pub struct Disagreement {
    /// The path of the member they first differ at.
    pub place: String,
    /// What they differ about: text that is not NFC, or the order of two names.
    pub what: String,
}

/// The bytes to sign, canonicalised by this project and by olpc-cjson, and equal.
///
/// # Errors
/// [`Disagreement`]: the payload must not be signed.
pub fn payload<T: tuffet_metadata::Role>(proposed: &Proposed<T>) -> Result<Vec<u8>, Disagreement> {
    agree(proposed.value(), "signed").map(|()| proposed.payload().to_vec())
}

/// Compares whole, then descends to the innermost value that differs, to name it.
pub(crate) fn agree(value: &Value, place: &str) -> Result<(), Disagreement> {
    if theirs(value).as_deref() == Some(&canonical(value)) {
        return Ok(());
    }
    match value {
        Value::Object(object) => {
            for (name, member) in object {
                let here = format!("{place}.{}", name.escape_debug());
                agree(&Value::from(name.as_str()), &here)?;
                agree(member, &here)?;
            }
            Err(Disagreement { place: place.to_owned(), what: format!("the order of {}", names(object)) })
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                agree(item, &format!("{place}[{i}]"))?;
            }
            Err(Disagreement { place: place.to_owned(), what: "an array".into() })
        }
        other => Err(Disagreement { place: place.to_owned(), what: format!("the text {}", other.kind()) }),
    }
}

/// The two neighbours whose order is at stake: olpc-cjson sorts names with their quotes, so a name that continues
/// another with a character below `"` changes places, and so does one with an escaped character.
fn names(object: &Object) -> String {
    let mut quoted: Vec<&String> = object.keys().collect();
    quoted.sort_by_cached_key(|name| canonical(&Value::from(name.as_str())));
    let pair = object.keys().zip(quoted).find(|(ours, theirs)| ours != theirs);
    match pair {
        Some((ours, theirs)) => format!("`{}` and `{}`", ours.escape_debug(), theirs.escape_debug()),
        None => "its names".into(),
    }
}

pub(crate) fn theirs(value: &Value) -> Option<Vec<u8>> {
    use serde::Serialize;
    let mut out = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut out, olpc_cjson::CanonicalFormatter::new());
    to_serde(value)?.serialize(&mut writer).ok()?;
    Some(out)
}

fn to_serde(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Integer(number) => match (u64::try_from(*number), i64::try_from(*number)) {
            (Ok(number), _) => number.into(),
            (_, Ok(number)) => number.into(),
            _ => return None,
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(to_serde).collect::<Option<Vec<_>>>()?.into(),
        Value::Object(object) => {
            let members = object.iter().map(|(name, member)| Some((name.clone(), to_serde(member)?)));
            serde_json::Value::Object(members.collect::<Option<_>>()?)
        }
    })
}
