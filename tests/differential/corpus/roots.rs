//! Root N+1 and what may be wrong with it (TUF 5.3).

use super::refused;
use crate::case::Case;
use crate::forge::{PAST, assign};
use crate::signer::ed25519;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let next = |name: &str, code: &'static str, change: fn(&mut Value)| {
        refused(name, code, |f| f.next_root(&[1, 2].map(ed25519), change))
    };
    vec![
        refused("c10-next-root-by-new-keys-alone", "signature", |f| {
            let new = [6, 7].map(ed25519);
            f.next_root(&new, |root| assign(root, "root", &new, 2));
        }),
        refused("c11-next-root-by-old-keys-alone", "signature", |f| {
            f.next_root(&[1, 2].map(ed25519), |root| assign(root, "root", &[6, 7].map(ed25519), 2));
        }),
        refused("c10-next-root-by-one-of-two-old-keys", "signature", |f| {
            f.next_root(&[1, 6].map(ed25519), |root| assign(root, "root", &[1, 6].map(ed25519), 2));
        }),
        refused("c12-one-root-key-under-two-keyids", "signature", |f| {
            let twice = [ed25519(1), ed25519(1).with(|key| key["x-more"] = 1.into())];
            f.next_root(&twice, |root| assign(root, "root", &twice, 2));
        }),
        refused("c4-root-started-from-by-one-of-two-keys", "pinned-root", |f| {
            f.signatures("root", |list| drop(list.pop()));
        }),
        refused("c5-root-started-from-is-no-root", "pinned-root", |f| {
            f.edit("root", |root| root["_type"] = "targets".into());
        }),
        next("c14-next-root-of-the-same-version", "root-version", |root| root["version"] = 1.into()),
        next("c14-next-root-skips-a-version", "root-version", |root| root["version"] = 3.into()),
        next("c14-next-root-of-an-enormous-version", "root-version", |root| root["version"] = i64::MAX.into()),
        next("c17-final-root-expired", "freeze", |root| root["expires"] = PAST.into()),
        next("f16-next-root-of-another-type", "malformed", |root| root["_type"] = "snapshot".into()),
        next("f12-next-root-without-timestamp", "malformed", |root| {
            root["roles"].as_object_mut().unwrap().remove("timestamp");
        }),
        next("f12-next-root-without-targets", "malformed", |root| {
            root["roles"].as_object_mut().unwrap().remove("targets");
        }),
        next("f9-threshold-zero", "malformed", |root| root["roles"]["timestamp"]["threshold"] = 0.into()),
        next("f9-threshold-negative", "malformed", |root| root["roles"]["timestamp"]["threshold"] = json!(-1)),
        next("f9-threshold-a-string", "malformed", |root| root["roles"]["timestamp"]["threshold"] = "1".into()),
        next("f9-threshold-true", "malformed", |root| root["roles"]["timestamp"]["threshold"] = true.into()),
        next("f12-keys-missing", "malformed", |root| drop(root.as_object_mut().unwrap().remove("keys"))),
        next("f12-consistent-snapshot-a-string", "malformed", |root| root["consistent_snapshot"] = "true".into()),
        refused("f26-next-root-is-a-web-page", "malformed", |f| {
            f.files.insert("2.root.json".into(), b"<!doctype html><title>not found</title>".to_vec());
        }),
        refused("f26-next-root-is-empty", "malformed", |f| drop(f.files.insert("2.root.json".into(), Vec::new()))),
    ]
}
