//! The program: reads its arguments, calls the library, prints what it returns, and exits.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the part that prints"
)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    // What panicked is printed by then: mdBook does so on some HTML. The program couldn't work, which is status 2.
    std::panic::catch_unwind(cli::run).unwrap_or(ExitCode::from(2))
}
