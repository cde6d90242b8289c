//! What changes between two trust roots, sentence by sentence (K2), on published roots and on made ones.

use super::certs::Key;
use super::{GITHUB, PRODUCTION, Pki, STAGING, composed, new_ca, new_log};
use crate::{Compose, LogKind, TrustedRoot, compare, compare_files};

mod real;

fn with(from: &str, to: &str) -> String {
    assert!(PRODUCTION.contains(from), "{from}");
    PRODUCTION.replacen(from, to, 1)
}

/// What changes between two files, one sentence a line.
fn changes(old: &str, new: &str) -> Vec<String> {
    let changes = compare_files(Some(old.as_bytes()), new.as_bytes()).unwrap();
    changes.iter().map(ToString::to_string).collect()
}

fn typed(old: Option<&TrustedRoot>, new: &TrustedRoot) -> Vec<String> {
    compare(old, new).iter().map(ToString::to_string).collect()
}

const REKOR: &str = "transparency log https://rekor.sigstore.dev (id c0d23d6a d406973f)";

#[test]
fn k2_equal_roots_have_no_change() {
    for file in [PRODUCTION, STAGING, GITHUB] {
        assert_eq!(changes(file, file), [""; 0]);
        let root = TrustedRoot::parse(file.as_bytes()).unwrap();
        assert_eq!(typed(Some(&root), &root), [""; 0]);
    }
}

#[test]
fn k2_the_first_root_is_shown_whole() {
    let root = composed(&Pki::new());
    let found = typed(None, &root);
    assert_eq!(found[0], "media type application/vnd.dev.sigstore.trustedroot+json;version=0.1");
    let log = &root.tlogs()[0];
    let key = hex::encode(ring::digest::digest(&ring::digest::SHA256, log.public_key().spki()));
    assert_eq!(
        found[1],
        format!(
            "adds transparency log https://log.example.org, Ed25519, from 2026-01-01T00:00:00Z, no end, id {}, \
             SHA-256 of its key {key}, PKIX_ED25519, SHA2_256",
            log.log_id()
        )
    );
    let chain = root.certificate_authorities()[0].chain();
    let certificate = |at: usize, name: &str| {
        let sha256 = hex::encode(chain[at].sha256());
        let validity = "valid 2025-01-01T00:00:00Z to 2035-01-01T00:00:00Z";
        format!("certificate {} CN={name},O=example.org (Ed25519, SHA-256 {sha256}, {validity})", at + 1)
    };
    assert_eq!(
        found[2],
        format!(
            "adds certificate authority O=example.org, CN=anchor at https://ca.example.org, Ed25519, from 2026-01-01T00:00:00Z, no \
             end, {}, {}",
            certificate(0, "issuing"),
            certificate(1, "anchor")
        )
    );
    assert!(found[3].starts_with("adds CT log https://ct.example.org/2026, Ed25519, from "), "{}", found[3]);
    assert!(
        found[4].starts_with("adds timestamp authority O=example.org, CN=anchor at https://tsa.example.org, "),
        "{}",
        found[4]
    );
    assert_eq!(found.len(), 5);
}

#[test]
fn k2_a_log_is_added() {
    let old = composed(&Pki::new());
    let pem = Key::ed25519(21).pem();
    let added = new_log(LogKind::RekorV1, &pem, "https://new.example.org");
    let new = Compose::from_trusted_root(old.clone()).log(&added).unwrap().finish();
    let id = new.tlogs()[1].log_id().to_string();
    let line = format!(
        "adds transparency log https://new.example.org, Ed25519, from 2026-01-01T00:00:00Z, no end, id {id}, \
         PKIX_ED25519, SHA2_256"
    );
    assert_eq!(typed(Some(&old), &new), [&line, "removes nothing"]);
    let id = format!("{} {}", &id[..8], &id[8..16]);
    assert_eq!(
        typed(Some(&new), &old),
        [format!(
            "WARNING: removes transparency log https://new.example.org (id {id}): what it vouched for is trusted no more"
        )]
    );
}

