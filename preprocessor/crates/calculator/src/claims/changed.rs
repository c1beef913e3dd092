//! A claim over other settings, or moved past its edge.

use super::claim::{Claim, Clauses, Expr, Operator, Test, Trend, Varied};
use super::domain::Domain;
use super::parse;
use super::verdict::Verdict;
use std::ops::Range;

impl Claim {
    /// The same test and conditions, at settings of one parameter alone. A mean over another one stays.
    #[must_use]
    pub fn along(&self, name: &str, domain: &Domain, count: usize) -> Self {
        let whole = 0..self.text.len();
        let varied = Varied {
            name: name.to_owned(),
            span: whole.clone(),
            domain: Some((domain.clone(), whole)),
        };
        let mean = self.clauses.mean.clone().filter(|mean| mean.name != name);
        let is_of_mean =
            |(_, one): &&(usize, Varied)| mean.as_ref().is_some_and(|mean| mean.name == one.name);
        let mut counts: Vec<(usize, Varied)> = self
            .clauses
            .counts
            .iter()
            .filter(is_of_mean)
            .cloned()
            .collect();
        counts.push((domain.settings(count.max(2)).len(), varied.clone()));
        Self {
            clauses: Clauses {
                each: vec![varied],
                mean,
                share: None,
                counts,
            },
            ..self.clone()
        }
    }

    /// The claim with its bound moved just past what was found, or turned around: over the same points it can't hold.
    ///
    /// # Errors
    /// Why there is no such claim.
    pub fn past_edge(&self, verdict: &Verdict) -> Result<Self, String> {
        if !verdict.holds() {
            return Err("the claim doesn't hold".to_owned());
        }
        let mut edits = Vec::new();
        if let Some(share) = &self.clauses.share {
            // At every setting.
            edits.push((share.numbers.clone(), format!("{0} of {0}", share.of)));
        }
        if self.clauses.share.is_none() || verdict.held == verdict.judged {
            edits.extend(self.bound(verdict)?);
        }
        edits.sort_by_key(|(span, _)| span.start);
        let mut text = self.text.clone();
        for (span, new) in edits.into_iter().rev() {
            text.replace_range(span, &new);
        }
        parse(&text).map_err(|error| format!("`{text}` isn't a claim: {}", error.message))
    }

    /// The edits that move the bound.
    fn bound(&self, verdict: &Verdict) -> Result<Vec<Edit>, String> {
        Ok(match &self.test {
            Test::Compared(sides, operators) => {
                let is_exact = |one: &Operator| matches!(one, Operator::Equal | Operator::Unequal);
                let closest = verdict.margin.map_or(0, |margin| margin.relation);
                let relation = operators.iter().position(is_exact).unwrap_or(closest);
                let (left, right) = (&sides[relation], &sides[relation + 1]);
                let sign = match operators[relation] {
                    Operator::Equal => "≠",
                    Operator::Unequal => "=",
                    Operator::Greater | Operator::AtLeast => {
                        return self.moved(right, "+", verdict);
                    }
                    Operator::Less | Operator::AtMost => return self.moved(right, "-", verdict),
                };
                vec![(left.span.end..right.span.start, format!(" {sign} "))]
            }
            Test::Within {
                tolerance,
                is_relative,
                right,
                ..
            } => self.narrowed(tolerance, *is_relative, right, verdict)?,
            // `rises` and `never rises` exclude each other.
            Test::Monotone(expr, Trend::Rises | Trend::Falls) => {
                vec![(expr.span.end..expr.span.end, " never".to_owned())]
            }
            Test::Monotone(expr, _) => self.word(expr.span.end, "never")?,
            Test::Is { cell, is_not, .. } => match is_not {
                true => self.word(cell.span.end, "not")?,
                false => self.inserted(cell.span.end, "is", " not")?,
            },
            Test::Contains { span, is_not, .. } => match is_not {
                true => self.word(span.end, "no")?,
                false => self.inserted(span.end, "contains", " no")?,
            },
        })
    }

    /// The right side of a comparison, further away than the closest value.
    fn moved(&self, right: &Expr, sign: &str, verdict: &Verdict) -> Result<Vec<Edit>, String> {
        let written = self.slice(&right.span);
        let text = match verdict.margin {
            Some(margin) => {
                let share = beyond(margin.share);
                format!("({written}) {sign} abs({written}) × {share:.9}")
            }
            // There is no share of 0.
            None => {
                let left = verdict.left.as_ref().ok_or("there is no number to move")?;
                let nearest = if sign == "+" { left.low } else { -left.high };
                let distance = beyond(nearest.max(0.0));
                format!("({written}) {sign} {distance:.9} {}", left.unit)
            }
        };
        Ok(vec![(right.span.clone(), text)])
    }

    /// A tolerance that is smaller than the largest distance.
    fn narrowed(
        &self,
        tolerance: &Expr,
        is_relative: bool,
        right: &Expr,
        verdict: &Verdict,
    ) -> Result<Vec<Edit>, String> {
        let margin = verdict.margin.ok_or("the tolerance is 0")?;
        let written = self.slice(&tolerance.span);
        let left = (1.0 - margin.share) * 0.999;
        if left <= 0.0 {
            // Both sides are equal everywhere: one of them is moved out of reach.
            let other = self.slice(&right.span);
            let text = match is_relative {
                true => format!("(({other}) × (1 + 3 × {written}))"),
                false => format!("(({other}) + 3 × {written})"),
            };
            return Ok(vec![(right.span.clone(), text)]);
        }
        let text = match (is_relative, written.trim_end_matches('%')) {
            // A tolerance in percent is relative only as one number.
            (true, number) if number.len() < written.len() => {
                let number = number.trim().replace([',', '_'], "");
                let number: f64 = number
                    .parse()
                    .map_err(|_| "write the tolerance as one number with `%`".to_owned())?;
                format!("{:.9}%", number * left)
            }
            (true, _) => return Err("write the tolerance with `%`".to_owned()),
            (false, _) => format!("({written}) × {left:.9}"),
        };
        Ok(vec![(tolerance.span.clone(), text)])
    }

    /// The edit that removes a word after a place.
    fn word(&self, from: usize, word: &str) -> Result<Vec<Edit>, String> {
        let at = self.text[from..].find(word).map(|at| from + at);
        let at = at.ok_or("the word is gone")?;
        Ok(vec![(at..at + word.len(), String::new())])
    }

    /// The edit that inserts a word after another one.
    fn inserted(&self, from: usize, word: &str, new: &str) -> Result<Vec<Edit>, String> {
        let mut edits = self.word(from, word)?;
        for (span, text) in &mut edits {
            *span = span.end..span.end;
            new.clone_into(text);
        }
        Ok(edits)
    }
}

/// Some bytes of a claim, and what they become.
type Edit = (Range<usize>, String);

/// A little more than a distance.
fn beyond(distance: f64) -> f64 {
    distance + (distance.abs() * 1e-3).max(1e-6)
}
