//! New keys: in the slot that was named, after a word where one is lost, and in no other.

use crate::card::{AES192, Applet, P256, P384, TDES, at_a_desk};
use crate::evidence::proved;
use crate::person::{Person, error, uri};
use tuffet_attestation::{PinPolicy, TouchPolicy};
use tuffet_keys::Scheme;
use tuffet_signers::{NewKey, generate, open};

const RESET: u8 = 0xfb;
const GENERATE: u8 = 0x47;

fn p256() -> NewKey {
    NewKey { touch: TouchPolicy::Never, ..NewKey::new(Scheme::EcdsaP256, "alice") }
}

#[test]
fn a_new_key_has_the_policies_asked_for_proves_itself_and_signs() {
    at_a_desk(|desk| {
        for (firmware, kind) in [([5, 7, 1], AES192), ([5, 4, 3], TDES), ([4, 3, 7], TDES)] {
            let card = desk.insert(0, Applet::new(7, firmware));
            assert_eq!(card.applet().management.algorithm, kind);
            card.applet().make(0x9a, P384, 2, 1);
            let before = card.applet().slots[&0x9a].secret.point();
            let new = NewKey { pin: PinPolicy::Always, ..NewKey::new(Scheme::EcdsaP384, "alice") };
            let mut person = Person { word: Some("overwrite"), ..Person::answering(&["123456", ""]) };
            let key = generate(&uri("piv:9c?serial=7"), &new, &mut person).unwrap();
            assert_eq!(
                person.prompts,
                [
                    "PIN of YubiKey serial 7: ",
                    "management key of YubiKey serial 7 (hexadecimal; empty: the factory's): "
                ]
            );
            let signature = key.sign(b"payload").unwrap();
            assert_eq!(key.public_key().verify(b"payload", &signature), Ok(()));
            let mut claims = vec![format!("firmware {}.{}.{}", firmware[0], firmware[1], firmware[2])];
            claims.extend(["generated on the YubiKey", "PIN always", "touch always"].map(str::to_owned));
            assert_eq!(key.holder().claims, claims);
            let evidence = key.evidence().unwrap().unwrap();
            let statement = proved(&evidence, key.public_key()).unwrap();
            assert_eq!((statement.pin, statement.touch), (Some(PinPolicy::Always), Some(TouchPolicy::Always)));
            let applet = card.applet();
            assert_eq!((applet.slots[&0x9c].pin, applet.slots[&0x9c].touch, applet.touches), (3, 2, 1));
            assert_eq!(applet.slots[&0x9a].secret.point(), before);
            assert_eq!(applet.slots.len(), 2);
            let point = applet.slots[&0x9c].secret.point();
            let object = &applet.objects[&[0x5f, 0xc1, 0x0a][..]];
            assert!(object.windows(point.len()).any(|part| part == point), "PKCS#11 modules look for a certificate");
            assert_eq!((applet.count(RESET), applet.count(GENERATE)), (0, 1));
            drop(applet);
            // Firmware from 5.7 on has no word to say; older firmware can be copied; older still shows no empty slot.
            let warning = format!(
                "YubiKey serial 7 has firmware {}.{}.{}: who has it for a day in a laboratory can copy its ECDSA keys \
                 (YSA-2024-03), firmware 5.7.0 and later cannot be copied so",
                firmware[0], firmware[1], firmware[2]
            );
            assert_eq!(person.told.contains(&warning), kind == TDES, "{:?}", person.told);
            let blind = "Slot 9c of YubiKey serial 7 holds perhaps a key (firmware 4.3.7 does not tell). It will be \
                         lost for ever. [overwrite]";
            assert_eq!(person.questions, if firmware[0] == 4 { vec![blind.to_owned()] } else { Vec::new() });
            drop(key);
            card.pull();
        }
    });
}

