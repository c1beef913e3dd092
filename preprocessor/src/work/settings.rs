//! The `[preprocessor.proof]` table of `book.toml`.

use crate::text::path::normal;
use crate::work::key::Key;
use crate::work::site::Files;
use crate::work::store::Store;
use anyhow::{Context, Result};
use mdbook_preprocessor::config::{Config as BookConfig, HtmlConfig, RustEdition};
use mdbook_proof_text::quantity::DecimalMark;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// The keys of `[preprocessor.proof]`. An unknown key is an error.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key that authors set by itself"
)]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The workspace package whose library, with its dependencies, blocks may use.
    pub library: Option<String>,
    /// A file of definitions that every page's expressions start from, relative to the book's root.
    pub prelude: Option<PathBuf>,
    /// Languages besides Rust and SQL that blocks may be written in, each with what runs it.
    #[serde(default)]
    pub runner: BTreeMap<String, RunnerConfig>,
    /// Whether a system that can't apply all bounds is an error.
    #[serde(default)]
    pub require_sandbox: bool,
    /// Where results are kept between builds, relative to the book's root; `target/mdbook-proof` of the
    /// workspace if it isn't given, or the user's cache folder where mdBook would publish that.
    pub store: Option<PathBuf>,
    /// How many figures in the book's tables may be bare: neither computed nor checked nor cited. Unlimited
    /// where it isn't set.
    pub max_bare_table_figures: Option<usize>,
    /// How many figures in the book's text may be bare. Unlimited where it isn't set.
    pub max_bare_text_figures: Option<usize>,
    /// Whether a name that sums define means one value across the book.
    #[serde(default)]
    pub one_value_per_name: bool,
    /// How many blocks may draw from a single seed, without a word on why. Unlimited where it isn't set.
    pub max_single_seed: Option<usize>,
    /// Functions whose first argument is a seed, besides those of the library with a parameter of that name.
    #[serde(default)]
    pub seed_calls: Vec<String>,
    /// The chapter that explains the checks, relative to `src`: each page's evidence links to it once it exists.
    pub explanation: Option<PathBuf>,
    /// The character before the decimals of the book's numbers, `.` or `,`; that of the book's language if it isn't given.
    pub decimal: Option<char>,
    /// The commit, branch or tag that links to sources name; `HEAD` if it isn't given.
    pub revision: Option<String>,
    /// Whether each page brings the styles of what is added to it; it does unless this is false, for a book that lists its own.
    pub styles: Option<bool>,
    /// Whether code that a page includes from another file loses the indentation that all its lines have there.
    #[serde(default)]
    pub dedent: bool,
    /// Whether each page says how many minutes it takes, and comments put such times behind links.
    #[serde(default)]
    pub reading_time: bool,
    /// Whether `build` writes into each rendered page its own description, the titles of the pages before and after it, and a link that
    /// skips the list of chapters.
    #[serde(default)]
    pub finish_pages: bool,
    /// Whether `build` has readers run the blocks in the page, where the compiler has a standard library for the browser.
    #[serde(default)]
    pub live: bool,
    /// Whether it is an error if it has none.
    #[serde(default)]
    pub require_live: bool,
    /// The compiler for the browser, relative to the book's root; that of the other blocks if it isn't given.
    pub live_compiler: Option<PathBuf>,
    /// Folders of the published site that something else fills, relative to `src`, such as `api` or `../other-book`: links into them
    /// aren't checked.
    #[serde(default)]
    pub beside: Vec<PathBuf>,

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

/// A `[preprocessor.proof.runner.LANGUAGE]` table: a command that runs blocks of a language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RunnerConfig {
    /// The program and its arguments; `{file}` is replaced by the block's file, which comes last
    /// otherwise. A version manager's shim costs time on each run: name the program itself.
    pub command: String,
    /// The name of the block's file, such as `block.mjs`; `block` with the language's usual ending if it isn't given.
    pub file: Option<String>,
    /// Files and folders that it may read besides the system's.
    #[serde(default)]
    pub read: Vec<PathBuf>,
    /// Its address space, such as `512MiB`; 2 GiB if it isn't given.
    pub memory: Option<String>,
    /// Whether it may start processes.
    #[serde(default)]
    pub processes: bool,
}

/// How a book is verified.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The file of the program `mdbook-proof`, of this version, which bounds what runs. Without it a block that
    /// would have to run is an error.
    pub program: Option<PathBuf>,
    /// How often each block runs: every run has to give the same.
    pub repeat: u32,
    /// Whether an earlier round of the same command repeated the blocks already.
    #[doc(hidden)]
    pub round: Round,
    /// Where progress is reported.
    pub progress: Progress,
    /// What is done again although an earlier build did it.
    pub redo: Redo,
    /// Whether each claim is also tried with its bound moved just past what was found, where it can't hold.
    pub edges: bool,
    /// Where the files go that readers run in the pages; nowhere where nothing is built.
    #[doc(hidden)]
    pub live: Option<Files>,
}

/// What a build does again although an earlier one did it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Redo {
    /// Nothing.
    #[default]
    Nothing,
    /// Everything, from an empty store. The results are compared with what earlier builds kept.
    Everything,
    /// Everything, with each block compiled alone, even if it could share a crate with others.
    EverythingAlone,
}

