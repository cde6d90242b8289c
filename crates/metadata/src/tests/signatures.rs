//! F3 to F5, F8, F10, D5: who signed, and how often a key counts.

use super::*;
use crate::{Finding, Problem, Targets, partly_signed};
use tuffet_keys::KeyId;

const PROFILES: [fn() -> Profile; 2] = [|| Profile::Strict, Profile::deployed];

fn read(signatures: &[Value]) -> Result<Vec<String>, String> {
    let [strict, deployed] = PROFILES.map(|profile| {
        let read = verified::<Targets>(file(&targets(), signatures), &profile());
        read.map(|t| t.findings().iter().map(ToString::to_string).collect::<Vec<_>>()).map_err(|e| e.to_string())
    });
    assert_eq!(strict, deployed, "the profiles agree");
    strict
}

fn short(have: usize) -> Result<Vec<String>, String> {
    Err(format!("targets v7: {have} of 2 required signatures are valid (TUF 5.6.3)"))
}

#[test]
fn f3_a_keyid_stands_once_in_signatures() {
    let [five, six] = [5, 6].map(|seed| entry(&targets(), seed));
    let again = &keyid(5)[..8];
    let expected = format!("targets: signatures[2].keyid: expected each keyid once, found {again} again (F3)");
    assert_eq!(read(&[five.clone(), six.clone(), five]), Err(expected));
    let bad = json!({ "keyid": keyid(6), "sig": "00" });
    let again = &keyid(6)[..8];
    let expected = format!("targets: signatures[1].keyid: expected each keyid once, found {again} again (F3)");
    assert_eq!(read(&[bad, six]), Err(expected));
    let stranger = json!({ "keyid": "x", "sig": "" });
    assert!(read(&[stranger.clone(), stranger]).is_err(), "also where the keyid is nobody's");
}

#[test]
fn f4_unknown_and_invalid_extra_signatures_do_no_harm() {
    let [five, six, nine] = [5, 6, 9].map(|seed| entry(&targets(), seed));
    assert_eq!(read(&[nine.clone(), five.clone(), six.clone()]), Ok(vec![]));
    let garbage = ["zz", "0", "é", "00", &"00".repeat(64), &"ff".repeat(100_000)];
    for sig in garbage {
        let unknown = json!({ "keyid": "nobody", "sig": sig });
        assert_eq!(read(&[unknown, five.clone(), six.clone()]), Ok(vec![]));
        let wrong = json!({ "keyid": keyid(6), "sig": sig });
        assert_eq!(read(&[wrong, five.clone(), nine.clone()]), short(1));
    }
    // One of three may be wrong where two are enough.
    let signed = root(2);
    let wrong = json!({ "keyid": keyid(1), "sig": "00" });
    let root = pinned(file(&signed, &[wrong, entry(&signed, 2), entry(&signed, 3)]), &Profile::Strict).unwrap();
    let tally = &root.tallies()[0];
    assert_eq!((tally.have(), tally.threshold, tally.keys, tally.is_met()), (2, 2, 3, true));
    assert_eq!((&tally.invalid, &tally.missing), (&vec![KeyId::new(keyid(1))], &vec![KeyId::new(keyid(1))]));
    assert_eq!(tally.valid.iter().map(|s| s.fingerprint).collect::<Vec<_>>(), [2, 3].map(|s| public(s).fingerprint()));
}

#[test]
fn f4_a_signature_counts_under_its_own_keyid_only() {
    let six = entry(&targets(), 6);
    let crossed = entry_as(&targets(), 5, &keyid(9));
    assert_eq!(read(&[crossed, six.clone()]), short(1));
    assert_eq!(read(&[entry_as(&targets(), 5, &keyid(5).to_uppercase()), six.clone()]), short(1));
    assert_eq!(read(&[entry_as(&targets(), 9, &keyid(5)), six]), short(1));
    assert_eq!(read(&[entry(&targets(), 1), entry(&targets(), 2)]), short(0), "root's keys do not sign targets");
}

