//! The report on evidence: what supports the figures of each page, and which have no support or more digits than it carries; and which
//! blocks draw from a single seed.

use crate::evidence::Counts;
use crate::evidence::precision;
use crate::figures;
use crate::line;
use crate::live;
use crate::run::seeds;
use crate::text::message::{self, Names};
use crate::text::source::Source;
use crate::text::span::Span;
use crate::text::visible;
use crate::whole_book::names;
use crate::work::settings::Config;
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
    /// How many it allows in its text.
    #[serde(rename = "max-bare-text-figures")]
    pub text_limit: Option<usize>,
    /// How many blocks draw from a single seed.
    #[serde(rename = "single-seed")]
    pub single_seeds: usize,
    /// How many of them the book allows.
    #[serde(rename = "max-single-seed")]
    pub seed_limit: Option<usize>,
    /// The names that the sums of several pages define.
    #[serde(rename = "shared-names")]
    pub shared_names: Vec<SharedName>,
}

/// A name that the sums of several pages define.
#[derive(Debug, Serialize)]
pub struct SharedName {
    /// The name.
    pub name: String,
    /// Whether all pages give it the same value.
    pub agree: bool,
    /// Each page's definition, and its value as the text.
    pub places: Vec<Place>,
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
    /// The blocks that draw from a single seed.
    #[serde(rename = "single-seed")]
    pub single_seeds: Vec<SingleSeed>,
    /// The figures that are printed with more digits than their spread carries.
    #[serde(rename = "over-precise-figures")]
    pub over_precise: Vec<OverPrecise>,
    /// The blocks that readers can't run in the page, of a book whose readers can run blocks.
    #[serde(rename = "not-live")]
    pub not_live: Vec<NotLive>,
}

/// A block that readers can't run in the page.
#[derive(Debug, Serialize)]
pub struct NotLive {
    /// The block.
    #[serde(flatten)]
    pub place: Place,
    /// Why they can't.
    pub reason: String,
}

/// A block that draws from a single seed.
#[derive(Debug, Serialize)]
pub struct SingleSeed {
    /// The seed.
    #[serde(flatten)]
    pub place: Place,
    /// The call that it is given to.
    pub call: String,
}

