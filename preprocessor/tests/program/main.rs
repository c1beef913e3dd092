//! The real program on books made for the purpose. A test's name is the claim it makes.
#![allow(
    clippy::format_push_string,
    clippy::unwrap_used,
    reason = "a test builds small texts and ends where it fails"
)]

mod bad_input;
mod changes;
mod fixture;
mod mutation;
mod others;
mod protocol;
mod tables;
