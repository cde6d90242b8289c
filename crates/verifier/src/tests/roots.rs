//! C1, C3 to C17, C21: from the pinned root to the final one.

use super::repo::*;
use crate::*;
use tuffet_metadata::RoleName;

fn error<T>(result: Result<T, UpdateError>) -> (String, &'static str) {
    let error = result.err().expect("refused");
    (error.to_string(), error.code())
}

#[test]
fn c1_one_start_time_judges_every_file() {
    let late = |text: &str| text.to_owned();
    let repo = repo(1).with(|r| {
        r.timestamp.expires = late("2026-06-01T00:00:01Z");
        r.snapshot.expires = late("2026-06-01T00:00:01Z");
        r.targets.expires = late("2026-06-01T00:00:01Z");
    });
    let refreshed = refresh(awaiting(&root(1), Memory::default()), &repo).unwrap();
    assert_eq!(refreshed.start_time(), at(START));
    let next = Update::start(root(1).file(), at("2026-06-01T00:00:01Z"), Policy::default()).unwrap();
    assert_eq!(next.start_time(), at("2026-06-01T00:00:01Z"));
    assert!(refresh(next.final_root(Memory::default()).unwrap(), &repo).is_err());
}

#[test]
fn c3_the_loaded_root_may_have_expired() {
    let old = root(1).with(|r| r.expires = "2020-01-01T00:00:00Z".into());
    let update = start(&old).unwrap().root(root(2).file()).unwrap().root(root(3).file()).unwrap();
    assert_eq!(update.final_root(Memory::default()).unwrap().root().common.version, 3);
}

#[test]
fn c4_the_loaded_root_meets_its_own_threshold() {
    let text = String::from_utf8(root(1).bytes()).unwrap().replace(EXPIRES, "2031-01-01T00:00:00Z");
    let changed = Update::start(Unverified::new(text.into_bytes()), at(START), Policy::default());
    let text = "root v1: 0 of 2 required signatures are valid (TUF 5.3.4)".to_owned();
    assert_eq!(error(changed), (text, "signature"));
    let one = root(1).with(|r| r.signers = vec![1]);
    let text = "root v1: 1 of 2 required signatures are valid (TUF 5.3.4)".to_owned();
    assert_eq!(error(start(&one)), (text, "signature"));
}

#[test]
fn c5_the_loaded_root_is_a_root() {
    for (bytes, text) in [
        (repo(1).targets(), "root v1: signed._type: expected `root`, found `targets` (F16)"),
        (b"{".to_vec(), "root: byte 1: expected a member name, found the end of the file (F26)"),
        (vec![], "root: byte 0: expected a JSON value, found the end of the file (F26)"),
        (b"{}".to_vec(), "root: signed: expected an object, found nothing (TUF 4.2.1)"),
    ] {
        let update = Update::start(Unverified::new(bytes), at(START), Policy::default());
        assert_eq!(error(update), (text.to_owned(), "malformed"));
    }
}

#[test]
fn c6_roots_are_asked_for_one_by_one_by_version() {
    for consistent in [true, false] {
        let mut update = start(&root(1).with(|r| r.consistent = consistent)).unwrap();
        for version in 2..5 {
            let request = update.request().unwrap();
            assert_eq!(role_of(&request), (&RoleName::Root, &*format!("{version}.root.json"), 512_000));
            update = update.root(root(version).file()).unwrap();
        }
    }
}

#[test]
fn c7_a_root_has_a_limit_of_bytes() {
    let length = root(2).bytes().len() as u64;
    let with_limit = |root_bytes| {
        let limits = Limits { root_bytes, ..Limits::default() };
        Update::start(root(1).file(), at(START), Policy { limits, ..Policy::default() }).unwrap()
    };
    assert_eq!(with_limit(length).request().unwrap().limit, length);
    assert!(with_limit(length).root(root(2).file()).is_ok());
    let text = format!("root: expected at most {} bytes, found {length} (TUF 5.3.3)", length - 1);
    assert_eq!(error(with_limit(length - 1).root(root(2).file())), (text, "endless-data"));
}

#[test]
fn c8_a_refresh_walks_a_limited_number_of_roots_and_the_next_resumes() {
    let policy = Policy { limits: Limits { roots: 3, ..Limits::default() }, ..Policy::default() };
    let mut anchor = root(1);
    for last in [4, 7] {
        let mut update = Update::start(anchor.file(), at(START), policy.clone()).unwrap();
        while let Some(request) = update.request() {
            let version = update.newest().common.version + 1;
            assert_eq!(request.name, format!("{version}.root.json"));
            update = update.root(root(version).file()).unwrap();
        }
        let update = update.final_root(Memory::default()).unwrap();
        assert_eq!(update.root().common.version, last);
        assert!(refresh(update, &repo(1)).is_ok(), "the limit is no error");
        anchor = root(last);
    }
}

#[test]
fn c8_a_root_past_the_limit_is_not_looked_at() {
    let policy = Policy { limits: Limits { roots: 1, ..Limits::default() }, ..Policy::default() };
    let update = Update::start(root(1).file(), at(START), policy).unwrap().root(root(2).file()).unwrap();
    assert_eq!(update.request(), None);
    let update = update.root(root(3).file()).unwrap().root(Unverified::new(b"{".to_vec())).unwrap();
    assert_eq!(update.newest().common.version, 2, "neither taken nor an error");
    assert_eq!(update.final_root(Memory::default()).unwrap().root().common.version, 2);
}

