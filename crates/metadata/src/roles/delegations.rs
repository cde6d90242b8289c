//! Delegations: whom a targets role hands parts of its paths to (TUF §4.5).

use super::listed::Listed;
use super::root::read_keys;
use super::{DelegatedRoles, Snapshot, SuccinctRoles};
use crate::bytes::Payload;
use crate::json::Cursor;
use crate::reading::{Node, Path, Reading};
use crate::{Authority, Key, Problem, RoleName, TargetPath};
use std::borrow::Cow;
use std::collections::BTreeMap;
use tuffet_keys::KeyId;

/// Keys and roles a targets role delegates to, in the order searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegations {
    pub(super) keys: BTreeMap<KeyId, Key>,
    pub(super) listed: Listed,
    succinct: Option<SuccinctRoles>,
    pub(super) payload: Payload,
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
    pub fn roles(&self) -> DelegatedRoles<'_> {
        DelegatedRoles(self)
    }

    /// The bins of TAP 15, if the delegation is by those (F23).
    #[must_use]
    pub fn succinct_roles(&self) -> Option<&SuccinctRoles> {
        self.succinct.as_ref()
    }

    /// The roles delegated to, in order: those that are listed here, and of the bins of TAP 15, of which there may be 2^32,
    /// those that `snapshot` lists.
    pub fn names_in<'a>(&'a self, snapshot: &'a Snapshot) -> impl Iterator<Item = String> + use<'a> {
        let files = self.succinct.iter().flat_map(|bins| snapshot.meta().keys().map(move |file| (bins, file)));
        let bins = files
            .filter_map(|(bins, file)| file.strip_suffix(".json").filter(|name| bins.has_bin(name)).map(str::to_owned));
        self.roles().names().map(Cow::into_owned).chain(bins)
    }

    /// Who may sign the delegated role `name`, if it is delegated to here.
    #[must_use]
    pub fn authority(&self, name: &str) -> Option<Authority<'_>> {
        let keys = match &self.succinct {
            Some(succinct) if succinct.has_bin(name) => &succinct.keys,
            _ => self.listed.keys_of(self.listed.find(self.payload.as_slice(), name)?)?,
        };
        let name = RoleName::Delegated(name.to_owned());
        Some(Authority::new(name, &keys.keyids, keys.threshold, &self.keys))
    }

    /// The delegations that cover `path`, in order of appearance (C49).
    pub fn matching(&self, path: &TargetPath) -> impl Iterator<Item = Delegation> {
        let bin = self.succinct.as_ref().map(|succinct| succinct.bin_of(path));
        let bin = bin.map(|name| Delegation { name, terminating: false });
        let bytes = self.payload.as_slice();
        let listed = self
            .listed
            .covering(bytes, path)
            .into_iter()
            .map(|place| Delegation { name: place.name(bytes).into_owned(), terminating: place.terminating(bytes) });
        bin.into_iter().chain(listed)
    }

    /// Reads the object at the cursor, which goes through `signed`, and goes past it. The roles are read where they
    /// stand, in the one pass over the members: they are nearly all of a large file. Their keys come before them.
    pub(super) fn read(
        path: Path<'_>,
        signed: &Payload,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<'_>,
    ) -> Result<Self, Problem> {
        let start = cursor.at();
        let (mut keys, mut listed) = (None, None);
        let each = |name: &[u8], cursor: &mut Cursor<'_>| {
            match (name, &keys) {
                (b"keys", _) if cursor.peek() == Some(b'{') => {
                    keys = Some(read_keys(&path.child("keys"), cursor.skip(), reading)?);
                }
                (b"roles", Some(keys)) if cursor.peek() == Some(b'[') => {
                    listed = Some(Listed::read(&path.child("roles"), cursor, start, keys, reading)?);
                }
                _ => return Ok(false),
            }
            Ok(true)
        };
        let node = Node::pass(path, cursor, "TUF 4.5", ["keys", "roles", "succinct_roles"], each)?;
        let keys = match keys {
            Some(keys) => keys,
            None => read_keys(&node.at("keys"), node.object("keys", "TUF 4.5")?, reading)?,
        };
        let succinct = match node.member("succinct_roles") {
            Some(_) if listed.is_some() || node.member("roles").is_some() => {
                return Err(Problem::shape(node.path, "`roles` or `succinct_roles`", "both", "F23"));
            }
            Some(raw) => Some(SuccinctRoles::read(node.at("succinct_roles"), raw, reading)?),
            None => None,
        };
        if let Some(succinct) = &succinct {
            succinct.keys.report(succinct.name_prefix(), &keys, reading)?;
        } else if listed.is_none() {
            // Missing, or no array.
            node.array("roles", "TUF 4.5")?;
        }
        let end = start.saturating_add(node.raw.bytes().len());
        let payload = signed.part(start..end);
        let listed = listed.unwrap_or_default();
        Ok(Self { keys, listed, succinct, payload })
    }
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
