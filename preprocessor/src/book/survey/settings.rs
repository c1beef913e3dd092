//! Settings of `book.toml` that a build can't be trusted with: folders outside of the book, and an order in which the
//! pages reach this program changed.

use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::path::{normal, relative};
use crate::text::source::Source;
use crate::text::toml_file;
use crate::work::settings::Settings;
use anyhow::{Context, Result};
use mdbook_preprocessor::config::Config;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A book's `book.toml`, as its author wrote it: what the caller's environment overrides is the caller's choice.
pub(super) struct Configuration {
    source: Arc<Source>,
    own: Config,
}

impl Configuration {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let path = root.join("book.toml");
        let read = || format!("failed to read `{}`", path.display());
        let text = std::fs::read_to_string(&path).with_context(read)?;
        let own = text.parse().with_context(read)?;
        Ok(Self {
            source: Arc::new(Source::of_file("book.toml", &text)),
            own,
        })
    }

    /// What is wrong with it; `config` is what mdBook works with.
    pub(super) fn findings(&self, config: &Config, settings: &Settings) -> Vec<Finding> {
        let own = &self.own;
        let store = settings.proof.store.as_deref();
        let mut findings: Vec<Finding> = [
            self.folder(&["book", "src"], &own.book.src, settings, false),
            self.folder(
                &["build", "build-dir"],
                &own.build.build_dir,
                settings,
                true,
            ),
            store.and_then(|store| {
                self.folder(&["preprocessor", "proof", "store"], store, settings, true)
            }),
            self.published(settings),
        ]
        .into_iter()
        .flatten()
        .collect();
        findings.extend(self.order(config));
        findings
    }

    fn finding(&self, key: &[&str], message: String, help: String) -> Finding {
        let span = toml_file::key(self.source.text(), key);
        Finding::new(Code::Setting, &self.source, span, message).with_help(help)
    }

    /// A folder that has to be inside of the repository; and if it is written, to hold none of the book's own.
    fn folder(
        &self,
        key: &[&str],
        value: &Path,
        settings: &Settings,
        is_written: bool,
    ) -> Option<Finding> {
        let name = key.last().copied().unwrap_or_default();
        let place = real(&settings.root.join(value));
        let shown = value.display();
        let repository = &settings.folders().repository;
        if !place.starts_with(repository) {
            let message = format!("`{name}` leads outside of the book: `{shown}`");
            let help = "name a folder inside of the book or its repository".to_owned();
            return Some(self.finding(key, message, help));
        }
        let src = real(&settings.root.join(&settings.src));
        let holds = |own: &Path| own.starts_with(&place);
        if is_written && (holds(&settings.root) || holds(&src)) {
            let message = format!("`{name}` names a folder with the book's own files: `{shown}`");
            let help = "a build deletes what it finds there; name a folder of its own".to_owned();
            return Some(self.finding(key, message, help));
        }
        None
    }

    /// A store among the pages, which mdBook would publish.
    fn published(&self, settings: &Settings) -> Option<Finding> {
        let store = real(&settings.store());
        let src = real(&settings.root.join(&settings.src));
        let built = real(&settings.root.join(&self.own.build.build_dir));
        if !store.starts_with(&src) || store.starts_with(&built) {
            return None;
        }
        let message = format!(
            "the results would be kept in `{}`, which mdBook publishes with the pages",
            relative(&real(&settings.root), &store)
        );
        let help =
            "name a folder outside of `src` as `store` under [preprocessor.proof]".to_owned();
        Some(self.finding(&["preprocessor", "proof", "store"], message, help))
    }

    /// The preprocessors that would change the pages before this one reads them.
    fn order(&self, config: &Config) -> Vec<Finding> {
        let key = ["preprocessor", "proof", "before"];
        first(config)
            .into_iter()
            .map(|name| {
                let message = format!(
                    "the preprocessor `{name}` runs before this one, and what it changes has no place in the author's files"
                );
                let help = format!(
                    "add it to what this one runs before, under [preprocessor.proof]: before = [\"{name}\"]"
                );
                self.finding(&key, message, help)
            })
            .collect()
    }
}

