//! moto's KMS: keys that are really made there, over HTTP, with credentials found as AWS programs find them.
//!
//! moto 5 hashes whatever it is sent, digests too, and pads RSA-PSS with the longest salt where AWS takes one as long
//! as the digest: those signatures are wrong, and are dropped (K11). src/tests/aws_kms.rs has them as AWS makes them.

mod moto;

use moto::Moto;
use serde_json::json;
use std::process::Command;
use tuffet_keys::Scheme;
use tuffet_signers::{AskError, KeyUri, NewKey, OpenError, Secret, generate, open, public_key};

fn never(prompt: &str) -> Result<Secret, AskError> {
    panic!("asked: {prompt}")
}

/// The environment is this process's for good (changing it is unsafe), so what reads it runs in another: the tests
/// below call themselves again, with `TUFFET_TEST_CASE` naming the part to run.
#[test]
fn another_process() {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let uri = || variable("TUFFET_TEST_URI").parse::<KeyUri>().unwrap();
    match variable("TUFFET_TEST_CASE").as_str() {
        "signs" => {
            let key = open(&uri(), &mut never).unwrap();
            assert_eq!(key.public_key().scheme().name(), variable("TUFFET_TEST_EXPECTS"));
            assert_eq!(public_key(&uri(), &mut never).unwrap(), *key.public_key());
            assert_eq!(key.holder().claims, ["state Enabled", "origin AWS_KMS"]);
            for payload in [&b"payload"[..], &[b'x'; 4096]] {
                assert_eq!(key.public_key().verify(payload, &key.sign(payload).unwrap()), Ok(()));
            }
        }
        "signs wrongly" => {
            let key = open(&uri(), &mut never).unwrap();
            let length = variable("TUFFET_TEST_EXPECTS").parse().unwrap();
            assert_eq!(
                key.sign(&vec![b'x'; length]).unwrap_err().to_string(),
                format!(
                    "{}: the device returned a signature that does not verify: it was discarded, stop and look at the \
                     device (K11)",
                    key.describe()
                )
            );
        }
        "does not open" => {
            let Err(OpenError::Token(error)) = open(&uri(), &mut never) else { panic!("opened") };
            assert_eq!(error.to_string(), format!("{}: {}", uri(), variable("TUFFET_TEST_EXPECTS")));
        }
        "" => {}
        other => panic!("no part {other}"),
    }
}

const KEYS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "x"), ("AWS_REGION", "us-east-1")];

