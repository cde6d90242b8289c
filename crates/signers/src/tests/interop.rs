//! Key files are read by OpenSSL and by Python's cryptography, and theirs by us.

use super::{answering, error, never, secret};
use crate::{FileKey, KeyUri, OpenError, public_key};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tuffet_keys::{Scheme, Sign};

/// Runs a tool with `input`; `None` when this machine lacks it, which is a failure in CI.
fn tool(needs: &str, command: &mut Command, input: &str) -> Option<Vec<u8>> {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child else { return skipped(needs) };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

#[allow(clippy::print_stderr)]
fn skipped<T>(needs: &str) -> Option<T> {
    assert!(std::env::var_os("CI").is_none(), "needs {needs}");
    eprintln!("skipped: needs {needs}");
    None
}

fn openssl(arguments: &[&str], file: &Path, input: &str) -> Option<Vec<u8>> {
    tool("openssl", Command::new("openssl").args(arguments).arg("-in").arg(file), input)
}

#[test]
fn openssl_reads_our_files() {
    for scheme in [Scheme::Ed25519, Scheme::EcdsaP256] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("alice.pem");
        let key = FileKey::generate(&path, scheme, &secret("hörse 1")).unwrap();
        let private = openssl(&["pkey", "-passin", "stdin", "-pubout"], &path, "hörse 1\n");
        let Some(private) = private else { return };
        assert_eq!(String::from_utf8(private).unwrap(), key.public_key().to_pem());
        let public = openssl(&["pkey", "-pubin", "-pubout"], &path, "").unwrap();
        assert_eq!(String::from_utf8(public).unwrap(), key.public_key().to_pem(), "without a passphrase");
    }
}

#[test]
fn python_reads_our_files_and_signs() {
    if !Command::new("python3").args(["-c", "import cryptography"]).status().is_ok_and(|s| s.success()) {
        skipped::<()>("python3 with cryptography");
        return;
    }
    let script = "
import sys
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives import hashes
data = open(sys.argv[1], 'rb').read()
key = load_pem_private_key(data, sys.stdin.buffer.readline().rstrip(b'\\n'))
assert key.public_key() == load_pem_public_key(data)
rest = [] if isinstance(key, ed25519.Ed25519PrivateKey) else [ec.ECDSA(hashes.SHA256())]
sys.stdout.buffer.write(key.sign(b'payload', *rest))
";
    for scheme in [Scheme::Ed25519, Scheme::EcdsaP256] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("alice.pem");
        let key = FileKey::generate(&path, scheme, &secret("horse")).unwrap();
        let signature = tool("python3", Command::new("python3").arg("-c").arg(script).arg(&path), "horse\n");
        assert_eq!(key.public_key().verify(b"payload", &signature.unwrap()), Ok(()));
    }
}

#[test]
fn we_read_what_openssl_writes() {
    let dir = tempfile::tempdir().unwrap();
    let open = dir.path().join("open.pem");
    let sealed = dir.path().join("sealed.pem");
    let (open_name, sealed_name) = (open.to_str().unwrap(), sealed.to_str().unwrap());
    for (algorithm, scheme) in
        [(&["ed25519"][..], Scheme::Ed25519), (&["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], Scheme::EcdsaP256)]
    {
        let generate = [&["genpkey", "-out", open_name, "-algorithm"], algorithm].concat();
        let made = tool("openssl", Command::new("openssl").args(generate), "");
        if made.is_none() {
            return;
        }
        assert_eq!(error(FileKey::open(&open, &mut never)), OpenError::Unencrypted { path: open.clone() });
        for kdf in [&["-scrypt"][..], &["-v2", "aes-256-cbc", "-iter", "600000"], &["-v2", "aes-128-cbc"]] {
            let seal = [&["pkcs8", "-topk8", "-passout", "stdin", "-out", sealed_name], kdf].concat();
            openssl(&seal, &open, "horse\n").unwrap();
            let key = FileKey::open(&sealed, &mut answering(&["horse"], &mut Vec::new())).unwrap();
            assert_eq!(key.public_key().scheme(), scheme);
            assert_eq!(key.public_key().verify(b"payload", &key.sign(b"payload").unwrap()), Ok(()));
            let expected = openssl(&["pkey", "-pubout"], &open, "").unwrap();
            assert_eq!(key.public_key().to_pem().into_bytes(), expected);
            let uri = KeyUri::File(sealed.clone());
            let asked = public_key(&uri, &mut answering(&["horse"], &mut Vec::new())).unwrap();
            assert_eq!(asked, *key.public_key(), "a file without a PUBLIC KEY block needs the passphrase");
        }
    }
}

#[test]
fn keys_of_other_kinds_and_costs_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let open = dir.path().join("open.pem");
    let sealed = dir.path().join("sealed.pem");
    let (open_name, sealed_name) = (open.to_str().unwrap(), sealed.to_str().unwrap());
    let name = sealed.display();
    for (algorithm, kdf, message) in [
        (
            &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"][..],
            &["-scrypt"][..],
            "expected an Ed25519 or ECDSA P-256 key, found an elliptic-curve key that is not P-256",
        ),
        (&["x25519"], &["-scrypt"], "expected an Ed25519 or ECDSA P-256 key, found algorithm 1.3.101.110"),
        (
            &["ed25519"],
            &["-v2", "aes-256-cbc", "-iter", "20000000"],
            "PBKDF2 with 20000000 rounds is more than this program spends on a passphrase",
        ),
        (
            &["ed25519"],
            &["-scrypt", "-scrypt_N", "16384", "-scrypt_p", "17"],
            "scrypt with N = 16384, r = 8, p = 17 is more than this program spends on a passphrase",
        ),
    ] {
        let generate = [&["genpkey", "-out", open_name, "-algorithm"], algorithm].concat();
        let made = tool("openssl", Command::new("openssl").args(generate), "");
        if made.is_none() {
            return;
        }
        let seal = [&["pkcs8", "-topk8", "-passout", "stdin", "-out", sealed_name], kdf].concat();
        openssl(&seal, &open, "horse\n").unwrap();
        let refused = error(FileKey::open(&sealed, &mut answering(&["horse"], &mut Vec::new())));
        assert_eq!(refused.to_string(), format!("key file {name}: {message}"));
    }
}
