//! `.tuffet/state.json`: what was accepted, apart from the files it was accepted from (C18 to C20, X3).

use chrono::{DateTime, Utc};
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::json::{self, Object, Value, canonical_object, object};
use tuffet_metadata::{format_time, parse_time};
use tuffet_verifier::{FloorVersions, KeySets};

/// The notes beside the cached metadata. Where floors rise they are written before the file that raises them, so that
/// no crash leaves a file without its floor; where keys were rotated, after the files they forbid to keep are gone, so
/// that no crash leaves a timestamp beside the key sets of another root than the one that let it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// The final root of the last refresh.
    pub(crate) root_version: u64,
    /// Its file.
    pub(crate) root_sha256: Sha256,
    /// The pinned root it was reached from.
    pub(crate) pin_sha256: Sha256,
    pub(crate) accepted_under: KeySets,
    pub(crate) floors: FloorVersions,
    /// When the floors rose last, by the clock of then.
    pub(crate) accepted_at: DateTime<Utc>,
}

impl State {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let FloorVersions { timestamp, snapshot, meta } = &self.floors;
        let meta: Object = meta.iter().map(|(name, version)| (name.clone(), (*version).into())).collect();
        let floors =
            object([("meta", meta.into()), ("snapshot", (*snapshot).into()), ("timestamp", (*timestamp).into())]);
        let mut members = object([
            ("accepted_at", format_time(self.accepted_at).as_str().into()),
            ("floors", floors.into()),
            ("pin_sha256", self.pin_sha256.to_string().into()),
            ("root_sha256", self.root_sha256.to_string().into()),
            ("root_version", self.root_version.into()),
            ("schema", SCHEMA.into()),
            ("snapshot_keys", self.accepted_under.snapshot.to_string().into()),
            ("timestamp_keys", self.accepted_under.timestamp.to_string().into()),
        ]);
        members.insert(CHECKSUM.into(), checksum(&members).into());
        json::pretty(&members.into())
    }

    /// Reads the file, strictly: an unknown member may be a later version's rule that this one would break. The
    /// checksum finds a flipped bit, not an attacker, who can write a checksum as well.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let value = json::parse(bytes, 3).map_err(|e| e.to_string())?;
        let members = value.as_object().ok_or_else(|| format!("expected an object, found {}", value.kind()))?;
        let schema = member(members, "schema")?;
        if schema.as_str() != Some(SCHEMA) {
            return Err(format!("schema: expected `{SCHEMA}`, found {}", schema.kind()));
        }
        only(members, &MEMBERS)?;
        let digest = |name: &str| {
            let value = member(members, name)?;
            let digest = value.as_str().and_then(Sha256::from_hex);
            digest.ok_or_else(|| format!("{name}: expected 64 characters of lower-case hex, found {}", value.kind()))
        };
        let mut rest = members.clone();
        rest.remove(CHECKSUM);
        if digest(CHECKSUM)?.to_string() != checksum(&rest) {
            return Err("checksum: expected that of the other members, found another".into());
        }
        let object = |of: &Object, name: &str| match member(of, name)? {
            Value::Object(object) => Ok(object.clone()),
            other => Err(format!("{name}: expected an object, found {}", other.kind())),
        };
        let at = member(members, "accepted_at")?;
        let accepted_at = at.as_str().and_then(parse_time);
        let floors = object(members, "floors")?;
        only(&floors, &["meta", "snapshot", "timestamp"])?;
        let meta = object(&floors, "meta")?;
        Ok(Self {
            accepted_at: accepted_at
                .ok_or_else(|| format!("accepted_at: expected YYYY-MM-DDTHH:MM:SSZ, found {}", at.kind()))?,
            root_version: number(members, "root_version", 1)?,
            root_sha256: digest("root_sha256")?,
            pin_sha256: digest("pin_sha256")?,
            accepted_under: KeySets { timestamp: digest("timestamp_keys")?, snapshot: digest("snapshot_keys")? },
            floors: FloorVersions {
                timestamp: number(&floors, "timestamp", 0)?,
                snapshot: number(&floors, "snapshot", 0)?,
                meta: meta
                    .keys()
                    .map(|name| Ok((name.clone(), number(&meta, name, 1)?)))
                    .collect::<Result<_, String>>()?,
            },
        })
    }
}

