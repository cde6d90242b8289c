use super::{Common, Pinned, Targets, role, sealed};
use crate::bytes::Payload;
use crate::json::{Object, Raw, text};
use crate::reading::{Node, Path, Reading, members};
use crate::{Finding, Problem, RoleName};
use std::collections::BTreeMap;

/// The snapshot role (TUF §4.4): the versions of all targets roles that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Version, expiry, specification.
    pub common: Common,
    meta: BTreeMap<String, Pinned>,
    payload: Payload,
}

role!(Snapshot, RoleName::Snapshot);

impl Snapshot {
    /// The `signed` object as received, unknown fields included.
    #[must_use]
    pub fn value(&self) -> Object {
        Raw::new(self.payload.as_slice()).to_object()
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
    fn read(signed: &Payload, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let names = ["expires", "meta", "spec_version", "version"];
        let node = Node::new(Path::top("signed"), Raw::new(signed.as_slice()), "TUF 4.2.1", names)?;
        let common = Common::read(&node, reading)?;
        let path = node.at("meta");
        let mut listed = Vec::new();
        members(node.object("meta", "C42")?, |name, value| {
            listed.push((text(name).into_owned(), Pinned::read(path.member(name), value, "TUF 4.4")?));
            Ok(())
        })?;
        // Sorted already, so that the map is built in one go.
        let meta: BTreeMap<String, Pinned> = listed.into_iter().collect();
        if !meta.contains_key("targets.json") {
            return Err(Problem::shape(path, "an entry `targets.json`", "none", "C42"));
        }
        Ok(Self { common, meta, payload: signed.clone() })
    }
}
