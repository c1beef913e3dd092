//! The `[preprocessor.proof]` table of `book.toml`.

use anyhow::{Context, Result};
use mdbook_preprocessor::config::{Config as BookConfig, HtmlConfig, RustEdition};
use serde::Deserialize;
use std::path::PathBuf;

/// The keys of `[preprocessor.proof]`. An unknown key is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The workspace package whose library, with its dependencies, blocks may use.
    pub library: Option<String>,
    /// A file of definitions that every page's expressions start from, relative to the book's root.
    pub prelude: Option<PathBuf>,
    /// How many figures in the book's tables may be bare: neither computed nor checked nor cited. Unlimited
    /// where it isn't set.
    pub max_bare_table_figures: Option<usize>,

    // The rest is mdBook's own, here so that the keys are known.
    /// How mdBook calls the preprocessor.
    pub command: Option<String>,
    /// The preprocessors that run after this one.
    pub before: Option<Vec<String>>,
    /// The preprocessors that run before this one.
    pub after: Option<Vec<String>>,
    /// The renderers that this preprocessor runs for.
    pub renderers: Option<Vec<String>>,
    /// Whether a build goes on without the preprocessor.
    pub optional: Option<bool>,
}

/// All of a book's configuration that matters to the stages.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of `book.toml`, absolute.
    pub root: PathBuf,
    /// The folder of the chapters, relative to the root.
    pub src: PathBuf,
    /// The edition that blocks are compiled in.
    pub edition: &'static str,
    /// Whether mdBook curls quotes.
    pub smart_punctuation: bool,
    /// Whether mdBook reads definition lists.
    pub definition_lists: bool,
    /// Whether mdBook reads admonitions.
    pub admonitions: bool,
    /// Our own table.
    pub proof: Config,
}

impl Settings {
    /// Reads the settings out of mdBook's configuration.
    ///
    /// # Errors
    /// For an unknown key or a value of the wrong type in `[preprocessor.proof]` or `[output.html]`.
    pub fn read(config: &BookConfig, root: PathBuf) -> Result<Self> {
        let proof = config
            .get::<Config>("preprocessor.proof")
            .context("book.toml: [preprocessor.proof] can't be read")?
            .unwrap_or_default();
        let html = config
            .get::<HtmlConfig>("output.html")
            .context("book.toml: [output.html] can't be read")?
            .unwrap_or_default();
        Ok(Self {
            root,
            src: config.book.src.clone(),
            edition: match config.rust.edition {
                Some(RustEdition::E2015) => "2015",
                Some(RustEdition::E2018) => "2018",
                Some(RustEdition::E2021) => "2021",
                _ => "2024",
            },
            smart_punctuation: html.smart_punctuation,
            definition_lists: html.definition_lists,
            admonitions: html.admonitions,
            proof,
        })
    }

    /// The settings that mdBook parses chapters with.
    pub fn markdown(&self) -> mdbook_markdown::MarkdownOptions {
        let mut options = mdbook_markdown::MarkdownOptions::default();
        options.smart_punctuation = self.smart_punctuation;
        options.definition_lists = self.definition_lists;
        options.admonitions = self.admonitions;
        options
    }
}
