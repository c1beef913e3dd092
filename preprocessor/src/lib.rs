//! An mdBook preprocessor that runs a book's examples and checks its figures and tables.

pub mod edit;
pub mod finding;
pub mod page;
pub mod source;
