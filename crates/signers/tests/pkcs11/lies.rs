//! X22: a token that goes away, fails, waits or answers garbage while a key is open.

use crate::lying::Lying;
use crate::softhsm::{SoftHsm, alone};
use crate::{Person, error, knows, never, new_key, uri};
use std::time::Duration;
use tuffet_attestation::PinPolicy;
use tuffet_keys::{Scheme, Sign, SignError};
use tuffet_signers::{Key, KeyUri, NewKey, Pkcs11Key, generate, open};

/// An open key `release` behind the module that lies, and how it names itself.
fn opened(hsm: &SoftHsm, scheme: Scheme) -> Option<(Lying, Box<dyn Key>, String)> {
    let lying = Lying::module(hsm)?;
    let serial = hsm.token("alice");
    let key = new_key(&lying.uri("alice", "release"), scheme);
    Some((lying, key, format!("token \"alice\" of SoftHSM v2 serial {serial}, key \"release\" (id 01)")))
}

fn said(key: &dyn Key) -> (String, Option<String>) {
    match key.sign(b"payload").unwrap_err() {
        SignError::Failed { signer, reason, hint } => (format!("{signer}: {reason}"), hint),
        other => (other.to_string(), None),
    }
}

#[test]
fn x22_a_token_removed_while_it_signs_is_said_and_taken_up_again() {
    alone(|hsm| {
        let Some((lying, key, at)) = opened(hsm, Scheme::EcdsaP256) else { return };
        for lies in ["removed", "unplugged", "yanked"] {
            lying.say(lies);
            let (removed, hint) = said(key.as_ref());
            assert_eq!(removed, format!("{at}: removed while it was in use: nothing was signed"), "{lies}");
            assert_eq!(hint.as_deref(), Some("plug it in and run the command again"));
            lying.say("");
            assert!(key.sign(b"payload").is_ok(), "{lies}: plugged in again");
        }
        lying.say("removed once");
        assert!(key.sign(b"payload").is_ok(), "plugged in again before anybody noticed");
    });
}

#[test]
fn x22_a_token_that_was_pulled_out_between_two_signatures_is_no_matter() {
    alone(|hsm| {
        let Some((lying, key, _)) = opened(hsm, Scheme::Ed25519) else { return };
        assert!(key.sign(b"root").is_ok());
        lying.say("unplugged");
        let gone = error(open(&uri(&lying.uri("alice", "release")), &mut never)).to_string();
        assert!(gone.ends_with("lying.so: not plugged in"), "{gone}");
        lying.say("");
        let pins = lying.pins();
        assert!(key.sign(b"targets").is_ok());
        assert!(lying.pins().len() > pins.len(), "the PIN that was typed once was sent to the new session");
    });
}

#[test]
fn k7_a_pin_that_is_kept_is_not_sent_to_a_token_with_one_try_left() {
    alone(|hsm| {
        let Some((lying, key, at)) = opened(hsm, Scheme::EcdsaP256) else { return };
        let pins = lying.pins();
        lying.say("removed once tries=1");
        let (last, _) = said(key.as_ref());
        assert_eq!(last, format!("{at}: one try is left before the token locks: the PIN was not sent (K7)"));
        lying.say("removed once tries=0");
        assert_eq!(said(key.as_ref()).0, format!("{at}: the PIN is locked"));
        assert_eq!(lying.pins(), pins);
    });
}

#[test]
fn k11_x22_a_wrong_signature_is_dropped() {
    alone(|hsm| {
        let Some(lying) = Lying::module(hsm) else { return };
        hsm.token("alice");
        for scheme in [Scheme::EcdsaP256, Scheme::Ed25519, Scheme::RsaPssSha256] {
            lying.say("");
            let key = new_key(&lying.uri("alice", scheme.name()), scheme);
            let at = key.describe();
            lying.say("garbage");
            assert_eq!(key.sign(b"payload"), Err(SignError::Wrong { signer: at.clone() }), "{scheme}");
            lying.say("short");
            let short = match scheme {
                Scheme::EcdsaP256 => format!(
                    "{at}: an answer that makes no sense: expected an ECDSA signature of two equal halves, found 1 bytes"
                ),
                _ => SignError::Wrong { signer: at }.to_string(),
            };
            assert_eq!(key.sign(b"payload").unwrap_err().to_string(), short, "{scheme}");
            lying.say("");
            assert!(key.sign(b"payload").is_ok(), "{scheme}");
        }
    });
}

