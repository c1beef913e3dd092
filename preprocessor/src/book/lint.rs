//! Linting and fixing Markdown files that belong to no book: the rules for tables, and nothing that has to run.
//!
//! A declared rule may read what a named block printed; here that is the output under the block.

use crate::book::{self, configuration, fix};
use crate::figures::engine::Workplace;
use crate::line::{Line, Tried};
use crate::read::table;
use crate::tables::units::Units;
use crate::tables::{check, structure};
use crate::text::code::Family;
use crate::text::encoding;
use crate::text::finding::Finding;
use crate::text::markdown;
use crate::text::source::{Source, split_mark};
use crate::work::host;
use crate::work::memory::Memory;
use crate::work::settings::{Options, Settings};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Lints and fixes files with one set of settings.
#[derive(Debug)]
pub struct Linter {
    settings: Settings,
    line: Line,
    units: Units,
    in_book: bool,
}

/// A file that was changed: its path, its text before and after.
pub type Fixed = (PathBuf, String, String);

impl Linter {
    /// The linter for what lies at `path`: with the prelude and the Markdown settings of the book around it, if there is one.
    ///
    /// # Errors
    /// When that book's `book.toml` or prelude can't be read; [`Error::Findings`](crate::Error::Findings) when its prelude is wrong.
    pub fn new(path: &Path, options: &Options) -> Result<Self> {
        let root = book::around(path)?.ok();
        let settings = match &root {
            Some(root) => Settings::read(&configuration(root)?, root.clone(), options)?,
            None => Settings::without_book(path.to_owned(), options),
        };
        let program = options
            .program
            .as_ref()
            .map(|program| (program.clone(), host::look(Some(program), false)));
        let workplace = Workplace {
            program,
            memory: Memory::default(),
        };
        Self::at(workplace, &settings, root.is_some())
    }

    fn at(workplace: Workplace, settings: &Settings, in_book: bool) -> Result<Self> {
        let line = Line::at(workplace, settings)?;
        Ok(Self {
            settings: settings.clone(),
            units: line.units(),
            line,
            in_book,
        })
    }

    /// What is wrong with the tables of a file: their structure, and what they declare.
    pub fn lint(&mut self, source: &Arc<Source>) -> Vec<Finding> {
        if !may_have_tables(source.text()) {
            return Vec::new();
        }
        let events = markdown::outline(source.text(), &self.settings.markdown());
        let (tables, orphans) = table::read(source, &events);
        let units = &mut self.units;
        let mut findings = if tables
            .iter()
            .any(|table| check::concerns(source, table, units))
        {
            let mut page = self.line.read(source);
            self.line.believe(&mut page);
            self.line.judge(&mut page, &Tried::default());
            // What is wrong with the rest of the page is for `check`, which runs it.
            page.findings
                .retain(|finding| finding.code.family() == Family::Tables);
            page.findings
        } else {
            structure::check(source, &events, &tables, &orphans)
        };
        if !self.in_book {
            // `bless` works on books.
            for finding in findings
                .iter_mut()
                .filter(|finding| finding.blessed.is_some())
            {
                finding.blessed = None;
                finding.help = Some("correct the figure or the rule".to_owned());
            }
        }
        findings.sort_by_key(|finding| finding.span);
        findings
    }

    /// The structural findings alone: what the speed of linting is measured by.
    pub fn structure(&self, source: &Arc<Source>) -> Vec<Finding> {
        if !may_have_tables(source.text()) {
            return Vec::new();
        }
        let events = markdown::outline(source.text(), &self.settings.markdown());
        let (tables, orphans) = table::read(source, &events);
        structure::check(source, &events, &tables, &orphans)
    }

    /// The file with all repairs that lose nothing.
    pub fn fixed(&self, source: &Arc<Source>) -> Arc<Source> {
        fix::fixed(source, &self.settings.markdown(), |source| {
            self.structure(source)
        })
    }
}

/// Writes a fixed file, and says what it was before and after; none if nothing was fixed.
///
/// # Errors
/// When the file can't be written.
pub fn write(source: &Source, fixed: &Source) -> Result<Option<Fixed>> {
    if fixed.text() == source.text() {
        return Ok(None);
    }
    let path = source.path();
    let before = fs::read_to_string(path).unwrap_or_default();
    let (mark, _) = split_mark(&before);
    fs::write(path, format!("{mark}{}", fixed.text()))
        .with_context(|| format!("failed to write `{}`", path.display()))?;
    Ok(Some((
        path.to_owned(),
        source.text().to_owned(),
        fixed.text().to_owned(),
    )))
}

