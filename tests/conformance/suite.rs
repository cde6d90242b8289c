//! The conformance client under the TUF conformance suite, where a checkout of it is named by `TUF_CONFORMANCE`, and by
//! itself everywhere.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The executable of `main.rs`, which cargo builds beside its tests.
fn client() -> PathBuf {
    let deps = std::env::current_exe().unwrap();
    let built = deps.ancestors().nth(2).unwrap().join("examples/conformance");
    assert!(built.exists(), "{} is missing", built.display());
    built
}

/// The whole suite: no test may fail, none is expected to.
#[test]
#[expect(clippy::print_stderr, reason = "what was skipped is said")]
fn the_whole_suite_passes() {
    let Some(checkout) = std::env::var_os("TUF_CONFORMANCE").map(PathBuf::from) else {
        eprintln!("skipped: needs a checkout of theupdateframework/tuf-conformance, named by TUF_CONFORMANCE");
        return;
    };
    // Its own makefile puts an environment with its dependencies there.
    let own = checkout.join("env/bin/python");
    let python = if own.exists() { own } else { PathBuf::from("python3") };
    let commit = output(Command::new("git").args(["rev-parse", "HEAD"]).current_dir(&checkout));
    let run = Command::new(python)
        .args(["-m", "pytest", "-q", "tuf_conformance", "--tb=short", "--entrypoint"])
        .arg(client())
        .current_dir(&checkout)
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{text}");
    let passed: usize =
        text.split(" passed").next().and_then(|t| t.split_whitespace().last()?.parse().ok()).unwrap_or(0);
    assert!(passed >= 110, "expected 110 tests or more, found {passed}: {text}");
    assert!(!text.contains("xfailed") && !text.contains(" skipped"), "{text}");
    eprintln!("tuf-conformance {}: {passed} passed", String::from_utf8_lossy(&commit.stdout).trim());
}

fn output(command: &mut Command) -> Output {
    command.output().unwrap()
}

fn run(arguments: &[&str], metadata: &Path) -> Output {
    output(Command::new(client()).arg("--metadata-dir").arg(metadata).args(arguments))
}

/// The golden repository of the playbook, read from its directory.
#[test]
fn the_executable_speaks_the_protocol() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../repository").canonicalize().unwrap();
    let url = format!("file://{}", repository.display());
    let dir = tempfile::TempDir::new().unwrap();
    let (metadata, targets) = (dir.path().join("metadata"), dir.path().join("targets"));
    std::fs::create_dir(&targets).unwrap();
    let root = repository.join("1.root.json");

    let done = run(&["init", root.to_str().unwrap()], &metadata);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(std::fs::read(metadata.join("root.json")).unwrap(), std::fs::read(&root).unwrap());
    let names = || {
        let entries = std::fs::read_dir(&metadata).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(".json"));
        names.sort();
        names
    };
    assert_eq!(names(), ["root.json"]);

    // A repository that has no timestamp cannot be refreshed at any time.
    let empty = format!("file://{}", targets.display());
    assert_eq!(run(&["--metadata-url", &empty, "refresh"], &metadata).status.code(), Some(1));
    assert_eq!(names(), ["root.json"]);

    let incomplete = run(&["--metadata-url", &url, "--target-name", "x", "download"], &metadata);
    assert_eq!(incomplete.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&incomplete.stderr), "expected --target-base-url\n");
    let wrong = run(&["download", "--what"], &metadata);
    assert_eq!(wrong.status.code(), Some(1));
    let bad = run(&["init", repository.join("timestamp.json").to_str().unwrap()], &dir.path().join("other"));
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).starts_with("pinned-root: "), "{bad:?}");
    assert!(!dir.path().join("other").exists());
}
