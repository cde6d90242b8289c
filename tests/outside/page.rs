//! crates/cli/docs/watching.md, executed.

use crate::pages::blocks;
use crate::{copy, golden};
use std::path::Path;

#[test]
fn the_page_on_watching_is_executed() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/watching.md")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    copy(&dir.path().join("repository"));
    std::fs::copy(golden().join("1.root.json"), dir.path().join("root.json")).unwrap();
    let blocks = blocks(&page);
    let run: Vec<_> = blocks.iter().filter(|block| block.now.is_some()).collect();
    assert!(run.len() == 3, "{}", run.len());
    for block in run {
        let mut screen = String::new();
        for line in block.script.replace("\\\n", "").lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(words[0], "tuffet", "{line}");
            let now = block.now.as_deref().unwrap();
            let words: Vec<&str> = [&["--at", now], &words[1..]].concat();
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_tuffet"))
                .args(&words)
                .current_dir(dir.path())
                .output()
                .unwrap();
            screen += &String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{line}: {}{screen}", String::from_utf8_lossy(&output.stderr));
        }
        block.assert_seen(&screen);
    }
    // Every symptom is on it.
    for symptom in tuffet_builder::outside::Symptom::all() {
        let row = format!("| {} | `{}` | {} | {} |", symptom.id, symptom.name, symptom.holds, symptom.fix);
        assert!(page.contains(&row), "watching.md lacks: {row}");
    }
}
