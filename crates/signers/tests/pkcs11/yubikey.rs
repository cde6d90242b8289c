//! A YubiKey's PIV applet (emulated) through the two modules that keyholders have for it: Yubico's and OpenSC's.

use crate::card::{Accident, Applet, Desk, P256, P384, at_a_desk, missing};
use crate::{Person, error, uri};
use std::path::Path;
use std::process::Command;
use tuffet_keys::{Scheme, SignError};
use tuffet_signers::{Places, list, open};

const YKCS11: &str = "/usr/lib/x86_64-linux-gnu/libykcs11.so.2";
const OPENSC: &str = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";
const PIN: &str = "123456";

/// A card with keys in 9a (PIN once), 9c (PIN for every signature) and 9d (P-384), each with a certificate, in a reader;
/// `None`, said aloud, where a program is missing.
fn yubikey(desk: &Desk, module: &str) -> Option<crate::card::Card> {
    if missing("the module", module) || missing("yubico-piv-tool", "/usr/bin/yubico-piv-tool") {
        return None;
    }
    let card = desk.insert(0, Applet::new(12345678, [5, 4, 3]));
    let dir = tempfile::tempdir().unwrap();
    for (slot, algorithm, pin) in [(0x9a, P256, 2), (0x9c, P256, 3), (0x9d, P384, 2)] {
        card.applet().make(slot, algorithm, pin, 1);
        tool(dir.path(), &format!("-s {slot:x} -a attest -o cert.pem"));
        tool(dir.path(), &format!("-s {slot:x} -a import-certificate -i cert.pem"));
    }
    tool(dir.path(), "-a set-chuid");
    Some(card)
}

fn tool(dir: &Path, arguments: &str) {
    let done = Command::new("yubico-piv-tool").args(arguments.split_whitespace()).current_dir(dir).output().unwrap();
    assert!(done.status.success(), "{arguments}: {}", String::from_utf8_lossy(&done.stderr));
}

fn key(id: u8, module: &str) -> String {
    format!("pkcs11:id=%{id:02x}?module-path={module}")
}

fn signs(desk: &Desk, module: &str, device: &str, ids: &[(u8, Scheme)]) {
    let Some(card) = yubikey(desk, module) else { return };
    let listing = list(&Places { modules: vec![module.into()], ..Places::default() });
    assert_eq!(listing.troubles, []);
    assert!(listing.tokens[0].name.starts_with(device), "{}", listing.tokens[0].name);
    for (id, scheme) in ids {
        let listed = listing.tokens[0].keys.iter().find(|key| key.uri.to_string().contains(&format!(";id=%{id:02x}?")));
        let mut person = Person::with(&[PIN]);
        let opened = open(&listed.unwrap().uri, &mut person).unwrap_or_else(|e| panic!("{id}: {e}"));
        assert_eq!(opened.public_key().scheme(), *scheme);
        assert_eq!(listed.unwrap().public.as_ref(), Ok(opened.public_key()));
        for length in [1, 5000] {
            let message = vec![7; length];
            let signature = opened.sign(&message).unwrap_or_else(|e| panic!("{id}: {e}"));
            assert_eq!(opened.public_key().verify(&message, &signature), Ok(()));
        }
        assert_eq!(person.heard.len(), 1, "{:?}", person.heard);
    }
    // The two roles of a sitting, on one token and with the PIN once.
    let (mut person, mut careful) = (Person::with(&[PIN]), Person::with(&[PIN]));
    let first = open(&uri(&key(1, module)), &mut person).unwrap();
    let second = open(&uri(&key(2, module)), &mut careful).unwrap();
    for _ in 0..2 {
        assert!(first.sign(b"root").is_ok() && second.sign(b"targets").is_ok());
    }
    card.applet().accident = Some(Accident::Fault);
    assert!(matches!(first.sign(b"root"), Err(SignError::Wrong { .. })), "K11");
    card.applet().accident = None;
    assert!(first.sign(b"root").is_ok());
}

