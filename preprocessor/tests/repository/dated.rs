//! What the book says of products and standards: each date on a page is in the table of dates, and CI's script names its old rows.

use crate::pages::files;
use crate::root;
use std::fs;
use std::process::Command;

const TABLE: &str = "src/appendix/as-of.md";

/// A row: what it dates, the year after an optional month, and the links to pages.
fn rows() -> Vec<(String, String, String)> {
    let text = fs::read_to_string(root().join(TABLE)).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .filter(|cells| !cells[1].starts_with("---"))
        .map(|cells| {
            (
                cells[1].to_owned(),
                cells[3].to_owned(),
                cells[5].to_owned(),
            )
        })
        .collect()
}

/// The dates that a page gives after "as of": a year, or a month and a year.
fn dates(page: &str) -> Vec<String> {
    let words: Vec<&str> = page.split_whitespace().collect();
    let is_year = |word: &str| word.len() == 4 && word.starts_with("20");
    let mut found = Vec::new();
    for (at, pair) in words.windows(2).enumerate() {
        if !pair[0].eq_ignore_ascii_case("as") || pair[1] != "of" {
            continue;
        }
        let bare = |offset: usize| {
            let word = words.get(at + offset).copied().unwrap_or_default();
            word.trim_end_matches(|c: char| !c.is_alphanumeric())
                .to_owned()
        };
        // A footnote may follow without a space.
        let year = |offset| bare(offset).chars().take(4).collect::<String>();
        if is_year(&year(2)) {
            found.push(year(2));
        } else if is_year(&year(3)) {
            found.push(format!("{} {}", bare(2), year(3)));
        }
    }
    found
}

#[test]
fn dates_are_read_with_and_without_a_month() {
    let page = "Prices as of March 2026: a lot.\nAs of\n2025 it is so.[^a] As of version 7, as of 2026,[^b] and as it is of 2024.";
    assert_eq!(dates(page), ["March 2026", "2025", "2026"]);
}

#[test]
fn each_date_on_a_page_is_that_of_a_row_which_names_the_page() {
    let rows = rows();
    assert!(rows.len() > 20, "{}", rows.len());
    let src = root().join("src");
    let mut count = 0;
    for path in files(&src, "md") {
        let text = fs::read_to_string(&path).unwrap();
        let page = path.strip_prefix(&src).unwrap().to_str().unwrap();
        let name = page.replace('\\', "/");
        if TABLE.ends_with(&name) {
            continue;
        }
        let link = match name.strip_prefix("appendix/") {
            Some(beside) => format!("]({beside})"),
            None => format!("](../{name})"),
        };
        for date in dates(&text) {
            let is_it = |row: &&(String, String, String)| {
                row.2.contains(&link) && (row.1 == date || row.1.ends_with(&format!(" {date}")))
            };
            assert!(
                rows.iter().any(|row| is_it(&row)),
                "{name} says \"as of {date}\": {TABLE} has no row with this date and this page"
            );
            count += 1;
        }
    }
    assert!(count > 15, "{count}");
}

#[test]
#[cfg(target_os = "linux")]
fn rows_older_than_a_year_are_named() {
    let dated = |day: &str| {
        let script = root().join(".ci/dated");
        let output = Command::new("bash").arg(script).arg(day).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.success(), said)
    };
    let rows = rows();
    let (is_right, said) = dated("2024-12-30");
    assert!(is_right, "{said}");
    assert!(
        said.contains(&format!("0 of {} rows", rows.len())),
        "{said}"
    );
    let (is_right, said) = dated("2100-01-01");
    assert!(!is_right, "{said}");
    for (subject, date, _) in &rows {
        assert!(
            said.contains(&format!("as of {date}, look again:  {subject} ")),
            "{said}"
        );
    }
}
