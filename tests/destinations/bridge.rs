//! A ceremony that brings another online key, published so that no moment is without a timestamp to trust.

use crate::{assembled, run};

#[test]
fn r10_both_online_keys_sign_what_lies_before_the_new_root() {
    let scratch = assembled("");
    run(
        scratch.path(),
        "tuffet publish w/ceremony/c --online-key file:online.pem
         cd w
         tuffet plan invite --ceremony d --owner file:online2.pem --out ../online2.invite
         tuffet key generate file:../online2.pem --scheme p256
         tuffet key enroll --key file:../online2.pem --invite ../online2.invite --out ../online2
         tuffet recover online-key d --online ../online2 --approvals 0 --waive K5=test --allow-software-keys \\
             --date 2026-12-01T10:00:00Z
         tuffet draft ceremony/d
         for who in alice bob; do tuffet sign ceremony/d --key file:../$who.pem; done
         tuffet assemble ceremony/d",
        0,
    );
    let publish = "tuffet publish w/ceremony/d --online-key file:online2.pem --bridge-key file:online.pem";
    let screen = run(scratch.path(), publish, 0);
    assert!(screen.contains("root 2, targets 1, snapshot 3, timestamp 3"), "{screen}");
    let signatures = |file: &str| {
        let bytes = std::fs::read(scratch.path().join("w/repository").join(file)).unwrap();
        let parsed: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        parsed["signatures"].as_array().unwrap().len()
    };
    assert_eq!(["1", "2", "3"].map(|version| signatures(&format!("{version}.snapshot.json"))), [1, 2, 1]);
    let verify = "tuffet ceremony verify w/ceremony/d --repository w/repository";
    assert!(run(scratch.path(), verify, 0).trim_end().ends_with("the record holds"));
}
