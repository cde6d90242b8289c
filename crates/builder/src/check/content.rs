//! Targets that say whom to trust: trust roots and signing configs, looked at as what they are to other programs.

use super::Finding;
use super::keys::list;
use super::observed::Observed;
use super::repository::Report;
use super::table::{
    FOREIGN_INSTANCE, HISTORY_LOST, SERVICE_WITHOUT_TRUST, TRUST_ROOT_REFUSED, UNKNOWN_FIELD, UNREADABLE_DATE,
};
use std::collections::BTreeSet;
use tuffet_metadata::Expires;
use tuffet_metadata::json::{Value, parse};
use tuffet_trust_root::{KnownInstance, Material, SigningConfig, TrustedRoot};

/// Whether a target's path is that of a trust root or of a signing config.
#[must_use]
pub fn says_whom_to_trust(path: &str) -> bool {
    let base = path.rsplit('/').next().unwrap_or(path);
    base.ends_with(".json") && (is_trust_root(base) || base.starts_with("signing_config"))
}

fn is_trust_root(path: &str) -> bool {
    path.rsplit('/').next().unwrap_or(path).starts_with("trusted_root")
}

/// What is wrong with the contents of targets that say whom to trust, before anybody is asked to sign for them: of `seen`,
/// with the reasons for which their reader refuses them; `before` has those they replace.
#[must_use]
pub fn check_contents(seen: &Observed, before: &Observed) -> Vec<Finding> {
    let mut report = Report::default();
    check(seen, std::slice::from_ref(before), &[], &mut report);
    report.into_findings()
}

pub(super) fn check(seen: &Observed, before: &[Observed], foreign: &[(String, Vec<u8>)], report: &mut Report) {
    let others: Vec<(&str, Material)> =
        foreign.iter().map(|(name, bytes)| (name.as_str(), Material::of(bytes))).collect();
    services(seen, before, report);
    for (path, bytes) in &seen.contents {
        let place = format!("targets/{path}");
        let value = match parse(bytes, DEPTH) {
            Ok(value) => value,
            Err(error) => {
                report.say(&TRUST_ROOT_REFUSED, &place, format!("expected JSON, found: {error}"));
                continue;
            }
        };
        let mut dates = Vec::new();
        unreadable_dates(&value, "", &mut dates);
        for (at, text) in dates {
            report.say(
                &UNREADABLE_DATE,
                &place,
                format!("{at}: expected an RFC 3339 time, found `{}`", text.escape_debug()),
            );
        }
        if is_trust_root(path) {
            let was = before.iter().rev().find_map(|observed| observed.contents.get(path));
            lost_history(&place, bytes, was.map(Vec::as_slice), report);
            let fields = unknown_fields(&value);
            if !fields.is_empty() {
                let old = was.and_then(|bytes| parse(bytes, DEPTH).ok()).map(|old| unknown_fields(&old));
                let is_new = old.is_some_and(|old| fields.iter().any(|field| !old.contains(field)));
                let when = if is_new { ", new since the observation before" } else { "" };
                let names: Vec<&str> = fields.iter().map(String::as_str).collect();
                report.say(
                    &UNKNOWN_FIELD,
                    &place,
                    format!("expected the fields of the format, found {}{when}", list("other", &names)),
                );
            }
            mixed(&place, bytes, &others, report);
        }
        if let Some(reason) = seen.refused_contents.get(path)
            && !report.has(&UNREADABLE_DATE, &place)
            && !report.has(&UNKNOWN_FIELD, &place)
        {
            report.say(&TRUST_ROOT_REFUSED, &place, format!("expected a file that reads, found: {reason}"));
        }
    }
}

/// TR7. Of the two files that go together one may be older than the change.
fn services(seen: &Observed, before: &[Observed], report: &mut Report) {
    let newest = |path: &str| {
        let mut observed = std::iter::once(seen).chain(before.iter().rev());
        observed.find_map(|observed| observed.contents.get(path))
    };
    let changed = [TRUSTED_ROOT, SIGNING_CONFIG].iter().any(|path| seen.contents.contains_key(*path));
    let (true, Some(root), Some(config)) = (changed, newest(TRUSTED_ROOT), newest(SIGNING_CONFIG)) else { return };
    let (Ok(root), Ok(config)) = (TrustedRoot::parse(root), SigningConfig::parse(config)) else { return };
    for finding in tuffet_trust_root::services_without_trust(&root, &config) {
        report.say(
            &SERVICE_WITHOUT_TRUST,
            &format!("targets/{SIGNING_CONFIG}"),
            format!("{}: {}", finding.place, finding.text),
        );
    }
}

