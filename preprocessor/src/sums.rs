//! Sums as readers see them: each result beside its line, and each figure with the expression that makes it.

use crate::figures::quantity;
use crate::figures::result_mark;
use crate::html::{escape, escaped};
use crate::page::{Fence, Figure};
use crate::source::Source;
use std::fmt::Write as _;
use std::ops::Range;

/// A `calc` fence as one line of HTML, which can stand in lists and quotes: code left, results right.
pub fn calc(fence: &Fence) -> String {
    let mut html = String::from("<div class=\"proof-calc\" role=\"group\" aria-label=\"Sums\">");
    for line in &fence.lines {
        let (code, result) = parted(&line.text);
        html.push_str("<div><code class=\"nohighlight\">");
        escape(code, &mut html);
        html.push_str("</code>");
        if let Some(result) = result {
            let _ = write!(html, " <span>= {}</span>", escaped(result));
        }
        html.push_str("</div>");
    }
    html.push_str("</div>");
    html
}

/// A line's code, and the result behind its `# =`.
fn parted(line: &str) -> (&str, Option<&str>) {
    match result_mark(line) {
        Some(at) => {
            let code = line[..at].trim_end_matches('=').trim_end();
            let code = code.strip_suffix('#').unwrap_or(code).trim_end();
            (code, Some(line[at..].trim()))
        }
        None => (line.trim_end(), None),
    }
}

/// Where the figure stands that an expression makes, and how it is shown there.
///
/// None where HTML would not be HTML, as in code, or would part what belongs together, as half of an emphasis.
pub fn marked(source: &Source, figure: &Figure) -> Option<(Range<usize>, String)> {
    let before = source.slice(figure.before.clone());
    let span = quantity::last(before)?.span;
    let text = &before[span.clone()];
    let is_plain = !text.contains(['*', '_', '`', '[', ']', '<', '>', '\\', '|', '\n']);
    let is_in_code = before[..span.start].matches('`').count() % 2 == 1;
    let line = source.line(source.position(figure.comment.start).line)?;
    let is_heading = source.slice(line).trim_start().starts_with('#');
    if !is_plain || is_in_code || is_heading {
        return None;
    }
    let expression = attribute(source.slice(figure.expression.clone()));
    let span = figure.before.start + span.start..figure.before.start + span.end;
    let html = format!(
        "<span class=\"proof-figure\" tabindex=\"0\" aria-description=\"= {expression}\">{text}</span>"
    );
    Some((span, html))
}

/// An expression in an attribute of a tag inside a paragraph or a cell, on one line, with nothing that Markdown
/// would read before it reads the tag.
fn attribute(expression: &str) -> String {
    let words: Vec<&str> = expression.split_whitespace().collect();
    escaped(&words.join(" "))
        .replace('|', "&#124;")
        .replace('`', "&#96;")
        .replace('\\', "&#92;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{self, Page, markdown};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn page(text: &str) -> Page {
        let source = Arc::new(Source::new("a.md", text));
        let options = mdbook_markdown::MarkdownOptions::default();
        page::read(&source, &markdown::parse(source.text(), &options), &[]).0
    }

    fn marks(text: &str) -> Vec<String> {
        let page = page(text);
        page.figures
            .iter()
            .filter_map(|figure| marked(&page.source, figure))
            .map(|(span, html)| {
                assert!(html.contains(page.source.slice(span)));
                html
            })
            .collect()
    }

    #[test]
    fn a_result_stands_beside_its_line_and_other_comments_stay() {
        let page = page("```calc\nlet a = 2 <b>  # = 1,157 requests/s\n# why {{#x}}\n\n```\n");
        assert_eq!(
            calc(&page.calcs[0]),
            "<div class=\"proof-calc\" role=\"group\" aria-label=\"Sums\">\
             <div><code class=\"nohighlight\">let a = 2 &lt;b&gt;</code> <span>= 1,157 requests/s</span></div>\
             <div><code class=\"nohighlight\"># why &#123;&#123;#x}}</code></div>\
             <div><code class=\"nohighlight\"></code></div></div>"
        );
    }

    #[test]
    fn a_figure_says_its_expression_in_text_and_in_cells() {
        assert_eq!(
            marks(
                "It is **5 ms**<!-- = 10 ms / \"2\" {{#x}} -->.\n\n| a |\n|---|\n| 6 s<!-- = `x` -->|\n"
            ),
            [
                "<span class=\"proof-figure\" tabindex=\"0\" aria-description=\"= 10 ms / &quot;2&quot; &#123;&#123;#x}}\">5 ms</span>",
                "<span class=\"proof-figure\" tabindex=\"0\" aria-description=\"= &#96;x&#96;\">6 s</span>",
            ]
        );
    }

    #[test]
    fn code_headings_and_halves_of_an_emphasis_get_no_mark() {
        let none: [&str; 0] = [];
        assert_eq!(
            marks(
                "## 5 ms<!-- = 5 ms -->\n\nIt is `5 ms`<!-- = 5 ms --> or **3.5** %<!-- = 3.5% -->\n"
            ),
            none
        );
    }

    proptest! {
        #[test]
        fn any_expression_stays_on_one_line_inside_its_attribute(text in "(\\PC|[|`\"<{\\\\\\n]){0,40}") {
            let html = attribute(&text);
            prop_assert!(!html.contains(['\n', '"', '<', '>', '{', '|', '`', '\\']), "{}", html);
        }
    }
}
