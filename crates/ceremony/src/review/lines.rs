//! Short texts line by line.

use crate::error::printable;
use tuffet_keys::sha256;

/// The lines that go and come, with one line around them; `None` where a text is too long for a person to compare, or
/// is none. Without an old text every line comes.
pub(super) fn diff(old: Option<&[u8]>, new: &[u8]) -> Option<Vec<String>> {
    let (old, new) = (old.map_or(Some(Vec::new()), lines)?, lines(new)?);
    let edits = edits(&old, &new);
    let changed: Vec<bool> = edits.iter().map(|(mark, _)| *mark != ' ').collect();
    let near = |at: usize| changed.iter().skip(at.saturating_sub(1)).take(if at == 0 { 2 } else { 3 }).any(|c| *c);
    let (mut out, mut skipped) = (Vec::new(), false);
    for (at, (mark, line)) in edits.iter().enumerate() {
        if near(at) {
            if skipped && !out.is_empty() {
                out.push("…".to_owned());
            }
            skipped = false;
            out.push(format!("{mark}{line}"));
        } else {
            skipped = true;
        }
    }
    Some(out)
}

/// The lines of a text, each visible and of a bearable length.
fn lines(bytes: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    if text.contains('\0') {
        return None;
    }
    let mut lines: Vec<String> = text.split('\n').map(shown).collect();
    match lines.last() {
        Some(last) if last.is_empty() => drop(lines.pop()),
        Some(last) => {
            let last = format!("{last} (no line end)");
            lines.pop();
            lines.push(last);
        }
        None => {}
    }
    (lines.len() <= MOST).then_some(lines)
}

/// What is cut keeps its digest: two lines that begin alike never look alike.
fn shown(line: &str) -> String {
    let visible = printable(line);
    if visible.chars().count() <= WIDEST {
        return visible;
    }
    let head: String = visible.chars().take(WIDEST).collect();
    format!("{head}… ({} bytes, SHA-256 {})", line.len(), sha256(line.as_bytes()))
}

/// Every line with its mark, by the longest common subsequence.
fn edits<'a>(old: &'a [String], new: &'a [String]) -> Vec<(char, &'a str)> {
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] =
                if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            out.push((' ', old[i].as_str()));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            out.push(('-', old[i].as_str()));
            i += 1;
        } else {
            out.push(('+', new[j].as_str()));
            j += 1;
        }
    }
    out
}

/// More lines than a person compares.
const MOST: usize = 200;
const WIDEST: usize = 200;

#[cfg(test)]
mod tests {
    use super::diff;

    fn between(old: &str, new: &str) -> Vec<String> {
        diff(Some(old.as_bytes()), new.as_bytes()).unwrap()
    }

    #[test]
    fn lines_that_go_and_come_have_one_line_around_them() {
        assert_eq!(between("a\nb\nc\nd\ne\nf\n", "a\nb\nX\nd\ne\nf\n"), [" b", "-c", "+X", " d"]);
        assert_eq!(between("a\nb\nc\nd\ne\n", "A\nb\nc\nd\nE\n"), ["-a", "+A", " b", "…", " d", "-e", "+E"]);
        assert_eq!(between("a\n", "a\n"), [""; 0]);
        assert_eq!(diff(None, b"a\nb\n").unwrap(), ["+a", "+b"]);
        assert_eq!(between("a\n", ""), ["-a"]);
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(between("a\n", "a"), ["-a", "+a (no line end)"]);
        assert_eq!(between("a\n", "a\r\n"), ["-a", "+a\\r"]);
        assert_eq!(between("a\n", "\u{1b}[2Ja\u{202e}\n"), ["-a", "+\\u{1b}[2Ja\\u{202e}"]);
        let (one, two) = ("x".repeat(300) + "1\n", "x".repeat(300) + "2\n");
        let found = between(&one, &two);
        assert_eq!(found.len(), 2);
        assert_ne!(found[0][1..], found[1][1..]);
    }

    #[test]
    fn what_no_person_compares_is_left_to_its_hash() {
        assert_eq!(diff(None, &[0xff]), None);
        assert_eq!(diff(None, b"a\0b\n"), None);
        assert_eq!(diff(None, "a\n".repeat(201).as_bytes()), None);
        assert!(diff(None, "a\n".repeat(200).as_bytes()).is_some());
    }
}
