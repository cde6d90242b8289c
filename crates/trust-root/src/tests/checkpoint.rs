//! TR5: a checkpoint proves that a log's key is the log's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use super::certs::Key;
use super::{PRODUCTION, STAGING, new_log};
use crate::{Checkpoint, Compose, LogKind, TransparencyLog, TrustedRoot};

/// Of a production bundle.
const REAL_V1: &str = "rekor.sigstore.dev - 1193050959916656506
616408488
dMhojWLwKZjp3xdLBFgCysbIYp4FTe94vs70zFB4nAM=

— rekor.sigstore.dev wNI9ajBEAiB9yqLZxKPPSG4EYgyJq9C884egwJ32aYU8MyqeYXYiJQIgebrTUhIavn7+VyFhLnWNx7yC+ftNqRNfu+IzwTv08KM=
";
/// Of a staging bundle: the log and three witnesses.
const REAL_V2: &str = "log2025-alpha3.rekor.sigstage.dev
4026479
5iaX4xK6PMnp4ZFTP4iywMcwLgaTjzgRTkrTOUFIrfY=

— log2025-alpha3.rekor.sigstage.dev 09OnDHwVrKeXjBYQ4NJ5EoENdtpBwZcV3X8n+cAZFIk+8LBPKEpZcKqoN2CfjGw0zlQwt+U2pLt5UyYEFv+STPHPmQg=
— witness.stagemole.eu Z/euoAAAAABqBM+21mV7JbHwWmLP20ZSpNWneHMkITOPopt+Vj1MoJSILqOIPpx93pbRfA0U+Eq5IiJjEUhG1JwGhPCJEUT5yDcFDg==
— staging.witness.transparency.goog/ring-any-bells LhqNyQAAAABqBM+2Ob9EtpF9h6IUMXc/LTRkkXiNAgbbohBxHekby1oASdDtPLkgZLmBHH73DF25f2L8xGgp/qVwoZK5thKXc6XnCw==
— witness.navigli.sunlight.geomys.org o+AP4gAAAABqBM+2NoYlK4g3lkC5QltDB6f2F9U8yF6+8kXKjLKHAYvSDJ3u5dZufSU3bz+AtJMdOoMixoFJBkQ397WY/mE0i9tlCg==
";

const NOTE: &str = "log.example.org\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

fn log(kind: LogKind, key: &Key) -> TransparencyLog {
    let pem = key.pem();
    let root = Compose::new().log(&new_log(kind, &pem, "https://log.example.org")).unwrap().finish();
    root.tlogs().iter().chain(root.ctlogs()).next().unwrap().clone()
}

/// The note signed by `key` as `name`, with the hint of a Rekor v2 log of that name.
fn signed(note: &str, key: &Key, name: &str) -> String {
    let named = [name.as_bytes(), b"\n\x01", &key.spki[12..]].concat();
    let id = digest(&SHA256, &named);
    line(note, name, &id.as_ref()[..4], &key.sign(note.as_bytes()))
}

fn line(note: &str, name: &str, hint: &[u8], signature: &[u8]) -> String {
    format!("{note}\n— {name} {}\n", STANDARD.encode([hint, signature].concat()))
}

fn parse_error(text: &str) -> String {
    Checkpoint::parse(text.as_bytes()).unwrap_err().to_string()
}

fn proof_error(text: &str, log: &TransparencyLog) -> String {
    Checkpoint::parse(text.as_bytes()).unwrap().proves(log).unwrap_err().to_string()
}

#[test]
fn tr5_real_checkpoints_prove_their_logs_and_no_other() {
    let production = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let staging = TrustedRoot::parse(STAGING.as_bytes()).unwrap();
    let logs: Vec<_> = production.tlogs().iter().chain(staging.tlogs()).collect();
    for (text, size, url) in [
        (REAL_V1, 616_408_488, "https://rekor.sigstore.dev"),
        (REAL_V2, 4_026_479, "https://log2025-alpha3.rekor.sigstage.dev"),
    ] {
        let checkpoint = Checkpoint::parse(text.as_bytes()).unwrap();
        assert_eq!(checkpoint.size(), size);
        assert_eq!(checkpoint.to_string(), text);
        let proved: Vec<_> = logs.iter().filter(|log| checkpoint.proves(log).is_ok()).collect();
        assert_eq!(proved.iter().map(|log| log.base_url()).collect::<Vec<_>>(), [url]);
    }
}

