//! What is independent of books: texts with positions, edits, findings, and the small notations that several stages read.

pub mod address;
pub mod assembly;
pub mod code;
pub mod edit;
pub mod encoding;
pub mod error;
pub mod finding;
pub mod info_string;
pub mod markdown;
pub mod message;
pub mod path;
mod quote;
pub mod source;
pub mod span;
pub mod toml_file;
pub mod visible;
