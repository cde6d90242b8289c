//! `tuffet drill`: on the project's own repository, on Sigstore's, on what is no repository; its calendar, read back strictly;
//! crates/cli/docs/drill.md, executed.

#[path = "drill/asked.rs"]
mod asked;
#[path = "drill/bad_input.rs"]
mod bad_input;
#[path = "drill/calendar.rs"]
mod calendar;
#[path = "drill/page.rs"]
mod page;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/real.rs"]
mod real;
#[path = "drill/sigstore.rs"]
mod sigstore;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;

use real::{Said, tuffet};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// When the project's own repository was fresh.
const OWN: &str = "2026-12-02T00:00:00Z";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Drills the project's own repository.
fn own(words: &[&str]) -> Said {
    let folder = root().join("repository");
    let (folder, pin) = (folder.to_str().unwrap().to_owned(), folder.join("1.root.json"));
    tuffet(&[&["drill", &folder, "--root", pin.to_str().unwrap(), "--at", OWN], words].concat())
}

/// Compares with what was reviewed; `TUFFET_BLESS=1` writes it.
fn reviewed(name: &str, found: &str) {
    let path = root().join(format!("tests/data/drill/{name}.txt"));
    if std::env::var_os("TUFFET_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{}", path.display());
}

fn narrow(text: &str) {
    let named = |line: &&str| !line.starts_with("drill    ") && !line.starts_with("note     ");
    for line in text.lines().filter(named) {
        assert!(line.chars().count() <= 80, "wider than a terminal: {line}");
    }
}

/// The text without the lines that name a folder of this machine.
fn told(said: &Said) -> String {
    said.stdout.lines().filter(|line| !line.starts_with("drill    ")).map(|line| format!("{line}\n")).collect()
}

/// A row a line: what clients did.
fn threats(report: &Value) -> String {
    let mut lines = String::new();
    for row in report["threats"].as_array().unwrap() {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let case = if text("case").is_empty() { String::new() } else { format!(" ({})", text("case")) };
        let result = if row["not_played"].is_null() { text("result") } else { "not played" };
        let after = match (row["after"].is_null(), row["after"]["out_of_band"].is_null()) {
            (true, _) => "",
            (false, true) => ", then mended",
            (false, false) => ", then out of band",
        };
        writeln!(lines, "{}{case}: {result}{after}", text("id")).unwrap();
    }
    lines
}

#[test]
fn k18_our_own_repository_in_words() {
    let said = own(&[]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
    narrow(&said.stdout);
    reviewed("own", &told(&said));
}

#[test]
fn every_row_of_the_threat_table_is_there_and_none_differs() {
    let report = own(&["--json"]).done().json();
    assert_eq!(report["schema"], "tuffet-drill-v1");
    let rows = report["threats"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["differs"] == serde_json::json!([])), "{rows:#?}");
    for number in 1..=37 {
        let id = format!("T{number}");
        let is = |row: &&Value| row["id"].as_str().unwrap().trim_end_matches(['a', 'b']) == id;
        assert!(rows.iter().any(|row| is(&row)), "{id}");
    }
    reviewed("own-threats", &threats(&report));
}

#[test]
fn a_drill_writes_nothing_into_the_repository() {
    let folder = root().join("repository");
    let before = tree::tree(&folder);
    own(&["--revoke", "@alice"]).done();
    assert!(tree::tree(&folder) == before);
}

#[test]
fn k19_a_revocation_is_counted_in_steps() {
    let said = own(&["--revoke", "@alice"]).done();
    narrow(&said.stdout);
    reviewed("own-revocation", &told(&said));
    let report = own(&["--revoke", "@alice", "--json"]).done().json();
    let revocation = &report["revocation"];
    assert_eq!((&revocation["differs"], &report["threats"]), (&serde_json::json!([]), &Value::Null));
    assert_eq!(revocation["clients"].as_array().unwrap().len(), 4);
    assert!(revocation["clients"].as_array().unwrap().iter().all(|client| client["refreshes"] == 1));
}
