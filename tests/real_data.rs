//! The whole of tuffet over what Sigstore really published: its chain of roots, its repository at twelve times of
//! its life, its trust roots. The data is too large to carry; `scripts/real-data` makes it.
#![allow(clippy::print_stdout, reason = "what was skipped, and how long a refresh took")]

mod support {
    pub(crate) mod real;
}
#[path = "support/real_commands.rs"]
mod commands;

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;
use support::real::{Said, data, tuffet};
use tuffet_client::{Client, DirectoryTransport, MemoryStore, Policy, Profile};
use tuffet_keys::{KeyId, Sha256};
use tuffet_metadata::{KeyidExceptions, Limits, Root, Unverified, json as tuf, parse_time};

fn audit(data: &Path, metadata: &str, at: &str, more: &[&str]) -> Said {
    let (location, root) = (data.join(metadata), data.join("prod/metadata/1.root.json"));
    let words = ["audit", location.to_str().unwrap(), "--root", root.to_str().unwrap(), "--at", at];
    tuffet(&[&words, more].concat())
}

fn root(report: &Value, version: usize) -> &Value {
    let root = &report["roots"][version - 1];
    assert_eq!(root["version"], version);
    root
}

/// For each finding's name the roots it is found in.
fn found(report: &Value) -> BTreeMap<String, BTreeSet<u64>> {
    let mut out: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for root in report["roots"].as_array().unwrap() {
        for finding in root["findings"].as_array().unwrap() {
            let name = format!("{} {}", finding["id"].as_str().unwrap(), finding["name"].as_str().unwrap());
            out.entry(name).or_default().insert(root["version"].as_u64().unwrap());
        }
    }
    out
}

