//! `tuffet status`: where a ceremony stands, who can still finish it, and by when (K6).

use super::open;
use crate::text::wrap;
use crate::{CliError, Outcome};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use tuffet_ceremony::{Action, Ceremony, ProvedTarget, RoleStatus};
use tuffet_keys::words;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// The ceremony's directory
    pub ceremony: PathBuf,
}

pub(crate) fn run(command: &Status) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let transcript = ceremony.transcript()?;
    let status = ceremony.status()?;
    let (lines, closed) = (transcript.entries().len(), transcript.require_closed().is_ok());
    let aborted = transcript.aborted();
    let mut text = format!(
        "ceremony  {}\nplan hash {}\ntranscript {lines} lines, {}\n",
        ceremony.plan().ceremony,
        ceremony.plan_hash(),
        if closed { "closed" } else { "open" },
    );
    if let Some(reason) = aborted {
        text += &(wrap("aborted   ", "          ", reason) + "\n");
    }
    if let Some(line) = transcript.broken() {
        text += &(wrap("warning   ", "          ", &super::broken(line)) + "\n");
    }
    text += &approvals_text(&ceremony)?;
    text += &proofs_text(&transcript.proofs());
    text += &rehearsals_text(&ceremony)?;
    text += &status_text(&status);
    if !closed {
        text += &digests_text(&status);
    }
    let data = json!({
        "ceremony": ceremony.plan().ceremony, "plan_hash": ceremony.plan_hash().to_string(), "lines": lines,
        "closed": closed, "aborted": aborted, "approvals": approvals_json(&ceremony)?,
        "rehearsals": rehearsals(&ceremony)?.iter().map(|(role, owner, same)| json!({"role": role, "owner": owner, "same": same})).collect::<Vec<_>>(),
        "roles": status_json(&status), "proofs": proofs_json(&transcript.proofs()),
    });
    Ok(Outcome::new(text, "tuffet-status-v1", data))
}

/// What was proved of the trust roots among the targets (TR10).
pub(super) fn proofs_text(proofs: &[ProvedTarget]) -> String {
    let one = |proved: &ProvedTarget| {
        let before = if proved.before.is_some() { ", old ones as before" } else { "" };
        let ProvedTarget { line, target, verified, refused, .. } = proved;
        let text = format!("{target}, line {line}: bundles verified {verified}{before}, foreign refused {refused}");
        wrap("proved    ", "          ", &text) + "\n"
    };
    proofs.iter().map(one).collect()
}

pub(super) fn proofs_json(proofs: &[ProvedTarget]) -> Vec<Value> {
    let one = |p: &ProvedTarget| json!({"line": p.line, "target": p.target, "verified": p.verified, "refused": p.refused, "before": p.before});
    proofs.iter().map(one).collect()
}

/// Whose approvals are there and whose may still come.
pub(super) fn approvals_text(ceremony: &Ceremony) -> Result<String, CliError> {
    let plan = ceremony.plan();
    if plan.approvals == 0 && plan.witnesses.is_empty() {
        return Ok(String::new());
    }
    let given: Vec<String> = ceremony.approvals()?.into_iter().map(|approval| approval.witness).collect();
    let missing: Vec<&str> =
        plan.witnesses.iter().map(|w| w.name.as_str()).filter(|name| !given.iter().any(|g| g == name)).collect();
    let word = if given.len() as u64 >= plan.approvals { "complete" } else { "open" };
    let mut text = format!("approvals {word}: {} of {}\n", given.len(), plan.approvals);
    text += &people("  approved: ", &given.iter().map(String::as_str).collect::<Vec<_>>());
    text += &people("  missing:  ", &missing);
    Ok(text)
}

pub(super) fn approvals_json(ceremony: &Ceremony) -> Result<Value, CliError> {
    let given = ceremony.approvals()?;
    let given: Vec<_> = given.iter().map(|a| json!({"witness": a.witness, "key": a.key, "clock": a.clock})).collect();
    Ok(json!({"needed": ceremony.plan().approvals, "given": given}))
}

/// Who has rehearsed: role, owner, and whether over the bytes that are to be signed.
fn rehearsals(ceremony: &Ceremony) -> Result<Vec<(String, String, bool)>, CliError> {
    let payloads = ceremony.payloads()?;
    let mut out = Vec::new();
    for entry in ceremony.transcript()?.entries() {
        if let Action::Rehearse { role, owner, payload_sha256, .. } = &entry.action {
            let same = payloads.iter().any(|p| p.role.as_str() == role && p.digest.to_string() == *payload_sha256);
            out.push((role.clone(), owner.clone(), same));
        }
    }
    Ok(out)
}

fn rehearsals_text(ceremony: &Ceremony) -> Result<String, CliError> {
    let mut text = String::new();
    for (role, owner, same) in rehearsals(ceremony)? {
        let word = if same { "over the bytes to sign" } else { "over other bytes: rehearse again" };
        text += &format!("rehearsed: {role} by {owner}, {word}\n");
    }
    Ok(text)
}

/// What everybody compares, on every screen in the same form.
fn digests_text(status: &[RoleStatus]) -> String {
    let mut text = "digests to sign, as every review shows them\n".to_owned();
    for role in status {
        text += &format!("  {} v{}\n    sha256 {}\n", role.role, role.version, role.digest);
        text += &(wrap("    ", "    ", &words::encode(role.digest.as_bytes())) + "\n");
    }
    text
}

