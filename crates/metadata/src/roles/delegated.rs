//! One delegation as it is listed, and all of them.

use super::delegations::{NAME_BYTES, refuse_name};
use super::listed::Place;
use super::{Delegations, RoleKeys};
use crate::json::Raw;
use crate::reading::{Node, Reading};
use crate::{Finding, HashPrefix, PathPattern, Problem, RoleName, TargetPath};
use std::borrow::Cow;

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

/// The listed roles in order of appearance. Each was read when the file was; here it is read again from the file's
/// bytes, so that 16,384 bins cost a few bytes each while nobody asks.
#[derive(Debug, Clone, Copy)]
pub struct DelegatedRoles<'a>(pub(super) &'a Delegations);

impl<'a> DelegatedRoles<'a> {
    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.listed.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.listed.places.is_empty()
    }

    /// The names.
    pub fn names(self) -> impl Iterator<Item = Cow<'a, str>> {
        let bytes = self.0.payload.as_slice();
        self.0.listed.places.iter().map(move |place| place.name(bytes))
    }

    /// The roles; each is read as it is reached.
    pub fn iter(self) -> impl Iterator<Item = DelegatedRole> {
        self.0.listed.places.iter().map(move |place| self.at(*place))
    }

    fn at(self, place: Place) -> DelegatedRole {
        let Delegations { listed, payload, .. } = self.0;
        let bytes = payload.as_slice();
        let role = place.role(bytes);
        let texts = |name: &str| role.member(name).and_then(Raw::items).into_iter().flatten().filter_map(Raw::as_str);
        // A place without keys is of no file; its role can be signed by nobody.
        let nobody = || RoleKeys { keyids: Vec::new(), threshold: u64::MAX };
        DelegatedRole {
            name: place.name(bytes).into_owned(),
            keys: listed.keys_of(place).cloned().unwrap_or_else(nobody),
            terminating: place.terminating(bytes),
            paths: texts("paths").map(PathPattern::new).collect(),
            path_hash_prefixes: texts("path_hash_prefixes").filter_map(|text| HashPrefix::new(&text)).collect(),
        }
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

    pub(super) fn read<const N: usize>(node: &Node<'_, '_, N>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
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