#[test]
fn k2_a_key_swapped_under_the_same_url_is_a_removal_and_an_addition() {
    let made = |seed, url| {
        let pem = Key::ed25519(seed).pem();
        Compose::new().log(&new_log(LogKind::RekorV2, &pem, url)).unwrap().finish()
    };
    let old = made(1, "https://log.example.org");
    // Also where the address is written differently.
    for url in ["https://log.example.org", "http://log.example.org/"] {
        let new = made(2, url);
        let id = |root: &TrustedRoot| root.tlogs()[0].log_id().to_string();
        let short = |root: &TrustedRoot| format!("{} {}", &id(root)[..8], &id(root)[8..16]);
        let found = typed(Some(&old), &new);
        assert_eq!(
            found[0],
            format!(
                "WARNING: removes transparency log https://log.example.org (id {}): what it vouched for is trusted no \
                 more",
                short(&old)
            )
        );
        assert!(found[1].starts_with(&format!("adds transparency log {url}, Ed25519, ")), "{}", found[1]);
        assert!(found[1].contains(&id(&new)));
        assert_eq!(
            found[2],
            format!(
                "WARNING: the transparency log at {url} has another key: Ed25519 {} goes, Ed25519 {} comes",
                short(&old),
                short(&new)
            )
        );
        assert_eq!(found.len(), 3);
    }
}

#[test]
fn k2_a_key_swapped_under_the_same_id_is_a_warning() {
    let ct = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiPSlFi0CmFTfEjCUqF9HuCEcYXNKAaYalIJmBZ8yyezPjTqhxrKBpMnaocVtLJBI1eM3uXnQzQGAJdJ4gs9Fyw==";
    let rekor = PRODUCTION.split("\"rawBytes\": \"").nth(1).unwrap().split('"').next().unwrap();
    let found = changes(PRODUCTION, &with(rekor, ct));
    assert_eq!(
        found,
        [
            &format!(
                "WARNING: {REKOR} has another key under the same id: ECDSA P-256 c0d23d6a d406973f goes, ECDSA P-256 \
                 dd3d306a c6c71132 comes"
            ),
            "removes nothing"
        ]
    );
}

#[test]
fn k2_windows_that_close_open_and_move_are_said() {
    let ca = "certificate authority O=sigstore.dev, CN=sigstore at https://fulcio.sigstore.dev (first certificate \
              03a38ffb 1f450100)";
    let end = "\"end\": \"2022-12-31T23:59:59.999Z\"";
    let moved = |to: &str| changes(PRODUCTION, &with(end, &format!("\"end\": \"{to}\"")))[0].clone();
    assert_eq!(
        moved("2022-12-31T00:00:00Z"),
        format!("moves the end of {ca} from 2022-12-31T23:59:59.999Z to 2022-12-31T00:00:00Z, earlier")
    );
    assert_eq!(
        moved("2023-12-31T00:00:00Z"),
        format!("moves the end of {ca} from 2022-12-31T23:59:59.999Z to 2023-12-31T00:00:00Z, later")
    );
    assert_eq!(
        moved("2022-12-31T23:59:59.999+00:00"),
        format!(
            "writes the end of {ca} as 2022-12-31T23:59:59.999+00:00 instead of 2022-12-31T23:59:59.999Z, the same \
             moment"
        )
    );
    let start = "\"start\": \"2021-01-12T11:53:27Z\"";
    let closed = with(start, &format!("{start}, \"end\": \"2026-01-01T00:00:00Z\""));
    assert_eq!(changes(PRODUCTION, &closed), [&format!("closes {REKOR} at 2026-01-01T00:00:00Z"), "removes nothing"]);
    assert_eq!(
        changes(&closed, PRODUCTION),
        [&format!("WARNING: reopens {REKOR}: no end any more, which was 2026-01-01T00:00:00Z"), "removes nothing"]
    );
    let earlier = with(start, "\"start\": \"2020-01-12T11:53:27Z\"");
    assert_eq!(
        changes(PRODUCTION, &earlier)[0],
        format!("moves the start of {REKOR} from 2021-01-12T11:53:27Z to 2020-01-12T11:53:27Z, earlier")
    );
    let none = with(start, "");
    assert_eq!(changes(PRODUCTION, &none)[0], format!("removes the start of {REKOR}, which was 2021-01-12T11:53:27Z"));
    assert_eq!(changes(&none, PRODUCTION)[0], format!("sets the start of {REKOR} to 2021-01-12T11:53:27Z"));
}

