//! PKCS#11 modules take the emulated card for a YubiKey, driven by pkcs11-tool and by our own PKCS#11 driver.

use crate::card::{Applet, Card, Desk, P256, at_a_desk, missing};
use crate::tools::run;
use std::fs;
use tempfile::TempDir;

const OPENSC: &str = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";
const YKCS11: &str = "/usr/lib/x86_64-linux-gnu/libykcs11.so.2";

/// Signs through `module` with a key it lists under `id`, and checks with openssl.
fn sign_with(module: &str, id: &str, dir: &TempDir) {
    let line = format!("pkcs11-tool --module {module} --login --pin PIN --sign --id {id} --mechanism ECDSA");
    // CKA_ALWAYS_AUTHENTICATE of slot 9c asks for the PIN once more, on the terminal: so slot 9a is used.
    let said = run(dir.path(), &format!("{line} --signature-format openssl -i digest -o signature"));
    assert!(said.contains("Using signature algorithm ECDSA"), "{said}");
    let checked = run(dir.path(), "openssl pkeyutl -verify -pubin -inkey public.pem -in digest -sigfile signature");
    assert_eq!(checked, "Signature Verified Successfully\n");
}

/// A card with a key and its certificate in slot 9a, and the folder with `public.pem` and `digest`.
fn with_certificate(desk: &Desk) -> (Card, TempDir) {
    let card = desk.insert(0, Applet::new(12345678, [5, 4, 3]));
    card.applet().make(0x9a, P256, 2, 1);
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), "yubico-piv-tool -s 9a -a attest -o cert.pem");
    run(dir.path(), "openssl x509 -in cert.pem -noout -pubkey -out public.pem");
    run(dir.path(), "yubico-piv-tool -s 9a -a import-certificate -i cert.pem");
    run(dir.path(), "yubico-piv-tool -a set-chuid");
    fs::write(dir.path().join("digest"), [7; 32]).unwrap();
    (card, dir)
}

#[test]
fn opensc_takes_it_for_a_piv_card() {
    if missing("opensc", OPENSC) || missing("yubico-piv-tool", "/usr/bin/yubico-piv-tool") {
        return;
    }
    at_a_desk(|desk| {
        let (_card, dir) = with_certificate(desk);
        let slots = run(dir.path(), &format!("pkcs11-tool --module {OPENSC} -L"));
        assert!(slots.contains("token manufacturer : piv_II") && slots.contains("PIN initialized"), "{slots}");
        sign_with(OPENSC, "01", &dir);
    });
}

#[test]
fn yubicos_module_takes_it_for_a_yubikey() {
    if missing("ykcs11", YKCS11) || missing("opensc", "/usr/bin/pkcs11-tool") {
        return;
    }
    at_a_desk(|desk| {
        let (_card, dir) = with_certificate(desk);
        let slots = run(dir.path(), &format!("pkcs11-tool --module {YKCS11} -L"));
        assert!(slots.contains("YubiKey PIV #12345678"), "{slots}");
        sign_with(YKCS11, "01", &dir);
    });
}

/// Lists, opens and signs with the key in 9a through `module`, named by its path.
#[cfg(feature = "pkcs11")]
fn drive(module: &str, desk: &Desk) -> Vec<String> {
    use crate::person::{Person, uri};
    use tuffet_signers::{Places, list, open, public_key};

    let (card, _dir) = with_certificate(desk);
    let directly = public_key(&uri("piv:9a"), &mut Person::default()).unwrap();
    let listing = list(&Places { modules: vec![module.into()], ..Places::default() });
    assert_eq!(listing.troubles, []);
    let found: Vec<_> = listing.tokens.iter().flat_map(|token| &token.keys).collect();
    let same: Vec<_> = found.iter().filter(|found| found.public.as_ref() == Ok(&directly)).collect();
    assert_eq!(same.len(), 1, "{listing:?}");
    let mut person = Person::answering(&["123456"]);
    let key = open(&same[0].uri, &mut person).unwrap();
    let signature = key.sign(b"payload").unwrap();
    assert_eq!(directly.verify(b"payload", &signature), Ok(()));
    assert_eq!(card.applet().pins.pin.left, 3);
    let mut said = person.prompts;
    said.extend([same[0].uri.to_string(), key.describe()]);
    said
}

#[cfg(feature = "pkcs11")]
#[test]
fn our_pkcs11_driver_signs_with_a_yubikey_through_opensc() {
    if missing("opensc", OPENSC) || missing("yubico-piv-tool", "/usr/bin/yubico-piv-tool") {
        return;
    }
    at_a_desk(|desk| {
        let [prompt, uri, name] = drive(OPENSC, desk).try_into().unwrap();
        // OpenSC's serial number is the random one in the CHUID.
        let token = "token \"YubiKey PIV Attestation 9a\" of PKCS#15 emulated serial ";
        assert!(prompt.starts_with(&format!("PIN of {token}")), "{prompt}");
        assert!(uri.starts_with("pkcs11:token=YubiKey%20PIV%20Attestation%209a;serial="), "{uri}");
        assert!(uri.ends_with(&format!(";id=%01?module-path={OPENSC}")), "{uri}");
        assert!(name.starts_with(token) && name.ends_with(", key \"PIV AUTH key\" (id 01)"), "{name}");
    });
}

#[cfg(feature = "pkcs11")]
#[test]
fn our_pkcs11_driver_signs_with_a_yubikey_through_yubicos_module() {
    if missing("ykcs11", YKCS11) || missing("yubico-piv-tool", "/usr/bin/yubico-piv-tool") {
        return;
    }
    at_a_desk(|desk| {
        let token = "token \"YubiKey PIV #12345678\" of YubiKey YK5 serial 12345678";
        let parts = "token=YubiKey%20PIV%20%2312345678;serial=12345678;id=%01";
        let expected = [
            format!("PIN of {token}: "),
            format!("pkcs11:{parts}?module-path={YKCS11}"),
            format!("{token}, key \"Private key for PIV Authentication\" (id 01)"),
        ];
        assert_eq!(drive(YKCS11, desk), expected);
    });
}

#[cfg(feature = "pkcs11")]
#[test]
fn a_key_made_directly_shows_through_a_module() {
    use crate::person::{Person, uri};
    use tuffet_attestation::TouchPolicy;
    use tuffet_keys::Scheme;
    use tuffet_signers::{NewKey, generate, open};

    if missing("ykcs11", YKCS11) {
        return;
    }
    at_a_desk(|desk| {
        let _card = desk.insert(0, Applet::new(12345678, [5, 7, 1]));
        let new = NewKey { touch: TouchPolicy::Never, ..NewKey::new(Scheme::EcdsaP384, "alice") };
        let made = generate(&uri("piv:9a"), &new, &mut Person::answering(&["123456", ""])).unwrap();
        let through = uri(&format!("pkcs11:serial=12345678;id=%01?module-path={YKCS11}"));
        let key = open(&through, &mut Person::answering(&["123456"])).unwrap();
        assert_eq!(key.public_key(), made.public_key());
        for key in [&key, &made, &key] {
            let signature = key.sign(b"payload").unwrap();
            assert_eq!(made.public_key().verify(b"payload", &signature), Ok(()));
        }
    });
}
