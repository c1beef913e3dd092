//! The real program on books made for the purpose. A test's name is the claim it makes.
#![allow(
    clippy::format_push_string,
    clippy::unwrap_used,
    reason = "a test builds small texts and ends where it fails"
)]

mod bad_input;
mod blocks;
mod changes;
mod fixture;
#[cfg(target_os = "linux")]
mod hostile;
mod mutation;
mod others;
mod pictures;
mod protocol;
mod remembered;
mod shown;
mod tables;
