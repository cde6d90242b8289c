//! What moto does not do: refusals of AWS, digests, RSA as AWS pads it, answers that make no sense, silence.

mod server;

use super::error;
use crate::aws_kms::{KmsKey, Patience};
use crate::{Key, KeyUri, TokenError, TokenProblem};
use aws_sdk_kms::config::Credentials;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::pkcs8::EncodePublicKey;
use ring::signature::KeyPair;
use serde_json::json;
use server::{Answer, Server};
use std::time::Duration;
use tuffet_keys::{PublicKey, Scheme, Sign, SignError, sha256};

const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn open_within(server: &Server, rest: &str, patience: Patience) -> Result<KmsKey, TokenError> {
    let credentials = Credentials::new("AKIDEXAMPLE", "not a secret", None, None, "test");
    let uri = format!("awskms:{ARN}?endpoint={}{rest}", server.endpoint());
    match uri.parse().unwrap() {
        KeyUri::AwsKms(kms) => KmsKey::open_as(&kms, Some(credentials), patience),
        other => panic!("not KMS: {other}"),
    }
}

fn open(server: &Server) -> Result<KmsKey, TokenError> {
    open_within(server, "", Patience::USUAL)
}

/// What KMS answers for an enabled key of this kind.
fn shown(operation: &str, spec: &str, usage: &str, spki: &[u8]) -> Option<Answer> {
    match operation {
        "DescribeKey" => Some(Answer::json(&json!({"KeyMetadata": {
            "KeyId": "1234abcd", "KeyState": "Enabled", "Origin": "AWS_CLOUDHSM", "MultiRegion": true,
        }}))),
        "GetPublicKey" => Some(Answer::json(&json!({
            "KeyId": ARN, "KeySpec": spec, "KeyUsage": usage, "PublicKey": STANDARD.encode(spki),
        }))),
        _ => None,
    }
}

fn p256_key() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap()
}

fn p256_spki() -> Vec<u8> {
    p256_key().verifying_key().to_public_key_der().unwrap().as_bytes().to_vec()
}

/// A P-256 key that signs as AWS does: a digest it is sent, or the digest of what it is sent.
fn p256_server() -> Server {
    Server::start(|operation, question| {
        shown(operation, "ECC_NIST_P256", "SIGN_VERIFY", &p256_spki()).unwrap_or_else(|| {
            assert_eq!(question["KeyId"], ARN, "what was opened, not what an alias says by now");
            assert_eq!(question["SigningAlgorithm"], "ECDSA_SHA_256");
            let message = STANDARD.decode(question["Message"].as_str().unwrap()).unwrap();
            let digest = if question["MessageType"] == "RAW" {
                assert!((1..=4096).contains(&message.len()));
                sha256(&message).as_bytes().to_vec()
            } else {
                assert_eq!(question["MessageType"], "DIGEST");
                message
            };
            let signature: p256::ecdsa::Signature = p256_key().sign_prehash(&digest).unwrap();
            signed(signature.to_der().as_bytes())
        })
    })
}

fn signed(signature: &[u8]) -> Answer {
    Answer::json(&json!({"KeyId": ARN, "Signature": STANDARD.encode(signature)}))
}

#[test]
fn payloads_of_every_length_are_signed() {
    let server = p256_server();
    let key = open(&server).unwrap();
    assert_eq!(key.describe(), format!("AWS KMS key {ARN}"));
    assert_eq!(key.holder().to_string(), format!("AWS KMS, {ARN}"));
    assert_eq!(key.holder().claims, ["state Enabled", "origin AWS_CLOUDHSM", "replicated to several regions"]);
    assert_eq!((key.action(), key.evidence()), (None, Ok(None)));
    for length in [0, 1, 4095, 4096, 4097, 300_000] {
        let payload = vec![b'x'; length];
        assert_eq!(key.public_key().verify(&payload, &key.sign(&payload).unwrap()), Ok(()), "{length}");
    }
}

#[test]
fn k11_a_signature_that_does_not_verify_is_dropped() {
    let server = Server::start(|operation, _| {
        shown(operation, "ECC_NIST_P256", "SIGN_VERIFY", &p256_spki())
            .unwrap_or_else(|| signed(b"0\x06\x02\x01\x01\x02\x01\x01"))
    });
    let key = open(&server).unwrap();
    assert_eq!(key.sign(b"payload"), Err(SignError::Wrong { signer: key.describe() }));
}

