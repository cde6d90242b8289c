//! Text for a terminal of 80 columns.

/// Wraps `text` at 80 columns: `first` stands before the first line, `rest` before the others. A word wider than the
/// terminal, such as a long URL, is broken.
pub(crate) fn wrap(first: &str, rest: &str, text: &str) -> String {
    let mut out = first.to_owned();
    let mut width = first.chars().count();
    let mut at_start = true;
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        if !at_start && width + 1 + word.len() > COLUMNS {
            out += &format!("\n{rest}");
            width = rest.chars().count();
            at_start = true;
        }
        if !at_start {
            out.push(' ');
            width += 1;
        }
        while width + word.len() > COLUMNS && width < COLUMNS {
            let head: String = word.drain(..COLUMNS - width).collect();
            out += &format!("{head}\n{rest}");
            width = rest.chars().count();
        }
        width += word.len();
        out.extend(word);
        at_start = false;
    }
    out
}

const COLUMNS: usize = 80;

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_end_at_column_80_and_no_word_is_lost() {
        let text = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen";
        let wrapped = wrap("  - ", "    ", text);
        assert_eq!(
            wrapped,
            "  - one two three four five six seven eight nine ten eleven twelve thirteen\n    fourteen fifteen sixteen"
        );
        let long = "x".repeat(100);
        let wrapped = wrap("  ", "  ", &format!("a {long} b"));
        assert!(wrapped.lines().all(|line| line.len() <= 80), "{wrapped}");
        assert_eq!(wrapped.matches('x').count(), 100);
    }
}
