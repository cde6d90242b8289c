//! Sigstore's production repository, as it was on 2026-08-22.

use crate::real::{self, tuffet};
use crate::{narrow, reviewed, threats, told};
use serde_json::{Value, json};

const AT: &str = "2026-08-22T00:00:00Z";

fn drill(test: &str, words: &[&str]) -> Option<real::Said> {
    let folder = real::data(test)?.join("prod/metadata");
    let pin = folder.join("1.root.json");
    let (folder, pin) = (folder.to_str().unwrap(), pin.to_str().unwrap());
    Some(tuffet(&[&["drill", folder, "--root", pin, "--at", AT], words].concat()).done())
}

#[test]
fn k18_sigstores_keys_people_time_and_threats() {
    let Some(said) = drill("tuffet drill on Sigstore's repository", &[]) else { return };
    narrow(&said.stdout);
    // The delegation's name is a company's host: it is read, not written here.
    let report = drill("tuffet drill --json", &["--only", "loss", "--json"]).unwrap().json();
    let delegated = report["roles"][4]["role"].as_str().unwrap();
    reviewed("sigstore", &told(&said).replace(delegated, "DELEGATED"));
}

#[test]
fn t18b_t15_sigstores_threats_are_those_of_pins_by_version_and_targets_of_ten_years() {
    let Some(said) = drill("tuffet drill on Sigstore's threats", &["--json"]) else { return };
    let report = said.json();
    reviewed("sigstore-threats", &threats(&report));
    let row = |id: &str, case: &str| -> Value {
        let all = report["threats"].as_array().unwrap();
        all.iter().find(|row| row["id"] == id && row["case"] == case).unwrap().clone()
    };
    assert!(report["threats"].as_array().unwrap().iter().all(|row| row["differs"] == json!([])));
    assert_eq!(row("T18b", "")["result"], "new: installed");
    assert_eq!(row("T15", "")["until"], json!({"role": "targets", "expires": "2036-05-09T09:00:52Z"}));
    assert_eq!(row("T8", "")["until"], json!({"role": "root", "expires": "2026-11-20T13:58:18Z"}));
    let lost = &report["loss"]["by_key"]["lost"];
    assert_eq!((&lost["all"], &lost["dead"]), (&json!("128"), &json!("64")));
    assert_eq!(report["time"]["stops"]["role"], "timestamp");
    assert_eq!(report["time"]["stops_with_machine"]["role"], "root");
}

#[test]
fn k19_sigstores_online_key_revoked() {
    let Some(said) = drill("tuffet drill --revoke on Sigstore's repository", &["--revoke", "gcpkms:"]) else { return };
    narrow(&said.stdout);
    reviewed("sigstore-revocation", &told(&said));
}
