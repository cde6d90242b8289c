//! The audit for people.

use super::findings::{groups, ranges};
use super::{ProfileName, Seen};
use crate::table::{Column, Table};
use tuffet_metadata::{Finding, RoleName, Tally, format_time};
use tuffet_verifier::{Bound, CurrentReport, RootReport, RootSigner};

pub(super) fn render(seen: &Seen<'_>) -> String {
    let at = format_time(seen.report.at);
    let mut out = format!("audit    {}\nat       {at}\nprofile  {}\n", seen.location, profile(seen.profile));
    if !seen.report.roots.is_empty() {
        out += "\nROOTS: valid signatures/needed of keys, by the keys before and by its own\n";
        out += &roots(&seen.report.roots);
        out += "\nWHO SIGNED, by root\n";
        out += &signers(&seen.report.roots);
    }
    if let Some(devices) = seen.devices {
        out += "\nDEVICES: what the evidence proves of the keys that signed\n";
        out += &devices.text(&seen.report.roots);
    }
    if let (Some(current), Some(root)) = (&seen.report.current, seen.report.roots.last()) {
        out += "\nCURRENT\n";
        out += &roles(seen, current, root);
    }
    let found = findings(seen);
    if !found.is_empty() {
        out += "\nFINDINGS: what the files deviate in\n";
        out += &found;
    }
    if let Some(current) = &seen.report.current {
        out += "\nFRESHNESS: how long a client can be kept in the past\n";
        out += &freshness(seen, current);
    }
    out += "\n";
    out + &verdict(seen)
}

pub(super) fn profile(profile: ProfileName) -> &'static str {
    match profile {
        ProfileName::Strict => "strict",
        ProfileName::Deployed => "deployed",
    }
}

fn roots(roots: &[RootReport]) -> String {
    let mut table = Table::new([
        ("root", Column::Number),
        ("expires", Column::Text),
        ("days", Column::Number),
        ("by old", Column::Text),
        ("by own", Column::Text),
        ("strict", Column::Text),
        ("findings", Column::Wide),
    ]);
    for root in roots {
        table.row([
            root.version.to_string(),
            root.expires.time().format("%Y-%m-%d").to_string(),
            root.days_after_previous.map(|days| format!("{days:+}")).unwrap_or_default(),
            root.previous.as_ref().map_or_else(|| "pinned".into(), count),
            count(&root.own),
            strict(root.strict.is_none()).into(),
            ids(&root.findings),
        ]);
    }
    table.finish()
}

fn signers(roots: &[RootReport]) -> String {
    let mut rows: Vec<(Vec<u64>, String)> = Vec::new();
    for root in roots {
        let names = names(&root.signers);
        match rows.last_mut() {
            Some((versions, before)) if *before == names => versions.push(root.version),
            _ => rows.push((vec![root.version], names)),
        }
    }
    let mut table = Table::new([("", Column::Number), ("", Column::Wide)]);
    for (versions, names) in rows {
        table.row([ranges(versions.into_iter()), names]);
    }
    table.finish()
}

/// Owners by name; keys without one by type and the first characters of their fingerprint.
fn names(signers: &[RootSigner]) -> String {
    let counted = |signer: &RootSigner| match (signer.for_previous, signer.for_own) {
        (true, false) => " (old only)",
        (false, true) if signers.iter().any(|s| s.for_previous) => " (own only)",
        _ => "",
    };
    let mut words: Vec<String> = Vec::new();
    for signer in signers.iter().filter(|signer| signer.owner.is_some()) {
        let owner = signer.owner.as_deref().unwrap_or_default().escape_debug();
        words.push(format!("{owner}{}", counted(signer)));
    }
    let mut keytypes: Vec<&str> = Vec::new();
    for signer in signers.iter().filter(|signer| signer.owner.is_none()) {
        let keytype = signer.scheme.keytype();
        let short: String = signer.fingerprint.short().chars().take(8).collect();
        let name = format!("{short}{}", counted(signer));
        // The type stands once before all keys of it.
        if keytypes.contains(&keytype) {
            words.push(name);
        } else {
            keytypes.push(keytype);
            words.push(format!("{keytype} {name}"));
        }
    }
    words.join(", ")
}

