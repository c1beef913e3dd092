//! Tables in a book and without one: rules, evidence, `lint`, `fix` and `report`.

use crate::fixture::{Answer, Book, answer};
use std::process::Stdio;

const PAGE: &str = "# Page

```rust,run,name=squares
println!(\"|  n | square |\");
println!(\"| -: | -----: |\");
for n in [3u64, 12] {
    println!(\"| {n:2} | {:6} |\", n * n);
}
```

```output
|  n | square |
| -: | -----: |
|  3 |      9 |
| 12 |    144 |
```

<!-- check:
[Square] = squares[[N]].square
[Time] = [Square] × 2 ms
ascending [N]
-->

| N | Square | Time |
| -: | -: | -: |
| 3 | 9 | 18 ms |
| 12 | 144 | 288 ms |
";

fn lint(page: &str) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.md");
    std::fs::write(&file, page).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_mdbook-proof"))
        .arg("lint")
        .arg(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    answer(output)
}

#[test]
fn declared_rules_hold_leave_no_trace_on_the_page_and_count_as_evidence() {
    let book = Book::new(PAGE);
    book.run(&[]).succeeds();
    let html = book.built();
    assert!(
        !html.contains("check:") && !html.contains("[Square]"),
        "{html}"
    );
    assert!(
        html.contains("<table>") && html.contains("1 run, 4 figures"),
        "{html}"
    );
}

#[test]
fn a_page_on_which_nothing_was_computed_claims_nothing() {
    let book = Book::new("<!-- check: key [A] -->\n| A |\n|--|\n| x |\n");
    book.run(&[]).succeeds();
    let html = book.built();
    assert!(
        !html.contains("check:") && !html.contains("Verified when"),
        "{html}"
    );
}

#[test]
fn a_wrong_cell_fails_the_build_and_bless_corrects_it_and_fills_empty_ones() {
    let wrong = PAGE
        .replace("| 288 ms |", "| 298 ms |")
        .replace("| 18 ms |", "| |");
    let book = Book::new(&wrong);
    book.run(&[]).finds(&[
        "error[table-formula]",
        "page.md:27:14",
        "allows 297.5 to 298.5 ms",
        "- 298 ms",
        "+ 288 ms",
        "row 2 (`12`), column [Time] = [Square] × 2 ms",
        "with [Square] = 144",
        "computed: 288 ms",
        "cargo book bless src/page.md:27",
        "1 finding",
    ]);
    assert!(!book.is_built());
    book.run(&["bless"]).succeeds();
    // Three digits, as the figure below it has.
    assert_eq!(book.page(), PAGE.replace("| 18 ms |", "| 18.0 ms |"));
    book.run(&["check"]).succeeds();
}

#[test]
fn a_run_that_changes_changes_the_columns_tied_to_it() {
    let book = Book::new(&PAGE.replace("n * n)", "n * n * n)"));
    book.run(&["check"])
        .finds(&["page.md:26:7", "squares[3].square = 27", "+ 27"]);
    book.run(&["bless"]).succeeds();
    book.run(&["check"]).succeeds();
    assert!(
        book.page().contains("| 12 | 1,728 | 3,456 ms |"),
        "{}",
        book.page()
    );
}

#[test]
fn the_report_counts_evidence_and_lists_what_is_bare() {
    let page = format!(
        "{PAGE}\nIt takes 5 ms, some say 6 ms.\n\n| What | Time |\n|--|--|\n| disk | 10 ms |\n"
    );
    let book = Book::new(&page);
    let report = book.run(&["report"]);
    report.succeeds();
    for text in [
        "claims  points  computed  checked",
        "bare in tables:\n  src/page.md:33:10  10 ms\n",
        "bare in text:\n  src/page.md:29:10  5 ms\n  src/page.md:29:25  6 ms\n",
    ] {
        assert!(report.stdout.contains(text), "{}", report.stdout);
    }
    let json: serde_json::Value =
        serde_json::from_str(&book.run(&["report", "--format", "json"]).stdout).unwrap();
    let total = serde_json::json!({
        "computed": 4, "checked": 2, "verified": 0, "cited": 0,
        "bare-in-tables": 1, "bare-in-text": 2, "skipped": 0, "runs": 1, "claims": 0, "points": 0,
    });
    assert_eq!(json["total"], total, "{json}");
    assert_eq!(json["pages"][0]["bare-figures"][1]["line"], 29);
}

#[test]
fn bare_figures_beyond_the_books_limit_fail_the_build() {
    let table = "| What | Time |\n|--|--|\n| disk | 10 ms |\n| cache | 1 ms[^a] |\n\n[^a]: Measured by hand.\n";
    let strict = "max-bare-table-figures = 0\n";
    let book = Book::with(&[("page.md", table)], strict);
    for command in [&[][..], &["check"]] {
        book.run(command).finds(&[
            "error[bare]",
            "page.md:3:10",
            "nothing computes, checks or cites",
            "1 finding",
        ]);
    }
    Book::with(&[("page.md", table)], "max-bare-table-figures = 1\n")
        .run(&[])
        .succeeds();
    let cited = table.replace("10 ms", "10 ms[^a]");
    Book::with(&[("page.md", &cited)], strict)
        .run(&[])
        .succeeds();
}

