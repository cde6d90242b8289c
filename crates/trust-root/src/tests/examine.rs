//! `Examination`: each rule broken once, and what the published roots are told.

use super::{GITHUB, PRODUCTION, Pki, STAGING, composed, utc};
use crate::{Examination, Finding};

const AT: &str = "2026-08-22T00:00:00Z";

fn of(trusted_root: &str) -> Examination<'_> {
    Examination {
        trusted_root: trusted_root.as_bytes(),
        signing_config: None,
        previous: None,
        legacy: &[],
        instances: &[],
        at: utc(AT),
    }
}

fn told(examination: &Examination<'_>) -> Vec<String> {
    examination.run().iter().map(Finding::to_string).collect()
}

fn only(examination: &Examination<'_>) -> String {
    let told = told(examination);
    assert_eq!(told.len(), 1, "{told:#?}");
    told[0].clone()
}

/// The production root with one text in place of another.
fn with(from: &str, to: &str) -> String {
    assert!(PRODUCTION.contains(from), "{from}");
    PRODUCTION.replacen(from, to, 1)
}

#[test]
fn published_roots_hold_and_what_is_told_of_them_is_explained() {
    assert_eq!(told(&of(PRODUCTION)), [""; 0]);
    assert_eq!(
        told(&of(STAGING)),
        [
            "note TR1 ctlogs[0].publicKey.keyDetails: expected PKIX_RSA_PKCS1V15_4096_SHA256, as a key of RSA 4096 bits \
             is written today, found PKCS1_RSA_PKCS1V5",
            "note TR6 trusted root: expected the form that composing writes, byte for byte, found another from line 166",
        ]
    );
    assert_eq!(
        told(&of(GITHUB)),
        [
            "note TR6 tlogs: expected an array, if only an empty one, found none",
            "note TR6 ctlogs: expected an array, if only an empty one, found none",
            "note TR6 trusted root: expected the form that composing writes, byte for byte, found another from line 3",
        ]
    );
}

#[test]
fn what_does_not_read_is_one_finding() {
    let with_config = Examination { signing_config: Some(b"{}"), ..of("[]") };
    assert_eq!(
        told(&with_config),
        [
            "error TR6 mediaType: expected a value, found no such field",
            "error TR6 trusted root: expected an object, found an array",
        ]
    );
    let tomorrow = with("PKIX_ED25519", "PKIX_TOMORROW");
    assert_eq!(
        only(&of(&tomorrow)),
        "error TR6 tlogs[1].publicKey.keyDetails: expected one of the PublicKeyDetails names, found \"PKIX_TOMORROW\""
    );
}

#[test]
fn tr2_a_chain_in_the_wrong_order_is_found_where_it_stands() {
    let pki = Pki::new();
    let root = composed(&pki);
    let mut turned = root.clone();
    turned.certificate_authorities[0].chain.reverse();
    let json = turned.to_json();
    assert_eq!(
        only(&of(&json)),
        "error TR2 certificateAuthorities[0].certChain: expected the trust anchor last, found a self-issued certificate \
         at position 1"
    );
    let mut twice = root;
    twice.certificate_authorities.push(twice.certificate_authorities[0].clone());
    let json = twice.to_json();
    assert_eq!(
        only(&of(&json)),
        "error TR2 certificateAuthorities[1].certChain: expected one entry per issuing certificate, \
         found CN=issuing,O=example.org in certificateAuthorities[0] too"
    );
}

