//! `tuffet check`: the real production chain and every epoch of it, with the exact list of findings; the program's ways of
//! telling; crates/cli/docs/check.md, executed.

#[path = "check/page.rs"]
mod page;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/real.rs"]
mod real;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/workspace.rs"]
mod workspace;

use real::tuffet;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use tuffet_builder::{KnownInstance, Lint, Material};

/// When the project's own repository was fresh.
const OWN: &str = "2026-12-02T00:00:00Z";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// `severity lint place`, one a line. The delegation's name is a company's host: it is read, not written here.
fn listed(report: &Value) -> String {
    let mut lines = String::new();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    for finding in report["findings"].as_array().unwrap() {
        let place = text(finding, "place");
        let version = place.split('.').next().filter(|v| v.bytes().all(|b| b.is_ascii_digit())).unwrap_or_default();
        let known = ["root.json", "snapshot.json", "targets.json"].iter().any(|name| place.ends_with(name));
        let place = if version.is_empty() || known { place.clone() } else { format!("{version}.DELEGATED.json") };
        writeln!(lines, "{} {} {place}", text(finding, "severity"), text(finding, "lint")).unwrap();
    }
    lines
}

/// Compares with the list that was reviewed; `TUFFET_BLESS=1` writes it.
fn reviewed(name: &str, found: &str) {
    let path = root().join(format!("tests/data/check/{name}.txt"));
    if std::env::var_os("TUFFET_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{}", path.display());
}

fn message(report: &Value, lint: &str, place: &str) -> String {
    let all = report["findings"].as_array().unwrap();
    let found = all.iter().find(|finding| finding["lint"] == lint && finding["place"] == place);
    found.unwrap_or_else(|| panic!("{lint} {place}: {all:#?}"))["message"].as_str().unwrap().to_owned()
}

#[test]
fn the_real_production_chain_gives_the_reviewed_list() {
    let Some(data) = real::data("tuffet check on the production chain") else { return };
    let folder = data.join("prod/metadata");
    let (folder, pin) = (folder.to_str().unwrap().to_owned(), folder.join("1.root.json"));
    let words = ["check", &folder, "--root", pin.to_str().unwrap(), "--at", "2026-08-22T00:00:00Z", "--clients"];
    let said = tuffet(&[words.as_slice(), &["--json"]].concat());
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    let report = said.json();
    assert_eq!(report["schema"], "tuffet-check-v1");
    assert_eq!(report["errors"], 0);
    reviewed("production", &listed(&report));
    let told = message(&report, "L1", "11.root.json");
    assert_eq!(told, "expected keyid 0c87432c, the hash of its key, found 7247f0db");
    let told = message(&report, "L5", "11.root.json");
    assert_eq!(told, "expected key 7247f0db as it was, found another x-tuf-on-ci-online-uri");
    let told = message(&report, "L27", "12.root.json");
    assert_eq!(told, "expected signatures, found a placeholder for 2 keyids: 22f4caec, 6f260089");
    let told = message(&report, "L24", "165.snapshot.json");
    assert_eq!(told, "expected files of roles, found 4 others: rekor.json, revocation.json, root.json, staging.json");
    // The effective freshness: ten years of targets are 90 days where the online key is stolen, and 6 where none is.
    let fresh = &report["freshness"][3];
    assert_eq!((&fresh["role"], &fresh["without_keys"]["days"]), (&"targets".into(), &6.into()));
    assert_eq!(
        (&fresh["with_timestamp_keys"]["role"], &fresh["with_timestamp_keys"]["days"]),
        (&"root".into(), &90.into())
    );
    // The replay under each row: from which roots on, and what they meet.
    let mut clients = String::new();
    for row in report["clients"].as_array().unwrap() {
        let pins: Vec<u64> = row["pins"].as_array().unwrap().iter().map(|pin| pin.as_u64().unwrap()).collect();
        let (first, last) = (pins.first().unwrap(), pins.last().unwrap());
        let name = row["client"].as_str().unwrap();
        writeln!(clients, "{name} {} {first}-{last} {}", row["versions"].as_str().unwrap(), row["reference"]).unwrap();
    }
    reviewed("production-clients", &clients);
    // For people: no line wider than a terminal, and the same counts.
    let said = tuffet(&words);
    for line in said.stdout.lines().filter(|line| !line.contains(&folder)) {
        assert!(line.chars().count() <= 80, "wider than a terminal: {line}");
    }
    assert!(
        said.stdout.contains("\n11.root.json\n  warning  L1 keyid-not-hash: expected keyid 0c87432c,"),
        "{}",
        said.stdout
    );
    assert_eq!(tuffet(&[words.as_slice(), &["--deny", "warning"]].concat()).code, 1);
}

