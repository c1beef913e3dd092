//! Judging a figure: the value of its expression, in the figure's own unit, has to be one that it covers.

use crate::figures::{Checker, NOT_WRITTEN, literal, significant};
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::span::Span;
use mdbook_proof_calculator::figure::{self, Compared};
use mdbook_proof_calculator::value::{ExpressionError, Value};
use mdbook_proof_text::quantity::{DecimalMark, Printed};
use mdbook_proof_text::rounding;

/// What a figure is written in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Running text, with something else before it.
    Text(DecimalMark),
    /// A text that is the figure and nothing else.
    Whole(DecimalMark),
    /// A program.
    Code,
}

impl Checker<'_> {
    /// Compares a printed figure, read from the text at `start`, with the computed value.
    pub(super) fn judge(&mut self, printed: &Printed, start: usize, value: &Value, form: Form) {
        let span = Span::from(printed.span.clone()).shift(start);
        let Some(last) = printed.parts.last() else {
            return;
        };
        let compared = match figure::compare(&mut self.program.computer, printed, value) {
            Ok(compared) => compared,
            Err(error) => return self.report(form.explain(error), span),
        };
        if compared.is_right {
            self.checked.right += 1;
            return;
        }
        let stands = rounding::stands(printed, &compared.units);
        let old = self.source.slice(span);
        let text = self.source.slice(start..span.end);
        let blessed = form.rewritten(text, printed, &compared, value);
        let range = if stands.half_step == 0.0 {
            "a bare integer or a fraction has to be exact".to_owned()
        } else {
            format!("the figure allows ±{}", significant(stands.half_step))
        };
        let new = match &blessed {
            Some(new) => format!("\n+ {new}"),
            None => String::new(),
        };
        let computed = significant(compared.computed);
        let finding = Finding::new(
            Code::Figure,
            self.source,
            span,
            "the figure is not what its expression gives",
        )
        .with_label(range)
        .with_details(
            format!(
                "- {old}{new}\n  computed: {} {}",
                value.exact.clone().unwrap_or(computed),
                last.unit
            )
            .trim_end(),
        );
        self.checked.findings.push(match (blessed, form) {
            (Some(new), _) => finding.with_blessed(Edit::new(span, new)),
            (None, Form::Code) => finding.with_help(
                "a whole number is exact: write decimals, or round(…) in the expression",
            ),
            (None, _) => finding.with_help(NOT_WRITTEN),
        });
    }
}

impl Form {
    /// A computed value as the figure that `text` ends with is written; none where it can't be.
    fn rewritten(
        self,
        text: &str,
        printed: &Printed,
        compared: &Compared,
        value: &Value,
    ) -> Option<String> {
        match self {
            Self::Text(mark) => compared.rewritten(text, printed, value, mark, false),
            Self::Whole(mark) => compared.rewritten(text, printed, value, mark, true),
            Self::Code => {
                let old = &text[printed.span.clone()];
                if let Some(exact) = compared.exact(text, printed, value) {
                    return literal::written(&exact?, old);
                }
                let (units, computed) = (&compared.units, compared.computed);
                let figure = rounding::filled(text, printed, units, computed)?;
                let new = literal::written(&figure, old)?;
                let again = literal::number(&format!("{}{new}", &text[..printed.span.start]))?;
                rounding::agrees(&again, units, computed).then_some(new)
            }
        }
    }

    /// Why an expression gives no figure, with the remedy that there is here.
    fn explain(self, mut error: ExpressionError) -> ExpressionError {
        if matches!(self, Self::Code) {
            error.help.get_or_insert_with(|| {
                "a number in code has no unit: divide by one, as in request_rate / (requests/s)"
                    .into()
            });
        }
        error
    }
}