#[test]
fn tr3_windows_have_a_start_and_stay_within_their_certificates() {
    let json = with("\"start\": \"2025-09-23T00:00:00Z\"", "\"end\": \"2027-01-01T00:00:00Z\"");
    assert!(told(&of(&json)).contains(
        &"error TR3 tlogs[1].publicKey.validFor: expected a start, found none: the entry is never valid, and strict \
          readers refuse the file"
            .to_owned()
    ));
    let early = with("2022-04-13T20:06:15Z", "2022-04-13T20:06:14Z");
    assert_eq!(
        only(&of(&early)),
        "error TR3 certificateAuthorities[1].validFor: expected a start not before 2022-04-13T20:06:15Z, \
         when all certificates are valid, found 2022-04-13T20:06:14Z"
    );
    let late = with("2022-12-31T23:59:59.999Z", "2031-02-23T03:20:30Z");
    assert_eq!(
        only(&of(&late)),
        "error TR3 certificateAuthorities[0].validFor: expected an end not after 2031-02-23T03:20:29Z, \
         when the first certificate expires, found 2031-02-23T03:20:30Z"
    );
    let after = Examination { at: utc("2040-01-01T00:00:00Z"), ..of(PRODUCTION) };
    assert!(
        told(&after).contains(
            &"warning TR3 certificateAuthorities: expected an entry valid at 2040-01-01T00:00:00Z, found none of 2"
                .to_owned()
        )
    );
    assert!(
        told(&after).contains(
            &"warning TR3 certificateAuthorities[1].validFor: expected certificates valid at 2040-01-01T00:00:00Z, \
          found one that expired at 2031-10-05T13:56:58Z"
                .to_owned()
        )
    );
}

#[test]
fn tr3_a_gap_between_successors_is_a_warning() {
    let json = with("2022-12-31T23:59:59.999Z", "2022-04-01T00:00:00Z");
    assert_eq!(
        only(&of(&json)),
        "warning TR3 certificateAuthorities: expected the entries at \"https://fulcio.sigstore.dev\" to follow each other \
         without a gap, found none from 2022-04-01T00:00:00Z to 2022-04-13T20:06:15Z"
    );
}

#[test]
fn tr3_a_time_without_any_entry_of_a_kind_is_told() {
    let json = with("2022-10-31T23:59:59.999Z", "2022-10-19T00:00:00Z");
    let text = "expected some entry at all times, found none from 2022-10-19T00:00:00Z to 2022-10-20T00:00:00Z";
    assert_eq!(only(&of(&json)), format!("note TR3 ctlogs: {text}"), "it is past");
    let then = Examination { at: utc("2022-10-19T12:00:00Z"), ..of(&json) };
    assert!(told(&then).contains(&format!("warning TR3 ctlogs: {text}")), "{:#?}", told(&then));
}

#[test]
fn tr4_nothing_is_lost_or_altered() {
    let history = |new: &str| told(&Examination { previous: Some(PRODUCTION.as_bytes()), ..of(new) });
    assert_eq!(history(PRODUCTION), [""; 0]);
    let closed =
        with("\"2022-10-20T00:00:00Z\"", "\"2022-10-20T00:00:00Z\",\n          \"end\": \"2030-01-01T00:00:00Z\"");
    assert_eq!(history(&closed), [""; 0], "to close is what a new root is for");
    let same = with("\"2022-10-20T00:00:00Z\"", "\"2022-10-20T00:00:00.000Z\"");
    assert_eq!(
        history(&same),
        ["warning TR4 previous trusted root: writes the start of CT log https://ctfe.sigstore.dev/2022 \
          (id dd3d306a c6c71132) as 2022-10-20T00:00:00.000Z instead of 2022-10-20T00:00:00Z, the same moment"]
    );
    let longer = with("2022-10-31T23:59:59.999Z", "2022-11-30T23:59:59.999Z");
    assert_eq!(
        history(&longer),
        ["error TR4 previous trusted root: moves the end of CT log https://ctfe.sigstore.dev/test \
          (id 086092f0 2852ff68) from 2022-10-31T23:59:59.999Z to 2022-11-30T23:59:59.999Z, later"]
    );
    let mut root = crate::TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    root.tlogs.remove(0);
    assert_eq!(
        history(&root.to_json()),
        [
            "error TR4 previous trusted root: removes transparency log https://rekor.sigstore.dev (id c0d23d6a d406973f): \
          what it vouched for is trusted no more"
        ]
    );
}

