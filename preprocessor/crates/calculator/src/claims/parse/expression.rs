//! Reads the expressions of a claim, with the precedence that the interpreter has.

use super::Parser;
use crate::claims::ClaimError;
use crate::claims::claim::{Calculation, Expr, Kind};
use crate::claims::token::{self, Kind as Sort};
use crate::exact;

/// Words of the language, which end an expression.
const KEYWORDS: [&str; 14] = [
    "where", "and", "for", "on", "over", "within", "of", "is", "not", "never", "rises", "falls",
    "contains", "per",
];

/// What an expression may be, for help texts.
const FORMS: &str = "write a number with its unit, a cell `sweep[80].wait`, a column `sweep.wait`, a row `sweep[80]`, or a calculation with them";

impl Parser<'_> {
    /// A sum, or a difference.
    pub(super) fn expression(&mut self) -> Result<Expr, ClaimError> {
        let mut left = self.product()?;
        loop {
            let calculation = match self.peek().kind {
                Sort::Sign("+") => Calculation::Add,
                Sort::Sign("-" | "−") => Calculation::Subtract,
                _ => return Ok(left),
            };
            self.take();
            let right = self.product()?;
            left = self.calculated(left, calculation, right)?;
        }
    }

    fn product(&mut self) -> Result<Expr, ClaimError> {
        let mut left = self.negated()?;
        loop {
            let calculation = match self.peek().kind {
                Sort::Sign("×" | "*" | "·") => Calculation::Multiply,
                Sort::Sign("/" | "÷") => Calculation::Divide,
                _ => return Ok(left),
            };
            self.take();
            let right = self.negated()?;
            left = self.calculated(left, calculation, right)?;
        }
    }

    fn negated(&mut self) -> Result<Expr, ClaimError> {
        let sign = self.peek();
        if !matches!(sign.kind, Sort::Sign("-" | "−")) {
            return self.per();
        }
        self.take();
        self.count()?;
        let inner = self.inside(Self::negated)?;
        let span = self.since(sign.span.start);
        let kind = Kind::Negated(Box::new(inner));
        Ok(Expr { span, kind })
    }

    /// `5 requests per second`
    fn per(&mut self) -> Result<Expr, ClaimError> {
        let mut left = self.side_by_side()?;
        while self.takes("per") {
            let right = self.side_by_side()?;
            left = self.calculated(left, Calculation::Divide, right)?;
        }
        Ok(left)
    }

    /// `5 ms`, which binds closer than what is written with a sign.
    fn side_by_side(&mut self) -> Result<Expr, ClaimError> {
        let mut left = self.power()?;
        loop {
            let next = self.peek();
            match next.kind {
                Sort::Number if matches!(left.kind, Kind::Number(_)) => {
                    let span = left.span.start..next.span.end;
                    let message = format!("`{}` is not one number", &self.text[span.clone()]);
                    return Err(ClaimError::new(span, message)
                        .with_help("write 12,000 or 12000 for twelve thousand"));
                }
                Sort::Word if !KEYWORDS.contains(&self.slice(&next)) => {
                    let right = self.power()?;
                    left = self.calculated(left, Calculation::Multiply, right)?;
                }
                _ => return Ok(left),
            }
        }
    }

    fn power(&mut self) -> Result<Expr, ClaimError> {
        let base = self.atom()?;
        if self.peek().kind != Sort::Sign("^") {
            return Ok(base);
        }
        self.take();
        let sign = self.peek();
        let exponent = match sign.kind {
            Sort::Sign("-" | "−") => {
                self.take();
                self.count()?;
                let inner = self.inside(Self::power)?;
                let span = self.since(sign.span.start);
                let kind = Kind::Negated(Box::new(inner));
                Expr { span, kind }
            }
            _ => self.inside(Self::power)?,
        };
        self.calculated(base, Calculation::Power, exponent)
    }

    fn atom(&mut self) -> Result<Expr, ClaimError> {
        self.count()?;
        let token = self.peek();
        let start = token.span.start;
        let text = self.slice(&token);
        let kind = match token.kind {
            Sort::Number => {
                self.take();
                exact::carried(text).map_err(|error| ClaimError {
                    span: start..token.span.end,
                    message: error.message,
                    help: error.help,
                })?;
                Kind::Number(text.to_owned())
            }
            Sort::Bracketed => {
                self.take();
                Kind::Here(name(text).to_owned())
            }
            Sort::Word if !KEYWORDS.contains(&text) => {
                self.take();
                self.named(text)?
            }
            Sort::Sign("(") => {
                self.take();
                let inner = self.inside(Self::expression)?;
                if self.peek().kind != Sort::Sign(")") {
                    return Err(self.unexpected("`)`", "close the parenthesis"));
                }
                self.take();
                // The parentheses belong to it, so that messages quote it as it is written.
                let span = self.since(start);
                return Ok(Expr { span, ..inner });
            }
            _ => return Err(self.unexpected("an expression", FORMS)),
        };
        let span = self.since(start);
        Ok(Expr { span, kind })
    }

    /// A word, or what starts with it: a call, a cell, a column or a row.
    fn named(&mut self, word: &str) -> Result<Kind, ClaimError> {
        let block = word.to_owned();
        let next = token::next(self.text, self.at);
        let is_adjacent = next.span.start == self.at;
        match next.kind {
            Sort::Sign("(") if is_adjacent => {
                self.take();
                Ok(Kind::Called(block, self.arguments()?))
            }
            Sort::Bracketed if is_adjacent => {
                let key = name(self.slice(&next)).to_owned();
                self.take();
                if !self.text[self.at..].starts_with('.') {
                    return Ok(Kind::Row { block, key });
                }
                let column = self.column()?;
                Ok(Kind::Cell { block, key, column })
            }
            Sort::Sign(".") if is_adjacent => {
                let column = self.column()?;
                Ok(Kind::Column { block, column })
            }
            _ => Ok(Kind::Name(block)),
        }
    }

    /// `.column` or `.[column words]`
    fn column(&mut self) -> Result<String, ClaimError> {
        self.take();
        let token = self.peek();
        let is_adjacent = token.span.start == self.at;
        match token.kind {
            Sort::Word if is_adjacent => {
                self.take();
                Ok(self.slice(&token).to_owned())
            }
            // A column may be named by a number or start with one.
            Sort::Number if is_adjacent => {
                let rest = &self.text[self.at..];
                let length = rest
                    .find(|c| !crate::expression::is_word(c))
                    .unwrap_or(rest.len());
                self.at += length;
                Ok(rest[..length].to_owned())
            }
            Sort::Bracketed if is_adjacent => {
                self.take();
                Ok(name(self.slice(&token)).to_owned())
            }
            _ => Err(self.unexpected(
                "the name of a column",
                "write `sweep[80].wait`, or `sweep[80].[hit ratio]` where the name has spaces",
            )),
        }
    }

    fn arguments(&mut self) -> Result<Vec<Expr>, ClaimError> {
        let mut arguments = Vec::new();
        if self.peek().kind == Sort::Sign(")") {
            self.take();
            return Ok(arguments);
        }
        loop {
            arguments.push(self.inside(Self::expression)?);
            match self.peek().kind {
                Sort::Sign(",") => {
                    self.take();
                }
                Sort::Sign(")") => {
                    self.take();
                    return Ok(arguments);
                }
                _ => return Err(self.unexpected("`,` or `)`", "close the parenthesis")),
            }
        }
    }

    fn calculated(
        &mut self,
        left: Expr,
        calculation: Calculation,
        right: Expr,
    ) -> Result<Expr, ClaimError> {
        self.count()?;
        Ok(Expr {
            span: left.span.start..right.span.end,
            kind: Kind::Calculated(Box::new(left), calculation, Box::new(right)),
        })
    }

    /// Reads an expression inside of another one.
    fn inside(
        &mut self,
        read: fn(&mut Self) -> Result<Expr, ClaimError>,
    ) -> Result<Expr, ClaimError> {
        self.levels_left = self
            .levels_left
            .checked_sub(1)
            .ok_or_else(|| self.too_many())?;
        let inner = read(self);
        self.levels_left += 1;
        inner
    }

    /// Counts a part of an expression.
    fn count(&mut self) -> Result<(), ClaimError> {
        self.parts_left = self
            .parts_left
            .checked_sub(1)
            .ok_or_else(|| self.too_many())?;
        Ok(())
    }

    fn too_many(&self) -> ClaimError {
        ClaimError::new(0..self.text.len(), "the claim has too many parts")
            .with_help("split it into several claims, or let the block print the result")
    }
}

/// The name between brackets.
fn name(bracketed: &str) -> &str {
    bracketed[1..bracketed.len() - 1].trim()
}
