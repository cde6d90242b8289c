//! Programs that fail, lie and dawdle. What they do stands in tests/program/behaves, by the name of the key.

use super::error;
use crate::program::protocol::Answer;
use crate::{Key, KeyUri, NewKey, ProgramKey, TokenError, TokenProblem, generate};
use std::str::FromStr;
use std::time::Duration;
use tuffet_keys::{Scheme, Sign, SignError};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/behaves");

fn open_within(uri: &str, patience: Duration) -> Result<ProgramKey, TokenError> {
    match uri.parse().unwrap() {
        KeyUri::Program(program) => ProgramKey::open_within(&program, patience),
        other => panic!("not a program: {other}"),
    }
}

fn open(behaviour: &str) -> Result<ProgramKey, TokenError> {
    open_within(&format!("program:{PROGRAM}?key={behaviour}"), Duration::from_secs(60))
}

#[test]
fn x22_what_is_no_answer_is_a_typed_error() {
    let garbage = "an answer that makes no sense: ";
    let failed = format!("{PROGRAM} does not answer: ");
    for (behaviour, text) in [
        ("nothing", format!("{garbage}expected one JSON object, found nothing")),
        ("words", format!("{garbage}expected value at line 1 column 1")),
        ("cut", format!("{garbage}EOF while parsing a string at line 1 column 21")),
        (
            "unknown",
            format!(
                "{garbage}unknown field `colour`, expected one of `schema`, `public_key`, `scheme`, `holder`, \
                 `signature`, `error` at line 1 column 188"
            ),
        ),
        ("twice", format!("{garbage}duplicate field `scheme` at line 1 column 188")),
        ("trailing", format!("{garbage}trailing characters at line 1 column 181")),
        ("schema", format!("{garbage}expected schema `tuffet-signer-v1`, found `tuffet-signer-v2`")),
        ("binary", format!("{garbage}expected UTF-8, found other bytes")),
        ("long", format!("{garbage}expected an answer of at most 65536 bytes, found a longer one")),
        ("endless", format!("{garbage}expected an answer of at most 65536 bytes, found a longer one")),
        ("status", format!("{failed}it ended with status 3 and said: Traceback: first line the card is gone")),
        ("quiet-failure", format!("{failed}it ended with status 4 and said nothing")),
        ("escape", format!("{failed}it ended with status 1 and said: [2Jbad worse")),
        ("signal", format!("{failed}it was ended: signal: 9 (SIGKILL) and said nothing")),
        ("error", "refused: the safe is closed".to_owned()),
        ("error-and-more", "refused: no".to_owned()),
        (
            "wrong-kind",
            format!("{garbage}expected the members `public_key` and `scheme`, and `holder` at will, found others"),
        ),
        (
            "key-again",
            format!("{garbage}expected the members `public_key` and `scheme`, and `holder` at will, found others"),
        ),
        ("wrong-scheme", format!("{garbage}expected a key for ECDSA P-256, found one for Ed25519 (F18)")),
        ("other-scheme", format!("{garbage}keytype `` with scheme `rsa-pkcs1` is not supported (F18)")),
        ("no-key", format!("{garbage}expected one PEM block PUBLIC KEY, found PRIVATE KEY")),
    ] {
        let refused = error(open(behaviour));
        assert_eq!(refused.to_string(), format!("program:{PROGRAM}?key={behaviour}: {text}"));
    }
}

#[test]
fn a_long_complaint_blocks_nobody_and_is_cut() {
    let TokenProblem::Service { reason, .. } = error(open("chatty")).problem else { panic!("another problem") };
    assert!(reason.starts_with("it ended with status 5 and said: ..."), "{reason}");
    assert!(reason.ends_with("complaint complaint"), "{reason}");
    assert_eq!(reason.len(), "it ended with status 5 and said: ...".len() + 200);
}

#[test]
fn x22_no_answer_in_time_ends_the_wait() {
    for behaviour in ["silent", "lingers"] {
        let uri = format!("program:{PROGRAM}?key={behaviour}");
        let slow = error(open_within(&uri, Duration::from_secs(1)));
        assert_eq!(slow.to_string(), format!("{uri}: no answer within 1 seconds: nothing was signed"));
    }
    let uri = format!("program:{PROGRAM}?key=leaves-child");
    // Its child lives for 20 seconds and keeps the pipe for complaints open.
    assert!(open_within(&uri, Duration::from_secs(15)).is_ok());
}

