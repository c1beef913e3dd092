//! Definitions, and what computes with them: `numbat`, or nothing in a build without it.

#[cfg(not(feature = "numbat"))]
mod absent;
#[cfg(feature = "numbat")]
mod explanation;
#[cfg(feature = "numbat")]
mod integer;
#[cfg(feature = "numbat")]
mod present;
#[cfg(feature = "numbat")]
mod refused;
#[cfg(feature = "numbat")]
mod suggestion;

#[cfg(not(feature = "numbat"))]
pub use absent::Interpreter;
#[cfg(feature = "numbat")]
pub use present::Interpreter;
