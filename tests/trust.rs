//! Trust for applications at the terminal: packs, evidence for a first root, offline, watch.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const AT: &str = "2026-12-24T00:00:00Z";

fn golden(file: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../repository").join(file).display().to_string()
}

/// Runs in `folder` at a time when the golden repository is valid.
fn tuffet(folder: &TempDir, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuffet"));
    command.args(["--at", AT]).args(words).current_dir(folder.path()).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn files(folder: &TempDir) -> Vec<String> {
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_pack_is_made_carried_and_opened_without_a_network() {
    let (here, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (url, root) = (golden(""), golden("1.root.json"));
    let make = ["trust-pack", "make", "--url", &url, "--root", &root, "--out", "pack.tar"];
    let said = stdout(&tuffet(&here, &make));
    assert!(said.contains("\nfloors  root v2, timestamp v2, snapshot v2, targets v2\nsha256  "), "{said}");
    let sha256 = said.lines().last().unwrap().trim_start_matches("sha256  ").to_owned();
    let again = refused(&tuffet(&here, &make), 1);
    assert!(again.contains("pack.tar: expected no such file, found one: it is never overwritten"), "{again}");

    let pack = here.path().join("pack.tar").display().to_string();
    for trust in [["--root", &root], ["--sha256", &sha256]] {
        let mut words = vec!["--json", "trust-pack", "open", &pack, "--out", "out"];
        words.extend(trust);
        let said: serde_json::Value = serde_json::from_str(&stdout(&tuffet(&there, &words))).unwrap();
        assert_eq!(said["schema"], "tuffet-trust-pack-open-v1");
        assert_eq!(said["targets"][0]["target"], "trusted_root.json");
    }
    let target = golden("targets/6d1c949646f68099b38049ab34509dd21d105e7fee45f34fb427abb6ddbf9c38.trusted_root.json");
    assert_eq!(fs::read(there.path().join("out/trusted_root.json")).unwrap(), fs::read(target).unwrap());

    let fresh = TempDir::new().unwrap();
    let floors = tuffet(&fresh, &["trust-pack", "open", &pack, "--root", &root, "--floors", "2,3,2,2", "--out", "o"]);
    assert_eq!(
        refused(&floors, 1),
        "tuffet: error: trust pack: timestamp: expected version 3 or later, which this caller has seen, found 2\n\
         tuffet: hint: an older pack, or an attack: get the newest one\n"
    );
    refused(&tuffet(&fresh, &["trust-pack", "open", &pack]), 2);
    let other = "00".repeat(32);
    let text = refused(&tuffet(&fresh, &["trust-pack", "open", &pack, "--sha256", &other]), 1);
    assert!(text.contains(&format!("trust pack: expected SHA-256 {other}, found {sha256}\n")), "{text}");
    assert_eq!(files(&fresh), Vec::<String>::new());
}

#[test]
fn c2_client_init_takes_evidence_and_stores_nothing_against_it() {
    let folder = TempDir::new().unwrap();
    let (url, first, second) = (golden(""), golden("1.root.json"), golden("2.root.json"));
    let init = |root: &str, more: &[&str]| {
        let mut words = vec!["client", "init", "--cache", "cache", "--root", root];
        words.extend(more);
        tuffet(&folder, &words)
    };
    let digest = tuffet_keys::sha256(&fs::read(&first).unwrap());
    let words = tuffet_keys::words::encode(digest.as_bytes());
    let text = refused(&init(&second, &["--sha256", &digest.to_string()]), 1);
    assert!(text.starts_with(&format!("tuffet: error: root: expected SHA-256 {digest}, found ")), "{text}");
    assert!(text.ends_with(
        "tuffet: hint: do not use this file: get it again, and ask its owner for the digest once more by another way\n"
    ));
    refused(&init(&second, &["--words", &words]), 1);
    refused(&init(&first, &["--from-root", &second]), 1);
    assert_eq!(refused(&init(&first, &["--sha256", "abc"]), 2), {
        "tuffet: error: expected a SHA-256 as 64 characters of hex, found `abc`\n"
    });
    assert_eq!(files(&folder), Vec::<String>::new());
    stdout(&init(&first, &["--sha256", &digest.to_string(), "--words", &words]));
    stdout(&init(&second, &["--from-root", &first, "--url", &url]));
}

#[test]
fn offline_verifies_the_cache_again() {
    let folder = TempDir::new().unwrap();
    let (url, root) = (golden(""), golden("1.root.json"));
    stdout(&tuffet(&folder, &["client", "init", "--cache", "cache", "--root", &root]));
    let refresh = ["client", "refresh", "--cache", "cache"];
    let nothing = refused(&tuffet(&folder, &[&refresh[..], &["--offline"]].concat()), 1);
    assert!(nothing.contains("cannot fetch timestamp: the cache cache: expected `timestamp.json`"), "{nothing}");
    let online = stdout(&tuffet(&folder, &[&refresh[..], &["--url", &url]].concat()));
    assert_eq!(stdout(&tuffet(&folder, &[&refresh[..], &["--offline"]].concat())), online);
    refused(&tuffet(&folder, &refresh), 2);
}

#[test]
fn client_watch_prints_a_line_a_change_and_once_is_refused_when_it_fails() {
    let folder = TempDir::new().unwrap();
    let (url, root) = (golden(""), golden("1.root.json"));
    let watch = ["client", "watch", &url, "--root", &root, "--cache", "cache"];
    let said = stdout(&tuffet(&folder, &[&watch[..], &["--rounds", "3", "--every", "0"]].concat()));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("trusted: targets v2, ") && said.ends_with(" until 2027-03-08T10:00:00Z\n"), "{said}");
    let said = stdout(&tuffet(&folder, &[&["--json"], &watch[..], &["--once"]].concat()));
    let line: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((line["schema"].as_str(), line["change"].as_str()), (Some("tuffet-watch-v1"), Some("trusted")));
    let text = refused(&tuffet(&folder, &[&watch[..], &["--once", "--target", "none"]].concat()), 1);
    assert!(text.starts_with("tuffet: error: target `none`: not listed by targets v2"), "{text}");
}

#[test]
fn a_proxys_password_shows_nowhere_and_is_no_argument() {
    let folder = TempDir::new().unwrap();
    let root = golden("1.root.json");
    let watch = ["client", "watch", "http://127.0.0.1:1/", "--root", &root, "--cache", "c", "--once", "--retries", "0"];
    let with = |how: &str, value: &str, code: i32| {
        let output = tuffet(&folder, &[&watch[..], &[how, value]].concat());
        let shown = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!shown.contains("s3cret"), "{shown}");
        assert_eq!(output.status.code(), Some(code), "{shown}");
        shown
    };
    with("--proxy", "socks5://me:s3cret@127.0.0.1:1", 2);
    assert_eq!(
        with("--proxy", "http://me:s3cret@127.0.0.1:1", 2),
        "tuffet: error: --proxy: expected no user name or password in an argument, found one\n\
         tuffet: hint: write the URL into a file, and give --proxy-file\n"
    );
    let file = folder.path().join("proxy");
    fs::write(&file, "http://me:s3cret@127.0.0.1:1\n").unwrap();
    with("--proxy-file", file.to_str().unwrap(), 1);
    fs::write(&file, "me:s3cret").unwrap();
    with("--proxy-file", file.to_str().unwrap(), 2);
}
