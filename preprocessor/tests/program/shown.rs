//! What readers see of sums, figures and evidence, in pages that mdBook rendered.

use crate::fixture::Book;
use std::fs;

#[test]
fn results_are_beside_their_lines_and_expressions_on_figures() {
    let page = "# A\n\n- In a list:\n\n  ```calc\n  let a = 2 s  # = 2 s\n  # why: {{#x}} <b>\n\n  let b = 2 × a # = 4 s\n  ```\n\n\
        It takes **4 s**<!-- = b -->.\n\n| a | b |\n|---|---|\n| 2 s<!-- = a --> | `4 s`<!-- = b --> |\n";
    let book = Book::new(page);
    let answer = book.run(&["build"]);
    assert_eq!(answer.status, 0, "{answer:?}");
    let html = book.built();
    for part in [
        "<div><code class=\"nohighlight\">let a = 2 s</code> <span>= 2 s</span></div>",
        "<code class=\"nohighlight\"># why: {{#x}} &lt;b&gt;</code>",
        "let b = 2 × a</code> <span>= 4 s</span>",
        "<strong><span class=\"proof-figure\" tabindex=\"0\" aria-description=\"= b\">4 s</span></strong>",
        "<td><span class=\"proof-figure\" tabindex=\"0\" aria-description=\"= a\">2 s</span></td>",
        "<td><code>4 s</code></td>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn a_column_that_a_rule_computes_says_its_formula_once_in_its_header() {
    let page = "# A\n\n<!-- check: [Week] = (1 - [Up]) × 7 days -->\n\n| Up | Week | Why |\n|---:|---:|---|\n| 99% | 1.68 h | a |\n| 99.9% | 10.08 min | b |\n";
    let book = Book::new(page);
    let answer = book.run(&["build"]);
    assert_eq!(answer.status, 0, "{answer:?}");
    let html = book.built();
    let header = "<span class=\"proof-figure\" tabindex=\"0\" aria-description=\"Each cell: (1 - Up) × 7 days\">Week</span></th>";
    assert!(html.contains(header), "{html}");
    assert_eq!(html.matches("class=\"proof-figure\"").count(), 1, "{html}");
}

#[test]
fn an_expression_is_text_whatever_it_holds() {
    let page = "```sh,run,name=t\necho '| a `b | c |'\necho '|---|---|'\necho '| <i> | 5 |'\n```\n\n```output\n| a `b | c |\n|---|---|\n| <i> | 5 |\n```\n\n\
        It is 5<!-- = t[<i>].c --> and `x`, or 10<!-- = 2 × 5 -->.\n";
    let book = Book::with(
        &[("page.md", page)],
        "[preprocessor.proof.runner.sh]\ncommand = \"/bin/sh\"\n",
    );
    let answer = book.run(&["build"]);
    assert_eq!(answer.status, 0, "{answer:?}");
    let html = book.built();
    for part in ["\"= t[&lt;i&gt;].c\"", "\"= 2 × 5\"", "<code>x</code>"] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn evidence_links_to_the_page_that_explains_it_once_the_book_has_one() {
    let configuration = "explanation = \"more/checks.md\"\n";
    let pages = [("deep/page.md", "5<!-- = 2 + 3 -->\n"), ("b.md", "b\n")];
    let book = Book::with(&pages, configuration);
    assert_eq!(book.run(&["build"]).status, 0);
    let html = book.read("book/deep/page.html");
    assert!(html.contains("1 figure computed.</p>"), "{html}");

    let pages = [pages[0], ("more/checks.md", "# How\n\n7<!-- = 2 + 5 -->\n")];
    let book = Book::with(&pages, configuration);
    assert_eq!(book.run(&["build"]).status, 0);
    let html = book.read("book/deep/page.html");
    assert!(
        html.contains(
            "1 figure computed. <a href=\"../more/checks.html\">How this book checks itself</a></p>"
        ),
        "{html}"
    );
    assert!(!book.read("book/more/checks.html").contains("checks itself"));
}

#[test]
fn a_panel_links_to_its_code_where_the_book_names_its_repository() {
    let page = "# A\n\n```rust,run\nprintln!(\"x\");\n```\n\n```output\nx\n```\n";
    let book = Book::new(page);
    assert_eq!(book.run(&["build"]).status, 0);
    assert!(!book.built().contains(">Source</a>"));

    let configuration = "revision = \"0a1b\"\n\n[output.html]\ngit-repository-url = \"https://example.org/us/book/\"\n";
    let book = Book::with(&[("page.md", page)], configuration);
    assert_eq!(book.run(&["build"]).status, 0);
    let link =
        "<a href=\"https://example.org/us/book/blob/0a1b/src/page.md?plain=1#L3-L5\">Source</a>";
    assert!(book.built().contains(link), "{}", book.built());
}

#[test]
fn a_page_brings_the_styles_of_what_is_added_to_it_unless_the_book_has_its_own() {
    let pages = [
        ("page.md", "# A\n\n5<!-- = 2 + 3 -->\n"),
        ("b.md", "# B\n\nWords.\n"),
    ];
    let book = Book::with(&pages, "");
    book.run(&["build"]).succeeds();
    let html = book.built();
    for selector in [".proof-figure {", ".proof-picture"] {
        assert_eq!(
            html.matches(selector).count().min(1),
            1,
            "{selector}: {html}"
        );
    }
    assert!(
        !book.read("book/b.html").contains("<style>\n/* What"),
        "nothing is added to it"
    );
    let index = fs::read_dir(book.root().join("book")).unwrap();
    for file in index.map(|entry| entry.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("searchindex") {
            let text = fs::read_to_string(&file).unwrap();
            assert!(
                !text.contains("proof-figure"),
                "readers search the words: {name}"
            );
        }
    }

    let book = Book::with(&pages, "styles = false\n");
    book.run(&["build"]).succeeds();
    assert!(!book.built().contains(".proof-figure {"));
}
