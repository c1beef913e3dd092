//! Repairs that lose nothing: each rule proposes its own, and none is applied that hides what readers saw.

use crate::text::edit::{self, Edit};
use crate::text::finding::Finding;
use crate::text::markdown;
use crate::text::source::Source;
use mdbook_markdown::MarkdownOptions;
use pulldown_cmark::Event;
use std::sync::Arc;

/// How often repairs may uncover further ones.
const ROUNDS: usize = 8;

/// A page with all repairs of its findings that lose nothing.
pub(crate) fn fixed(
    source: &Arc<Source>,
    options: &MarkdownOptions,
    check: impl Fn(&Arc<Source>) -> Vec<Finding>,
) -> Arc<Source> {
    let mut source = Arc::clone(source);
    for _ in 0..ROUNDS {
        let repairs: Vec<Edit> = check(&source)
            .into_iter()
            .filter_map(|finding| finding.repair)
            .collect();
        if repairs.is_empty() {
            break;
        }
        let before = source.text();
        let all = edit::apply(before, repairs.clone());
        let after = if keeps(before, &all, options) {
            all
        } else {
            // Markdown holds surprises: a repair may be right by itself and wrong in its context.
            let lossless = repairs.into_iter().filter(|repair| {
                let alone = edit::apply(before, [repair.clone()]);
                keeps(before, &alone, options)
            });
            edit::apply(before, lossless.collect::<Vec<_>>())
        };
        if after == before || !keeps(before, &after, options) {
            break;
        }
        source = Arc::new(Source::new(source.path(), after));
    }
    source
}

/// Whether readers still see all that they saw before, in the same order.
pub(crate) fn keeps(before: &str, after: &str, options: &MarkdownOptions) -> bool {
    let after = seen(after, options);
    let mut after = after.chars();
    seen(before, options)
        .chars()
        .all(|c| after.any(|other| other == c))
}

/// What readers see of a page, without spaces and the marks of tables.
fn seen(text: &str, options: &MarkdownOptions) -> String {
    markdown::parse(text, options)
        .into_iter()
        .filter_map(|(event, _)| match event {
            Event::Text(text) | Event::Code(text) => Some(text),
            _ => None,
        })
        .flat_map(|text| text.chars().collect::<Vec<_>>())
        .filter(|c| !c.is_whitespace() && !matches!(c, '|' | '-' | '–' | '—' | ':' | '\\' | '`'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::table;
    use crate::tables::structure;
    use mdbook_proof_text::printed_table::is_delimiter;
    use proptest::prelude::*;

    fn check(source: &Arc<Source>) -> Vec<Finding> {
        let events = markdown::outline(source.text(), &MarkdownOptions::default());
        let (tables, orphans) = table::read(source, &events);
        structure::check(source, &events, &tables, &orphans)
    }

    /// All words of a page, in order: everything but bars, their escapes, delimiter rows and the marks of quotes.
    fn words(text: &str) -> Vec<String> {
        text.lines()
            .map(|line| line.trim_start_matches(['>', ' ']))
            .filter(|line| !is_delimiter(line))
            .flat_map(|line| {
                let line = line.replace('\\', "").replace('|', " ");
                line.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Tables of two or three columns, with bars at the ends of rows or without, some rows wrapped, short or long.
    fn page() -> impl Strategy<Value = String> {
        let cell = prop::sample::select(vec![
            "",
            "a",
            "b c",
            "`x|y`",
            "**d**",
            "é f\ng",
            "1",
            "long\ntext here",
        ]);
        let row = prop::collection::vec(cell, 1..4);
        let style = (any::<bool>(), any::<bool>());
        let row = (row, style);
        let table = (
            2..4usize,
            style,
            prop::collection::vec(row, 0..5),
            any::<bool>(),
            "(\n)?(prose\n)?",
        );
        prop::collection::vec(table, 1..3).prop_map(|tables| {
            let mut text = String::new();
            for (width, header, rows, is_quoted, end) in tables {
                let bar = |has: bool| if has { "|" } else { "" };
                let line = |cells: &[&str], (starts, ends): (bool, bool)| {
                    format!("{} {} {}\n", bar(starts), cells.join(" | "), bar(ends))
                };
                let names = ["head", "row", "end"];
                let mut table = line(&names[..width], header) + &line(&["---"; 3][..width], header);
                for (cells, style) in rows {
                    table.push_str(&line(&cells, style));
                }
                table.push_str(&end);
                for line in table.lines() {
                    text.push_str(if is_quoted { "> " } else { "" });
                    text.push_str(line.trim());
                    text.push('\n');
                }
                text.push('\n');
            }
            text
        })
    }

    proptest! {
        #[test]
        fn fix_changes_bars_and_line_ends_and_no_word(text in page()) {
            let source = Arc::new(Source::new("a.md", text.as_str()));
            let options = MarkdownOptions::default();
            let after = fixed(&source, &options, check);
            prop_assert_eq!(words(after.text()), words(&text), "{}\n=>\n{}", text, after.text());
            prop_assert!(keeps(&text, after.text(), &options), "{}\n=>\n{}", text, after.text());
            let again = fixed(&after, &options, check);
            prop_assert_eq!(again.text(), after.text());
        }
    }
}
