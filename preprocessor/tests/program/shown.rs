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
    for part in [
        "\"c in the row “&lt;i&gt;” of the run “t”\"",
        "\"= 2 × 5\"",
        "<code>x</code>",
    ] {
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
fn a_panel_shows_the_output_and_then_the_code_wherever_it_stands() {
    let code = "use std::fmt;\n# let _hidden = 1;\nprintln!(\"{:?}\", fmt::Error);";
    let block = format!("```rust,run\n{code}\n```\n\n```output,title=\"What <b> is\"\nError\n```");
    let set_in = |first: &str, rest: &str| {
        let lines = block.lines().enumerate();
        let line =
            |(at, line): (usize, &str)| format!("{}{line}\n", if at == 0 { first } else { rest });
        lines.map(line).collect::<String>()
    };
    let page = format!(
        "# A\n\nText before\n{block}\ntext after.\n\n{}\n{}\n{}\n{}\nthe end\n",
        set_in("- ", "  "),
        set_in("> ", "> "),
        set_in("1. > - ", "   >   "),
        set_in("", ""),
    );
    let book = Book::new(&page);
    book.run(&["build"]).succeeds();
    let html = book.built();
    let main = html
        .split("<main>")
        .nth(1)
        .unwrap()
        .split("</main>")
        .next()
        .unwrap();
    let panels: Vec<&str> = main
        .split("<figure class=\"proof-output\"")
        .skip(1)
        .collect();
    assert_eq!(panels.len(), 5, "{main}");
    for panel in panels {
        let panel = panel.split("</figure>").next().unwrap();
        let at = |part: &str| {
            panel
                .find(part)
                .unwrap_or_else(|| panic!("{part}: {panel}"))
        };
        let places = [
            "aria-label=\"What &lt;b&gt; is\"",
            "<p class=\"proof-title\">What &lt;b&gt; is</p>",
            ">Verified</p>",
            "<code class=\"language-plaintext\">Error</code>",
            "<summary>The code (2 lines)</summary>",
            "use std::fmt;",
        ]
        .map(at);
        assert!(places.is_sorted(), "{places:?}: {panel}");
    }
    for tag in ["figure", "details", "div", "pre", "li", "blockquote"] {
        let opened =
            main.matches(&format!("<{tag}>")).count() + main.matches(&format!("<{tag} ")).count();
        assert_eq!(
            opened,
            main.matches(&format!("</{tag}>")).count(),
            "{tag}: {main}"
        );
    }
    assert!(
        main.contains("<p>Text before</p>") && main.contains("<p>text after.</p>"),
        "{main}"
    );
    assert!(main.contains("<p>the end</p>"), "{main}");
}

#[test]
fn the_caption_of_a_picture_to_guess_is_folded_with_it() {
    let table = "println!(\"| x | y |\\n| - | - |\\n| 1 | 2 |\\n| 2 | 5 |\");";
    let output = "| x | y |\n| - | - |\n| 1 | 2 |\n| 2 | 5 |";
    let guess = |attributes: &str| {
        format!(
            "```rust,run,name=t\n{table}\n```\n\n```output,guess{attributes}\n{output}\n```\n\nIt grows to 5<!-- = t[2].y -->\nat once.\n\nAfter it.\n"
        )
    };
    for (attributes, is_folded) in [(",chart=line", true), (",table", false), ("", false)] {
        let book = Book::new(&guess(attributes));
        book.run(&["build"]).succeeds();
        let html = book.built();
        let fold = html.split("What do you expect?</summary>").nth(1).unwrap();
        let (fold, after) = fold.split_once("</figure>").unwrap();
        assert!(fold.contains("The printed text"), "{fold}");
        assert_eq!(fold.contains("at once."), is_folded, "{attributes}: {html}");
        assert!(after.contains("<p>After it.</p>"), "{after}");
        assert_eq!(
            html.matches("<details").count(),
            html.matches("</details>").count()
        );
    }
}

#[test]
fn excerpts_lose_the_indentation_of_their_file_where_the_book_says_so() {
    let file =
        "impl A {\n    // ANCHOR: a\n    fn a() {\n\n        1\n    }\n    // ANCHOR_END: a\n}\n";
    let page = "# A\n\n```rust,ignore\n{{#include a.rs:a}}\n```\n\n```text\n    mine\n```\n\n```rust,ignore\n    mine\n{{#include a.rs:a}}\n```\n";
    for (configuration, left) in [("dedent = true\n", 1), ("", 0)] {
        let book = Book::with(&[("page.md", page), ("a.rs", file)], configuration);
        book.run(&["build"]).succeeds();
        let html = book.built();
        let dedented = "\">fn a() {\n\n    1\n}</code>";
        assert_eq!(html.matches(dedented).count(), left, "{html}");
        for kept in ["text\">    mine\n</code>", "    mine\n    fn a() {"] {
            assert!(html.contains(kept), "{kept}: {html}");
        }
    }
}

#[test]
fn pages_say_how_long_they_take_and_name_their_neighbors_where_the_book_says_so() {
    let home = "# Home\n\nThe *first* page.\n\n**Also called:** start.\n\nGo on with [Next](next.md)<!-- minutes -->.\n";
    let next = format!(
        "# Next & last\n\nThe second page.\n\n{}\n",
        "word ".repeat(660)
    );
    let pages = [("home.md", home), ("next.md", &next)];
    let book = Book::with(&pages, "reading-time = true\nfinish-pages = true\n");
    book.run(&["build"]).succeeds();
    for file in ["book/home.html", "book/index.html"] {
        let html = book.read(file);
        for text in [
            "<meta name=\"description\" content=\"The first page.\">",
            "<a class=\"proof-skip\" href=\"#mdbook-content\">",
            "<p><strong>Also called:</strong> start.</p>\n<p class=\"proof-minutes\">1 min</p>",
            "<a href=\"next.html\">Next</a> <span class=\"proof-minutes\">4 min</span>.",
            "<a rel=\"next\" href=\"next.html\"><small>Next</small>",
        ] {
            assert!(html.contains(text), "{file}, {text}: {html}");
        }
        assert!(!html.contains("<small>Previous"), "{html}");
    }
    let html = book.read("book/next.html");
    for text in [
        "content=\"The second page.\">",
        "<p class=\"proof-minutes\">4 min</p>",
        "<small>Previous</small>",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }

    // A page alone is checked against all.
    book.run(&["check", "src/home.md"]).succeeds();

    let book = Book::with(&pages, "");
    book.run(&["build"]).succeeds();
    let html = book.read("book/home.html");
    for text in [
        "proof-minutes",
        "proof-skip",
        "proof-next",
        "The first page.\">",
    ] {
        assert!(!html.contains(text), "{text}: {html}");
    }

    let book = Book::with(
        &[(
            "page.md",
            "# A\n\nIt is [far](https://a.example)<!-- minutes -->.\n",
        )],
        "reading-time = true\n",
    );
    book.run(&["check"]).finds(&[
        "`https://a.example` is not a page",
        "src/page.md:3:31",
        "minutes: chapter",
    ]);
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
