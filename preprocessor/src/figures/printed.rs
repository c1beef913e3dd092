//! The figure before an expression, with all that readers see as a part of it.

use crate::figures::judge::Form;
use crate::read::{Figure, Parts};
use crate::text::span::Span;
use mdbook_proof_text::quantity::{self, Printed, Refusal};
use mdbook_proof_text::visible::visible;

/// A figure that was read.
#[derive(Debug)]
pub struct Read {
    /// Where the text starts in which the figure's bytes are counted.
    pub start: usize,
    /// The figure, if there is one; or why it can't be judged.
    pub figure: Result<Option<Printed>, Refusal>,
    pub(super) form: Form,
}

impl Read {
    /// The figure's bytes in the page, if it can be judged.
    pub fn span(&self) -> Option<Span> {
        let printed = self.figure.as_ref().ok()?.as_ref()?;
        Some(Span::from(printed.span.clone()).shift(self.start))
    }

    /// Whether the text is the figure and nothing else.
    pub fn is_whole(&self) -> bool {
        matches!(self.form, Form::Whole(_))
    }
}

/// Reads the figure that a page's expression, given by its number, computes.
pub fn printed(page: &Parts, number: usize) -> Read {
    let mark = page.decimal_mark;
    let figure = &page.figures[number];
    // Readers don't see the expression of the figure before, and take both for one: `3<!-- = 3 --> 472`.
    let earlier = number
        .checked_sub(1)
        .map(|earlier| &page.figures[earlier])
        .filter(|earlier| earlier.comment.end == figure.before.start);
    let start = earlier
        .map_or(figure.before, |earlier| earlier.before)
        .start;
    let mut read = Read {
        start,
        figure: Ok(None),
        form: Form::Text(mark),
    };
    let own = page.source.slice(figure.before);
    if visible(own).iter().all(|seen| seen.c.is_whitespace()) {
        return read;
    }
    let text = page.source.slice(start..figure.before.end);
    read.figure = quantity::last(text, mark);
    // There is nothing else in it, so its groups can't be two numbers.
    if read.figure.is_err()
        && earlier.is_none()
        && let Ok(Some(printed)) = quantity::read_whole(own, mark)
    {
        read.figure = Ok(Some(printed));
        read.form = Form::Whole(mark);
    }
    if let Ok(Some(printed)) = &read.figure
        && quantity::continues(printed, after(page, figure))
    {
        read.figure = Err(Refusal {
            span: printed.span.clone(),
            message: format!(
                "`{}` continues after its expression",
                &text[printed.span.clone()]
            ),
            help: "put the comment after the whole number and its unit".to_owned(),
        });
    }
    read
}

/// The text that follows an expression in its paragraph, item or cell.
fn after<'page>(page: &'page Parts, figure: &Figure) -> &'page str {
    let end = figure.comment.end;
    let at = page
        .passages
        .partition_point(|passage| passage.span.end < end);
    match page.passages.get(at) {
        Some(passage) if passage.span.start <= end => page.source.slice(end..passage.span.end),
        _ => "",
    }
}
