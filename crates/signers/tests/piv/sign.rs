//! Signatures, and what happens to them on the way.

use crate::card::{Accident, Applet, Card, Desk, P256, P384, at_a_desk};
use crate::person::{Person, error, uri};
use tuffet_keys::Scheme;
use tuffet_signers::{HolderKind, Key, Places, SignError, list, open, public_key};

fn card(desk: &Desk, firmware: [u8; 3], pin: u8, touch: u8) -> Card {
    let mut applet = Applet::new(12345678, firmware);
    applet.make(0x9c, P256, pin, touch);
    applet.make(0x9a, P384, pin, touch);
    desk.insert(0, applet)
}

fn hint(failed: &SignError) -> Option<&str> {
    match failed {
        SignError::Failed { hint, .. } => hint.as_deref(),
        _ => None,
    }
}

fn opened(text: &str) -> Box<dyn Key> {
    open(&uri(text), &mut Person::answering(&["123456"])).unwrap()
}

#[test]
fn k11_both_curves_sign_under_every_policy_and_one_pin_serves_a_sitting() {
    at_a_desk(|desk| {
        for firmware in [[5, 7, 1], [5, 2, 7], [4, 3, 7]] {
            for (pin, touch) in [(1, 1), (2, 2), (3, 3)] {
                let card = card(desk, firmware, pin, touch);
                for (text, scheme) in [("piv:9c", Scheme::EcdsaP256), ("piv:9a?serial=12345678", Scheme::EcdsaP384)] {
                    let mut person = Person::answering(&["123456"]);
                    let key = open(&uri(text), &mut person).unwrap();
                    assert_eq!(person.prompts.len(), usize::from(pin != 1), "a key that wants no PIN is sent none");
                    assert_eq!(key.public_key().scheme(), scheme);
                    assert_eq!(public_key(&uri(text), &mut Person::default()).unwrap(), *key.public_key());
                    for message in [&b""[..], b"payload", &[b'x'; 100_000]] {
                        let signature = key.sign(message).unwrap();
                        assert_eq!(key.public_key().verify(message, &signature), Ok(()));
                    }
                    assert_eq!(person.prompts.len(), usize::from(pin != 1));
                }
                assert_eq!(card.applet().touches, if touch == 1 { 0 } else { 6 });
                card.pull();
            }
        }
    });
}

#[test]
fn a_key_names_its_holder_and_what_a_person_must_do() {
    at_a_desk(|desk| {
        let _card = card(desk, [5, 4, 3], 3, 2);
        let mut person = Person::answering(&["123456"]);
        let key = open(&uri("piv:9c"), &mut person).unwrap();
        assert_eq!(key.describe(), "YubiKey serial 12345678, slot 9c");
        assert_eq!(key.action().unwrap(), "touch YubiKey serial 12345678 when it blinks");
        assert_eq!(person.told, ["each signature wants this: touch YubiKey serial 12345678 when it blinks"]);
        let holder = key.holder();
        assert_eq!(holder.to_string(), "YubiKey PIV serial 12345678, slot 9c");
        assert_eq!(holder.claims, ["firmware 5.4.3", "generated on the YubiKey", "PIN always", "touch always"]);
    });
}

#[test]
fn a_key_of_old_firmware_is_known_by_its_certificate_alone() {
    at_a_desk(|desk| {
        let card = card(desk, [4, 2, 5], 2, 2);
        let missing = error(open(&uri("piv:9c"), &mut Person::default()));
        assert_eq!(missing.to_string(), "piv:9c: there is no such key on it");
        card.applet().certify(0x9c, &[0x5f, 0xc1, 0x0a]);
        let mut person = Person::answering(&["123456"]);
        let key = open(&uri("piv:9c"), &mut person).unwrap();
        assert_eq!(key.public_key().verify(b"payload", &key.sign(b"payload").unwrap()), Ok(()));
        assert_eq!(key.holder().claims, ["firmware 4.2.5"], "it says no more");
        assert_eq!(key.evidence(), Ok(None));
        assert_eq!(key.action().unwrap(), "touch YubiKey serial 12345678 when it blinks", "if it does");
        // Another key's certificate in the slot is a wrong signature, not a wrong signer.
        card.applet().certify(0x9a, &[0x5f, 0xc1, 0x0a]);
        let other = opened("piv:9c");
        assert!(other.sign(b"payload").is_err());
    });
}

