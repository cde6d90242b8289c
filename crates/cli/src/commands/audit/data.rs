//! The audit for programs.

use super::Seen;
use super::text::profile;
use serde_json::{Value, json};
use tuffet_keys::KeyId;
use tuffet_metadata::{Finding, MetadataError, RoleName, Tally, format_time};
use tuffet_verifier::{Bound, CurrentReport, DelegatedReport, RoleReport, RootReport, RootSigner};

pub(super) fn of(seen: &Seen<'_>) -> Value {
    let report = seen.report;
    let at = report.at;
    let last = report.roots.len().saturating_sub(1);
    let roots = report.roots.iter().enumerate().map(|(i, report)| {
        let mut value = root(report);
        // Days left say something of the last root alone: the others have been replaced.
        value["days_left"] = if i == last { report.days_left(at).into() } else { Value::Null };
        value
    });
    let error = report
        .refused
        .as_ref()
        .map(|refused| json!({"code": refused.code(), "error": refused.to_string(), "hint": seen.hint()}));
    json!({
        "location": seen.location,
        "at": format_time(at),
        "profile": profile(seen.profile),
        "exceptions": seen.exceptions.iter().map(|(sha256, keyid)| json!({
            "root_sha256": sha256.to_string(),
            "keyid": keyid.as_str(),
        })).collect::<Vec<_>>(),
        "accepted": report.is_accepted(),
        "error": error,
        "roots": roots.collect::<Vec<_>>(),
        "devices": seen.devices.map(|devices| devices.data(&report.roots)),
        "current": report.current.as_ref().map(|report| current(seen, report)),
    })
}

fn root(root: &RootReport) -> Value {
    json!({
        "version": root.version,
        "sha256": root.sha256.to_string(),
        "expires": root.expires.to_string(),
        "days_after_previous_expiry": root.days_after_previous,
        "previous": root.previous.as_ref().map(tally),
        "own": tally(&root.own),
        "signers": root.signers.iter().map(signer).collect::<Vec<_>>(),
        "findings": findings(&root.findings),
        "strict": strict(root.strict.as_ref()),
    })
}

fn current(seen: &Seen<'_>, current: &CurrentReport) -> Value {
    let at = seen.report.at;
    let bound = |bound: &Bound| json!({"role": bound.role.as_str(), "until": bound.expires.to_string(), "days": bound.days_left(at)});
    let freshness = &current.freshness;
    let also: Vec<_> = freshness.timestamp_keys_also_sign.iter().map(RoleName::as_str).collect();
    let role = |role: &RoleReport| {
        json!({
            "role": role.role.as_str(),
            "version": role.version,
            "sha256": role.sha256.to_string(),
            "expires": role.expires.to_string(),
            "days_left": role.days_left(at),
            "signatures": role.tally.as_ref().map(tally),
            "findings": findings(&role.findings),
            "strict": strict(role.strict.as_ref()),
        })
    };
    let delegated = |found: &DelegatedReport| {
        let mut entry = match &found.outcome {
            Ok(file) => role(file),
            Err(refused) => {
                json!({"role": found.role.as_str(), "code": refused.code(), "refused": refused.to_string()})
            }
        };
        if let Some(members) = entry.as_object_mut() {
            members.insert("by".to_owned(), found.by.as_str().into());
        }
        entry
    };
    json!({
        "roles": current.roles.iter().map(role).collect::<Vec<_>>(),
        "delegated": current.delegated.iter().map(delegated).collect::<Vec<_>>(),
        "delegated_beyond_limit": current.delegated_beyond_limit,
        "freshness": {
            "without_keys": bound(&freshness.without_keys),
            "with_timestamp_keys": freshness.with_timestamp_keys.as_ref().map(bound),
            "timestamp_keys_also_sign": also,
        },
    })
}

fn tally(tally: &Tally) -> Value {
    json!({
        "have": tally.have(),
        "need": tally.threshold,
        "keys": tally.keys,
        "invalid": keyids(&tally.invalid),
        "missing": keyids(&tally.missing),
    })
}

fn signer(signer: &RootSigner) -> Value {
    json!({
        "owner": signer.owner,
        "scheme": signer.scheme.name(),
        "fingerprint": signer.fingerprint.to_string(),
        "keyids": keyids(&signer.keyids),
        "for_previous": signer.for_previous,
        "for_own": signer.for_own,
    })
}

fn findings(findings: &[Finding]) -> Vec<Value> {
    let finding = |finding: &Finding| {
        json!({
            "id": finding.id(),
            "name": finding.name(),
            "text": finding.to_string(),
            "strict_refuses": finding.breaks_a_rule(),
        })
    };
    findings.iter().map(finding).collect()
}

fn strict(refused: Option<&MetadataError>) -> Value {
    json!({"accepts": refused.is_none(), "reason": refused.map(ToString::to_string)})
}

fn keyids(keyids: &[KeyId]) -> Vec<&str> {
    keyids.iter().map(KeyId::as_str).collect()
}
