//! The paper as Markdown.

use super::{Paper, Step};

pub(super) fn text(paper: &Paper) -> String {
    let mut out = format!("# Ceremony {}\n\n", escaped(&paper.title));
    out += "Stop rule, for everyone and every step: if what you see is not what stands here, stop, sign nothing, and\n";
    out += "speak to the others. Nothing is lost by stopping.\n\n";
    for (label, value) in &paper.facts {
        out += &format!("- {label}: `{}`\n", value.replace('`', "'"));
    }
    if !paper.digests.is_empty() {
        out += "\n## Digests\n\nEqual on every screen, or nobody signs.\n";
        for (role, hex, words) in &paper.digests {
            out += &format!("\n### {}\n\n    {hex}\n\n{words}\n", escaped(role));
        }
    }
    out += "\n## Steps\n";
    for (number, step) in paper.steps.iter().enumerate() {
        out += &one(number + 1, step);
    }
    out
}

fn one(number: usize, step: &Step) -> String {
    let mut out = format!("\n### {number}. {}\n\n{}\n", escaped(&step.who), escaped(&step.does));
    if let Some(types) = &step.types {
        out += &format!("\n    {types}\n");
    }
    if !step.stops.is_empty() {
        out += &format!("\nStop if {}.\n", step.stops);
    }
    out += "\n| initials | time | evidence |\n|---|---|---|\n";
    for (time, evidence) in &step.done {
        out += &format!("| ______ | {time} | {} |\n", escaped(evidence));
    }
    if step.done.is_empty() {
        out += "| ______ | ____________ | ________________________ |\n";
    }
    out
}

/// Text that people wrote must not become a link, an image, a heading or another cell.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "\\`*_{}[]<>#+!|&~".contains(c) {
            out.push('\\');
        }
        out.extend(if tuffet_attestation::is_hidden(c) { c.escape_debug().collect() } else { vec![c] });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_people_wrote_stays_text() {
        assert_eq!(escaped("@a|b [x](y) <i> `c`\u{202e}"), "@a\\|b \\[x\\](y) \\<i\\> \\`c\\`\\u{202e}");
    }
}
