//! What a person meets before the PIN: nothing there, too much there, no such key, no such algorithm.

use crate::card::{Applet, ED25519, P256, at_a_desk, without_pcscd};
use crate::person::{Person, error, uri};
use tuffet_keys::Scheme;
use tuffet_signers::{CreateError, NewKey, OpenError, Places, generate, list, open, public_key};

/// The text and the hint with which `text` cannot be opened; nobody is asked anything.
fn refused(text: &str) -> (String, Option<String>) {
    let mut nobody = Person::default();
    let refusal = error(open(&uri(text), &mut nobody));
    assert_eq!(nobody.prompts, Vec::<String>::new());
    let same: OpenError = error(public_key(&uri(text), &mut nobody));
    assert_eq!(same, refusal, "and its public key no better");
    let new = NewKey::new(Scheme::EcdsaP256, "alice");
    if !refusal.to_string().contains("no such key") {
        assert_eq!(error(generate(&uri(text), &new, &mut nobody)), CreateError::Open(refusal.clone()));
    }
    (refusal.to_string(), refusal.hint())
}

fn hint(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn x22_pcscd_that_does_not_run_is_said() {
    without_pcscd(|| {
        let start = hint("start it with: sudo systemctl start pcscd (or run `pcscd --foreground` as root)");
        let said = "piv:9c: pcscd does not answer: it is not running".to_owned();
        assert_eq!(refused("piv:9c"), (said, start));
        let listing = list(&Places { piv: true, ..Places::default() });
        assert_eq!(listing.tokens, []);
        assert_eq!(listing.troubles[0].to_string(), "YubiKeys: pcscd does not answer: it is not running");
    });
}

#[test]
fn x22_a_yubikey_that_is_not_plugged_in_is_said_with_what_is() {
    at_a_desk(|desk| {
        let plug = hint("plug it in; `tuffet key list` shows what is there");
        assert_eq!(refused("piv:9c"), ("piv:9c: not plugged in".to_owned(), plug.clone()));
        let _other = desk.insert(0, Applet::new(7, [5, 4, 3]));
        let said = "piv:9c?serial=8: not plugged in (found YubiKey serial 7)".to_owned();
        assert_eq!(refused("piv:9c?serial=8"), (said, plug));
    });
}

#[test]
fn x22_two_yubikeys_need_a_serial_and_one_serial_in_two_readers_is_refused() {
    at_a_desk(|desk| {
        let mut applet = Applet::new(7, [5, 4, 3]);
        applet.make(0x9c, P256, 1, 1);
        let _first = desk.insert(0, applet.clone());
        let mut other = Applet::new(8, [5, 4, 3]);
        other.make(0x9c, P256, 1, 1);
        let second = desk.insert(1, other);
        let which = hint("say which: piv:SLOT?serial=NUMBER");
        let (said, helps) = refused("piv:9c");
        assert_eq!((helps, said.len()), (which, 65), "{said}");
        assert!(said.starts_with("piv:9c: expected one, found 2: YubiKey serial "), "{said}");
        assert!(said.contains("YubiKey serial 7") && said.contains("YubiKey serial 8"), "{said}");
        let seven = open(&uri("piv:9c?serial=7"), &mut Person::default()).unwrap();
        let eight = open(&uri("piv:9c?serial=8"), &mut Person::default()).unwrap();
        assert_ne!(seven.public_key(), eight.public_key());
        drop((seven, eight));

        second.pull();
        let _twin = desk.insert(1, applet);
        let reader = "Yubico YubiKey OTP+FIDO+CCID 00";
        let twins = format!("YubiKey serial 7 in {reader} 01, YubiKey serial 7 in {reader} 00");
        let (said, helps) = refused("piv:9c?serial=7");
        assert_eq!(said.len(), format!("piv:9c?serial=7: expected one, found 2: {twins}").len(), "{said}");
        assert!(said.contains(&format!("{reader} 00")) && said.contains(&format!("{reader} 01")), "{said}");
        assert_eq!(helps, hint("unplug all but one"));
    });
}

#[test]
fn x22_an_empty_slot_is_said_with_the_slots_that_are_not() {
    at_a_desk(|desk| {
        for firmware in [[5, 4, 3], [4, 3, 7]] {
            let card = desk.insert(0, Applet::new(7, firmware));
            let shows = hint("`tuffet key list` shows the keys that are there");
            assert_eq!(refused("piv:9c"), ("piv:9c: there is no such key on it".to_owned(), shows.clone()));
            card.applet().make(0x9a, P256, 2, 1);
            card.applet().make(0x82, P256, 2, 1);
            let said = "piv:9c?serial=7: there is no such key on it (found slot 9a, slot 82)".to_owned();
            assert_eq!(refused("piv:9c?serial=7"), (said, shows));
            card.pull();
        }
    });
}

#[test]
fn x22_what_the_driver_or_the_firmware_cannot_do_is_said() {
    at_a_desk(|desk| {
        let card = desk.insert(0, Applet::new(7, [5, 7, 1]));
        card.applet().make(0x9c, ED25519, 2, 1);
        let mut nobody = Person::default();
        let refusal = error(open(&uri("piv:9c"), &mut nobody));
        let reason = "this driver has only ECDSA P-256 and P-384, use the key through PKCS#11";
        assert_eq!(refusal.to_string(), format!("piv:9c: cannot do Ed25519: {reason}"));
        assert_eq!(refusal.hint(), hint("take another algorithm, or a token that can"));
        let seen = public_key(&uri("piv:9c"), &mut nobody).unwrap();
        assert_eq!(seen.scheme(), Scheme::Ed25519, "its public half is read all the same");

        let make = |scheme| error(generate(&uri("piv:9a"), &NewKey::new(scheme, ""), &mut Person::default()));
        assert_eq!(make(Scheme::Ed25519).to_string(), format!("piv:9a: cannot do Ed25519: {reason}"));
        card.pull();
        let card = desk.insert(0, Applet::new(7, [5, 4, 3]));
        let said = "piv:9a: cannot do Ed25519: it needs firmware 5.7.0, YubiKey serial 7 has 5.4.3";
        assert_eq!(make(Scheme::Ed25519).to_string(), said);
        card.pull();
        let _card = desk.insert(0, Applet::new(7, [4, 3, 4]));
        assert_eq!(
            make(Scheme::RsaPssSha256).to_string(),
            "piv:9a: cannot do RSA-PSS SHA-256: RSA keys made by firmware 4.2.6 to 4.3.4 give their secret away \
             (YSA-2017-01)"
        );
    });
}

#[test]
fn x22_a_card_that_another_program_has_taken_is_said() {
    at_a_desk(|desk| {
        let card = desk.insert(0, Applet::new(7, [5, 4, 3]));
        card.applet().make(0x9c, P256, 1, 1);
        let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
        let reader = c"Yubico YubiKey OTP+FIDO+CCID 00 00";
        let other = context.connect(reader, pcsc::ShareMode::Exclusive, pcsc::Protocols::T1).unwrap();
        let taken = "another program has taken the card in Yubico YubiKey OTP+FIDO+CCID 00 00 for itself";
        assert_eq!(refused("piv:9c"), (format!("piv:9c: refused: {taken}"), None));
        let listing = list(&Places { piv: true, ..Places::default() });
        let name = "a card in Yubico YubiKey OTP+FIDO+CCID 00 00 that another program has taken for itself";
        assert_eq!(listing.tokens[0].name, name);
        drop(other);
        open(&uri("piv:9c"), &mut Person::default()).unwrap();
    });
}

/// The driver indexes into such answers; a panic of its would end the program.
#[test]
fn x22_a_card_with_empty_answers_is_an_error_and_no_panic() {
    at_a_desk(|desk| {
        let card = desk.insert(0, Applet::new(7, [5, 4, 3]));
        card.applet().make(0x9c, P256, 2, 1);
        let garbage = "an answer that makes no sense: expected the answer of a YubiKey, found";
        let (other, broken) = (format!("{garbage} other bytes"), format!("{garbage} one that breaks the protocol"));
        let key = "YubiKey serial 7, slot 9c";
        for (instruction, expected) in [
            (0xa4, "piv:9c: not plugged in".to_owned()),
            (0xfd, "piv:9c: not plugged in".to_owned()),
            // It says that no PIN is needed where one cannot have come: the driver calls that no tries.
            (0x20, "piv:9c: the PIN is locked".to_owned()),
            (0xcb, format!("{key}: {other}")),
            (0xf9, format!("{key}: {broken}")),
            (0x87, format!("{key}: {other}")),
            (0x47, format!("piv:9c: {broken}")),
        ] {
            card.applet().hollow = Some(instruction);
            assert_eq!(whole_story(), Some(expected), "{instruction:02x}");
        }
        // A card without a serial number is one all the same, and metadata is not the only way to a public key.
        for (instruction, name) in [(0xf8, "YubiKey without a serial number"), (0xf7, "YubiKey serial 7")] {
            card.applet().hollow = Some(instruction);
            let key = open(&uri("piv:9c"), &mut Person::answering(&["123456"])).unwrap();
            assert_eq!(key.describe(), format!("{name}, slot 9c"));
            assert_eq!(key.holder().serial, (instruction == 0xf7).then(|| "7".to_owned()));
        }
    });
}

/// Opens, proves, signs with and replaces the key in 9c: the first refusal.
fn whole_story() -> Option<String> {
    let key = match open(&uri("piv:9c"), &mut Person::answering(&["123456"])) {
        Ok(key) => key,
        Err(refusal) => return Some(refusal.to_string()),
    };
    if let Err(refusal) = key.evidence() {
        return Some(refusal.to_string());
    }
    if let Err(refusal) = key.sign(b"payload") {
        return Some(refusal.to_string());
    }
    let mut person = Person { word: Some("overwrite"), ..Person::answering(&["123456", ""]) };
    generate(&uri("piv:9c"), &NewKey::new(Scheme::EcdsaP256, ""), &mut person).err().map(|refusal| refusal.to_string())
}
