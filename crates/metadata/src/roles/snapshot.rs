use super::{Common, Pinned, Targets, role, sealed};
use crate::reading::{Node, Reading};
use crate::{Finding, Problem, RoleName};
use std::collections::BTreeMap;

/// The snapshot role (TUF §4.4): the versions of all targets roles that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Version, expiry, specification.
    pub common: Common,
    meta: BTreeMap<String, Pinned>,
}

role!(Snapshot, RoleName::Snapshot);

impl Snapshot {
    /// The listed files by name (`targets.json`, `ROLE.json`), sorted.
    #[must_use]
    pub fn meta(&self) -> &BTreeMap<String, Pinned> {
        &self.meta
    }

    /// The entries that name no targets role reachable from `targets` by one delegation: files that once were and
    /// can never be removed (D6).
    pub fn dead_entries(&self, targets: &Targets) -> impl Iterator<Item = Finding> {
        let live = |name: &str| {
            let role = name.strip_suffix(".json");
            role == Some("targets")
                || targets.delegations.iter().any(|d| d.roles.iter().any(|r| role == Some(&*r.name)))
        };
        self.meta.keys().filter(move |name| !live(name)).map(|name| Finding::DeadSnapshotEntry { name: name.clone() })
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
        Ok(Self { common, meta })
    }
}