#[test]
fn k2_fields_are_said_with_both_values() {
    let cases = [
        ("https://rekor.sigstore.dev", "https://rekor.example", "baseUrl", "https://rekor.sigstore.dev"),
        ("SHA2_256", "SHA2_512", "hashAlgorithm", "SHA2_256"),
        ("PKIX_ECDSA_P256_SHA_256", "PKIX_ECDSA_P256_HMAC_SHA_256", "keyDetails", "PKIX_ECDSA_P256_SHA_256"),
    ];
    for (from, to, field, was) in cases {
        let name = if field == "baseUrl" { REKOR.replace(from, to) } else { REKOR.to_owned() };
        assert_eq!(
            changes(PRODUCTION, &with(from, to)),
            [&format!("changes {field} of {name} from {was} to {to}"), "removes nothing"]
        );
    }
    let found = changes(PRODUCTION, &with("\"sigstore.dev\"", "\"sigstore.example\""));
    assert!(found[0].starts_with("changes organization of certificate authority O=sigstore.example, "), "{}", found[0]);
    let found = changes(PRODUCTION, &with("\"https://fulcio.sigstore.dev\"", "\"https://fulcio.example\""));
    assert!(found[0].ends_with(" from https://fulcio.sigstore.dev to https://fulcio.example"), "{}", found[0]);
    let found =
        changes(PRODUCTION, &with(";version=0.1\"", ";version=0.1\"").replace("+json;version=0.1", ".v0.1+json"));
    assert_eq!(
        found,
        [
            "changes the media type from application/vnd.dev.sigstore.trustedroot+json;version=0.1 to \
             application/vnd.dev.sigstore.trustedroot.v0.1+json",
            "removes nothing"
        ]
    );
}

#[test]
fn k2_a_chain_that_changes_behind_its_first_certificate_is_said() {
    let pki = Pki::new();
    let old = composed(&pki);
    let mut new = old.clone();
    let anchor = new.certificate_authorities[0].chain[1].clone();
    new.certificate_authorities[0].chain.push(anchor.clone());
    let found = typed(Some(&old), &new);
    let ca = &old.certificate_authorities()[0];
    let id = hex::encode(ca.chain()[0].sha256());
    let entry = format!(
        "certificate 3 of the chain of certificate authority O=example.org, CN=anchor at https://ca.example.org (first certificate {} \
         {})",
        &id[..8],
        &id[8..16]
    );
    let certificate = format!(
        "CN=anchor,O=example.org (Ed25519, SHA-256 {}, valid 2025-01-01T00:00:00Z to 2035-01-01T00:00:00Z)",
        hex::encode(anchor.sha256())
    );
    assert_eq!(found, [&format!("sets {entry} to {certificate}"), "removes nothing"]);
    assert_eq!(typed(Some(&new), &old)[0], format!("removes {entry}, which was {certificate}"));
}

#[test]
fn k2_an_authority_at_the_same_address_with_another_certificate_is_a_warning() {
    let (pki, mut other) = (Pki::new(), Pki::new());
    other.issuing = Key::ed25519(9);
    let made = |pki: &Pki| {
        let chain = pki.ca_chain();
        Compose::new().authority(&new_ca(&chain)).unwrap().finish()
    };
    let found = typed(Some(&made(&pki)), &made(&other));
    assert!(
        found[0].starts_with("WARNING: removes certificate authority O=example.org, CN=anchor at "),
        "{}",
        found[0]
    );
    assert!(found[1].starts_with("adds certificate authority O=example.org, CN=anchor at "), "{}", found[1]);
    let warning =
        "WARNING: the certificate authority at https://ca.example.org has another first certificate: Ed25519 ";
    assert!(found[2].starts_with(warning), "{}", found[2]);
    assert_eq!(found.len(), 3);
}

#[test]
fn k2_another_order_is_said() {
    let old = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let mut new = old.clone();
    new.tlogs.reverse();
    assert_eq!(
        typed(Some(&old), &new),
        [
            &format!(
                "changes the order of `tlogs`: now transparency log https://log2025-1.rekor.sigstore.dev (id cf119915 \
                 5bddd051); {REKOR}"
            ),
            "removes nothing"
        ]
    );
}

