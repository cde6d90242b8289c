//! C33 to C37, C40, C42: the snapshot under the timestamp's pin.

use super::repo::*;
use crate::*;
use tuffet_keys::sha512;
use tuffet_metadata::{Hashes, Pinned, RoleName};

/// The outcome for `served`, where the timestamp pins `pin`.
fn take(pin: &Pinned, served: Vec<u8>, limits: Limits) -> Result<Update<AwaitTargets>, UpdateError> {
    let policy = Policy { limits, ..Policy::default() };
    let update = Update::start(root(1).file(), at(START), policy).unwrap().final_root(Memory::default()).unwrap();
    update.timestamp(Unverified::new(repo(5).timestamp_over(pin))).unwrap().snapshot(Unverified::new(served))
}

fn error(pin: &Pinned, served: Vec<u8>) -> (String, &'static str) {
    let error = take(pin, served, Limits::default()).unwrap_err();
    (error.to_string(), error.code())
}

fn pin() -> Pinned {
    Pinned::of(5, &repo(5).snapshot())
}

#[test]
fn c33_the_length_is_the_pinned_one_or_the_limit() {
    let served = repo(5).snapshot();
    let length = served.len() as u64;
    let pinned = |length| Pinned { length: Some(length), hashes: None, ..pin() };
    assert!(take(&pinned(length), served.clone(), Limits::default()).is_ok());
    let text = format!("snapshot: expected at most {} bytes, found {length} (TUF 5.5.1)", length - 1);
    assert_eq!(error(&pinned(length - 1), served.clone()), (text.clone(), "endless-data"));
    let short = "snapshot: the file is not the one that timestamp pins by length (TUF 5.5.2)".to_owned();
    assert_eq!(error(&pinned(length + 1), served.clone()), (short, "mix-and-match"));

    let unpinned = Pinned { length: None, ..pin() };
    let limits = |snapshot_bytes| Limits { snapshot_bytes, ..Limits::default() };
    assert!(take(&unpinned, served.clone(), limits(length)).is_ok());
    let endless = take(&unpinned, served.clone(), limits(length - 1)).unwrap_err();
    assert_eq!(endless.to_string(), text);
    assert!(take(&pin(), served, limits(1)).is_ok(), "a pinned length is the limit");
}

#[test]
fn c33_a_pinned_length_has_a_ceiling() {
    let served = repo(5).snapshot();
    let length = served.len() as u64;
    let vast = Pinned { length: Some(1 << 60), hashes: None, ..pin() };
    let timestamp = Unverified::new(repo(5).timestamp_over(&vast));
    let update = awaiting(&root(1), Memory::default()).timestamp(timestamp).unwrap();
    assert_eq!(role_of(&update.request()), (&RoleName::Snapshot, "5.snapshot.json", 64_000_000));
    let ceiling = |pinned_bytes| Limits { pinned_bytes, ..Limits::default() };
    let endless = take(&vast, served.clone(), ceiling(length - 1)).unwrap_err();
    let text = format!("snapshot: expected at most {} bytes, found {length} (TUF 5.5.1)", length - 1);
    assert_eq!((endless.to_string(), endless.code()), (text, "endless-data"));
    assert!(take(&pin(), served, ceiling(length)).is_ok());
}

