//! Tables that fit the width of the terminal.
//!
//! Numbers are never broken, and text is broken between words. A table with more columns than fit is printed in several
//! parts, each of which begins with the columns that name the rows.

use crate::escape;
use crate::terminal::Safe;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, Width};
use std::fmt;
use unicode_width::UnicodeWidthStr;

/// The width of tables that are not printed on a terminal, wherever they are made. At this width, most tables are
/// whole.
pub const PIPED_WIDTH: usize = 140;

/// The columns that the frame of a table and the spaces beside each cell take, for each column of the table and once.
const AROUND_CELL: usize = 3;
const FRAME: usize = 1;

/// A column of text is this wide if its longest text is, even if its words are shorter.
const LEAST_TEXT: usize = 16;
/// A word that is longer than this may be broken.
const LONGEST_WORD: usize = 30;

/// One cell of a table, without characters that a terminal would obey.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    kind: CellKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CellKind {
    Text,
    Number,
    Verdict(bool),
}

impl<T: fmt::Display> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, CellKind::Text)
    }
}

/// A number, aligned to the right.
pub fn number(text: impl fmt::Display) -> Cell {
    Cell::new(text, CellKind::Number)
}

/// A word that says whether something holds, in green or red.
pub fn verdict(holds: bool, text: &str) -> Cell {
    Cell::new(text, CellKind::Verdict(holds))
}

/// An empty table.
pub fn table(header: &[impl AsRef<str>]) -> Table {
    Table {
        header: header.iter().map(|head| escape::line(head.as_ref()).into_owned()).collect(),
        rows: Vec::new(),
        keys: None,
    }
}

/// A table. When it is drawn, it takes the width of the terminal at most.
#[derive(Clone, Debug)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<Cell>>,
    keys: Option<usize>,
}

/// The width of a column, without the spaces beside it.
#[derive(Clone, Copy)]
struct Column {
    /// The width that breaks no number and no word.
    least: usize,
    /// The width at which every cell takes one line.
    most: usize,
}

impl Table {
    /// Adds a row, with a cell for each column.
    pub fn add_row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let row: Vec<Cell> = cells.into_iter().map(Into::into).collect();
        debug_assert_eq!(row.len(), self.header.len());
        self.rows.push(row);
    }

    /// Says that the first `count` columns name the rows. Unless this is said, these are the columns up to the first
    /// text, if it is one of the first two, or the first column.
    pub fn named_by(mut self, count: usize) -> Self {
        self.keys = Some(count);
        self
    }

    /// Whether the table has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn keys(&self) -> usize {
        let is_text = |column: usize| self.rows.iter().any(|row| row[column].kind != CellKind::Number);
        let second_names = || self.header.len() > 2 && !is_text(0) && is_text(1);
        self.keys.unwrap_or_else(|| if second_names() { 2 } else { 1 }).min(self.header.len())
    }

    fn column(&self, index: usize) -> Column {
        let longest_word = |text: &str| text.split_whitespace().map(UnicodeWidthStr::width).max().unwrap_or(0);
        let head = &self.header[index];
        let mut column = Column { least: longest_word(head), most: head.width() };
        for cell in self.rows.iter().map(|row| &row[index]) {
            let width = cell.text.width();
            let least = match cell.kind {
                CellKind::Number => width,
                _ => longest_word(&cell.text).clamp(width.min(LEAST_TEXT), LONGEST_WORD),
            };
            column.least = column.least.max(least);
            column.most = column.most.max(width);
        }
        column
    }

    /// The columns of each part of the table.
    fn parts(&self, columns: &[Column], width: usize) -> Vec<Vec<usize>> {
        let needed = |part: &[usize]| FRAME + part.iter().map(|&c| columns[c].least + AROUND_CELL).sum::<usize>();
        let keys: Vec<usize> = (0..self.keys()).collect();
        let mut parts = vec![keys.clone()];
        for column in keys.len()..columns.len() {
            let part = parts.last_mut().expect("There is always one part.");
            part.push(column);
            if needed(part) > width && part.len() > keys.len() + 1 {
                part.pop();
                parts.push([&keys[..], &[column]].concat());
            }
        }
        parts
    }

    /// The table in the width of the terminal, or in [`PIPED_WIDTH`] if there is none.
    pub fn drawn(&self) -> Safe {
        let terminal = comfy_table::Table::new().width().filter(|&width| width > 0);
        Safe::drawn(self.render(terminal.map_or(PIPED_WIDTH, usize::from)))
    }

    /// The table in at most this width, if the longest numbers and words allow it.
    fn render(&self, width: usize) -> String {
        let columns: Vec<Column> = (0..self.header.len()).map(|index| self.column(index)).collect();
        let parts = self.parts(&columns, width);
        parts.iter().map(|part| self.render_part(part, &columns, width)).collect::<Vec<_>>().join("\n")
    }

    fn render_part(&self, part: &[usize], columns: &[Column], width: usize) -> String {
        let mut table = comfy_table::Table::new();
        table.load_preset(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        let head = |&column: &usize| comfy_table::Cell::new(&self.header[column]).add_attribute(Attribute::Bold);
        table.set_header(part.iter().map(head));
        for row in &self.rows {
            table.add_row(part.iter().map(|&column| row[column].drawn()));
        }
        let part: Vec<Column> = part.iter().map(|&column| columns[column]).collect();
        let inner = width.saturating_sub(FRAME + AROUND_CELL * part.len());
        let constraint = |width: usize| {
            // The space on both sides belongs to the width.
            ColumnConstraint::Absolute(Width::Fixed(u16::try_from(width + 2).unwrap_or(u16::MAX)))
        };
        table.set_constraints(widths(&part, inner).into_iter().map(constraint));
        table.to_string()
    }
}

