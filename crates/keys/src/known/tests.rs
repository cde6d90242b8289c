//! K17: an answer that is another is noticed, whatever byte made it so.

use super::*;

#[test]
fn k17_every_scheme_and_hash_gives_the_known_answers() {
    let counts: Vec<_> = schemes().iter().map(|scheme| (scheme.name(), signatures(*scheme))).collect();
    let classical = [
        ("ed25519", Ok(11)),
        ("ecdsa-sha2-nistp256", Ok(21)),
        ("ecdsa-sha2-nistp384", Ok(21)),
        ("rsassa-pss-sha256", Ok(7)),
        ("rsassa-pss-sha384", Ok(7)),
        ("rsassa-pss-sha512", Ok(7)),
    ];
    assert_eq!(counts[..6], classical);
    let post_quantum = [("ml-dsa-44/1", Ok(3)), ("ml-dsa-65/1", Ok(3)), ("ml-dsa-87/1", Ok(3))];
    assert_eq!(counts[6..], post_quantum[..if post_quantum::BUILT { 3 } else { 0 }]);
    assert_eq!((sha256(), sha512()), (Ok(4), Ok(4)));
}

#[test]
fn k17_every_changed_byte_of_a_valid_signature_is_noticed() {
    let whole = table(Scheme::Ed25519);
    let line = whole.lines().find(|line| line.starts_with("2 valid 78 ")).unwrap();
    let expected = |test: &str| KnownError::Signature {
        file: "ed25519_test.json".into(),
        test: test.into(),
        expected: "valid".into(),
    };
    for at in "2 valid ".len()..line.len() {
        if line.as_bytes()[at] == b' ' {
            continue;
        }
        let mut changed = line.to_owned();
        changed.replace_range(at..=at, if &line[at..=at] == "0" { "1" } else { "0" });
        assert_eq!(ask(&whole.replacen(line, &changed, 1), Scheme::Ed25519), Err(expected("2")), "byte {at}");
    }
    assert_eq!(expected("2").to_string(), "ed25519_test.json test 2: expected valid, found the opposite");
}

#[test]
fn k17_one_changed_byte_anywhere_is_noticed_for_each_scheme() {
    for scheme in schemes() {
        let whole = table(*scheme);
        let key = whole.find(&format!("key {}", scheme.name())).unwrap();
        let valid = key + whole[key..].find(" valid ").unwrap();
        let end = valid + whole[valid..].find('\n').unwrap();
        // The last digit of the signature, and the word itself.
        let digit = if whole.as_bytes()[end - 1] == b'0' { "1" } else { "0" };
        let mut changed = whole.to_owned();
        changed.replace_range(end - 1..end, digit);
        assert!(matches!(ask(&changed, *scheme), Err(KnownError::Signature { .. })), "{scheme}");
        let mut opposite = whole.to_owned();
        opposite.replace_range(valid..valid + 7, " invalid ");
        let Err(KnownError::Signature { expected, .. }) = ask(&opposite, *scheme) else { panic!("{scheme}") };
        assert_eq!(expected, "invalid");
    }
}

#[test]
fn k17_a_table_that_asks_nothing_is_no_pass() {
    let missing = |table: &str| ask(table, Scheme::Ed25519).unwrap_err().to_string();
    assert_eq!(missing(""), "known answers: expected valid and invalid signatures of Ed25519, found 0 and 0");
    let only_valid: String =
        table(Scheme::Ed25519).lines().filter(|l| !l.contains(" invalid ")).map(|l| format!("{l}\n")).collect();
    assert_eq!(missing(&only_valid), "known answers: expected valid and invalid signatures of Ed25519, found 4 and 0");
    assert_eq!(missing("nothing"), "known answers, line 1: expected a file, a key or a test");
    assert_eq!(missing("key ed25519 00"), "known answers, line 1: expected a key");
    let key = table(Scheme::Ed25519).lines().find(|line| line.starts_with("key ")).unwrap();
    assert_eq!(missing(&format!("{key}\n1 valid zz -")), "known answers, line 2: expected hex");
}

#[test]
fn k17_a_digest_that_is_another_is_noticed() {
    let error = digests(&SHA256, |bytes| crate::sha256(&bytes[..bytes.len().min(3)]).to_string()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the digest of 56 bytes: expected 248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1, \
         found ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}
