//! Names of sums that several pages define: listed, and held to one value where the book asks for it.

use crate::fixture::Book;
use serde_json::json;

const ONE: &str = "# One\n\n```calc\nlet peak = 3 × 1,200 requests/s\nlet disks = 4\n```\n";
const SAME: &str =
    "# Two\n\n```calc\nlet day = 1 day\nlet peak = 3.6 requests / ms  # = 3.6 requests/ms\n```\n";
const OTHER: &str = "# Two\n\n```calc\nlet peak =\n  3 × 1,300 requests/s\n```\n";
const STRICT: &str = "one-value-per-name = true\n";

fn book(other: &str, settings: &str) -> Book {
    Book::with(&[("one.md", ONE), ("two.md", other)], settings)
}

#[test]
fn the_report_lists_them_with_their_values() {
    let book = book(OTHER, "");
    let report = book.run(&["report"]);
    report.succeeds();
    let listed = "\nnames that the sums of several pages define:\n  peak: they differ\n    src/one.md:4:1  3,600 request/s\n    src/two.md:4:1  3,900 request/s\n";
    assert!(report.stdout.contains(listed), "{}", report.stdout);
    let report = book.run(&["report", "--format", "json"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let [peak] = report["shared-names"].as_array().unwrap().as_slice() else {
        panic!("{report}");
    };
    assert_eq!(
        (&peak["name"], &peak["agree"]),
        (&json!("peak"), &json!(false))
    );
    assert_eq!(peak["places"][1]["line"], 4);
}

#[test]
fn one_value_is_the_same_in_another_unit_and_from_another_sum() {
    let book = book(SAME, STRICT);
    book.run(&[]).succeeds();
    let report = book.run(&["report"]).stdout;
    assert!(report.contains("\n  peak\n    src/one.md:4:1"), "{report}");
    assert!(!report.contains("differ"), "{report}");
}

#[test]
fn two_values_are_an_error_at_the_later_one_where_the_book_asks_for_one() {
    book(OTHER, "").run(&["check"]).succeeds();
    for command in [&[][..], &["check"]] {
        book(OTHER, STRICT).run(command).finds(&[
            "error[quantity]: `peak` is 3,900 request/s here, and 3,600 request/s in src/one.md",
            "src/two.md:4:1",
            "give this one another name, or correct the value",
            "1 finding",
        ]);
    }
    // Another dimension is another quantity, however equal the number.
    let share = OTHER.replace("3 × 1,300 requests/s", "3,600");
    book(&share, STRICT)
        .run(&["check"])
        .finds(&["error[quantity]", "is 3,600 here", "1 finding"]);
}

#[test]
fn a_page_gives_no_other_value_to_a_name_of_its_own_or_of_the_prelude() {
    let twice = "```calc\nlet peak = 3\n```\n\n```calc\nlet peak = 4\n```\n";
    Book::with(&[("page.md", twice)], STRICT)
        .run(&["check"])
        .finds(&[
            "`peak` is 4 here, and 3 in src/page.md",
            "page.md:6:1",
            "1 finding",
        ]);
    let book = Book::with(
        &[("page.md", "```calc\nlet peak = 4\n```\n")],
        &format!("prelude = \"prelude.nbt\"\n{STRICT}"),
    );
    book.write("prelude.nbt", "let base = 3\nlet peak = base × 2\n");
    book.run(&["check"])
        .finds(&["`peak` is 4 here, and 6 in the prelude", "1 finding"]);
    book.write("prelude.nbt", "let base = 2\nlet peak = base × 2\n");
    book.run(&["check"]).succeeds();
}
