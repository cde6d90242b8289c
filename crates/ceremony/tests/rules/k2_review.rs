//! K2: who signs sees what a signature would change, by content, the same on every station.

use crate::table::{Laid, NAMES, Table, closed, drafted, hash, key, now, previous, text};
use tuffet_ceremony::{CeremonyError, ContentKind, ContentReview, Drafted, Previous, Review, grouped};
use tuffet_keys::{Sha256, Sign, sha256, words};
use tuffet_metadata::RoleName;

/// A ceremony that replaces targets of a closed one whose contents were `old`.
fn replacing(old: &[(&str, &[u8])], new: &[(&str, &[u8])], keep: bool) -> Laid {
    let (laid, drafted) = tried(old, new, keep);
    assert!(drafted.unwrap().recorded);
    laid
}

/// As [`replacing`], with what became of the draft.
fn tried(old: &[(&str, &[u8])], new: &[(&str, &[u8])], keep: bool) -> (Laid, Result<Drafted, CeremonyError>) {
    let mut first = Table::initial();
    for (path, bytes) in old {
        first.target(path, bytes);
    }
    let first = first.lay();
    first.draft();
    first.carry_out(&NAMES[..3]);
    first.close();
    let (root, targets) = (first.get("assembled/root.json"), first.get("assembled/targets.json"));
    let mut table = Table::replacement(sha256(&root));
    (table.plan.people, table.plan.changes) = (Vec::new(), Vec::new());
    for (path, bytes) in new {
        table.target(path, bytes);
    }
    let laid = table.lay();
    let contents = old.iter().filter(|_| keep).map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
    let published = Previous { contents, ..previous(&root, &targets) };
    let drafted = laid.open().draft(Some(&published), now());
    (laid, drafted)
}

/// What is said of a content for which no draft is made.
fn refused_content(path: &str, old: &[u8], new: &[u8]) -> ContentReview {
    let (_, drafted) = tried(&[(path, old)], &[(path, new)], true);
    let Err(CeremonyError::Rules(findings)) = drafted else { panic!("{drafted:?}") };
    assert_eq!(findings.iter().map(|finding| finding.lint.unwrap().id).collect::<Vec<_>>(), ["L66"]);
    ContentReview::of(path, Some(old), new)
}

fn review(laid: &Laid) -> Review {
    laid.open().review().unwrap()
}

/// The one content under review.
fn content(old: &[(&str, &[u8])], new: &[(&str, &[u8])]) -> ContentReview {
    let mut review = review(&replacing(old, new, true));
    assert_eq!(review.contents.len(), 1);
    review.contents.remove(0)
}

#[test]
fn k2_a_review_has_each_payload_in_hex_and_in_words() {
    let laid = drafted();
    let review = review(&laid);
    assert_eq!(review.ceremony, "2026-12-01-initial");
    assert_eq!(review.plan_hash, sha256(&laid.get("plan.toml")));
    assert_eq!(review.plan_words(), words::encode(review.plan_hash.as_bytes()));
    assert_eq!(review.previous_root, None);
    let roles: Vec<_> = review.roles.iter().map(|role| (role.role.clone(), role.version)).collect();
    assert_eq!(roles, [(RoleName::Root, 1), (RoleName::Targets, 1)]);
    for role in &review.roles {
        let payload = laid.get(&format!("payload/{}.json", role.role));
        assert_eq!((role.digest, role.length), (sha256(&payload), payload.len()));
        assert_eq!(role.grouped().replace(' ', ""), hash(&payload));
        assert_eq!(words::decode(&role.words()).unwrap(), role.digest.as_bytes());
        assert_eq!(role.changes[0], "version 1, the first");
        assert_eq!(role.changes[1], "expires 2027-06-01T00:00:00Z, 182 days after the ceremony");
    }
    assert_eq!(grouped(&Sha256::from_bytes([0xab; 32])), ["abababab"; 8].join(" "));
}

#[test]
fn k2_keys_that_come_in_are_shown_with_their_token() {
    let review = review(&drafted());
    let named: Vec<&str> = review.keys.iter().map(|key| key.key.name.as_str()).collect();
    assert_eq!(named, ["@alice", "@bob", "@carol", "@dave", "@erin", "file:online.pem"]);
    let parts: Vec<&str> = review.keys.iter().map(|key| key.part).collect();
    assert_eq!(parts, ["keyholder", "keyholder", "keyholder", "keyholder", "keyholder", "online key"]);
    let short = |name: &str| {
        let fingerprint = key(name).fingerprint();
        format!("{} {}", &fingerprint[..8], &fingerprint[8..16])
    };
    let bob = format!("@bob: Ed25519, test: its owner says so, no evidence, fingerprint {}", short("@bob"));
    assert_eq!(review.keys[1].to_string(), bob);
    let uri = "file:online.pem";
    let online =
        format!("{uri}: Ed25519, test: its owner says so, no evidence, fingerprint {} (online key)", short(uri));
    assert_eq!(review.keys[5].to_string(), online);
}

