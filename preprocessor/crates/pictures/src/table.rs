//! Printed tables as tables of the page.

use crate::picture::{Explanation, Picture, Problem, Wanted};
use mdbook_proof_text::html::{escaped, preformatted};
use mdbook_proof_text::printed_table::{self, Alignment, Ragged};
pub(crate) use mdbook_proof_text::printed_table::{Cell, Table};
use std::fmt::Write as _;

/// The first table of an output as a table, the lines around it as they were printed.
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
        "shows the first Markdown table in the text as a table"
    }

    fn reads_table(&self) -> bool {
        true
    }

    fn shows_all(&self) -> bool {
        true
    }

    fn draw(&self, _: &Wanted, lines: &[&str], _: Option<&str>) -> Result<String, Problem> {
        let table = needed(lines)?;
        let mut html = String::new();
        let is_blank = |lines: &[&str]| lines.iter().all(|line| line.trim().is_empty());
        let (before, after) = (&lines[..table.lines.start], &lines[table.lines.end..]);
        if !is_blank(before) {
            html.push_str(&preformatted(before));
        }
        write_html(&table, &mut html);
        if !is_blank(after) {
            html.push_str(&preformatted(after));
        }
        Ok(html)
    }
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
    printed_table::first(lines).map_err(|Ragged { line, cells, width }| {
        Problem::at(
            line,
            format!("a row of the table has {cells} cells and its header {width}"),
            "print one cell for each column; a `|` inside a cell is written `\\|`",
        )
    })
}

fn write_html(table: &Table<'_>, html: &mut String) {
    let row = |cells: &[Cell<'_>], tag: &str, html: &mut String| {
        html.push_str("<tr>");
        for (cell, alignment) in cells.iter().zip(&table.alignments) {
            let style = match alignment {
                Alignment::Start => "",
                Alignment::Center => " style=\"text-align: center\"",
                Alignment::End => " style=\"text-align: right\"",
            };
            let _ = write!(html, "<{tag}{style}>{}</{tag}>", escaped(cell));
        }
        html.push_str("</tr>");
    };
    html.push_str("<div class=\"table-wrapper\"><table><thead>");
    row(&table.header, "th", html);
    html.push_str("</thead><tbody>");
    for cells in &table.rows {
        row(&cells.cells, "td", html);
    }
    html.push_str("</tbody></table></div>");
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
            "plaintext\">seed 7&#10;</code>",
            "<th>a</th><th style=\"text-align: right\">&lt;b&gt;</th>",
            "<td>x|y</td><td style=\"text-align: right\">2</td>",
            "plaintext\">end</code>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    proptest! {
        #[test]
        fn any_table_is_one_line_of_html(text in "(\\PC|[|\\n :-]){0,60}") {
            if let Ok(html) = drawn(&format!("{text}\n| a |\n| - |\n| {{ |\n{text}")) {
                prop_assert!(!html.contains(['\n', '{']), "{}", html);
            }
        }
    }
}
