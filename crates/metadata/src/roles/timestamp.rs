use super::{Common, Pinned, role, sealed};
use crate::json::Object;
use crate::reading::{Node, Reading};
use crate::{Problem, RoleName};

/// The timestamp role (TUF §4.6): which snapshot is current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    /// Version, expiry, specification.
    pub common: Common,
    /// The current snapshot.
    pub snapshot: Pinned,
    value: Object,
}

role!(Timestamp, RoleName::Timestamp);

impl Timestamp {
    /// The `signed` object as received, unknown fields included.
    #[must_use]
    pub fn value(&self) -> &Object {
        &self.value
    }
}

impl sealed::Read for Timestamp {
    #[expect(private_interfaces, reason = "sealed")]
    fn read(signed: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let common = Common::read(signed, reading)?;
        let meta = signed.node("meta", "C30")?;
        if meta.object.len() != 1 || !meta.object.contains_key("snapshot.json") {
            let found: Vec<_> = meta.object.keys().take(3).map(|name| format!("`{}`", name.escape_debug())).collect();
            let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
            return Err(Problem::shape(&meta.path, "exactly `snapshot.json`", found, "C30"));
        }
        let snapshot = Pinned::read(&meta.node("snapshot.json", "C30")?)?;
        Ok(Self { common, snapshot, value: signed.object.clone() })
    }
}
