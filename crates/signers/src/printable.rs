//! Text from outside, fit to stand in a message.

use tuffet_attestation::is_hidden;

/// The text on one line, without what could move the cursor, turn the direction of reading or hide, and at most `limit`
/// characters of its end: what went wrong stands last.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let spaced: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count().checked_sub(limit) {
        None | Some(0) => line,
        Some(over) => format!("...{}", line.chars().skip(over).collect::<String>()),
    }
}
