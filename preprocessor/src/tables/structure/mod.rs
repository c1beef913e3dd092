//! The structure of tables: what Markdown quietly drops, pads or splits is reported.
//!
//! | code | reports |
//! | --- | --- |
//! | `table-cells` | a row with more or fewer cells than the header, and one that is wrapped; see [`cells`] and [`wrapped`] |
//! | `table-header` | a header that doesn't match the delimiter row, an empty or a repeated header; see [`header`] |
//! | `table-end` | prose glued to a table, and a table cut by a blank line; see [`ends`] |
//! | `table-emphasis` | emphasis opened in one cell and closed in another; see [`cells`] |
//! | `table-row` | a row right below the same row; see [`cells`] |
//!
//! Alignment and padding are never reported. What tables mean, by rules that their authors declare, is [judged](super::judge).

mod cells;
mod ends;
mod header;
mod wrapped;

use crate::read::{Comment, Table};
use crate::tables::rules::declaration::orphan;
use crate::text::finding::Finding;
use crate::text::markdown::Spanned;
use crate::text::source::Source;
use pulldown_cmark::{Event, Tag};
use std::sync::Arc;

/// Checks the structure of the tables of a page, and that every declared rule has one.
pub fn check(
    source: &Arc<Source>,
    events: &[Spanned<'_>],
    tables: &[Table],
    orphans: &[Comment],
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = orphans
        .iter()
        .map(|comment| orphan(source, comment))
        .collect();
    for table in tables {
        let mut found = header::check(source, table);
        let wrapped = wrapped::find(source, table);
        found.extend(cells::check(source, table, &wrapped));
        if table.is_printed {
            found.iter_mut().for_each(of_a_program);
        } else {
            found.extend(ends::check(source, table, &wrapped));
        }
        found.extend(wrapped.into_iter().map(|wrapped| wrapped.finding));
        findings.extend(found);
    }
    for (event, span) in events {
        if matches!(event, Event::Start(Tag::Paragraph)) {
            findings.extend(header::unmatched(source, *span));
        }
    }
    findings
}

/// What a program printed is corrected in the program.
pub(crate) fn of_a_program(finding: &mut Finding) {
    finding.repair = None;
    finding.blessed = None;
    finding.help = Some("a program prints this table; put it right there".to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::table;
    use crate::text::markdown;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let source = Arc::new(Source::new("a.md", text));
        let options = mdbook_markdown::MarkdownOptions::default();
        let events = markdown::parse(source.text(), &options);
        let (tables, orphans) = table::read(&source, &events);
        check(&source, &events, &tables, &orphans)
            .into_iter()
            .map(|f| (f.code.name(), source.slice(f.span).to_owned()))
            .collect()
    }

    fn codes(text: &str) -> Vec<&'static str> {
        found(text).into_iter().map(|(code, _)| code).collect()
    }

    #[test]
    fn right_tables_are_left_alone() {
        for text in [
            "| a | b |\n| - | - |\n| 1 | 2 |\n| 1 |   |\n",
            "a | b\n--|--\n1 | 2\n\ntext\n",
            "|   | b |\n|---|---|\n| x \\| y | **b** |\n| 2 * 3 | a_b_c |\n",
            "> | a | b |\r\n> | - | - |\r\n> | 1 | 2 |\r\n",
            "- | a |\n  | - |\n  | 1 |\n",
            "| 表 | 🦀 |\n|---|---|\n| שלום | é |\n",
            "| a |\n| - |\n| 1 |\n\n| b |\n| - |\n| 2 |\n",
            "| | |\n|-|-|\n| a | b |\n",
            "| a | b |\n|-|-|\n| **kwargs | **options |\n| src/** | lib/** |\n| 2 ** 3 | a ** b |\n",
            "```text\n| a | b |\n| - |\n```\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn lost_and_missing_cells_are_found() {
        assert_eq!(
            found("| a | b |\n| - | - |\n| 1 | 2 | 3 |\n| 4 |\n"),
            [
                ("table-cells", " 3 ".to_owned()),
                ("table-cells", "| 4 |".to_owned())
            ]
        );
        assert_eq!(
            codes("| a | b |\n| - | - |\n| `x|y` | 2 |\n"),
            ["table-cells"]
        );
    }

    #[test]
    fn headers_are_checked() {
        assert_eq!(codes("| a | b |\n| - |\n| 1 | 2 |\n"), ["table-header"]);
        assert_eq!(codes("| a | a |\n| - | - |\n| 1 | 2 |\n"), ["table-header"]);
        assert_eq!(codes("| a |  |\n| - | - |\n| 1 | 2 |\n"), ["table-header"]);
    }

    #[test]
    fn prose_below_and_blank_lines_inside_are_found() {
        assert_eq!(
            codes("| a | b |\n| - | - |\n| 1 | 2 |\nprose\n"),
            ["table-end"]
        );
        assert_eq!(
            codes("| a | b |\n| - | - |\n| 1 | 2 |\n\n| 3 | 4 |\n"),
            ["table-end"]
        );
    }

    #[test]
    fn emphasis_over_cells_and_repeated_rows_are_found() {
        assert_eq!(
            codes("| a | b |\n| - | - |\n| **1 | 2** |\n"),
            ["table-emphasis"]
        );
        assert_eq!(
            codes("| a | b |\n| - | - |\n| 1 | 2 |\n| 1 | 2 |\n"),
            ["table-row"]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_every_span_fits(text in "[|\\-: `*a\\\\\n>é]{0,60}") {
            let source = Arc::new(Source::new("a.md", text.as_str()));
            let options = mdbook_markdown::MarkdownOptions::default();
            let events = markdown::parse(source.text(), &options);
            let (tables, orphans) = table::read(&source, &events);
            for finding in check(&source, &events, &tables, &orphans) {
                prop_assert!(finding.span.fits(&text));
            }
        }
    }
}
