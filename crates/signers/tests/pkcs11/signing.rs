use crate::softhsm::{MODULE, alone};
use crate::{Person, error, knows, never, new_key, uri};
use tuffet_attestation::PinPolicy;
use tuffet_keys::{PublicKey, Scheme};
use tuffet_signers::{HolderKind, NewKey, generate, open, public_key};

const SCHEMES: [(&str, Scheme); 6] = [
    ("p256", Scheme::EcdsaP256),
    ("p384", Scheme::EcdsaP384),
    ("ed25519", Scheme::Ed25519),
    ("pss256", Scheme::RsaPssSha256),
    ("pss384", Scheme::RsaPssSha384),
    ("pss512", Scheme::RsaPssSha512),
];

#[test]
fn every_algorithm_is_made_opened_and_signs() {
    alone(|hsm| {
        let serial = hsm.token("alice");
        for (number, (name, scheme)) in (1..).zip(SCHEMES) {
            let said = if name.starts_with("pss") { format!("&scheme={}", scheme.name()) } else { String::new() };
            let text = hsm.uri("alice", name) + &said;
            let made = new_key(&text, scheme);
            assert_eq!(made.public_key().scheme(), scheme);
            let place = format!("token \"alice\" of SoftHSM v2 serial {serial}, key \"{name}\" (id 0{number})");
            assert_eq!(made.describe(), place);
            let holder = made.holder();
            assert_eq!((holder.kind, holder.serial.as_deref()), (HolderKind::Pkcs11, Some(serial.as_str())));
            assert_eq!(holder.claims, ["generated on the token", "never extractable", "always sensitive"]);
            let public = made.public_key().clone();
            drop(made);

            assert_eq!(public_key(&uri(&text), &mut never).unwrap(), public, "{name}: without a PIN");
            let opened = open(&uri(&text), &mut knows).unwrap();
            assert_eq!(opened.public_key(), &public);
            // As long as a root with five keys of RSA, and as short as can be.
            for length in [0, 1, 64, 10_000] {
                let message = vec![b'x'; length];
                let signature = opened.sign(&message).unwrap_or_else(|e| panic!("{name}, {length} bytes: {e}"));
                assert_eq!(public.verify(&message, &signature), Ok(()), "{name}, {length} bytes");
            }
        }
    });
}

#[test]
fn one_rsa_key_is_another_signer_for_every_digest() {
    alone(|hsm| {
        hsm.token("alice");
        let text = hsm.uri("alice", "rsa");
        new_key(&text, Scheme::RsaPssSha256);
        let public: Vec<PublicKey> = ["", "&scheme=rsassa-pss-sha256", "&scheme=rsassa-pss-sha512"]
            .map(|said| open(&uri(&format!("{text}{said}")), &mut knows).unwrap().public_key().clone())
            .into();
        assert_eq!(public[0], public[1]);
        assert_eq!(public[2].scheme(), Scheme::RsaPssSha512);
        assert_eq!(public[0].spki_der(), public[2].spki_der());

        let ec = hsm.uri("alice", "ec");
        new_key(&ec, Scheme::EcdsaP256);
        let wrong = error(open(&uri(&format!("{ec}&scheme=rsassa-pss-sha384")), &mut knows)).to_string();
        let expected = "cannot do key \"ec\" (id 02): expected an RSA key, for RSA-PSS SHA-384 as the URI says, found \
                        ECDSA P-256";
        assert!(wrong.ends_with(expected), "{wrong}");
    });
}

#[test]
fn one_pin_serves_a_sitting() {
    alone(|hsm| {
        hsm.token("alice");
        for name in ["a", "b"] {
            new_key(&hsm.uri("alice", name), Scheme::EcdsaP256);
        }
        let first = open(&uri(&hsm.uri("alice", "a")), &mut Person::with(&["tuesday"])).unwrap();
        let second = open(&uri(&hsm.uri("alice", "b")), &mut never).unwrap();
        for _ in 0..3 {
            assert!(first.sign(b"root").is_ok() && second.sign(b"targets").is_ok());
        }
        drop(first);
        assert!(second.sign(b"still logged in").is_ok());
        drop(second);
        let mut person = Person::with(&[]);
        let cancelled = error(open(&uri(&hsm.uri("alice", "b")), &mut person));
        assert!(cancelled.is_cancelled(), "with its last key the sitting ends: {cancelled}");
    });
}

