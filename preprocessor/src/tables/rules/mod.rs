//! The rules that a table may declare.

pub(crate) mod formula;
pub(crate) mod order;
pub(crate) mod totals;
pub(crate) mod units;