fn run(case: &str, uri: &str, expects: &str, environment: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    // The machine this runs on is asked for no role, and nobody's own profile is read.
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_CONFIG_FILE", "/dev/null");
    command.env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null").env_remove("HTTP_PROXY").env_remove("http_proxy");
    command.env("TUFFET_TEST_CASE", case).env("TUFFET_TEST_URI", uri).env("TUFFET_TEST_EXPECTS", expects);
    let output = command.envs(environment.iter().copied()).args(["--exact", "another_process"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{case} {uri}: {said}");
}

#[test]
fn keys_of_both_curves_sign_by_id_arn_and_alias() {
    let Some(moto) = Moto::start() else { return };
    for (spec, scheme) in [("ECC_NIST_P256", Scheme::EcdsaP256), ("ECC_NIST_P384", Scheme::EcdsaP384)] {
        let (id, arn) = moto.create_key(spec, "SIGN_VERIFY");
        let alias = format!("alias/{}", spec.to_ascii_lowercase());
        moto.call("CreateAlias", &json!({"AliasName": alias, "TargetKeyId": id}));
        let endpoint = moto.endpoint();
        run("signs", &format!("awskms:{id}?endpoint={endpoint}"), scheme.name(), &KEYS);
        run("signs", &format!("awskms:{alias}?region=us-east-1&endpoint={endpoint}"), scheme.name(), &KEYS[..2]);
        // The ARN says which region.
        run("signs", &format!("awskms:{arn}?endpoint={endpoint}"), scheme.name(), &KEYS[..2]);
    }
}

#[test]
fn k11_the_wrong_signatures_of_moto_are_dropped() {
    let Some(moto) = Moto::start() else { return };
    let endpoint = moto.endpoint();
    let (_, ec) = moto.create_key("ECC_NIST_P256", "SIGN_VERIFY");
    run("signs wrongly", &format!("awskms:{ec}?endpoint={endpoint}"), "4097", &KEYS);
    let (_, rsa) = moto.create_key("RSA_2048", "SIGN_VERIFY");
    run("signs wrongly", &format!("awskms:{rsa}?endpoint={endpoint}"), "7", &KEYS);
}

#[test]
fn credentials_come_from_a_profile_too() {
    let Some(moto) = Moto::start() else { return };
    let (_, arn) = moto.create_key("ECC_NIST_P256", "SIGN_VERIFY");
    let uri = format!("awskms:{arn}?endpoint={}", moto.endpoint());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[profile ceremony]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n")
        .unwrap();
    let path = file.path().to_str().unwrap();
    run("signs", &uri, Scheme::EcdsaP256.name(), &[("AWS_CONFIG_FILE", path), ("AWS_PROFILE", "ceremony")]);
    let none = "no permission: no usable AWS credentials in environment, profile or machine: no providers in \
                chain provided credentials";
    run("does not open", &uri, none, &[]);
}

#[test]
fn what_is_wrong_with_a_key_is_said_before_anything_is_signed() {
    let Some(moto) = Moto::start() else { return };
    let endpoint = moto.endpoint();
    let uri = |key: &str| format!("awskms:{key}?endpoint={endpoint}");
    let (id, arn) = moto.create_key("ECC_NIST_P256", "SIGN_VERIFY");
    run(
        "does not open",
        &uri(&arn.replace(&id, "00000000-0000-0000-0000-000000000000")),
        "refused: there is no such key in this account and region: `aws kms list-keys` shows those there are",
        &KEYS,
    );
    run(
        "does not open",
        &uri("alias/nobody"),
        "refused: there is no such key in this account and region: `aws kms list-keys` shows those there are",
        &KEYS,
    );
    moto.call("DisableKey", &json!({"KeyId": id}));
    let disabled = "refused: the key's state is Disabled: `aws kms enable-key --key-id ID` enables it";
    run("does not open", &uri(&arn), disabled, &KEYS);
    moto.call("EnableKey", &json!({"KeyId": id}));
    run("signs", &uri(&arn), Scheme::EcdsaP256.name(), &KEYS);
    moto.call("ScheduleKeyDeletion", &json!({"KeyId": id}));
    run("does not open", &uri(&arn), "refused: the key's state is PendingDeletion", &KEYS);
    let (_, rsa) = moto.create_key("RSA_2048", "ENCRYPT_DECRYPT");
    run("does not open", &uri(&rsa), "cannot do signatures: the key is for ENCRYPT_DECRYPT", &KEYS);
    let (_, p521) = moto.create_key("ECC_NIST_P521", "SIGN_VERIFY");
    run("does not open", &uri(&p521), "cannot do such keys: TUF has schemes for Ed25519, P-256, P-384 and RSA", &KEYS);
}

#[test]
fn credentials_that_nobody_knows_are_refused() {
    // From the first request on, moto checks who asks.
    let Some(moto) = Moto::start_with(&[("INITIAL_NO_AUTH_ACTION_COUNT", "0")]) else { return };
    let uri = format!("awskms:alias/root?endpoint={}", moto.endpoint());
    run("does not open", &uri, "no permission: the request was refused with HTTP status 403", &KEYS);
}

#[test]
fn a_region_that_nobody_names_is_asked_for() {
    let missing =
        "AWS KMS does not answer: no region: write ?region=NAME in the URI, or the key's ARN, or set AWS_REGION";
    run("does not open", "awskms:alias/root", missing, &KEYS[..2]);
}

#[test]
fn keys_are_not_made_there() {
    let uri: KeyUri = "awskms:alias/root".parse().unwrap();
    let Err(refused) = generate(&uri, &NewKey::new(Scheme::EcdsaP256, "root"), &mut never) else { panic!("made") };
    assert_eq!(refused.to_string(), "awskms:alias/root: this program makes no keys there");
    assert_eq!(
        refused.hint().as_deref(),
        Some("make one with: aws kms create-key --key-usage SIGN_VERIFY --key-spec ECC_NIST_P256")
    );
}
