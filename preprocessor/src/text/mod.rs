//! What knows no book: texts with their places, edits, findings, and the small notations that more than one stage reads.

pub mod code;
pub mod edit;
pub mod error;
pub mod finding;
pub mod info_string;
pub mod markdown;
pub mod message;
pub mod source;
