use super::entries::{Entries, Index};
use super::{Common, MetaFiles, Targets, meta_files, role, sealed};
use crate::bytes::Payload;
use crate::json::{Cursor, Edits, Object, Raw};
use crate::reading::{Node, Path, Reading};
use crate::{Finding, Limits, MetadataError, Problem, Proposed, RoleName};

/// The snapshot role (TUF §4.4): the versions of all targets roles that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Version, expiry, specification.
    pub common: Common,
    index: Index,
    payload: Payload,
}

role!(Snapshot, RoleName::Snapshot);

impl Snapshot {
    /// The `signed` object as received, unknown fields included.
    #[must_use]
    pub fn value(&self) -> Object {
        Raw::new(self.payload.as_slice()).to_object()
    }

    /// The next one: these bytes with `edits` to `signed`, for a file of which little changes. No tree is made of what
    /// stays.
    ///
    /// # Errors
    /// [`MetadataError`]: the result is not what the strict profile accepts.
    pub fn edited(&self, edits: &Edits, limits: &Limits) -> Result<Proposed<Self>, MetadataError> {
        Proposed::edited(RoleName::Snapshot, self.payload.as_slice(), edits, limits)
    }

    /// The listed files by name (`targets.json`, `ROLE.json`), sorted. Each was read when the file was; here it is read
    /// again from the file's bytes, so that 16,384 bins cost a few bytes each while nobody asks.
    #[must_use]
    pub fn meta(&self) -> MetaFiles<'_> {
        MetaFiles(Entries::new(self.payload.as_slice(), &self.index))
    }

    /// The entries that name no targets role reachable from `targets` by one delegation: files that once were and
    /// can never be removed (D6).
    pub fn dead_entries(&self, targets: &Targets) -> impl Iterator<Item = Finding> {
        let top = RoleName::Targets.file_name();
        let delegated = |file: &str| {
            let name = file.strip_suffix(".json");
            name.is_some_and(|name| targets.delegations.iter().any(|by| by.authority(name).is_some()))
        };
        let dead = self.meta().keys().filter(move |file| *file != top && !delegated(file));
        dead.map(|name| Finding::DeadSnapshotEntry { name: name.into_owned() })
    }
}

impl sealed::Read for Snapshot {
    #[expect(private_interfaces, reason = "sealed")]
    fn read(signed: &Payload, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let top = Path::top("signed");
        let mut index = None;
        let meta = |name: &[u8], cursor: &mut Cursor<'_>| {
            let is_meta = name == b"meta";
            if is_meta {
                index = Some(meta_files::read(&top.child("meta"), cursor)?);
            }
            Ok(is_meta)
        };
        let raw = Raw::new(signed.as_slice());
        let node = Node::with(top, raw, "TUF 4.2.1", ["expires", "spec_version", "version"], meta)?;
        let common = Common::read(&node, reading)?;
        let path = node.at("meta");
        let index = index.ok_or_else(|| Problem::shape(path, "an object", "nothing", "C42"))?;
        let this = Self { common, index, payload: signed.clone() };
        if !this.meta().contains_key("targets.json") {
            return Err(Problem::shape(path, "an entry `targets.json`", "none", "C42"));
        }
        Ok(this)
    }
}
