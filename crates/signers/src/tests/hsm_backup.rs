//! K13: a key on a second device, the same or none.

use super::{answering, error, never};
use crate::simulator::Simulator;
use crate::{
    AskError, Backup, CreateError, HsmUri, Key, KeyUri, NewKey, OpenError, Secret, YubiHsm, back_up, open, restore,
    share_wrap_key,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;
use tuffet_keys::{Scheme, Sign};
use yubihsm::object::Type;
use yubihsm::{Capability, Domain};

fn password(_prompt: &str) -> Result<Secret, AskError> {
    Ok(Secret::new(Simulator::PASSWORD.to_owned()))
}

fn hsm(device: &Simulator, object: u16) -> HsmUri {
    match device.uri(object).unwrap() {
        KeyUri::YubiHsm(hsm) => hsm,
        other => panic!("not a YubiHSM: {other}"),
    }
}

fn client(device: &Simulator) -> yubihsm::Client {
    let config = yubihsm::HttpConfig { port: device.address().port(), ..Default::default() };
    yubihsm::Client::open(yubihsm::Connector::http(&config), yubihsm::Credentials::default(), false).unwrap()
}

fn new_key(scheme: Scheme) -> NewKey {
    NewKey { backup: true, ..NewKey::new(scheme, "alice") }
}

/// Two devices that share wrap key 100, and a folder.
fn two() -> (Simulator, Simulator, tempfile::TempDir) {
    let (first, second) = (Simulator::start().unwrap(), Simulator::start().unwrap());
    share_wrap_key(&hsm(&first, 7), &hsm(&second, 7), 100, &mut password).unwrap();
    (first, second, tempfile::tempdir().unwrap())
}

fn objects(device: &Simulator) -> Vec<(u16, Type)> {
    let mut found: Vec<_> = client(device).list_objects(&[]).unwrap();
    found.sort_by_key(|entry| entry.object_id);
    found.into_iter().map(|entry| (entry.object_id, entry.object_type)).collect()
}

#[test]
fn k13_a_key_comes_back_on_the_second_device_and_signs_there() {
    let (first, second, folder) = two();
    let made = YubiHsm::generate(&hsm(&first, 7), &new_key(Scheme::EcdsaP256), &mut password).unwrap();
    assert_eq!(
        made.holder().claims[1..],
        ["generated on the device", "capabilities sign-ecdsa, exportable-under-wrap"]
    );
    let path = folder.path().join("alice.backup");
    let backup = back_up(&hsm(&first, 7), 100, &path, &mut password).unwrap();
    assert_eq!(
        (backup.serial.as_str(), backup.object, backup.wrap_key, backup.label.as_str()),
        ("0123456789", 7, 100, "alice")
    );
    assert_eq!(Backup::read(&path).unwrap(), backup);
    assert_eq!(mode(&path), 0o600);
    let restored = restore(&hsm(&second, 7), &Backup::read(&path).unwrap(), &mut password).unwrap();
    assert_eq!(restored.public_key(), made.public_key());
    assert_eq!(
        restored.holder().claims[1..],
        ["generated on another device, restored from a backup", "capabilities sign-ecdsa, exportable-under-wrap"]
    );
    drop(first);
    let opened = open(&second.uri(7).unwrap(), &mut password).unwrap();
    assert_eq!(made.public_key().verify(b"payload", &opened.sign(b"payload").unwrap()), Ok(()));
}

fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
}

#[test]
fn k13_another_key_than_the_backups_is_deleted_again() {
    let (first, second, folder) = two();
    // The simulated device exports the public half of an Ed25519 key as if it were the private one: what comes back
    // is another key.
    let made = YubiHsm::generate(&hsm(&first, 7), &new_key(Scheme::Ed25519), &mut password).unwrap();
    let backup = back_up(&hsm(&first, 7), 100, &folder.path().join("alice.backup"), &mut password).unwrap();
    let refused = error(restore(&hsm(&second, 7), &backup, &mut password));
    let CreateError::AnotherKey { expected, found, deleted: true, .. } = &refused else { panic!("{refused}") };
    assert_eq!(*expected, made.public_key().fingerprint());
    assert_eq!(
        refused.to_string(),
        format!(
            "{}: expected the key {} to come back, found {found}: it was deleted again (K13)",
            hsm(&second, 7),
            expected.short()
        )
    );
    assert_eq!(
        refused.hint().as_deref(),
        Some("the file, the wrap key or the device is not what it should be: find out which first")
    );
    assert_eq!(objects(&second), [(1, Type::AuthenticationKey), (100, Type::WrapKey)]);
    assert!(matches!(error(open(&second.uri(7).unwrap(), &mut password)), OpenError::NoObject { .. }));
}

