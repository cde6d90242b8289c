//! What a plan must not contradict, found before anybody looks at a key.

use super::{PlanError, PlannedAttestation, PlannedChange, PlannedSeats, SAFE, SCHEMA, TEXT, plain, safe_path};
use crate::Plan;
use std::collections::BTreeSet;
use tuffet_keys::{Fingerprint, Sha256};
use tuffet_metadata::parse_time;

impl Plan {
    pub(super) fn check(&self) -> Result<(), PlanError> {
        let value = |place: &str, expected, found: &str| {
            Err(PlanError::Value { place: place.to_owned(), expected, found: found.to_owned() })
        };
        if self.schema != SCHEMA {
            return value("schema", "tuffet-plan-v1", &self.schema);
        }
        if !Self::is_id(&self.ceremony) {
            return value("ceremony", "letters, digits and hyphens", &self.ceremony);
        }
        if self.previous_root != "none" && self.previous_root().is_none() {
            return value("previous_root", "`none` or 64 characters of lower-case hex", &self.previous_root);
        }
        let e = &self.expires;
        for (place, text) in [
            ("at", &self.at),
            ("expires.root", &e.root),
            ("expires.targets", &e.targets),
            ("expires.snapshot", &e.snapshot),
            ("expires.timestamp", &e.timestamp),
        ] {
            if parse_time(text).is_none() {
                return value(place, "YYYY-MM-DDTHH:MM:SSZ", text);
            }
        }
        self.attestation.as_ref().map_or(Ok(()), PlannedAttestation::check)?;
        self.check_people()?;
        self.check_witnesses()?;
        self.check_uses()?;
        if let Some(tool) = self.tools.iter().find(|tool| !plain(tool)) {
            return value("tools", TEXT, tool);
        }
        for waiver in &self.waivers {
            for text in [&waiver.rule, &waiver.reason] {
                if !plain(text) {
                    return value("waivers", TEXT, text);
                }
            }
        }
        for (i, change) in self.changes.iter().enumerate() {
            let place = format!("changes[{i}]");
            match change {
                PlannedChange::Establish { root, targets } => {
                    self.check_seats(&format!("{place}.root"), root)?;
                    self.check_seats(&format!("{place}.targets"), targets)?;
                    if self.online.is_none() {
                        return value(&place, "an [online] table beside `establish`", "none");
                    }
                }
                PlannedChange::ReplaceKeyholder { incoming, .. } => {
                    self.require_person(&format!("{place}.incoming"), incoming)?;
                }
                PlannedChange::SetTarget { path, sha256, .. } => {
                    if Sha256::from_hex(sha256).is_none() {
                        return value(&format!("{place}.sha256"), "64 characters of lower-case hex", sha256);
                    }
                    if !safe_path(path) {
                        return value(&format!("{place}.path"), SAFE, path);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whoever is listed has a part: a person no change names, or an online key nothing establishes, would be read by
    /// reviewers as a change that is not made.
    fn check_uses(&self) -> Result<(), PlanError> {
        let value = |place: &str, expected, found: &str| {
            Err(PlanError::Value { place: place.to_owned(), expected, found: found.to_owned() })
        };
        let (mut named, mut paths, mut establish) = (BTreeSet::new(), BTreeSet::new(), false);
        for change in &self.changes {
            match change {
                PlannedChange::Establish { root, targets } => {
                    establish = true;
                    named.extend(root.people.iter().chain(&targets.people));
                }
                PlannedChange::ReplaceKeyholder { incoming, .. } => {
                    named.insert(incoming);
                }
                PlannedChange::SetTarget { path, .. } => {
                    if !paths.insert(path) {
                        return Err(PlanError::Twice { place: "changes".into(), name: path.clone() });
                    }
                }
            }
        }
        if let Some(person) = self.people.iter().find(|person| !named.contains(&person.name)) {
            return value("people", "only people whom a change names", &person.name);
        }
        match &self.online {
            Some(online) if !establish => value("online", "no [online] table without `establish`", &online.uri),
            _ => Ok(()),
        }
    }

    fn check_people(&self) -> Result<(), PlanError> {
        let mut seen: Vec<(&str, Fingerprint)> = Vec::new();
        for (name, key, enrolment) in self.enrolled() {
            if !plain(name) {
                return Err(PlanError::Value { place: "people".into(), expected: TEXT, found: name.into() });
            }
            let Some(fingerprint) = Fingerprint::from_hex(key) else {
                let place = format!("key of {name}");
                return Err(PlanError::Value { place, expected: "64 characters of lower-case hex", found: key.into() });
            };
            if Sha256::from_hex(enrolment).is_none() {
                let (place, expected) = (format!("enrolment of {name}"), "64 characters of lower-case hex");
                return Err(PlanError::Value { place, expected, found: enrolment.into() });
            }
            if seen.iter().any(|(other, _)| *other == name) {
                return Err(PlanError::Twice { place: "people".into(), name: name.into() });
            }
            if let Some((first, _)) = seen.iter().find(|(_, other)| *other == fingerprint) {
                let (first, second) = ((*first).to_owned(), name.to_owned());
                return Err(PlanError::SameKey { first, second, key: fingerprint });
            }
            seen.push((name, fingerprint));
        }
        Ok(())
    }

    /// A plan that asks for more approvals than it has witnesses could never be carried out.
    fn check_witnesses(&self) -> Result<(), PlanError> {
        if u64::try_from(self.witnesses.len()).is_ok_and(|witnesses| witnesses < self.approvals) {
            let (approvals, witnesses) = (self.approvals, self.witnesses.len());
            return Err(PlanError::Approvals { approvals, witnesses });
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
