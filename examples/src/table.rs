//! The tables that the book's blocks print: columns with names, then row after row.
//!
//! Shown in `src/appendix/writing-a-chapter.md`; most programs of the pages print one.
//!
//! ```
//! use system_design::table::Table;
//!
//! let mut table = Table::new(["servers", "busy (%)", "waits"]).decimals(1);
//! for servers in [5_u32, 20] {
//!     table.row((servers, 400.0 / f64::from(servers), "sometimes"));
//! }
//! let printed = "\
//! | servers | busy (%) | waits     |
//! | ------: | -------: | --------- |
//! |       5 |     80.0 | sometimes |
//! |      20 |     20.0 | sometimes |";
//! assert_eq!(table.to_string(), printed);
//! ```
//!
//! A row has as many cells as the table has columns, or the program doesn't compile:
//!
//! ```compile_fail,E0277
//! # use system_design::table::Table;
//! let mut table = Table::new(["servers", "busy (%)", "waits"]);
//! table.row((5, 80.0));
//! ```

use std::fmt::{self, Display};

/// A table of `N` columns, as Markdown. `println!("{table}")` prints it.
pub struct Table<const N: usize> {
    names: [String; N],
    decimals: [Option<usize>; N],
    rows: Vec<[Cell; N]>,
}

impl<const N: usize> Table<N> {
    /// A table without rows, by the names of its columns.
    pub fn new(names: [impl Display; N]) -> Self {
        Self {
            names: names.map(|name| text(&name.to_string())),
            decimals: [None; N],
            rows: Vec::new(),
        }
    }

    /// With how many decimals floats are printed: `decimals(1)` is for every column
    /// after the first, and `decimals([0, 1, 2])` has a number for each column. Whole
    /// numbers keep their form, and so does a float that no number of decimals applies
    /// to.
    #[must_use]
    pub fn decimals(mut self, decimals: impl Decimals<N>) -> Self {
        self.decimals = decimals.of_columns();
        self
    }

    /// Adds a row: `table.row((servers, busy, "text"))`, or `table.row([1, 2, 3])` for
    /// cells of one type.
    pub fn row(&mut self, row: impl Row<N>) {
        self.rows.push(row.cells(self.decimals));
    }
}

/// Columns with a number in them are aligned right, the others left. All lines are
/// equally long.
impl<const N: usize> Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: [Column; N] = std::array::from_fn(|at| {
            let cells = || self.rows.iter().map(|row| &row[at]);
            let right = cells().any(|cell| cell.is_number);
            let texts = cells().map(|cell| &cell.text).chain([&self.names[at]]);
            let longest = texts.map(|text| text.chars().count()).max();
            let width = longest.unwrap_or(0).max(if right { 2 } else { 1 });
            Column { right, width }
        });
        line(f, &columns, |at| &self.names[at])?;
        let rules = columns.each_ref().map(Column::rule);
        f.write_str("\n")?;
        line(f, &columns, |at| &rules[at])?;
        for row in &self.rows {
            f.write_str("\n")?;
            line(f, &columns, |at| &row[at].text)?;
        }
        Ok(())
    }
}

struct Column {
    right: bool,
    width: usize,
}

impl Column {
    /// What is between this column's names and its cells.
    fn rule(&self) -> String {
        match self.right {
            true => format!("{}:", "-".repeat(self.width - 1)),
            false => "-".repeat(self.width),
        }
    }
}

fn line<'a>(
    f: &mut fmt::Formatter<'_>,
    columns: &[Column],
    cell: impl Fn(usize) -> &'a str,
) -> fmt::Result {
    f.write_str("|")?;
    for (at, &Column { right, width }) in columns.iter().enumerate() {
        match right {
            true => write!(f, " {:>width$} |", cell(at))?,
            false => write!(f, " {:width$} |", cell(at))?,
        }
    }
    Ok(())
}

/// How many decimals the floats of each column have, see [`Table::decimals`].
pub trait Decimals<const N: usize> {
    /// None: as many as a float needs.
    fn of_columns(self) -> [Option<usize>; N];
}

/// The first column has what its row is about, a value that the program sets, and not
/// one that it measures.
impl<const N: usize> Decimals<N> for usize {
    fn of_columns(self) -> [Option<usize>; N] {
        std::array::from_fn(|at| (at > 0).then_some(self))
    }
}

impl<const N: usize> Decimals<N> for [usize; N] {
    fn of_columns(self) -> [Option<usize>; N] {
        self.map(Some)
    }
}

/// What a table of `N` columns takes as a row: a tuple of `N` values, or an array of
/// them.
#[diagnostic::on_unimplemented(
    message = "this is no row of a table with {N} columns",
    label = "a row has {N} cells here: numbers, texts, or `Option`s of them"
)]
pub trait Row<const N: usize> {
    /// Each column's cell, with as many decimals.
    fn cells(self, decimals: [Option<usize>; N]) -> [Cell; N];
}

impl<T: Value, const N: usize> Row<N> for [T; N] {
    fn cells(self, decimals: [Option<usize>; N]) -> [Cell; N] {
        let mut decimals = decimals.into_iter();
        self.map(|value| value.cell(decimals.next().flatten()))
    }
}

