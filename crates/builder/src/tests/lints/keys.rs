//! L1 to L17: keys and thresholds.

use super::*;

const P256_PEM: &str = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n";
const P256_HEX: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

/// Adds a key object to the newest root's targets role, under `keyid` or its own.
fn add_key(root: &mut Object, key: Object, keyid: Option<&str>) -> String {
    let keyid = keyid.map_or_else(|| keyid_of(&key).to_string(), str::to_owned);
    inside(root, &["keys"]).insert(keyid.clone(), key.into());
    if let Some(Value::Array(keyids)) = inside(root, &["roles", "targets"]).get_mut("keyids") {
        keyids.push(keyid.as_str().into());
    }
    keyid
}

fn ecdsa(keytype: &str, public: &str) -> Object {
    let keyval = object([("public", public.into())]);
    object([("keytype", keytype.into()), ("scheme", "ecdsa-sha2-nistp256".into()), ("keyval", keyval.into())])
}

fn with_key(key: Object, keyid: Option<&str>) -> (Vec<String>, String) {
    let mut world = world();
    let keyid = add_key(world.newest(), key, keyid);
    (lints(&world.publish()), keyid[..8].to_owned())
}

#[test]
fn l1_a_keyid_is_the_hash_of_its_key() {
    let object = Key::compose(&public(5), Some("@dave"), None).object();
    let own = keyid_of(&object).short().to_owned();
    let (found, _) = with_key(object, Some(&"ab".repeat(32)));
    assert_eq!(found, [format!("error L1 2.root.json: expected keyid {own}, the hash of its key, found abababab")]);
}

#[test]
fn l2_a_keyid_covers_the_whole_key() {
    let mut object = Key::compose(&public(5), None, None).object();
    let core = keyid_of(&object).to_string();
    object.insert("x-tuf-on-ci-keyowner".into(), "@dave".into());
    let (found, keyid) = with_key(object, Some(&core));
    let text = "expected the hash of the whole key as keyid, found that of its core, for key";
    assert_eq!(found, [format!("warning L2 2.root.json: {text} {keyid}")]);
}

#[test]
fn l3_one_key_has_one_holder() {
    let object = Key::compose(&public(1), Some("@mallory"), None).object();
    let (found, _) = with_key(object, None);
    let (short, found) = (fingerprint(1).short(), of("L3", &found));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("error 2.root.json: expected one holder of key {short}, found @")));
}

#[test]
fn l4_a_key_signs_once() {
    // Alice's key under another keyid in the second root: she signs under the old and the new one.
    let mut world = world();
    let old = keyid("@alice", 1).to_string();
    let root = world.newest();
    inside(root, &["keys"]).remove(&old);
    let new = Key::compose(&public(1), Some("@alice-2"), None);
    inside(root, &["keys"]).insert(new.keyid().to_string(), new.object().into());
    for role in ["root", "targets"] {
        let swap = |id: &Value| if id.as_str() == Some(&old) { new.keyid().as_str().into() } else { id.clone() };
        let seats = inside(root, &["roles", role]);
        let keyids: Vec<Value> = seats.get("keyids").and_then(Value::as_array).unwrap().iter().map(swap).collect();
        seats.insert("keyids".into(), Value::Array(keyids));
    }
    let text = format!("expected one signature a key, found two keyids for key {}", fingerprint(1).short());
    assert_eq!(lints(&world.publish()), [format!("note L4 2.root.json: {text}")]);
}

#[test]
fn l5_a_key_does_not_change_under_its_keyid() {
    let mut world = world();
    let online = Key::compose(&public(4), None, Some("gcpkms:online")).keyid().to_string();
    let key = inside(world.newest(), &["keys", &online]);
    key.insert("x-tuf-on-ci-online-uri".into(), "gcpkms:moved".into());
    let found = lints(&world.publish());
    let text = format!("expected key {} as it was, found another x-tuf-on-ci-online-uri", &online[..8]);
    assert_eq!(of("L5", &found), [format!("error 2.root.json: {text}")]);
    assert_eq!(of("L1", &found).len(), 1);
    // The same at the draft, before anybody signs.
    let draft = Draft {
        delegated: [].into(),
        root: Some(Proposed::under(world.roots[1].clone().into(), &opaque(), &Limits::default()).unwrap()),
        targets: None,
    };
    let found = check(Some(&state()), &draft, at(CEREMONY));
    let found: Vec<_> = found.iter().map(|f| (f.lint.unwrap().id, f.place.as_str(), f.message.as_str())).collect();
    assert_eq!(found, [("L5", "root", text.as_str())]);
}

fn opaque() -> Profile {
    Profile::Deployed { keyid_exceptions: tuffet_metadata::KeyidExceptions::Opaque }
}

#[test]
fn l6_a_key_that_stays_is_written_as_it_was() {
    let mut world = world();
    add_key(&mut world.roots[0], ecdsa("ecdsa-sha2-nistp256", P256_PEM), None);
    let keyid = add_key(world.newest(), ecdsa("ecdsa", P256_PEM), None);
    let text = format!("expected keytype `ecdsa-sha2-nistp256` as before, found `ecdsa` in key {}", &keyid[..8]);
    assert_eq!(of("L6", &lints(&world.publish())), [format!("warning 2.root.json: {text}")]);
}

#[test]
fn l7_the_keytype_is_not_the_scheme() {
    let (found, keyid) = with_key(ecdsa("ecdsa-sha2-nistp256", P256_PEM), None);
    let text = "expected keytype `ecdsa`, found the scheme's name in key";
    assert_eq!(found, [format!("note L7 2.root.json: {text} {keyid}")]);
}

