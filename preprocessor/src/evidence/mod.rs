//! Evidence: what supports each figure of a page.
//!
//! A figure is a number with a unit, a percent or a times sign, or any number in a table's column that has a unit
//! or a rule about values. Headers, code and `calc` definitions hold no figures; the results in `calc` do.
//!
//! | it is | when |
//! | --- | --- |
//! | computed | an expression after it or its column's formula gives it |
//! | checked | a rule compares it with other figures: a formula reads it, it is part of a sum, it is given in two units |
//! | verified | a run printed it, in the output under its block |
//! | cited | a footnote is in the same cell, header, row or paragraph |
//! | bare | none of these |
//!
//! A key and an order say nothing about a value, so a column with only these is bare.

pub mod precision;

use crate::figures;
use crate::read::Parts;
use crate::tables::cell::plain;
use crate::tables::judge::{Judged, Meaning};
use crate::tables::units::Units;
use crate::text::span::Span;
use mdbook_proof_text::header::with_unit;
use mdbook_proof_text::printed_table;
use mdbook_proof_text::quantity::{self, DecimalMark};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// The evidence for a page's or a book's figures, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Blocks whose run was verified.
    pub runs: usize,
    /// Claims that held.
    pub claims: usize,
    /// The settings at which they were tried, each claim's by itself.
    pub points: usize,
    /// Figures and results that an expression or a formula gives.
    pub computed: usize,
    /// Figures that are compared with other figures.
    pub checked: usize,
    /// Figures that runs printed.
    pub verified: usize,
    /// Figures with a footnote.
    pub cited: usize,
    /// Figures of tables without evidence.
    pub bare_in_tables: usize,
    /// Figures of the text without evidence.
    pub bare_in_text: usize,
    /// Cells of checked columns that hold nothing, or a range.
    pub skipped: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.claims += other.claims;
        self.points += other.points;
        self.computed += other.computed;
        self.checked += other.checked;
        self.verified += other.verified;
        self.cited += other.cited;
        self.bare_in_tables += other.bare_in_tables;
        self.bare_in_text += other.bare_in_text;
        self.skipped += other.skipped;
    }
}

/// The figures of a page, by their evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many there are of each kind.
    pub counts: Counts,
    /// Those without evidence, in page order.
    pub bare: Vec<Bare>,
    /// The cells of checked columns that hold nothing, or a range.
    pub skipped: Vec<Span>,
}

/// A figure without evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bare {
    /// Its bytes.
    pub span: Span,
    /// Whether it is in a table.
    pub in_table: bool,
}

impl Tally {
    /// The bare figures in tables.
    pub fn bare_in_tables(&self) -> impl Iterator<Item = &Bare> {
        self.bare.iter().filter(|bare| bare.in_table)
    }
}

/// Counts a page's figures. `right` is how many results and figures with an expression were right.
pub fn tally(page: &Parts, meaning: &Meaning, right: usize, units: &mut Units) -> Tally {
    let mut counter = Counter {
        page,
        units,
        computed: (0..page.figures.len())
            .filter_map(|number| figures::printed(page, number).span())
            .map(|span| (span.start, span.end))
            .collect(),
        tally: Tally {
            counts: Counts {
                computed: right + meaning.computed.values().filter(|right| **right).count(),
                skipped: meaning.skipped.len(),
                ..Counts::default()
            },
            skipped: meaning.skipped.values().copied().collect(),
            bare: Vec::new(),
        },
    };
    counter.tables(meaning);
    counter.passages();
    counter.outputs();
    let mut tally = counter.tally;
    tally.bare.sort_by_key(|bare| bare.span.start);
    tally.counts.bare_in_tables = tally.bare_in_tables().count();
    tally.counts.bare_in_text = tally.bare.len() - tally.counts.bare_in_tables;
    tally
}

struct Counter<'page> {
    page: &'page Parts,
    units: &'page mut Units,
    /// The figures with an expression: where each starts and ends.
    computed: BTreeMap<usize, usize>,
    tally: Tally,
}

