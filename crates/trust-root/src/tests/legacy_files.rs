//! The files of old clients.

use super::{PRODUCTION, STAGING, utc};
use crate::{LegacyTarget, TrustedRoot};

#[test]
fn what_has_no_file_yet_gets_the_names_old_clients_fall_back_to() {
    let root = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let files = root.legacy_files(utc("2026-08-22T00:00:00Z"), &[]);
    let told: Vec<_> = files.iter().map(|f| (f.path.as_str(), f.usage, f.active)).collect();
    assert_eq!(
        told,
        [
            ("rekor.pub", "Rekor", true),
            ("ctfe.pub", "CTFE", false),
            ("ctfe_2.pub", "CTFE", true),
            ("fulcio_v1.crt.pem", "Fulcio", false),
            ("fulcio_intermediate_v2.crt.pem", "Fulcio", true),
            ("fulcio_v2.crt.pem", "Fulcio", true),
            ("tsa_leaf.crt.pem", "TSA", true),
            ("tsa_root.crt.pem", "TSA", true),
        ]
    );
    assert_eq!(
        files[0].custom(),
        r#"{"sigstore":{"status":"Active","uri":"https://rekor.sigstore.dev","usage":"Rekor"}}"#
    );
    assert!(files[3].custom().starts_with(r#"{"sigstore":{"status":"Expired","#));
    for file in &files {
        assert!(LegacyTarget::parse(&file.bytes).is_some(), "{}", file.path);
        assert!(file.bytes.starts_with(b"-----BEGIN ") && file.bytes.ends_with(b"-----\n"));
    }
}

#[test]
fn what_lies_in_a_file_keeps_its_name_and_no_name_is_taken_twice() {
    let root = TrustedRoot::parse(STAGING.as_bytes()).unwrap();
    let at = utc("2026-08-22T00:00:00Z");
    let files = root.legacy_files(at, &[]);
    let mut known: Vec<(String, Vec<u8>)> =
        files.iter().map(|file| (format!("old-{}", file.path), file.bytes.clone())).collect();
    let again: Vec<_> = root.legacy_files(at, &known).into_iter().map(|f| (f.path, f.bytes)).collect();
    assert_eq!(again, known);
    // A name that holds something else is passed over.
    known.truncate(0);
    known.push(("rekor.pub".to_owned(), b"something else".to_vec()));
    let paths: Vec<_> = root.legacy_files(at, &known).into_iter().map(|f| f.path).collect();
    assert_eq!(paths[0], "rekor_2.pub");
    let mut unique = paths.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), paths.len());
}
