//! A book that is written: served on this machine, built again on a change, and shown again in the browser.
//!
//! 1. [`watch`] tells when a file that the book is built from changed.
//! 2. [`site`] holds the last good build, and what is wrong with the text as it stands now.
//! 3. [`server`] answers the browser from there.
//! 4. [`reload`] is the script that each served page gets, and no built one.
//!
//! The program's `serve` command is the loop around them.

pub mod reload;
pub mod server;
pub mod site;
pub mod sources;
pub mod watch;
