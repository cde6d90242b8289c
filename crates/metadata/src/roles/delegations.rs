//! Delegations: whom a targets role hands parts of its paths to (TUF §4.5).

use super::root::read_keys;
use super::{RoleKeys, SuccinctRoles};
use crate::json::Value;
use crate::path_hash::HashIndex;
use crate::reading::{Node, Reading};
use crate::{Authority, Finding, HashPrefix, Key, PathPattern, Problem, RoleName, TargetPath};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::KeyId;

/// Keys and roles a targets role delegates to, in the order searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegations {
    keys: BTreeMap<KeyId, Key>,
    roles: Vec<DelegatedRole>,
    /// Places in `roles` by name.
    places: BTreeMap<String, usize>,
    /// Places of those given by patterns, which have to be asked one by one.
    by_pattern: Vec<usize>,
    by_hash: HashIndex,
    succinct: Option<SuccinctRoles>,
}

/// One delegation, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegatedRole {
    /// The role's name.
    pub name: String,
    /// Who signs it.
    pub keys: RoleKeys,
    /// Whether a matching search ends here (C54).
    pub terminating: bool,
    /// Path patterns, if the role is given by patterns (F19, F20).
    pub paths: Vec<PathPattern>,
    /// Prefixes of SHA-256(path) in hex, if it is given by those (F21).
    pub path_hash_prefixes: Vec<HashPrefix>,
}

/// A delegation that covers a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// The role's name.
    pub name: String,
    /// Whether the search ends with this role and those below it (C54). Never for a succinct bin (TAP 15).
    pub terminating: bool,
}

impl Delegations {
    /// The keys by keyid.
    #[must_use]
    pub fn keys(&self) -> &BTreeMap<KeyId, Key> {
        &self.keys
    }

    /// The listed roles in order of appearance, names unique (F22). None where the bins are succinct.
    #[must_use]
    pub fn roles(&self) -> &[DelegatedRole] {
        &self.roles
    }

    /// The bins of TAP 15, if the delegation is by those (F23).
    #[must_use]
    pub fn succinct_roles(&self) -> Option<&SuccinctRoles> {
        self.succinct.as_ref()
    }

    /// Who may sign the delegated role `name`, if it is delegated to here.
    #[must_use]
    pub fn authority(&self, name: &str) -> Option<Authority<'_>> {
        let keys = match &self.succinct {
            Some(succinct) if succinct.has_bin(name) => &succinct.keys,
            _ => &self.roles.get(*self.places.get(name)?)?.keys,
        };
        let name = RoleName::Delegated(name.to_owned());
        Some(Authority::new(name, &keys.keyids, keys.threshold, &self.keys))
    }

    /// The delegations that cover `path`, in order of appearance (C49).
    pub fn matching(&self, path: &TargetPath) -> impl Iterator<Item = Delegation> {
        let bin = self.succinct.as_ref().map(|succinct| succinct.bin_of(path));
        let covers = |place: &usize| self.roles.get(*place).is_some_and(|role| role.covers(path));
        let by_pattern = self.by_pattern.iter().copied().filter(covers);
        let places: BTreeSet<usize> = self.by_hash.places(path).chain(by_pattern).collect();
        let listed = places.into_iter().filter_map(|place| self.roles.get(place));
        let bin = bin.map(|name| Delegation { name, terminating: false });
        bin.into_iter().chain(listed.map(|role| Delegation { name: role.name.clone(), terminating: role.terminating }))
    }

    pub(super) fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let keys = read_keys(&node.node("keys", "TUF 4.5")?, reading)?;
        let succinct = match (node.object.contains_key("roles"), node.object.contains_key("succinct_roles")) {
            (true, true) => {
                return Err(Problem::shape(&node.path, "`roles` or `succinct_roles`", "both", "F23"));
            }
            (false, true) => Some(SuccinctRoles::read(&node.node("succinct_roles", "F23")?, reading)?),
            _ => None,
        };
        let listed = if succinct.is_some() { &[] } else { node.array("roles", "TUF 4.5")? };
        if let Some(succinct) = &succinct {
            succinct.keys.report(succinct.name_prefix(), &keys, reading)?;
        }
        let mut this = Self {
            keys,
            roles: Vec::new(),
            places: BTreeMap::new(),
            by_pattern: Vec::new(),
            by_hash: HashIndex::default(),
            succinct,
        };
        for (i, value) in listed.iter().enumerate() {
            let role = Node::new(format!("{}.roles[{i}]", node.path), value, "TUF 4.5")?;
            let role = DelegatedRole::read(&role, reading)?;
            if this.places.insert(role.name.clone(), i).is_some() {
                let found = format!("`{}` again", role.name.escape_debug());
                return Err(Problem::shape(&node.at("roles"), "each role name once", found, "F22"));
            }
            role.keys.report(&role.name, &this.keys, reading)?;
            this.roles.push(role);
        }
        this.index();
        Ok(this)
    }

    fn index(&mut self) {
        let mut prefixes = Vec::new();
        for (place, role) in self.roles.iter().enumerate() {
            prefixes.extend(role.path_hash_prefixes.iter().map(|prefix| (prefix.clone(), place)));
            if !role.paths.is_empty() {
                self.by_pattern.push(place);
            }
        }
        self.by_hash = HashIndex::new(prefixes);
    }
}

