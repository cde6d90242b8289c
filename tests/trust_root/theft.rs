//! Stolen keys (T36, T37): of a log, and of one who signs targets.

use crate::base::{done, folder, refused};
use crate::bundles::{self, BLOB};
use crate::terminal;
use crate::workspace::{AT, RIGHT, enrolled};
use sigstore_verify::trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT;
use std::fs;

#[test]
fn t36_what_was_logged_before_the_theft_verifies_and_what_came_after_does_not() {
    let folder = folder();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    put("production.json", SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes());
    let [bundle, artifact] = BLOB.map(|name| fs::read(bundles::path(name)).unwrap());
    put("blob.json", &bundle);
    put("blob", &artifact);
    let bundle: serde_json::Value = serde_json::from_slice(&bundle).unwrap();
    let logged = &bundle["verificationMaterial"]["tlogEntries"][0]["integratedTime"];
    let logged: i64 = logged.as_str().unwrap().parse().unwrap();
    let time = |seconds: i64| chrono::DateTime::from_timestamp(seconds, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ");
    let script = |stolen: i64, out: &str| {
        format!(
            "tuffet trust-root close production.json --entry https://rekor.sigstore.dev --end {} --out {out}
            tuffet trust-root prove {out} --before production.json --bundle bundle=blob.json,artifact=blob",
            time(stolen)
        )
    };
    done(folder.path(), &script(logged, "after.json"));
    let said = refused(folder.path(), 1, &script(logged - 1, "before.json"));
    assert!(said.contains("(TR10)"), "{said}");
}

#[test]
fn t37_one_targets_key_and_one_maintainer_swap_no_trust_root() {
    let folder = folder();
    // @bob's key is stolen; the maintainer plans, and waives what the draft would stop at.
    let script = enrolled("alice bob")
        + "
        COMPOSE='tuffet trust-root compose'; START=start=2026-12-01T00:00:00Z
        $COMPOSE --out ../ours.json --log kind=rekor-v2,key=../trust/log.pem,url=https://log.example.org,$START
        $COMPOSE --out ../theirs.json --log kind=rekor-v2,key=../trust/log-2.pem,url=https://log.example.org,$START
        tuffet plan new c --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 2 \
            --keyholder ../alice --keyholder ../bob --online ../online --target trusted_root.json=../ours.json
        tuffet draft ceremony/c
        tuffet sign ceremony/c --key file:../alice.pem; tuffet sign ceremony/c --key file:../bob.pem
        tuffet assemble ceremony/c; tuffet publish ceremony/c --online-key file:../online.pem
        PLAN='--approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z'
        tuffet plan change swap $PLAN --target trusted_root.json=../theirs.json
        tuffet draft ceremony/swap || echo the draft stops with $?
        tuffet plan change forced $PLAN --target trusted_root.json=../theirs.json --waive 'TR4=nothing to see here'
        tuffet draft ceremony/forced
        tuffet review ceremony/forced
        tuffet sign ceremony/forced --key file:../bob.pem
        tuffet assemble ceremony/forced
        tuffet publish ceremony/forced --online-key file:../online.pem || echo publish stops with $?
        tuffet client init --cache ../cache --root repository/1.root.json
        tuffet client download --cache ../cache --url repository --out ../got trusted_root.json
        cmp ../got/trusted_root.json ../ours.json";
    let sitting = terminal::sit(folder.path(), Some(AT), &script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    let flat = sitting.screen.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = flat.as_str();
    for seen in [
        "targets/trusted_root.json: expected what was trusted to stay as it was, found a change that removes transparency \
         log https://log.example.org",
        "the draft stops with 1",
        "nothing to see here",
        "WARNING: removes transparency log https://log.example.org",
        "WARNING: the transparency log at https://log.example.org has another key",
        "1 of 2",
        "publish stops with 1",
    ] {
        let at = rest.find(seen).unwrap_or_else(|| panic!("expected `{seen}`, found:\n{}", sitting.screen));
        rest = &rest[at + seen.len()..];
    }
}