/// A round of a command that repeats blocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Round {
    /// The first: all that is repeated runs anew, since what is kept is no answer to whether runs differ.
    #[default]
    First,
    /// A later one, for which results of the first count.
    Later,
}

/// Where a long build reports its progress: nowhere unless its output is a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Prints a line that stays.
    pub news: Option<fn(&str)>,
    /// Shows the current step in place of the previous one; an empty text removes it.
    pub status: Option<fn(&str)>,
    /// Prints a warning, on a terminal or not.
    pub warning: Option<fn(&str)>,
}

impl Progress {
    /// Prints a line that stays.
    pub fn say(self, text: &str) {
        if let Some(news) = self.news {
            news(text);
        }
    }

    /// Prints a warning.
    pub fn warn(self, text: &str) {
        if let Some(warning) = self.warning {
            warning(text);
        }
    }

    /// Shows the current step.
    pub fn show(self, text: &str) {
        if let Some(status) = self.status {
            status(text);
        }
    }
}

/// Who draws a book's `mermaid` fences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sketches {
    /// This program.
    Ours,
    /// Another preprocessor, which the book names.
    Theirs,
}

/// What mdBook reads as Markdown besides what it always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Whether mdBook curls quotes.
    pub smart_punctuation: bool,
    /// Whether mdBook reads definition lists.
    pub definition_lists: bool,
    /// Whether mdBook reads admonitions.
    pub admonitions: bool,
}

/// All of a book's configuration that matters to the stages.
#[derive(Debug, Clone)]
pub struct Settings {
    /// This program's file, as in [`Options`].
    pub program: Option<PathBuf>,
    /// How often each block runs, as in [`Options`].
    pub repeat: u32,
    /// Whether an earlier round repeated the blocks already, as in [`Options`].
    pub round: Round,
    /// Where news go, as in [`Options`].
    pub progress: Progress,
    /// What is done again, as in [`Options`].
    pub redo: Redo,
    /// Whether claims are tried past their edges, as in [`Options`].
    pub edges: bool,
    /// Where the files go that readers run, as in [`Options`].
    pub live: Option<Files>,
    /// The empty store of a build that takes nothing from earlier ones; it goes with the last copy of the settings.
    fresh: Option<Arc<TempDir>>,
    /// The folder of `book.toml`, absolute.
    pub root: PathBuf,
    /// The folder of the chapters, relative to the root.
    pub src: PathBuf,
    /// The folder that mdBook builds into, relative to the root.
    pub build: PathBuf,
    /// The edition that blocks are compiled in.
    pub edition: &'static str,
    /// How mdBook reads Markdown.
    pub reading: Reading,
    /// Who draws the book's `mermaid` fences.
    pub sketches: Sketches,
    /// Whether mdBook publishes a `README.md` as its folder's `index.html`.
    pub readme_is_index: bool,
    /// The places of the site from which mdBook leads to others.
    pub redirects: Vec<String>,
    /// The address of the repository, if the book names one.
    pub repository: Option<String>,
    /// The character before the decimals of numbers.
    pub decimal_mark: DecimalMark,
    /// Our own table.
    pub proof: Config,
}

/// Where the files of includes are looked for.
#[derive(Debug, Clone)]
pub struct Folders {
    /// The folder of `book.toml`, which sources' paths start from.
    pub root: PathBuf,
    /// The folder that no include leaves: the repository's.
    pub repository: PathBuf,
}

impl Settings {
    /// The settings of files outside of any book.
    pub fn without_book(root: PathBuf, options: &Options) -> Self {
        Self::of(&HtmlConfig::default(), Config::default(), root, options)
    }

    /// Reads the settings out of mdBook's configuration.
    ///
    /// # Errors
    /// For an unknown key or a value of the wrong type in `[preprocessor.proof]` or `[output.html]`.
    pub fn read(config: &BookConfig, root: PathBuf, options: &Options) -> Result<Self> {
        let proof = config
            .get::<Config>("preprocessor.proof")
            .context("book.toml: [preprocessor.proof] can't be read")?
            .unwrap_or_default();
        let html = config
            .get::<HtmlConfig>("output.html")
            .context("book.toml: [output.html] can't be read")?
            .unwrap_or_default();
        let mut settings = Self::of(&html, proof, root, options);
        settings.src.clone_from(&config.book.src);
        settings.build.clone_from(&config.build.build_dir);
        settings.edition = match config.rust.edition {
            Some(RustEdition::E2015) => "2015",
            Some(RustEdition::E2018) => "2018",
            Some(RustEdition::E2021) => "2021",
            _ => "2024",
        };
        settings.decimal_mark = match settings.proof.decimal {
            Some('.') => DecimalMark::Point,
            Some(',') => DecimalMark::Comma,
            Some(other) => anyhow::bail!(
                "book.toml: [preprocessor.proof] has `decimal = \"{other}\"`; write \".\" or \",\""
            ),
            None => config
                .book
                .language
                .as_deref()
                .map_or(DecimalMark::Point, DecimalMark::of_language),
        };
        let is_name = |name: &String| !name.trim().is_empty() && !name.contains('(');
        if let Some(name) = settings.proof.seed_calls.iter().find(|name| !is_name(name)) {
            anyhow::bail!(
                "book.toml: [preprocessor.proof] has `{name}` in `seed-calls`; write the names of functions, such as \"seed_from_u64\""
            );
        }
        settings.readme_is_index =
            config.build.use_default_preprocessors || config.contains_key("preprocessor.index");
        if options.redo != Redo::Nothing {
            // What a killed build leaves there is removed by a later one.
            let work = Store::open(&settings.store())?.work();
            let folder = tempfile::Builder::new()
                .prefix("fresh-")
                .tempdir_in(&work)
                .with_context(|| format!("failed to make a folder in `{}`", work.display()))?;
            settings.fresh = Some(Arc::new(folder));
        }
        if config.contains_key("preprocessor.mermaid") {
            settings.sketches = Sketches::Theirs;
        }
        Ok(settings)
    }

