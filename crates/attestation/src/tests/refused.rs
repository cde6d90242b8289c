//! Evidence that must not count, each kind with its own message.

use super::maker::{Authority, Maker, ca, extension, key, params, piv, piv_device, public, sound};
use super::{time, today, verdict};
use crate::{Anchors, Evidence, EvidenceError, Rule};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyUsagePurpose};

fn refused(maker: &Maker, params: &CertificateParams) -> (Rule, String) {
    let error = verdict(maker, params).unwrap_err();
    (error.rule(), error.to_string())
}

#[test]
fn at2_to_at6_a_sound_statement_is_a_proof_of_its_key() {
    let maker = Maker::yubikeys();
    let key = key();
    let proof = maker.evidence(&sound(), &key).verify(&public(&key), &maker.anchors(), today()).unwrap();
    assert_eq!(proof.to_string(), "YubiKey serial 12345678, slot 9c, firmware 5.7.4, PIN once, touch always");
    assert_eq!((proof.key(), proof.root()), (public(&key).fingerprint(), "Test PIV Root"));
}

#[test]
fn at4_a_statement_about_another_key_is_refused() {
    let maker = Maker::yubikeys();
    let (mine, other) = (key(), key());
    let error = maker.evidence(&sound(), &other).verify(&public(&mine), &maker.anchors(), today()).unwrap_err();
    let (mine, other) = (public(&mine).fingerprint(), public(&other).fingerprint());
    assert_eq!(error.to_string(), format!("expected a statement about the key {mine}, found one about {other} (AT4)"));
    assert_eq!(error.rule(), Rule::SameKey);
}

#[test]
fn at2_another_maker_is_refused() {
    let (maker, key) = (Maker::yubikeys(), key());
    let evidence = maker.evidence(&sound(), &key);
    let error = evidence.verify(&public(&key), &Anchors::yubico(), today()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a chain to a pinned root of the maker, found one that ends at CN=Test PIV Root (AT2)"
    );
}

#[test]
fn at2_a_maker_that_bears_the_name_of_the_pinned_one_is_refused() {
    let (real, key) = (Maker::yubikeys(), key());
    let forged = Maker::yubikeys().evidence(&sound(), &key);
    let error = forged.verify(&public(&key), &real.anchors(), today()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "certificate 2: expected a signature by CN=Test PIV Root, found a signature that does not verify (AT2)"
    );
}

#[test]
fn at2_a_statement_signed_by_anything_but_the_device_is_refused() {
    let (maker, key) = (Maker::yubikeys(), key());
    // Same names, another key: as if a stolen certificate of a device were shown beside a statement made at home.
    let forger = Maker::yubikeys();
    let statement = forger.device.certify(&sound(), &key).der().to_vec();
    let evidence = Evidence::from_der(vec![statement, maker.device.der()]).unwrap();
    let error = evidence.verify(&public(&key), &maker.anchors(), today()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "certificate 1: expected a signature by CN=Yubico PIV Attestation, found a signature that does not verify (AT2)"
    );
}

#[test]
fn at2_certificates_in_another_order_are_refused() {
    let (maker, key) = (Maker::yubikeys(), key());
    let mut chain = maker.evidence(&sound(), &key).certificates().to_vec();
    chain.reverse();
    let error = Evidence::from_der(chain).unwrap().verify(&public(&key), &maker.anchors(), today()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "certificate 1: expected one issued by CN=YubiKey PIV Attestation 9c, the next, found issuer CN=Test PIV Root \
         (AT2)"
    );
}

#[test]
fn at2_a_stranger_between_the_certificates_is_refused() {
    let (maker, key) = (Maker::yubikeys(), key());
    let mut chain = maker.evidence(&sound(), &key).certificates().to_vec();
    chain.insert(1, maker.root.issue(params("Somebody", ca(0))).der());
    let error = Evidence::from_der(chain).unwrap().verify(&public(&key), &maker.anchors(), today()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "certificate 1: expected one issued by CN=Somebody, the next, found issuer CN=Yubico PIV Attestation (AT2)"
    );
}

#[test]
fn at2_the_root_may_come_along() {
    let (maker, key) = (Maker::yubikeys(), key());
    let mut chain = maker.evidence(&sound(), &key).certificates().to_vec();
    chain.push(maker.root.der());
    assert!(Evidence::from_der(chain).unwrap().verify(&public(&key), &maker.anchors(), today()).is_ok());
}

