//! `manifest.json`: which ceremony, which way, how far its transcript was, and the digest of every file.

use super::{CarryError, Way, layout};
use crate::Plan;
use std::collections::BTreeMap;
use tuffet_keys::Sha256;
use tuffet_metadata::json::{self, Object, Value, object};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) way: Way,
    pub(super) ceremony: String,
    pub(super) plan_hash: Sha256,
    pub(super) lines: u64,
    pub(super) head: Sha256,
    pub(super) files: BTreeMap<String, Sha256>,
}

impl Manifest {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let files: Object = self.files.iter().map(|(path, sha256)| (path.clone(), sha256.to_string().into())).collect();
        let transcript = object([("head", self.head.to_string().into()), ("lines", self.lines.into())]);
        let members = object([
            ("ceremony", self.ceremony.as_str().into()),
            ("files", files.into()),
            ("kind", self.way.name().into()),
            ("plan_hash", self.plan_hash.to_string().into()),
            ("schema", SCHEMA.into()),
            ("transcript", transcript.into()),
        ]);
        json::pretty(&members.into())
    }

    /// Reads the one form [`to_bytes`](Self::to_bytes) writes: an unknown member, another order or a space more is
    /// another file.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, CarryError> {
        let refuse = |problem: String| CarryError::Manifest { problem };
        let value = json::parse(bytes, 4).map_err(|e| refuse(e.to_string()))?;
        let member = |value: &Value, name: &str| {
            let found = value.as_object().and_then(|members| members.get(name)).cloned();
            found.ok_or_else(|| refuse(format!("expected a member `{name}`, found none")))
        };
        let text = |name: &str| {
            let found = member(&value, name)?;
            found.as_str().map(str::to_owned).ok_or_else(|| refuse(format!("{name}: expected text")))
        };
        let digest = |name: &str, found: &Value| {
            let read = found.as_str().and_then(Sha256::from_hex);
            read.ok_or_else(|| refuse(format!("{name}: expected 64 characters of lower-case hex")))
        };
        let schema = text("schema")?;
        if schema != SCHEMA {
            return Err(refuse(format!("schema: expected `{SCHEMA}`, found `{}`", schema.escape_debug())));
        }
        let way = match text("kind")?.as_str() {
            "out" => Way::Out,
            "back" => Way::Back,
            other => return Err(refuse(format!("kind: expected `out` or `back`, found `{}`", other.escape_debug()))),
        };
        let ceremony = text("ceremony")?;
        if !Plan::is_id(&ceremony) {
            let found = ceremony.escape_debug();
            return Err(refuse(format!("ceremony: expected letters, digits and hyphens, found `{found}`")));
        }
        let transcript = member(&value, "transcript")?;
        let lines = member(&transcript, "lines")?;
        let lines = lines.as_u64().ok_or_else(|| refuse("lines: expected an integer from 0".into()))?;
        let mut files = BTreeMap::new();
        let listed = member(&value, "files")?;
        for (path, sha256) in listed.as_object().ok_or_else(|| refuse("files: expected an object".into()))? {
            if !layout::knows(way, path) {
                return Err(CarryError::Place { path: path.clone(), way: way.name() });
            }
            files.insert(path.clone(), digest(path, sha256)?);
        }
        let this = Self {
            way,
            ceremony,
            plan_hash: digest("plan_hash", &member(&value, "plan_hash")?)?,
            lines,
            head: digest("head", &member(&transcript, "head")?)?,
            files,
        };
        if this.to_bytes() == bytes {
            Ok(this)
        } else {
            Err(refuse("expected its one form: sorted members, none unknown, one space a level".into()))
        }
    }
}

const SCHEMA: &str = "tuffet-carry-v1";
