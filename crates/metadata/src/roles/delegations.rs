//! Delegations: whom a targets role hands parts of its paths to (TUF §4.5).

use super::root::read_keys;
use super::{RoleKeys, SuccinctRoles};
use crate::json::Raw;
use crate::path_hash::HashIndex;
use crate::reading::{Node, Path, Reading};
use crate::{Authority, Finding, HashPrefix, Key, PathPattern, Problem, RoleName, TargetPath};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::KeyId;

/// Keys and roles a targets role delegates to, in the order searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegations {
    keys: BTreeMap<KeyId, Key>,
    roles: Vec<DelegatedRole>,
    /// Places in `roles`, in the order of the names.
    by_name: Vec<usize>,
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
            _ => &self.role(name)?.keys,
        };
        let name = RoleName::Delegated(name.to_owned());
        Some(Authority::new(name, &keys.keyids, keys.threshold, &self.keys))
    }

    fn role(&self, name: &str) -> Option<&DelegatedRole> {
        let at = |place: &usize| self.roles.get(*place).map_or("", |role| role.name.as_str());
        let found = self.by_name.binary_search_by(|place| at(place).cmp(name)).ok()?;
        self.roles.get(*self.by_name.get(found)?)
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

    pub(super) fn read(path: Path<'_>, raw: Raw<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let node = Node::new(path, raw, "TUF 4.5", ["keys", "roles", "succinct_roles"])?;
        let keys = read_keys(&node.at("keys"), node.object("keys", "TUF 4.5")?, reading)?;
        let succinct = match (node.member("roles"), node.member("succinct_roles")) {
            (Some(_), Some(_)) => {
                return Err(Problem::shape(node.path, "`roles` or `succinct_roles`", "both", "F23"));
            }
            (None, Some(raw)) => Some(SuccinctRoles::read(node.at("succinct_roles"), raw, reading)?),
            _ => None,
        };
        let listed = if succinct.is_some() { Vec::new() } else { node.array("roles", "TUF 4.5")? };
        if let Some(succinct) = &succinct {
            succinct.keys.report(succinct.name_prefix(), &keys, reading)?;
        }
        let path = node.at("roles");
        let mut roles = Vec::with_capacity(listed.len());
        for (i, value) in listed.into_iter().enumerate() {
            let fields = ["keyids", "name", "path_hash_prefixes", "paths", "terminating", "threshold"];
            let role = DelegatedRole::read(&Node::new(path.index(i), value, "TUF 4.5", fields)?, reading)?;
            role.keys.report(&role.name, &keys, reading)?;
            roles.push(role);
        }
        let mut this =
            Self { keys, roles, by_name: Vec::new(), by_pattern: Vec::new(), by_hash: HashIndex::default(), succinct };
        this.index();
        if let Some(again) = this.twice() {
            let found = format!("`{}` again", again.escape_debug());
            return Err(Problem::shape(path, "each role name once", found, "F22"));
        }
        Ok(this)
    }

    /// A name that two roles have.
    fn twice(&self) -> Option<&str> {
        let name = |place: &usize| self.roles.get(*place).map(|role| role.name.as_str());
        self.by_name.windows(2).find_map(|pair| match pair {
            [a, b] if name(a) == name(b) => name(a),
            _ => None,
        })
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
        // Most files list them sorted, and then this is one comparison a name.
        let mut by_name: Vec<(&str, usize)> =
            self.roles.iter().enumerate().map(|(place, role)| (role.name.as_str(), place)).collect();
        by_name.sort_unstable();
        self.by_name = by_name.into_iter().map(|(_, place)| place).collect();
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

    fn read<const N: usize>(node: &Node<'_, '_, N>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let name = node.string("name", "TUF 4.5")?.into_owned();
        if name.len() > NAME_BYTES || RoleName::shadows_top_level(&name) {
            return Err(refuse_name(node.at("name"), &name));
        }
        let paths = strings(node, "paths")?;
        let path_hash_prefixes = strings(node, "path_hash_prefixes")?;
        if paths.is_some() && path_hash_prefixes.is_some() {
            return Err(Problem::shape(node.path, "`paths` or `path_hash_prefixes`", "both", "F19"));
        }
        let paths: Vec<PathPattern> = paths.unwrap_or_default().into_iter().map(PathPattern::new).collect();
        for pattern in paths.iter().filter(|pattern| pattern.is_uncommon()) {
            reading.note(Finding::UncommonPattern { pattern: pattern.as_str().to_owned() })?;
        }
        let expected = "at most 64 characters of lower-case hex";
        let prefix = |text: String| {
            let found = || crate::json::Value::from(text.as_str()).kind();
            let at = || node.at("path_hash_prefixes");
            HashPrefix::new(&text).ok_or_else(|| Problem::shape(at(), expected, found(), "F21"))
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

fn strings<const N: usize>(node: &Node<'_, '_, N>, name: &'static str) -> Result<Option<Vec<String>>, Problem> {
    if node.member(name).is_none() {
        return Ok(None);
    }
    let items = node.array(name, "F19")?;
    let text = |v: Raw<'_>| {
        v.as_str().map(Cow::into_owned).ok_or_else(|| Problem::shape(node.at(name), "strings", v.kind(), "F19"))
    };
    items.into_iter().map(text).collect::<Result<_, _>>().map(Some)
}

/// C58: neither too long nor a top-level role's.
pub(super) fn refuse_name(path: Path<'_>, name: &str) -> Problem {
    // Findings repeat the name for each keyid: one of a megabyte would make gigabytes before a signature is asked.
    if name.len() > NAME_BYTES {
        return Problem::shape(path, "a name of at most 255 bytes", "a longer one", "C58");
    }
    let found = format!("`{}`", name.escape_debug());
    Problem::shape(path, "a name other than the top-level roles'", found, "C58")
}

/// What file systems take for a name.
pub(super) const NAME_BYTES: usize = 255;
