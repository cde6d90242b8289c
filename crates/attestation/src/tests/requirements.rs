//! What a plan wants of a device.

use super::maker::{Maker, key, piv, piv_device, public};
use super::{today, verdict};
use crate::{Firmware, PinPolicy, Requirements, Rule, TouchPolicy, shared_devices};

fn judged(wants: &Requirements, firmware: [u8; 3], slot: &str, policy: [u8; 2]) -> Vec<String> {
    let proof = verdict(&Maker::of(piv_device(firmware)), &piv(slot, firmware, 1, policy)).unwrap();
    wants.judge(&proof).iter().map(ToString::to_string).collect()
}

#[test]
fn a_sound_key_falls_short_of_nothing() {
    assert_eq!(judged(&Requirements::default(), [5, 7, 4], "9c", [2, 2]), Vec::<String>::new());
    assert_eq!(judged(&Requirements::default(), [5, 7, 4], "9c", [3, 2]), Vec::<String>::new());
}

#[test]
fn at7_another_slot_is_said() {
    let any = Requirements { slots: vec![], ..Requirements::default() };
    let two = Requirements { slots: vec![0x9c, 0x82], ..Requirements::default() };
    assert_eq!(
        judged(&Requirements::default(), [5, 7, 4], "9a", [2, 2]),
        ["expected a key in slot 9c, found one in slot 9a (AT7)"]
    );
    assert_eq!(judged(&two, [5, 7, 4], "9a", [2, 2]), ["expected a key in slot 9c or 82, found one in slot 9a (AT7)"]);
    assert_eq!(judged(&two, [5, 7, 4], "82", [2, 2]), Vec::<String>::new());
    assert_eq!(judged(&any, [5, 7, 4], "9a", [2, 2]), Vec::<String>::new());
}

#[test]
fn at8_and_at9_pin_and_touch_are_at_least_what_the_plan_says() {
    let text = |pin: &str, touch: &str| {
        let mut texts = Vec::new();
        if !pin.is_empty() {
            texts.push(format!("expected a key that wants the PIN {pin} (AT8)"));
        }
        if !touch.is_empty() {
            texts.push(format!("expected a key that wants to be touched {touch} (AT9)"));
        }
        texts
    };
    let wants = Requirements::default();
    assert_eq!(judged(&wants, [5, 7, 4], "9c", [1, 1]), text("once, found never", "always, found never"));
    assert_eq!(judged(&wants, [5, 7, 4], "9c", [4, 3]), text("", "always, found cached"));
    let wants = Requirements { pin: PinPolicy::Always, touch: TouchPolicy::Cached, ..wants };
    assert_eq!(judged(&wants, [5, 7, 4], "9c", [2, 3]), text("always, found once", ""));
    assert_eq!(judged(&wants, [5, 7, 4], "9c", [5, 2]), text("", ""));
    let wants = Requirements { pin: PinPolicy::Never, touch: TouchPolicy::Never, ..wants };
    assert_eq!(judged(&wants, [5, 7, 4], "9c", [1, 1]), text("", ""));
}

#[test]
fn at11_the_firmware_is_at_least_the_plans() {
    let wants = Requirements { yubikey: Firmware(5, 7, 4), ..Requirements::default() };
    assert_eq!(judged(&wants, [5, 7, 2], "9c", [2, 2]), ["expected firmware 5.7.4 or later, found 5.7.2 (AT11)"]);
    assert_eq!(judged(&wants, [5, 7, 4], "9c", [2, 2]), Vec::<String>::new());
    assert_eq!(judged(&wants, [6, 0, 0], "9c", [2, 2]), Vec::<String>::new());
}

#[test]
fn k9_at12_ecdsa_keys_of_firmware_before_5_7_are_known_to_be_weak() {
    let wants = Requirements::default();
    let text = |found: &str| {
        vec![format!(
            "expected firmware without YSA-2024-03 (ECDSA keys can be read out with the device in hand; mended in \
             5.7.0), found YubiKey {found} (AT12)"
        )]
    };
    assert_eq!(judged(&wants, [5, 6, 255], "9c", [2, 2]), text("5.6.255"));
    assert_eq!(judged(&wants, [4, 3, 5], "9c", [2, 2]), text("4.3.5"));
    assert_eq!(judged(&wants, [5, 7, 0], "9c", [2, 2]), Vec::<String>::new());
}

