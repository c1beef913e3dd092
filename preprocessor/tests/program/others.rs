//! No false alarm on Markdown that knows nothing of our rules: `tests/others` holds what is common elsewhere, and right.

use mdbook_proof::book::lint::{self, Linter};
use mdbook_proof::text::source::Source;
use mdbook_proof::work::settings::Options;
use std::path::Path;
use std::sync::Arc;

fn files() -> Vec<Arc<Source>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/others");
    let files: Vec<_> = lint::sources(&folder)
        .unwrap()
        .map(|source| source.unwrap().unwrap())
        .collect();
    assert!(files.len() >= 8, "{}", files.len());
    files
}

/// A linter for files without a book.
fn linter() -> Linter {
    let folder = tempfile::tempdir().unwrap();
    Linter::new(folder.path(), &Options::default()).unwrap()
}

/// What is found in a file: line and message.
fn found(linter: &mut Linter, source: &Arc<Source>) -> Vec<String> {
    let findings = linter.lint(source).into_iter();
    findings
        .map(|finding| {
            let line = source.position(finding.span.start).line;
            format!("{}:{line}: {}", source.path().display(), finding.message)
        })
        .collect()
}

#[test]
fn lint_finds_nothing_wrong_in_what_others_write() {
    let mut linter = linter();
    let found: Vec<String> = files()
        .iter()
        .flat_map(|source| found(&mut linter, source))
        .collect();
    assert_eq!(found, [""; 0]);
}

/// Whether a line is a table's delimiter row, whatever container it is in.
fn is_delimiter(line: &str) -> bool {
    let row = line.trim_start_matches(['>', ' ']);
    row.contains('-') && row.contains('|') && row.chars().all(|c| "|:- ".contains(c))
}

#[test]
fn lint_reads_each_of_their_tables() {
    let mut linter = linter();
    let mut tables = 0;
    for source in files() {
        let lines: Vec<&str> = source.text().lines().collect();
        for at in (1..lines.len()).filter(|at| is_delimiter(lines[at - 1])) {
            if !lines[at].contains('|') {
                continue;
            }
            let mut lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            lines[at].push_str(" surplus | cells |");
            let spoiled = Arc::new(Source::new(source.path(), lines.join("\n")));
            let found = found(&mut linter, &spoiled);
            let place = format!("{}:{}: ", source.path().display(), at + 1);
            assert!(
                found.iter().any(|message| message.starts_with(&place)),
                "{place}{found:?}"
            );
            tables += 1;
        }
    }
    assert!(tables > 30, "{tables}");
}