#[test]
fn audit_accepts_production_with_its_one_exception() {
    let Some(data) = data("audit of production") else { return };
    let report = audit(&data, "prod/metadata", NOW, &["--json"]).done().json();
    assert_eq!(report["schema"], "tuffet-audit-v1");
    assert_eq!((&report["accepted"], &report["error"]), (&json!(true), &Value::Null));
    assert_eq!(report["exceptions"], json!([{"root_sha256": ROOT_11, "keyid": KEYID_11}]));
    let tally = |tally: &Value| -> Option<[u64; 3]> {
        tally.as_object().map(|t| ["have", "need", "keys"].map(|name| t[name].as_u64().unwrap()))
    };
    let counts: Vec<_> = report["roots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (tally(&r["previous"]), tally(&r["own"]).unwrap()))
        .collect();
    let both = |old, own| (Some([old, 3, 5]), [own, 3, 5]);
    let expected = [
        (None, [5, 3, 5]),
        both(5, 5),
        both(3, 3),
        both(4, 5),
        both(4, 4),
        both(5, 5),
        both(4, 4),
        both(4, 4),
        both(5, 5),
        both(5, 5),
        both(5, 5),
        both(3, 3),
        both(4, 5),
        both(4, 4),
        both(5, 5),
    ];
    assert_eq!(counts, expected);
    let strict: Vec<_> = (1..=15).filter(|n| root(&report, *n)["strict"]["accepts"] == true).collect();
    assert_eq!(strict, [0; 0], "every production root says spec_version 1.0");
    let days: Vec<_> = (1..=15).map(|n| root(&report, n)["days_after_previous_expiry"].as_i64()).collect();
    assert_eq!(days[..4], [None, Some(143), Some(183), Some(62)]);
    let left: Vec<_> = (14..=15).map(|n| root(&report, n)["days_left"].as_i64()).collect();
    assert_eq!(left, [None, Some(90)]);
}

#[test]
fn audit_names_who_signed() {
    let Some(data) = data("signers of production") else { return };
    let report = audit(&data, "prod/metadata", NOW, &["--json"]).done().json();
    let owners = |version| -> BTreeSet<String> {
        let signers = root(&report, version)["signers"].as_array().unwrap();
        signers.iter().filter_map(|s| s["owner"].as_str().map(str::to_owned)).collect()
    };
    let people = |names: &[&str]| names.iter().map(|name| format!("@{name}")).collect::<BTreeSet<_>>();
    for version in 1..=9 {
        assert_eq!(owners(version), people(&[]), "root {version}");
    }
    let first = people(&["bobcallaway", "dlorenc", "joshuagl", "mnm678", "santiagotorres"]);
    assert_eq!([owners(10), owners(11)], [first.clone(), first]);
    assert_eq!(owners(12), people(&["bobcallaway", "joshuagl", "mnm678"]));
    let second = people(&["bobcallaway", "joshuagl", "lance", "mnm678", "santiagotorres"]);
    assert_eq!([owners(13), owners(15)], [second.clone(), second]);
    assert_eq!(owners(14), people(&["bobcallaway", "joshuagl", "lance", "mnm678"]));
    // Who came in root 13 could not count for root 12.
    let lance = root(&report, 13)["signers"].as_array().unwrap().iter().find(|s| s["owner"] == "@lance").unwrap();
    assert_eq!((&lance["for_previous"], &lance["for_own"]), (&json!(false), &json!(true)));
    // One key under its old and its new keyid: five people, ten signatures (D5).
    let signers = root(&report, 9)["signers"].as_array().unwrap();
    assert_eq!(signers.iter().map(|s| s["keyids"].as_array().unwrap().len()).collect::<Vec<_>>(), [2; 5]);
}

#[test]
fn audit_finds_exactly_these_deviations() {
    let Some(data) = data("findings of production") else { return };
    let report = audit(&data, "prod/metadata", NOW, &["--json"]).done().json();
    let expected: BTreeMap<String, BTreeSet<u64>> = [
        ("D1 keyid-excepted", vec![11]),
        ("D2 legacy-expires", vec![1, 2, 3]),
        ("D3 short-spec-version", (1..=15).collect()),
        ("D4 hex-point", vec![1, 2, 3, 4]),
        ("D4 legacy-keytype", (1..=8).collect()),
        ("D5 one-key-two-keyids", vec![5, 9, 10]),
        ("F5 empty-signature", vec![12, 13, 14]),
    ]
    .into_iter()
    .map(|(name, roots)| (name.to_owned(), roots.into_iter().collect()))
    .collect();
    assert_eq!(found(&report), expected);
    let roles = report["current"]["roles"].as_array().unwrap();
    let current: Vec<_> = roles
        .iter()
        .map(|role| {
            let ids: Vec<_> = role["findings"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
            (role["role"].as_str().unwrap(), role["version"].as_u64().unwrap(), ids)
        })
        .collect();
    let snapshot = vec!["D3", "D6", "D6", "D6", "D6"];
    assert_eq!(current, [("timestamp", 762, vec!["D3"]), ("snapshot", 165, snapshot), ("targets", 14, vec!["D3"])]);
    let dead: Vec<_> =
        roles[1]["findings"].as_array().unwrap()[1..].iter().map(|f| f["text"].as_str().unwrap()).collect();
    let named = ["rekor", "revocation", "root", "staging"];
    assert_eq!(dead, named.map(|name| format!("snapshot lists `{name}.json`, which is no targets role")));
    assert_eq!(
        report["current"]["freshness"],
        json!({
            "without_keys": {"role": "timestamp", "until": "2026-08-28T19:25:56Z", "days": 6},
            "with_timestamp_keys": {"role": "root", "until": "2026-11-20T13:58:18Z", "days": 90},
            "timestamp_keys_also_sign": ["snapshot"],
        })
    );
}

#[test]
fn audit_fits_a_terminal() {
    let Some(data) = data("the audit's text") else { return };
    let text = audit(&data, "prod/metadata", NOW, &[]).done().stdout;
    let lines: Vec<_> = text.lines().skip(1).collect();
    assert_eq!(lines.iter().filter(|line| line.chars().count() > 80).collect::<Vec<_>>(), Vec::<&&str>::new());
    for expected in [
        "   1  2021-12-18        pinned    5/3 of 5  refuses  D2 D3 D4x10",
        "  11  2025-08-05  +167  5/3 of 5  5/3 of 5  refuses  D1 D3",
        "   13  @mnm678, @santiagotorres, @bobcallaway, @joshuagl, @lance (own only)",
        "timestamp      762  2026-08-28T19:25:56Z          6  1/1 of 1  refuses  D3",
        "D4     26  refuses  root 1-4: an ECDSA key is a hex point, not PEM",
        "without a key          until 2026-08-28T19:25:56Z, 6 days: timestamp expires",
        "accepted: root 1-15 and the current metadata",
    ] {
        assert!(lines.contains(&expected), "expected `{expected}` in\n{text}");
    }
}

#[test]
fn audit_under_strict_stops_at_root_1_and_lists_what_else_it_would_refuse() {
    let Some(data) = data("audit of production under strict") else { return };
    let said = audit(&data, "prod/metadata", NOW, &["--profile", "strict"]);
    assert_eq!((said.code, said.stderr.as_str()), (1, ""));
    let end = "refused: root v1: spec_version `1.0` has not three numbers (D3, strict profile)\n\
               the audit stops there; read as deployed, strict would refuse root 1-15\n\
               hint: `--profile deployed` audits it as today's clients read it\n";
    assert!(said.stdout.ends_with(end), "{}", said.stdout);
    let said = audit(&data, "prod/metadata", NOW, &["--profile", "strict", "--json"]);
    assert_eq!(said.code, 1);
    let report = said.json();
    assert_eq!((&report["accepted"], &report["current"]), (&json!(false), &Value::Null));
    assert_eq!(report["error"]["code"], "malformed");
    for version in 1..=15 {
        let reason = format!("root v{version}: spec_version `1.0` has not three numbers (D3, strict profile)");
        assert_eq!(root(&report, version)["strict"], json!({"accepts": false, "reason": reason}));
    }
    // The first reason is the same for all; what is particular to root 11 is among its findings.
    assert_eq!(found(&report)["D1 keyid-mismatch"], BTreeSet::from([11]));
}

#[test]
fn d1_without_the_exception_root_11_is_reported_and_the_chain_goes_on() {
    let Some(data) = data("audit without the exception") else { return };
    let report = audit(&data, "prod/metadata", NOW, &["--no-exceptions", "--json"]).done().json();
    let found = found(&report);
    assert_eq!(found.get("D1 keyid-mismatch"), Some(&BTreeSet::from([11])));
    assert_eq!(found.get("D1 keyid-excepted"), None);
    // Its key was all that timestamp and snapshot had.
    assert_eq!(found["F10 threshold-unreachable"], BTreeSet::from([11]));
    assert_eq!(report["roots"].as_array().unwrap().len(), 15);
}

#[test]
fn d1_while_root_11_was_current_only_the_exception_lets_a_client_in() {
    let Some(data) = data("audit of the time of root 11") else { return };
    let (epoch, at) = ("epochs/keyid-mismatch-v11/metadata", "2025-02-04T00:00:00Z");
    let exception = format!("{ROOT_11}:{KEYID_11}");
    let said = audit(&data, epoch, at, &["--no-exceptions"]);
    assert_eq!(said.code, 1);
    let end = format!(
        "refused: timestamp v267: 0 of 1 required signatures are valid (TUF 5.4.2)\n\
         hint: a key is not used because its keyid is wrong; to use it: --except {exception}\n"
    );
    assert!(said.stdout.ends_with(&end), "{}", said.stdout);
    for more in [&["--json"][..], &["--no-exceptions", "--except", &exception, "--json"]] {
        let report = audit(&data, epoch, at, more).done().json();
        assert_eq!(report["roots"].as_array().unwrap().len(), 11);
        assert_eq!(report["current"]["roles"][0]["version"], 267);
    }
}

/// The audit's exception, as an application gives it to its client.
fn policy() -> Policy {
    let exception = (Sha256::from_hex(ROOT_11).unwrap(), KeyId::new(KEYID_11));
    let profile = Profile::Deployed { keyid_exceptions: KeyidExceptions::Listed(vec![exception]) };
    Policy { profile, ..Policy::default() }
}

#[test]
fn a_fresh_client_is_up_to_date_in_each_epoch() {
    let Some(data) = data("a client in twelve epochs") else { return };
    let index: Value = serde_json::from_slice(&std::fs::read(data.join("epochs/index.json")).unwrap()).unwrap();
    let pinned = std::fs::read(data.join("prod/metadata/1.root.json")).unwrap();
    let epochs = index.as_array().unwrap();
    assert_eq!(epochs.len(), 12);
    for epoch in epochs {
        let path = epoch["path"].as_str().unwrap();
        let at = parse_time(epoch["published"].as_str().unwrap()).unwrap();
        let refresh = |policy| {
            let files = DirectoryTransport::open(data.join(path).join("metadata")).unwrap();
            Client::bootstrap(MemoryStore::default(), files, policy, &pinned)
                .unwrap()
                .refresh(at)
                .map_err(|e| e.to_string())
        };
        let trusted = refresh(policy()).unwrap_or_else(|e| panic!("{path}: {e}"));
        let versions = json!({
            "root": trusted.root.common.version,
            "timestamp": trusted.timestamp.common.version,
            "snapshot": trusted.snapshot.common.version,
            "targets": trusted.targets.common.version,
        });
        for role in ["root", "timestamp", "snapshot", "targets"] {
            assert_eq!(versions[role], epoch["versions"][role], "{path}: {role}");
        }
        // The library has no exception of its own: only while root 11 was current does that matter.
        assert_eq!(refresh(Policy::default()).is_ok(), epoch["root"] != 11, "{path}");
    }
}

/// Whether our writer gives the file's own bytes again.
fn round_trips(file: &Path) -> bool {
    let bytes = std::fs::read(file).unwrap();
    let value = tuf::parse(&bytes, Limits::default().depth).unwrap_or_else(|e| panic!("{file:?}: {e}"));
    tuf::pretty(&value) == bytes
}

#[test]
fn every_current_file_and_root_since_9_is_written_again_byte_for_byte() {
    let Some(data) = data("round trips of production") else { return };
    let dir = std::fs::read_dir(data.join("prod/metadata")).unwrap();
    let (again, other): (BTreeSet<String>, BTreeSet<String>) = dir
        .map(|entry| entry.unwrap().path())
        .map(|file| (round_trips(&file), file.file_name().unwrap().to_str().unwrap().to_owned()))
        .fold(Default::default(), |(mut again, mut other), (same, name)| {
            if same {
                again.insert(name)
            } else {
                other.insert(name)
            };
            (again, other)
        });
    let roots = |versions: std::ops::RangeInclusive<u64>| versions.map(|n| format!("{n}.root.json"));
    assert_eq!(other, roots(1..=8).collect());
    // Seven roots, timestamp, snapshot, targets and the one delegated role.
    assert_eq!(again.len(), 7 + 4, "{again:?}");
    assert!(roots(9..=15).all(|name| again.contains(&name)), "{again:?}");
}

#[test]
fn every_file_of_the_epochs_since_11_is_written_again_byte_for_byte() {
    let Some(data) = data("round trips of the epochs") else { return };
    let index: Value = serde_json::from_slice(&std::fs::read(data.join("epochs/index.json")).unwrap()).unwrap();
    let mut again: BTreeMap<u64, Vec<bool>> = BTreeMap::new();
    for epoch in index.as_array().unwrap() {
        let folder = data.join(epoch["path"].as_str().unwrap()).join("metadata");
        let root = epoch["root"].as_u64().filter(|root| *root >= 9);
        for (role, version) in root.iter().flat_map(|_| epoch["versions"].as_object().unwrap()) {
            let name = if role == "timestamp" { "timestamp.json".into() } else { format!("{version}.{role}.json") };
            again.entry(root.unwrap()).or_default().push(round_trips(&folder.join(name)));
        }
    }
    // Five roles, when the root was new and before it was replaced. In the time of root 9 another tool wrote, with
    // tabs and `signed` first; the one after it wrote root 9 anew.
    assert_eq!(again, BTreeMap::from([(9, vec![false; 10]), (11, vec![true; 10]), (15, vec![true; 10])]));
}

#[test]
fn r5_two_published_roots_were_written_anew_and_say_the_same() {
    let Some(data) = data("roots that were written anew") else { return };
    let value = |folder: &str, version: u64| {
        let bytes = std::fs::read(data.join(folder).join(format!("metadata/{version}.root.json"))).unwrap();
        (tuf::parse(&bytes, Limits::default().depth).unwrap(), bytes)
    };
    for (version, epoch) in [(3, "epochs/3/first"), (9, "epochs/9/first")] {
        let ((then, old), (now, new)) = (value(epoch, version), value("prod", version));
        assert_eq!((then == now, old == new), (true, false), "root {version}");
    }
}

#[test]
fn how_long_a_refresh_from_root_1_takes() {
    let Some(data) = data("the time of a refresh") else { return };
    let pinned = std::fs::read(data.join("prod/metadata/1.root.json")).unwrap();
    let begun = Instant::now();
    let files = DirectoryTransport::open(data.join("prod/metadata")).unwrap();
    let mut client = Client::bootstrap(MemoryStore::default(), files, policy(), &pinned).unwrap();
    let trusted = client.refresh(parse_time(NOW).unwrap()).unwrap();
    println!("refresh from root 1 to root {}: {:?}", trusted.root.common.version, begun.elapsed());
    assert_eq!(trusted.root.common.version, 15);
}

#[test]
fn root_16_follows_root_15_and_meets_its_own_threshold() {
    let sixteen = commands::root_16();
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let root = Unverified::<Root>::new(sixteen.clone()).verify_pinned(&profile, &limits).unwrap();
    assert_eq!((root.common.version, root.common.expires.to_string().as_str()), (16, "2027-04-22T19:27:31Z"));
    assert_eq!(tuf::pretty(&tuf::parse(root.bytes(), limits.depth).unwrap()), root.bytes());
    let Some(data) = data("root 16 after root 15") else { return };
    let fifteen = std::fs::read(data.join("prod/metadata/15.root.json")).unwrap();
    let fifteen = Unverified::<Root>::new(fifteen).verify_pinned(&profile, &limits).unwrap();
    let root = Unverified::<Root>::new(sixteen).verify_next(&fifteen, &profile, &limits).unwrap();
    assert!(root.tallies().iter().all(tuffet_metadata::Tally::is_met));
}

const NOW: &str = "2026-08-22T00:00:00Z";
const ROOT_11: &str = "641adcaddce7b4af7d7ce81d8b58fa5dc871f13af48097dbf543597677702587";
const KEYID_11: &str = "7247f0dbad85b147e1863bade761243cc785dcb7aa410e7105dd3d2b61a36d2c";
