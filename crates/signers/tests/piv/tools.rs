//! The maker's own program takes the emulated card for a YubiKey: what a test against it shows, it shows of
//! more than our own reading of the protocol.

use crate::card::{Applet, Maker, at_a_desk, missing};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What a program prints, both ways, having succeeded in `dir`. A `PIN` among its arguments is the card's.
pub(crate) fn run(dir: &Path, line: &str) -> String {
    let mut words = line.split_whitespace().map(|word| word.replace("PIN", "123456"));
    let output = Command::new(words.next().unwrap()).args(words).current_dir(dir).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{line}: {said}");
    said
}

pub(crate) fn pem(der: &[u8]) -> String {
    pem::encode_config(
        &pem::Pem::new("CERTIFICATE", der),
        pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
    )
}

#[test]
fn yubico_piv_tool_makes_uses_and_attests_keys() {
    if missing("yubico-piv-tool", "/usr/bin/yubico-piv-tool") || missing("openssl", "/usr/bin/openssl") {
        return;
    }
    at_a_desk(|desk| {
        for (firmware, slot, algorithm) in [([5, 4, 3], "9c", "ECCP256"), ([4, 3, 7], "9a", "ECCP384")] {
            let card = desk.insert(0, Applet::new(12345678, firmware));
            let dir = tempfile::tempdir().unwrap();
            let tool = |line: &str| run(dir.path(), &format!("yubico-piv-tool {line}"));
            let status = tool("-a status");
            let [major, minor, patch] = firmware;
            assert!(status.contains(&format!("Version:\t{major}.{minor}.{patch}\n")), "{status}");
            assert!(status.contains("Serial Number:\t12345678\n"), "{status}");
            assert!(status.contains("PIN tries left:\t3\n"), "{status}");

            let made = tool(&format!("-s {slot} -a generate -A {algorithm} --touch-policy always -o public.pem"));
            assert!(made.contains("Successfully generated a new private key"), "{made}");
            tool(&format!("-s {slot} -a attest -o attestation.pem"));
            tool(&format!("-s {slot} -a import-certificate -i attestation.pem"));
            let signed = tool(&format!("-s {slot} -a verify-pin -P PIN -a test-signature -i attestation.pem"));
            assert!(signed.contains("Successful ECDSA verification"), "{signed}");
            assert_eq!(card.applet().touches, 1);

            tool("-s f9 -a read-certificate -o device.pem");
            assert_eq!(
                fs::read_to_string(dir.path().join("device.pem")).unwrap(),
                pem(card.applet().maker.device_der())
            );
            fs::write(dir.path().join("root.pem"), pem(&Maker::root_der())).unwrap();
            let chain = run(dir.path(), "openssl verify -CAfile root.pem -untrusted device.pem attestation.pem");
            assert_eq!(chain, "attestation.pem: OK\n");
            run(dir.path(), "openssl x509 -in attestation.pem -noout -pubkey -out attested.pem");
            let read = |name| fs::read_to_string(dir.path().join(name)).unwrap();
            assert_eq!(read("attested.pem"), read("public.pem"), "the statement is about the key in the slot");
            card.pull();
        }
    });
}

#[test]
fn a_wrong_pin_counts_down_for_yubico_piv_tool_and_the_puk_helps() {
    if missing("yubico-piv-tool", "/usr/bin/yubico-piv-tool") {
        return;
    }
    at_a_desk(|desk| {
        let card = desk.insert(0, Applet::new(1, [5, 4, 3]));
        for left in [2, 1, 0] {
            let wrong = Command::new("yubico-piv-tool").args(["-a", "verify-pin", "-P", "654321"]).output().unwrap();
            assert!(!wrong.status.success());
            assert_eq!(card.applet().pins.pin.left, left);
        }
        run(Path::new("/"), "yubico-piv-tool -a unblock-pin -P 12345678 -N 222222");
        assert_eq!(card.applet().pins.pin.left, 3);
        run(Path::new("/"), "yubico-piv-tool -a verify-pin -P 222222");
    });
}