pub(super) fn status_text(status: &[RoleStatus]) -> String {
    let mut text = String::new();
    for role in status {
        let counts: Vec<String> =
            role.counts.iter().map(|(whose, have, need)| format!("{have} of {need} for the {whose}")).collect();
        let word = if role.is_complete() { "complete" } else { "open" };
        text += &format!("{:<9} v{} {word}: {}\n", role.role.as_str(), role.version, counts.join(", "));
        let names = |signed: bool| -> Vec<String> {
            let seats = role.seats.iter().enumerate().filter(|(_, seat)| seat.signed == signed);
            seats.map(|(place, _)| named(role, place)).collect()
        };
        let shown =
            |label: &str, names: Vec<String>| people(label, &names.iter().map(String::as_str).collect::<Vec<_>>());
        text += &shown("  signed:  ", names(true));
        text += &shown("  missing: ", names(false));
        for need in role.needs() {
            let (what, until) = &role.until;
            let line = if need.can_be_met() {
                let from = need.from.iter().map(|place| named(role, *place)).collect::<Vec<_>>().join(", ");
                format!("{} more for the {}, from {from}; before {until}, when {what} expires", need.more, need.whose)
            } else {
                format!(
                    "{} more for the {}, and {} people are left: it cannot be met",
                    need.more,
                    need.whose,
                    need.from.len()
                )
            };
            text += &(wrap("  needs:   ", "           ", &line) + "\n");
        }
    }
    text
}

/// The owner, and with which key where they have two: the new one, or the one they had.
fn named(role: &RoleStatus, place: usize) -> String {
    let Some(seat) = role.seats.get(place) else { return String::new() };
    if role.seats.iter().filter(|other| other.owner == seat.owner).count() < 2 {
        return seat.owner.clone();
    }
    let counts = seat.counts_for.iter().filter_map(|place| role.counts.get(*place));
    let whose = counts.map(|(whose, ..)| whose.as_str()).collect::<Vec<_>>().join(" and ");
    format!("{} (key {} of the {whose})", seat.owner, seat.fingerprint.short())
}

fn people(label: &str, names: &[&str]) -> String {
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    wrap(label, &" ".repeat(label.len()), &names) + "\n"
}

pub(super) fn status_json(status: &[RoleStatus]) -> Vec<Value> {
    let one = |role: &RoleStatus| {
        let counts: Vec<_> =
            role.counts.iter().map(|(whose, have, need)| json!({"whose": whose, "have": have, "need": need})).collect();
        let seats: Vec<_> = role
            .seats
            .iter()
            .map(|seat| {
                json!({
                    "owner": seat.owner, "fingerprint": seat.fingerprint.to_string(), "signed": seat.signed,
                    "counts_for": seat.counts_for.iter().filter_map(|i| role.counts.get(*i)).map(|(whose, ..)| whose).collect::<Vec<_>>(),
                })
            })
            .collect();
        let needs: Vec<_> = role
            .needs()
            .iter()
            .map(|need| {
                let from = need.from.iter().filter_map(|place| role.seats.get(*place)).map(|seat| seat.owner.as_str());
                json!({"whose": need.whose, "more": need.more, "from": from.collect::<Vec<_>>(), "can_be_met": need.can_be_met()})
            })
            .collect();
        json!({
            "role": role.role.as_str(), "version": role.version, "sha256": role.digest.to_string(),
            "words": words::encode(role.digest.as_bytes()), "complete": role.is_complete(), "counts": counts,
            "seats": seats, "needs": needs, "until": {"what": role.until.0, "time": role.until.1},
        })
    };
    status.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::status_text;
    use tuffet_ceremony::{RoleStatus, Seat};
    use tuffet_keys::Fingerprint;
    use tuffet_keys::sha256;
    use tuffet_metadata::RoleName;

    #[test]
    fn k6_whoever_has_two_keys_is_told_which_one_to_insert() {
        let seat = |owner: &str, key: u8, signed: bool, counts_for: &[usize]| Seat {
            owner: owner.into(),
            fingerprint: Fingerprint::from_hex(&format!("{key:02x}").repeat(32)).unwrap(),
            signed,
            counts_for: counts_for.to_vec(),
        };
        let role = RoleStatus {
            role: RoleName::Root,
            version: 2,
            digest: sha256(b""),
            counts: vec![("new root".into(), 1, 2), ("root v1".into(), 1, 2)],
            seats: vec![seat("@alice", 1, true, &[0, 1]), seat("@dave", 2, false, &[0]), seat("@dave", 3, false, &[1])],
            until: ("root v1".into(), "2027-06-01T00:00:00Z".into()),
        };
        assert_eq!(
            status_text(&[role]),
            "root      v2 open: 1 of 2 for the new root, 1 of 2 for the root v1\n  \
             signed:  @alice\n  \
             missing: @dave (key 0202020202020202 of the new root), @dave (key\n           \
             0303030303030303 of the root v1)\n  \
             needs:   1 more for the new root, from @dave (key 0202020202020202 of the new\n           \
             root); before 2027-06-01T00:00:00Z, when root v1 expires\n  \
             needs:   1 more for the root v1, from @dave (key 0303030303030303 of the root\n           \
             v1); before 2027-06-01T00:00:00Z, when root v1 expires\n"
        );
    }

    #[test]
    fn k6_a_threshold_that_cannot_be_met_any_more_is_said() {
        let role = RoleStatus {
            role: RoleName::Targets,
            version: 1,
            digest: sha256(b""),
            counts: vec![("new root".into(), 0, 2)],
            seats: Vec::new(),
            until: ("targets v1".into(), "2027-06-01T00:00:00Z".into()),
        };
        let text = status_text(&[role]);
        assert!(text.contains("needs:   2 more for the new root, and 0 people are left: it cannot be met"), "{text}");
    }
}
