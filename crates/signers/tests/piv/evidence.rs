//! K8: what the card proves of a key, handed on as it lies there.

use crate::card::{Applet, Maker, P256, at_a_desk};
use crate::person::{Person, uri};
use crate::tools::pem;
use tuffet_attestation::{Anchors, Evidence, Firmware, PinPolicy, Place, Statement, TouchPolicy};
use tuffet_keys::PublicKey;
use tuffet_signers::{Key, open};

fn key() -> Box<dyn Key> {
    open(&uri("piv:9c"), &mut Person::answering(&["123456"])).unwrap()
}

fn evidence() -> Option<Evidence> {
    key().evidence().unwrap()
}

/// What the evidence proves of `key`, to who trusts the emulated maker.
pub(crate) fn proved(evidence: &Evidence, key: &PublicKey) -> Result<Statement, String> {
    let at = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let maker = Anchors::of(&pem(&Maker::root_der())).unwrap();
    evidence.verify(key, &maker, at).map(|attested| attested.statement().clone()).map_err(|refused| refused.to_string())
}

#[test]
fn k8_the_statement_about_the_slot_and_the_devices_certificate_prove_the_key() {
    at_a_desk(|desk| {
        for firmware in [[5, 7, 4], [4, 3, 7]] {
            let card = desk.insert(0, Applet::new(12345678, firmware));
            card.applet().make(0x9c, P256, 3, 2);
            let key = key();
            let evidence = key.evidence().unwrap().unwrap();
            let [_, device] = evidence.certificates() else { panic!("{evidence:?}") };
            assert_eq!(device, card.applet().maker.device_der());
            let statement = proved(&evidence, key.public_key()).unwrap();
            assert_eq!(statement.place, Place::Slot(0x9c));
            assert_eq!(statement.serial, Some(12345678));
            assert_eq!(statement.firmware, Firmware(firmware[0], firmware[1], firmware[2]));
            assert_eq!((statement.pin, statement.touch), (Some(PinPolicy::Always), Some(TouchPolicy::Always)));

            drop(key);
            card.applet().make(0x9c, P256, 3, 2);
            let other = crate::evidence::key();
            let refusal = proved(&evidence, other.public_key()).unwrap_err();
            assert!(refusal.contains(&other.public_key().fingerprint().to_string()), "{refusal}");
            drop(other);
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
