//! A change in names, as a plan writes it: some of the keys do not exist yet.

use crate::OfflineRole;
use tuffet_keys::Fingerprint;

/// One change of a planned ceremony. A name stands for the one key that the root before gives it, or for the key that
/// is to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotationChange {
    /// [`Change::ReplaceKeyholder`](crate::Change::ReplaceKeyholder)
    ReplaceKeyholder {
        /// Whose key goes.
        outgoing: String,
        /// Who comes.
        incoming: String,
    },
    /// [`Change::AddKeyholder`](crate::Change::AddKeyholder)
    AddKeyholder {
        /// Root or targets.
        role: OfflineRole,
        /// Who comes.
        incoming: String,
    },
    /// [`Change::RemoveKeyholder`](crate::Change::RemoveKeyholder)
    RemoveKeyholder {
        /// Root or targets.
        role: OfflineRole,
        /// Whose key goes.
        outgoing: String,
    },
    /// [`Change::SetThreshold`](crate::Change::SetThreshold)
    SetThreshold {
        /// Root or targets.
        role: OfflineRole,
        /// Signatures needed.
        threshold: u64,
    },
    /// [`Change::BeginMigration`](crate::Change::BeginMigration)
    BeginMigration {
        /// Everybody, each with a key that is to come.
        people: Vec<String>,
    },
    /// [`Change::EndMigration`](crate::Change::EndMigration)
    EndMigration {
        /// The keys that go.
        keys: Vec<Fingerprint>,
    },
}

impl RotationChange {
    /// The sentence for people.
    #[must_use]
    pub fn words(&self) -> String {
        let shown = |name: &String| name.escape_debug().to_string();
        let name = |role: &OfflineRole| match role {
            OfflineRole::Root => "root",
            OfflineRole::Targets => "targets",
        };
        match self {
            Self::ReplaceKeyholder { outgoing, incoming } if outgoing == incoming => {
                format!("{} gets a new key on a new device, in the place of the old one", shown(incoming))
            }
            Self::ReplaceKeyholder { outgoing, incoming } => {
                format!("{} takes the place of {}", shown(incoming), shown(outgoing))
            }
            Self::AddKeyholder { role, incoming } => format!("{} comes into {}", shown(incoming), name(role)),
            Self::RemoveKeyholder { role, outgoing } => format!("{} leaves {}", shown(outgoing), name(role)),
            Self::SetThreshold { role, threshold } => format!("{} needs {threshold} signatures", name(role)),
            Self::BeginMigration { people } => {
                format!("a second key beside the first: {}", people.iter().map(shown).collect::<Vec<_>>().join(", "))
            }
            Self::EndMigration { keys } => format!("the first keys of {} people go, thresholds halve", keys.len()),
        }
    }
}
