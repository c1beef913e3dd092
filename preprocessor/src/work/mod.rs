//! What is independent of pages: settings, processes and their bounds, and results kept between builds.

pub mod host;
pub mod identity;
pub mod key;
pub mod memory;
pub mod packages;
pub mod process;
pub mod sandbox;
pub mod settings;
pub mod site;
pub mod store;
pub mod toolchain;
pub(crate) mod wait;