#[test]
fn tr5_ids_follow_from_keys_and_addresses_have_a_scheme() {
    let elsewhere = with("https://log2025-1.rekor.sigstore.dev", "https://log.example.org");
    assert_eq!(
        only(&of(&elsewhere)),
        "error TR5 tlogs[1].logId: expected an id that follows from the key, and from the origin \"log.example.org\" \
         if it is Rekor v2, found cf1199155bddd051268d1f16ac5c0c75c009f6fb5a63f4177f8e18d7051e3fa0"
    );
    let bare = with("https://rekor.sigstore.dev", "rekor.sigstore.dev");
    assert_eq!(
        only(&of(&bare)),
        "error TR5 tlogs[0].baseUrl: expected a base URL such as https://log.example.org/path, \
         found \"rekor.sigstore.dev\""
    );
    let sha384 = with("SHA2_256", "SHA2_384");
    assert_eq!(
        only(&of(&sha384)),
        "error TR5 tlogs[0].hashAlgorithm: expected SHA2_256, without which some clients refuse the file, found SHA2_384"
    );
    let mut root = crate::TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    root.tlogs[1].checkpoint_key_id = Some(vec![1, 2, 3, 4]);
    assert_eq!(
        only(&of(&root.to_json())),
        "warning TR5 tlogs[1].checkpointKeyId: expected none, since clients take it for the log's id where it is set, \
         found one"
    );
    let log = root.tlogs.remove(1);
    root.ctlogs.push(crate::TransparencyLog { checkpoint_key_id: None, ..log });
    assert_eq!(
        only(&of(&root.to_json())),
        "error TR5 ctlogs[2].logId: expected the SHA-256 of the key, as CT names its logs, found the id of a signed note"
    );
}

#[test]
fn tr6_media_type_order_and_operator() {
    let v02 = with("trustedroot+json;version=0.1", "trustedroot.v0.2+json");
    assert_eq!(
        only(&of(&v02)),
        "warning TR6 mediaType: expected application/vnd.dev.sigstore.trustedroot+json;version=0.1, which every client \
         reads, found application/vnd.dev.sigstore.trustedroot.v0.2+json"
    );
    let mut root = crate::TrustedRoot::parse(v02.as_bytes()).unwrap();
    root.tlogs.reverse();
    root.tlogs[1].operator = Some("example.org".to_owned());
    assert_eq!(
        told(&of(&root.to_json()))[1..],
        [
            "warning TR6 tlogs[1]: expected entries in ascending order of start, found 2021-01-12T11:53:27Z after \
             2025-09-23T00:00:00Z",
            "note TR6 tlogs[1].operator: expected none, since older clients do not know the field, found \"example.org\"",
        ]
    );
    let compact = PRODUCTION.replace("\"tlogs\": [", "\"tlogs\" : [");
    assert_eq!(
        only(&of(&compact)),
        "note TR6 trusted root: expected the form that composing writes, byte for byte, found another from line 3"
    );
}

#[test]
fn tr9_entries_of_another_known_instance_are_refused_unless_named() {
    let mut mixed = crate::TrustedRoot::parse(STAGING.as_bytes()).unwrap();
    let production = crate::TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    mixed.tlogs.push(production.tlogs()[0].clone());
    mixed.tlogs.sort_by_key(|log| log.valid_for().start().unwrap().time());
    let json = mixed.to_json();
    let errors = |instances: &[&str]| -> Vec<String> {
        told(&Examination { instances, ..of(&json) }).into_iter().filter(|text| text.contains("TR9")).collect()
    };
    assert_eq!(
        errors(&[]),
        ["error TR9 trusted root: expected entries of Sigstore's staging instance alone, \
          found of Sigstore's production instance: https://rekor.sigstore.dev"]
    );
    assert_eq!(
        errors(&["staging"]),
        ["error TR9 trusted root: expected entries of staging alone, \
          found of Sigstore's production instance: https://rekor.sigstore.dev"]
    );
    assert_eq!(errors(&["staging", "production"]), [""; 0]);
    assert_eq!(errors(&["example"]).len(), 2);
    let mut own = composed(&Pki::new());
    own.ctlogs.push(production.ctlogs()[1].clone());
    own.ctlogs.reverse();
    assert_eq!(
        only(&of(&own.to_json())),
        "warning TR9 trusted root: expected entries of one instance, found 1 of Sigstore's production instance and 5 keys \
         and certificates that nobody knows"
    );
}
