//! One order in five kinds of store, each built of what such a store has, and how many
//! records each reads for a question.
//!
//! Shown in `src/storage/models.md`.
//!
//! Every store keeps its records in tables that count what is read from them and
//! written to them; an answer is made of what was read, and of nothing else.

mod aggregates;
mod graph;
mod indexes;
mod shop;
mod tables;

pub use shop::{Order, Paths, Question, Store, ask, orders, stores};
