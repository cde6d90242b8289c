use super::Hashes;
use crate::json::{Cursor, Raw, Value, compare_decoded, text};
use crate::reading::{Node, Path, Reading};
use crate::{Finding, Problem};
use std::borrow::Cow;

/// One target: its length, its hashes, what its owner adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFile {
    /// Bytes; `None` where the file does not say, which old writers did for empty files.
    pub length: Option<u64>,
    /// Hashes, at least one known.
    pub hashes: Hashes,
    /// The application's own data, as received.
    pub custom: Option<Value>,
}

/// The targets of a role by path, sorted by code point.
#[derive(Debug, Clone, Copy)]
pub struct TargetFiles<'a> {
    signed: &'a [u8],
    index: &'a Index,
}

/// Where each target's entry begins in the canonical bytes of `signed`: four bytes a target, whatever it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index(Vec<u32>);

impl<'a> TargetFiles<'a> {
    pub(super) fn new(signed: &'a [u8], index: &'a Index) -> Self {
        Self { signed, index }
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.index.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.index.0.is_empty()
    }

    /// The target at `path`: a binary search over the file.
    #[must_use]
    pub fn get(self, path: &str) -> Option<TargetFile> {
        let found =
            self.index.0.binary_search_by(|offset| compare_decoded(self.cursor(*offset).string(), path)).ok()?;
        Some(TargetFile::at(&mut self.entry(*self.index.0.get(found)?).1))
    }

    /// Whether `path` is listed.
    #[must_use]
    pub fn contains_key(self, path: &str) -> bool {
        self.index.0.binary_search_by(|offset| compare_decoded(self.cursor(*offset).string(), path)).is_ok()
    }

    /// The paths, sorted.
    pub fn keys(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.index.0.iter().map(move |offset| self.entry(*offset).0)
    }

    /// Paths and targets, sorted by path; each is read as it is reached.
    pub fn iter(self) -> impl Iterator<Item = (Cow<'a, str>, TargetFile)> {
        self.index.0.iter().map(move |offset| {
            let (path, mut cursor) = self.entry(*offset);
            (path, TargetFile::at(&mut cursor))
        })
    }

    fn cursor(self, offset: u32) -> Cursor<'a> {
        let mut cursor = Cursor::new(self.signed);
        cursor.jump(usize::try_from(offset).unwrap_or(usize::MAX));
        cursor
    }

    /// The path of an entry, and the cursor at its value.
    fn entry(self, offset: u32) -> (Cow<'a, str>, Cursor<'a>) {
        let mut cursor = self.cursor(offset);
        let path = text(cursor.string());
        cursor.take(b':');
        (path, cursor)
    }
}

impl PartialEq for TargetFiles<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Index {
    /// Reads every target of the object at the cursor, and goes past it.
    pub(super) fn read(path: &Path<'_>, cursor: &mut Cursor<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let mut offsets = Vec::new();
        let at = cursor.clone();
        let is_object = cursor.members(|name, cursor| {
            // Back over the colon, both quotes and the name.
            let start = cursor.at().saturating_sub(name.len()).saturating_sub(3);
            let large = |_| Problem::shape(path, "less than 4 GiB", "more", "limit");
            offsets.push(u32::try_from(start).map_err(large)?);
            let entry = cursor.clone();
            if plain_entry(cursor).is_none() {
                *cursor = entry;
                let path = path.member(name);
                if TargetFile::read(path, cursor.skip())?.length.is_none() {
                    reading.note(Finding::TargetWithoutLength { path: text(name).into_owned() })?;
                }
            }
            Ok::<(), Problem>(())
        })?;
        if !is_object {
            return Err(Problem::shape(path, "an object", at.clone().skip().kind(), "TUF 4.5"));
        }
        offsets.shrink_to_fit();
        Ok(Self(offsets))
    }
}

/// Whether the entry at the cursor is as nearly every one is: known hashes of the right form, a length, perhaps
/// `custom`. Answers no in doubt, and then [`TargetFile::read`] says what is wrong, if anything is.
fn plain_entry(cursor: &mut Cursor<'_>) -> Option<()> {
    let (mut hashed, mut measured) = (false, false);
    let is_object = cursor.members(|name, cursor| {
        match name {
            b"hashes" => {
                let is_object = cursor.members(|name, cursor| {
                    let digits = match name {
                        b"sha256" => 64,
                        b"sha512" => 128,
                        _ => return Err(()),
                    };
                    hashed = true;
                    let quoted = cursor.peek() == Some(b'"');
                    (quoted && is_lower_hex(cursor.string(), digits)).then_some(()).ok_or(())
                })?;
                is_object.then_some(()).ok_or(())?;
            }
            b"length" => {
                cursor.skip().as_u64().ok_or(())?;
                measured = true;
            }
            _ => {
                cursor.skip();
            }
        }
        Ok::<(), ()>(())
    });
    (is_object == Ok(true) && hashed && measured).then_some(())
}

/// Without an early end, so that the compiler looks at many bytes at a time.
fn is_lower_hex(text: &[u8], digits: usize) -> bool {
    let hex = |byte: &u8| byte.is_ascii_digit() | (b'a'..=b'f').contains(byte);
    text.len() == digits && text.iter().fold(true, |all, byte| all & hex(byte))
}

impl TargetFile {
    fn read(path: Path<'_>, raw: Raw<'_>) -> Result<Self, Problem> {
        let node = Node::new(path, raw, "TUF 4.5", ["custom", "hashes", "length"])?;
        let length = node.optional_u64("length", "TUF 4.5")?;
        let hashes = Hashes::read(&node.path, node.object("hashes", "C59")?)?;
        Ok(Self { length, hashes, custom: node.member("custom").map(Raw::to_value) })
    }

    /// The entry at the cursor, which was read before without a fault.
    fn at(cursor: &mut Cursor<'_>) -> Self {
        let none = Hashes { sha256: None, sha512: None, unknown: Vec::new() };
        // An entry that does not read has no hash, and so matches nothing.
        Self::read(Path::ROOT, cursor.skip()).unwrap_or(Self { length: Some(0), hashes: none, custom: None })
    }
}
