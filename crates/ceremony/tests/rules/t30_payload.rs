//! T30, R22: a station or a courier that swaps what is signed.

use crate::table::{NAMES, Table, drafted, hash, key, now, sitting, text};
use tuffet_ceremony::Replay;
use tuffet_metadata::RoleName;

#[test]
fn t30_a_payload_changed_after_the_first_signature_is_refused_everywhere() {
    let laid = drafted();
    laid.carry_out(&["@alice"]);
    let good = laid.get("payload/root.json");
    laid.edit("payload/root.json", "\"threshold\":3", "\"threshold\":2");
    let refused = format!(
        "payload/root.json: expected the payload the plan gives (SHA-256 {}), found another ({}): it was changed after \
         the draft (K1)",
        hash(&good),
        hash(&laid.get("payload/root.json"))
    );
    let key = key("@bob");
    let before = laid.tree();
    assert_eq!(text(laid.open().sign(&RoleName::Root, &key, &sitting())), refused);
    assert_eq!(text(laid.open().sign(&RoleName::Targets, &key, &sitting())), refused);
    assert_eq!(key.asked.get(), 0);
    assert_eq!(text(laid.open().status()), refused);
    assert_eq!(text(laid.assemble(&[])), refused);
    assert_eq!(text(laid.open().draft(None, now())), refused);
    assert_eq!(laid.tree(), before);

    laid.put("payload/root.json", &good);
    laid.carry_out(&NAMES[1..3]);
    laid.close();
    laid.edit("payload/root.json", "\"threshold\":3", "\"threshold\":2");
    assert_eq!(text(Replay::run(laid.path())), refused);
}

/// The attacker changes the plan as well, so that plan and payload agree: the draft's line still tells.
#[test]
fn t30_a_plan_and_payload_changed_together_are_refused() {
    let laid = drafted();
    let mut table = Table::initial();
    table.target("evil.json", b"evil");
    let evil = table.lay();
    evil.draft();
    let good = hash(&laid.get("plan.toml"));
    for name in ["plan.toml", "payload/root.json", "payload/targets.json", "targets/evil.json"] {
        laid.put(name, &evil.get(name));
    }
    let key = key("@bob");
    assert_eq!(
        text(laid.open().sign(&RoleName::Targets, &key, &sitting())),
        format!("plan.toml: expected SHA-256 {good}, found {} (K1)", hash(&evil.get("plan.toml")))
    );
    assert_eq!(key.asked.get(), 0);
}

#[test]
fn k11_a_wrong_signature_leaves_no_file() {
    let laid = drafted();
    let mut key = key("@bob");
    key.faulty = true;
    let before = laid.tree();
    let message = text(laid.open().sign(&RoleName::Root, &key, &sitting()));
    assert!(message.ends_with(".json: the signature of @bob does not verify over payload/root.json"), "{message}");
    assert_eq!(laid.tree(), before);
}

#[test]
fn t30_a_key_outside_the_role_is_not_asked() {
    let laid = drafted();
    let mallory = key("@mallory");
    assert_eq!(
        text(laid.open().sign(&RoleName::Root, &mallory, &sitting())),
        format!(
            "root: key {} is not one of its keys: @alice, @bob, @carol, @dave, @erin may sign (TUF 4.3)",
            &mallory.fingerprint()[..16]
        )
    );
    assert_eq!(mallory.asked.get(), 0);
}
