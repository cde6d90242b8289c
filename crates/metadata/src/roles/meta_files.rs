//! The files a snapshot lists, as an index into its bytes.

use super::Pinned;
use super::entries::{Entries, Index};
use crate::Problem;
use crate::json::{Cursor, Raw};
use crate::reading::Path;
use std::borrow::Cow;

/// The files a snapshot lists by name (`targets.json`, `ROLE.json`), sorted by code point.
#[derive(Debug, Clone, Copy)]
pub struct MetaFiles<'a>(pub(super) Entries<'a>);

impl<'a> MetaFiles<'a> {
    /// How many there are: at least one, `targets.json` (C42).
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a snapshot without entries does not read")]
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// The pin of the file `name`: a binary search over the file.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Pinned> {
        self.0.find(name).map(Pinned::of_entry)
    }

    /// Whether the file `name` is listed.
    #[must_use]
    pub fn contains_key(self, name: &str) -> bool {
        self.0.find(name).is_some()
    }

    /// The names, sorted.
    pub fn keys(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.0.names()
    }

    /// Names and pins, sorted by name; each is read as it is reached.
    pub fn iter(self) -> impl Iterator<Item = (Cow<'a, str>, Pinned)> {
        self.0.iter().map(|(name, mut cursor)| (name, Pinned::of_entry(cursor.skip())))
    }

    /// Names and versions alone, sorted by name: what a comparison of two snapshots needs of 16,384 bins (C38).
    pub fn versions(self) -> impl Iterator<Item = (Cow<'a, str>, u64)> {
        self.0.iter().map(|(name, cursor)| {
            let version = only_version(&mut cursor.clone());
            (name, version.unwrap_or_else(|| Pinned::of_entry(cursor.clone().skip()).version))
        })
    }
}

/// Reads every entry of the object at the cursor, and goes past it.
pub(super) fn read(path: &Path<'_>, cursor: &mut Cursor<'_>) -> Result<Index, Problem> {
    Index::read(path, "C42", cursor, |name, cursor| {
        let entry = cursor.clone();
        if only_version(cursor).is_none() {
            *cursor = entry;
            Pinned::read(path.member(name), cursor.skip(), "TUF 4.4")?;
        }
        Ok(())
    })
}

/// The version of an entry that says nothing else, as those of bins do. Answers nothing in doubt.
fn only_version(cursor: &mut Cursor<'_>) -> Option<u64> {
    let mut version = None;
    let is_object = cursor.members(|name, cursor| {
        // Names come once: a second member is another one.
        version = if name == b"version" { cursor.skip().as_u64().filter(|version| *version > 0) } else { None };
        version.map(|_| ()).ok_or(())
    });
    version.filter(|_| is_object == Ok(true))
}

impl Pinned {
    /// The value of an entry that was read before without a fault.
    fn of_entry(entry: Raw<'_>) -> Self {
        // An entry that does not read pins a version that no file has.
        Self::read(Path::ROOT, entry, "TUF 4.4").unwrap_or(Self { version: 0, length: None, hashes: None })
    }
}
