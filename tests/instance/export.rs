//! `trust-root export`: each form is read back, and says the same.

use crate::{AT, flat, run, tree};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../repository").canonicalize().unwrap()
}

/// A time when the golden repository is fresh.
const FRESH: &str = "2026-12-24T00:00:00Z";

/// A folder with the published trust roots and a signing config.
fn scratch() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(scratch.path().join(name), text).unwrap();
    put("production.json", sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT);
    put("github.json", sigstore_trust_root::SIGSTORE_GITHUB_TRUSTED_ROOT);
    put("signing_config.v0.2.json", sigstore_trust_root::SIGSTORE_PRODUCTION_SIGNING_CONFIG);
    scratch
}

fn tuffet(scratch: &TempDir, at: &str, words: &str, code: i32) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tuffet"));
    let output =
        command.args(["--at", at]).args(words.split_whitespace()).current_dir(scratch.path()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{words}: {}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn gh_gets_one_line_a_trust_root() {
    let scratch = scratch();
    let (lines, _) = tuffet(&scratch, AT, "trust-root export production.json github.json --as gh", 0);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 2);
    for (line, file) in lines.iter().zip(["production.json", "github.json"]) {
        fs::write(scratch.path().join("line.json"), line).unwrap();
        let (from_line, _) = tuffet(&scratch, AT, "--json trust-root show line.json", 0);
        let (from_file, _) = tuffet(&scratch, AT, &format!("--json trust-root show {file}"), 0);
        assert_eq!(from_line, from_file);
    }
    let (said, _) = tuffet(&scratch, AT, "trust-root export production.json --as gh --out tr.jsonl", 0);
    assert_eq!(said, "tr.jsonl is written: 1 trust root\n");
    let (_, again) = tuffet(&scratch, AT, "trust-root export production.json --as gh --out tr.jsonl", 1);
    assert!(again.starts_with("tuffet: error: tr.jsonl: expected no such file, found one"), "{again}");
}

#[test]
fn a_client_trust_config_is_both_documents() {
    let scratch = scratch();
    let words = "trust-root export production.json --as client-trust-config --signing-config signing_config.v0.2.json";
    let (text, _) = tuffet(&scratch, AT, words, 0);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["mediaType"], "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json");
    let read = |name: &str| -> Value { serde_json::from_slice(&fs::read(scratch.path().join(name)).unwrap()).unwrap() };
    assert_eq!(value["trustedRoot"], read("production.json"));
    assert_eq!(value["signingConfig"], read("signing_config.v0.2.json"));
    let swapped = "trust-root export production.json --as client-trust-config --signing-config github.json";
    let (_, error) = tuffet(&scratch, AT, swapped, 1);
    let expected = "tuffet: error: github.json: mediaType: expected application/vnd.dev.sigstore.signingconfig.v0.2+json, \
                    found \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\" (TR6)\n";
    assert_eq!(error, expected);
}

#[test]
fn plain_pem_composes_to_the_same_keys() {
    let scratch = scratch();
    tuffet(&scratch, AT, "trust-root export production.json --as pem --out pem", 0);
    let files = tree::tree(&scratch.path().join("pem"));
    let index: Value = serde_json::from_slice(&files["index.json"]).unwrap();
    let rows = index["entries"].as_array().unwrap();
    assert_eq!((files.len(), rows.len()), (8, 7));
    let shown: Value =
        serde_json::from_str(&tuffet(&scratch, AT, "--json trust-root show production.json", 0).0).unwrap();
    for (row, entry) in rows.iter().zip(shown["entries"].as_array().unwrap()) {
        let mut row = row.clone();
        let file = row.as_object_mut().unwrap().remove("file").unwrap();
        assert_eq!(row, *entry);
        assert!(files[file.as_str().unwrap()].starts_with(b"-----BEGIN "));
    }
    let (_, again) = tuffet(&scratch, AT, "trust-root export github.json --as pem --out pem", 1);
    assert!(again.starts_with("tuffet: error: pem: expected no such file, found one"), "{again}");
    assert_eq!(tree::tree(&scratch.path().join("pem")), files);
}

/// The value of a member of the resource.
fn member(yaml: &str, name: &str) -> Vec<u8> {
    use base64::Engine as _;
    let line = yaml.lines().find_map(|line| line.trim().strip_prefix(&format!("{name}: "))).unwrap();
    base64::engine::general_purpose::STANDARD.decode(line.trim_matches('"')).unwrap()
}

