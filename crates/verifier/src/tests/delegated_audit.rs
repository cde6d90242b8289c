//! An audit looks at every delegated role that can be reached, under each delegator.

use super::forest::*;
use super::repo::{START, at};
use crate::*;

/// The audit of a forest whose server lacks the files `absent`: the report, and the delegated files asked for.
fn audit(forest: &Forest, absent: &[&str]) -> (AuditReport, Vec<String>) {
    let mut audit = Audit::start(forest.root().bytes(), at(START), forest.policy.clone());
    let mut asked = Vec::new();
    while let Some(request) = audit.request() {
        let name = request.role.as_str();
        let file = match name {
            "root" => None,
            "timestamp" => Some(forest.timestamp()),
            "snapshot" => Some(forest.snapshot()),
            _ => Some(forest.file(name)).filter(|_| !absent.contains(&name)),
        };
        if matches!(request.role, tuffet_metadata::RoleName::Delegated(_)) {
            asked.push(request.name);
        }
        audit = match file {
            Some(bytes) => audit.take(bytes),
            None => audit.absent(),
        };
    }
    (audit.report(), asked)
}

/// Each delegation as `by>role: version` or the refusal.
fn lines(report: &AuditReport) -> Vec<String> {
    let outcome = |found: &DelegatedReport| match &found.outcome {
        Ok(role) => format!("v{}", role.version),
        Err(refused) => refused.to_string(),
    };
    let delegated = &report.current.as_ref().unwrap().delegated;
    delegated.iter().map(|found| format!("{}>{}: {}", found.by, found.role, outcome(found))).collect()
}

/// D is delegated to by A and by B, with different keys; A and B by targets.
fn diamond(signers: &[u8]) -> Forest {
    forest([
        ("targets", &[], vec![over("A", &["a"]), over("B", &["b"])]),
        ("A", &[], vec![over("D", &["a"]).keys(&[10], 1)]),
        ("B", &[], vec![over("D", &["b"]).keys(&[11], 1), over("A", &["b"])]),
        ("D", &["a"], vec![]),
    ])
    .with(|f| f.role("D").signers = signers.to_vec())
}

#[test]
fn c45_the_audit_verifies_every_delegated_role_whatever_path_it_covers() {
    let (report, asked) = audit(&diamond(&[10, 11]), &[]);
    assert_eq!(lines(&report), ["targets>A: v5", "A>D: v5", "targets>B: v5", "B>D: v5", "B>A: v5"]);
    assert_eq!(asked, ["5.A.json", "5.D.json", "5.B.json"], "each file once");
    assert!(report.is_accepted());
    let current = report.current.unwrap();
    let a = current.delegated[0].outcome.as_ref().unwrap();
    let tally = a.tally.as_ref().unwrap();
    assert_eq!((tally.have(), tally.threshold, a.strict.is_none()), (1, 1, true));
    assert_eq!(a.expires.to_string(), super::repo::EXPIRES);
}

#[test]
fn c51_the_audit_asks_each_delegators_keys() {
    let (report, _) = audit(&diamond(&[10]), &[]);
    let refused = "D v5: 0 of 1 required signatures are valid (TUF 5.6.3)";
    let expected =
        ["targets>A: v5".into(), "A>D: v5".into(), "targets>B: v5".into(), format!("B>D: {refused}"), "B>A: v5".into()];
    assert_eq!(lines(&report), expected);
    let verdict = report.refused.as_ref().unwrap();
    assert_eq!((verdict.to_string(), verdict.code()), (refused.into(), "signature"));
    assert!(!report.is_accepted());
}

#[test]
fn c53_the_audit_names_each_role_that_is_not_whole_and_looks_at_the_others() {
    let forest = forest([
        ("targets", &[], vec![to("A"), to("B"), to("C"), to("E")]),
        ("A", &[], vec![]),
        ("B", &[], vec![]),
        ("C", &[], vec![]),
        ("E", &[], vec![]),
    ])
    .with(|f| {
        f.unlisted = vec!["A".into()];
        f.role("C").expires = "2026-05-31T00:00:00Z".into();
    });
    let (report, _) = audit(&forest, &["B"]);
    let expected = [
        "targets>A: A: expected an entry in the snapshot, found none (TUF 5.6.7)",
        "targets>B: B: expected a file `5.B.json`, found none",
        "targets>C: C v5: expired at 2026-05-31T00:00:00Z, and the update started at 2026-06-01T00:00:00Z (TUF 5.6.5)",
        "targets>E: v5",
    ];
    assert_eq!(lines(&report), expected);
    assert_eq!(report.refused.unwrap().code(), "not-in-snapshot");
}

#[test]
fn c52_the_audit_follows_no_more_delegations_than_the_limit_and_says_how_many_are_left() {
    let edges = (0..40).map(|i| to(&format!("r{i}"))).collect();
    let mut forest = forest([("targets", &[], edges)]);
    (0..40).for_each(|i| forest.add(&format!("r{i}"), &[], vec![]));
    let (report, asked) = audit(&forest, &[]);
    let current = report.current.as_ref().unwrap();
    assert_eq!((asked.len(), current.delegated.len(), current.delegated_beyond_limit), (32, 32, 8));
}

#[test]
fn f23_the_audit_looks_at_the_bins_the_snapshot_lists() {
    let mut forest = forest([("targets", &[], vec![])]);
    forest.role("targets").succinct = Some((1, "bin".into()));
    forest.add("bin-0", &[], vec![]);
    forest.add("bin-1", &[], vec![]);
    let (report, _) = audit(&forest, &[]);
    assert_eq!(lines(&report), ["targets>bin-0: v5", "targets>bin-1: v5"]);
}

#[test]
fn d1_the_audit_reports_what_delegated_roles_deviate_in() {
    let forest = diamond(&[10, 11]).with(|f| f.role("A").expires = "2030-01-01T00:00:00+00:00".into());
    let (report, _) = audit(&forest, &[]);
    let found: Vec<_> = report.findings().map(|(role, version, f)| (role.to_string(), version, f.id())).collect();
    assert_eq!(found, [("A".to_owned(), 5, "D2")], "once, though two delegate to it");
    let current = report.current.unwrap();
    let strict = &current.delegated[0].outcome.as_ref().unwrap().strict;
    let text = "A v5: expires `2030-01-01T00:00:00+00:00` is not of the form YYYY-MM-DDTHH:MM:SSZ (D2, strict profile)";
    assert_eq!(strict.as_ref().unwrap().to_string(), text);
}

#[test]
fn d6_an_entry_is_dead_only_where_no_delegation_at_any_depth_leads_to_it() {
    let mut forest = diamond(&[10, 11]);
    forest.add("gone", &[], vec![]);
    let (report, _) = audit(&forest, &[]);
    let found: Vec<_> = report.findings().map(|(role, _, f)| (role.to_string(), f.to_string())).collect();
    assert_eq!(found, [("snapshot".to_owned(), "snapshot lists `gone.json`, which is no targets role".to_owned())]);
}
