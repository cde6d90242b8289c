//! The members of a large object, found by name where they stand in the file.

use crate::Problem;
use crate::json::{Cursor, Raw, compare_decoded, text};
use crate::reading::Path;
use std::borrow::Cow;

/// Where each member begins in the canonical bytes of `signed`: four bytes a member, whatever it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index(Vec<u32>);

/// The members by name, sorted by code point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entries<'a> {
    signed: &'a [u8],
    index: &'a Index,
}

impl Index {
    /// Goes through the object at the cursor, and past it. `each` gets a member's name as written and the cursor at
    /// its value, which it reads and goes past.
    pub(super) fn read<'a>(
        path: &Path<'_>,
        rule: &'static str,
        cursor: &mut Cursor<'a>,
        mut each: impl FnMut(&'a [u8], &mut Cursor<'a>) -> Result<(), Problem>,
    ) -> Result<Self, Problem> {
        let mut offsets = Vec::new();
        let at = cursor.clone();
        let is_object = cursor.members(|name, cursor| {
            // Back over the colon, both quotes and the name.
            offsets.push(offset(path, cursor.at().saturating_sub(name.len()).saturating_sub(3))?);
            each(name, cursor)
        })?;
        if !is_object {
            return Err(Problem::shape(path, "an object", at.clone().skip().kind(), rule));
        }
        offsets.shrink_to_fit();
        Ok(Self(offsets))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// A place in a file, in four bytes.
pub(super) fn offset(path: &Path<'_>, at: usize) -> Result<u32, Problem> {
    u32::try_from(at).map_err(|_| Problem::shape(path, "less than 4 GiB", "more", "limit"))
}

/// The cursor at such a place.
pub(super) fn cursor(bytes: &[u8], offset: u32) -> Cursor<'_> {
    let mut cursor = Cursor::new(bytes);
    cursor.jump(usize::try_from(offset).unwrap_or(usize::MAX));
    cursor
}

impl<'a> Entries<'a> {
    pub(super) fn new(signed: &'a [u8], index: &'a Index) -> Self {
        Self { signed, index }
    }

    pub(super) fn len(self) -> usize {
        self.index.len()
    }

    /// The value of the member `name`: a binary search over the file.
    pub(super) fn find(self, name: &str) -> Option<Raw<'a>> {
        let written = |offset: &u32| cursor(self.signed, *offset).string();
        let found = self.index.0.binary_search_by(|offset| compare_decoded(written(offset), name)).ok()?;
        Some(self.entry(*self.index.0.get(found)?).1.skip())
    }

    /// The names, sorted.
    pub(super) fn names(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.iter().map(|(name, _)| name)
    }

    /// Names, and the cursor at each one's value.
    pub(super) fn iter(self) -> impl Iterator<Item = (Cow<'a, str>, Cursor<'a>)> {
        self.index.0.iter().map(move |offset| self.entry(*offset))
    }

    fn entry(self, offset: u32) -> (Cow<'a, str>, Cursor<'a>) {
        let mut cursor = cursor(self.signed, offset);
        let name = text(cursor.string());
        cursor.take(b':');
        (name, cursor)
    }
}
