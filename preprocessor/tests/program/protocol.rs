//! mdBook's protocol: both ways of building give the same pages, and what isn't mdBook's is refused.

use crate::fixture::{Answer, Book, answer};
use mdbook_driver::MDBook;
use mdbook_proof::Options;
use mdbook_proof::book::preprocessor::Proof;
use std::io::Write;
use std::process::Stdio;

/// Sends a text to the program as mdBook would.
pub(crate) fn send(book: &Book, text: &[u8]) -> Answer {
    let mut child = book
        .command()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may refuse before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(text);
    answer(child.wait_with_output().unwrap())
}

/// What mdBook 0.5 sends for a book with one page.
pub(crate) fn input(version: &str, content: &str) -> String {
    serde_json::json!([
        {
            "root": ".",
            "config": {"book": {"src": "src"}, "preprocessor": {"proof": {"before": ["links"]}}},
            "renderer": "html",
            "mdbook_version": version,
        },
        {
            "items": [{"Chapter": {
                "name": "Page", "content": content, "number": [1], "sub_items": [],
                "path": "page.md", "source_path": "page.md", "parent_names": [],
            }}],
        }
    ])
    .to_string()
}

#[test]
fn untouched_chapters_come_back_byte_for_byte() {
    let book = Book::new("");
    book.write("src/x.rs", "fn x() {}\n");
    for content in [
        "",
        "no final newline",
        "# A\r\n\r\n- b\r\n\r\n\t* c\r\n",
        "\u{feff}# Mark\n",
        "| a | b |\n|:--|--:|\n| `x` | *y* |\n\n```rust\nfn f() {}\n```\n\n<details>\n\nx\n\n</details>\n<!-- note -->\n",
        "\\{{#include x.rs}}\n\n[link]: <https://example.com>  \n\n\\* not a list   \n",
    ] {
        let answer = send(
            &book,
            input(mdbook_preprocessor::MDBOOK_VERSION, content).as_bytes(),
        );
        answer.succeeds();
        let value: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
        assert_eq!(value["items"][0]["Chapter"]["content"], content);
    }
}

#[test]
fn findings_reach_standard_error_and_no_book_is_answered() {
    let book = Book::new("");
    let answer = send(&book, input("0.5.0", "5<!-- = 2 + 2 -->").as_bytes());
    answer.finds(&["page.md:1:1", "- 5", "+ 4", "mdbook-proof bless"]);
    assert_eq!(answer.stdout, "");
}

#[test]
fn what_is_not_mdbooks_is_refused() {
    let book = Book::new("");
    for (text, message) in [
        (&b""[..], "not mdBook's JSON"),
        (b"hello", "not mdBook's JSON"),
        (b"{}", "not mdBook's"),
        (b"[1, 2]", "not mdBook's"),
        (b"\xff\xfe", "not mdBook's JSON"),
        (b"[{\"mdbook_version\": \"0.5.4\"}, {}]", "can't be read"),
    ] {
        let answer = send(&book, text);
        answer.gives_up(&[message]);
        assert_eq!(answer.stdout, "");
    }
}

#[test]
fn a_book_built_by_another_mdbook_is_refused() {
    let book = Book::new("");
    for version in ["0.4.52", "0.6.0"] {
        send(&book, input(version, "text").as_bytes())
            .gives_up(&[version, "works with mdBook 0.5"]);
    }
}

#[test]
fn every_renderer_is_supported() {
    let book = Book::new("");
    let output = book.command().args(["supports", "html"]).output().unwrap();
    answer(output).succeeds();
}

#[test]
fn a_build_through_the_command_and_one_with_the_preprocessor_inside_give_the_same_pages() {
    let page = "```rust,run\nprintln!(\"{{{{#include x}}}} <b> &amp;\");\n```\n\n```output\n{{#include x}} <b> &amp;\n```\n\nIt is 4 GB<!-- = 2 × 2 GB -->.\n";
    let book = Book::with(&[("page.md", page), ("other.md", "# Other\n")], "");
    let load = |folder: &str| {
        let mut loaded = MDBook::load(book.root()).unwrap();
        loaded.config.build.build_dir = folder.into();
        loaded
    };
    load("one").build().unwrap();
    let mut embedded = load("two");
    embedded.with_preprocessor(Proof {
        options: Options {
            program: Some(env!("CARGO_BIN_EXE_mdbook-proof").into()),
            ..Options::default()
        },
    });
    embedded.build().unwrap();
    let (one, two) = (book.files("one"), book.files("two"));
    assert!(one.len() > 10);
    assert_eq!(one, two);
    let html = book.read("one/page.html");
    assert!(html.contains("{#include x}} &lt;b&gt; &amp;amp;"), "{html}");
}

#[test]
fn our_parser_is_the_renderers() {
    // Passes only while both are the same type, which takes the same version.
    let event: mdbook_markdown::pulldown_cmark::Event<'_> = pulldown_cmark::Event::Rule;
    assert_eq!(event, pulldown_cmark::Event::Rule);
}
