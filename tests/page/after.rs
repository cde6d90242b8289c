//! The page after a publication: written by it, and never in its way.

use crate::{terminal, workspace};
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use tuffet_page::Facts;

fn facts(scratch: &TempDir) -> Facts {
    serde_json::from_slice(&fs::read(scratch.path().join("w/repository/status.json")).unwrap()).unwrap()
}

fn sit(folder: &Path, now: &str, script: &str) -> String {
    let sitting = terminal::sit(folder, Some(now), script, workspace::RIGHT);
    assert_eq!(sitting.code, 0, "{script}\n{}", sitting.screen);
    sitting.screen
}

/// A workspace whose first ceremony is assembled and, with `arguments`, published.
fn published(arguments: &str) -> TempDir {
    let scratch = workspace::drafted();
    let script = format!(
        "cd w
        tuffet sign ceremony/c --key file:../alice.pem
        tuffet sign ceremony/c --key file:../bob.pem
        tuffet assemble ceremony/c
        tuffet publish ceremony/c --online-key file:../online.pem {arguments}"
    );
    sit(scratch.path(), workspace::AT, &script);
    scratch
}

#[test]
fn publish_and_online_once_write_the_page() {
    let scratch = published("");
    let first = facts(&scratch);
    assert_eq!(first.roles.iter().map(|role| role.file.version).collect::<Vec<_>>(), [1, 1, 1, 1]);
    assert_eq!(first.ceremonies.len(), 1, "the ceremony that published it is closed, and stands on it");
    assert_eq!(first.ceremonies[0].head.as_ref().map(String::len), Some(64));
    let once = "cd w\ntuffet online once --online-key file:../online.pem";
    let screen = sit(scratch.path(), "2026-12-02T10:00:00Z", once);
    assert!(!screen.contains("warning"), "{screen}");
    let second = facts(&scratch);
    assert_eq!(second.roles.iter().map(|role| role.file.version).collect::<Vec<_>>(), [1, 1, 1, 2]);
    // Both commands can leave it as it is.
    sit(scratch.path(), "2026-12-03T10:00:00Z", &format!("{once} --no-page"));
    assert_eq!(facts(&scratch), second);
}

#[test]
fn a_page_that_cannot_be_written_is_no_failed_publication() {
    let scratch = published("--no-page");
    let page = scratch.path().join("w/repository/index.html");
    assert!(!page.exists());
    fs::write(&page, "<h1>mine</h1>").unwrap();
    let once = "cd w\ntuffet online once --online-key file:../online.pem";
    let screen = sit(scratch.path(), "2026-12-02T10:00:00Z", once).replace('\n', " ");
    let path = scratch.path().join("w/repository/index.html").canonicalize().unwrap();
    let warning = format!(
        "tuffet: warning: the page was not written: {}: expected none or the one tuffet wrote, found another file \
         (what was published stays; `tuffet page` writes the page once this is mended)",
        path.display()
    );
    assert!(screen.contains(&warning), "{screen}");
    assert!(screen.contains("published timestamp 2 until"), "{screen}");
    assert_eq!(fs::read_to_string(&page).unwrap(), "<h1>mine</h1>");
    assert!(!scratch.path().join("w/repository/status.json").exists());
}