#[test]
fn k9_at12_and_at13_rsa_keys_of_the_weak_generator_are_found() {
    let weak = super::modulus::marked(2048);
    let sound_modulus: Vec<u8> = [&[0xc1][..], &[0x5a; 254], &[0x61]].concat();
    for (firmware, modulus, rules) in [
        ([4, 3, 4], &weak, vec![Rule::Weakness, Rule::Modulus]),
        ([4, 2, 6], &sound_modulus, vec![Rule::Weakness]),
        ([4, 2, 5], &sound_modulus, vec![]),
        ([4, 3, 5], &sound_modulus, vec![]),
        ([5, 2, 6], &weak, vec![Rule::Modulus]),
    ] {
        let maker = Maker::of(piv_device(firmware));
        let evidence = maker.about(&piv("9c", firmware, 1, [2, 2]), &super::modulus::pkcs1(modulus));
        let key = evidence.untrusted_key().unwrap();
        let proof = evidence.verify(&key, &maker.anchors(), today()).unwrap();
        let found: Vec<Rule> = Requirements::default().judge(&proof).iter().map(|s| s.rule).collect();
        assert_eq!(found, rules, "{firmware:?}");
    }
}

#[test]
fn k5_at10_two_keys_on_one_device_are_one_pair_of_hands() {
    let maker = Maker::yubikeys();
    let proof = |slot: &str, serial| {
        let key = key();
        let evidence = maker.evidence(&piv(slot, [5, 7, 4], serial, [2, 2]), &key);
        evidence.verify(&public(&key), &maker.anchors(), today()).unwrap()
    };
    let (alice, bob, mallory) = (proof("9c", 1), proof("9c", 2), proof("82", 1));
    assert_eq!(shared_devices([("@alice", &alice), ("@bob", &bob)]), []);
    // The same key named twice is for other rules.
    assert_eq!(shared_devices([("@alice", &alice), ("again", &alice)]), []);
    let found = shared_devices([("@alice", &alice), ("@bob", &bob), ("@mallory", &mallory)]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "@mallory");
    assert_eq!(
        found[0].1.to_string(),
        "expected a device of their own, found the YubiKey of @alice (AT10)",
        "device serial numbers stay out of it"
    );
}

#[test]
fn k5_at10_a_device_that_does_not_say_its_serial_number_is_known_by_its_own_key() {
    let proof = |maker: &Maker, slot: &str| {
        let (key, mut statement) = (key(), piv(slot, [4, 3, 7], 1, [2, 2]));
        statement.custom_extensions.remove(1);
        maker.evidence(&statement, &key).verify(&public(&key), &maker.anchors(), today()).unwrap()
    };
    let (one, other) = (Maker::of(piv_device([4, 3, 7])), Maker::of(piv_device([4, 3, 7])));
    let (alice, bob, mallory) = (proof(&one, "9c"), proof(&other, "9c"), proof(&one, "82"));
    let found = shared_devices([("@alice", &alice), ("@bob", &bob), ("@mallory", &mallory)]);
    let found: Vec<_> = found.iter().map(|(name, short)| (name.as_str(), short.to_string())).collect();
    assert_eq!(found, [("@mallory", "expected a device of their own, found the YubiKey of @alice (AT10)".to_owned())]);
}

#[test]
fn firmware_reads_as_it_is_written() {
    for text in ["5.7.4", "0.0.0", "255.255.255"] {
        assert_eq!(Firmware::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "5.7", "5.7.4.1", "5.07.4", "5.7.256", "+5.7.4", "5..4", "a.b.c"] {
        assert_eq!(Firmware::parse(text), None, "{text}");
    }
    assert!(Firmware(5, 10, 0) > Firmware(5, 9, 9));
}

#[test]
fn every_rule_has_an_id_of_its_own() {
    let ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    let expected: Vec<String> = (1..=Rule::ALL.len()).map(|n| format!("AT{n}")).collect();
    assert_eq!(ids, expected);
    assert!(Rule::ALL.iter().all(|rule| Rule::from_id(rule.id()) == Some(*rule) && !rule.statement().is_empty()));
    assert_eq!(Rule::from_id("AT0"), None);
}

#[test]
fn policies_are_those_of_the_device() {
    for byte in 0..=255 {
        assert_eq!(PinPolicy::from_byte(byte).map(PinPolicy::byte), (1..=5).contains(&byte).then_some(byte));
        assert_eq!(TouchPolicy::from_byte(byte).map(TouchPolicy::byte), (1..=3).contains(&byte).then_some(byte));
    }
    assert_eq!(PinPolicy::from_name("match-once"), Some(PinPolicy::MatchOnce));
    assert_eq!(TouchPolicy::from_name("sometimes"), None);
}
