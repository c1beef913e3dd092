//! Rendering a page: our markup replaced by Markdown and HTML that mdBook shows, every other byte left.

use crate::edit::{self, Edit};
use crate::page::{Block, Page};
use std::fmt::Write as _;

/// What a page proves, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Blocks whose run was verified.
    pub runs: usize,
    /// Figures and results that were computed and compared.
    pub figures: usize,
}

/// The page's text as mdBook shall see it.
///
/// A page without our markup comes back byte for byte.
pub fn render(page: &Page, evidence: Evidence) -> String {
    let source = &page.source;
    let mut edits = Vec::new();
    for block in &page.blocks {
        edits.push(Edit::new(block.code.info.clone(), "rust"));
        if let Some(output) = &block.output {
            edits.push(Edit::new(output.span.clone(), panel(block, &output.text())));
        }
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
    if !edits.is_empty() && evidence != Evidence::default() {
        let end = source.text().len();
        edits.push(Edit::new(end..end, closing(evidence)));
    }
    edit::apply(source.text(), edits)
}

/// The verified output, as text that nothing further interprets.
fn panel(block: &Block, output: &str) -> String {
    let prefix = &block.code.prefix;
    let mut html = String::from(
        "<div class=\"proof-output\" role=\"group\" aria-label=\"Verified output\"><p class=\"proof-verified\">Verified output</p><pre><code class=\"language-plaintext\">",
    );
    for (number, line) in output.lines().enumerate() {
        if number > 0 {
            // All on one line of Markdown: a blank one would end the HTML, and each would need the prefix.
            html.push_str("&#10;");
        }
        escape(line, &mut html);
    }
    html.push_str("</code></pre></div>");
    format!("\n{prefix}{html}\n{}", prefix.trim_end())
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            // mdBook expands `{{#include …}}` in what we emit.
            '{' => html.push_str("&#123;"),
            '\t' => html.push(c),
            // A control character has no place in HTML; its picture has.
            '\0'..='\x1f' => html.extend(char::from_u32(0x2400 + u32::from(c))),
            '\x7f' => html.push('␡'),
            _ => html.push(c),
        }
    }
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
