//! What is proved of the keys that come in (K8, K9, K5), shown and judged wherever they are named.

use crate::directory::{enrolment_file, evidence_file, require_hash};
use crate::key_folder::KeyFolder;
use crate::{Ceremony, CeremonyError, PlannedAttestation, files};
use chrono::{DateTime, Utc};
use std::fmt;
use tuffet_attestation::{Anchors, Attested, Refused, Requirements, Rule, shared_devices};
use tuffet_builder::{Finding, Severity};

/// A key that comes in.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Its owner, or where the online key lies.
    pub name: String,
    /// The record, with its proof of possession checked.
    pub folder: KeyFolder,
    /// What a device proves of it.
    pub proved: Proved,
}

/// What a device proves of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proved {
    /// What the device says is true.
    Attested(Box<Attested>),
    /// There is evidence, and it proves nothing.
    Refused(Refused),
    /// There is no evidence.
    Nothing,
}

impl Incoming {
    /// Looks at the evidence at a time.
    #[must_use]
    pub fn new(name: &str, folder: KeyFolder, anchors: &Anchors, at: DateTime<Utc>) -> Self {
        let proved = match folder.evidence.as_ref().map(|evidence| evidence.verify(&folder.public, anchors, at)) {
            None => Proved::Nothing,
            Some(Ok(attested)) => Proved::Attested(Box::new(attested)),
            Some(Err(refused)) => Proved::Refused(refused),
        };
        Self { name: name.to_owned(), folder, proved }
    }

    /// The proof, if there is one.
    #[must_use]
    pub fn attested(&self) -> Option<&Attested> {
        match &self.proved {
            Proved::Attested(attested) => Some(attested),
            _ => None,
        }
    }

    fn proved_serial(&self) -> Option<u32> {
        self.attested()?.statement().serial
    }

    /// The serial number that is proved, else the one its owner's station saw; some are written with leading zeros.
    fn said_serial(&self) -> Option<String> {
        let proved = self.proved_serial().map(|serial| serial.to_string());
        let said = proved.or_else(|| self.folder.record.serial.clone())?;
        Some(said.trim_start_matches('0').to_ascii_lowercase()).filter(|serial| !serial.is_empty())
    }
}

/// `YubiKey serial 12345678, slot 9c, …`, or what the owner's station said, which is no proof.
impl fmt::Display for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.proved {
            Proved::Attested(attested) => write!(f, "{attested}"),
            Proved::Refused(refused) => write!(f, "evidence that proves nothing: {refused}"),
            Proved::Nothing => {
                let record = &self.folder.record;
                f.write_str(&record.token)?;
                if let Some(serial) = &record.serial {
                    write!(f, " serial {serial}")?;
                }
                if let Some(place) = &record.place {
                    write!(f, ", {place}")?;
                }
                for claim in &record.claims {
                    write!(f, ", {claim}")?;
                }
                f.write_str(": its owner says so, no evidence")
            }
        }
    }
}

impl Ceremony {
    /// Everyone who comes in, with what is proved of their keys at the time of the plan.
    ///
    /// # Errors
    /// [`CeremonyError`]: a record or a pinned root does not read, or is not the one the plan names.
    pub fn incoming(&self) -> Result<Vec<Incoming>, CeremonyError> {
        let anchors = self.anchors()?;
        let at = self.plan().at();
        let one = |(name, key, enrolment): (&str, &str, &str)| {
            let folder = self.key_folder(name, key, enrolment)?;
            Ok(Incoming::new(name, folder, &anchors, at))
        };
        self.plan().enrolled().map(one).collect()
    }

    /// The maker's roots, and those the plan adds.
    pub(crate) fn anchors(&self) -> Result<Anchors, CeremonyError> {
        let mut anchors = Anchors::yubico();
        for hash in self.plan().attestation.iter().flat_map(|wanted| &wanted.roots) {
            let file = root_file(hash);
            let bytes = files::read(self.dir(), &file)?;
            require_hash(&file, hash, &bytes, "K8")?;
            let text = String::from_utf8_lossy(&bytes);
            anchors = anchors.and(&text).map_err(|problem| CeremonyError::File { file, problem })?;
        }
        Ok(anchors)
    }

    /// Whether a finding stops the ceremony: an error, unless the plan waives it with a reason, and it is about people and
    /// their devices (K5, K9) or about trust that is taken back (TR4), which a theft or a mistake can make right.
    pub(crate) fn stops(&self, finding: &Finding) -> bool {
        let may_be = matches!(finding.rule, "K5" | "TR4") || Rule::from_id(finding.rule).is_some();
        let overridden = may_be && self.waived(finding).is_some();
        finding.severity == Severity::Error && !overridden
    }

    /// The reason for which the plan waives a finding, by its rule, its lint's id or its lint's name.
    pub(crate) fn waived(&self, finding: &Finding) -> Option<String> {
        self.plan().waivers.iter().find(|waiver| finding.is_called(&waiver.rule)).map(|waiver| waiver.reason.clone())
    }

