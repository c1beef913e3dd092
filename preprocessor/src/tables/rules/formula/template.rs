//! A formula as its author writes it, made into code with a mark for each cell that it reads.

use crate::tables::grid;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_text::bracket::bracketed;
use std::sync::Arc;

/// A formula with a mark for each thing that changes from row to row.
pub(crate) struct Template {
    /// The formula, with its marks.
    pub(super) code: String,
    /// The slots of the marks.
    pub(super) slots: Vec<Slot>,
    /// Where the marks stand: in the code, and in the formula.
    marks: Vec<(usize, Span)>,
}

/// What changes from row to row.
pub(crate) enum Slot {
    /// The cell of a column.
    Cell(usize),
    /// The cell of a run's table, in the row that a column's cell names.
    Run {
        /// The run's name.
        name: String,
        /// The column whose cell names the row.
        key: usize,
        /// The column of the run's table.
        column: String,
    },
}

impl Template {
    /// Reads a formula.
    pub(crate) fn read(
        source: &Arc<Source>,
        grid: &grid::Grid,
        span: Span,
    ) -> Result<Self, Box<Finding>> {
        let text = source.slice(span);
        let mut template = Self {
            code: String::new(),
            slots: Vec::new(),
            marks: Vec::new(),
        };
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            if c.is_alphabetic() || c == '_' {
                let length = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                let (word, after) = rest.split_at(length);
                let reference = reference(after);
                match reference {
                    Some((key, column, tail)) if key.trim().starts_with('[') => {
                        let start =
                            span.start + at + length + 1 + (key.len() - key.trim_start().len());
                        let inner = bracketed(key.trim()).unwrap_or_default();
                        let key =
                            grid.column(source, Span::new(start + 1, start + 1 + inner.len()))?;
                        let slot = Slot::Run {
                            name: word.to_owned(),
                            key,
                            column: column.trim().to_owned(),
                        };
                        template.mark(slot, Span::new(at, at + length + tail));
                        at += length + tail;
                    }
                    Some((_, _, tail)) => {
                        template.code.push_str(&rest[..length + tail]);
                        at += length + tail;
                    }
                    None => {
                        template.code.push_str(word);
                        at += length;
                    }
                }
            } else if c == '[' {
                let Some(name) = bracketed(rest) else {
                    return Err(Box::new(Finding::new(
                        Code::TableCheck,
                        source,
                        span.start + at..span.end,
                        "the column's bracket is never closed",
                    )));
                };
                let start = span.start + at + 1;
                let column = grid.column(source, Span::new(start, start + name.len()))?;
                template.mark(Slot::Cell(column), Span::new(at, at + name.len() + 2));
                at += name.len() + 2;
            } else {
                template.code.push(c);
                at += c.len_utf8();
            }
        }
        Ok(template)
    }

    fn mark(&mut self, slot: Slot, span: Span) {
        self.marks.push((self.code.len(), span));
        self.code.push(mark(self.slots.len()));
        self.slots.push(slot);
    }

    /// Where bytes of the code are in the formula.
    pub(crate) fn in_source(&self, span: Span) -> Span {
        let place = |at: usize| {
            self.marks
                .iter()
                .take_while(|(mark, _)| *mark < at)
                .last()
                .map_or(at, |(mark, span)| span.end + at.saturating_sub(mark + MARK))
        };
        Span::new(place(span.start), place(span.end))
    }
}

/// How many bytes a mark has.
const MARK: usize = 3;

/// A character that no formula holds.
fn mark(slot: usize) -> char {
    u32::try_from(slot)
        .ok()
        .and_then(|slot| char::from_u32(0xE000 + slot))
        .unwrap_or('\u{F8FF}')
}

/// The slot of a mark.
pub(crate) fn slot(mark: char) -> Option<usize> {
    usize::try_from(u32::from(mark).checked_sub(0xE000)?).ok()
}

/// `[key].column` and `[key].[two words]` behind a run's name: the key, the column, the length of all.
fn reference(text: &str) -> Option<(&str, &str, usize)> {
    let key = bracketed(text)?;
    let rest = text[key.len() + 2..].strip_prefix('.')?;
    let before = text.len() - rest.len();
    if let Some(column) = bracketed(rest) {
        return Some((key, column, before + column.len() + 2));
    }
    let length = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    (length > 0).then(|| (key, &rest[..length], before + length))
}
