//! Case studies: whole designs from the parts of the other chapters.
//!
//! The pages are in `src/cases`.

pub mod blocks;
pub mod bookstore;
pub mod chat;
pub mod codes;
pub mod crawler;
pub mod keyvalue;
pub mod service;
pub mod swarm;
pub mod timelines;
