//! What `tuffet watch` sees, and its exit code.

use crate::real::{Said, tuffet};
use crate::server::Server;
use crate::{AT, copy, golden, text};
use std::fs;
use std::path::Path;

/// One look at these URLs, with this memory; the first is the repository, the others are mirrors.
pub(crate) fn look(dir: &Path, at: &str, urls: &[&str], more: &[&str]) -> Said {
    let (root, memory) = (text(&golden().join("1.root.json")), text(&dir.join("memory.json")));
    let mut words = vec!["--at", at, "watch", urls[0], "--root", &root, "--memory", &memory, "--retries", "0"];
    for url in &urls[1..] {
        words.extend(["--mirror", url]);
    }
    words.extend(more);
    tuffet(&words)
}

fn ids(said: &Said) -> Vec<String> {
    let report = said.json();
    let all = report["alarms"].as_array().unwrap();
    let id = |alarm: &serde_json::Value| {
        format!("{} {}", alarm["severity"].as_str().unwrap(), alarm["id"].as_str().unwrap())
    };
    all.iter().map(id).collect()
}

#[test]
fn a_repository_that_is_well_is_fine_and_shown_in_80_columns() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::over(&golden());
    let url = server.url();
    let said = look(dir.path(), AT, &[&url, &url], &[]).done();
    assert!(
        said.stdout.starts_with(&format!(
            "watch    {url}\nmirror   {url}\nat       {AT}\nstate    fine: 0 critical, 0 warnings, 0 notes\n"
        )),
        "{}",
        said.stdout
    );
    for line in said.stdout.lines() {
        assert!(line.chars().count() <= 80, "wider than a terminal: {line}");
    }
    let said = look(dir.path(), AT, &[&url], &["--json"]).done();
    let report = said.json();
    assert_eq!((report["schema"].as_str(), report["state"].as_str()), (Some("tuffet-outside-v1"), Some("fine")));
    assert_eq!(
        report["urls"][0]["versions"],
        serde_json::json!({"root": 2, "timestamp": 2, "snapshot": 2, "targets": 2})
    );
    assert_eq!(report["urls"][0]["absent"]["status"], 404);
    assert_eq!(report["roles"].as_array().unwrap().len(), 4);
    // A folder is looked at as well; it has no server that could answer wrongly.
    assert_eq!(ids(&look(dir.path(), AT, &[&text(&golden())], &["--json"]).done()), [""; 0]);
}

#[test]
fn w3_the_exit_code_follows_the_worst_and_what_it_is_asked_to_fail_on() {
    let dir = tempfile::tempdir().unwrap();
    let url = text(&golden());
    for (more, code) in [
        (&[][..], 0),
        (&["--warn", "365"], 0),
        (&["--warn", "365", "--fail-on", "warn"], 1),
        (&["--critical", "365"], 1),
        (&["--critical", "365", "--fail-on", "never"], 0),
    ] {
        let said = look(dir.path(), AT, &[&url], more);
        assert_eq!((said.code, said.stderr.as_str()), (code, ""), "{more:?}: {}", said.stdout);
        assert_eq!(said.stdout.contains(" W3 expires"), !more.is_empty(), "{}", said.stdout);
    }
    let said = look(dir.path(), "2029-01-01T00:00:00Z", &[&url], &[]);
    assert_eq!(said.code, 1);
    assert!(said.stdout.contains("to be in force, found it expired"), "{}", said.stdout);
}

#[test]
fn w12_w13_how_a_server_answers_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::over(&golden());
    let url = server.url();
    let with = |change: &dyn Fn(&mut crate::server::Ways)| {
        change(&mut server.ways());
        ids(&look(dir.path(), AT, &[&url], &["--json"]))
    };
    assert_eq!(with(&|ways| ways.absent = 403), ["warning W12"]);
    // A page with status 200 is taken for the next root, by clients too.
    assert!(with(&|ways| ways.absent = 200).contains(&"critical W12".to_owned()));
    let headers =
        |age: &str, lifetime: &str| vec![("Age", age.to_owned()), ("Cache-Control", format!("max-age={lifetime}"))];
    let timestamp = |ways: &mut crate::server::Ways, headers| {
        ways.absent = 404;
        ways.headers.insert("timestamp.json".into(), headers);
    };
    assert_eq!(with(&|ways| timestamp(ways, headers("0", "90000"))), ["warning W13"]);
    assert_eq!(with(&|ways| timestamp(ways, headers("61", "60"))), ["warning W13"]);
    assert_eq!(with(&|ways| timestamp(ways, Vec::new())), ["note W13"]);
    assert_eq!(with(&|ways| timestamp(ways, headers("5", "60"))), [""; 0]);
    let absent = vec![("Cache-Control", "max-age=86400".to_owned())];
    assert_eq!(with(&|ways| drop(ways.headers.insert("3.root.json".into(), absent.clone()))), ["warning W14"]);
}