#[test]
fn what_is_wrong_with_a_signature_is_said_and_it_is_dropped() {
    for (behaviour, text) in [
        ("sign-nothing", "an answer that makes no sense: expected one JSON object, found nothing"),
        (
            "sign-not-base64",
            "an answer that makes no sense: signature: expected base64, found Invalid symbol 33, offset 0.",
        ),
        ("sign-public", "an answer that makes no sense: expected the member `signature` alone, found others"),
        ("sign-key-again", "an answer that makes no sense: expected the member `signature` alone, found others"),
        ("sign-error", "refused: the safe is closed"),
    ] {
        let key = open(behaviour).unwrap();
        assert_eq!(key.describe(), format!("program {PROGRAM}, key {behaviour}"));
        assert_eq!(key.sign(b"payload").unwrap_err().to_string(), format!("{}: {text}", key.describe()));
    }
}

#[test]
fn k11_a_signature_that_does_not_verify_is_dropped() {
    let key = open("sign-wrong-signature").unwrap();
    assert_eq!(key.sign(b"payload"), Err(SignError::Wrong { signer: key.describe() }));
}

#[test]
fn x22_no_cut_or_changed_byte_of_an_answer_makes_another_key_or_a_panic() {
    let uri = KeyUri::from_str(&format!("program:{PROGRAM}?key=good")).unwrap();
    let key = crate::public_key(&uri, &mut super::never).unwrap();
    let good = serde_json::json!({"schema": "tuffet-signer-v1", "public_key": key.to_pem(), "scheme": "ed25519"});
    let good = good.to_string().into_bytes();
    assert_eq!(Answer::parse(&good).unwrap().public_key().unwrap().0, key);
    for at in 0..good.len() {
        for byte in [b'7', b'"', b'}', 0, 0xff] {
            let mut changed = good.clone();
            changed[at] = byte;
            for answer in [&changed[..], &good[..at]] {
                // Another byte of the key is another key, if it is one; the signature decides which it was.
                let _ = Answer::parse(answer).and_then(Answer::public_key);
                assert!(Answer::parse(answer).and_then(Answer::signature).is_err(), "{at}");
            }
        }
        assert!(Answer::parse(&good[..at]).is_err(), "{at}");
    }
}

#[test]
fn programs_that_cannot_run_are_told_apart() {
    let run = |path: &str| error(open_within(&format!("program:{path}?key=a"), Duration::from_secs(60))).to_string();
    assert_eq!(
        run("/nowhere/sign"),
        "program:/nowhere/sign?key=a: /nowhere/sign does not answer: there is no such program"
    );
    let this = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert_eq!(
        run(this),
        format!("program:{this}?key=a: {this} does not answer: this user may not run it (chmod +x allows it)")
    );
    // A plain file with the run bit and nothing that runs it.
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "\0\0").unwrap();
    std::fs::set_permissions(&text, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let text = text.display();
    assert!(run(&text.to_string()).starts_with(&format!("program:{text}?key=a: {text} does not answer: Exec format")));
}

#[test]
fn a_program_gets_no_arguments_and_our_working_directory() {
    let key = open("arguments").unwrap();
    let here = std::env::current_dir().unwrap();
    assert_eq!(key.holder().claims, [format!("0 arguments, {}", here.display())]);
    let name = std::path::Path::new(PROGRAM).file_name().unwrap().to_str().unwrap();
    assert_eq!(key.holder().to_string(), format!("program, key arguments of {name}"));
    assert_eq!((key.action(), key.evidence()), (None, Ok(None)));
}

#[test]
fn what_stands_in_a_name_is_no_command() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let uri = format!("program:{PROGRAM}?key=$(touch {0})`touch {0}`; touch {0}", made.display());
    assert!(open_within(&uri, Duration::from_secs(60)).is_ok());
    assert!(!made.exists());
}

#[test]
fn keys_are_not_made_by_programs() {
    let uri: KeyUri = "program:/bin/true?key=a".parse().unwrap();
    let refused = error(generate(&uri, &NewKey::new(Scheme::Ed25519, "alice"), &mut super::never));
    assert_eq!(refused.to_string(), "program:/bin/true?key=a: this program makes no keys there");
    assert_eq!(
        refused.hint().as_deref(),
        Some("make it with the program's own tools, for example: gcloud kms keys create")
    );
}
