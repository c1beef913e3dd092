//! Numbered boxes on the page that gathers them.

use crate::fixture::Book;

const ONE: &str = "# One

> [!CAUTION]
> **E14** The disk takes 20× as long.
>
> Its own times make it 14.3×<!-- = 100 / 7 -->, [as below](two.md).[^list]

[^list]: A list.
";
const PLACE: &str = "# Often repeated

Before.

<!-- gather: cautions -->

After.
";

#[test]
fn a_gathered_box_is_rendered_and_its_links_lead_back() {
    let book = Book::with(
        &[
            ("part/one.md", ONE),
            ("appendix/often.md", PLACE),
            ("part/two.md", "# Two\n\n> [!CAUTION]\n> **E2** Never.\n"),
        ],
        "",
    );
    book.run(&[]).succeeds();
    let html = book.read("book/appendix/often.html");
    for text in [
        "14.3×</span>, <a href=\"../part/two.html\">as below</a>.",
        "<a href=\"../part/one.html#e14\">Read on in “One”</a>",
        "<a href=\"../part/two.html#e2\">Read on in “Two”</a>",
        "A list.",
        "<p>After.</p>",
    ] {
        assert!(html.contains(text), "no `{text}` in {html}");
    }
    let claims: Vec<_> = html
        .split("<summary>")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .collect();
    assert_eq!(claims, ["The disk takes 20× as long.", "Never."], "{html}");
    assert_eq!(
        html.matches("<details class=\"proof-box\">").count(),
        2,
        "{html}"
    );
    assert!(!html.contains("E14"), "the number is shown");
    let page = book.read("book/part/one.html");
    assert!(
        page.contains("<span id=\"e14\" class=\"proof-caution\"></span>"),
        "{page}"
    );
    assert!(!page.contains("E14</strong>"), "the number is shown");
    book.run(&["bless"]).succeeds();
    assert_eq!(
        book.read("src/appendix/often.md"),
        PLACE,
        "the boxes are kept twice"
    );
}

#[test]
fn a_changed_figure_in_a_box_is_found_once_and_where_it_is_written() {
    let book = Book::with(
        &[
            (
                "one.md",
                &ONE.replace("14.3", "14.4").replace("two.md", "often.md"),
            ),
            ("often.md", PLACE),
        ],
        "",
    );
    book.run(&[])
        .finds(&["one.md:6:", "- 14.4", "+ 14.3", "1 finding"]);
}

#[test]
fn an_unknown_collection_is_an_error() {
    let book = Book::new("<!-- gather: notes -->\n");
    book.run(&[])
        .finds(&["page.md:1:1", "`notes` can't be gathered"]);
}
