//! The report on evidence: what supports the figures of each page, and which have no support.

use crate::evidence::Counts;
use crate::line;
use crate::text::message::{self, Names};
use crate::text::source::Source;
use crate::text::span::Span;
use crate::text::visible;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// The report on a book.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Each page's figures, in the book's order.
    pub pages: Vec<Page>,
    /// All of them together.
    pub total: Counts,
    /// How many bare figures the book allows in its tables.
    #[serde(rename = "max-bare-table-figures")]
    pub limit: Option<usize>,
}

/// A page's figures.
#[derive(Debug, Serialize)]
pub struct Page {
    /// The page's file.
    pub path: String,
    /// How many there are of each kind.
    #[serde(flatten)]
    pub counts: Counts,
    /// The figures without evidence.
    #[serde(rename = "bare-figures")]
    pub bare: Vec<Place>,
    /// The cells of checked columns that hold nothing, or a range.
    #[serde(rename = "skipped-cells")]
    pub skipped: Vec<Place>,
}

/// A place in a page, and its text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Place {
    /// Its file: the page's, or one that the page includes.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The text.
    pub text: String,
    /// Whether it is in a table.
    pub in_table: bool,
}

impl Report {
    /// The report on proven pages.
    pub fn new(pages: &[line::Page], limit: Option<usize>) -> Self {
        let pages: Vec<Page> = pages.iter().map(page).collect();
        let mut total = Counts::default();
        for counts in pages.iter().map(|page| page.counts) {
            total += counts;
        }
        Self {
            pages,
            total,
            limit,
        }
    }

    /// The report as a table, and the bare figures with their places.
    pub fn human(&self, names: &Names) -> String {
        let name = |path: &str| visible::line(&names.path(Path::new(path)));
        let width = self
            .pages
            .iter()
            .map(|page| name(&page.path).chars().count())
            .max()
            .unwrap_or(0)
            .max(5);
        let mut out = format!(
            "{:width$}  computed  checked  verified  cited  bare in tables  bare in text\n",
            "page"
        );
        let mut row = |name: &str, counts: Counts| {
            let _ = writeln!(
                out,
                "{name:width$}  {:8}  {:7}  {:8}  {:5}  {:14}  {:12}",
                counts.computed,
                counts.checked,
                counts.verified,
                counts.cited,
                counts.bare_in_tables,
                counts.bare_in_text,
            );
        };
        for page in &self.pages {
            row(&name(&page.path), page.counts);
        }
        row("total", self.total);
        let list = |out: &mut String, title: &str, of: fn(&Page) -> Vec<&Place>| {
            self.list(out, title, of, name);
        };
        list(&mut out, "bare in tables", |page| {
            page.bare.iter().filter(|place| place.in_table).collect()
        });
        list(&mut out, "bare in text", |page| {
            page.bare.iter().filter(|place| !place.in_table).collect()
        });
        list(&mut out, "skipped cells of checked columns", |page| {
            page.skipped.iter().collect()
        });
        if let Some(limit) = self.limit {
            let _ = writeln!(
                out,
                "\nbook.toml allows {} in tables; there {} {}",
                message::count(limit, "bare figure"),
                if self.total.bare_in_tables == 1 {
                    "is"
                } else {
                    "are"
                },
                self.total.bare_in_tables
            );
        }
        out
    }

    fn list(
        &self,
        out: &mut String,
        title: &str,
        of: impl Fn(&Page) -> Vec<&Place>,
        name: impl Fn(&str) -> String,
    ) {
        let mut places = self.pages.iter().flat_map(of).peekable();
        if places.peek().is_none() {
            return;
        }
        let _ = writeln!(out, "\n{title}:");
        for place in places {
            let _ = writeln!(
                out,
                "  {}:{}:{}  {}",
                name(&place.path),
                place.line,
                place.column,
                place.text
            );
        }
    }
}

fn page(proven: &line::Page) -> Page {
    let source = &proven.source;
    let tally = &proven.tally;
    let bare: Vec<Place> = tally
        .bare
        .iter()
        .map(|bare| place(source, bare.span, bare.in_table))
        .collect();
    let skipped: Vec<Place> = tally
        .skipped
        .iter()
        .map(|span| place(source, *span, true))
        .collect();
    Page {
        path: shown(source),
        counts: tally.counts,
        bare,
        skipped,
    }
}

fn shown(source: &Source) -> String {
    source.path().to_string_lossy().replace('\\', "/")
}

fn place(source: &Arc<Source>, span: Span, in_table: bool) -> Place {
    let (file, start) = source.origin(span);
    let position = file.position(start.start);
    Place {
        path: shown(&file),
        line: position.line,
        column: position.column,
        text: visible::line(source.slice(span).trim()),
        in_table,
    }
}
