//! New keys: where they lie, what they may, and that nothing is lost for them.

use crate::lying::Lying;
use crate::softhsm::{MODULE, alone, skipped};
use crate::{Person, error, knows, never, new_key, uri};
use tuffet_keys::Scheme;
use tuffet_signers::{NewKey, generate, open};

#[test]
fn a_label_or_an_id_that_is_taken_is_never_overwritten() {
    alone(|hsm| {
        let serial = hsm.token("alice");
        let first = new_key(&hsm.uri("alice", "release"), Scheme::EcdsaP256);
        let device = format!("token \"alice\" of SoftHSM v2 serial {serial}");
        for (text, label) in [
            (hsm.uri("alice", "release"), "alice"),
            (format!("pkcs11:token=alice?module-path={MODULE}"), "release"),
            (format!("pkcs11:token=alice;object=other;id=%01?module-path={MODULE}"), "alice"),
        ] {
            let taken = error(generate(&uri(&text), &NewKey::new(Scheme::Ed25519, label), &mut knows));
            let what = "a key is there already (key \"release\" (id 01)): it was not changed";
            assert_eq!(taken.to_string(), format!("{device}: {what}"), "{text}");
            let elsewhere = "write another id and object into the URI: keys on a token are never overwritten";
            assert_eq!(taken.hint().as_deref(), Some(elsewhere));
        }
        let again = open(&uri(&hsm.uri("alice", "release")), &mut knows).unwrap();
        assert_eq!(again.public_key(), first.public_key());
        let second = format!("pkcs11:token=alice;object=other;id=%0a%0B?module-path={MODULE}");
        assert!(new_key(&second, Scheme::EcdsaP256).describe().ends_with("key \"other\" (id 0a0b)"));
        let labelled = uri(&format!("pkcs11:token=alice?module-path={MODULE}"));
        let third = generate(&labelled, &NewKey::new(Scheme::EcdsaP256, "third"), &mut knows).unwrap();
        assert!(third.describe().ends_with("key \"third\" (id 02)"), "{}", third.describe());
    });
}

#[test]
fn a_new_key_may_sign_and_nothing_else() {
    alone(|hsm| {
        hsm.token("alice");
        for (name, scheme) in [("ec", Scheme::EcdsaP256), ("ed", Scheme::Ed25519), ("rsa", Scheme::RsaPssSha256)] {
            drop(new_key(&hsm.uri("alice", name), scheme));
            let shown = hsm
                .command("pkcs11-tool")
                .args(["--module", MODULE, "--token-label", "alice", "--login", "--pin", "tuesday"])
                .args(["--list-objects", "--type", "privkey", "--label", name])
                .output();
            let Ok(shown) = shown else { return skipped("pkcs11-tool (Debian: opensc)") };
            let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
            let line = |start: &str| shown.lines().find_map(|l| l.trim().strip_prefix(start)).map(str::trim);
            assert_eq!(line("Usage:"), Some("sign"), "{name}: {shown}");
            assert_eq!(
                line("Access:"),
                Some("sensitive, always sensitive, never extractable, local"),
                "{name}: {shown}"
            );
        }
    });
}

#[test]
fn a_key_that_could_leave_the_token_is_deleted_again() {
    alone(|hsm| {
        let Some(lying) = Lying::module(hsm) else { return };
        let serial = hsm.token("alice");
        let release = uri(&lying.uri("alice", "release"));
        lying.say("copies");
        let refused = error(generate(&release, &NewKey::new(Scheme::EcdsaP256, ""), &mut knows));
        assert_eq!(
            refused.to_string(),
            format!(
                "token \"alice\" of SoftHSM v2 serial {serial}: an answer that makes no sense: expected a new key that \
                 cannot leave the token, found one that can: it was deleted"
            )
        );
        lying.say("");
        let none = error(open(&release, &mut knows)).to_string();
        assert!(none.ends_with(": there is no such key on it"), "{none}");
    });
}

#[test]
fn a_token_that_knows_curves_by_name_is_told_the_name() {
    alone(|hsm| {
        let Some(lying) = Lying::module(hsm) else { return };
        hsm.token("alice");
        lying.say("by-name");
        let key = new_key(&lying.uri("alice", "release"), Scheme::Ed25519);
        assert!(key.sign(b"payload").is_ok());
    });
}

#[test]
fn what_a_token_cannot_make_is_said() {
    alone(|hsm| {
        let Some(lying) = Lying::module(hsm) else { return };
        let serial = hsm.token("alice");
        let text = lying.uri("alice", "release");
        lying.say("nothing");
        let make = |scheme| error(generate(&uri(&text), &NewKey::new(scheme, ""), &mut knows)).to_string();
        let device = format!("token \"alice\" of SoftHSM v2 serial {serial}");
        let reason = "the token's list of mechanisms makes no such keys";
        assert_eq!(make(Scheme::Ed25519), format!("{device}: cannot do Ed25519: {reason}"));
        let kinds = "expected Ed25519, ECDSA P-256, P-384 or RSA-PSS";
        assert_eq!(make(Scheme::MlDsa44), format!("{text}: cannot do ML-DSA-44: {kinds}"));
        assert_eq!(
            make(Scheme::RsaPssSha384),
            format!(
                "{text}: cannot do RSA-PSS SHA-384: the URI is for RSA-PSS SHA-256: expected `scheme=rsassa-pss-sha384`"
            )
        );
        let other = uri(&format!("{text}&scheme=rsassa-pss-sha512"));
        assert_eq!(
            error(generate(&other, &NewKey::new(Scheme::EcdsaP256, ""), &mut never)).to_string(),
            format!(
                "{text}&scheme=rsassa-pss-sha512: cannot do ECDSA P-256: the URI is for RSA-PSS SHA-512: expected \
                 `scheme=ecdsa-sha2-nistp256`"
            )
        );
    });
}

#[test]
fn k7_a_wrong_pin_makes_no_key() {
    alone(|hsm| {
        let serial = hsm.token("alice");
        let release = uri(&hsm.uri("alice", "release"));
        let mut person = Person::with(&["wednesday", "thursday", "friday"]);
        let wrong = error(generate(&release, &NewKey::new(Scheme::EcdsaP256, ""), &mut person));
        assert_eq!(wrong.to_string(), format!("token \"alice\" of SoftHSM v2 serial {serial}: wrong PIN"));
        let none = error(open(&release, &mut knows)).to_string();
        assert!(none.ends_with(": there is no such key on it"), "{none}");
    });
}
