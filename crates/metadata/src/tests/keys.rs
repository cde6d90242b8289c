//! F6, F7, F17, F18, D1, D4: keys and their keyids.

use super::*;
use crate::json::canonical;
use crate::{Finding, Problem};
use tuffet_keys::sha256;

/// A P-256 key as PEM and as the hex point of Sigstore's roots 1 to 4.
const PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
     MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC5m6YY7Z5Qg1HAjkIPQG4q+Ifubi\n\
     RJEttfn977vEy+h/JoFSg4oh1hYf2ZNNTjfVZtFnLOJRcyk/dMv0j2ccmQ==\n\
     -----END PUBLIC KEY-----\n";

fn point() -> String {
    hex::encode(&PublicKey::from_pem(PEM).unwrap().spki_der()[26..])
}

fn ecdsa(keytype: &str, public: &str) -> Value {
    json!({ "keytype": keytype, "keyval": { "public": public }, "scheme": "ecdsa-sha2-nistp256" })
}

/// The fixture's root with one more key, in no role.
fn root_with(keyid: &str, key: &Value) -> Value {
    let mut signed = root(1);
    signed["keys"][keyid] = key.clone();
    signed
}

fn found(keyid: &str, key: &Value, profile: &Profile) -> Result<(Vec<Finding>, bool), String> {
    let root = pinned(signed_by(&root_with(keyid, key), &[1, 2]), profile).map_err(|e| e.to_string())?;
    let usable = root.keys()[&tuffet_keys::KeyId::new(keyid)].public().is_some();
    Ok((root.findings().to_vec(), usable))
}

fn texts(keyid: &str, key: &Value, profile: &Profile) -> (Vec<String>, bool) {
    let (findings, usable) = found(keyid, key, profile).unwrap();
    (findings.iter().map(ToString::to_string).collect(), usable)
}

#[test]
fn f6_a_keyid_is_the_hash_of_the_whole_key_object() {
    let plain = key(9);
    let canonical = format!(
        r#"{{"keytype":"ed25519","keyval":{{"public":"{}"}},"scheme":"ed25519"}}"#,
        plain["keyval"]["public"].as_str().unwrap()
    );
    assert_eq!(hash(&plain), sha256(canonical.as_bytes()).to_string());
    let mut more = plain.clone();
    more["x-tuf-on-ci-keyowner"] = json!("@nine");
    assert_ne!(hash(&more), hash(&plain), "every field is hashed");
    for key in [&plain, &more] {
        assert_eq!(texts(&hash(key), key, &Profile::Strict), (vec![], true));
    }
}

#[test]
fn f6_composed_keys_are_named_by_their_hash_and_stay_the_same() {
    let composed = Key::compose(&public(9), Some("@nine"), None);
    let object = json!({
        "keytype": "ed25519", "keyval": { "public": public(9).to_tuf_public() }, "scheme": "ed25519",
        "x-tuf-on-ci-keyowner": "@nine",
    });
    assert_eq!(crate::json::Value::from(composed.object()), strict(&object));
    assert_eq!(composed.keyid().as_str(), sha256(&canonical(&strict(&object))).to_string());
    // Computed by Python and OpenSSL; a change would give every key of every repository a new name.
    assert_eq!(composed.keyid().as_str(), "15e17b096f3eaf0d197ddd77852836572cbb73f6311667c879a874ecddcc0add");
    let online = Key::compose(&PublicKey::from_pem(PEM).unwrap(), None, Some("gcpkms:x"));
    let object = json!({
        "keytype": "ecdsa", "keyval": { "public": PEM }, "scheme": "ecdsa-sha2-nistp256",
        "x-tuf-on-ci-online-uri": "gcpkms:x",
    });
    assert_eq!(online.keyid().as_str(), hash(&object));
    assert_eq!(
        (online.owner(), online.online_uri(), online.scheme_text()),
        (None, Some("gcpkms:x"), "ecdsa-sha2-nistp256")
    );
    assert_eq!((composed.owner(), composed.online_uri()), (Some("@nine"), None));
}