const EPOCHS: [(&str, &str); 12] = [
    ("1/first", "2021-06-18T23:59:59Z"),
    ("1/last", "2021-10-25T21:49:48Z"),
    ("3/first", "2022-05-11T02:25:33Z"),
    ("3/last", "2022-07-08T14:51:49Z"),
    ("5/first", "2022-10-24T18:44:56Z"),
    ("5/last", "2023-03-01T00:20:19Z"),
    ("9/first", "2024-03-19T17:30:19Z"),
    ("9/last", "2024-08-30T16:10:56Z"),
    ("11/first", "2025-02-03T08:39:43Z"),
    ("11/last", "2025-02-05T13:25:40Z"),
    ("15/first", "2026-05-18T08:09:17Z"),
    ("15/last", "2026-08-21T19:25:56Z"),
];

#[test]
fn every_real_epoch_gives_the_reviewed_list() {
    let Some(data) = real::data("tuffet check on every epoch") else { return };
    for (epoch, at) in EPOCHS {
        let folder = data.join("epochs").join(epoch).join("metadata");
        let said = tuffet(&["check", folder.to_str().unwrap(), "--at", at, "--json"]);
        let report = said.json();
        assert_eq!(said.code, i32::from(report["errors"] != 0), "{epoch}");
        reviewed(&format!("epoch-{}", epoch.replace('/', "-")), &listed(&report));
    }
}

#[test]
fn l18_l19_l20_l21_l52_the_real_history_is_told() {
    let Some(data) = real::data("tuffet check on the history") else { return };
    let at = |epoch: &str, time: &str| format!("{}/epochs/{epoch}/metadata@{time}", data.display());
    let mut words = vec!["check".to_owned(), data.join("prod/metadata").display().to_string()];
    words.extend(["--at", "2026-08-22T00:00:00Z", "--json"].map(str::to_owned));
    for (epoch, time) in EPOCHS {
        words.extend(["--before".to_owned(), at(epoch, time)]);
    }
    // Every partly signed file of the ceremonies: none of them became a second valid version.
    let mut folders: Vec<PathBuf> = fs::read_dir(data.join("ceremonies")).unwrap().map(|e| e.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    for folder in folders {
        let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        words.extend(files.iter().flat_map(|file| ["--with".to_owned(), file.display().to_string()]));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let report = tuffet(&words).json();
    let history = ["L18", "L19", "L20", "L21", "L23", "L52"];
    let found: Vec<String> = listed(&report)
        .lines()
        .filter(|line| history.contains(&line.split(' ').nth(1).unwrap()))
        .map(str::to_owned)
        .collect();
    let expected = [
        "warning L20 3.root.json",
        "warning L52 3.root.json",
        "warning L20 9.root.json",
        "warning L52 9.root.json",
        "warning L20 targets.json",
    ];
    assert_eq!(found, expected);
    let told = message(&report, "L52", "9.root.json");
    assert_eq!(
        told,
        "expected it 14 days before 8.root.json expires, found it first seen 6.4 days before: 2024-03-19T17:30:19Z"
    );
}

/// A copy of the project's own repository.
fn own() -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).map(|_| ()).unwrap();
            }
        }
    }
    let scratch = tempfile::tempdir().unwrap();
    copy(&root().join("repository"), &scratch.path().join("repository"));
    scratch
}

