//! A disk that is full or read-only: mounted in a namespace of its own, in which a test runs itself again.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs the test `this` of this binary again, in a namespace in which the shell command `mount` has prepared `dir` (its
/// `$1`): there it finds itself [`inside`], for `step`.
pub(crate) fn again(this: &str, step: &str, dir: &Path, mount: &str) {
    let script = format!("{mount} && exec \"$2\" --exact \"$3\" --nocapture");
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script, "sh"])
        .arg(dir)
        .arg(std::env::current_exe().unwrap())
        .arg(this)
        .env("TUFFET_DISK", dir)
        .env("TUFFET_DISK_STEP", step)
        .output();
    let (ok, said) = match output {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            (output.status.success(), String::from_utf8_lossy(&said).into_owned())
        }
        Err(error) => (false, error.to_string()),
    };
    if !ok && !said.contains("running 1 test") && std::env::var_os("CI").is_none() {
        let _ = writeln!(std::io::stderr(), "skipped: needs `unshare -rm` and mount: {said}");
        return;
    }
    assert!(ok && said.contains("1 passed"), "{said}");
}

/// The step to play and the prepared directory, where this is the run in the namespace.
pub(crate) fn inside() -> Option<(String, PathBuf)> {
    Some((std::env::var("TUFFET_DISK_STEP").ok()?, std::env::var_os("TUFFET_DISK")?.into()))
}
