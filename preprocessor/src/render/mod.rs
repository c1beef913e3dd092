//! Rendering a page: our markup replaced by Markdown and HTML that mdBook shows, every other byte left.

pub mod block_html;
pub mod claims;
pub mod excerpt;
pub mod figures;
mod live;
mod mark;
pub mod source_links;
mod styles;

use crate::evidence::Counts;
use crate::line::Page;
use crate::read::{Block, Fence};
use crate::render::block_html::Panel;
use crate::render::source_links::Links;
use crate::text::edit::Edit;
use crate::text::message;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_text::html::escaped;
use std::fmt::Write as _;
use std::sync::Arc;

/// The edits that turn the page's text into what mdBook gets.
///
/// A page without our markup stays as it is, byte for byte.
///
/// `brings_styles` says whether the page gets the styles of what is added to it.
pub fn render(checked: &Page, links: &Links, brings_styles: bool) -> Vec<Edit> {
    let Page {
        parts: page,
        drawn,
        varied,
        ..
    } = checked;
    let counts = checked.tally.counts;
    let source = &page.source;
    let mut edits = Vec::new();
    for (number, block) in page.blocks.iter().enumerate() {
        edits.extend(code(block));
        let picture = drawn.outputs.get(&number).map(String::as_str);
        let runnable = checked.live.blocks.get(&number);
        let form = runnable.map(|runnable| live::form(number, runnable, block));
        let form = form.unwrap_or_default();
        edits.extend(panel(source, block, picture, links, &form));
    }
    for (sketch, picture) in page.sketches.iter().zip(&drawn.sketches) {
        let fence = &sketch.fence;
        let html = block_html::sketch(picture, &fence.text());
        edits.push(Edit::new(fence.span, apart(fence, &html)));
    }
    for (number, calc) in page.calcs.iter().enumerate() {
        let html = figures::calc(calc, &live::place(&checked.live, "sums", number));
        edits.push(Edit::new(calc.span, apart(calc, &html)));
    }
    for (number, figure) in page.figures.iter().enumerate() {
        edits.push(Edit::new(figure.comment, ""));
        let range = varied.ranges.get(&number).map(String::as_str);
        let mut place = live::place(&checked.live, "figure", number);
        place.push_str(&live::input(checked, number));
        let marked = figures::marked(page, number, &checked.runs, range, &place);
        edits.extend(marked.map(|(span, html)| Edit::new(span, html)));
    }
    for inputs in &checked.inputs {
        edits.push(Edit::new(inputs.mark, live::inputs(checked, inputs)));
    }
    edits.extend(claims::marks(page, &varied.claims, &checked.live));
    for (number, (header, formula)) in checked.meaning.formulas.iter().enumerate() {
        let place = live::place(&checked.live, "formula", number);
        let marked = figures::headed(source, *header, *formula, &place);
        edits.extend(marked.into_iter().flatten());
    }
    for comment in page.tables.iter().flat_map(|table| &table.checks) {
        edits.push(Edit::new(comment.span, ""));
    }
    let mut end = String::new();
    if !proves_nothing(counts) {
        end.push_str(&closing(source, counts, links));
    }
    end.extend(live::files(&checked.live));
    if brings_styles && !(edits.is_empty() && end.is_empty()) {
        end.push_str(styles::STYLES);
    }
    if !end.is_empty() {
        let at = source.text().len();
        edits.push(Edit::new(Span::at(at), end));
    }
    edits
}

/// The panel around a block's code, which shows its output first.
fn panel(
    source: &Arc<Source>,
    block: &Block,
    picture: Option<&str>,
    links: &Links,
    form: &str,
) -> Vec<Edit> {
    let Some(output) = &block.output else {
        return Vec::new();
    };
    let link = source_of(source, block, links);
    let shown = block.code.lines.iter();
    let shown = shown.filter(|line| !is_hidden(&block.language, &line.text));
    let panel = Panel {
        view: &block.view,
        text: &output.text(),
        code: shown.count(),
        vary: &block.vary,
        picture,
        link: link.as_deref(),
        form,
    };
    let prefix = &output.prefix;
    let blank = prefix.trim_end();
    let before = format!("\n{prefix}{}\n{blank}\n{prefix}", panel.before());
    let mut edits = vec![
        Edit::new(Span::at(block.code.span.start), before),
        Edit::new(output.span, apart(output, &panel.after())),
    ];
    if let Some(end) = panel.end() {
        let at = match &block.view.caption {
            Some(caption) => caption.span.end,
            None => output.span.end,
        };
        let end = format!("\n{blank}\n{prefix}{end}\n{blank}");
        edits.push(Edit::new(Span::at(at), end));
    }
    edits
}

/// Whether mdBook hides a line of code.
fn is_hidden(language: &str, line: &str) -> bool {
    let line = line.trim();
    language == "rust" && (line == "#" || line.starts_with("# "))
}

/// The block as it is shown: our attributes gone, and nothing left that mdBook would expand.
fn code(block: &Block) -> Vec<Edit> {
    let code = &block.code;
    let mut edits = vec![Edit::new(code.info, block.language.as_str())];
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
fn source_of(source: &Arc<Source>, block: &Block, links: &Links) -> Option<String> {
    let code = &block.code;
    let (file, fence) = source.origin(code.span);
    let mut files = code.lines.iter().map(|line| source.origin(line.span));
    let (first, start) = files.next()?;
    let last = files.try_fold(start, |_, (file, span)| {
        Arc::ptr_eq(&file, &first).then_some(span)
    });
    let (file, start, end) = match last {
        Some(last) if !Arc::ptr_eq(&first, &file) => (first, start.start, last.start),
        _ => (file, fence.start, fence.end),
    };
    let line = |at| file.position(at).line;
    links.lines(&file, line(start), line(end))
}

/// Whether there is nothing to say about a page's evidence.
fn proves_nothing(counts: Counts) -> bool {
    let proofs = [
        counts.runs,
        counts.claims,
        counts.computed,
        counts.checked,
        counts.cited,
    ];
    proofs == [0; 5]
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
    let points = message::count(counts.points, "point");
    let of_claims = ["claim", "claims"].map(|claims| format!("{claims} at {points}"));
    count(counts.claims, &of_claims[0], &of_claims[1]);
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