#[test]
fn the_projects_own_repository_gives_the_reviewed_list() {
    let scratch = own();
    let folder = scratch.path().join("repository");
    let said = tuffet(&["check", folder.to_str().unwrap(), "--at", OWN, "--json"]).done();
    reviewed("own", &listed(&said.json()));
    assert_eq!(said.json()["notes"][0], "starts from 1.root.json of the repository itself, which nobody pinned");
}

#[test]
fn every_finding_is_told_at_once_where_a_client_stops() {
    let scratch = own();
    let folder = scratch.path().join("repository");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    write("2.targets.json", b"{}");
    write("2.root.json", &[fs::read(folder.join("2.root.json")).unwrap(), b"\n".to_vec()].concat());
    let target = fs::read_dir(folder.join("targets")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(target).unwrap();
    let said = tuffet(&["check", folder.to_str().unwrap(), "--at", OWN, "--json"]);
    assert_eq!(said.code, 1);
    let found = listed(&said.json());
    for line in ["note L39 2.root.json", "error L30 2.targets.json", &format!("error L67 {}", folder.display())] {
        assert!(found.contains(line), "{line}:\n{found}");
    }
    // Late, everything has expired, and each role is told, not the first alone.
    let late = own();
    let folder = late.path().join("repository");
    let said = tuffet(&["check", folder.to_str().unwrap(), "--at", "2036-01-01T00:00:00Z", "--json"]);
    assert_eq!((said.code, listed(&said.json()).matches("error L49").count()), (1, 4));
}

/// Serves a folder until the test ends: the address of it.
fn serve(folder: PathBuf) -> String {
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let address = format!("http://{}", server.server_addr());
    std::thread::spawn(move || {
        for request in server.incoming_requests() {
            let path = folder.join(request.url().trim_start_matches('/'));
            let response = match fs::read(path) {
                Ok(bytes) => tiny_http::Response::from_data(bytes),
                Err(_) => tiny_http::Response::from_data(Vec::new()).with_status_code(404),
            };
            let _ = request.respond(response);
        }
    });
    address
}

#[test]
fn a_url_is_checked_as_a_directory_is() {
    let scratch = own();
    let folder = scratch.path().join("repository");
    let url = serve(folder.clone());
    let pin = folder.join("1.root.json");
    let at = |place: &str| tuffet(&["check", place, "--root", pin.to_str().unwrap(), "--at", OWN, "--json"]).json();
    let (mut by_url, mut by_folder) = (at(&url), at(folder.to_str().unwrap()));
    assert_eq!(by_url["notes"], Value::Array(Vec::new()), "targets were looked at, and a root was pinned");
    for report in [&mut by_url, &mut by_folder] {
        report["subject"] = Value::Null;
    }
    assert_eq!(by_url, by_folder);
    // A target that is not served is missed by URL too.
    let target = fs::read_dir(folder.join("targets")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(target).unwrap();
    assert!(listed(&at(&url)).contains("error L35 2.targets.json"));
}

#[test]
fn l63_material_of_another_repository_is_recognised() {
    let scratch = own();
    let folder = scratch.path().join("repository");
    let folder = folder.to_str().unwrap();
    let said = tuffet(&["check", folder, "--at", OWN, "--foreign", folder, "--json"]);
    assert_eq!((said.code, listed(&said.json()).as_str()), (1, "error L63 targets/trusted_root.json\n"));
    let none = tempfile::tempdir().unwrap();
    let none = none.path().to_str().unwrap();
    tuffet(&["check", folder, "--at", OWN, "--foreign", none]).refused(
        1,
        &format!(
            "tuffet: error: {none}: expected a repository with a trusted_root.json, found none\n\
             tuffet: hint: name a trusted_root.json, or a repository's directory or URL\n"
        ),
    );
}

#[test]
fn a_ceremonys_draft_is_checked_with_its_waivers() {
    let scratch = workspace::drafted();
    let dir = scratch.path().join("w/ceremony/c");
    let dir = dir.to_str().unwrap();
    let words = ["check", "--ceremony", dir, "--clients"];
    let said = tuffet(&[words.as_slice(), &["--json"]].concat());
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    let report = said.json();
    let show = |finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}: {}", text("severity"), text("lint"), text("place"), text("waived"))
    };
    let found: Vec<String> = report["findings"].as_array().unwrap().iter().map(show).collect();
    assert_eq!(found, ["error - approvals: test", "warning L16 root: -", "warning L16 targets: -"]);
    assert_eq!((&report["errors"], &report["warnings"]), (&0.into(), &2.into()));
    // A first root locks out whoever cannot read its form at all.
    let clients = report["clients"].as_array().unwrap().iter().map(|row| row["client"].as_str().unwrap());
    assert_eq!(clients.collect::<Vec<_>>(), ["tough, and sigstore-rs", "cosign"]);
    let said = tuffet(&words);
    assert!(said.stdout.ends_with("\n0 errors, 2 warnings, 0 notes, 1 waived\n"), "{}", said.stdout);
    assert_eq!(tuffet(&[words.as_slice(), &["--deny", "warning"]].concat()).code, 1);
}

