//! K8: what the card proves of a key, handed on as it lies there.

use crate::card::{Applet, P256, at_a_desk};
use crate::person::{Person, uri};
use tuffet_attestation::Evidence;
use tuffet_signers::open;

fn evidence() -> Option<Evidence> {
    open(&uri("piv:9c"), &mut Person::answering(&["123456"])).unwrap().evidence().unwrap()
}

#[test]
fn k8_the_statement_about_the_slot_and_the_devices_certificate_are_read() {
    at_a_desk(|desk| {
        for firmware in [[5, 7, 4], [4, 3, 7]] {
            let card = desk.insert(0, Applet::new(12345678, firmware));
            card.applet().make(0x9c, P256, 3, 2);
            let evidence = evidence().unwrap();
            let [statement, device] = evidence.certificates() else { panic!("{evidence:?}") };
            assert_eq!(device, card.applet().maker.device_der());
            let point = card.applet().slots[&0x9c].secret.point();
            let holds = |part: &[u8]| statement.windows(part.len()).any(|window| window == part);
            assert!(holds(&point), "it is about the key in the slot");
            assert!(holds(b"YubiKey PIV Attestation 9c"));
            // 1.3.6.1.4.1.41482.3.8 with PIN always, touch always; .7 with the serial number; .3 with the firmware.
            let number = |number: u8| [&[0x2b, 6, 1, 4, 1, 0x82, 0xc4, 0x0a, 3][..], &[number, 4]].concat();
            assert!(holds(&[number(8), vec![2, 3, 2]].concat()));
            assert!(holds(&[number(7), vec![6, 2, 4, 0x00, 0xbc, 0x61, 0x4e]].concat()));
            assert!(holds(&[number(3), vec![3], firmware.to_vec()].concat()));
            assert_eq!(Evidence::from_pem(&evidence.to_pem()).unwrap(), evidence);
            card.pull();
        }
    });
}

#[test]
fn k8_imported_keys_and_cards_without_their_certificate_prove_nothing() {
    at_a_desk(|desk| {
        let card = desk.insert(0, Applet::new(7, [5, 4, 3]));
        card.applet().import(0x9c, P256);
        assert_eq!(evidence(), None);
        card.applet().make(0x9c, P256, 2, 1);
        assert!(evidence().is_some());
        card.applet().objects.clear();
        assert_eq!(evidence(), None);
    });
}
