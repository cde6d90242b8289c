//! JSON without the white space between its tokens.

/// The document on one line. A line end within a string is written as an escape in JSON, so none is left.
///
/// Serialising a parsed value would do as well, had it not to keep the order of members and the spelling of numbers.
pub(super) fn compact(json: &[u8]) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let text = String::from_utf8_lossy(json);
    let token = |c: &char| {
        if !in_string {
            in_string = *c == '"';
            return !matches!(c, ' ' | '\t' | '\n' | '\r');
        }
        in_string = escaped || *c != '"';
        escaped = !escaped && *c == '\\';
        true
    };
    text.chars().filter(token).collect()
}