impl Counter<'_> {
    fn tables(&mut self, meaning: &Meaning) {
        let page = self.page;
        for (table, judged) in page.tables.iter().zip(&meaning.tables) {
            let Judged { grid, ruled } = judged;
            if table.is_printed {
                continue;
            }
            for (cells, row) in grid.rows.iter().zip(&table.body) {
                let row_is_cited = self.is_cited(row.span);
                for (at, cell) in cells.iter().enumerate() {
                    let column = &grid.columns[at];
                    let whole = cell
                        .quantity()
                        .filter(|_| column.unit.is_some() || ruled.contains(&at))
                        .map(|printed| vec![Span::from(printed.span.clone())]);
                    let found =
                        whole.unwrap_or_else(|| scan(&cell.plain, page.decimal_mark, self.units));
                    let is_cited = row_is_cited || self.is_cited(column.span);
                    for span in found {
                        let span = span.shift(cell.span.start);
                        if meaning.computed.contains_key(&cell.span.start) || self.is_computed(span)
                        {
                            // Counted where it was judged.
                        } else if meaning.checked.contains(&cell.span.start) {
                            self.tally.counts.checked += 1;
                        } else {
                            self.by_note(span, is_cited, true);
                        }
                    }
                }
            }
        }
    }

    fn passages(&mut self) {
        let page = self.page;
        for passage in page.passages.iter().filter(|passage| !passage.in_table) {
            let text = page.source.slice(passage.span);
            if !quantity::may_have_numbers(text) {
                continue;
            }
            let text = without_code(&plain(text), text);
            let is_cited = passage.is_note || self.is_cited(passage.span);
            for span in scan(&text, page.decimal_mark, self.units) {
                let span = span.shift(passage.span.start);
                if !self.is_computed(span) {
                    self.by_note(span, is_cited, false);
                }
            }
        }
    }

    fn outputs(&mut self) {
        for output in self
            .page
            .blocks
            .iter()
            .filter_map(|block| block.output.as_ref())
        {
            let mut units: Vec<Option<String>> = Vec::new();
            for line in &output.lines {
                let text = line.text.trim();
                if !printed_table::is_row(text) {
                    units.clear();
                    self.tally.counts.verified += scan(text, DecimalMark::Point, self.units).len();
                    continue;
                }
                let cells = printed_table::cells(text);
                if units.is_empty() {
                    let unit = |cell: &printed_table::Cell<'_>| Some(with_unit(cell)?.1.to_owned());
                    units = cells.iter().map(unit).collect();
                    continue;
                }
                for (at, cell) in cells.iter().enumerate() {
                    let has_unit = units.get(at).is_some_and(Option::is_some);
                    self.tally.counts.verified += if has_unit && quantity::whole(cell).is_some() {
                        1
                    } else {
                        scan(cell, DecimalMark::Point, self.units).len()
                    };
                }
            }
        }
    }

    fn by_note(&mut self, span: Span, is_cited: bool, in_table: bool) {
        if is_cited {
            self.tally.counts.cited += 1;
        } else {
            self.tally.bare.push(Bare { span, in_table });
        }
    }

    fn is_cited(&self, span: Span) -> bool {
        self.page.citations.iter().any(|mark| span.contains(*mark))
    }

    fn is_computed(&self, span: Span) -> bool {
        self.computed
            .range(..span.end)
            .next_back()
            .is_some_and(|(_, end)| *end > span.start)
    }
}

/// The plain text with spaces where the text has code.
fn without_code(plain: &str, text: &str) -> String {
    let mut bytes = plain.as_bytes().to_vec();
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let length = text[start..].len() - text[start..].trim_start_matches('`').len();
        at = start + length;
        match open {
            Some((from, wanted)) if wanted == length => {
                bytes[from..at].fill(b' ');
                open = None;
            }
            Some(_) => {}
            None => open = Some((start, length)),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| plain.to_owned())
}

/// The figures of a plain text: numbers with a unit, a percent or a times sign.
pub(crate) fn scan(plain: &str, mark: DecimalMark, units: &mut Units) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for number in quantity::numbers(plain, mark) {
        let before = plain[..number.start].chars().next_back();
        if before.is_some_and(|c| matches!(c, '.' | ',' | '^' | '_')) {
            continue;
        }
        let currency = before.filter(|c| quantity::currency(*c).is_some());
        let unit = unit(&plain[number.end..], units).or(currency.map(|_| 0));
        let Some(length) = unit else { continue };
        let start = number.start - currency.map_or(0, char::len_utf8);
        let end = number.end + length;
        match found.last_mut() {
            // `8 h 45 min` is one figure.
            Some(last) if is_same(&plain[*last], &plain[last.end..end]) => last.end = end,
            _ => found.push(Span::new(start, end)),
        }
    }
    found
}

/// Whether a time continues in the next part.
fn is_same(time: &str, next: &str) -> bool {
    let is_short = next.trim_start().starts_with(|c: char| c.is_ascii_digit()) && next.len() < 12;
    is_short
        && quantity::whole(&format!("{time}{next}")).is_some_and(|printed| printed.parts.len() > 1)
}

