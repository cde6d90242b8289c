//! What needs no card; the rest is in tests/piv.

use crate::piv::failure::from_pcsc;
use crate::piv::management::read;
use crate::piv::object::certificate;
use crate::{KeyUri, OpenError, TokenProblem, UriError};

#[test]
fn uris_read_back_as_written_and_wrong_ones_say_what_was_expected() {
    for text in ["piv:9a", "piv:9c", "piv:9d", "piv:9e", "piv:82", "piv:95", "piv:9c?serial=12345678"] {
        assert_eq!(text.parse::<KeyUri>().unwrap().to_string(), text);
    }
    assert_eq!("piv:9C?serial=007".parse::<KeyUri>().unwrap().to_string(), "piv:9c?serial=7");
    for (text, message) in [
        ("piv:", "piv: slot: expected 9a, 9c, 9d, 9e, or 82 to 95, found ``"),
        ("piv:9b", "piv: slot: expected 9a, 9c, 9d, 9e, or 82 to 95, found `9b`"),
        ("piv:f9", "piv: slot: expected 9a, 9c, 9d, 9e, or 82 to 95, found `f9`"),
        ("piv:96", "piv: slot: expected 9a, 9c, 9d, 9e, or 82 to 95, found `96`"),
        ("piv:+9", "piv: slot: expected 9a, 9c, 9d, 9e, or 82 to 95, found `+9`"),
        ("piv:9c?serial=", "piv: serial: expected decimal digits, found ``"),
        ("piv:9c?serial=+7", "piv: serial: expected decimal digits, found `+7`"),
        ("piv:9c?serial=4294967296", "piv: serial: expected decimal digits, found `4294967296`"),
        ("piv:9c?serial=1&serial=2", "piv: parameter `serial` is given twice"),
        ("piv:9c?reader=1", "piv: unknown parameter `reader`: expected serial"),
        (
            "piv:9c?pin-value=tuesday",
            "piv: parameter `pin-value` is a secret, which no key URI may hold: it is asked for when needed",
        ),
    ] {
        let refusal: UriError = text.parse::<KeyUri>().unwrap_err();
        assert_eq!(refusal.to_string(), message, "{text}");
        assert!(!format!("{refusal:?}").contains("tuesday"));
    }
}

#[test]
fn x22_each_word_of_pcscd_has_a_meaning() {
    for (word, text) in [
        (pcsc::Error::NoService, "pcscd does not answer: it is not running"),
        (pcsc::Error::SecurityViolation, "no permission: pcscd lets this user speak to no card"),
        (pcsc::Error::SharingViolation, "refused: another program has taken the card for itself"),
        (pcsc::Error::RemovedCard, "removed while it was in use: nothing was signed"),
        (pcsc::Error::NotTransacted, "removed while it was in use: nothing was signed"),
        (pcsc::Error::NoMemory, "pcscd does not answer: Not enough memory available to complete this command"),
    ] {
        assert_eq!(from_pcsc(word).to_string(), text);
    }
    let helps = "ask who runs this machine for the right, do not run as root";
    assert_eq!(from_pcsc(pcsc::Error::SecurityViolation).hint().as_deref(), Some(helps));
    let not_built = OpenError::NotBuilt { device: "piv:9c".to_owned(), lacks: "PIV" };
    let through = "name the key by its PKCS#11 module: pkcs11:serial=SERIAL;id=%02 (slot 9c)";
    assert_eq!(not_built.hint().as_deref(), Some(through));
    assert_eq!(TokenProblem::NotTouched.to_string(), "not touched in time: nothing was signed");
}

#[test]
fn management_keys_are_hexadecimal_of_three_lengths() {
    for bytes in 0..40 {
        let text = "aB".repeat(bytes);
        let key = read(text.as_bytes());
        assert_eq!(key.is_some(), [16, 24, 32].contains(&bytes), "{bytes}");
        assert!(key.is_none_or(|key| *key == vec![0xab; bytes]));
        assert!(read(format!("{text}a").as_bytes()).is_none());
    }
    assert!(read("0g".repeat(16).as_bytes()).is_none() && read("+1".repeat(16).as_bytes()).is_none());
}

#[test]
fn a_certificate_object_that_is_cut_or_compressed_is_none() {
    for length in [0, 1, 127, 128, 255, 256, 3000] {
        let head = match length {
            0..128 => vec![0x70, length as u8],
            128..256 => vec![0x70, 0x81, length as u8],
            _ => vec![0x70, 0x82, (length >> 8) as u8, length as u8],
        };
        let object = [&head[..], &vec![7; length], &[0x71, 1, 0, 0xfe, 0]].concat();
        assert_eq!(certificate(&object), Some(&vec![7; length][..]));
        for cut in 0..head.len() + length {
            assert_eq!(certificate(&object[..cut]), None, "{cut} of {length}");
        }
        assert_eq!(certificate(&[&head[..], &vec![7; length], &[0x71, 1, 1, 0xfe, 0]].concat()), None, "compressed");
    }
    assert_eq!(certificate(&[0x53, 1, 7]), None);
}

/// The driver traces every byte it sends to a card, and a PIN is among them.
#[test]
fn k7_the_drivers_trace_is_not_compiled_in() {
    assert!(log::STATIC_MAX_LEVEL < log::LevelFilter::Trace);
}
