//! What `key list` shows: every token, and URIs that can be typed as they are.

use crate::softhsm::{MODULE, PIN, alone};
use crate::{error, knows, never, new_key, uri};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use std::path::PathBuf;
use tuffet_keys::Scheme;
use tuffet_signers::{Places, list, open, public_key};

fn places(modules: &[&str]) -> Places {
    Places { modules: modules.iter().map(PathBuf::from).collect(), ..Places::default() }
}

#[test]
fn every_token_and_its_keys_are_listed_without_a_pin_by_uris_that_open_them() {
    alone(|hsm| {
        let (alice, bob) = (hsm.token("alice"), hsm.token("bob smith"));
        let made = [("p256", Scheme::EcdsaP256), ("ed25519", Scheme::Ed25519), ("rsa", Scheme::RsaPssSha256)]
            .map(|(name, scheme)| new_key(&hsm.uri("alice", name), scheme).public_key().clone());

        let listing = list(&places(&[MODULE]));
        assert_eq!(listing.troubles, []);
        let mut names: Vec<String> = listing.tokens.iter().map(|token| token.name.clone()).collect();
        names.sort();
        let named = |label: &str, serial: &str| format!("token \"{label}\" of SoftHSM v2 serial {serial}");
        assert_eq!(names, [named("alice", &alice), named("bob smith", &bob)]);

        let token = |label: &str| listing.tokens.iter().find(|token| token.name.contains(label)).unwrap();
        assert_eq!(token("bob").keys, []);
        let keys = &token("alice").keys;
        let shown: Vec<_> = keys.iter().map(|key| (key.uri.to_string(), key.label.clone().unwrap())).collect();
        let typed = |id: u8| format!("pkcs11:token=alice;serial={alice};id=%0{id}?module-path={MODULE}");
        let expected = [(typed(1), "p256"), (typed(2), "ed25519"), (typed(3), "rsa")];
        assert_eq!(shown, expected.map(|(uri, label)| (uri, label.to_owned())));
        assert_eq!(
            keys[1].holder.to_string(),
            format!("PKCS#11 token serial {alice}, token \"alice\", key \"ed25519\" (id 02)")
        );
        for (key, public) in keys.iter().zip(&made) {
            assert_eq!(key.public.as_ref(), Ok(public));
            assert_eq!(public_key(&key.uri, &mut never).unwrap(), *public);
            assert!(open(&uri(&key.uri.to_string()), &mut knows).unwrap().sign(b"payload").is_ok());
        }
    });
}

#[test]
fn a_module_that_does_not_work_hides_no_other() {
    alone(|hsm| {
        hsm.token("alice");
        let listing = list(&places(&["/nowhere/a.so", MODULE]));
        assert_eq!(listing.tokens.len(), 1);
        let said: Vec<String> = listing.troubles.iter().map(ToString::to_string).collect();
        let reason = "No such file or directory (os error 2)";
        assert_eq!(said, [format!("/nowhere/a.so: /nowhere/a.so is not a PKCS#11 module that works here: {reason}")]);
    });
}

#[test]
fn a_key_that_only_decrypts_is_not_listed_and_not_opened() {
    alone(|hsm| {
        let serial = hsm.token("alice");
        let context = Pkcs11::new(MODULE).unwrap();
        context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
        let slot = context.get_slots_with_initialized_token().unwrap()[0];
        let session = context.open_rw_session(slot).unwrap();
        session.login(UserType::User, Some(&AuthPin::new(PIN.into()))).unwrap();
        let both = [Attribute::Token(true), Attribute::Id(vec![1]), Attribute::Label(b"mail".to_vec())];
        let kind = [Attribute::ModulusBits(2048.into()), Attribute::PublicExponent(vec![1, 0, 1])];
        let public = [&both[..], &kind, &[Attribute::Verify(false), Attribute::Encrypt(true)]].concat();
        let private = [&both[..], &[Attribute::Sign(false), Attribute::Decrypt(true)]].concat();
        session.generate_key_pair(&Mechanism::RsaPkcsKeyPairGen, &public, &private).unwrap();
        drop(session);
        new_key(&hsm.uri("alice", "release"), Scheme::Ed25519);
        let listing = list(&places(&[MODULE]));
        let labels: Vec<_> = listing.tokens[0].keys.iter().map(|key| key.label.clone().unwrap()).collect();
        assert_eq!(labels, ["release"]);
        let none = error(open(&uri(&hsm.uri("alice", "mail")), &mut knows));
        let found = "there is no such key on it (found key \"release\" (id 02))";
        assert_eq!(none.to_string(), format!("token \"alice\" of SoftHSM v2 serial {serial}: {found}"));
    });
}

#[test]
fn what_a_device_calls_itself_cannot_move_the_cursor() {
    alone(|hsm| {
        let serial = hsm.token("al\u{1b}[2Jice");
        let listing = list(&places(&[MODULE]));
        assert_eq!(listing.tokens[0].name, format!("token \"al[2Jice\" of SoftHSM v2 serial {serial}"));
        let text = format!("pkcs11:token=al%1B%5B2Jice;object=x%0A?module-path={MODULE}");
        let made = new_key(&text, Scheme::EcdsaP256);
        assert!(!made.describe().contains(char::is_control), "{:?}", made.describe());
        let listing = list(&places(&[MODULE]));
        assert_eq!(listing.tokens[0].keys[0].label.as_deref(), Some("x"));
        assert!(!format!("{}", listing.tokens[0].keys[0].uri).contains(char::is_control));
    });
}
