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

/// Which delegations a hash belongs to: (prefix, place of the delegation), sorted. Looking a path up costs a binary
/// search for each length of prefix in use, not a look at each of 16,384 bins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HashIndex {
    entries: Vec<(HashPrefix, usize)>,
    /// Bit n: some prefix has n digits.
    lengths: u128,
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
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() <= DIGITS && text.bytes().all(digit)).then(|| Self(text.to_owned()))
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

impl HashIndex {
    pub(crate) fn new(mut entries: Vec<(HashPrefix, usize)>) -> Self {
        entries.sort();
        let lengths =
            entries.iter().fold(0, |bits, (prefix, _)| bits | 1_u128.checked_shl(length(prefix)).unwrap_or(0));
        Self { entries, lengths }
    }

    /// The places of the delegations that `path` belongs to, in no particular order, possibly repeated.
    pub(crate) fn places(&self, path: &TargetPath) -> impl Iterator<Item = usize> {
        let in_use = (0..=DIGITS).filter(|n| self.lengths.checked_shr(bits(*n)).unwrap_or(0) & 1 == 1);
        in_use.filter_map(|n| path.hex.get(..n)).flat_map(|digits| {
            let from = self.entries.partition_point(|(prefix, _)| prefix.as_str() < digits);
            let found = self.entries.get(from..).unwrap_or_default();
            found.iter().take_while(move |(prefix, _)| prefix.as_str() == digits).map(|(_, place)| *place)
        })
    }
}

fn length(prefix: &HashPrefix) -> u32 {
    bits(prefix.0.len())
}

fn bits(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Hex digits of a SHA-256.
const DIGITS: usize = 64;
