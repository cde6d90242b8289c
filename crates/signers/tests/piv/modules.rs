//! PKCS#11 modules take the emulated card for a YubiKey, driven by pkcs11-tool.

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