/// Every table has a bar, and every declaration this word: most files have neither, and are not parsed.
fn may_have_tables(text: &str) -> bool {
    text.contains('|') || text.contains("check:")
}

/// The Markdown files at a path, read one by one: itself, or all in it and its folders, in order of their names.
///
/// Passed over are links, hidden folders, `node_modules`, and folders that a `CACHEDIR.TAG` marks as caches, such as Cargo's
/// `target`.
///
/// # Errors
/// When there is no such path, or a file can't be read.
pub fn sources(path: &Path) -> Result<impl Iterator<Item = Result<Read>>> {
    let mut files = Vec::new();
    collect(path, &mut files)?;
    Ok(files.into_iter().map(read))
}

/// A file's text, or the finding that it isn't text.
pub type Read = std::result::Result<Arc<Source>, Box<Finding>>;

fn read(file: PathBuf) -> Result<Read> {
    let bytes = fs::read(&file).with_context(|| format!("failed to read `{}`", file.display()))?;
    Ok(encoding::decode(file, bytes))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let read = || format!("failed to read `{}`", path.display());
    if !fs::metadata(path).with_context(read)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries = fs::read_dir(path)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(read)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().with_context(read)?;
        if kind.is_dir() && !is_foreign(&entry) {
            collect(&entry.path(), files)?;
        } else if kind.is_file() && is_markdown(&entry.path()) {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Whether a folder holds generated or installed files.
fn is_foreign(folder: &fs::DirEntry) -> bool {
    let name = folder.file_name();
    name.to_string_lossy().starts_with('.')
        || name == "node_modules"
        || folder.path().join("CACHEDIR.TAG").is_file()
}

pub(super) fn is_markdown(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("md") || end.eq_ignore_ascii_case("markdown"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdbook_markdown::MarkdownOptions;
    use proptest::prelude::*;

    fn linter() -> Linter {
        let settings = Settings::without_book(PathBuf::new(), &Options::default());
        Linter::at(Workplace::default(), &settings, false).unwrap()
    }

    fn lines() -> impl Strategy<Value = String> {
        let line = prop::sample::select(vec![
            "| a | b |",
            "| - | - |",
            "|--|",
            "| 1 | 2 |",
            "| 1 |",
            "| 1 | 2 | 3 |",
            "| 1 | 2 | |",
            "| `x|y` | 2 |",
            "text",
            "",
            "> | a | b |",
            "> |--|--|",
            "> | 1 |",
            "> text",
            "a | b",
            "-|-",
            "1 | 2",
            "- | a | b |",
            "  |--|--|",
            "  | 1 |",
            "<!-- check: sum [a] -->",
            "<!-- check: [b] = 2 × [a]; ascending [a]; share [b]; key [a] -->",
            "| é | **2 |",
            "| ns | µs |",
            "| 5 ms | 3–4 |",
        ]);
        (prop::collection::vec(line, 0..12), any::<bool>()).prop_map(|(lines, crlf)| {
            let end = if crlf { "\r\n" } else { "\n" };
            lines.iter().flat_map(|line| [line, end]).collect()
        })
    }

    proptest! {
        // Each case starts an engine.
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn fix_loses_nothing_that_a_reader_saw_and_has_nothing_left_to_do(text in lines()) {
            let linter = linter();
            let source = Arc::new(Source::new("a.md", text.as_str()));
            let fixed = linter.fixed(&source);
            let options = MarkdownOptions::default();
            prop_assert!(fix::keeps(&text, fixed.text(), &options), "{}\n=>\n{}", text, fixed.text());
            let again = linter.fixed(&fixed);
            prop_assert_eq!(again.text(), fixed.text());
        }

        #[test]
        fn no_table_makes_lint_panic_and_every_span_fits(text in lines()) {
            let source = Arc::new(Source::new("a.md", text.as_str()));
            let mut linter = linter();
            for finding in linter.lint(&source) {
                prop_assert!(finding.span.fits(&text));
            }
            // The outline leaves out only what tables are not read from.
            let events = markdown::parse(&text, &MarkdownOptions::default());
            let (tables, orphans) = table::read(&source, &events);
            let whole = structure::check(&source, &events, &tables, &orphans);
            prop_assert_eq!(linter.structure(&source), whole);
        }
    }
}
