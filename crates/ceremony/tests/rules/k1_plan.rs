//! K1: the plan against everything else: what is published, the files it binds, the draft.

use crate::table::{NAMES, TARGET, Table, closed, drafted, hash, key, now, previous, sitting, text};
use tuffet_ceremony::{Purpose, Replay, Waiver};
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

#[test]
fn k1_a_plan_changed_after_the_draft_is_refused_everywhere() {
    let laid = closed();
    let before = hash(&laid.get("plan.toml"));
    // Not a byte of a payload depends on it.
    laid.edit("plan.toml", "2026-12-08", "2026-12-09");
    let refused = format!("plan.toml: expected SHA-256 {before}, found {} (K1)", hash(&laid.get("plan.toml")));
    let ceremony = laid.open();
    assert_eq!(text(ceremony.payloads()), refused);
    assert_eq!(text(ceremony.status()), refused);
    assert_eq!(text(ceremony.assemble(&[], now())), refused);
    assert_eq!(text(ceremony.record_publication(laid.published(1), now())), refused);
    assert_eq!(text(Replay::run(laid.path())), refused);

    let laid = drafted();
    laid.edit("plan.toml", "2026-12-08", "2026-12-09");
    let key = key("@alice");
    assert_eq!(text(laid.open().sign(&RoleName::Root, &key, &sitting())), refused);
    assert_eq!(key.asked.get(), 0);
}

#[test]
fn k1_a_plan_changed_before_any_signature_is_drafted_again() {
    let laid = drafted();
    laid.edit("plan.toml", "expires]\nroot = \"2027-06-01", "expires]\nroot = \"2027-06-02");
    laid.draft();
    // And back: the last draft counts, not any earlier one.
    laid.edit("plan.toml", "expires]\nroot = \"2027-06-02", "expires]\nroot = \"2027-06-01");
    laid.draft();
    laid.carry_out(&NAMES[..3]);
    laid.close();
    assert_eq!(Replay::run(laid.path()).unwrap().lines, 13);
}

#[test]
fn k1_another_draft_after_a_signature_is_refused() {
    let laid = drafted();
    laid.carry_out(&["@bob"]);
    laid.edit("plan.toml", "2026-12-08", "2026-12-09");
    assert_eq!(
        text(laid.open().draft(None, now())),
        "the plan has changed since people signed; drafting again voids 2 signatures: root by @bob, targets by @bob"
    );
    // Also where the signature was not yet recorded.
    let laid = drafted();
    laid.open().sign(&RoleName::Root, &key("@bob"), &sitting()).unwrap();
    laid.edit("plan.toml", "2026-12-08", "2026-12-09");
    let before = laid.tree();
    assert_eq!(
        text(laid.open().draft(None, now())),
        "the plan has changed since people signed; drafting again voids a signature: root by @bob"
    );
    assert_eq!(laid.tree(), before);
}

#[test]
fn k1_a_plan_for_another_root_is_refused_and_nothing_is_copied() {
    let first = closed();
    let (root, targets) = (first.get("assembled/root.json"), first.get("assembled/targets.json"));
    let laid = Table::replacement(sha256(b"another root")).lay();
    let before = laid.tree();
    assert_eq!(
        text(laid.open().draft(Some(&previous(&root, &targets)), now())),
        format!("previous/root.json: expected SHA-256 {}, found {} (K1)", hash(b"another root"), hash(&root))
    );
    assert_eq!(laid.tree(), before);

    let laid = Table::initial().lay();
    assert_eq!(
        text(laid.open().draft(Some(&previous(&root, &targets)), now())),
        format!("previous/root.json: expected SHA-256 none, found {} (K1)", hash(&root))
    );
    // The right plan with targets that are none.
    let laid = Table::replacement(sha256(&root)).lay();
    let before = laid.tree();
    assert_eq!(
        text(laid.open().draft(Some(&previous(&root, b"{}")), now())),
        "previous/targets.json: targets: signed: expected an object, found nothing (TUF 4.2.1)"
    );
    assert_eq!(laid.tree(), before);
    laid.open().draft(Some(&previous(&root, &targets)), now()).unwrap();
    // Targets that moved on since are not silently ignored.
    laid.edit("previous/targets.json", "{", "{ ");
    assert_eq!(
        text(laid.open().draft(Some(&previous(&root, &targets)), now())),
        format!(
            "previous/targets.json: expected SHA-256 {}, found {} (K1)",
            hash(&targets),
            hash(&laid.get("previous/targets.json"))
        )
    );
}

