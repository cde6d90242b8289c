//! C43 to C48: targets roles under the snapshot's pin, the top-level one and a delegated one alike.

use super::forest::{forest, to};
use super::repo::*;
use crate::*;
use tuffet_metadata::RoleName;

/// The outcome for `served`, in a repository whose snapshot pins `listed` as version 5: of the top-level targets, or of
/// a role `d` that takes the same keys and threshold.
fn take(role: &str, pinned: bool, listed: &[u8], served: Vec<u8>, limits: Limits) -> Result<(), UpdateError> {
    let policy = Policy { limits, ..Policy::default() };
    if role == "d" {
        let forest = forest([("targets", &[], vec![to("d").keys(&[6, 7], 2)]), ("d", &[], vec![])]);
        let forest = forest.with(|f| {
            f.files.insert("d".into(), listed.to_vec());
            f.pinned = pinned;
        });
        // The top-level role has to be longer than this one.
        let mut refreshed = forest.refreshed();
        refreshed.core.policy = policy;
        let outcome = refreshed.search("x").take(served).map(|_| ());
        assert_eq!(refreshed.delegated().len(), usize::from(outcome.is_ok()), "nothing refused is kept (C48)");
        return outcome;
    }
    let repo = repo(5).with(|r| r.pinned = pinned);
    let snapshot = repo.snapshot_over(5, listed);
    let update = Update::start(root(1).file(), at(START), policy).unwrap().final_root(Memory::default()).unwrap();
    let timestamp = repo.timestamp_over(&repo.pin(5, &snapshot));
    let update = update.timestamp(Unverified::new(timestamp))?.snapshot(Unverified::new(snapshot))?;
    update.targets(Unverified::new(served)).map(|_| ())
}

/// The text, which is the same for both roles but for the name (one check for all), and the code.
fn error(pinned: bool, listed: &[u8], served: &[u8]) -> (String, &'static str) {
    error_within(&Limits::default(), pinned, listed, served)
}

fn error_within(limits: &Limits, pinned: bool, listed: &[u8], served: &[u8]) -> (String, &'static str) {
    let [top, delegated] =
        ["targets", "d"].map(|role| take(role, pinned, listed, served.to_vec(), limits.clone()).unwrap_err());
    assert_eq!(delegated.to_string(), top.to_string().replacen("targets", "d", 1));
    assert_eq!(delegated.code(), top.code());
    (top.to_string(), top.code())
}

fn accepted(pinned: bool, file: &[u8], limits: &Limits) -> bool {
    ["targets", "d"].iter().all(|role| take(role, pinned, file, file.to_vec(), limits.clone()).is_ok())
}

#[test]
fn c43_the_length_is_the_pinned_one_or_the_limit() {
    let right = repo(5).targets();
    let length = right.len() as u64;
    let text = format!("targets: expected at most {} bytes, found {length} (TUF 5.6.1)", length - 1);
    assert_eq!(error(true, &right[1..], &right), (text.clone(), "endless-data"));
    let short = "targets: the file is not the one that snapshot pins by length (TUF 5.6.2)".to_owned();
    assert_eq!(error(true, &[&right[..], b" "].concat(), &right), (short, "mix-and-match"));
    let limits = |targets_bytes| Limits { targets_bytes, ..Limits::default() };
    assert!(accepted(false, &right, &limits(length)));
    assert_eq!(error_within(&limits(length - 1), false, &right, &right), (text, "endless-data"));
}

#[test]
fn c43_a_pinned_length_has_a_ceiling() {
    let right = repo(5).targets();
    let length = right.len() as u64;
    let ceiling = |pinned_bytes| Limits { pinned_bytes, ..Limits::default() };
    // The snapshot, shorter here than the targets, is under the ceiling too.
    assert!((repo(5).snapshot().len() as u64) < length - 1);
    let text = format!("targets: expected at most {} bytes, found {length} (TUF 5.6.1)", length - 1);
    assert_eq!(error_within(&ceiling(length - 1), true, &right, &right), (text, "endless-data"));
    assert!(accepted(true, &right, &ceiling(length)));
}

#[test]
fn c44_the_hash_is_the_pinned_one_and_comes_before_the_parser() {
    let right = repo(5).targets();
    let text = "targets: the file is not the one that snapshot pins by hash (TUF 5.6.2)".to_owned();
    let malformed = b"{".repeat(right.len());
    assert_eq!(error(true, &malformed, &right), (text.clone(), "mix-and-match"));
    assert_eq!(error(true, &right, &malformed), (text, "mix-and-match"));
}

#[test]
fn c45_the_threshold_is_the_delegators() {
    for (signers, have) in [(&[][..], 0), (&[6], 1), (&[7], 1), (&[6, 1, 2, 4, 5], 1), (&[1, 2], 0)] {
        let served = repo(5).with(|r| r.targets.signers = signers.to_vec()).targets();
        let text = format!("targets v5: {have} of 2 required signatures are valid (TUF 5.6.3)");
        assert_eq!(error(true, &served, &served), (text, "signature"));
    }
}

#[test]
fn c46_the_version_is_the_pinned_one() {
    for version in [4, 6] {
        let served = repo(5).with(|r| r.targets.version = version).targets();
        let text = format!("targets: expected version 5 as snapshot says, found {version} (TUF 5.6.4)");
        assert_eq!(error(true, &served, &served), (text, "mix-and-match"));
    }
}

#[test]
fn c47_targets_expire_strictly_later_than_the_start() {
    for (expires, valid) in
        [("2026-05-31T23:59:59Z", false), ("2026-06-01T00:00:00Z", false), ("2026-06-01T00:00:01Z", true)]
    {
        let served = repo(5).with(|r| r.targets.expires = expires.into()).targets();
        if valid {
            assert!(accepted(true, &served, &Limits::default()));
        } else {
            let started = "and the update started at 2026-06-01T00:00:00Z";
            let text = format!("targets v5: expired at {expires}, {started} (TUF 5.6.5)");
            assert_eq!(error(true, &served, &served), (text, "freeze"));
        }
    }
}

#[test]
fn f16_another_role_is_no_targets_role() {
    let shared = root(1).with(|r| r.targets = Keys(vec![5], 1));
    let snapshot = repo(5).snapshot();
    let repo = repo(5);
    let outer = repo.snapshot_over(5, &snapshot);
    let update = awaiting(&shared, Memory::default());
    let update = update.timestamp(Unverified::new(repo.timestamp_over(&repo.pin(5, &outer)))).unwrap();
    let update = update.snapshot(Unverified::new(outer)).unwrap();
    let error = update.targets(Unverified::new(snapshot)).unwrap_err();
    assert_eq!(error.to_string(), "targets v5: signed._type: expected `targets`, found `snapshot` (F16)");
}

#[test]
fn the_request_says_name_and_limit() {
    for pinned in [true, false] {
        let repo = repo(5).with(|r| r.pinned = pinned);
        let update = awaiting(&root(1), Memory::default()).timestamp(Unverified::new(repo.timestamp())).unwrap();
        let update = update.snapshot(Unverified::new(repo.snapshot())).unwrap();
        let limit = if pinned { repo.targets().len() as u64 } else { 5_000_000 };
        assert_eq!(role_of(&update.request()), (&RoleName::Targets, "5.targets.json", limit));
    }
}
