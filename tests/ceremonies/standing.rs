//! Every partly signed file of every ceremony, against the table.

use crate::real::{data, tuffet};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const TABLE: &str = include_str!("../data/ceremonies.tsv");

/// The lines of the table by file and by the root that `--root` names; `None`: there is none before.
fn expected() -> BTreeMap<(&'static str, Option<&'static str>), Vec<&'static str>> {
    let mut out: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    let mut own: BTreeMap<&str, &str> = BTreeMap::new();
    for line in TABLE.lines().skip(1) {
        let (file, root) = (line.split('\t').next().unwrap(), line.split('\t').nth(1).unwrap());
        match root.strip_prefix('v') {
            None => {
                own.insert(file, line);
            }
            Some(version) => {
                let lines = own.remove(file).into_iter().chain([line]).collect();
                assert!(out.insert((file, Some(version)), lines).is_none(), "{line}");
            }
        }
    }
    out.extend(own.into_iter().map(|(file, line)| ((file, None), vec![line])));
    out
}

fn keyids<'a>(entries: &'a [Value], kind: &str) -> Vec<&'a str> {
    let of_kind = entries.iter().filter(|entry| entry["kind"] == kind);
    of_kind.map(|entry| entry["keyid"].as_str().unwrap().get(..8).unwrap()).collect()
}

fn words(listed: &[&str]) -> String {
    if listed.is_empty() { "-".to_owned() } else { listed.join(",") }
}

/// What the report says of one file, in the table's words.
fn lines(name: &str, report: &Value) -> Vec<String> {
    let entries = report["entries"].as_array().unwrap();
    let kinds = ["placeholder", "stranger", "wrong"].map(|kind| words(&keyids(entries, kind))).join("\t");
    let people = |people: &Value| {
        let one = |who: &Value| match who["owner"].as_str() {
            Some(owner) => owner.to_owned(),
            None => who["keyids"][0].as_str().unwrap()[..8].to_owned(),
        };
        let names: Vec<String> = people.as_array().unwrap().iter().map(one).collect();
        words(&names.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let line = |count: &Value| {
        let root = if count["is_new"] == true { "own".to_owned() } else { format!("v{}", count["root"]) };
        let (signed, missing) = (people(&count["signed"]), people(&count["missing"]));
        format!("{name}\t{root}\t{}/{}\t{signed}\t{missing}\t{kinds}", count["have"], count["need"])
    };
    report["counts"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn k6_every_file_of_every_real_ceremony_stands_where_the_table_says() {
    let Some(data) = data("standing of real ceremonies") else { return };
    let table = expected();
    let index = std::fs::read_to_string(data.join("ceremonies/INDEX.tsv")).unwrap();
    let files: Vec<String> = index.lines().map(|line| line.replace('\t', "/")).collect();
    let mut listed: Vec<&str> = table.keys().map(|(file, _)| *file).collect();
    listed.dedup();
    assert_eq!(listed, files, "the table has every file");
    for ((file, root), expected) in &table {
        let path = data.join("ceremonies").join(file);
        let root = root.map(|version| data.join(format!("prod/metadata/{version}.root.json")));
        let mut words = vec!["signatures", path.to_str().unwrap(), "--json"];
        if let Some(root) = &root {
            words.extend(["--root", root.to_str().unwrap()]);
        }
        let report = tuffet(&words).done().json();
        assert_eq!(report["schema"], "tuffet-signatures-v1");
        let said = &report["files"][0];
        assert_eq!(&lines(file, said), expected);
        let met = |line: &&str| {
            let (have, need) = line.split('\t').nth(2).unwrap().split_once('/').unwrap();
            have.parse::<u64>().unwrap() >= need.parse().unwrap()
        };
        assert_eq!(said["complete"], expected.iter().all(met), "{file}");
        assert_eq!(said["counts"], report["merged"]["counts"], "{file}: one file alone is all of them");
    }
}

#[test]
fn k6_the_table_is_what_an_independent_computation_gives() {
    let Some(data) = data("another computation of real ceremonies") else { return };
    let python = std::env::var_os("TUFFET_PYTHON").filter(|python| !python.is_empty());
    let python = python.unwrap_or_else(|| "python3".into());
    let has = Command::new(&python).args(["-c", "import cryptography"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "needs python3 with cryptography: run scripts/test");
        println!("skipped: needs python3 with cryptography");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ceremonies/standing.py");
    let output = Command::new(&python).arg(script).arg(data).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), TABLE);
}
