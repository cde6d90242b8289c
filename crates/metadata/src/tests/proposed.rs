//! F1, R22: what is proposed is what will be signed, to the byte.

use super::*;
use crate::{Profile, Proposed, RoleName, Targets};
use tuffet_keys::{KeyId, sha256};

#[test]
fn r22_a_payload_is_the_canonical_form() {
    let proposed = Proposed::<Targets>::new(strict(&targets()), &Limits::default()).unwrap();
    let payload =
        r#"{"_type":"targets","expires":"2030-01-01T00:00:00Z","spec_version":"1.0.34","targets":{},"version":7}"#;
    assert_eq!(proposed.payload(), payload.as_bytes());
    assert_eq!(proposed.digest(), sha256(payload.as_bytes()));
    assert_eq!((proposed.role(), proposed.common.version), (&RoleName::Targets, 7));
    assert_eq!(proposed.value(), &strict(&targets()));
    assert!(proposed.findings().is_empty());
    let error = Proposed::<Root>::new(strict(&targets()), &Limits::default()).unwrap_err().to_string();
    assert_eq!(error, "root v7: signed._type: expected `root`, found `targets` (F16)");
}

#[test]
fn a_proposal_is_read_strictly() {
    let mut signed = targets();
    signed["spec_version"] = json!("1.0");
    let error = Proposed::<Targets>::new(strict(&signed), &Limits::default()).unwrap_err().to_string();
    assert_eq!(error, "targets v7: spec_version `1.0` has not three numbers (D3, strict profile)");
}

#[test]
fn f10_what_is_proposed_has_findings_too() {
    let mut signed = root(1);
    signed["roles"]["targets"]["threshold"] = json!(3);
    let proposed = Proposed::<Root>::new(strict(&signed), &Limits::default()).unwrap();
    let text: Vec<String> = proposed.findings().iter().map(ToString::to_string).collect();
    assert_eq!(text, ["role targets needs 3 signatures and has 2 distinct usable keys"]);
}

#[test]
fn f1_unknown_fields_are_signed_over_and_kept_at_every_level() {
    let mut signed = root(1);
    for place in ["", "/keys", "/roles", "/roles/root"] {
        signed.pointer_mut(place).unwrap()["x-new"] = json!({ "keytype": "t", "scheme": "s", "keyval": {} });
    }
    let mut six = key(6);
    six["x-new"] = json!([1, null]);
    six["keyval"]["x-new"] = json!("é\n");
    let renamed = hash(&six);
    signed["keys"][&renamed] = six;
    signed["roles"]["targets"]["keyids"] = json!([keyid(5), renamed]);
    let proposed = Proposed::<Root>::new(strict(&signed), &Limits::default());
    assert!(proposed.is_err(), "a key named x-new is no hash: the strict profile says so");
    signed["keys"].as_object_mut().unwrap().remove("x-new");
    let proposed = Proposed::<Root>::new(strict(&signed), &Limits::default()).unwrap();
    let signatures: Vec<(KeyId, Vec<u8>)> = [1u8, 2]
        .map(|seed| (KeyId::new(keyid(seed)), signing_key(seed).sign(proposed.payload()).to_bytes().to_vec()))
        .to_vec();
    let bytes = proposed.assemble(&signatures);
    let root = pinned(bytes.clone(), &Profile::Strict).unwrap();
    assert_eq!(crate::json::Value::from(root.value().clone()), strict(&signed));
    let again = Proposed::<Root>::new(root.value().clone().into(), &Limits::default()).unwrap();
    assert_eq!(again.assemble(&signatures), bytes, "a round trip changes no byte");
    // Every field is under the signature: without one of them it does not hold.
    let mut file: Value = serde_json::from_slice(&bytes).unwrap();
    for place in ["/signed", "/signed/roles", "/signed/roles/root"] {
        let mut less = file.clone();
        less.pointer_mut(place).unwrap().as_object_mut().unwrap().remove("x-new").unwrap();
        assert!(pinned(less.to_string().into(), &opaque()).is_err(), "{place}");
    }
    file["signed"]["keys"][&renamed]["keyval"].as_object_mut().unwrap().remove("x-new").unwrap();
    assert!(pinned(file.to_string().into(), &opaque()).is_err());
}

#[test]
fn d3_the_next_version_keeps_the_deviations_of_the_one_before_and_adds_none() {
    let targets = |spec_version: &str| {
        let mut signed = targets();
        signed["spec_version"] = spec_version.into();
        strict(&signed)
    };
    let limits = Limits::default();
    let before = Proposed::<Targets>::under(targets("1.0"), &Profile::deployed(), &limits).unwrap();
    let next = Proposed::<Targets>::next(RoleName::Targets, targets("1.0"), before.findings(), &limits).unwrap();
    assert_eq!(next.common.spec_version, "1.0");
    let error = Proposed::<Targets>::next(RoleName::Targets, targets("1.0"), &[], &limits).unwrap_err();
    assert_eq!(error.to_string(), "targets v7: spec_version `1.0` has not three numbers (D3, strict profile)");
    let error = Proposed::<Targets>::next(RoleName::Targets, targets("1.1"), before.findings(), &limits).unwrap_err();
    assert_eq!(error.to_string(), "targets v7: spec_version `1.1` has not three numbers (D3, strict profile)");
}
