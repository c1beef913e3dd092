//! Calculations as readers see them: each result beside its line, and each figure with its expression.

use crate::figures::printed;
use crate::read::{Fence, Parts};
use crate::text::span::Span;
use mdbook_proof_calculator::expression::in_words;
use mdbook_proof_calculator::runs::Runs;
use mdbook_proof_text::bracket::bracketed;

use crate::text::edit::Edit;
use crate::text::source::Source;
use mdbook_proof_calculator::program::split;
use mdbook_proof_text::html::{escape, escaped};
use std::fmt::Write as _;

/// A `calc` fence as one line of HTML, which works in lists and quotes: code left, results right. `place` is the attribute by which the
/// page's script finds it.
pub fn calc(fence: &Fence, place: &str) -> String {
    let mut html = format!("<div class=\"proof-calc\" role=\"group\" aria-label=\"Sums\"{place}>");
    for line in &fence.lines {
        let (code, result) = split(&line.text);
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

/// The bytes of the figure that an expression computes, and its HTML.
///
/// `runs` are what its expression may read, `place` is the attribute by which the page's script finds it, and `range` is what it is where something varies: `2.9 to 3.6 over 20 seeds`. None where HTML would be shown as text, as in
/// code, or would split an emphasis.
pub fn marked(
    page: &Parts,
    number: usize,
    runs: &Runs,
    range: Option<&str>,
    place: &str,
) -> Option<(Span, String)> {
    let (source, figure) = (&page.source, &page.figures[number]);
    let span = printed(page, number).span()?;
    let text = source.slice(span);
    let is_plain = !text.contains(['*', '_', '`', '[', ']', '<', '>', '\\', '|', '\n']);
    let before = source.slice(figure.before.start.min(span.start)..span.start);
    let is_in_code = before.matches('`').count() % 2 == 1;
    let is_in_heading = page
        .passage(figure.comment)
        .is_some_and(|passage| passage.is_heading);
    if !is_plain || is_in_code || is_in_heading {
        return None;
    }
    let title = |name: &str| {
        let mut blocks = page.blocks.iter();
        let block = blocks.find(|block| block.name.as_deref() == Some(name));
        match block.and_then(|block| block.view.title.as_deref()) {
            Some(title) => format!("“{title}”"),
            None => format!("the run “{name}”"),
        }
    };
    let said = in_words(source.slice(figure.expression), runs, title);
    let mut said = attribute(&said);
    if let Some(range) = range {
        let _ = write!(said, "; {}", attribute(range));
    }
    let html = format!(
        "<span class=\"proof-figure\" tabindex=\"0\" aria-description=\"{said}\"{place}>{text}</span>"
    );
    Some((span, html))
}

/// The marks around the header of a column that a formula gives, which give the formula once for all its cells. `place` is the attribute
/// by which the page's script finds it.
///
/// None where the header has HTML, which might be split.
pub fn headed(source: &Source, header: Span, formula: Span, place: &str) -> Option<[Edit; 2]> {
    let cell = source.slice(header);
    let start = header.start + (cell.len() - cell.trim_start().len());
    let text = before_notes(cell.trim());
    if text.is_empty() || text.contains('<') {
        return None;
    }
    let formula = attribute(&without_brackets(source.slice(formula)));
    let end = start + text.len();
    let opening = format!(
        "<span class=\"proof-figure\" tabindex=\"0\" aria-description=\"Each cell: {formula}\"{place}>"
    );
    Some([
        Edit::new(Span::at(start), opening),
        Edit::new(Span::at(end), "</span>"),
    ])
}

/// A header without the footnote marks at its end, which are links of their own.
fn before_notes(mut text: &str) -> &str {
    while let Some(at) = text.strip_suffix(']').and_then(|text| text.rfind('[')) {
        if !text[at..].starts_with("[^") {
            break;
        }
        text = text[..at].trim_end();
    }
    text
}

/// A formula as it is read aloud: columns without their brackets, except after a run's name.
fn without_brackets(formula: &str) -> String {
    let mut text = String::with_capacity(formula.len());
    let mut rest = formula;
    while let Some(c) = rest.chars().next() {
        let Some(name) = bracketed(rest) else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        rest = &rest[name.len() + 2..];
        let is_of_run = text.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
        let name = name.trim();
        if is_of_run {
            let _ = write!(text, "[{}]", bracketed(name).unwrap_or(name).trim());
        } else {
            text.push_str(name);
        }
    }
    text.replace("\\|", "|")
}

/// An expression in an attribute of a tag inside a paragraph or a cell, on one line, with nothing that Markdown
/// would read before it reads the tag.
pub(super) fn attribute(expression: &str) -> String {
    let words: Vec<&str> = expression.split_whitespace().collect();
    escaped(&words.join(" "))
        .replace('|', "&#124;")
        .replace('`', "&#96;")
        .replace('\\', "&#92;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::text::markdown;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn page(text: &str) -> Parts {
        let source = Arc::new(Source::new("a.md", text));
        let options = mdbook_markdown::MarkdownOptions::default();
        read::read(
            &source,
            &markdown::parse(source.text(), &options),
            &["rust", "sql"],
        )
        .0
    }

    fn marks(text: &str) -> Vec<String> {
        let page = page(text);
        (0..page.figures.len())
            .filter_map(|number| marked(&page, number, &Runs::default(), None, ""))
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
            calc(&page.calcs[0], ""),
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
    fn a_figure_of_a_run_that_varies_says_its_range_after_its_expression() {
        let page = page("It is 5 ms<!-- = wait.mean -->.\n");
        let (_, html) = marked(
            &page,
            0,
            &Runs::default(),
            Some("2.9 to 3.6 ms\nover 20 \"seeds\""),
            " data-figure=\"0\"",
        )
        .unwrap();
        assert_eq!(
            html,
            "<span class=\"proof-figure\" tabindex=\"0\" aria-description=\"= wait.mean; 2.9 to 3.6 ms over 20 &quot;seeds&quot;\" data-figure=\"0\">5 ms</span>"
        );
    }

    /// A header's cell as `headed` marks it.
    fn header(cell: &str, formula: &str) -> Option<String> {
        let text = format!("{cell}{formula}");
        let source = Source::new("a.md", text.as_str());
        let edits = headed(
            &source,
            Span::new(0, cell.len()),
            Span::new(cell.len(), text.len()),
            "",
        )?;
        let mut marked = crate::text::edit::apply(&text, edits);
        marked.truncate(marked.len() - formula.len());
        Some(marked)
    }

    #[test]
    fn a_header_says_its_formula_in_plain_words_before_its_footnotes() {
        for (cell, formula, said, marked) in [
            (" Year ", "1 - [Up]", "1 - Up", " <>Year</> "),
            (
                "`a` **b**",
                "2 × [a \\| b]",
                "2 × a &#124; b",
                "<>`a` **b**</>",
            ),
            (
                "a [^1][^2] ",
                "r[[Size (kB)]].[x y]",
                "r[Size (kB)].[x y]",
                "<>a</> [^1][^2] ",
            ),
            ("[a](b)", "r[5 kB].y / 2", "r[5 kB].y / 2", "<>[a](b)</>"),
        ] {
            let opening = format!(
                "<span class=\"proof-figure\" tabindex=\"0\" aria-description=\"Each cell: {said}\">"
            );
            let marked = marked.replace("</>", "</span>").replace("<>", &opening);
            assert_eq!(header(cell, formula), Some(marked));
        }
        for cell in ["", "  ", "[^1]", "a <b>c</b>"] {
            assert_eq!(header(cell, "2 × 3"), None, "{cell}");
        }
    }

    #[test]
    fn code_headings_and_halves_of_an_emphasis_get_no_mark() {
        let none: [&str; 0] = [];
        assert_eq!(
            marks(
                "## 5 ms<!-- = 5 ms -->\n\n5 ms<!-- = 5 ms -->\n===\n\n> # 5 ms<!-- = 5 ms -->\n\nIt is `5 ms`<!-- = 5 ms --> or **3.5** %<!-- = 3.5% -->\n"
            ),
            none
        );
    }

    proptest! {
        #[test]
        fn a_marked_header_is_its_text_between_two_tags(cell in "(\\PC|[\\[\\]^|` ]){1,20}", formula in "(\\PC|[\\[\\]\\\\|`\"<]){1,40}") {
            if let Some(html) = header(&cell, &formula) {
                let (before, rest) = html.split_once("<span").unwrap_or_default();
                let (text, after) = rest.split_once("\">").and_then(|(_, rest)| rest.split_once("</span>")).unwrap_or_default();
                prop_assert_eq!(format!("{before}{text}{after}"), cell);
            }
        }

        #[test]
        fn any_expression_stays_on_one_line_inside_its_attribute(text in "(\\PC|[|`\"<{\\\\\\n]){0,40}") {
            let html = attribute(&text);
            prop_assert!(!html.contains(['\n', '"', '<', '>', '{', '|', '`', '\\']), "{}", html);
        }
    }
}