#[test]
fn d1_a_keyid_that_hashes_the_core_is_a_deviation() {
    let core = key(9);
    let mut whole = core.clone();
    whole["x-tuf-on-ci-keyowner"] = json!("@nine");
    let keyid = hash(&core);
    let finding = format!("keyid {} hashes only keytype, scheme and keyval", &keyid[..8]);
    assert_eq!(texts(&keyid, &whole, &Profile::deployed()), (vec![finding.clone()], true));
    let refusal = found(&keyid, &whole, &Profile::Strict).unwrap_err();
    assert_eq!(refusal, format!("root v1: {finding} (D1, strict profile)"));
}

#[test]
fn d1_a_keyid_that_matches_nothing_makes_the_key_unusable_unless_excepted() {
    let (keyid, key) = ("7247f0dbad85b147", key(9));
    let computed = &hash(&key)[..8];
    let unused = format!("keyid 7247f0db is not the hash of its key ({computed}); the key is not used");
    let used = format!("keyid 7247f0db is not the hash of its key ({computed}); used by exception");
    assert_eq!(texts(keyid, &key, &Profile::deployed()), (vec![unused.clone()], false));
    let refusal = found(keyid, &key, &Profile::Strict).unwrap_err();
    assert_eq!(refusal, format!("root v1: {unused} (D1, strict profile)"));
    assert_eq!(texts(keyid, &key, &opaque()), (vec![used.clone()], true));

    let file = sha256(&signed_by(&root_with(keyid, &key), &[1, 2]));
    let listed = |file, keyid| Profile::Deployed {
        keyid_exceptions: KeyidExceptions::Listed(vec![(file, tuffet_keys::KeyId::new(keyid))]),
    };
    assert_eq!(texts(keyid, &key, &listed(file, keyid)), (vec![used], true));
    assert_eq!(texts(keyid, &key, &listed(file, "other")), (vec![unused.clone()], false));
    assert_eq!(texts(keyid, &key, &listed(sha256(b"another file"), keyid)), (vec![unused], false));
}

#[test]
fn d1_an_upper_case_keyid_is_another_name() {
    let (upper, key) = (hash(&key(9)).to_uppercase(), key(9));
    assert!(!found(&upper, &key, &Profile::deployed()).unwrap().1);
}

#[test]
fn d4_hex_points_and_legacy_keytypes_are_deviations() {
    let legacy = ecdsa("ecdsa-sha2-nistp256", &point());
    let keyid = hash(&legacy);
    let short = &keyid[..8];
    let hex = format!("key {short} is a hex point, not PEM");
    let keytype = format!("key {short} has the scheme's name `ecdsa-sha2-nistp256` as keytype");
    assert_eq!(texts(&keyid, &legacy, &Profile::deployed()), (vec![hex.clone(), keytype], true));
    let refusal = found(&keyid, &legacy, &Profile::Strict).unwrap_err();
    assert_eq!(refusal, format!("root v1: {hex} (D4, strict profile)"));

    let pem = ecdsa("ecdsa-sha2-nistp256", PEM);
    let short = &hash(&pem)[..8];
    let refusal = found(&hash(&pem), &pem, &Profile::Strict).unwrap_err();
    let expected =
        format!("root v1: key {short} has the scheme's name `ecdsa-sha2-nistp256` as keytype (D4, strict profile)");
    assert_eq!(refusal, expected);
    let modern = ecdsa("ecdsa", PEM);
    assert_eq!(texts(&hash(&modern), &modern, &Profile::Strict), (vec![], true));
}

