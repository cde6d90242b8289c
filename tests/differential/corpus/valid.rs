//! What the specification allows, and what real repositories contain (interop.md, D1-D6): all of it is accepted.

use super::accepted;
use crate::case::{Case, Expect};
use crate::forge::{FAR, Forge, PAST};
use crate::signer::ed25519;
use serde_json::json;

pub(super) fn cases() -> Vec<Case> {
    vec![
        accepted("c6-root-1-alone", |_| {}),
        accepted("c6-three-roots-with-other-keys", |f| {
            f.next_root(&[1, 2, 6].map(ed25519), |root| crate::forge::assign(root, "root", &[1, 6].map(ed25519), 2));
            f.next_root(&[1, 6, 7].map(ed25519), |root| crate::forge::assign(root, "root", &[6, 7].map(ed25519), 2));
        }),
        accepted("c3-root-started-from-expired", |f| {
            f.edit("root", |root| root["expires"] = PAST.into());
            f.next_root(&f.signers["root"].clone(), |root| root["expires"] = FAR.into());
        }),
        accepted("c15-root-on-the-way-expired", |f| {
            f.next_root(&f.signers["root"].clone(), |root| root["expires"] = PAST.into());
            f.next_root(&f.signers["root"].clone(), |root| root["expires"] = FAR.into());
        }),
        Case::of("c21-not-consistent", vec![(Forge::at(1, |sim| sim.consistent = false), Expect::Accepted)]),
        Case::of("c33-versions-alone-are-pinned", vec![(Forge::at(1, |sim| sim.full_pins = false), Expect::Accepted)]),
        accepted("f1-unknown-fields-everywhere", |f| {
            let more = json!({ "a": [1, "\u{e9}", null, true], "b": {} });
            f.edit("root", |root| {
                root["x-more"] = more.clone();
                root["roles"]["root"]["x-more"] = more.clone();
            });
            for role in ["targets", "snapshot", "timestamp"] {
                f.edit(role, |signed| {
                    signed["x-more"] = more.clone();
                    match role {
                        "targets" => signed["targets"]["a.txt"]["x-more"] = more.clone(),
                        "snapshot" => signed["meta"]["targets.json"]["x-more"] = more.clone(),
                        _ => signed["meta"]["snapshot.json"]["x-more"] = more.clone(),
                    }
                });
            }
        }),
        accepted("f1-unknown-field-beside-signed", |f| f.text("timestamp", "{", "{\"x-more\": [1],")),
        accepted("f2-characters-beyond-the-first-plane", |f| {
            f.edit("targets", |t| t["targets"]["a.txt"]["custom"] = json!({ "\u{1f600}": 1, "\u{ff5e}": 2 }));
        }),
        accepted("f2-control-characters-in-text", |f| {
            f.edit("targets", |t| t["targets"]["a.txt"]["custom"] = json!({ "text": "\t\n\u{1}\u{7f}\"\\/" }));
        }),
        accepted("f2-a-name-that-begins-another", |f| {
            f.edit("targets", |t| t["targets"]["a.txt"]["custom"] = json!({ "foo": 1, "foo bar": 2, "foo!": 3 }));
        }),
        accepted("f2-decomposed-text-stays-decomposed", |f| {
            f.edit("targets", |t| t["targets"]["a.txt"]["custom"] = json!({ "text": "e\u{301}" }));
        }),
        accepted("f2-integers-of-64-bits", |f| {
            let numbers = json!([u64::MAX, i64::MIN, 9_007_199_254_740_993_u64]);
            f.edit("targets", |t| t["targets"]["a.txt"]["custom"] = json!({ "n": numbers }));
        }),
        accepted("f13-version-of-64-bits", |f| f.edit("timestamp", |t| t["version"] = u64::MAX.into())),
        accepted("f13-version-beyond-32-bits", |f| f.edit("timestamp", |t| t["version"] = (1_u64 << 40).into())),
        accepted("d2-expires-with-offset", |f| {
            f.edit("targets", |t| t["expires"] = "2100-01-01T01:00:00+01:00".into());
        }),
        accepted("d2-expires-with-nanoseconds", |f| {
            f.edit("targets", |t| t["expires"] = "2100-01-01T00:00:00.123456789Z".into());
        }),
        accepted("d3-spec-version-of-two-numbers", |f| f.edit("targets", |t| t["spec_version"] = "1.0".into())),
        accepted("f15-later-spec-version-of-the-same-major", |f| {
            f.edit("targets", |t| t["spec_version"] = "1.9.9".into());
        }),
        accepted("d6-entries-without-a-file", |f| {
            f.edit("snapshot", |s| s["meta"]["rekor.json"] = json!({ "version": 3 }));
        }),
        accepted("d6-root-among-the-entries", |f| {
            f.edit("snapshot", |s| s["meta"]["root.json"] = json!({ "version": 1 }));
        }),
    ]
}
