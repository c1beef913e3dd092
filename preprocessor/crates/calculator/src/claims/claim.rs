//! A claim as a tree.

use super::domain::Domain;
use std::collections::BTreeSet;
use std::ops::Range;

/// What has to hold, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub(super) text: String,
    pub(super) test: Test,
    /// Which rows and settings it speaks of.
    pub(super) conditions: Vec<Condition>,
    pub(super) clauses: Clauses,
}

/// The name of what the page's one varied block printed.
pub const OUTPUT: &str = "output";

/// What is tested at every point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// `a < b ≤ c`
    Compared(Vec<Expr>, Vec<Operator>),
    /// `a within 5% of b`
    Within {
        left: Expr,
        tolerance: Expr,
        is_relative: bool,
        right: Expr,
    },
    /// `a rises`
    Monotone(Expr, Trend),
    /// `T[key].col is "text"`
    Is {
        cell: Expr,
        is_not: bool,
        text: String,
    },
    /// `T contains "text"`, `T contains no "text"`
    Contains {
        block: String,
        span: Range<usize>,
        is_not: bool,
        text: String,
    },
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    Unequal,
}

/// How values go from one row to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trend {
    Rises,
    Falls,
    NeverRises,
    NeverFalls,
}

/// What rows, columns or settings a claim is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// `busy ≥ 80`
    Compared(Expr, Operator, Expr),
    /// `[policy] is LRU`
    Is {
        column: Expr,
        is_not: bool,
        text: String,
    },
}

/// An expression with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expr {
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number as it is written.
    Number(String),
    /// A unit, a name of the page, a parameter, or the column of keys.
    Name(String),
    /// `T[key].col`
    Cell {
        block: String,
        key: String,
        column: String,
    },
    /// `T.col`
    Column {
        block: String,
        column: String,
    },
    /// `T[key]`
    Row {
        block: String,
        key: String,
    },
    /// `[col]`: the cell of the same row.
    Here(String),
    Negated(Box<Expr>),
    Calculated(Box<Expr>, Calculation, Box<Expr>),
    Called(String, Vec<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calculation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

/// What varies, and how its points are judged together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Clauses {
    /// `for servers 5..50 × busy`
    pub(super) each: Vec<Varied>,
    /// `on average over seed`
    pub(super) mean: Option<Varied>,
    /// `for 45 of 50 seed`
    pub(super) share: Option<Share>,
    /// `over 50 seed`
    pub(super) counts: Vec<(usize, Varied)>,
}

/// A name that a clause gives, with the domain after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Varied {
    pub(super) name: String,
    pub(super) span: Range<usize>,
    pub(super) domain: Option<(Domain, Range<usize>)>,
}

/// At how many of some settings a claim has to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    /// The bytes of both numbers.
    pub(super) numbers: Range<usize>,
    pub(super) at_least: usize,
    pub(super) of: usize,
    pub(super) varied: Varied,
}

impl Claim {
    /// The claim as it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of the blocks whose output it reads; [`OUTPUT`] is that of the page's one varied block.
    pub fn runs(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        if let Test::Contains { block, .. } = &self.test {
            found.insert(block.as_str());
        }
        for expr in self.expressions() {
            expr.each(&mut |part| found.extend(part.block()));
        }
        found
    }

    /// The text of some of its bytes.
    pub(super) fn slice(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// All expressions of the test and the conditions.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let conditions = self
            .conditions
            .iter()
            .flat_map(|condition| match condition {
                Condition::Compared(left, _, right) => vec![left, right],
                Condition::Is { column, .. } => vec![column],
            });
        self.test.expressions().into_iter().chain(conditions)
    }
}

impl Test {
    /// Its expressions, in their order.
    pub(super) fn expressions(&self) -> Vec<&Expr> {
        match self {
            Self::Compared(sides, _) => sides.iter().collect(),
            Self::Within {
                left,
                tolerance,
                right,
                ..
            } => vec![left, tolerance, right],
            Self::Monotone(expr, _) => vec![expr],
            Self::Is { cell, .. } => vec![cell],
            Self::Contains { .. } => Vec::new(),
        }
    }
}

impl Expr {
    /// Calls a function with the expression and all of its parts.
    pub(super) fn each<'expr>(&'expr self, with: &mut dyn FnMut(&'expr Self)) {
        with(self);
        match &self.kind {
            Kind::Negated(inner) => inner.each(with),
            Kind::Calculated(left, _, right) => {
                left.each(with);
                right.each(with);
            }
            Kind::Called(_, arguments) => arguments.iter().for_each(|part| part.each(with)),
            _ => {}
        }
    }

    /// The block that it reads by itself.
    pub(super) fn block(&self) -> Option<&str> {
        match &self.kind {
            Kind::Cell { block, .. } | Kind::Column { block, .. } | Kind::Row { block, .. } => {
                Some(block)
            }
            _ => None,
        }
    }

    /// Whether it reads an output.
    pub(super) fn reads(&self) -> bool {
        let mut reads = false;
        self.each(&mut |part| {
            reads |= part.block().is_some() || matches!(part.kind, Kind::Here(_));
        });
        reads
    }

    /// Whether it is made of numbers alone.
    pub(super) fn is_bare(&self) -> bool {
        let mut is_bare = true;
        self.each(&mut |part| {
            is_bare &= matches!(
                part.kind,
                Kind::Number(_) | Kind::Negated(_) | Kind::Calculated(..)
            );
        });
        is_bare
    }
}

impl Operator {
    pub(super) fn read(sign: &str) -> Option<Self> {
        Some(match sign {
            "<" => Self::Less,
            "<=" | "≤" => Self::AtMost,
            ">" => Self::Greater,
            ">=" | "≥" => Self::AtLeast,
            "=" | "==" => Self::Equal,
            "!=" | "≠" => Self::Unequal,
            _ => return None,
        })
    }

    /// Whether it holds between two numbers, which the noise of sums with decimals doesn't tell apart.
    pub(super) fn holds(self, left: f64, right: f64) -> bool {
        let is_equal = (left - right).abs() <= 1e-12 * left.abs().max(right.abs());
        match self {
            Self::Less => !is_equal && left < right,
            Self::AtMost => is_equal || left < right,
            Self::Greater => !is_equal && left > right,
            Self::AtLeast => is_equal || left > right,
            Self::Equal => is_equal,
            Self::Unequal => !is_equal,
        }
    }
}

impl Trend {
    /// How a row compares to the next one.
    pub(super) fn operator(self) -> Operator {
        match self {
            Self::Rises => Operator::Less,
            Self::Falls => Operator::Greater,
            Self::NeverRises => Operator::AtLeast,
            Self::NeverFalls => Operator::AtMost,
        }
    }
}
