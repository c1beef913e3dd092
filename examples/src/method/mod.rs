//! Method: what more machines bring, and what a guarantee costs.
//!
//! The pages are in `src/method`.

pub mod counter;
pub mod scaling;
