//! The rehearsal as a user sees it.

use std::process::Command;

#[test]
fn the_rehearsal_tells_the_whole_story_in_sixty_lines() {
    let output = Command::new(env!("CARGO_BIN_EXE_tuffet")).arg("rehearse").output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.lines().count() <= 60, "{} lines", out.lines().count());
    for line in out.lines() {
        assert!(line.chars().count() <= 80, "wider than a terminal: {line}");
    }
    assert!(out.starts_with("REHEARSAL"), "software keys announce themselves: {out}");
    // The real log and CA of Sigstore's production instance came out at the client's end.
    for must in ["c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d", "O=sigstore.dev, CN=sigstore"] {
        assert!(out.contains(must), "expected {must} in:\n{out}");
    }
}

#[test]
fn the_rehearsal_reports_its_refusals_and_times_as_json() {
    let output = Command::new(env!("CARGO_BIN_EXE_tuffet"))
        .args(["rehearse", "--json", "--at", "2026-11-22T12:00:00Z"])
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schema"], "tuffet-rehearsal-v1");
    let codes: Vec<&str> =
        report["refused"].as_array().unwrap().iter().map(|refusal| refusal["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["rollback", "freeze", "mix-and-match", "signature", "endless-data", "target-hash"]);
    assert_eq!(report["versions"], serde_json::json!({"root": 2, "targets": 2, "snapshot": 2, "timestamp": 2}));
    assert!(report["seconds"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_kept_rehearsal_refuses_a_folder_that_exists() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_tuffet")).args(["rehearse", "--keep"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8_lossy(&output.stderr);
    let path = folder.path().display();
    assert_eq!(
        err,
        format!(
            "tuffet: error: {path}: expected no such file, found one: it is never overwritten\n\
             tuffet: hint: move it away, or name another file\n"
        )
    );
}
