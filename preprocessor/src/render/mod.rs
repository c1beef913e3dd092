//! Rendering a page: our markup replaced by Markdown and HTML that mdBook shows, every other byte left.

pub mod block_html;
pub mod figures;
pub mod source_links;
mod styles;

use crate::evidence::Counts;
use crate::pictures::Drawn;
use crate::read::{Block, Fence, Parts};
use crate::render::source_links::Links;
use crate::text::edit::Edit;
use crate::text::markdown;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_text::html::escaped;
use std::fmt::Write as _;
use std::sync::Arc;

/// The edits that turn the page's text into what mdBook gets.
///
/// A page without our markup stays as it is, byte for byte.
///
/// `formulas` are the headers of columns that a formula gives, each with the formula. `brings_styles` says whether
/// the page gets the styles of what is added to it.
pub fn render(
    page: &Parts,
    drawn: &Drawn,
    formulas: &[(Span, Span)],
    counts: Counts,
    links: &Links,
    brings_styles: bool,
) -> Vec<Edit> {
    let source = &page.source;
    let mut edits = Vec::new();
    for (number, block) in page.blocks.iter().enumerate() {
        edits.extend(code(source, block));
        if let Some(output) = &block.output {
            let picture = drawn.outputs.get(&number).map(String::as_str);
            let link = source_of(source, block, links);
            let html = block_html::output(&block.view, &output.text(), picture, link.as_deref());
            edits.push(Edit::new(output.span, apart(output, &html)));
        }
    }
    for (sketch, picture) in page.sketches.iter().zip(&drawn.sketches) {
        let fence = &sketch.fence;
        let html = block_html::sketch(picture, &fence.text());
        edits.push(Edit::new(fence.span, apart(fence, &html)));
    }
    for calc in &page.calcs {
        let html = figures::calc(calc);
        edits.push(Edit::new(calc.span, apart(calc, &html)));
    }
    for (number, figure) in page.figures.iter().enumerate() {
        edits.push(Edit::new(figure.comment, ""));
        edits.extend(figures::marked(page, number).map(|(span, html)| Edit::new(span, html)));
    }
    for (header, formula) in formulas {
        edits.extend(
            figures::headed(source, *header, *formula)
                .into_iter()
                .flatten(),
        );
    }
    for comment in page.tables.iter().flat_map(|table| &table.checks) {
        edits.push(Edit::new(comment.span, ""));
    }
    let mut end = String::new();
    if !proves_nothing(counts) {
        end.push_str(&closing(source, counts, links));
    }
    if brings_styles && !(edits.is_empty() && end.is_empty()) {
        end.push_str(styles::STYLES);
    }
    if !end.is_empty() {
        let at = source.text().len();
        edits.push(Edit::new(Span::at(at), end));
    }
    edits
}

/// The block as it is shown: our attributes gone, its includes expanded, and nothing left that mdBook would
/// expand.
fn code(source: &Source, block: &Block) -> Vec<Edit> {
    let code = &block.code;
    let language = block.language.as_str();
    if block.is_expanded {
        let text = as_text(&code.text());
        let fence = markdown::fence(language, &text, &code.prefix, source.line_end());
        return vec![Edit::new(code.span, fence)];
    }
    let mut edits = vec![Edit::new(code.info, language)];
    for line in &code.lines {
        let text = as_text(&line.text);
        if text != line.text {
            edits.push(Edit::new(line.span, text));
        }
    }
    edits
}

/// The text with a backslash before what mdBook would expand; mdBook removes it again.
fn as_text(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| match line.find("{{#") {
            Some(at) if line[at..].contains("}}") => format!("{}\\{}", &line[..at], &line[at..]),
            _ => line.to_owned(),
        })
        .collect()
}

/// HTML that replaces a fence, separated from what comes before and after it.
fn apart(fence: &Fence, html: &str) -> String {
    let prefix = &fence.prefix;
    format!("\n{prefix}{html}\n{}", prefix.trim_end())
}

/// A link to the block's code: to its file if all of it is included from one, or to its lines in the page.
fn source_of(source: &Source, block: &Block, links: &Links) -> Option<String> {
    let code = &block.code;
    let (first, last) = (code.lines.first()?, code.lines.last()?);
    let file = first.file.as_ref().filter(|file| {
        let mut others = code.lines.iter().map(|line| line.file.as_ref());
        others.all(|other| other.is_some_and(|other| Arc::ptr_eq(other, file)))
    });
    match file {
        Some(file) => {
            let line = |at| file.position(at).line;
            links.lines(file, line(first.span.start), line(last.span.start))
        }
        None => {
            let line = |at| source.position(at).line;
            links.lines(source, line(code.span.start), line(code.span.end))
        }
    }
}

/// Whether there is nothing to say about a page's evidence.
fn proves_nothing(counts: Counts) -> bool {
    [counts.runs, counts.computed, counts.checked, counts.cited] == [0; 4]
}

/// The page's line of evidence.
fn closing(source: &Source, counts: Counts, links: &Links) -> String {
    let mut parts = Vec::new();
    let mut count = |number: usize, one: &str, many: &str| {
        if number > 0 {
            parts.push(format!("{number} {}", if number == 1 { one } else { many }));
        }
    };
    count(counts.runs, "run", "runs");
    count(counts.computed, "figure computed", "figures computed");
    count(counts.checked, "figure checked", "figures checked");
    count(counts.cited, "figure cited", "figures cited");
    let mut text =
        String::from("\n\n<p class=\"proof-evidence\">Verified when this page was built: ");
    let _ = write!(text, "{}.", parts.join(", "));
    if let Some(way) = links.explanation(source) {
        let _ = write!(
            text,
            " <a href=\"{}\">How this book checks itself</a>",
            escaped(&way)
        );
    }
    text.push_str("</p>\n");
    text
}
