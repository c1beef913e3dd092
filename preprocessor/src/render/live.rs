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
