//! The roles of a delegations object as an index into its bytes: by name, by hash prefix, by pattern.

use super::delegations::NAME_BYTES;
use super::entries::{cursor, offset};
use super::{DelegatedRole, RoleKeys};
use crate::json::{Cursor, Raw, compare, compare_decoded, text};
use crate::path_hash::{HashEntry, HashIndex};
use crate::reading::{Node, Path, Reading};
use crate::{HashPrefix, Key, PathPattern, Problem, RoleName, TargetPath};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::KeyId;

/// Every listed role, in order of appearance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) places: Vec<Place>,
    /// Who signs: once for a run of roles that say the same.
    keys: Vec<RoleKeys>,
    /// Numbers of places in the order of the names, where that is not the order of appearance.
    by_name: Option<Vec<u32>>,
    /// The patterns of the roles given by those, which have to be asked one by one.
    by_pattern: Vec<(u32, Vec<PathPattern>)>,
    by_hash: HashIndex,
}

/// Where a role stands in the bytes of its delegations object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    role: u32,
    name: u32,
    /// The number of its keys in the list.
    keys: u32,
}

impl Place {
    /// The role's object.
    pub(super) fn role(self, bytes: &[u8]) -> Raw<'_> {
        cursor(bytes, self.role).skip()
    }

    fn written(self, bytes: &[u8]) -> &[u8] {
        cursor(bytes, self.name).string()
    }

    pub(super) fn name(self, bytes: &[u8]) -> Cow<'_, str> {
        text(self.written(bytes))
    }

    pub(super) fn terminating(self, bytes: &[u8]) -> bool {
        self.role(bytes).member("terminating").and_then(Raw::as_bool) == Some(true)
    }
}

impl Listed {
    pub(super) fn keys_of(&self, place: Place) -> Option<&RoleKeys> {
        self.keys.get(usize::try_from(place.keys).ok()?)
    }

    fn place(&self, number: u32) -> Option<Place> {
        self.places.get(usize::try_from(number).ok()?).copied()
    }

    /// The role of this name.
    pub(super) fn find(&self, bytes: &[u8], name: &str) -> Option<Place> {
        let order = |place: Place| compare_decoded(place.written(bytes), name);
        let Some(by_name) = &self.by_name else {
            let found = self.places.binary_search_by(|place| order(*place)).ok()?;
            return self.places.get(found).copied();
        };
        let found = by_name.binary_search_by(|number| self.place(*number).map_or(Ordering::Less, order)).ok()?;
        self.place(*by_name.get(found)?)
    }

    /// The roles that cover `path`, in order of appearance.
    pub(super) fn covering(&self, bytes: &[u8], path: &TargetPath) -> Vec<Place> {
        let matches = |patterns: &[PathPattern]| patterns.iter().any(|pattern| pattern.matches(path.as_str()));
        let by_pattern = self.by_pattern.iter().filter(|(_, patterns)| matches(patterns)).map(|(number, _)| *number);
        let numbers: BTreeSet<u32> = self.by_hash.places(bytes, path).chain(by_pattern).collect();
        numbers.into_iter().filter_map(|number| self.place(number)).collect()
    }

    /// Reads the array at the cursor, and goes past it. `start` is where the delegations object begins.
    pub(super) fn read(
        path: &Path<'_>,
        cursor: &mut Cursor<'_>,
        start: usize,
        keys: &BTreeMap<KeyId, Key>,
        reading: &mut Reading<'_>,
    ) -> Result<Self, Problem> {
        let (mut this, mut prefixes) = (Self::default(), Vec::new());
        let array = cursor.clone();
        let (mut last, mut sorted) = (Last::default(), true);
        let is_array = cursor.elements(|cursor| {
            let at = cursor.clone();
            let number = offset(path, this.places.len())?;
            let found = Found::pass(cursor, |from, written| {
                let digits = u8::try_from(written.len()).unwrap_or(u8::MAX);
                let at = offset(path, from.saturating_sub(start))?;
                prefixes.push(HashEntry { at, digits, place: number });
                Ok(())
            })?;
            let same = found.keyids.is_some() && found.threshold.is_some() && last.says(&found);
            if !same || !found.plain {
                let fields = ["keyids", "name", "path_hash_prefixes", "paths", "terminating", "threshold"];
                let here = path.index(this.places.len());
                let role = DelegatedRole::read(&Node::new(here, at.up_to(cursor), "TUF 4.5", fields)?, reading)?;
                if !same {
                    this.keys.push(role.keys);
                }
                if !role.paths.is_empty() {
                    this.by_pattern.push((number, role.paths));
                }
            }
            if let Some(same_keys) = this.keys.last().filter(|_| !same || !last.quiet) {
                let before = reading.findings.len();
                same_keys.report(&text(found.name), keys, reading)?;
                last.quiet = before == reading.findings.len();
            }
            sorted = sorted && (this.places.is_empty() || compare(last.name, found.name) == Ordering::Less);
            last = Last { name: found.name, keyids: found.keyids, threshold: found.threshold, quiet: last.quiet };
            this.places.push(Place {
                role: offset(path, at.at().saturating_sub(start))?,
                name: offset(path, found.name_at.saturating_sub(start))?,
                keys: offset(path, this.keys.len().saturating_sub(1))?,
            });
            Ok::<(), Problem>(())
        })?;
        if !is_array {
            return Err(Problem::shape(path, "an array", array.clone().skip().kind(), "TUF 4.5"));
        }
        this.places.shrink_to_fit();
        prefixes.shrink_to_fit();
        let bytes = cursor.all().get(start..).unwrap_or(&[]);
        this.by_hash = HashIndex::new(bytes, prefixes);
        if !sorted {
            this.sort(path, bytes)?;
        }
        Ok(this)
    }

