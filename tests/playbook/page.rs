//! PLAYBOOK.md as the test reads it: the steps that every ceremony has, and an entry for each scenario.

use crate::pages::{self, Block};

/// What an entry does next.
pub(crate) enum Step {
    /// Its own commands.
    Own(Block, Ends),
    /// Steps that every ceremony has, from one number to another, and what their screens must show together.
    Held(usize, usize, Vec<String>),
}

/// How the last command of a block ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    Done,
    /// Exit code 1, as `<!-- refused -->` says above the block.
    Refused,
}

/// One scenario.
pub(crate) struct Entry {
    pub(crate) number: usize,
    pub(crate) title: String,
    /// The entry whose end this one begins with; 0 for an empty folder.
    pub(crate) after: usize,
    /// The workspace whose clients follow at the end; `None` where the entry's own commands show what they do.
    pub(crate) workspace: Option<String>,
    /// What the page says it took: commands and seconds.
    pub(crate) stated: (usize, f64),
    pub(crate) steps: Vec<Step>,
}

/// The whole page.
pub(crate) struct Page {
    /// Steps `H1`, `H2` and so on, each with its blocks.
    pub(crate) held: Vec<Vec<Block>>,
    pub(crate) entries: Vec<Entry>,
}

impl Page {
    pub(crate) fn read(page: &str) -> Self {
        let mut out = Self { held: Vec::new(), entries: Vec::new() };
        for section in page.split("\n## ").skip(1) {
            let (title, body) = section.split_once('\n').unwrap();
            if title == "Holding a ceremony" {
                out.held = body.split("\n### H").skip(1).map(|step| pages::blocks(&format!("### H{step}"))).collect();
            } else if let Some((number, title)) = title.split_once(". ") {
                out.entries.push(entry(number.parse().unwrap(), title, body));
            } else {
                assert!(pages::blocks(body).is_empty(), "`{title}` has commands and no number");
            }
        }
        out
    }

    pub(crate) fn entry(&self, number: usize) -> &Entry {
        let found = self.entries.iter().find(|entry| entry.number == number);
        found.unwrap_or_else(|| panic!("PLAYBOOK.md has no entry {number}"))
    }
}

fn entry(number: usize, title: &str, body: &str) -> Entry {
    let marks = |name: &str| -> Option<&str> {
        let (_, rest) = body.split_once(&format!("<!-- {name} "))?;
        rest.split_once(" -->").map(|(value, _)| value)
    };
    let after = marks("after").map_or(3, |number| number.parse().unwrap());
    let workspace = marks("clients").unwrap_or("root-of-trust");
    let workspace = (workspace != "none").then(|| workspace.to_owned());
    let title = title.to_owned();
    Entry { number, after, workspace, stated: stated(number, body), steps: steps(&title, body), title }
}

/// Of the row `| In rehearsal | 23 commands, about 5 s of machine time … |` both numbers.
fn stated(number: usize, body: &str) -> (usize, f64) {
    let row = body.lines().find_map(|line| line.strip_prefix("| In rehearsal | "));
    let row = row.unwrap_or_else(|| panic!("entry {number}: how long did it take in rehearsal?"));
    let said = || -> Option<(usize, f64)> {
        let (commands, rest) = row.split_once(" command")?;
        let (_, rest) = rest.split_once(", about ")?;
        let (seconds, _) = rest.split_once(" s of machine time")?;
        Some((commands.parse().ok()?, seconds.parse().ok()?))
    };
    said().unwrap_or_else(|| panic!("entry {number}: expected `N commands, about S s of machine time`, found `{row}`"))
}

fn steps(title: &str, body: &str) -> Vec<Step> {
    // Parts between the lines that say which common steps to do; the last time of one part is the first of the next.
    let (mut out, mut now): (Vec<Step>, Option<String>) = (Vec::new(), None);
    let mut rest = format!("## {title}\n{body}");
    loop {
        let (part, line, after) = match rest.find("\n**Do [H") {
            None => (rest.clone(), None, String::new()),
            Some(at) => {
                let (part, after) = rest.split_at(at);
                let (line, after) = after[1..].split_once('\n').unwrap_or((&after[1..], ""));
                (part.to_owned(), Some(line.to_owned()), after.to_owned())
            }
        };
        let begin = now.as_ref().map_or(String::new(), |now| format!("<!-- now {now} -->\n"));
        let ended = part.replace("<!-- refused -->\n```sh\n", "```sh\n#refused\n");
        for mut block in pages::blocks(&(begin + &ended)) {
            let ends = if block.script.starts_with("#refused\n") { Ends::Refused } else { Ends::Done };
            block.script = block.script.trim_start_matches("#refused\n").to_owned();
            block.heading = format!("{title}: {}", block.heading);
            out.push(Step::Own(block, ends));
        }
        if let Some(time) = part.rsplit("<!-- now ").next().filter(|_| part.contains("<!-- now ")) {
            now = time.split_once(" -->").map(|(time, _)| time.to_owned());
        }
        let Some(line) = line else { return out };
        let (from, to) = numbers(&line);
        // A `text` block straight after the line is what their screens must show.
        let next = after.trim_start_matches('\n');
        let shown = next.strip_prefix("```text\n").and_then(|next| next.split_once("\n```"));
        let must_see = shown.map_or(Vec::new(), |(text, _)| text.lines().map(|line| line.trim().to_owned()).collect());
        out.push(Step::Held(from, to, must_see));
        rest = format!("\n{after}");
    }
}

/// `**Do [H2 to H5](#holding-a-ceremony).**` → 2 and 5.
fn numbers(line: &str) -> (usize, usize) {
    let (inside, _) = line["**Do [".len()..].split_once(']').unwrap();
    let (from, to) = inside.split_once(" to ").unwrap_or((inside, inside));
    let number = |step: &str| step.trim_start_matches('H').parse().unwrap_or_else(|_| panic!("{line}"));
    (number(from), number(to))
}