#[test]
fn c10_c11_c12_a_next_root_answers_to_both_thresholds() {
    let next = |signers: &[u8]| {
        root(2).with(|r| {
            r.root = Keys(vec![2, 3, 8], 2);
            r.signers = signers.to_vec();
        })
    };
    let short = |have: u8, whose: u8| {
        let text = format!("{have} of 2 required signatures are valid by the keys of root v{whose}");
        (format!("root v2: {text} (TUF 5.3.4)"), "signature")
    };
    for (signers, refusal) in [
        (&[][..], short(0, 1)),
        (&[1], short(1, 1)),
        (&[3, 8], short(0, 1)),
        (&[2, 3, 8], short(1, 1)),
        (&[1, 2], short(1, 2)),
    ] {
        assert_eq!(error(start(&root(1)).unwrap().root(next(signers).file())), refusal);
    }
    for signers in [&[1, 2, 3][..], &[1, 2, 8], &[8, 3, 2, 1]] {
        assert!(start(&root(1)).unwrap().root(next(signers).file()).is_ok());
    }
    // The chain goes on from the new keys: the old ones are worth nothing any more.
    let update = start(&root(1)).unwrap().root(next(&[1, 2, 3]).file()).unwrap();
    let text = "root v3: 1 of 2 required signatures are valid by the keys of root v2 (TUF 5.3.4)".to_owned();
    assert_eq!(error(update.root(root(3).file())), (text, "signature"));
}

#[test]
fn c13_after_a_bad_root_the_next_refresh_starts_where_it_was() {
    let update = start(&root(1)).unwrap();
    let kept = update.newest().bytes().to_vec();
    let refusal = error(update.root(root(2).with(|r| r.signers = vec![1]).file()));
    assert_eq!(refusal.1, "signature");
    let again = Update::start(Unverified::new(kept), at(START), Policy::default()).unwrap();
    assert_eq!(again.root(root(2).file()).unwrap().newest().common.version, 2);
}

#[test]
fn c14_next_root_must_be_version_n_plus_1() {
    let five = root(5);
    for version in [1, 4, 5, 7, 1 << 63, u64::MAX] {
        let text = format!("root: expected version 6, found {version} (TUF 5.3.5)");
        assert_eq!(error(start(&five).unwrap().root(root(version).file())), (text, "root-version"));
    }
    assert!(start(&five).unwrap().root(root(6).file()).is_ok());
    let text = "root v0: signed.version: expected an integer from 1, found 0 (F13)".to_owned();
    assert_eq!(error(start(&five).unwrap().root(root(0).file())), (text, "malformed"));
}

#[test]
fn c14_versions_do_not_overflow() {
    for version in [i64::MAX as u64, u64::MAX - 1] {
        let update = start(&root(version)).unwrap();
        assert_eq!(update.request().unwrap().name, format!("{}.root.json", version + 1));
        assert!(update.root(root(version + 1).file()).is_ok());
    }
    let last = start(&root(u64::MAX)).unwrap();
    assert_eq!(last.request(), None);
    assert_eq!(error(last.root(root(u64::MAX).file())).1, "root-version");
    for version in [0u64, 1] {
        assert!(start(&root(u64::MAX)).unwrap().root(root(version).file()).is_err(), "no wrapping to {version}");
    }
    assert!(start(&root(u64::MAX)).unwrap().final_root(Memory::default()).is_ok());
}

#[test]
fn c15_intermediate_roots_may_have_expired() {
    let expired = root(2).with(|r| r.expires = "2021-01-01T00:00:00Z".into());
    let update = start(&root(1)).unwrap().root(expired.file()).unwrap();
    let update = update.root(root(3).file()).unwrap();
    assert_eq!(update.final_root(Memory::default()).unwrap().root().common.version, 3);
}

#[test]
fn c16_each_accepted_root_is_there_to_be_stored() {
    let mut update = start(&root(1)).unwrap();
    assert_eq!(update.newest().bytes(), root(1).bytes());
    for version in 2..4 {
        update = update.root(root(version).file()).unwrap();
        assert_eq!(update.newest().bytes(), root(version).bytes());
    }
}

#[test]
fn c17_the_final_root_expires_strictly_later_than_the_start() {
    for (expires, valid) in
        [("2026-05-31T23:59:59Z", false), ("2026-06-01T00:00:00Z", false), ("2026-06-01T00:00:01Z", true)]
    {
        // Also when no new root was fetched.
        for update in [
            start(&root(2).with(|r| r.expires = expires.into())).unwrap(),
            start(&root(1)).unwrap().root(root(2).with(|r| r.expires = expires.into()).file()).unwrap(),
        ] {
            let outcome = update.final_root(Memory::default());
            if valid {
                assert!(outcome.is_ok());
            } else {
                let started = "and the update started at 2026-06-01T00:00:00Z";
                let text = format!("root v2: expired at {expires}, {started} (TUF 5.3.10)");
                assert_eq!(error(outcome), (text, "freeze"));
            }
        }
    }
}

#[test]
fn c21_the_final_root_says_how_files_are_named() {
    for (first, last) in [(true, false), (false, true)] {
        let update = start(&root(1).with(|r| r.consistent = first)).unwrap();
        let update = update.root(root(2).with(|r| r.consistent = last).file()).unwrap();
        let update = update.final_root(Memory::default()).unwrap();
        assert_eq!(update.request().name, "timestamp.json");
        let repo = repo(7);
        let update = update.timestamp(Unverified::new(repo.timestamp())).unwrap();
        assert_eq!(update.request().name, if last { "7.snapshot.json" } else { "snapshot.json" });
        let update = update.snapshot(Unverified::new(repo.snapshot())).unwrap();
        assert_eq!(update.request().name, if last { "7.targets.json" } else { "targets.json" });
        let refreshed = update.targets(Unverified::new(repo.targets())).unwrap();
        let name = refreshed.target("a").unwrap().remote_path();
        assert_eq!(name == "a", !last);
    }
}
