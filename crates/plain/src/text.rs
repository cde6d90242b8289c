//! Two walks over JSON text, looking only at where strings begin and end.

use std::collections::BTreeSet;

/// `json` with the control characters inside its strings escaped; other bytes as they are.
pub(crate) fn escaped(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let (mut inside, mut after_backslash) = (false, false);
    for &byte in json {
        match byte {
            0..=0x1f if inside => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
        if byte == b'"' && !after_backslash {
            inside = !inside;
        }
        after_backslash = inside && byte == b'\\' && !after_backslash;
    }
    out
}

/// The first name that one object has twice, in text that is valid JSON.
pub(crate) fn repeated(json: &[u8]) -> Option<String> {
    let mut open: Vec<BTreeSet<String>> = Vec::new();
    let mut rest = json;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            // Arrays get a set too, which stays empty.
            b'{' | b'[' => open.push(BTreeSet::new()),
            b'}' | b']' => drop(open.pop()),
            b'"' => {
                let (inner, after) = string(after);
                rest = after;
                let is_name = after.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':');
                // Decoded, for "a" and "\u0061" are one name.
                let name: String = serde_json::from_slice(&[b"\"", inner, b"\""].concat()).unwrap_or_default();
                if is_name && open.last_mut().is_some_and(|names| !names.insert(name.clone())) {
                    return Some(name);
                }
            }
            _ => {}
        }
    }
    None
}

/// Splits after the quote that ends a string; `text` begins after the one that began it.
fn string(text: &[u8]) -> (&[u8], &[u8]) {
    let mut after_backslash = false;
    for (index, &byte) in text.iter().enumerate() {
        if byte == b'"' && !after_backslash {
            let (inner, rest) = text.split_at(index);
            return (inner, rest.get(1..).unwrap_or_default());
        }
        after_backslash = byte == b'\\' && !after_backslash;
    }
    (text, &[])
}
