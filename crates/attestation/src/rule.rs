//! The rules an attestation is held to.

use std::fmt;

/// A rule, by its id in plans, reports and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// There is evidence where the plan wants it.
    Present,
    /// The certificates lead, each signed with the next one's key, to a pinned root of the maker.
    Chain,
    /// Every certificate is valid at the time.
    Time,
    /// The attested key is the enrolled one, by SPKI.
    SameKey,
    /// The statement is whole: what the device must say, it says, once and readably.
    Statement,
    /// The key was generated on the device.
    Generated,
    /// It lies in a slot the plan allows.
    Slot,
    /// The device wants its PIN as often as the plan says.
    Pin,
    /// The device wants to be touched as often as the plan says.
    Touch,
    /// No two keys lie on one device.
    Serial,
    /// The firmware is at least the plan's.
    Floor,
    /// The firmware is not known to give keys of this kind away.
    Weakness,
    /// An RSA modulus does not have the mark of a weak generator (ROCA).
    Modulus,
    /// The key may sign and nothing else, and cannot leave the device.
    Capabilities,
}

impl Rule {
    /// All of them, in the order of their ids.
    pub const ALL: [Self; 14] = [
        Self::Present,
        Self::Chain,
        Self::Time,
        Self::SameKey,
        Self::Statement,
        Self::Generated,
        Self::Slot,
        Self::Pin,
        Self::Touch,
        Self::Serial,
        Self::Floor,
        Self::Weakness,
        Self::Modulus,
        Self::Capabilities,
    ];

    /// `AT1` to `AT14`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Present => "AT1",
            Self::Chain => "AT2",
            Self::Time => "AT3",
            Self::SameKey => "AT4",
            Self::Statement => "AT5",
            Self::Generated => "AT6",
            Self::Slot => "AT7",
            Self::Pin => "AT8",
            Self::Touch => "AT9",
            Self::Serial => "AT10",
            Self::Floor => "AT11",
            Self::Weakness => "AT12",
            Self::Modulus => "AT13",
            Self::Capabilities => "AT14",
        }
    }

    /// The rule of this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.id() == id)
    }

    /// The rule in one sentence.
    #[must_use]
    pub fn statement(self) -> &'static str {
        match self {
            Self::Present => "where the plan requires attestation, every key that comes in has evidence",
            Self::Chain => "the certificates lead, each signed with the key of the next, to a pinned root of the maker",
            Self::Time => "every certificate is valid at the time of the check",
            Self::SameKey => "the attested key is the enrolled key, by SubjectPublicKeyInfo",
            Self::Statement => "the device's statement is whole and readable, and its parts agree",
            Self::Generated => "the key was generated on the device",
            Self::Slot => "the key lies in a slot the plan allows",
            Self::Pin => "the device wants its PIN at least as often as the plan says",
            Self::Touch => "the device wants to be touched at least as often as the plan says",
            Self::Serial => "no two keys of one ceremony lie on one device",
            Self::Floor => "the firmware is at least the one the plan names",
            Self::Weakness => "the firmware is not known to give keys of this kind away (YSA-2017-01, YSA-2024-03)",
            Self::Modulus => "an RSA modulus does not have the mark of ROCA (YSA-2017-01)",
            Self::Capabilities => "a key on a YubiHSM 2 may sign and nothing else, and cannot be exported",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
