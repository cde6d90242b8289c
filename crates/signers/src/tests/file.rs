use super::{answering, error, never, secret};
use crate::{CreateError, FileKey, KeyUri, NewKey, OpenError, generate, open, public_key};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;
use tuffet_keys::{Scheme, Sign};

fn scratch(name: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    (dir, path)
}

#[test]
fn keys_of_both_schemes_are_made_opened_and_sign() {
    for scheme in [Scheme::Ed25519, Scheme::EcdsaP256] {
        let (dir, path) = scratch("alice.pem");
        let made = FileKey::generate(&path, scheme, &secret("horse")).unwrap();
        let mut prompts = Vec::new();
        let uri = KeyUri::File(path.clone());
        let opened = open(&uri, &mut answering(&["horse"], &mut prompts)).unwrap();
        assert_eq!(prompts, [format!("passphrase for key file {}: ", path.display())]);
        assert_eq!(opened.public_key(), made.public_key());
        assert_eq!(opened.describe(), format!("key file {}", path.display()));
        assert_eq!(public_key(&uri, &mut never).unwrap(), *made.public_key(), "no passphrase for the public key");
        let message = vec![0x7b; 100_000];
        let signature = opened.sign(&message).unwrap();
        assert_eq!(made.public_key().verify(&message, &signature), Ok(()));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "no temporary file stays");
    }
}

#[test]
fn two_keys_are_never_the_same() {
    let (_dir, path) = scratch("a.pem");
    let a = FileKey::generate(&path, Scheme::EcdsaP256, &secret("x")).unwrap();
    let b = FileKey::generate(&path.with_extension("b"), Scheme::EcdsaP256, &secret("x")).unwrap();
    assert_ne!(a.public_key(), b.public_key());
}

#[test]
fn a_file_that_is_there_is_never_overwritten() {
    let (dir, path) = scratch("alice.pem");
    fs::write(&path, "precious").unwrap();
    let expected = format!("key file {} already exists: it was not changed", path.display());
    let direct = error(FileKey::generate(&path, Scheme::Ed25519, &secret("horse")));
    assert_eq!(direct.to_string(), expected);
    assert_eq!(direct.hint().as_deref(), Some("choose another path: key files are never overwritten"));
    let asked = error(generate(&KeyUri::File(path.clone()), &NewKey::new(Scheme::Ed25519, ""), &mut never));
    assert_eq!(asked, direct, "and nobody is asked for a passphrase first");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");

    let link = dir.path().join("link");
    std::os::unix::fs::symlink(dir.path().join("nowhere"), &link).unwrap();
    let error = error(FileKey::generate(&link, Scheme::Ed25519, &secret("horse")));
    assert_eq!(error, CreateError::Exists { path: link });
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 2);
}

