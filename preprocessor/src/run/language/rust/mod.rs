//! Blocks in Rust: compiled together by one `rustc`, without Cargo in the loop.
//!
//! 1. [`toolchain`] finds the compiler.
//! 2. [`library`] has Cargo build the library that the blocks use.
//! 3. [`program`] makes each block a program.
//! 4. [`compile`] compiles all of them at once, and again without those that don't compile.

pub mod compile;
pub mod library;
pub mod program;
pub mod toolchain;
