//! What readers run in the page: a form beneath a block's output, with what may vary in it, and the files that the page's script loads.
//!
//! All are one line of HTML. Without a script nothing of them is seen.

use crate::figures::inputs::Inputs;
use crate::line::Page;
use crate::live::{Live, Runnable, Start};
use crate::read::{Block, Parameter};
use crate::render::figures::attribute;
use mdbook_proof_calculator::claims::domain::{Domain, Range};
use mdbook_proof_text::html::escaped;
use std::fmt::Write as _;

/// The form of a block.
pub(super) fn form(number: usize, runnable: &Runnable, block: &Block) -> String {
    let mut html =
        format!("<form class=\"proof-live\" data-block=\"{number}\" autocomplete=\"off\">");
    match &runnable.start {
        Start::Part { defaults, .. } => {
            for parameter in &block.vary {
                let default = defaults.get(&parameter.name);
                html.push_str(&knob(parameter, default.map(String::as_str)));
            }
        }
        Start::Query(_) => html.push_str(&editor(&block.code.text())),
    }
    html.push_str(
        "<p class=\"proof-act\"><button>Run it in your browser</button><button type=\"reset\" hidden>Back to the verified run</button><span role=\"status\"></span></p></form>",
    );
    html
}

/// Where a query can be edited.
fn editor(text: &str) -> String {
    let lines = text.lines().count();
    let text = escaped(text.trim_end()).replace('\n', "&#10;");
    format!(
        "<label class=\"proof-knob\"><span>The query, to edit</span><textarea name=\"query\" rows=\"{lines}\" spellcheck=\"false\" autocapitalize=\"off\">{text}</textarea></label>"
    )
}

/// What sets a parameter. What a list holds in the page has no default: what is set is one more of it.
fn knob(Parameter { name, domain, .. }: &Parameter, default: Option<&str>) -> String {
    let label = escaped(&name.replace('_', " "));
    let name = escaped(name);
    match domain {
        Domain::Choices(choices) => {
            let mut html =
                format!("<label class=\"proof-knob\"><span>{label}</span><select name=\"{name}\">");
            if default.is_none() {
                html.push_str("<option value=\"\" selected>as listed</option>");
            }
            for choice in choices {
                let is_default = default == Some(choice.as_str());
                let selected = if is_default { " selected" } else { "" };
                let choice = escaped(choice);
                let _ = write!(html, "<option{selected}>{choice}</option>");
            }
            html.push_str("</select></label>");
            html
        }
        Domain::Range(range) => {
            let shown = escaped(default.unwrap_or("as listed"));
            format!(
                "<label class=\"proof-knob\"><span>{label}</span><b aria-hidden=\"true\">{shown}</b><input type=\"range\" name=\"{name}\" {} data-book=\"{shown}\"></label>",
                slider(range, default)
            )
        }
    }
}

/// The attributes of a range's slider.
fn slider(range: &Range, default: Option<&str>) -> String {
    let (from, to) = (range.from(), range.to());
    let number = |text: &str| text.parse::<f64>().unwrap_or_default();
    let default = default.map(number);
    if range.is_log() {
        // The slider moves through the logarithm in thousandths of the range.
        let width = (number(&to) / number(&from)).ln();
        let at = default.map_or(0.0, |default| (default / number(&from)).ln() / width);
        let at = (at * 1000.0).round();
        return format!(
            "min=\"0\" max=\"1000\" value=\"{at}\" data-log=\"{from} {to} {}\"",
            range.decimals()
        );
    }
    let value = default.map_or_else(|| from.clone(), |default| default.to_string());
    format!(
        "min=\"{from}\" max=\"{to}\" step=\"{}\" value=\"{value}\"",
        range.step()
    )
}

/// The attribute by which the page's script finds a part of the page by its number; empty where it finds nothing.
pub(super) fn place(live: &Live, name: &str, number: usize) -> String {
    match live.data.is_empty() {
        true => String::new(),
        false => format!(" data-{name}=\"{number}\""),
    }
}

/// The attribute that makes a figure an input; empty where it is none.
pub(super) fn input(page: &Page, figure: usize) -> String {
    let mut names = page.inputs.iter().filter_map(|one| one.names.get(&figure));
    match names.next() {
        Some(name) if !page.live.data.is_empty() => format!(" data-input=\"{}\"", escaped(name)),
        _ => String::new(),
    }
}

/// What replaces a comment that makes the figures of the table below it inputs: the place where the page's script puts what it says of them.
pub(super) fn inputs(page: &Page, inputs: &Inputs) -> String {
    if page.live.data.is_empty() {
        return String::new();
    }
    let title = attribute(&inputs.title);
    // An HTML block that starts with a comment ends with its line, so the table doesn't become a part of it.
    format!("<!----><div class=\"proof-inputs\" data-title=\"{title}\"></div>")
}

/// Which files the page's script loads once a reader acts; nothing where readers can do nothing.
pub(super) fn files(live: &Live) -> Option<String> {
    if live.data.is_empty() {
        return None;
    }
    let (runner, data) = (&live.runner, &live.data);
    Some(format!(
        "\n\n<script class=\"proof-data\" type=\"application/json\">[\"{data}\",\"{runner}\"]</script>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::span::Span;
    use proptest::prelude::*;

    fn parameter(name: &str, domain: &str) -> Parameter {
        Parameter {
            name: name.to_owned(),
            domain: Domain::read(domain).unwrap().0,
            span: Span::at(0),
        }
    }

    #[test]
    fn a_knob_starts_at_the_pages_own_value() {
        for (name, domain, default, html) in [
            (
                "seed",
                "1..50",
                Some("7"),
                "<b aria-hidden=\"true\">7</b><input type=\"range\" name=\"seed\" min=\"1\" max=\"50\" step=\"1\" value=\"7\" data-book=\"7\">",
            ),
            (
                "load",
                "0.50..0.97",
                Some("0.80"),
                "min=\"0.50\" max=\"0.97\" step=\"0.01\" value=\"0.8\" data-book=\"0.80\"",
            ),
            (
                "size",
                "10..1000 log",
                Some("100"),
                "min=\"0\" max=\"1000\" value=\"500\" data-log=\"10 1000 0\" data-book=\"100\"",
            ),
            (
                "busy",
                "50..95",
                None,
                "<b aria-hidden=\"true\">as listed</b><input type=\"range\" name=\"busy\" min=\"50\"",
            ),
            (
                "rule",
                "Random|TwoChoices",
                Some("TwoChoices"),
                "<option>Random</option><option selected>TwoChoices</option>",
            ),
            (
                "rule",
                "Random|TwoChoices",
                None,
                "<option value=\"\" selected>as listed</option><option>Random</option>",
            ),
            ("cache_size", "1..5", Some("1"), "<span>cache size</span>"),
        ] {
            let knob = knob(&parameter(name, domain), default);
            assert!(knob.contains(html), "{html}\n{knob}");
        }
    }

    proptest! {
        #[test]
        fn an_editor_is_one_line_and_holds_nothing_but_its_text(text in "(\\PC|\n|<|&|\"|\\{){0,40}") {
            let html = editor(&text);
            prop_assert!(!html.contains(['\n', '{']), "{}", html);
            prop_assert_eq!(html.matches("</textarea>").count(), 1);
        }
    }
}
