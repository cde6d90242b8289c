//! `tuffet plan rotate`: the page on rotations is carried out, bad wishes are refused, and Sigstore's root 15 has answers.

#[path = "support/pages.rs"]
mod pages;
#[path = "support/real.rs"]
mod real;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/workspace.rs"]
mod workspace;

#[path = "rotate/devices.rs"]
mod devices;
#[path = "rotate/sigstore.rs"]
mod sigstore;

use std::fs;
use std::path::Path;
use tempfile::TempDir;
use workspace::{AT, RIGHT, enrolled};

/// @alice, @bob and @carol, two of three, on 2026-12-01.
const FIRST: &str = "
    plan='--approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z'
    tuffet plan new c $plan --threshold 2 --keyholder ../alice --keyholder ../bob --keyholder ../carol \
        --online ../online --target ../a.txt
    tuffet draft ceremony/c
    for who in alice bob; do tuffet sign ceremony/c --key file:../$who.pem; done
    tuffet assemble ceremony/c
    tuffet publish ceremony/c --online-key file:../online.pem
    mv ../*.pem .
    ";

/// The workspace lies in `w`.
fn first() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("a.txt"), "a\n").unwrap();
    let script = enrolled("alice bob carol") + FIRST;
    let sitting = terminal::sit(scratch.path(), Some(AT), &script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    scratch
}

const PAGE: &str = include_str!("../crates/cli/docs/rotations.md");

#[test]
fn r2_the_page_on_rotations_runs_and_a_client_of_the_first_root_follows() {
    let scratch = first();
    let workspace = scratch.path().join("w");
    let blocks = pages::blocks(PAGE);
    assert_eq!(blocks.len(), 3, "were they all read?");
    for block in blocks {
        let sitting = terminal::sit(&workspace, block.now.as_deref(), &block.script, RIGHT);
        assert_eq!(sitting.code, 0, "{}", sitting.screen);
        block.assert_seen(&sitting.screen);
    }
    let changes = |number: u8| fs::read_to_string(workspace.join(format!("rotation/{number}.toml"))).unwrap();
    let one = "[[changes]]\nchange = \"replace-keyholder\"\noutgoing = \"@carol\"\nincoming = \"@dave\"\n";
    assert_eq!((changes(1).as_str(), changes(2)), (one, one.replace("@carol", "@bob").replace("@dave", "@bob")));
    let said = rotate(&workspace, "2027-01-29T10:00:00Z", &["--new-device", "@zoe", "--date", "2027-02-01"]);
    assert!(said.stderr.contains("hint: it names @alice, @bob, @dave\n"), "carol is gone: {}", said.stderr);
}

/// In the workspace, at a time.
fn rotate(workspace: &Path, now: &str, words: &[&str]) -> real::Said {
    let fixed = ["plan", "rotate", "--workspace", workspace.to_str().unwrap(), "--at", now];
    real::tuffet(&[&fixed[..], words].concat())
}

const NOW: &str = "2027-01-10T09:00:00Z";

#[test]
fn k1_wishes_stand_in_a_file_or_on_the_line_and_no_file_is_overwritten() {
    let scratch = first();
    let (workspace, folder) = (scratch.path().join("w"), scratch.path());
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let toml = PAGE.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    fs::write(folder.join("goal.toml"), toml).unwrap();
    let typed = ["--replace", "@carol=@dave", "--new-device", "@bob", "--date", "2027-01-15T10:00:00Z", "--json"];
    let by_words = rotate(&workspace, NOW, &typed).done();
    let by_file = rotate(&workspace, NOW, &["--goal", &path("goal.toml"), "--json"]).done();
    assert_eq!(by_words.stdout, by_file.stdout);
    let data = by_file.json();
    assert_eq!(
        (data["schema"].as_str(), data["ceremonies"].as_array().unwrap().len()),
        (Some("tuffet-rotation-v1"), 2)
    );
    let of_root = &data["ceremonies"][1]["roles"][0]["thresholds"][0];
    assert_eq!((of_root["by"].as_str(), of_root["threshold"].as_u64()), (Some("root v2"), Some(2)));
    assert_eq!(data["ceremonies"][0]["people"][0]["who"], "@dave");

    let said = rotate(&workspace, NOW, &["--goal", &path("goal.toml"), "--date", "2027-01-16"]);
    said.refused(2, "tuffet: error: --date: expected it once, found it in the file of the goal too\n");
    fs::write(folder.join("bad.toml"), "schema = \"tuffet-rotation-goal-v1\"\nreplaces = []\n").unwrap();
    let said = rotate(&workspace, NOW, &["--goal", &path("bad.toml")]);
    assert!(said.stderr.contains("bad.toml: line 2: unknown field `replaces`, expected one of "), "{}", said.stderr);
    fs::write(folder.join("bad.toml"), "schema = \"tuffet-rotation-goal-v2\"\n").unwrap();
    let said = rotate(&workspace, NOW, &["--goal", &path("bad.toml")]);
    let text = format!(
        "tuffet: error: {}: expected schema tuffet-rotation-goal-v1, found `tuffet-rotation-goal-v2` (K1)\n",
        path("bad.toml")
    );
    said.refused(1, &text);

    fs::create_dir(folder.join("out")).unwrap();
    fs::write(folder.join("out/2.toml"), "mine").unwrap();
    let said = rotate(&workspace, NOW, &["--goal", &path("goal.toml"), "--out", &path("out")]);
    let text = format!(
        "tuffet: error: {}: expected no such file, found one: it is never overwritten\ntuffet: hint: move it away, or name \
         another file\n",
        path("out/2.toml")
    );
    said.refused(1, &text);
    assert!(!folder.join("out/1.toml").exists(), "all or nothing");
}

#[test]
fn k1_wishes_that_say_nothing_or_something_else_are_wrong_usage() {
    let scratch = first();
    let workspace = scratch.path().join("w");
    let day = ["--date", "2027-01-15"];
    let says = |words: &[&str], code: i32, text: &str| {
        rotate(&workspace, NOW, words).refused(code, &format!("tuffet: error: {text}\n"));
    };
    let none = "expected the time of the first ceremony, found none\ntuffet: hint: give it with --date TIME";
    says(&["--add", "@dave"], 2, none);
    let plus = |words: &[&'static str]| [&day[..], words].concat();
    says(&plus(&["--replace", "@carol"]), 2, "--replace: expected OUT=IN, found `@carol`");
    says(&plus(&["--add", "@dave", "--only", "leaf"]), 2, "--only: expected root or targets, found `leaf`");
    let schemes = "ed25519, p256, p384, rsassa-pss-sha256, ml-dsa-44, ml-dsa-65, ml-dsa-87";
    says(&plus(&["--hybrid", "dsa"]), 2, &format!("--hybrid: expected {schemes}, found `dsa`"));
    says(&plus(&["--add", "@d\nave"]), 2, "expected names such as @alice, found `@d\\nave`");
    says(&plus(&["--add", "@dave", "--every", "0"]), 2, "--every: expected a number of days from 1, found 0");
    let late = "expected a time YYYY-MM-DDTHH:MM:SSZ, found `soon`";
    says(&["--date", "soon", "--add", "@dave"], 2, late);
    says(
        &plus(&["--threshold", "2"]),
        1,
        "expected a goal that changes something, found everything as it is wanted (R11)",
    );
    let said = rotate(&workspace, "2027-01-16T00:00:00Z", &plus(&["--add", "@dave"]));
    let text = "tuffet: error: expected a first ceremony at 2027-01-16T00:00:00Z or later, found 2027-01-15T00:00:00Z (K15)\n\
                tuffet: hint: give --date 2027-01-16T00:00:00Z or later\n";
    said.refused(1, text);
}
