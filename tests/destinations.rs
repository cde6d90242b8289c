//! `tuffet publish --to`: destinations of `tuffet.toml`, copies by digest, and what is refused.

#[path = "support/pages.rs"]
mod pages;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;
#[path = "support/workspace.rs"]
mod workspace;

#[path = "destinations/bridge.rs"]
mod bridge;
#[path = "destinations/copy.rs"]
mod copy;
#[path = "destinations/page.rs"]
mod page;
#[path = "destinations/settings.rs"]
mod settings;

use std::path::Path;
use workspace::{AT, RIGHT};

/// The screen of a script that ends with this code.
#[track_caller]
pub(crate) fn run(folder: &Path, script: &str, code: i32) -> String {
    let sitting = terminal::sit(folder, Some(AT), script, RIGHT);
    assert_eq!(sitting.code, code, "{script}\n{}", sitting.screen);
    sitting.screen
}

/// A workspace `w` with a ceremony `c` that everybody signed, and this at the end of its `tuffet.toml`.
pub(crate) fn assembled(destinations: &str) -> tempfile::TempDir {
    let scratch = workspace::drafted();
    let sign = "for who in alice bob; do tuffet sign w/ceremony/c --key file:$who.pem; done
         tuffet assemble w/ceremony/c";
    run(scratch.path(), sign, 0);
    append(scratch.path(), destinations);
    scratch
}

pub(crate) fn append(folder: &Path, destinations: &str) {
    let file = folder.join("w/tuffet.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text + destinations).unwrap();
}
