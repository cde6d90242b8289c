//! `.tuffet/state.json`: the root under which timestamp and snapshot were accepted (C18 to C20).

use tuffet_keys::Sha256;
use tuffet_metadata::json::{self, Value, object};
use tuffet_verifier::KeySets;

/// The notes beside the cached metadata. Written once the final root of a refresh is known and what it forbids to
/// keep is gone, and before anything is accepted under it: at no crash do timestamp and snapshot lie beside the key
/// sets of another root than the one that let them in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) root_version: u64,
    pub(crate) accepted_under: KeySets,
}

impl State {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let members = object([
            ("root_version", self.root_version.into()),
            ("schema", SCHEMA.into()),
            ("snapshot_keys", self.accepted_under.snapshot.to_string().into()),
            ("timestamp_keys", self.accepted_under.timestamp.to_string().into()),
        ]);
        json::pretty(&members.into())
    }

    /// Reads the file, strictly: an unknown member may be a later version's rule that this one would break.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let value = json::parse(bytes, 2).map_err(|e| e.to_string())?;
        let members = value.as_object().ok_or_else(|| format!("expected an object, found {}", value.kind()))?;
        if let Some(name) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
            return Err(format!("expected no member `{}`", name.escape_debug()));
        }
        let member = |name: &str| members.get(name).ok_or_else(|| format!("expected a member `{name}`, found none"));
        let schema = member("schema")?;
        if schema.as_str() != Some(SCHEMA) {
            return Err(format!("schema: expected `{SCHEMA}`, found {}", schema.kind()));
        }
        let digest = |name: &str| {
            let value = member(name)?;
            let digest = value.as_str().and_then(Sha256::from_hex);
            digest.ok_or_else(|| format!("{name}: expected 64 characters of lower-case hex, found {}", value.kind()))
        };
        let version = member("root_version")?;
        Ok(Self {
            root_version: version
                .as_u64()
                .filter(|version| *version > 0)
                .ok_or_else(|| format!("root_version: expected an integer from 1, found {}", Value::kind(version)))?,
            accepted_under: KeySets { timestamp: digest("timestamp_keys")?, snapshot: digest("snapshot_keys")? },
        })
    }
}

const SCHEMA: &str = "tuffet-client-state/1";
const MEMBERS: [&str; 4] = ["root_version", "schema", "snapshot_keys", "timestamp_keys"];

#[cfg(test)]
mod tests {
    use super::*;
    use tuffet_keys::sha256;

    #[test]
    fn x3_state_reads_back_and_every_other_file_is_refused_with_its_reason() {
        let accepted_under = KeySets { timestamp: sha256(b"ts"), snapshot: sha256(b"sn") };
        let state = State { root_version: 7, accepted_under };
        let text = String::from_utf8(state.to_bytes()).unwrap();
        assert_eq!(State::read(text.as_bytes()), Ok(state));
        let refused = |from: &str, to: &str| State::read(text.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!(refused("7", "0"), "root_version: expected an integer from 1, found 0");
        assert_eq!(refused("/1", "/2"), "schema: expected `tuffet-client-state/1`, found `tuffet-client-state/2`");
        assert_eq!(refused("root_version", "root"), "expected no member `root`");
        assert_eq!(refused("snapshot_keys\": \"", "snapshot_keys\": \"x"), {
            "snapshot_keys: expected 64 characters of lower-case hex, found a long string"
        });
        assert_eq!(State::read(b"{}").unwrap_err(), "expected a member `schema`, found none");
        assert_eq!(State::read(b"[]").unwrap_err(), "expected an object, found an array");
        assert_eq!(State::read(b"").unwrap_err(), "byte 0: expected a JSON value, found the end of the file (F26)");
    }
}
