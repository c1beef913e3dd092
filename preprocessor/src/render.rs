//! Rendering a page: our markup replaced by Markdown and HTML that mdBook shows, every other byte left.

use crate::edit::Edit;
use crate::page::{Block, Fence, Page, fence};
use crate::panel;
use crate::pictures::Drawn;
use crate::source::Source;
use std::fmt::Write as _;

/// What a page proves, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Blocks whose run was verified.
    pub runs: usize,
    /// Figures and results that were computed and compared.
    pub figures: usize,
}

/// What makes the page's text what mdBook shall see.
///
/// A page without our markup stays as it is, byte for byte.
pub fn render(page: &Page, drawn: &Drawn, evidence: Evidence) -> Vec<Edit> {
    let source = &page.source;
    let mut edits = Vec::new();
    for (number, block) in page.blocks.iter().enumerate() {
        edits.extend(code(source, block));
        if let Some(output) = &block.output {
            let picture = drawn.outputs.get(&number).map(String::as_str);
            let html = panel::output(&block.view, &output.text(), picture);
            edits.push(Edit::new(output.span.clone(), apart(output, &html)));
        }
    }
    for (sketch, picture) in page.sketches.iter().zip(&drawn.sketches) {
        let fence = &sketch.fence;
        let html = panel::sketch(picture, &fence.text());
        edits.push(Edit::new(fence.span.clone(), apart(fence, &html)));
    }
    for calc in &page.calcs {
        edits.push(Edit::new(calc.info.clone(), "text"));
    }
    for figure in &page.figures {
        edits.push(Edit::new(figure.comment.clone(), ""));
    }
    for comment in page.tables.iter().flat_map(|table| &table.checks) {
        edits.push(Edit::new(comment.span.clone(), ""));
    }
    if evidence != Evidence::default() {
        let end = source.text().len();
        edits.push(Edit::new(end..end, closing(evidence)));
    }
    edits
}

/// The block as it is shown: our attributes gone, its includes expanded, and nothing left that mdBook would
/// expand.
fn code(source: &Source, block: &Block) -> Vec<Edit> {
    let code = &block.code;
    let language = block.language.name();
    if block.is_expanded {
        let text = as_text(&code.text());
        let fence = fence::write(language, &text, &code.prefix, source.line_end());
        return vec![Edit::new(code.span.clone(), fence)];
    }
    let mut edits = vec![Edit::new(code.info.clone(), language)];
    for line in &code.lines {
        let text = as_text(&line.text);
        if text != line.text {
            edits.push(Edit::new(line.span.clone(), text));
        }
    }
    edits
}

/// The text with a backslash before what mdBook would expand, which mdBook takes away again.
fn as_text(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| match line.find("{{#") {
            Some(at) if line[at..].contains("}}") => format!("{}\\{}", &line[..at], &line[at..]),
            _ => line.to_owned(),
        })
        .collect()
}

/// HTML in the place of a fence, parted from what stands before and behind it.
fn apart(fence: &Fence, html: &str) -> String {
    let prefix = &fence.prefix;
    format!("\n{prefix}{html}\n{}", prefix.trim_end())
}

fn closing(evidence: Evidence) -> String {
    let mut parts = Vec::new();
    let mut count = |number: usize, one: &str, many: &str| {
        if number > 0 {
            parts.push(format!("{number} {}", if number == 1 { one } else { many }));
        }
    };
    count(evidence.runs, "run", "runs");
    count(evidence.figures, "figure", "figures");
    let mut text =
        String::from("\n\n<p class=\"proof-evidence\">Verified when this page was built: ");
    let _ = writeln!(text, "{}.</p>", parts.join(", "));
    text
}
