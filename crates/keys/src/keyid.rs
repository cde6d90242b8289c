//! The name a key has inside one metadata file (TUF §4.2).

use std::fmt;

/// A keyid as it stands in a file. It is a *name*: which key it names is said by the file's `keys`, and whether two
/// names mean one key is said by [`Fingerprint`](crate::Fingerprint). How it is computed lives where canonical JSON
/// lives, in tuffet-metadata.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// The keyid written `text`. Any text is a keyid to a reader; files that are wrong about it yield findings.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The keyid as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight characters, for tables read by people. Never compare these. A stranger's keyid can be any
    /// text: this stops at the first character that is not printable ASCII, so that it cannot steer a terminal.
    #[must_use]
    pub fn short(&self) -> &str {
        let printable = self.0.bytes().take(8).take_while(u8::is_ascii_graphic).count();
        self.0.get(..printable).unwrap_or("")
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
