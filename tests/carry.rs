//! K14 at the command line: a ceremony that is carried out, signed, and carried back.

#[path = "support/pages.rs"]
mod pages;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;
#[path = "support/workspace.rs"]
mod workspace;

use std::fs;
use std::path::Path;
use std::process::Command;
use workspace::{AT, RIGHT, drafted};

struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

fn tuffet(folder: &Path, words: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_tuffet")).args(words).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn the_page_about_work_without_a_network_runs() {
    let page = include_str!("../crates/cli/docs/offline.md");
    let blocks = pages::blocks(page);
    assert_eq!(blocks.len(), 6, "a block the test does not know");
    let scratch = drafted();
    for block in &blocks {
        let sitting = terminal::sit(scratch.path(), Some(AT), &block.script, RIGHT);
        assert_eq!(sitting.code, 0, "{}: {}\n{}", block.heading, block.script, sitting.screen);
        block.assert_seen(&sitting.screen);
        let wide = sitting.screen.lines().filter(|line| line.chars().count() > 80 && !line.contains('█'));
        let named = |line: &&str| line.contains("signatures/") || line.contains("next: ");
        assert_eq!(wide.filter(|line| !named(line)).collect::<Vec<_>>(), Vec::<&str>::new(), "{}", block.heading);
    }
}

#[test]
fn k14_what_the_page_says_of_sizes_is_so() {
    let page = include_str!("../crates/cli/docs/offline.md");
    let scratch = tempfile::tempdir().unwrap();
    for (size, columns, lines) in [("small", 45, 23), ("medium", 77, 39), ("large", 125, 63)] {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{size}`"))).unwrap();
        assert!(row.contains(&format!("{columns} columns, {lines} lines")), "{row}");
        for (length, column) in [(650, 5), (3_700, 6)] {
            fs::write(scratch.path().join("file"), vec![b'a'; length]).unwrap();
            let shown = tuffet(scratch.path(), &["carry", "show", "file", "--size", size]).stdout;
            let count = shown.lines().next().unwrap().split(" on ").nth(1).unwrap();
            assert_eq!(row.split('|').nth(column).unwrap().trim(), count, "{row}");
            let wide = shown.lines().filter(|line| line.contains('█')).map(|line| line.chars().count()).max();
            assert!(wide <= Some(columns), "{size}: {wide:?} columns");
        }
    }
}

#[test]
fn k14_a_bundle_reports_as_json() {
    let scratch = drafted();
    let json = |words: &[&str]| -> serde_json::Value {
        let said = tuffet(scratch.path(), words);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
        serde_json::from_str(&said.stdout).unwrap()
    };
    let packed = json(&["--json", "carry", "pack", "w/ceremony/c", "--out", "c.tar"]);
    assert_eq!((packed["schema"].as_str(), packed["kind"].as_str()), (Some("tuffet-carry-pack-v1"), Some("out")));
    let file = tuffet_keys::sha256(&fs::read(scratch.path().join("c.tar")).unwrap());
    assert_eq!(packed["sha256"].as_str(), Some(file.to_string().as_str()));
    let laid = json(&["--json", "carry", "unpack", "c.tar"]);
    assert_eq!((laid["schema"].as_str(), laid["result"].as_str()), (Some("tuffet-carry-unpack-v1"), Some("new")));
    assert_eq!(laid["directory"], "c", "of the ceremony's name, where no other was named");
    assert_eq!(json(&["--json", "carry", "unpack", "c.tar"])["result"], "same");
}

#[test]
fn k14_a_bundle_that_comes_back_finds_its_directory_in_the_workspace() {
    let scratch = drafted();
    let script = "
        tuffet carry pack w/ceremony/c --out c.tar
        tuffet carry unpack c.tar --into station
        tuffet sign station --key file:bob.pem
        tuffet carry pack station --back --out bob.tar";
    let sitting = terminal::sit(scratch.path(), Some(AT), script, RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    let none = tuffet(scratch.path(), &["carry", "unpack", "bob.tar"]);
    assert_eq!(none.code, 1);
    assert!(
        none.stderr.ends_with("hint: name the ceremony's directory with --into, or its workspace with --workspace\n"),
        "{}",
        none.stderr
    );
    let taken = tuffet(scratch.path(), &["--workspace", "w", "carry", "unpack", "bob.tar"]);
    assert_eq!(taken.code, 0, "{}", taken.stderr);
    let place = scratch.path().join("w/ceremony/c");
    assert!(taken.stdout.ends_with(&format!("next: tuffet assemble {}\n", place.display())), "{}", taken.stdout);
    let again = tuffet(scratch.path(), &["carry", "unpack", "bob.tar", "--into", "w/ceremony/c"]);
    assert_eq!((again.code, again.stdout.matches("\nhere ").count()), (0, 2), "{}", again.stdout);
}

#[test]
fn k14_a_refused_bundle_says_why_and_leaves_nothing() {
    let scratch = drafted();
    let run = |words: &[&str]| tuffet(scratch.path(), words);
    assert_eq!(run(&["carry", "pack", "w/ceremony/c", "--out", "c.tar"]).code, 0);
    let whole = fs::read(scratch.path().join("c.tar")).unwrap();
    let mut cut = whole.clone();
    cut.truncate(3_000);
    fs::write(scratch.path().join("cut.tar"), cut).unwrap();
    let before = tree::tree(scratch.path());
    let refused = |words: &[&str], code: i32, error: &str, hint: &str| {
        let said = run(words);
        let expected = format!("tuffet: error: {error}\ntuffet: hint: {hint}\n");
        assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (code, "", expected.as_str()));
    };
    refused(
        &["carry", "unpack", "cut.tar", "--into", "station"],
        1,
        "bundle: cut off after 1 whole members",
        "the bundle was damaged or changed on its way: carry it again",
    );
    refused(
        &["carry", "pack", "w/ceremony/c", "--out", "c.tar"],
        1,
        "c.tar: expected no such file, found one: it is never overwritten",
        "move it away, or name another file",
    );
    refused(
        &["carry", "pack", "w/ceremony/c", "--back", "--out", "back.tar"],
        1,
        "expected a signature, an approval or a statement to carry back, found none",
        "run `tuffet sign w/ceremony/c --key KEY` first",
    );
    refused(
        &["carry", "unpack", "c.tar", "--into", "w"],
        1,
        "w: expected an empty folder or an older copy of this ceremony, found something else",
        "name another folder with --into, or the bundle of this ceremony",
    );
    let said = run(&["carry", "unpack", "c.tar", "--into", "no/such/place"]);
    assert_eq!(
        (said.code, said.stderr.as_str()),
        (1, "tuffet: error: no/such/place: No such file or directory (os error 2)\n")
    );
    assert_eq!(tree::tree(scratch.path()), before);
}
