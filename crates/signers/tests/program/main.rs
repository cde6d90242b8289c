//! The two examples of docs/programs.md: a key in a file, and Google Cloud KMS with a stand-in for `gcloud`.

#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tuffet_keys::Scheme;
use tuffet_signers::{AskError, KeyUri, OpenError, Secret, open, public_key};

fn never(prompt: &str) -> Result<Secret, AskError> {
    panic!("asked: {prompt}")
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

/// False where the machine lacks a tool, which is a failure in CI.
#[allow(clippy::print_stderr)]
fn present(needs: &str, command: &mut Command) -> bool {
    let there = command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    assert!(there || std::env::var_os("CI").is_none(), "needs {needs}");
    if !there {
        eprintln!("skipped: needs {needs}");
    }
    there
}

fn openssl(arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn refusal(uri: &KeyUri) -> String {
    match open(uri, &mut never) {
        Err(OpenError::Token(error)) => error.problem.to_string(),
        Err(other) => panic!("{other}"),
        Ok(key) => panic!("opened {}", key.describe()),
    }
}

/// Kinds of keys for OpenSSL, and the scheme the examples give them.
const KINDS: [(&[&str], Scheme); 4] = [
    (&["-algorithm", "ed25519"], Scheme::Ed25519),
    (&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], Scheme::EcdsaP256),
    (&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], Scheme::EcdsaP384),
    (&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], Scheme::RsaPssSha256),
];

fn make_key(path: &Path, kind: &[&str]) {
    openssl(&[&["genpkey", "-out", path.to_str().unwrap()], kind].concat());
}

#[test]
fn the_example_around_a_key_file_signs() {
    let python = "python3 with cryptography";
    if !present(python, Command::new("python3").args(["-c", "import cryptography"]))
        || !present("openssl", Command::new("openssl").arg("version"))
    {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a key.pem");
    let uri: KeyUri =
        format!("program:{}?key={}", example("key-file-signer.py").display(), file.display()).parse().unwrap();
    for (kind, scheme) in KINDS {
        make_key(&file, kind);
        let key = open(&uri, &mut never).unwrap();
        assert_eq!(key.public_key().scheme(), scheme);
        assert_eq!(key.holder().claims, ["an open file on this machine"]);
        for payload in [&b""[..], b"payload", &vec![b'x'; 300_000]] {
            assert_eq!(key.public_key().verify(payload, &key.sign(payload).unwrap()), Ok(()), "{scheme}");
        }
        assert_eq!(public_key(&uri, &mut never).unwrap(), *key.public_key());
    }
    make_key(&file, &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]);
    assert_eq!(refusal(&uri), "refused: ValueError: the key is of a kind TUF has no scheme for");
    std::fs::remove_file(&file).unwrap();
    let missing = refusal(&uri);
    assert!(missing.starts_with("refused: FileNotFoundError: [Errno 2] No such file or directory:"), "{missing}");
}

/// Run by the test below in a process that has the stand-in in its PATH, and without effect else.
#[test]
fn another_process() {
    let Some(folder) = std::env::var_os("TUFFET_TEST_GCLOUD").map(PathBuf::from) else { return };
    let name = "projects/p-1/locations/europe-west1/keyRings/ring/cryptoKeys/root/cryptoKeyVersions/3";
    let program = example("gcloud-kms-signer.py");
    let uri = |name: &str| format!("program:{}?key={name}", program.display()).parse::<KeyUri>().unwrap();
    let algorithms = ["EC_SIGN_ED25519", "EC_SIGN_P256_SHA256", "EC_SIGN_P384_SHA384", "RSA_SIGN_PSS_2048_SHA256"];
    for ((kind, scheme), algorithm) in KINDS.into_iter().zip(algorithms) {
        make_key(&folder.join("key.pem"), kind);
        std::fs::write(folder.join("algorithm"), algorithm).unwrap();
        for written in ["plain", "base64"] {
            std::fs::write(folder.join("written"), written).unwrap();
            for name in [format!("gcpkms:{name}"), format!("gcpkms://{name}")] {
                let key = open(&uri(&name), &mut never).unwrap();
                assert_eq!(key.public_key().scheme(), scheme);
                assert_eq!(key.holder().claims, ["Google Cloud KMS, protection level HSM"]);
                let signature = key.sign(b"payload").unwrap();
                assert_eq!(key.public_key().verify(b"payload", &signature), Ok(()), "{scheme} {written}");
            }
        }
    }
    std::fs::write(folder.join("algorithm"), "RSA_SIGN_PKCS1_2048_SHA256").unwrap();
    assert_eq!(refusal(&uri(name)), "refused: ValueError: TUF has no scheme for RSA_SIGN_PKCS1_2048_SHA256");
    assert_eq!(
        refusal(&uri("alice")),
        "refused: ValueError: expected projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N"
    );
    assert_eq!(
        refusal(&uri(&name.replace("p-1", "p-2"))),
        "refused: RuntimeError: gcloud: stand-in: expected --project=p-1, found --project=p-2"
    );
}

#[test]
fn the_example_around_gcloud_signs() {
    if !present("python3", Command::new("python3").arg("--version"))
        || !present("openssl", Command::new("openssl").arg("version"))
    {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/stand-in");
    let path = std::env::join_paths(
        std::iter::once(stand_in).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "another_process", "--quiet"]).env("TUFFET_TEST_GCLOUD", folder.path());
    let output = command.env("PATH", path.unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let calls = std::fs::read_to_string(folder.path().join("calls")).unwrap();
    // Four kinds of keys, two forms of a signature file, two of a name; then a PKCS#1 key and another project.
    let count = |verb: &str| calls.lines().filter(|line| line.starts_with(verb)).count();
    let counts = ["keys versions describe", "keys versions get-public-key", "asymmetric-sign"].map(count);
    assert_eq!(counts, [18, 16, 16], "{calls}");
}
