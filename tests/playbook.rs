//! PLAYBOOK.md, executed: what it says to type is typed at a terminal, what it says must be seen is seen, and clients
//! follow. What its entries 1 and 3 leave behind is what lies in this tree, byte for byte.

#[path = "support/pages.rs"]
mod pages;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;

#[path = "playbook/beside.rs"]
mod beside;
#[path = "playbook/clients.rs"]
mod clients;
#[path = "playbook/page.rs"]
mod page;
#[path = "playbook/run.rs"]
mod run;
#[path = "playbook/scenarios.rs"]
mod scenarios;
#[path = "playbook/table.rs"]
mod table;
#[path = "playbook/token.rs"]
mod token;

use run::root;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Every file below `folder` that is not there for git.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = tree::tree(folder);
    out.retain(|name, _| !name.ends_with(".gitkeep"));
    out
}

#[test]
fn the_playbook_leaves_the_golden_repository() {
    let scratch = run::played(3).unwrap_or_else(|why| panic!("{why}")).folder.path();
    for folder in ["repository", "ceremony"] {
        let (made, golden) = (scratch.join("root-of-trust").join(folder), root().join(folder));
        if std::env::var_os("TUFFET_BLESS").is_some() {
            let _ = fs::remove_dir_all(&golden);
            for (name, bytes) in files(&made) {
                let path = golden.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
        let (made, golden) = (files(&made), files(&golden));
        let names = |tree: &BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&made), names(&golden), "{folder}/: files differ from the golden ones");
        for (name, bytes) in &made {
            let same = bytes == &golden[name];
            assert!(same, "{folder}/{name} differs from the golden one: {}", String::from_utf8_lossy(bytes));
        }
    }
}

#[test]
fn the_committed_records_replay() {
    let root = root();
    let records: Vec<_> = fs::read_dir(root.join("ceremony")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let records: Vec<_> = records.into_iter().filter(|path| path.is_dir()).collect();
    assert_eq!(records.len(), 2);
    for record in records {
        let output = Command::new(env!("CARGO_BIN_EXE_tuffet"))
            .args(["ceremony", "verify"])
            .arg(&record)
            .arg("--repository")
            .arg(root.join("repository"))
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}: {err}", record.display());
        assert!(out.trim_end().ends_with("the record holds"), "{out}");
    }
}

#[test]
fn no_line_of_the_playbook_is_wider_than_paper() {
    let page = fs::read_to_string(root().join("PLAYBOOK.md")).unwrap();
    for (i, line) in page.lines().enumerate() {
        assert!(line.chars().count() <= 120, "line {}: {line}", i + 1);
    }
}
