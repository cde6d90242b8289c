//! The dates as a calendar (RFC 5545), which other programs remind people of.

use super::time;
use std::fmt::Write as _;
use tuffet_builder::{Ahead, Event, Observed};
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

/// The dates that are not over. An event keeps its UID when its date moves, so that a calendar moves it too.
///
/// `who` says whom a role needs, where that is to stand beside the date.
pub(crate) fn calendar(ahead: &Ahead, seen: &Observed, who: &dyn Fn(&RoleName) -> Option<String>) -> String {
    let first = seen.roots.first().map(|root| sha256(&root.bytes).to_string()).unwrap_or_default();
    let mut out = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tuffet//drill//EN", "CALSCALE:GREGORIAN"] {
        line(&mut out, text);
    }
    for event in ahead.events.iter().filter(|event| event.at >= ahead.at) {
        one(&mut out, event, ahead, &first, who(&event.role));
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn one(out: &mut String, event: &Event, ahead: &Ahead, repository: &str, who: Option<String>) {
    let uid = sha256(format!("{repository} {}", event.name()).as_bytes()).to_string();
    let what = time::what(event) + &who.map(|who| format!("; needs {who}")).unwrap_or_default();
    let stamp = |time: chrono::DateTime<chrono::Utc>| time.format("%Y%m%dT%H%M%SZ").to_string();
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{uid}@tuffet"));
    line(out, &format!("DTSTAMP:{}", stamp(ahead.at)));
    line(out, &format!("DTSTART:{}", stamp(event.at)));
    // It rises as the date moves, up to what RFC 5545 calls an integer.
    line(out, &format!("SEQUENCE:{}", event.version.min(u64::from(i32::MAX.unsigned_abs()))));
    line(out, &format!("SUMMARY:{}", escaped(&time::breaks(event))));
    line(out, &format!("DESCRIPTION:{}", escaped(&what)));
    line(out, "TRANSP:TRANSPARENT");
    line(out, "END:VEVENT");
}

/// A text value (RFC 5545 3.3.11). What is no text has no place in it.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_control() || *c == '\n') {
        match c {
            '\n' => out += "\\n",
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A content line, folded at 75 octets and never inside a character (RFC 5545 3.1).
fn line(out: &mut String, text: &str) {
    let mut width = 0;
    for c in text.chars() {
        if width + c.len_utf8() > OCTETS {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    // Writing to a string does not fail.
    let _ = write!(out, "\r\n");
}

const OCTETS: usize = 75;

#[cfg(test)]
mod tests {
    use super::{escaped, line};

    #[test]
    fn r18_text_is_escaped_and_lines_are_folded() {
        assert_eq!(escaped("a, b; c\\d\ne\u{7}\r"), "a\\, b\\; c\\\\d\\ne");
        let mut out = String::new();
        line(&mut out, &format!("SUMMARY:{}é{}", "x".repeat(66), "y".repeat(80)));
        let lines: Vec<&str> = out.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                format!("SUMMARY:{}", "x".repeat(66)).as_str(),
                format!(" é{}", "y".repeat(72)).as_str(),
                format!(" {}", "y".repeat(8)).as_str(),
                "",
            ]
        );
        assert!(lines.iter().all(|line| line.len() <= 75));
    }
}
