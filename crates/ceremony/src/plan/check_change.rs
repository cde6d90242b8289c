//! What one change of a plan must not contradict.

use super::{PlanError, PlannedChange, PlannedSeats, SAFE, TEXT, plain, safe_path};
use crate::Plan;
use crate::change::DEPTH;
use std::collections::BTreeSet;
use tuffet_keys::{Fingerprint, Sha256, Sha512};
use tuffet_metadata::HashPrefix;
use tuffet_metadata::json::parse;

impl Plan {
    pub(super) fn check_change(&self, place: &str, change: &PlannedChange) -> Result<(), PlanError> {
        let value = |name: &str, expected, found: &str| {
            Err(PlanError::Value { place: format!("{place}{name}"), expected, found: found.to_owned() })
        };
        match change {
            PlannedChange::Establish { root, targets } => {
                self.check_seats(&format!("{place}.root"), root)?;
                self.check_seats(&format!("{place}.targets"), targets)?;
                if self.online.is_none() {
                    return value("", "an [online] table beside `establish`", "none");
                }
            }
            PlannedChange::ReplaceKeyholder { incoming, .. } => {
                self.require_person(&format!("{place}.incoming"), incoming)?;
            }
            PlannedChange::BeginMigration { people } => {
                for name in people {
                    self.require_person(&format!("{place}.people"), name)?;
                }
            }
            PlannedChange::EndMigration { keys } => {
                if let Some(key) = keys.iter().find(|key| Fingerprint::from_hex(key).is_none()) {
                    return value(".keys", "64 characters of lower-case hex", key);
                }
            }
            PlannedChange::SetTarget { path, sha256, sha512, custom, .. } => {
                if Sha256::from_hex(sha256).is_none() {
                    return value(".sha256", "64 characters of lower-case hex", sha256);
                }
                if let Some(sha512) = sha512.as_ref().filter(|sha512| Sha512::from_hex(sha512).is_none()) {
                    return value(".sha512", "128 characters of lower-case hex", sha512);
                }
                if let Some(custom) = custom.as_ref().filter(|json| parse(json.as_bytes(), DEPTH).is_err()) {
                    return value(".custom", "JSON as metadata may have it", custom);
                }
                if !safe_path(path) {
                    return value(".path", SAFE, path);
                }
            }
            PlannedChange::SetDelegation { name, paths, path_hash_prefixes, .. } => {
                let wrong = path_hash_prefixes.iter().flatten().find(|prefix| HashPrefix::new(prefix).is_none());
                if let Some(prefix) = wrong {
                    return value(".path_hash_prefixes", "up to 64 characters of lower-case hex", prefix);
                }
                if paths.is_some() == path_hash_prefixes.is_some() {
                    let found = if paths.is_some() { "both" } else { "neither" };
                    return value("", "`paths` or `path_hash_prefixes` (F19)", found);
                }
                if !plain(name) {
                    return value(".name", TEXT, name);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn check_seats(&self, place: &str, seats: &PlannedSeats) -> Result<(), PlanError> {
        let mut seen = BTreeSet::new();
        for name in &seats.people {
            self.require_person(&format!("{place}.people"), name)?;
            if !seen.insert(name) {
                return Err(PlanError::Twice { place: format!("{place}.people"), name: name.clone() });
            }
        }
        let people = seats.people.len();
        if seats.threshold == 0 || u64::try_from(people).is_ok_and(|people| people < seats.threshold) {
            return Err(PlanError::Threshold { place: place.to_owned(), threshold: seats.threshold, people });
        }
        Ok(())
    }

    fn require_person(&self, place: &str, name: &str) -> Result<(), PlanError> {
        if self.people.iter().any(|person| person.name == name) {
            return Ok(());
        }
        Err(PlanError::UnknownPerson { place: place.to_owned(), name: name.to_owned() })
    }
}
