//! Tables: their structure, and what they mean by the rules that their authors declare.

pub(crate) mod cell;
pub mod check;
pub mod grid;
pub mod judge;
pub mod rules;
pub mod structure;
pub mod units;

pub use cell::{Cell, Content};
