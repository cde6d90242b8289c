//! The full text of the messages no other test provokes, and the hints.

use crate::{AskError, CreateError, OpenError};

fn device() -> String {
    "yubihsm:7?serial=0012345678&auth=1".to_owned()
}

#[test]
fn messages_name_the_device_and_what_happened() {
    for (error, text) in [
        (
            OpenError::SessionsFull { device: device() },
            "yubihsm:7?serial=0012345678&auth=1: all 16 sessions of the device are taken",
        ),
        (
            OpenError::Device { device: device(), reason: "the device said: invalid data".into() },
            "yubihsm:7?serial=0012345678&auth=1: the device said: invalid data",
        ),
        (
            OpenError::NotGiven { what: "password".into(), source: AskError::Unavailable("no terminal".into()) },
            "password: cannot ask: no terminal",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
    for (error, text) in [
        (
            CreateError::Randomness { path: "a.pem".into() },
            "key file a.pem: the operating system gave no random bytes, so no key was made",
        ),
        (
            CreateError::ReadBack { path: "a.pem".into(), reason: "another key".into() },
            "key file a.pem: what was written does not read back (another key), so it was removed",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn hints_say_what_helps() {
    let lacks = |lacks| OpenError::NotBuilt { device: device(), lacks }.hint().unwrap();
    let nobody = OpenError::NotGiven { what: "password".into(), source: AskError::Unavailable("no terminal".into()) };
    assert_eq!(
        nobody.hint().unwrap(),
        "run the command in a terminal; secrets and confirmations never come from a pipe"
    );
    assert!(!nobody.is_cancelled());
    assert!(OpenError::NotGiven { what: "password".into(), source: AskError::Cancelled }.is_cancelled());
    assert_eq!(lacks("USB"), "start yubihsm-connector and write connector=http://127.0.0.1:12345");
    assert_eq!(lacks("PKCS#11"), "use a build with the feature `tokens`");
    assert_eq!(lacks("AWS KMS"), "use a build with the feature `aws`");
    assert_eq!(lacks("HTTP connector"), "plug the device in and write serial=NNNNNNNNNN");
    assert_eq!(
        OpenError::SessionsFull { device: device() }.hint().unwrap(),
        "close other programs that use the device, or wait 30 seconds and try again"
    );
    let inner = OpenError::NoObject { device: device(), object: 7 };
    assert_eq!(
        CreateError::Open(inner).hint().unwrap(),
        "make a key with: tuffet key generate 'yubihsm:7?serial=0012345678&auth=1'"
    );
}

#[cfg(not(feature = "usb"))]
#[test]
fn a_build_without_usb_says_so_before_asking_for_a_password() {
    let uri = device().parse().unwrap();
    let error = super::error(crate::open(&uri, &mut super::never));
    assert_eq!(error.to_string(), "yubihsm:7?serial=0012345678&auth=1: this build of tuffet has no USB");
}

#[cfg(not(feature = "http"))]
#[test]
fn a_build_without_http_says_so_before_asking_for_a_password() {
    let uri = "yubihsm:7?connector=http://127.0.0.1:12345".parse().unwrap();
    let error = super::error(crate::open(&uri, &mut super::never));
    assert_eq!(
        error.to_string(),
        "yubihsm:7?connector=http://127.0.0.1:12345&auth=1: this build of tuffet has no HTTP connector"
    );
}
