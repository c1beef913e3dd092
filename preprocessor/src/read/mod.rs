//! A page: the parts of a chapter that are run, computed or checked, each with its bytes.

pub mod block;
pub mod caution;
pub mod claim;
pub mod comment;
mod events;
pub mod fence;
pub mod hidden;
pub mod include;
pub mod inputs;
mod lookalike;
pub mod output;
pub mod parameter;
mod passage;
pub mod row;
pub mod table;
pub mod time;

pub use caution::Cautions;
pub use claim::Claimed;
pub use comment::Comment;
pub use events::read;
pub use fence::{Fence, Line};
pub use inputs::InputsMark;
pub use output::{Caption, View};
pub use parameter::Parameter;
pub use passage::Passage;
pub use row::Row;
pub use table::Table;
pub use time::TimeMark;

use crate::text::markdown::Spanned;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_pictures::Drawing;
use mdbook_proof_text::quantity::DecimalMark;
use std::sync::Arc;
use std::time::Duration;

/// The first of our markup in a text, if it has any.
pub fn markup(source: &Arc<Source>, events: &[Spanned<'_>], languages: &[&str]) -> Option<Span> {
    let (parts, _) = read(source, events, languages);
    let blocks = parts.blocks.iter().map(|block| block.code.opening());
    let calcs = parts.calcs.iter().map(Fence::opening);
    let figures = parts.figures.iter().map(|figure| figure.comment);
    let claims = parts.claims.iter().map(|claimed| claimed.comment);
    let checks = parts.tables.iter().flat_map(|table| &table.checks);
    let checks = checks.chain(&parts.orphans).map(|comment| comment.span);
    let inputs = parts.inputs.iter().map(|mark| mark.span);
    blocks
        .chain(calcs)
        .chain(figures)
        .chain(claims)
        .chain(checks)
        .chain(inputs)
        .min()
}

/// The parts of a chapter. Every span counts bytes of the chapter's text.
#[derive(Debug)]
pub struct Parts {
    /// The chapter's file and text.
    pub source: Arc<Source>,
    /// The blocks that run, in page order.
    pub blocks: Vec<Block>,
    /// The outputs that are not under a block that runs, in page order.
    pub strays: Vec<Stray>,
    /// The `calc` fences, in page order.
    pub calcs: Vec<Fence>,
    /// The fences that are pictures themselves, in page order.
    pub sketches: Vec<Sketch>,
    /// The code fences that are none of ours, in page order.
    pub others: Vec<Fence>,
    /// The figures that carry an expression, in page order.
    pub figures: Vec<Figure>,
    /// The comments with claims, in page order.
    pub claims: Vec<Claimed>,
    /// The tables, in page order.
    pub tables: Vec<Table>,
    /// The comments that declare rules and have no table below them.
    pub orphans: Vec<Comment>,
    /// The running text: paragraphs, items, headings and cells.
    pub passages: Vec<Passage>,
    /// The marks of footnotes that the page defines.
    pub citations: Vec<Span>,
    /// What gathering needs.
    pub cautions: Cautions,
    /// The comments that ask for a reading time, in page order.
    pub times: Vec<TimeMark>,
    /// The comments that make figures inputs, in page order.
    pub inputs: Vec<InputsMark>,
    /// The character before the decimals of its numbers.
    pub decimal_mark: DecimalMark,
}

impl Parts {
    /// The running text that a part of the page belongs to, if it belongs to any.
    pub fn passage(&self, part: Span) -> Option<&Passage> {
        let after = self
            .passages
            .partition_point(|passage| passage.span.start <= part.start);
        let passage = self.passages.get(after.checked_sub(1)?)?;
        Some(passage).filter(|passage| passage.span.contains(part))
    }
}

/// A code fence with `run`, and the output under it.
#[derive(Debug)]
pub struct Block {
    /// The name of the language it is written in.
    pub language: String,
    /// The name by which expressions read what it printed.
    pub name: Option<String>,
    /// Whether it has to fail: to panic, or to end with another exit status than 0.
    pub fails: bool,
    /// How long it may run, if it says so.
    pub timeout: Option<Duration>,
    /// What may vary in it.
    pub vary: Vec<Parameter>,
    /// Why its seed is the only one, where it says so.
    pub fixed: Option<String>,
    /// Why readers can't run it in the page, where the author says so.
    pub here_only: Option<String>,
    /// The code.
    pub code: Fence,
    /// Whether an include in it failed, which is reported: the block can't run.
    pub is_broken: bool,
    /// The `output` fence under the code.
    pub output: Option<Fence>,
    /// How the output is shown.
    pub view: View,
}

/// An `output` fence that is not under a block that runs.
#[derive(Debug)]
pub struct Stray {
    /// The fence.
    pub fence: Fence,
    /// How its output would be shown.
    pub view: View,
    /// The fence above it, if there is one.
    pub above: Option<Span>,
    /// Whether that is a stray output as well.
    pub is_below_stray: bool,
    /// How many blocks that run are above it.
    pub blocks: usize,
}

/// A fence that is a picture itself, such as a `mermaid` fence.
#[derive(Debug)]
pub struct Sketch {
    /// What is drawn of it.
    pub drawing: Drawing,
    /// Its text.
    pub fence: Fence,
    /// The text of the paragraph after it, which describes it.
    pub caption: Option<Caption>,
}

/// A comment `<!-- = … -->` and the text before it.
///
/// The figure itself is the last quantity of `before`.
#[derive(Debug)]
pub struct Figure {
    /// The text of the same paragraph, item or cell that precedes the comment.
    pub before: Span,
    /// The whole comment.
    pub comment: Span,
    /// The expression in the comment, without the `=` and the space around it.
    pub expression: Span,
}
