//! The languages that blocks are written in.

pub mod command;
pub mod rust;
pub mod sql;
