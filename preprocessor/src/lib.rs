//! An mdBook preprocessor that runs a book's examples and checks its figures and tables.
//!
//! Most books use the program: `mdbook-proof --help` lists its commands. A program of yours opens a [`Book`], with
//! [`Options`], and gets [`Finding`]s, each of a [`Code`], or an [`Error`]. All else is hidden: the program, its
//! benchmarks and its fuzz targets use it, and it may change with any version.
//!
//! ```
//! use mdbook_proof::{Book, Code, Options};
//! use std::fs;
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! fs::create_dir(folder.join("src"))?;
//! fs::write(folder.join("book.toml"), "[book]\ntitle = \"Small\"\n")?;
//! fs::write(folder.join("src/SUMMARY.md"), "- [Time](time.md)\n")?;
//! fs::write(folder.join("src/time.md"), "A day has 86,401 s<!-- = 1 day -->.\n")?;
//!
//! let findings = Book::open(folder, Options::default())?.check()?;
//! assert_eq!(findings.len(), 1);
//! assert_eq!(findings[0].code, Code::Figure);
//! assert_eq!(findings[0].message, "the figure is not what its expression gives");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it is built
//!
//! `line` is the line that a page goes through, stage after stage. Each folder knows only those below it:
//!
//! | folder | holds |
//! | --- | --- |
//! | `book` | what a command does with a book, and the `Preprocessor` that mdBook calls |
//! | `line` | the stages in their order |
//! | `whole_book` | what needs all pages at once: gathered boxes, dead links |
//! | `render` | our markup replaced by what mdBook shows |
//! | `live` | the blocks as programs for a reader's browser |
//! | `pictures` | outputs drawn as charts and sequence diagrams, sketches laid out |
//! | `evidence` | the evidence for each figure, counted |
//! | `tables` | what Markdown makes of the tables, and what they mean by their rules |
//! | `claims` | what has to hold wherever something varies, and how far figures vary |
//! | `figures` | the expressions computed, and the figures judged |
//! | `verify` | what the blocks printed, compared with the output in the page |
//! | `run` | the blocks compiled and run, by their languages |
//! | `read` | from Markdown to the parts of a page that are run, computed or checked |
//! | `work` | independent of pages: settings, processes and their bounds, kept results |
//! | `text` | independent of books: sources, spans, edits, findings, small notations |

#[doc(hidden)]
pub mod book;
#[doc(hidden)]
pub mod claims;
#[doc(hidden)]
pub mod evidence;
#[doc(hidden)]
pub mod figures;
#[doc(hidden)]
pub mod line;
#[doc(hidden)]
pub mod live;
#[doc(hidden)]
pub mod pictures;
#[doc(hidden)]
pub mod read;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod run;
#[doc(hidden)]
pub mod tables;
#[doc(hidden)]
pub mod text;
#[doc(hidden)]
pub mod verify;
#[doc(hidden)]
pub mod whole_book;
#[doc(hidden)]
pub mod work;

pub use book::Book;
pub use text::code::{Code, Family, Level};
pub use text::error::Error;
pub use text::finding::Finding;
pub use text::source::Source;
pub use work::settings::{Options, Progress, Redo};
