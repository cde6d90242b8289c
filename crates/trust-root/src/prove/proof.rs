//! What samples have to show, and whether they do.

use super::{About, Outcome, Prover, Sample};
use serde::Serialize;
use std::fmt::Write;

/// What a sample has to show.
#[derive(Clone, Copy)]
pub enum Expected<'a> {
    /// It verifies; and where it did under what was published before, it still does.
    Verifies {
        /// What is published now, and what reports call it.
        before: Option<(&'a str, &'a Prover)>,
    },
    /// It is a sound bundle of another instance, and is refused.
    Foreign {
        /// The other instance's trust root, and what reports call it. Without it nothing shows that the bundle is sound.
        own: Option<(&'a str, &'a Prover)>,
    },
}

/// What a sample showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The sample's label.
    pub label: String,
    /// Whether it was expected to be refused.
    pub foreign: bool,
    /// What became of it under the trust root that is proved.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What became of it under the root before, or under the foreign instance's own.
    pub elsewhere: Option<Elsewhere>,
    /// Why it does not show what it has to.
    pub failure: Option<String>,
}

/// What became of a sample under another trust root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Elsewhere {
    /// What reports call that root.
    pub root: String,
    /// What became of the sample.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl Prover {
    /// Verifies a sample here and where else it has to be, and says whether it shows what is expected of it.
    pub fn prove(&self, sample: &Sample<'_>, expected: Expected<'_>) -> Proof {
        let (foreign, other) = match expected {
            Expected::Verifies { before } => (false, before),
            Expected::Foreign { own } => (true, own),
        };
        let outcome = self.verify(sample);
        let elsewhere = other.map(|(root, prover)| Elsewhere { root: root.to_owned(), outcome: prover.verify(sample) });
        let failure = failure(foreign, &outcome, elsewhere.as_ref());
        let failure = failure.map(|failure| format!("{}: {failure} (TR10)", sample.label));
        Proof { label: sample.label.to_owned(), foreign, outcome, elsewhere, failure }
    }
}

fn failure(foreign: bool, here: &Outcome, elsewhere: Option<&Elsewhere>) -> Option<String> {
    let sound = |other: &Elsewhere| matches!(other.outcome, Outcome::Verified(_));
    match (foreign, here, elsewhere) {
        (false, Outcome::Verified(_), _) => None,
        (false, Outcome::Refused(refused), Some(before)) if sound(before) => {
            Some(format!("expected to verify as it does under {}, found refused: {}", before.root, refused.reason))
        }
        (false, Outcome::Refused(refused), _) => Some(format!("expected to verify, found refused: {}", refused.reason)),
        (true, Outcome::Verified(verified), _) => {
            let mut carried = String::new();
            for entry in &verified.carried_by {
                let name = entry.url.as_deref().or(entry.subject.as_deref()).unwrap_or(&entry.id);
                let comma = if carried.is_empty() { "" } else { ", " };
                let _ = write!(carried, "{comma}{} {name}", entry.kind.words());
            }
            Some(format!("expected a foreign bundle to be refused, found that it verifies: by {carried}"))
        }
        (true, Outcome::Refused(_), Some(own)) => match &own.outcome {
            Outcome::Verified(_) => None,
            Outcome::Refused(refused) => {
                Some(format!("expected to verify under {}, found refused: {}", own.root, refused.reason))
            }
        },
        (true, Outcome::Refused(refused), None) => (refused.about == About::Sample).then(|| {
            format!("expected a sound bundle of another instance, found one that shows nothing: {}", refused.reason)
        }),
    }
}
