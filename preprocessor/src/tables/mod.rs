//! Tables: their structure, and what they mean by the rules that their authors declare.

pub(crate) mod cell;
pub mod grid;
pub mod judge;
#[cfg(test)]
mod planted;
pub mod rule;
mod rules;
pub mod structure;

pub use cell::{Cell, Content};
