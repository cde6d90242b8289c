//! The changes of a step as `plan change --changes` takes them.

use serde::Serialize;
use tuffet_builder::{OfflineRole, RotationChange, RotationStep};
use tuffet_ceremony::{PlannedChange, PlannedOffline};

#[derive(Serialize)]
struct File {
    changes: Vec<PlannedChange>,
}

/// The text of a file of changes.
pub(super) fn changes(step: &RotationStep) -> String {
    // Tables of strings and numbers, which TOML can always write.
    toml::to_string(&File { changes: step.changes.iter().map(planned).collect() }).unwrap_or_default()
}

/// A change as a plan writes it.
pub(super) fn planned(change: &RotationChange) -> PlannedChange {
    let role = |role: &OfflineRole| match role {
        OfflineRole::Root => PlannedOffline::Root,
        OfflineRole::Targets => PlannedOffline::Targets,
    };
    match change.clone() {
        RotationChange::ReplaceKeyholder { outgoing, incoming } => {
            PlannedChange::ReplaceKeyholder { outgoing, incoming }
        }
        RotationChange::AddKeyholder { role: of, incoming } => {
            PlannedChange::AddKeyholder { role: role(&of), incoming }
        }
        RotationChange::RemoveKeyholder { role: of, outgoing } => {
            PlannedChange::RemoveKeyholder { role: role(&of), outgoing }
        }
        RotationChange::SetThreshold { role: of, threshold } => {
            PlannedChange::SetThreshold { role: role(&of), threshold }
        }
        RotationChange::BeginMigration { people } => PlannedChange::BeginMigration { people },
        RotationChange::EndMigration { keys } => {
            PlannedChange::EndMigration { keys: keys.iter().map(ToString::to_string).collect() }
        }
    }
}