#[test]
fn rsa_keys_sign_under_the_scheme_of_the_uri() {
    let pair = std::process::Command::new("openssl")
        .args(["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .output();
    let Ok(pair) = pair else { return skipped("openssl") };
    assert!(pair.status.success(), "{}", String::from_utf8_lossy(&pair.stderr));
    let pair = ring::signature::RsaKeyPair::from_pkcs8(pem::parse(&pair.stdout).unwrap().contents()).unwrap();
    let public = PublicKey::from_raw(Scheme::RsaPssSha256, pair.public_key().as_ref()).unwrap();
    let server = Server::start(move |operation, question| {
        shown(operation, "RSA_2048", "SIGN_VERIFY", public.spki_der()).unwrap_or_else(|| {
            let padding: &'static dyn ring::signature::RsaEncoding = match question["SigningAlgorithm"].as_str() {
                Some("RSASSA_PSS_SHA_256") => &ring::signature::RSA_PSS_SHA256,
                Some("RSASSA_PSS_SHA_384") => &ring::signature::RSA_PSS_SHA384,
                Some("RSASSA_PSS_SHA_512") => &ring::signature::RSA_PSS_SHA512,
                other => panic!("{other:?}"),
            };
            let message = STANDARD.decode(question["Message"].as_str().unwrap()).unwrap();
            let mut signature = vec![0; pair.public().modulus_len()];
            pair.sign(padding, &ring::rand::SystemRandom::new(), &message, &mut signature).unwrap();
            signed(&signature)
        })
    });
    for (rest, scheme) in [
        ("", Scheme::RsaPssSha256),
        ("&scheme=rsassa-pss-sha256", Scheme::RsaPssSha256),
        ("&scheme=rsassa-pss-sha384", Scheme::RsaPssSha384),
        ("&scheme=rsassa-pss-sha512", Scheme::RsaPssSha512),
    ] {
        let key = open_within(&server, rest, Patience::USUAL).unwrap();
        assert_eq!(key.public_key().scheme(), scheme);
        assert!(key.sign(b"payload").is_ok(), "{scheme}");
    }
    let other = error(open_within(&server, "&scheme=ed25519", Patience::USUAL)).problem;
    assert_eq!(other.to_string(), "cannot do Ed25519: the key is for RSA-PSS SHA-256");
}

#[allow(clippy::print_stderr)]
fn skipped(needs: &str) {
    assert!(std::env::var_os("CI").is_none(), "needs {needs}");
    eprintln!("skipped: needs {needs}");
}

#[test]
fn ed25519_keys_sign_payloads_that_kms_takes_whole() {
    let secret = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let public = PublicKey::from_raw(Scheme::Ed25519, secret.verifying_key().as_bytes()).unwrap();
    let server = Server::start(move |operation, question| {
        shown(operation, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY", public.spki_der()).unwrap_or_else(|| {
            assert_eq!(question["SigningAlgorithm"], "ED25519_SHA_512");
            assert_eq!(question["MessageType"], "RAW");
            let message = STANDARD.decode(question["Message"].as_str().unwrap()).unwrap();
            signed(&ed25519_dalek::Signer::sign(&secret, &message).to_bytes())
        })
    });
    let key = open(&server).unwrap();
    assert!(key.sign(&[b'x'; 4096]).is_ok());
    let signer = key.describe();
    let too_long = SignError::TooLong { signer, length: 4097, limit: 4096, scheme: Scheme::Ed25519 };
    assert_eq!(key.sign(&[b'x'; 4097]), Err(too_long));
    let uri: KeyUri = "awskms:alias/root".parse().unwrap();
    assert!(uri.check_payload(Scheme::Ed25519, 4097).is_err(), "and says so without a connection");
    assert_eq!(uri.check_payload(Scheme::EcdsaP256, 4097), Ok(()));
}

#[test]
fn what_aws_refuses_is_said_with_what_helps() {
    for (code, said, text) in [
        (
            "AccessDeniedException",
            "User alice is not authorized to perform: kms:GetPublicKey",
            "no permission: the AWS credentials lack a right on the key: User alice is not authorized to perform: \
             kms:GetPublicKey",
        ),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            "no permission: AWS does not take these credentials: The security token included in the request is invalid.",
        ),
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            "no permission: the AWS credentials have expired, log in again (aws sso login, aws sts assume-role): The \
             security token included in the request is expired",
        ),
        (
            "NotFoundException",
            "Key does not exist",
            "refused: there is no such key in this account and region: `aws kms list-keys` shows those there are",
        ),
        (
            "DisabledException",
            "is disabled",
            "refused: the key's state is Disabled: `aws kms enable-key --key-id ID` enables it",
        ),
        ("InvalidKeyUsageException", "not for that", "cannot do signatures: not for that"),
        ("UnsupportedOperationException", "", "cannot do signatures: UnsupportedOperationException"),
        ("KMSInvalidStateException", "pending\u{1b}[2J deletion", "refused: pending [2J deletion"),
        ("KMSInternalException", "try again", "AWS KMS does not answer: try again"),
    ] {
        let server = Server::start(move |operation, _| match operation {
            "DescribeKey" => Answer::refusal("AccessDeniedException", "no right to ask"),
            _ => Answer::refusal(code, said),
        });
        assert_eq!(error(open(&server)).problem.to_string(), text, "{code}");
    }
}

#[test]
fn what_is_refused_at_signing_is_said_then() {
    let server = Server::start(|operation, _| {
        shown(operation, "ECC_NIST_P256", "SIGN_VERIFY", &p256_spki())
            .unwrap_or_else(|| Answer::refusal("AccessDeniedException", "no kms:Sign"))
    });
    let key = open(&server).unwrap();
    let refused = key.sign(b"payload").unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!("{}: no permission: the AWS credentials lack a right on the key: no kms:Sign", key.describe())
    );
    let helps = "log in with credentials that may use the key, or ask who runs the account for that right";
    assert!(matches!(refused, SignError::Failed { hint: Some(hint), .. } if hint == helps));
}

