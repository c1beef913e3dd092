//! The languages that blocks are written in. A native one is one file and one name in [`NATIVE`]; the others
//! are commands that `book.toml` names.

pub mod command;
pub mod interface;
pub mod rust;
#[cfg(feature = "sql")]
mod sql;

use crate::work::settings::Settings;
use anyhow::{Context, Result};
use interface::Language;

/// The languages that need no line in `book.toml`.
const NATIVE: &[Maker] = &[
    rust::language,
    #[cfg(feature = "sql")]
    sql::language,
];

/// Makes a language with a book's settings.
type Maker = fn(&Settings) -> Box<dyn Language>;

/// The languages that a book's blocks can be written in.
#[derive(Debug)]
pub struct Languages(Vec<Box<dyn Language>>);

impl Languages {
    /// The native ones, and those that `book.toml` names a command for.
    pub fn new(settings: &Settings) -> Self {
        let native = NATIVE.iter().map(|language| language(settings));
        let commands = settings
            .proof
            .runner
            .keys()
            .map(|name| command::language(name));
        Self(native.chain(commands).collect())
    }

    /// Their names in code fences.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|language| language.name()).collect()
    }

    /// Each as the manual lists it: what code fences call it, and what runs its blocks.
    pub fn documented(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.0
            .iter()
            .map(|language| (language.name(), language.about()))
    }

    /// A language by its name.
    ///
    /// # Errors
    /// When there is none; blocks are only read in languages that there are.
    pub fn get(&self, name: &str) -> Result<&dyn Language> {
        let found = self.0.iter().find(|language| language.name() == name);
        found
            .map(AsRef::as_ref)
            .with_context(|| format!("blocks in `{name}` can't be run"))
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Result<&mut Box<dyn Language>> {
        let found = self.0.iter_mut().find(|language| language.name() == name);
        found.with_context(|| format!("blocks in `{name}` can't be run"))
    }
}
