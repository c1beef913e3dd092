//! Claims: what has to hold wherever something varies.
//!
//! | module | holds |
//! | --- | --- |
//! | [`domain`] | what a parameter may be, and the settings of it that are tried |
//! | `decimal` | numbers with decimals, exact as they are written |
//! | `claim` | a claim as a tree |
//! | `parse` | its text read into that tree |
//! | `plan` | the points at which it is checked |
//! | `reading` | the values of its expressions at a point |
//! | `judge` | whether it holds at all points, on average or at enough of them |
//! | `verdict` | what came out, with its counterexample, and how messages say it |
//! | `changed` | a claim over other settings, or moved past its edge |
//! | `spread` | the range of an expression over points |
//!
//! # What is compared
//!
//! | an expression | is |
//! | --- | --- |
//! | `T[key].col`, a number, a parameter's name | one value at a point |
//! | `T.col`, `[col]`, the name of the column of keys | one value for each row; rows of two tables are matched by their keys |
//! | `T[key]` | one value for each column; columns of two tables are matched by their headers |
//! | `rank(T.col)`, `rank(T[key])` | the place of each cell among the numbers of its row, or of its column; 1 is the highest |
//! | `min`, `max`, `sum` or `mean` of a column or a row | one value at a point |
//!
//! A claim holds at a point if it holds for each row, or each column, that `where` leaves. A key that no row has and that
//! is a parameter's name means the row of its setting. Cells that are empty or "—" are left out and counted.
//!
//! # Units
//!
//! Everything is calculated in base units, and what an expression measures is checked by the interpreter. A number without
//! a unit is an error beside a column with one, percent included; 0 is one of anything. Only in `where` does a number
//! without a unit mean the column's own: `where busy ≥ 80` of a column `busy (%)`.
//!
//! # Errors
//!
//! Every error has the bytes of the claim that it is about. What is wrong with a claim's form is found when it is
//! [parsed](parse()), what is wrong with what it varies when it is [planned](Claim::plan), and what is wrong with its
//! references, its units and the certainty of its means when it is [judged](judge()). A claim that doesn't hold is none of
//! them: it is a [`Verdict`] with a [`Counterexample`].

mod changed;
mod claim;
mod decimal;
pub mod domain;
mod judge;
mod number;
mod parse;
mod plan;
mod reading;
mod spread;
#[cfg(test)]
mod tests;
mod token;
mod verdict;

pub use claim::{Claim, OUTPUT};
pub use judge::judge;
pub use parse::parse;
pub use plan::{Parameter, Plan, Point, SEED};
pub use spread::spread;
pub use verdict::{Counterexample, Edge, Margin, Role, Spread, Tried, Verdict};

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How a claim is written, for help texts.
pub const FORMS: &str = "write `sweep.random > sweep.[two choices] where busy ≥ 80`, `sweep[80].wait within 5% of 20 ms`, `sweep.wait rises`, `sweep[80].best is \"LRU\"` or `output contains \"text\"`";

/// What is wrong with a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimError {
    /// The bytes of the claim's text that it is about.
    pub span: Range<usize>,
    /// One line that says what is wrong.
    pub message: String,
    /// How to fix it.
    pub help: Option<String>,
}

/// Why a claim has no verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// It reads a run or a name that failed, which is reported already.
    Reported,
    /// It is wrong.
    Wrong(ClaimError),
}

impl ClaimError {
    fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }

    fn with_help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

impl From<ClaimError> for Problem {
    fn from(error: ClaimError) -> Self {
        Self::Wrong(error)
    }
}
