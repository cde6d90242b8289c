//! `tuffet trust-root prove` (TR10): what it says, what it refuses, and what it leaves in a ceremony's record. Bundles and
//! trust roots are Sigstore's own; the verifier asks the clock only whether a time lies in the future, and theirs are past.

#[path = "support/bundles.rs"]
mod bundles;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/workspace.rs"]
mod workspace;

use bundles::{ATTESTATION, BLOB, REKOR_V2};
use serde_json::{Value, json};
use sigstore_verify::trust_root::{
    SIGSTORE_GITHUB_TRUSTED_ROOT, SIGSTORE_PRODUCTION_TRUSTED_ROOT, SIGSTORE_STAGING_TRUSTED_ROOT,
};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use tuffet_keys::sha256;

/// A folder with `prod.json`, `staging.json`, and the samples under short names.
fn folder() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(scratch.path().join(name), bytes).unwrap();
    put("prod.json", SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes());
    put("staging.json", SIGSTORE_STAGING_TRUSTED_ROOT.as_bytes());
    put("github.json", SIGSTORE_GITHUB_TRUSTED_ROOT.as_bytes());
    for (name, [bundle, artifact]) in [("blob", BLOB), ("attested", ATTESTATION), ("v2", REKOR_V2)] {
        put(&format!("{name}.json"), &fs::read(bundles::path(bundle)).unwrap());
        put(name, &fs::read(bundles::path(artifact)).unwrap());
    }
    scratch
}

/// What the program said.
struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs `trust-root prove` in a folder.
fn prove(folder: &Path, words: &str) -> Said {
    let mut tuffet = Command::new(env!("CARGO_BIN_EXE_tuffet"));
    let output = tuffet.args(["trust-root", "prove"]).args(words.split(' ')).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The report of a proof that holds.
fn proved(folder: &Path, words: &str) -> String {
    let said = prove(folder, words);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
    said.stdout
}

fn hash(name: &str) -> String {
    sha256(name.as_bytes()).to_string()
}

#[test]
fn tr10_a_proof_says_what_carries_each_bundle_and_what_is_not_shown() {
    let scratch = folder();
    let said = proved(
        scratch.path(),
        "prod.json --bundle bundle=blob.json,artifact=blob --foreign bundle=v2.json,artifact=v2,root=staging.json \
         --json",
    );
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["schema"], "tuffet-trust-root-prove-v1");
    assert_eq!((&report["proved"], &report["recorded"]), (&json!(true), &Value::Null));
    assert_eq!(report["sha256"], json!(hash(SIGSTORE_PRODUCTION_TRUSTED_ROOT)));
    let kinds = |entries: &Value| -> Vec<String> {
        entries.as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
    };
    let [blob, foreign] = [0, 1].map(|at| report["samples"][at].clone());
    assert_eq!((&blob["outcome"], &blob["foreign"]), (&json!("verified"), &json!(false)));
    assert_eq!(
        kinds(&blob["carried_by"]),
        ["transparency-log", "certificate-authority", "ct-log", "timestamp-authority"]
    );
    assert_eq!((&blob["identity"], &blob["named"]), (&json!("w.vollprecht@gmail.com"), &json!(false)));
    assert_eq!((&foreign["outcome"], &foreign["about"]), (&json!("refused"), &json!("trust-root")));
    assert_eq!(foreign["elsewhere"]["outcome"], "verified");
    assert_eq!(foreign["own_root_sha256"], json!(hash(SIGSTORE_STAGING_TRUSTED_ROOT)));
    // The log of Rekor v2, the first CA and the first CT log carry nothing that was shown.
    assert_eq!(kinds(&report["not_shown"]), ["transparency-log", "certificate-authority", "ct-log"]);
}

#[test]
fn tr10_the_text_of_a_proof() {
    let scratch = folder();
    let said = proved(
        scratch.path(),
        "prod.json --before prod.json --bundle bundle=blob.json,artifact=blob \
         --foreign bundle=v2.json,artifact=v2",
    );
    let sha = hash(SIGSTORE_PRODUCTION_TRUSTED_ROOT);
    assert_eq!(said, TEXT.replace("SHA", &sha));
}

