//! The rules a draft is held to: R1, R2, R3, R9, R16, R18, F8, F10.

use super::*;

/// The findings of a draft, as `severity rule place: message; fix`.
fn findings(state: Option<&State>, draft: &Draft) -> Vec<String> {
    let show = |f: Finding| format!("{:?} {} {}: {}; {}", f.severity, f.rule, f.place, f.message, f.fix);
    check(state, draft, at(CEREMONY)).into_iter().map(show).collect()
}

fn first(root: Seats, targets: Seats, online: OnlineKey) -> Vec<String> {
    findings(None, &draft(None, &[Change::Establish { root, targets, online }], &expiries()).unwrap())
}

/// The findings of a first root that another tool gave a threshold above its keys.
fn raised(role: &RoleName, threshold: u64) -> Vec<String> {
    let mut first = draft(None, &[establish()], &expiries()).unwrap();
    let mut value = first.root.unwrap().value().as_object().unwrap().clone();
    inside(&mut value, &["roles", role.as_str()]).insert("threshold".into(), threshold.into());
    first.root = Some(Proposed::new(value.into(), &Limits::default()).unwrap());
    findings(None, &first)
}

const NONE: [&str; 0] = [];

#[test]
fn a_good_draft_has_no_findings() {
    assert_eq!(first(seats(2, &ALL), seats(2, &ALL), online(4)), NONE);
    assert_eq!(findings(Some(&state()), &next(&[replace(1, "@dave", 5), set("a", b"new")])), NONE);
}

#[test]
fn f10_a_threshold_above_the_keys_is_refused() {
    let text = "Error F10 targets: expected a threshold of at most 3 (its distinct keys), found 4; \
                lower the threshold or add a keyholder";
    assert_eq!(raised(&RoleName::Targets, 4), [text]);
}

#[test]
fn r16_fragile_thresholds_are_warned_of() {
    let one = "Warning R16 targets: expected a threshold of at least 2, found 1: one stolen key is enough; \
               raise the threshold";
    let all = "Warning R16 root: expected more keys than the threshold 3, found as many: one lost key ends the role; \
               add a keyholder or lower the threshold";
    assert_eq!(first(seats(3, &ALL), seats(1, &ALL), online(4)), [all, one]);
}

#[test]
fn f8_one_key_is_one_person() {
    let short = fingerprint(1).short();
    let text = format!(
        "Error F8 root: expected one holder of key {short}, found @alice and @bob; give each person a key of their own"
    );
    let found = first(seats(2, &ALL), seats(2, &[("@bob", 1), ("@carol", 3), ("@dave", 5)]), online(4));
    let names: Vec<String> = found.iter().map(|f| f.replace("@bob and @alice", "@alice and @bob")).collect();
    assert_eq!(names, [text]);
}

#[test]
fn r1_the_online_key_is_in_no_offline_role() {
    let found = first(seats(2, &ALL), seats(2, &ALL), online(1));
    let short = fingerprint(1).short();
    for role in ["root", "targets"] {
        let text = format!(
            "Error R1 {role}: expected an offline key, found the online key {short}; use another key for the online roles"
        );
        assert!(found.contains(&text), "{found:?}");
    }
    assert_eq!(found.len(), 3, "and F8: one key, two names: {found:?}");
}

#[test]
fn r1_a_p384_key_online_locks_clients_out() {
    let pem = "-----BEGIN PUBLIC KEY-----\nMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEqofKIr6LBTeOscce8yCtdG4dO2KLp5uY\n\
               WfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3NhfeSpYmLG9dnpi/kpLcKfj0Hb0omhR8\n\
               6doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f\n-----END PUBLIC KEY-----\n";
    let key = OnlineKey { uri: "gcpkms:p384".into(), public: PublicKey::from_pem(pem).unwrap() };
    let keyid = Key::compose(&key.public, None, Some(&key.uri)).keyid().clone();
    let text = format!(
        "Warning R1 timestamp: expected P-256 or Ed25519 online, found P-384 in key {}; use a P-256 key online",
        keyid.short()
    );
    assert_eq!(first(seats(2, &ALL), seats(2, &ALL), key), [text]);
}

#[test]
fn r18_expiry_is_after_the_ceremony_and_not_years_off() {
    let with = |root: &str, targets: &str| {
        let expiries = Expiries::new(at(root), at(targets));
        findings(None, &draft(None, &[establish()], &expiries).unwrap())
    };
    let past =
        "expected an expiry after 2026-12-01T12:00:00Z, found 2026-12-01T12:00:00Z; set a later expiry in the plan";
    assert_eq!(with(CEREMONY, CEREMONY), [format!("Error R18 root: {past}"), format!("Error R18 targets: {past}")]);
    assert_eq!(with("2026-12-01T12:00:01Z", "2028-01-05T12:00:00Z"), NONE);
    let far = "expected an expiry within 400 days, found 2028-01-05T12:00:01Z; set an earlier expiry in the plan";
    let found = with("2028-01-05T12:00:01Z", "2028-01-05T12:00:01Z");
    assert_eq!(found, [format!("Warning R18 root: {far}"), format!("Warning R18 targets: {far}")]);
}

#[test]
fn r2_the_old_keyholders_who_leave_sign_once_more() {
    let draft = next(&[replace(1, "@dave", 5), replace(2, "@erin", 6)]);
    let text = "Warning R2 root: expected at least 2 of the old keys to stay, found 1: keyholders who leave must sign \
                once more; replace fewer keys in one ceremony";
    assert_eq!(findings(Some(&state()), &draft), [text]);
}

#[test]
fn r3_r9_a_successor_follows_and_stays_consistent() {
    let mut root = state().root.value();
    root.insert("version".into(), 3u64.into());
    root.insert("consistent_snapshot".into(), false.into());
    let root = Proposed::<Root>::new(root.into(), &Limits::default()).unwrap();
    let text = [
        "Error R3 root: expected version 2, found 3; draft again from the newest root",
        "Error R9 root: expected consistent_snapshot to stay true, found false; leave consistent_snapshot as it is",
    ];
    assert_eq!(findings(Some(&state()), &Draft { root: Some(root), targets: None, delegated: [].into() }), text);
}

#[test]
fn errors_come_before_warnings() {
    let found = first(seats(1, &ALL), seats(2, &ALL), online(1));
    assert!(found[0].starts_with("Error F8") && found.last().unwrap().starts_with("Warning R16"), "{found:?}");
    assert!(Severity::Error > Severity::Warning);
}
