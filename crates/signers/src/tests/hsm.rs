//! Against the simulated device, and against connectors that lie.

use super::{answering, error, never};
use crate::simulator::Simulator;
use crate::{
    AskError, CreateError, HsmUri, Key, KeyUri, NewKey, OpenError, Secret, YubiHsm, generate, list_yubihsm, open,
    public_key,
};
use std::io::{Read, Write};
use std::net::TcpListener;
use tuffet_keys::{Scheme, SignError};

fn password(_prompt: &str) -> Result<Secret, AskError> {
    Ok(Secret::new(Simulator::PASSWORD.to_owned()))
}

fn hsm(uri: &KeyUri) -> &HsmUri {
    match uri {
        KeyUri::YubiHsm(hsm) => hsm,
        other => panic!("not a YubiHSM: {other}"),
    }
}

#[test]
fn keys_of_both_schemes_are_made_opened_and_sign() {
    let device = Simulator::start().unwrap();
    for (object, scheme) in [(7, Scheme::EcdsaP256), (8, Scheme::Ed25519)] {
        let uri = device.uri(object).unwrap();
        let made = generate(&uri, &NewKey::new(scheme, "alice"), &mut password).unwrap();
        let mut prompts = Vec::new();
        let opened = open(&uri, &mut answering(&["password"], &mut prompts)).unwrap();
        assert_eq!(prompts, [format!("password for authentication key 1 of {uri}: ")]);
        assert_eq!(opened.public_key(), made.public_key());
        assert_eq!(opened.public_key().scheme(), scheme);
        assert_eq!(opened.describe(), format!("simulated YubiHSM serial 0123456789, object {object}"));
        assert_eq!(public_key(&uri, &mut password).unwrap(), *made.public_key());
        for length in [0, 1, 15, 16, 2026] {
            let message = vec![b'x'; length];
            assert_eq!(made.public_key().verify(&message, &opened.sign(&message).unwrap()), Ok(()), "{length}");
        }
    }
}

#[test]
fn simulated_devices_announce_themselves() {
    let device = Simulator::start().unwrap();
    let uri = device.uri(7).unwrap();
    let key = YubiHsm::generate(hsm(&uri), &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password).unwrap();
    assert!(key.is_simulated());
    assert_eq!(key.serial(), "0123456789");
}

#[test]
fn payloads_too_long_for_ed25519_are_refused_before_the_device_is_asked() {
    let device = Simulator::start().unwrap();
    let long = vec![b'x'; 3722];
    let p256 = generate(&device.uri(7).unwrap(), &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password).unwrap();
    assert!(p256.sign(&long).is_ok());
    let ed25519 = generate(&device.uri(8).unwrap(), &NewKey::new(Scheme::Ed25519, "alice"), &mut password).unwrap();
    device.unplug(true);
    let signer = "simulated YubiHSM serial 0123456789, object 8".to_owned();
    let too_long = SignError::TooLong { signer, length: 3722, limit: 2026, scheme: Scheme::Ed25519 };
    assert_eq!(ed25519.sign(&long), Err(too_long));
}

#[test]
fn an_object_that_is_there_is_never_overwritten() {
    let device = Simulator::start().unwrap();
    let uri = device.uri(7).unwrap();
    let first = generate(&uri, &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password).unwrap();
    let occupied = error(generate(&uri, &NewKey::new(Scheme::Ed25519, "bob"), &mut password));
    assert_eq!(occupied.to_string(), format!("{uri}: object 7 is taken by the key `alice`: it was not changed"));
    assert_eq!(occupied.hint().as_deref(), Some("choose another object id: objects are never overwritten"));
    assert_eq!(open(&uri, &mut password).unwrap().public_key(), first.public_key());
}

#[test]
fn a_key_that_is_missing_is_named() {
    let device = Simulator::start().unwrap();
    let uri = device.uri(7).unwrap();
    let missing = error(open(&uri, &mut password));
    assert_eq!(missing.to_string(), format!("{uri}: there is no asymmetric key 7 on the device"));
    assert_eq!(missing.hint(), Some(format!("make a key with: tuffet key generate '{uri}'")));
}

#[test]
fn an_authentication_key_that_is_missing_is_not_a_wrong_password() {
    let device = Simulator::start().unwrap();
    let uri: KeyUri = format!("{}", device.uri(7).unwrap()).replace("auth=1", "auth=2").parse().unwrap();
    let missing = error(open(&uri, &mut password));
    assert_eq!(missing.to_string(), format!("{uri}: there is no authentication key 2 on the device"));
    assert_eq!(missing.hint().as_deref(), Some("name the authentication key in the URI: auth=ID"));
}

