//! The limit that a book sets itself: how many figures in its tables may have no evidence.

use crate::evidence::Tally;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use std::sync::Arc;

/// Reports the bare figures of tables where the book has more of them than `limit`.
pub fn hold<'pages>(
    limit: Option<usize>,
    pages: impl Iterator<Item = (&'pages Arc<Source>, &'pages Tally, &'pages mut Vec<Finding>)>,
) {
    let Some(limit) = limit else {
        return;
    };
    let pages: Vec<_> = pages.collect();
    let count: usize = pages
        .iter()
        .map(|(_, tally, _)| tally.counts.bare_in_tables)
        .sum();
    if count <= limit {
        return;
    }
    for (source, tally, findings) in pages {
        findings.extend(tally.bare_in_tables().map(|bare| {
            Finding::new(
                Code::Bare,
                source,
                bare.span,
                "nothing computes, checks or cites this figure",
            )
            .with_label(format!("one of {count}; `max-bare-table-figures` is {limit}"))
            .with_help("declare a rule above the table, write an expression after the figure, or cite its source in a footnote")
        }));
    }
}
