//! A folder with what operators gave out, and a shell in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder with `trust/`: the first services' keys and chains, and the second ones'.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let trust = folder.path().join("trust");
    fs::create_dir(&trust).unwrap();
    for from in ["trust", "services"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(from);
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, trust.join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

/// Runs a script in the folder: its exit code, and all it said.
pub(crate) fn shell(folder: &Path, script: &str) -> (i32, String) {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_tuffet"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    let script = format!("exec 2>&1\nset -euo pipefail\n{script}");
    let output = command.args(["-c", &script]).current_dir(folder).env("PATH", path).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// As [`shell`], for what must be done.
#[track_caller]
pub(crate) fn done(folder: &Path, script: &str) -> String {
    let (code, said) = shell(folder, script);
    assert_eq!(code, 0, "{said}");
    said
}

/// As [`shell`], for what must be refused; without the line breaks of the screen.
#[track_caller]
pub(crate) fn refused(folder: &Path, code: i32, script: &str) -> String {
    let (found, said) = shell(folder, script);
    assert_eq!(found, code, "{said}");
    said
}

/// The names of what lies in the folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
