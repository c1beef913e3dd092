//! Claims: what the sentences of a page say beyond the one run that it shows, checked wherever something varies.
//!
//! 1. [`plan`] reads the claims and says at which points they are checked.
//! 2. [`points`](crate::run::points) runs the blocks there.
//! 3. [`judge`] compares what they printed with the claims, and says how far the figures of the text vary.
//!
//! What a claim came to is remembered under all that it follows from, so that a build in which nothing changed neither runs a
//! block nor reads what the points printed.

pub mod explore;
pub mod judge;
pub mod observe;
pub mod plan;

use crate::work::memory::Memory;
use mdbook_proof_calculator::claims::{ClaimError, Spread, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known of a claim, or of a figure that varies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Known {
    /// What a claim came to.
    Verdict(Box<Result<Verdict, ClaimError>>),
    /// How far a figure varies; nothing where its expression isn't one that can be followed.
    Spread(Option<Spread>),
    /// That a block's parameters can vary as it says, with the literals in the page.
    CanVary(BTreeMap<String, String>),
}

/// What earlier builds found out, by keys that hold all that it follows from.
pub type Earlier = Memory<Known>;
