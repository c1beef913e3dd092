//! Every checked figure of every table of the book, changed by one in its last printed place, is found.

use crate::root;
use mdbook_proof::book::lint;
use mdbook_proof::figures::{self, engine::Workplace};
use mdbook_proof::line::{Line, Page, Tried};
use mdbook_proof::text::source::Source;
use mdbook_proof::text::span::Span;
use mdbook_proof::{Book, Options};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A page with its findings, its outputs taken as printed.
fn judged(source: &Arc<Source>, line: &mut Line) -> Page {
    let mut page = line.read(source);
    line.believe(&mut page);
    line.judge(&mut page, &Tried::default());
    page
}

/// The positions of the last digits of checked figures in tables, each with its cell.
fn last_digits(page: &Page) -> BTreeMap<usize, Span> {
    let mut places = BTreeMap::new();
    let meaning = &page.meaning;
    for (table, judged) in page.parts.tables.iter().zip(&meaning.tables) {
        for cell in judged.grid.rows.iter().flatten() {
            let start = cell.span.start;
            let is_checked =
                meaning.computed.contains_key(&start) || meaning.checked.contains(&start);
            if let Some(printed) = cell.quantity().filter(|_| is_checked) {
                let end = printed.parts.last().unwrap().digits.end;
                places.insert(start + end - 1, cell.span);
            }
        }
        for (number, figure) in page.parts.figures.iter().enumerate() {
            if table.span.start <= figure.comment.start && figure.comment.end <= table.span.end {
                let read = figures::printed(&page.parts, number);
                let printed = read.figure.unwrap().unwrap();
                let end = printed.parts.last().unwrap().digits.end;
                places.insert(read.start + end - 1, figure.before);
            }
        }
    }
    places
}

#[test]
fn every_checked_figure_of_the_books_tables_changed_by_one_is_found() {
    let root = root();
    let settings = Book::open(&root, Options::default())
        .unwrap()
        .settings()
        .unwrap();
    let mut line = Line::at(Workplace::default(), &settings).unwrap();
    let (mut changed, mut survivors) = (0, Vec::new());
    for source in lint::sources(&root.join("src")).unwrap() {
        let source = source.unwrap().unwrap();
        if !source.text().contains('|') {
            continue;
        }
        let page = judged(&source, &mut line);
        assert_eq!(page.findings, [], "{}", source.path().display());
        for (place, cell) in last_digits(&page) {
            let digit = source.text().as_bytes()[place] - b'0';
            for other in [digit.checked_sub(1), Some(digit + 1).filter(|d| *d < 10)] {
                let Some(other) = other else { continue };
                let mut text = source.text().to_owned();
                text.replace_range(place..=place, &other.to_string());
                let mutant = Arc::new(Source::new(source.path(), text));
                changed += 1;
                if judged(&mutant, &mut line).findings.is_empty() {
                    survivors.push((source.path().to_owned(), source.slice(cell).to_owned()));
                }
            }
        }
    }
    assert!(changed > 100, "{changed}");
    // Figures marked `~` are rounded more coarsely than their last digit. Nothing else survives.
    survivors.retain(|(_, cell)| !cell.contains('~'));
    assert_eq!(survivors, [], "of {changed}");
}
