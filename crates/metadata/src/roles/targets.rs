use super::target_files::{Index, TargetFiles};
use super::{Common, Delegations, role, sealed};
use crate::bytes::Payload;
use crate::json::{Object, Raw};
use crate::reading::{Node, Path, Reading};
use crate::{Finding, Problem, RoleName};

/// The targets role, top-level or delegated (TUF §4.5): which files are to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    /// Version, expiry, specification.
    pub common: Common,
    /// Whom this role hands parts of its paths to.
    pub delegations: Option<Delegations>,
    index: Index,
    payload: Payload,
}

role!(Targets, RoleName::Targets);

impl Targets {
    /// The `signed` object as received, unknown fields included. A tree of a large file is several times its size.
    #[must_use]
    pub fn value(&self) -> Object {
        Raw::new(self.payload.as_slice()).to_object()
    }

    /// The targets by path, sorted. Each was read when the file was; here it is read again from the file's bytes, so
    /// that a million of them cost a few bytes each while nobody asks.
    #[must_use]
    pub fn targets(&self) -> TargetFiles<'_> {
        TargetFiles::new(self.payload.as_slice(), &self.index)
    }
}

impl sealed::Read for Targets {
    #[expect(private_interfaces, reason = "sealed")]
    fn read(signed: &Payload, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let raw = Raw::new(signed.as_slice());
        let top = Path::top("signed");
        let mut index = None;
        // Read where it stands, in the one pass over the members: it is nearly all of a large file.
        let targets = |name: &[u8], cursor: &mut crate::json::Cursor<'_>| {
            let is_targets = name == b"targets";
            if is_targets {
                index = Some(Index::read(&top.child("targets"), cursor, reading)?);
            }
            Ok(is_targets)
        };
        let names = ["delegations", "expires", "spec_version", "version"];
        let node = Node::with(top, raw, "TUF 4.2.1", names, targets)?;
        let common = Common::read(&node, reading)?;
        let index = index.ok_or_else(|| Problem::shape(node.at("targets"), "an object", "nothing", "TUF 4.5"))?;
        let delegations = match node.member("delegations") {
            None => None,
            Some(value) if value.is_null() => {
                reading.note(Finding::NullDelegations)?;
                None
            }
            Some(value) => Some(Delegations::read(node.at("delegations"), value, reading)?),
        };
        Ok(Self { common, delegations, index, payload: signed.clone() })
    }
}
