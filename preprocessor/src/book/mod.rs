//! A book on disk: loading, checking, blessing and building it.

mod bless;
pub mod explain;
mod finish;
pub mod fix;
pub mod lint;
pub mod new;
pub mod preprocessor;
pub mod report;
#[cfg(feature = "serve")]
pub mod serve;
mod survey;

pub use bless::Blessed;

use crate::book::preprocessor::{Proof, assembled};
#[cfg(feature = "serve")]
use crate::book::serve::site::Built;

use crate::claims::explore::Explored;
use crate::line::{self, Page};
use crate::read::include::Assembled;
use crate::text::error::Error;
use crate::text::finding::Finding;
use crate::text::message;
use crate::text::source::Source;
use crate::work::host;
use crate::work::sandbox::Status;
use crate::work::settings::{Options, Settings};
use crate::work::site::Files;
use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config as BookConfig;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A book on disk, and how it is verified.
///
/// ```no_run
/// use mdbook_proof::{Book, Error, Options};
///
/// # fn main() -> Result<(), Error> {
/// let options = Options {
///     program: Some("/usr/local/bin/mdbook-proof".into()),
///     ..Options::default()
/// };
/// let book = Book::open("guide".as_ref(), options)?;
/// for finding in book.check()? {
///     println!("{}: {}", finding.source.path().display(), finding.message);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Book {
    root: PathBuf,
    options: Options,
}

/// A page or a file that one includes, or a line of it, that a command is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The file, or a folder of pages, relative to the book's root.
    pub path: PathBuf,
    /// The line.
    pub line: Option<usize>,
}

impl Target {
    /// Whether it is a page, the folder of one, or a file that the page includes.
    fn is_part_of(&self, page: &Arc<Source>) -> bool {
        let is_here = |source: &Arc<Source>| source.path().starts_with(&self.path);
        is_here(page) || page.files().into_iter().any(is_here)
    }
}

impl Book {
    /// Opens the book that a folder lies in: the nearest folder upward with a `book.toml`.
    ///
    /// # Errors
    /// [`Error::NoBook`] when there is none.
    ///
    /// ```
    /// use mdbook_proof::{Book, Error, Options};
    ///
    /// let folder = std::env::temp_dir();
    /// let error = Book::open(&folder, Options::default()).unwrap_err();
    /// assert!(matches!(error, Error::NoBook(_)));
    /// ```
    pub fn open(folder: &Path, options: Options) -> Result<Self, Error> {
        match around(folder)? {
            Ok(root) => Ok(Self { root, options }),
            Err(folder) => Err(Error::NoBook(folder)),
        }
    }

    /// The folder of its `book.toml`, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Verifies all pages, and writes nothing: what is wrong with them, in their order.
    ///
    /// # Errors
    /// When the book can't be loaded, or something that its blocks need is missing; [`Error::Findings`] when the
    /// prelude is wrong.
    pub fn check(&self) -> Result<Vec<Finding>, Error> {
        let pages = self.pages(&[])?;
        Ok(pages.into_iter().flat_map(|page| page.findings).collect())
    }

    /// Builds the book, and returns the folder it is in. What mdBook warns of goes to `tracing`.
    ///
    /// Nothing is written before all pages are verified, so a build with findings leaves the last one as it was.
    ///
    /// # Errors
    /// [`Error::Findings`] for a book with findings; whatever mdBook itself reports.
    pub fn build(&self) -> Result<PathBuf, Error> {
        Ok(self.build_counting(|| 0)?)
    }

    /// Writes what the runs printed and the expressions gave into the pages that are asked for; into all if none is.
    ///
    /// A number that changes in a program changes what that prints, so it is done again while anything changes.
    ///
    /// # Errors
    /// As [`Book::check`]; and when a page changed since it was read, or can't be written.
    #[doc(hidden)]
    pub fn bless(&self, targets: &[Target]) -> Result<Blessed, Error> {
        Ok(bless::bless(self, targets)?)
    }

    /// What [`Book::bless`] would do first, and nothing written.
    ///
    /// # Errors
    /// As [`Book::bless`].
    #[doc(hidden)]
    pub fn proposal(&self, targets: &[Target]) -> Result<Blessed, Error> {
        Ok(bless::proposal(self, targets)?)
    }

    /// Its settings.
    ///
    /// # Errors
    /// When `book.toml` can't be read.
    #[doc(hidden)]
    pub fn settings(&self) -> Result<Settings> {
        Settings::read(
            &configuration(&self.root)?,
            self.root.clone(),
            &self.options,
        )
    }

    /// Takes the pages that are asked for through all stages; all pages if none is.
    ///
    /// # Errors
    /// As [`Book::check`]; and when a target is not a page of the book.
    #[doc(hidden)]
    pub fn pages(&self, targets: &[Target]) -> Result<Vec<Page>> {
        let (pages, all, settings) = self.asked_for(targets)?;
        line::check(pages, &all, &settings)
    }

    /// Where over a wider range the claims of a page hold, and how what its blocks print follows their parameters: for one line of the
    /// page, or for all of its claims. Where the page has findings, these come back.
    ///
    /// # Errors
    /// As [`Book::pages`].
    #[doc(hidden)]
    pub fn explore(&self, target: &Target) -> Result<Result<Vec<Explored>, Vec<Finding>>> {
        let (pages, _, settings) = self.asked_for(std::slice::from_ref(target))?;
        let mut explored = Vec::new();
        for page in pages {
            match line::explore(page, target.line, &settings)? {
                Ok(found) => explored.extend(found),
                Err(findings) => return Ok(Err(findings)),
            }
        }
        Ok(Ok(explored))
    }

