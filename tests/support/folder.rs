//! Where the real data lies.

use std::path::PathBuf;

/// The folder that holds `sigstore/`, or `None` and a line that says what is skipped.
#[allow(clippy::print_stdout, clippy::disallowed_macros, reason = "a test says what it skips")]
pub(crate) fn data(test: &str) -> Option<PathBuf> {
    let Some(dir) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
        println!("skipped: {test} needs {VARIABLE} (the folder that scripts/real-data makes)");
        return None;
    };
    assert!(dir.join("sigstore/prod/metadata").is_dir(), "{VARIABLE}: expected sigstore/prod/metadata in {dir:?}");
    Some(dir.join("sigstore"))
}

const VARIABLE: &str = "TUFFET_REAL_DATA";
