use super::{Common, Pinned, role, sealed};
use crate::bytes::Payload;
use crate::json::{Object, Raw, text};
use crate::reading::{Node, Path, Reading, members};
use crate::{Problem, RoleName};

/// The timestamp role (TUF §4.6): which snapshot is current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    /// Version, expiry, specification.
    pub common: Common,
    /// The current snapshot.
    pub snapshot: Pinned,
    payload: Payload,
}

role!(Timestamp, RoleName::Timestamp);

impl Timestamp {
    /// The `signed` object as received, unknown fields included.
    #[must_use]
    pub fn value(&self) -> Object {
        Raw::new(self.payload.as_slice()).to_object()
    }
}

impl sealed::Read for Timestamp {
    #[expect(private_interfaces, reason = "sealed")]
    fn read(signed: &Payload, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let names = ["expires", "meta", "spec_version", "version"];
        let node = Node::new(Path::top("signed"), Raw::new(signed.as_slice()), "TUF 4.2.1", names)?;
        let common = Common::read(&node, reading)?;
        let path = node.at("meta");
        let (mut snapshot, mut found) = (None, Vec::new());
        members(node.object("meta", "C30")?, |name, value| {
            if name == b"snapshot.json" {
                snapshot = Some((name, value));
            }
            if found.len() < 3 {
                found.push(format!("`{}`", text(name).escape_debug()));
            }
            Ok(())
        })?;
        let Some((name, pin)) = snapshot.filter(|_| found.len() == 1) else {
            let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
            return Err(Problem::shape(path, "exactly `snapshot.json`", found, "C30"));
        };
        let snapshot = Pinned::read(path.member(name), pin, "C30")?;
        Ok(Self { common, snapshot, payload: signed.clone() })
    }
}
