//! Keys, signatures and thresholds.

use super::{accepted, refused};
use crate::case::Case;
use crate::signer::{Signer, ed25519, p256, p256_point, recorded};
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = schemes();
    cases.extend(counting());
    cases
}

fn schemes() -> Vec<Case> {
    vec![
        accepted("f17-ecdsa-p256-in-pem", |f| {
            for (role, seed) in [("targets", 13), ("snapshot", 14), ("timestamp", 15)] {
                f.assign(role, vec![p256(seed)], 1);
            }
        }),
        accepted("f17-ecdsa-root-keys", |f| f.assign("root", vec![p256(11), p256(12)], 2)),
        accepted("f17-ecdsa-with-high-s", |f| f.assign("timestamp", vec![p256(15).high_s()], 1)),
        accepted("f17-rsa-pss", |f| f.assign("targets", vec![recorded(RSA_2048, RSA_SIGNATURE)], 1)),
        accepted("d4-keytype-ecdsa-sha2-nistp256", |f| {
            f.assign("timestamp", vec![p256(15).with(|key| key["keytype"] = "ecdsa-sha2-nistp256".into())], 1);
        }),
        accepted("d4-ecdsa-point-in-hex", |f| f.assign("timestamp", vec![p256_point(15)], 1)),
        accepted("d1-keyid-of-three-fields", |f| {
            let plain = ed25519(5);
            let more = plain.clone().with(|key| key["keyid_hash_algorithms"] = json!(["sha256"]));
            f.assign("timestamp", vec![more.under(&plain.keyid)], 1);
        }),
        accepted("d1-keyid-of-the-whole-object", |f| {
            f.assign("timestamp", vec![ed25519(5).with(|key| key["x-tuf-on-ci-keyowner"] = "@a".into())], 1);
        }),
        refused("d1-keyid-of-nothing", "signature", |f| {
            f.assign("timestamp", vec![ed25519(5).under(&"ab".repeat(32))], 1);
        }),
        accepted("f18-unused-key-of-unknown-type", |f| f.edit("root", |root| add_key(root, &unknown_type()))),
        accepted("f18-one-key-of-two-of-unknown-type", |f| {
            f.edit("root", |root| {
                add_key(root, &unknown_type());
                let keyids = json!([ed25519(5).keyid, unknown_type().keyid]);
                root["roles"]["timestamp"]["keyids"] = keyids;
            });
        }),
        refused("f18-rsa-scheme-on-an-ed25519-key", "signature", |f| {
            f.assign("timestamp", vec![ed25519(5).with(|key| key["scheme"] = "rsassa-pss-sha256".into())], 1);
        }),
        refused("f17-ed25519-key-of-31-bytes", "signature", |f| {
            let short = ed25519(5).with(|key| key["keyval"]["public"] = "ab".repeat(31).into());
            f.assign("timestamp", vec![short], 1);
        }),
    ]
}

fn counting() -> Vec<Case> {
    vec![
        accepted("f8-two-of-three", |f| {
            f.assign("targets", [20, 21, 22].map(ed25519).into(), 2);
            f.signers.insert("targets", [20, 22].map(ed25519).into());
            f.edit("targets", |_| {});
        }),
        refused("f8-one-of-three-where-two-are-needed", "signature", |f| {
            f.assign("targets", [20, 21, 22].map(ed25519).into(), 2);
            f.signers.insert("targets", vec![ed25519(20)]);
            f.edit("targets", |_| {});
        }),
        accepted("f3-signatures-in-any-order", |f| f.signatures("root", |list| list.reverse())),
        refused("f3-keyid-twice-in-signatures", "malformed", |f| {
            f.signatures("targets", |list| list.push(list[0].clone()));
        }),
        accepted("f4-signature-by-an-unknown-keyid", |f| {
            f.signatures("targets", |list| list.insert(0, json!({ "keyid": "ab".repeat(32), "sig": "ab".repeat(64) })));
        }),
        accepted("f4-one-signature-invalid-and-enough-others", |f| {
            f.assign("targets", [20, 21, 22].map(ed25519).into(), 2);
            f.signatures("targets", |list| list[1]["sig"] = "ab".repeat(64).into());
        }),
        refused("f4-signature-that-is-no-hex", "signature", |f| {
            f.signatures("targets", |list| list[0]["sig"] = "not hex".into());
        }),
        accepted("f5-empty-signature-beside-enough", |f| {
            f.assign("targets", [20, 21].map(ed25519).into(), 1);
            f.signatures("targets", |list| list[1]["sig"] = "".into());
        }),
        refused("f5-empty-signature-does-not-count", "signature", |f| {
            f.assign("targets", [20, 21].map(ed25519).into(), 2);
            f.signatures("targets", |list| list[1]["sig"] = "".into());
        }),
        accepted("f8-one-key-under-two-keyids-where-one-is-needed", |f| f.assign("timestamp", twice(), 1)),
        refused("f8-one-key-under-two-keyids-counts-once", "signature", |f| f.assign("timestamp", twice(), 2)),
        refused("f10-threshold-of-more-keys-than-there-are", "signature", |f| {
            f.assign("timestamp", vec![ed25519(5)], 2);
        }),
        accepted("f11-keyid-without-a-key", |f| {
            f.edit("root", |root| root["roles"]["timestamp"]["keyids"] = json!([ed25519(5).keyid, "ab".repeat(32)]));
        }),
        refused("f11-keyid-twice-in-a-role", "pinned-root", |f| {
            f.edit("root", |root| root["roles"]["timestamp"]["keyids"] = json!([ed25519(5).keyid, ed25519(5).keyid]));
        }),
        refused("c23-timestamp-by-another-key", "signature", |f| f.edit_file("timestamp.json", &[ed25519(6)], |_| {})),
        refused("c36-snapshot-by-another-key", "signature", |f| f.edit_file("1.snapshot.json", &[ed25519(6)], |_| {})),
        refused("c45-targets-by-another-key", "signature", |f| f.edit_file("1.targets.json", &[ed25519(6)], |_| {})),
        refused("c45-targets-without-a-signature", "signature", |f| f.signatures("targets", Vec::clear)),
        refused("c45-targets-changed-after-signing", "signature", |f| f.text("targets", "a.txt", "c.txt")),
    ]
}

/// Two key objects, two keyids, one key.
fn twice() -> Vec<Signer> {
    vec![ed25519(5), ed25519(5).with(|key| key["x-more"] = true.into())]
}

fn unknown_type() -> Signer {
    ed25519(30).with(|key| {
        key["keytype"] = "of-tomorrow".into();
        key["scheme"] = "of-tomorrow".into();
    })
}

fn add_key(root: &mut Value, signer: &Signer) {
    root["keys"][&signer.keyid] = signer.object.clone();
}

const RSA_2048: &str = include_str!("rsa.pem");
/// Over `a.txt` and `b.txt` as every case has them.
const RSA_SIGNATURE: &str = include_str!("rsa.sig");
