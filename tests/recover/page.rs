//! crates/cli/docs/recovery.md, executed.

use crate::base::*;
use crate::pages;

#[test]
fn the_page_on_recovery_runs() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recovery.md");
    let blocks = pages::blocks(&std::fs::read_to_string(path).unwrap());
    assert_eq!(blocks.len(), 4);
    let w = world();
    for block in &blocks {
        let screen = run(w.path(), block.now.as_deref().unwrap(), &format!("cd w\n{}", block.script), 0);
        // As wide as a terminal on the screen, as wide as paper here.
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let must_see = block.must_see.iter().map(|line| flat(line)).collect();
        pages::Block { must_see, ..block.clone() }.assert_seen(&flat(&screen));
    }
}
