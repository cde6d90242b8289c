//! SHA-2 digests as values of a fixed length, written as lower-case hex.

use std::fmt;

/// A digest of `N` bytes. Displays as lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest<const N: usize>([u8; N]);

/// A SHA-256 digest.
pub type Sha256 = Digest<32>;
/// A SHA-512 digest.
pub type Sha512 = Digest<64>;

impl<const N: usize> Digest<N> {
    /// The digest with exactly these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// Reads lower-case hex of exactly `2 * N` characters; `None` for anything else (upper case included: two
    /// spellings of one digest would be two names of one file).
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let mut bytes = [0; N];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> fmt::Display for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl<const N: usize> fmt::Debug for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Sha256 {
    fixed(&ring::digest::SHA256, bytes)
}

/// SHA-512 of `bytes`.
#[must_use]
pub fn sha512(bytes: &[u8]) -> Sha512 {
    fixed(&ring::digest::SHA512, bytes)
}

fn fixed<const N: usize>(algorithm: &'static ring::digest::Algorithm, bytes: &[u8]) -> Digest<N> {
    let digest = ring::digest::digest(algorithm, bytes);
    let mut out = [0; N];
    // The two callers pair each algorithm with its own length, so zip covers both sides whole.
    for (to, from) in out.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    Digest(out)
}