#[test]
fn k2_what_the_plan_waives_is_shown_with_its_reason() {
    let review = review(&drafted());
    let waived: Vec<_> = review.findings.iter().map(|(f, reason)| (f.rule, reason.as_deref())).collect();
    assert_eq!(waived, [("K5", Some("a test of something else")), ("TR8", None)]);
}

/// What is hashed into each signature file must not depend on where the directory lies.
#[test]
fn k2_two_copies_have_one_review() {
    let laid = replacing(&[("a.txt", b"one\n")], &[("a.txt", b"two\n"), ("b.txt", b"b\n")], true);
    let (one, two) = (review(&laid), review(&laid.copy()));
    assert_ne!(laid.path(), laid.copy().path());
    assert_eq!(format!("{one:?}"), format!("{two:?}"));
}

#[test]
fn k2_a_review_starts_from_the_verified_root() {
    let first = closed();
    let root = first.get("assembled/root.json");
    let laid = Table::replacement(sha256(&root)).lay();
    laid.open().draft(Some(&previous(&root, &first.get("assembled/targets.json"))), now()).unwrap();
    let review = review(&laid);
    assert_eq!(review.previous_root, Some((1, sha256(&root))));
    let (frank, erin) = (key("@frank").public_key().fingerprint(), key("@erin").public_key().fingerprint());
    assert_eq!(
        review.roles[0].changes[..4],
        [
            "version 1 -> 2".to_owned(),
            "expires 2027-06-01T00:00:00Z, 182 days after the ceremony, as before".to_owned(),
            format!("root: adds @frank: Ed25519, fingerprint {frank}"),
            format!("root: removes @erin: Ed25519, fingerprint {erin}"),
        ]
    );
    assert_eq!(review.contents, []);
}

#[test]
fn k2_a_text_target_is_shown_line_by_line() {
    let found = content(&[("a.txt", b"one\ntwo\nthree\n")], &[("a.txt", b"one\n2\nthree\n")]);
    assert_eq!((found.path.as_str(), found.kind), ("a.txt", ContentKind::Text));
    assert_eq!(found.changes, [""; 0]);
    assert_eq!(found.diff, [" one", "-two", "+2", " three"]);
    let new = content(&[], &[("b.txt", b"b\n")]);
    assert_eq!((new.changes.len(), new.diff), (0, vec!["+b".to_owned()]));
}

#[test]
fn k2_bytes_are_left_to_their_hash() {
    let found = content(&[("a", &[0xff, 1])], &[("a", &[0xff, 2, 3])]);
    assert_eq!(found.kind, ContentKind::Bytes);
    assert_eq!(found.changes, ["3 bytes, which no person reads: compared by hash alone"]);
}

#[test]
fn k2_an_old_content_that_is_not_here_is_said() {
    let laid = replacing(&[("a.txt", b"one\n")], &[("a.txt", b"two\n")], false);
    let found = review(&laid).contents.remove(0);
    assert_eq!(found.changes, ["the old content is not here: compared by hash alone, and the new content shown whole"]);
    assert_eq!(found.diff, ["+two"]);
}

/// The attack: an old content that makes a harmful change look small.
#[test]
fn k2_an_old_content_that_the_verified_targets_do_not_pin_is_refused() {
    let laid = replacing(&[("a.txt", b"one\n")], &[("a.txt", b"two\n")], false);
    laid.put("previous/targets/a.txt", b"two, nearly\n");
    let refused =
        format!("previous/targets/a.txt: expected SHA-256 {}, found {} (K2)", hash(b"one\n"), hash(b"two, nearly\n"));
    assert_eq!(text(laid.open().review()), refused);
    laid.put("previous/targets/a.txt", b"one\n");
    assert_eq!(review(&laid).contents[0].diff, ["-one", "+two"]);
}

