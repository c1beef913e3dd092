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
