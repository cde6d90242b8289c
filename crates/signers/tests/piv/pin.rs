//! K7: the tries are read before one is spent, the last is spent only on demand, and nothing repeats the PIN.

use crate::card::{Applet, Card, Desk, P256, at_a_desk};
use crate::person::{Person, error, uri};
use tuffet_signers::open;

fn card(desk: &Desk) -> Card {
    let mut applet = Applet::new(7, [5, 4, 3]);
    applet.make(0x9c, P256, 3, 1);
    desk.insert(0, applet)
}

#[test]
fn k7_a_wrong_pin_says_the_tries_left_and_the_last_try_is_not_sent() {
    at_a_desk(|desk| {
        let card = card(desk);
        let mut told = String::new();
        let mut wrong = |left: &str, prompt: &str| {
            let mut person = Person::answering(&["864209", "864209"]);
            let refusal = error(open(&uri("piv:9c"), &mut person));
            assert_eq!(refusal.to_string(), format!("piv:9c: wrong PIN, {left}"));
            assert_eq!(refusal.hint().unwrap(), "make sure of the PIN before you try again");
            assert_eq!(person.prompts, [prompt], "asked once: a typing mistake must not be made three times");
            told += &format!("{refusal:?} {refusal} {:?} {:?}", person.prompts, person.told);
        };
        wrong("2 tries left", "PIN of YubiKey serial 7: ");
        wrong("one try left", "PIN of YubiKey serial 7 (2 tries left): ");
        assert_eq!(card.applet().pins.sent, 2);

        let mut person = Person::answering(&["123456"]);
        let last = error(open(&uri("piv:9c"), &mut person));
        let said = "piv:9c: one try is left before the token locks: the PIN was not sent (K7)";
        assert_eq!(last.to_string(), said);
        let helps = "make sure of the PIN, then run the command with --last-try; or set a new one with the PUK first";
        assert_eq!(last.hint().unwrap(), helps);
        assert_eq!((person.prompts.len(), card.applet().pins.sent), (0, 2), "nor asked for");

        let mut person = Person { risks: true, ..Person::answering(&["123456"]) };
        let key = open(&uri("piv:9c"), &mut person).unwrap();
        assert_eq!(person.prompts, ["PIN of YubiKey serial 7 (last try): "]);
        assert_eq!(card.applet().pins.pin.left, 3, "and it was right");
        key.sign(b"payload").unwrap();
        assert!(!told.contains("864209"), "{told}");
    });
}

#[test]
fn k7_a_locked_pin_is_said_and_none_is_sent() {
    at_a_desk(|desk| {
        let card = card(desk);
        card.applet().pins.pin.left = 1;
        let mut person = Person { risks: true, ..Person::answering(&["864209"]) };
        let locked = error(open(&uri("piv:9c"), &mut person));
        assert_eq!(locked.to_string(), "piv:9c: the PIN is locked");
        assert_eq!(card.applet().pins.sent, 1);
        let mut person = Person { risks: true, ..Person::answering(&["123456"]) };
        let locked = error(open(&uri("piv:9c"), &mut person));
        assert_eq!(locked.to_string(), "piv:9c: the PIN is locked");
        assert_eq!(locked.hint().unwrap(), "unlock it with the PUK, in the tool of the token's maker");
        assert_eq!((person.prompts.len(), card.applet().pins.sent), (0, 1));
    });
}

#[test]
fn k7_what_can_be_no_pin_is_not_sent() {
    at_a_desk(|desk| {
        let card = card(desk);
        for answer in ["", "12345", "123456789", "a very long passphrase"] {
            let refusal = error(open(&uri("piv:9c"), &mut Person::answering(&[answer])));
            assert_eq!(refusal.to_string(), "piv:9c: refused: a PIN has 6 to 8 characters: it was not sent");
        }
        assert_eq!(card.applet().pins.sent, 0);
        let refusal = error(open(&uri("piv:9c"), &mut Person::default()));
        assert_eq!(refusal.to_string(), "PIN of YubiKey serial 7: cancelled");
        assert!(refusal.is_cancelled());
    });
}

#[test]
fn k7_a_pin_changed_since_is_not_tried_until_the_card_locks() {
    at_a_desk(|desk| {
        let card = card(desk);
        let key = open(&uri("piv:9c"), &mut Person::answering(&["123456"])).unwrap();
        card.applet().pins.pin.set(b"222222");
        let failed = |key: &dyn tuffet_signers::Key| key.sign(b"payload").unwrap_err().to_string();
        assert_eq!(failed(&*key), "YubiKey serial 7, slot 9c: wrong PIN, 2 tries left");
        assert_eq!(failed(&*key), "YubiKey serial 7, slot 9c: wrong PIN, one try left");
        for _ in 0..2 {
            let said = "one try is left before the token locks: the PIN was not sent (K7)";
            assert_eq!(failed(&*key), format!("YubiKey serial 7, slot 9c: {said}"));
        }
        assert_eq!(card.applet().pins.pin.left, 1);
    });
}
