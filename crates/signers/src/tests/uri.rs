use crate::{KeyUri, UriError};
use tuffet_keys::{Scheme, SignError};

fn parse(text: &str) -> Result<KeyUri, UriError> {
    text.parse()
}

#[test]
fn uris_read_back_as_written() {
    for (text, written) in [
        ("file:keys/alice.pem", "file:keys/alice.pem"),
        ("file:/a b/ä#%20:x.pem", "file:/a b/ä#%20:x.pem"),
        ("file:pin=3;pass=4.pem", "file:pin=3;pass=4.pem"),
        ("program:/opt/pin=3/sign?key=a", "program:/opt/pin=3/sign?key=a"),
        ("yubihsm:7?serial=0012345678", "yubihsm:7?serial=0012345678&auth=1"),
        ("yubihsm:0x1f?auth=0x10&serial=0012345678", "yubihsm:31?serial=0012345678&auth=16"),
        ("yubihsm:7?connector=http://127.0.0.1:12345/", "yubihsm:7?connector=http://127.0.0.1:12345&auth=1"),
        ("yubihsm:7?auth=2&connector=http://[::1]:80", "yubihsm:7?connector=http://[::1]:80&auth=2"),
        (
            "yubihsm:65534?connector=http://hsm-1.example:1&serial=0012345678",
            "yubihsm:65534?connector=http://hsm-1.example:1&serial=0012345678&auth=1",
        ),
    ] {
        let uri = parse(text).unwrap();
        assert_eq!(uri.to_string(), written);
        assert_eq!(parse(written).unwrap(), uri, "{written}");
    }
}

#[test]
fn every_wrong_uri_says_what_was_expected() {
    for (text, message) in [
        (
            "a.pem",
            "`a.pem` is not a key URI: expected `file:PATH` or `yubihsm`, `pkcs11`, `piv`, `ssh-agent`, `awskms`, `program` \
             and a colon",
        ),
        ("file:", "file: expected a path"),
        ("file:a.pem?mode=1", "file: unknown parameter `mode`: expected none"),
        ("yubihsm:7", "yubihsm: expected `connector=` or `serial=` to say which device"),
        ("yubihsm:", "yubihsm: object id: expected an id from 1 to 65534, found ``"),
        ("yubihsm:0?serial=0012345678", "yubihsm: object id: expected an id from 1 to 65534, found `0`"),
        ("yubihsm:65535?serial=0012345678", "yubihsm: object id: expected an id from 1 to 65534, found `65535`"),
        ("yubihsm:+7?serial=0012345678", "yubihsm: object id: expected an id from 1 to 65534, found `+7`"),
        ("yubihsm:0x?serial=0012345678", "yubihsm: object id: expected an id from 1 to 65534, found `0x`"),
        ("yubihsm:7?auth=x&serial=0012345678", "yubihsm: auth: expected an id from 1 to 65534, found `x`"),
        ("yubihsm:7?serial=12345678", "yubihsm: serial: expected 10 digits, found `12345678`"),
        ("yubihsm:7?serial=9999999999", "yubihsm: serial: expected 10 digits, found `9999999999`"),
        ("yubihsm:7?auth=1&auth=2", "yubihsm: parameter `auth` is given twice"),
        ("yubihsm:7?slot=2", "yubihsm: unknown parameter `slot`: expected connector, serial or auth"),
        ("yubihsm:7?connector=https://a:1", "yubihsm: connector: expected `http://HOST:PORT`, found `https://a:1`"),
        ("yubihsm:7?connector=http://a", "yubihsm: connector: expected `http://HOST:PORT`, found `http://a`"),
        ("yubihsm:7?connector=http://:1", "yubihsm: connector: expected `http://HOST:PORT`, found `http://:1`"),
        ("yubihsm:7?connector=http://a:0", "yubihsm: connector: expected `http://HOST:PORT`, found `http://a:0`"),
        ("yubihsm:7?connector=http://a/b:1", "yubihsm: connector: expected `http://HOST:PORT`, found `http://a/b:1`"),
        ("yubihsm:7?connector=http://[x]:1", "yubihsm: connector: expected `http://HOST:PORT`, found `http://[x]:1`"),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), message, "{text}");
    }
}

