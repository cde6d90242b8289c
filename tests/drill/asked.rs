//! K18: one situation, asked for.

use crate::{narrow, own, reviewed, told};
use serde_json::{Value, json};

#[test]
fn k18_one_lost_one_stolen_one_away() {
    let words = ["--lost", "@alice", "--stolen", "@bob", "--absent", "@carol=2027-01-15"];
    let said = own(&words).done();
    narrow(&said.stdout);
    reviewed("own-asked", &told(&said));
    let report = own(&[words.as_slice(), &["--json"]].concat()).done().json();
    assert_eq!((&report["loss"], &report["time"], &report["threats"]), (&Value::Null, &Value::Null, &Value::Null));
    let root = &report["asked"]["verdict"]["roles"][0];
    assert_eq!((&root["role"], &root["thief"]), (&json!("root"), &Value::Null));
}

#[test]
fn k18_r16_a_threshold_gone_is_out_of_band() {
    for (how, outcome, why) in
        [("--lost", "dead", "root-lost"), ("--stolen", "compromised, and out of band", "root-stolen")]
    {
        let report = own(&[how, "@alice,@bob,@carol", "--json"]).done().json();
        let verdict = &report["asked"]["verdict"];
        assert_eq!((&verdict["outcome"], &verdict["out_of_band"]), (&json!(outcome), &json!(why)));
    }
    let said = own(&["--revoke", "@alice,@bob,@carol"]).done();
    let text = "  no rotation helps: out of band: no client can tell whose next root is right,";
    assert!(said.stdout.contains(text), "{}", said.stdout);
}

#[test]
fn k18_parts_can_be_added_to_a_question() {
    let report = own(&["--lost", "@alice", "--only", "loss", "--json"]).done().json();
    assert_ne!(report["loss"], Value::Null);
    assert_ne!(report["asked"], Value::Null);
    assert_eq!(report["threats"], Value::Null);
}
