//! K7: how many tries are left is read before a PIN is asked for, and the last one is never sent by accident.

use crate::lying::Lying;
use crate::softhsm::{SoftHsm, alone};
use crate::{Person, error, never, new_key, uri};
use tuffet_keys::Scheme;
use tuffet_signers::open;

const HINT: &str = "make sure of the PIN, then run the command with --last-try; or set a new one with the PUK first";

fn at(serial: &str) -> String {
    format!("token \"alice\" of SoftHSM v2 serial {serial}")
}

/// A token with a key `release`, behind the module that lies.
fn liar(hsm: &SoftHsm) -> Option<(Lying, String)> {
    let lying = Lying::module(hsm)?;
    let serial = hsm.token("alice");
    drop(new_key(&lying.uri("alice", "release"), Scheme::EcdsaP256));
    Some((lying, serial))
}

#[test]
fn k7_a_wrong_pin_is_asked_for_again_while_the_token_says_that_more_tries_are_left() {
    alone(|hsm| {
        let serial = hsm.token("alice");
        drop(new_key(&hsm.uri("alice", "release"), Scheme::EcdsaP256));
        let release = uri(&hsm.uri("alice", "release"));
        let mut person = Person::with(&["wednesday", "thursday", "tuesday"]);
        assert!(open(&release, &mut person).unwrap().sign(b"payload").is_ok());
        let at = at(&serial);
        let again = format!("wrong PIN, more than one try is left; PIN of {at}: ");
        assert_eq!(person.heard, [format!("PIN of {at}: "), again.clone(), again.clone()]);

        let mut person = Person::with(&["wednesday", "thursday", "friday", "tuesday"]);
        let wrong = error(open(&release, &mut person));
        assert_eq!(wrong.to_string(), format!("{at}: wrong PIN"));
        assert_eq!(wrong.hint().as_deref(), Some("make sure of the PIN before you try again"));
        assert_eq!(person.heard.len(), 3, "and no more");
        let mut person = Person::with(&["tuesday"]);
        assert!(open(&release, &mut person).is_ok(), "the token is as it was");
        assert_eq!(person.heard, [format!("a wrong PIN was entered before; PIN of {at}: ")]);
    });
}

#[test]
fn k7_a_token_that_does_not_say_what_is_left_is_asked_once() {
    alone(|hsm| {
        let Some((lying, serial)) = liar(hsm) else { return };
        lying.say("silent");
        let mut person = Person::with(&["wednesday", "tuesday"]);
        let wrong = error(open(&uri(&lying.uri("alice", "release")), &mut person));
        assert_eq!(wrong.to_string(), format!("{}: wrong PIN", at(&serial)));
        assert_eq!(person.heard.len(), 1);
    });
}

#[test]
fn k7_the_last_try_is_not_sent() {
    alone(|hsm| {
        let Some((lying, serial)) = liar(hsm) else { return };
        let release = uri(&lying.uri("alice", "release"));
        lying.say("tries=3");
        let sent = lying.pins().len();
        let mut person = Person::with(&["wednesday", "thursday", "friday"]);
        let wrong = error(open(&release, &mut person));
        assert_eq!(wrong.to_string(), format!("{}: wrong PIN, one try left", at(&serial)));
        assert_eq!(lying.pins().len() - sent, 2, "the third was not asked for");

        let refused = error(open(&release, &mut never));
        let last = "one try is left before the token locks: the PIN was not sent (K7)";
        assert_eq!(refused.to_string(), format!("{}: {last}", at(&serial)));
        assert_eq!(refused.hint().as_deref(), Some(HINT));
        assert_eq!(lying.pins().len() - sent, 2);

        let mut person = Person { risks: true, ..Person::with(&["tuesday"]) };
        assert!(open(&release, &mut person).unwrap().sign(b"payload").is_ok());
        assert_eq!(person.heard, [format!("last try before the token locks; PIN of {}: ", at(&serial))]);
    });
}