#[test]
fn k2_an_empty_list_and_none_are_two_files() {
    let media = "\"mediaType\": \"application/vnd.dev.sigstore.trustedroot.v0.1+json\"";
    let (none, empty) = (format!("{{{media}}}"), format!("{{{media}, \"ctlogs\": []}}"));
    assert_eq!(changes(&none, &empty), ["`ctlogs`: adds []", "removes nothing"]);
    assert_eq!(changes(&empty, &none), ["`ctlogs`: removes []", "removes nothing"]);
    // Beside another change, too.
    let other = empty.replace(".v0.1+json", "+json;version=0.1");
    assert_eq!(changes(&none, &other)[1..], ["`ctlogs`: adds []", "removes nothing"]);
}

#[test]
fn k2_long_text_is_cut_and_keeps_its_digest() {
    let long = |end: char| format!("https://{}{end}.example", "a".repeat(200));
    let (a, b) = (with("https://rekor.sigstore.dev", &long('a')), with("https://rekor.sigstore.dev", &long('b')));
    let found = changes(&a, &b);
    assert_eq!(found.len(), 2);
    let (from, to) = found[0].split_once(" from ").unwrap().1.split_once(" to ").unwrap();
    assert_ne!(from, to);
    assert!(from.contains("… (217 bytes, SHA-256 "), "{from}");
}

/// K2: nothing is passed over. A byte of the file flipped, wherever it is: refused, or said, unless the JSON is equal.
#[test]
fn k2_no_flipped_byte_reads_as_no_change_unless_the_json_is_equal() {
    let value = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
    let (mut said, mut equal) = (0, 0);
    for at in 0..PRODUCTION.len() {
        for bit in [1, 2, 16, 0x2a] {
            let mut bytes = PRODUCTION.as_bytes().to_vec();
            bytes[at] ^= bit;
            let Ok(changes) = compare_files(Some(PRODUCTION.as_bytes()), &bytes) else { continue };
            let same = value(&bytes) == value(PRODUCTION.as_bytes());
            assert_eq!(changes.is_empty(), same, "byte {at} ^ {bit}: {changes:?}");
            if same { equal += 1 } else { said += 1 }
        }
    }
    assert!(said > 500 && equal > 100, "{said} {equal}");
}

/// Every member and every element of the published files left out, once each.
#[test]
fn k2_nothing_left_out_reads_as_no_change() {
    let mut said = 0;
    for file in [PRODUCTION, STAGING, GITHUB] {
        let whole: serde_json::Value = serde_json::from_str(file).unwrap();
        let mut paths = Vec::new();
        walk(&whole, "", &mut paths);
        for path in paths {
            let mut less = whole.clone();
            let (parent, name) = path.rsplit_once('/').unwrap();
            match less.pointer_mut(parent).unwrap() {
                serde_json::Value::Object(members) => drop(members.remove(&name.replace("~1", "/"))),
                serde_json::Value::Array(items) => drop(items.remove(name.parse().unwrap())),
                _ => unreachable!(),
            }
            let less = less.to_string();
            if let Ok(changes) = compare_files(Some(file.as_bytes()), less.as_bytes()) {
                assert!(!changes.is_empty(), "{path}");
                said += 1;
            }
        }
    }
    assert!(said > 30, "{said}");
}

fn walk(value: &serde_json::Value, path: &str, out: &mut Vec<String>) {
    let mut below = |name: &str, value| {
        let path = format!("{path}/{name}");
        walk(value, &path, out);
        out.push(path);
    };
    match value {
        serde_json::Value::Object(members) => members.iter().for_each(|(name, value)| below(name, value)),
        serde_json::Value::Array(items) => items.iter().enumerate().for_each(|(i, value)| below(&i.to_string(), value)),
        _ => {}
    }
}

#[test]
fn k2_another_instance_removes_everything() {
    let found = changes(PRODUCTION, GITHUB);
    let removed = found.iter().filter(|line| line.starts_with("WARNING: removes ")).count();
    assert_eq!(removed, 7, "{found:#?}");
    assert!(!found.contains(&"removes nothing".to_owned()));
}
