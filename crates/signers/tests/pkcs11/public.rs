//! The public half, where tokens keep it: beside the private key, in a certificate, or not at all.

use crate::softhsm::{MODULE, PIN, SoftHsm, alone, skipped};
use crate::{error, knows, never, uri};
use std::process::Output;
use tuffet_keys::{PublicKey, SignError};
use tuffet_signers::{Places, list, open, public_key};

/// Runs it in the test's directory; `None`, said aloud, where it is not installed.
fn run(hsm: &SoftHsm, program: &str, arguments: &str) -> Option<Output> {
    let done = hsm.command(program).args(arguments.split_whitespace()).current_dir(hsm.dir()).output();
    let Ok(done) = done else {
        skipped(program);
        return None;
    };
    assert!(done.status.success(), "{program} {arguments}: {}", String::from_utf8_lossy(&done.stderr));
    Some(done)
}

fn tool(hsm: &SoftHsm, arguments: &str) -> Option<Output> {
    run(hsm, "pkcs11-tool", &format!("--module {MODULE} --token-label alice --login --pin {PIN} {arguments}"))
}

/// A key made by OpenSSL, with its certificate; the key is imported as `release`, id 01.
fn imported(hsm: &SoftHsm, name: &str, algorithm: &str) -> Option<PublicKey> {
    run(hsm, "openssl", &format!("genpkey {algorithm} -out {name}.pem"))?;
    run(hsm, "openssl", &format!("req -x509 -new -key {name}.pem -subj /CN=x -outform DER -out {name}.crt"))?;
    let public = run(hsm, "openssl", &format!("pkey -in {name}.pem -pubout"))?;
    run(hsm, "openssl", &format!("pkey -in {name}.pem -pubout -outform DER -out {name}.pub"))?;
    Some(PublicKey::from_pem(&String::from_utf8(public.stdout).unwrap()).unwrap())
}

fn import(hsm: &SoftHsm, name: &str) -> Option<Output> {
    let to = format!("--token alice --label release --id 01 --pin {PIN}");
    run(hsm, "softhsm2-util", &format!("--import {name}.pem {to}"))
}

const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";

fn a_certificate_stands_in(hsm: &SoftHsm) -> Option<()> {
    let serial = hsm.token("alice");
    let public = imported(hsm, "a", P256)?;
    import(hsm, "a")?;
    tool(hsm, "--delete-object --type pubkey --id 01")?;
    let release = uri(&hsm.uri("alice", "release"));
    let device = format!("token \"alice\" of SoftHSM v2 serial {serial}");
    let none = "the token shows no public half of it, neither beside it nor in a certificate";
    assert_eq!(
        error(open(&release, &mut knows)).to_string(),
        format!("{device}: cannot do key \"release\" (id 01): {none}")
    );
    tool(hsm, "--write-object a.crt --type cert --id 01 --label another")?;
    let key = open(&release, &mut knows).unwrap();
    assert_eq!(*key.public_key(), public);
    assert!(key.sign(b"payload").is_ok());
    assert_eq!(key.holder().claims, [] as [&str; 0], "it came from outside, and says nothing else");
    let listing = list(&Places { modules: vec![MODULE.into()], ..Places::default() });
    assert_eq!(listing.tokens[0].keys[0].public, Ok(public.clone()));
    assert_eq!(listing.tokens[0].keys[0].label.as_deref(), Some("another"));
    assert_eq!(public_key(&listing.tokens[0].keys[0].uri, &mut never).unwrap(), public);
    Some(())
}

#[test]
fn a_certificate_stands_in_for_a_public_key_and_an_imported_key_claims_nothing() {
    alone(|hsm| {
        let _ = a_certificate_stands_in(hsm);
    });
}

fn swapped(hsm: &SoftHsm) -> Option<()> {
    let serial = hsm.token("alice");
    imported(hsm, "a", P256)?;
    let other = imported(hsm, "b", P256)?;
    import(hsm, "a")?;
    tool(hsm, "--delete-object --type pubkey --id 01")?;
    tool(hsm, "--write-object b.pub --type pubkey --id 01 --label release")?;
    let key = open(&uri(&hsm.uri("alice", "release")), &mut knows).unwrap();
    assert_eq!(*key.public_key(), other);
    let device = format!("token \"alice\" of SoftHSM v2 serial {serial}");
    let signer = format!("{device}, key \"release\" (id 01)");
    assert_eq!(key.sign(b"payload"), Err(SignError::Wrong { signer }));
    drop(key);
    tool(hsm, "--write-object a.pub --type pubkey --id 01 --label release")?;
    let both = error(open(&uri(&hsm.uri("alice", "release")), &mut knows)).to_string();
    assert!(both.starts_with(&format!("{device}: expected one, found 2: public key ")), "{both}");
    Some(())
}

#[test]
fn k11_the_public_key_of_another_beside_it_is_found_out() {
    alone(|hsm| {
        let _ = swapped(hsm);
    });
}

fn from_rsa_itself(hsm: &SoftHsm) -> Option<()> {
    hsm.token("alice");
    let public = imported(hsm, "a", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048")?;
    import(hsm, "a")?;
    tool(hsm, "--delete-object --type pubkey --id 01")?;
    let key = open(&uri(&hsm.uri("alice", "release")), &mut knows).unwrap();
    assert_eq!(*key.public_key(), public);
    assert!(key.sign(b"payload").is_ok());
    // Without a public half to be seen, the PIN is asked for.
    drop(key);
    assert_eq!(public_key(&uri(&hsm.uri("alice", "release")), &mut knows).unwrap(), public);
    Some(())
}

#[test]
fn an_rsa_key_says_itself_what_its_public_half_is() {
    alone(|hsm| {
        let _ = from_rsa_itself(hsm);
    });
}