    /// The record the plan names, with its evidence.
    pub(crate) fn key_folder(&self, name: &str, key: &str, enrolment: &str) -> Result<KeyFolder, CeremonyError> {
        let (file, evidence) = (enrolment_file(key), evidence_file(key));
        let bytes = files::read(self.dir(), &file)?;
        require_hash(&file, enrolment, &bytes, "K10")?;
        let pem = files::read_if_there(self.dir(), &evidence)?;
        let folder = KeyFolder::of(&file, bytes, &evidence, pem)?;
        let invite = &folder.record.invite;
        for (what, expected, found) in [
            ("owner", name, invite.owner.as_str()),
            ("key", key, folder.record.fingerprint.as_str()),
            ("ceremony", self.plan().ceremony.as_str(), invite.ceremony.as_str()),
            ("previous root", self.plan().previous_root.as_str(), invite.previous_root.as_str()),
        ] {
            if expected != found {
                let problem = format!("{what}: expected `{expected}`, found `{}`", found.escape_debug());
                return Err(CeremonyError::Enrolment { file, problem });
            }
        }
        Ok(folder)
    }
}

/// Judges keys by a plan's wishes. Without them slot, PIN, touch and capabilities are a warning; a lie, one device for two
/// people and a known weakness never pass unless the plan waives the rule.
///
/// # Errors
/// [`CeremonyError::Plan`], which a plan that was read does not cause.
pub fn judge(keys: &[Incoming], wanted: Option<&PlannedAttestation>) -> Result<Vec<Finding>, CeremonyError> {
    let mut findings = judge_each(keys, wanted)?;
    findings.extend(one_token_one_seat(keys));
    Ok(findings)
}

/// As [`judge`], each key by itself.
pub(crate) fn judge_each(
    keys: &[Incoming],
    wanted: Option<&PlannedAttestation>,
) -> Result<Vec<Finding>, CeremonyError> {
    let requirements = wanted.map_or_else(|| Ok(Requirements::default()), PlannedAttestation::requirements)?;
    let mut findings = Vec::new();
    for key in keys {
        match &key.proved {
            Proved::Attested(attested) => {
                let short = requirements.judge(attested);
                findings.extend(short.into_iter().map(|short| {
                    let strict = wanted.is_some() || matches!(short.rule, Rule::Weakness | Rule::Modulus | Rule::Floor);
                    finding(short.rule, strict, &key.name, short.text)
                }));
            }
            Proved::Refused(_) => findings.extend(refused(key)),
            Proved::Nothing if requirements.required => {
                let found =
                    format!("expected evidence that a device made the key, found none ({})", key.folder.record.token);
                findings.push(finding(Rule::Present, true, &key.name, found));
            }
            Proved::Nothing => {}
        }
    }
    Ok(findings)
}

/// Keys that lie on one device, whatever their parts are (K5).
pub(crate) fn one_token_one_seat(keys: &[Incoming]) -> Vec<Finding> {
    let mut findings = same_token(keys);
    let attested = keys.iter().filter_map(|key| Some((key.name.as_str(), key.attested()?)));
    findings.extend(shared_devices(attested).into_iter().map(|(name, s)| finding(s.rule, true, &name, s.text)));
    findings
}

/// Evidence that proves nothing.
pub(crate) fn refused(key: &Incoming) -> Option<Finding> {
    let Proved::Refused(refused) = &key.proved else { return None };
    let (rule, text) = (refused.rule(), refused.to_string());
    // The finding names the rule itself.
    let message = text.strip_suffix(&format!(" ({rule})")).unwrap_or(&text);
    Some(finding(rule, true, &key.name, message.to_owned()))
}

/// One token for two people (K5), as their own stations say: who means to deceive would not say it, who errs does.
/// Whatever drives a token, it has one serial number. Where both are proved, [`shared_devices`] compares them.
fn same_token(keys: &[Incoming]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        let same = |other: &&Incoming| {
            let proved = key.proved_serial().is_some() && other.proved_serial().is_some();
            !proved && key.said_serial().is_some() && key.said_serial() == other.said_serial()
        };
        if let Some(first) = keys.iter().take(index).find(same) {
            let text =
                format!("expected a token of their own, found the {} of {}", first.folder.record.token, first.name);
            found.push(finding(Rule::Serial, true, &key.name, text));
        }
    }
    found
}

fn finding(rule: Rule, strict: bool, name: &str, message: String) -> Finding {
    let severity = if strict { Severity::Error } else { Severity::Warning };
    Finding { rule: rule.id(), severity, place: name.to_owned(), message, fix: fix(rule), lint: None }
}

fn fix(rule: Rule) -> &'static str {
    match rule {
        Rule::Present => {
            "enrol a key that a YubiKey or YubiHSM 2 made, with `tuffet key generate` and `tuffet key enroll`"
        }
        Rule::Weakness | Rule::Floor | Rule::Modulus => "take a device with newer firmware: firmware is never updated",
        Rule::Serial => "give each person a device of their own",
        Rule::Slot | Rule::Pin | Rule::Touch | Rule::Capabilities => {
            "make another key with `tuffet key generate`, or change what the plan wants"
        }
        _ => "enrol the key again on the device that holds it",
    }
}

pub(crate) fn root_file(hash: &str) -> String {
    format!("roots/{hash}.pem")
}
