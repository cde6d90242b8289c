//! What was seen before, as a file: digests by name, the newest versions by URL, and what was told.

use super::beside::{Facts, newest, online_keys};
use super::{Alarm, Level, Sighting, files};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::json::{Object, Value, object, parse, pretty};
use tuffet_metadata::{format_time, parse_time};

/// What an observer remembers from look to look. Only what clients would accept enters it: a server that lies once must
/// not raise a floor for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideMemory {
    /// SHA-256 of the pinned root: one memory is of one repository.
    pinned: Sha256,
    files: BTreeMap<String, Remembered>,
    urls: BTreeMap<String, Floors>,
    /// The alarms that were last told, by identity.
    told: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Remembered {
    facts: Facts,
    first_seen: DateTime<Utc>,
}

/// What one URL served.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Floors {
    /// The highest version by the name metadata has for the role.
    pub(super) versions: BTreeMap<String, u64>,
    /// The keys of the online roles under which that was so.
    pub(super) online: Option<Sha256>,
}

/// A memory that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutsideMemoryError {
    /// Not of this form.
    #[error("expected {expected}, found another")]
    Form {
        /// What should stand there.
        expected: String,
    },
    /// Of another repository.
    #[error("expected the memory of the pinned root {expected}, found that of {found}")]
    Pinned {
        /// SHA-256 of the pinned root.
        expected: Sha256,
        /// SHA-256 of the root the memory is of.
        found: Sha256,
    },
}

impl OutsideMemory {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(pinned_root: &[u8]) -> Self {
        let pinned = sha256(pinned_root);
        Self { pinned, files: BTreeMap::new(), urls: BTreeMap::new(), told: BTreeSet::new() }
    }

    /// Takes in what clients would accept of it, and what is told now.
    pub fn remember(&mut self, sightings: &[Sighting], alarms: &[Alarm], at: DateTime<Utc>) {
        self.told = alarms.iter().filter(|alarm| alarm.level > Level::Note).map(Alarm::identity).collect();
        for sighting in sightings {
            let Ok(view) = &sighting.found else { continue };
            if view.seen.refused.is_some() {
                continue;
            }
            for (role, facts) in files(&view.seen) {
                let name = role.request_name(Some(facts.version));
                self.files.entry(name).or_insert(Remembered { facts, first_seen: at });
            }
            let online = online_keys(&view.seen);
            let floors = self.urls.entry(sighting.url.clone()).or_default();
            if floors.online != online {
                floors.versions.retain(|role, _| role == "root.json");
                floors.online = online;
            }
            for (role, version) in newest(&view.seen) {
                let floor = floors.versions.entry(role).or_insert(version);
                *floor = version.max(*floor);
            }
        }
        self.forget();
    }

    /// The files of a role that is signed daily would pile up: the last ones of each role are enough.
    fn forget(&mut self) {
        let mut roles: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
        for name in self.files.keys() {
            let Some((version, role)) = name.split_once('.') else { continue };
            let version = version.parse().unwrap_or(0);
            roles.entry(role.to_owned()).or_default().push((version, name.clone()));
        }
        for (_, mut names) in roles.into_iter().filter(|(role, _)| role != "root.json") {
            names.sort_unstable();
            for (_, name) in names.iter().rev().skip(KEPT) {
                self.files.remove(name);
            }
        }
    }

    /// Whether an alarm was told at the last look.
    #[must_use]
    pub fn was_told(&self, alarm: &Alarm) -> bool {
        self.told.contains(&alarm.identity())
    }

    /// The identities that were told at the last look, and are no alarms any more.
    #[must_use]
    pub fn settled(&self, alarms: &[Alarm]) -> Vec<String> {
        let still: BTreeSet<String> = alarms.iter().map(Alarm::identity).collect();
        self.told.difference(&still).cloned().collect()
    }

    /// What was told stays what `before` says: nobody heard it.
    pub fn tell_again(&mut self, before: &Self) {
        self.told.clone_from(&before.told);
    }

    pub(super) fn facts(&self, name: &str) -> Option<Facts> {
        self.files.get(name).map(|remembered| remembered.facts)
    }

    pub(super) fn floors(&self, url: &str) -> Option<&Floors> {
        self.urls.get(url)
    }

    pub(super) fn first_seen(&self, name: &str) -> Option<DateTime<Utc>> {
        self.files.get(name).map(|remembered| remembered.first_seen)
    }

