//! What readers run in the page: a form beneath a block's output, with what may vary in it, and what the page's script needs to know.
//!
//! Both are one line of HTML. Without a script nothing of them is seen.

use crate::live::reads::Blocks;
use crate::live::{Live, Query, Runnable, Start};
use crate::read::{Block, Parameter};
use mdbook_proof_calculator::claims::domain::{Domain, Range};
use mdbook_proof_live::show::View;
use mdbook_proof_text::html::escaped;
use serde::Serialize;
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

/// The attribute by which the page's script finds what reads some blocks; empty where it is none.
pub(super) fn reads(blocks: Option<&Blocks>) -> String {
    let Some(blocks) = blocks else {
        return String::new();
    };
    let numbers: Vec<String> = blocks.iter().map(ToString::to_string).collect();
    format!(" data-reads=\"{}\"", numbers.join(" "))
}

/// What the page's script needs to know.
#[derive(Serialize)]
struct Data<'page> {
    run: &'page str,
    show: &'page str,
    blocks: Vec<Entry<'page>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    queries: &'page [Query],
}

/// A block: a part of a program has the name of its module, and a query its number.
#[derive(Serialize)]
struct Entry<'page> {
    number: usize,
    program: &'page str,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'page str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<usize>,
    /// How many seconds it may run, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
    view: &'page View,
}

impl<'page> Entry<'page> {
    fn of((number, block): (&usize, &'page Runnable)) -> Self {
        let (module, query) = match &block.start {
            Start::Part { module, .. } => (Some(module.as_str()), None),
            Start::Query(number) => (None, Some(*number)),
        };
        Self {
            number: *number,
            program: &block.program,
            module,
            query,
            limit: block.limit.map(|limit| limit.as_secs_f64()),
            view: &block.view,
        }
    }
}

/// What the page's script needs to know; nothing where readers can run nothing.
pub(super) fn data(live: &Live) -> Option<String> {
    if live.blocks.is_empty() {
        return None;
    }
    let data = Data {
        run: &live.runner,
        show: &live.show,
        blocks: live.blocks.iter().map(Entry::of).collect(),
        queries: &live.queries,
    };
    let json = serde_json::to_string(&data).ok()?;
    // No text ends the script, and none is an expression of mdBook's.
    let json = json.replace('<', "\\u003c").replace("{{", "{\\u007b");
    Some(format!(
        "\n\n<script type=\"application/json\" class=\"proof-data\">{json}</script>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::span::Span;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

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

    #[test]
    fn what_the_script_needs_ends_no_script_and_is_no_template() {
        let caption = "</script> {{#include x}} <b>".to_owned();
        let block = Runnable {
            program: "live/a.js".to_owned(),
            start: Start::Query(0),
            limit: None,
            view: View {
                caption: Some(caption.clone()),
                ..View::default()
            },
        };
        let live = Live {
            blocks: BTreeMap::from([(3, block)]),
            ..Live::default()
        };
        let html = data(&live).unwrap();
        let json = html
            .trim()
            .strip_prefix("<script type=\"application/json\" class=\"proof-data\">");
        let json = json.unwrap().strip_suffix("</script>").unwrap();
        assert!(
            !json.contains(['<', '\n']) && !json.contains("{{"),
            "{json}"
        );
        let read: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(read["blocks"][0]["view"]["caption"], caption);
        assert_eq!(data(&Live::default()), None);
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
