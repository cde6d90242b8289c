//! Real bundles, with what they are of: the verifier's crate carries them, so every machine has them.

#![allow(dead_code, reason = "each test takes the bundles it needs")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--offline", "--locked", "--format-version", "1", "--manifest-path"]).arg(here);
    let output = cargo.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = found["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "sigstore-verify").unwrap();
    Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("test_data")
});

/// A file of the verifier's own tests.
pub(crate) fn path(name: &str) -> PathBuf {
    FOLDER.join(name)
}

/// Production, Rekor v1.
pub(crate) const BLOB: [&str; 2] = ["bundles/cosign-v3-blob.sigstore.json", "bundles/cosign-v3-blob.txt"];
/// Production, an attestation by a workflow.
pub(crate) const ATTESTATION: [&str; 2] = ["bundles/conda-attestation.sigstore.json", CONDA];
/// Staging, Rekor v2 and a timestamp.
pub(crate) const REKOR_V2: [&str; 2] =
    ["upstream/sigstore-python/staging-rekor-v2.txt.sigstore.json", "upstream/sigstore-python/staging-rekor-v2.txt"];
/// Staging, Rekor v2 and a timestamp, an attestation by a person.
pub(crate) const REKOR_V2_ATTESTATION: [&str; 2] = ["bundles/conda-attestation-rekor2.sigstore.json", CONDA];
const CONDA: &str = "bundles/signed-package-2.1.0-hb0f4dca_0.conda";
