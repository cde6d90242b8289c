//! A text that is longer than the terminal, a screenful at a time.

/// Where each screenful ends, in lines of the text, for a terminal of so many rows and columns: the last row is kept for
/// the question. One page, where the size is not known or all fits.
pub(crate) fn pages(text: &str, rows: usize, columns: usize) -> Vec<usize> {
    let heights: Vec<usize> = text.split('\n').map(|line| height(line, columns)).collect();
    let room = rows.saturating_sub(1);
    if room == 0 || heights.iter().sum::<usize>() <= room {
        return vec![heights.len()];
    }
    let (mut ends, mut used) = (Vec::new(), 0);
    for (at, height) in heights.iter().enumerate() {
        if used > 0 && used + height > room {
            ends.push(at);
            used = 0;
        }
        used += height;
    }
    ends.push(heights.len());
    ends
}

/// Rows that a line takes: a terminal breaks what is wider than itself.
fn height(line: &str, columns: usize) -> usize {
    let width = line.chars().count();
    if columns == 0 { 1 } else { width.div_ceil(columns).max(1) }
}

#[cfg(test)]
mod tests {
    use super::pages;

    #[test]
    fn a_screenful_leaves_a_row_for_the_question() {
        let text = ["line"; 10].join("\n");
        assert_eq!(pages(&text, 5, 80), [4, 8, 10]);
        assert_eq!(pages(&text, 11, 80), [10]);
        assert_eq!(pages(&text, 10, 80), [9, 10]);
        // A terminal that does not say its size.
        assert_eq!(pages(&text, 0, 0), [10]);
        assert_eq!(pages("", 24, 80), [1]);
    }

    #[test]
    fn a_line_wider_than_the_terminal_takes_its_rows() {
        let text = ["a".repeat(80), "b".repeat(81), "c".into(), "d".into()].join("\n");
        assert_eq!(pages(&text, 4, 80), [2, 4]);
        // What fits on no screen is shown all the same.
        assert_eq!(pages(&format!("{}\nend", "a".repeat(800)), 4, 80), [1, 2]);
    }
}
