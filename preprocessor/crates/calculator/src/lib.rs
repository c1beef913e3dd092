//! The calculator of `mdbook-proof`: expressions with units, and the printed tables that they read.
//!
//! | module | holds |
//! | --- | --- |
//! | [`claims`] | what has to hold wherever something varies |
//! | [`expression`] | an expression as an author writes it, made into one that the interpreter reads |
//! | [`program`] | a page's expressions, of which later ones use what earlier ones define |
//! | [`figure`] | a figure beside the value of its expression |
//! | [`runs`] | what blocks printed, read by row and column |
//! | [`interpreter`] | definitions, and what computes with them |
//! | [`sessions`] | several programs of expressions, asked and answered as data |
//! | [`shown`] | computed values as text |
//! | [`exact`] | integers that are too large for numbers |
//! | [`value`] | what an expression gives, as data |
//!
//! Nothing here reads a file or starts a process. Without the feature `numbat` there is no interpreter: every
//! expression is an error that says so.

pub mod claims;
pub mod exact;
pub mod expression;
pub mod figure;
pub mod interpreter;
pub mod program;
pub mod runs;
pub mod sessions;
pub mod shown;
pub mod value;

/// The definitions that every book starts with, in `numbat`'s language.
pub const PRELUDE: &str = include_str!("prelude.nbt");

/// Counts the changes of what expressions give, be it by `numbat` or by what is refused. A result that an older edition
/// gave is not one that this one gives.
pub const EDITION: &str = "2";
