//! The public page, as it is written and as Chromium shows it: of the golden repository, of Sigstore's production, and of one
//! whose owners mean no good.
#![allow(clippy::print_stdout, reason = "what was skipped")]

#[path = "page/after.rs"]
mod after;
#[path = "page/browser.rs"]
mod browser;
#[path = "page/hostile.rs"]
mod hostile;
#[path = "support/real.rs"]
mod real;
#[path = "page/seen.rs"]
mod seen;
#[path = "clients/server.rs"]
mod server;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;
#[path = "support/workspace.rs"]
mod workspace;
#[path = "page/written.rs"]
mod written;

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A time at which the golden repository is fresh.
const GOLDEN_AT: &str = "2027-03-02T00:00:00Z";
const PRODUCTION_AT: &str = "2026-08-22T00:00:00Z";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The workspace that the playbook leaves, with its page written.
fn golden() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    for folder in ["repository", "ceremony"] {
        for (name, bytes) in tree::tree(&root().join(folder)) {
            let path = scratch.path().join(folder).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    fs::write(scratch.path().join("tuffet.toml"), "schema = \"tuffet-workspace-v1\"\n").unwrap();
    page(scratch.path(), GOLDEN_AT).done();
    scratch
}

/// Sigstore's production repository, taken over; `None` where it is not at hand.
fn production(test: &str) -> Option<TempDir> {
    let data = real::data(test)?;
    let scratch = tempfile::tempdir().unwrap();
    let workspace = scratch.path().join("w");
    let words = ["import", data.join("prod").to_str().unwrap(), workspace.to_str().unwrap(), "--at", PRODUCTION_AT]
        .map(str::to_owned);
    real::tuffet(&words.each_ref().map(String::as_str)).done();
    let settings = "\n[page]\nname = \"Sigstore's root of trust\"\nurl = \"https://tuf-repo-cdn.sigstore.dev\"\n";
    let file = workspace.join("tuffet.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(file, text + settings).unwrap();
    page(&workspace, PRODUCTION_AT).done();
    Some(scratch)
}

fn page(workspace: &Path, at: &str) -> real::Said {
    real::tuffet(&["page", "--workspace", workspace.to_str().unwrap(), "--at", at])
}
