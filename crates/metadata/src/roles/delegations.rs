use super::RoleKeys;
use super::root::read_keys;
use crate::json::Raw;
use crate::reading::{Node, Path, Reading};
use crate::{Authority, Key, Problem, RoleName};
use std::borrow::Cow;
use std::collections::BTreeMap;
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

    pub(super) fn read(path: Path<'_>, raw: Raw<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let node = Node::new(path, raw, "TUF 4.5", ["keys", "roles", "succinct_roles"])?;
        let keys = read_keys(&node.at("keys"), node.object("keys", "TUF 4.5")?, reading)?;
        let listed = match node.member("roles") {
            // TAP 15 names its bins in `succinct_roles` and has no `roles`.
            None if node.member("succinct_roles").is_some() => Vec::new(),
            _ => node.array("roles", "TUF 4.5")?,
        };
        let path = node.at("roles");
        let mut roles = Vec::with_capacity(listed.len());
        let mut names = Vec::with_capacity(listed.len());
        for (i, value) in listed.into_iter().enumerate() {
            let fields = ["keyids", "name", "path_hash_prefixes", "paths", "terminating", "threshold"];
            let node = Node::new(path.index(i), value, "TUF 4.5", fields)?;
            let role = DelegatedRole::read(&node, reading)?;
            // As written: canonical bytes spell a name in one way.
            names.extend(node.member("name").map(Raw::bytes));
            role.keys.report(&role.name, &keys, reading)?;
            roles.push(role);
        }
        // Most files list them sorted, and then this is one comparison a name.
        names.sort_unstable();
        let same = names.windows(2).find_map(|pair| matches!(pair, [a, b] if a == b).then(|| pair.first()).flatten());
        if let Some(again) = same.and_then(|name| Raw::new(name).as_str()) {
            let found = format!("`{}` again", again.escape_debug());
            return Err(Problem::shape(path, "each role name once", found, "F22"));
        }
        Ok(Self { keys, roles })
    }
}

impl DelegatedRole {
    fn read<const N: usize>(node: &Node<'_, '_, N>, reading: &Reading<'_>) -> Result<Self, Problem> {
        let name = node.string("name", "TUF 4.5")?.into_owned();
        let refuse = |expected: &str, found| Err(Problem::shape(node.at("name"), expected, found, "C58"));
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
            return Err(Problem::shape(node.path, "`paths` or `path_hash_prefixes`", "both", "F19"));
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

/// What file systems take for a name.
const NAME_BYTES: usize = 255;