#[test]
fn l8_an_ecdsa_key_is_pem() {
    let (found, keyid) = with_key(ecdsa("ecdsa", P256_HEX), None);
    assert_eq!(found, [format!("warning L8 2.root.json: expected PEM, found a hex point in key {keyid}")]);
}

#[test]
fn l9_a_key_can_be_used() {
    let (found, keyid) = with_key(ecdsa("quantum", "00"), None);
    assert_eq!(found, [format!("warning L9 2.root.json: expected keys that can be used, found key {keyid}")]);
}

#[test]
fn l10_a_keyid_has_a_key() {
    let mut world = world();
    if let Some(Value::Array(keyids)) = inside(world.newest(), &["roles", "targets"]).get_mut("keyids") {
        keyids.push("cd".repeat(32).into());
    }
    let text = "expected a key for every keyid, found none for key cdcdcdcd";
    assert_eq!(lints(&world.publish()), [format!("warning L10 2.root.json: {text}")]);
}

/// The keys of one role of the newest root, and its threshold.
fn seat(world: &mut World, role: &str, seats: &[(&str, u8)], threshold: u64) {
    let root = world.newest();
    let mut keyids = Vec::new();
    for (owner, seed) in seats {
        let key = Key::compose(&public(*seed), Some(owner), None);
        inside(root, &["keys"]).insert(key.keyid().to_string(), key.object().into());
        keyids.push(Value::from(key.keyid().as_str()));
    }
    let members = inside(root, &["roles", role]);
    members.insert("keyids".into(), Value::Array(keyids));
    members.insert("threshold".into(), threshold.into());
}

#[test]
fn l11_an_online_key_signs_nothing_offline() {
    let mut world = world();
    seat(&mut world, "timestamp", &[("@alice", 1)], 1);
    let short = fingerprint(1).short();
    let text = |role| format!("error L11 2.root.json: {role}: expected keys that are not online, found key {short}");
    assert_eq!(lints(&world.publish()), [text("root"), text("targets")]);
}

#[test]
fn l12_a_p384_key_online_locks_clients_out() {
    let pem = "-----BEGIN PUBLIC KEY-----\nMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEqofKIr6LBTeOscce8yCtdG4dO2KLp5uY\n\
               WfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3NhfeSpYmLG9dnpi/kpLcKfj0Hb0omhR8\n\
               6doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f\n-----END PUBLIC KEY-----\n";
    let key = Key::compose(&PublicKey::from_pem(pem).unwrap(), None, None);
    let mut world = world();
    inside(world.newest(), &["keys"]).insert(key.keyid().to_string(), key.object().into());
    if let Some(Value::Array(keyids)) = inside(world.newest(), &["roles", "snapshot"]).get_mut("keyids") {
        keyids.push(key.keyid().as_str().into());
    }
    let text = format!("expected P-256 or Ed25519 online, found P-384 in key {}", key.keyid().short());
    let found = lints(&world.publish());
    assert_eq!(found, [format!("warning L12 2.root.json: {text}")]);
}

#[test]
fn l13_a_kms_uri_is_one_the_signer_takes() {
    let uri = |text: &str| {
        let mut world = world();
        let key = Key::compose(&public(6), None, Some(text));
        add_key(world.newest(), key.object(), None);
        of("L13", &lints(&world.publish()))
            .iter()
            .map(|line| line.split_once(", found").unwrap().0.to_owned())
            .collect::<Vec<_>>()
    };
    let name = |text: &str| Key::compose(&public(6), None, Some(text)).keyid().short().to_owned();
    let path = "projects/p/locations/global/keyRings/r/cryptoKeys/k";
    let slashes = format!("gcpkms://{path}/cryptoKeyVersions/1");
    let text = format!("error 2.root.json: key {}: expected gcpkms: without slashes", name(&slashes));
    assert_eq!(uri(&slashes), [text]);
    let bare = format!("gcpkms:{path}");
    let text = format!("error 2.root.json: key {}: expected a URI with /cryptoKeyVersions/N", name(&bare));
    assert_eq!(uri(&bare), [text]);
    assert_eq!(uri(&format!("gcpkms:{path}/cryptoKeyVersions/1")), [""; 0]);
    assert_eq!(uri("awskms:alias/k"), [""; 0]);
}

#[test]
fn l14_a_threshold_can_be_reached() {
    let mut world = world();
    inside(world.newest(), &["roles", "targets"]).insert("threshold".into(), 4u64.into());
    let found = lints(&world.publish());
    let text = "targets: expected a threshold of at most 3 (its distinct keys), found 4";
    assert_eq!(of("L14", &found), [format!("error 2.root.json: {text}")]);
}

#[test]
fn l15_one_stolen_key_is_not_enough() {
    let mut world = world();
    inside(world.newest(), &["roles", "targets"]).insert("threshold".into(), 1u64.into());
    let text = "targets: expected a threshold of at least 2, found 1: one stolen key is enough";
    assert_eq!(lints(&world.publish()), [format!("warning L15 2.root.json: {text}")]);
}

#[test]
fn l16_one_lost_key_does_not_end_a_role() {
    let mut world = world();
    inside(world.newest(), &["roles", "root"]).insert("threshold".into(), 3u64.into());
    let text = "root: expected more keys than the threshold 3, found as many: one lost key ends the role";
    assert_eq!(lints(&world.publish()), [format!("warning L16 2.root.json: {text}")]);
}

#[test]
fn l17_old_keyholders_carry_the_new_root() {
    let draft = next(&[replace(1, "@dave", 5), replace(2, "@erin", 6)]);
    let found = check(Some(&state()), &draft, at(CEREMONY));
    assert_eq!((found.len(), found[0].lint.unwrap().id, found[0].rule), (1, "L17", "R2"));
}
