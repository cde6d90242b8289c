//! Two states, met one after the other: what a client remembers of the first binds the second.

use crate::case::{Case, Expect};
use crate::forge::{Forge, assign};
use crate::signer::ed25519;
use serde_json::json;

/// From the repository at `first` to the repository at `second`, changed.
fn from_to(name: &str, (first, second): (u64, u64), expect: Expect, change: impl FnOnce(&mut Forge)) -> Case {
    let mut after = Forge::at(second, |_| {});
    change(&mut after);
    Case::of(name, vec![(Forge::at(first, |_| {}), Expect::Accepted), (after, expect)])
}

pub(super) fn cases() -> Vec<Case> {
    let rollback = || Expect::Refused("rollback");
    vec![
        from_to("c24-everything-forward", (1, 2), Expect::Accepted, |_| {}),
        from_to("c25-nothing-new", (2, 2), Expect::Accepted, |_| {}),
        from_to("c24-everything-back", (2, 1), rollback(), |_| {}),
        from_to("c25-other-timestamp-of-the-same-version", (2, 2), Expect::Accepted, |f| {
            f.edit("timestamp", |t| t["x-more"] = 1.into());
        }),
        from_to("c28-new-timestamp-of-an-older-snapshot", (2, 1), rollback(), |f| {
            f.edit("timestamp", |t| t["version"] = 3.into());
        }),
        from_to("c38-new-snapshot-of-older-targets", (2, 1), rollback(), |f| {
            let (snapshot, timestamp) = (f.signed("1.snapshot.json"), f.signed("timestamp.json"));
            let sign = |signed: &serde_json::Value, seed| crate::signer::file(signed, &[ed25519(seed)]);
            f.files.insert("3.snapshot.json".into(), sign(&with_version(snapshot, 3), 4));
            let mut timestamp = with_version(timestamp, 3);
            timestamp["meta"] = json!({ "snapshot.json": { "version": 3 } });
            f.files.insert("timestamp.json".into(), sign(&timestamp, 5));
        }),
        from_to("c27-kept-timestamp-expires", (2, 2), Expect::Refused("freeze"), |f| {
            f.now = "2100-06-01T00:00:00Z".into();
        }),
        Case::of(
            "c38-an-entry-is-gone",
            vec![
                (
                    {
                        let mut f = Forge::at(1, |_| {});
                        f.edit("snapshot", |s| s["meta"]["rekor.json"] = json!({ "version": 3 }));
                        f
                    },
                    Expect::Accepted,
                ),
                (Forge::at(2, |_| {}), rollback()),
            ],
        ),
        from_to("c18-back-after-a-new-timestamp-key", (2, 1), Expect::Accepted, |f| {
            f.next_root(&[1, 2].map(ed25519), |root| {
                assign(root, "timestamp", &[ed25519(6)], 1);
                assign(root, "snapshot", &[ed25519(7)], 1);
            });
            f.signers.insert("timestamp", vec![ed25519(6)]);
            f.signers.insert("snapshot", vec![ed25519(7)]);
            f.edit("snapshot", |_| {});
        }),
        from_to("c19-back-after-a-new-root-of-the-same-keys", (2, 1), rollback(), |f| {
            f.next_root(&[1, 2].map(ed25519), |_| {});
        }),
        Case::of(
            "c13-good-root-after-a-bad-one",
            vec![
                (
                    {
                        let mut f = Forge::at(1, |_| {});
                        f.next_root(&[ed25519(8)], |_| {});
                        f
                    },
                    Expect::Refused("signature"),
                ),
                (
                    {
                        let mut f = Forge::at(1, |_| {});
                        f.next_root(&[1, 2].map(ed25519), |_| {});
                        f
                    },
                    Expect::Accepted,
                ),
            ],
        ),
    ]
}

fn with_version(mut signed: serde_json::Value, version: u64) -> serde_json::Value {
    signed["version"] = version.into();
    signed
}