fn member<'a>(members: &'a Object, name: &str) -> Result<&'a Value, String> {
    members.get(name).ok_or_else(|| format!("expected a member `{}`, found none", name.escape_debug()))
}

fn number(members: &Object, name: &str, least: u64) -> Result<u64, String> {
    let value = member(members, name)?;
    value.as_u64().filter(|number| *number >= least).ok_or_else(|| {
        format!("{}: expected an integer from {least}, found {}", name.escape_debug(), Value::kind(value))
    })
}

fn only(members: &Object, known: &[&str]) -> Result<(), String> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("expected no member `{}`", name.escape_debug())),
        None => Ok(()),
    }
}

fn checksum(members: &Object) -> String {
    sha256(&canonical_object(members)).to_string()
}

const SCHEMA: &str = "tuffet-client-state/2";
const CHECKSUM: &str = "checksum";
const MEMBERS: [&str; 9] = [
    "accepted_at",
    CHECKSUM,
    "floors",
    "pin_sha256",
    "root_sha256",
    "root_version",
    "schema",
    "snapshot_keys",
    "timestamp_keys",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x3_state_reads_back_and_every_other_file_is_refused_with_its_reason() {
        let accepted_under = KeySets { timestamp: sha256(b"ts"), snapshot: sha256(b"sn") };
        let floors = FloorVersions { timestamp: 9, snapshot: 8, meta: [("targets.json".to_owned(), 6)].into() };
        let (root_sha256, pin_sha256) = (sha256(b"root"), sha256(b"pin"));
        let accepted_at = DateTime::UNIX_EPOCH;
        let state = State { root_version: 7, root_sha256, pin_sha256, accepted_under, floors, accepted_at };
        let text = String::from_utf8(state.to_bytes()).unwrap();
        assert_eq!(State::read(text.as_bytes()), Ok(state));
        let refused = |from: &str, to: &str| State::read(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        let flipped = "checksum: expected that of the other members, found another";
        assert_eq!(refused("version\": 7", "version\": 0"), flipped);
        assert_eq!(refused("\"timestamp\": 9", "\"timestamp\": 8"), flipped, "a floor lowered by one bit");
        assert_eq!(refused("/2", "/1"), "schema: expected `tuffet-client-state/2`, found `tuffet-client-state/1`");
        assert_eq!(refused("root_version", "root"), "expected no member `root`");
        assert_eq!(refused("checksum\": \"", "checksum\": \"x"), {
            "checksum: expected 64 characters of lower-case hex, found a long string"
        });
        assert_eq!(State::read(b"{}").unwrap_err(), "expected a member `schema`, found none");
        assert_eq!(State::read(b"[]").unwrap_err(), "expected an object, found an array");
        assert_eq!(State::read(b"").unwrap_err(), "byte 0: expected a JSON value, found the end of the file (F26)");
    }

    #[test]
    fn x3_a_state_of_wrong_values_is_refused_under_its_right_checksum() {
        let zero = sha256(b"").to_string();
        let with = |name: &str, value: Value| {
            let floors = object([("meta", Object::new().into()), ("snapshot", 0.into()), ("timestamp", 0.into())]);
            let mut members =
                object([("floors", floors.into()), ("root_version", 1.into()), ("schema", SCHEMA.into())]);
            members.insert("accepted_at".into(), "2026-06-01T00:00:00Z".into());
            for digest in ["pin_sha256", "root_sha256", "snapshot_keys", "timestamp_keys"] {
                members.insert(digest.into(), zero.as_str().into());
            }
            members.insert(name.into(), value);
            members.insert(CHECKSUM.into(), checksum(&members).into());
            State::read(&json::pretty(&members.into()))
        };
        assert!(with("root_version", 3.into()).is_ok());
        assert_eq!(with("root_version", 0.into()).unwrap_err(), "root_version: expected an integer from 1, found 0");
        let text = "accepted_at: expected YYYY-MM-DDTHH:MM:SSZ, found `yesterday`";
        assert_eq!(with("accepted_at", "yesterday".into()).unwrap_err(), text);
        assert_eq!(with("floors", 0.into()).unwrap_err(), "floors: expected an object, found 0");
        let meta = object([("targets.json", 0.into())]);
        let floors = object([("meta", meta.into()), ("snapshot", 0.into()), ("timestamp", 0.into())]);
        let text = "targets.json: expected an integer from 1, found 0";
        assert_eq!(with("floors", floors.into()).unwrap_err(), text);
    }
}