    /// As a file.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let file = |file: &Remembered| {
            Value::from(object([
                ("sha256", file.facts.bytes.to_string().into()),
                ("signed_sha256", file.facts.signed.to_string().into()),
                ("first_seen", format_time(file.first_seen).into()),
            ]))
        };
        let url = |floors: &Floors| {
            let versions = floors.versions.iter().map(|(role, version)| (role.clone(), (*version).into()));
            let online = floors.online.map_or(Value::Null, |keys| keys.to_string().into());
            Value::from(object([("versions", versions.collect::<Object>().into()), ("online_keys", online)]))
        };
        let files: Object = self.files.iter().map(|(name, one)| (name.clone(), file(one))).collect();
        let urls: Object = self.urls.iter().map(|(name, one)| (name.clone(), url(one))).collect();
        let told: Vec<Value> = self.told.iter().map(|text| text.clone().into()).collect();
        let mut out = pretty(&Value::from(object([
            ("schema", SCHEMA.into()),
            ("pinned_root_sha256", self.pinned.to_string().into()),
            ("files", files.into()),
            ("urls", urls.into()),
            ("told", Value::Array(told)),
        ])));
        out.push(b'\n');
        out
    }

    /// Reads what [`to_json`](Self::to_json) wrote, for this pinned root. Anything that is not of that form is refused: a
    /// memory that is half read is a rollback that is not seen.
    ///
    /// # Errors
    /// [`OutsideMemoryError`]
    pub fn from_json(bytes: &[u8], pinned_root: &[u8]) -> Result<Self, OutsideMemoryError> {
        let value = parse(bytes, DEPTH).map_err(|_| form("strict JSON"))?;
        let names = ["schema", "pinned_root_sha256", "files", "urls", "told"];
        let members = exactly(&value, &names, "a memory")?;
        if text(member(members, "schema")?, "schema")? != SCHEMA {
            return Err(form(&format!("schema {SCHEMA}")));
        }
        let mut memory = Self::new(pinned_root);
        let found = digest(member(members, "pinned_root_sha256")?, "pinned_root_sha256")?;
        if found != memory.pinned {
            return Err(OutsideMemoryError::Pinned { expected: memory.pinned, found });
        }
        for (name, value) in map(member(members, "files")?, "files")? {
            let file = exactly(value, &["sha256", "signed_sha256", "first_seen"], "a file")?;
            let version = name.split_once('.').and_then(|(version, _)| version.parse().ok());
            let version = version.ok_or_else(|| form("names of files that begin with a version"))?;
            let bytes = digest(member(file, "sha256")?, "sha256")?;
            let signed = digest(member(file, "signed_sha256")?, "signed_sha256")?;
            let first_seen = parse_time(&text(member(file, "first_seen")?, "first_seen")?);
            let first_seen = first_seen.ok_or_else(|| form("first_seen as a time YYYY-MM-DDTHH:MM:SSZ"))?;
            memory.files.insert(name.clone(), Remembered { facts: Facts { version, bytes, signed }, first_seen });
        }
        for (url, value) in map(member(members, "urls")?, "urls")? {
            let one = exactly(value, &["versions", "online_keys"], "a URL")?;
            let online = match member(one, "online_keys")? {
                Value::Null => None,
                value => Some(digest(value, "online_keys")?),
            };
            let mut floors = Floors { versions: BTreeMap::new(), online };
            for (role, value) in map(member(one, "versions")?, "versions")? {
                let version = value.as_u64().ok_or_else(|| form("versions as numbers"))?;
                floors.versions.insert(role.clone(), version);
            }
            memory.urls.insert(url.clone(), floors);
        }
        for value in member(members, "told")?.as_array().ok_or_else(|| form("told as a list"))? {
            memory.told.insert(text(value, "told")?);
        }
        Ok(memory)
    }
}

fn form(expected: &str) -> OutsideMemoryError {
    OutsideMemoryError::Form { expected: expected.to_owned() }
}

fn map<'a>(value: &'a Value, name: &str) -> Result<&'a Object, OutsideMemoryError> {
    value.as_object().ok_or_else(|| form(&format!("{name} as an object")))
}

/// The members, if they are these and no others.
fn exactly<'a>(value: &'a Value, names: &[&str], what: &str) -> Result<&'a Object, OutsideMemoryError> {
    let members = map(value, what)?;
    let known = members.len() == names.len() && names.iter().all(|name| members.contains_key(*name));
    if known { Ok(members) } else { Err(form(&format!("{what} with the members {}", names.join(", ")))) }
}

fn member<'a>(members: &'a Object, name: &str) -> Result<&'a Value, OutsideMemoryError> {
    members.get(name).ok_or_else(|| form(&format!("a member {name}")))
}

fn text(value: &Value, name: &str) -> Result<String, OutsideMemoryError> {
    value.as_str().map(str::to_owned).ok_or_else(|| form(&format!("{name} as text")))
}

fn digest(value: &Value, name: &str) -> Result<Sha256, OutsideMemoryError> {
    Sha256::from_hex(&text(value, name)?).ok_or_else(|| form(&format!("{name} as a SHA-256 in hex")))
}

const SCHEMA: &str = "tuffet-outside-memory-v1";
const DEPTH: usize = 8;
/// Versions of a role whose digests are remembered: a few months of a timestamp that is signed daily.
const KEPT: usize = 100;