impl DelegatedRole {
    /// Whether this delegation covers `path`: by one of its patterns, or by one of its prefixes (F19: one with
    /// neither covers nothing).
    #[must_use]
    pub fn covers(&self, path: &TargetPath) -> bool {
        self.paths.iter().any(|pattern| pattern.matches(path.as_str()))
            || self.path_hash_prefixes.iter().any(|prefix| prefix.matches(path))
    }

    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let name = node.string("name", "TUF 4.5")?.to_owned();
        if name.len() > NAME_BYTES || RoleName::shadows_top_level(&name) {
            return Err(refuse_name(&node.at("name"), &name));
        }
        let paths = strings(node, "paths")?;
        let path_hash_prefixes = strings(node, "path_hash_prefixes")?;
        if paths.is_some() && path_hash_prefixes.is_some() {
            return Err(Problem::shape(&node.path, "`paths` or `path_hash_prefixes`", "both", "F19"));
        }
        let paths: Vec<PathPattern> = paths.unwrap_or_default().into_iter().map(PathPattern::new).collect();
        for pattern in paths.iter().filter(|pattern| pattern.is_uncommon()) {
            reading.note(Finding::UncommonPattern { pattern: pattern.as_str().to_owned() })?;
        }
        let expected = "at most 64 characters of lower-case hex";
        let prefix = |text: String| {
            let found = || Value::from(text.as_str()).kind();
            let at = || node.at("path_hash_prefixes");
            HashPrefix::new(&text).ok_or_else(|| Problem::shape(&at(), expected, found(), "F21"))
        };
        let path_hash_prefixes: Vec<HashPrefix> =
            path_hash_prefixes.unwrap_or_default().into_iter().map(prefix).collect::<Result<_, _>>()?;
        Ok(Self {
            keys: RoleKeys::read(node, reading)?,
            terminating: node.flag("terminating", false, "TUF 4.5")?,
            paths,
            path_hash_prefixes,
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

/// C58: neither too long nor a top-level role's.
pub(super) fn refuse_name(path: &str, name: &str) -> Problem {
    // Findings repeat the name for each keyid: one of a megabyte would make gigabytes before a signature is asked.
    if name.len() > NAME_BYTES {
        return Problem::shape(path, "a name of at most 255 bytes", "a longer one", "C58");
    }
    let found = format!("`{}`", name.escape_debug());
    Problem::shape(path, "a name other than the top-level roles'", found, "C58")
}

/// What file systems take for a name.
pub(super) const NAME_BYTES: usize = 255;
