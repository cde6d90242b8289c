//! History (TR4): what was trusted once stays, as it was.
//!
//! A signature made years ago verifies only while the entry of its time is there. So a new trust root is the old one with
//! entries added and ends set or brought forward; whatever else changes takes something away from somebody.

use crate::compare::{Edge, TrustChange, compare};
use crate::trusted_root::TrustedRoot;

impl TrustedRoot {
    /// The changes from `old` that lose or alter what was trusted; empty where nothing is.
    ///
    /// Kept is history by added entries, by an end where there was none, by an earlier end, by another order, and by a time
    /// that is written another way.
    #[must_use]
    pub fn breaks_history_of(&self, old: &Self) -> Vec<TrustChange> {
        compare(Some(old), self).into_iter().filter(TrustChange::breaks_history).collect()
    }
}

impl TrustChange {
    /// Whether the change loses or alters what was trusted (TR4).
    #[must_use]
    pub fn breaks_history(&self) -> bool {
        match self {
            Self::Added { .. } | Self::Closed { .. } | Self::Reordered { .. } | Self::NothingRemoved => false,
            // Said of the entry that goes as well.
            Self::Replaced { .. } => false,
            Self::Moved { from: Some(from), to: Some(to), .. } if from.time() == to.time() => false,
            Self::Moved { edge: Edge::End, from: Some(from), to: Some(to), .. } => to.time() > from.time(),
            _ => true,
        }
    }
}
