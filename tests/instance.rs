//! A private instance, from PEM files to a client, and out of what scaffolding leaves behind.

#[path = "support/pages.rs"]
mod pages;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/tree.rs"]
mod tree;

#[path = "instance/asked.rs"]
mod asked;
#[path = "instance/export.rs"]
mod export;
#[path = "instance/list.rs"]
mod list;
#[path = "instance/page.rs"]
mod page;
#[path = "instance/rekey.rs"]
mod rekey;
#[path = "instance/scaffold.rs"]
mod scaffold;
#[path = "instance/services.rs"]
mod services;

use std::path::Path;

/// When everything here happens.
pub(crate) const AT: &str = "2026-12-01T10:00:00Z";

const ANSWERS: &[(&str, &str)] = &[("passphrase", "correct horse"), ("Type `sign`", "sign")];

/// The screen of a script that ends with this code.
#[track_caller]
pub(crate) fn run(folder: &Path, at: &str, script: &str, code: i32) -> String {
    let sitting = terminal::sit(folder, Some(at), script, ANSWERS);
    assert_eq!(sitting.code, code, "{script}\n{}", sitting.screen);
    assert!(!sitting.screen.contains("correct horse"), "a passphrase on the screen");
    sitting.screen
}

/// As wide as it is, on one line.
pub(crate) fn flat(screen: &str) -> String {
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lists of the services of this test.
pub(crate) const LISTS: &str = "--log kind=rekor-v1,key=rekor.pub,url=https://rekor.example.org,start=2026-06-01T00:00:00Z \
    --ca chain=fulcio.pem,uri=https://fulcio.example.org,start=2026-06-01T00:00:00Z \
    --ct key=ctfe.pub,url=https://ct.example.org/2026,start=2026-06-01T00:00:00Z \
    --tsa chain=tsa.pem,uri=https://tsa.example.org/api/v1/timestamp,start=2026-06-01T00:00:00Z";