impl Cell {
    fn new(text: impl fmt::Display, kind: CellKind) -> Self {
        Self { text: escape::line(&text.to_string()).into_owned(), kind }
    }

    fn drawn(&self) -> comfy_table::Cell {
        let cell = comfy_table::Cell::new(&self.text);
        match self.kind {
            CellKind::Text => cell,
            CellKind::Number => cell.set_alignment(CellAlignment::Right),
            CellKind::Verdict(holds) => cell.fg(if holds { Color::Green } else { Color::Red }),
        }
    }
}

/// Widths of these columns that add up to `inner` at most, unless their least widths do not. What they leave goes first
/// to the columns that need least to have every cell in one line; the last ones share the rest.
fn widths(columns: &[Column], inner: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = columns.iter().map(|column| column.least).collect();
    let mut left = inner.saturating_sub(widths.iter().sum());
    let mut needy: Vec<usize> = (0..columns.len()).collect();
    needy.sort_by_key(|&i| columns[i].most - columns[i].least);
    while let Some((&first, others)) = needy.split_first() {
        let need = columns[first].most - columns[first].least;
        // Long texts share what is left; a short head takes what it needs.
        let more = if need <= LEAST_TEXT { need } else { need.min(left / (others.len() + 1)) };
        if more <= left {
            widths[first] += more;
            left -= more;
        }
        needy = others.to_vec();
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widest(text: &str) -> usize {
        text.lines().map(UnicodeWidthStr::width).max().unwrap()
    }

    fn errors() -> Table {
        let heads: Vec<String> =
            ["matrix".to_owned()].into_iter().chain((1..=12).map(|i| format!("error {i}"))).collect();
        let mut table = table(&heads);
        for name in ["a small one", "another, whose name is long"] {
            table.add_row([Cell::from(name)].into_iter().chain((0..12).map(|i| number(1234.5 + f64::from(i)))));
        }
        table
    }

    #[test]
    fn a_table_that_fits_is_as_wide_as_its_texts() {
        let mut table = table(&["what", "used"]);
        table.add_row(["LUT".into(), number(7_954)]);
        assert_eq!(table.render(80), table.render(500));
        assert_eq!(widest(&table.render(80)), "│ what ┆ used │".width());
    }

    #[test]
    fn a_table_with_too_many_columns_is_printed_in_parts_that_name_the_rows() {
        for width in [60, 80, 110] {
            let text = errors().render(width);
            assert!(widest(&text) <= width, "{text}");
            let parts = text.matches("matrix").count();
            assert!(parts > 1, "{text}");
            assert_eq!(text.matches("a small one").count(), parts, "{text}");
            for i in 0..12 {
                assert_eq!(text.matches(&format!(" {} ", 1234.5 + f64::from(i))).count(), 2, "{width}: {text}");
            }
        }
        assert_eq!(errors().render(500).matches("matrix").count(), 1);
    }

    #[test]
    fn text_is_broken_between_words() {
        let mut table = table(&["", "engine", "difference"]);
        let text = "output beat 12 has the element 17, but svdforge delivered the element 18 in this cycle already";
        table.add_row([number(1), "verilator".into(), verdict(false, text)]);
        let drawn = table.render(60);
        assert!(widest(&drawn) <= 60, "{drawn}");
        for word in text.split(' ') {
            assert!(drawn.contains(word), "`{word}` is broken: {drawn}");
        }
        assert!(drawn.contains("verilator"));
    }

    /// Then the table is wider than the terminal, and nothing is lost.
    #[test]
    fn a_width_that_is_too_small_breaks_no_number() {
        let drawn = errors().render(5);
        assert!(drawn.contains("1245.5") && drawn.contains("error"), "{drawn}");
    }

    #[test]
    fn the_columns_that_name_the_rows() {
        let mut documents = table(&["", "document", "cluster", "1"]);
        documents.add_row([number(1), "a title".into(), number(2), number(0.5)]);
        assert_eq!(documents.keys(), 2);
        assert_eq!(errors().keys(), 1);
        assert_eq!(errors().named_by(3).keys(), 3);
        let mut values = table(&["", "core", "reference"]);
        values.add_row([number(1), number(0.5), number(0.5)]);
        assert_eq!(values.keys(), 1);
    }
}
