//! F23: the bins of TAP 15.

use super::*;
use crate::{Delegation, Snapshot, SuccinctRoles, TargetPath, Targets};

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut signed = targets();
    let roles = json!({ "keyids": [keyid(9)], "threshold": 1, "bit_length": 8, "name_prefix": "bin" });
    signed["delegations"] = json!({ "keys": keys(&[9]), "succinct_roles": roles });
    change(&mut signed["delegations"]);
    signed
}

fn bits(bit_length: &Value) -> Value {
    with(|delegations| delegations["succinct_roles"]["bit_length"] = bit_length.clone())
}

fn read(signed: &Value) -> Verified<Targets> {
    verified::<Targets>(signed_by(signed, &[5, 6]), &Profile::Strict).unwrap()
}

fn succinct(bit_length: u32) -> SuccinctRoles {
    read(&bits(&json!(bit_length))).delegations.as_ref().unwrap().succinct_roles().unwrap().clone()
}

#[test]
fn f23_bit_length_is_1_to_32() {
    for bit_length in [1, 2, 31, 32] {
        assert_eq!(succinct(bit_length).bit_length(), bit_length);
    }
    let place = "targets v7: signed.delegations.succinct_roles.bit_length: expected an integer from 1";
    for (bad, range, found) in [
        (json!(0), "", "0"),
        (json!(-1), "", "-1"),
        (json!(33), " to 32", "33"),
        (json!(2_147_483_648_u64), " to 32", "2147483648"),
        (json!(u64::MAX), " to 32", "18446744073709551615"),
        (json!("8"), "", "`8`"),
        (json!(null), "", "null"),
    ] {
        assert_eq!(refused::<Targets>(&bits(&bad)), format!("{place}{range}, found {found} (F23)"));
    }
}

#[test]
fn f23_bins_are_numbered_in_hex_of_one_length() {
    for (bit_length, bins, first, last) in [
        (1, 2, "bin-0", "bin-1"),
        (4, 16, "bin-0", "bin-f"),
        (5, 32, "bin-00", "bin-1f"),
        (11, 2_048, "bin-000", "bin-7ff"),
        (16, 65_536, "bin-0000", "bin-ffff"),
        (32, 4_294_967_296, "bin-00000000", "bin-ffffffff"),
    ] {
        let roles = succinct(bit_length);
        let highest = u32::try_from(bins - 1).unwrap();
        assert_eq!((roles.bins(), roles.bin(0), roles.bin(highest)), (bins, first.to_owned(), last.to_owned()));
        assert!(roles.has_bin(first) && roles.has_bin(last));
    }
    let roles = succinct(5);
    for name in ["bin-20", "bin-0", "bin-000", "bin-1F", "bin-+1", "bin--1", "bin-", "bin", "bi-00", "Bin-00", "bin00"]
    {
        assert!(!roles.has_bin(name), "{name}");
    }
}

#[test]
fn f23_the_bin_is_the_first_bits_of_the_paths_sha256() {
    // sha256("a") = ca978112..., sha256("b") = 3e23e816...
    for (bit_length, a, b) in [
        (1, "bin-1", "bin-0"),
        (3, "bin-6", "bin-1"),
        (8, "bin-ca", "bin-3e"),
        (9, "bin-195", "bin-07c"),
        (31, "bin-654bc089", "bin-1f11f40b"),
        (32, "bin-ca978112", "bin-3e23e816"),
    ] {
        let bin = |path| succinct(bit_length).bin_of(&TargetPath::new(path));
        assert_eq!((bin("a"), bin("b")), (a.to_owned(), b.to_owned()), "{bit_length} bits");
    }
}

#[test]
fn f23_one_bin_covers_a_path_and_does_not_terminate() {
    let read = read(&with(|_| ()));
    let delegations = read.delegations.as_ref().unwrap();
    let found: Vec<Delegation> = delegations.matching(&TargetPath::new("a")).collect();
    assert_eq!(found, [Delegation { name: "bin-ca".into(), terminating: false }]);
    assert_eq!(delegations.authority("bin-ca").unwrap().keyids()[0].to_string(), keyid(9));
    assert!(delegations.authority("bin-100").is_none() && delegations.roles().is_empty());
}

#[test]
fn f23_roles_or_succinct_roles_never_both() {
    for roles in [json!([]), json!(null)] {
        let text = refused::<Targets>(&with(|delegations| delegations["roles"] = roles));
        assert_eq!(text, "targets v7: signed.delegations: expected `roles` or `succinct_roles`, found both (F23)");
    }
    let text =
        refused::<Targets>(&with(|delegations| drop(delegations.as_object_mut().unwrap().remove("succinct_roles"))));
    assert_eq!(text, "targets v7: signed.delegations.roles: expected an array, found nothing (TUF 4.5)");
}

#[test]
fn f23_the_shared_keys_are_read_as_any_roles() {
    let place = "targets v7: signed.delegations.succinct_roles";
    let text = refused::<Targets>(&with(|d| d["succinct_roles"]["threshold"] = json!(0)));
    assert_eq!(text, format!("{place}.threshold: expected an integer from 1, found 0 (F9)"));
    let text = refused::<Targets>(&with(|d| d["succinct_roles"]["name_prefix"] = json!(1)));
    assert_eq!(text, format!("{place}.name_prefix: expected a string, found 1 (F23)"));
    let text = refused::<Targets>(&with(|d| d["succinct_roles"]["name_prefix"] = json!("n".repeat(253))));
    assert_eq!(text, format!("{place}.name_prefix: expected a name of at most 255 bytes, found a longer one (C58)"));
    accepted::<Targets>(&with(|d| d["succinct_roles"]["name_prefix"] = json!("n".repeat(252))));
    let unmet = with(|d| d["succinct_roles"]["threshold"] = json!(2));
    let found = vec!["role bin needs 2 signatures and has 1 distinct usable keys".to_owned()];
    assert_eq!(both::<Targets>(&unmet), [Ok(found.clone()), Ok(found)]);
}

#[test]
fn d6_a_bin_is_no_dead_snapshot_entry() {
    let mut listed = snapshot();
    for name in ["bin-00.json", "bin-ff.json", "bin-100.json", "bin.json"] {
        listed["meta"][name] = json!({ "version": 1 });
    }
    let snapshot = verified::<Snapshot>(signed_by(&listed, &[4]), &Profile::Strict).unwrap();
    let dead: Vec<String> = snapshot.dead_entries(&read(&with(|_| ()))).map(|finding| finding.to_string()).collect();
    let text = |name| format!("snapshot lists `{name}`, which is no targets role");
    assert_eq!(dead, [text("bin-100.json"), text("bin.json")]);
}
