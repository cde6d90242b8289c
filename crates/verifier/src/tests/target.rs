//! C59, C60: a target file.

use super::repo::*;
use crate::*;
use tuffet_keys::{sha256, sha512};
use tuffet_metadata::Hashes;

fn refreshed(consistent: bool) -> Refreshed {
    refresh(awaiting(&root(1).with(|r| r.consistent = consistent), Memory::default()), &repo(5)).unwrap()
}

#[test]
fn c59_length_and_every_known_hash_are_the_listed_ones() {
    let target = refreshed(true).target("a").unwrap();
    assert_eq!(target.check(b"first"), Ok(()));
    for (bytes, text) in [
        (&b"firs"[..], "target `a`: expected 5 bytes, found 4 (TUF 5.7.3)"),
        (b"first!", "target `a`: expected 5 bytes, found 6 (TUF 5.7.3)"),
        (b"", "target `a`: expected 5 bytes, found 0 (TUF 5.7.3)"),
        (b"First", "target `a`: the file does not have the hash its metadata lists (TUF 5.7.3)"),
    ] {
        assert_eq!(target.check(bytes).unwrap_err().to_string(), text);
    }
    let with = |length, hashes| {
        let mut target = target.clone();
        (target.file.length, target.file.hashes) = (length, hashes);
        target
    };
    let right = Hashes { sha512: Some(sha512(b"first")), ..Hashes::sha256_of(b"first") };
    assert_eq!(with(None, right.clone()).check(b"first"), Ok(()));
    assert!(with(None, right.clone()).check(b"first!").is_err(), "without a length the hash decides");
    for hashes in [
        Hashes { sha256: Some(sha256(b"x")), ..right.clone() },
        Hashes { sha512: Some(sha512(b"x")), ..right },
        Hashes { sha256: None, sha512: None, unknown: vec![] },
        Hashes { sha256: None, sha512: None, unknown: vec!["md5".into()] },
    ] {
        assert!(with(Some(5), hashes).check(b"first").is_err(), "T34: all known hashes, and one at least");
    }
}

#[test]
fn c60_the_hash_stands_before_the_base_name() {
    let (a, b) = (sha256(b"first"), sha256(b"other"));
    let consistent = refreshed(true);
    assert_eq!(consistent.target("a").unwrap().remote_path(), format!("{a}.a"));
    assert_eq!(consistent.target("dir/b").unwrap().remote_path(), format!("dir/{b}.b"));
    assert_eq!(refreshed(false).target("dir/b").unwrap().remote_path(), "dir/b");
    let mut target = consistent.target("dir/b").unwrap();
    target.file.hashes = Hashes { sha256: None, sha512: Some(sha512(b"other")), unknown: vec![] };
    assert_eq!(target.remote_path(), format!("dir/{}.b", sha512(b"other")));
}

#[test]
fn a_target_nobody_lists_is_unknown() {
    let refreshed = refreshed(true);
    for (path, shown) in
        [("A", "A"), ("", ""), ("dir", "dir"), ("/a", "/a"), ("dir//b", "dir//b"), ("a\u{1b}", r"a\u{1b}")]
    {
        let error = refreshed.target(path).unwrap_err();
        assert_eq!(error.to_string(), format!("target `{shown}`: not listed by targets v5 (TUF 5.6.7)"));
    }
}
