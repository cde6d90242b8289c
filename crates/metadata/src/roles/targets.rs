use super::entries::{Entries, Index};
use super::{Common, Delegations, TargetFiles, role, sealed, target_files};
use crate::bytes::Payload;
use crate::json::{Cursor, Edits, Object, Raw};
use crate::reading::{Node, Path, Reading};
use crate::{Finding, Limits, MetadataError, Problem, Proposed, RoleName};

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

    /// The next one of `role`: these bytes with `edits` to `signed`, for a file of which little changes. No tree is made of
    /// what stays.
    ///
    /// # Errors
    /// [`MetadataError`]: the result is not what the strict profile accepts.
    pub fn edited(&self, role: &RoleName, edits: &Edits, limits: &Limits) -> Result<Proposed<Self>, MetadataError> {
        Proposed::edited(role.clone(), self.payload.as_slice(), edits, limits)
    }

    /// The targets by path, sorted. Each was read when the file was; here it is read again from the file's bytes, so
    /// that a million of them cost a few bytes each while nobody asks.
    #[must_use]
    pub fn targets(&self) -> TargetFiles<'_> {
        TargetFiles(Entries::new(self.payload.as_slice(), &self.index))
    }
}

impl sealed::Read for Targets {
    #[expect(private_interfaces, reason = "sealed")]
    fn read(signed: &Payload, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let top = Path::top("signed");
        let (mut index, mut delegations) = (None, None);
        // Read where they stand, in the one pass over the members: one or the other is nearly all of a large file.
        let each = |name: &[u8], cursor: &mut Cursor<'_>| {
            match name {
                b"targets" => index = Some(target_files::read(&top.child("targets"), cursor, reading)?),
                b"delegations" if cursor.peek() != Some(b'n') => {
                    delegations = Some(Delegations::read(top.child("delegations"), signed, cursor, reading)?);
                }
                _ => return Ok(false),
            }
            Ok(true)
        };
        let raw = Raw::new(signed.as_slice());
        let node = Node::with(top, raw, "TUF 4.2.1", ["delegations", "expires", "spec_version", "version"], each)?;
        let common = Common::read(&node, reading)?;
        let index = index.ok_or_else(|| Problem::shape(node.at("targets"), "an object", "nothing", "TUF 4.5"))?;
        if node.member("delegations").is_some() {
            reading.note(Finding::NullDelegations)?;
        }
        Ok(Self { common, delegations, index, payload: signed.clone() })
    }
}
