//! L49 to L56: expiries and how times and versions are written.

use super::*;

fn expiring(role: &str, expires: &str) -> Vec<String> {
    let mut world = world();
    let signed = match role {
        "root" => world.newest(),
        "timestamp" => &mut world.timestamp,
        "snapshot" => &mut world.snapshot,
        _ => &mut world.targets,
    };
    signed.insert("expires".into(), expires.into());
    lints(&world.publish())
}

#[test]
fn l49_nothing_has_expired() {
    let text = |name: &str| format!("error L49 {name}: expected an expiry after {CEREMONY}, found {CEREMONY}");
    assert_eq!(expiring("timestamp", CEREMONY), [text("timestamp.json")]);
    assert_eq!(expiring("root", CEREMONY), [text("2.root.json")]);
}

#[test]
fn l50_an_expiry_ends_a_freeze() {
    let text = "expected an expiry within 400 days, found 2028-01-05T12:00:01Z";
    assert_eq!(expiring("snapshot", "2028-01-05T12:00:01Z"), [format!("warning L50 6.snapshot.json: {text}")]);
    assert_eq!(expiring("snapshot", "2028-01-05T12:00:00Z"), [""; 0]);
}

#[test]
fn l51_there_is_time_for_a_ceremony() {
    let text = "expected more than 14 days, found 14.0 days left";
    assert_eq!(expiring("root", "2026-12-15T12:00:00Z"), [format!("warning L51 2.root.json: {text}")]);
    let text = "expected more than 14 days, found 6.5 days left";
    assert_eq!(expiring("targets", "2026-12-08T00:00:00Z"), [format!("warning L51 5.targets.json: {text}")]);
    assert_eq!(expiring("root", "2026-12-15T12:00:01Z"), [""; 0]);
}

#[test]
fn l52_a_successor_is_there_before_the_root_expires() {
    let seen_when = |expires: &str| {
        let mut first = world();
        first.roots.truncate(1);
        first.roots[0].insert("expires".into(), expires.into());
        let mut now = first.clone();
        now.roots.push(world().roots[1].clone());
        let before = Observed { at: Some(at("2026-11-20T00:00:00Z")), ..first.publish() };
        of("L52", &all(&now.publish(), &Beside { before: vec![before], ..Beside::default() }))
    };
    let text =
        "expected it 14 days before 1.root.json expires, found it first seen 6.5 days before: 2026-12-01T12:00:00Z";
    assert_eq!(seen_when("2026-12-08T00:00:00Z"), [format!("warning 2.root.json: {text}")]);
    let text =
        "expected it 14 days before 1.root.json expires, found it first seen -1.0 days before: 2026-12-01T12:00:00Z";
    assert_eq!(seen_when("2026-11-30T12:00:00Z"), [format!("warning 2.root.json: {text}")]);
    assert_eq!(seen_when("2026-12-16T00:00:00Z"), [""; 0]);
}

#[test]
fn l53_a_delegation_lives_until_its_delegator_is_due() {
    let with = |expires: &str, own_period: bool| {
        let mut world = world();
        world.targets.insert("x-tuf-on-ci-signing-period".into(), 30u64.into());
        world.delegate("team", 11, &["team/*"], true);
        world.delegated[0].1.insert("expires".into(), expires.into());
        if own_period {
            world.delegated[0].1.insert("x-tuf-on-ci-signing-period".into(), 10u64.into());
        }
        of("L53", &lints(&world.publish()))
    };
    let text = "expected an expiry no earlier than 2027-06-01T00:00:00Z, when 5.targets.json is due, found 2027-05-31T00:00:00Z";
    assert_eq!(with("2027-05-31T00:00:00Z", false), [format!("warning 3.team.json: {text}")]);
    assert_eq!(with("2027-06-01T00:00:00Z", false), [""; 0]);
    assert_eq!(with("2027-05-31T00:00:00Z", true), [""; 0]);
}

#[test]
fn l54_r19_an_online_role_outlives_failed_runs() {
    let with = |expiry: u64, signing: u64| {
        let mut world = world();
        let role = inside(world.newest(), &["roles", "timestamp"]);
        role.insert("x-tuf-on-ci-expiry-period".into(), expiry.into());
        role.insert("x-tuf-on-ci-signing-period".into(), signing.into());
        (lints(&world.publish()), world)
    };
    assert_eq!(with(7, 3).0, [""; 0]);
    assert_eq!(with(7, 6).0, [""; 0]);
    let text = |outlived: u64, expiry: u64, signing: u64| {
        format!(
            "timestamp: expected to outlive 3 failed daily runs, found {outlived}: \
             it lives {expiry} days and is signed anew {signing} before the end"
        )
    };
    assert_eq!(with(7, 2).0, [format!("warning L54 2.root.json: {}", text(2, 7, 2))]);
    assert_eq!(with(3, 9).0, [format!("warning L54 2.root.json: {}", text(2, 3, 9))]);
    // The same in a draft, before anybody signs.
    let root = Proposed::<Root>::new(with(7, 1).1.roots[1].clone().into(), &Limits::default()).unwrap();
    let found = check(Some(&state()), &Draft { root: Some(root), targets: None, delegated: [].into() }, at(CEREMONY));
    let (place, message) = (found[0].place.as_str(), &found[0].message);
    assert_eq!((found[0].rule, place, format!("timestamp: {message}")), ("R19", "timestamp", text(1, 7, 1)));
}

#[test]
fn l55_times_are_whole_seconds_and_z() {
    let text = "expected YYYY-MM-DDTHH:MM:SSZ, found `2026-12-08T13:00:00.5+01:00`";
    assert_eq!(expiring("timestamp", "2026-12-08T13:00:00.5+01:00"), [format!("warning L55 timestamp.json: {text}")]);
}

#[test]
fn l56_spec_version_has_three_numbers() {
    let mut world = world();
    world.timestamp.insert("spec_version".into(), "1.0".into());
    assert_eq!(lints(&world.publish()), ["note L56 timestamp.json: expected three numbers, found `1.0`"]);
}
