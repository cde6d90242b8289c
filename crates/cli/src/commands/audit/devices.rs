//! Which signatures come from devices that made their keys, by the evidence in a folder (K8).

use super::super::key::attestation;
use super::findings::ranges;
use crate::CliError;
use crate::table::{Column, Table};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use tuffet_attestation::{Anchors, Attested, Evidence, Refused, Requirements};
use tuffet_keys::Fingerprint;
use tuffet_verifier::RootReport;
use walkdir::WalkDir;

/// What a folder of evidence proves, by key.
pub(crate) struct Devices {
    proved: BTreeMap<Fingerprint, Result<Attested, Refused>>,
    /// Files that hold no evidence, or evidence about no key that can be read.
    unread: Vec<(String, String)>,
}

impl Devices {
    /// Reads every `attestation.pem` below `folder`, and every pair `*_key_cert*.pem`, `*_device_cert.pem` of one folder,
    /// as Sigstore publishes them.
    pub(crate) fn read(folder: &Path, anchors: &Anchors, at: DateTime<Utc>) -> Result<Self, CliError> {
        let mut devices = Self { proved: BTreeMap::new(), unread: Vec::new() };
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.map_err(|e| CliError::new("io", e.to_string()))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            let evidence = if name == "attestation.pem" {
                one(path)
            } else if name.contains(STATEMENT) && name.ends_with(".pem") {
                pair(path, &name)
            } else {
                continue;
            };
            let keyed = evidence.and_then(|evidence| {
                let key =
                    evidence.untrusted_key().ok_or("expected a statement about a key that can be used, found none")?;
                Ok((evidence, key))
            });
            match keyed {
                Err(problem) => devices.unread.push((visible(path), problem)),
                Ok((evidence, key)) => {
                    let verdict = evidence.verify(&key, anchors, at);
                    // Of several statements about one key, one that holds.
                    let better = verdict.is_ok() || !devices.proved.contains_key(&key.fingerprint());
                    if better {
                        devices.proved.insert(key.fingerprint(), verdict);
                    }
                }
            }
        }
        if devices.proved.is_empty() && devices.unread.is_empty() {
            let message = format!("{}: expected evidence, found none", folder.display());
            let hint =
                "evidence is `attestation.pem`, or a pair `*_key_cert.pem` and `*_device_cert.pem` in one folder";
            return Err(CliError::new("attestations", message).hint(hint));
        }
        Ok(devices)
    }

    /// What is proved of a key, if anything is.
    pub(crate) fn attested(&self, key: &Fingerprint) -> Option<&Attested> {
        self.proved.get(key).and_then(|proved| proved.as_ref().ok())
    }

    /// A line a key that signed. Serial numbers stay in the folder: a report is passed around.
    pub(super) fn text(&self, roots: &[RootReport]) -> String {
        let mut table = Table::new([("key", Column::Text), ("roots", Column::Text), ("made in", Column::Wide)]);
        let signed = signed(roots);
        for (key, versions) in &signed {
            let said = match self.proved.get(key) {
                None => "no evidence".to_owned(),
                Some(Err(refused)) => format!("evidence that proves nothing: {refused}"),
                Some(Ok(attested)) => {
                    let short = Requirements::default().judge(attested);
                    let rules: Vec<&str> = short.iter().map(|short| short.rule.id()).collect();
                    let statement = attested.statement();
                    let device = format!("{}, {}, firmware {}", statement.device, statement.place, statement.firmware);
                    if rules.is_empty() { device } else { format!("{device}; {}", rules.join(" ")) }
                }
            };
            table.row([short(key), ranges(versions.iter().copied()), said]);
        }
        let mut out = table.finish();
        let unused = self.proved.keys().filter(|key| !signed.contains_key(key)).count();
        out += &format!("evidence about {} keys, {unused} of which signed no root seen here\n", self.proved.len());
        for (file, problem) in &self.unread {
            out += &format!("not read: {file}: {problem}\n");
        }
        out
    }

    pub(super) fn data(&self, roots: &[RootReport]) -> Value {
        let key = |(key, versions): (&Fingerprint, &Vec<u64>)| {
            let proved = self.proved.get(key);
            let attested = proved.and_then(|proved| proved.as_ref().ok());
            let rules: Vec<&str> = attested
                .map(|attested| Requirements::default().judge(attested).iter().map(|short| short.rule.id()).collect())
                .unwrap_or_default();
            let mut device = attested.map(attestation);
            if let Some(Value::Object(members)) = &mut device {
                members.remove("serial");
            }
            json!({
                "fingerprint": key.to_string(), "roots": versions, "attested": device, "rules": rules,
                "evidence_problem": proved.and_then(|proved| proved.as_ref().err()).map(ToString::to_string),
            })
        };
        signed(roots).iter().map(key).collect::<Vec<_>>().into()
    }
}

/// The roots each key signed.
fn signed(roots: &[RootReport]) -> BTreeMap<Fingerprint, Vec<u64>> {
    let mut signed: BTreeMap<Fingerprint, Vec<u64>> = BTreeMap::new();
    for root in roots {
        for signer in &root.signers {
            signed.entry(signer.fingerprint).or_default().push(root.version);
        }
    }
    signed
}

fn one(path: &Path) -> Result<Evidence, String> {
    Evidence::from_pem(&text(path)?).map_err(|e| e.to_string())
}

fn pair(statement: &Path, name: &str) -> Result<Evidence, String> {
    let prefix = name.split(STATEMENT).next().unwrap_or_default();
    let device = statement.with_file_name(format!("{prefix}_device_cert.pem"));
    Evidence::from_pem(&format!("{}\n{}", text(statement)?, text(&device)?)).map_err(|e| e.to_string())
}

fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", visible(path)))
}

/// A folder of evidence comes from others, with the names of its files.
fn visible(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}

fn short(key: &Fingerprint) -> String {
    key.short().chars().take(8).collect()
}

const STATEMENT: &str = "_key_cert";
