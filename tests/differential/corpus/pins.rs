//! What the files above say of those below: versions, lengths, hashes, expiry (TUF 5.4 to 5.6).

use super::{accepted, refused};
use crate::case::Case;
use crate::forge::PAST;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let timestamp = |name: &str, code: &'static str, change: fn(&mut Value)| {
        refused(name, code, |f| f.edit("timestamp", |t| change(&mut t["meta"]["snapshot.json"])))
    };
    let snapshot = |name: &str, code: &'static str, change: fn(&mut Value)| {
        refused(name, code, |f| f.edit("snapshot", |s| change(&mut s["meta"]["targets.json"])))
    };
    let zeros = || "00".repeat(32);
    let mut cases = vec![
        refused("c29-timestamp-expired", "freeze", |f| f.edit("timestamp", |t| t["expires"] = PAST.into())),
        refused("c40-snapshot-expired", "freeze", |f| f.edit("snapshot", |t| t["expires"] = PAST.into())),
        refused("c47-targets-expired", "freeze", |f| f.edit("targets", |t| t["expires"] = PAST.into())),
        refused("c29-timestamp-expires-at-the-start-time", "freeze", |f| {
            f.edit("timestamp", |t| t["expires"] = "2026-06-01T00:00:00Z".into());
        }),
        accepted("c29-timestamp-expires-a-second-after-the-start-time", |f| {
            f.edit("timestamp", |t| t["expires"] = "2026-06-01T00:00:01Z".into());
        }),
        timestamp("c34-wrong-hash-of-snapshot", "mix-and-match", |pin| {
            pin["hashes"]["sha256"] = "00".repeat(32).into();
        }),
        timestamp("c34-hashes-empty", "malformed", |pin| pin["hashes"] = json!({})),
        timestamp("c34-hashes-of-unknown-algorithms-alone", "malformed", |pin| pin["hashes"] = json!({ "md5": "00" })),
        timestamp("c33-snapshot-longer-than-pinned", "endless-data", |pin| pin["length"] = 10.into()),
        timestamp("c33-snapshot-shorter-than-pinned", "mix-and-match", |pin| pin["length"] = 100_000.into()),
        timestamp("c37-snapshot-of-a-lower-version-than-pinned", "not-found", |pin| pin["version"] = 2.into()),
        snapshot("c44-wrong-hash-of-targets", "mix-and-match", |pin| pin["hashes"]["sha256"] = "00".repeat(32).into()),
        snapshot("c43-targets-longer-than-pinned", "endless-data", |pin| pin["length"] = 10.into()),
        snapshot("c46-targets-of-a-version-that-is-not-there", "not-found", |pin| pin["version"] = 2.into()),
        refused("c37-snapshot-of-another-version-than-pinned", "mix-and-match", |f| {
            f.edit("snapshot", |s| s["version"] = 2.into());
        }),
        refused("c46-targets-of-another-version-than-pinned", "mix-and-match", |f| {
            f.edit("targets", |t| t["version"] = 2.into());
        }),
        refused("c30-timestamp-lists-nothing", "malformed", |f| f.edit("timestamp", |t| t["meta"] = json!({}))),
        refused("c30-timestamp-lists-more", "malformed", |f| {
            f.edit("timestamp", |t| t["meta"]["targets.json"] = json!({ "version": 1 }));
        }),
        refused("c42-snapshot-without-targets", "malformed", |f| f.edit("snapshot", |s| s["meta"] = json!({}))),
        refused("f16-timestamp-says-snapshot", "malformed", |f| {
            f.edit("timestamp", |t| t["_type"] = "snapshot".into());
        }),
        refused("f16-targets-served-as-snapshot", "malformed", |f| {
            let (targets, signers) = (f.signed("1.targets.json"), f.signers["snapshot"].clone());
            f.edit_file("1.snapshot.json", &signers, |snapshot| *snapshot = targets);
        }),
    ];
    for (name, file) in [
        ("c22-no-timestamp", "timestamp.json"),
        ("c33-no-snapshot", "1.snapshot.json"),
        ("c43-no-targets", "1.targets.json"),
    ] {
        cases.push(refused(name, "not-found", |f| drop(f.files.remove(file))));
    }
    cases.push(refused("c34-one-hash-of-two-wrong", "mix-and-match", |f| {
        f.edit("timestamp", |t| t["meta"]["snapshot.json"]["hashes"]["sha512"] = (zeros() + &zeros()).into());
    }));
    cases.push(refused("c22-timestamp-of-more-bytes-than-the-limit", "endless-data", |f| {
        f.edit("timestamp", |t| t["x-more"] = "x".repeat(20_000).into());
    }));
    cases
}