#[test]
fn a_mirrorfs_is_a_repository_that_a_client_takes() {
    let scratch = scratch();
    let root = golden().join("1.root.json");
    let words =
        format!("trust-root export --as mirrorfs --repository {} --root {}", golden().display(), root.display());
    let (yaml, _) = tuffet(&scratch, FRESH, &words, 0);
    assert_eq!(tuffet(&scratch, FRESH, &words, 0).0, yaml, "the same bytes each time");
    assert!(
        yaml.starts_with(
            "apiVersion: policy.sigstore.dev/v1alpha1\nkind: TrustRoot\nmetadata:\n  name: \"sigstore\"\n"
        )
    );
    assert_eq!(member(&yaml, "root"), fs::read(&root).unwrap());
    // Unpacked by another's tools, it is what a client starts from.
    fs::write(scratch.path().join("mirror.tar.gz"), member(&yaml, "mirrorFS")).unwrap();
    let script = format!(
        "tar -xzf mirror.tar.gz
        tuffet client init --cache cache --root {}
        tuffet client download --cache cache --url repository --out out trusted_root.json",
        root.display()
    );
    run(scratch.path(), FRESH, &script, 0);
    let unpacked = tree::tree(&scratch.path().join("repository"));
    assert!(unpacked.contains_key("timestamp.json") && unpacked.contains_key("2.root.json"), "{:?}", unpacked.keys());
    let (_, error) = tuffet(&scratch, "2030-01-01T00:00:00Z", &words, 1);
    assert!(error.contains("expired"), "{error}");
    let (_, error) = tuffet(&scratch, FRESH, &format!("{words} --name A"), 1);
    let expected = "tuffet: error: --name: expected lower-case letters, digits, hyphens and dots, beginning and ending with a \
                    letter or digit, at most 253, found \"A\"\ntuffet: hint: give one with --name, such as example-sigstore\n";
    assert_eq!(error, expected);
}

#[test]
fn a_trust_pack_is_that_of_trust_pack_make() {
    let scratch = scratch();
    let (url, root) = (golden(), golden().join("1.root.json"));
    let (url, root) = (url.display(), root.display());
    let words = format!("trust-root export --as trust-pack --repository {url} --root {root} --out a.pack");
    tuffet(&scratch, FRESH, &words, 0);
    tuffet(&scratch, FRESH, &format!("trust-pack make --url {url} --root {root} --out b.pack"), 0);
    let read = |name: &str| fs::read(scratch.path().join(name)).unwrap();
    assert_eq!(read("a.pack"), read("b.pack"));
}

#[test]
fn keys_in_a_resource_name_what_is_left_out() {
    let scratch = scratch();
    let words = "trust-root export production.json --as sigstore-keys --out keys.yaml";
    let (said, talk) = tuffet(&scratch, "2024-01-01T00:00:00Z", words, 0);
    assert_eq!(said, "keys.yaml is written: 3 entries\n");
    let expected = "tuffet: warning: 4 of 7 entries are not valid now and left out: the resource has no windows, and would \
                    trust them for ever\n";
    assert_eq!(talk, expected);
    let (_, error) = tuffet(&scratch, AT, "trust-root export production.json --as sigstore-keys", 1);
    let expected = "tuffet: error: production.json: log https://log2025-1.rekor.sigstore.dev: expected an ECDSA key, the one \
                    kind of log key that `sigstoreKeys` takes, found Ed25519\n\
                    tuffet: hint: export --as mirrorfs instead: it carries trusted_root.json as it is\n";
    assert_eq!(error, expected);
}

#[test]
fn an_option_that_a_form_would_pass_over_is_refused() {
    let scratch = scratch();
    for (words, expected) in [
        ("production.json --as gh --root r", "--as gh: expected no --root, found one"),
        ("--as gh", "--as gh: expected at least one FILE, found 0"),
        ("production.json github.json --as pem --out x", "--as pem: expected one FILE, found 2"),
        ("production.json --as pem", "--as pem: expected --out, found none"),
        ("production.json --as client-trust-config", "--as client-trust-config: expected --signing-config, found none"),
        ("--as mirrorfs --repository r", "--as mirrorfs: expected --root, found none"),
        (
            "production.json --as mirrorfs --repository r --root r",
            "--as mirrorfs: expected no FILE, because the repository has it, found 1",
        ),
    ] {
        let (_, error) = tuffet(&scratch, AT, &format!("trust-root export {words}"), 2);
        assert_eq!(error, format!("tuffet: error: {expected}\n"));
    }
    fs::write(scratch.path().join("bad.json"), "{}").unwrap();
    for form in ["gh", "pem --out x", "sigstore-keys"] {
        let (_, error) = tuffet(&scratch, AT, &format!("trust-root export bad.json --as {form}"), 1);
        assert_eq!(flat(&error), "tuffet: error: bad.json: mediaType: expected a value, found no such field (TR6)");
    }
    assert!(!scratch.path().join("x").exists());
}
