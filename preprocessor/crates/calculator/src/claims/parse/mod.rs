//! Reads a claim.

mod clauses;
mod expression;

use super::claim::{
    Calculation, Claim, Clauses, Condition, Expr, Kind as ExprKind, Operator, Test, Trend,
};
use super::token::{self, Kind, Token};
use super::{ClaimError, FORMS};
use std::ops::Range;

/// How long a claim may be, in bytes.
const LENGTH: usize = 2_000;

/// Reads a claim.
///
/// # Errors
/// What is wrong with it, at its bytes, and how it is written.
pub fn parse(text: &str) -> Result<Claim, ClaimError> {
    let mut parser = Parser::new(text)?;
    let test = parser.test()?;
    let mut claim = Claim {
        text: text.to_owned(),
        test,
        conditions: Vec::new(),
        clauses: Clauses::default(),
    };
    loop {
        if parser.takes("where") {
            claim.conditions.push(parser.condition()?);
            while parser.takes("and") {
                claim.conditions.push(parser.condition()?);
            }
        } else if parser.peek().kind == Kind::End {
            break;
        } else {
            parser.clause(&mut claim.clauses)?;
        }
    }
    check(&claim)?;
    Ok(claim)
}

/// Reads an expression that may read outputs; none where the text is none.
pub(super) fn expression(text: &str) -> Option<Expr> {
    let mut parser = Parser::new(text).ok()?;
    let expr = parser.expression().ok()?;
    (parser.peek().kind == Kind::End).then_some(expr)
}

/// Refuses a claim that is true or false by its form.
fn check(claim: &Claim) -> Result<(), ClaimError> {
    let whole = 0..claim.text.len();
    let reads = matches!(claim.test, Test::Contains { .. })
        || claim.test.expressions().iter().any(|expr| expr.reads());
    if !reads {
        return Err(ClaimError::new(
            whole,
            "the claim reads no output, so nothing that varies can change it",
        )
        .with_help("compare with what a named block printed, as in `sweep[80].wait < 5 ms`"));
    }
    let same = |left: &Expr, right: &Expr| {
        let words = |expr: &Expr| {
            claim
                .slice(&expr.span)
                .split_whitespace()
                .collect::<String>()
        };
        words(left) == words(right)
    };
    let twice = match &claim.test {
        Test::Compared(sides, _) => sides
            .windows(2)
            .find(|pair| same(&pair[0], &pair[1]))
            .map(|pair| pair[0].span.start..pair[1].span.end),
        Test::Within { left, right, .. } => {
            same(left, right).then_some(left.span.start..right.span.end)
        }
        _ => None,
    };
    match twice {
        Some(span) => Err(ClaimError::new(
            span,
            "both sides are the same expression, so the claim says nothing about the output",
        )
        .with_help("compare with another column, row or number")),
        None => Ok(()),
    }
}

/// The claim's text, and how far it is read.
struct Parser<'text> {
    text: &'text str,
    at: usize,
    /// How many more parts expressions may have: their trees are walked by recursion.
    parts_left: usize,
    /// How many more expressions may be inside of each other.
    levels_left: usize,
}

impl<'text> Parser<'text> {
    fn new(text: &'text str) -> Result<Self, ClaimError> {
        if text.len() > LENGTH {
            return Err(ClaimError::new(
                0..text.len(),
                format!("the claim is longer than {LENGTH} bytes"),
            )
            .with_help("split it into several claims, one a line"));
        }
        Ok(Self {
            text,
            at: 0,
            parts_left: 200,
            levels_left: 24,
        })
    }

    fn peek(&self) -> Token {
        token::next(self.text, self.at)
    }

    fn take(&mut self) -> Token {
        let token = self.peek();
        self.at = token.span.end;
        token
    }