#[test]
fn at2_a_device_that_is_no_authority_is_refused() {
    let named = |name| Maker::of(params(name, IsCa::ExplicitNoCa));
    assert_eq!(
        refused(&named("Yubico PIV Attestation"), &sound()),
        (
            Rule::Chain,
            "certificate 2: expected one that may make statements for the device, found CN=Yubico PIV Attestation (AT2)"
                .to_owned()
        )
    );
}

#[test]
fn at2_a_device_of_firmware_5_2_that_does_not_say_what_it_is_counts() {
    let mut device = piv_device([5, 7, 4]);
    device.is_ca = IsCa::NoCa;
    assert!(verdict(&Maker::of(device), &sound()).is_ok());
}

#[test]
fn at2_the_certificate_of_another_applet_is_refused() {
    let applet = Maker::of(params("Yubico U2F EE Serial 1955003842", IsCa::NoCa));
    assert_eq!(
        refused(&applet, &sound()).1,
        "certificate 2: expected one that may make statements for the device, found \
         CN=Yubico U2F EE Serial 1955003842 (AT2)"
    );
}

#[test]
fn at2_an_attested_key_cannot_attest() {
    // The holder of a key generated in a YubiKey signs a certificate with it and calls it a statement. An organisation's
    // own certificate of the attestation key may name no path length.
    let unlimited = params("Acme PIV Attestation", IsCa::Ca(BasicConstraints::Unconstrained));
    for maker in [Maker::yubikeys(), Maker::of(unlimited)] {
        let (honest, key) = (maker.device.issue(sound()), key());
        let forged = honest.certify(&sound(), &key).der().to_vec();
        let chain = vec![forged, honest.der(), maker.device.der()];
        let error = Evidence::from_der(chain).unwrap().verify(&public(&key), &maker.anchors(), today()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "certificate 2: expected one that may make statements for the device, found \
             CN=YubiKey PIV Attestation 9c (AT2)"
        );
    }
}

#[test]
fn at2_more_authorities_than_a_certificate_allows_are_refused() {
    let (maker, key) = (Maker::yubikeys(), key());
    let below = maker.device.issue(piv_device([5, 7, 4]));
    let chain = vec![below.certify(&sound(), &key).der().to_vec(), below.der(), maker.device.der()];
    let error = Evidence::from_der(chain).unwrap().verify(&public(&key), &maker.anchors(), today()).unwrap_err();
    assert_eq!(error.to_string(), "certificate 3: expected at most 0 authorities below it, found 1 (AT2)");
}

#[test]
fn at2_a_device_whose_key_may_sign_no_certificates_is_refused() {
    let mut device = piv_device([5, 7, 4]);
    device.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    assert_eq!(
        refused(&Maker::of(device.clone()), &sound()).1,
        "certificate 2: expected one that may make statements for the device, found CN=Yubico PIV Attestation (AT2)"
    );
    device.key_usages.push(KeyUsagePurpose::KeyCertSign);
    assert!(verdict(&Maker::of(device), &sound()).is_ok());
}

#[test]
fn at3_certificates_that_are_not_valid_at_the_time_are_refused() {
    let (maker, key) = (Maker::yubikeys(), key());
    let evidence = maker.evidence(&sound(), &key);
    let at = |text| evidence.verify(&public(&key), &maker.anchors(), time(text)).map_err(|e| e.to_string());
    assert!(at("2016-03-14T00:00:00Z").is_ok() && at("2052-04-17T00:00:00Z").is_ok());
    let window = "2016-03-14T00:00:00Z to 2052-04-17T00:00:00Z (AT3)";
    for outside in ["2016-03-13T23:59:59Z", "2052-04-17T00:00:01Z"] {
        assert_eq!(at(outside).unwrap_err(), format!("certificate 1: expected one valid at {outside}, found {window}"));
    }
    let mut expired = piv_device([5, 7, 4]);
    expired.not_after = rcgen::date_time_ymd(2020, 1, 1);
    assert_eq!(
        refused(&Maker::of(expired), &sound()),
        (
            Rule::Time,
            "certificate 2: expected one valid at 2026-12-01T00:00:00Z, found 2016-03-14T00:00:00Z to \
             2020-01-01T00:00:00Z (AT3)"
                .to_owned()
        )
    );
}

#[test]
fn at5_a_certificate_without_a_statement_is_refused() {
    assert_eq!(
        refused(&Maker::yubikeys(), &params("YubiKey PIV Attestation 9c", IsCa::NoCa)),
        (
            Rule::Statement,
            "expected a statement of a YubiKey or YubiHSM 2, found a certificate without one (AT5)".to_owned()
        )
    );
}

