//! go-tuf's key files: read once, wherever they are what they say.

use super::{answering, error, never};
use crate::{CreateError, FileKey, KeyUri, open};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tuffet_keys::Sign;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A key as go-tuf writes it, from a seed of this byte.
fn entry(seed: u8) -> Value {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let public = hex(pair.public_key().as_ref());
    json!({
        "keytype": "ed25519", "scheme": "ed25519", "keyid_hash_algorithms": ["sha256", "sha512"],
        "keyval": {"public": public, "private": hex(&[seed; 32]) + &public},
    })
}

fn file(value: &Value) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("root.json");
    fs::write(&path, serde_json::to_string_pretty(value).unwrap()).unwrap();
    (dir, path)
}

fn plain(keys: &[Value]) -> (TempDir, PathBuf) {
    file(&json!({"encrypted": false, "data": keys}))
}

/// Of a file that is refused before anybody is asked for a passphrase, and leaves nothing behind.
fn refused(dir: &Path, from: &Path, number: Option<usize>) -> (String, Option<String>) {
    let error = error(FileKey::import_go_tuf(from, number, &dir.join("new.pem"), &mut never));
    assert!(!dir.join("new.pem").exists());
    let (text, hint) = (error.to_string(), error.hint());
    let text = text.strip_prefix(&format!("key file {}: ", from.display())).unwrap_or(&text).to_owned();
    assert!(!text.contains("0707"), "a key in a message: {text}");
    (text, hint)
}

#[test]
fn x2_a_key_of_go_tuf_signs_from_an_encrypted_file() {
    let (dir, from) = plain(&[entry(7)]);
    let (to, mut prompts) = (dir.path().join("old.pem"), Vec::new());
    let made = FileKey::import_go_tuf(&from, None, &to, &mut answering(&["horse", "horse"], &mut prompts)).unwrap();
    let expected = format!("new passphrase for key file {}", to.display());
    assert_eq!(prompts, [format!("{expected}: "), format!("{expected}, again: ")]);
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    assert_eq!(made.public_key().to_tuf_public(), hex(pair.public_key().as_ref()));
    let opened = open(&KeyUri::File(to.clone()), &mut answering(&["horse"], &mut Vec::new())).unwrap();
    assert_eq!(opened.sign(b"payload").unwrap(), pair.sign(b"payload").as_ref());
    assert_eq!(opened.holder().claims, ["made by go-tuf, and kept without encryption before"]);
    assert!(!fs::read_to_string(&to).unwrap().contains(&hex(&[7; 32])));
    assert!(from.exists(), "what to do with the old file is its owner's to say");
}

#[test]
fn one_of_several_keys_is_named_by_its_place() {
    let (dir, from) = plain(&[entry(7), entry(8)]);
    let expected = "expected go-tuf's keys of a role, one Ed25519 key without encryption, found 2".to_owned();
    let hint = "name the one that is meant by its place: --number 1 is the first".to_owned();
    assert_eq!(refused(dir.path(), &from, None), (expected, Some(hint)));
    for number in [0, 3] {
        let expected = format!(
            "expected go-tuf's keys of a role, one Ed25519 key without encryption, found no key {number} among 2"
        );
        assert_eq!(refused(dir.path(), &from, Some(number)).0, expected);
    }
    let to = dir.path().join("second.pem");
    let made = FileKey::import_go_tuf(&from, Some(2), &to, &mut answering(&["x", "x"], &mut Vec::new())).unwrap();
    let pair = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
    assert_eq!(made.public_key().to_tuf_public(), hex(pair.public_key().as_ref()));
}

#[test]
fn what_is_no_open_ed25519_key_of_go_tuf_is_refused_and_never_quoted() {
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut key = entry(7);
        change(&mut key);
        let (dir, from) = plain(&[key]);
        refused(dir.path(), &from, None).0
    };
    let head = "expected go-tuf's keys of a role, one Ed25519 key without encryption, found ";
    let swapped = broken(&|key| key["keyval"]["public"] = entry(8)["keyval"]["public"].clone());
    assert_eq!(swapped, format!("{head}a public key that is not that of the private key"));
    let half = broken(&|key| {
        let other = entry(8)["keyval"]["public"].as_str().unwrap().to_owned();
        key["keyval"]["private"] = (hex(&[7; 32]) + &other).into();
    });
    assert_eq!(half, swapped);
    let short = broken(&|key| key["keyval"]["private"] = hex(&[7; 32]).into());
    assert_eq!(short, format!("{head}a private key that is no 64 bytes of hex"));
    let letters = broken(&|key| key["keyval"]["private"] = "z".repeat(128).into());
    assert_eq!(letters, short);
    assert_eq!(broken(&|key| key["keytype"] = "ecdsa".into()), format!("{head}keytype `ecdsa`"));
    let text = broken(&|key| key["keyval"] = hex(&[7; 32]).into());
    assert!(text.starts_with(&format!("{head}other JSON (line ")), "{text}");

    let (dir, from) = file(&json!({"encrypted": true, "data": {"kdf": {"name": "scrypt"}, "ciphertext": "AAAA"}}));
    let (text, hint) = refused(dir.path(), &from, None);
    assert_eq!(text, "expected go-tuf's keys without encryption, found them encrypted");
    assert!(hint.unwrap().starts_with("scrypt with NaCl's secretbox is not read here"));
    fs::write(&from, "x".repeat(70_000)).unwrap();
    assert_eq!(refused(dir.path(), &from, None).0, format!("{head}more than 65536 bytes"));
    fs::remove_file(&from).unwrap();
    assert_eq!(refused(dir.path(), &from, None).0, "cannot be read: No such file or directory (os error 2)");
}

#[test]
fn a_file_that_is_there_and_two_passphrases_leave_everything_as_it_was() {
    let (dir, from) = plain(&[entry(7)]);
    let to = dir.path().join("new.pem");
    let unlike = FileKey::import_go_tuf(&from, None, &to, &mut answering(&["a", "b"], &mut Vec::new()));
    assert_eq!(error(unlike), CreateError::NotTheSame { path: to.clone() });
    assert!(!to.exists());
    let error = error(FileKey::import_go_tuf(&from, None, &from, &mut never));
    assert_eq!(error, CreateError::Exists { path: from });
}