    fn slice(&self, token: &Token) -> &'text str {
        &self.text[token.span.clone()]
    }

    /// Whether the next token is this word.
    fn is_next(&self, word: &str) -> bool {
        let token = self.peek();
        token.kind == Kind::Word && self.slice(&token) == word
    }

    /// Takes the next token if it is this word.
    fn takes(&mut self, word: &str) -> bool {
        let takes = self.is_next(word);
        if takes {
            self.take();
        }
        takes
    }

    /// What to say where something else was expected.
    fn unexpected(&self, expected: &str, help: &str) -> ClaimError {
        let token = self.peek();
        let found = self.slice(&token);
        let (span, message) = match token.kind {
            Kind::End => {
                // At the last character: there is nothing to point at after it.
                let written = self.text.trim_end();
                let last = written.chars().next_back().map_or(0, char::len_utf8);
                (
                    written.len() - last..written.len(),
                    format!("the claim ends where {expected} is expected"),
                )
            }
            _ => (
                token.span,
                format!("`{found}` is found where {expected} is expected"),
            ),
        };
        ClaimError::new(span, message).with_help(help)
    }

    fn test(&mut self) -> Result<Test, ClaimError> {
        if let Some(test) = self.contains()? {
            return Ok(test);
        }
        let left = self.expression()?;
        let token = self.peek();
        let word = match token.kind {
            Kind::Word => self.slice(&token),
            _ => "",
        };
        match word {
            "is" => {
                self.take();
                let (is_not, text) = self.text_to_be()?;
                if !matches!(left.kind, ExprKind::Cell { .. } | ExprKind::Column { .. }) {
                    return Err(
                        ClaimError::new(left.span, "`is` compares the text of cells").with_help(
                            "write `sweep[80].policy is \"LRU\"`, or compare numbers with `=`",
                        ),
                    );
                }
                Ok(Test::Is {
                    cell: left,
                    is_not,
                    text,
                })
            }
            "rises" | "falls" => {
                self.take();
                let trend = match word {
                    "rises" => Trend::Rises,
                    _ => Trend::Falls,
                };
                Ok(Test::Monotone(left, trend))
            }
            "never" => {
                self.take();
                if self.takes("rises") {
                    return Ok(Test::Monotone(left, Trend::NeverRises));
                }
                if self.takes("falls") {
                    return Ok(Test::Monotone(left, Trend::NeverFalls));
                }
                Err(self.unexpected("`rises` or `falls`", "write `sweep.wait never falls`"))
            }
            "within" => self.within(left),
            _ => self.chain(left),
        }
    }

    /// `T contains "text"`, if the claim starts so.
    fn contains(&mut self) -> Result<Option<Test>, ClaimError> {
        let block = self.peek();
        let verb = token::next(self.text, block.span.end);
        if block.kind != Kind::Word || verb.kind != Kind::Word || self.slice(&verb) != "contains" {
            return Ok(None);
        }
        self.at = verb.span.end;
        let is_not = self.takes("no");
        let text = self.take();
        if text.kind != Kind::Quoted {
            self.at = text.span.start;
            return Err(self.unexpected("a text in quotes", "write `output contains \"text\"`"));
        }
        let inner = text.span.start + 1..text.span.end - 1;
        if self.text[inner.clone()].trim().is_empty() {
            return Err(
                ClaimError::new(text.span, "there is no text between the quotes")
                    .with_help("write some words of the output"),
            );
        }
        Ok(Some(Test::Contains {
            block: self.slice(&block).to_owned(),
            span: block.span,
            is_not,
            text: self.text[inner].to_owned(),
        }))
    }

    fn within(&mut self, left: Expr) -> Result<Test, ClaimError> {
        const HELP: &str = "write `a within 5% of b`, or `a within 2 ms of b`";
        self.take();
        let tolerance = self.expression()?;
        if tolerance.reads() {
            return Err(ClaimError::new(
                tolerance.span,
                "the tolerance after `within` reads an output",
            )
            .with_help("write a number, or compare `abs(a - b)` with what is read"));
        }
        if !self.takes("of") {
            return Err(self.unexpected("`of`", HELP));
        }
        let is_relative = matches!(
            &tolerance.kind,
            ExprKind::Calculated(_, Calculation::Multiply, unit)
                if matches!(&unit.kind, ExprKind::Name(name) if name == "%" || name == "percent")
        );
        Ok(Test::Within {
            left,
            tolerance,
            is_relative,
            right: self.expression()?,
        })
    }

    fn chain(&mut self, left: Expr) -> Result<Test, ClaimError> {
        let mut sides = vec![left];
        let mut operators = Vec::new();
        while let Some(operator) = self.operator() {
            operators.push(operator);
            sides.push(self.expression()?);
        }
        if operators.is_empty() {
            return Err(self.unexpected("a comparison", FORMS));
        }
        Ok(Test::Compared(sides, operators))
    }

    /// Takes an operator that compares.
    fn operator(&mut self) -> Option<Operator> {
        let Kind::Sign(sign) = self.peek().kind else {
            return None;
        };
        let operator = Operator::read(sign)?;
        self.take();
        Some(operator)
    }

    fn condition(&mut self) -> Result<Condition, ClaimError> {
        const HELP: &str =
            "write `where busy ≥ 80`, `where [hit ratio] > 50%` or `where [policy] is LRU`";
        let left = self.expression()?;
        if self.takes("is") {
            let (is_not, text) = self.text_to_be()?;
            if !matches!(
                left.kind,
                ExprKind::Here(_) | ExprKind::Name(_) | ExprKind::Column { .. }
            ) {
                return Err(
                    ClaimError::new(left.span, "`is` picks rows by a column").with_help(HELP)
                );
            }
            return Ok(Condition::Is {
                column: left,
                is_not,
                text,
            });
        }
        let Some(operator) = self.operator() else {
            return Err(self.unexpected("a comparison", HELP));
        };
        Ok(Condition::Compared(left, operator, self.expression()?))
    }

    /// What follows `is`: whether it says `not`, and a text in quotes or without spaces.
    fn text_to_be(&mut self) -> Result<(bool, String), ClaimError> {
        let is_not = self.takes("not");
        let token = self.peek();
        let inner = match token.kind {
            Kind::End => {
                return Err(self.unexpected("a text", "write `is LRU`, or `is \"two choices\"`"));
            }
            Kind::Quoted => token.span.start + 1..token.span.end - 1,
            _ => {
                let rest = &self.text[token.span.start..];
                let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
                token.span.start..token.span.start + length
            }
        };
        self.at = inner.end + usize::from(token.kind == Kind::Quoted);
        Ok((is_not, self.text[inner].to_owned()))
    }

    /// The bytes from one place to where the parser is.
    fn since(&self, start: usize) -> Range<usize> {
        start..self.at
    }
}
