//! What must not parse, with the path and the full message.

use super::PRODUCTION;
use crate::{ParseProblem, Rule, TrustedRoot};

fn error(json: &str) -> String {
    TrustedRoot::parse(json.as_bytes()).unwrap_err().to_string()
}

/// The production file with the first occurrence of one text replaced.
fn with(from: &str, to: &str) -> String {
    assert!(PRODUCTION.contains(from), "{from}");
    PRODUCTION.replacen(from, to, 1)
}

#[test]
fn tr6_every_truncation_is_refused() {
    let bytes = PRODUCTION.as_bytes();
    let whole = TrustedRoot::parse(bytes).unwrap();
    for length in 0..bytes.len() - 1 {
        let error = TrustedRoot::parse(&bytes[..length]).unwrap_err();
        assert!(matches!(error.problem(), ParseProblem::NotJson(_)), "{length}: {error}");
        assert_eq!(error.path(), "");
    }
    // Only the final newline may go: the document is whole without it.
    assert_eq!(TrustedRoot::parse(&bytes[..bytes.len() - 1]), Ok(whole));
}

#[test]
fn tr6_a_flipped_byte_is_refused_or_read_as_what_is_written_again() {
    let mut refused = 0;
    for at in 0..PRODUCTION.len() {
        let mut bytes = PRODUCTION.as_bytes().to_vec();
        bytes[at] ^= 1;
        match TrustedRoot::parse(&bytes) {
            Ok(root) => assert_eq!(TrustedRoot::parse(root.to_json().as_bytes()), Ok(root)),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 2000, "{refused}");
}

#[test]
fn tr6_only_one_json_document() {
    assert_eq!(
        error(""),
        "trusted root: expected one JSON document, found: EOF while parsing a value at line 1 column 0 (TR6)"
    );
    assert_eq!(
        error("{} x"),
        "trusted root: expected one JSON document, found: trailing characters at line 1 column 4 (TR6)"
    );
    assert_eq!(
        error("\u{feff}{}"),
        "trusted root: expected one JSON document, found: expected value at line 1 column 1 (TR6)"
    );
    assert_eq!(error("[]"), "trusted root: expected an object, found an array (TR6)");
    let deep = "[".repeat(100_000);
    assert!(error(&deep).starts_with("trusted root: expected one JSON document, found: recursion limit exceeded"));
    let mut latin1 = PRODUCTION.as_bytes().to_vec();
    let at = PRODUCTION.find("sigstore").unwrap();
    latin1[at] = 0xe9;
    assert!(TrustedRoot::parse(&latin1).is_err());
}

#[test]
fn tr6_unknown_fields_are_named_with_their_path() {
    let unknown = "expected only fields of a trusted root of this media type, found an unknown field (TR6)";
    let cases = [
        ("{", "{\"note\": 1,", "note"),
        ("\"baseUrl\"", "\"url\": \"\", \"baseUrl\"", "tlogs[0].url"),
        ("\"rawBytes\"", "\"a b\": \"\", \"rawBytes\"", "tlogs[0].publicKey.\"a b\""),
        ("\"start\"", "\"from\": \"\", \"start\"", "tlogs[0].publicKey.validFor.from"),
        ("\"keyId\"", "\"oid\": \"\", \"keyId\"", "tlogs[0].logId.oid"),
        ("\"uri\"", "\"url\": \"\", \"uri\"", "certificateAuthorities[0].url"),
        ("\"organization\"", "\"country\": \"\", \"organization\"", "certificateAuthorities[0].subject.country"),
        ("\"certificates\"", "\"pem\": \"\", \"certificates\"", "certificateAuthorities[0].certChain.pem"),
    ];
    for (from, to, path) in cases {
        assert_eq!(error(&with(from, to)), format!("{path}: {unknown}"));
    }
    // An operator is a field of v0.2, and only of v0.2.
    let operator = with("\"baseUrl\"", "\"operator\": \"us\", \"baseUrl\"");
    assert_eq!(error(&operator), format!("tlogs[0].operator: {unknown}"));
    let v02 = operator.replace("trustedroot+json;version=0.1", "trustedroot.v0.2+json");
    let root = TrustedRoot::parse(v02.as_bytes()).unwrap();
    assert_eq!(root.tlogs()[0].operator(), Some("us"));
    assert_eq!(TrustedRoot::parse(root.to_json().as_bytes()), Ok(root));
}

#[test]
fn tr6_a_field_comes_once_and_has_its_type() {
    assert_eq!(
        error(&with("\"baseUrl\"", "\"baseUrl\": \"https://other.example\", \"baseUrl\"")),
        "tlogs[0].baseUrl: expected each field once, found it twice (TR6)"
    );
    assert_eq!(
        error(&with("\"baseUrl\": \"https://rekor.sigstore.dev\",", "")),
        "tlogs[0].baseUrl: expected a value, found no such field (TR6)"
    );
    for (value, found) in [
        ("null", "null"),
        ("true", "a boolean"),
        ("1", "a number"),
        ("-1.5", "a number"),
        ("{}", "an object"),
        ("[]", "an array"),
    ] {
        assert_eq!(
            error(&with("\"https://rekor.sigstore.dev\"", value)),
            format!("tlogs[0].baseUrl: expected a string, found {found} (TR6)")
        );
    }
    let media = "\"mediaType\": \"application/vnd.dev.sigstore.trustedroot.v0.1+json\"";
    assert_eq!(error(&format!("{{{media}, \"tlogs\": {{}}}}")), "tlogs: expected an array, found an object (TR6)");
    assert_eq!(error("{}"), "mediaType: expected a value, found no such field (TR6)");
    let empty = TrustedRoot::parse(format!("{{{media}}}").as_bytes()).unwrap();
    assert_eq!(
        empty.to_json(),
        format!(
            "{{\n  {media},\n  \"tlogs\": [],\n  \"certificateAuthorities\": [],\n  \"ctlogs\": [],\n  \
             \"timestampAuthorities\": []\n}}\n"
        )
    );
}

#[test]
fn tr6_words_outside_the_enumerations() {
    assert_eq!(
        error(&with("trustedroot+json;version=0.1", "bundle.v0.3+json")),
        "mediaType: expected the media type of a trusted root v0.1 or v0.2, \
         found \"application/vnd.dev.sigstore.bundle.v0.3+json\" (TR6)"
    );
    assert_eq!(
        error(&with("SHA2_256", "MD5")),
        "tlogs[0].hashAlgorithm: expected one of the HashAlgorithm names, found \"MD5\" (TR6)"
    );
    assert_eq!(
        error(&with("PKIX_ECDSA_P256_SHA_256", "PKIX_ECDSA")),
        "tlogs[0].publicKey.keyDetails: expected one of the PublicKeyDetails names, found \"PKIX_ECDSA\" (TR6)"
    );
    assert_eq!(
        error(&with("SHA2_256", &"A".repeat(1000))),
        format!("tlogs[0].hashAlgorithm: expected one of the HashAlgorithm names, found \"{}…\" (TR6)", "A".repeat(60))
    );
}

#[test]
fn tr6_bytes_are_what_they_are_said_to_be() {
    let raw = "tlogs[0].publicKey.rawBytes";
    assert_eq!(
        error(&with("\"MFkwEwYH", "\"MFkw EwYH")),
        format!("{raw}: expected standard base64 with padding, found: Invalid symbol 32, offset 4. (TR6)")
    );
    assert_eq!(
        error(&with("RYtw==", "RYtw")),
        format!("{raw}: expected standard base64 with padding, found: Invalid padding (TR6)")
    );
    assert_eq!(
        error(&with("RYtw==", "RYtx==")),
        format!("{raw}: expected standard base64 with padding, found: Invalid last symbol 120, offset 121. (TR6)")
    );
    assert_eq!(
        error(&with("\"MFkwEwYH", "\"AAAAMFkwEwYH")),
        format!("{raw}: expected a public key in DER, found: {REASON_KEY} (TR6)")
    );
    assert_eq!(
        error(&with("PKIX_ECDSA_P256_SHA_256", "PKIX_ED25519")),
        "tlogs[0].publicKey.keyDetails: expected a key that fits PKIX_ED25519, found ECDSA P-256 (TR6)"
    );
    assert_eq!(
        error(&with("PKIX_ECDSA_P256_SHA_256", "PKCS1_RSA_PKCS1V5")),
        format!("{raw}: expected a public key in DER, found: {REASON_PKCS1} (TR6)")
    );
    let chain = "certificateAuthorities[0].certChain.certificates";
    assert_eq!(
        error(&with("\"MIIB+DCCAX6g", "\"AAAAMIIB+DCCAX6g")),
        format!("{chain}[0].rawBytes: expected an X.509 certificate in DER, found: {REASON_CERT} (TR6)")
    );
    let from = PRODUCTION.find("\"certificates\": [").unwrap();
    let to = from + PRODUCTION[from..].find(']').unwrap();
    let empty = format!("{}\"certificates\": [{}", &PRODUCTION[..from], &PRODUCTION[to..]);
    assert_eq!(error(&empty), format!("{chain}: expected at least one certificate, found none (TR6)"));
}

#[test]
fn tr6_strings_hold_visible_characters() {
    for hidden in ["\\u001b[2K", "\\n", "\\u202e", "\\u200b"] {
        assert_eq!(
            error(&with("https://fulcio", &format!("{hidden}https://fulcio"))),
            "certificateAuthorities[0].uri: expected visible characters, \
             found a control or direction character (TR6)"
        );
    }
    assert_eq!(
        error(&with("{", "{\"\\u001b[2K\": 1,")),
        "\"\\u{1b}[2K\": expected only fields of a trusted root of this media type, found an unknown field (TR6)"
    );
}

#[test]
fn tr3_windows_end_after_they_start() {
    let end = "\"end\": \"2022-12-31T23:59:59.999Z\"";
    let error_of = |to: &str| error(&with(end, to));
    let path = "certificateAuthorities[0].validFor";
    assert_eq!(
        error_of("\"end\": \"2021-03-07T03:20:28Z\""),
        format!("{path}: expected an end not before the start 2021-03-07T03:20:29Z, found 2021-03-07T03:20:28Z (TR3)")
    );
    // Sigstore signed this one by threshold in August 2025.
    assert_eq!(
        error_of("\"end\": \"2025-09-04:00:00Z\""),
        format!("{path}.end: expected a time such as 2026-01-31T00:00:00Z, found \"2025-09-04:00:00Z\" (TR6)")
    );
}

#[test]
fn tr5_two_logs_with_one_id_are_refused() {
    let rekor = "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=";
    let (note, ct) = ("zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A=", "3T0wasbHETJjGR4cmWc3AqJKXrjePK3/h4pygC8p7o4=");
    let within = TrustedRoot::parse(with(note, rekor).as_bytes()).unwrap_err();
    assert_eq!(
        within.to_string(),
        "tlogs[1].logId.keyId: expected a log id of its own, found the id of tlogs[0] (TR5)"
    );
    assert_eq!(within.problem().rule(), Rule::Tr5);
    assert_eq!(
        error(&with(ct, rekor)),
        "ctlogs[1].logId.keyId: expected a log id of its own, found the id of tlogs[0] (TR5)"
    );
}

#[test]
fn a_checkpoint_key_id_is_kept() {
    let json = with(
        "\"keyId\": \"wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=\"\n      }",
        "\"keyId\": \"wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=\"\n      },\n      \
         \"checkpointKeyId\": {\n        \"keyId\": \"wNI9ag==\"\n      }",
    );
    let root = TrustedRoot::parse(json.as_bytes()).unwrap();
    assert_eq!(root.tlogs()[0].checkpoint_key_id(), Some(&[0xc0, 0xd2, 0x3d, 0x6a][..]));
    assert_eq!(root.to_json(), json);
}

const REASON_KEY: &str = "unknown/unsupported ASN.1 DER tag: 0x00 at DER byte 1";
const REASON_PKCS1: &str = "unexpected ASN.1 DER tag: expected INTEGER, got SEQUENCE";
const REASON_CERT: &str = "unknown/unsupported ASN.1 DER tag: 0x00 at DER byte 1";
