//! Fields that do not have the form TUF 4 gives them. Each is signed as it stands.

use super::refused;
use crate::case::Case;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let version: [(&str, Value); 6] = [
        ("f13-version-zero", json!(0)),
        ("f13-version-negative", json!(-1)),
        ("f13-version-a-string", json!("1")),
        ("f13-version-true", json!(true)),
        ("f13-version-null", json!(null)),
        ("f13-version-a-list", json!([1])),
    ];
    let expires = [
        ("f14-expires-a-date-alone", "2100-01-01"),
        ("f14-expires-without-zone", "2100-01-01T00:00:00"),
        ("f14-expires-in-month-13", "2100-13-01T00:00:00Z"),
        ("f14-expires-at-24-hours", "2100-01-01T24:00:00Z"),
        ("f14-expires-in-lower-case", "2100-01-01t00:00:00z"),
        ("f14-expires-with-a-space", "2100-01-01 00:00:00Z"),
        ("f14-expires-in-year-10000", "10000-01-01T00:00:00Z"),
        ("f14-expires-empty", ""),
    ];
    let spec = [
        ("f15-spec-version-of-another-major", "2.0.0"),
        ("f15-spec-version-of-one-number", "1"),
        ("f15-spec-version-with-a-word", "1.banana"),
        ("f15-spec-version-empty", ""),
    ];
    let expires = expires.map(|(name, text)| (name, "expires", json!(text)));
    let spec = spec.map(|(name, text)| (name, "spec_version", json!(text)));
    let version = version.map(|(name, value)| (name, "version", value));
    let mut cases: Vec<Case> = version
        .into_iter()
        .chain(expires)
        .chain(spec)
        .map(|(name, field, value)| refused(name, "malformed", |f| f.edit("timestamp", |t| t[field] = value)))
        .collect();
    for field in ["_type", "spec_version", "version", "expires", "meta"] {
        let id = match field {
            "_type" => "f16",
            "spec_version" => "f15",
            "version" => "f13",
            "expires" => "f14",
            _ => "c30",
        };
        cases.push(refused(&format!("{id}-timestamp-without-{}", field.trim_matches('_')), "malformed", |f| {
            f.edit("timestamp", |t| drop(t.as_object_mut().unwrap().remove(field)));
        }));
    }
    cases.push(refused("f27-hash-in-upper-case", "malformed", |f| {
        f.edit("timestamp", |t| {
            let hash = &mut t["meta"]["snapshot.json"]["hashes"]["sha256"];
            *hash = hash.as_str().unwrap().to_uppercase().into();
        });
    }));
    cases.push(refused("f27-hash-of-another-length", "malformed", |f| {
        f.edit("timestamp", |t| t["meta"]["snapshot.json"]["hashes"]["sha256"] = "00".repeat(31).into());
    }));
    cases
}
