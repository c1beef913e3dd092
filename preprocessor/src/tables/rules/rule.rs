//! What a rule for tables is, and how a table declares it.

use crate::tables::judge::{Judge, Sheet};
use crate::text::code::Code;
use crate::text::span::Span;
pub(crate) use mdbook_proof_text::explanation::Explanation;
use std::fmt::Debug;

/// A rule for tables.
pub(crate) trait Rule: Debug + Sync {
    /// How a table declares it.
    fn form(&self) -> Form;

    /// What it requires of its columns, in a clause for the manual.
    fn holds(&self) -> &'static str;

    /// What its findings are called.
    fn code(&self) -> Code;

    /// What they mean, with a table that has one and the same table corrected.
    fn explanation(&self) -> Explanation;

    /// Whether figures in its columns are checked by it.
    fn vouches(&self) -> bool {
        true
    }

    /// Judges a table. `declared` has no column where the rule is [`Form::Always`].
    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, declared: &Declared);
}

/// How a rule is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By a word and the columns after it: `key [Col]`.
    Word(&'static str),
    /// By an equation: `[Col] = expression`.
    Equation,
    /// Not at all: it holds for every table.
    Always,
}

impl Form {
    /// How authors write it.
    pub(crate) fn written(self) -> String {
        match self {
            Self::Word(word) => format!("`{word} [Column]`"),
            Self::Equation => "`[Column] = expression`".to_owned(),
            Self::Always => "none, it applies to every table".to_owned(),
        }
    }
}

/// A rule that a table declares, for columns that it has.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) rule: &'static dyn Rule,
    /// The columns, counted from 0.
    pub(crate) columns: Vec<usize>,
    /// The bytes of a formula's expression; empty for the other rules.
    pub(crate) expression: Span,
}
