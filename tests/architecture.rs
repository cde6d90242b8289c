//! The map and the land: crate edges, purity, file length, words. Fails when one moves without the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which of our crates each crate may depend on (architecture.md). Reviewed here, and nowhere else.
const EDGES: [(&str, &[&str]); 16] = [
    ("keys", &[]),
    ("archive", &["keys"]),
    ("metadata", &["keys"]),
    ("verifier", &["keys", "metadata"]),
    ("certificates", &[]),
    ("trust-root", &["certificates"]),
    ("builder", &["keys", "metadata", "verifier", "trust-root"]),
    ("client", &["archive", "keys", "metadata", "verifier", "trust-root"]),
    ("repository", &["keys", "metadata", "verifier", "builder", "client"]),
    ("drill", &["keys", "metadata", "verifier", "builder", "client"]),
    ("page", &["keys", "metadata", "trust-root"]),
    ("attestation", &["keys", "certificates"]),
    ("signers", &["keys", "attestation"]),
    ("ceremony", &["archive", "keys", "metadata", "builder", "attestation", "trust-root"]),
    (
        "cli",
        &[
            "archive",
            "attestation",
            "builder",
            "keys",
            "metadata",
            "verifier",
            "trust-root",
            "client",
            "drill",
            "page",
            "repository",
            "signers",
            "ceremony",
        ],
    ),
    ("plain", &[]),
];

const PURE: [&str; 10] = [
    "archive",
    "keys",
    "certificates",
    "attestation",
    "metadata",
    "verifier",
    "trust-root",
    "builder",
    "drill",
    "page",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(&path)).unwrap_or_else(|e| panic!("{}: {e}", path.as_ref().display()))
}

/// The names in `[section]` of a manifest.
fn section(manifest: &str, section: &str) -> BTreeSet<String> {
    let parsed: toml::Table = manifest.parse().unwrap();
    parsed.get(section).and_then(|t| t.as_table()).map(|t| t.keys().cloned().collect()).unwrap_or_default()
}

/// Every Rust file of the project, with its text.
fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, root: &Path, out: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                out.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    for folder in ["crates", "tests"] {
        walk(&root().join(folder), &root(), &mut out);
    }
    out
}

#[test]
fn crate_edges_are_those_of_the_map() {
    let folders: BTreeSet<String> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let mapped: BTreeSet<String> = EDGES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders, mapped, "a crate the map does not know, or the reverse");
    for (name, allowed) in EDGES {
        let manifest = read(format!("crates/{name}/Cargo.toml"));
        for dependency in section(&manifest, "dependencies") {
            if let Some(ours) = dependency.strip_prefix("tuffet-") {
                assert!(allowed.contains(&ours), "crates/{name} depends on {ours}: not an edge of the map");
            }
        }
        assert!(manifest.contains("[lints]\nworkspace = true"), "crates/{name}: the workspace's lints");
    }
}

#[test]
fn the_renderer_shares_no_code_with_what_it_checks() {
    let found = section(&read("crates/plain/Cargo.toml"), "dependencies");
    let allowed = ["olpc-cjson", "ring", "serde", "serde_json"].map(str::to_owned).into();
    assert_eq!(found, allowed);
}

#[test]
fn what_an_application_embeds_has_no_token_driver_and_no_runtime() {
    for name in ["keys", "metadata", "verifier", "client"] {
        for banned in ["clap", "yubihsm", "tokio", "tough", "comfy-table", "tiny_http"] {
            let found = section(&read(format!("crates/{name}/Cargo.toml")), "dependencies");
            assert!(!found.contains(banned), "crates/{name} depends on {banned}");
        }
    }
}

