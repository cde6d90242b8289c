//! C22, C23, C29, C30, F16: the timestamp by itself.

use super::repo::*;
use crate::*;
use tuffet_metadata::{Pinned, RoleName};

fn take(repo: &Repo) -> Result<Update<AwaitSnapshot>, UpdateError> {
    awaiting(&root(1), Memory::default()).timestamp(Unverified::new(repo.timestamp()))
}

#[test]
fn c22_the_name_has_no_version_and_the_bytes_a_limit() {
    let length = repo(1).timestamp().len() as u64;
    let with_limit = |timestamp_bytes| {
        let limits = Limits { timestamp_bytes, ..Limits::default() };
        let policy = Policy { limits, ..Policy::default() };
        Update::start(root(1).file(), at(START), policy).unwrap().final_root(Memory::default()).unwrap()
    };
    assert_eq!(role_of(&with_limit(length).request()), (&RoleName::Timestamp, "timestamp.json", length));
    let file = || Unverified::new(repo(1).timestamp());
    assert!(with_limit(length).timestamp(file()).is_ok());
    let error = with_limit(length - 1).timestamp(file()).unwrap_err();
    let text = format!("timestamp: expected at most {} bytes, found {length} (TUF 5.4.1)", length - 1);
    assert_eq!((error.to_string(), error.code()), (text, "endless-data"));
}

#[test]
fn c23_the_keys_are_those_of_the_final_root() {
    let update = start(&root(1)).unwrap().root(root(2).with(|r| r.timestamp = Keys(vec![10], 1)).file()).unwrap();
    let old_key = Unverified::new(repo(1).timestamp());
    let error = update.final_root(Memory::default()).unwrap().timestamp(old_key).unwrap_err();
    assert_eq!(error.to_string(), "timestamp v1: 0 of 1 required signatures are valid (TUF 5.4.2)");
    assert_eq!(error.code(), "signature");
    for signers in [&[][..], &[5], &[6, 7], &[1, 2]] {
        let error = take(&repo(1).with(|r| r.timestamp.signers = signers.to_vec())).unwrap_err();
        assert_eq!(error.code(), "signature", "{signers:?}");
    }
}

#[test]
fn c29_timestamp_expires_strictly_later_than_the_start() {
    for (expires, valid) in
        [("2026-05-31T23:59:59Z", false), ("2026-06-01T00:00:00Z", false), ("2026-06-01T00:00:01Z", true)]
    {
        let outcome = take(&repo(1).with(|r| r.timestamp.expires = expires.into()));
        assert_eq!(outcome.is_ok(), valid);
        if let Err(error) = outcome {
            let started = "and the update started at 2026-06-01T00:00:00Z";
            let text = format!("timestamp v1: expired at {expires}, {started} (TUF 5.4.4)");
            assert_eq!((error.to_string(), error.code()), (text, "freeze"));
        }
    }
}

#[test]
fn c30_timestamp_lists_exactly_the_snapshot() {
    let text = String::from_utf8(repo(1).timestamp()).unwrap().replace("snapshot.json", "targets.json");
    let error = awaiting(&root(1), Memory::default()).timestamp(Unverified::new(text.into_bytes())).unwrap_err();
    let expected = "timestamp v1: signed.meta: expected exactly `snapshot.json`, found `targets.json` (C30)";
    assert_eq!((error.to_string(), error.code()), (expected.to_owned(), "malformed"));
}

#[test]
fn f16_another_role_signed_by_the_same_key_is_no_timestamp() {
    let shared = root(1).with(|r| r.snapshot = Keys(vec![4], 1));
    let snapshot = repo(1).with(|r| r.snapshot.signers = vec![4]).snapshot();
    let error = awaiting(&shared, Memory::default()).timestamp(Unverified::new(snapshot)).unwrap_err();
    let expected = "timestamp v1: signed._type: expected `timestamp`, found `snapshot` (F16)";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn the_largest_version_is_a_version() {
    let update = take(&repo(u64::MAX)).unwrap();
    assert_eq!(update.timestamp().common.version, u64::MAX);
    assert_eq!(update.request().name, format!("{}.snapshot.json", u64::MAX));
    let pin = Pinned { version: u64::MAX, length: None, hashes: None };
    assert_eq!(update.timestamp().snapshot.version, pin.version);
}
