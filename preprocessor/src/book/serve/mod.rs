//! A book while it is written: served on this machine, rebuilt after each change, and reloaded in the browser.
//!
//! 1. [`watch`] waits for changes, and [`sources`] says which files of the book changed.
//! 2. [`site`] holds the last good build, and what is wrong with the text as it stands now.
//! 3. [`server`] answers the browser from there, over [`http`], on a bounded number of [`connections`].
//! 4. [`reload`] is the script that is added to each served page, and never to the built book.
//!
//! The program's `serve` command is the loop around them.

mod connections;
mod http;
pub mod reload;
pub mod server;
pub mod site;
pub mod sources;
pub mod watch;
