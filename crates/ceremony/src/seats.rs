//! One person, one token, one part (ceremony.md K5), and keys that lie in files (K12).

use crate::directory::Drafting;
use crate::incoming::{judge_each, one_token_one_seat, refused};
use crate::key_folder::{EVIDENCE, RECORD};
use crate::{Ceremony, CeremonyError, Incoming, KeyFolder, files};
use std::collections::BTreeSet;
use tuffet_builder::{Draft, Finding, Severity};
use tuffet_keys::{Fingerprint, PublicKey};
use tuffet_metadata::{RoleName, Root};

/// The kind of token that is none: what `tuffet key enroll` writes of an encrypted key file.
pub const SOFTWARE: &str = "key file";

impl Ceremony {
    /// What earlier ceremonies recorded of the keys that stay: `previous/keys/<fingerprint>/`, one folder a key.
    pub(crate) fn staying(&self, draft: &Draft) -> Result<Vec<Incoming>, CeremonyError> {
        let anchors = self.anchors()?;
        let drafted = draft.root.as_ref().map(|root| signers(root));
        let mut out = Vec::new();
        for file in files::tree(&self.dir, "previous/keys")?.into_iter().filter(|file| file.ends_with(RECORD)) {
            let bytes = files::read(&self.dir, &file)?;
            let evidence = file.replace(RECORD, EVIDENCE);
            let pem = files::read_if_there(&self.dir, &evidence)?;
            let folder = KeyFolder::of(&file, bytes, &evidence, pem)?;
            let stays = drafted.as_ref().is_none_or(|keys| keys.contains(&folder.public.fingerprint()));
            let name = folder.record.invite.owner.clone();
            if stays {
                out.push(Incoming::new(&name, folder, &anchors, self.plan().at()));
            }
        }
        Ok(out)
    }

    /// Everything to be said of who has which part with which token.
    pub(crate) fn people_findings(&self, drafting: &Drafting) -> Result<Vec<Finding>, CeremonyError> {
        let plan = self.plan();
        let is = |key: &Incoming, people: &[crate::Person]| people.iter().any(|person| person.name == key.name);
        let people: Vec<Incoming> = drafting.incoming.iter().filter(|key| is(key, &plan.people)).cloned().collect();
        let witnesses = drafting.incoming.iter().filter(|key| is(key, &plan.witnesses)).cloned();
        let mut findings = judge_each(&people, plan.attestation.as_ref())?;
        // What a witness or an online key shows must be true, and no more is asked of it.
        findings.extend(drafting.incoming.iter().filter(|key| !is(key, &plan.people)).filter_map(refused));
        // Those who come in after those who are there: a finding is about who comes in.
        let all: Vec<Incoming> = drafting.staying.iter().cloned().chain(people).chain(witnesses).collect();
        findings.extend(one_token_one_seat(&all));
        findings.extend(self.approval_findings(drafting));
        findings.extend(self.software_findings(drafting));
        findings.extend(self.content_findings()?);
        Ok(findings)
    }

    fn approval_findings(&self, drafting: &Drafting) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut say = |severity, place: &str, message: String, fix| {
            findings.push(Finding { rule: "K5", severity, place: place.to_owned(), message, fix, lint: None });
        };
        let fix = "name two witnesses with `--witness` in `tuffet plan`, people who do not sign";
        match self.plan().approvals {
            0 => say(
                Severity::Error,
                "approvals",
                "expected 2 approvals before anybody signs, found none asked for".into(),
                fix,
            ),
            1 => say(
                Severity::Warning,
                "approvals",
                "expected 2 approvals before anybody signs, found 1 asked for".into(),
                fix,
            ),
            _ => {}
        }
        let roots = || drafting.draft.root.iter().map(|root| &**root).chain(drafting.state.iter().map(|s| &*s.root));
        for witness in &self.plan().witnesses {
            for root in roots() {
                let by_key = root
                    .keys()
                    .values()
                    .find(|key| key.public().is_some_and(|public| public.fingerprint().to_string() == witness.key));
                let by_name = root.keys().values().find(|key| key.owner() == Some(&witness.name));
                let (severity, what) = match (by_key, by_name) {
                    (Some(_), _) => (Severity::Error, "key signs metadata"),
                    (None, Some(_)) => (Severity::Error, "name is a keyholder's"),
                    (None, None) => continue,
                };
                let message = format!("expected a witness who signs no metadata, found one whose {what}");
                say(severity, &witness.name, message, "one person has one part: name another witness");
                break;
            }
        }
        findings
    }

    /// K12. What a station says of its token is no proof, but nobody says `key file` of a device.
    fn software_findings(&self, drafting: &Drafting) -> Vec<Finding> {
        let software = |key: &&Incoming| key.folder.record.token == SOFTWARE && !self.plan().software_keys;
        let finding = |key: &Incoming| Finding {
            rule: "K12",
            severity: Severity::Error,
            place: key.name.clone(),
            message: "expected a key on a device, found one in a file".into(),
            fix: "enrol a key on a device, or allow key files with `--allow-software-keys` in `tuffet plan`",
            lint: None,
        };
        drafting.incoming.iter().filter(software).map(finding).collect()
    }
}

/// Everyone who signs root or targets under a root.
fn signers(root: &Root) -> BTreeSet<Fingerprint> {
    let roles = [RoleName::Root, RoleName::Targets];
    let keys = roles.iter().flat_map(|role| root.authority(role).keys().collect::<Vec<_>>());
    keys.filter_map(|key| key.public().map(PublicKey::fingerprint)).collect()
}
