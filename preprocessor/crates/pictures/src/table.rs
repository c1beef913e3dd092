//! Printed tables as tables of the page, with separators in large numbers.

use crate::picture::{Explanation, Picture, Problem, Wanted};
use crate::text;
use mdbook_proof_text::html::{LONG, escaped, preformatted};
use mdbook_proof_text::printed_table::{self, Alignment, Ragged};
pub(crate) use mdbook_proof_text::printed_table::{Cell, Table};
use std::fmt::Write as _;

/// The tables of an output as tables, the lines around them as they were printed.
#[derive(Debug)]
pub(crate) struct Tables;

impl Picture for Tables {
    fn word(&self) -> &'static str {
        "table"
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "an output is to be shown as a table but contains none",
            wrong: "```rust,run\nprintln!(\"42\");\n```\n\n```output,table\n42\n```\n",
            right: "```rust,run\nprintln!(\"| answer |\\n| ---: |\\n| 42 |\");\n```\n\n```output,table\n| answer |\n| ---: |\n| 42 |\n```\n",
        }
    }

    fn about(&self) -> &'static str {
        "requires a Markdown table in the text; tables are shown as tables anyway"
    }

    fn reads_table(&self) -> bool {
        true
    }

    fn has_caption(&self) -> bool {
        false
    }

    fn draw(&self, _: &Wanted, lines: &[&str], _: Option<&str>) -> Result<String, Problem> {
        needed(lines)?;
        Ok(html(lines, &all(lines)?))
    }
}

/// An output whose fence asks for no picture: nothing where it has no table, or one that can't be read.
pub(crate) fn unasked(lines: &[&str]) -> Option<String> {
    let tables = all(lines).ok()?;
    (!tables.is_empty()).then(|| html(lines, &tables))
}

fn html(lines: &[&str], tables: &[Table<'_>]) -> String {
    let mut html = String::new();
    let printed = |lines: &[&str], html: &mut String| {
        let is_blank = |line: &&&str| line.trim().is_empty();
        let start = lines.iter().take_while(is_blank).count();
        let end = lines.len() - lines[start..].iter().rev().take_while(is_blank).count();
        if start < end {
            html.push_str(&preformatted(&lines[start..end]));
        }
    };
    let mut after = 0;
    for table in tables {
        printed(&lines[after..table.lines.start], &mut html);
        write_html(table, &mut html);
        after = table.lines.end;
    }
    printed(&lines[after..], &mut html);
    html
}

/// The first table among some lines, which a picture is drawn from.
///
/// # Errors
/// When there is none, or a row has more or fewer cells than the header.
pub(crate) fn needed<'text>(lines: &[&'text str]) -> Result<Table<'text>, Problem> {
    first(lines)?.ok_or_else(|| {
        Problem::whole(
            "the output has no table",
            "print a Markdown table: a header, a row such as | --- | ---: |, and the rows",
        )
    })
}

/// The first table among some lines, if there is one.
///
/// # Errors
/// When a row has more or fewer cells than the header.
pub(crate) fn first<'text>(lines: &[&'text str]) -> Result<Option<Table<'text>>, Problem> {
    printed_table::first(lines).map_err(problem)
}

/// All tables among some lines.
///
/// # Errors
/// As [`first`].
fn all<'text>(lines: &[&'text str]) -> Result<Vec<Table<'text>>, Problem> {
    printed_table::all(lines).map_err(problem)
}

fn problem(Ragged { line, cells, width }: Ragged) -> Problem {
    Problem::at(
        line,
        format!("a row of the table has {cells} cells and its header {width}"),
        "print one cell for each column; a `|` inside a cell is written `\\|`",
    )
}

