//! `manifest.json`: which file of the repository is which member, and the lowest versions to take.

use super::{Floors, PackError};
use crate::path::segments;
use std::collections::BTreeMap;
use tuffet_keys::Sha256;
use tuffet_metadata::json::{self, Object, Value, object};

/// Path in the repository to length and digest; `root.json` is the pinned root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) files: BTreeMap<String, (u64, Sha256)>,
    pub(super) floors: Floors,
}

impl Manifest {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let entry = |(path, (length, sha256)): (&String, &(u64, Sha256))| {
            let entry = object([("length", (*length).into()), ("sha256", sha256.to_string().into())]);
            (path.clone(), Value::from(entry))
        };
        let Floors { root, timestamp, snapshot, targets } = self.floors;
        let floors = [("root", root), ("timestamp", timestamp), ("snapshot", snapshot), ("targets", targets)];
        let members = object([
            ("digests", self.files.iter().map(entry).collect::<Object>().into()),
            ("floors", object(floors.map(|(role, version)| (role, version.into()))).into()),
            ("schema", SCHEMA.into()),
        ]);
        json::pretty(&members.into())
    }

    /// Reads the one form [`to_bytes`](Self::to_bytes) writes: an unknown member, another order or a space more is
    /// another file.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, PackError> {
        let refuse = |problem: String| PackError::Manifest { problem };
        let value = json::parse(bytes, 4).map_err(|e| refuse(e.to_string()))?;
        let member = |value: &Value, name: &str| {
            let found = value.as_object().and_then(|members| members.get(name)).cloned();
            found.ok_or_else(|| refuse(format!("expected a member `{name}`, found none")))
        };
        let schema = member(&value, "schema")?;
        if schema.as_str() != Some(SCHEMA) {
            return Err(refuse(format!("schema: expected `{SCHEMA}`, found {}", schema.kind())));
        }
        let number = |value: &Value, name: &str| {
            let found = member(value, name)?;
            found.as_u64().ok_or_else(|| refuse(format!("{name}: expected an integer from 0, found {}", found.kind())))
        };
        let floors = member(&value, "floors")?;
        let floors = Floors {
            root: number(&floors, "root")?,
            timestamp: number(&floors, "timestamp")?,
            snapshot: number(&floors, "snapshot")?,
            targets: number(&floors, "targets")?,
        };
        let digests = member(&value, "digests")?;
        let digests = digests.as_object().ok_or_else(|| refuse("digests: expected an object".into()))?;
        let mut files = BTreeMap::new();
        for (path, entry) in digests {
            segments(path).map_err(|problem| refuse(format!("`{}`: {problem}", path.escape_debug())))?;
            let sha256 = member(entry, "sha256")?;
            let sha256 = sha256.as_str().and_then(Sha256::from_hex);
            let sha256 = sha256.ok_or_else(|| {
                refuse(format!("`{}`: sha256: expected 64 characters of lower-case hex", path.escape_debug()))
            })?;
            files.insert(path.clone(), (number(entry, "length")?, sha256));
        }
        let this = Self { files, floors };
        if this.to_bytes() == bytes {
            Ok(this)
        } else {
            Err(refuse("expected its one form: sorted members, none unknown, one space a level".into()))
        }
    }
}

const SCHEMA: &str = "tuffet-trust-pack-v1";
