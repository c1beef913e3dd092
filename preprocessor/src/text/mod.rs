//! What knows no book: texts with their places, edits, findings, and the small notations that more than one stage reads.

pub mod bracket;
pub mod code;
pub mod edit;
pub mod explanation;
pub mod finding;
pub mod header;
pub mod html;
pub mod info_string;
pub mod markdown;
pub mod message;
pub mod printed_table;
pub mod source;
