//! crates/cli/docs/drill.md, executed.

use crate::{pages, root, terminal};
use std::fs;

#[test]
fn the_page_on_drills_runs() {
    let scratch = tempfile::tempdir().unwrap();
    let target = scratch.path().join("repository");
    copy(&root().join("repository"), &target);
    let page = fs::read_to_string(root().join("crates/cli/docs/drill.md")).unwrap();
    let blocks = pages::blocks(&page);
    assert_eq!(blocks.len(), 5, "were they all read?");
    for block in &blocks {
        let sitting = terminal::sit(scratch.path(), block.now.as_deref(), &block.script, &[]);
        assert_eq!(sitting.code, 0, "{}: {}\n{}", block.heading, block.script, sitting.screen);
        block.assert_seen(&sitting.screen);
    }
    assert!(fs::read_to_string(scratch.path().join("dates.ics")).unwrap().starts_with("BEGIN:VCALENDAR\r\n"));
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { drop(fs::copy(entry.path(), target).unwrap()) }
    }
}