#[test]
fn k11_every_slot_signs_through_yubicos_module() {
    let ids = [(1, Scheme::EcdsaP256), (2, Scheme::EcdsaP256), (3, Scheme::EcdsaP384)];
    at_a_desk(|desk| signs(desk, YKCS11, "token \"YubiKey PIV #12345678\" of YubiKey YK5 serial 12345678", &ids));
}

#[test]
fn k11_every_slot_signs_through_opensc() {
    let ids = [(1, Scheme::EcdsaP256), (2, Scheme::EcdsaP256)];
    at_a_desk(|desk| signs(desk, OPENSC, "token \"YubiKey PIV Attestation 9a\" of PKCS#15 emulated serial ", &ids));
}

#[test]
fn k7_the_last_try_of_a_yubikey_is_left_alone_through_yubicos_module() {
    at_a_desk(|desk| {
        let Some(card) = yubikey(desk, YKCS11) else { return };
        let at = "token \"YubiKey PIV #12345678\" of YubiKey YK5 serial 12345678";
        let mut person = Person::with(&["111111", "222222", "333333"]);
        let wrong = error(open(&uri(&key(1, YKCS11)), &mut person));
        assert_eq!(wrong.to_string(), format!("{at}: wrong PIN, one try left"));
        assert_eq!(card.applet().pins.pin.left, 1);
        let mut person = Person::with(&["333333"]);
        let last = error(open(&uri(&key(1, YKCS11)), &mut person));
        let kept = "one try is left before the token locks: the PIN was not sent (K7)";
        assert_eq!(last.to_string(), format!("{at}: {kept}"));
        assert!(person.heard.is_empty());
        assert_eq!(card.applet().pins.pin.left, 1);
    });
}

#[test]
fn k7_a_wrong_pin_is_sent_once_through_opensc_which_does_not_say_what_is_left() {
    at_a_desk(|desk| {
        let Some(card) = yubikey(desk, OPENSC) else { return };
        let mut person = Person::with(&["111111", "222222"]);
        let wrong = error(open(&uri(&key(1, OPENSC)), &mut person)).to_string();
        assert!(wrong.ends_with(": wrong PIN"), "{wrong}");
        assert_eq!(card.applet().pins.pin.left, 2);
    });
}

#[test]
fn the_uri_of_a_tuf_on_ci_repository_opens_the_yubikey_it_means() {
    at_a_desk(|desk| {
        let Some(_card) = yubikey(desk, YKCS11) else { return };
        let opened = open(&uri("hsm:2?label=YubiKey+PIV+%2312345678"), &mut Person::with(&[PIN])).unwrap();
        assert!(opened.describe().ends_with("key \"Private key for Digital Signature\" (id 02)"));
        assert!(opened.sign(b"payload").is_ok());
        let other = error(open(&uri("hsm:2?label=YubiKey+PIV+%2387654321"), &mut Person::default())).to_string();
        let absent = "pkcs11:token=YubiKey%20PIV%20%2387654321;id=%02: not plugged in (found token \"YubiKey PIV ";
        assert!(other.starts_with(absent), "{other}");
    });
}

fn replugged(desk: &Desk, module: &str) {
    let Some(card) = yubikey(desk, module) else { return };
    let opened = open(&uri(&key(1, module)), &mut Person::with(&[PIN])).unwrap();
    assert!(opened.sign(b"payload").is_ok());
    let applet = card.pull();
    let gone = opened.sign(b"payload").unwrap_err().to_string();
    assert_eq!(gone, format!("{}: removed while it was in use: nothing was signed", opened.describe()));
    let card = desk.insert(0, applet);
    assert!(opened.sign(b"payload").is_ok(), "plugged in again");
    let _card = desk.insert(0, card.pull());
    assert!(opened.sign(b"payload").is_ok(), "pulled out and plugged in while nobody looked");
}

#[test]
fn x22_a_yubikey_that_was_pulled_out_is_taken_up_again_through_yubicos_module() {
    at_a_desk(|desk| replugged(desk, YKCS11));
}

#[test]
fn x22_a_yubikey_that_was_pulled_out_is_taken_up_again_through_opensc() {
    at_a_desk(|desk| replugged(desk, OPENSC));
}