    fn of(html: &HtmlConfig, proof: Config, root: PathBuf, options: &Options) -> Self {
        Self {
            program: options.program.clone(),
            repeat: options.repeat.max(1),
            round: options.round,
            progress: options.progress,
            redo: options.redo,
            edges: options.edges,
            live: options.live.clone(),
            fresh: None,
            root,
            src: PathBuf::from("src"),
            build: PathBuf::from("book"),
            edition: "2024",
            reading: Reading {
                smart_punctuation: html.smart_punctuation,
                definition_lists: html.definition_lists,
                admonitions: html.admonitions,
            },
            sketches: Sketches::Ours,
            readme_is_index: true,
            redirects: html
                .redirect
                .keys()
                .filter(|from| !from.contains('#'))
                .cloned()
                .collect(),
            repository: html.git_repository_url.clone(),
            decimal_mark: DecimalMark::default(),
            proof,
        }
    }

    /// The folder that results are kept in.
    pub fn store(&self) -> PathBuf {
        match &self.fresh {
            Some(folder) => folder.path().to_owned(),
            None => self.kept(),
        }
    }

    /// The folder of what earlier builds kept, where this one takes nothing from them.
    pub fn earlier(&self) -> Option<PathBuf> {
        self.fresh.as_ref().map(|_| self.kept())
    }

    fn kept(&self) -> PathBuf {
        if let Some(store) = &self.proof.store {
            return self.root.join(store);
        }
        let workspace = self
            .root
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").is_file());
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(target) => self.root.join(target),
            None => workspace.unwrap_or(&self.root).join("target"),
        };
        let store = target.join("mdbook-proof");
        // mdBook would publish it.
        let is_published =
            normal(&self.root.join(&self.src)).is_some_and(|src| store.starts_with(src));
        match cache().filter(|_| is_published) {
            Some(cache) => {
                let book = Key::new("book").with(&self.root.to_string_lossy());
                cache.join("mdbook-proof").join(book.finish())
            }
            None => store,
        }
    }

    /// The folder that includes start from, and the one that they may not leave: the repository's, or the book's.
    pub fn folders(&self) -> Folders {
        let repository = self
            .root
            .ancestors()
            .find(|folder| folder.join(".git").exists());
        Folders {
            repository: repository.unwrap_or(&self.root).to_owned(),
            root: self.root.clone(),
        }
    }

    /// The languages that have a runner.
    pub fn runners(&self) -> Vec<&str> {
        self.proof.runner.keys().map(String::as_str).collect()
    }

    /// The settings that mdBook parses chapters with.
    pub fn markdown(&self) -> mdbook_markdown::MarkdownOptions {
        let mut options = mdbook_markdown::MarkdownOptions::default();
        options.smart_punctuation = self.reading.smart_punctuation;
        options.definition_lists = self.reading.definition_lists;
        options.admonitions = self.reading.admonitions;
        options
    }
}

/// The folder of the user's caches. By hand: it is three variables, and crates for it bring ten.
fn cache() -> Option<PathBuf> {
    let place = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    let home = || place("HOME");
    let cache = match std::env::consts::OS {
        "windows" => place("LOCALAPPDATA"),
        "macos" => home().map(|home| home.join("Library/Caches")),
        _ => place("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache"))),
    };
    cache.filter(|cache| cache.is_absolute())
}

/// A number of bytes as people write it: `512MiB`, `2 GB`, `4096`. By hand, since crates for it also take fractions and bare
/// letters, which a limit should not be written with.
///
/// # Errors
/// When it isn't one.
pub fn bytes(text: &str) -> Result<u64> {
    let text = text.trim();
    let at = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let unit = match text[at..].trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        unit => anyhow::bail!("`{unit}` is not a unit of memory; write `512MiB`"),
    };
    text[..at]
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .with_context(|| format!("`{text}` is not an amount of memory; write `512MiB`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_memory_have_units() {
        assert_eq!(bytes("512MiB").unwrap(), 512 << 20);
        assert_eq!(bytes("2 GB").unwrap(), 2_000_000_000);
        for text in ["", "MiB", "1 parsec", "99999999999 GiB", "-1"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
