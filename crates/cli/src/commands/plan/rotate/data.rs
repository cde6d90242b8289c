//! The plan for programs.

use super::Planned;
use super::files::planned;
use super::text::name;
use serde_json::{Value, json};
use tuffet_builder::{Quorum, RotationStart, RotationStep};
use tuffet_metadata::{RoleName, format_time};

pub(super) fn of(plan: &Planned<'_>, start: &RotationStart) -> Value {
    let root = plan.published.root();
    let of = |role: RoleName| {
        let authority = root.authority(&role);
        json!({"threshold": authority.threshold(), "keys": authority.fingerprints().len()})
    };
    json!({
        "from": {
            "root": root.common.version, "targets": plan.published.targets.common.version, "oldest_root": start.oldest,
            "root_keys": of(RoleName::Root), "targets_keys": of(RoleName::Targets),
        },
        "ceremonies": plan.plan.steps.iter().map(|step| ceremony(plan, step)).collect::<Vec<_>>(),
        "why": plan.plan.why,
        "devices": plan.notes,
        "demand": plan.plan.demand.map(|demand| json!({"post_quantum": demand.post_quantum, "classical": demand.classical})),
    })
}

fn ceremony(plan: &Planned<'_>, step: &RotationStep) -> Value {
    let people = step.newcomers.iter().map(|newcomer| {
        json!({
            "who": newcomer.who, "scheme": name(newcomer.scheme), "key": newcomer.key.map(|key| key.to_string()),
            "has_another_key": newcomer.is_known,
        })
    });
    let roles = step.roles.iter().map(|(role, version, quorums)| {
        json!({"role": role.as_str(), "version": version, "thresholds": quorums.iter().map(quorum).collect::<Vec<_>>()})
    });
    let warnings = step.warnings.iter().map(|finding| {
        json!({
            "rule": finding.rule, "lint": finding.lint.map(|lint| lint.id), "place": finding.place,
            "message": finding.message, "fix": finding.fix,
        })
    });
    let clients = step.clients.iter().map(|row| {
        json!({
            "client": row.row.client, "versions": row.row.versions, "effect": row.row.effect,
            "reference": row.row.reference, "text": row.to_string(),
        })
    });
    json!({
        "number": step.number, "ceremony": plan.id(step), "at": format_time(step.at), "file": plan.file(step),
        "changes": step.changes.iter().map(planned).collect::<Vec<_>>(),
        "people": people.collect::<Vec<_>>(),
        "roles": roles.collect::<Vec<_>>(),
        "warnings": warnings.collect::<Vec<_>>(),
        "clients": clients.collect::<Vec<_>>(),
        "commands": plan.commands(step).into_iter().map(|typed| json!({"who": typed.who, "command": typed.command})).collect::<Vec<_>>(),
    })
}

fn quorum(quorum: &Quorum) -> Value {
    let seats = quorum.seats.iter().map(|seat| {
        json!({
            "owner": seat.owner, "key": seat.key.map(|key| key.to_string()), "scheme": name(seat.scheme),
            "can_sign": seat.can_sign, "signs": seat.signs,
        })
    });
    json!({
        "by": quorum.by, "threshold": quorum.threshold, "fewest_people": quorum.fewest_people(),
        "keys": seats.collect::<Vec<_>>(),
    })
}
