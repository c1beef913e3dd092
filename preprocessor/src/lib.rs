//! An mdBook preprocessor that runs a book's examples and checks its figures and tables.
//!
//! A page goes through a line of stages, each a function from data to data:
//!
//! 1. [`page`] reads the parts of a chapter that are run, computed or checked.
//! 2. [`run`] compiles and runs the blocks.
//! 3. [`verify`] compares what they printed with the output that stands in the page.
//! 4. [`figures`] computes the expressions and judges the figures.
//! 5. [`tables`] checks what Markdown makes of the tables, and what they mean.
//! 6. [`evidence`] counts what stands behind each figure.
//! 7. [`pictures`] draws outputs as charts and sequence diagrams, and lays sketches out.
//! 8. [`render`] replaces our markup by what mdBook shows.
//! 9. [`gather`] shows what several pages hold once more on one.
//! 10. [`destinations`] looks at where the pages' links lead, all pages of the book in hand.
//!
//! [`proof`] is that line. [`preprocessor`] offers it to mdBook, [`book`] to the commands, and [`serve`] shows the
//! book while it is written; what is wrong
//! with a page is a [`finding`], and [`message`] makes it text.

pub mod book;
pub mod config;
pub mod destinations;
pub mod edit;
pub mod evidence;
pub mod figures;
pub mod finding;
mod fix;
pub mod gather;
pub mod html;
pub mod links;
pub mod lint;
pub mod message;
pub mod new;
pub mod page;
pub mod panel;
pub mod pictures;
pub mod preprocessor;
pub mod proof;
pub mod render;
pub mod report;
pub mod run;
pub mod serve;
pub mod source;
pub mod sums;
pub mod tables;
pub mod verify;