#[test]
fn c34_every_known_hash_matches() {
    let served = repo(5).snapshot();
    let right = Hashes { sha512: Some(sha512(&served)), ..Hashes::sha256_of(&served) };
    let with = |hashes: Hashes| Pinned { hashes: Some(hashes), ..pin() };
    assert!(take(&with(right.clone()), served.clone(), Limits::default()).is_ok());
    let text = "snapshot: the file is not the one that timestamp pins by hash (TUF 5.5.2)".to_owned();
    let wrong_256 = Hashes { sha512: right.sha512, ..Hashes::sha256_of(b"x") };
    let wrong_512 = Hashes { sha512: Some(sha512(b"x")), ..right };
    for hashes in [wrong_256, wrong_512, Hashes::sha256_of(b"x")] {
        assert_eq!(error(&with(hashes), served.clone()), (text.clone(), "mix-and-match"));
    }
    // None that is known: the timestamp itself is refused.
    let empty = Pinned { hashes: Some(Hashes { sha256: None, sha512: None, unknown: vec![] }), ..pin() };
    let update = awaiting(&root(1), Memory::default());
    let error = update.timestamp(Unverified::new(repo(5).timestamp_over(&empty))).unwrap_err();
    let text = "timestamp v5: signed.meta.snapshot.json.hashes: expected a sha256 or sha512, found neither (C34)";
    assert_eq!(error.to_string(), text);
}

#[test]
fn c35_the_hash_comes_before_the_parser() {
    let malformed = b"{".repeat(repo(5).snapshot().len());
    let text = "snapshot: the file is not the one that timestamp pins by hash (TUF 5.5.2)".to_owned();
    assert_eq!(error(&pin(), malformed.clone()), (text, "mix-and-match"));
    let unpinned = Pinned { version: 5, length: None, hashes: None };
    let text = "snapshot: byte 1: expected a member name, found `{` (F26)".to_owned();
    assert_eq!(error(&unpinned, malformed), (text, "malformed"));
}

#[test]
fn c36_the_keys_are_the_roots() {
    for signers in [&[][..], &[4], &[6, 7], &[1, 2]] {
        let served = repo(5).with(|r| r.snapshot.signers = signers.to_vec()).snapshot();
        let text = "snapshot v5: 0 of 1 required signatures are valid (TUF 5.5.3)".to_owned();
        assert_eq!(error(&Pinned::of(5, &served), served), (text, "signature"));
    }
}

#[test]
fn c37_the_version_is_the_pinned_one() {
    for version in [4, 6] {
        let served = repo(5).with(|r| r.snapshot.version = version).snapshot();
        let text = format!("snapshot: expected version 5 as timestamp says, found {version} (TUF 5.5.4)");
        assert_eq!(error(&Pinned::of(5, &served), served), (text, "mix-and-match"));
    }
}

#[test]
fn c40_snapshot_expires_strictly_later_than_the_start() {
    for (expires, valid) in
        [("2026-05-31T23:59:59Z", false), ("2026-06-01T00:00:00Z", false), ("2026-06-01T00:00:01Z", true)]
    {
        let served = repo(5).with(|r| r.snapshot.expires = expires.into()).snapshot();
        let pin = Pinned::of(5, &served);
        if valid {
            assert!(take(&pin, served, Limits::default()).is_ok());
        } else {
            let started = "and the update started at 2026-06-01T00:00:00Z";
            let text = format!("snapshot v5: expired at {expires}, {started} (TUF 5.5.6)");
            assert_eq!(error(&pin, served), (text, "freeze"));
        }
    }
}

#[test]
fn c42_a_snapshot_lists_targets() {
    let served = String::from_utf8(repo(5).snapshot()).unwrap().replace("targets.json", "another.json").into_bytes();
    let text = "snapshot v5: signed.meta: expected an entry `targets.json`, found none (C42)".to_owned();
    assert_eq!(error(&Pinned::of(5, &served), served), (text, "malformed"));
}

#[test]
fn the_request_says_name_and_limit() {
    let length = repo(5).snapshot().len() as u64;
    let update = awaiting(&root(1), Memory::default()).timestamp(Unverified::new(repo(5).timestamp())).unwrap();
    assert_eq!(role_of(&update.request()), (&RoleName::Snapshot, "5.snapshot.json", length));
    assert_eq!(update.timestamp().bytes(), repo(5).timestamp());
    let update = update.snapshot(Unverified::new(repo(5).snapshot())).unwrap();
    assert_eq!(update.snapshot().bytes(), repo(5).snapshot());
}