#[test]
fn tr10_what_is_not_as_expected_is_the_error() {
    let scratch = folder();
    let lines = |words: &str| -> Vec<String> {
        let said = prove(scratch.path(), words);
        assert_eq!((said.code, said.stderr.as_str()), (1, ""), "{}", said.stdout);
        let folded = said.stdout.replace("\n         ", " ");
        folded.lines().filter(|line| line.starts_with("failed")).map(str::to_owned).collect()
    };
    assert_eq!(
        lines("prod.json --bundle bundle=v2.json,artifact=v2"),
        [
            "failed   v2.json: expected to verify, found refused: invalid RFC 3161 timestamp: TSA timestamp \
             verification failed: Failed to verify timestamp signature: CMS signer does not match any trusted TSA certificate (TR10)",
            "failed   1 expectation was not met",
        ]
    );
    assert_eq!(
        lines("prod.json --bundle bundle=blob.json,artifact=blob --foreign bundle=attested.json,artifact=attested"),
        [
            "failed   attested.json: expected a foreign bundle to be refused, found that it verifies: by transparency \
             log https://rekor.sigstore.dev, certificate authority https://fulcio.sigstore.dev, CT log \
             https://ctfe.sigstore.dev/2022 (TR10)",
            "failed   1 expectation was not met",
        ]
    );
    // Nothing is shown by a foreign bundle that is of another artifact.
    assert_eq!(
        lines(
            "prod.json --bundle bundle=blob.json,artifact=blob \
             --foreign bundle=v2.json,artifact=blob,root=staging.json"
        ),
        [
            "failed   v2.json: expected to verify under staging.json, found refused: artifact mismatch: message digest in bundle does not match artifact hash (TR10)",
            "failed   1 expectation was not met",
        ]
    );
    // Nor that old ones still verify, where there is no old one.
    assert_eq!(
        lines("prod.json --before staging.json --bundle bundle=blob.json,artifact=blob"),
        [
            "failed   staging.json: expected a --bundle that verifies under it, found none: nothing shows that old ones \
             still do (TR10)",
            "failed   1 expectation was not met",
        ]
    );
}

#[test]
fn tr10_bad_input_is_refused_before_anything_is_verified() {
    let scratch = folder();
    fs::write(scratch.path().join("broken.json"), "{").unwrap();
    let form = "expected --bundle bundle=…[,artifact=…][,digest=…][,identity=…][,issuer=…]";
    let comma = "tuffet: hint: a path or URL with a comma cannot be given here; times are YYYY-MM-DDTHH:MM:SSZ\n";
    let usage = |problem: &str, hint: &str| (2, format!("tuffet: error: --bundle: {problem}\n{hint}"));
    let cases = [
        ("bundle=blob.json", usage("expected one of `artifact=FILE` and `digest=SHA256`, found none", "")),
        (
            "bundle=blob.json,artifact=blob,digest=00",
            usage("expected one of `artifact=FILE` and `digest=SHA256`, found both", ""),
        ),
        ("bundle=blob.json,digest=00", usage("digest: expected SHA-256 in 64 hex digits, found `00`", "")),
        ("artifact=blob", usage(&format!("{form}, found no `bundle=`"), comma)),
        ("bundle=blob.json,artifact=blob,root=prod.json", usage(&format!("{form}, found `root=`"), comma)),
        (
            "bundle=absent.json,artifact=blob",
            (1, "tuffet: error: absent.json: expected a file, found none\n".to_owned()),
        ),
    ];
    for (list, (code, stderr)) in cases {
        let said = prove(scratch.path(), &format!("prod.json --bundle {list}"));
        assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (code, "", stderr.as_str()), "{list}");
    }
    let said = prove(scratch.path(), "broken.json --bundle bundle=blob.json,artifact=blob");
    assert_eq!(said.code, 1);
    assert!(said.stderr.starts_with("tuffet: error: broken.json: trusted root: expected one JSON document, found: "));
}

