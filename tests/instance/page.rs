//! crates/cli/docs/instance.md, executed.

use crate::rekey::scaffolded;
use crate::scaffold::{TODAY, Variant};
use crate::{flat, pages, run};

const PAGE: &str = include_str!("../../crates/cli/docs/instance.md");

#[test]
fn the_page_on_instances_runs() {
    let blocks = pages::blocks(PAGE);
    assert_eq!(blocks.len(), 7, "were they all read?");
    let scratch = scaffolded(Variant { consistent: false, ..TODAY });
    for block in &blocks {
        let screen = run(scratch.path(), block.now.as_deref().unwrap(), &block.script, 0);
        let must_see = block.must_see.iter().map(|line| flat(line)).collect();
        pages::Block { must_see, ..block.clone() }.assert_seen(&flat(&screen));
    }
}