fn roles(seen: &Seen<'_>, current: &CurrentReport, root: &RootReport) -> String {
    let mut table = Table::new([
        ("role", Column::Text),
        ("version", Column::Number),
        ("expires", Column::Text),
        ("days left", Column::Number),
        ("signed", Column::Text),
        ("strict", Column::Text),
        ("findings", Column::Wide),
    ]);
    let at = seen.report.at;
    table.row([
        RoleName::Root.to_string(),
        root.version.to_string(),
        root.expires.to_string(),
        root.days_left(at).to_string(),
        count(&root.own),
        strict(root.strict.is_none()).into(),
        ids(&root.findings),
    ]);
    for role in &current.roles {
        table.row([
            role.role.to_string(),
            role.version.to_string(),
            role.expires.to_string(),
            role.days_left(at).to_string(),
            role.tally.as_ref().map(count).unwrap_or_default(),
            strict(role.strict.is_none()).into(),
            ids(&role.findings),
        ]);
    }
    table.finish() + &delegated(current)
}

/// A table of their own: a delegated role's name may be as long as a line.
fn delegated(current: &CurrentReport) -> String {
    let mut table = Table::new([
        ("version", Column::Number),
        ("expires", Column::Text),
        ("signed", Column::Text),
        ("strict", Column::Text),
        ("delegated role", Column::Wide),
    ]);
    let mut refusals = String::new();
    for found in &current.delegated {
        let role = match &found.outcome {
            Ok(role) => role,
            Err(refused) => {
                refusals += &format!("delegated by {}, and refused by clients: {refused}\n", found.by);
                continue;
            }
        };
        table.row([
            role.version.to_string(),
            role.expires.to_string(),
            role.tally.as_ref().map(count).unwrap_or_default(),
            strict(role.strict.is_none()).into(),
            format!("{} by {}: {}", found.role, found.by, ids(&role.findings)).trim_end_matches([':', ' ']).to_owned(),
        ]);
    }
    if current.delegated_beyond_limit > 0 {
        refusals += &format!("not audited: {} more delegations\n", current.delegated_beyond_limit);
    }
    if current.delegated.iter().any(|found| found.outcome.is_ok()) { table.finish() + &refusals } else { refusals }
}

fn findings(seen: &Seen<'_>) -> String {
    let mut table = Table::new([
        ("id", Column::Text),
        ("times", Column::Number),
        ("strict", Column::Text),
        ("where and what", Column::Wide),
    ]);
    let groups = groups(seen.report);
    for group in &groups {
        table.row([
            group.id().into(),
            group.findings.len().to_string(),
            strict(!group.breaks_a_rule()).into(),
            format!("{}: {}", group.files(), group.sentence()),
        ]);
    }
    if groups.is_empty() { String::new() } else { table.finish() }
}

fn freshness(seen: &Seen<'_>, current: &CurrentReport) -> String {
    let until = |bound: &Bound| {
        let days = bound.days_left(seen.report.at);
        format!("until {}, {days} days: {} expires", bound.expires, bound.role)
    };
    let freshness = &current.freshness;
    let also: Vec<_> = freshness.timestamp_keys_also_sign.iter().map(ToString::to_string).collect();
    let also = if also.is_empty() { String::new() } else { format!("; they also sign {}", also.join(" and ")) };
    let held = freshness.with_timestamp_keys.as_ref().map_or_else(|| "for ever".into(), until);
    let mut table = Table::new([("", Column::Text), ("", Column::Wide)]);
    table.row(["without a key".into(), until(&freshness.without_keys)]);
    table.row(["with timestamp's keys".into(), format!("{held}{also}")]);
    table.finish()
}

/// The last lines. Not wrapped: they hold what a person copies.
fn verdict(seen: &Seen<'_>) -> String {
    let roots = &seen.report.roots;
    let Some(refused) = &seen.report.refused else {
        return format!("accepted: root {} and the current metadata\n", ranges(roots.iter().map(|root| root.version)));
    };
    let mut out = format!("refused: {refused}\n");
    if seen.profile == ProfileName::Strict {
        let all = ranges(roots.iter().filter(|root| root.strict.is_some()).map(|root| root.version));
        if !all.is_empty() {
            out += &format!("the audit stops there; read as deployed, strict would refuse root {all}\n");
        }
    }
    if let Some(hint) = seen.hint() {
        out += &format!("hint: {hint}\n");
    }
    out
}

fn count(tally: &Tally) -> String {
    format!("{}/{} of {}", tally.have(), tally.threshold, tally.keys)
}

fn strict(accepts: bool) -> &'static str {
    if accepts { "accepts" } else { "refuses" }
}

/// `D2 D4x10`: each id once, with its number where it is not one.
fn ids(findings: &[Finding]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for finding in findings {
        match counts.iter_mut().find(|(id, _)| *id == finding.id()) {
            Some((_, count)) => *count += 1,
            None => counts.push((finding.id(), 1)),
        }
    }
    counts.sort_unstable();
    let text = |(id, count): (&str, usize)| if count == 1 { id.to_owned() } else { format!("{id}x{count}") };
    counts.into_iter().map(text).collect::<Vec<_>>().join(" ")
}