#[test]
fn tr5_no_byte_of_a_checkpoint_can_change() {
    let staging = TrustedRoot::parse(STAGING.as_bytes()).unwrap();
    let log = staging.tlogs().iter().find(|log| log.origin().contains("alpha3")).unwrap();
    let end = REAL_V2.find("— witness").unwrap();
    let own = &REAL_V2.as_bytes()[..end];
    assert_eq!(Checkpoint::parse(own).unwrap().proves(log), Ok(()));
    for at in 0..own.len() {
        let mut bytes = own.to_vec();
        bytes[at] ^= 1;
        assert!(!Checkpoint::parse(&bytes).is_ok_and(|c| c.proves(log).is_ok()), "byte {at}");
        assert!(Checkpoint::parse(&own[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn tr5_made_checkpoints_prove_logs_of_every_kind() {
    let ed25519 = Key::ed25519(1);
    let text = signed(NOTE, &ed25519, "log.example.org");
    let checkpoint = Checkpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(checkpoint.proves(&log(LogKind::RekorV2, &ed25519)), Ok(()));
    for key in [Key::p256(), Key::p384(), Key::ed25519(2)] {
        let id = digest(&SHA256, &key.spki);
        for note in [NOTE.to_owned(), NOTE.replace("org", "org - 42"), format!("{NOTE}Timestamp: 1\n")] {
            let text = line(&note, "log.example.org", &id.as_ref()[..4], &key.sign(note.as_bytes()));
            let checkpoint = Checkpoint::parse(text.as_bytes()).unwrap();
            assert_eq!(checkpoint.proves(&log(LogKind::RekorV1, &key)), Ok(()), "{text}");
        }
    }
}

/// As a CT log with tiles signs: a tree head of RFC 6962 in the line of a note.
fn tree_head(key: &Key, signer: &Key, size: u64, scheme: u8) -> String {
    let id = digest(&SHA256, &key.spki);
    let hint = digest(&SHA256, &[b"log.example.org\n\x05", id.as_ref()].concat());
    let time = 1_700_000_000_000_u64.to_be_bytes();
    let signature = signer.sign(&[&[0, 1], &time[..], &size.to_be_bytes(), &[0; 32]].concat());
    let length = u16::try_from(signature.len()).unwrap().to_be_bytes();
    line(NOTE, "log.example.org", &hint.as_ref()[..4], &[&time[..], &[4, scheme], &length, &signature].concat())
}

#[test]
fn tr5_a_ct_log_signs_its_tree_head() {
    let (own, other) = (Key::p256(), Key::p256());
    let log = log(LogKind::CtLog, &own);
    let proved = |text: &str| Checkpoint::parse(text.as_bytes()).unwrap().proves(&log).map_err(|e| e.to_string());
    assert_eq!(proved(&tree_head(&own, &own, 7, 3)), Ok(()));
    for wrong in [tree_head(&own, &other, 7, 3), tree_head(&own, &own, 8, 3), tree_head(&own, &own, 7, 1)] {
        let error = proved(&wrong).unwrap_err();
        assert!(error.ends_with("found one that does not verify (TR5)"), "{error}");
    }
    let hints = [&digest(&SHA256, &own.spki).as_ref()[..4], &hint_of(&own)].map(hex::encode).join(" or ");
    assert_eq!(
        proved(&tree_head(&other, &other, 7, 3)).unwrap_err(),
        format!(
            "checkpoint: expected a signature of \"log.example.org\" by the key with hint {hints}, \
             found another key: hint {} (TR5)",
            hex::encode(hint_of(&other))
        )
    );
}

fn hint_of(key: &Key) -> Vec<u8> {
    let id = digest(&SHA256, &key.spki);
    digest(&SHA256, &[b"log.example.org\n\x05", id.as_ref()].concat()).as_ref()[..4].to_vec()
}

#[test]
fn tr5_a_checkpoint_signed_by_another_key_is_refused() {
    let (own, other) = (Key::ed25519(1), Key::ed25519(2));
    let own = log(LogKind::RekorV2, &own);
    let hint = hex::encode(&own.log_id().as_bytes()[..4]);
    assert_eq!(
        proof_error(&signed(NOTE, &other, "log.example.org"), &own),
        format!(
            "checkpoint: expected a signature of \"log.example.org\" by the key with hint {hint}, \
             found another key: hint {} (TR5)",
            hex::encode(&log(LogKind::RekorV2, &other).log_id().as_bytes()[..4])
        )
    );
    let forged = line(NOTE, "log.example.org", &own.log_id().as_bytes()[..4], &other.sign(NOTE.as_bytes()));
    assert_eq!(
        proof_error(&forged, &own),
        format!(
            "checkpoint: expected a signature of \"log.example.org\" by the key with hint {hint}, \
             found one that does not verify (TR5)"
        )
    );
}

#[test]
fn tr5_a_checkpoint_of_another_log_is_refused() {
    let key = Key::ed25519(1);
    let own = log(LogKind::RekorV2, &key);
    for origin in ["log.example.com", "log.example.org - 42", "log.example.org/a", "https://log.example.org"] {
        let note = NOTE.replace("log.example.org", origin);
        assert_eq!(
            proof_error(&signed(&note, &key, "log.example.org"), &own),
            format!(
                "checkpoint: expected the origin \"log.example.org\", the host and path of \
                 \"https://log.example.org\", found \"{origin}\" (TR5)"
            )
        );
    }
    let witnesses: String = "abcdef".chars().map(|name| line("", &name.to_string(), b"1234", b"5")).collect();
    assert_eq!(
        proof_error(&format!("{NOTE}\n{}", witnesses.replace("\n—", "—")), &own),
        "checkpoint: expected a signature of \"log.example.org\", found \"a\", \"b\", \"c\", \"d\", and 2 more (TR5)"
    );
    let v1 = log(LogKind::RekorV1, &key);
    for tree in ["", "-1", "1 - 2", "x"] {
        let note = NOTE.replace("org", &format!("org - {tree}"));
        let text = line(&note, "log.example.org", b"1234", b"5");
        assert!(proof_error(&text, &v1).starts_with("checkpoint: expected the origin"), "{tree}");
    }
}

#[test]
fn tr5_what_is_no_checkpoint_is_refused() {
    let text = line(NOTE, "log.example.org", b"1234", b"5");
    let whole = |found| {
        format!(
            "checkpoint: expected origin, size, root hash, an empty line and signatures, each line ended, \
             found {found} (TR5)"
        )
    };
    assert_eq!(parse_error(""), whole("no line feed at the end"));
    assert_eq!(parse_error(text.trim_end()), whole("no line feed at the end"));
    assert_eq!(parse_error(NOTE), whole("no empty line"));
    assert_eq!(parse_error(&format!("{NOTE}\n")), whole("no signature"));
    assert_eq!(parse_error("a\n1\n\n— a MTIzNDU=\n"), whole("fewer than three lines before the empty one"));
    assert_eq!(parse_error(&text.replacen("log.example.org", "", 1)), whole("an empty origin"));
    for size in ["07", "+7", "-7", "7 ", "18446744073709551616"] {
        let expected = format!("checkpoint: expected the number of entries on line 2, found \"{size}\" (TR5)");
        assert_eq!(parse_error(&text.replacen("\n7\n", &format!("\n{size}\n"), 1)), expected, "{size}");
    }
    assert_eq!(
        parse_error(&text.replacen("AAA=", "", 1)),
        "checkpoint: expected a SHA-256 root hash in base64 on line 3, found \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\" (TR5)"
    );
    for wrong in ["-- a MTIzNDU=", "— a", "—  MTIzNDU=", "— a+b MTIzNDU=", "— a MTIz", "— a MTIzNDU", "— a MTIzNDU= "]
    {
        assert_eq!(
            parse_error(&format!("{NOTE}\n{wrong}\n")),
            format!("checkpoint: expected a signature `— NAME BASE64` on line 5, found \"{wrong}\" (TR5)")
        );
    }
    for hidden in ["\r", "\u{202e}", "\t"] {
        assert_eq!(
            parse_error(&text.replacen("\n7", &format!("{hidden}\n7"), 1)),
            "checkpoint: expected visible characters, found a control or direction character on line 1 (TR5)"
        );
    }
    assert_eq!(
        Checkpoint::parse(b"a\xff\n").unwrap_err().to_string(),
        "checkpoint: expected text in UTF-8, found other bytes from byte 1 (TR5)"
    );
    assert_eq!(parse_error(&"x\n".repeat(129)), "checkpoint: expected at most 128 lines, found 129 (TR5)");
    assert_eq!(parse_error(&"x".repeat(65_537)), "checkpoint: expected at most 65536 bytes, found 65537 (TR5)");
}

#[test]
fn tr5_a_log_whose_id_does_not_follow_from_its_key_has_no_checkpoint() {
    let staging = TrustedRoot::parse(STAGING.as_bytes()).unwrap();
    let mut log = staging.tlogs().iter().find(|log| log.origin().contains("alpha3")).unwrap().clone();
    log.base_url = "https://elsewhere.example.org".to_owned();
    assert_eq!(
        proof_error(REAL_V2, &log),
        "checkpoint: expected a log whose id follows from its key, found the id \
         d3d3a70ca130eff8696626153e84d1cd16e0947934b3296c528bde8274549496 at \"https://elsewhere.example.org\" (TR5)"
    );
}
