//! What is known of the devices behind keys: the floor of their firmware, and two keys in one hand (K5, K9).

use super::Rotate;
use super::steps::Enrolled;
use super::wishes::Wishes;
use crate::CliError;
use crate::commands::audit::devices::Devices;
use crate::commands::ceremony::draft::recorded_keys;
use crate::commands::key::anchors;
use crate::workspace::Workspace;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use tuffet_attestation::{Attested, Device, Firmware};
use tuffet_builder::{Replacement, RotationGoal, Severity};
use tuffet_ceremony::{Incoming, KeyFolder, judge};
use tuffet_keys::{Fingerprint, PublicKey};
use tuffet_metadata::{Key, RoleName};
use tuffet_repository::Published;

/// The records of keys.
pub(super) struct Known {
    /// Those who have enrolled for what is planned.
    coming: Vec<(PathBuf, Incoming)>,
    /// What earlier ceremonies of the workspace recorded.
    recorded: BTreeMap<Fingerprint, Incoming>,
    /// Evidence from elsewhere.
    evidence: Vec<Devices>,
}

impl Known {
    pub(super) fn read(command: &Rotate, workspace: Option<&Workspace>, at: DateTime<Utc>) -> Result<Self, CliError> {
        let anchors = anchors(&command.attestation_roots)?;
        let mut coming = Vec::new();
        for path in &command.people {
            for folder in KeyFolder::find(path)? {
                let folder = KeyFolder::read(&folder)?;
                coming.push((path.clone(), Incoming::new(&folder.record.invite.owner.clone(), folder, &anchors, at)));
            }
        }
        let recorded = workspace.map(|workspace| recorded_keys(workspace, None)).unwrap_or_default();
        let recorded = recorded.into_iter().map(|folder| {
            let owner = folder.record.invite.owner.clone();
            (folder.public.fingerprint(), Incoming::new(&owner, folder, &anchors, at))
        });
        let evidence = command.evidence.iter().map(|folder| Devices::read(folder, &anchors, at));
        Ok(Self { coming, recorded: recorded.collect(), evidence: evidence.collect::<Result<_, _>>()? })
    }

    /// The keys that have enrolled.
    pub(super) fn enrolled(&self) -> BTreeMap<String, PublicKey> {
        self.coming.iter().map(|(_, key)| (key.name.clone(), key.folder.public.clone())).collect()
    }

    /// Where they lie, and what for.
    pub(super) fn folders(&self) -> BTreeMap<String, Enrolled> {
        let one = |(path, key): &(PathBuf, Incoming)| {
            (key.name.clone(), Enrolled::new(path, &key.folder.record.invite.ceremony))
        };
        self.coming.iter().map(one).collect()
    }

    fn attested(&self, key: &Fingerprint) -> Option<&Attested> {
        let recorded = self.recorded.get(key).and_then(Incoming::attested);
        recorded.or_else(|| self.evidence.iter().find_map(|devices| devices.attested(key)))
    }

