//! Links inside the book: those that lead nowhere are found, and no others are.

use crate::fixture::Book;
use mdbook_driver::MDBook;

#[test]
fn a_link_that_leads_nowhere_is_found_at_its_target_on_every_build() {
    for (link, at, message, help) in [
        (
            "[x](othr.md)",
            "5",
            "no page or file `othr.md`",
            "did you mean `other.md`?",
        ),
        (
            "[x](deep/other.md)",
            "5",
            "no page or file `deep/other.md`",
            "did you mean `other.md`?",
        ),
        (
            "[x](other.md#smal)",
            "5",
            "`other.md` has no anchor `#smal`",
            "did you mean `#small`?",
        ),
        (
            "[x](#nowhere)",
            "5",
            "this page has no anchor `#nowhere`",
            "small letters",
        ),
        ("[x](draft.md)", "5", "not listed in SUMMARY.md", "list it"),
        (
            "[x](../book.toml)",
            "5",
            "outside the folder of the pages",
            "include",
        ),
        (
            "[x](../../../etc/passwd)",
            "5",
            "outside the folder of the pages",
            "include",
        ),
        (
            "[x](/other.html)",
            "5",
            "starts from the site's root",
            "folder of this page",
        ),
        (
            "![x](none.svg)",
            "6",
            "no page or file `none.svg`",
            "folder",
        ),
        (
            "<a href=\"none.html\">x</a>",
            "10",
            "no page or file `none.html`",
            "folder",
        ),
        ("[x]()", "1", "leads nowhere", "write where to"),
    ] {
        let page = format!("{link}\n");
        let book = Book::with(
            &[("page.md", &page), ("other.md", "# Other\n\n## Small\n")],
            "",
        );
        book.write("src/draft.md", "# Draft\n");
        let place = format!("page.md:1:{at}");
        book.run(&["check", "src/page.md"])
            .finds(&["error[link]", &place, message, help]);
        book.run(&[]).finds(&[message]);
        assert!(!book.is_built());
    }
}

#[test]
fn links_that_lead_somewhere_are_left_alone() {
    let page = "# A `page`\n\n[1](other.md) [2](other.md#small) [3](other.html#small-1) [4](#a-page) [5](#own)\n[6](deep/) [7](deep/index.html) [8](deep/README.md) [9](picture.svg) ![10](my%20picture.svg)\n[11](https://example.com/none) [12](mailto:a@b) [13](//example.com) [14](print.html) [15](other.md#here)\n[16](#:~:text=x) [17](?q=x) [18](deep/../other.md#footnote-n) [19](other.md#)\n\n## Own {#own}\n\n`[x](none.md)`\n\n<!-- [x](none.md) <a href=\"none.md\"> -->\n\n```text\n[x](none.md)\n```\n";
    let other = "# Other\n\n## Small\n\n## Small\n\n<a id=\"here\"></a> x[^n]\n\n[^n]: y\n";
    let pages = [
        ("page.md", page),
        ("other.md", other),
        ("deep/README.md", "[up](../page.md#own)\n"),
    ];
    let book = Book::with(&pages, "");
    book.write("src/picture.svg", "<svg/>");
    book.write("src/my picture.svg", "<svg/>");
    book.run(&[]).succeeds();
}

#[test]
fn the_anchors_that_links_may_name_are_those_of_the_built_page() {
    let page = "# A *b* `c` — d & e\n\n## Same\n\n## Same\n\n### Éa_1 (x)\n\n## Own {#mine}\n\nTerm\n: what it is\n";
    let book = Book::with(&[("page.md", page)], "");
    MDBook::load(book.root()).unwrap().build().unwrap();
    let html = book.built();
    let main = &html[html.find("<main>").unwrap()..html.find("</main>").unwrap()];
    let ids: Vec<&str> = main
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(ids.len(), 6, "{ids:?}");
    let links: Vec<String> = ids.iter().map(|id| format!("[x](page.md#{id})")).collect();
    let links = links.join(
        "
",
    );
    book.write("src/page.md", &format!("{page}\n{links}\n"));
    book.run(&["check"]).succeeds();
}

#[test]
fn a_page_that_includes_others_may_have_their_anchors() {
    let pages = [
        ("page.md", "[x](other.md#far)\n"),
        ("other.md", "{{#include far.txt}}\n"),
    ];
    let book = Book::with(&pages, "");
    book.write("src/far.txt", "# Far\n");
    book.run(&["check"]).succeeds();
}

#[test]
fn links_into_a_folder_that_something_else_fills_are_not_followed() {
    let pages = [(
        "deep/page.md",
        "[1](../api/index.html) [2](../apis/index.html) [3](api/index.html)\n",
    )];
    let answer = Book::with(&pages, "beside = [\"api\"]\n").run(&["check"]);
    assert!(answer.stderr.contains("`../apis/index.html`"), "{answer:?}");
    assert!(answer.stderr.contains("`api/index.html`"), "{answer:?}");
    assert!(answer.stderr.ends_with("2 findings\n"), "{answer:?}");
}

#[test]
fn a_page_that_gathers_boxes_may_have_their_anchors() {
    let page = "# Box\n\n> [!CAUTION]\n> **E1** Never.\n";
    for comment in ["<!-- gather: cautions -->", "<!--gather: cautions-->"] {
        let all = format!("# All\n\n[x](#box)\n\n{comment}\n");
        let book = Book::with(&[("page.md", page), ("all.md", &all)], "");
        book.run(&["check"]).succeeds();
    }
}