/// A figure that is printed with more digits than its spread carries.
#[derive(Debug, Serialize)]
pub struct OverPrecise {
    /// The figure; its text is what is printed.
    #[serde(flatten)]
    pub place: Place,
    /// The smallest value over all points.
    pub low: String,
    /// The largest.
    pub high: String,
    /// At how many points it was computed.
    pub points: usize,
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
    pub fn new(pages: &[line::Page], proof: &Config) -> Self {
        let shared_names = names::shared(pages);
        let shared_names = shared_names.iter().map(SharedName::new).collect();
        let pages: Vec<Page> = pages.iter().map(|one| page(one, proof.live)).collect();
        let mut total = Counts::default();
        for counts in pages.iter().map(|page| page.counts) {
            total += counts;
        }
        Self {
            single_seeds: pages.iter().map(|page| page.single_seeds.len()).sum(),
            pages,
            total,
            shared_names,
            limit: proof.max_bare_table_figures,
            text_limit: proof.max_bare_text_figures,
            seed_limit: proof.max_single_seed,
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
            "{:width$}  claims  points  computed  checked  verified  cited  bare in tables  bare in text\n",
            "page"
        );
        let mut row = |name: &str, counts: Counts| {
            let _ = writeln!(
                out,
                "{name:width$}  {:6}  {:6}  {:8}  {:7}  {:8}  {:5}  {:14}  {:12}",
                counts.claims,
                counts.points,
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
        let mut list = |title: &str, of: fn(&Page) -> Lines<'_>| {
            let lines: Vec<(&Place, String)> = self.pages.iter().flat_map(of).collect();
            if !lines.is_empty() {
                let _ = writeln!(out, "\n{title}:");
            }
            for (place, text) in lines {
                let (path, line, column) = (name(&place.path), place.line, place.column);
                let _ = writeln!(out, "  {path}:{line}:{column}  {text}");
            }
        };
        list("bare in tables", |page| {
            page.bare
                .iter()
                .filter(|place| place.in_table)
                .map(plain_line)
                .collect()
        });
        list("bare in text", |page| {
            page.bare
                .iter()
                .filter(|place| !place.in_table)
                .map(plain_line)
                .collect()
        });
        list("skipped cells of checked columns", |page| {
            page.skipped.iter().map(plain_line).collect()
        });
        list("blocks with a single seed", |page| {
            let lines = page.single_seeds.iter();
            lines
                .map(|single| (&single.place, single.call.clone()))
                .collect()
        });
        list("more digits than the runs carry", |page| {
            page.over_precise.iter().map(OverPrecise::line).collect()
        });
        list("blocks that readers can't run in the page", |page| {
            let lines = page.not_live.iter();
            lines
                .map(|block| (&block.place, block.reason.clone()))
                .collect()
        });
        self.list_names(&mut out, &name);
        self.list_limits(&mut out);
        out
    }

    /// Adds the names that several pages define, with their values; `name` is how a path is shown.
    fn list_names(&self, out: &mut String, name: &impl Fn(&str) -> String) {
        let title = "names that the sums of several pages define";
        if !self.shared_names.is_empty() {
            let _ = writeln!(out, "\n{title}:");
        }
        for shared in &self.shared_names {
            let apart = if shared.agree { "" } else { ": they differ" };
            let _ = writeln!(out, "  {}{apart}", shared.name);
            for place in &shared.places {
                let (path, line, column) = (name(&place.path), place.line, place.column);
                let _ = writeln!(out, "    {path}:{line}:{column}  {}", place.text);
            }
        }
    }

    /// Adds the limits of the book, each with the count.
    fn list_limits(&self, out: &mut String) {
        for (limit, thing, place, count) in [
            (
                self.limit,
                "bare figure",
                "in tables",
                self.total.bare_in_tables,
            ),
            (
                self.text_limit,
                "bare figure",
                "in the text",
                self.total.bare_in_text,
            ),
            (
                self.seed_limit,
                "block",
                "with a single seed",
                self.single_seeds,
            ),
        ] {
            let Some(limit) = limit else { continue };
            let is = if count == 1 { "is" } else { "are" };
            let allowed = message::count(limit, thing);
            let _ = writeln!(
                out,
                "\nbook.toml allows {allowed} {place}; there {is} {count}"
            );
        }
    }
}

impl SharedName {
    fn new(shared: &names::Shared<'_>) -> Self {
        let places = shared.places.iter();
        let place = |(page, defined): &(&line::Page, &figures::Defined)| Place {
            text: visible::line(&defined.value.text()),
            ..place(&page.source, defined.span, false)
        };
        Self {
            name: shared.name.to_owned(),
            agree: shared.agree(),
            places: places.map(place).collect(),
        }
    }
}

/// Places, each with the text after it.
type Lines<'page> = Vec<(&'page Place, String)>;

fn plain_line(place: &Place) -> (&Place, String) {
    (place, place.text.clone())
}

impl OverPrecise {
    fn line(&self) -> (&Place, String) {
        let points = message::count(self.points, "point");
        let text = format!(
            "{}: {} to {} over {points}",
            self.place.text, self.low, self.high
        );
        (&self.place, text)
    }
}

fn page(proven: &line::Page, is_live: bool) -> Page {
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
    let single_seed = |single: &seeds::SingleSeed| SingleSeed {
        place: place(source, single.seed, false),
        call: visible::line(&single.call),
    };
    let over_precise = |figure: &precision::OverPrecise| OverPrecise {
        place: place(source, figure.figure, false),
        low: figure.low.clone(),
        high: figure.high.clone(),
        points: figure.points,
    };
    let reasons = if is_live {
        live::reasons(proven)
    } else {
        Vec::new()
    };
    let not_live = reasons.into_iter().map(|(number, reason)| NotLive {
        place: place(source, proven.parts.blocks[number].code.opening(), false),
        reason: visible::line(&reason),
    });
    Page {
        path: shown(source),
        not_live: not_live.collect(),
        counts: tally.counts,
        bare,
        skipped,
        single_seeds: proven.single_seeds.iter().map(single_seed).collect(),
        over_precise: proven.over_precise.iter().map(over_precise).collect(),
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