#[test]
fn the_list_names_every_yubikey_its_keys_and_what_to_type() {
    at_a_desk(|desk| {
        let first = card(desk, [5, 4, 3], 2, 1);
        first.applet().import(0x82, P256);
        let _second = desk.insert(1, Applet::new(3, [5, 7, 4]));
        let listing = list(&Places { piv: true, ..Places::default() });
        assert_eq!(listing.troubles, []);
        let names: Vec<&str> = listing.tokens.iter().map(|token| token.name.as_str()).collect();
        assert_eq!(names, ["YubiKey serial 3, firmware 5.7.4", "YubiKey serial 12345678, firmware 5.4.3"]);
        assert_eq!(listing.tokens[0].keys, []);
        let keys: Vec<(String, String)> = listing.tokens[1]
            .keys
            .iter()
            .map(|found| (found.uri.to_string(), found.public.as_ref().unwrap().scheme().to_string()))
            .collect();
        assert_eq!(
            keys,
            [
                ("piv:9a?serial=12345678".to_owned(), "ECDSA P-384".to_owned()),
                ("piv:9c?serial=12345678".to_owned(), "ECDSA P-256".to_owned()),
                ("piv:82?serial=12345678".to_owned(), "ECDSA P-256".to_owned())
            ]
        );
        assert_eq!(listing.tokens[1].keys[2].holder.claims[1], "imported");
        assert_eq!(listing.tokens[1].keys[2].holder.kind, HolderKind::YubiKeyPiv);
        assert_eq!(first.applet().pins.sent, 0);
    });
}

#[test]
fn x22_removed_while_it_signs_is_said_and_the_next_sitting_works() {
    at_a_desk(|desk| {
        let card = card(desk, [5, 4, 3], 2, 1);
        let key = opened("piv:9c");
        card.applet().accident = Some(Accident::Pulled);
        let failed = key.sign(b"payload").unwrap_err();
        let said = "YubiKey serial 12345678, slot 9c: removed while it was in use: nothing was signed";
        assert_eq!(failed.to_string(), said);
        assert_eq!(hint(&failed), Some("plug it in and run the command again"));
        assert_eq!(key.sign(b"payload").unwrap_err().to_string(), said, "and stays so");
        let again = desk.insert(0, card.pull());
        assert!(opened("piv:9c").sign(b"payload").is_ok());
        drop(again);
    });
}

#[test]
fn k11_a_wrong_signature_is_dropped_and_garbage_is_no_signature() {
    at_a_desk(|desk| {
        let card = card(desk, [5, 4, 3], 2, 1);
        let key = opened("piv:9c");
        card.applet().accident = Some(Accident::Fault);
        let signer = "YubiKey serial 12345678, slot 9c".to_owned();
        assert_eq!(key.sign(b"payload"), Err(SignError::Wrong { signer: signer.clone() }));
        card.applet().accident = Some(Accident::Garbage);
        assert_eq!(
            key.sign(b"payload").unwrap_err().to_string(),
            format!("{signer}: an answer that makes no sense: expected the answer of a YubiKey, found other bytes")
        );
        assert!(key.sign(b"payload").is_ok(), "and it recovers");
    });
}

#[test]
fn x22_a_touch_that_does_not_come_is_said_and_a_slow_card_is_waited_for() {
    at_a_desk(|desk| {
        for firmware in [[5, 4, 3], [4, 3, 7]] {
            let card = card(desk, firmware, 3, 2);
            let key = opened("piv:9c");
            card.applet().accident = Some(Accident::Untouched);
            let failed = key.sign(b"payload").unwrap_err();
            let said = "YubiKey serial 12345678, slot 9c: not touched in time: nothing was signed";
            assert_eq!(failed.to_string(), said);
            assert_eq!(hint(&failed), Some("run the command again, and touch it when it blinks"));
            card.applet().accident = Some(Accident::Slow);
            assert!(key.sign(b"payload").is_ok());
            assert_eq!(card.applet().touches, 1);
            drop(key);
            card.pull();
        }
    });
}

#[test]
fn x22_another_key_in_the_slot_since_it_was_opened_gives_no_signature() {
    at_a_desk(|desk| {
        let card = card(desk, [5, 4, 3], 2, 1);
        let key = opened("piv:9c");
        card.applet().make(0x9c, P256, 2, 1);
        let signer = "YubiKey serial 12345678, slot 9c".to_owned();
        assert_eq!(key.sign(b"payload"), Err(SignError::Wrong { signer }));
        assert!(error(open(&uri("piv:9d"), &mut Person::default())).to_string().starts_with("piv:9d: there is no"));
    });
}
