//! What knows no page: settings, processes and the bounds on them, and results that are kept between builds.

pub mod host;
pub mod key;
pub mod memory;
pub mod process;
pub mod sandbox;
pub mod settings;
pub mod store;
pub mod toolchain;
