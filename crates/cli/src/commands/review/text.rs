//! A review for a terminal of 80 columns. It holds nothing of the station it is read on: every keyholder's text has the
//! same SHA-256, which goes into their signature file.

use super::{start, word};
use crate::text::wrap;
use tuffet_builder::Finding;
use tuffet_ceremony::{ContentReview, Review, RoleReview};
use tuffet_metadata::format_time;

pub(super) fn render(review: &Review) -> String {
    let mut text = Text::default();
    text.wrapped("ceremony  ", INDENT, &review.ceremony);
    text.wrapped("plan hash ", INDENT, &review.plan_hash.to_string());
    text.wrapped("          ", INDENT, &review.plan_words());
    text.wrapped("held at   ", INDENT, &format_time(review.at));
    text.wrapped("replaces  ", INDENT, &start(review));
    for role in &review.roles {
        text.role(role);
    }
    if !review.contents.is_empty() {
        text.line("\ntargets by what is in them");
    }
    for content in &review.contents {
        text.content(content);
    }
    if !review.findings.is_empty() {
        text.line("\nwhat the draft falls short of");
    }
    for (finding, reason) in &review.findings {
        text.item(&format!("{}: {}", finding.place, short(finding, reason.as_ref())));
    }
    if !review.keys.is_empty() {
        text.line("\nkeys that come in, and what is proved of them");
    }
    for key in &review.keys {
        text.item(&key.to_string());
        for (finding, reason) in &key.findings {
            text.wrapped("    ", "    ", &short(finding, reason.as_ref()));
        }
    }
    text.0
}

fn short(finding: &Finding, reason: Option<&String>) -> String {
    format!("{} {} ({})", finding.rule, finding.message, word(reason))
}

/// Text in the making.
#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0 += line;
        self.0.push('\n');
    }

    fn wrapped(&mut self, first: &str, rest: &str, text: &str) {
        self.line(&wrap(first, rest, text));
    }

    fn item(&mut self, text: &str) {
        self.wrapped("  - ", "    ", text);
    }

    fn role(&mut self, role: &RoleReview) {
        self.line(&format!("\n{} v{}", role.role, role.version));
        for change in &role.changes {
            self.item(change);
        }
        self.line(&format!("  SHA-256 of the {} bytes to sign, and the same in words:", role.length));
        self.line(&format!("    {}", role.grouped()));
        self.wrapped("    ", "    ", &role.words());
    }

    fn content(&mut self, content: &ContentReview) {
        let path = content.path.escape_debug();
        self.wrapped("\n", "  ", &format!("{path}, {}", content.kind.words()));
        for change in &content.changes {
            self.item(change);
        }
        for line in &content.diff {
            self.wrapped("    ", "      ", line);
        }
    }
}

const INDENT: &str = "          ";

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn lines_of_a_diff_keep_their_blanks() {
        let mut text = Text::default();
        text.wrapped("    ", "      ", "+  two  blanks");
        assert_eq!(text.0, "    +  two  blanks\n");
    }
}
