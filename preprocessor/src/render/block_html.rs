//! The panel under a block: its verified output as text, as a table or as a picture, and folded where it shall be guessed first.
//!
//! Each panel is one line of HTML, so that it can stand in lists and quotes.

use crate::pictures::table::{self, Alignment, Table};
use crate::read::View;
use crate::read::output::Form;
use crate::text::html::{escape, escaped};
use std::fmt::Write as _;

/// A text of more lines scrolls inside itself.
const LONG: usize = 30;
/// A line of more characters doesn't fit a phone.
const NARROW: usize = 26;

/// The verified output of a block. `picture` is what was drawn of it, `link` where its code stands.
pub fn output(view: &View, text: &str, picture: Option<&str>, link: Option<&str>) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let shown = match picture {
        Some(picture) => format!(
            "{picture}<details class=\"proof-text\"><summary>The printed text</summary>{}</details>",
            pre(&lines)
        ),
        None if view.form == Form::Table => with_table(&lines),
        None => pre(&lines),
    };
    let count = match lines.len() {
        n if n > LONG => format!(", {n} lines"),
        _ => String::new(),
    };
    let link = link.map_or_else(String::new, |link| {
        format!(" <a href=\"{}\">Source</a>", escaped(link))
    });
    let inside = format!("<p class=\"proof-verified\">Verified output{count}{link}</p>{shown}");
    if view.is_guess {
        format!(
            "<details class=\"proof-output proof-guess\"><summary>What do you expect?</summary>{inside}</details>"
        )
    } else {
        format!(
            "<div class=\"proof-output\" role=\"group\" aria-label=\"Verified output\">{inside}</div>"
        )
    }
}

/// A sketch, with its source folded beneath it.
pub fn sketch(picture: &str, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    format!(
        "<div class=\"proof-sketch\">{picture}<details class=\"proof-text\"><summary>The sketch as text</summary>{}</details></div>",
        pre(&lines)
    )
}

/// Lines as they were printed.
fn pre(lines: &[&str]) -> String {
    let is_long = lines.len() > LONG;
    // What scrolls has to be reached by keyboard.
    let scrolls = is_long || lines.iter().any(|line| line.chars().count() > NARROW);
    let mut html = format!(
        "<pre{}><code class=\"language-plaintext\"{}>",
        if is_long { " class=\"proof-long\"" } else { "" },
        if scrolls { " tabindex=\"0\"" } else { "" }
    );
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            html.push_str("&#10;");
        }
        escape(line, &mut html);
    }
    html.push_str("</code></pre>");
    html
}

/// The first table among the lines as a table, and the lines around it as they were printed.
fn with_table(lines: &[&str]) -> String {
    let Ok(Some(table)) = table::first(lines) else {
        return pre(lines);
    };
    let mut html = String::new();
    let is_blank = |lines: &[&str]| lines.iter().all(|line| line.trim().is_empty());
    let (before, after) = (&lines[..table.lines.start], &lines[table.lines.end..]);
    if !is_blank(before) {
        html.push_str(&pre(before));
    }
    html_table(&table, &mut html);
    if !is_blank(after) {
        html.push_str(&pre(after));
    }
    html
}

fn html_table(table: &Table<'_>, html: &mut String) {
    let row = |cells: &[table::Cell<'_>], tag: &str, html: &mut String| {
        html.push_str("<tr>");
        for (cell, alignment) in cells.iter().zip(&table.alignments) {
            let style = match alignment {
                Alignment::Start => "",
                Alignment::Center => " style=\"text-align: center\"",
                Alignment::End => " style=\"text-align: right\"",
            };
            let _ = write!(html, "<{tag}{style}>{}</{tag}>", escaped(cell));
        }
        html.push_str("</tr>");
    };
    html.push_str("<div class=\"table-wrapper\"><table><thead>");
    row(&table.header, "th", html);
    html.push_str("</thead><tbody>");
    for cells in &table.rows {
        row(&cells.cells, "td", html);
    }
    html.push_str("</tbody></table></div>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_table_keeps_its_alignment_and_the_lines_around_it() {
        let view = View {
            form: Form::Table,
            ..View::default()
        };
        let html = output(
            &view,
            "seed 7\n\n| a | <b> |\n| - | -: |\n| x\\|y | 2 |\nend\n",
            None,
            None,
        );
        for part in [
            "plaintext\">seed 7&#10;</code>",
            "<th>a</th><th style=\"text-align: right\">&lt;b&gt;</th>",
            "<td>x|y</td><td style=\"text-align: right\">2</td>",
            "plaintext\">end</code>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn a_guess_is_folded_and_a_long_text_scrolls() {
        let view = View {
            is_guess: true,
            ..View::default()
        };
        let html = output(&view, &"x\n".repeat(30), None, None);
        assert!(!html.contains("tabindex"), "{html}");
        assert!(output(&view, &"x".repeat(99), None, None).contains("tabindex"));
        let html = output(&view, &"x\n".repeat(31), None, None);
        assert!(html.starts_with("<details"), "{html}");
        assert!(html.contains("What do you expect?"), "{html}");
        assert!(html.contains("31 lines"), "{html}");
        assert!(html.contains("tabindex"), "{html}");
    }

    #[test]
    fn a_link_to_the_source_is_text_too() {
        let html = output(&View::default(), "x", None, Some("https://a/\"{{#x}}"));
        assert!(
            html.contains("<a href=\"https://a/&quot;&#123;&#123;#x}}\">Source</a>"),
            "{html}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_one_line_of_html(text in "(\\PC|[|\\n :-]){0,60}") {
            for form in [Form::Text, Form::Table] {
                let view = View { form, ..View::default() };
                let html = output(&view, &text, None, None);
                prop_assert!(!html.contains(['\n', '{']), "{}", html);
            }
        }
    }
}
