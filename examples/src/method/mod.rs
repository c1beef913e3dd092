//! Method: what more machines bring, and what a guarantee costs.

mod counter;
mod scaling;

pub use counter::SampledCounter;
pub use scaling::{Workers, amdahl, repairman};