#[test]
fn x22_what_the_token_says_of_a_failure_is_passed_on_in_its_words() {
    alone(|hsm| {
        let Some((lying, key, at)) = opened(hsm, Scheme::EcdsaP256) else { return };
        for (lies, words) in [
            ("failed", "C_Sign says CKR_FUNCTION_FAILED"),
            ("trouble", "C_Sign says CKR_DEVICE_ERROR: was it pulled out, or not touched?"),
            ("untouched", "not touched in time, or logged out meanwhile (C_Sign says CKR_USER_NOT_LOGGED_IN)"),
        ] {
            lying.say(lies);
            assert_eq!(said(key.as_ref()), (format!("{at}: refused: {words}"), None));
            lying.say("");
            assert!(key.sign(b"payload").is_ok(), "{lies}");
        }
    });
}

#[test]
fn x22_a_token_that_waits_does_not_keep_the_program() {
    alone(|hsm| {
        let Some((lying, key, at)) = opened(hsm, Scheme::EcdsaP256) else { return };
        let pipe = lying.pipe();
        let KeyUri::Pkcs11(release) = uri(&lying.uri("alice", "release")) else { panic!() };
        let patience = Duration::from_secs(2);
        let hasty = Pkcs11Key::open_within(&release, patience, &mut never).unwrap();
        lying.say("wait");
        let slow = hasty.sign(b"payload").unwrap_err();
        assert_eq!(slow.to_string(), format!("{at}: no answer within 2 seconds: nothing was signed"));
        lying.say("");
        assert!(hasty.sign(b"payload").is_ok(), "a new line, while the old call still waits");
        std::fs::write(pipe, "go on").unwrap();
        assert!(hasty.sign(b"payload").is_ok());
        assert!(key.sign(b"payload").is_ok());
    });
}

#[test]
fn x22_a_token_that_waits_when_it_is_opened_does_not_keep_the_program() {
    alone(|hsm| {
        let Some((lying, key, at)) = opened(hsm, Scheme::EcdsaP256) else { return };
        let _pipe = lying.pipe();
        let KeyUri::Pkcs11(release) = uri(&lying.uri("alice", "release")) else { panic!() };
        lying.say("stuck");
        let slow = error(Pkcs11Key::open_within(&release, Duration::from_secs(2), &mut never));
        let device = at.split_once(", key").unwrap().0;
        assert_eq!(slow.to_string(), format!("{device}: no answer within 2 seconds: nothing was signed"));
        assert_eq!(slow.hint().as_deref(), Some("does it wait for a touch or a PIN? run the command again"));
        lying.say("");
        assert!(key.sign(b"payload").is_ok(), "another key of the process is not held up");
    });
}

#[test]
fn x22_a_token_without_the_algorithm_says_which() {
    alone(|hsm| {
        let Some((lying, key, _)) = opened(hsm, Scheme::EcdsaP256) else { return };
        let device = key.describe().split_once(", key").unwrap().0.to_owned();
        let release = uri(&lying.uri("alice", "release"));
        lying.say("nothing");
        let none = error(open(&release, &mut knows));
        let reason = "the token's list of mechanisms does not have it";
        assert_eq!(none.to_string(), format!("{device}: cannot do ECDSA P-256: {reason}"));
        assert_eq!(none.hint().as_deref(), Some("take another algorithm, or a token that can"));
        lying.say("hashing");
        assert_eq!(error(open(&release, &mut knows)).to_string(), none.to_string(), "SoftHSM has no ECDSA_SHA256");
    });
}

#[test]
fn a_token_that_hashes_itself_is_sent_the_message() {
    alone(|hsm| {
        let Some((lying, key, _)) = opened(hsm, Scheme::RsaPssSha256) else { return };
        drop(key);
        lying.say("hashing");
        let key = open(&uri(&lying.uri("alice", "release")), &mut knows).unwrap();
        let signature = key.sign(b"payload").unwrap();
        assert_eq!(key.public_key().verify(b"payload", &signature), Ok(()));
    });
}

#[test]
fn k7_a_pin_pad_for_every_signature_is_announced_and_its_tries_are_read_each_time() {
    alone(|hsm| {
        let Some(lying) = Lying::module(hsm) else { return };
        hsm.token("alice");
        lying.say("pad=tuesday tries=3");
        let release = uri(&lying.uri("alice", "release"));
        let always = NewKey { pin: PinPolicy::Always, ..NewKey::new(Scheme::RsaPssSha256, "") };
        let mut person = Person::default();
        let key = generate(&release, &always, &mut person).unwrap();
        assert_eq!(person.heard.len(), 1);
        assert_eq!(key.action().as_deref(), Some("type the PIN on the token's pad for every signature"));
        let before = lying.pins();
        assert!(key.sign(b"payload").is_ok() && key.sign(b"payload").is_ok());
        assert_eq!(lying.pins(), format!("{before}--"));
        lying.say("pad=wednesday tries=3");
        assert!(said(key.as_ref()).0.ends_with(": wrong PIN"));
        assert!(said(key.as_ref()).0.ends_with(": wrong PIN, one try left"));
        assert!(said(key.as_ref()).0.ends_with(": one try is left before the token locks: the PIN was not sent (K7)"));
    });
}