/// The length of the unit at the start of a text, the gap before it included.
fn unit(text: &str, units: &mut Units) -> Option<usize> {
    if let Some(rest) = text.strip_prefix('×') {
        let is_factor = rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
        return (!is_factor).then_some('×'.len_utf8());
    }
    let rest = text.trim_start();
    if let Some(sign) = rest.chars().next().filter(|c| matches!(c, '%' | '‰')) {
        return Some(text.len() - rest.len() + sign.len_utf8());
    }
    let rest = match (quantity::scaled(rest), quantity::short_scaled(text)) {
        ((_, after), _) if after.len() < rest.len() => after.trim_start(),
        (_, Some((_, after))) => after.trim_start(),
        _ => rest,
    };
    let gap = text.len() - rest.len();
    let length = rest
        .find(|c: char| !c.is_alphabetic() && !matches!(c, '/' | '²' | '³'))
        .unwrap_or(rest.len());
    let word = rest[..length].trim_end_matches('/');
    let first = word.split('/').next().unwrap_or_default();
    // `1m 5s`: alone, `m` is not a unit here.
    let seconds = rest[length..].trim_start();
    if word == "m" && seconds[quantity::number(seconds)..].starts_with('s') {
        return Some(gap + 1);
    }
    if let Some(sign) = rest
        .chars()
        .next()
        .filter(|c| quantity::currency(*c).is_some())
    {
        return Some(gap + sign.len_utf8());
    }
    [word, first]
        .into_iter()
        .find(|unit| units.is_known(unit))
        .map(|unit| gap + unit.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Scope;
    use crate::figures::engine::Engine;
    use crate::read;
    use crate::tables::check;
    use crate::text::markdown;
    use crate::text::source::Source;
    use mdbook_proof_calculator::runs::Runs;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn tallied(text: &str) -> (Tally, Vec<String>) {
        let source = Arc::new(Source::new("a.md", text));
        let options = mdbook_markdown::MarkdownOptions::default();
        let (page, _) = read::read(
            &source,
            &markdown::parse(source.text(), &options),
            &["rust", "sql"],
        );
        let engine = Engine::new(None).unwrap();
        let runs = Runs::default();
        let meaning = check::check(
            &source,
            &page.tables,
            Scope::new(&engine),
            &mut Units::new(&engine),
            &runs,
        );
        let tally = tally(
            &page,
            &meaning,
            page.figures.len(),
            &mut Units::new(&engine),
        );
        let bare = tally
            .bare
            .iter()
            .map(|bare| source.slice(bare.span).to_owned())
            .collect();
        (tally, bare)
    }

    proptest! {
        // Each case starts an engine.
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_text_makes_it_panic_and_every_span_fits(
            rule in "[\\[\\]a= 1×.s;#\u{e000}]{0,20}",
            cells in "[|\\- `*a1%~\\[\\]()<>!^é×m.,\u{202f}\n]{0,80}",
        ) {
            let text = format!("<!-- check: {rule}\n[a] = {rule}\n-->\n| a | s |\n|--|--|\n| {cells}\n\n{cells}\n");
            let (tally, _) = tallied(&text);
            for bare in tally.bare {
                prop_assert!(bare.span.fits(&text));
            }
        }
    }

    #[test]
    fn figures_in_text_have_a_unit_a_percent_or_a_times_sign() {
        let (_, bare) = tallied(
            "In 2026, 10 machines and `5 ms` of 12 ms, **3.5** %, 14.3× more, $5, 10 million users, \
             8h 45m 57s, 1m 5s, 2^10 bytes, 5 × 3, x86 and [7](http://a.b/5ms).\n\n- 1,157 requests/s\n",
        );
        assert_eq!(
            bare,
            [
                "12 ms",
                "3.5** %",
                "14.3×",
                "$5",
                "10 million users",
                "8h 45m 57s",
                "1m 5s",
                "2^10 bytes",
                "1,157 requests/s"
            ]
        );
    }

    #[test]
    fn figures_are_counted_in_every_notation() {
        let (_, bare) = tallied(
            "Of 3\u{202f}472 B, 3'472 B, 1.5×10⁶ B, 1.5 × 10^6 bytes, 12k users, 5 €, €7, 3 ‰, 2½ h and 1/3 day, \
             but not 2026-11-29, 12:30, 1.2.3, v2 s, 3rd, 0x10 B, 3×5 or 12,5 B.\n",
        );
        assert_eq!(
            bare,
            [
                "3\u{202f}472 B",
                "3'472 B",
                "1.5×10⁶ B",
                "1.5 × 10^6 bytes",
                "12k users",
                "5 €",
                "€7",
                "3 ‰",
                "2½ h",
                "1/3 day",
            ]
        );
    }

    #[test]
    fn expressions_footnotes_rules_and_outputs_support_figures() {
        let (tally, bare) = tallied(
            "It is 5 ms<!-- = 5 ms -->, and 6 ms.\n\nA source says 7 ms.[^a]\n\n\
             ```rust,run\n```\n```output\ntook 9 ms\n| a (ms) | b |\n|-|-|\n| 5 | 6 |\n```\n\n\
             <!-- check: [B] = 2 × [A (ms)]; key [C] -->\n\
             | C | A (ms) | B | D (s) |\n|-|-|-|-|\n| 1 | 2 | 4 ms | 8 |\n| 2 | 3 | 6 ms | 9[^a] |\n\n\
             [^a]: A book says 8 ms.\n",
        );
        assert_eq!(bare, ["6 ms", "8"]);
        assert_eq!(tally.bare_in_tables().count(), 1);
        assert_eq!(
            (
                tally.counts.computed,
                tally.counts.checked,
                tally.counts.verified,
                tally.counts.cited
            ),
            (3, 2, 2, 3)
        );
    }
}