#[test]
fn k7_a_risk_that_was_agreed_to_is_one_try_and_a_locked_pin_is_not_asked_for() {
    alone(|hsm| {
        let Some((lying, serial)) = liar(hsm) else { return };
        let release = uri(&lying.uri("alice", "release"));
        lying.say("tries=1");
        let mut person = Person { risks: true, ..Person::with(&["wednesday", "tuesday"]) };
        let locked = error(open(&release, &mut person));
        assert_eq!(locked.to_string(), format!("{}: the PIN is locked", at(&serial)));
        assert_eq!(locked.hint().as_deref(), Some("unlock it with the PUK, in the tool of the token's maker"));
        assert_eq!(person.heard.len(), 1);
        let sent = lying.pins();
        for risks in [true, false] {
            let mut person = Person { risks, ..Person::with(&["tuesday"]) };
            assert_eq!(error(open(&release, &mut person)), locked);
            assert!(person.heard.is_empty());
        }
        assert_eq!(lying.pins(), sent);
    });
}

#[test]
fn k7_a_pin_that_the_token_cannot_have_costs_no_try() {
    alone(|hsm| {
        let Some((lying, serial)) = liar(hsm) else { return };
        let sent = lying.pins();
        for pin in ["", "abc"] {
            let refused = error(open(&uri(&lying.uri("alice", "release")), &mut Person::with(&[pin])));
            assert_eq!(
                refused.to_string(),
                format!(
                    "{}: refused: expected a PIN of 4 to 255 bytes, found another length: it was not sent",
                    at(&serial)
                )
            );
        }
        assert_eq!(lying.pins(), sent);
    });
}

#[test]
fn k7_a_pin_pad_is_used_where_the_token_has_one() {
    alone(|hsm| {
        let Some((lying, serial)) = liar(hsm) else { return };
        lying.say("pad=tuesday");
        let mut person = Person::default();
        let key = open(&uri(&lying.uri("alice", "release")), &mut person).unwrap();
        assert!(key.sign(b"payload").is_ok());
        assert_eq!(person.heard, [format!("type the PIN on the pad of {}", at(&serial))]);
        assert_eq!(key.action(), None);
        assert!(lying.pins().ends_with('-'), "{}", lying.pins());
        drop(key);
        lying.say("pad=wednesday tries=2");
        let wrong = error(open(&uri(&lying.uri("alice", "release")), &mut Person::default()));
        assert_eq!(wrong.to_string(), format!("{}: wrong PIN, one try left", at(&serial)));
        lying.say("pad=tuesday tries=2");
        let last = error(open(&uri(&lying.uri("alice", "release")), &mut Person::default())).to_string();
        assert!(last.ends_with(": one try is left before the token locks: the PIN was not sent (K7)"), "{last}");
    });
}

#[test]
fn k7_the_pin_is_in_no_message() {
    alone(|hsm| {
        let Some((lying, _)) = liar(hsm) else { return };
        let release = uri(&lying.uri("alice", "release"));
        let mut said = Vec::new();
        for lies in ["", "silent", "tries=2", "failed", "removed", "garbage", "nothing"] {
            lying.say(lies);
            let mut person = Person::with(&["tuesday"]);
            match open(&release, &mut person) {
                Ok(key) => {
                    let signed = key.sign(b"payload");
                    said.push(format!("{} {:?} {:?} {:?}", key.describe(), key.holder(), key.action(), signed.err()));
                }
                Err(error) => said.push(format!("{error} {error:?} {:?}", error.hint())),
            }
            said.append(&mut person.heard);
            let mut person = Person::with(&["tuesday-night"]);
            said.extend(open(&release, &mut person).err().map(|error| format!("{error} {error:?}")));
        }
        assert!(said.len() > 14, "{said:?}");
        assert!(said.iter().all(|text| !text.contains("tuesday")), "{said:?}");
    });
}
