//! YubiHSM 2, by the documented extensions: its simulator cannot attest.

use super::maker::{Maker, hsm, hsm_device};
use super::verdict;
use crate::{Capabilities, Place, Requirements, Rule};

const ECDSA: u64 = 1 << 7;

#[test]
fn at6_a_key_generated_on_the_device_is_proved() {
    let proof = verdict(&Maker::of(hsm_device()), &hsm(1, ECDSA)).unwrap();
    assert_eq!(proof.to_string(), "YubiHSM 2 serial 16909060, object 7, firmware 2.4.1");
    assert_eq!(proof.statement().place, Place::Object(7));
    assert_eq!(proof.statement().capabilities, Some(Capabilities(ECDSA)));
    assert_eq!(Requirements::default().judge(&proof), []);
}

#[test]
fn at6_a_key_that_came_from_elsewhere_is_refused() {
    let maker = Maker::of(hsm_device());
    for (origin, found) in [
        (2, "imported"),
        (0x11, "generated and unwrapped from a backup"),
        (0x12, "imported and unwrapped from a backup"),
        (0, "of origin 0"),
        (4, "of origin 4"),
    ] {
        let error = verdict(&maker, &hsm(origin, ECDSA)).unwrap_err();
        assert_eq!(error.to_string(), format!("expected a key generated on the device, found one {found} (AT6)"));
        assert_eq!(error.rule(), Rule::Generated);
    }
}

#[test]
fn at14_a_key_signs_and_does_nothing_else() {
    let maker = Maker::of(hsm_device());
    let judged = |capabilities, exportable| {
        let proof = verdict(&maker, &hsm(1, capabilities)).unwrap();
        let found = Requirements { exportable, ..Requirements::default() }.judge(&proof);
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let exportable = "expected a key that signs and nothing else, found exportable-under-wrap (AT14)";
    assert_eq!(judged(0b1_1110_0000, false), Vec::<String>::new());
    assert_eq!(judged(ECDSA | 1 << 16, false), [exportable]);
    assert_eq!(judged(ECDSA | 1 << 16, true), Vec::<String>::new());
    assert_eq!(
        judged(ECDSA | 1 << 34 | 1 << 9 | 1 << 63, true),
        ["expected a key that signs and nothing else, found capability 9, sign-attestation-certificate, \
             capability 63 (AT14)"]
    );
}

#[test]
fn at5_every_part_of_the_statement_is_read_strictly() {
    let maker = Maker::of(hsm_device());
    let changed = |index: usize, value: &[u8]| {
        let mut statement = hsm(1, ECDSA);
        let oid = ["1", "2", "3", "4", "5", "6"][index];
        statement.custom_extensions[index] = super::maker::extension(&format!("1.3.6.1.4.1.41482.4.{oid}"), value);
        verdict(&maker, &statement).unwrap_err().to_string()
    };
    assert_eq!(changed(0, &[2, 4, 1]), "statement: firmware: expected three bytes, found `020401` (AT5)");
    assert_eq!(
        changed(1, &[2, 4, 0x80, 0, 0, 0]),
        "statement: serial number: expected a number of at most four bytes, found `020480000000` (AT5)"
    );
    assert_eq!(
        changed(2, &[3, 2, 1, 2]),
        "statement: origin: expected a string of at most 64 whole bits, found `03020102` (AT5)"
    );
    assert_eq!(
        changed(4, &[3, 10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        "statement: capabilities: expected a string of at most 64 whole bits, found `030a00010203040506070809` (AT5)"
    );
    assert_eq!(
        changed(5, &[2, 3, 1, 0, 0]),
        "statement: object id: expected a number of at most two bytes, found `0203010000` (AT5)"
    );
}