#[test]
fn at5_every_part_of_the_statement_is_read_strictly() {
    let maker = Maker::yubikeys();
    let changed = |index: usize, oid: &str, value: &[u8]| {
        let mut statement = sound();
        statement.custom_extensions[index] = extension(oid, value);
        refused(&maker, &statement).1
    };
    let oid = |arc: u8| format!("1.3.6.1.4.1.41482.3.{arc}");
    assert_eq!(changed(0, &oid(3), &[5, 7]), "statement: firmware: expected three bytes, found `0507` (AT5)");
    for serial in [&[2, 1, 0x80][..], &[2, 5, 1, 0, 0, 0, 0], &[2, 4, 0, 0, 1], &[4, 1, 1], &[2, 0], &[]] {
        let shown: String = serial.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            changed(1, &oid(7), serial),
            format!("statement: serial number: expected a number of at most four bytes, found `{shown}` (AT5)")
        );
    }
    for policy in [&[2][..], &[0, 2], &[2, 9], &[2, 2, 2]] {
        let shown: String = policy.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            changed(2, &oid(8), policy),
            format!("statement: PIN and touch policy: expected two bytes, each a policy, found `{shown}` (AT5)")
        );
    }
    assert_eq!(
        changed(2, "1.3.6.1.4.1.41482.3.99", &[2, 2]),
        "statement: PIN and touch policy: expected an extension that says it, found none (AT5)"
    );
    assert_eq!(
        changed(3, &oid(8), &[2, 2]),
        "certificate 1: expected readable extensions, each once, found: 1.3.6.1.4.1.41482.3.8 twice (AT5)"
    );
    for subject in ["YubiKey PIV Attestation", "YubiKey PIV Attestation 9", "YubiKey PIV Attestation 9cc", "9c"] {
        let mut statement = sound();
        statement.distinguished_name = params(subject, IsCa::NoCa).distinguished_name;
        assert_eq!(
            refused(&maker, &statement).1,
            format!(
                "statement: slot: expected a subject `YubiKey PIV Attestation` and two digits of hex, found \
                 `CN={subject}` (AT5)"
            )
        );
    }
}

#[test]
fn at5_a_serial_number_with_or_without_leading_zeros_is_the_same() {
    let maker = Maker::yubikeys();
    for value in [&[2, 4, 0, 0x54, 0, 1][..], &[2, 3, 0x54, 0, 1]] {
        let mut statement = sound();
        statement.custom_extensions[1] = extension("1.3.6.1.4.1.41482.3.7", value);
        assert_eq!(verdict(&maker, &statement).unwrap().statement().serial, Some(0x54_0001));
    }
}

#[test]
fn at5_a_yubikey_before_firmware_5_has_no_serial_number() {
    let mut statement = piv("9c", [4, 3, 7], 1, [2, 2]);
    statement.custom_extensions.remove(1);
    let proof = verdict(&Maker::of(piv_device([4, 3, 7])), &statement).unwrap();
    assert_eq!(
        proof.to_string(),
        "YubiKey that does not say its serial number, slot 9c, firmware 4.3.7, PIN once, touch always"
    );
}

#[test]
fn at5_statement_and_device_agree_on_the_firmware() {
    assert_eq!(
        refused(&Maker::of(piv_device([5, 2, 6])), &sound()).1,
        "statement: firmware: expected the same in the statement and the device's certificate, found 5.7.4 and 5.2.6 \
         (AT5)"
    );
}

#[test]
fn at5_a_statement_of_both_devices_is_none() {
    let mut both = sound();
    both.custom_extensions.push(extension("1.3.6.1.4.1.41482.4.1", &[4, 3, 2, 4, 1]));
    assert_eq!(refused(&Maker::yubikeys(), &both).0, Rule::Statement);
}

#[test]
fn at2_a_truncated_chain_is_refused() {
    let (maker, key) = (Maker::yubikeys(), key());
    let evidence = maker.evidence(&sound(), &key);
    let statement = evidence.certificates()[0].clone();
    assert_eq!(Evidence::from_der(vec![statement.clone()]), Err(EvidenceError::Count(1)));
    let between = Authority::root("Test PIV Root").issue(params("Between", ca(1)));
    let device = between.issue(piv_device([5, 7, 4]));
    let statement = device.certify(&sound(), &key).der().to_vec();
    let error = Evidence::from_der(vec![statement, device.der()])
        .unwrap()
        .verify(&public(&key), &maker.anchors(), today())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a chain to a pinned root of the maker, found one that ends at CN=Between (AT2)"
    );
}