/// TR4. Of files that do not read another lint tells.
fn lost_history(place: &str, bytes: &[u8], was: Option<&[u8]>, report: &mut Report) {
    let read = |bytes: &[u8]| TrustedRoot::parse(bytes).ok();
    let (Some(new), Some(old)) = (read(bytes), was.and_then(read)) else { return };
    for change in new.breaks_history_of(&old) {
        let said = change.to_string();
        let said = said.strip_prefix("WARNING: ").unwrap_or(&said);
        report.say(
            &HISTORY_LOST,
            place,
            format!("expected what was trusted to stay as it was, found a change that {said}"),
        );
    }
}

/// TR9. Of a file with material of two known instances, that of the one with less is out of place.
fn mixed(place: &str, bytes: &[u8], others: &[(&str, Material)], report: &mut Report) {
    let own = Material::of(bytes);
    for (name, foreign) in others {
        let shared = own.shared(foreign);
        if !shared.is_empty() {
            let names: Vec<&str> = shared.iter().map(String::as_str).collect();
            report.say(
                &FOREIGN_INSTANCE,
                place,
                format!("expected no material of {name}, found {}", list("entry", &names).replace("entrys", "entries")),
            );
        }
    }
    let mut known: Vec<(&str, Vec<String>)> =
        KnownInstance::all().iter().map(|instance| (instance.name, own.of_instance(instance))).collect();
    known.retain(|(_, found)| !found.is_empty());
    known.sort_by_key(|(_, found)| std::cmp::Reverse(found.len()));
    let mut known = known.into_iter();
    let Some((most, _)) = known.next() else { return };
    for (instance, found) in known {
        let names: Vec<&str> = found.iter().map(String::as_str).collect();
        let entries = list("entry", &names).replace("entrys", "entries");
        report.say(
            &FOREIGN_INSTANCE,
            place,
            format!("expected material of {most} alone, found of {instance} {entries}"),
        );
    }
}

/// Members called `start` and `end` that hold no time.
fn unreadable_dates(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (name, member) in object {
                let here = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                match member {
                    Value::String(text) if matches!(name.as_str(), "start" | "end") => {
                        if Expires::rfc3339(text).is_none() {
                            found.push((here, text.clone()));
                        }
                    }
                    other => unreadable_dates(other, &here, found),
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                unreadable_dates(item, &format!("{at}[{i}]"), found);
            }
        }
        _ => {}
    }
}

/// The fields that no reader of the file's version of the format knows.
fn unknown_fields(value: &Value) -> BTreeSet<String> {
    let version_2 = value.as_object().and_then(|root| root.get("mediaType")).and_then(Value::as_str);
    let version_2 = version_2.is_some_and(|media| media.contains("v0.2"));
    let mut found = BTreeSet::new();
    fields(value, "", version_2, &mut found);
    found
}

fn fields(value: &Value, at: &str, version_2: bool, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let known: &[&str] = match at {
                "" => &["mediaType", "tlogs", "certificateAuthorities", "ctlogs", "timestampAuthorities"],
                "tlogs" | "ctlogs" => &["baseUrl", "hashAlgorithm", "publicKey", "logId", "checkpointKeyId"],
                "certificateAuthorities" | "timestampAuthorities" => &["subject", "uri", "certChain", "validFor"],
                "publicKey" => &["rawBytes", "keyDetails", "validFor"],
                "logId" | "checkpointKeyId" => &["keyId"],
                "validFor" => &["start", "end"],
                "subject" => &["organization", "commonName"],
                "certChain" => &["certificates"],
                "certificates" => &["rawBytes"],
                _ => &[],
            };
            let entry = matches!(at, "tlogs" | "ctlogs" | "certificateAuthorities" | "timestampAuthorities");
            for (name, member) in object {
                if known.contains(&name.as_str()) {
                    fields(member, name, version_2, found);
                } else if !(entry && version_2 && name == "operator") {
                    found.insert(if at.is_empty() { name.clone() } else { format!("{at}.{name}") });
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, at, version_2, found)),
        _ => {}
    }
}

const TRUSTED_ROOT: &str = "trusted_root.json";
const SIGNING_CONFIG: &str = "signing_config.v0.2.json";

/// Arrays and objects inside one another.
const DEPTH: usize = 32;