#[test]
fn of_many_makers_of_one_file_one_wins() {
    let (dir, path) = scratch("alice.pem");
    let results: Vec<_> = std::thread::scope(|scope| {
        let run = || FileKey::generate(&path, Scheme::Ed25519, &secret("horse")).map(|k| k.public_key().clone());
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let made: Vec<_> = results.iter().flatten().collect();
    assert_eq!(made.len(), 1);
    let losers = results.iter().filter(|r| **r == Err(CreateError::Exists { path: path.clone() }));
    assert_eq!(losers.count(), 3);
    assert_eq!(public_key(&KeyUri::File(path), &mut never).unwrap(), *made[0]);
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
}

#[test]
fn k7_three_wrong_passphrases_change_nothing() {
    let (_dir, path) = scratch("alice.pem");
    FileKey::generate(&path, Scheme::Ed25519, &secret("horse")).unwrap();
    let before = fs::read(&path).unwrap();
    let mut prompts = Vec::new();
    let wrong = error(FileKey::open(&path, &mut answering(&["tuesday", "", "Horse", "horse"], &mut prompts)));
    let name = format!("key file {}", path.display());
    assert_eq!(wrong.to_string(), format!("{name}: wrong passphrase, 3 times: nothing was changed"));
    assert_eq!(
        prompts,
        [
            format!("passphrase for {name}: "),
            format!("wrong, 2 tries left; passphrase for {name}: "),
            format!("wrong, last try; passphrase for {name}: "),
        ]
    );
    assert!(!format!("{wrong:?}{prompts:?}").contains("tuesday"));
    assert_eq!(fs::read(&path).unwrap(), before);
    let mut again = Vec::new();
    FileKey::open(&path, &mut answering(&["tuesday", "horse"], &mut again)).unwrap();
    let cancelled = error(FileKey::open(&path, &mut answering(&["tuesday"], &mut Vec::new())));
    assert_eq!(cancelled.to_string(), format!("passphrase for {name}: cancelled"));
}

#[test]
fn a_new_passphrase_is_asked_twice() {
    let (dir, path) = scratch("alice.pem");
    let uri = KeyUri::File(path.clone());
    let mut prompts = Vec::new();
    let differ =
        error(generate(&uri, &NewKey::new(Scheme::Ed25519, ""), &mut answering(&["horse", "house"], &mut prompts)));
    let name = format!("key file {}", path.display());
    assert_eq!(differ.to_string(), format!("{name}: the two passphrases are not the same, so no key was made"));
    assert_eq!(prompts, [format!("new passphrase for {name}: "), format!("new passphrase for {name}, again: ")]);
    let empty = error(generate(&uri, &NewKey::new(Scheme::Ed25519, ""), &mut answering(&["", ""], &mut Vec::new())));
    assert_eq!(empty.to_string(), format!("{name}: the passphrase is empty, so no key was made"));
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
    generate(&uri, &NewKey::new(Scheme::Ed25519, ""), &mut answering(&["horse", "horse"], &mut Vec::new())).unwrap();
}

#[test]
fn a_directory_that_is_missing_is_named() {
    let (_dir, path) = scratch("no/alice.pem");
    let missing = error(FileKey::generate(&path, Scheme::Ed25519, &secret("horse")));
    let folder = path.parent().unwrap().display();
    assert_eq!(
        missing.to_string(),
        format!("key file {}: cannot be written: expected the folder {folder}, found none", path.display())
    );
    let unreadable = error(FileKey::open(&path, &mut never));
    assert_eq!(
        unreadable.to_string(),
        format!("key file {}: cannot be read: No such file or directory (os error 2)", path.display())
    );
    assert_eq!(unreadable.hint(), Some(format!("make a key with: tuffet key generate file:{}", path.display())));
}

#[test]
fn what_is_not_one_of_our_files_is_named() {
    let (dir, path) = scratch("alice.pem");
    let key = FileKey::generate(&path, Scheme::Ed25519, &secret("horse")).unwrap();
    let good = fs::read_to_string(&path).unwrap();
    let public = key.public_key().to_pem();
    let wrong = dir.path().join("wrong.pem");
    for (text, found) in [
        (String::new(), "none"),
        (public.clone(), "none"),
        ("x".repeat(70_000), "more than 65536 bytes"),
        (format!("{good}{public}"), "a block PUBLIC KEY too many"),
        (good.replace("ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"), "a block OPENSSH PRIVATE KEY too many"),
    ] {
        fs::write(&wrong, text).unwrap();
        let error = error(FileKey::open(&wrong, &mut never));
        let expected =
            format!("key file {}: expected a PEM block ENCRYPTED PRIVATE KEY, found {found}", wrong.display());
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.hint().as_deref(), Some("make a key with: tuffet key generate file:PATH"));
    }
    fs::write(&wrong, [0xff, 0xfe]).unwrap();
    assert!(error(FileKey::open(&wrong, &mut never)).to_string().ends_with("found binary data"));
}

#[test]
fn an_open_key_is_refused() {
    let (_dir, path) = scratch("open.pem");
    for label in ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"] {
        fs::write(&path, format!("-----BEGIN {label}-----\r\nAAAA\r\n-----END {label}-----\r\n")).unwrap();
        let refused = error(FileKey::open(&path, &mut never));
        let name = path.display();
        assert_eq!(refused.to_string(), format!("key file {name}: the private key is not encrypted, so it is refused"));
        assert_eq!(
            refused.hint(),
            Some(format!("encrypt it with: openssl pkcs8 -topk8 -scrypt -in {name} -out {name}.encrypted"))
        );
    }
}

#[test]
fn a_swapped_public_key_is_found_out() {
    let (dir, path) = scratch("alice.pem");
    let alice = FileKey::generate(&path, Scheme::Ed25519, &secret("horse")).unwrap();
    let other = FileKey::generate(&dir.path().join("b.pem"), Scheme::Ed25519, &secret("x")).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace(&alice.public_key().to_pem(), &other.public_key().to_pem())).unwrap();
    let found_out = error(FileKey::open(&path, &mut answering(&["horse"], &mut Vec::new())));
    let short = |key: &FileKey| key.public_key().fingerprint().short();
    assert_eq!(
        found_out.to_string(),
        format!(
            "key file {}: expected the private key of {}, found that of {}",
            path.display(),
            short(&other),
            short(&alice)
        )
    );
    assert!(matches!(found_out, OpenError::Mismatch { .. }));
}

