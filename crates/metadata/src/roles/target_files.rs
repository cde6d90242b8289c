use super::Hashes;
use super::entries::{Entries, Index};
use crate::json::{Cursor, Raw, Value, text};
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
pub struct TargetFiles<'a>(pub(super) Entries<'a>);

impl<'a> TargetFiles<'a> {
    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.len() == 0
    }

    /// The target at `path`: a binary search over the file.
    #[must_use]
    pub fn get(self, path: &str) -> Option<TargetFile> {
        self.0.find(path).map(TargetFile::of)
    }

    /// Whether `path` is listed.
    #[must_use]
    pub fn contains_key(self, path: &str) -> bool {
        self.0.find(path).is_some()
    }

    /// The paths, sorted.
    pub fn keys(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.0.names()
    }

    /// Paths and targets, sorted by path; each is read as it is reached.
    pub fn iter(self) -> impl Iterator<Item = (Cow<'a, str>, TargetFile)> {
        self.0.iter().map(|(path, mut cursor)| (path, TargetFile::of(cursor.skip())))
    }
}

impl PartialEq for TargetFiles<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

/// Reads every target of the object at the cursor, and goes past it.
pub(super) fn read(path: &Path<'_>, cursor: &mut Cursor<'_>, reading: &mut Reading<'_>) -> Result<Index, Problem> {
    Index::read(path, "TUF 4.5", cursor, |name, cursor| {
        let entry = cursor.clone();
        if plain_entry(cursor).is_none() {
            *cursor = entry;
            if TargetFile::read(path.member(name), cursor.skip())?.length.is_none() {
                reading.note(Finding::TargetWithoutLength { path: text(name).into_owned() })?;
            }
        }
        Ok(())
    })
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
    /// The file's names below the targets URL under consistent snapshots, where it is the target `path`: each known hash,
    /// SHA-256 first, before the *base name* (TUF 6.2.1, C60).
    pub fn hashed_names<'a>(&'a self, path: &'a str) -> impl Iterator<Item = String> + use<'a> {
        let at = path.rfind('/').map_or(0, |slash| slash.saturating_add(1));
        let (folder, base) = path.split_at_checked(at).unwrap_or(("", path));
        self.hashes.prefixes().map(move |hash| format!("{folder}{hash}.{base}"))
    }

    fn read(path: Path<'_>, raw: Raw<'_>) -> Result<Self, Problem> {
        let node = Node::new(path, raw, "TUF 4.5", ["custom", "hashes", "length"])?;
        let length = node.optional_u64("length", "TUF 4.5")?;
        let hashes = Hashes::read(&node.path, node.object("hashes", "C59")?)?;
        Ok(Self { length, hashes, custom: node.member("custom").map(Raw::to_value) })
    }

    /// The value of an entry that was read before without a fault.
    fn of(entry: Raw<'_>) -> Self {
        let none = Hashes { sha256: None, sha512: None, unknown: Vec::new() };
        // An entry that does not read has no hash, and so matches nothing.
        Self::read(Path::ROOT, entry).unwrap_or(Self { length: Some(0), hashes: none, custom: None })
    }
}