    /// The pages that are asked for, all pages, and the settings.
    fn asked_for(
        &self,
        targets: &[Target],
    ) -> Result<(Vec<Assembled>, Vec<Arc<Source>>, Settings)> {
        let config = configuration(&self.root)?;
        let settings = Settings::read(&config, self.root.clone(), &self.options)?;
        let book = self.load(config, &settings)?;
        let mut pages = assembled(&book.book, &settings)?;
        let all: Vec<_> = pages.iter().map(|(page, _)| Arc::clone(page)).collect();
        for target in targets {
            if !all.iter().any(|page| target.is_part_of(page)) {
                bail!(
                    "`{}` is not a page of this book, and none includes it; pages are listed in {}",
                    target.path.display(),
                    settings.src.join("SUMMARY.md").display()
                );
            }
        }
        pages.retain(|(page, _)| {
            targets.is_empty() || targets.iter().any(|target| target.is_part_of(page))
        });
        Ok((pages, all, settings))
    }

    /// As [`Book::build`]; `warnings` counts what mdBook warned of so far, which fails the build too.
    ///
    /// # Errors
    /// As [`Book::build`].
    #[doc(hidden)]
    pub fn build_counting(&self, warnings: impl Fn() -> usize) -> Result<PathBuf> {
        let config = configuration(&self.root)?;
        let place = self.root.join(&config.build.build_dir);
        // What readers run takes a while to compile, and is nothing to look at while writing.
        let live = Some(Files::default());
        let book = self.with(Options {
            live,
            ..self.options.clone()
        });
        book.render(config, warnings)?;
        Ok(place)
    }

    /// Builds the book into a new folder inside `parent`, to be looked at from the root of a server. It has no search.
    ///
    /// # Errors
    /// As [`Book::build`].
    #[cfg(feature = "serve")]
    #[doc(hidden)]
    pub fn build_to_serve(&self, parent: &Path, warnings: impl Fn() -> usize) -> Result<Built> {
        std::fs::create_dir_all(parent)
            .with_context(|| format!("failed to make `{}`", parent.display()))?;
        let folder = tempfile::Builder::new()
            .prefix(".book-")
            .tempdir_in(parent)
            .with_context(|| format!("failed to make a folder in `{}`", parent.display()))?;
        let mut config = configuration(&self.root)?;
        config.build.build_dir = folder.path().join("book");
        config.set("output.html.site-url", "/")?;
        // The search index takes a third of the time, and is not needed while writing.
        config.set("output.html.search.enable", false)?;
        let pages = self.render(config, warnings)?;
        Ok(Built { folder, pages })
    }

    /// Which bounds this system puts on the book's runs.
    ///
    /// # Errors
    /// When the book requires one that is missing.
    #[doc(hidden)]
    pub fn bounds(&self) -> Result<Status> {
        Ok(host::host(&self.settings()?)?.measured()?)
    }

    /// The same book, verified in another way.
    #[doc(hidden)]
    #[must_use]
    pub fn with(&self, options: Options) -> Self {
        Self {
            root: self.root.clone(),
            options,
        }
    }

    /// Has mdBook render the book, and says where its HTML is.
    fn render(&self, config: BookConfig, warnings: impl Fn() -> usize) -> Result<PathBuf> {
        let settings = Settings::read(&config, self.root.clone(), &self.options)?;
        let mut book = self.load(config, &settings)?;
        book.with_preprocessor(Proof {
            options: self.options.clone(),
        });
        book.build()?;
        if let Some(files) = &settings.live {
            files.write(&book.build_dir_for("html"))?;
        }
        if settings.proof.finish_pages {
            finish::finish(&book, &settings)?;
        }
        self.options.progress.show("");
        match warnings() {
            0 => Ok(book.build_dir_for("html")),
            n => bail!(
                "mdBook gave {}, see above: its pages may not show what was meant",
                message::count(n, "warning")
            ),
        }
    }

    /// Has mdBook load the book, once its files are what it may load.
    fn load(&self, config: BookConfig, settings: &Settings) -> Result<MDBook> {
        let findings = survey::before_loading(&config, settings)?;
        if !findings.is_empty() {
            return Err(Error::Findings(findings).into());
        }
        MDBook::load_with_config(&self.root, config).context("failed to load the book")
    }
}

/// The folder of a book in its repository; empty if the book is its root, or there is no book or no repository.
pub fn folder(from: &Path) -> PathBuf {
    let folder = || {
        let book = Book::open(from, Options::default()).ok()?;
        let repository = book.settings().ok()?.folders().repository;
        book.root.strip_prefix(repository).ok().map(Path::to_owned)
    };
    folder().unwrap_or_default()
}

/// The nearest folder with a `book.toml`, from a path upward; the path in full if there is none.
fn around(path: &Path) -> Result<std::result::Result<PathBuf, PathBuf>> {
    let path = std::fs::canonicalize(path)
        .with_context(|| format!("failed to find `{}`", path.display()))?;
    let mut above = path.ancestors();
    let root = above.find(|folder| folder.join("book.toml").is_file());
    Ok(root.map(Path::to_owned).ok_or(path))
}

/// What the book's `book.toml` says, with what the environment overrides.
fn configuration(root: &Path) -> Result<BookConfig> {
    let path = root.join("book.toml");
    let mut config = BookConfig::from_disk(&path)
        .with_context(|| format!("failed to read `{}`", path.display()))?;
    config.update_from_env()?;
    // A book that doesn't name this program yet is read as one that does.
    if !config.contains_key("preprocessor.proof") && config.build.use_default_preprocessors {
        config.set("preprocessor.proof.before", ["links"])?;
    }
    Ok(config)
}
