//! Pages put together from several files: each part is verified, reported and blessed in its own file.

use crate::fixture::Book;
use crate::protocol::{input, send};
use mdbook_driver::MDBook;

const PART: &str = "# Part\n\nTotal 5<!-- = 2 + 2 -->.\n\n| a | b |\n| - | - |\n| 1 |\n\n```rust,run\nprintln!(\"x\");\n```\n\n```output\ny\n```\n\n[bad](nowhere.md)\n";

/// A book whose page includes another file between text of its own.
fn book() -> Book {
    let book = Book::new(
        "# Page\n\n3<!-- = 1 + 2 -->\n\n{{#include parts/part.md}}\n\nSix is 7<!-- = 6 -->.\n",
    );
    book.write("src/parts/part.md", PART);
    book
}

const PLACES: [&str; 5] = [
    "src/parts/part.md:3:7",
    "src/parts/part.md:7:1",
    "src/parts/part.md:13:1",
    "src/parts/part.md:17:7",
    "src/page.md:7:8",
];

#[test]
fn what_is_wrong_is_found_at_its_own_file_and_line_by_every_command() {
    let book = book();
    book.run(&["check"]).finds(&PLACES);
    book.run(&["build"]).finds(&PLACES);
    assert!(!book.is_built());
    // As `mdbook build` calls the program.
    send(&book, input("0.5.4", &book.page()).as_bytes()).finds(&PLACES);
}

#[test]
fn bless_writes_into_the_file_that_is_wrong() {
    let book = book();
    book.run(&["bless", "src/parts/part.md:13"]);
    assert_eq!(
        book.read("src/parts/part.md"),
        PART.replace("\ny\n", "\nx\n")
    );
    book.run(&["bless", "src/parts/part.md"]);
    let part = PART.replace("\ny\n", "\nx\n").replace("Total 5", "Total 4");
    assert_eq!(book.read("src/parts/part.md"), part);
    assert!(book.page().contains("Six is 7"));
    book.run(&["bless", "src/page.md"]);
    assert!(book.page().contains("Six is 6"), "{}", book.page());
    assert!(book.page().contains("{{#include parts/part.md}}"));
    book.run(&["check"])
        .finds(&["src/parts/part.md:7:1", "src/parts/part.md:17:7"]);
}

#[test]
fn a_missing_output_is_added_to_the_file_of_its_block() {
    let block = "```rust,run\nprintln!(\"x\");\n```\n";
    for (page, part) in [
        ("{{#include part.md}}\n", block),
        (
            "One.\n\n{{#include part.md:a}}",
            &*format!("<!-- ANCHOR: a -->\n{block}<!-- ANCHOR_END: a -->\n"),
        ),
    ] {
        let book = Book::new(page);
        book.write("src/part.md", part);
        book.run(&["check"]).finds(&["src/part.md:"]);
        book.run(&["bless"]).succeeds();
        assert_eq!(book.page(), page);
        let written = book.read("src/part.md");
        assert!(written.contains("```output\nx\n```"), "{written}");
        book.run(&["check"]).succeeds();
        book.run(&["build"]).succeeds();
        assert!(book.built().contains("Verified output"), "{}", book.built());
    }
}

#[test]
fn an_output_that_the_include_would_leave_out_is_not_added() {
    let part = "\n```rust,run\nprintln!(\"x\");\n```\n\nMore.\n";
    let book = Book::new("{{#include part.md:2:4}}\n");
    book.write("src/part.md", part);
    book.run(&["bless"]).finds(&["src/part.md:2:1", "by hand"]);
    assert_eq!(book.read("src/part.md"), part);
}

#[test]
fn a_part_of_two_pages_is_blessed_once() {
    let part = "Total 5<!-- = 2 + 2 -->.\n";
    let book = Book::with(
        &[
            ("a.md", "{{#include part.md}}\n"),
            ("b.md", "B\n\n{{#include part.md}}\n"),
        ],
        "",
    );
    book.write("src/part.md", part);
    book.run(&["bless"]).succeeds();
    assert_eq!(book.read("src/part.md"), part.replace('5', "4"));
    book.run(&["check"]).succeeds();
}

#[test]
fn windows_line_ends_stay() {
    let book = Book::new("{{#include part.md}}\n");
    book.write(
        "src/part.md",
        "```rust,run\r\nprintln!(\"x\");\r\n```\r\n\r\n```output\r\ny\r\n```\r\n",
    );
    book.run(&["bless"]).succeeds();
    assert_eq!(
        book.read("src/part.md"),
        "```rust,run\r\nprintln!(\"x\");\r\n```\r\n\r\n```output\r\nx\r\n```\r\n"
    );
    book.run(&["check"]).succeeds();
}

#[test]
fn what_comes_from_two_files_is_named_and_left_to_its_author() {
    // The block is the page's, its output another file's.
    let book = Book::new("```rust,run\nprintln!(\"x\");\n```\n\n{{#include out.md}}\n");
    book.write("src/out.md", "```output\ny\n```\n");
    book.run(&["check"]).finds(&["src/out.md:1:1", "+x"]);
    // A figure that is made of two files.
    let book = Book::new("Twelve is {{#include one.txt}}3<!-- = 12 -->.\n");
    book.write("src/one.txt", "1");
    book.run(&["check"])
        .finds(&["src/page.md|src/one.txt", "several files"]);
    book.run(&["bless"]);
    assert_eq!(
        book.page(),
        "Twelve is {{#include one.txt}}3<!-- = 12 -->.\n"
    );
    assert_eq!(book.read("src/one.txt"), "1");
}

#[test]
fn a_heading_that_is_included_is_a_target_of_links() {
    let book = Book::new("# Page\n\n[there](#inside)\n\n{{#include part.md}}\n");
    book.write("src/part.md", "## Inside\n");
    book.run(&["check"]).succeeds();
}

#[test]
fn bare_figures_of_a_part_are_listed_at_their_file() {
    let book = Book::new("# Page\n\n{{#include part.md}}\n");
    book.write("src/part.md", "It takes 12 ms.\n");
    let report = book.run(&["report"]);
    report.succeeds();
    assert!(
        report.stdout.contains("src/part.md:1:"),
        "{}",
        report.stdout
    );
}

#[test]
fn a_page_of_includes_is_the_page_that_mdbook_would_publish() {
    let page = "# Page\n\nA {{#include word.txt}} and `{{{#include word.txt}}`.\n\n```text\n{{#include word.txt}}\n\\{{#include word.txt}}\n```\n\n{{#playground code.rs ignore}}\n\n{{#rustdoc_include code.rs:2}}\n";
    let plain = Book::new(page);
    let ours = Book::new(page);
    for book in [&plain, &ours] {
        book.write("src/word.txt", "word");
        book.write("src/code.rs", "fn a() {}\nfn b() {}\nfn main() {}\n");
    }
    plain.write("book.toml", "[book]\ntitle = \"Test\"\n");
    ours.run(&["build"]).succeeds();
    let main = |book: &Book| {
        let html = book.built();
        let start = html.find("<main>").unwrap();
        html[start..html.find("</main>").unwrap()].to_owned()
    };
    MDBook::load(plain.root()).unwrap().build().unwrap();
    assert_eq!(main(&ours), main(&plain));
}
