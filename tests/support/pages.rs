//! The command blocks of a page, in the order they stand.
#![allow(dead_code, reason = "each test reads its part of a block")]

/// One `sh` block.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The nearest heading above it.
    pub(crate) heading: String,
    /// The time it is run at: the last `<!-- now TIME -->` above it.
    pub(crate) now: Option<String>,
    /// Its turn, where the page tells the story by person and not in order: the `<!-- run N -->` above it.
    pub(crate) turn: usize,
    /// The commands.
    pub(crate) script: String,
    /// Lines that must be on the screen, in this order: the `text` block after it.
    pub(crate) must_see: Vec<String>,
}

/// The blocks of `page`.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let (mut out, mut heading, mut now): (Vec<Block>, String, Option<String>) = (Vec::new(), String::new(), None);
    let mut lines = page.lines();
    let mut turn = 0;
    while let Some(line) = lines.next() {
        if let Some(time) = line.strip_prefix("<!-- now ").and_then(|rest| rest.strip_suffix(" -->")) {
            now = Some(time.to_owned());
        } else if let Some(number) = line.strip_prefix("<!-- run ").and_then(|rest| rest.strip_suffix(" -->")) {
            turn = number.parse().expect("a number");
        } else if line.starts_with('#') {
            heading = line.trim_start_matches(['#', ' ']).to_owned();
        } else if line == "```sh" || line == "```text" {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if line == "```sh" {
                let (heading, now) = (heading.clone(), now.clone());
                out.push(Block { heading, now, turn, script: body.join("\n"), must_see: Vec::new() });
            } else if let Some(last) = out.last_mut() {
                last.must_see = body.iter().map(|line| line.trim().to_owned()).collect();
            }
        }
    }
    out
}

impl Block {
    /// Panics with the screen where a line that must be seen is not, or stands before an earlier one.
    pub(crate) fn assert_seen(&self, screen: &str) {
        let mut rest = screen;
        for line in &self.must_see {
            // `…` stands for what differs from run to run.
            for part in line.split('…').map(str::trim).filter(|part| !part.is_empty()) {
                let at = rest
                    .find(part)
                    .unwrap_or_else(|| panic!("{}: expected `{part}` on the screen, found:\n{screen}", self.heading));
                rest = &rest[at + part.len()..];
            }
        }
    }
}
