//! Which token and which key a URI means.

use crate::softhsm::{MODULE, alone};
use crate::{error, knows, never, new_key, uri};
use tuffet_keys::Scheme;
use tuffet_signers::{open, public_key};

#[test]
fn x22_a_token_that_is_not_there_is_said_with_those_that_are() {
    alone(|hsm| {
        let text = hsm.uri("alice", "release");
        let serial = hsm.token("bob");
        let other = error(open(&uri(&text), &mut never));
        let found = format!("(found token \"bob\" of SoftHSM v2 serial {serial})");
        assert_eq!(other.to_string(), format!("{text}: not plugged in {found}"));
        assert_eq!(other.hint().as_deref(), Some("plug it in; `tuffet key list` shows what is there"));
    });
}

#[test]
fn x22_no_token_at_all_is_said() {
    alone(|hsm| {
        let text = hsm.uri("alice", "release");
        let none = error(open(&uri(&text), &mut never));
        assert_eq!(none.to_string(), format!("{text}: not plugged in"));
    });
}

#[test]
fn x22_two_tokens_with_one_label_are_told_apart_by_serial() {
    alone(|hsm| {
        let (first, second) = (hsm.token("alice"), hsm.token("alice"));
        let text = hsm.uri("alice", "release");
        let both = error(open(&uri(&text), &mut never));
        let mut names = [&first, &second].map(|serial| format!("token \"alice\" of SoftHSM v2 serial {serial}"));
        names.sort();
        assert_eq!(both.to_string(), format!("{text}: expected one, found 2: {}", names.join(", ")));
        assert_eq!(both.hint().as_deref(), Some("say which: serial=NUMBER, or unplug the other"));
        let one = |serial: &str| format!("pkcs11:token=alice;serial={serial};object=release?module-path={MODULE}");
        let made = new_key(&one(&second), Scheme::EcdsaP256);
        assert!(made.describe().contains(second.as_str()));
        assert_eq!(public_key(&uri(&one(&second)), &mut never).unwrap(), *made.public_key());
        assert!(open(&uri(&one(&first)), &mut knows).is_err(), "the other one stayed empty");
    });
}

#[test]
fn every_part_of_a_token_counts() {
    alone(|hsm| {
        let serial = hsm.token("alice");
        let made = new_key(&hsm.uri("alice", "release"), Scheme::EcdsaP256);
        for part in [
            "manufacturer=SoftHSM%20project",
            "model=SoftHSM%20v2",
            "library-description=Implementation%20of%20PKCS11",
            "library-manufacturer=SoftHSM",
            "library-version=2.6",
            "slot-manufacturer=SoftHSM%20project",
            "type=private",
            "id=%01",
        ] {
            let text = format!("pkcs11:serial={serial};{part}?module-path={MODULE}");
            assert_eq!(public_key(&uri(&text), &mut never).unwrap(), *made.public_key(), "{part}");
        }
        for part in
            ["manufacturer=SoftHSM", "model=v2", "serial=0", "library-version=3", "slot-id=7", "slot-description=x"]
        {
            let text = format!("pkcs11:token=alice;{part}?module-path={MODULE}");
            let absent = error(open(&uri(&text), &mut never)).to_string();
            assert!(absent.contains(": not plugged in (found token \"alice\""), "{part}: {absent}");
        }
    });
}

#[test]
fn x22_a_key_that_is_not_there_is_said_with_those_that_are() {
    alone(|hsm| {
        let serial = hsm.token("alice");
        let at = format!("token \"alice\" of SoftHSM v2 serial {serial}");
        let none = error(open(&uri(&hsm.uri("alice", "release")), &mut knows));
        assert_eq!(none.to_string(), format!("{at}: there is no such key on it"));
        assert_eq!(none.hint().as_deref(), Some("`tuffet key list` shows the keys that are there"));
        new_key(&hsm.uri("alice", "a"), Scheme::EcdsaP256);
        new_key(&hsm.uri("alice", "b"), Scheme::EcdsaP256);
        let found = "(found key \"a\" (id 01), key \"b\" (id 02))";
        let other = error(open(&uri(&hsm.uri("alice", "release")), &mut knows));
        assert_eq!(other.to_string(), format!("{at}: there is no such key on it {found}"));
        let wrong_id = format!("pkcs11:token=alice;object=a;id=%02?module-path={MODULE}");
        let other = error(open(&uri(&wrong_id), &mut knows));
        assert_eq!(other.to_string(), format!("{at}: there is no such key on it {found}"));

        let any = uri(&format!("pkcs11:token=alice?module-path={MODULE}"));
        let both = format!("{at}: expected one, found 2: key \"a\" (id 01), key \"b\" (id 02)");
        for found in [error(open(&any, &mut knows)), error(public_key(&any, &mut never))] {
            assert_eq!(found.to_string(), both);
        }
    });
}

#[test]
fn the_one_key_of_the_one_token_needs_no_name() {
    alone(|hsm| {
        hsm.token("alice");
        new_key(&hsm.uri("alice", "release"), Scheme::EcdsaP256);
        let any = uri(&format!("pkcs11:?module-path={MODULE}"));
        assert!(open(&any, &mut knows).unwrap().sign(b"payload").is_ok());
    });
}
