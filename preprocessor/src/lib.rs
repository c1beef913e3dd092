//! An mdBook preprocessor that runs a book's examples and checks its figures and tables.
//!
//! [`line`](mod@line) is the line that a page goes through, stage after stage. Each folder knows only what stands below it:
//!
//! | folder | holds |
//! | --- | --- |
//! | [`book`] | what a command does with a book, and the `Preprocessor` that mdBook calls |
//! | [`line`](mod@line) | the stages in their order |
//! | [`whole_book`] | what needs all pages at once: gathered boxes, dead links |
//! | [`render`] | our markup replaced by what mdBook shows |
//! | [`pictures`] | outputs drawn as charts and sequence diagrams, sketches laid out |
//! | [`evidence`] | what stands behind each figure, counted |
//! | [`tables`] | what Markdown makes of the tables, and what they mean by their rules |
//! | [`figures`] | the expressions computed, and the figures judged |
//! | [`verify`] | what the blocks printed, compared with the output in the page |
//! | [`run`] | the blocks compiled and run, by their languages |
//! | [`read`] | from Markdown to the parts of a page that are run, computed or checked |
//! | [`work`] | knows no page: settings, processes and their bounds, kept results |
//! | [`text`] | knows no book: sources, spans, edits, findings, small notations |

pub mod book;
pub mod evidence;
pub mod figures;
pub mod line;
pub mod pictures;
pub mod read;
pub mod render;
pub mod run;
pub mod tables;
pub mod text;
pub mod verify;
pub mod whole_book;
pub mod work;