#[test]
fn k7_a_secret_in_a_uri_is_refused_by_name_and_not_repeated() {
    for (text, message) in [
        (
            "yubihsm:7?connector=http://127.0.0.1:12345&password=tuesday",
            "yubihsm: parameter `password` is a secret, which no key URI may hold: it is asked for when needed",
        ),
        (
            "yubihsm:nonsense?PIN=tuesday",
            "yubihsm: parameter `PIN` is a secret, which no key URI may hold: it is asked for when needed",
        ),
        (
            "file:a.pem?passphrase=tuesday",
            "file: parameter `passphrase` is a secret, which no key URI may hold: it is asked for when needed",
        ),
        (
            "yubihsm:7?connector=http://me:tuesday@127.0.0.1:12345",
            "yubihsm: connector: expected `http://HOST:PORT`, found a user name or password before the host",
        ),
        ("yubihsm:7?slot=tuesday", "yubihsm: unknown parameter `slot`: expected connector, serial or auth"),
        // Behind the wrong separator.
        (
            "yubihsm:7;password=tuesday?connector=http://127.0.0.1:12345",
            "yubihsm: parameter `password` is a secret, which no key URI may hold: it is asked for when needed",
        ),
        (
            "yubihsm:7?connector=http://127.0.0.1:12345?password=tuesday",
            "yubihsm: parameter `password` is a secret, which no key URI may hold: it is asked for when needed",
        ),
        (
            "pkcs11:token=alice&pin=tuesday",
            "pkcs11: parameter `pin` is a secret, which no key URI may hold: it is asked for when needed",
        ),
        (
            "ssh-agent:alice;passphrase=tuesday",
            "ssh-agent: parameter `passphrase` is a secret, which no key URI may hold: it is asked for when needed",
        ),
        (
            "floppy:1?pin=tuesday",
            "key URI: parameter `pin` is a secret, which no key URI may hold: it is asked for when needed",
        ),
        ("pin=tuesday", "key URI: parameter `pin` is a secret, which no key URI may hold: it is asked for when needed"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.to_string(), message, "{text}");
        assert!(!format!("{error:?} {:?}", error.hint()).contains("tuesday"), "{text}");
    }
}

#[test]
fn hints_name_what_helps() {
    let hint = |text: &str| parse(text).unwrap_err().hint();
    assert_eq!(hint("a.pem").as_deref(), Some("for a key file write: file:a.pem"));
    assert_eq!(
        hint("file:a?pin=1").as_deref(),
        Some("leave it out, and change it if the command line was recorded anywhere")
    );
    assert_eq!(
        hint("yubihsm:7").as_deref(),
        Some("for yubihsm-connector on this machine add ?connector=http://127.0.0.1:12345")
    );
    assert_eq!(hint("file:"), None);
}

#[test]
fn ed25519_payloads_too_long_for_the_device_are_refused_without_one() {
    let uri = parse("yubihsm:7?serial=0012345678").unwrap();
    assert_eq!(uri.check_payload(Scheme::Ed25519, 2026), Ok(()));
    assert_eq!(uri.check_payload(Scheme::EcdsaP256, 1 << 20), Ok(()));
    assert_eq!(parse("file:a").unwrap().check_payload(Scheme::Ed25519, 1 << 20), Ok(()));
    let error = uri.check_payload(Scheme::Ed25519, 2027).unwrap_err();
    assert!(matches!(error, SignError::TooLong { length: 2027, limit: 2026, .. }));
    assert_eq!(
        error.to_string(),
        "yubihsm:7?serial=0012345678&auth=1: the payload is 2027 bytes, the device takes 2026 for Ed25519: \
         use a P-256 key on this device"
    );
    // The limit in the device's own terms: a whole message fits 2,048 bytes, and one more payload byte does not.
    let message = |payload: usize| 3 + 1 + (1 + 2 + 2 + payload + 1usize).div_ceil(16) * 16 + 8;
    assert_eq!((message(2026), message(2027)), (2044, 2060));
}

#[test]
fn a_key_file_is_one_and_nothing_else_is() {
    assert!(parse("file:a").unwrap().is_key_file());
    assert!(!parse("yubihsm:7?serial=0012345678").unwrap().is_key_file());
}
