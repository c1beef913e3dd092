//! `explain`: each finding's examples are what it says.

use crate::fixture::Book;
use mdbook_proof::book::explain;
use mdbook_proof::text::code::Code;
use std::collections::BTreeMap;

/// The codes of a book's findings, page by page.
fn found(book: &Book, arguments: &[&str]) -> BTreeMap<String, Vec<String>> {
    let answer = book.run(arguments);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in answer.stdout.lines().filter(|line| line.starts_with('{')) {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        found.entry(text("path")).or_default().push(text("code"));
    }
    found
}

#[test]
fn every_wrong_example_has_its_finding_and_no_right_one_has_any() {
    let all = explain::all();
    let (mut pages, mut expected) = (Vec::new(), BTreeMap::new());
    for (name, (code, explanation)) in &all {
        // Their examples are a file in another encoding, a SUMMARY.md and a book.toml.
        let is_page = !matches!(code, Code::Encoding | Code::File | Code::Setting);
        if is_page {
            expected.insert(format!("src/{name}-wrong.md"), vec![(*name).to_owned()]);
            pages.push((format!("{name}-wrong.md"), explanation.wrong));
        }
        if is_page {
            pages.push((format!("{name}-right.md"), explanation.right));
        }
    }
    let pages: Vec<(&str, &str)> = pages
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect();
    // Only what is about limits has one.
    let book = Book::with(&pages, "");
    let mut found = found(&book, &["check", "--repeat", "8", "--format", "json"]);
    for (name, limit) in [
        ("bare", "max-bare-table-figures = 0\n"),
        ("quantity", "one-value-per-name = true\n"),
        ("seed", "max-single-seed = 0\n"),
    ] {
        let limited = Book::with(
            &[
                ("wrong.md", all[name].1.wrong),
                ("right.md", all[name].1.right),
            ],
            limit,
        );
        let limited = self::found(&limited, &["check", "--format", "json"]);
        let expected = BTreeMap::from([("src/wrong.md".to_owned(), vec![name.to_owned()])]);
        assert_eq!(limited, expected);
        found.insert(format!("src/{name}-wrong.md"), vec![name.to_owned()]);
    }
    assert_eq!(found, expected);
}

#[test]
fn a_file_in_another_encoding_is_the_example_of_that_finding() {
    let book = Book::new("x\n");
    let latin: Vec<u8> = explain::all()["encoding"]
        .1
        .wrong
        .chars()
        .map(|c| c as u8)
        .collect();
    std::fs::write(book.root().join("latin.md"), latin).unwrap();
    let found = found(&book, &["lint", "latin.md", "--format", "json"]);
    assert_eq!(found.into_values().collect::<Vec<_>>(), [["encoding"]]);
}

#[test]
fn the_examples_about_a_book_are_what_they_say() {
    let all = explain::all();
    for (name, file) in [("file", "src/SUMMARY.md"), ("setting", "book.toml")] {
        let explanation = all[name].1;
        for (text, expected) in [(explanation.wrong, vec![name]), (explanation.right, vec![])] {
            let book = Book::with(&[("costs.md", "x\n")], "");
            book.write(file, text);
            let found = found(&book, &["check", "--format", "json"]);
            let found: Vec<String> = found.into_values().flatten().collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}

#[test]
fn the_command_prints_the_examples_the_list_or_what_was_meant() {
    let book = Book::new("x\n");
    let answer = book.run(&["explain", "table-sum"]);
    assert_eq!(answer.status, 0);
    assert!(
        answer.stdout.starts_with("table-sum: the last row"),
        "{}",
        answer.stdout
    );
    assert!(
        answer
            .stdout
            .contains("\nWrong:\n\n    <!-- check: sum [Size] -->"),
        "{}",
        answer.stdout
    );
    let answer = book.run(&["explain"]);
    assert!(
        answer
            .stdout
            .lines()
            .any(|line| line.starts_with("output ")),
        "{}",
        answer.stdout
    );
    let answer = book.run(&["explain", "tabel-sum"]);
    assert_eq!(answer.status, 2);
    assert!(
        answer.stderr.contains("did you mean `table-sum`?"),
        "{}",
        answer.stderr
    );
}
