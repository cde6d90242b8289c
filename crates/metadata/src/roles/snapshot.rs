use super::{Common, Pinned, Targets, role, sealed};
use crate::json::Object;
use crate::reading::{Node, Reading};
use crate::{Finding, Problem, RoleName};
use std::collections::BTreeMap;

/// The snapshot role (TUF §4.4): the versions of all targets roles that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Version, expiry, specification.
    pub common: Common,
    meta: BTreeMap<String, Pinned>,
    value: Object,
}

role!(Snapshot, RoleName::Snapshot);

impl Snapshot {
    /// The `signed` object as received, unknown fields included.
    #[must_use]
    pub fn value(&self) -> &Object {
        &self.value
    }

    /// The listed files by name (`targets.json`, `ROLE.json`), sorted.
    #[must_use]
    pub fn meta(&self) -> &BTreeMap<String, Pinned> {
        &self.meta
    }

    /// The entries that name no targets role reachable from `targets` by one delegation: files that once were and
    /// can never be removed (D6).
    pub fn dead_entries(&self, targets: &Targets) -> impl Iterator<Item = Finding> {
        let top = RoleName::Targets.file_name();
        let delegated = |file: &str| {
            let name = file.strip_suffix(".json");
            name.is_some_and(|name| targets.delegations.iter().any(|by| by.authority(name).is_some()))
        };
        let dead = self.meta.keys().filter(move |file| **file != top && !delegated(file));
        dead.map(|name| Finding::DeadSnapshotEntry { name: name.clone() })
    }
}

impl sealed::Read for Snapshot {
    #[expect(private_interfaces, reason = "sealed")]
    fn read(signed: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let common = Common::read(signed, reading)?;
        let mut meta = BTreeMap::new();
        for member in signed.node("meta", "C42")?.members("TUF 4.4") {
            let (name, node) = member?;
            meta.insert(name.to_owned(), Pinned::read(&node)?);
        }
        if !meta.contains_key("targets.json") {
            return Err(Problem::shape("signed.meta", "an entry `targets.json`", "none", "C42"));
        }
        Ok(Self { common, meta, value: signed.object.clone() })
    }
}