    /// A new device for everybody whose key lies below the floor; sentences about what was found.
    pub(super) fn below_floor(
        &self,
        wishes: &Wishes,
        published: &Published,
        goal: &mut RotationGoal,
    ) -> Result<Vec<String>, CliError> {
        let Some(text) = &wishes.firmware_floor else { return Ok(Vec::new()) };
        let floor = Firmware::parse(text).ok_or_else(|| {
            let found = text.escape_debug();
            CliError::usage(format!("--firmware-floor: expected a version such as 5.7.0, found `{found}`"))
        })?;
        let unproved_is_below = match wishes.unproved.as_deref() {
            None => None,
            Some("below") => Some(true),
            Some("keep") => Some(false),
            Some(found) => {
                let found = found.escape_debug();
                return Err(CliError::usage(format!("--unproved: expected below or keep, found `{found}`")));
            }
        };
        let (mut notes, mut below, mut unproved) = (Vec::new(), Vec::new(), Vec::new());
        for key in holders(published) {
            let (Some(owner), Some(public)) = (key.owner(), key.public()) else { continue };
            match self.attested(&public.fingerprint()).map(Attested::statement) {
                None => unproved.push(owner.to_owned()),
                Some(statement) if statement.device != Device::YubiKeyPiv => {
                    notes.push(format!(
                        "{}: a {}, which has versions of its own",
                        owner.escape_debug(),
                        statement.device
                    ));
                }
                Some(statement) if statement.firmware < floor => {
                    notes.push(format!("{}: firmware {}, below {floor}", owner.escape_debug(), statement.firmware));
                    below.push(owner.to_owned());
                }
                Some(statement) => {
                    notes.push(format!("{}: firmware {}, stays", owner.escape_debug(), statement.firmware));
                }
            }
        }
        if !unproved.is_empty() {
            let names = unproved.join(", ");
            let Some(is_below) = unproved_is_below else {
                let message = format!(
                    "--firmware-floor {floor}: expected evidence of every key, found none for {names} (AT1, K9)"
                );
                let hint = "give --evidence DIR with what their devices say, or say what to make of them: --unproved below, \
                            --unproved keep";
                return Err(CliError::new("devices", message).hint(hint));
            };
            let treated = if is_below { "taken for below the floor" } else { "kept" };
            notes.push(format!("no evidence for {names}: {treated}, as --unproved says"));
            if is_below {
                below.extend(unproved);
            }
        }
        let goes = |who: &String| goal.replace.iter().any(|r| r.outgoing == *who) || goal.remove.contains(who);
        below.retain(|who| !goes(who));
        goal.replace.extend(below.into_iter().map(|who| Replacement { outgoing: who.clone(), incoming: who }));
        if let Some(low) = self.coming.iter().map(|(_, key)| key).find(|key| {
            let statement = key.attested().map(Attested::statement);
            statement.is_some_and(|s| s.device == Device::YubiKeyPiv && s.firmware < floor)
        }) {
            let found = low.attested().map(|attested| attested.statement().firmware.to_string()).unwrap_or_default();
            let message = format!(
                "{}: expected firmware {floor} or later of the key that comes, found {found} (AT11, K9)",
                low.name.escape_debug()
            );
            return Err(CliError::new("devices", message).hint("have them enrol a key on a newer device"));
        }
        Ok(notes)
    }

    /// No device fills two seats: of those who stay and those who come.
    pub(super) fn check(&self, published: &Published, goal: &RotationGoal) -> Result<(), CliError> {
        let leaves =
            |owner: &str| goal.replace.iter().any(|r| r.outgoing == owner) || goal.remove.iter().any(|r| r == owner);
        let mut keys: Vec<Incoming> = Vec::new();
        for key in holders(published).into_iter().filter(|key| !key.owner().is_some_and(leaves)) {
            let Some(fingerprint) = key.public().map(PublicKey::fingerprint) else { continue };
            keys.extend(self.recorded.get(&fingerprint).cloned());
        }
        let names = goal.names();
        for (_, key) in &self.coming {
            if !names.contains(&key.name.as_str()) {
                let message =
                    format!("--person: expected somebody whom the goal names, found {} (K1)", key.name.escape_debug());
                return Err(CliError::usage(message));
            }
            keys.push(key.clone());
        }
        let stops = judge(&keys, None)?.into_iter().find(|finding| finding.severity == Severity::Error);
        match stops {
            None => self.renewed(goal),
            Some(finding) => {
                let message = format!("{}: {} ({})", finding.place.escape_debug(), finding.message, finding.rule);
                Err(CliError::new("devices", message).hint(finding.fix))
            }
        }
    }

    /// A new device is another one.
    fn renewed(&self, goal: &RotationGoal) -> Result<(), CliError> {
        for replacement in goal.replace.iter().filter(|r| r.incoming == r.outgoing) {
            let new = self
                .coming
                .iter()
                .map(|(_, key)| key)
                .find(|key| key.name == replacement.incoming)
                .and_then(Incoming::attested);
            let old =
                self.recorded.values().filter(|key| key.name == replacement.outgoing).filter_map(Incoming::attested);
            for (new, old) in new.into_iter().flat_map(|new| old.clone().map(move |old| (new, old))) {
                let pair = [("the key that goes", old), (replacement.incoming.as_str(), new)];
                if let Some((who, short)) = tuffet_attestation::shared_devices(pair).first() {
                    let message = format!("{}: {} ({})", who.escape_debug(), short.text, short.rule);
                    return Err(CliError::new("devices", message).hint("have them enrol a key on another device"));
                }
            }
        }
        Ok(())
    }
}

/// The keys of root and targets, each once.
fn holders(published: &Published) -> Vec<&Key> {
    let root = published.root();
    let mut found: Vec<&Key> = Vec::new();
    for key in [RoleName::Root, RoleName::Targets].iter().flat_map(|role| root.authority(role).keys()) {
        if found.iter().all(|other| other.public() != key.public()) {
            found.push(key);
        }
    }
    found
}