/// A tuple of values is a row.
macro_rules! tuples {
    ($($columns:literal: $($Type:ident $at:tt),+;)+) => {$(
        impl<$($Type: Value),+> Row<$columns> for ($($Type,)+) {
            fn cells(self, decimals: [Option<usize>; $columns]) -> [Cell; $columns] {
                [$(self.$at.cell(decimals[$at])),+]
            }
        }
    )+};
}

tuples! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    9: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    10: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
}

/// What is printed for one value.
pub struct Cell {
    text: String,
    is_number: bool,
}

/// What a cell can show. `value.to_string()` makes a text of anything else.
pub trait Value {
    /// The cell that shows it, with so many decimals if it is a float.
    fn cell(&self, decimals: Option<usize>) -> Cell;
}

macro_rules! whole_numbers {
    ($($Type:ty),+) => {$(
        impl Value for $Type {
            fn cell(&self, _: Option<usize>) -> Cell {
                Cell { text: self.to_string(), is_number: true }
            }
        }
    )+};
}

macro_rules! floats {
    ($($Type:ty),+) => {$(
        impl Value for $Type {
            fn cell(&self, decimals: Option<usize>) -> Cell {
                let text = decimals.map_or_else(|| self.to_string(), |decimals| format!("{self:.decimals$}"));
                Cell { text, is_number: true }
            }
        }
    )+};
}

whole_numbers!(
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize
);
floats!(f32, f64);

impl Value for str {
    /// A number that the program has formatted itself is a number.
    fn cell(&self, _: Option<usize>) -> Cell {
        Cell {
            text: text(self),
            is_number: self.parse::<f64>().is_ok_and(f64::is_finite),
        }
    }
}

impl Value for String {
    fn cell(&self, decimals: Option<usize>) -> Cell {
        self.as_str().cell(decimals)
    }
}

impl Value for char {
    fn cell(&self, decimals: Option<usize>) -> Cell {
        self.to_string().cell(decimals)
    }
}

/// None is a dash.
impl<T: Value> Value for Option<T> {
    fn cell(&self, decimals: Option<usize>) -> Cell {
        self.as_ref()
            .map_or_else(|| "—".cell(None), |value| value.cell(decimals))
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn cell(&self, decimals: Option<usize>) -> Cell {
        T::cell(self, decimals)
    }
}

/// A text as it is written in a cell: without what would end the cell or the row.
fn text(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_aligned_right_and_texts_left_and_a_column_is_as_wide_as_its_longest_cell()
     {
        let mut table = Table::new(["n", "name"]);
        table.row((1, "a"));
        table.row((1_000, "a longer one"));
        assert_eq!(
            table.to_string(),
            "|    n | name         |\n\
             | ---: | ------------ |\n\
             |    1 | a            |\n\
             | 1000 | a longer one |"
        );
        let mut table = Table::new(["n", "x"]);
        table.row((1, ""));
        assert_eq!(table.to_string(), "|  n | x |\n| -: | - |\n|  1 |   |");
    }

    #[test]
    fn one_number_of_decimals_leaves_the_first_column_alone_and_a_list_does_not() {
        let printed = |table: Table<3>| {
            let mut table = table;
            table.row((0.25_f64, 1.0 / 3.0, 2.0_f32));
            table.rows[0].each_ref().map(|cell| cell.text.clone())
        };
        let names = ["a", "b", "c"];
        assert_eq!(
            printed(Table::new(names).decimals(2)),
            ["0.25", "0.33", "2.00"]
        );
        assert_eq!(
            printed(Table::new(names).decimals([1, 0, 3])),
            ["0.2", "0", "2.000"]
        );
        assert_eq!(
            printed(Table::new(names)),
            ["0.25", "0.3333333333333333", "2"]
        );
    }

    #[test]
    fn whole_numbers_have_no_decimals_and_what_is_missing_is_a_dash() {
        let mut table = Table::new(["a", "b"]).decimals([3, 3]);
        table.row((7, Some(1.5)));
        table.row((u64::MAX, None::<f64>));
        assert_eq!(
            table.to_string(),
            "|                    a |     b |\n\
             | -------------------: | ----: |\n\
             |                    7 | 1.500 |\n\
             | 18446744073709551615 |     — |"
        );
    }

    #[test]
    fn a_column_with_some_numbers_is_aligned_right_whoever_formatted_them() {
        let mut table = Table::new(["port", "code"]);
        table.row([format!("{:.1}", 1.0), "7a".to_owned()]);
        table.row(["none".to_owned(), "NaN".to_owned()]);
        let shown = table.to_string();
        assert!(
            shown.starts_with("| port | code |\n| ---: | ---- |\n|  1.0 | 7a   |"),
            "{shown}"
        );
    }

    #[test]
    fn no_text_ends_its_cell_or_its_row() {
        let mut table = Table::new(["a | b"]);
        table.row(("c | d\ne",));
        assert_eq!(
            table.to_string(),
            "| a \\| b   |\n| -------- |\n| c \\| d e |"
        );
    }
}
