//! The files themselves (TUF 5.7), and names that are no file's path everywhere (C62, C63).

use super::{accepted, without};
use crate::case::Case;
use crate::forge::Forge;
use serde_json::json;
use tuffet_keys::sha256;

/// `a.txt` is listed otherwise than it is served.
fn listed(f: &mut Forge, field: &'static str, value: serde_json::Value) {
    f.edit("targets", |t| t["targets"]["a.txt"][field] = value);
}

pub(super) fn cases() -> Vec<Case> {
    let served = format!("targets/{}.a.txt", sha256(b"first"));
    let put = |content: &'static str| move |f: &mut Forge| drop(f.files.insert(served.clone(), content.into()));
    let mut cases = vec![
        accepted("c59-of-no-bytes", |f| f.add_target("empty", "")),
        accepted("c60-in-a-folder", |f| f.add_target("dir/c.txt", "third")),
        accepted("c60-in-a-deep-folder", |f| f.add_target("a/b/c/d.txt", "deep")),
        accepted("c60-a-name-with-a-space", |f| f.add_target("with space.txt", "space")),
        accepted("c60-a-name-with-a-percent-sign", |f| f.add_target("100%.txt", "percent")),
        accepted("c60-a-composed-name", |f| f.add_target("caf\u{e9}.txt", "composed")),
        accepted("c60-a-decomposed-name", |f| f.add_target("cafe\u{301}.txt", "decomposed")),
        accepted("c60-a-name-beyond-the-first-plane", |f| f.add_target("\u{1f600}.txt", "plane")),
        accepted("c59-two-hashes", |f| {
            f.edit("targets", |t| t["targets"]["a.txt"]["hashes"]["sha512"] = FIRST_SHA512.into());
        }),
        accepted("c59-a-hash-of-an-unknown-algorithm-too", |f| {
            f.edit("targets", |t| t["targets"]["a.txt"]["hashes"]["of-tomorrow"] = "00".into());
            f.files.insert("targets/00.a.txt".into(), b"first".to_vec());
        }),
        accepted("c59-sha512-alone", |f| {
            listed(f, "hashes", json!({ "sha512": FIRST_SHA512 }));
            f.files.insert(format!("targets/{FIRST_SHA512}.a.txt"), b"first".to_vec());
        }),
        without("c59-other-bytes-of-the-same-length", &[("a.txt", "target-hash")], put.clone()("fIrst")),
        without("c59-more-bytes", &[("a.txt", "endless-data")], put.clone()("first and more")),
        without("c59-fewer-bytes", &[("a.txt", "target-length")], put("firs")),
        without("c59-length-listed-too-small", &[("a.txt", "endless-data")], |f| listed(f, "length", 1.into())),
        without("c59-length-listed-too-great", &[("a.txt", "target-length")], |f| listed(f, "length", 50.into())),
        without("c59-one-hash-of-two-wrong", &[("a.txt", "target-hash")], |f| {
            f.edit("targets", |t| t["targets"]["a.txt"]["hashes"]["sha512"] = "00".repeat(64).into());
        }),
        without("c55-not-listed", &[("c.txt", "unknown-target")], |f| drop(f.wanted.insert("c.txt".into(), "".into()))),
        without("c59-not-served", &[("a.txt", "not-found")], |f| f.files.retain(|name, _| !name.ends_with(".a.txt"))),
        super::refused("c59-hashes-empty", "malformed", |f| listed(f, "hashes", json!({}))),
        super::refused("c59-length-negative", "malformed", |f| listed(f, "length", json!(-1))),
        super::refused("c59-length-a-string", "malformed", |f| listed(f, "length", "5".into())),
    ];
    for (name, path) in [
        ("c62-up-and-out", "../up.txt"),
        ("c62-up-within", "dir/../up.txt"),
        ("c62-absolute", "/absolute.txt"),
        ("c62-two-slashes", "dir//two.txt"),
        ("c62-a-dot", "./dot.txt"),
        ("c62-backslash", "dir\\back.txt"),
        ("c62-drive-letter", "c:drive.txt"),
        ("c62-control-character", "a\u{7}.txt"),
    ] {
        cases.push(odd_name(name, path));
    }
    cases
}

/// Listed, and served where the path leads: nowhere outside the case's directory.
fn odd_name(name: &str, path: &str) -> Case {
    let mut forge = Forge::new();
    forge.add_target(path, "odd");
    let mut case = Case::of(name, vec![(forge, crate::case::Expect::Accepted)]);
    case.refuse(path, "target-path");
    case
}

/// Of `first`.
const FIRST_SHA512: &str = "7fdd80dbdded156323d36c459e5fd133a4d888c227320cfb7042be9feb35d7f07201e535697af914e69d6f46b2a88655c86c2371288052ccd4fa92058b01d3fd";
