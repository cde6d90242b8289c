//! Members without words of their own: each is named by its path, innermost first, with its value in short.

use super::Say;
use std::collections::BTreeSet;
use tuffet_keys::sha256;
use tuffet_metadata::json::{Object, Value, canonical};

/// Where members stand, and which of them have words elsewhere.
pub(super) struct Place<'a> {
    /// What their paths begin with, such as `roles.root.`.
    pub(super) path: &'a str,
    /// Those passed over here.
    pub(super) known: &'a [&'a str],
}

/// Says every difference as `unknown member`.
pub(super) fn unknown(place: &Place<'_>, old: Option<&Object>, new: Option<&Object>, say: Say<'_>) {
    members(place, old, new, &mut |path, what| say(format!("unknown member `{path}`: {what}")));
}

/// Calls `each` with the path and what happens there for every difference. Objects and arrays are entered where both
/// sides have one, so that each call names the innermost thing that changes.
pub(super) fn members(
    place: &Place<'_>,
    old: Option<&Object>,
    new: Option<&Object>,
    each: &mut dyn FnMut(&str, String),
) {
    let names: BTreeSet<&String> = old.into_iter().chain(new).flat_map(Object::keys).collect();
    for name in names.into_iter().filter(|name| !place.known.contains(&name.as_str())) {
        let (old, new) = (old.and_then(|o| o.get(name)), new.and_then(|n| n.get(name)));
        differ(&format!("{}{}", place.path, name.escape_debug()), old, new, each);
    }
}

pub(super) fn differ(path: &str, old: Option<&Value>, new: Option<&Value>, each: &mut dyn FnMut(&str, String)) {
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            members(&Place { path: &format!("{path}."), known: &[] }, Some(old), Some(new), each);
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for i in 0..old.len().max(new.len()) {
                differ(&format!("{path}[{i}]"), old.get(i), new.get(i), each);
            }
        }
        (None, Some(value)) => each(path, format!("adds {}", short(value))),
        (Some(value), None) => each(path, format!("removes {}", short(value))),
        (Some(old), Some(new)) if old != new => {
            each(path, format!("changes from {} to {}", short(old), short(new)));
        }
        _ => {}
    }
}

/// A value on one line. Where it is long its beginning, and the SHA-256 of its canonical form: two values that begin
/// alike never look alike.
pub(super) fn short(value: &Value) -> String {
    let mut line = String::new();
    write(value, &mut line);
    if line.chars().count() <= LONGEST {
        return line;
    }
    let head: String = line.chars().take(LONGEST).collect();
    format!("{head}… (SHA-256 {})", sha256(&canonical(value)))
}

fn write(value: &Value, out: &mut String) {
    let text = |out: &mut String, text: &str| out.push_str(&format!("\"{}\"", text.escape_debug()));
    let mut separator = "";
    match value {
        Value::String(string) => text(out, string),
        Value::Array(items) => {
            out.push('[');
            for item in items {
                out.push_str(separator);
                write(item, out);
                separator = ",";
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (name, member) in members {
                out.push_str(separator);
                text(out, name);
                out.push(':');
                write(member, out);
                separator = ",";
            }
            out.push('}');
        }
        // Their kind is their value.
        other => out.push_str(&other.kind()),
    }
}

const LONGEST: usize = 60;
