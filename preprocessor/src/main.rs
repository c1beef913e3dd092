//! The program: prints what the library returns, and exits.

fn main() {}
