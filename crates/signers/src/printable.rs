//! Text from outside, fit to stand in a message.

/// The text on one line, without what could move the cursor, turn the direction of reading or hide, and at most `limit`
/// characters of its end: what went wrong stands last.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let shown = |c: char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| shown(*c)).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count().checked_sub(limit) {
        None | Some(0) => line,
        Some(over) => format!("...{}", line.chars().skip(over).collect::<String>()),
    }
}
