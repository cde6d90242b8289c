//! `tuffet trust-root check`, `diff`, `timeline` and `show`: on what Sigstore published, and on what is wrong with files like
//! it; crates/cli/docs/trust-root-check.md, executed.
#![allow(clippy::print_stdout, reason = "what was skipped")]

#[path = "trust_check/page.rs"]
mod page;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/real.rs"]
mod real;
#[path = "support/terminal.rs"]
mod terminal;

use real::{data, tuffet};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const AT: &str = "2026-08-22T00:00:00Z";
const PRODUCTION: &str = sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT;
const CONFIG: &str = r#"{
  "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
  "caUrls": [
    {"url": "https://fulcio.sigstore.dev", "majorApiVersion": 1,
     "validFor": {"start": "2022-04-13T20:06:15Z"}, "operator": "sigstore.dev"}
  ],
  "rekorTlogUrls": [
    {"url": "https://rekor.sigstore.dev", "majorApiVersion": 1,
     "validFor": {"start": "2021-01-12T11:53:27Z"}, "operator": "sigstore.dev"}
  ],
  "tsaUrls": [
    {"url": "https://timestamp.sigstore.dev/api/v1/timestamp", "majorApiVersion": 1,
     "validFor": {"start": "2025-07-04T00:00:00Z"}, "operator": "sigstore.dev"}
  ],
  "rekorTlogConfig": {"selector": "ANY"},
  "tsaConfig": {"selector": "ANY"}
}
"#;

/// A folder with the production root, what it was before its newest log, and a signing config.
fn folder() -> (TempDir, impl Fn(&str) -> String) {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().to_owned();
    let place = move |name: &str| at.join(name).to_str().unwrap().to_owned();
    fs::write(place("trusted_root.json"), PRODUCTION).unwrap();
    fs::write(place("previous.json"), without_newest_log()).unwrap();
    fs::write(place("signing_config.v0.2.json"), CONFIG).unwrap();
    (dir, place)
}

fn without_newest_log() -> String {
    let mut root: serde_json::Value = serde_json::from_str(PRODUCTION).unwrap();
    root["tlogs"].as_array_mut().unwrap().truncate(1);
    serde_json::to_string_pretty(&root).unwrap()
}

#[test]
fn check_tells_every_finding_and_refuses_for_an_error() {
    let (_dir, at) = folder();
    let root = at("trusted_root.json");
    let clean = format!("{root} at {AT}\n0 errors, 0 warnings, 0 notes\n");
    let said = tuffet(&["--at", AT, "trust-root", "check", &root]).done().stdout;
    assert_eq!(said.split_whitespace().collect::<Vec<_>>(), clean.split_whitespace().collect::<Vec<_>>());
    let wrong = at("wrong.json");
    fs::write(&wrong, PRODUCTION.replace("https://rekor.sigstore.dev", "rekor.sigstore.dev")).unwrap();
    let config = at("signing_config.v0.2.json");
    let said = tuffet(&["--at", AT, "trust-root", "check", &wrong, "--signing-config", &config]);
    assert_eq!((said.code, said.stderr.as_str()), (1, ""));
    let lines: Vec<&str> = said.stdout.lines().collect();
    let end = [
        "error TR5 tlogs[0].baseUrl: expected a base URL such as",
        "  https://log.example.org/path, found \"rekor.sigstore.dev\"",
        "1 error, 0 warnings, 0 notes",
    ];
    assert_eq!(lines[lines.len() - 3..], end, "{}", said.stdout);
    assert!(said.stdout.lines().all(|line| line.chars().count() <= 80), "{}", said.stdout);
}

