//! JSON for people: sorted, indented, ASCII only, at most 80 columns where the content allows.
//!
//! A string that is too long, or has lines, is printed as several quoted pieces that follow each other. Everything that
//! is not printable ASCII is escaped: text in a payload cannot move the cursor, turn the writing direction, look like
//! another letter, or pretend to be the next line.

use serde_json::Value;
use std::fmt::Write as _;

/// Appends `value`.
pub(crate) fn value(out: &mut String, value: &Value) {
    write(out, value, 0, 0);
}

/// `text` as one line of printable ASCII, in JSON's escapes.
pub(crate) fn visible(text: &str) -> String {
    units(text).concat()
}

/// Hex in groups of eight.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let group = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    bytes.chunks(4).map(group).collect::<Vec<_>>().join(" ")
}

/// `column` is where the value begins, `indent` where its line does.
fn write(out: &mut String, value: &Value, column: usize, indent: usize) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            // Sorted here, whatever the map: another crate in a build can switch serde_json to insertion order.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            block(out, ['{', '}'], indent, &members, |out, (name, member)| {
                let name = format!("\"{}\": ", visible(name));
                out.push_str(&name);
                write(out, member, indent + STEP + name.len(), indent + STEP);
            });
        }
        Value::Array(items) if !items.is_empty() => {
            block(out, ['[', ']'], indent, items, |out, item| write(out, item, indent + STEP, indent + STEP));
        }
        Value::String(text) => string(out, text, column, indent),
        // Numbers, true, false, null, {} and [] have one spelling, in ASCII.
        other => {
            let _ = write!(out, "{other}");
        }
    }
}

fn block<T>(
    out: &mut String,
    [open, close]: [char; 2],
    indent: usize,
    items: &[T],
    mut each: impl FnMut(&mut String, &T),
) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { "," });
        let _ = write!(out, "\n{:width$}", "", width = indent + STEP);
        each(out, item);
    }
    let _ = write!(out, "\n{:indent$}{close}", "");
}

fn string(out: &mut String, text: &str, column: usize, indent: usize) {
    let units = units(text);
    let length: usize = units.iter().map(String::len).sum();
    let lines = units.iter().rev().skip(1).any(|unit| unit == "\\n");
    if !lines && column + length + 3 <= WIDTH {
        let _ = write!(out, "\"{}\"", units.concat());
        return;
    }
    // The space between a name and its value would end the line.
    out.truncate(out.trim_end_matches(' ').len());
    let indent = indent + 2 * STEP;
    let room = WIDTH.saturating_sub(indent + 3).max(20);
    let mut piece = String::new();
    let mut flush = |piece: &mut String| {
        let _ = write!(out, "\n{:indent$}\"{}\"", "", std::mem::take(piece));
    };
    for unit in units {
        if piece.len() + unit.len() > room {
            flush(&mut piece);
        }
        piece.push_str(&unit);
        if unit == "\\n" {
            flush(&mut piece);
        }
    }
    if !piece.is_empty() {
        flush(&mut piece);
    }
}

/// The characters of `text`, each as it is printed.
fn units(text: &str) -> Vec<String> {
    let unit = |c: char| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        ' '..='~' => c.to_string(),
        _ => c.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |text, half| format!("{text}\\u{half:04x}")),
    };
    text.chars().map(unit).collect()
}

const WIDTH: usize = 80;
const STEP: usize = 2;
