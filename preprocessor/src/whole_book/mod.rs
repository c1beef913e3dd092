//! What needs all pages of a book at once.

pub mod dead_links;
pub mod gather;
pub mod limit;
pub mod names;
pub mod reading_time;