#[test]
fn bare_figures_in_the_text_are_held_by_a_limit_of_their_own() {
    let page = "It takes 5 ms and then 6 ms.\n\n| What | Time |\n|--|--|\n| disk | 10 ms |\n";
    let book = |settings| Book::with(&[("page.md", page)], settings);
    book("max-bare-text-figures = 0\n").run(&["check"]).finds(&[
        "error[bare]: nothing computes, checks or cites this figure",
        "page.md:1:10",
        "page.md:1:24",
        "one of 2; `max-bare-text-figures` is 0",
        "2 findings",
    ]);
    let more = book("max-bare-text-figures = 1\n");
    for command in [&[][..], &["check"]] {
        more.run(command).finds(&[
            "error[bare]: the book has 2 bare figures in the text, and allows 1",
            "book.toml:",
            "max-bare-text-figures = 1",
            "`mdbook-proof report` lists them with their lines",
            "1 finding",
        ]);
    }
    let allowed = book("max-bare-text-figures = 2\n");
    allowed.run(&[]).succeeds();
    let report = allowed.run(&["report"]).stdout;
    let limit = "book.toml allows 2 bare figures in the text; there are 2\n";
    assert!(report.contains(limit), "{report}");
}

#[test]
fn each_structural_fault_is_found_at_its_line_and_nothing_else() {
    for (page, code, place) in [
        ("| a | b |\n|--|--|\n| 1 |\n", "table-cells", "notes.md:3:1"),
        (
            "| a | b |\n|--|--|\n| 1 | 2 | 3 |\n",
            "table-cells",
            "notes.md:3:10",
        ),
        (
            "| a | b |\n|--|--|\n| `x|y` | 2 |\n",
            "table-cells",
            "notes.md:3:10",
        ),
        (
            "| a | b |\n|--|\n| 1 | 2 |\n",
            "table-header",
            "notes.md:1:1",
        ),
        (
            "> | a | b |\n> |--|\n> | 1 | 2 |\n",
            "table-header",
            "notes.md:1:3",
        ),
        (
            "| a | |\n|--|--|\n| 1 | 2 |\n",
            "table-header",
            "notes.md:1:6",
        ),
        (
            "| a | a |\n|--|--|\n| 1 | 2 |\n",
            "table-header",
            "notes.md:1:6",
        ),
        (
            "| a | b |\n|--|--|\n| 1 | 2 |\nprose\n",
            "table-end",
            "notes.md:4:1",
        ),
        (
            "| a | b |\n|--|--|\n| 1 | 2 |\n\n| 3 | 4 |\n",
            "table-end",
            "notes.md:5:1",
        ),
        (
            "| a | b |\n|--|--|\n| **1 | 2** |\n",
            "table-emphasis",
            "notes.md:3:2",
        ),
        (
            "| a | b |\n|--|--|\n| 1 | 2 |\n| 1 | 2 |\n",
            "table-row",
            "notes.md:4:1",
        ),
        (
            "text\n\n<!-- check: sum [a] -->\n\ntext\n",
            "table-check",
            "notes.md:3:1",
        ),
        (
            "text <!-- check: sum [a] --> more\n",
            "table-check",
            "notes.md:1:6",
        ),
        (
            "| a | ns | µs |\n|--|--|--|\n| x | 1,500 | 15 |\n",
            "table-units",
            "notes.md:3:15",
        ),
    ] {
        lint(page).finds(&[&format!("error[{code}]"), place, "1 finding"]);
    }
    lint("| 表 | 🦀 |\n|---|---|\n| שלום | 👩‍👩‍👧 |\n").succeeds();
}

#[test]
fn lint_needs_no_book_and_reads_outputs_as_they_are() {
    lint(PAGE).succeeds();
    lint(&PAGE.replace("| 144 |", "| 145 |")).finds(&["notes.md:27:8", "- 145", "+ 144"]);
    let book = Book::new("text\n");
    book.run(&["lint", "nothing.md"]).gives_up(&["nothing.md"]);
    book.write("target/CACHEDIR.TAG", "");
    book.write("target/broken.md", "| a | b |\n|--|--|\n| 1 |\n");
    book.run(&["lint", "."]).succeeds();
    std::fs::write(book.root().join("bad.md"), b"a\xff").unwrap();
    book.run(&["lint", "bad.md", "src"])
        .finds(&["error[encoding]", "bad.md:1:2"]);
}

#[test]
fn fix_repairs_what_loses_nothing_and_leaves_the_rest_to_people() {
    let page = "\u{feff}> | a | b |\r\n> |--|--|\r\n> | 1 |\r\n> | `x|y` | 2 |\r\n> | 1 | 2 | | |\r\n> prose\r\n\r\n\
        | c | d |\r\n|--|\r\n| 1 | 2 |\r\n\r\n| 3 | 4 |\r\n| 3 | 4 |\r\n\r\n\
        | e | f |\r\n|--|--|\r\n| 1 | 2 | kept |\r\n\r\n| 3 | 4 |\r\n| 5 | 6 | shown, as this is no table |\r\n";
    let fixed = "\u{feff}> | a | b |\r\n> |--|--|\r\n> | 1 |\r\n> | `x\\|y` | 2 |\r\n> | 1 | 2 |\r\n>\r\n> prose\r\n\r\n\
        | c | d |\r\n|--| --- |\r\n| 1 | 2 |\r\n| 3 | 4 |\r\n| 3 | 4 |\r\n\r\n\
        | e | f |\r\n|--|--|\r\n| 1 | 2 | kept |\r\n\r\n| 3 | 4 |\r\n| 5 | 6 | shown, as this is no table |\r\n";
    let book = Book::new(page);
    book.run(&["fix"]).finds(&[
        "the row has 1 of 2 cells",
        "stands twice",
        "readers don't see",
        "a blank line",
        "4 findings",
    ]);
    assert_eq!(book.page(), fixed);
    let again = book.run(&["fix", "src/page.md"]);
    assert_eq!(
        (again.status, again.stdout.as_str()),
        (1, "nothing to fix\n")
    );
    assert_eq!(book.page(), fixed);
}