#[test]
fn k1_a_previous_root_edited_on_the_way_is_refused() {
    let first = closed();
    let (root, targets) = (first.get("assembled/root.json"), first.get("assembled/targets.json"));
    let laid = Table::replacement(sha256(&root)).lay();
    laid.open().draft(Some(&previous(&root, &targets)), now()).unwrap();
    laid.put("previous/root.json", b"{}");
    let refused = format!("previous/root.json: expected SHA-256 {}, found {} (K1)", hash(&root), hash(b"{}"));
    assert_eq!(text(laid.open().sign(&RoleName::Root, &key("@bob"), &sitting())), refused);
    assert_eq!(text(laid.open().review()), refused);
    assert_eq!(
        text(laid.open().roles_to_sign(&tuffet_keys::Sign::public_key(&key("@bob")).fingerprint(), Purpose::Ceremony)),
        refused
    );
}

#[test]
fn k1_a_target_that_is_not_the_planned_one_is_refused() {
    let laid = Table::initial().lay();
    laid.put("targets/logs/keys.json", b"other");
    assert_eq!(
        text(laid.open().draft(None, now())),
        format!("targets/logs/keys.json: expected SHA-256 {}, found {} (K1)", hash(TARGET), hash(b"other"))
    );
    let mut table = Table::initial();
    let tuffet_ceremony::PlannedChange::SetTarget { length, .. } = &mut table.plan.changes[1] else { panic!() };
    *length = 99;
    assert_eq!(
        text(table.lay().open().draft(None, now())),
        "targets/logs/keys.json: expected 99 bytes as the plan says, found 13"
    );
    assert_eq!(
        text(laid.open().target("../plan.toml")),
        "targets/../plan.toml: expected a relative path without `..`, `:`, `\\` or control characters"
    );
}

#[test]
fn k1_an_unknown_outgoing_name_is_refused() {
    let first = closed();
    let root = first.get("assembled/root.json");
    let laid = Table::replacement(sha256(&root)).lay();
    laid.edit("plan.toml", "\"@erin\"", "\"@erni\"");
    assert_eq!(
        text(laid.open().draft(Some(&previous(&root, &first.get("assembled/targets.json"))), now())),
        "plan.toml: outgoing: expected one key of `@erni` in root v1, found 0 (K1)"
    );
}

#[test]
fn k1_a_draft_that_breaks_rules_is_refused_and_a_waiver_covers_warnings_only() {
    let mut table = Table::initial();
    table.plan.expires.root = "2026-11-30T00:00:00Z".into();
    table.plan.waivers.push(Waiver { rule: "R18".into(), reason: "we are late".into() });
    let laid = table.lay();
    let before = laid.tree();
    assert_eq!(
        text(laid.open().draft(None, now())),
        "the draft breaks a rule: root: expected an expiry after 2026-12-01T00:00:00Z, found 2026-11-30T00:00:00Z (R18)"
    );
    assert_eq!(laid.tree(), before);

    let mut table = Table::initial();
    table.plan.expires.root = "2036-12-01T00:00:00Z".into();
    table.plan.waivers.push(Waiver { rule: "R18".into(), reason: "a \"test\" with \\ and ü".into() });
    let drafted = table.lay();
    let outcome = drafted.open().draft(None, now()).unwrap();
    assert_eq!(outcome.warnings[0].1.as_deref(), Some("a \"test\" with \\ and ü"));
    assert_eq!(drafted.open().transcript().unwrap().entries().len(), 1);
}

#[test]
fn k1_a_plan_waives_by_rule_by_lint_and_by_name() {
    for called in ["R18", "L50", "expiry-too-far"] {
        let mut table = Table::initial();
        table.plan.expires.root = "2036-12-01T00:00:00Z".into();
        table.plan.waivers.push(Waiver { rule: called.into(), reason: "once".into() });
        let ceremony = table.lay();
        let found = ceremony.open();
        let found = found.findings(found.previous().unwrap()).unwrap();
        let reason = found.iter().find(|(finding, _)| finding.is_called("L50")).unwrap().1.as_deref();
        assert_eq!(reason, Some("once"), "{called}");
        assert!(found.iter().all(|(finding, _)| !ceremony.open().is_stopped_by(finding)));
    }
}