#[test]
fn k13_a_backup_whose_public_key_was_changed_is_refused() {
    let (first, second, folder) = two();
    YubiHsm::generate(&hsm(&first, 7), &new_key(Scheme::EcdsaP256), &mut password).unwrap();
    let other = YubiHsm::generate(&hsm(&first, 8), &new_key(Scheme::EcdsaP256), &mut password).unwrap();
    let mut backup = back_up(&hsm(&first, 7), 100, &folder.path().join("alice.backup"), &mut password).unwrap();
    backup.public_key = other.public_key().clone();
    let refused = error(restore(&hsm(&second, 7), &backup, &mut password));
    assert!(matches!(refused, CreateError::AnotherKey { deleted: true, .. }), "{refused}");
    assert_eq!(objects(&second).len(), 2, "and nothing stays");
}

#[test]
fn k13_an_object_of_another_kind_in_the_backup_is_deleted_again() {
    let (first, second, folder) = two();
    YubiHsm::generate(&hsm(&first, 7), &new_key(Scheme::EcdsaP256), &mut password).unwrap();
    let backup = back_up(&hsm(&first, 7), 100, &folder.path().join("alice.backup"), &mut password).unwrap();
    // Somebody at the first device wraps another object under the same key, and puts it into the file.
    let device = client(&first);
    let (domain, leave) = (Domain::DOM1, Capability::EXPORTABLE_UNDER_WRAP);
    device.put_opaque(7, "x".into(), domain, leave, yubihsm::opaque::Algorithm::Data, b"x".to_vec()).unwrap();
    let wrapped = device.export_wrapped(100, Type::Opaque, 7).unwrap();
    let mut text: serde_json::Value = serde_json::from_str(&backup.to_text()).unwrap();
    text["wrapped"] = STANDARD.encode(wrapped.into_vec()).into();
    let swapped = Backup::parse(&text.to_string()).unwrap();
    let refused = error(restore(&hsm(&second, 7), &swapped, &mut password));
    assert_eq!(
        refused.to_string(),
        format!(
            "{}: expected the key {} to come back, found object 7, an opaque object: it was deleted again (K13)",
            hsm(&second, 7),
            backup.public_key.fingerprint().short()
        )
    );
    assert_eq!(objects(&second), [(1, Type::AuthenticationKey), (100, Type::WrapKey)]);
}

#[test]
fn k13_no_changed_byte_of_what_is_wrapped_comes_back() {
    let (first, second, folder) = two();
    YubiHsm::generate(&hsm(&first, 7), &new_key(Scheme::EcdsaP256), &mut password).unwrap();
    let backup = back_up(&hsm(&first, 7), 100, &folder.path().join("alice.backup"), &mut password).unwrap();
    let text = backup.to_text();
    let wrapped = text.lines().find(|line| line.contains("\"wrapped\"")).unwrap().to_owned();
    let bytes = STANDARD.decode(wrapped.split('"').nth(3).unwrap()).unwrap();
    // Nonce, ciphertext and tag, every sixth byte and the cut ends: a session costs a moment.
    let changed = (0..bytes.len()).step_by(6).map(|at| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    });
    let cut = [0, 12, 13, bytes.len() / 2, bytes.len() - 1].map(|end| bytes[..end].to_vec());
    for bytes in changed.chain(cut) {
        let other = STANDARD.encode(&bytes);
        let text = text.replace(&wrapped, &format!("  \"wrapped\": \"{other}\""));
        assert!(restore(&hsm(&second, 7), &Backup::parse(&text).unwrap(), &mut password).is_err());
    }
    assert_eq!(objects(&second), [(1, Type::AuthenticationKey), (100, Type::WrapKey)]);
}

#[test]
fn keys_leave_the_device_only_where_that_was_asked_for() {
    let (first, _second, folder) = two();
    let uri = hsm(&first, 7);
    let made = YubiHsm::generate(&uri, &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password).unwrap();
    assert_eq!(made.holder().claims[1..], ["generated on the device", "capabilities sign-ecdsa"]);
    let path = folder.path().join("alice.backup");
    let refused = error(back_up(&uri, 100, &path, &mut password));
    assert_eq!(
        refused.to_string(),
        format!(
            "{uri}: refused: the key was made without leave to be backed up, which cannot be given later: let another \
             keyholder have a key of their own, or make a new one with backup (K13)"
        )
    );
    assert!(!path.exists());
}

