//! A review for a pull request. Every text that is not ours stands in a code span or a code block whose fence is longer
//! than any run of backticks in it: a name can neither break out, nor call a person, nor become a link.

use super::{start, word};
use std::fmt::Write as _;
use tuffet_ceremony::{ContentReview, Review, RoleReview};
use tuffet_metadata::format_time;

pub(super) fn render(review: &Review) -> String {
    let mut out = format!("# Ceremony {}\n\n", span(&review.ceremony));
    for (label, value) in [
        ("Plan hash", span(&review.plan_hash.to_string())),
        ("in words", span(&review.plan_words())),
        ("Held at", span(&format_time(review.at))),
        ("Replaces", span(&start(review))),
    ] {
        let _ = writeln!(out, "- {label}: {value}");
    }
    for role in &review.roles {
        add_role(&mut out, role);
    }
    if !review.contents.is_empty() {
        out += "\n## Targets by what is in them\n";
    }
    for content in &review.contents {
        add_content(&mut out, content);
    }
    if !review.findings.is_empty() {
        out += "\n## What the draft falls short of\n\n";
    }
    for (finding, reason) in &review.findings {
        let text = format!("{}: {} ({})", finding.place, finding.message, word(reason.as_ref()));
        let _ = writeln!(out, "- {} {}", finding.rule, span(&text));
    }
    if !review.keys.is_empty() {
        out += "\n## Keys that come in, and what is proved of them\n\n";
    }
    for key in &review.keys {
        let _ = writeln!(out, "- {}", span(&key.to_string()));
        for (finding, reason) in &key.findings {
            let text = format!("{} ({})", finding.message, word(reason.as_ref()));
            let _ = writeln!(out, "  - {} {}", finding.rule, span(&text));
        }
    }
    out
}

fn add_role(out: &mut String, role: &RoleReview) {
    let _ = write!(out, "\n## {} v{}\n\n", role.role, role.version);
    for change in &role.changes {
        let _ = writeln!(out, "- {}", span(change));
    }
    let _ = write!(out, "\nSHA-256 of the {} bytes to sign, and the same in words:\n\n", role.length);
    *out += &block("", [role.grouped(), role.words()].iter().map(String::as_str));
}

fn add_content(out: &mut String, content: &ContentReview) {
    let _ = write!(out, "\n### {}, {}\n\n", span(&content.path.escape_debug().to_string()), content.kind.words());
    for change in &content.changes {
        let _ = writeln!(out, "- {}", span(change));
    }
    if !content.diff.is_empty() {
        let gap = if content.changes.is_empty() { "" } else { "\n" };
        *out += gap;
        *out += &block("diff", content.diff.iter().map(String::as_str));
    }
}

/// The text as a code span, on one line whatever is in it.
fn span(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let fence = "`".repeat(longest_run(&text) + 1);
    // A backtick at an end would join the fence; one blank on both sides is not shown.
    let edge = |c: Option<char>| matches!(c, Some('`' | ' ') | None);
    let pad = if edge(text.chars().next()) || edge(text.chars().last()) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn block<'a>(language: &str, lines: impl Iterator<Item = &'a str> + Clone) -> String {
    let longest = lines.clone().map(longest_run).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: String = lines.map(|line| format!("{line}\n")).collect();
    format!("{fence}{language}\n{lines}{fence}\n")
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{block, span};

    #[test]
    fn no_text_breaks_out_of_its_span() {
        for (text, expected) in [
            ("@alice: Ed25519", "`@alice: Ed25519`"),
            ("a|b", "`a|b`"),
            ("a`b", "``a`b``"),
            ("`a` <img src=x>", "`` `a` <img src=x> ``"),
            ("``` x ``", "```` ``` x `` ````"),
            ("a\n# heading", "`a # heading`"),
            ("", "`  `"),
        ] {
            assert_eq!(span(text), expected);
        }
    }

    #[test]
    fn no_line_ends_its_block() {
        assert_eq!(block("diff", ["+a", "-````"].into_iter()), "`````diff\n+a\n-````\n`````\n");
        assert_eq!(block("", ["a"].into_iter()), "```\na\n```\n");
    }
}
