//! Capacity: rates, sizes, machines and caches from a handful of inputs, and how sure
//! the answer is.
//!
//! The pages are in `src/capacity`.

pub mod estimate;
pub mod pages;
pub mod popularity;
pub mod quantity;
pub mod servers;
pub mod traffic;
