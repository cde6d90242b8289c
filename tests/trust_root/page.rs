//! crates/cli/docs/trust-root.md, executed.

use crate::base::{folder, shell};
use crate::pages;

#[test]
fn the_page_on_trust_roots_runs() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/trust-root.md");
    let blocks = pages::blocks(&std::fs::read_to_string(path).unwrap());
    assert_eq!(blocks.len(), 5);
    let folder = folder();
    for block in &blocks {
        let (code, screen) = shell(folder.path(), &block.script);
        assert_eq!(code, i32::from(block.script.contains("too-soon")), "{screen}");
        // As wide as a terminal on the screen, as wide as paper here.
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let must_see = block.must_see.iter().map(|line| flat(line)).collect();
        pages::Block { must_see, ..block.clone() }.assert_seen(&flat(&screen));
    }
    assert!(!folder.path().join("too-soon").exists());
}
