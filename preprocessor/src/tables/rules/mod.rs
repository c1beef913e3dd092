//! The rules that tables are judged by. A rule is one file and one name in [`ALL`].

pub mod declaration;
pub(crate) mod formula;
mod key;
mod order;
mod rounded;
pub(crate) mod rule;
mod share;
mod sum;
pub(crate) mod totals;
mod units;

use crate::text::code::Code;
use rule::Rule;

/// All rules, in the order in which help texts name them.
pub(crate) static ALL: &[&dyn Rule] = &[
    &formula::Formula,
    &key::Key,
    &order::Ascending,
    &order::Descending,
    &sum::Sum,
    &share::Share,
    &rounded::Rounded,
    &units::Units,
];

/// Each rule as the manual lists it: how a table declares it, what it requires, and the code of its findings.
pub fn documented() -> impl Iterator<Item = (String, &'static str, Code)> {
    ALL.iter()
        .map(|rule| (rule.form().written(), rule.holds(), rule.code()))
}