#[test]
fn k7_three_wrong_passwords_change_nothing() {
    let device = Simulator::start().unwrap();
    let uri = device.uri(7).unwrap();
    generate(&uri, &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password).unwrap();
    let mut prompts = Vec::new();
    let wrong = error(open(&uri, &mut answering(&["tuesday", "", "Password", "password"], &mut prompts)));
    assert_eq!(
        wrong.to_string(),
        format!("{uri}: wrong password for authentication key 1, 3 times: nothing was changed")
    );
    assert_eq!(prompts.len(), 3);
    assert!(!format!("{wrong:?} {prompts:?}").contains("tuesday"));
    open(&uri, &mut answering(&["tuesday", "password"], &mut Vec::new())).unwrap();
}

#[test]
fn labels_fit_the_device() {
    let device = Simulator::start().unwrap();
    let uri = device.uri(7).unwrap();
    for label in ["", &"x".repeat(41), "a\0b"] {
        let refused = error(generate(&uri, &NewKey::new(Scheme::EcdsaP256, label), &mut never));
        let found = label.len();
        assert_eq!(
            refused.to_string(),
            format!("{uri}: expected a label of 1 to 40 bytes of text, found {found} bytes")
        );
    }
    let refused = error(generate(&uri, &NewKey::new(Scheme::EcdsaP384, "alice"), &mut never));
    assert_eq!(refused.to_string(), format!("{uri}: expected Ed25519 or ECDSA P-256, found ECDSA P-384"));
    generate(&uri, &NewKey::new(Scheme::EcdsaP256, &"x".repeat(40)), &mut password).unwrap();
}

#[test]
fn another_device_than_the_named_one_is_refused() {
    let device = Simulator::start().unwrap();
    let other: KeyUri = format!("{}&serial=0012345678", device.uri(7).unwrap()).parse().unwrap();
    let refused = error(generate(&other, &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password));
    assert_eq!(refused.to_string(), format!("{other}: expected the device with serial 0012345678, found 0123456789"));
    assert_eq!(
        error(open(&device.uri(7).unwrap(), &mut password)),
        OpenError::NoObject { device: device.uri(7).unwrap().to_string(), object: 7 },
        "and no key was made on it"
    );
    let right: KeyUri = format!("{}&serial=0123456789", device.uri(7).unwrap()).parse().unwrap();
    generate(&right, &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password).unwrap();
}

#[test]
fn an_object_of_another_kind_is_named() {
    let device = Simulator::start().unwrap();
    let config = yubihsm::HttpConfig { port: device.address().port(), ..Default::default() };
    let client =
        yubihsm::Client::open(yubihsm::Connector::http(&config), yubihsm::Credentials::default(), false).unwrap();
    let (label, algorithm) = ("bitcoin".into(), yubihsm::asymmetric::Algorithm::EcK256);
    let (domain, capability) = (yubihsm::Domain::DOM1, yubihsm::Capability::SIGN_ECDSA);
    client.generate_asymmetric_key(7, label, domain, capability, algorithm).unwrap();
    let uri = device.uri(7).unwrap();
    let refused = error(open(&uri, &mut password));
    assert_eq!(refused.to_string(), format!("{uri}: expected an Ed25519 or ECDSA P-256 key, found EcK256"));
}

#[test]
fn a_rehearsal_opens_more_keys_than_mockhsm_has_sessions() {
    let device = Simulator::start().unwrap();
    let uri = device.uri(7).unwrap();
    let first = generate(&uri, &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password).unwrap();
    for round in 0..40 {
        let answers: &[&str] = if round % 3 == 0 { &["no", "password"] } else { &["password"] };
        let key = open(&uri, &mut answering(answers, &mut Vec::new())).unwrap_or_else(|e| panic!("round {round}: {e}"));
        assert!(key.sign(b"payload").is_ok(), "round {round}");
    }
    assert!(first.sign(b"payload").is_ok(), "its session was closed meanwhile, as after 30 seconds");
}

#[test]
fn x22_a_device_removed_before_signing_is_a_typed_error() {
    let device = Simulator::start().unwrap();
    let uri = device.uri(7).unwrap();
    let key = generate(&uri, &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password).unwrap();
    device.unplug(true);
    let failed = key.sign(b"payload").unwrap_err().to_string();
    assert_eq!(
        failed,
        "simulated YubiHSM serial 0123456789, object 7: the device gave no usable answer (error reading response)"
    );
    let unreachable = error(open(&uri, &mut password));
    assert_eq!(unreachable.to_string(), format!("{uri}: cannot be reached: error reading response"));
    device.unplug(false);
    assert!(key.sign(b"payload").is_ok(), "and it recovers");
    drop(device);
    assert!(key.sign(b"payload").is_err());
}

#[test]
fn a_connector_that_is_not_there_is_said_before_the_password_is_asked() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let uri: KeyUri = format!("yubihsm:7?connector=http://127.0.0.1:{port}").parse().unwrap();
    let unreachable = error(open(&uri, &mut never));
    assert_eq!(unreachable.to_string(), format!("{uri}: cannot be reached: Connection refused (os error 111)"));
    assert_eq!(
        unreachable.hint().as_deref(),
        Some("is the device plugged in, and yubihsm-connector running where the URI says?")
    );
    let same = error(generate(&uri, &NewKey::new(Scheme::EcdsaP256, "alice"), &mut never));
    assert_eq!(same, CreateError::Open(unreachable));
}