#[test]
fn f17_a_bad_key_is_unusable_and_the_file_is_fine() {
    for (object, reason) in [
        (
            json!({ "keytype": "ed25519", "keyval": { "public": "ab".repeat(31) }, "scheme": "ed25519" }),
            "Ed25519: expected 32 bytes of key, found 31 (F17)",
        ),
        (
            json!({ "keytype": "ed25519", "keyval": { "public": "ab".repeat(33) }, "scheme": "ed25519" }),
            "Ed25519: expected 32 bytes of key, found 33 (F17)",
        ),
        (
            json!({ "keytype": "ed25519", "keyval": { "public": "00".repeat(32) }, "scheme": "ed25519" }),
            "the Ed25519 key has small order: it accepts signatures nobody made (F17)",
        ),
        (
            json!({ "keytype": "ml-dsa", "keyval": {}, "scheme": "ml-dsa-65" }),
            "keytype `ml-dsa` with scheme `ml-dsa-65` is not supported (F18)",
        ),
        (
            json!({ "keytype": "sigstore-oidc", "keyval": { "identity": "x" }, "scheme": "Fulcio" }),
            "keytype `sigstore-oidc` with scheme `Fulcio` is not supported (F18)",
        ),
    ] {
        let keyid = hash(&object);
        let finding = format!("key {} is not usable: {reason}", &keyid[..8]);
        for profile in [Profile::Strict, Profile::deployed(), opaque()] {
            assert_eq!(texts(&keyid, &object, &profile), (vec![finding.clone()], false));
        }
    }
}

#[test]
fn f18_the_scheme_comes_from_the_key_object() {
    let mut object = key(9);
    object["keytype"] = json!("rsa");
    let (findings, usable) = texts(&hash(&object), &object, &Profile::Strict);
    let reason = "keytype `rsa` with scheme `ed25519` is not supported (F18)";
    assert_eq!(findings, [format!("key {} is not usable: {reason}", &hash(&object)[..8])]);
    assert!(!usable);
    for member in ["keytype", "scheme", "keyval"] {
        let mut object = key(9);
        object.as_object_mut().unwrap().remove(member);
        let expected = if member == "keyval" { "an object" } else { "a string" };
        let refusal = found("k", &object, &Profile::deployed()).unwrap_err();
        assert_eq!(refusal, format!("root v1: signed.keys.k.{member}: expected {expected}, found nothing (TUF 4.2.2)"));
    }
}

#[test]
fn f7_one_keyid_is_one_key_in_a_file() {
    let text = String::from_utf8(signed_by(&root(1), &[1, 2])).unwrap();
    let member = format!("\"{}\":{}", keyid(1), key(1));
    let twice = text.replacen(&member, &format!("{member},\"{}\":{}", keyid(1), key(9)), 1);
    let error = pinned(twice.into(), &opaque()).unwrap_err();
    let expected = format!(": duplicate member `{}` (F26)", keyid(1));
    assert!(matches!(error.problem, Problem::Json(_)));
    assert!(error.to_string().ends_with(&expected), "{error}");
}

#[test]
fn f7_a_keyid_means_what_its_own_file_says() {
    // Targets lists key 9 under the keyid that root gives key 5: root's authority is not touched by it.
    let mut signed = targets();
    let role = json!({ "name": "d", "keyids": [keyid(5)], "threshold": 1, "paths": ["*"], "terminating": false });
    signed["delegations"] = json!({ "keys": { keyid(5): key(9) }, "roles": [role] });
    let forged = file(&signed, &[entry_as(&signed, 9, &keyid(5)), entry(&signed, 6)]);
    let error = verified::<crate::Targets>(forged, &opaque()).unwrap_err();
    assert_eq!(error.to_string(), "targets v7: 1 of 2 required signatures are valid (TUF 5.6.3)");
}

#[test]
fn x10_the_number_of_keys_is_limited() {
    let limits = Limits { keys: 5, ..Limits::default() };
    let error = Unverified::<Root>::new(signed_by(&root(1), &[1, 2])).verify_pinned(&Profile::Strict, &limits);
    assert_eq!(error.unwrap_err().to_string(), "root v1: keys: expected at most 5, found 6 (limit)");
    let mut signed = root(1);
    signed["keys"] = json!({});
    signed["roles"]["root"]["keyids"] = json!(["a", "b", "c", "d", "e", "f"]);
    let error = Unverified::<Root>::new(signed_by(&signed, &[])).verify_pinned(&Profile::Strict, &limits);
    assert_eq!(error.unwrap_err().to_string(), "root v1: keyids of a role: expected at most 5, found 6 (limit)");
}