fn write_html(table: &Table<'_>, html: &mut String) {
    let separated: Vec<bool> = (0..table.header.len())
        .map(|at| is_separated(table, at))
        .collect();
    let row = |cells: &[Cell<'_>], tag: &str, html: &mut String| {
        html.push_str("<tr>");
        for ((cell, alignment), is_separated) in cells.iter().zip(&table.alignments).zip(&separated)
        {
            let style = match alignment {
                Alignment::Start => "",
                Alignment::Center => " style=\"text-align: center\"",
                Alignment::End => " style=\"text-align: right\"",
            };
            let cell = match is_separated {
                true => text::separated(cell),
                false => Cell::clone(cell),
            };
            let _ = write!(html, "<{tag}{style}>{}</{tag}>", escaped(&cell));
        }
        html.push_str("</tr>");
    };
    // What scrolls inside itself has to be reached by keyboard.
    html.push_str(match table.rows.len() > LONG {
        true => "<div class=\"table-wrapper proof-long\" tabindex=\"0\"><table><thead>",
        false => "<div class=\"table-wrapper\"><table><thead>",
    });
    row(&table.header, "th", html);
    html.push_str("</thead><tbody>");
    for cells in &table.rows {
        row(&cells.cells, "td", html);
    }
    html.push_str("</tbody></table></div>");
}

/// Digits that a number has to have before its column gets separators: four are also years, ports and names.
const DIGITS: usize = 5;

/// Whether the numbers of a column get separators: of one that is aligned as numbers are, and has a large one.
fn is_separated(table: &Table<'_>, column: usize) -> bool {
    let digits = |row: &printed_table::Row<'_>| text::digits(&row.cells[column]);
    table.alignments[column] == Alignment::End && table.rows.iter().any(|row| digits(row) >= DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(text: &str) -> Result<String, Problem> {
        Tables.draw(&Wanted::default(), &text.lines().collect::<Vec<_>>(), None)
    }

    #[test]
    fn a_table_keeps_its_alignment_and_the_lines_around_it() {
        let html = drawn("seed 7\n\n| a | <b> |\n| - | -: |\n| x\\|y | 2 |\nend\n").unwrap();
        for part in [
            "plaintext\">seed 7</code>",
            "<th>a</th><th style=\"text-align: right\">&lt;b&gt;</th>",
            "<td>x|y</td><td style=\"text-align: right\">2</td>",
            "plaintext\">end</code>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn all_tables_of_an_output_are_shown_and_what_has_none_stays() {
        let html = unasked(&[
            "a", "", "| x |", "| - |", "| 1 |", "", "b", "| y |", "| - |", "| 2 |",
        ])
        .unwrap();
        assert_eq!(html.matches("<table>").count(), 2);
        assert_eq!(html.matches("<pre").count(), 2, "{html}");
        assert_eq!(unasked(&["42", "| no table |"]), None);
        assert_eq!(unasked(&["| x |", "| - |", "| 1 | 2 |"]), None);
    }

    #[test]
    fn large_numbers_of_a_column_get_separators_and_nothing_else_does() {
        let html = drawn("| n | year | name | mixed |\n| -: | -: | - | -: |\n| 1000 | 2024 | 12345 | 12345.6789 |\n| 1234567 | 2025 | 1 | -98765 ms |\n| 012345 | 1 | 1 | 12345ab |").unwrap();
        for cell in [
            "1,000",
            "1,234,567",
            "2024",
            ">12345<",
            "12,345.6789",
            "-98,765 ms",
            ">012345<",
            "12345ab",
        ] {
            assert!(html.contains(cell), "{cell}: {html}");
        }
    }

    proptest! {
        #[test]
        fn separators_change_no_number(cell in "[-+−]?[0-9]{0,12}([.][0-9]{0,8})?( ms|%|x)?") {
            let shown = text::separated(&cell);
            prop_assert_eq!(shown.replace(',', ""), cell);
        }

        #[test]
        fn any_table_is_one_line_of_html(text in "(\\PC|[|\\n :-]){0,60}") {
            if let Ok(html) = drawn(&format!("{text}\n| a |\n| - |\n| {{ |\n{text}")) {
                prop_assert!(!html.contains(['\n', '{']), "{}", html);
            }
        }
    }
}