#[test]
fn an_occupied_slot_is_lost_only_after_the_exact_word() {
    at_a_desk(|desk| {
        let card = desk.insert(0, Applet::new(7, [5, 7, 1]));
        card.applet().make(0x9c, P256, 1, 1);
        let before = card.applet().slots[&0x9c].secret.point();
        for word in [None, Some("yes")] {
            let mut person = Person { word, ..Person::answering(&["123456", ""]) };
            let refusal = error(generate(&uri("piv:9c"), &p256(), &mut person));
            let what = "an ECDSA P-256 key, generated on the YubiKey";
            assert_eq!(refusal.to_string(), format!("piv:9c: a key is there already ({what}): it was not changed"));
            let helps = "choose another slot, or type `overwrite` when asked";
            assert_eq!(refusal.hint().unwrap(), helps);
            let question = format!("Slot 9c of YubiKey serial 7 holds {what}. It will be lost for ever. [overwrite]");
            assert_eq!(person.questions, [question]);
            assert_eq!(person.prompts.len(), 0);
        }
        assert_eq!(card.applet().slots[&0x9c].secret.point(), before);
        assert_eq!(card.applet().count(GENERATE), 0);

        card.applet().import(0x9d, P384);
        let refusal = error(generate(&uri("piv:9d"), &p256(), &mut Person::default()));
        assert!(refusal.to_string().contains("(an ECDSA P-384 key, imported)"), "{refusal}");
        let anything = card.applet().objects[&[0x5f, 0xff, 0x01][..]].clone();
        card.applet().objects.insert(vec![0x5f, 0xc1, 0x05], anything);
        let refusal = error(generate(&uri("piv:9a"), &p256(), &mut Person::default()));
        assert!(refusal.to_string().contains("(a certificate)"), "{refusal}");

        let mut person = Person { word: Some("overwrite"), ..Person::answering(&["123456", ""]) };
        let key = generate(&uri("piv:9c"), &p256(), &mut person).unwrap();
        assert_ne!(card.applet().slots[&0x9c].secret.point(), before);
        assert!(key.sign(b"payload").is_ok());
    });
}

#[test]
fn a_wrong_management_key_or_pin_makes_no_key_and_is_not_repeated() {
    at_a_desk(|desk| {
        let typed =
            ["00112233445566778899aabbccddeeff0011223344556677", "0011", "zz", "0101010101010101".repeat(3).leak()];
        for firmware in [[5, 7, 1], [5, 4, 3]] {
            let card = desk.insert(0, Applet::new(7, firmware));
            for answer in typed {
                let mut person = Person::answering(&["123456", answer]);
                let refusal = error(generate(&uri("piv:9c"), &p256(), &mut person));
                let said = match answer.len() {
                    48 => "piv:9c: refused: wrong management key: no key was made",
                    _ => "piv:9c: refused: a management key is 32, 48 or 64 hexadecimal digits: it was not sent",
                };
                assert_eq!(refusal.to_string(), said);
                let all = format!("{refusal:?} {refusal} {:?} {:?} {:?}", refusal.hint(), person.prompts, person.told);
                assert!(!all.contains("0011") && !all.contains("0101") && !all.contains("123456"), "{all}");
            }
            let refusal = error(generate(&uri("piv:9c"), &p256(), &mut Person::answering(&["654321", ""])));
            assert_eq!(refusal.to_string(), "piv:9c: wrong PIN, 2 tries left");
            assert!(card.applet().slots.is_empty());
            assert_eq!(card.applet().count(GENERATE), 0);
            card.pull();
        }
    });
}

#[test]
fn another_management_key_is_typed_in_hexadecimal() {
    at_a_desk(|desk| {
        for (firmware, key) in [
            ([5, 7, 1], "00112233445566778899AABBCCDDEEFF"),
            ([5, 4, 3], "00112233445566778899aabbccddeeff8899aabbccddeeff"),
        ] {
            let card = desk.insert(0, Applet::new(7, firmware));
            card.applet().management.key =
                (0..key.len() / 2).map(|i| u8::from_str_radix(&key[2 * i..2 * i + 2], 16).unwrap()).collect();
            if firmware[1] == 7 {
                card.applet().management.algorithm = crate::card::AES128;
            }
            let new = NewKey { pin: PinPolicy::Never, ..p256() };
            let mut person = Person::answering(&[key]);
            let made = generate(&uri("piv:9c"), &new, &mut person).unwrap();
            let opened = open(&uri("piv:9c"), &mut Person::default()).unwrap();
            assert_eq!(opened.public_key(), made.public_key());
            drop((made, opened));
            card.pull();
        }
    });
}

#[test]
fn x22_a_card_that_refuses_the_algorithm_is_said() {
    at_a_desk(|desk| {
        let card = desk.insert(0, Applet::new(7, [5, 7, 1]));
        card.applet().model.refuses.push(P256);
        let refusal = error(generate(&uri("piv:9c"), &p256(), &mut Person::answering(&["123456", ""])));
        assert_eq!(
            refusal.to_string(),
            "piv:9c: cannot do ECDSA P-256: YubiKey serial 7 with firmware 5.7.1 refuses to make such a key"
        );
        let new = NewKey { pin: PinPolicy::MatchOnce, ..p256() };
        let refusal = error(generate(&uri("piv:9c"), &new, &mut Person::default()));
        assert_eq!(
            refusal.to_string(),
            "piv:9c: cannot do PIN policy match-once: this driver has never, once and always"
        );
    });
}