#[test]
fn sarif_has_its_public_shape() {
    let scratch = own();
    let folder = scratch.path().join("repository");
    let (folder, pin) = (folder.to_str().unwrap().to_owned(), folder.join("1.root.json"));
    let said = tuffet(&[
        "check",
        &folder,
        "--root",
        pin.to_str().unwrap(),
        "--at",
        "2028-01-01T00:00:00Z",
        "--format",
        "sarif",
    ]);
    assert_eq!(said.code, 1);
    let log = said.json();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-schema-2.1.0.json"));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!((run["tool"]["driver"]["name"].as_str(), rules.len()), (Some("tuffet"), Lint::all().len()));
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.is_empty() && uri.bytes().all(|b| b.is_ascii_graphic()), "{uri}");
    }
    tuffet(&["check", &folder, "--format", "sarif", "--json"])
        .refused_as_data("expected --format sarif or --json, found both");
}

trait RefusedAsData {
    fn refused_as_data(self, error: &str);
}

impl RefusedAsData for real::Said {
    fn refused_as_data(self, error: &str) {
        assert_eq!((self.code, self.json()["error"].as_str()), (2, Some(error)));
    }
}

#[test]
fn l63_the_known_instances_are_those_of_their_packages() {
    let roots = [
        sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT,
        sigstore_trust_root::SIGSTORE_STAGING_TRUSTED_ROOT,
        sigstore_trust_root::SIGSTORE_GITHUB_TRUSTED_ROOT,
    ];
    for (instance, text) in KnownInstance::all().iter().zip(roots) {
        let material = Material::of(text.as_bytes());
        let (logs, certificates) = material.ids();
        let all = |ids: &[&str], known: &[&str]| ids.iter().all(|id| known.contains(id)) && ids.len() == known.len();
        assert!(all(&logs, instance.logs), "{}: {logs:?}", instance.name);
        assert!(all(&certificates, instance.certificates), "{}: {certificates:?}", instance.name);
    }
    let Some(data) = real::data("the known production instance against the real trust root") else { return };
    let targets = fs::read_dir(data.join("prod/targets")).unwrap().map(|entry| entry.unwrap().path());
    let mut targets = targets.filter(|path| path.to_string_lossy().ends_with(".trusted_root.json"));
    let material = Material::of(&fs::read(targets.next().unwrap()).unwrap());
    let production = &KnownInstance::all()[0];
    assert!(material.ids().0.iter().all(|id| production.logs.contains(id)));
    assert!(material.ids().1.iter().all(|id| production.certificates.contains(id)));
}