#[test]
fn tr10_a_ceremony_records_its_proof_and_everybody_sees_it() {
    let scratch = folder();
    let sample =
        "--bundle bundle=../blob.json,artifact=../blob --foreign bundle=../v2.json,artifact=../v2,root=../staging.json";
    let script = workspace::enrolled("alice bob")
        + &format!(
            "
        tuffet plan new c --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 2 \
            --keyholder ../alice --keyholder ../bob --online ../online --target trusted_root.json=../prod.json
        tuffet draft ceremony/c
        tuffet trust-root prove ../staging.json --ceremony ceremony/c --bundle bundle=../v2.json,artifact=../v2 || echo refused $?
        tuffet trust-root prove ../prod.json --ceremony ceremony/c --bundle bundle=../v2.json,artifact=../v2 >failed || echo refused $?
        wc -l <ceremony/c/transcript.jsonl
        tuffet trust-root prove ../prod.json --ceremony ceremony/c {sample} | tail -1
        tuffet trust-root prove ../prod.json --ceremony ceremony/c {sample} | tail -1
        tuffet status ceremony/c | grep proved
        tuffet ceremony script ceremony/c | grep -A1 'line 2'
        for who in alice bob; do tuffet sign ceremony/c --key file:../$who.pem >signed; done
        tuffet trust-root prove ../prod.json --ceremony ceremony/c --bundle bundle=../blob.json,artifact=../blob || echo refused $?
        tuffet assemble ceremony/c >assembled
        tuffet publish ceremony/c --online-key file:../online.pem >published
        tuffet ceremony verify ceremony/c | grep 'proved\\|holds'
        tuffet ceremony verify ceremony/c --json >verified.json"
        );
    let sitting = terminal::sit(scratch.path(), Some(workspace::AT), &script, workspace::RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    let screen = &sitting.screen;
    let (prod, staging) = (hash(SIGSTORE_PRODUCTION_TRUSTED_ROOT), hash(SIGSTORE_STAGING_TRUSTED_ROOT));
    for expected in [
        &format!(
            "tuffet: error: ../staging.json: expected SHA-256 {prod}, found {staging} (TR10)\ntuffet: hint: prove the \
             file that is to be signed for: the one below `targets/` in ceremony/c\nrefused 1\nrefused 1\n1\n"
        ),
        "recorded in the transcript of ceremony/c\nrecorded before, in the transcript of ceremony/c\n",
        "proved    trusted_root.json, line 2: bundles verified 1, foreign refused 1\n",
        "line 2: trusted\\_root.json proved by 2 bundles",
        "tuffet: error: expected the proof of a trust root first, found signatures\n",
    ] {
        assert!(screen.contains(expected), "{expected}\n{screen}");
    }
    assert!(screen.ends_with("bundles verified 1, foreign refused 1\nthe record holds\n"), "{screen}");
    let verified: Value = serde_json::from_slice(&fs::read(scratch.path().join("w/verified.json")).unwrap()).unwrap();
    let proofs = json!([{"line": 2, "target": "trusted_root.json", "verified": 1, "refused": 1, "before": null}]);
    assert_eq!(verified["proofs"], proofs);
}

const TEXT: &str = "\
prod.json
sha256   SHA
verified blob.json
         log https://rekor.sigstore.dev, since 2021-01-12T11:53:27Z
         CA https://fulcio.sigstore.dev, since 2022-04-13T20:06:15Z
         CT log https://ctfe.sigstore.dev/2022, since 2022-10-20T00:00:00Z
         TSA https://timestamp.sigstore.dev/api/v1/timestamp, since
         2025-07-04T00:00:00Z
         signer, by its certificate alone: w.vollprecht@gmail.com,
         https://github.com/login/oauth
         verifies under prod.json as well
refused  v2.json: invalid RFC 3161 timestamp: TSA timestamp verification failed:
         Failed to verify timestamp signature: CMS signer does not match any
         trusted TSA certificate
         foreign: without root= nothing shows that it verifies anywhere
unproved no bundle that verifies needs these entries
         log https://log2025-1.rekor.sigstore.dev, since 2025-09-23T00:00:00Z
         CA https://fulcio.sigstore.dev, since 2021-03-07T03:20:29Z
         CT log https://ctfe.sigstore.dev/test, since 2021-03-14T00:00:00Z
proved   1 verified, 1 foreign refused
";
