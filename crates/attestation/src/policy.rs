//! When a YubiKey wants its PIN and a touch.

use std::fmt;

/// When the PIV applet wants its PIN before a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PinPolicy {
    /// Never.
    Never,
    /// Once a session.
    Once,
    /// Before every signature.
    Always,
    /// A fingerprint or the PIN, once a session (YubiKey Bio).
    MatchOnce,
    /// A fingerprint or the PIN, before every signature (YubiKey Bio).
    MatchAlways,
}

/// When the PIV applet wants to be touched before a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TouchPolicy {
    /// Never.
    Never,
    /// Before every signature.
    Always,
    /// Before a signature, unless touched in the 15 seconds before.
    Cached,
}

impl PinPolicy {
    /// From the byte in metadata and attestation.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.byte() == byte)
    }

    /// The byte in metadata and attestation.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Never => 1,
            Self::Once => 2,
            Self::Always => 3,
            Self::MatchOnce => 4,
            Self::MatchAlways => 5,
        }
    }

    /// Its name in plans and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Once => "once",
            Self::Always => "always",
            Self::MatchOnce => "match-once",
            Self::MatchAlways => "match-always",
        }
    }

    /// The policy of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    const ALL: [Self; 5] = [Self::Never, Self::Once, Self::Always, Self::MatchOnce, Self::MatchAlways];
}

impl TouchPolicy {
    /// From the byte in metadata and attestation.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.byte() == byte)
    }

    /// The byte in metadata and attestation.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Never => 1,
            Self::Always => 2,
            Self::Cached => 3,
        }
    }

    /// Its name in plans and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Always => "always",
            Self::Cached => "cached",
        }
    }

    /// The policy of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    const ALL: [Self; 3] = [Self::Never, Self::Always, Self::Cached];
}

impl fmt::Display for PinPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for TouchPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
