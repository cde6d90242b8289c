//! Delegation by the hash of a target's path (TUF §4.5 `path_hash_prefixes`, F21).

use tuffet_keys::{Sha256, sha256};

/// A target's path, and its SHA-256, computed once however many delegations ask. The path is opaque text: nothing in
/// it is resolved, decoded or normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetPath {
    path: String,
    sha256: Sha256,
    hex: String,
}

/// The first digits of a SHA-256 in lower-case hex, from none to all 64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HashPrefix(String);

/// Which delegations a hash belongs to, sorted by prefix. Looking a path up costs a binary search for each length of
/// prefix in use, not a look at each of 16,384 bins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HashIndex {
    entries: Vec<HashEntry>,
    /// Bit n: some prefix has n digits.
    lengths: u128,
}

/// A prefix where it stands in a file, and the place of its delegation among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HashEntry {
    pub(crate) at: u32,
    pub(crate) digits: u8,
    pub(crate) place: u32,
}

impl TargetPath {
    /// The path as the application says it.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        let path = path.into();
        let sha256 = sha256(path.as_bytes());
        Self { hex: sha256.to_string(), sha256, path }
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// SHA-256 of the path's UTF-8 bytes.
    #[must_use]
    pub fn sha256(&self) -> &Sha256 {
        &self.sha256
    }
}

impl HashPrefix {
    /// Reads a prefix; `None` for upper case, for other characters and for more than 64. An odd number of digits is
    /// a prefix like another, and the empty one is of every path.
    ///
    /// A file with text that is none is refused whole: skipping the entry would let a later delegation answer for
    /// paths that were meant for this one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        Self::holds(text.as_bytes()).then(|| Self(text.to_owned()))
    }

    /// Whether `text` is a prefix.
    pub(crate) fn holds(text: &[u8]) -> bool {
        text.len() <= DIGITS && text.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the SHA-256 of `path` begins with these digits.
    #[must_use]
    pub fn matches(&self, path: &TargetPath) -> bool {
        path.hex.starts_with(&self.0)
    }
}

impl HashEntry {
    fn written<'a>(&self, file: &'a [u8]) -> &'a [u8] {
        let from = usize::try_from(self.at).unwrap_or(usize::MAX);
        file.get(from..from.saturating_add(usize::from(self.digits))).unwrap_or(&[])
    }
}

impl HashIndex {
    /// The index of prefixes that stand in `file`.
    pub(crate) fn new(file: &[u8], mut entries: Vec<HashEntry>) -> Self {
        // Most files list their bins in order.
        if !entries.is_sorted_by_key(|entry| entry.written(file)) {
            entries.sort_by_key(|entry| entry.written(file));
        }
        let bit = |entry: &HashEntry| 1_u128.checked_shl(u32::from(entry.digits)).unwrap_or(0);
        let lengths = entries.iter().fold(0, |lengths, entry| lengths | bit(entry));
        Self { entries, lengths }
    }

    /// The places of the delegations that `path` belongs to, in no particular order, possibly repeated. `file` is what
    /// the index was made of.
    pub(crate) fn places(&self, file: &[u8], path: &TargetPath) -> impl Iterator<Item = u32> {
        let in_use = (0..=DIGITS).filter(|n| self.lengths.checked_shr(bits(*n)).unwrap_or(0) & 1 == 1);
        in_use.filter_map(|n| path.hex.as_bytes().get(..n)).flat_map(move |digits| {
            let from = self.entries.partition_point(|entry| entry.written(file) < digits);
            let found = self.entries.get(from..).unwrap_or_default();
            found.iter().take_while(move |entry| entry.written(file) == digits).map(|entry| entry.place)
        })
    }
}

fn bits(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Hex digits of a SHA-256.
const DIGITS: usize = 64;