#[test]
fn a_pin_before_every_signature_is_sent_from_the_one_that_was_typed() {
    alone(|hsm| {
        hsm.token("alice");
        let always = NewKey { pin: PinPolicy::Always, ..NewKey::new(Scheme::RsaPssSha256, "") };
        let text = hsm.uri("alice", "careful");
        generate(&uri(&text), &always, &mut knows).unwrap();
        let mut person = Person::with(&["tuesday"]);
        let key = open(&uri(&text), &mut person).unwrap();
        for _ in 0..3 {
            let signature = key.sign(b"payload").unwrap();
            assert_eq!(key.public_key().verify(b"payload", &signature), Ok(()));
        }
        assert_eq!(person.heard.len(), 1, "{:?}", person.heard);

        // A key that was opened on the login of another has no PIN yet.
        let mut person = Person::with(&["tuesday"]);
        assert!(open(&uri(&text), &mut person).unwrap().sign(b"payload").is_ok());
        let mut person = Person::with(&["thursday"]);
        let mistaken = open(&uri(&text), &mut person).unwrap();
        for said in [
            "wrong PIN",
            "refused: the PIN was wrong before, so it was not sent again: run the command again and type it anew",
        ] {
            let wrong = mistaken.sign(b"payload").unwrap_err().to_string();
            assert_eq!(wrong, format!("{}: {said}", key.describe()));
        }
    });
}

#[test]
fn a_pin_before_every_signature_where_the_module_cannot_is_said() {
    alone(|hsm| {
        let serial = hsm.token("alice");
        let always = NewKey { pin: PinPolicy::Always, ..NewKey::new(Scheme::EcdsaP256, "") };
        let key = generate(&uri(&hsm.uri("alice", "careful")), &always, &mut knows).unwrap();
        assert_eq!(
            key.sign(b"payload").unwrap_err().to_string(),
            format!(
                "token \"alice\" of SoftHSM v2 serial {serial}, key \"careful\" (id 01): cannot do ECDSA P-256 with a \
                 PIN before every signature: the module takes no data in parts (C_SignUpdate says \
                 CKR_OPERATION_NOT_INITIALIZED)"
            )
        );
    });
}

#[test]
fn keys_that_tuf_has_no_use_for_are_refused_by_name() {
    alone(|hsm| {
        let serial = hsm.token("alice");
        for (id, kind, label) in
            [("01", "EC:secp256k1", "bitcoin"), ("02", "rsa:1024", "old"), ("03", "EC:prime256v1", "good")]
        {
            let made = hsm
                .command("pkcs11-tool")
                .args(["--module", MODULE, "--token-label", "alice", "--login", "--pin", "tuesday", "--keypairgen"])
                .args(["--key-type", kind, "--id", id, "--label", label])
                .output();
            let Ok(made) = made else { return crate::softhsm::skipped("pkcs11-tool (Debian: opensc)") };
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        let at = format!("token \"alice\" of SoftHSM v2 serial {serial}");
        for (label, reason) in [
            (
                "bitcoin",
                "cannot do key \"bitcoin\" (id 01): expected an Ed25519, ECDSA P-256, P-384 or RSA key, found one on the \
                 curve 1.3.132.0.10",
            ),
            ("old", "cannot do key \"old\" (id 02): RSA: expected 2048 to 8192 bits, found 1024 (F17)"),
        ] {
            let refused = error(open(&uri(&hsm.uri("alice", label)), &mut knows));
            assert_eq!(refused.to_string(), format!("{at}: {reason}"));
        }
        assert!(open(&uri(&hsm.uri("alice", "good")), &mut knows).unwrap().sign(b"made by another program").is_ok());
    });
}
