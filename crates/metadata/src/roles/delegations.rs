//! Delegations: whom a targets role hands parts of its paths to (TUF §4.5).

use super::RoleKeys;
use super::root::read_keys;
use crate::json::Value;
use crate::reading::{Node, Reading};
use crate::{Authority, Key, Problem, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::KeyId;

/// Keys and roles a targets role delegates to, in the order searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegations {
    keys: BTreeMap<KeyId, Key>,
    /// Delegated roles, names unique (F22).
    pub roles: Vec<DelegatedRole>,
}

/// One delegation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegatedRole {
    /// The role's name.
    pub name: String,
    /// Who signs it.
    pub keys: RoleKeys,
    /// Whether a matching search ends here (C54).
    pub terminating: bool,
    /// Path patterns, if the role is given by patterns (F19, F20).
    pub paths: Vec<String>,
    /// Prefixes of SHA-256(path) in hex, if it is given by those (F21).
    pub path_hash_prefixes: Vec<String>,
}

impl Delegations {
    /// The keys by keyid.
    #[must_use]
    pub fn keys(&self) -> &BTreeMap<KeyId, Key> {
        &self.keys
    }

    /// Who may sign the delegated role `name`, if it is delegated to here.
    #[must_use]
    pub fn authority(&self, name: &str) -> Option<Authority<'_>> {
        let role = self.roles.iter().find(|role| role.name == name)?;
        let name = RoleName::Delegated(role.name.clone());
        Some(Authority::new(name, &role.keys.keyids, role.keys.threshold, &self.keys))
    }
}

impl Delegations {
    pub(super) fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let keys = read_keys(&node.node("keys", "TUF 4.5")?, reading)?;
        let mut roles = Vec::new();
        let mut names = BTreeSet::new();
        let listed = match node.object.get("roles") {
            Some(_) => node.array("roles", "TUF 4.5")?,
            // TAP 15 names its bins in `succinct_roles` and has no `roles`.
            None if node.object.contains_key("succinct_roles") => &[],
            None => node.array("roles", "TUF 4.5")?,
        };
        for (i, value) in listed.iter().enumerate() {
            let role = Node::new(format!("{}.roles[{i}]", node.path), value, "TUF 4.5")?;
            let role = DelegatedRole::read(&role, reading)?;
            if !names.insert(role.name.clone()) {
                let found = format!("`{}` again", role.name.escape_debug());
                return Err(Problem::shape(&node.at("roles"), "each role name once", found, "F22"));
            }
            role.keys.report(&role.name, &keys, reading)?;
            roles.push(role);
        }
        Ok(Self { keys, roles })
    }
}

impl DelegatedRole {
    fn read(node: &Node<'_>, reading: &Reading<'_>) -> Result<Self, Problem> {
        let name = node.string("name", "TUF 4.5")?.to_owned();
        let refuse = |expected: &str, found| Err(Problem::shape(&node.at("name"), expected, found, "C58"));
        // Findings repeat the name for each keyid: one of a megabyte would make gigabytes before a signature is asked.
        if name.len() > NAME_BYTES {
            return refuse("a name of at most 255 bytes", "a longer one".to_owned());
        }
        if RoleName::shadows_top_level(&name) {
            return refuse("a name other than the top-level roles'", format!("`{}`", name.escape_debug()));
        }
        let paths = strings(node, "paths")?;
        let path_hash_prefixes = strings(node, "path_hash_prefixes")?;
        if paths.is_some() && path_hash_prefixes.is_some() {
            return Err(Problem::shape(&node.path, "`paths` or `path_hash_prefixes`", "both", "F19"));
        }
        Ok(Self {
            keys: RoleKeys::read(node, reading)?,
            terminating: node.flag("terminating", false, "TUF 4.5")?,
            paths: paths.unwrap_or_default(),
            path_hash_prefixes: path_hash_prefixes.unwrap_or_default(),
            name,
        })
    }
}

fn strings(node: &Node<'_>, name: &str) -> Result<Option<Vec<String>>, Problem> {
    if !node.object.contains_key(name) {
        return Ok(None);
    }
    let items = node.array(name, "F19")?;
    let text = |v: &Value| {
        v.as_str().map(str::to_owned).ok_or_else(|| Problem::shape(&node.at(name), "strings", v.kind(), "F19"))
    };
    items.iter().map(text).collect::<Result<_, _>>().map(Some)
}

/// What file systems take for a name.
const NAME_BYTES: usize = 255;