#[test]
fn f5_empty_placeholders_are_tolerated_and_never_counted() {
    let [five, six] = [5, 6].map(|seed| entry(&targets(), seed));
    let empty = |seed| json!({ "keyid": keyid(seed), "sig": "" });
    let finding = |seed| format!("empty signature under keyid {}", &keyid(seed)[..8]);
    assert_eq!(read(&[empty(9), five.clone(), six]), Ok(vec![finding(9)]));
    assert_eq!(read(&[five, empty(6)]), short(1));
    let signed = root(2);
    let root = pinned(file(&signed, &[empty(1), entry(&signed, 2), entry(&signed, 3)]), &Profile::Strict).unwrap();
    assert_eq!(root.findings(), [Finding::EmptySignature { keyid: KeyId::new(keyid(1)) }]);
    assert!(root.tallies()[0].invalid.is_empty(), "a placeholder is no wrong signature");
}

#[test]
fn f8_every_spelling_of_one_key_counts_once() {
    let raw = hex::encode(signing_key(5).verifying_key().as_bytes());
    let mut noted = key(5);
    noted["x-note"] = json!("another object, another hash, one key");
    let mut upper = key(5);
    upper["keyval"]["public"] = json!(raw.to_uppercase());
    let mut private = key(5);
    private["keyval"]["private"] = json!("");
    let spellings = [key(5), noted, upper, private];
    for (i, other) in spellings.iter().enumerate().skip(1) {
        let mut signed = root(1);
        signed["keys"][hash(other)] = other.clone();
        signed["roles"]["targets"] = json!({ "keyids": [keyid(5), hash(other)], "threshold": 2 });
        let signatures = [entry(&targets(), 5), entry_as(&targets(), 5, &hash(other))];
        for profile in PROFILES {
            let root = pinned(signed_by(&signed, &[1, 2]), &profile()).unwrap();
            let authority = root.authority(&RoleName::Targets);
            assert_eq!((authority.keys().count(), authority.fingerprints().len()), (2, 1));
            let error = Unverified::<Targets>::new(file(&targets(), &signatures))
                .verify(&authority, &profile(), &Limits::default())
                .unwrap_err();
            let text = "targets v7: 1 of 2 required signatures are valid (TUF 5.6.3)";
            assert_eq!(error.to_string(), text, "spelling {i}");
        }
    }
}

#[test]
fn d5_one_key_under_two_keyids_is_reported_and_counts_once() {
    let mut old = key(2);
    old["x-name"] = json!("old");
    let mut signed = root(1);
    signed["keys"][hash(&old)] = old.clone();
    signed["roles"]["root"]["keyids"] = json!([keyid(1), keyid(2), hash(&old)]);
    let one = entry(&signed, 1);
    let two = [entry(&signed, 2), entry_as(&signed, 2, &hash(&old))];
    let mut keyids = [KeyId::new(keyid(2)), KeyId::new(hash(&old))];
    keyids.sort();
    let finding = format!(
        "key {} stands under keyids {}, {}; it counts once",
        public(2).fingerprint().short(),
        keyids[0].short(),
        keyids[1].short()
    );
    for profile in PROFILES {
        let root = pinned(file(&signed, &[one.clone(), two[0].clone(), two[1].clone()]), &profile()).unwrap();
        assert_eq!(root.findings().iter().map(ToString::to_string).collect::<Vec<_>>(), std::slice::from_ref(&finding));
        assert_eq!((root.tallies()[0].have(), root.tallies()[0].keys), (2, 2));
        let error = pinned(file(&signed, &two), &profile()).unwrap_err().to_string();
        assert_eq!(error, "root v1: 1 of 2 required signatures are valid (TUF 5.3.4)");
    }
}

#[test]
fn f10_a_threshold_above_the_keys_loads_and_never_verifies() {
    let mut signed = root(1);
    signed["roles"]["targets"]["threshold"] = json!(3);
    let finding = "role targets needs 3 signatures and has 2 distinct usable keys".to_owned();
    assert_eq!(both::<Root>(&signed), [Ok(vec![finding.clone()]), Ok(vec![finding])]);
    let root = pinned(signed_by(&signed, &[1, 2]), &Profile::Strict).unwrap();
    let error = Unverified::<Targets>::new(signed_by(&targets(), &[5, 6]))
        .verify(&root.authority(&RoleName::Targets), &Profile::Strict, &Limits::default())
        .unwrap_err();
    assert_eq!(error.to_string(), "targets v7: 2 of 3 required signatures are valid (TUF 5.6.3)");
}

