//! Tables for people: columns by white space alone, 80 characters wide, no colour and no lines. A line that is cut
//! would be missed where it matters, so long cells are wrapped.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, presets};

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Text, never wrapped.
    Text,
    /// Numbers, flush right, never wrapped.
    Number,
    /// Text that takes what is left of the line, and wraps.
    Wide,
}

/// A table in the making.
#[derive(Debug)]
pub(crate) struct Table {
    inner: comfy_table::Table,
    columns: Vec<Column>,
}

impl Table {
    pub(crate) fn new<const N: usize>(columns: [(&str, Column); N]) -> Self {
        let mut inner = comfy_table::Table::new();
        inner.load_style(presets::NOTHING);
        inner.set_content_arrangement(ContentArrangement::Dynamic);
        if columns.iter().any(|(title, _)| !title.is_empty()) {
            inner.set_header(columns.map(|(title, _)| title));
        }
        Self { inner, columns: columns.map(|(_, column)| column).to_vec() }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.inner.add_row(cells);
    }

    /// The text, each line with its end.
    pub(crate) fn finish(mut self) -> String {
        self.inner.set_width(WIDTH);
        let last = self.columns.len().saturating_sub(1);
        for (i, kind) in self.columns.iter().enumerate() {
            let Some(column) = self.inner.column_mut(i) else { continue };
            column.set_padding((0, if i == last { 0 } else { GAP }));
            match kind {
                Column::Wide => {}
                Column::Text => {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
                Column::Number => {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        self.inner.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
    }
}

const WIDTH: u16 = 80;
const GAP: u16 = 2;
