//! What holds of this repository: its book, its documents and its CI. The published crate comes without these tests.
#![allow(
    clippy::format_push_string,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test builds small texts and ends where it fails"
)]

use std::path::{Path, PathBuf};

mod additions;
mod ci;
mod commands;
mod copy;
mod dated;
#[allow(dead_code, reason = "these tests use a part of it")]
#[path = "../program/fixture.rs"]
mod fixture;
mod inputs;
mod manual;
mod mutation;
mod pages;

/// The repository's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}