#[test]
fn x22_a_connector_that_answers_garbage_is_a_typed_error() {
    for body in [
        &b""[..],
        b"\x83",
        b"\x83\0\0",
        b"\x83\0\x11\0ABCDEFGHIJKLMNOP",
        b"\x7f\0\0",
        b"\x7f\0\x01\x05",
        b"\x85\0\x01\0",
        b"\xff\xff\xff\xff",
        b"\x83\0\x05\xffABCD",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut stream = stream;
                let mut request = [0; 4096];
                while stream.read(&mut request).is_ok_and(|n| n > 0) {
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                    // The driver loses its place when head and body come in two packets.
                    let _ = stream.write_all(&[head.as_bytes(), body].concat());
                }
            }
        });
        let uri: KeyUri = format!("yubihsm:7?connector=http://127.0.0.1:{port}").parse().unwrap();
        let device = uri.to_string();
        match (body, error(open(&uri, &mut password))) {
            (b"\x7f\0\x01\x05", found) => assert_eq!(found, OpenError::SessionsFull { device }),
            (b"\x83\0\x11\0ABCDEFGHIJKLMNOP", found) => {
                assert_eq!(found, OpenError::WrongPassword { device, auth: 1 }, "a false device looks like this");
            }
            (_, found) => assert!(matches!(found, OpenError::Unreachable { .. }), "{body:?}: {found}"),
        }
    }
}

#[test]
fn a_device_is_listed_with_its_keys_and_what_it_says_of_them() {
    let device = Simulator::start().unwrap();
    let uri = device.uri(1).unwrap();
    let empty = list_yubihsm(hsm(&uri), &mut password).unwrap();
    assert_eq!((empty.name.as_str(), empty.keys.len()), ("simulated YubiHSM serial 0123456789, firmware 2.0.0", 0));
    let made = generate(&device.uri(9).unwrap(), &NewKey::new(Scheme::Ed25519, "bob"), &mut password).unwrap();
    let copied = NewKey { backup: true, ..NewKey::new(Scheme::EcdsaP256, "alice") };
    generate(&device.uri(7).unwrap(), &copied, &mut password).unwrap();
    let config = yubihsm::HttpConfig { port: device.address().port(), ..Default::default() };
    let client =
        yubihsm::Client::open(yubihsm::Connector::http(&config), yubihsm::Credentials::default(), false).unwrap();
    let (algorithm, domain) = (yubihsm::asymmetric::Algorithm::EcK256, yubihsm::Domain::DOM1);
    let more = yubihsm::Capability::SIGN_ECDSA | yubihsm::Capability::DELETE_OPAQUE;
    client.generate_asymmetric_key(8, "bit\x1bcoin".into(), domain, more, algorithm).unwrap();

    let token = list_yubihsm(hsm(&uri), &mut password).unwrap();
    let seen: Vec<(String, Option<&str>, String, Option<&str>)> = token
        .keys
        .iter()
        .map(|key| {
            let why = key.public.as_ref().err().map(String::as_str);
            (key.uri.to_string(), key.label.as_deref(), key.holder.claims.join("; "), why)
        })
        .collect();
    let uri = |object| device.uri(object).unwrap().to_string();
    let generated = |capabilities: &str| format!("generated on the device; capabilities {capabilities}");
    assert_eq!(
        seen,
        [
            (uri(7), Some("alice"), generated("sign-ecdsa, exportable-under-wrap"), None),
            (
                uri(8),
                Some("bit coin"),
                generated("sign-ecdsa, others"),
                Some("expected Ed25519 or ECDSA P-256, found EcK256")
            ),
            (uri(9), Some("bob"), generated("sign-eddsa"), None),
        ]
    );
    assert_eq!(token.keys[2].public.as_ref(), Ok(made.public_key()));
    assert_eq!(token.keys[2].holder.to_string(), "YubiHSM 2 serial 0123456789, object 9");
    assert!(open(&token.keys[2].uri, &mut password).is_ok(), "what is listed can be typed");
}

#[test]
fn k8_a_simulated_device_gives_no_evidence() {
    let device = Simulator::start().unwrap();
    let uri = device.uri(7).unwrap();
    let key = YubiHsm::generate(hsm(&uri), &NewKey::new(Scheme::EcdsaP256, "alice"), &mut password).unwrap();
    assert_eq!(key.evidence(), Ok(None));
    // It cannot: it breaks down for good where a device would refuse. Here that is an error, and no panic.
    assert_eq!(error(key.attest()).to_string(), format!("{uri}: the device said: generic error"));
}