#[test]
fn what_stands_in_the_way_of_a_backup_is_said() {
    let (first, second, folder) = two();
    let path = folder.path().join("alice.backup");
    let missing = error(back_up(&hsm(&first, 7), 100, &path, &mut password));
    assert_eq!(missing.to_string(), format!("{}: there is no asymmetric key 7 on the device", hsm(&first, 7)));
    YubiHsm::generate(&hsm(&first, 7), &new_key(Scheme::EcdsaP256), &mut password).unwrap();
    let no_wrap_key = "refused: there is no wrap key 99 on the device: share one between both first";
    let missing = error(back_up(&hsm(&first, 7), 99, &path, &mut password));
    assert_eq!(missing.to_string(), format!("{}: {no_wrap_key}", hsm(&first, 7)));
    assert!(!path.exists());
    let mut backup = back_up(&hsm(&first, 7), 100, &path, &mut password).unwrap();
    let again = error(back_up(&hsm(&first, 7), 100, &path, &mut password));
    assert_eq!(again, CreateError::Exists { path: path.clone() });

    let other = error(restore(&hsm(&second, 8), &backup, &mut never));
    assert_eq!(
        other.to_string(),
        format!("{}: refused: the backup is of object 7, and keeps its number", hsm(&second, 8))
    );
    let there = error(restore(&hsm(&first, 7), &backup, &mut password));
    assert!(matches!(there, CreateError::Occupied { object: 7, .. }), "{there}");
    backup.wrap_key = 99;
    let missing = error(restore(&hsm(&second, 7), &backup, &mut password));
    assert_eq!(missing.to_string(), format!("{}: {no_wrap_key}", hsm(&second, 7)));
}

#[test]
fn another_wrap_key_of_the_same_number_opens_nothing() {
    let (first, _, folder) = two();
    let (third, _second, _folder) = two();
    YubiHsm::generate(&hsm(&first, 7), &new_key(Scheme::EcdsaP256), &mut password).unwrap();
    let backup = back_up(&hsm(&first, 7), 100, &folder.path().join("alice.backup"), &mut password).unwrap();
    let refused = error(restore(&hsm(&third, 7), &backup, &mut password)).to_string();
    assert!(refused.contains("refused: wrap key 100 does not open the backup"), "{refused}");
    assert_eq!(objects(&third), [(1, Type::AuthenticationKey), (100, Type::WrapKey)]);
}

#[test]
fn a_wrap_key_is_put_on_both_devices_or_on_none() {
    let (first, second) = (Simulator::start().unwrap(), Simulator::start().unwrap());
    let same = error(share_wrap_key(&hsm(&first, 7), &hsm(&first, 8), 100, &mut password));
    assert_eq!(
        same.to_string(),
        format!("{}: refused: it is the same device: a backup lies on another", hsm(&first, 8))
    );
    let wrong =
        error(share_wrap_key(&hsm(&first, 7), &hsm(&second, 7), 100, &mut answering(&["password"], &mut Vec::new())));
    assert!(matches!(wrong, CreateError::Open(OpenError::NotGiven { .. })), "{wrong}");
    assert_eq!(objects(&first), [(1, Type::AuthenticationKey)], "nobody gave the second password");
    share_wrap_key(&hsm(&first, 7), &hsm(&second, 7), 100, &mut password).unwrap();
    let taken = error(share_wrap_key(&hsm(&first, 7), &hsm(&second, 7), 100, &mut password));
    assert!(matches!(&taken, CreateError::Occupied { object: 100, label, .. } if label == "tuffet backup"), "{taken}");
    for (device, may) in [(&first, Capability::EXPORT_WRAPPED), (&second, Capability::IMPORT_WRAPPED)] {
        let info = client(device).get_object_info(100, Type::WrapKey).unwrap();
        assert_eq!(info.capabilities, may);
        assert!(!info.delegated_capabilities.contains(Capability::EXPORT_WRAPPED));
    }
    let other = Simulator::start().unwrap();
    let taken = error(share_wrap_key(&hsm(&other, 7), &hsm(&second, 7), 100, &mut password));
    assert!(matches!(taken, CreateError::Occupied { object: 100, .. }), "{taken}");
    assert_eq!(objects(&other), [(1, Type::AuthenticationKey)]);
}

#[test]
fn what_is_no_backup_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice.backup");
    let key = crate::FileKey::from_seed("alice", Scheme::EcdsaP256, &[7; 32]).unwrap();
    let pem = key.public_key().to_pem();
    let good = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut value = serde_json::json!({
            "schema": "tuffet-yubihsm-backup-v1", "serial": "0012345678", "object": 7, "wrap_key": 100,
            "label": "alice", "public_key": pem, "wrapped": "AAAA",
        });
        change(&mut value);
        value.to_string()
    };
    for (text, found) in [
        ("hello".to_owned(), "expected value at line 1 column 1".to_owned()),
        (good(&|v| v["schema"] = "tuffet-yubihsm-backup-v2".into()), "schema `tuffet-yubihsm-backup-v2`".into()),
        (good(&|v| v["wrapped"] = "!".into()), "base64 with Invalid symbol 33, offset 0.".into()),
        (good(&|v| v["public_key"] = "x".into()), "expected one PEM block PUBLIC KEY, found 0 blocks".into()),
        (good(&|_| ()) + "{}", "trailing characters".into()),
        (good(&|v| v["colour"] = "red".into()), "unknown field `colour`".into()),
    ] {
        std::fs::write(&path, text).unwrap();
        let said = Backup::read(&path).unwrap_err().to_string();
        let expected = format!("{}: expected a backup of a key on a YubiHSM, found {found}", path.display());
        assert!(said.starts_with(&expected), "{said}");
    }
}
