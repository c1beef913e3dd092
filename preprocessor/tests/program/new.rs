//! New pages, and the patch that `bless` proposes.

use crate::fixture::Book;
use std::fs;
use std::process::Command;

/// A summary with a part, chapters and appendices.
const SUMMARY: &str = "# Summary\n\n[Preface](page.md)\n\n# Part\n\n- [One](one/index.md)\n  - [Deep](one/deep.md)\n- [Two](two.md)\n\n---\n\n[After](after.md)\n";

fn book() -> Book {
    let pages = [
        "page.md",
        "one/index.md",
        "one/deep.md",
        "two.md",
        "after.md",
    ];
    let book = Book::with(&pages.map(|path| (path, "text\n")), "");
    book.write("src/SUMMARY.md", SUMMARY);
    book
}

#[test]
fn a_new_page_is_listed_and_verifies_as_it_stands() {
    for (arguments, file, before) in [
        (
            &["Three", "[x] & more"][..],
            "three-x-more/index.md",
            "- [Two](two.md)\n- [",
        ),
        (
            &["X", "--after", "one/index.md"],
            "x/index.md",
            "deep.md)\n- [",
        ),
        (
            &["X", "--after", "src/one/deep.md"],
            "one/x.md",
            "deep.md)\n  - [",
        ),
        (&["X", "--after", "two.md"], "x.md", "- [Two](two.md)\n- ["),
        (
            &["X", "--under", "src/two.md"],
            "x.md",
            "- [Two](two.md)\n  - [",
        ),
        (
            &["X", "--under", "src/one/index.md"],
            "one/x.md",
            "deep.md)\n  - [",
        ),
    ] {
        let book = book();
        let answer = book.run(&[&["new", "chapter"], arguments].concat());
        answer.succeeds();
        assert!(answer.stdout.contains("wrote src"), "{}", answer.stdout);
        let summary = book.read("src/SUMMARY.md");
        assert!(summary.contains(&format!("]({file})\n")), "{summary}");
        assert!(summary.contains(before), "{summary}");
        assert!(summary.ends_with("---\n\n[After](after.md)\n"), "{summary}");
        book.run(&[]).succeeds();
        book.run(&["bless", "--diff"]).succeeds();
        let page = book.read(&format!("src/{file}"));
        assert!(page.starts_with("# X\n") || page.starts_with("# Three \\[x\\] \\& more\n"));
    }
}

#[test]
fn what_makes_no_new_page_is_said_and_nothing_is_written() {
    for (arguments, message) in [
        (&["Two"][..], "listed already: two.md"),
        (&["…"], "not a title"),
        (&["X", "--after", "none.md"], "`none.md` is not listed"),
        (&["X", "--under", "after.md"], "not in the list of chapters"),
        (
            &["Deep!", "--under", "one/index.md"],
            "deep.md` exists already|deep.md",
        ),
    ] {
        let book = book();
        let before = book.files("src");
        book.run(&[&["new", "chapter"], arguments].concat())
            .gives_up(&[message]);
        assert_eq!(book.files("src"), before);
    }
    let book = book();
    book.run(&["new", "chapter"]).gives_up(&["TITLE"]);
}

#[test]
fn a_page_with_crlf_stays_one() {
    let book = book();
    book.write("src/SUMMARY.md", &SUMMARY.replace('\n', "\r\n"));
    book.run(&["new", "chapter", "X"]).succeeds();
    let summary = book.read("src/SUMMARY.md");
    assert!(!summary.replace("\r\n", "").contains('\n'), "{summary:?}");
}

const WRONG: &str =
    "```rust,run\nprintln!(\"```\\n2\");\n```\n\nIt is 5<!-- = 2 + 2 -->.\n\n[x](none.md)\n";

#[test]
fn the_proposed_patch_is_what_bless_writes_and_nothing_is_written() {
    let book = Book::new(WRONG);
    let answer = book
        .command()
        .args(["--book", "bless", "--diff"])
        .env("CI", "true")
        .output()
        .unwrap();
    let answer = crate::fixture::answer(answer);
    // What `bless` can't fix is reported apart from the patch.
    answer.finds(&["error[link]", "none.md"]);
    assert!(!answer.stdout.contains("error["));
    assert_eq!(book.page(), WRONG);
    book.write("patch", &answer.stdout);
    // Without a repository, as it also works.
    let applied = Command::new("git")
        .args(["apply", "patch"])
        .current_dir(book.root())
        .output()
        .unwrap();
    assert!(applied.status.success(), "{applied:?}");
    let patched = book.page();
    assert_ne!(patched, WRONG);
    book.write("src/page.md", WRONG);
    book.run(&["bless"]);
    assert_eq!(book.page(), patched);
    assert_eq!(book.run(&["bless", "--diff"]).stdout, "");
}

#[test]
fn the_patch_for_a_summary_is_markdown_whose_fence_no_page_can_close() {
    let book = Book::new(WRONG);
    let answer = book.run(&["bless", "--diff", "--format", "github"]);
    assert_eq!(answer.status, 1);
    assert!(answer.stdout.starts_with("### "), "{}", answer.stdout);
    assert!(answer.stdout.contains("\n`````diff\n") || answer.stdout.contains("\n````diff\n"));
    assert!(!answer.stdout.contains("::error"));
    let right = Book::new("text\n");
    assert_eq!(
        right
            .run(&["bless", "--diff", "--format", "github"])
            .succeeds()
            .stdout,
        ""
    );
}

#[test]
fn a_whole_patch_reaches_a_file_whatever_the_lines_hold() {
    let long = "x".repeat(2_000);
    let page = format!(
        "```rust,run\nprintln!(\"{{}}\\u{{1b}}\", \"x\".repeat(2_000));\n```\n\n```output\ny{long}\n```\n"
    );
    let book = Book::new(&page);
    let patch = book.run(&["bless", "--diff"]).stdout;
    assert!(patch.contains(&format!("-y{long}\n")) && patch.contains(&format!("+{long}␛\n")));
    fs::write(book.root().join("patch"), patch).unwrap();
}
