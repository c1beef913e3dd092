//! What the crates of `mdbook-proof` share: the small notations that several of them read, one reader each.
//!
//! | module | holds |
//! | --- | --- |
//! | [`quantity`] | quantities as people print them: `1,157 requests/s`, `8h 45m 57s` |
//! | [`rounding`] | whether a printed quantity is a correct rounding of a computed one |
//! | [`printed_table`] | Markdown tables that programs print |
//! | [`header`] | headers with a unit: `Latency (ms)` |
//! | [`bracket`] | names in brackets: `[Hit ratio]` |
//! | [`printed`] | what programs print, as pages hold it |
//! | [`control`] | control characters: as pictures, and those that turn text around |
//! | [`html`] | text written as HTML |
//! | [`visible`] | what readers see of a line of Markdown |
//! | [`elision`] | expected texts with parts left out |
//! | [`explanation`] | what a finding means, with examples |
//!
//! Nothing here reads a file or starts a process.

pub mod bracket;
pub mod control;
pub mod elision;
pub mod explanation;
pub mod header;
pub mod html;
pub mod printed;
pub mod printed_table;
pub mod quantity;
pub mod rounding;
pub mod visible;