#[test]
fn check_as_data_has_a_schema_and_every_finding() {
    let (_dir, at) = folder();
    let (root, config) = (at("trusted_root.json"), at("signing_config.v0.2.json"));
    fs::write(&config, CONFIG.replace("https://rekor.sigstore.dev", "https://rekor.example.org")).unwrap();
    let words =
        ["--json", "--at", AT, "trust-root", "check", &root, "--signing-config", &config, "--instance", "production"];
    let said = tuffet(&words);
    assert_eq!(said.code, 1);
    let data = said.json();
    assert_eq!(data["schema"], "tuffet-trust-root-check-v1");
    assert_eq!(
        (&data["errors"], &data["warnings"], &data["clients"]),
        (&1.into(), &0.into(), &serde_json::Value::Null)
    );
    assert_eq!(
        data["findings"],
        serde_json::json!([{
            "rule": "TR7", "severity": "error", "place": "signing config rekorTlogUrls[0]",
            "text": "expected a transparency log at \"https://rekor.example.org\" in the trusted root, found none",
        }])
    );
    let with = tuffet(&[&words[..], &["--clients"]].concat()).json();
    let ruby = &with["clients"][1];
    assert_eq!(ruby["client"], "sigstore-ruby");
    assert_eq!(ruby["reference"], "https://github.com/sigstore/sigstore-ruby/issues/263");
}

#[test]
fn check_refuses_what_is_not_there() {
    let (_dir, at) = folder();
    let root = at("trusted_root.json");
    let none = at("none.json");
    let error = format!("tuffet: error: {none}: expected a file, found none\n");
    tuffet(&["trust-root", "check", &none]).refused(1, &error);
    tuffet(&["trust-root", "check", &root, "--previous", &none]).refused(1, &error);
    fs::create_dir(at("empty")).unwrap();
    let empty = at("empty");
    let error = format!("tuffet: error: {empty}: expected files *.pem or *.pub, found none\n");
    tuffet(&["trust-root", "check", &root, "--legacy", &empty]).refused(2, &error);
    assert_eq!(tuffet(&["trust-root", "check", &root, "--targets", &root]).code, 2, "--targets goes with --legacy");
}

#[test]
fn tr9_staging_in_production_is_refused_by_check() {
    let (_dir, at) = folder();
    let staging = at("staging.json");
    fs::write(&staging, sigstore_trust_root::SIGSTORE_STAGING_TRUSTED_ROOT).unwrap();
    let said = tuffet(&["--at", AT, "trust-root", "check", &staging, "--instance", "production"]);
    assert_eq!(said.code, 1);
    assert!(
        said.stdout.contains("error TR9 trusted root: expected entries of production alone, found of"),
        "{}",
        said.stdout
    );
    assert_eq!(tuffet(&["--at", AT, "trust-root", "check", &staging, "--instance", "staging"]).code, 0);
}

#[test]
fn diff_is_that_of_trust_roots_and_signing_configs_alone() {
    let (_dir, at) = folder();
    let (old, new, config) = (at("previous.json"), at("trusted_root.json"), at("signing_config.v0.2.json"));
    let said = tuffet(&["trust-root", "diff", &old, &new]).done().stdout;
    assert_eq!(said, tuffet(&["diff", &old, &new]).done().stdout);
    assert!(said.starts_with("- adds transparency log https://log2025-1.rekor.sigstore.dev, Ed25519"), "{said}");
    assert!(said.ends_with("- removes nothing\n"), "{said}");
    assert_eq!(tuffet(&["trust-root", "diff", &config, &config]).done().stdout, "no change\n");
    let pin = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../repository/1.root.json").display().to_string();
    let error = format!("tuffet: error: {pin}: expected a trust root or a signing config, found root\n");
    let hint = "tuffet: hint: tuffet diff compares the metadata\n";
    tuffet(&["trust-root", "diff", &pin, &pin]).refused(2, &(error + hint));
}

#[test]
fn timeline_writes_a_new_picture_and_nothing_over_an_old_one() {
    let (_dir, at) = folder();
    let (root, out) = (at("trusted_root.json"), at("pictures/timeline.svg"));
    let words = ["--at", AT, "trust-root", "timeline", &root, "--out", &out];
    assert_eq!(tuffet(&words).done().stdout, format!("{out} is written, as of {AT}\n"));
    let svg = fs::read_to_string(&out).unwrap();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1280 "), "{svg}");
    assert!(svg.contains("<title id=\"timeline-title\">trusted_root.json</title>"));
    assert!(svg.contains("now 2026-08-22"));
    let error = format!("tuffet: error: {out}: expected no such file, found one: it is never overwritten\n");
    let hint = "tuffet: hint: move it away, or name another file\n";
    tuffet(&words).refused(1, &(error + hint));
    assert_eq!(fs::read_to_string(&out).unwrap(), svg);
    let (bad, other) = (at("bad.json"), at("other.svg"));
    fs::write(&bad, "{}").unwrap();
    let error = format!("tuffet: error: {bad}: mediaType: expected a value, found no such field (TR6)\n");
    tuffet(&["trust-root", "timeline", &bad, "--out", &other]).refused(1, &error);
    assert!(!Path::new(&other).exists());
}

