//! What a plan must not contradict, found before anybody looks at a key.

use super::{PlanError, PlannedAttestation, PlannedChange, SCHEMA, TEXT, plain};
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
        for (name, text) in &self.expires.delegated {
            if parse_time(text).is_none() {
                return value(&format!("expires.delegated.{name}"), "YYYY-MM-DDTHH:MM:SSZ", text);
            }
        }
        for (i, change) in self.changes.iter().enumerate() {
            self.check_change(&format!("changes[{i}]"), change)?;
        }
        Ok(())
    }

    /// Whoever is listed has a part: a person no change names, or an online key nothing establishes, would be read by
    /// reviewers as a change that is not made.
    fn check_uses(&self) -> Result<(), PlanError> {
        let value = |place: &str, expected, found: &str| {
            Err(PlanError::Value { place: place.to_owned(), expected, found: found.to_owned() })
        };
        let (mut named, mut paths) = (BTreeSet::new(), BTreeSet::new());
        for change in &self.changes {
            named.extend(change.named());
            if let Some(path) = change.target()
                && !paths.insert(path)
            {
                return Err(PlanError::Twice { place: "changes".into(), name: path.to_owned() });
            }
        }
        if let Some(person) = self.people.iter().find(|person| !named.contains(person.name.as_str())) {
            return value("people", "only people whom a change names", &person.name);
        }
        let establish = self.changes.iter().any(|change| matches!(change, PlannedChange::Establish { .. }));
        if let Some(online) = self.online.as_ref().filter(|online| !establish && !named.contains(online.uri.as_str())) {
            return value("online", "no [online] table without `establish`", &online.uri);
        }
        match self.online_keys.iter().find(|online| !named.contains(online.uri.as_str())) {
            Some(online) => value("online_keys", "only keys that a change names", &online.uri),
            None => Ok(()),
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
}