#[test]
fn an_unusable_key_never_counts() {
    let mut signed = root(1);
    signed["keys"][keyid(5)]["scheme"] = json!("unheard-of");
    let renamed = hash(&signed["keys"][keyid(5)]);
    let object = signed["keys"].as_object_mut().unwrap().remove(&keyid(5)).unwrap();
    signed["keys"][&renamed] = object;
    signed["roles"]["targets"]["keyids"] = json!([renamed, keyid(6)]);
    let root = pinned(signed_by(&signed, &[1, 2]), &Profile::Strict).unwrap();
    let signatures = [entry_as(&targets(), 5, &renamed), entry(&targets(), 6)];
    let error = Unverified::<Targets>::new(file(&targets(), &signatures))
        .verify(&root.authority(&RoleName::Targets), &Profile::Strict, &Limits::default())
        .unwrap_err();
    let Problem::Signature { have, missing, .. } = &error.problem else { panic!("{error}") };
    assert_eq!((*have, missing), (1, &vec![KeyId::new(renamed)]));
}

#[test]
fn x9_a_flood_of_signatures_is_refused_by_the_limit() {
    let many = |n: usize| -> Vec<Value> {
        (0..n)
            .map(|i| json!({ "keyid": format!("{i}"), "sig": "00" }))
            .chain([5, 6].map(|s| entry(&targets(), s)))
            .collect()
    };
    assert_eq!(read(&many(254)), Ok(vec![]));
    assert_eq!(read(&many(255)), Err("targets: signatures: expected at most 256, found 257 (limit)".into()));
    assert_eq!(read(&many(100_000)), Err("targets: signatures: expected at most 256, found 100002 (limit)".into()));
}

#[test]
fn x11_findings_cost_no_more_than_the_file() {
    // A finding an entry: comparing each with all before it would take minutes.
    let entry = json!({ "hashes": { "sha256": "a".repeat(64) } });
    let mut signed = targets();
    signed["targets"] = (0..40_000).map(|i| (format!("t{i}"), entry.clone())).collect::<serde_json::Map<_, _>>().into();
    let read = verified::<Targets>(signed_by(&signed, &[5, 6]), &Profile::deployed()).unwrap();
    assert_eq!(read.findings().len(), 40_000);
}

#[test]
fn an_authority_speaks_for_its_own_role_only() {
    let root = trusted();
    let limits = Limits::default();
    let served = signed_by(&snapshot(), &[4]);
    let error = Unverified::<crate::Snapshot>::new(served)
        .verify(&root.authority(&RoleName::Timestamp), &Profile::Strict, &limits)
        .unwrap_err();
    let expected = "snapshot: authority: expected the keys of snapshot, found those of timestamp (TUF 5.3.4)";
    assert_eq!(error.to_string(), expected);
    let error = Unverified::<Root>::new(signed_by(&super::root(1), &[1, 2]))
        .verify(&root.authority(&RoleName::Root), &Profile::Strict, &limits)
        .unwrap_err();
    let expected =
        "root: authority: expected a pinned root or the next one, found a role under one authority (TUF 5.3.4)";
    assert_eq!(error.to_string(), expected);
    let stranger = RoleName::Delegated("d".into());
    let error = Unverified::<Targets>::delegated("d", signed_by(&targets(), &[5, 6]))
        .verify(&root.authority(&stranger), &Profile::Strict, &limits)
        .unwrap_err();
    assert_eq!(error.to_string(), format!("d v7: 0 of {} required signatures are valid (TUF 5.6.3)", u64::MAX));
}

#[test]
fn a_partly_signed_file_gives_what_it_has() {
    let limits = Limits::default();
    let bytes = file(&targets(), &[entry(&targets(), 6), json!({ "keyid": keyid(5), "sig": "" })]);
    let (payload, signatures) = partly_signed(&RoleName::Targets, &bytes, &limits).unwrap();
    assert_eq!(payload, crate::json::canonical(&strict(&targets())));
    let tally = trusted().authority(&RoleName::Targets).tally(&payload, &signatures);
    assert_eq!((tally.have(), tally.is_met(), tally.missing), (1, false, vec![KeyId::new(keyid(5))]));
    let error = partly_signed(&RoleName::Targets, br#"{"signatures":[],"signed":[]}"#, &limits).unwrap_err();
    assert_eq!(error.to_string(), "targets: signed: expected an object, found an array (TUF 4.2.1)");
    let error = partly_signed(&RoleName::Targets, b"{}", &limits).unwrap_err();
    assert_eq!(error.to_string(), "targets: signed: expected an object, found nothing (TUF 4.2.1)");
}
