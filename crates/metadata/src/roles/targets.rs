use super::{Common, Delegations, Hashes, role, sealed};
use crate::json::{Object, Value};
use crate::reading::{Node, Reading};
use crate::{Finding, Problem, RoleName};
use std::collections::BTreeMap;

/// The targets role, top-level or delegated (TUF §4.5): which files are to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    /// Version, expiry, specification.
    pub common: Common,
    targets: BTreeMap<String, TargetFile>,
    /// Whom this role hands parts of its paths to.
    pub delegations: Option<Delegations>,
    value: Object,
}

/// One target: its length, its hashes, what its owner adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFile {
    /// Bytes; `None` where the file does not say, which old writers did for empty files.
    pub length: Option<u64>,
    /// Hashes, at least one known.
    pub hashes: Hashes,
    /// The application's own data, as received.
    pub custom: Option<Value>,
}

role!(Targets, RoleName::Targets);

impl Targets {
    /// The `signed` object as received, unknown fields included.
    #[must_use]
    pub fn value(&self) -> &Object {
        &self.value
    }

    /// The targets by path, sorted.
    #[must_use]
    pub fn targets(&self) -> &BTreeMap<String, TargetFile> {
        &self.targets
    }
}

impl sealed::Read for Targets {
    #[expect(private_interfaces, reason = "sealed")]
    fn read(signed: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let common = Common::read(signed, reading)?;
        let mut targets = BTreeMap::new();
        for member in signed.node("targets", "TUF 4.5")?.members("TUF 4.5") {
            let (path, node) = member?;
            targets.insert(path.to_owned(), TargetFile::read(path, &node, reading)?);
        }
        let delegations = match signed.object.get("delegations") {
            None => None,
            Some(Value::Null) => {
                reading.note(Finding::NullDelegations)?;
                None
            }
            Some(_) => Some(Delegations::read(&signed.node("delegations", "TUF 4.5")?, reading)?),
        };
        Ok(Self { common, targets, delegations, value: signed.object.clone() })
    }
}

impl TargetFile {
    fn read(path: &str, node: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let length = node.optional_u64("length", "TUF 4.5")?;
        if length.is_none() {
            reading.note(Finding::TargetWithoutLength { path: path.to_owned() })?;
        }
        let hashes = Hashes::read(&node.node("hashes", "C59")?)?;
        Ok(Self { length, hashes, custom: node.object.get("custom").cloned() })
    }
}
