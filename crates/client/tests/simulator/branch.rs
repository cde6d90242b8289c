//! Delegated roles of the simulated repository.

use super::{EXPIRES, Simulator, key, listed, sign};
use std::collections::BTreeMap;
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{Pinned, RoleName};

/// A delegated role and the delegation to it. Two of one name are two delegations to one role: the first says what it
/// lists.
#[derive(Clone)]
pub(crate) struct Branch {
    pub(crate) name: String,
    /// The delegator.
    pub(crate) by: String,
    /// The key its delegator lists, and the keys that sign.
    pub(crate) seed: u8,
    pub(crate) signers: Vec<u8>,
    pub(crate) paths: Vec<String>,
    pub(crate) terminating: bool,
    pub(crate) targets: BTreeMap<String, Vec<u8>>,
    pub(crate) version: u64,
    pub(crate) expires: String,
}

/// `by` delegates `paths` to `name`, which lists `targets` with its own name as content; key 9.
pub(crate) fn branch(by: &str, name: &str, paths: &[&str], targets: &[&str]) -> Branch {
    Branch {
        name: name.into(),
        by: by.into(),
        seed: 9,
        signers: vec![9],
        paths: paths.iter().map(|path| (*path).into()).collect(),
        terminating: false,
        targets: targets.iter().map(|path| ((*path).into(), name.as_bytes().to_vec())).collect(),
        version: 1,
        expires: EXPIRES.into(),
    }
}

impl Simulator {
    /// Publishes these delegated roles, and all above them.
    pub(crate) fn publish_branches(&mut self, branches: Vec<Branch>) {
        self.branches = branches;
        self.publish();
    }

    /// The name under which the delegated role is served.
    pub(crate) fn branch_name(&self, name: &str) -> String {
        let version = self.first(name).version;
        RoleName::Delegated(name.into()).request_name(self.consistent.then_some(version))
    }

    pub(super) fn write_branches(&self) {
        for branch in &self.branches {
            self.served.put(&self.branch_name(&branch.name), &self.branch_file(&branch.name));
            self.serve_targets(&branch.targets);
        }
    }

    pub(super) fn branch_pins(&self) -> Object {
        let pin = |branch: &Branch| {
            let (version, file) = (self.first(&branch.name).version, self.branch_file(&branch.name));
            let full = Pinned::of(version, &file);
            let pin = if self.full_pins { full } else { Pinned { version, length: None, hashes: None } };
            (format!("{}.json", branch.name), pin.to_object().into())
        };
        self.branches.iter().map(pin).collect()
    }

    pub(super) fn delegations_of(&self, by: &str) -> Object {
        let branches: Vec<&Branch> = self.branches.iter().filter(|branch| branch.by == by).collect();
        if branches.is_empty() {
            return Object::new();
        }
        let keys = branches.iter().map(|branch| key(branch.seed));
        let keys: Object = keys.map(|k| (k.keyid().as_str().to_owned(), k.object().clone().into())).collect();
        let role = |branch: &&Branch| -> Value {
            object([
                ("name", branch.name.as_str().into()),
                ("keyids", vec![key(branch.seed).keyid().as_str()].into()),
                ("threshold", 1.into()),
                ("terminating", branch.terminating.into()),
                ("paths", branch.paths.clone().into()),
            ])
            .into()
        };
        let roles = Value::Array(branches.iter().map(role).collect());
        object([("delegations", object([("keys", keys.into()), ("roles", roles)]).into())])
    }

    pub(crate) fn branch_file(&self, name: &str) -> Vec<u8> {
        let branch = self.first(name);
        let mut signed = object([
            ("_type", "targets".into()),
            ("spec_version", "1.0.34".into()),
            ("version", branch.version.into()),
            ("expires", branch.expires.as_str().into()),
            ("targets", listed(&branch.targets).into()),
        ]);
        signed.extend(self.delegations_of(name));
        sign(&signed.into(), &branch.signers)
    }

    fn first(&self, name: &str) -> &Branch {
        self.branches.iter().find(|branch| branch.name == name).unwrap()
    }
}
