//! Three real cases on Sigstore's root 15, three of five, at the time of the repository's copy. Names of people are read from
//! the root and stay out of this file.

use crate::real::{Said, data, tuffet};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The beginning of every command.
pub(crate) struct Words(Vec<String>);

impl Words {
    pub(crate) fn each(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

pub(crate) fn words(data: &Path) -> Words {
    let repository = data.join("prod");
    let words = ["plan", "rotate", "--at", "2026-08-22T00:00:00Z", "--date", "2026-09-01T12:00:00Z", "--repository"];
    Words(words.map(str::to_owned).into_iter().chain([repository.display().to_string()]).collect())
}

/// Root 15's keyholders in the order of their keyids.
fn people(data: &Path) -> Vec<String> {
    let root: Value = serde_json::from_slice(&fs::read(data.join("prod/metadata/15.root.json")).unwrap()).unwrap();
    let keyids = root["signed"]["roles"]["root"]["keyids"].as_array().unwrap();
    let owner = |keyid: &Value| &root["signed"]["keys"][keyid.as_str().unwrap()]["x-tuf-on-ci-keyowner"];
    keyids.iter().map(|keyid| owner(keyid).as_str().unwrap().to_owned()).collect()
}

fn ask(data: &Path, more: &[&str]) -> Said {
    tuffet(&[&words(data).each()[..], more].concat())
}

/// Every line fits a terminal.
#[track_caller]
fn fits(said: &Said) {
    for line in said.stdout.lines() {
        let place = line.starts_with("repository ");
        assert!(place || line.chars().count() <= 80, "{} characters: {line}", line.chars().count());
    }
}

/// `3 of 5 by 3`: of each threshold, and how many keys sign.
fn thresholds(ceremony: &Value) -> Vec<String> {
    let roles = ceremony["roles"].as_array().unwrap().iter();
    let one = |threshold: &Value| {
        let keys = threshold["keys"].as_array().unwrap();
        let sign = keys.iter().filter(|key| key["signs"] == true).count();
        format!("{}: {} of {} by {sign}", threshold["by"].as_str().unwrap(), threshold["threshold"], keys.len())
    };
    roles.flat_map(|role| role["thresholds"].as_array().unwrap().iter().map(one)).collect()
}

#[test]
fn r2_sigstore_two_of_five_keys_are_replaced_in_one_ceremony() {
    let Some(data) = data("plan rotate, two of five") else { return };
    let people = people(&data);
    let (one, two) = (format!("{}=@frank", people[4]), format!("{}=@grace", people[0]));
    let more = ["--replace", one.as_str(), "--replace", &two];
    let text = ask(&data, &more).done();
    fits(&text);
    assert!(text.stdout.contains("result     root v16 in one ceremony, on 2026-09-01\n"), "{}", text.stdout);
    let clients = "clients    a client that pins any root from 1 to 15 follows to v16: roots 1 to";
    assert!(text.stdout.contains(clients), "{}", text.stdout);
    let json = ask(&data, &[&more[..], &["--json"]].concat()).done().json();
    assert_eq!(json["from"]["oldest_root"], 1);
    assert_eq!(thresholds(&json["ceremonies"][0]), ["root v15: 3 of 5 by 3", "root v16: 3 of 5 by 3"]);
    assert_eq!(json["ceremonies"][0]["roles"].as_array().unwrap().len(), 1, "targets keep enough of their signatures");
    assert_eq!(json["ceremonies"][0]["warnings"], serde_json::json!([]));
}

#[test]
fn r2_sigstore_three_of_five_becomes_four_of_seven_in_one_ceremony() {
    let Some(data) = data("plan rotate, four of seven") else { return };
    let more = ["--add", "@frank", "--add", "@grace", "--threshold", "4"];
    let text = ask(&data, &more).done();
    fits(&text);
    let json = ask(&data, &[&more[..], &["--json"]].concat()).done().json();
    assert_eq!(thresholds(&json["ceremonies"][0]), ["root v15: 3 of 5 by 4", "root v16: 4 of 7 by 4"]);
    let people = people(&data);
    let away: Vec<&str> = people[..2].iter().flat_map(|who| ["--absent", who.as_str()]).collect();
    // Three are left: one who comes signs with them.
    let json = ask(&data, &[&more[..], &["--json"], &away].concat()).done().json();
    assert_eq!(thresholds(&json["ceremonies"][0]), ["root v15: 3 of 5 by 3", "root v16: 4 of 7 by 4"]);
}

#[test]
fn f17_sigstore_as_a_hybrid_needs_a_sixth_person_or_other_hands_and_loses_strict_readers() {
    let Some(data) = data("plan rotate, hybrid") else { return };
    let hybrid = ["--hybrid", "ml-dsa-65"];
    ask(&data, &hybrid).refused(
        1,
        "tuffet: error: root: no threshold fits 5 people with two keys each: with less than 5, fewer than 3 of them would be \
         enough (F8), with more than 4, one lost key would stop every client that knows no ML-DSA (R16)\n\
         tuffet: hint: bring 1 person more first (--add, once for each): 6 people serve both with a threshold of 5; or give the \
         second keys to others, two or more (--hybrid-by, once for each): the threshold stays 3\n",
    );
    let sixth = [&hybrid[..], &["--add", "@frank"]].concat();
    let said = ask(&data, &sixth);
    assert!(
        said.stderr.starts_with("tuffet: error: ceremony 2: python-tuf as of July 2024; tough, "),
        "{}",
        said.stderr
    );
    let sixth = [&sixth[..], &["--leave-behind", "all"]].concat();
    let text = ask(&data, &sixth).done();
    fits(&text);
    assert!(
        text.stdout.contains("signers    no signer of this program makes ML-DSA signatures yet"),
        "{}",
        text.stdout
    );
    let json = ask(&data, &[&sixth[..], &["--json"]].concat()).done().json();
    let steps: Vec<_> = json["ceremonies"].as_array().unwrap().iter().map(thresholds).collect();
    assert_eq!(steps[0], ["root v15: 3 of 5 by 3", "root v16: 3 of 6 by 3"]);
    assert_eq!(steps[1], ["root v16: 3 of 6 by 5", "root v17: 5 of 12 by 10"]);
    assert_eq!(json["demand"], serde_json::json!({"post_quantum": 3, "classical": 3}));
    let others = [&hybrid[..], &["--hybrid-by", "@frank", "--hybrid-by", "@grace", "--leave-behind", "all", "--json"]];
    let json = ask(&data, &others.concat()).done().json();
    assert_eq!(thresholds(&json["ceremonies"][0]), ["root v15: 3 of 5 by 3", "root v16: 3 of 7 by 4"]);
}