    /// Orders the names, and refuses one that two roles have (F22).
    fn sort(&mut self, path: &Path<'_>, bytes: &[u8]) -> Result<(), Problem> {
        let mut order: Vec<(&[u8], u32)> = self.places.iter().map(|place| place.written(bytes)).zip(0..).collect();
        order.sort_by(|(a, _), (b, _)| compare(a, b));
        let twice = |pair: &[(&[u8], u32)]| match pair {
            [(a, _), (b, _)] if a == b => Some(format!("`{}` again", text(a).escape_debug())),
            _ => None,
        };
        if let Some(found) = order.windows(2).find_map(twice) {
            return Err(Problem::shape(path, "each role name once", found, "F22"));
        }
        self.by_name = Some(order.into_iter().map(|(_, number)| number).collect());
        Ok(())
    }
}

/// What the role before said. Bins mostly repeat it.
#[derive(Default)]
struct Last<'a> {
    name: &'a [u8],
    keyids: Option<Raw<'a>>,
    threshold: Option<Raw<'a>>,
    /// Whether there was nothing to report of its keys, and so will be of the same keys again.
    quiet: bool,
}

impl Last<'_> {
    fn says(&self, found: &Found<'_>) -> bool {
        let bytes = |raw: Option<Raw<'_>>| raw.map(|raw| raw.bytes().len());
        let same =
            |a: Option<Raw<'_>>, b: Option<Raw<'_>>| bytes(a) == bytes(b) && a.map(Raw::bytes) == b.map(Raw::bytes);
        same(self.keyids, found.keyids) && same(self.threshold, found.threshold)
    }
}

/// A role as one pass over its object finds it, nothing judged but whether it is as nearly every bin is.
struct Found<'a> {
    name: &'a [u8],
    name_at: usize,
    keyids: Option<Raw<'a>>,
    threshold: Option<Raw<'a>>,
    /// Without patterns, and nothing wrong. No in doubt: then [`DelegatedRole::read`] says what is, if anything is.
    plain: bool,
}

impl<'a> Found<'a> {
    /// `prefix` gets each hash prefix, and where it stands.
    fn pass(
        cursor: &mut Cursor<'a>,
        mut prefix: impl FnMut(usize, &'a [u8]) -> Result<(), Problem>,
    ) -> Result<Self, Problem> {
        let mut this = Self { name: &[], name_at: cursor.at(), keyids: None, threshold: None, plain: true };
        let (mut named, mut sound) = (false, true);
        let is_object = cursor.members(|member, cursor| {
            match member {
                b"keyids" => this.keyids = Some(cursor.skip()),
                b"name" if cursor.peek() == Some(b'"') => {
                    this.name_at = cursor.at();
                    this.name = cursor.string();
                    named = may_be_named(this.name);
                }
                b"path_hash_prefixes" if cursor.peek() == Some(b'[') => {
                    cursor.elements(|cursor| {
                        let from = cursor.at().saturating_add(1);
                        let text = cursor.skip().written();
                        match text.filter(|text| HashPrefix::holds(text)) {
                            Some(text) => prefix(from, text)?,
                            None => sound = false,
                        }
                        Ok::<(), Problem>(())
                    })?;
                }
                b"terminating" => sound &= cursor.skip().as_bool().is_some(),
                b"threshold" => this.threshold = Some(cursor.skip()),
                b"name" | b"path_hash_prefixes" | b"paths" => {
                    cursor.skip();
                    sound = false;
                }
                _ => {
                    cursor.skip();
                }
            }
            Ok::<(), Problem>(())
        })?;
        if !is_object {
            cursor.skip();
        }
        this.plain = is_object && named && sound;
        Ok(this)
    }
}

/// Whether a role may have this name (C58); no in doubt. None of the top-level roles' names ends as those of bins do.
fn may_be_named(written: &[u8]) -> bool {
    let hex = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let is_bin = written.last().is_some_and(hex);
    written.len() <= NAME_BYTES && (is_bin || !RoleName::shadows_top_level(&text(written)))
}
