//! `tuffet mirror`, from real servers and of the real repository.

use crate::real::{data, tuffet};
use crate::serve::Served;
use crate::server::Server;
use crate::tree::tree;
use crate::{AT, copy, golden, text};
use std::fs;
use std::path::Path;

fn mirror(url: &str, dir: &Path, more: &[&str]) -> crate::real::Said {
    let root = text(&golden().join("1.root.json"));
    tuffet(&[&["--at", AT, "mirror", url, &text(dir), "--root", &root, "--retries", "0"], more].concat())
}

#[test]
fn r10_a_repository_is_copied_from_a_server_and_clients_read_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    let (served, to) = (Served::start(&golden()), dir.path().join("copy"));
    let said = mirror(&served.url, &to, &[]).done();
    let text_of =
        said.stdout.lines().map(|line| line.split_once("bytes").map_or(line, |(start, _)| start)).collect::<Vec<_>>();
    assert_eq!(text_of[1..3], ["roots    1 to 2", "versions timestamp 2, snapshot 2, targets 2"], "{}", said.stdout);
    let whole = tree(&to);
    // Neither what nobody lists any more nor the page, which is the original's word about itself.
    let left_out = ["1.snapshot.json", "1.targets.json", "index.html", "status.json"];
    let minimal: Vec<String> = tree(&golden()).into_keys().filter(|name| !left_out.contains(&name.as_str())).collect();
    assert_eq!(whole.keys().cloned().collect::<Vec<_>>(), minimal);
    let again = mirror(&served.url, &to, &["--json"]).done().json();
    assert_eq!((again["schema"].as_str(), again["written"].as_array().unwrap().len()), (Some("tuffet-mirror-v1"), 0));
    assert_eq!(tree(&to), whole);
    let (cache, out) = (text(&dir.path().join("cache")), text(&dir.path().join("out")));
    let root = text(&golden().join("1.root.json"));
    tuffet(&["--at", AT, "client", "init", "--cache", &cache, "--root", &root]).done();
    let words =
        ["--at", AT, "client", "download", "--cache", &cache, "--url", &text(&to), "--out", &out, "trusted_root.json"];
    tuffet(&words).done();
    // From a folder too: a drive that was carried.
    mirror(&text(&to), &dir.path().join("second"), &[]).done();
    assert_eq!(tree(&dir.path().join("second")), whole);
}

#[test]
fn x6_faults_of_the_server_leave_the_copy_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::over(&golden());
    let to = dir.path().join("copy");
    let target = tree(&golden()).into_keys().find(|name| name.starts_with("targets/")).unwrap();
    for (name, status, start) in [
        ("2.root.json", 503, "original: cannot fetch root: "),
        ("2.snapshot.json", 403, "original: cannot fetch snapshot: "),
        ("timestamp.json", 200, "original: "),
        (&target, 404, "original: cannot fetch target `trusted_root.json`: "),
        (&target, 200, "original: "),
    ] {
        server.ways().statuses.insert(name.to_owned(), status);
        let said = mirror(&server.url(), &to, &[]);
        assert!(
            said.code == 1 && said.stderr.starts_with(&format!("tuffet: error: {start}")),
            "{name} {status}: {}",
            said.stderr
        );
        assert!(said.stderr.contains("\ntuffet: hint: "), "{}", said.stderr);
        assert!(!to.exists(), "{name} {status}: nothing was written");
        server.ways().statuses.clear();
    }
    mirror(&server.url(), &to, &[]).done();
}

#[test]
fn a_copy_is_checked_without_a_network_and_pruned_when_asked() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("copy");
    copy(&to);
    let check = |more: &[&str]| tuffet(&[&["--at", AT, "mirror", "--check", &text(&to)], more].concat());
    let said = check(&[]).done();
    let note = "note     starts from the copy's own 1.root.json, which nobody pinned\n";
    let rest = format!(
        "at       {AT}\n{note}roots    1 to 2\nversions timestamp 2, snapshot 2, targets 2\nfiles    6\n\
         surplus  1.snapshot.json\nsurplus  1.targets.json\nstate    whole\n"
    );
    assert!(said.stdout.ends_with(&rest), "{}", said.stdout);
    let report = mirror(&text(&golden()), &to, &["--prune", "--json"]).done().json();
    assert_eq!(report["removed"], serde_json::json!(["1.snapshot.json", "1.targets.json"]));
    let root = text(&golden().join("1.root.json"));
    let report = check(&["--json", "--root", &root]).done().json();
    assert_eq!((report["whole"].as_bool(), report["superfluous"].as_array().unwrap().len()), (Some(true), 0));
    let target = tree(&to).into_keys().find(|name| name.starts_with("targets/")).unwrap();
    fs::write(to.join(&target), "changed").unwrap();
    let said = check(&[]);
    assert_eq!((said.code, said.stdout.ends_with("state    not whole\n")), (1, true), "{}", said.stdout);
    let said = mirror(&text(&golden()), &to, &[]);
    let error = format!(
        "tuffet: error: copy: {target}: expected target `trusted_root.json` as listed, found another file (C59)\n"
    );
    said.refused(
        1,
        &(error + "tuffet: hint: find out what changed it; then move it away and run the same command again\n"),
    );
}

#[test]
fn c38_an_older_original_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let (to, old) = (dir.path().join("copy"), dir.path().join("old"));
    mirror(&text(&golden()), &to, &[]).done();
    copy(&old);
    fs::remove_file(old.join("2.root.json")).unwrap();
    let before = tree(&to);
    let error = "tuffet: error: original: expected root v2, which the copy has, found v1 as its newest (C38)\n";
    let hint = "tuffet: hint: an old copy of the repository, or an attack: try another source, and tell the repository's owner\n";
    let said = mirror(&text(&old), &to, &[]);
    if said.stderr.contains("expected root v2") {
        said.refused(1, &format!("{error}{hint}"));
    } else {
        assert!(said.code == 1 && said.stderr.starts_with("tuffet: error: original: "), "{}", said.stderr);
    }
    assert_eq!(tree(&to), before);
}

#[test]
fn the_real_repository_is_copied_from_root_1_and_read_by_clients_that_pin_it() {
    let Some(data) = data("tuffet mirror of production") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (from, targets, to) = (data.join("prod/metadata"), data.join("prod/targets"), dir.path().join("copy"));
    let (root, at) = (text(&from.join("15.root.json")), "2026-08-22T00:00:00Z");
    let words =
        ["--at", at, "--json", "mirror", &text(&from), &text(&to), "--root", &root, "--targets", &text(&targets)];
    let report = tuffet(&words).done().json();
    assert_eq!(report["first_root"], 1);
    let first = text(&from.join("1.root.json"));
    let report = tuffet(&["--at", at, "--json", "mirror", "--check", &text(&to), "--root", &first]).done().json();
    assert_eq!((report["whole"].as_bool(), report["superfluous"].as_array().unwrap().len()), (Some(true), 0));
    let cache = text(&dir.path().join("cache"));
    let refresh = ["--at", at, "trust-root", "fetch", "--cache", &cache, "--root", &first, "--url", &text(&to)];
    tuffet(&refresh).done();
}