#[test]
fn t37_a_trust_root_is_compared_as_one() {
    let media = "\"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"";
    let log = r#"{"baseUrl": "https://log.example.org", "hashAlgorithm": "SHA2_256",
        "publicKey": {"rawBytes": "MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=",
        "keyDetails": "PKIX_ED25519", "validFor": {"start": "2026-01-01T00:00:00Z"}},
        "logId": {"keyId": "tUgTy2PYhZhwpeeFAMxq3P31lyPtrpPujSX68kdaBpA="}}"#;
    let (old, new) = (format!("{{{media}, \"tlogs\": []}}"), format!("{{{media}, \"tlogs\": [{log}]}}"));
    let files = |text: &str| [("sub/trusted_root.json", text.as_bytes().to_vec())];
    let [(path, old)] = files(&old);
    let [(_, new)] = files(&new);
    let found = content(&[(path, &old)], &[(path, &new)]);
    assert_eq!((found.kind, found.diff.len()), (ContentKind::TrustedRoot, 0));
    assert_eq!(
        found.changes,
        [
            "adds transparency log https://log.example.org, Ed25519, from 2026-01-01T00:00:00Z, no end, id \
             b54813cb63d8859870a5e78500cc6adcfdf59723edae93ee8d25faf2475a0690, PKIX_ED25519, SHA2_256",
            "removes nothing"
        ]
    );
    let closed =
        String::from_utf8(new.clone()).unwrap().replace("00Z\"}}", "00Z\", \"end\": \"2026-11-01T00:00:00Z\"}}");
    let found = content(&[(path, &new)], &[(path, closed.as_bytes())]);
    assert_eq!(
        found.changes,
        [
            "closes transparency log https://log.example.org (id b54813cb 63d88598) at 2026-11-01T00:00:00Z",
            "removes nothing"
        ]
    );
}

#[test]
fn t37_a_trust_root_that_is_none_is_a_finding_and_its_text_is_shown() {
    let old = "{\"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}";
    let found = refused_content("trusted_root.json", old.as_bytes(), b"{\"tlogs\": 1}\n");
    assert_eq!(found.kind, ContentKind::Text);
    assert_eq!(
        found.changes,
        [
            "WARNING: this is no trust root, and clients will refuse it: mediaType: expected a value, found no such field (TR6)"
        ]
    );
    assert_eq!(found.diff, [format!("-{old} (no line end)"), "+{\"tlogs\": 1}".to_owned()]);
    // The other way round, as in a repository taken over, the new one is shown whole.
    let found = ContentReview::of("trusted_root.json", Some(b"[]"), old.as_bytes());
    assert_eq!(
        found.changes,
        [
            "what it replaces is no trust root: trusted root: expected an object, found an array (TR6)",
            "media type application/vnd.dev.sigstore.trustedroot+json;version=0.1"
        ]
    );
}

#[test]
fn t37_a_signing_config_is_compared_as_one() {
    let config = |services: &str| {
        format!(
            "{{\"mediaType\": \"application/vnd.dev.sigstore.signingconfig.v0.2+json\", \"rekorTlogUrls\": [{services}]}}"
        )
    };
    let service = r#"{"url": "https://log.example.org", "majorApiVersion": 2, "operator": "example.org",
        "validFor": {"start": "2027-01-01T00:00:00Z"}}"#;
    let (old, new) = (config(""), config(service));
    let path = "signing_config.v0.2.json";
    let found = content(&[(path, old.as_bytes())], &[(path, new.as_bytes())]);
    assert_eq!(found.kind, ContentKind::SigningConfig);
    assert_eq!(
        found.changes,
        [
            "adds Rekor v2 https://log.example.org, operator example.org, from 2027-01-01T00:00:00Z, no end",
            "removes nothing"
        ]
    );
    let other = refused_content(path, new.as_bytes(), b"{}\n");
    assert_eq!(
        other.changes,
        ["WARNING: this is no signing config v0.2: mediaType: expected a value, found no such field (TR6)"]
    );
}

#[test]
fn t37_a_key_in_pem_is_named_by_its_fingerprint() {
    let pem = |name: &str| key(name).public_key().to_pem();
    let (old, new) = (pem("@bob"), pem("@carol"));
    let found = content(&[("rekor.pub", old.as_bytes())], &[("rekor.pub", new.as_bytes())]);
    assert_eq!(found.kind, ContentKind::Pem);
    let line = |word: &str, name: &str| format!("{word} a public key: Ed25519, SHA-256 {}", key(name).fingerprint());
    assert_eq!(found.changes, [line("was", "@bob"), line("is", "@carol")]);
    let found = content(&[], &[("rekor.pub", new.as_bytes())]);
    assert_eq!(found.changes, [line("is", "@carol")]);
}