#[test]
fn pure_crates_are_fenced() {
    for name in PURE {
        let fence = read(format!("crates/{name}/clippy.toml"));
        for call in ["std::fs::read", "std::env::var", "SystemTime::now", "TcpStream", "SystemRandom::new", "println"] {
            assert!(fence.contains(call), "crates/{name}/clippy.toml does not forbid {call}");
        }
        let lib = read(format!("crates/{name}/src/lib.rs"));
        for lint in ["unwrap_used", "expect_used", "indexing_slicing", "arithmetic_side_effects", "panic"] {
            assert!(lib.contains(&format!("clippy::{lint}")), "crates/{name} does not deny {lint}");
        }
        for (file, text) in sources() {
            let is_library = file.starts_with(&format!("crates/{name}/src/")) && !file.contains("/tests");
            for word in ["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Instant::now"] {
                assert!(!is_library || !text.contains(word), "{file} mentions {word}");
            }
        }
    }
}

#[test]
fn every_crate_begins_with_a_tour() {
    for (name, _) in EDGES {
        let tour = ["lib.rs", "main.rs"].into_iter().map(|file| root().join(format!("crates/{name}/src/{file}")));
        let tour = fs::read_to_string(tour.clone().find(|path| path.exists()).unwrap()).unwrap();
        assert!(tour.starts_with("//!"), "crates/{name}: no tour");
        assert!(tour.contains("not**") || tour.contains("no "), "crates/{name}: the tour says what the crate is not");
    }
}

#[test]
fn files_stay_short() {
    for (file, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 400, "{file} has {lines} lines: one idea a file, 400 lines at most");
    }
}

#[test]
fn words_are_those_of_tuf() {
    let banned = ["manifest_key", "whitelist", "blacklist", "assume_valid", "fn get_", "signers_threshold"];
    for (file, text) in sources() {
        if file == "tests/architecture.rs" {
            continue;
        }
        for word in banned {
            assert!(!text.contains(word), "{file}: `{word}` is not a word of the specification");
        }
        for part in file.split('/') {
            let stem = part.trim_end_matches(".rs");
            assert!(
                !["util", "utils", "common_utils", "helpers", "helper", "manager", "misc"].contains(&stem),
                "{file}"
            );
        }
    }
}

#[test]
fn no_test_is_switched_off() {
    for (file, text) in sources() {
        if file == "tests/architecture.rs" {
            continue;
        }
        for word in ["#[ignore", "todo!(", "unimplemented!(", "thread::sleep"] {
            assert!(!text.contains(word), "{file}: {word}");
        }
    }
}

#[test]
fn the_top_level_is_the_one_agreed() {
    let allowed: BTreeSet<&str> = [
        "Cargo.toml",
        "crates",
        "ceremony",
        "repository",
        "scripts",
        "tests",
        "PLAYBOOK.md",
        "README.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "NEWS.md",
        "SECURITY.md",
        "deny.toml",
        "rustfmt.toml",
        "Cargo.lock",
    ]
    .into();
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.');
        assert!(hidden || name == "target" || allowed.contains(name.as_str()), "{name} has no place at the top level");
    }
}

#[test]
fn every_dependency_says_why() {
    let manifest = read("Cargo.toml");
    let list = manifest.split("[workspace.dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    for line in list.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')) {
        let ours = line.starts_with("tuffet-");
        assert!(ours || line.contains('#'), "Cargo.toml: no reason beside: {line}");
    }
}

#[test]
fn k14_the_station_build_has_no_network_code() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-p", "tuffet", "--no-default-features", "--features", "station"])
        .args(["-e", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(tree.contains("yubihsm ") && tree.contains("tuffet-ceremony "), "a station signs: {tree}");
    // Network code, and decoders of pictures: what a station reads are bundles of our own strict form.
    for banned in [
        "ureq",
        "rustls",
        "tough",
        "tokio",
        "tiny_http",
        "aws-",
        "object_store",
        "sigstore-trust-root",
        "hyper",
        "reqwest",
        "h2 ",
        "http ",
        "webpki",
        "native-tls",
        "openssl",
        "socket2",
        "mio ",
        "url ",
        "image ",
        "rqrr",
        "png ",
        "zune",
    ] {
        let found = tree.lines().find(|line| line.starts_with(banned));
        assert_eq!(found, None, "the station build contains what it must not: {banned}");
    }
}