#[test]
fn show_goes_on_where_an_entry_of_tomorrow_stands() {
    let (_dir, at) = folder();
    let tomorrow = at("tomorrow.json");
    fs::write(&tomorrow, PRODUCTION.replace("PKIX_ED25519", "PKIX_TOMORROW")).unwrap();
    let said = tuffet(&["trust-root", "show", &tomorrow]).done().stdout;
    assert!(said.contains("\n6 entries\n"), "{said}");
    let end = "\nlog     set aside: this version cannot read it\n        \
               tlogs[1].publicKey.keyDetails: expected one of the PublicKeyDetails\n        \
               names, found \"PKIX_TOMORROW\" (TR6)\n";
    assert!(said.ends_with(end), "{said}");
    let data = tuffet(&["--json", "trust-root", "show", &tomorrow]).done().json();
    assert_eq!(data["set_aside"][0]["path"], "tlogs[1]");
    assert_eq!(data["entries"][1]["chain"][0]["algorithm"], "ECDSA P-384");
    // Nobody signs what he cannot read.
    let out = at("out.json");
    let close = ["--entry", "https://rekor.sigstore.dev", "--end", "2027-01-01T00:00:00Z", "--out", &out];
    let error = format!(
        "tuffet: error: {tomorrow}: tlogs[1].publicKey.keyDetails: expected one of the PublicKeyDetails names, \
         found \"PKIX_TOMORROW\" (TR6)\n"
    );
    tuffet(&[&["trust-root", "close", &tomorrow][..], &close].concat()).refused(1, &error);
    assert!(!Path::new(&out).exists());
}

/// The real files, whole: what is told of them is this, and no more.
#[test]
fn tr7_tr8_the_published_production_files_agree() {
    let Some(data) = data("what Sigstore's production root stands beside") else { return };
    let targets = data.join("prod/targets");
    let find = |end: &str| -> PathBuf {
        let mut found = fs::read_dir(&targets).unwrap().map(|entry| entry.unwrap().path());
        found.find(|path| path.file_name().unwrap().to_string_lossy()[65..] == *end).unwrap()
    };
    let text = |path: PathBuf| path.display().to_string();
    let (root, config) = (text(find("trusted_root.json")), text(find("signing_config_rekor_v2.v0.2.json")));
    let (folder, metadata) = (text(targets.clone()), text(data.join("prod/metadata/14.targets.json")));
    let words = [
        "--json",
        "--at",
        AT,
        "trust-root",
        "check",
        &root,
        "--signing-config",
        &config,
        "--legacy",
        &folder,
        "--targets",
        &metadata,
        "--instance",
        "production",
    ];
    let said = tuffet(&words).done().json();
    let told: Vec<String> = said["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            format!(
                "{} {} {}",
                f["severity"].as_str().unwrap(),
                f["rule"].as_str().unwrap(),
                f["place"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            // Closed in 2022, and still called active.
            "note TR8 ctfe.pub",
            // Clients that read legacy targets alone know neither.
            "note TR8 tlogs[1]",
            "note TR8 timestampAuthorities[0]",
        ]
    );
}

#[test]
fn the_picture_on_the_page_is_the_one_that_is_drawn() {
    let (_dir, at) = folder();
    let (root, out) = (at("trusted_root.json"), at("drawn.svg"));
    let words = ["--at", AT, "trust-root", "timeline", &root, "--out", &out, "--title", "Sigstore, production"];
    tuffet(&words).done();
    let drawn = fs::read_to_string(&out).unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/production.svg");
    if std::env::var_os("TUFFET_BLESS").is_some() {
        fs::write(&page, &drawn).unwrap();
    }
    assert_eq!(fs::read_to_string(page).unwrap_or_default(), drawn, "TUFFET_BLESS=1 writes it");
}
