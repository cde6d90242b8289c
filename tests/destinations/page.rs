//! crates/cli/docs/publishing.md, executed.

use crate::{assembled, pages, run};

const PAGE: &str = include_str!("../../crates/cli/docs/publishing.md");

#[test]
#[expect(clippy::print_stderr, reason = "what is skipped")]
fn the_page_on_publishing_runs() {
    let blocks = pages::blocks(PAGE);
    assert_eq!(blocks.len(), 4, "were they all read?");
    if std::process::Command::new("git").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "needs git");
        eprintln!("skipped: needs git");
        return;
    }
    let scratch = assembled("");
    for block in &blocks {
        block.assert_seen(&run(scratch.path(), &block.script, 0));
    }
    // What clients ask for is the same everywhere.
    let of = |folder: &str| crate::tree::tree(&scratch.path().join(folder));
    assert_eq!(of("production"), of("preproduction"));
}
