//! Relational databases: what their queries cost, and what their rules prevent.

mod counter;
mod deadlock;
mod home;
mod injection;
mod isolation;
mod normal_forms;
mod offline;
mod paging;
mod timeline;

pub use counter::drift;
pub use deadlock::{Ended, Without, circle, in_every_order, run as deadlock};
pub use home::Home;
pub use injection::{Token, quote, tokens};
pub use isolation::{Items, Level, Outcome, Step, anomalies, interleavings};
pub use normal_forms::{
    Columns, Dependency, Violation, closure, columns, decompose, dependency, is_product, keys,
    violations,
};
pub use offline::{Document, Edits, Guard, Refused, edit};
pub use paging::{Churn, Paging, Seen, read_all};
pub use timeline::{Timeline, newest_by_merge, newest_by_sort, timelines};