#[test]
fn w5_w6_w7_w10_a_repository_that_is_tampered_with_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().join("here");
    copy(&here);
    let (url, mirror) = (text(&here), text(&golden()));
    let seen = |urls: &[&str]| ids(&look(dir.path(), AT, urls, &["--json", "--fail-on", "never"]));
    assert_eq!(seen(&[&url, &mirror]), [""; 0]);
    // The same content in other bytes: at once beside the mirror, and beside yesterday.
    let root = fs::read_to_string(here.join("2.root.json")).unwrap();
    fs::write(here.join("2.root.json"), format!("{root}\n")).unwrap();
    assert_eq!(seen(&[&url, &mirror]), ["warning W5", "warning W6"]);
    assert_eq!(seen(&[&url]), ["warning W6"]);
    copy(&here);
    // The first publication again.
    fs::remove_file(here.join("2.root.json")).unwrap();
    let said = look(dir.path(), AT, &[&url, &mirror], &["--json"]);
    assert_eq!(said.code, 1);
    assert!(
        ids(&said).contains(&"critical W7".to_owned()) && ids(&said).contains(&"note W4".to_owned()),
        "{}",
        said.stdout
    );
    copy(&here);
    let target = fs::read_dir(here.join("targets")).unwrap().next().unwrap().unwrap().path();
    fs::write(&target, "short").unwrap();
    assert_eq!(seen(&[&url]), ["critical W11"]);
    fs::remove_file(&target).unwrap();
    assert_eq!(seen(&[&url]), ["critical W10"]);
    assert_eq!(ids(&look(dir.path(), AT, &[&url], &["--json", "--no-targets"])), [""; 0]);
    let server = Server::over(&golden());
    let name = format!("targets/{}", target.file_name().unwrap().to_str().unwrap());
    server.ways().statuses.insert(name, 500);
    assert_eq!(seen(&[&server.url()]), ["critical W10"]);
}

#[test]
fn w1_a_server_that_is_gone_is_one_alarm_and_of_a_mirror_a_warning() {
    let dir = tempfile::tempdir().unwrap();
    let gone = Server::over(&golden()).url();
    let said = look(dir.path(), AT, &[&text(&golden()), &gone], &["--json"]);
    assert_eq!((said.code, ids(&said)), (0, vec!["warning W1".to_owned()]));
    let said = look(dir.path(), AT, &[&gone], &["--json"]);
    assert_eq!((said.code, ids(&said)), (1, vec!["critical W1".to_owned()]));
    let server = Server::over(&golden());
    server.ways().statuses.insert("timestamp.json".into(), 503);
    assert_eq!(ids(&look(dir.path(), AT, &[&server.url()], &["--json"])), ["critical W1"]);
}

#[test]
fn a_memory_that_is_damaged_or_anothers_stops_the_watch_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (url, memory) = (text(&golden()), dir.path().join("memory.json"));
    fs::write(&memory, "{}").unwrap();
    let hint = "tuffet: hint: give the memory of this repository, or a new file to start another\n";
    let members = "expected a memory with the members schema, pinned_root_sha256, files, urls, told, found another";
    let refusal = format!("tuffet: error: {}: {members}\n{hint}", memory.display());
    look(dir.path(), AT, &[&url], &[]).refused(1, &refusal);
    assert_eq!(fs::read(&memory).unwrap(), b"{}");
    fs::remove_file(&memory).unwrap();
    look(dir.path(), AT, &[&url], &[]).done();
    let other = text(&golden().join("2.root.json"));
    let said = tuffet(&["--at", AT, "watch", &url, "--root", &other, "--memory", &text(&memory)]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains(": expected the memory of the pinned root "), "{}", said.stderr);
}

#[test]
fn a_watch_that_goes_on_prints_what_is_new_and_ends_with_the_last_look() {
    let dir = tempfile::tempdir().unwrap();
    let url = text(&golden());
    let said = look(dir.path(), AT, &[&url], &["--every", "0", "--rounds", "3", "--json"]).done();
    assert_eq!(said.stdout.lines().count(), 3, "{}", said.stdout);
    let said = look(dir.path(), AT, &[&url], &["--every", "0", "--rounds", "3", "--critical", "365"]);
    assert_eq!((said.code, said.stdout.matches("state    ").count()), (1, 1), "{}", said.stdout);
    let said = look(dir.path(), AT, &[&url], &["--once", "--every", "1"]);
    assert_eq!(said.code, 2);
}

#[test]
fn w3_the_real_repository_is_looked_at_whole() {
    let Some(data) = crate::real::data("tuffet watch on production") else { return };
    let dir = tempfile::tempdir().unwrap();
    let folder = text(&data.join("prod/metadata"));
    let (root, memory) = (text(&data.join("prod/metadata/1.root.json")), text(&dir.path().join("memory.json")));
    let words = ["--at", "2026-08-22T00:00:00Z", "--json", "watch", &folder, "--root", &root, "--memory", &memory];
    let said = tuffet(&words);
    let report = said.json();
    let alarms = report["alarms"].as_array().unwrap();
    assert!(alarms.iter().all(|alarm| alarm["id"] == "W3"), "{alarms:#?}");
    let roles: Vec<&str> =
        report["roles"].as_array().unwrap().iter().map(|role| role["role"].as_str().unwrap()).collect();
    assert_eq!(roles.len(), 5, "{roles:?}");
    assert!(report["roles"].as_array().unwrap().iter().all(|role| role["threshold"].as_u64() > Some(0)));
}
