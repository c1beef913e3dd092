//! What keeps the library from working, as far as callers tell it apart.

use crate::text::finding::{Finding, summary};
use std::fmt;
use std::path::PathBuf;

/// Why something could not be done.
///
/// ```
/// use mdbook_proof::{Book, Error, Options};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// match Book::open(folder, Options::default()) {
///     Err(Error::NoBook(place)) => println!("no book.toml in {} or above it", place.display()),
///     Err(Error::Findings(findings)) => println!("{} findings", findings.len()),
///     Err(error) => println!("error: {error:#}"),
///     Ok(book) => println!("{}", book.root().display()),
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no `book.toml` in this folder or above it.
    NoBook(PathBuf),
    /// The book's pages or its prelude have findings.
    Findings(Vec<Finding>),
    /// Anything else, such as a file that can't be read or a compiler that isn't there.
    Other(anyhow::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBook(folder) => write!(
                f,
                "there is no book.toml in `{}` or above it; call this inside a book",
                folder.display()
            ),
            Self::Findings(findings) => f.write_str(&summary(findings.len())),
            // With its causes where the alternate form asks for them.
            Self::Other(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Other(error) => error.source(),
            Self::NoBook(_) | Self::Findings(_) => None,
        }
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        error.downcast().unwrap_or_else(Self::Other)
    }
}
