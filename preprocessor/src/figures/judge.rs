//! Judging a figure: the value of its expression, in the figure's own unit, has to be one that it covers.

use crate::figures::shown::significant;
use crate::figures::{Checker, NOT_WRITTEN, literal};
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::span::Span;
use mdbook_proof_calculator::exact::{self, Verdict};
use mdbook_proof_calculator::value::{ExpressionError, Value};
use mdbook_proof_text::quantity::{self, DecimalMark, Printed};
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
        let computed = match self.engine.in_unit(value, &last.unit) {
            Ok(computed) => computed,
            Err(error) => return self.report(form.explain(error), span),
        };
        let Some(units) = self.units(printed, &last.unit) else {
            return self.report(
                ExpressionError {
                    message: "the figure's units don't belong together".to_owned(),
                    span: Span::at(0).into(),
                    help: None,
                    is_name_taken: false,
                },
                span,
            );
        };
        let verdict = exact::verdict(printed, value);
        let is_right = match verdict {
            Verdict::TooLong => return self.report(exact::too_long(), span),
            Verdict::Wrong => false,
            Verdict::Right => true,
            Verdict::Comparable => rounding::agrees(printed, &units, computed),
        };
        if is_right {
            self.checked.right += 1;
            return;
        }
        let stands = rounding::stands(printed, &units);
        let old = self.source.slice(span);
        let text = self.source.slice(start..span.end);
        let blessed = match (verdict, &value.exact) {
            (Verdict::Wrong, Some(exact)) => rounding::with_integer(text, printed, exact)
                .and_then(|figure| form.written(figure, old)),
            _ => form.rewritten(text, printed, &units, computed, value),
        };
        let range = if stands.half_step == 0.0 {
            "a bare integer or a fraction has to be exact".to_owned()
        } else {
            format!("the figure allows ±{}", significant(stands.half_step))
        };
        let new = match &blessed {
            Some(new) => format!("\n+ {new}"),
            None => String::new(),
        };
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
                value.exact.clone().unwrap_or_else(|| significant(computed)),
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

    /// How many of `unit` the unit of each part is.
    fn units(&mut self, printed: &Printed, unit: &str) -> Option<Vec<f64>> {
        if printed.parts.len() == 1 {
            return Some(vec![1.0]);
        }
        printed
            .parts
            .iter()
            .map(|part| {
                let one = self.engine.evaluate(&format!("1 {}", part.unit)).ok()?;
                self.engine.in_unit(&one, unit).ok()
            })
            .collect()
    }
}

impl Form {
    /// A computed value as the figure that `text` ends with is written; none where it can't be.
    fn rewritten(
        self,
        text: &str,
        printed: &Printed,
        units: &[f64],
        computed: f64,
        value: &Value,
    ) -> Option<String> {
        let fits = |printed: &Printed| exact::verdict(printed, value) != Verdict::TooLong;
        match self {
            Self::Text(mark) => rounding::rewritten(text, printed, units, computed, |text| {
                quantity::last(text, mark).ok().flatten().filter(fits)
            }),
            Self::Whole(mark) => rounding::rewritten(text, printed, units, computed, |text| {
                quantity::read_whole(text, mark).ok().flatten().filter(fits)
            }),
            Self::Code => {
                let figure = rounding::filled(text, printed, units, computed)?;
                let new = literal::written(&figure, &text[printed.span.clone()])?;
                let again = literal::number(&format!("{}{new}", &text[..printed.span.start]))?;
                rounding::agrees(&again, units, computed).then_some(new)
            }
        }
    }

    /// A figure as it is written here.
    fn written(self, figure: String, old: &str) -> Option<String> {
        match self {
            Self::Text(_) | Self::Whole(_) => Some(figure),
            Self::Code => literal::written(&figure, old),
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
