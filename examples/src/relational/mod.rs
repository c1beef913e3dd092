//! Relational databases: what their queries cost, and what their rules prevent.
//!
//! The pages are in `src/relational`.

pub mod counter;
pub mod deadlock;
pub mod home;
pub mod injection;
pub mod isolation;
pub mod normal_forms;
pub mod offline;
pub mod paging;
pub mod timeline;
