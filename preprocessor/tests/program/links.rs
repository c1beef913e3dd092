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
            "by an include",
        ),
        (
            "[x](../../../etc/passwd)",
            "5",
            "outside the folder of the pages",
            "`beside = [\"../../../etc\"]`",
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
    let page = "# A `page`\n\n[1](other.md) [2](other.md#small) [3](other.html#small-1) [4](#a-page) [5](#own)\n[6](deep/) [7](deep/index.html) [8](deep/index.md) [9](picture.svg) ![10](my%20picture.svg)\n[11](https://example.com/none) [12](mailto:a@b) [13](//example.com) [14](print.html) [15](other.md#here)\n[16](#:~:text=x) [17](?q=x) [18](deep/../other.md#footnote-n) [19](other.md#)\n\n## Own {#own}\n\n`[x](none.md)`\n\n<!-- [x](none.md) <a href=\"none.md\"> -->\n\n```text\n[x](none.md)\n```\n";
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

#[test]
fn links_to_what_mdbook_adds_are_left_alone() {
    let page = "# P\n\n[up](#top) [up](#TOP) [home](index.html) [home](./) [home](index.html#p) text[^a] text[^a] [back](#fr-a-1) [back](#fr-a-2)\n[note](#footnote-a) [all](print.html) [list](toc.html) [none](404.html) [icon](favicon.svg) [old](old/page.html) [old](old/page.html#x)\n\n<a id=here></a> [unquoted](#here) <a href=#here>x</a>\n\n## 日本語 見出し\n\n[encoded](#%E6%97%A5%E6%9C%AC%E8%AA%9E-%E8%A6%8B%E5%87%BA%E3%81%97)\n\n[^a]: x\n";
    let deep = "[home](../index.html) [home](..) [home](../) [top](../page.md#top) [all](../print.html)\n[query](../page.md?a=b#日本語-見出し) [same](./deep.md) [encoded](../p%61ge.html?x#here)\n";
    let pages = [("page.md", page), ("deep/deep.md", deep)];
    let redirect = "[output.html.redirect]\n\"/old/page.html\" = \"../page.html\"\n";
    let book = Book::with(&pages, redirect);
    book.run(&[]).succeeds();
    for name in ["index", "print", "toc", "404", "old/page"] {
        assert!(
            book.root().join(format!("book/{name}.html")).is_file(),
            "{name}"
        );
    }
    let html = book.built();
    for id in ["fr-a-1", "fr-a-2", "footnote-a"] {
        assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn what_mdbook_does_not_add_is_still_found() {
    for (link, message) in [
        ("[x](#topmost)", "no anchor `#topmost`"),
        ("[x](deep/index.html)", "no page or file `deep/index.html`"),
        ("[x](indx.html)", "no page or file `indx.html`"),
        ("text[^a] [x](#fr-a-2)\n\n[^a]: x", "no anchor `#fr-a-2`"),
        ("[x](#fr-a)", "no anchor `#fr-a`"),
        ("<a href=none.md>x</a>", "no page or file `none.md`"),
        ("[x](old.html)", "no page or file `old.html`"),
        ("[x](p%61g.md)", "no page or file `pag.md`"),
    ] {
        let book = Book::new(&format!("# P\n\n{link}\n"));
        book.run(&["check"]).finds(&["error[link]", message]);
    }
}

#[test]
fn a_readme_is_linked_by_its_folder_as_mdbook_publishes_it() {
    let read = |page: &str| {
        let pages = [
            ("page.md", page),
            ("deep/README.md", "# D\n\n## E\n"),
            ("low/readme.md", "# L\n"),
        ];
        Book::with(&pages, "")
    };
    let right = "[1](deep/) [2](deep) [3](deep/index.html#e) [4](deep/index.md#e) [5](low/) [6](low/index.html)\n";
    read(right).run(&["check"]).succeeds();
    for (link, at) in [("deep/README.md", "deep/"), ("low/readme.md", "low/")] {
        let book = read(&format!("[x]({link})\n"));
        book.run(&["check"]).finds(&[
            &format!("`{link}` is published as `index.html`"),
            &format!("link to its folder: `{at}`"),
        ]);
    }
    let book = read("[x](deep/README.html) [y](deep/index.md#f)\n");
    book.run(&["check"]).finds(&[
        "no page or file `deep/README.html`",
        "no anchor `#f`",
        "2 findings",
    ]);
    // Where nothing renames it, it is what its name says.
    let book = read("[x](deep/README.md) [y](deep/README.html)\n");
    let toml = book.read("book.toml");
    let toml = toml.replace("[build]\n", "[build]\nuse-default-preprocessors = false\n");
    book.write("book.toml", &toml.replace("before = [\"links\"]\n", ""));
    book.run(&["check"]).succeeds();
}

#[test]
fn nothing_is_suggested_that_has_little_in_common() {
    let answer = Book::new("# 日本語 見出し\n\n[x](#topp) [y](#日本-見出し)\n").run(&["check"]);
    answer.finds(&["no anchor `#topp`", "did you mean `#日本語-見出し`?"]);
    assert_eq!(answer.stderr.matches("did you mean").count(), 1);
}

#[test]
fn a_book_published_beside_others_names_them() {
    let pages = [
        (
            "page.md",
            "See the [library](../std/index.html) and [its vectors](../std/vec/#x).\n",
        ),
        ("deep/page.md", "See the [library](../../std/index.html).\n"),
    ];
    for beside in ["../std", "../std/", "./../std/.", ".."] {
        let book = Book::with(&pages, &format!("beside = [\"{beside}\"]\n"));
        book.run(&["check"]).succeeds();
    }
    for (settings, count) in [
        ("", "3 findings\n"),
        (
            "beside = [\"../st\", \"std\", \"../std/vec\"]\n",
            "2 findings\n",
        ),
    ] {
        let answer = Book::with(&pages, settings).run(&["check"]);
        answer.finds(&["outside the folder of the pages", "`beside = [\"../std\"]`"]);
        assert!(answer.stderr.ends_with(count), "{}", answer.stderr);
    }
    Book::with(&pages, "besides = [\"../std\"]\n")
        .run(&["check"])
        .gives_up(&["besides", "beside"]);
}

#[test]
fn a_book_of_many_equal_headings_and_dead_links_is_checked() {
    // Each step over all headings for each of them would take minutes.
    let page = format!(
        "{}{}",
        "# Same\n\n".repeat(20_000),
        "[x](#same-20000) [y](#same-19999)\n".repeat(5_000)
    );
    let answer = Book::new(&page).run(&["check", "--format", "json"]);
    assert_eq!(answer.stdout.lines().count(), 5_000);
    let suggested = answer.stdout.matches("did you mean").count();
    assert!((1..=100).contains(&suggested), "{suggested}");
}

#[test]
fn a_book_whose_pages_lie_in_its_own_folder_has_the_same_links() {
    for src in [".", "./", "text/pages", "./text/../text"] {
        let book = Book::new("");
        let toml = book.read("book.toml");
        let toml = toml.replace("[book]\n", &format!("[book]\nsrc = \"{src}\"\n"));
        book.write("book.toml", &toml);
        let page = "[1](deep/d.md) [2](deep/d.html#d) [3](index.html) [4](none.md)\n";
        book.write(
            &format!("{src}/SUMMARY.md"),
            "- [P](p.md)\n- [D](deep/d.md)\n",
        );
        book.write(&format!("{src}/p.md"), page);
        book.write(&format!("{src}/deep/d.md"), "# D\n\n[up](../p.md)\n");
        let answer = book.run(&["check"]);
        answer.finds(&["p.md:1:", "no page or file `none.md`"]);
        assert!(
            answer.stderr.ends_with("\n1 finding\n"),
            "{}",
            answer.stderr
        );
    }
}
