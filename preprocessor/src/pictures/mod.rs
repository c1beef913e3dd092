//! Pictures: charts and sequence diagrams of verified outputs, and sketches laid out.
//!
//! A picture is SVG on one line, without scripts, ids, fonts or colors of its own. What can't be drawn is a
//! finding at its line.

pub mod chart;
mod sequence;
mod sketch;
mod svg;
pub mod table;
mod text;

use crate::read::output::Form;
use crate::read::{Fence, Parts};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The pictures of a page.
#[derive(Debug, Default)]
pub struct Drawn {
    /// What was drawn of outputs, by the number of their block.
    pub outputs: BTreeMap<usize, String>,
    /// The sketches, in page order.
    pub sketches: Vec<String>,
    /// What can't be drawn.
    pub findings: Vec<Finding>,
}

/// Why something can't be drawn.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the fence's content that it is about; none where it is about all of it.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What can be done.
    pub help: String,
}

impl Problem {
    /// A problem with a line.
    pub fn at(line: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::whole(message, help)
        }
    }

    /// A problem with the whole text.
    pub fn whole(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            line: None,
            message: message.into(),
            help: help.into(),
        }
    }

    fn finding(self, code: Code, source: &Arc<Source>, fence: &Fence) -> Finding {
        let line = self.line.and_then(|line| fence.lines.get(line));
        let span = line.map_or(fence.opening(), |line| line.span.clone());
        Finding::new(code, source, span, self.message).with_help(self.help)
    }
}

/// Draws the outputs of the blocks that are verified, and the sketches.
///
/// An output that differs from the run is reported already; what is wrong with its table may be the same fault.
pub fn draw(page: &Parts, verified: &BTreeSet<usize>) -> Drawn {
    let mut drawn = Drawn::default();
    for (number, block) in page.blocks.iter().enumerate() {
        let Some(output) = block.output.as_ref().filter(|_| verified.contains(&number)) else {
            continue;
        };
        let lines: Vec<&str> = output.lines.iter().map(|line| line.text.as_str()).collect();
        let caption = block.view.caption.as_deref();
        let (code, picture) = match &block.view.form {
            Form::Text => continue,
            Form::Table => (Code::Table, has_table(&lines).map(|()| None)),
            Form::Chart(chart) => (Code::Chart, chart::draw(chart, &lines, caption).map(Some)),
            Form::Sequence => (Code::Sequence, sequence::draw(&lines, caption).map(Some)),
        };
        match picture {
            Ok(picture) => drawn
                .outputs
                .extend(picture.map(|picture| (number, picture))),
            Err(problem) => drawn
                .findings
                .push(problem.finding(code, &page.source, output)),
        }
    }
    for sketch in &page.sketches {
        let lines: Vec<&str> = sketch
            .fence
            .lines
            .iter()
            .map(|line| line.text.as_str())
            .collect();
        match sketch::draw(&lines, sketch.caption.as_deref()) {
            Ok(picture) => drawn.sketches.push(picture),
            Err(problem) => {
                drawn
                    .findings
                    .push(problem.finding(Code::Sketch, &page.source, &sketch.fence));
                // Each sketch keeps its number; a page with a finding is not shown.
                drawn.sketches.push(String::new());
            }
        }
    }
    drawn
}

fn has_table(lines: &[&str]) -> Result<(), Problem> {
    match table::first(lines)? {
        Some(_) => Ok(()),
        None => Err(no_table()),
    }
}

fn no_table() -> Problem {
    Problem::whole(
        "the output has no table",
        "print a Markdown table: a header, a row such as | --- | ---: |, and the rows",
    )
}
