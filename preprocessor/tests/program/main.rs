//! The real program on books made for the purpose. A test's name is the claim it makes.
#![allow(
    clippy::format_push_string,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test builds small texts and ends where it fails"
)]

mod bad_input;
mod blocks;
mod changes;
mod explain;
mod fixture;
mod gather;
#[cfg(target_os = "linux")]
mod hostile;
mod links;
mod new;
mod others;
mod pictures;
mod planted;
mod protocol;
mod quantities;
mod remembered;
mod serve;
mod shown;
mod stranger;
mod tables;
