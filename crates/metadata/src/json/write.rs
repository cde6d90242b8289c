//! The writer whose bytes other tools reproduce (interop.md, Must write 1).

use super::{Object, Value};

/// The bytes Python's `json.dumps(value, indent=1, sort_keys=True, separators=(",", ": "))` gives: one space a level,
/// ASCII only with lower-case `\u` escapes and surrogate pairs, LF, no final newline.
#[must_use]
pub fn pretty(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    write(value, 0, &mut out);
    out.into_bytes()
}

fn write(value: &Value, level: usize, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Integer(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_string(text, out),
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                next_line(i, level, out);
                write(item, level.saturating_add(1), out);
            }
            close(level, ']', out);
        }
        Value::Object(object) => write_object(object, level, out),
    }
}

fn write_object(object: &Object, level: usize, out: &mut String) {
    if object.is_empty() {
        return out.push_str("{}");
    }
    out.push('{');
    for (i, (name, value)) in object.iter().enumerate() {
        next_line(i, level, out);
        write_string(name, out);
        out.push_str(": ");
        write(value, level.saturating_add(1), out);
    }
    close(level, '}', out);
}

fn next_line(index: usize, level: usize, out: &mut String) {
    out.push_str(if index > 0 { ",\n" } else { "\n" });
    out.extend(std::iter::repeat_n(' ', level.saturating_add(1)));
}

fn close(level: usize, bracket: char, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', level));
    out.push(bracket);
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}
