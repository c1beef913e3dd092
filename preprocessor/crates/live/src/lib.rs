//! What runs in a reader's browser besides the book's own programs.
//!
//! | module | does |
//! | --- | --- |
//! | [`follow`] | computes a page's sums, figures and claims with what a reader has changed; the computing itself with the feature `calculator` |
//! | `query` | runs the SQL of a page up to a block, with the feature `sql` |
//! | [`show`] | reads what a block printed as `mdbook-proof` reads it, compares it with the page, and draws it |
//!
//! Each is also a program that reads a request from standard input and writes its answer to standard output, both in JSON, so that
//! it can be compiled for the browser. `mdbook-proof` writes the requests' fixed parts into the pages, by the same types.

pub mod follow;
#[cfg(feature = "sql")]
pub mod query;
pub mod show;