/// What mdBook reads of each preprocessor's table to put them in order.
#[derive(Default, serde::Deserialize)]
struct Order {
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
}

/// The preprocessors that mdBook runs before this one, except `index`, which changes no text.
///
/// mdBook takes all that wait for no other, by name, and then again.
fn first(config: &Config) -> Vec<String> {
    let defaults: &[&str] = match config.build.use_default_preprocessors {
        true => &["links", "index"],
        false => &[],
    };
    let tables: BTreeMap<String, Order> = config.preprocessors().unwrap_or_default();
    let mut waiting: BTreeMap<&str, BTreeSet<&str>> = tables
        .keys()
        .map(String::as_str)
        .chain(defaults.iter().copied())
        .map(|name| (name, BTreeSet::new()))
        .collect();
    // Called without a table of its own, it is added as any other.
    waiting.entry("proof").or_default();
    for (name, order) in &tables {
        for later in &order.before {
            if let Some(waits) = waiting.get_mut(later.as_str()) {
                waits.insert(name);
            }
        }
        for earlier in &order.after {
            if waiting.contains_key(earlier.as_str())
                && let Some(waits) = waiting.get_mut(name.as_str())
            {
                waits.insert(earlier);
            }
        }
    }
    let mut found = Vec::new();
    while !waiting.is_empty() {
        let ready: Vec<&str> = waiting
            .iter()
            .filter(|(_, waits)| waits.is_empty())
            .map(|(name, _)| *name)
            .collect();
        if ready.is_empty() {
            // A circle, which mdBook reports.
            break;
        }
        for name in ready {
            if name == "proof" {
                return found;
            }
            if name != "index" {
                found.push(name.to_owned());
            }
            waiting.remove(name);
            for waits in waiting.values_mut() {
                waits.remove(name);
            }
        }
    }
    Vec::new()
}

/// The path without links, `.` and `..`, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let path = normal(path).unwrap_or_else(|| path.to_owned());
    for folder in path.ancestors() {
        if let Ok(real) = std::fs::canonicalize(folder)
            && let Ok(rest) = path.strip_prefix(folder)
        {
            return match rest.as_os_str().is_empty() {
                true => real,
                false => real.join(rest),
            };
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_first_is_known_as_mdbook_decides_it() {
        for (text, expected) in [
            ("[preprocessor.proof]\nbefore = [\"links\"]", &[] as &[&str]),
            ("[preprocessor.proof]", &["links"]),
            ("", &["links"]),
            (
                "[preprocessor.links]\nafter = [\"proof\"]\n[preprocessor.proof]",
                &[],
            ),
            (
                "[build]\nuse-default-preprocessors = false\n[preprocessor.proof]",
                &[],
            ),
            (
                "[preprocessor.proof]\nbefore = [\"links\"]\n[preprocessor.admonish]",
                &["admonish"],
            ),
            (
                "[preprocessor.proof]\nbefore = [\"links\"]\n[preprocessor.toc]",
                &[],
            ),
            (
                "[preprocessor.proof]\nbefore = [\"links\", \"admonish\"]\n[preprocessor.admonish]",
                &[],
            ),
            (
                "[preprocessor.proof]\nbefore = [\"links\"]\nafter = [\"toc\"]\n[preprocessor.toc]",
                &["toc"],
            ),
            (
                "[preprocessor.proof]\nbefore = [\"links\"]\n[preprocessor.toc]\nbefore = [\"proof\"]",
                &["toc"],
            ),
            // Second in line, so that it comes before what waits for nothing but has a later name.
            (
                "[preprocessor.proof]\nbefore = [\"links\"]\nafter = [\"index\"]\n[preprocessor.zero]",
                &["zero"],
            ),
        ] {
            let config: Config = text.parse().unwrap();
            assert_eq!(first(&config), expected, "{text}");
        }
    }
}
