//! Every checked figure of every table of the book, changed by one in its last printed place, is found.

use crate::root;
use mdbook_proof::config::Settings;
use mdbook_proof::figures::engine::Engine;
use mdbook_proof::figures::quantity;
use mdbook_proof::figures::runs::Runs;
use mdbook_proof::figures::{self};
use mdbook_proof::page::{self, Page, markdown};
use mdbook_proof::source::Source;
use mdbook_proof::tables::meaning::{self, Meaning, Units};
use mdbook_proof::{book, lint};
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// What is found in a page, with the outputs that stand in it taken as printed.
fn judged(source: &Arc<Source>, engine: &Engine, settings: &Settings) -> (Page, usize, Meaning) {
    let events = markdown::parse(source.text(), &settings.markdown());
    let (page, found) = page::read(source, &events, &[]);
    let mut runs = Runs::default();
    for block in &page.blocks {
        if let (Some(name), Some(output)) = (&block.name, &block.output) {
            runs.printed.insert(name.clone(), output.text());
        }
    }
    let (checked, scope) = figures::check_in_scope(&page, engine, &runs);
    let meaning = meaning::check(source, &page.tables, scope, &mut Units::new(engine), &runs);
    let count = found.len() + checked.findings.len() + meaning.findings.len();
    (page, count, meaning)
}

/// Where the last digits of the checked figures in tables stand, each with its cell.
fn last_digits(page: &Page, meaning: &Meaning) -> BTreeMap<usize, Range<usize>> {
    let mut places = BTreeMap::new();
    for (table, grid) in page.tables.iter().zip(&meaning.grids) {
        for cell in grid.rows.iter().flatten() {
            let start = cell.span.start;
            let is_checked =
                meaning.computed.contains_key(&start) || meaning.checked.contains(&start);
            if let Some(printed) = cell.quantity().filter(|_| is_checked) {
                let end = printed.parts.last().unwrap().digits.end;
                places.insert(start + end - 1, cell.span.clone());
            }
        }
        for figure in &page.figures {
            if table.span.start <= figure.comment.start && figure.comment.end <= table.span.end {
                let printed = quantity::last(page.source.slice(figure.before.clone())).unwrap();
                let end = printed.parts.last().unwrap().digits.end;
                places.insert(figure.before.start + end - 1, figure.before.clone());
            }
        }
    }
    places
}

#[test]
fn every_checked_figure_of_the_books_tables_changed_by_one_is_found() {
    let root = root();
    let settings = book::settings(&root).unwrap();
    let prelude = settings
        .proof
        .prelude
        .as_ref()
        .map(|path| Source::new(path, fs::read_to_string(root.join(path)).unwrap()));
    let engine = Engine::new(prelude.as_ref()).unwrap();
    let (mut changed, mut survivors) = (0, Vec::new());
    for source in lint::sources(&root.join("src")).unwrap() {
        let source = source.unwrap().unwrap();
        if !source.text().contains('|') {
            continue;
        }
        let (page, findings, meaning) = judged(&source, &engine, &settings);
        assert_eq!(findings, 0, "{}", source.path().display());
        for (place, cell) in last_digits(&page, &meaning) {
            let digit = source.text().as_bytes()[place] - b'0';
            for other in [digit.checked_sub(1), Some(digit + 1).filter(|d| *d < 10)] {
                let Some(other) = other else { continue };
                let mut text = source.text().to_owned();
                text.replace_range(place..=place, &other.to_string());
                let mutant = Arc::new(Source::new(source.path(), text));
                changed += 1;
                if judged(&mutant, &engine, &settings).1 == 0 {
                    survivors.push((
                        source.path().to_owned(),
                        source.slice(cell.clone()).to_owned(),
                    ));
                }
            }
        }
    }
    assert!(changed > 100, "{changed}");
    // Figures marked `~` stand for more than their last digit. Nothing else survives.
    // The manual's page on tables shows the rules that compare two printed figures with each other.
    let shows_intervals = |path: &Path| path.ends_with("how-this-book-checks-itself/figures.md");
    survivors.retain(|(path, cell)| !cell.contains('~') && !shows_intervals(path));
    assert_eq!(survivors, [], "of {changed}");
}