#[test]
fn schemes_without_key_files_are_refused() {
    let (_dir, path) = scratch("alice.pem");
    let refused = error(FileKey::generate(&path, Scheme::EcdsaP384, &secret("horse")));
    assert_eq!(
        refused.to_string(),
        format!("key file {}: expected Ed25519 or ECDSA P-256, found ECDSA P-384", path.display())
    );
}

#[test]
fn every_truncation_and_many_flips_of_a_file_never_give_another_key() {
    let (_dir, path) = scratch("alice.pem");
    let key = FileKey::generate(&path, Scheme::Ed25519, &secret("horse")).unwrap();
    let good = fs::read(&path).unwrap();
    let check = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        // Asked once, then cancelled: each try costs a scrypt.
        let opened = FileKey::open(&path, &mut answering(&["horse"], &mut Vec::new()));
        assert!(opened.is_err() || opened.is_ok_and(|k| k.public_key() == key.public_key()));
    };
    (0..good.len()).step_by(23).for_each(|length| check(&good[..length]));
    for index in (0..good.len()).step_by(17) {
        let mut bad = good.clone();
        bad[index] ^= 1;
        check(&bad);
    }
}

#[cfg(feature = "simulator")]
#[test]
fn k4_keys_from_a_seed_are_the_same_everywhere() {
    for (scheme, fingerprint) in [(Scheme::Ed25519, ED25519_SEVENS), (Scheme::EcdsaP256, P256_SEVENS)] {
        let key = FileKey::from_seed("alice", scheme, &[7; 32]).unwrap();
        assert_eq!(key.describe(), "rehearsal key alice");
        assert_eq!(key.public_key().fingerprint().to_string(), fingerprint);
        assert!(key.sign(b"payload").is_ok());
        let (_dir, path) = scratch("seeded.pem");
        let file = FileKey::generate_from_seed(&path, scheme, &secret("x"), &[7; 32]).unwrap();
        assert_eq!(file.public_key(), key.public_key());
    }
    // Not a scalar of P-256: the next candidate is, and it is still deterministic.
    let high = || FileKey::from_seed("high", Scheme::EcdsaP256, &[0xff; 32]).unwrap().public_key().clone();
    assert_eq!(high(), high());
    let refused = error(FileKey::from_seed("alice", Scheme::RsaPssSha256, &[7; 32]));
    assert_eq!(refused.to_string(), "rehearsal key alice: expected Ed25519 or ECDSA P-256, found RSA-PSS SHA-256");
}

/// As Python's cryptography computes them.
#[cfg(feature = "simulator")]
const ED25519_SEVENS: &str = "324be2dea8bc44461b0233e51fa48902ed6b1cc671e7739af2551e0bfe68f54e";
#[cfg(feature = "simulator")]
const P256_SEVENS: &str = "ce97ec20d43661a19b215cb2e376a698d0b4aa2aa5b4c7854e916bd05082fcee";

#[test]
fn k12_a_key_file_says_what_its_key_was_made_from() {
    let folder = tempfile::tempdir().unwrap();
    let claims = |key: &FileKey| crate::Key::holder(key).claims;
    let system = "made from the operating system's random numbers";
    let path = folder.path().join("a.pem");
    let made = FileKey::generate(&path, Scheme::Ed25519, &secret("x")).unwrap();
    assert_eq!(claims(&made), [system]);
    let seeded = folder.path().join("b.pem");
    let made = FileKey::generate_from_seed(&seeded, Scheme::Ed25519, &secret("x"), &[7; 32]).unwrap();
    assert_eq!(claims(&made), ["made from a fixed seed, for a rehearsal"]);
    // Also when it is opened again; and what a stranger wrote in its place is no claim.
    let text = fs::read_to_string(&path).unwrap();
    for (first, claimed) in [(system, 1), ("made from dice", 0)] {
        fs::write(&path, text.replacen(system, first, 1)).unwrap();
        let opened = open(&KeyUri::File(path.clone()), &mut answering(&["x"], &mut Vec::new())).unwrap();
        assert_eq!(opened.holder().claims.len(), claimed, "{first}");
    }
}