#[test]
fn keys_that_cannot_sign_for_tuf_are_refused_with_the_reason() {
    let k256 = "3056301006072a8648ce3d020106052b8104000a034200";
    let k256: Vec<u8> = (0..k256.len()).step_by(2).map(|i| u8::from_str_radix(&k256[i..i + 2], 16).unwrap()).collect();
    let k256 = [k256, vec![4], vec![7; 64]].concat();
    for (usage, spki, text) in [
        ("ENCRYPT_DECRYPT", p256_spki(), "cannot do signatures: the key is for ENCRYPT_DECRYPT"),
        ("SIGN_VERIFY", k256, "cannot do such keys: TUF has schemes for Ed25519, P-256, P-384 and RSA"),
        ("SIGN_VERIFY", Vec::new(), "an answer that makes no sense: the key is not a DER SubjectPublicKeyInfo"),
    ] {
        let server = Server::start(move |operation, _| shown(operation, "ANY", usage, &spki).unwrap());
        let said = error(open(&server)).problem.to_string();
        assert!(said.starts_with(text), "{said}");
    }
}

#[test]
fn keys_in_another_state_are_refused_before_anything_is_signed() {
    for (state, text) in [
        ("Disabled", "refused: the key's state is Disabled: `aws kms enable-key --key-id ID` enables it"),
        ("PendingDeletion", "refused: the key's state is PendingDeletion"),
    ] {
        let server =
            Server::start(move |_, _| Answer::json(&json!({"KeyMetadata": {"KeyId": "1", "KeyState": state}})));
        assert_eq!(error(open(&server)).problem.to_string(), text);
    }
}

#[test]
fn x22_answers_that_make_no_sense_are_typed_errors() {
    for answer in [
        Answer { status: 200, body: b"hello".to_vec() },
        Answer { status: 200, body: b"".to_vec() },
        Answer { status: 200, body: b"{\"KeyId\":7}".to_vec() },
        Answer { status: 404, body: b"<html>".to_vec() },
        Answer {
            status: 200,
            body: b"{\"PublicKey\":\"!!\",\"KeyUsage\":\"SIGN_VERIFY\",\"KeySpec\":\"RSA_2048\"}".to_vec(),
        },
        Answer {
            status: 200,
            body: b"{\"PublicKey\":\"AAAA\",\"KeyUsage\":\"SIGN_VERIFY\",\"KeySpec\":\"RSA_2048\"}".to_vec(),
        },
    ] {
        let shown_body = answer.body.clone();
        let server = Server::start(move |operation, _| match operation {
            "DescribeKey" => Answer::refusal("AccessDeniedException", ""),
            _ => answer.clone(),
        });
        let found = error(open(&server)).problem;
        let good = matches!(found, TokenProblem::Garbage { .. } | TokenProblem::Unsupported { .. });
        assert!(good, "{}: {found}", String::from_utf8_lossy(&shown_body));
    }
    let server = Server::start(|operation, _| {
        shown(operation, "ECC_NIST_P256", "SIGN_VERIFY", &p256_spki()).unwrap_or_else(|| Answer::json(&json!({})))
    });
    let key = open(&server).unwrap();
    assert_eq!(
        key.sign(b"payload").unwrap_err().to_string(),
        format!("{}: an answer that makes no sense: expected a signature, found none", key.describe())
    );
}

#[test]
fn x22_a_silent_service_is_slow_and_one_that_is_not_there_is_named() {
    let soon = Duration::from_millis(300);
    let server = Server::silent();
    let slow = error(open_within(&server, "", Patience { attempt: soon, whole: soon, ..Patience::USUAL }));
    assert_eq!(slow.problem, TokenProblem::Slow { seconds: 0 });
    // Nothing listens at the lowest port.
    let uri = format!("awskms:{ARN}?endpoint=http://127.0.0.1:1");
    let KeyUri::AwsKms(kms) = uri.parse().unwrap() else { panic!("not KMS: {uri}") };
    let credentials = Credentials::new("AKIDEXAMPLE", "not a secret", None, None, "test");
    let refused = error(KmsKey::open_as(&kms, Some(credentials), Patience::USUAL)).problem;
    assert_eq!(refused.to_string(), "AWS KMS does not answer: Connection refused (os error 111)");
}

#[test]
fn a_key_can_be_used_inside_a_runtime() {
    let server = p256_server();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let signed = runtime.block_on(async { open(&server).unwrap().sign(b"payload") });
    assert!(signed.is_ok());
}

#[test]
fn no_secret_is_sent() {
    let server = Server::start(|operation, _| shown(operation, "ECC_NIST_P256", "SIGN_VERIFY", &p256_spki()).unwrap());
    open(&server).unwrap();
    let seen = server.seen();
    assert!(seen.contains("AKIDEXAMPLE"), "{seen}");
    assert!(!seen.contains("not a secret"), "{seen}");
}
